# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that is not there, and one that goes away when the call that matters comes, or with its answer."""

from __future__ import annotations

from typing import Any

import pytest
from faults.matrix.bench import Bench, Wire
from faults.matrix.outcomes import cells
from faults.matrix.scenarios import SCENARIOS, Scenario
from faults.support.relay import Relay

WRITES = [one for one in SCENARIOS if one.is_write and one.verb != "access_token"]
each_write = pytest.mark.parametrize("scenario", WRITES, ids=lambda one: one.name)


def through(relay: Relay) -> dict[str, Any]:
    """Tokens of the service desk come from another server, which stays."""
    return {"url": relay.url, "retries": 1}


def url_of(bench: Bench, scenario: Scenario) -> str:
    return f"{bench.sandbox.url}/{scenario.any_call.prefix}"


def line_of_the_write(scenario: Scenario) -> str:
    """How the call begins that does it; a query may follow the path."""
    aim = scenario.write
    return rf"{aim.method} \S*?{aim.path.removesuffix('$')}[^/ ]* "


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_nobody_is_there(bench: Bench, wire: Wire, scenario: Scenario) -> None:
    """From the start no port is open, neither that of the API nor that of the accounts server."""
    bench.use(scenario)
    trial = scenario.prepare(bench, bench.next_number())
    bench.begin()
    result = bench.run(scenario, trial, url=wire.nowhere, accounts_url=wire.nowhere_for(scenario.platform), retries=1)
    assert result["failed"]
    assert result["error"]["kind"] == "ApiError"
    assert "refused" in result["msg"]
    assert "that the server is up" in result["error"]["hint"]
    assert not result["changed"]
    assert bench.calm() == []
    assert trial.done() == 0


@each_write
def test_gone_before_it_is_done(bench: Bench, wire: Wire, scenario: Scenario) -> None:
    """Nothing came of it, and nothing is claimed."""
    bench.use(scenario)
    trial = scenario.prepare(bench, bench.next_number())
    with Relay(url_of(bench, scenario), until=line_of_the_write(scenario)) as relay:
        result = bench.run(scenario, trial, **through(relay))
    _check_unknown(result)
    assert not result["changed"]
    assert trial.done() == 0
    _run_again(bench, scenario, trial)


@each_write
def test_gone_with_the_answer(bench: Bench, wire: Wire, scenario: Scenario) -> None:
    """It was done, and nobody can be asked."""
    bench.use(scenario)
    trial = scenario.prepare(bench, bench.next_number())
    with Relay(url_of(bench, scenario), until=line_of_the_write(scenario), swallows=True) as relay:
        result = bench.run(scenario, trial, **through(relay))
    _check_unknown(result)
    assert trial.done() == 1
    _run_again(bench, scenario, trial)


def _check_unknown(result: dict[str, Any]) -> None:
    assert result["failed"]
    assert result["error"]["kind"] == "OutcomeUnknown", result["msg"]
    assert result["error"]["hint"]


def _run_again(bench: Bench, scenario: Scenario, trial: Any) -> None:
    """When the server is back, the same task ends well, and nothing is there twice."""
    if not scenario.is_repeatable:
        return
    result = bench.run(scenario, trial)
    assert not result.get("failed"), result["msg"]
    assert trial.done() == 1


def test_the_matrix_has_such_rows_too() -> None:
    assert {cell.scenario.name for cell in cells() if cell.fault.name == "refused connection"} == {one.name for one in SCENARIOS}
