# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as handed over, how much of it is kept, and from where on is read: arithmetic, without a server."""

from __future__ import annotations

import random
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.extensions.eda.plugins.polling.backoff import AFTER_REFUSAL, REFUSALS, Backoff
from ansible_collections.deskops.itsm.extensions.eda.plugins.polling.memory import IdPosition, Memory, TimePosition
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    ApiError,
    AuthError,
    DeskError,
    NotFound,
    OptionError,
    RateLimited,
)

Record = dict[str, Any]


def record(number: int, state: str = "pending", updated_at: str | None = None) -> Record:
    return {"id": str(number), "state": state, "updated_at": updated_at, "created_at": "2026-09-18T09:00:00+00:00"}


def look(memory: Memory, *records: Record, is_sweep: bool = False) -> list[str]:
    """One round: what is new in the list, and is handed over."""
    memory.begin_round(is_sweep=is_sweep)
    fresh = [one for one in records if memory.is_new(one)]
    memory.note(fresh)
    memory.end_round(is_sweep=is_sweep)
    return [one["id"] for one in fresh]


class TestMemory:
    def test_each_state_is_new_once(self) -> None:
        memory = Memory(emit="states", remember=10)
        assert look(memory, record(1), record(2)) == ["1", "2"]
        assert look(memory, record(1), record(2)) == []
        assert look(memory, record(1, "approved"), record(2)) == ["1"]

    def test_once_is_once_whatever_becomes_of_it(self) -> None:
        memory = Memory(emit="once", remember=10)
        assert look(memory, record(1)) == ["1"]
        assert look(memory, record(1, "approved")) == []

    def test_updates_are_new_when_the_time_differs(self) -> None:
        memory = Memory(emit="updates", remember=10)
        assert look(memory, record(1, updated_at="a")) == ["1"]
        assert look(memory, record(1, updated_at="a")) == []
        assert look(memory, record(1, updated_at="b")) == ["1"]

    def test_what_waits_again_is_new_again(self) -> None:
        """It was seen in another state in between, or it was missing in a sweep."""
        memory = Memory(emit="states", remember=10, sweeps=True)
        look(memory, record(1), record(2), is_sweep=True)
        memory.see([record(1, "approved")])
        assert look(memory, record(1), record(2)) == ["1"]
        look(memory, record(1), is_sweep=True)
        assert look(memory, record(1), record(2)) == ["2"]

    def test_what_is_listed_is_kept_and_of_the_rest_the_latest(self) -> None:
        memory = Memory(emit="states", remember=3)
        for start in range(0, 1000, 5):
            assert len(look(memory, *(record(number, "completed") for number in range(start, start + 5)))) == 5
            assert len(memory) <= 5 + 3
        assert look(memory, *(record(number, "completed") for number in range(992, 1000))) == []

    def test_what_waited_in_a_sweep_is_kept_until_the_next(self) -> None:
        memory = Memory(emit="states", remember=0, sweeps=True)
        crowd = [record(number) for number in range(500)]
        assert len(look(memory, *crowd, is_sweep=True)) == 500
        for number in range(1000, 1010):
            assert look(memory, record(number)) == [str(number)]
        assert look(memory, *crowd, is_sweep=True) == []
        assert len(memory) == 500

    @pytest.mark.parametrize(("replay", "again"), [("waiting", ["1"]), ("all", ["1", "2"]), ("none", [])])
    def test_after_a_restart(self, replay: str, again: list[str]) -> None:
        first = Memory(emit="states", remember=10)
        look(first, record(1), record(2, "completed"))
        second = Memory(emit="states", remember=10)
        second.restore(first.dump(), replay=replay)
        assert second.dump() == first.dump()
        assert second.is_repeated(record(1))
        assert not second.is_repeated(record(1, "approved"))
        assert look(second, record(1), record(2, "completed"), record(3)) == [*again, "3"]
        assert look(second, record(1), record(2, "completed")) == []

    @pytest.mark.parametrize("emit", ["once", "states", "updates"])
    def test_only_the_first_list_after_a_restart_repeats(self, emit: str) -> None:
        """What was not in it is handed over again for the reasons that always count, and for no other."""
        first = Memory(emit=emit, remember=10)
        look(first, record(1, "completed"), record(2))
        second = Memory(emit=emit, remember=10)
        second.restore(first.dump(), replay="all")
        assert look(second, is_sweep=True) == []
        came_again = look(second, record(1, "completed"), record(2))
        # A request that was not among all that waits, and does so now, waits again.
        assert came_again == ([] if emit == "once" else ["2"])

    def test_what_waits_for_long_comes_again(self) -> None:
        now = [0.0]
        memory = Memory(emit="states", remember=10, repeat_after=60, clock=lambda: now[0])
        assert look(memory, record(1), record(2, "completed")) == ["1", "2"]
        now[0] = 59.0
        assert look(memory, record(1), record(2, "completed")) == []
        now[0] = 60.0
        assert memory.is_repeated(record(1))
        assert look(memory, record(1), record(2, "completed")) == ["1"]
        assert look(memory, record(1)) == []


