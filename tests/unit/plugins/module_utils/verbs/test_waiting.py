# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for requests, by a clock that runs only while somebody sleeps."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import Request
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError, AuthError, DeskError, RateLimited
from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import Clock
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Context
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.waiting import LONGEST_PAUSE, Goal, pauses, poll, wait_for

# When each word comes up, in seconds.
History = list[tuple[float, str]]
STATES = {
    "NEW": "open",
    "ACTIVE": "open",
    "WAITING": "pending",
    "COMPLETED": "completed",
    "CLOSED": "completed",
    "FAILED": "failed",
    "REJECTED": "denied",
}
LAST = ("COMPLETED", "FAILED", "REJECTED")


class Desk:
    """Requests whose states are a matter of time. C(faults) are what the looks come to, one after the other."""

    def __init__(self, faults: Iterable[DeskError | None] = (), **histories: History) -> None:
        self.time = 0.0
        self.looks: list[float] = []
        self.faults = list(faults)
        self.histories = histories

    def requests_by_id(self, request_ids: list[str]) -> dict[str, Request]:
        self.looks.append(self.time)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        words = {request_id: [word for at, word in self.histories[request_id] if at <= self.time] for request_id in request_ids}
        return {request_id: _request(request_id, known[-1]) for request_id, known in words.items() if known}

    def context(self) -> Context:
        def sleep(seconds: float) -> None:
            assert seconds > 0
            self.time += seconds

        return Context(platform=self, params={}, clock=Clock(monotonic=lambda: self.time, sleep=sleep))


def _request(request_id: str, word: str) -> Request:
    nothing: dict[str, Any] = dict.fromkeys(("subject", "requested_for", "requested_by", "created_at", "updated_at", "url"))
    return Request(id=request_id, display_id=request_id, platform="test", state=STATES[word], status=word, raw={}, **nothing)


def goal(request_id: str = "a", states: Iterable[str] = ("completed",), timeout: float = 60.0) -> Goal:
    return Goal(request_id, frozenset(states), timeout)


def test_request_that_is_there_costs_one_look_and_no_time() -> None:
    desk = Desk(a=[(0, "COMPLETED")])
    wanted = goal()
    wait_for(desk.context(), [wanted])
    assert (desk.looks, wanted.error) == ([0.0], None)
    assert wanted.request is not None
    assert wanted.request.status == "COMPLETED"


def test_completed_request_is_waited_for_until_it_is_closed() -> None:
    desk = Desk(a=[(0, "COMPLETED"), (5, "CLOSED")])
    wanted = goal(states=("closed",))
    wait_for(desk.context(), [wanted])
    assert wanted.error is None
    assert wanted.request is not None
    assert wanted.request.status == "CLOSED"


@pytest.mark.parametrize(
    ("word", "states", "is_lost"),
    [
        ("COMPLETED", ["closed"], False),
        ("COMPLETED", ["failed", "closed"], False),
        ("COMPLETED", ["active"], True),
        ("COMPLETED", ["open", "failed"], True),
        ("CLOSED", ["closed"], False),
        ("CLOSED", ["completed"], False),
        ("CLOSED", ["active"], True),
        ("FAILED", ["closed"], True),
    ],
)
def test_request_is_lost_where_no_wanted_word_can_come(word: str, states: list[str], is_lost: bool) -> None:
    wanted = goal(states=states)
    wanted.request = _request("a", word)
    assert wanted.is_lost is is_lost


@pytest.mark.parametrize(
    ("word", "states", "is_lost"),
    [
        ("COMPLETED", ["abgeschlossen"], False),
        ("COMPLETED", ["open"], True),
        ("CLOSED", ["abgeschlossen"], True),
        ("FAILED", ["abgeschlossen"], True),
    ],
)
def test_word_of_a_tenant_may_come_until_the_request_is_closed(word: str, states: list[str], is_lost: bool) -> None:
    wanted = Goal("a", frozenset(states), 60.0, _request("a", word), is_closed=lambda request: request.status == "CLOSED")
    assert wanted.is_lost is is_lost


def test_nothing_to_wait_for_costs_no_look() -> None:
    desk = Desk()
    wait_for(desk.context(), [])
    assert desk.looks == []


def test_pauses_grow_up_to_a_limit() -> None:
    some = list(islice(pauses(), 20))
    assert some[0] == 1.0
    assert some == sorted(some)
    assert some[-1] == LONGEST_PAUSE


def test_request_is_followed_until_it_is_completed() -> None:
    desk = Desk(a=[(0, "NEW"), (3, "ACTIVE"), (20, "COMPLETED")])
    wanted = goal()
    wait_for(desk.context(), [wanted])
    assert wanted.error is None
    assert 20 <= desk.time < 35
    assert len(desk.looks) < 10


@pytest.mark.parametrize("word", ["FAILED", "REJECTED"])
def test_failure_ends_it_at_once(word: str) -> None:
    desk = Desk(a=[(0, "NEW"), (3, word)])
    wanted = goal()
    wait_for(desk.context(), [wanted])
    assert desk.time < 6
    assert f"Request a is {word} and will not become completed" in str(wanted.error)
    assert "its comments may say why" in str(wanted.error)


def test_completion_ends_it_where_something_else_is_waited_for() -> None:
    desk = Desk(a=[(0, "NEW"), (3, "COMPLETED")])
    wanted = goal(states=["active"])
    wait_for(desk.context(), [wanted])
    assert desk.time < 6
    assert "Request a is COMPLETED and will not become active" in str(wanted.error)


