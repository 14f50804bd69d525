# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Admin By Request against a small model of its lists, with rows that arrive between any two calls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.admin_by_request import (
    DATA_CENTERS,
    AdminByRequest,
    auth,
    base_url,
)
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import RequestQuery
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError, NotFound, OptionError

Row = dict[str, Any]

CODES = {"Open": 0, "Running": 1, "Finished": 2, "Denied": 3, "Pending": 4, "Quarantined": 5, "Expired": 6}
STATES = {"Open": "approved", "Running": "approved", "Finished": "completed"}
APPROVED = ("Open", "Running", "Finished")


class Tenant:
    """Answers reads of /requests; before each, the rows that are due arrive."""

    def __init__(self, words: list[str], due: list[list[str]] | None = None) -> None:
        self.rows: list[Row] = []
        self.due = due or []
        self.calls: list[str] = []
        self.arrive(words)

    def arrive(self, words: list[str]) -> None:
        for word in words:
            number = 3 * len(self.rows) + 10
            self.rows.append({"id": number, "status": word, "statusCode": CODES[word], "user": {"account": f"u{number % 4}"}})

    def read(self, path: str, *, params: dict[str, str]) -> Any:
        self.calls.append(path)
        if self.due:
            self.arrive(self.due.pop(0))
        if path != "/requests":
            row = next((row for row in self.rows if path == f"/requests/{row['id']}"), None)
            if row is None:
                raise NotFound(path)
            return row
        wanted = params.get("status")
        words = APPROVED if wanted == "Approved" else (wanted,) if wanted else tuple(CODES)
        rows = [row for row in self.rows if row["status"] in words and row["id"] >= int(params.get("startid", 0))]
        if "last" in params:
            return rows[::-1][: int(params["last"])]
        return rows[: int(params["take"])]


WORDS = st.lists(st.sampled_from(sorted(CODES)), max_size=25)
FILTERED_BY_SERVER = st.lists(st.sampled_from(["pending", "denied", "QUARANTINED"]), max_size=3)
STATE_LISTS = FILTERED_BY_SERVER | st.lists(
    st.sampled_from(["pending", "approved", "completed", "expired", "RUNNING"]), max_size=4
)


def fits(row: Row, states: list[str]) -> bool:
    state = STATES.get(row["status"], row["status"].lower())
    wanted = {word.lower() for word in states}
    return not states or bool(wanted & {state, row["status"].lower()})


def desk(tenant: Tenant) -> AdminByRequest:
    return AdminByRequest(tenant)  # type: ignore[arg-type]


@given(words=WORDS, states=STATE_LISTS, since=st.none() | st.integers(0, 100), limit=st.none() | st.integers(1, 10))
def test_find_requests_equals_the_model(words: list[str], states: list[str], since: int | None, limit: int | None) -> None:
    tenant = Tenant(words)
    listing = desk(tenant).find_requests(
        RequestQuery(states=states, since_id=None if since is None else str(since), limit=limit)
    )
    expected = [str(row["id"]) for row in tenant.rows if fits(row, states) and row["id"] >= (since or 0)]
    assert [record.id for record in listing.records] == expected[:limit]
    assert listing.truncated == (limit is not None and len(expected) > limit)
    assert listing.seen_up_to is None or listing.seen_up_to >= (since or 0)


@given(words=WORDS, due=st.lists(WORDS, max_size=12), states=STATE_LISTS, limit=st.none() | st.integers(1, 6))
def test_polling_delivers_each_request_once_whenever_it_arrives(
    words: list[str], due: list[list[str]], states: list[str], limit: int | None
) -> None:
    tenant = Tenant(words, due)
    since: str | None = None
    delivered: list[str] = []
    is_quiet = False
    while not is_quiet:
        is_quiet = not tenant.due
        listing = desk(tenant).find_requests(RequestQuery(states=states, since_id=since, limit=limit))
        delivered += [record.id for record in listing.records]
        since = since if listing.seen_up_to is None else str(listing.seen_up_to + 1)
        is_quiet = is_quiet and not listing.truncated
    assert delivered == [str(row["id"]) for row in tenant.rows if fits(row, states)]


@given(words=WORDS, states=st.lists(st.sampled_from(["pending", "approved", "denied"]), max_size=3), last=st.integers(1, 30))
def test_last_is_the_end_of_the_list_backwards(words: list[str], states: list[str], last: int) -> None:
    tenant = Tenant(words)
    listing = desk(tenant).find_requests(RequestQuery(states=states, last=last))
    expected = [str(row["id"]) for row in tenant.rows if _on_server(row, states)][::-1]
    assert [record.id for record in listing.records] == expected[:last]
    assert listing.truncated == (len(expected) > last)


def _on_server(row: Row, states: list[str]) -> bool:
    """The server's own filter counts what has finished as approved."""
    words = {"pending": ("Pending",), "approved": APPROVED, "denied": ("Denied",)}
    return not states or any(row["status"] in words[state] for state in states)


@given(words=WORDS, wanted=st.sets(st.integers(8, 90)), expected=st.lists(st.sampled_from(["pending", "denied"]), max_size=2))
def test_requests_by_id_finds_what_exists(words: list[str], wanted: set[int], expected: list[str]) -> None:
    tenant = Tenant(words)
    found = desk(tenant).requests_by_id([str(number) for number in wanted], expected=expected)
    assert set(found) == {str(row["id"]) for row in tenant.rows if row["id"] in wanted}
    assert all(found[number].id == number for number in found)


@pytest.mark.parametrize("answer", [{"Message": "General error"}, None, "text", [1], [{"id": True}], [{"name": "no id"}]])
def test_anything_but_a_list_of_records_is_an_error(answer: Any) -> None:
    tenant = Tenant([])
    tenant.read = lambda path, **arguments: answer  # type: ignore[method-assign]
    with pytest.raises(ApiError, match="expected a list of records"):
        desk(tenant).find_requests(RequestQuery())


@pytest.mark.parametrize("answer", [None, [], {}])
def test_nothing_in_place_of_a_record_is_a_record_that_does_not_exist(answer: Any) -> None:
    tenant = Tenant([])
    tenant.read = lambda path, **arguments: answer  # type: ignore[method-assign]
    with pytest.raises(NotFound):
        desk(tenant).get_request("1")
    assert desk(tenant).requests_by_id(["1"]) == {}


@pytest.mark.parametrize("code", [None, 99])
@pytest.mark.parametrize(("word", "state"), [("Pending approval", "pending"), ("Approved", "approved"), ("Novel", "unknown")])
def test_state_follows_from_the_word_where_the_code_is_not_known(word: str, state: str, code: int | None) -> None:
    tenant = Tenant(["Pending"])
    tenant.rows[0] |= {"status": word, "statusCode": code}
    assert desk(tenant).get_request("10").state == state


@pytest.mark.parametrize("name", DATA_CENTERS)
def test_address_follows_from_the_data_center_unless_given(name: str) -> None:
    number = {"eu": 1, "us": 2}.get(name) or int(name[2:])
    assert base_url({"url": None, "data_center": name}) == f"https://dc{number}api.adminbyrequest.com"
    assert base_url({"url": "https://desk.example", "data_center": name}) == "https://desk.example"


@pytest.mark.parametrize("key", ["\n", " s3cr3t", "s3cr3t ", "é", "\x00"])
def test_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(OptionError) as caught:
        auth({"api_key": f"s3cr3t{key}s3cr3t" if key.strip() == key else key})
    assert "s3cr3t" not in str(caught.value)
    assert "SECRET" not in repr(auth({"api_key": "SECRET"}))
