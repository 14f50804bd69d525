# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verb request_approve against a queue in memory that misbehaves in every way, without Ansible and without a network."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import Request
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    ApiError,
    AuthError,
    OptionError,
    OutcomeUnknown,
)
from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import Clock
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_approve import ROUNDS, check, request_approve
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Context, Item, ItemResult

WANTED = ("approved", "denied")
STATES = ("pending", "approved", "completed", "denied", "expired", "quarantined")
# What the desk does with a decision: it takes effect or not, and the answer says so or is lost.
FATES = ("works", "works, answer lost", "lost", "refused", "ignored")
LASTING = frozenset({"approved", "completed", "denied", "expired"})


class Desk:
    """A queue. Each request has a list of fates for the decisions that reach it; then all goes well."""

    def __init__(self, states: dict[str, str], fates: dict[str, list[str]] | None = None) -> None:
        self.states = dict(states)
        self.fates = {number: list(fates) for number, fates in (fates or {}).items()}
        self.writes: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self.reads = 0

    decisions_at_once = None
    longest_reason = None

    def decisions(self, request_ids: dict[str, str | None], *, expected: Any = ()) -> dict[str, Request]:
        self.reads += 1
        return {number: _request(number, self.states[number]) for number in request_ids if number in self.states}

    def decide(self, request_id: str, *, approve: bool, reason: str | None, decided_by: str | None) -> None:
        self.writes[request_id] += 1
        fate = (self.fates.get(request_id) and self.fates[request_id].pop(0)) or "works"
        if fate == "refused":
            raise ApiError("refused", status=400)
        if fate.startswith("works") and self.states[request_id] == "pending":
            self.states[request_id] = "approved" if approve else "denied"
            self.effects[request_id] += 1
        if fate.endswith("lost"):
            raise OutcomeUnknown("lost")

    def decided_by(self, request: Request) -> str | None:
        return None

    def undecidable(self, request: Request) -> str | None:
        return None


def _request(number: str, state: str) -> Request:
    nothing = dict.fromkeys(("subject", "requested_for", "requested_by", "created_at", "updated_at", "url"))
    return Request(id=number, display_id=number, platform="test", state=state, status=state, raw={}, **nothing)


def _items(*wanted: tuple[str, str], **options: Any) -> list[Item]:
    values = {"reason": None, "decided_by": None, "on_conflict": "fail", **options}
    return [
        Item(index, {**values, "request_id": number, "state": state}, f"items[{index}].")
        for index, (number, state) in enumerate(wanted)
    ]


def _run(desk: Desk, items: list[Item], **options: Any) -> list[ItemResult]:
    clock = Clock(sleep=lambda seconds: None)
    return request_approve(Context(platform=desk, params={}, items=items, concurrency=3, clock=clock, **options))


NUMBERS = st.integers(1, 12).map(str)
QUEUES = st.dictionaries(NUMBERS, st.sampled_from(STATES), max_size=12)
WISHES = st.dictionaries(NUMBERS, st.sampled_from(WANTED), min_size=1, max_size=12)
TROUBLE = st.dictionaries(NUMBERS, st.lists(st.sampled_from(FATES), max_size=3), max_size=12)


@given(states=QUEUES, wishes=WISHES, fates=TROUBLE)
def test_every_result_tells_the_truth(states: dict[str, str], wishes: dict[str, str], fates: dict[str, list[str]]) -> None:
    desk = Desk(states, fates)
    results = _run(desk, _items(*wishes.items()))
    assert [result.index for result in results] == list(range(len(wishes)))
    for (number, wanted), result in zip(wishes.items(), results, strict=True):
        before, after = states.get(number), desk.states.get(number)
        is_as_wanted = after == wanted or (after == "completed" and wanted == "approved")
        assert (result.error is None) == is_as_wanted, (number, result)
        assert result.changed == (is_as_wanted and before != after)
        assert result.changed == (desk.effects[number] == 1)
        if result.outcome == "unchanged":
            assert desk.writes[number] == 0
        if result.outcome == "conflict":
            assert after in LASTING