class TestIdPosition:
    def test_the_newest_are_looked_at_again(self) -> None:
        position = IdPosition({"since_id": "5"}, window=3)
        assert position.next() == {"since_id": "5"}
        position.advance([record(6), record(7)])
        assert position.next() == {"since_id": "5"}
        position.advance([record(number) for number in (6, 7, 9, 12)])
        assert position.next() == {"since_id": "7"}
        assert position.first() == {"since_id": "5"}

    def test_it_never_goes_back(self) -> None:
        position = IdPosition({}, window=1)
        position.advance([record(10**19)])
        position.advance([record(5)])
        assert position.next() == {"since_id": str(10**19)}

    @given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), min_size=1, max_size=40), st.randoms())
    def test_no_request_is_lost_or_repeated(self, steps: list[tuple[int, int]], shuffle: random.Random) -> None:
        """Requests come in bursts, and some show up later than their ids say, within the window."""
        window = 8
        position, memory = IdPosition({}, window=window), Memory(emit="states", remember=0)
        visible: list[int] = []
        late: list[int] = []
        handed: list[str] = []
        newest = 0
        for count, every in [*steps, (0, 1), (0, 1)]:
            visible += late
            late = []
            for dummy in range(count):
                newest += shuffle.randint(1, 3)
                (late if newest % (every + 1) == 0 and len(late) < 2 else visible).append(newest)
            if len(visible) and late and sum(number > min(late) for number in visible) >= window - 3:
                visible += late
                late = []
            start = int(position.next()["since_id"] or 0)
            listed = [record(number) for number in sorted(visible) if number >= start]
            handed += look(memory, *listed)
            position.advance(listed)
        assert sorted(handed, key=int) == [str(number) for number in sorted(visible)]


class TestTimePosition:
    def test_it_looks_back_by_the_overlap(self) -> None:
        position = TimePosition({}, overlap=60)
        assert position.next() == {"modified_since": None}
        position.advance(
            [record(1, updated_at="2026-09-18T10:00:00.500+00:00"), record(2, updated_at=None), record(3, updated_at="?")]
        )
        assert position.next() == {"modified_since": "2026-09-18T09:59:00.500000+00:00"}
        position.advance([record(1, updated_at="2026-09-18T11:00:00+02:00")])
        assert position.next() == {"modified_since": "2026-09-18T09:59:00.500000+00:00"}

    def test_it_does_not_look_back_behind_the_beginning(self) -> None:
        position = TimePosition({"modified_since": "2026-09-18T10:00:00Z"}, overlap=3600)
        position.advance([record(1, updated_at="2026-09-18T10:00:30Z")])
        assert position.next() == {"modified_since": "2026-09-18T10:00:00+00:00"}

    def test_a_time_in_the_far_future_hides_nothing(self) -> None:
        position = TimePosition({}, overlap=0)
        position.advance([record(1, updated_at="2199-01-01T00:00:00Z")])
        assert position.next()["modified_since"] <= datetime.now(timezone.utc).isoformat()


class TestBackoff:
    def make(self, *, first: float = 10.0, longest: float = 100.0) -> Backoff:
        return Backoff(first=first, longest=longest, jitter=lambda low, high: low)

    def test_pauses_double_up_to_the_longest_and_begin_anew(self) -> None:
        backoff = self.make()
        assert [backoff.after(ApiError("x", status=503)) for dummy in range(6)] == [10, 20, 40, 80, 100, 100]
        backoff.succeed()
        assert backoff.after(ApiError("x")) == 10

    def test_jitter_only_makes_them_longer(self) -> None:
        pauses = {Backoff(first=10, longest=100).after(ApiError("x")) for dummy in range(50)}
        assert len(pauses) > 10
        assert all(10 <= pause <= 12.5 for pause in pauses)

    def test_a_quota_costs_a_minute_at_least(self) -> None:
        assert self.make(first=1.0, longest=900.0).after(RateLimited("x")) == 60.0

    @pytest.mark.parametrize("error", [OptionError("x"), NotFound("x"), AuthError("x", status=401), ApiError("x", status=400)])
    def test_what_was_never_right_ends_it(self, error: DeskError) -> None:
        with pytest.raises(DeskError):
            self.make().after(error)

    def test_what_was_right_once_may_be_again(self) -> None:
        backoff = self.make()
        backoff.succeed()
        assert backoff.after(NotFound("x", status=404)) == 10
        with pytest.raises(OptionError):
            backoff.after(OptionError("x"))

    def test_credentials_are_not_tried_for_ever(self) -> None:
        """Platforms lock out those who go on."""
        backoff = self.make()
        backoff.succeed()
        pauses = [backoff.after(AuthError("x", status=401)) for dummy in range(REFUSALS - 1)]
        assert all(pause >= AFTER_REFUSAL for pause in pauses)
        with pytest.raises(AuthError):
            backoff.after(AuthError("x", status=401))
