# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every verb on every platform with every fault: the declared outcome, and the server's state.

The cells are made of the modules themselves; what has to come of each is in outcomes.py. A cell is named by its task, by the
calls that are hit, and by the fault: C(-k "review and dark") picks those of one place.
"""

from __future__ import annotations

from collections import Counter

import pytest
from faults.matrix.bench import Bench, Wire
from faults.matrix.judge import problems_of
from faults.matrix.outcomes import EXCEPTIONS, Cell, Place, cells, expected, is_long
from faults.matrix.scenarios import SCENARIOS, Scenario
from faults.matrix.verbs import PAIRS, VERBS

from tools.fault_matrix import PAGE, page

Group = tuple[str, Place, bool]
GROUPS: dict[Group, list[Cell]] = {}
for _cell in cells():
    GROUPS.setdefault((_cell.scenario.name, _cell.place, is_long(_cell)), []).append(_cell)


def _groups() -> list[object]:
    """One test for each task and place, all faults in it: a test for each cell would take as long again."""
    return [
        pytest.param(group, id=f"{name} {place.name.lower()}{' long' * is_long_form}", marks=[pytest.mark.long] * is_long_form)
        for (name, place, is_long_form), group in GROUPS.items()
    ]


@pytest.mark.parametrize("group", _groups())
def test_cells(bench: Bench, wire: Wire, group: list[Cell]) -> None:
    found = [problem for cell in group for problem in problems_of(bench, wire, cell)]
    assert not found, "\n".join(found)


def test_no_verb_on_no_platform_is_left_out() -> None:
    assert {(one.verb, one.platform) for one in SCENARIOS} == set(PAIRS)
    assert len(VERBS) >= 16
    assert all(name == verb.name for name, verb in VERBS.items())


def test_each_has_all_its_places() -> None:
    """A read is hit at its calls, a write before, at and behind the call that matters, whatever logs in at the login too."""
    places: dict[tuple[str, str], set[Place]] = {}
    for cell in cells():
        places.setdefault((cell.scenario.verb, cell.scenario.platform), set()).add(cell.place)
    for (verb, platform), hit in places.items():
        own = [one for one in SCENARIOS if (one.verb, one.platform) == (verb, platform)]
        assert {Place.ONCE, Place.ALWAYS} <= hit
        if any(_writes_and_looks(one) for one in own):
            assert {Place.BEFORE, Place.DARK, Place.BACK} <= hit
        if any(one.login for one in own) and verb != "access_token":
            assert {Place.LOGIN_ONCE, Place.LOGIN_ALWAYS} <= hit


def _writes_and_looks(scenario: Scenario) -> bool:
    return scenario.is_write and scenario.reads_before and scenario.reads_back


def test_names_are_unique() -> None:
    names = Counter(cell.name for cell in cells())
    assert [name for name, count in names.items() if count > 1] == []


def test_no_exception_is_in_vain() -> None:
    """Each names cells that there are, and says something else than the rule does."""
    for one in EXCEPTIONS:
        covered = [cell for cell in cells() if one.covers(cell)]
        assert covered, one
        assert all(expected(cell) != expected(cell, with_exceptions=False) for cell in covered), one


def test_nothing_is_ever_done_twice_or_claimed() -> None:
    """What is declared keeps the promises, too. Where a success cannot be seen on the server, the server itself has said it."""
    for cell in cells():
        outcome = expected(cell)
        assert outcome.done in (0, 1)
        assert not outcome.is_ok or outcome.done == 1 or outcome.believes, cell.name
        assert len(outcome.kinds) == 1 or cell.fault.name == "late"


def test_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make docs"
