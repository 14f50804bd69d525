# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kind of record does beyond keeping its values. The rules of most modules are these: none."""

from __future__ import annotations

from typing import Any

from .desk import Caller, Desk
from .errors import IN_USE, INVALID, INVALID_INPUT, Message, SdpError
from .intake import Intake
from .store import Record


class Rules:
    """Called while a record is added, changed, deleted, listed; each may raise the error that the call ends with."""

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        """Complete ``intake.values`` and note what is missing, before anything is kept."""

    def added(self, desk: Desk, record: Record, caller: Caller) -> None:
        """The record is there now."""

    def changing(self, desk: Desk, intake: Intake, record: Record, caller: Caller) -> None:
        """Look at what is to change, before anything is kept."""

    def deleting(self, desk: Desk, record: Record, caller: Caller) -> bool:
        """True: remove the record; False: it was dealt with."""
        return True

    def listed(self, desk: Desk, record: Record) -> bool:
        """Whether lists show the record."""
        return True

    def shape(self, desk: Desk, view: dict[str, Any], in_list: bool) -> dict[str, Any]:
        """The last word on how a record looks."""
        return view


class NoteRules(Rules):
    """Switches on how notes look."""

    def shape(self, desk: Desk, view: dict[str, Any], in_list: bool) -> dict[str, Any]:
        if in_list and desk.switches["note_list"] == "no_description":
            view = {name: value for name, value in view.items() if name != "description"}
        if desk.switches["note_author"] == "created":
            view = {name.replace("added_", "created_"): value for name, value in view.items()}
        return view


class ChangeRules(Rules):
    """A change starts in the first stage; a new status wants a comment."""

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        if desk.switches["change_mandatory"] == "title_stage_status":
            intake.need("stage", "status")
        values = intake.values
        values.setdefault("stage", desk.named("change_stages", "Submission").id)
        values.setdefault("status", desk.named("change_statuses", "Requested").id)
        values.setdefault("change_requester", caller.user.id)

    def changing(self, desk: Desk, intake: Intake, record: Record, caller: Caller) -> None:
        comment = intake.values.pop("comment", None)
        moved = intake.values.get("status", record.values.get("status")) != record.values.get("status")
        if moved and not comment and desk.switches["status_change_comment"] == "required":
            intake.need("comment")
        if moved and intake.values["status"] == desk.named("change_statuses", "Completed").id:
            intake.values["completed_time"] = desk.now_ms()


class StartingRules(Rules):
    """Fields that a new record has by default: field -> (table, name)."""

    def __init__(self, **defaults: tuple[str, str]) -> None:
        self.defaults = defaults

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        for name, (path, wanted) in self.defaults.items():
            intake.values.setdefault(name, desk.named(path, wanted).id)


class AssetRules(StartingRules):
    """The product says what type an asset is of; workstations are the assets of one type."""

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        super().adding(desk, intake, caller)
        self._type(desk, intake)

    def changing(self, desk: Desk, intake: Intake, record: Record, caller: Caller) -> None:
        self._type(desk, intake)

    def _type(self, desk: Desk, intake: Intake) -> None:
        product = desk.store.table("products").get(intake.values.get("product") or "")
        if product is None:
            return
        type_id = product.values.get("product_type")
        kind = desk.word("product_types", type_id)
        if intake.module.only not in (None, ("kind", kind)):
            intake.problems.append(Message(INVALID, INVALID_INPUT, "product"))
        intake.values |= {"product_type": type_id, "kind": kind}


class CiRules(Rules):
    """The path says what type a configuration item is of."""

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        assert intake.module.only is not None
        intake.values["ci_type"] = desk.named("ci_types", intake.module.only[1]).id


class SetupRules(Rules):
    """What others refer to cannot be deleted."""

    def deleting(self, desk: Desk, record: Record, caller: Caller) -> bool:
        if desk.in_use(record):
            raise SdpError(Message(IN_USE))
        return True


class UserRules(SetupRules):
    """A user is a technician only if made as one."""

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        intake.values.setdefault("is_technician", False)
        intake.values.setdefault("status", "ACTIVE")
