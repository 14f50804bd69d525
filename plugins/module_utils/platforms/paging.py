# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists behind an inclusive, ascending id cursor, as Admin By Request has them (fact sheet 2.0). Private to the collection."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..transport.errors import ApiError
from .expected import number_of
from .records import Listing
from .sharing import Sharing

Row = dict[str, Any]
# Fetches one page: (first id or None, number of rows) -> rows in ascending order of their ids.
FetchPage = Callable[["int | None", int], "list[Row]"]


def pages(fetch: FetchPage, *, size: int, start: int | None = None) -> Iterator[list[Row]]:
    """All pages from C(start) on; a page that is not full is the last one."""
    while True:
        page = fetch(start, size)
        if page:
            yield page
        if len(page) < size:
            return
        start = _next_start(page, start)


def pages_ahead(fetch: FetchPage, *, size: int, start: int | None = None) -> Iterator[list[Row]]:
    """As M(pages), but the next one is on its way while the caller is busy with the one before; for whoever wants all."""
    page = fetch(start, size)
    with ThreadPoolExecutor(max_workers=1) as executor:
        while len(page) >= size:
            start = _next_start(page, start)
            coming = executor.submit(fetch, start, size)
            yield page
            page = coming.result()
    if page:
        yield page


def collect(
    fetch: FetchPage,
    *,
    size: int,
    start: int | None,
    limit: int | None,
    keep: Callable[[Row], bool] | None = None,
    convert: Callable[[Row], Any] = lambda row: row,
) -> Listing:
    """The rows from C(start) on that C(keep) accepts, converted, at most C(limit).

    With a limit one row more is asked for, to know whether it exists.
    """
    if limit is None:
        return _collect_all(pages_ahead(fetch, size=size, start=start), keep, convert)
    kept: list[Row] = []
    seen_up_to: int | None = None
    page_size = size if keep else min(size, limit + 1)
    for page in pages(fetch, size=page_size, start=start):
        kept += filter(keep, page) if keep else page
        if len(kept) > limit:
            return Listing([convert(row) for row in kept[:limit]], truncated=True, seen_up_to=_id(kept[limit - 1]))
        seen_up_to = _id(page[-1])
    return Listing([convert(row) for row in kept], seen_up_to=seen_up_to)


def _collect_all(
    all_pages: Iterable[list[Row]], keep: Callable[[Row], bool] | None, convert: Callable[[Row], Any]
) -> Listing:
    """Page by page, so that no row is kept beside what it was converted to."""
    records: list[Any] = []
    seen_up_to: int | None = None
    sharing = Sharing()
    for page in all_pages:
        for row in page:
            sharing.share(row)
        records += map(convert, filter(keep, page) if keep else page)
        seen_up_to = _id(page[-1])
    return Listing(records, seen_up_to=seen_up_to)


def by_ids(fetch: FetchPage, wanted: Iterable[int], *, size: int) -> dict[int, Row]:
    """The rows with the given ids, in as few pages as their distribution allows.

    Each page starts at the lowest id not yet looked at, so it settles at least that one: sparse ids cost no more calls than
    reading them one by one, dense ones a thousandth of it.
    """
    ids = sorted(set(wanted))
    found: dict[int, Row] = {}
    position = 0
    while position < len(ids):
        start, remaining = ids[position], len(ids) - position
        # No more rows than ids fit between the first and the last; and few ids are not worth a full page.
        take = min(size, ids[-1] - start + 1, 50 * remaining)
        page = fetch(start, take)
        found.update({_id(row): row for row in page})
        if len(page) < take:
            break
        _next_start(page, start)
        position = bisect_right(ids, _id(page[-1]))
    return {number: found[number] for number in ids if number in found}


def merged(parts: Sequence[Listing], *, limit: int | None, complete_up_to: int) -> Listing:
    """Several lists over the same ids as one, each row once.

    Args:
        parts: the lists, in ascending order each.
        limit: the highest number of rows.
        complete_up_to: the newest id before the first of the lists was read. Rows that arrived while they were read may be
            in one list and too late for another, so they are left to the next time.
    """
    horizon = min((part.seen_up_to for part in parts if part.truncated and part.seen_up_to is not None), default=None)
    seen_up_to = complete_up_to if horizon is None else min(complete_up_to, horizon)
    rows = {_id(row): row for part in parts for row in part.records}
    ids = sorted(number for number in rows if number <= seen_up_to)
    kept = ids if limit is None else ids[:limit]
    truncated = seen_up_to < complete_up_to or len(kept) < len(ids)
    if truncated and kept:
        seen_up_to = kept[-1]
    return Listing([rows[number] for number in kept], truncated=truncated, seen_up_to=seen_up_to)


def _id(row: Row) -> int:
    return number_of(row, "id")


def _next_start(page: list[Row], start: int | None) -> int:
    """The cursor behind a page. A server that ignores the cursor would be asked for ever; better say so."""
    last = _id(page[-1])
    if start is not None and last < start:
        raise ApiError(f"The server answered rows up to id {last} when asked for those from id {start} on")
    return last + 1
