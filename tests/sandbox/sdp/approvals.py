# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Approval levels and approvals of requests, changes, releases and purchase orders."""

from __future__ import annotations

from .desk import Caller, Desk
from .errors import INVALID, Message, SdpError, forbidden, invalid
from .fields import Module
from .modules_common import APPROVAL_LEVELS, APPROVALS
from .store import Record

PENDING, TO_BE_SENT, APPROVED, REJECTED = "Pending Approval", "To Be Sent", "Approved", "Rejected"
MAX_LEVEL = 5


def word_of(desk: Desk, record: Record, field: str = "status") -> str:
    """The name of an approval's or a level's status."""
    return desk.word("approval_statuses", record.values.get(field))


def set_word(desk: Desk, record: Record, word: str) -> None:
    record.values["status"] = desk.named("approval_statuses", word).id


def set_approval(desk: Desk, owner: Record, word: str) -> None:
    """``approval_status`` of the record that the levels belong to."""
    owner.values["approval_status"] = desk.named("approval_statuses", word).id


def levels(desk: Desk, owner: Record) -> list[Record]:
    return sorted(desk.rows(APPROVAL_LEVELS, owner), key=lambda level: int(level.values["level"]))


def approvals(desk: Desk, level: Record) -> list[Record]:
    return list(desk.rows(APPROVALS, level))


def _make(desk: Desk, module: Module, parent: Record, values: dict[str, object]) -> Record:
    record = Record(desk.next_id(), module, values, desk.now(), parent)
    desk.store.add(record)
    return record


def level_of(desk: Desk, owner: Record, number: int, caller: Caller) -> Record:
    """The level of that number; it is made if it is not there."""
    for level in levels(desk, owner):
        if level.values["level"] == number:
            return level
    made = _make(desk, APPROVAL_LEVELS, owner, {"level": number})
    start_level(desk, made, caller)
    return made


def start_level(desk: Desk, level: Record, caller: Caller) -> None:
    """What a new level has of its own."""
    assert level.parent is not None
    module = level.parent.module
    level.values |= {
        "created_by": caller.user.id,
        "created_time": desk.now_ms(),
        "associated_entity": module.one,
        "rule": desk.switches["approval_rule"],
    }
    set_word(desk, level, TO_BE_SENT)


def add_approval(desk: Desk, owner: Record, number: int, approver: Record | None, caller: Caller) -> Record:
    """Ask somebody at a level, as a service template does: at once at the first level, later at the others."""
    level = level_of(desk, owner, number, caller)
    approval = _make(desk, APPROVALS, level, {"approver": approver.id if approver else None})
    start_approval(desk, approval, sent=number == levels(desk, owner)[0].values["level"])
    return approval


def start_approval(desk: Desk, approval: Record, sent: bool) -> None:
    level = approval.parent
    assert level is not None
    assert level.parent is not None
    approval.values |= {"approval_level": level.id, "deleted": False}
    set_word(desk, approval, TO_BE_SENT)
    if sent:
        send(desk, approval)
        set_approval(desk, level.parent, PENDING)


def send(desk: Desk, approval: Record) -> None:
    """Ask the approver, who may decide from now on."""
    set_word(desk, approval, PENDING)
    approval.values["sent_on"] = desk.now_ms()
    assert approval.parent is not None
    set_word(desk, approval.parent, PENDING)


def decide(desk: Desk, approval: Record, word: str, comments: str | None, caller: Caller) -> bool:
    """Approve or reject for oneself; tells whether anything changed."""
    if approval.values["approver"] != caller.user.id:
        raise forbidden()
    now = word_of(desk, approval)
    if now == TO_BE_SENT:
        raise invalid(None, "Recommendation mail is not yet sent")
    if now != PENDING:
        answer = desk.switches["decided_again"]
        if answer == "4001":
            raise SdpError(Message(INVALID, "Approval action is already taken"))
        if answer == "4002":
            raise forbidden()
        if answer == "unchanged":
            return False
    set_word(desk, approval, word)
    approval.values |= {"comments": comments, "action_taken_on": desk.now_ms()}
    return True


def outcome(desk: Desk, level: Record) -> str | None:
    """What a level comes to: approved, rejected, or nothing yet."""
    words = [word_of(desk, approval) for approval in approvals(desk, level)]
    rule = level.values["rule"]
    if rule == "anyone":
        return APPROVED if APPROVED in words else REJECTED if words and set(words) == {REJECTED} else None
    if REJECTED in words and rule == "everyone":
        return REJECTED
    if rule == "first_response":
        return next((word for word in words if word in (APPROVED, REJECTED)), None)
    return APPROVED if words and set(words) == {APPROVED} else None


def settle(desk: Desk, level: Record) -> str | None:
    """Draw the conclusions of a decision; the word for the whole record if that was the last level."""
    word = outcome(desk, level)
    if word is None:
        return None
    set_word(desk, level, word)
    assert level.parent is not None
    if word == REJECTED:
        return REJECTED
    following = [row for row in levels(desk, level.parent) if row.values["level"] > level.values["level"]]
    waiting = next((row for row in following if word_of(desk, row) in (TO_BE_SENT, PENDING)), None)
    if waiting is None:
        return APPROVED
    for approval in approvals(desk, waiting):
        send(desk, approval)
    return None
