# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: lists that are read by the numbers of their rows, while others work with them.

Private to the collection. Section numbers in comments are those of the fact sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..transport.errors import ApiError
from .records import Listing

PAGE = 100  # 3: more rows at once are not given
# So many calls in a row may bring nothing new: steps back by a page, or pages of rows that have come before.
MOST_IDLE_CALLS = 20

Row = dict[str, Any]
# Fetches some rows: (number of the first, how many) -> the rows, and whether there are more behind them.
FetchRows = Callable[[int, int], "tuple[list[Row], bool]"]


class Pages:
    """The rows of a list, each once, by their numbers: the API has no cursor (3).

    What leaves the list moves all behind it to the front, and the next page would begin too late. So it begins with the last
    row of the one before. Where its first row has never come, rows were skipped: then it is read again from a page further in
    front. What joins the list moves rows to the back, and they come twice.
    """

    def __init__(self, fetch: FetchRows, path: str) -> None:
        self._fetch = fetch
        self._path = path
        self._first = 1
        self._seen: set[str] = set()

    def next_rows(self, count: int) -> tuple[list[Row], bool]:
        """The rows that come next, about C(count) of them, and whether there are more.

        Raises:
            ApiError: others change the list faster than it can be read, or the server always answers with the same rows.
        """
        for dummy in range(MOST_IDLE_CALLS):
            page, has_more = self._fetch(self._first, min(PAGE, count + bool(self._seen)))
            count = PAGE
            if not self._follows(page):
                self._first = max(1, self._first - (PAGE - 1))
                continue
            rows = {row["id"]: row for row in page if row["id"] not in self._seen}
            self._seen.update(rows)
            self._first += max(0, len(page) - 1)
            if rows or not has_more:
                return list(rows.values()), has_more
        message = f"GET {self._path}: after {len(self._seen)} rows, {MOST_IDLE_CALLS} calls in a row brought no further one"
        hint = "There are more. Others change the list faster than it can be read: try again later, or narrow it"
        raise ApiError(message, method="GET", path=self._path, hint=hint)

    def _follows(self, page: list[Row]) -> bool:
        """Whether no row was skipped."""
        return self._first == 1 or (bool(page) and page[0]["id"] in self._seen)


def collect(fetch: FetchRows, *, path: str, limit: int | None, keep: Callable[[Row], bool]) -> Listing:
    """The rows that C(keep) accepts, at most C(limit)."""
    pages = Pages(fetch, path)
    rows: list[Row] = []
    all_count, has_more, is_full = True, True, False
    while has_more and not is_full:
        page, has_more = pages.next_rows(PAGE if limit is None or not all_count else limit - len(rows))
        kept = [row for row in page if keep(row)]
        rows += kept
        # Whether one more counts is to be seen only where all did so far.
        all_count = all_count and len(kept) == len(page)
        is_full = limit is not None and (len(rows) > limit or (len(rows) == limit and all_count))
    return Listing(rows[:limit], truncated=is_full and (has_more or len(rows) > (limit or 0)))
