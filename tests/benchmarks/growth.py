# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How cost grows with the number of items."""

from __future__ import annotations

from dataclasses import dataclass

from .bench import START, Bench, Row
from .decisions import decide_all
from .reading import _task, fill

# So many requests are read in the time that one decision takes.
MANY = 10
# Ten times the items may cost this many times the seconds.
MOST_GROWTH = 13


@dataclass(frozen=True)
class Line:
    """Seconds for numbers of items, the start of ansible-playbook aside."""

    name: str
    seconds: dict[int, float]

    @property
    def growth(self) -> float:
        """How many times as much the largest number of items costs as a tenth of it."""
        *_rest, before, last = self.seconds.values()
        return last / before


def lines(bench: Bench) -> list[Line]:
    """Decisions in one task, and requests that are read in one."""
    decided, read = {}, {}
    for count in bench.sizes.growth:
        seconds = bench.take_turns(
            start=lambda: bench.playbook(START),
            decided=lambda count=count: _decide(bench, count),
            read=lambda count=count: _read(bench, MANY * count),
        )
        decided[count] = seconds["decided"] - seconds["start"]
        read[MANY * count] = seconds["read"] - seconds["start"]
    return [Line("decisions in one task", decided), Line("requests read in one task", read)]


def _decide(bench: Bench, count: int) -> float:
    fill(bench, 0)
    ids = [str(number) for number in bench.sandbox.add_requests(count)]
    return bench.playbook(decide_all(bench, ids))


def _read(bench: Bench, count: int) -> float:
    fill(bench, count)
    return bench.playbook(_task())


def growing(measured: list[Line]) -> list[Row]:
    """Ten times as many items cost about ten times as much."""
    rows = []
    for line in measured:
        few, many = list(line.seconds)[-2:]
        ours, beside = f"{many:,}: {line.seconds[many]:.2f} s", f"{few:,}: {line.seconds[few]:.2f} s"
        figure, target = f"{line.growth:.1f} times as much", f"linear (about {many / few:.0f})"
        rows.append(Row(f"growth: {line.name}", ours, beside, figure, target, line.growth <= MOST_GROWTH))
    return rows
