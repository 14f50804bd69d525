# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures everything and writes docs/benchmarks.md: C(python -m benchmarks); with names, only those rows, and no page."""

from __future__ import annotations

import pathlib
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial

from ansible.release import __version__ as ansible_core
from integration.support.sandbox import ROOT

from . import chart, growth, page
from .bench import SMOKE, Bench, Row, Sizes, machine, running_bench
from .decisions import bulk, calls, loops, separate_tasks
from .imports import imports
from .logins import logins, orders
from .reading import reading
from .rules import deciding

LATENCIES = (0, 50)
WORK: dict[str, Callable[[Bench], list[Row]]] = {
    "tasks": separate_tasks,
    **{f"loop-{latency}": partial(loops, latency=latency) for latency in LATENCIES},
    **{f"bulk-{latency}": partial(bulk, latency=latency) for latency in LATENCIES},
    "calls": calls,
    "orders": orders,
    "logins": logins,
    "reading": reading,
    "rules": deciding,
    "imports": imports,
}
# What is measured with TLS too.
OVER_TLS = tuple(name for name in WORK if name.startswith(("loop", "bulk")))


def measure(folder: pathlib.Path, sizes: Sizes, names: list[str]) -> tuple[list[Row], list[growth.Line]]:
    """All rows of these names, and the lines of the chart."""
    rows: list[Row] = []
    lines: list[growth.Line] = []
    with running_bench(folder / "http", sizes) as bench:
        for name in names:
            if name in WORK:
                rows += shown(WORK[name](bench))
        if "growth" in names:
            lines = growth.lines(bench)
            rows += shown(growth.growing(lines))
    if wanted := [name for name in names if name in OVER_TLS]:
        with running_bench(folder / "https", sizes, tls=True) as bench:
            for name in wanted:
                rows += shown(WORK[name](bench))
    return rows, lines


def shown(rows: list[Row]) -> list[Row]:
    """The rows, printed as they come."""
    for row in rows:
        sign = {None: "      ", True: "ok    ", False: "MISSED"}[row.holds]
        print(f"{sign} {row.work}: {row.ours}; {row.beside}; {row.figure} (to reach: {row.target})", flush=True)
    return rows


def main() -> int:
    known = [*WORK, "growth"]
    names = [name for name in sys.argv[1:] if name != "--smoke"]
    if unknown := [name for name in names if name not in known]:
        print(f"There is no {', '.join(unknown)}; there are {', '.join(known)}.")
        return 2
    sizes = SMOKE if "--smoke" in sys.argv else Sizes()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        rows, lines = measure(pathlib.Path(folder), sizes, names or known)
    if not names and sizes != SMOKE:
        text = page.page(
            rows,
            machine=machine(),
            core=ansible_core,
            seconds=time.monotonic() - started,
            few=sizes.read_few,
            many=sizes.read,
        )
        (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
        (ROOT / "docs" / "images").mkdir(exist_ok=True)
        (ROOT / "docs" / "images" / "benchmarks.svg").write_text(chart.svg(lines), encoding="utf-8")
        print("docs/benchmarks.md is written.")
    return 1 if any(row.holds is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
