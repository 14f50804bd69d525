# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of the service desk against a simple model: rows with numbers, which change while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms import sdp_paging
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import Listing
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError

Row = dict[str, Any]

SIZE = 5
LIMITS = st.none() | st.integers(1, 30)
# What others do after a call: leave so many rows out from a place on, and put so many new ones there.
CHANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12), st.integers(0, 7)), max_size=20)


@pytest.fixture(autouse=True, scope="module")
def _short_pages() -> Iterator[None]:
    with patch.object(sdp_paging, "PAGE", SIZE):
        yield


class Server:
    """Rows in one order; counts the calls."""

    def __init__(self, count: int, changes: list[tuple[int, int, int]] | None = None) -> None:
        self.ids = [str(number) for number in range(count)]
        self.changes = list(changes or ())
        self.calls = 0
        self.gone: set[str] = set()

    def fetch(self, first: int, count: int) -> tuple[list[Row], bool]:
        assert first >= 1
        assert 1 <= count <= SIZE
        self.calls += 1
        page = self.ids[first - 1 : first - 1 + count]
        has_more = len(self.ids) > first - 1 + count
        if self.changes:
            self._change(*self.changes.pop(0))
        return [{"id": one} for one in page], has_more

    def _change(self, place: int, leave: int, join: int) -> None:
        self.gone.update(self.ids[place : place + leave])
        self.ids[place : place + leave] = [f"new {self.calls}.{number}" for number in range(join)]


def read(server: Server, limit: int | None = None, keep: Callable[[Row], bool] = lambda row: True) -> Listing:
    return sdp_paging.collect(server.fetch, path="/requests", limit=limit, keep=keep)


def ids_of(listing: Listing) -> list[str]:
    return [row["id"] for row in listing.records]


def is_even(row: Row) -> bool:
    return int(row["id"]) % 2 == 0


@given(count=st.integers(0, 60), limit=LIMITS, filtered=st.booleans())
def test_first_rows_that_fit(count: int, limit: int | None, filtered: bool) -> None:
    server = Server(count)
    listing = read(server, limit, is_even if filtered else lambda row: True)
    fitting = [one for one in server.ids if not filtered or int(one) % 2 == 0]
    assert ids_of(listing) == fitting[:limit]
    assert listing.truncated == (limit is not None and len(fitting) > limit)
    assert server.calls <= 1 + -(-max(0, count - 1) // (SIZE - 1))


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (SIZE, 1), (SIZE + 1, 2), (2 * SIZE - 1, 2), (2 * SIZE, 3)])
def test_pages_overlap_by_one_row(count: int, calls: int) -> None:
    server = Server(count)
    assert ids_of(read(server)) == server.ids
    assert server.calls == calls


@given(count=st.integers(0, 60), changes=CHANGES)
def test_what_stays_in_the_list_comes_once(count: int, changes: list[tuple[int, int, int]]) -> None:
    server = Server(count, changes)
    there = list(server.ids)
    found = ids_of(read(server))
    assert len(found) == len(set(found))
    stayed = [one for one in there if one not in server.gone]
    assert [one for one in found if one in stayed] == stayed


@given(count=st.integers(0, 60), changes=CHANGES, limit=st.integers(1, 30))
def test_limit_of_a_changing_list(count: int, changes: list[tuple[int, int, int]], limit: int) -> None:
    server = Server(count, changes)
    listing = read(server, limit)
    assert len(ids_of(listing)) == len(set(ids_of(listing))) <= limit
    if not listing.truncated:
        assert {one for one in map(str, range(count)) if one not in server.gone} <= set(ids_of(listing))


def test_list_that_shrinks_to_nothing() -> None:
    server = Server(12, [(0, 0, 0), (0, 12, 0)])
    assert ids_of(read(server)) == [str(number) for number in range(9)]


def test_list_that_changes_too_fast_is_no_short_list() -> None:
    """Of a long list, all but the end leaves after the last page that was read: to step back that far takes too long."""
    server = Server(1000, [(0, 0, 0)] * 199 + [(0, 1000, 400)])
    with pytest.raises(ApiError, match="GET /requests: after 801 rows, 20 calls in a row brought no further one"):
        read(server)
    assert server.calls == 200 + sdp_paging.MOST_IDLE_CALLS


@pytest.mark.parametrize("page", [["1"], ["1", "2"], ["1", "2", "3", "4", "5"]])
def test_server_that_always_answers_the_same_is_an_error(page: list[str]) -> None:
    calls = []

    def fetch(first: int, count: int) -> tuple[list[Row], bool]:
        calls.append(first)
        return [{"id": one} for one in page], True

    with pytest.raises(ApiError, match="brought no further one"):
        sdp_paging.collect(fetch, path="/requests", limit=None, keep=lambda row: True)
    assert len(calls) == 1 + sdp_paging.MOST_IDLE_CALLS
