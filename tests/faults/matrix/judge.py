# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a cell of the fault matrix and compares what came of it with what was declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from faults.support.tasks import Told
from integration.support.sandbox import Call

from .bench import Bench, Target, Wire
from .outcomes import AT_LOGIN, OK, RETRIES, Cell, Outcome, Place, expected
from .scenarios import Aim, Kind, Scenario, Trial

# Refusals in the platform's own words need no hint.
SELF_EXPLAINED = (400, 409, 413)
# How an error says that something may have been done, or was done.
SAYS_DONE = ("accepted", "was sent", "was written", "was ordered")


@dataclass
class Seen:
    """What a cell came to. C(done) says how often it took effect, C(hits) how often something was done on this side."""

    result: dict[str, Any]
    done: int
    calls: list[Call]
    told: Told
    hits: int

    @property
    def has_failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def kind(self) -> str:
        return str(self.result["error"]["kind"]) if self.has_failed else OK

    def count(self, aim: Aim) -> int:
        return sum(_fits(aim, call) for call in self.calls)


@dataclass(frozen=True)
class Calm:
    """A task without faults: how many calls it makes beside the login, which of them (from 0) is the write, and its records."""

    calls: int
    write: int
    records: Any


def problems_of(bench: Bench, wire: Wire, cell: Cell) -> list[str]:
    """What is not as it was declared, in words; each with the name of the cell."""
    bench.use(cell.scenario)
    calm = calm_run(bench)
    target = _target(cell, calm)
    trial = cell.scenario.prepare(bench, bench.next_number())
    seen = _run(bench, wire, cell, target, trial)
    found = list(_problems(cell, seen, calm))
    if seen.has_failed and changes(cell.scenario) and cell.scenario.is_repeatable:
        found += _problems_of_second_run(bench, cell, seen, trial)
    bench.end()
    bench.tally.cells += 1
    bench.tally.faults += seen.hits + sum(call["fault"] is not None for call in seen.calls)
    bench.tally.calls += len(seen.calls)
    return [f"{cell.name}: {problem}" for problem in found]


def changes(scenario: Scenario) -> bool:
    """Whether there is something that it does: on the platform, or on disk."""
    return scenario.kind is not Kind.READS or scenario.makes_file


def calm_run(bench: Bench) -> Calm:
    """What a task does when nothing is wrong; also the proof that the scenario is what it says."""
    scenario = bench.scenario
    if "calm" not in bench.memory:
        trial = scenario.prepare(bench, bench.next_number())
        bench.begin()
        result = bench.run(scenario, trial)
        calls = bench.calm()
        assert not result.get("failed"), result["msg"]
        if changes(scenario):
            assert (result["counts"], trial.done()) == ({scenario.outcome: 1}, 1)
        else:
            assert result["records"]
        others = [call for call in calls if _fits(scenario.any_call, call)]
        writes = [number for number, call in enumerate(others) if _fits(scenario.write, call)]
        if scenario.is_write:
            assert sum(_fits(scenario.write, call) for call in calls) == 1
            assert (bool(writes and writes[0] > 0), bool(writes and writes[0] + 1 < len(others))) == (
                scenario.reads_before,
                scenario.reads_back,
            )
        elif scenario.kind is Kind.READS:
            assert scenario.has_later_calls is (len(others) > 1)
        bench.memory["calm"] = Calm(len(others), writes[0] if writes else 0, result.get("records"))
    calm: Calm = bench.memory["calm"]
    return calm


def _target(cell: Cell, calm: Calm) -> Target:
    """The calls that are hit."""
    scenario, place = cell.scenario, cell.place
    times = 1 if place in (Place.ONCE, Place.LATER_ONCE, Place.LOGIN_ONCE) else None
    if place in AT_LOGIN:
        assert scenario.login is not None
        return Target(scenario.login, times=times)
    if place in (Place.ONCE, Place.ALWAYS):
        return Target(scenario.write, times=times)
    if place in (Place.BACK, Place.DARK):
        # How many calls come before the write depends on what is there.
        return Target(scenario.any_call, waits_for=scenario.write, from_it_on=place is Place.DARK)
    skip = 0 if place is Place.BEFORE else calm.calls - 1
    return Target(scenario.any_call, skip=skip, times=times)


