# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions on requests and on what is to be approved: routes with an underscore, and others that fit no table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .approvals import APPROVED, REJECTED, TO_BE_SENT, decide, send, settle, word_of
from .endpoints import DELETE, GET, POST, PUT, Answer, Endpoint, Handler, segment
from .errors import invalid, invalid_url
from .fields import Module
from .incoming import Call, linked, success
from .intake import Intake
from .modules import MODULES
from .modules_common import APPROVAL_LEVELS, APPROVALS
from .modules_requests import REQUESTS
from .rules_requests import close, decided
from .store import Record

_ONE = f"/requests/{segment(REQUESTS)}"
_REQUEST = ("request", REQUESTS)


def action_endpoints() -> Iterator[Endpoint]:
    for method, name, run, about, takes in (
        (PUT, "_close", _close, "Close", _REQUEST),
        (PUT, "_assign", _assign, "Assign to a group or a technician", _REQUEST),
        (PUT, "_pickup", _pickup, "Assign to oneself", None),
        (DELETE, "_move_to_trash", _trash, "Move to the trash (if the switch trash_routes is on)", None),
        (PUT, "_restore_from_trash", _restore, "Take out of the trash (if the switch trash_routes is on)", None),
        (PUT, "_merge_requests", _merge, "Merge other requests into this one", None),
        (GET, "resolutions", _resolution, "The resolution", None),
        (POST, "resolutions", _resolve, "Write the resolution", None),
        (POST, "_link_requests", _link, "Link requests", None),
        (DELETE, "_link_requests", _unlink, "Unlink requests", None),
    ):
        gives = _REQUEST if takes or name == "_pickup" else None
        yield Endpoint(method, f"{_ONE}/{name}", "requests", run, about, "requests", (REQUESTS,), takes, gives)
    path = f"{_ONE}/_link_requests"
    yield Endpoint(GET, path, "requests", _links, "Linked requests", "requests", (REQUESTS,), whole_list="link_requests")
    for module in MODULES:
        if APPROVAL_LEVELS in module.subs:
            yield from _approval_actions(module)


# --- requests


def _shown(call: Call, record: Record) -> Answer:
    call.commit()
    return success(call, {"request": call.records.whole(REQUESTS, record)})


