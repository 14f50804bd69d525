# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI document of the API (3.0.3, which the bundled page can show)."""

from __future__ import annotations

from typing import Any

from .api import MAX_TAKE, MAX_TAKE_REQUESTS
from .openapi_schemas import SCHEMAS, many, number, ref, text
from .params import DEFAULT_DAYS, DEFAULT_TAKE

Parameter = dict[str, Any]
Operation = dict[str, Any]

_ABOUT = """\
The approval queue, audit log, events and inventory of a simulated tenant.

Every filter may be sent as a query parameter (as shown here) or as a request header of the same name.
Lists are bare arrays, ascending by id; nothing found is an empty array.
`startid` is inclusive: to go on after a row, ask for its id + 1.
A wrong key, or a key of another data centre, is answered with status 500 and the message "Invalid API key".
What the vendor's documents leave open is a switch of the sandbox (`/_sandbox/switches/abr`);
this document describes the defaults.
"""


def _query(name: str, about: str, schema: dict[str, Any]) -> Parameter:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


def _path(name: str, about: str, schema: dict[str, Any]) -> Parameter:
    return {"name": name, "in": "path", "required": True, "description": about, "schema": schema}


def _bit(name: str, about: str) -> Parameter:
    return _query(name, about, number(enum=[0, 1], default=0))


_ID = _path("id", "the row's id", number(minimum=1))
_COMPUTER = _path("computer", "id or name", text())
_NAME = _path("name", "name of the computer", text())
_USER = _path("user", "account or full name", text())
_SCAN_DETAILS = _bit("wantscandetails", "1: one scan result per engine")
_DAY = r"^\d{4}-\d\d-\d\d$"


def _paging(maximum: int, last: bool = True) -> list[Parameter]:
    parameters = [
        _query("startid", "rows from this id on (inclusive)", number(minimum=0)),
        _query("take", f"how many rows, at most {maximum}", number(minimum=1, maximum=maximum, default=DEFAULT_TAKE)),
    ]
    if last:
        parameters.append(
            _query("last", "the newest rows, descending; not with take or startid", number(minimum=1, maximum=maximum))
        )
    return parameters


_STATUS = _query(
    "status",
    "Pending, Approved, Denied or Quarantined, in any case",
    text(enum=["Pending", "Approved", "Denied", "Quarantined"]),
)
_TYPE = _query("type", "applications or sessions only", text(enum=["app", "session"]))
_WINDOW = [
    _query("days", "how far back; ignored when startdate is given", number(minimum=0, default=DEFAULT_DAYS)),
    _query("startdate", "entries of this day (yyyy-mm-dd) and later", text(pattern=_DAY)),
    _query("enddate", "entries up to and including this day", text(pattern=_DAY)),
]
_AUDIT_FILTERS = [*_paging(MAX_TAKE), *_WINDOW, _STATUS, _TYPE, _SCAN_DETAILS]
_EVENT_FILTERS = [*_paging(MAX_TAKE), *_WINDOW, _query("code", "one event code", number(minimum=0))]
_INVENTORY_WANTS = [
    _bit("wantsoftware", "1: with installed software"),
    _bit("wantgroups", "1: with the groups of user and computer"),
]
_APPROVER = "e-mail of a portal user; anything else is silently ignored"


def _failure(about: str) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": ref("Error")}}}


_COMMON = {"400": _failure("a filter's value cannot be read"), "500": _failure("wrong or missing key")}
_UNKNOWN = {"404": _failure("no such row")}


def _get(
    tag: str, summary: str, schema: dict[str, Any], parameters: list[Parameter], *, one: bool = False, about: str = ""
) -> Operation:
    found = {"description": "found", "content": {"application/json": {"schema": schema}}}
    return _operation(tag, summary, parameters, {"200": found, **(_UNKNOWN if one else {})}, about)


def _write(tag: str, summary: str, parameters: list[Parameter], about: str) -> Operation:
    return _operation(tag, summary, parameters, {"204": {"description": "done, or nothing to do; no content"}, **_UNKNOWN}, about)


def _operation(tag: str, summary: str, parameters: list[Parameter], responses: dict[str, Any], about: str) -> Operation:
    described = {"description": about} if about else {}
    return {
        "tags": [tag],
        "summary": summary,
        **described,
        "parameters": parameters,
        "responses": {**responses, **_COMMON},
    }


