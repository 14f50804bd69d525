# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paging against a simple model: a sorted list of ids behind an inclusive cursor."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms import paging
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import Listing
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError

Row = dict[str, Any]

IDS = st.sets(st.integers(1, 400), max_size=120).map(sorted)
SIZES = st.integers(1, 30)
STARTS = st.none() | st.integers(0, 420)
LIMITS = st.none() | st.integers(1, 130)


class Server:
    """Rows in ascending order of their ids; counts the pages that are asked for."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids
        self.pages = 0

    def fetch(self, start: int | None, take: int) -> list[Row]:
        self.pages += 1
        assert take >= 1
        return [{"id": number} for number in self.ids if start is None or number >= start][:take]


def ids_of(listing: Listing) -> list[int]:
    return [row["id"] for row in listing.records]


def is_even(row: Row) -> bool:
    return bool(row["id"] % 2 == 0)


@given(ids=IDS, size=SIZES, start=STARTS, limit=LIMITS, filtered=st.booleans())
def test_collect_brings_the_first_rows_that_fit(
    ids: list[int], size: int, start: int | None, limit: int | None, filtered: bool
) -> None:
    server = Server(ids)
    listing = paging.collect(server.fetch, size=size, start=start, limit=limit, keep=is_even if filtered else None)
    fitting = [number for number in ids if number >= (start or 0) and (not filtered or number % 2 == 0)]
    assert ids_of(listing) == fitting[:limit]
    assert listing.truncated == (limit is not None and len(fitting) > limit)
    if listing.seen_up_to is None:
        assert [number for number in ids if number >= (start or 0)] == []
    else:
        assert [number for number in fitting if number <= listing.seen_up_to] == ids_of(listing)
    assert server.pages <= len(ids) // min(size, (limit or size) + 1) + 1


@given(ids=IDS, size=SIZES, limit=st.integers(1, 20))
def test_collect_from_position_to_position_brings_each_row_once(ids: list[int], size: int, limit: int) -> None:
    server, start, found = Server(ids), 0, []
    for _turn in range(len(ids) + 1):
        listing = paging.collect(server.fetch, size=size, start=start, limit=limit)
        found += ids_of(listing)
        if listing.seen_up_to is not None:
            assert listing.seen_up_to >= start
            start = listing.seen_up_to + 1
    assert found == ids


@given(ids=IDS, wanted=st.sets(st.integers(1, 420)), size=SIZES)
def test_by_ids_finds_what_exists_in_few_pages(ids: list[int], wanted: set[int], size: int) -> None:
    server = Server(ids)
    found = paging.by_ids(server.fetch, wanted, size=size)
    assert list(found) == sorted(wanted & set(ids))
    assert all(row["id"] == number for number, row in found.items())
    assert server.pages <= len(wanted)
    assert server.pages <= math.ceil(len(ids) / size) + 1 or server.pages * 50 <= len(ids) + 50


def test_by_ids_reads_a_thousand_neighbours_in_one_page() -> None:
    server = Server(list(range(5_000, 9_000)))
    assert len(paging.by_ids(server.fetch, range(6_000, 7_000), size=1000)) == 1000
    assert server.pages == 1


@given(ids=IDS, owners=st.lists(st.integers(0, 2), min_size=120, max_size=120), size=SIZES, limit=LIMITS, start=STARTS)
def test_merged_lists_are_one_list(ids: list[int], owners: list[int], size: int, limit: int | None, start: int | None) -> None:
    servers = [Server([number for number, owner in zip(ids, owners, strict=False) if owner == part]) for part in range(3)]
    parts = [paging.collect(server.fetch, size=size, start=start, limit=limit) for server in servers]
    newest = ids[-1] if ids else 0
    listing = paging.merged(parts, limit=limit, complete_up_to=newest)
    fitting = [number for number in ids if number >= (start or 0)]
    assert ids_of(listing) == fitting[:limit]
    assert listing.truncated == (limit is not None and len(fitting) > limit)
    assert listing.seen_up_to == (listing.records[-1]["id"] if listing.truncated else newest)


@given(ids=IDS.filter(bool), late=st.integers(1, 50), size=SIZES)
def test_merged_leaves_what_came_while_it_was_read_to_the_next_time(ids: list[int], late: int, size: int) -> None:
    newest = ids[-1]
    first = paging.collect(Server(ids).fetch, size=size, start=None, limit=None)
    second = paging.collect(Server([newest + late]).fetch, size=size, start=None, limit=None)
    listing = paging.merged([first, second], limit=None, complete_up_to=newest)
    assert ids_of(listing) == ids
    assert listing.seen_up_to == newest


@pytest.mark.parametrize(
    "read",
    [
        lambda fetch: paging.collect(fetch, size=3, start=10, limit=None),
        lambda fetch: paging.by_ids(fetch, [10, 20, 30, 40], size=3),
    ],
    ids=["collect", "by_ids"],
)
def test_server_that_ignores_the_cursor_is_found_out(read: Callable[[paging.FetchPage], Any]) -> None:
    def fetch(start: int | None, take: int) -> list[Row]:
        return [{"id": number} for number in range(1, take + 1)]

    with pytest.raises(ApiError, match="when asked for those from id"):
        read(fetch)
