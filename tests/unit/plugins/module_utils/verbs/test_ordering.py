# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders in a single call, from a catalog in memory that misbehaves in every way: nothing is ordered twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import (
    Listing,
    Placed,
    Problem,
    Request,
    RequestQuery,
    Wanted,
)
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    ApiError,
    AuthError,
    DeskError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
)
from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import Clock
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.ordering import (
    REQUESTS_AT_ONCE,
    ROUNDS,
    USERS_AT_ONCE,
    Snapshot,
    Wish,
    order_at_once,
)
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Context

from . import wishes
from .wishes import KIT, USERS

# What becomes of a call that orders: it takes effect or not, and the answer says so or is lost.
FATES = ("works", "works, answer lost", "works later", "lost", "refused")
LATER = 60.0


class Desk:
    """A catalog.

    C(fates) are those of the calls that order, then all goes well. C(bad) are users who may not have anything. C(details)
    is how an answer tells the requests, C(names) whether it says whom a problem is about, C(unseen_for) for how many
    seconds requests stay out of all reads, C(unlisted_for) out of lists, C(most_users) how many one entry may have.
    """

    def __init__(self, fates: Sequence[str] = (), *, bad: Collection[str] = (), **manners: Any) -> None:
        self.time = 0.0
        self.calls: Counter[str] = Counter()
        self.fates = list(fates)
        self.bad = bad
        self.requests: dict[str, tuple[float, Request]] = {}
        usual = {"details": "told", "names": True, "unseen_for": 0.0, "unlisted_for": 0.0, "most_users": 100, "parts_told": False}
        self.manners: dict[str, Any] = {**usual, **manners}

    # -- what the verb asks for

    def order_now(self, wanted: Sequence[Wanted], *, title: str | None, share: bool) -> Placed:
        self.calls["order"] += 1
        fate = self.fates.pop(0) if self.fates else "works"
        if fate == "refused":
            raise ApiError("refused", status=400)
        ids: list[str] = []
        problems: list[Problem] = []
        for one in wanted if fate.startswith("works") else ():
            self._order(one, ids, problems)
        if fate == "works later":
            # When nobody waits for the answer any more.
            for request_id in ids:
                self.requests[request_id] = (self.time + LATER, self.requests[request_id][1])
            raise OutcomeUnknown("no answer in time", may_still_come=True)
        if fate.endswith("lost"):
            raise OutcomeUnknown("lost", method="POST", path="/orders")
        told = {"told": ids, "reversed": ids[::-1], "empty": []}[self.manners["details"]]
        return Placed(tuple(told), tuple(problems), is_order=bool(ids))

    def find_requests(self, query: RequestQuery) -> Listing:
        self.calls["list"] += 1
        rows = self._seen(self.manners["unlisted_for"])
        return Listing(
            [row for row in rows if query.requested_for is None or self.is_user(row.requested_for, query.requested_for)]
        )

    @staticmethod
    def lists_all(listed: Iterable[Request]) -> bool:
        return any(request.status == "NEW" for request in listed)

    def unlisted_requests(self, service_id: str, listed_ids: Collection[str]) -> list[Request]:
        self.calls["unlisted"] += 1
        return [row for row in self._seen() if row.raw["service"] == service_id and row.id not in listed_ids]

    def requests_by_id(self, request_ids: Sequence[str]) -> dict[str, Request]:
        self.calls["read"] += 1
        return {row.id: row for row in self._seen() if row.id in request_ids}

    def ordered_of(self, request: Request) -> dict[str, Any]:
        return {"service_id": request.raw["service"], "quantity": request.raw["quantity"]}

    @staticmethod
    def user_key(login: str | None) -> str:
        return (login or "").lower()

    @staticmethod
    def is_user(one: str | None, other: str | None) -> bool:
        return (one or "").lower() == (other or "").lower()

    # -- what tests ask for

    def context(self) -> Context:
        def sleep(seconds: float) -> None:
            self.time += seconds

        return Context(platform=self, params={}, clock=Clock(monotonic=lambda: self.time, sleep=sleep))

    def add(self, service_id: str, user: str, quantity: int = 1) -> str:
        request_id = str(len(self.requests) + 1)
        nothing: dict[str, Any] = dict.fromkeys(("subject", "requested_by", "created_at", "updated_at", "url"))
        raw = {"service": service_id, "quantity": quantity}
        request = Request(request_id, request_id, "test", "open", "ACTIVE", requested_for=user, raw=raw, **nothing)
        self.requests[request_id] = (self.time, request)
        return request_id

    @property
    def ordered(self) -> Counter[tuple[str, str]]:
        rows = (request for _at, request in self.requests.values())
        return Counter((row.raw["service"], str(row.requested_for)) for row in rows)

    def _order(self, one: Wanted, ids: list[str], problems: list[Problem]) -> None:
        for number, user in enumerate(one.users):
            reason = "not entitled" if user in self.bad else "too many" if number >= self.manners["most_users"] else None
            if reason:
                problems.append(
                    Problem(f"{user}: {reason}", user=user, service_id=one.service_id)
                    if self.manners["names"]
                    else Problem(reason)
                )
                continue
            own = self.add(one.service_id, user, one.quantity)
            parts = [self.add(part["id"], user) for part in KIT["bundled_services"]] if one.service_id == KIT["id"] else []
            ids += parts if self.manners["parts_told"] and parts else [own]

    def _seen(self, after: float = 0.0) -> list[Request]:
        late = max(after, self.manners["unseen_for"])
        return [request for at, request in self.requests.values() if at + late <= self.time]


