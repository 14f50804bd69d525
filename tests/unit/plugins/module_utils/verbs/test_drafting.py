# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders of drafts, from a catalog in memory where ordering a draft again orders it again: none is ordered twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import Draft, Problem, Request, Wanted
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    ApiError,
    AuthError,
    DeskError,
    OutcomeUnknown,
    RateLimited,
)
from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import Clock
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.drafting import order_with_answers
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.ordering import REQUESTS_AT_ONCE, ROUNDS, Wish
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Context

from . import wishes
from .wishes import APART, KIT, SETTLE, USERS

# What becomes of a call that orders: it takes effect, in part or not at all, and the answer says so, says nothing, or is lost.
FATES = (
    "works",
    "works, answer lost",
    "half works, answer lost",
    "works later",
    "lost",
    "works, nothing said",
    "nothing said",
    "works, broken",
    "broken",
    "refused",
    "limited",
)
LATER = 60.0


def _fail(error: DeskError) -> NoReturn:
    raise error


class Desk:
    """A catalog.

    C(fates) are those of the calls that order, then all goes well. C(bad) are users who may not have anything, which is found
    out when their draft is ordered; with C(whole) the whole order is refused then. C(unseen_for) is for how many seconds
    requests stay out of reads, C(drafts_seen) whether drafts are in them, C(parts_seen) whether the parts of bundles are.
    """

    def __init__(self, fates: Sequence[str] = (), *, bad: Collection[str] = (), **manners: Any) -> None:
        self.time = 0.0
        self.fates = list(fates)
        self.bad = bad
        usual = {"whole": False, "unseen_for": 0.0, "drafts_seen": False, "parts_seen": True, "reads_fail": None}
        self.manners: dict[str, Any] = {**usual, **manners}
        self.requests: dict[str, Request] = {}
        self.bundles: dict[str, str] = {}
        self.ordered_at: dict[str, float] = {}
        self.times_ordered: Counter[str] = Counter()
        self.orders: list[list[str]] = []

    # -- what the verb asks for

    def initiate(self, wanted: Wanted) -> Draft:
        services = ["1", "2"] if wanted.service_id == KIT["id"] else [wanted.service_id]
        rows = [self._draft(service, user) for user in wanted.users for service in services]
        bundle_id = self._draft(wanted.service_id, wanted.users[0]).id if len(services) > 1 else None
        if bundle_id is not None:
            self.bundles |= {row.id: bundle_id for row in rows}
        ids = tuple(row.id for row in rows)
        return Draft(ids, tuple(row.raw["service"] for row in rows), bundle_id, ())

    def questionnaire(self, request_id: str, *, prefill_request_ids: Sequence[str] = ()) -> None:
        return None

    def order(self, request_ids: Sequence[str]) -> tuple[Problem, ...] | None:
        self.orders.append(list(request_ids))
        fate = self.fates.pop(0) if self.fates else "works"
        if fate == "refused":
            raise ApiError("refused", status=400)
        if fate == "limited":
            raise RateLimited("Try again in 60 seconds", status=429)
        half = request_ids[: len(request_ids) // 2]
        takes = request_ids if fate.startswith("works") else half if fate.startswith("half") else ()
        wrong = [one for one in takes if self.requests[one].requested_for in self.bad]
        if wrong and self.manners["whole"] and not fate.endswith("lost"):
            raise ApiError("one is wrong", status=400)
        for one in () if wrong and self.manners["whole"] else takes:
            if one not in wrong:
                self._order(one, LATER if fate == "works later" else 0.0)
        if fate == "works later":
            raise OutcomeUnknown("no answer in time", may_still_come=True)
        if fate.endswith("lost"):
            raise OutcomeUnknown("lost", method="POST", path="/orders")
        if fate.endswith("broken"):
            raise ApiError("broken", status=500)
        return None if fate.endswith("nothing said") else tuple(Problem("not entitled", request_id=one) for one in wrong)

    def requests_by_id(self, request_ids: Iterable[str]) -> dict[str, Request]:
        if self.orders and self.manners["reads_fail"]:
            _fail(self.manners["reads_fail"])
        found = {}
        for one in request_ids:
            at = self.ordered_at.get(one)
            is_hidden = one in self.bundles and not self.manners["parts_seen"]
            if at is not None and at + self.manners["unseen_for"] <= self.time and not is_hidden:
                found[one] = replace(self.requests[one], updated_at=str(at))
            elif self.manners["drafts_seen"]:
                found[one] = self.requests[one]
        return found

    def ordered_of(self, request: Request) -> dict[str, Any]:
        return {"service_id": request.raw["service"], "quantity": 1}

    @staticmethod
    def user_key(login: str | None) -> str:
        return login or ""

    @staticmethod
    def is_user(one: str | None, other: str | None) -> bool:
        return one == other

    # -- what tests ask for

    def order_all(self, wishes: list[Wish]) -> None:
        """As a task does it, whose wishes know of each other."""
        claimed_ids: set[str] = set()
        for one in wishes:
            one.claimed_ids = claimed_ids
        clock = Clock(monotonic=lambda: self.time, sleep=self._sleep)
        order_with_answers(Context(platform=self, params={}, clock=clock, concurrency=1), wishes)

    def count(self, wish: Wish) -> list[int]:
        """How often what belongs to a wish was ordered."""
        services = wish.part_ids or (wish.service["id"],)
        rows = [row for row in self.requests.values() if row.raw["service"] in services and row.requested_for == wish.user]
        return [self.times_ordered[row.id] for row in rows]

    def _sleep(self, seconds: float) -> None:
        self.time += seconds

    def _draft(self, service: str, user: str) -> Request:
        number = str(len(self.requests) + 1)
        nothing: dict[str, Any] = dict.fromkeys(("subject", "requested_by", "created_at", "updated_at", "url"))
        raw = {"service": service}
        self.requests[number] = Request(number, number, "test", "open", "NEW", requested_for=user, raw=raw, **nothing)
        return self.requests[number]

    def _order(self, request_id: str, after: float) -> None:
        for one in (request_id, self.bundles.get(request_id)):
            if one is not None:
                self.times_ordered[one] += 1
                self.ordered_at.setdefault(one, self.time + after)


def wish(user: str, service_id: str = APART, **more: Any) -> Wish:
    return wishes.wish(user, service_id, **more)


WISHES = st.lists(st.tuples(st.sampled_from(USERS), st.sampled_from(("3", "4", "9"))), min_size=1, max_size=10, unique=True)
MANNERS = st.fixed_dictionaries(
    {
        "whole": st.booleans(),
        "unseen_for": st.sampled_from([0.0, 0.1, 9.0]),
        "drafts_seen": st.booleans(),
        "parts_seen": st.booleans(),
    }
)


@given(
    wanted=WISHES,
    fates=st.lists(st.sampled_from(FATES), max_size=6),
    bad=st.sets(st.sampled_from(USERS), max_size=3),
    manners=MANNERS,
)
def test_nothing_is_ordered_twice_and_every_wish_tells_the_truth(
    wanted: list[tuple[str, str]], fates: list[str], bad: set[str], manners: dict[str, Any]
) -> None:
    desk = Desk(fates, bad=bad, **manners)
    wishes = [wish(user, service_id) for user, service_id in wanted]
    desk.order_all(wishes)
    for one in wishes:
        counts = desk.count(one)
        assert max(counts) <= 1, desk.orders
        assert not one.is_open
        if one.error is None and (manners["parts_seen"] or not one.part_ids):
            # Where no part is shown, nobody can see that one of them is missing.
            assert min(counts) == 1
        elif not one.is_ordered and not isinstance(one.error, OutcomeUnknown):
            assert max(counts) == 0, one.error


@pytest.mark.parametrize("service_id", ["3", "9"])
@pytest.mark.parametrize("unseen_for", [0.0, 3.0])
@pytest.mark.parametrize("parts_seen", [True, False])
def test_lost_answer_is_followed_by_a_look(service_id: str, unseen_for: float, parts_seen: bool) -> None:
    desk = Desk(["works, answer lost"], unseen_for=unseen_for, parts_seen=parts_seen)
    wishes = [wish(user, service_id) for user in USERS]
    desk.order_all(wishes)
    assert len(desk.orders) == 1
    assert [one.error for one in wishes] == [None] * len(USERS)


def test_only_what_did_not_come_of_it_is_ordered_again() -> None:
    desk = Desk(["half works, answer lost"], bad={"user7"})
    wishes = [wish(user) for user in USERS]
    desk.order_all(wishes)
    first, second = desk.orders
    assert second == first[4:]
    assert [one.is_ordered for one in wishes] == [True] * 7 + [False]
    assert isinstance(wishes[7].error, OutcomeUnknown)
    assert "lost; when it was ordered again" in wishes[7].error.message
    assert "not entitled" in wishes[7].error.message


@pytest.mark.parametrize("fate", ["lost", "nothing said"])
def test_draft_that_can_be_seen_is_no_order(fate: str) -> None:
    desk = Desk([fate], drafts_seen=True)
    one = wish("a")
    desk.order_all([one])
    assert (len(desk.orders), desk.count(one), one.error) == (2, [1], None)


@pytest.mark.parametrize(("fate", "is_ordered"), [("broken", False), ("works, broken", True)])
def test_error_of_the_server_is_no_refusal_before_a_look(fate: str, is_ordered: bool) -> None:
    desk = Desk([fate], drafts_seen=True)
    one = wish("a")
    desk.order_all([one])
    assert len(desk.orders) == 1
    assert (one.is_ordered, one.error is None) == (is_ordered, is_ordered)


def test_server_that_may_still_be_at_work_gets_no_second_order() -> None:
    desk = Desk(["works later"])
    one = wish("a")
    desk.order_all([one])
    assert len(desk.orders) == 1
    assert desk.time >= SETTLE
    assert isinstance(one.error, OutcomeUnknown)
    assert "No request shows up, but the catalog may still be at work on it" in one.error.message
    assert "Wait a while" in str(one.error.hint)


@pytest.mark.parametrize(("refusal", "words"), [("limited", "Try again in 60 seconds"), ("refused", "refused")])
def test_refusal_after_a_lost_answer_leaves_it_open(refusal: str, words: str) -> None:
    desk = Desk(["works, answer lost", refusal], unseen_for=1000.0)
    one = wish("a")
    desk.order_all([one])
    assert isinstance(one.error, OutcomeUnknown)
    assert "lost" in one.error.message
    assert words in one.error.message
    assert not one.is_ordered


@pytest.mark.parametrize("refusal", ["limited", "refused"])
def test_refusal_of_what_was_ordered_by_a_lost_call_is_none(refusal: str) -> None:
    """It shows up at the second look."""
    desk = Desk(["works, answer lost", refusal], unseen_for=SETTLE + 1)
    one = wish("a")
    desk.order_all([one])
    assert (one.error, one.is_ordered, desk.count(one)) == (None, True, [1])


@pytest.mark.parametrize("error", [RateLimited("wait"), AuthError("wrong password"), ApiError("down", status=503)])
@pytest.mark.parametrize("fate", ["works, answer lost", "works, nothing said", "works, broken"])
def test_looking_that_fails_leaves_the_outcome_unknown_and_orders_nothing_again(error: DeskError, fate: str) -> None:
    desk = Desk([fate], reads_fail=error)
    one = wish("a")
    desk.order_all([one])
    assert len(desk.orders) == 1
    assert isinstance(one.error, OutcomeUnknown)
    assert f"looking for the request failed too: {error.message}" in one.error.message


def test_refusal_at_the_first_call_is_told_as_it_is() -> None:
    desk = Desk(["limited"])
    one = wish("a")
    desk.order_all([one])
    assert isinstance(one.error, RateLimited)
    assert desk.time == 0


def test_calls_that_never_get_an_answer_are_given_up() -> None:
    desk = Desk(["lost"] * 2 * ROUNDS)
    one = wish("a")
    desk.order_all([one])
    assert len(desk.orders) == ROUNDS
    assert "No request shows up" in str(one.error)


def test_catalog_that_says_nothing_is_asked_twice() -> None:
    desk = Desk(["nothing said"] * 2 * ROUNDS)
    desk.order_all([wish("a")])
    assert len(desk.orders) == 2


def test_culprit_is_found_after_a_lost_answer_without_waiting_each_time() -> None:
    desk = Desk(["lost"], bad={"user5"}, whole=True)
    # Requests of one draft are not parted.
    wishes = [wish(user, str(number)) for number, user in enumerate(USERS, start=10)]
    desk.order_all(wishes)
    assert [one.user for one in wishes if one.error] == ["user5"]
    assert desk.time < 2 * SETTLE + 2


def test_without_match_on_nobody_is_told_to_run_it_again() -> None:
    desk = Desk(["works later"])
    one = wish("a", has_key=False)
    desk.order_all([one])
    assert "Look at the requests of the user" in str(one.error)


def test_more_drafts_than_fit_into_an_order_are_ordered_once_each() -> None:
    desk = Desk(["works, answer lost", "lost", "half works, answer lost"])
    wishes = [wish(f"user{number}", "9") for number in range(REQUESTS_AT_ONCE + 1)]
    desk.order_all(wishes)
    assert {desk.times_ordered[row] for row in desk.bundles} == {1}
    assert all(one.error is None for one in wishes)
