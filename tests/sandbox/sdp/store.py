# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records and where they are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .fields import Module


@dataclass(slots=True, eq=False)
class Record:
    """One record; ``values`` holds what the kinds of its fields made of what was given, ``subs`` its sub-records."""

    id: str
    module: Module
    values: dict[str, Any]
    born: datetime
    parent: Record | None = None
    subs: dict[str, dict[str, Record]] = field(default_factory=dict)


class Store:
    """All records by table and id; sub-records are in the table of their kind too."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Record]] = {}

    def table(self, name: str) -> dict[str, Record]:
        return self._tables.setdefault(name, {})

    def add(self, record: Record) -> None:
        self.table(record.module.table)[record.id] = record
        if record.parent is not None:
            record.parent.subs.setdefault(record.module.table, {})[record.id] = record

    def remove(self, record: Record) -> None:
        """With all that is below it."""
        for rows in list(record.subs.values()):
            for row in list(rows.values()):
                self.remove(row)
        del self.table(record.module.table)[record.id]
        if record.parent is not None:
            del record.parent.subs[record.module.table][record.id]