@given(states=QUEUES, wishes=WISHES, fates=TROUBLE)
def test_nothing_is_decided_twice_and_what_is_decided_is_left_alone(
    states: dict[str, str], wishes: dict[str, str], fates: dict[str, list[str]]
) -> None:
    desk = Desk(states, fates)
    _run(desk, _items(*wishes.items()))
    assert all(number <= 1 for number in desk.effects.values())
    assert all(states[number] not in LASTING for number in desk.writes)
    assert all(number <= ROUNDS for number in desk.writes.values())
    first = dict(desk.writes)
    again = _run(desk, _items(*wishes.items()))
    assert not any(
        result.changed
        for result in again
        if desk.writes[str(result.extra["request_id"])] == first.get(str(result.extra["request_id"]), 0)
    )


@given(states=QUEUES, wishes=WISHES)
def test_check_mode_predicts_what_happens_when_nothing_goes_wrong(states: dict[str, str], wishes: dict[str, str]) -> None:
    states = {number: state for number, state in states.items() if state != "quarantined"}
    desk = Desk(states)
    predicted = _run(desk, _items(*wishes.items()), check_mode=True)
    assert not desk.writes
    assert desk.states == states
    real = _run(desk, _items(*wishes.items()))
    assert [(result.outcome, result.changed) for result in predicted] == [(result.outcome, result.changed) for result in real]
    assert [(result.after or {}).get("state") for result in predicted] == [(result.after or {}).get("state") for result in real]


@given(states=QUEUES, wishes=WISHES)
def test_a_clean_run_writes_once_for_each_change_and_reads_twice(states: dict[str, str], wishes: dict[str, str]) -> None:
    states = {number: state for number, state in states.items() if state != "quarantined"}
    desk = Desk(states)
    results = _run(desk, _items(*wishes.items()))
    changed = sum(result.changed for result in results)
    assert sum(desk.writes.values()) == changed
    assert desk.reads == (2 if changed else 1)


def test_stop_skips_what_stands_behind_a_failure() -> None:
    desk = Desk({"1": "pending", "2": "denied", "3": "pending"})
    results = _run(desk, _items(("1", "approved"), ("2", "approved"), ("3", "approved")), on_error="stop")
    assert [result.outcome for result in results] == ["approved", "conflict", "skipped"]
    assert dict(desk.writes) == {"1": 1}


def test_credentials_that_are_refused_stop_everything() -> None:
    desk = Desk({str(number): "pending" for number in range(20)})

    def refuse(request_id: str, **decision: Any) -> None:
        desk.writes[request_id] += 1
        raise AuthError("no")

    desk.decide = refuse  # type: ignore[method-assign]
    results = _run(desk, _items(*((number, "approved") for number in desk.states)))
    assert sum(desk.writes.values()) <= 3
    assert {result.outcome for result in results} == {"failed", "skipped"}


def test_reading_back_that_fails_leaves_the_outcome_unknown() -> None:
    desk = Desk({"1": "pending"})
    read = desk.decisions

    def fail_later(request_ids: list[str], *, expected: Any = ()) -> dict[str, Request]:
        if desk.reads:
            raise ApiError("no answer")
        return read(request_ids)

    desk.decisions = fail_later  # type: ignore[method-assign]
    (result,) = _run(desk, _items(("1", "approved")))
    assert result.outcome == "failed"
    assert isinstance(result.error, OutcomeUnknown)
    assert "Run the task again" in str(result.error)


@pytest.mark.parametrize("policy", ["warn", "ignore"])
def test_conflict_is_no_failure_when_told_so(policy: str) -> None:
    warnings: list[str] = []
    (result,) = _run(Desk({"1": "denied"}), _items(("1", "approved"), on_conflict=policy), warn=warnings.append)
    assert (result.outcome, result.error, result.changed) == ("conflict", None, False)
    assert len(warnings) == (1 if policy == "warn" else 0)


def test_request_may_be_named_twice_but_not_both_ways() -> None:
    check(_items(("1", "approved"), ("01", "approved")))
    with pytest.raises(OptionError, match=r"items\[1\].request_id: request 01 is to be denied here and approved in items\[0\]"):
        check(_items(("1", "approved"), ("01", "denied")))
