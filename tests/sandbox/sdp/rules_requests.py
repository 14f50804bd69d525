# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a request: defaults and demands of its template, its states, its end."""

from __future__ import annotations

from typing import Any

from .approvals import add_approval, set_approval
from .desk import Caller, Desk
from .errors import CLOSURE, FORBIDDEN, TIME_MISMATCH, Message, SdpError, forbidden, invalid, invalid_url
from .intake import Intake
from .questions import read_resources
from .rules import Rules
from .store import Record
from .templates import template_of

CLOSED_WORDS = ("Closed", "Cancelled")
_HOUR_MS = 3_600_000
_DUE_HOURS = {"Urgent": 4, "High": 8, "Normal": 48, "Medium": 48, "Low": 96}
_PRIORITIES = ("Low", "Normal", "Medium", "High")
_WEIGHTS = {
    "impact": ("impacts", ("Affects User", "Affects Group", "Affects Department", "Affects Business")),
    "urgency": ("urgencies", ("Low", "Normal", "High", "Urgent")),
}


def status_name(desk: Desk, record: Record) -> str:
    return desk.word("statuses", record.values["status"])


def is_closed(desk: Desk, record: Record) -> bool:
    return status_name(desk, record) in CLOSED_WORDS


class RequestRules(Rules):
    """Incidents and service requests."""

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        values, template = intake.values, template_of(desk, intake.values.get("template"))
        for name, value in template.values["_defaults"].items():
            if values.get(name) is None:
                values[name] = value
        values["template"] = template.id
        values["is_service_request"] = bool(template.values.get("is_service_template"))
        if template.values.get("service_category"):
            values["service_category"] = template.values["service_category"]
        values["requester"] = values.get("requester") or caller.user.id
        values["status"] = values.get("status") or desk.named("statuses", "Open").id
        self._priority(desk, intake)
        values["resources"] = read_resources(intake, template, values.get("resources"))
        if not intake.free:
            intake.need(*template.values["_mandatory"])

    def added(self, desk: Desk, record: Record, caller: Caller) -> None:
        record.values.setdefault("due_by_time", self._due(desk, record))
        template = template_of(desk, record.values["template"])
        for level, emails in enumerate(template.values["_approvers"], 1):
            for email in emails:
                add_approval(desk, record, level, desk.user(email), caller)

    def _due(self, desk: Desk, record: Record) -> int:
        hours = _DUE_HOURS.get(desk.word("priorities", record.values.get("priority")), 48)
        return int(record.values["created_time"]) + hours * _HOUR_MS

    def changing(self, desk: Desk, intake: Intake, record: Record, caller: Caller) -> None:
        if is_closed(desk, record) and desk.switches["edit_closed"] == "refused":
            raise forbidden("Closed request cannot be edited")
        if "resources" in intake.values:
            template = template_of(desk, record.values["template"])
            intake.values["resources"] = read_resources(intake, template, intake.values["resources"])
        if "status" in intake.values:
            intake.need("status")
        self._priority(desk, intake)
        self._moved(desk, intake, record, caller)

    def _moved(self, desk: Desk, intake: Intake, record: Record, caller: Caller) -> None:
        """Times that follow from a new status or a new resolution."""
        values, now = intake.values, desk.now_ms()
        if values.get("resolution"):
            values["resolution"] |= {"submitted_by": caller.user.id, "submitted_on": now}
        if values.get("technician") and not record.values.get("technician"):
            values["assigned_time"] = now
        if values.get("status") in (None, record.values["status"]):
            return
        name = desk.word("statuses", values["status"])
        if name == "Closed":
            check_closure(desk, {**record.values, **values})
        if name in CLOSED_WORDS:
            values["completed_time"] = now
            values["time_elapsed"] = now - record.values["created_time"]
        elif is_closed(desk, record):
            values |= {"completed_time": None, "is_reopened": True}
        if name in ("Resolved", "Closed") and not record.values.get("resolved_time"):
            values["resolved_time"] = now

    def _priority(self, desk: Desk, intake: Intake) -> None:
        """By a rule that a tenant may have, priority follows from impact and urgency and cannot be given."""
        rule = desk.switches["priority_rule"]
        if rule == "off" or intake.free:
            return
        if intake.values.pop("priority", None) is not None:
            message = Message(FORBIDDEN, "Cannot give value for priority", "priority")
            (intake.problems if rule == "refused" else intake.partial).append(message)
        weights = [self._weight(desk, intake, name) for name in _WEIGHTS]
        if None not in weights:
            name = _PRIORITIES[max(weight for weight in weights if weight is not None)]
            intake.values["priority"] = desk.named("priorities", name).id

    def _weight(self, desk: Desk, intake: Intake, name: str) -> int | None:
        old = intake.record.values.get(name) if intake.record else None
        path, words = _WEIGHTS[name]
        word = desk.word(path, intake.values.get(name, old))
        return words.index(word) if word in words else None

    def deleting(self, desk: Desk, record: Record, caller: Caller) -> bool:
        if record.values.get("is_trashed"):
            if desk.switches["delete_twice"] == "4007":
                raise invalid_url()
            raise SdpError(Message(TIME_MISMATCH, "Already in trash"))
        if desk.switches["request_delete"] == "purge":
            return True
        record.values |= {"is_trashed": True, "deleted_time": desk.now_ms()}
        return False

    def listed(self, desk: Desk, record: Record) -> bool:
        return not record.values.get("is_trashed") or desk.switches["trashed_in_lists"] == "visible"


def check_closure(desk: Desk, values: dict[str, Any]) -> None:
    """Rules that a tenant may have for closing."""
    if desk.switches["closure_rules"] == "off":
        return
    lacking = []
    if not (values.get("resolution") or {}).get("content"):
        lacking.append("resolution")
    if not (values.get("closure_info") or {}).get("closure_code"):
        lacking.append("closure_code")
    if lacking:
        text = f"Request cannot be closed. The following fields should be filled : {', '.join(lacking)}"
        raise SdpError(Message(CLOSURE, text, fields=tuple(lacking)))


def close(desk: Desk, record: Record, info: dict[str, Any], caller: Caller) -> None:
    """End a request; a second time is an error."""
    if is_closed(desk, record):
        raise invalid(None, "Request is already closed")
    closed = desk.named("statuses", "Closed")
    check_closure(desk, {**record.values, "closure_info": info})
    now = desk.now_ms()
    record.values |= {
        "status": closed.id,
        "closure_info": info,
        "completed_time": now,
        "resolved_time": record.values.get("resolved_time") or now,
        "last_updated_time": now,
        "time_elapsed": now - record.values["created_time"],
    }


def decided(desk: Desk, record: Record, word: str, caller: Caller) -> None:
    """All levels of approval are through."""
    set_approval(desk, record, word)
    if word == "Rejected" and record.module.path == "requests" and desk.switches["rejected_request"] == "closed":
        record.values["completed_by_denial"] = True
        close(desk, record, {}, caller)
