# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmarks run, with small numbers; calls, logins and imports are exact, times are not looked at."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from benchmarks import chart, growth, page
from benchmarks.__main__ import WORK
from benchmarks.bench import SMOKE, Bench, machine, running_bench
from integration.support.sandbox import ROOT

# A ratio of these is exact however busy the machine is.
EXACT = ("calls", "orders", "logins", "imports")
TIMED = tuple(name for name in WORK if name not in EXACT)


SIZES = replace(SMOKE, tasks=2, loop=2, bulk=20)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with running_bench(tmp_path_factory.mktemp("bench"), SIZES) as running:
        yield running


@pytest.mark.parametrize("name", EXACT)
def test_calls_logins_and_imports_are_as_few_as_promised(bench: Bench, name: str) -> None:
    for row in WORK[name](bench):
        assert row.holds, row


@pytest.mark.parametrize("name", TIMED)
def test_timed_rows_can_be_measured(bench: Bench, name: str) -> None:
    rows = WORK[name](bench)
    assert rows
    assert all(row.figure and row.target for row in rows)


def test_the_target_of_the_makefile_finds_all_that_it_needs() -> None:
    """Unlike these tests it is not told by pytest where things are."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environ |= {"PYTHONPATH": str(ROOT / "tests"), "ARGS": "--smoke calls"}
    command = [sys.executable, "-m", "tools.checks", "bench"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("ok ")], done.stdout


def test_loop_can_be_measured_over_tls(tmp_path: pathlib.Path) -> None:
    with running_bench(tmp_path, SIZES, tls=True) as bench:
        (row,) = WORK["loop-0"](bench)
        assert "https, 0 ms" in row.work
        assert bench.sandbox.calls()


def test_page_and_chart_show_what_was_measured(bench: Bench) -> None:
    line = growth.Line("decisions in one task", {10: 0.1, 100: 0.4, 1000: 3.9})
    rows = [*WORK["calls"](bench), *growth.growing([line])]
    text = page.page(rows, machine=machine(), core="2.19", seconds=60, few=10, many=20)
    assert rows[0].figure in text
    assert f"{os.cpu_count()} processors" in text
    assert "Every row" in text
    assert "{" not in text
    picture = chart.svg([line])
    assert len(re.findall("<circle", picture)) == 4
    assert "1,000 items 3.90 s" in picture


def test_page_says_what_was_not_reached() -> None:
    missed = growth.growing([growth.Line("decisions in one task", {10: 0.1, 100: 9.0})])
    assert "Not reached: growth" in page.page(missed, machine="", core="", seconds=1, few=1, many=2)


def test_published_page_was_made_by_a_whole_run() -> None:
    root = pathlib.Path(__file__).resolve().parents[2]
    text = (root / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    # All rows, and a verdict on them.
    assert all(words in text for words in ("separate tasks", "loop of 50", "read 100,000", "growth: "))
    assert "Every row" in text or "Not reached: " in text
    assert (root / "docs" / "images" / "benchmarks.svg").is_file()