_NOTHING_HAPPENS = "Nothing happens if it is approved, running or closed already: read the request to see how it stands."

_PATHS: dict[str, dict[str, Operation]] = {
    "/whoami": {"get": _get("tenant", "Tenant of the key", ref("WhoAmI"), [])},
    "/requests": {
        "get": _get("requests", "List requests", many(ref("Request")), [*_paging(MAX_TAKE_REQUESTS), _STATUS, _SCAN_DETAILS])
    },
    "/requests/{id}": {
        "get": _get("requests", "One request", ref("Request"), [_ID, _SCAN_DETAILS], one=True),
        "put": _write(
            "requests",
            "Approve",
            [_ID, _query("approvedby", _APPROVER, text())],
            f"Any body is ignored. {_NOTHING_HAPPENS}",
        ),
        "delete": _write(
            "requests",
            "Deny",
            [
                _ID,
                _query("deniedby", _APPROVER, text()),
                _query("reason", "told to the user, kept as deniedReason", text()),
            ],
            _NOTHING_HAPPENS,
        ),
    },
    "/auditlog": {"get": _get("auditlog", "List entries", many(ref("AuditlogEntry")), _AUDIT_FILTERS)},
    "/auditlog/delta": {
        "get": _get(
            "auditlog",
            "Entries created or changed since",
            ref("Delta"),
            [
                _query("deltaTime", "timeNow of the call before", text(pattern=r"^\d+$")),
                *_paging(MAX_TAKE, last=False),
                *_WINDOW,
                _STATUS,
                _TYPE,
                _SCAN_DETAILS,
            ],
            about="Without deltaTime and other filters: no entries, only timeNow, the time of the last change.",
        )
    },
    "/auditlog/{id}": {"get": _get("auditlog", "One entry", ref("AuditlogEntry"), [_ID, _SCAN_DETAILS], one=True)},
    "/computers/{name}/auditlog": {
        "get": _get("auditlog", "Entries of a computer", many(ref("AuditlogEntry")), [_NAME, *_AUDIT_FILTERS])
    },
    "/users/{user}/auditlog": {
        "get": _get("auditlog", "Entries of a user", many(ref("AuditlogEntry")), [_USER, *_AUDIT_FILTERS])
    },
    "/events": {"get": _get("events", "List events", many(ref("Event")), _EVENT_FILTERS)},
    "/events/{id}": {"get": _get("events", "One event", ref("Event"), [_ID], one=True)},
    "/computers/{name}/events": {"get": _get("events", "Events of a computer", many(ref("Event")), [_NAME, *_EVENT_FILTERS])},
    "/users/{user}/events": {"get": _get("events", "Events of a user", many(ref("Event")), [_USER, *_EVENT_FILTERS])},
    "/inventory": {
        "get": _get("inventory", "List computers", many(ref("Computer")), [*_paging(MAX_TAKE, last=False), *_INVENTORY_WANTS])
    },
    "/inventory/{computer}": {
        "get": _get("inventory", "One computer", ref("Computer"), [_COMPUTER, *_INVENTORY_WANTS], one=True),
        "delete": _write("inventory", "Forget a computer", [_COMPUTER], "Removes the portal's record only."),
    },
    "/inventory/{computer}/pin": {
        "get": _get(
            "inventory",
            "Issue a PIN",
            text("the PIN, a JSON string of digits", pattern=r"^\d+$"),
            [
                _COMPUTER,
                _query("pintype", "what the PIN is for", text(enum=["Challenge", "UninstallPIN"], default="Challenge")),
                _query("pin1", "the six digits that the user sees; needed for Challenge", text(pattern="^[0-9]{6}$")),
            ],
            one=True,
            about="Issuing a PIN leaves an event, so this call is not without effect.",
        )
    },
}


def document(prefix: str, key: str) -> dict[str, Any]:
    """The document for the API served under ``prefix``, where ``key`` is valid."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Admin By Request (sandbox)",
            "version": "1",
            "description": f"{_ABOUT}\nThe key to try it with: `{key}`",
        },
        "servers": [{"url": prefix}],
        "security": [{"apikey": []}, {"basic": []}],
        "paths": _PATHS,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "apikey": {"type": "apiKey", "in": "header", "name": "apikey"},
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "the password is the key; the user name does not matter",
                },
            },
        },
    }
