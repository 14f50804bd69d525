# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was handed over already, and from where on to read. Private to the collection.

Nothing here reads or writes: it is arithmetic, to be tested as such.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .arguments import WAITING

Record = dict[str, Any]


@dataclass
class Mark:
    """How a request was when it was handed over, when that was, and in which round it was last seen."""

    state: str
    updated_at: str | None
    sent_at: float = 0.0
    seen: int = 0

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Mark:
        return cls(str(record["state"]), record["updated_at"])


class Memory:
    """The requests that were handed over, by their ids.

    Those that are still listed are kept, and of the others the latest C(remember): it is as large as the list of the server,
    and not more than that by any number of requests.

    Args:
        emit: what makes a request new again: V(once) nothing, V(states) another state, V(updates) any change.
        remember: how many are kept that are not listed any more.
        sweeps: whether all that waits is listed now and then; what was in such a list is kept until the next.
        repeat_after: seconds after which what still waits is new again; with 0, never.
        clock: the time in seconds, from whenever on.
    """

    def __init__(
        self,
        *,
        emit: str,
        remember: int,
        sweeps: bool = False,
        repeat_after: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._emit = emit
        self._remember = remember
        self._sweeps = sweeps
        self._repeat_after = repeat_after
        self._clock = clock
        self._marks: dict[str, Mark] = {}
        # Handed over before a restart, and to be handed over again.
        self._before: dict[str, Mark] = {}
        self._round = 0
        self._last_sweep = 0

    def __len__(self) -> int:
        return len(self._marks)

    def restore(self, kept: Mapping[str, Sequence[Any]], *, replay: str) -> None:
        """Continue where an earlier run ended; C(replay) says which requests are to be handed over again."""
        for request_id, (state, updated_at) in kept.items():
            again = replay == "all" or (replay == "waiting" and state in WAITING)
            (self._before if again else self._marks)[request_id] = Mark(state, updated_at, self._clock())

    def dump(self) -> dict[str, list[Any]]:
        """All of it for a file. What is not handed over again yet counts as handed over: a run after this one does the same."""
        return {request_id: [mark.state, mark.updated_at] for request_id, mark in {**self._before, **self._marks}.items()}

    def begin_round(self, *, is_sweep: bool) -> None:
        """A list is about to be looked through; a sweep lists all that waits."""
        self._round += 1
        if is_sweep:
            self._last_sweep = self._round

    def is_new(self, record: Mapping[str, Any]) -> bool:
        """Whether the request is to be handed over as it is now."""
        mark = self._marks.get(record["id"])
        if mark is None:
            return True
        mark.seen = self._round
        return self._is_overdue(mark) or not self._is_same(mark, Mark.of(record))

    def is_repeated(self, record: Mapping[str, Any]) -> bool:
        """Whether it was handed over just so before, maybe by the run before a restart."""
        mark = self._before.get(record["id"]) or self._marks.get(record["id"])
        return mark is not None and self._is_same(mark, Mark.of(record))

    def note(self, records: Iterable[Mapping[str, Any]]) -> None:
        """These were handed over, or are as good as that."""
        for record in records:
            mark = Mark.of(record)
            mark.seen = self._round
            mark.sent_at = self._clock()
            # Put at the end: the order is that in which they are forgotten.
            self._marks.pop(record["id"], None)
            self._before.pop(record["id"], None)
            self._marks[record["id"]] = mark

    def see(self, records: Iterable[Mapping[str, Any]]) -> None:
        """These are not asked for as they are now. If they once were, they will be new when they are so again."""
        for record in records:
            if record["id"] in self._marks and self._emit != "once":
                self.note([record])
            self._before.pop(record["id"], None)

    def end_round(self, *, is_sweep: bool) -> None:
        """Forget what may be forgotten: after a sweep all that waited and does so no more, and else the oldest."""
        self._settle()
        if is_sweep:
            gone = [key for key, mark in self._marks.items() if mark.state in WAITING and mark.seen < self._round]
            for request_id in gone if self._emit != "once" else ():
                del self._marks[request_id]
        unlisted = [request_id for request_id, mark in self._marks.items() if not self._is_listed(mark)]
        for request_id in unlisted[: max(0, len(unlisted) - self._remember)]:
            del self._marks[request_id]

    def _settle(self) -> None:
        """The first list after a restart is through: what was not in it is no more handed over again than anything else."""
        if not self._before:
            return
        kept = {key: mark for key, mark in self._before.items() if self._emit == "once" or mark.state not in WAITING}
        # In front: they are the first to be forgotten.
        self._marks = {**kept, **self._marks}
        self._before = {}

    def _is_listed(self, mark: Mark) -> bool:
        """In the list of this round, or, for those that are only listed in sweeps, since the last one."""
        is_swept = self._sweeps and mark.state in WAITING
        return mark.seen >= (self._last_sweep if is_swept else self._round)

    def _is_overdue(self, mark: Mark) -> bool:
        waits_long = self._clock() - mark.sent_at >= self._repeat_after
        return self._repeat_after > 0 and mark.state in WAITING and waits_long

    def _is_same(self, one: Mark, other: Mark) -> bool:
        if self._emit == "once":
            return True
        return one.state == other.state and (self._emit == "states" or one.updated_at == other.updated_at)


class IdPosition:
    """Behind an ascending id, for platforms that list by it. The newest C(window) requests are looked at each time."""

    def __init__(self, bounds: Mapping[str, str], *, window: int) -> None:
        self._first = bounds.get("since_id")
        self._window = window
        self.value: str | None = None

    def first(self) -> dict[str, Any]:
        """Where to begin when all is to be listed."""
        return {"since_id": self._first}

    def next(self) -> dict[str, Any]:
        """Where to begin otherwise."""
        return {"since_id": self.value or self._first}

    def begin_at(self, records: Collection[Record]) -> None:
        """Look at these from now on, and at what comes after them; if there are few, also at older ones that join them."""
        if len(records) >= self._window:
            self.value = min((record["id"] for record in records), key=int)

    def advance(self, records: Collection[Record]) -> None:
        """All of these are through."""
        ids = sorted(int(record["id"]) for record in records)
        if len(ids) >= self._window:
            self.value = str(max(int(self.value or 0), ids[-self._window]))


class TimePosition:
    """Behind the latest time of a change, for platforms that list by it; the last C(overlap) seconds are looked at each time."""

    def __init__(self, bounds: Mapping[str, str], *, overlap: float) -> None:
        self._first = bounds.get("modified_since")
        self._overlap = timedelta(seconds=overlap)
        self.value: str | None = None

    def first(self) -> dict[str, Any]:
        return {"modified_since": self._first}

    def next(self) -> dict[str, Any]:
        moment = moment_of(self.value)
        if moment is None:
            return self.first()
        first = moment_of(self._first)
        begin = moment - self._overlap
        return {"modified_since": (begin if first is None else max(first, begin)).isoformat()}

    def begin_now(self) -> None:
        """Look at what changes from now on, by the clock of this machine: there is no other to ask."""
        self.value = datetime.now(timezone.utc).isoformat()

    def advance(self, records: Collection[Record]) -> None:
        moments = [moment_of(record["updated_at"] or record["created_at"]) for record in records]
        known = [moment for moment in (*moments, moment_of(self.value)) if moment is not None]
        if known:
            # A time that is yet to come would hide what happens until then. Too early a time only costs some reading.
            self.value = min(max(known), datetime.now(timezone.utc)).isoformat()


def moment_of(text: str | None) -> datetime | None:
    """A time with a zone, out of ISO 8601."""
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
