# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From partial rows, as the control API takes them, to whole ones."""

from __future__ import annotations

from typing import Any

from .desk import Desk
from .elevation import SCAN_TEXT, TYPE_TEXT, Elevation, Status, no_application
from .records import INVENTORY_SHAPE, Computer, Event
from .seed import advance, application_of, computer_of, computer_row, scan_results, user_of
from .seed_data import APPS, MODELS, PEOPLE, PLACES, Person
from .times import from_text

_APP_KEYS = ("7zip", "vscode", "firefox", "notepad++", "git", "scanner", "label", "cad", "thunderbird", "powertoys")
_PLACE_KEYS = tuple(PLACES)
_TIMES = {"requestTime": "requested_at", "startTime": "started_at", "endTime": "ended_at"}
_SIMPLE = {
    "traceNo": "trace_no",
    "settingsName": "settings_name",
    "reason": "reason",
    "approvedBy": "approved_by",
    "approvedByEmail": "approved_by_email",
    "deniedReason": "denied_reason",
    "deniedBy": "denied_by",
    "deniedByEmail": "denied_by_email",
    "ssoValidated": "sso_validated",
    "scanResults": "scan_results",
    "installs": "installs",
    "uninstalls": "uninstalls",
}
_EVENT_FIELDS = {
    "eventCode": "code",
    "eventLevel": "level",
    "eventText": "text",
    "computerName": "computer_name",
    "userAccount": "user_account",
    "userName": "user_name",
    "alertAccount": "alert_account",
    "auditLogURL": "audit_log_url",
    "rollback": "rollback",
    "additionalData": "additional_data",
}


class DraftError(ValueError):
    """A partial row that makes no sense."""


def add_elevation(desk: Desk, partial: dict[str, Any], from_request: bool) -> Elevation:
    """A new request, or a new audit log entry without a request."""
    number = desk.next_draft()
    person = list(PEOPLE.values())[number % len(PEOPLE)]
    application = application_of(APPS[_APP_KEYS[number % len(_APP_KEYS)]], person.login)
    computer = next(desk.computers_of(person.login), None) or Computer(
        _new_computer_row(desk, 0, f"NW-LT-{1000 + number}", person)
    )
    now = desk.clock.now()
    row = Elevation(
        id=desk.next_request_id(),
        audit_id=desk.next_audit_id(),
        trace_no=desk.next_trace_no(),
        requested_at=now.replace(microsecond=0),
        changed=0,
        application=application,
        user=user_of(person),
        computer=computer_of(computer),
        utc_offset=computer.utc_offset,
        reason=f"Request {number} of the sandbox",
        from_request=from_request,
        scan_results=scan_results(application),
    )
    partial = dict(partial)
    if "id" in partial:
        own_id = int(partial.pop("id"))
        if own_id in (desk.requests if from_request else desk.auditlog):
            raise DraftError(f"id {own_id} is taken")
        row.id, row.audit_id = (own_id, row.audit_id) if from_request else (row.id, own_id)
    if not from_request:
        advance(row, Status.FINISHED, now)
        row.decided_at = None
    change_elevation(desk, row, partial)
    desk.add_elevation(row)
    return row


def change_elevation(desk: Desk, row: Elevation, partial: dict[str, Any]) -> None:
    """Apply a partial row, in the API's own keys; a new status brings its times along."""
    given = dict(partial)
    if "type" in given or "typeCode" in given:
        row.type_code = _code(TYPE_TEXT, given.pop("typeCode", None), given.pop("type", None), "type")
        if row.type_code:
            row.application, row.scan_results = no_application(), []
    _change_parts(row, given)
    for key, attribute in _TIMES.items():
        for name, hours in ((key, row.utc_offset), (f"{key}UTC", 0)):
            if name in given:
                value = given.pop(name)
                setattr(row, attribute, None if value is None else from_text(value, hours))
    status = _status(given)
    if status is not None:
        advance(row, status, desk.clock.now())
    for key, attribute in _SIMPLE.items():
        if key in given:
            setattr(row, attribute, given.pop(key))
    _demand_empty(given)
    desk.touch(row)


def _change_parts(row: Elevation, given: dict[str, Any]) -> None:
    application = dict(given.pop("application", None) or {})
    row.preapproved = bool(application.pop("preapproved", row.preapproved))
    if "scanResult" in application or "scanResultCode" in application:
        code = _code(SCAN_TEXT, application.get("scanResultCode"), application.get("scanResult"), "scanResult")
        application.update(scanResult=SCAN_TEXT[code], scanResultCode=code)
    row.application = _merged(row.application, application)
    if "scanResult" in application:
        row.scan_results = scan_results(row.application)
    row.user = _merged(row.user, given.pop("user", None) or {})
    row.computer = _merged(row.computer, given.pop("computer", None) or {})


def _status(given: dict[str, Any]) -> Status | None:
    code, word = given.pop("statusCode", None), given.pop("status", None)
    if code is None and word is None:
        return None
    names = {int(status): status.name.capitalize() for status in Status}
    synonyms = {"pending approval": "Pending", "approved": "Open"}
    return Status(_code(names, code, synonyms.get(str(word).lower(), word), "status"))


def _code(table: dict[int, str], code: Any, word: Any, what: str) -> int:
    if code in table:
        return int(code)
    for known, text in table.items():
        if code is None and text.lower() == str(word).lower():
            return known
    raise DraftError(f"{what}: {word if code is None else code!r} is not one of {table}")


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    _demand_empty({key: value for key, value in new.items() if key not in old})
    return {**old, **new}


def _demand_empty(unknown: dict[str, Any]) -> None:
    if unknown:
        raise DraftError(f"unknown keys: {', '.join(unknown)}")


def add_event(desk: Desk, partial: dict[str, Any]) -> Event:
    """A new event; without a computer it happened on one of the tenant's."""
    given = dict(partial)
    event = Event(int(given.pop("id", 0)), int(given.get("eventCode", 5)), desk.clock.now())
    computers = list(desk.computers)
    if computers:
        computer = computers[desk.next_draft() % len(computers)]
        event.computer_name, event.user_account, event.user_name = (
            computer.name,
            computer.owner_account,
            computer.owner_name,
        )
        event.utc_offset = computer.utc_offset
    for name, hours in (("eventTime", event.utc_offset), ("eventTimeUTC", 0)):
        if name in given:
            event.time = from_text(given.pop(name), hours)
    event.application = _merged(event.application, given.pop("application", None) or {})
    for key, attribute in _EVENT_FIELDS.items():
        if key in given:
            setattr(event, attribute, given.pop(key))
    _demand_empty(given)
    return desk.add_event(event)


def add_computer(desk: Desk, partial: dict[str, Any]) -> Computer:
    """A new computer; parts that are given are merged into a typical row."""
    number = desk.next_draft()
    given = dict(partial)
    key = int(given.pop("id", 0)) or max(desk.computers.last_id, 50_233_100) + 1
    if key in desk.computers:
        raise DraftError(f"id {key} is taken")
    row = _new_computer_row(desk, key, f"NW-LT-{1000 + number}", list(PEOPLE.values())[number % len(PEOPLE)])
    for part in INVENTORY_SHAPE:
        row[part] = _merged(row[part], given.pop(part, None) or {})
    row = _merged(row, given)
    computer = Computer(row)
    desk.computers.put(key, computer)
    return computer


def _new_computer_row(desk: Desk, key: int, name: str, person: Person) -> dict[str, Any]:
    place = PLACES[_PLACE_KEYS[len(desk.computers) % len(_PLACE_KEYS)]]
    return computer_row(key, name, person, MODELS["t14"], place, desk.clock.now())
