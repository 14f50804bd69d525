# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the JSON of a call to the values of a record: everything that is wrong is collected, not the first thing only."""

from __future__ import annotations

from typing import Any

from .desk import Desk
from .errors import EXTRA_KEY, FORBIDDEN, INVALID, MANDATORY, NOT_EDITABLE, NOT_UNIQUE, READ_ONLY, Message, SdpError
from .fields import Field, Module
from .kinds import NewName, Ref, Unfit
from .modules import BY_PATH
from .store import Record

_REFUSED = "Cannot give value for {}"


class Intake:
    """Reads what was given for one record, new or (``record``) known.

    ``free``: as the tenant itself does it, with read-only fields too (for the seed and the control API).
    """

    def __init__(
        self,
        desk: Desk,
        module: Module,
        given: dict[str, Any],
        record: Record | None = None,
        parent: Record | None = None,
        free: bool = False,
    ) -> None:
        self.desk = desk
        self.module = module
        self.record = record
        self.parent = record.parent if record else parent
        self.free = free
        self.problems: list[Message] = []
        #: mandatory fields without a value, in the order in which that was found
        self.lacking: dict[str, None] = {}
        #: what did not take though the rest did: the call ends as a partial success
        self.partial: list[Message] = []
        self.values: dict[str, Any] = {}
        self._read(given)

    def _read(self, given: dict[str, Any]) -> None:
        near = dict(self.record.values) if self.record else {}
        unknown = [name for name in given if name not in self.module.by_name]
        if self.free or self.desk.switches["extra_keys"] == "refused":
            self.problems += [Message(INVALID, EXTRA_KEY, name) for name in unknown]
        for field in self.module.fields:
            if field.name in given and self._may_set(field):
                self._take(field, given[field.name], near)
            elif isinstance(field.kind, Ref) and field.kind.within in self.values:
                self._keep_fitting(field, near)

    def _keep_fitting(self, field: Field, near: dict[str, Any]) -> None:
        """A new category takes along what belonged to the old one."""
        assert isinstance(field.kind, Ref)
        value = near.get(field.name)
        row = self.desk.store.table(BY_PATH[field.kind.table].table).get(value) if value else None
        if row is not None and (row.parent is None or row.parent.id != near.get(field.kind.within)):
            near[field.name] = self.values[field.name] = None

    def _may_set(self, field: Field) -> bool:
        if self.free:
            return True
        if field.read_only:
            self.problems.append(Message(READ_ONLY, "Read only field cannot be edited", field.name))
            return False
        if field.once and self.record is not None:
            self.problems.append(Message(NOT_EDITABLE, field=field.name))
            return False
        effect = self.desk.effects.get((self.module.path, field.name))
        if effect in ("refused", "partial"):
            message = Message(FORBIDDEN, _REFUSED.format(field.name), field.name)
            (self.problems if effect == "refused" else self.partial).append(message)
        return effect is None

    def _take(self, field: Field, given: Any, near: dict[str, Any]) -> None:
        try:
            value = None if given is None else field.kind.read(given, self.desk, near)
        except Unfit as error:
            name = f"{field.name}.{error.part}" if error.part else field.name
            self.problems.append(Message(error.code, error.text, name))
            return
        if value is not None:
            value = field.kind.merge(near.get(field.name), value)
        if field.unique and value is not None and self._taken(field, value):
            self.problems.append(Message(NOT_UNIQUE, field=field.name))
        near[field.name] = self.values[field.name] = value

    def _taken(self, field: Field, value: Any) -> bool:
        rows = self.desk.rows(self.module, self.parent)
        return any(row is not self.record and str(row.values.get(field.name)).casefold() == str(value).casefold() for row in rows)

    def need(self, *names: str) -> None:
        """Note those of the fields that have no value now."""
        self.lacking |= dict.fromkeys(name for name in names if not _filled(self._value(name)))

    def _value(self, name: str) -> Any:
        head, _dot, part = name.partition(".")
        value = self.values.get(head, self.record.values.get(head) if self.record else None)
        return (value or {}).get(part) if part else value

    def finish(self) -> dict[str, Any]:
        """The values, or all that is wrong."""
        lacking = [Message(MANDATORY, fields=tuple(self.lacking))] if self.lacking else []
        if self.problems or lacking:
            raise SdpError(*self.problems, *lacking)
        return self.values

    def new_names(self) -> dict[str, str]:
        """Fields with the name of somebody who is to be made."""
        return {name: str(value) for name, value in self.values.items() if isinstance(value, NewName)}


def _filled(value: Any) -> bool:
    return value not in (None, "", [], {})