def _read(call: Call, record: Record, given: dict[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    """Values of a request that an action takes."""
    for name in given:
        if name not in allowed:
            raise invalid(name)
    return Intake(call.desk, REQUESTS, given, record).finish()


def _close(call: Call) -> Answer:
    record = call.found()[-1]
    given = call.entity("request") if call.input else {}
    values = _read(call, record, given, ("closure_info",))
    close(call.desk, record, values.get("closure_info") or {}, call.caller)
    return _shown(call, record)


def _assign(call: Call) -> Answer:
    record = call.found()[-1]
    values = _read(call, record, call.entity("request"), ("group", "technician"))
    return _assigned(call, record, values)


def _pickup(call: Call) -> Answer:
    record = call.found()[-1]
    return _assigned(call, record, {"technician": call.caller.user.id})


def _assigned(call: Call, record: Record, values: dict[str, Any]) -> Answer:
    now = call.desk.now_ms()
    record.values |= {**values, "assigned_time": now, "last_updated_time": now}
    return _shown(call, record)


def _trash(call: Call) -> Answer:
    record = _for_trash(call)
    if record.values.get("is_trashed"):
        call.records.delete(REQUESTS, record, call.caller)
    record.values |= {"is_trashed": True, "deleted_time": call.desk.now_ms()}
    call.commit()
    return success(call, {})


def _restore(call: Call) -> Answer:
    record = _for_trash(call)
    if not record.values.get("is_trashed"):
        raise invalid_url()
    record.values |= {"is_trashed": False, "deleted_time": None}
    call.commit()
    return success(call, {})


def _for_trash(call: Call) -> Record:
    """Whether the cloud has these routes is not known."""
    if call.switches["trash_routes"] == "absent":
        raise invalid_url()
    return call.found()[-1]


def _others(call: Call, record: Record, key: str, inner: str) -> list[Record]:
    """The requests that ``input_data`` names."""
    given = call.take(key)
    if not isinstance(given, list) or not given:
        raise invalid(key)
    entries = [one.get(inner) if inner and isinstance(one, dict) else one for one in given]
    found = [call.desk.get(REQUESTS, str(one.get("id"))) if isinstance(one, dict) else None for one in entries]
    rows = [row for row in found if row is not None and row is not record]
    if len(rows) != len(found):
        raise invalid(key)
    return rows


def _merge(call: Call) -> Answer:
    """For good: the others are gone, their notes are here."""
    record = call.found()[-1]
    for other in _others(call, record, "merge_requests", ""):
        for note in list(other.subs.pop("notes", {}).values()):
            note.parent = record
            record.subs.setdefault("notes", {})[note.id] = note
        call.desk.store.remove(other)
    call.commit()
    return linked(call, "Requests merged successfully")


def _resolution(call: Call) -> Answer:
    record = call.found()[-1]
    shown = REQUESTS.by_name["resolution"].show_value(record.values.get("resolution") or {}, record, call.desk)
    return success(call, {"resolution": shown})


def _resolve(call: Call) -> Answer:
    record = call.found()[-1]
    call.records.change(REQUESTS, record, {"resolution": call.entity("resolution")}, call.caller)
    call.commit()
    return _resolution(call)


def _links(call: Call) -> Answer:
    record = call.found()[-1]
    rows = [(call.desk.get(REQUESTS, one), comments) for one, comments in record.values.get("linked", {}).items()]
    shown = [{"linked_request": call.records.row(REQUESTS, row), "comments": comments} for row, comments in rows if row]
    return success(call, {"link_requests": shown}, in_list=True)


def _link(call: Call) -> Answer:
    record = call.found()[-1]
    rows = _others(call, record, "link_requests", "linked_request")
    comments = [one.get("comments") for one in call.take("link_requests")]
    for row, comment in zip(rows, comments, strict=True):
        record.values.setdefault("linked", {})[row.id] = comment
    call.commit()
    return linked(call, "Request successfully linked")


def _unlink(call: Call) -> Answer:
    record = call.found()[-1]
    for row in _others(call, record, "link_requests", "linked_request"):
        if record.values.get("linked", {}).pop(row.id, row) is row:
            raise invalid("link_requests")
    call.commit()
    return linked(call, "The requests are unlinked successfully")


# --- approvals


def _approval_actions(module: Module) -> Iterator[Endpoint]:
    chain = (module, APPROVAL_LEVELS, APPROVALS)
    path = "".join(f"/{one.path}/{segment(one)}" for one in chain)
    body = ("approval", APPROVALS)
    for name, run, about in (
        ("_approve", _decider(APPROVED), "Approve for oneself"),
        ("_reject", _decider(REJECTED), "Reject for oneself"),
        ("_send_notification", _notify, "Ask the approver"),
    ):
        gives = None if run is _notify else body
        yield Endpoint(PUT, f"{path}/{name}", module.scope, run, about, module.path, chain, body, gives)


def _decider(word: str) -> Handler:
    def run(call: Call) -> Answer:
        owner, level, approval = call.found()
        given = call.entity("approval") if call.input else {}
        comments = _comments(call, given)
        if decide(call.desk, approval, word, comments, call.caller):
            call.commit()
            outcome = settle(call.desk, level)
            if outcome is not None:
                decided(call.desk, owner, outcome, call.caller)
        return success(call, {"approval": call.records.whole(APPROVALS, approval)})

    return run


def _comments(call: Call, given: dict[str, Any]) -> str | None:
    for name in given:
        if name != "comments":
            raise invalid(name)
    values = Intake(call.desk, APPROVALS, given).finish()
    return values.get("comments")


def _notify(call: Call) -> Answer:
    approval = call.found()[-1]
    if word_of(call.desk, approval) == TO_BE_SENT:
        send(call.desk, approval)
        call.commit()
    return success(call, {})