def _run(bench: Bench, wire: Wire, cell: Cell, target: Target, trial: Trial) -> Seen:
    fault, told = cell.fault, Told()
    bench.begin()
    wire.arm(fault, target, partial(_strike, bench, cell, target))
    try:
        result = bench.run(cell.scenario, trial, told=told, retries=RETRIES)
    finally:
        wire.disarm()
    calls = bench.calm()
    return Seen(result, trial.done(), calls, told, wire.hits)


def _strike(bench: Bench, cell: Cell, target: Target) -> None:
    if cell.fault.spec:
        bench.strike(target.spec(cell.fault.on(cell.scenario.platform)))


def _problems(cell: Cell, seen: Seen, calm: Calm) -> Iterator[str]:
    wanted, message = expected(cell), str(seen.result.get("msg"))
    if seen.kind not in wanted.kinds:
        yield f"it is {seen.kind}, not {' or '.join(wanted.kinds)}: {message[:200]}"
    if not _was_hit(cell, seen):
        yield "nothing was hit"
    sent = _sent(cell, seen, calm)
    if wanted.sent is not None and sent is not None and sent != wanted.sent:
        yield f"sent {sent} times, not {wanted.sent}"
    if seen.has_failed and not seen.result["error"]["hint"] and seen.result["error"].get("status") not in SELF_EXPLAINED:
        yield f"the error has no hint: {message[:200]}"
    if not seen.has_failed and wanted.warns and not seen.told.warnings:
        yield "there is no warning"
    if changes(cell.scenario):
        yield from _problems_of_effect(cell, seen, wanted)
    elif seen.has_failed is ("records" in seen.result) or seen.result["changed"]:
        yield "a read gives records and fails, or changes something"
    elif not seen.has_failed and seen.result["records"] != calm.records and not wanted.may_lack_fields:
        yield "there are other records"


def _problems_of_effect(cell: Cell, seen: Seen, wanted: Outcome) -> Iterator[str]:
    """Nothing twice, nothing unsaid, nothing claimed."""
    scenario, result = cell.scenario, seen.result
    if seen.done != wanted.done:
        yield f"done {seen.done} times, not {wanted.done}"
    if not seen.has_failed and (
        seen.done != (not wanted.believes) or not result["changed"] or result["counts"] != {scenario.outcome: 1}
    ):
        yield f"a success with changed={result['changed']}, counts={result['counts']}, done {seen.done} times"
    if result["changed"] and not seen.done and not wanted.believes:
        yield f"changed, and nothing was done: {result.get('msg')}"
    if seen.has_failed and not set(result.get("counts", ())) <= {"failed", "conflict", "skipped"}:
        yield f"failed, with counts={result['counts']}"
    says = seen.kind == "OutcomeUnknown" or any(words in str(result.get("msg")) for words in SAYS_DONE)
    if seen.has_failed and seen.done and scenario.is_write and not says and not result["changed"]:
        yield f"done, and not said: {result.get('msg')}"


def _problems_of_second_run(bench: Bench, cell: Cell, seen: Seen, trial: Trial) -> Iterator[str]:
    """The task is run again, as errors advise: then it is done, once, and what was done before is not changed."""
    bench.begin()
    again = bench.run(cell.scenario, trial)
    done = trial.done()
    if again.get("failed") or done != 1:
        yield f"after a second run it is done {done} times: {again.get('msg')}"
    elif again["changed"] is bool(seen.done) and not cell.scenario.leaves_rest:
        yield f"a second run says changed={again['changed']}, and before it was done {seen.done} times"


def _was_hit(cell: Cell, seen: Seen) -> bool:
    if cell.fault.spec:
        return any(call["fault"] for call in seen.calls)
    return seen.hits > 0


def _sent(cell: Cell, seen: Seen, calm: Calm) -> int | None:
    """How often the call that was hit reached the server; C(None) where that cannot be told from other calls."""
    scenario = cell.scenario
    if cell.place in AT_LOGIN:
        assert scenario.login is not None
        return seen.count(scenario.login)
    if scenario.kind is not Kind.READS:
        return seen.count(scenario.write)
    calls = seen.count(scenario.any_call)
    if not seen.has_failed:
        return calls - calm.calls + 1
    return calls if not scenario.has_later_calls else None


def _fits(aim: Aim, call: Call) -> bool:
    return aim.fits(call["method"], call["path"])