@pytest.mark.parametrize("states", [["failed"], ["open", "active"], ["failed", "completed"]])
def test_any_state_or_word_can_be_waited_for(states: list[str]) -> None:
    desk = Desk(a=[(0, "WAITING"), (3, "ACTIVE" if "active" in states else "FAILED")])
    wanted = goal(states=states)
    wait_for(desk.context(), [wanted])
    assert wanted.error is None
    assert desk.time >= 3


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ([(0.0, "NEW"), (4.0, "WAITING")], "Request a is WAITING after 10 seconds"),
        ([], "Request a is not to be seen yet after 10"),
    ],
)
def test_time_out_says_where_it_stands(history: History, said: str) -> None:
    desk = Desk(a=history)
    wanted = goal(timeout=10)
    wait_for(desk.context(), [wanted])
    assert desk.time == pytest.approx(10)
    assert said in str(wanted.error)
    assert "not yet completed" in str(wanted.error)
    assert "Raise wait_timeout" in str(wanted.error)


def test_passing_faults_are_sat_out_and_the_last_one_is_told() -> None:
    desk = Desk([ApiError("down"), ApiError("down"), None, ApiError("down")], a=[(0, "NEW"), (5, "COMPLETED")])
    wanted = goal()
    wait_for(desk.context(), [wanted])
    assert wanted.error is None
    desk = Desk([ApiError("down")] * 100, a=[(0, "NEW")])
    wanted = goal(timeout=10)
    wait_for(desk.context(), [wanted])
    assert "(the last look failed: down)" in str(wanted.error)


@pytest.mark.parametrize("fault", [AuthError("refused"), RateLimited("no more")])
def test_what_will_not_pass_ends_it(fault: DeskError) -> None:
    desk = Desk([None, fault], a=[(0, "NEW")], b=[(0, "COMPLETED")])
    first, second = goal("a"), goal("b")
    wait_for(desk.context(), [first, second])
    assert first.error is fault
    assert second.error is None
    assert len(desk.looks) == 2


def test_many_are_followed_in_the_same_looks_each_for_its_own_time() -> None:
    histories = {f"r{number}": [(0.0, "NEW"), (number * 1.0, "COMPLETED")] for number in range(30)}
    desk = Desk(**histories)
    goals = [goal(request_id, timeout=10 if number % 2 else 100) for number, request_id in enumerate(histories)]
    wait_for(desk.context(), goals)
    assert [one.error is None for one in goals] == [number % 2 == 0 or number <= 10 for number in range(30)]
    assert len(desk.looks) < 15


WORDS = st.lists(st.sampled_from(["NEW", "ACTIVE", "WAITING"]), max_size=3)
HISTORIES = st.builds(
    lambda words, last, times: list(zip(sorted(times), [*words, last], strict=False)),
    WORDS,
    st.sampled_from(LAST),
    st.lists(st.floats(0, 200), min_size=4, max_size=4),
)


@given(
    histories=st.lists(HISTORIES, min_size=1, max_size=5),
    timeouts=st.lists(st.floats(0.1, 150), min_size=5, max_size=5),
    faults=st.lists(st.one_of(st.none(), st.just(ApiError("down"))), max_size=5),
)
def test_every_wait_ends_in_time_and_tells_the_truth(
    histories: list[History], timeouts: list[float], faults: list[DeskError | None]
) -> None:
    desk = Desk(faults, **{f"r{number}": history for number, history in enumerate(histories)})
    goals = [goal(f"r{number}", timeout=timeouts[number]) for number in range(len(histories))]
    wait_for(desk.context(), goals)
    longest = max(one.timeout for one in goals)
    assert desk.time <= longest + 0.1 * len(goals)
    for one, history in zip(goals, histories, strict=True):
        at, word = history[-1]
        if one.error is None:
            assert word == "COMPLETED"
            assert at <= desk.time
        elif at <= one.timeout and "will not become" not in str(one.error):
            # It may have got there between the last look and the end of the time, or the last look failed.
            assert "the last look failed" in str(one.error) or at > one.timeout - 0.1
        elif "will not become" in str(one.error):
            assert word in ("FAILED", "REJECTED")


# -- poll -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("found_at", [0.0, 0.3, 3.0, 9.9])
def test_poll_finds_what_shows_up_in_time(found_at: float) -> None:
    desk = Desk()
    assert poll(desk.context(), 10, lambda: desk.time >= found_at)
    assert found_at <= desk.time <= 10


def test_poll_looks_once_more_at_the_end() -> None:
    desk = Desk()
    assert not poll(desk.context(), 10, lambda: desk.time > 10)
    assert desk.time == pytest.approx(10)


def test_poll_passes_over_faults_and_raises_the_last() -> None:
    desk = Desk()

    def look(until: float) -> bool:
        if desk.time < until:
            raise ApiError("down")
        return True

    assert poll(desk.context(), 10, lambda: look(5))
    with pytest.raises(ApiError, match="down"):
        poll(desk.context(), 1, lambda: look(100))


def test_poll_does_not_go_on_without_credentials() -> None:
    desk = Desk()

    def look() -> bool:
        raise AuthError("refused")

    with pytest.raises(AuthError):
        poll(desk.context(), 10, look)
    assert desk.time == 0