def wish(user: str, service_id: str = "1", **more: Any) -> Wish:
    return wishes.wish(user, service_id, **more)


def order(desk: Desk, wishes: list[Wish]) -> None:
    """Order as a task does, whose wishes know of each other."""
    claimed_ids: set[str] = set()
    for one in wishes:
        one.claimed_ids = claimed_ids
    order_at_once(desk.context(), wishes)


SERVICES = ("1", "2", "9")
WISHES = st.lists(st.tuples(st.sampled_from(USERS), st.sampled_from(SERVICES)), min_size=1, max_size=12, unique=True)
MANNERS = st.fixed_dictionaries(
    {
        "details": st.sampled_from(["told", "reversed", "empty"]),
        "names": st.booleans(),
        "unseen_for": st.sampled_from([0.0, 0.1, 9.0]),
        "unlisted_for": st.sampled_from([0.0, 3.0, 1000.0]),
        "most_users": st.sampled_from([1, 3, 100]),
        "parts_told": st.booleans(),
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
    order(desk, wishes)
    _check(desk, wishes)


@given(wanted=WISHES, bad=st.sets(st.sampled_from(USERS), max_size=3), manners=MANNERS)
def test_what_may_be_ordered_is_ordered_where_nothing_gets_lost(
    wanted: list[tuple[str, str]], bad: set[str], manners: dict[str, Any]
) -> None:
    desk = Desk(bad=bad, **manners)
    wishes = [wish(user, service_id) for user, service_id in wanted]
    order(desk, wishes)
    _check(desk, wishes)
    for one in wishes:
        if one.user in bad:
            assert one.error is not None
            assert not one.is_ordered
        elif manners["names"] or manners["details"] != "empty":
            assert one.error is None, one.error
            assert one.request is not None


def _check(desk: Desk, wishes: list[Wish]) -> None:
    whole = Counter((one.service["id"], one.user) for one in wishes)
    of_parts = Counter((part, one.user) for one in wishes for part in one.part_ids)
    assert desk.ordered <= whole + of_parts
    adopted = [one.request_id for one in wishes if one.request_id is not None]
    assert len(adopted) == len(set(adopted))
    for one in wishes:
        assert not one.is_open
        count = desk.ordered[one.service["id"], one.user] if one.service is KIT else None
        if one.service is KIT and one.error is None:
            assert count == 1
        if one.request is not None:
            assert one.request.requested_for == one.user
            assert one.request.raw["service"] in (one.service["id"], *one.part_ids)
        if one.error is not None and not isinstance(one.error, OutcomeUnknown) and one.service is KIT:
            assert count == 0


@pytest.mark.parametrize("names", [True, False])
def test_bundle_beside_its_parts_for_the_same_user_is_ordered_once(names: bool) -> None:
    desk = Desk(most_users=1, parts_told=True, names=names)
    wishes = [wish(user, service) for user, service in (("a", "1"), ("a", "2"), ("b", "1"), ("b", "2"), ("b", "9"))]
    order(desk, wishes)
    _check(desk, wishes)
    assert desk.ordered == {("1", "a"): 1, ("2", "a"): 1, ("1", "b"): 2, ("2", "b"): 2, ("9", "b"): 1}


@given(st.permutations(range(6)))
def test_each_gets_its_own_request_whatever_the_order_of_the_answer(numbers: list[int]) -> None:
    desk = Desk(details="reversed")
    wishes = [wish(USERS[number], quantity=number + 1) for number in numbers]
    order(desk, wishes)
    assert [one.request.raw["quantity"] for one in wishes if one.request] == [number + 1 for number in numbers]


def test_fifty_users_cost_one_call_and_one_reading() -> None:
    desk = Desk()
    order(desk, [wish(f"user{number}") for number in range(50)])
    assert desk.calls == {"order": 1, "read": 1}


def test_users_of_one_entry_and_requests_of_one_call_are_limited() -> None:
    desk = Desk(most_users=USERS_AT_ONCE)
    order(desk, [wish(f"user{number}") for number in range(REQUESTS_AT_ONCE + 1)])
    assert desk.calls == {"order": 2, "read": 2}
    assert len(desk.requests) == REQUESTS_AT_ONCE + 1


def test_wishes_with_another_title_go_out_in_another_call() -> None:
    desk = Desk()
    order(desk, [wish("a", title="x"), wish("b"), wish("c", title="x"), wish("d", share=True)])
    assert desk.calls["order"] == 3


def test_call_that_is_refused_is_halved_down_to_the_culprit() -> None:
    desk = Desk()
    works = desk.order_now

    def refuse(wanted: Sequence[Wanted], **more: Any) -> Placed:
        if any("user5" in one.users for one in wanted):
            desk.calls["order"] += 1
            raise NotFound("there is no user5")
        return works(wanted, **more)

    desk.order_now = refuse  # type: ignore[method-assign]
    wishes = [wish(user) for user in USERS]
    order(desk, wishes)
    assert [str(one.error) for one in wishes if one.error] == ["there is no user5"]
    assert desk.calls["order"] == 7
    assert sum(desk.ordered.values()) == len(USERS) - 1


@pytest.mark.parametrize("error", [AuthError("refused"), RateLimited("no more")])
def test_what_will_hit_all_others_too_is_not_halved(error: DeskError) -> None:
    desk = Desk()

    def refuse(wanted: Sequence[Wanted], **more: Any) -> Placed:
        desk.calls["order"] += 1
        raise error

    desk.order_now = refuse  # type: ignore[method-assign]
    wishes = [wish(user) for user in USERS]
    order(desk, wishes)
    assert desk.calls == {"order": 1}
    assert all(one.error is error for one in wishes)


def test_lost_answer_is_followed_by_a_look() -> None:
    desk = Desk(["works, answer lost"])
    wishes = [wish(user) for user in USERS]
    order(desk, wishes)
    assert desk.calls == {"order": 1, "list": 1}
    assert all(one.request is not None for one in wishes)


def test_request_that_the_lists_leave_out_is_found_all_the_same() -> None:
    desk = Desk(["works, answer lost"], unlisted_for=1000.0)
    order(desk, [wish("a")])
    assert desk.calls == {"order": 1, "list": 1, "unlisted": 1}


def test_without_a_key_a_lost_answer_is_an_error() -> None:
    desk = Desk(["works, answer lost"])
    wishes = [wish("a", has_key=False), wish("b")]
    order(desk, wishes)
    assert isinstance(wishes[0].error, OutcomeUnknown)
    assert "With match_on, the task would have found out" in str(wishes[0].error)
    assert wishes[1].error is None
    assert desk.ordered == {("1", "a"): 1, ("1", "b"): 1}


def test_without_a_key_no_request_of_the_past_is_taken_for_the_new_one() -> None:
    desk = Desk(details="empty")
    desk.add("1", "a")
    one = wish("a", has_key=False)
    order(desk, [one])
    assert (one.is_ordered, one.request_id, one.error) == (True, None, None)
    assert desk.ordered == {("1", "a"): 2}


def test_what_was_there_before_is_not_taken_for_what_was_ordered() -> None:
    desk = Desk(["lost"])
    old = desk.add("1", "a")
    one = wish("a", known_ids={old})
    order(desk, [one])
    assert one.request_id == "2"


def test_what_came_of_another_wish_is_not_taken_either() -> None:
    """Two for the same user, to be told apart by a key that is not on them yet."""
    desk = Desk(["works", "lost"])
    wishes = [wish("a", title="x"), wish("a", title="y")]
    order(desk, wishes)
    assert [one.request_id for one in wishes] == ["1", "2"]


def test_calls_that_never_get_an_answer_are_given_up() -> None:
    desk = Desk(["lost"] * 100)
    one = wish("a")
    order(desk, [one])
    assert desk.calls["order"] == ROUNDS
    assert isinstance(one.error, OutcomeUnknown)
    assert "no request shows up" in str(one.error)


def test_slow_catalog_gets_no_second_order() -> None:
    desk = Desk(["works later"])
    one = wish("a")
    order(desk, [one])
    assert desk.calls["order"] == 1
    assert not one.is_ordered
    assert "may still be at work on it. Wait a while. Run the task again" in str(one.error)


def test_looking_that_fails_leaves_the_outcome_unknown_and_orders_nothing_again() -> None:
    desk = Desk(["works, answer lost"])

    def fail(query: RequestQuery) -> Listing:
        raise ApiError("down")

    desk.find_requests = fail  # type: ignore[method-assign]
    one = wish("a")
    order(desk, [one])
    assert desk.calls["order"] == 1
    assert "lost; looking for the request failed too: down" in str(one.error)


def test_reading_back_that_fails_does_not_hide_that_it_was_ordered() -> None:
    desk = Desk()

    def fail(request_ids: Sequence[str]) -> dict[str, Request]:
        raise ApiError("down")

    desk.requests_by_id = fail  # type: ignore[method-assign]
    wishes = [wish("a"), wish("b")]
    order(desk, wishes)
    assert desk.calls["order"] == 1
    for one in wishes:
        assert one.is_ordered
        assert "was ordered, but reading it back failed: down" in str(one.error)


def test_what_does_not_show_up_in_time_counts_as_ordered_and_is_left_alone() -> None:
    desk = Desk(unseen_for=1000.0, bad=["b"])
    wishes = [wish("a"), wish("b"), wish("c")]
    order(desk, wishes)
    assert desk.ordered == {("1", "a"): 1, ("1", "c"): 1}
    assert [(one.is_ordered, one.request_id) for one in wishes] == [(True, None), (False, None), (True, None)]
    assert "b: not entitled" in str(wishes[1].error)
    (alone,) = [wish("d")]
    order(desk, [alone])
    assert (alone.is_ordered, alone.request_id) == (True, "3")


def test_where_nobody_can_tell_who_was_refused_nothing_is_ordered_again() -> None:
    desk = Desk(unseen_for=1000.0, bad=["b"], names=False)
    wishes = [wish("a"), wish("b"), wish("c")]
    order(desk, wishes)
    assert desk.calls["order"] == 1
    assert all(isinstance(one.error, OutcomeUnknown) for one in wishes)


def test_who_is_refused_for_the_company_is_ordered_alone() -> None:
    desk = Desk(most_users=1)
    wishes = [wish(user) for user in USERS]
    order(desk, wishes)
    assert all(one.error is None for one in wishes)
    assert desk.calls["order"] == 2


def test_bundle_is_its_own_request_where_the_answer_tells_its_parts() -> None:
    desk = Desk(parts_told=True)
    one = wish("a", KIT["id"])
    order(desk, [one])
    assert one.request is not None
    assert one.request.raw["service"] == KIT["id"]


# -- what there is ----------------------------------------------------------------------------------------------------------


def test_few_users_are_listed_one_by_one_and_many_at_once() -> None:
    for users, calls in ((["a"], 1), (["a", "b", "a"], 2), (["a", "b", "c"], 1)):
        desk = Desk()
        desk.add("1", "a")
        snapshot = Snapshot(desk.context(), users)
        assert desk.calls["list"] == calls
        assert [request.id for request in snapshot.of(wish("A"))] == ["1"]
        assert snapshot.of(wish("b")) == []


@pytest.mark.parametrize(("status", "calls"), [("NEW", 0), ("ACTIVE", 2)])
def test_what_lists_leave_out_is_asked_for_by_service_unless_nothing_is_left_out(status: str, calls: int) -> None:
    desk = Desk()
    desk.add("3", "a")
    at, request = desk.requests["1"]
    desk.requests["1"] = (at, replace(request, status=status))
    snapshot = Snapshot(desk.context(), ["a"])
    snapshot.add_unlisted([wish("a"), wish("b"), wish("a", "2")])
    assert desk.calls["unlisted"] == calls


def test_user_whose_requests_cannot_be_listed_spoils_it_for_nobody_else() -> None:
    desk = Desk()
    works = desk.find_requests

    def refuse(query: RequestQuery) -> Listing:
        if query.requested_for == "nobody":
            raise NotFound("no such user")
        return works(query)

    desk.find_requests = refuse  # type: ignore[method-assign]
    snapshot = Snapshot(desk.context(), ["a", "nobody"])
    assert snapshot.of(wish("a")) == []
    with pytest.raises(NotFound, match="no such user"):
        snapshot.of(wish("nobody"))


def test_parts_stand_for_a_bundle_that_is_not_shown_if_none_is_missing() -> None:
    desk = Desk()
    kit = wish("a", KIT["id"])
    part = desk.add("1", "a")
    assert Snapshot(desk.context(), ["a"]).of(kit) == []
    desk.add("2", "a")
    assert [request.id for request in Snapshot(desk.context(), ["a"]).of(kit)] == [part]
    own = desk.add(KIT["id"], "a")
    assert [request.id for request in Snapshot(desk.context(), ["a"]).of(kit)] == [own]
