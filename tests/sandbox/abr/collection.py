# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows by id, ascending: the vendor's lists are ordered so."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Collection(Generic[Row]):
    """Rows by id."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._ids: list[int] = []

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Row]:
        return self.ascending()

    def __contains__(self, key: int) -> bool:
        return key in self._rows

    @property
    def last_id(self) -> int:
        return self._ids[-1] if self._ids else 0

    def get(self, key: int) -> Row | None:
        return self._rows.get(key)

    def put(self, key: int, row: Row) -> None:
        if key not in self._rows:
            insort(self._ids, key)
        self._rows[key] = row

    def remove(self, key: int) -> None:
        del self._rows[key]
        self._ids.remove(key)

    def ascending(self, start: int | None = None) -> Iterator[Row]:
        """From id ``start`` (included) up."""
        first = 0 if start is None else bisect_left(self._ids, start)
        for index in range(first, len(self._ids)):
            yield self._rows[self._ids[index]]

    def descending(self) -> Iterator[Row]:
        for key in reversed(self._ids):
            yield self._rows[key]
