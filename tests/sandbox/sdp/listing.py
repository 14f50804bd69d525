# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``list_info``: which rows of a list, in which order, with which fields."""

from __future__ import annotations

from functools import partial
from typing import Any

from .criteria import Criteria, Test, check_path, value_at
from .desk import Caller
from .errors import EXTRA_KEY, INVALID, Message, SdpError, invalid
from .fields import Module
from .records import Records
from .store import Record
from .views import VIEWS

MAX_ROWS = 100
_KEYS = {
    *("start_index", "row_count", "page", "sort_field", "sort_order", "sort_fields", "get_total_count"),
    *("search_criteria", "search_fields", "filter_by", "fields_required"),
    # what answers have: a client may send an answer's list_info back
    *("has_more_rows", "total_count"),
}
#: what an answer repeats as it was sent
_ECHOED = (
    *("start_index", "page", "sort_field", "sort_order", "sort_fields", "search_criteria", "search_fields", "filter_by"),
    *("fields_required", "get_total_count"),
)


class ListInfo:
    """What a call wants of a list."""

    def __init__(self, given: Any, module: Module, records: Records, caller: Caller) -> None:
        if not isinstance(given, dict):
            raise invalid("list_info")
        self.desk = records.desk
        self.switches = records.desk.switches
        unknown = sorted(set(given) - _KEYS)
        if unknown and self.switches["extra_keys"] == "refused":
            raise SdpError(*(Message(INVALID, EXTRA_KEY, name) for name in unknown))
        self.given = given
        self.module = module
        self.records = records
        self.caller = caller
        self.count = self._row_count()
        self.start = self._start()
        self.names = self._names()
        self._tests = self._make_tests()

    def _whole(self, name: str, default: int, least: int) -> int:
        value = self.given.get(name, default)
        if isinstance(value, bool) or len(str(value)) > 18 or not str(value).isdecimal() or int(value) < least:
            raise invalid(name)
        return int(value)

    def _row_count(self) -> int:
        count = self._whole("row_count", self.switches.number("default_rows"), 1)
        if count > MAX_ROWS and self.switches["row_count_over_100"] == "refused":
            raise invalid("row_count")
        return min(count, MAX_ROWS)

    def _start(self) -> int:
        """The first row is number 1."""
        if "start_index" not in self.given and "page" in self.given:
            return (self._whole("page", 1, 1) - 1) * self.count + 1
        return self._whole("start_index", 1, 1)

    def _names(self) -> list[str] | None:
        wanted = self.given.get("fields_required")
        if not wanted or self.switches["fields_required"] == "ignored":
            return None
        if not isinstance(wanted, list):
            raise invalid("fields_required")
        for name in wanted:
            self._demand(name, "fields_required")
        return ["id", *wanted] if self.switches["fields_required"] == "with_id" else wanted

    def _demand(self, path: Any, field: str) -> None:
        try:
            check_path(self.module, path)
        except KeyError:
            raise invalid(field) from None

    # --- rows

    def answer(self, rows: list[Record]) -> dict[str, Any]:
        """The page that was asked for, and what is told about the list."""
        found = self._sorted([row for row in rows if self._fits(row)])
        page = found[self.start - 1 : self.start - 1 + self.count]
        return {
            "list_info": self._told(len(found), len(page)),
            self.module.many: [self.records.row(self.module, row, self.names) for row in page],
        }

    def _told(self, total: int, shown: int) -> dict[str, Any]:
        told = {name: self.given[name] for name in _ECHOED if name in self.given}
        told |= {"has_more_rows": self.start - 1 + shown < total, "row_count": shown}
        if self.given.get("get_total_count"):
            told["total_count"] = total
        return told

    def _fits(self, row: Record) -> bool:
        return all(test(row) for test in self._tests)

    def _make_tests(self) -> list[Test]:
        tests: list[Test] = []
        if self.given.get("search_criteria"):
            tests.append(Criteria(self.given["search_criteria"], self.module, self.desk).test)
        fields = self.given.get("search_fields") or {}
        if not isinstance(fields, dict):
            raise invalid("search_fields")
        for name, value in fields.items():
            self._demand(name, "search_fields")
            tests.append(Criteria({"field": name, "condition": "contains", "value": value}, self.module, self.desk).test)
        if self.given.get("filter_by") is not None:
            tests.append(self._view(self.given["filter_by"]))
        return tests

    def _view(self, given: Any) -> Test:
        """A named view; the form of its name is not known."""
        wanted = self.switches["filter_by"]
        if isinstance(given, str) if wanted == "object" else isinstance(given, dict) if wanted == "name" else False:
            raise invalid("filter_by")
        name = (given.get("name") or given.get("id")) if isinstance(given, dict) else given
        view = VIEWS.get(self.module.path, {}).get(str(name).lower())
        if view is None:
            raise invalid("filter_by")
        criteria = view(self.caller)
        return Criteria(criteria, self.module, self.desk).test if criteria else lambda _row: True

    # --- order

    def _sorted(self, rows: list[Record]) -> list[Record]:
        orders = self._orders()
        if not orders:
            return rows[::-1] if self.switches["default_order"] == "newest_first" else rows
        for path, descending in reversed(orders):
            rows = sorted(rows, key=partial(self._key, path), reverse=descending)
        return rows

    def _orders(self) -> list[tuple[str, bool]]:
        several = self.given.get("sort_fields")
        if several is None:
            field = self.given.get("sort_field")
            several = [] if field is None else [{"field": field, "order": self.given.get("sort_order", "asc")}]
        if not isinstance(several, list) or not all(isinstance(one, dict) for one in several):
            raise invalid("sort_fields")
        return [(self._sort_path(one.get("field")), self._descending(one.get("order", "asc"))) for one in several]

    def _sort_path(self, path: Any) -> str:
        self._demand(path, "sort_field")
        return str(path)

    @staticmethod
    def _descending(word: Any) -> bool:
        if str(word).lower() not in ("asc", "desc"):
            raise invalid("sort_order")
        return str(word).lower() == "desc"

    def _key(self, path: str, row: Record) -> tuple[int, int, str]:
        """Nothing first, numbers before texts; of another record its name counts."""
        try:
            value = value_at(row, self.module, path, self.desk)
        except (KeyError, TypeError):
            raise invalid("sort_field") from None
        if isinstance(value, dict):
            value = value.get("name") or value.get("id")
        if value is None:
            return (0, 0, "")
        text = str(value)
        return (1, int(text), "") if text.isdecimal() and len(text) <= 4000 else (2, 0, text.casefold())
