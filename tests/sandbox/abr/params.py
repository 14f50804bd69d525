# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of a call: every one may come as a query parameter or as a request header of the same name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TypeVar
from urllib.parse import parse_qsl

from ..reply import Scope
from ..switches import Switchboard
from .collection import Collection
from .errors import AbrError, bad_value

Row = TypeVar("Row")

DEFAULT_TAKE = 50
DEFAULT_DAYS = 30
_DATE_LENGTH = len("yyyy-mm-dd")
# More are no number that anything here has.
MOST_DIGITS = 18
_LONGEST_DAYS = 36_500


class Params:
    """Reads filters by name, in any case, from query and headers."""

    def __init__(self, scope: Scope, switches: Switchboard) -> None:
        self.switches = switches
        charset = str(switches["header_charset"])
        self._headers = {name.decode("latin-1"): value.decode(charset, "replace") for name, value in scope["headers"]}
        query: dict[str, str] = {}
        for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
            query.setdefault(name.lower(), value)
        self._query = query

    def text(self, name: str) -> str | None:
        """The value, or None if it is missing or empty."""
        first, second = self._query, self._headers
        if self.switches["param_precedence"] == "header":
            first, second = second, first
        return first.get(name.lower()) or second.get(name.lower()) or None

    def flag(self, name: str) -> bool:
        """A bit: 1 or 0."""
        value = self.text(name)
        if value is None or value in ("0", "1"):
            return value == "1"
        self._refuse(name, value)
        return False

    def number(self, name: str, least: int = 0) -> int | None:
        """A whole number from ``least`` up."""
        value = self.text(name)
        if value is None:
            return None
        if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS and int(value) >= least:
            return int(value)
        self._refuse(name, value)
        return None

    def day(self, name: str) -> date | None:
        """A day ``yyyy-mm-dd``."""
        value = self.text(name)
        if value is None:
            return None
        if len(value) == _DATE_LENGTH or self.switches["date_format"] == "date_or_time":
            try:
                return datetime.fromisoformat(value).date()
            except ValueError:
                pass
        self._refuse(name, value)
        return None

    def _refuse(self, name: str, value: str) -> None:
        if self.switches["bad_value"] != "ignore":
            raise bad_value(self.switches, name, value)


class Page:
    """``startid`` (inclusive) and ``take`` going up, or ``last`` going down."""

    def __init__(self, params: Params, maximum: int, allow_last: bool = True) -> None:
        self._switches = params.switches
        self._maximum = maximum
        self.start = params.number("startid")
        take = params.number("take", least=1)
        last = params.number("last", least=1) if allow_last else None
        if last is not None and (take is not None or self.start is not None):
            answer = params.switches["last_with_take"]
            if answer == "400":
                raise AbrError(400, "take and startid cannot be combined with last")
            if answer == "take_wins":
                last = None
        self.last = None if last is None else self._limit("last", last)
        self.take = DEFAULT_TAKE if take is None else self._limit("take", take)

    def _limit(self, name: str, value: int) -> int:
        if value > self._maximum and self._switches["over_max_take"] == "400":
            raise bad_value(self._switches, name, str(value))
        return min(value, self._maximum)

    def rows(self, collection: Collection[Row]) -> Iterator[Row]:
        """All rows in the order of the answer, before other filters."""
        return collection.ascending(self.start) if self.last is None else collection.descending()

    def cut(self, rows: Iterable[Row]) -> list[Row]:
        """The rows of this page."""
        left = self.take if self.last is None else self.last
        page: list[Row] = []
        for row in rows:
            page.append(row)
            if len(page) == left:
                break
        return page


class Window:
    """The time window of audit log and events: 30 days, ``days``, or ``startdate`` to ``enddate``."""

    def __init__(self, params: Params, now: datetime, default_days: int | None = DEFAULT_DAYS) -> None:
        switches = params.switches
        self._start, self._end, days = params.day("startdate"), params.day("enddate"), params.number("days")
        self._local = switches["date_zone"] == "local"
        self._exclusive = switches["startdate"] == "exclusive"
        if days is None:
            lifted = switches["days_with_startid"] == "lifted" and params.text("startid") is not None
            days = None if lifted else default_days
        rolling = days is not None and self._start is None
        self._since = now - timedelta(days=min(days or 0, _LONGEST_DAYS)) if rolling else None

    def holds(self, moment: datetime, utc_offset: int) -> bool:
        if self._since is not None and moment < self._since:
            return False
        day = (moment + timedelta(hours=utc_offset) if self._local else moment).date()
        if self._start is not None and (day < self._start or (self._exclusive and day == self._start)):
            return False
        return self._end is None or day <= self._end
