# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one tenant, and what every part needs of it: ids, look-ups, references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..clock import Clock
from ..switches import Switchboard
from .errors import INTERNAL, Message, SdpError
from .fields import Field, Module
from .files import File
from .kinds import Ref
from .modules import BY_PATH, MODULES
from .store import Record, Store
from .times import to_ms

PORTAL = "itdesk"
#: what a field of a module does when it is given, beyond what its kind says (see the control API)
EFFECTS = ("refused", "partial", "ignored")
_FIRST_ID = 1_000_000
_STEP = 7


@dataclass(frozen=True)
class Caller:
    """Whose token a call carries."""

    user: Record
    scopes: frozenset[str]


class Desk:
    """Records, files and counters of one tenant; its ids start with a prefix of its own."""

    def __init__(self, name: str, prefix: int, clock: Clock, switches: Switchboard) -> None:
        self.name = name
        self.prefix = prefix
        self.clock = clock
        self.switches = switches
        self.clear()

    def clear(self) -> None:
        self.store = Store()
        self.files: dict[str, File] = {}
        self.effects: dict[tuple[str, str], str] = {}
        self.standing: datetime | None = None
        self._last_id = _FIRST_ID
        self._numbers = {module.path: module.numbered for module in MODULES if module.numbered}
        self._drafts = 0

    # --- ids and times

    def next_id(self) -> str:
        """Above 2^53, as those of the real system."""
        self._last_id += _STEP
        return self.known_id(self._last_id)

    def known_id(self, suffix: int) -> str:
        """Rows of the setup have the same suffix in every tenant."""
        return str(self.prefix * 1_000_000 + suffix)

    def next_number(self, module: Module) -> str:
        self._numbers[module.path] += 1
        return str(self._numbers[module.path])

    def next_draft(self) -> int:
        """Numbers the rows that the control API makes."""
        self._drafts += 1
        return self._drafts

    def now(self) -> datetime:
        """The clock's time, but while the example data is sown: then it stands still."""
        return self.standing or self.clock.now()

    def now_ms(self) -> int:
        return to_ms(self.now())

    # --- rows

    def rows(self, module: Module, parent: Record | None = None) -> Iterator[Record]:
        """All rows of a module, oldest first; below ``parent`` if there is one."""
        table = self.store.table(module.table) if parent is None else parent.subs.get(module.table, {})
        return (row for row in list(table.values()) if module.holds(row))

    def get(self, module: Module, record_id: str, parent: Record | None = None) -> Record | None:
        table = self.store.table(module.table) if parent is None else parent.subs.get(module.table, {})
        row = table.get(record_id)
        return row if row is not None and module.holds(row) else None

    def find(self, path: str, given: dict[str, Any], parent_id: str | None = None) -> Record | None:
        """The row that a reference means: by id, else by e-mail, else by name; rows out of use are not found."""
        module = BY_PATH[path]
        if given.get("id") is not None:
            found = self.get(module, str(given["id"]))
            rows = [found] if found else []
        elif given.get("email_id"):
            rows = self._matching(module, "email_id", given["email_id"], any_case=True)
        else:
            any_case = self.switches["reference_case"] == "ignored"
            rows = self._matching(module, module.key, given.get(module.key), any_case)
        return next((row for row in rows if _usable(row) and parent_id in (None, row.parent and row.parent.id)), None)

    def _matching(self, module: Module, name: str, wanted: Any, any_case: bool) -> list[Record]:
        if not isinstance(wanted, str):
            return []
        if not any_case:
            return [row for row in self.rows(module) if row.values.get(name) == wanted]
        folded = wanted.casefold()
        return [row for row in self.rows(module) if str(row.values.get(name) or "").casefold() == folded]

    def named(self, path: str, word: str) -> Record:
        """A row that the server itself needs; it goes on being that row when it is renamed."""
        module = BY_PATH[path]
        for row in self.rows(module):
            if row.values.get("_word", row.values.get(module.key)) == word:
                return row
        raise SdpError(Message(INTERNAL), status=500)

    def word(self, path: str, record_id: str | None) -> str:
        """The name that the server knows a row by; empty if there is none."""
        row = self.store.table(path).get(record_id or "")
        return str(row.values.get("_word", row.values["name"])) if row else ""

    def user(self, email: str) -> Record | None:
        return self.find("users", {"email_id": email})

    # --- references

    def brief(self, path: str, record_id: str) -> dict[str, Any] | None:
        """What is shown of a row where another one refers to it; nothing if it is gone."""
        module = BY_PATH[path]
        row = self.store.table(module.table).get(record_id)
        if row is None:
            return None
        shown = {field.name: field.show(row, self) for field in module.fields if field.in_brief}
        return {**shown, "id": row.id}

    def in_use(self, record: Record) -> bool:
        """Whether a row of another kind refers to this one, which then cannot be deleted."""
        for module in BY_PATH.values():
            names = [field.name for field in module.fields if _refers(field, record)]
            if names and any(_holds(row.values.get(name), record.id) for row in self.rows(module) for name in names):
                return True
        return False


def _usable(row: Record) -> bool:
    return not (row.values.get("inactive") or row.values.get("deleted"))


def _refers(field: Field, record: Record) -> bool:
    return isinstance(field.kind, Ref) and BY_PATH[field.kind.table].table == record.module.table


def _holds(value: Any, record_id: str) -> bool:
    return record_id in value if isinstance(value, list) else value == record_id
