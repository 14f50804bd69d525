# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adding, changing, deleting, listing: the same for every kind of record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .desk import Caller, Desk
from .errors import Message
from .fields import Module
from .intake import Intake
from .kinds import DisplayId
from .modules import BY_PATH
from .modules_setup import SETUP
from .rules import AssetRules, ChangeRules, CiRules, NoteRules, Rules, SetupRules, StartingRules, UserRules
from .rules_approvals import ApprovalRules, LevelRules
from .rules_requests import RequestRules
from .store import Record
from .templates import TemplateRules

_OPEN = StartingRules(status=("statuses", "Open"))
_ORDER = StartingRules(status=("purchase_statuses", "Draft"))
RULES: dict[str, Rules] = {
    **{module.path: SetupRules() for module in SETUP},
    **{path: UserRules() for path in ("users", "technicians", "requesters")},
    **{path: AssetRules(state=("asset_states", "In Store")) for path in ("assets", "workstations")},
    **{path: CiRules() for path in BY_PATH if path.startswith("cmdb/")},
    "requests": RequestRules(),
    "problems": _OPEN,
    "tasks": _OPEN,
    "changes": ChangeRules(),
    "releases": StartingRules(stage=("release_stages", "Submission"), status=("release_statuses", "Requested")),
    "projects": StartingRules(status=("project_statuses", "Open")),
    "purchase_orders": _ORDER,
    "purchase_requests": _ORDER,
    "solutions": StartingRules(approval_status=("approval_statuses", "Unapproved")),
    "request_templates": TemplateRules(),
    "notes": NoteRules(),
    "approval_levels": LevelRules(),
    "approvals": ApprovalRules(),
}
_NO_RULES = Rules()
_PEOPLE, _MOMENTS = ("created_by", "added_by"), ("created_time", "added_time")


def rules_of(module: Module) -> Rules:
    return RULES.get(module.path, _NO_RULES)


class Records:
    """What calls do to the records of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def add(
        self, module: Module, given: dict[str, Any], caller: Caller, parent: Record | None = None, free: bool = False
    ) -> tuple[Record, list[Message]]:
        """A new record, and what did not take of what was given."""
        intake = Intake(self.desk, module, given, parent=parent, free=free)
        if not free:
            intake.need(*(field.name for field in module.fields if field.mandatory))
        if module.only is not None:
            intake.values.setdefault(*module.only)
        if module.parent_field and parent is not None:
            intake.values[module.parent_field] = parent.id
        rules = rules_of(module)
        rules.adding(self.desk, intake, caller)
        values = self._with_people(intake)
        self._stamp(module, values, caller)
        record = Record(self.desk.next_id(), module, values, self.desk.now(), parent)
        self.desk.store.add(record)
        rules.added(self.desk, record, caller)
        return record, intake.partial

    def _with_people(self, intake: Intake) -> dict[str, Any]:
        """The values, with requesters made who were not known."""
        values = intake.finish()
        for field, name in intake.new_names().items():
            user = {"name": name, "is_technician": False, "status": "ACTIVE", "created_time": self.desk.now_ms()}
            record = Record(self.desk.next_id(), BY_PATH["users"], user, self.desk.now())
            self.desk.store.add(record)
            values[field] = record.id
        return values

    def _stamp(self, module: Module, values: dict[str, Any], caller: Caller) -> None:
        now = self.desk.now_ms()
        stamps: dict[str, Any] = dict.fromkeys(_PEOPLE, caller.user.id)
        stamps |= dict.fromkeys((*_MOMENTS, "last_updated_time"), now)
        for name, value in stamps.items():
            if name in module.by_name and values.get(name) is None:
                values[name] = value
        if module.numbered and "display_id" not in values:
            values["display_id"] = self.desk.next_number(module)

    def change(self, module: Module, record: Record, given: dict[str, Any], caller: Caller, free: bool = False) -> list[Message]:
        """Change what was given and keep the rest; answers what did not take."""
        intake = Intake(self.desk, module, given, record, free=free)
        if not free:
            intake.need(*(field.name for field in module.fields if field.mandatory and field.name in intake.values))
        rules_of(module).changing(self.desk, intake, record, caller)
        values = self._with_people(intake)
        if "last_updated_time" in module.by_name:
            values.setdefault("last_updated_time", self.desk.now_ms())
        record.values |= values
        return intake.partial

    def delete(self, module: Module, record: Record, caller: Caller) -> None:
        if rules_of(module).deleting(self.desk, record, caller):
            self.desk.store.remove(record)

    # --- looking

    def listed(self, module: Module, parent: Record | None = None) -> list[Record]:
        """The rows that lists show, oldest first."""
        rules, since = rules_of(module), self.desk.now() - timedelta(milliseconds=self.desk.switches.number("index_lag_ms"))
        return [row for row in self.desk.rows(module, parent) if row.born <= since and rules.listed(self.desk, row)]

    def whole(self, module: Module, record: Record) -> dict[str, Any]:
        """All fields, with nulls where there is nothing."""
        return self._shown(module, record, [field.name for field in module.shown], in_list=False)

    def row(self, module: Module, record: Record, names: list[str] | None = None) -> dict[str, Any]:
        """A row of a list: a part of the fields, or those that were asked for."""
        if names is None:
            names = ["id", *(field.name for field in module.shown if field.in_list)]
        return self._shown(module, record, names, in_list=True)

    def _shown(self, module: Module, record: Record, names: list[str], in_list: bool) -> dict[str, Any]:
        view = {} if in_list and "id" not in names else {"id": record.id}
        view |= {name: module.by_name[name].show(record, self.desk) for name in names if name != "id"}
        return rules_of(module).shape(self.desk, view, in_list)


def display_id(module: Module, record: Record) -> str:
    """The number that people say."""
    value = str(record.values.get("display_id", ""))
    kind = module.by_name["display_id"].kind if "display_id" in module.by_name else None
    return f"{kind.prefix}-{value}" if isinstance(kind, DisplayId) else value
