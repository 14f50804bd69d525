# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decisions: in tasks of their own, in a loop, and in one task."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from integration.support.sandbox import KEY

from . import hand_written
from .bench import PLAIN_START, START, Bench, Row, Tasks

# Requests and threads of a bulk are the same for both.
THREADS = 8


def _uri(bench: Bench, request_id: str) -> dict[str, Any]:
    """Only the write, as recipes have it; C(ours) reads, writes and reads back."""
    options = {"url": f"{bench.sandbox.abr_url}/requests/{request_id}", "method": "PUT", "headers": {"apikey": KEY}}
    return options | {"status_code": 204, **({"ca_path": bench.sandbox.ca} if bench.sandbox.ca else {})}


def _ids(bench: Bench, count: int, latency: int) -> list[str]:
    bench.fresh(latency=latency)
    return [str(number) for number in bench.sandbox.add_requests(count)]


def _separate(bench: Bench, module: str, latency: int) -> float:
    ids = _ids(bench, bench.sizes.tasks, latency)
    options: dict[str, Any]
    tasks: Tasks = []
    for one in ids:
        if module == "deskops.itsm.request_approve":
            options = {"request_id": one, "state": "approved"}
        else:
            options = _uri(bench, one) if module == "ansible.builtin.uri" else {"msg": one}
        tasks.append({"name": f"request {one}", module: options})
    return bench.playbook(tasks)


def separate_tasks(bench: Bench) -> list[Row]:
    """A task for each decision."""
    count = bench.sizes.tasks
    # What takes seconds is measured more often than what takes a quarter of a minute.
    seconds = {
        **bench.take_turns(uri=lambda: _separate(bench, "ansible.builtin.uri", 0)),
        **bench.take_turns(
            rounds=3 * bench.sizes.rounds,
            start=lambda: bench.playbook(START),
            plain_start=lambda: bench.playbook(PLAIN_START),
            ours=lambda: _separate(bench, "deskops.itsm.request_approve", 0),
            debug=lambda: _separate(bench, "ansible.builtin.debug", 0),
        ),
    }
    # The debug that only starts is one task too.
    plain = {
        name: (seconds[name] - seconds["plain_start"]) / (count - 1 if name == "debug" else count) for name in ("uri", "debug")
    }
    own = (seconds["ours"] - seconds["start"]) / count
    faster, slower = plain["uri"] / own, own / plain["debug"]
    with_start, whole = seconds["uri"] / seconds["ours"], seconds["ours"] / seconds["debug"]
    work = f"{count} separate tasks, one decision each"
    ours = f"{own * 1000:.1f} ms a task, {seconds['ours']:.2f} s in all"
    return [
        Row(
            work,
            ours,
            f"`uri`: {plain['uri'] * 1000:.1f} ms, {seconds['uri']:.2f} s",
            f"{faster:.1f} times faster ({with_start:.1f} with the start)",
            "≥ 10 times",
            faster >= 10,
        ),
        Row(
            work,
            ours,
            f"`debug`: {plain['debug'] * 1000:.1f} ms, {seconds['debug']:.2f} s",
            f"{whole:.2f} times its time with the start ({slower:.2f} without)",
            "≤ 1.6 times",
            whole <= 1.6,
        ),
    ]


def loops(bench: Bench, latency: int) -> list[Row]:
    """One task with a loop."""
    count, where = bench.sizes.loop, conditions(bench, latency)

    def run(ours: bool) -> float:
        ids = _ids(bench, count, latency)
        module = "deskops.itsm.request_approve" if ours else "ansible.builtin.uri"
        options = {"request_id": "{{ item }}", "state": "approved"} if ours else _uri(bench, "{{ item }}")
        return bench.playbook([{"name": "decide", module: options, "loop": ids}])

    seconds = bench.take_turns(ours=lambda: run(True), uri=lambda: run(False))
    faster = seconds["uri"] / seconds["ours"]
    holds, target = (faster >= 12, "≥ 12 times") if latency == 0 and not bench.sandbox.ca else (None, "–")
    beside = f"`uri`: {seconds['uri']:.2f} s"
    return [Row(f"loop of {count}, {where}", f"{seconds['ours']:.2f} s", beside, f"{faster:.1f} times faster", target, holds)]


def decide_all(bench: Bench, ids: Sequence[str]) -> Tasks:
    """One task with all decisions."""
    items = [{"request_id": one} for one in ids]
    path = bench.ansible.write("items.json", {"items_wanted": items})
    task = {"name": "decide", "deskops.itsm.request_approve": {"state": "approved", "items": "{{ items_wanted }}"}}
    return [task | {"vars": {"items_wanted": f"{{{{ (lookup('ansible.builtin.file', '{path}') | from_yaml).items_wanted }}}}"}}]


def bulk(bench: Bench, latency: int) -> list[Row]:
    """One task with all decisions, beside a script that reads and writes as much with as many threads."""
    count, where = bench.sizes.bulk, conditions(bench, latency)

    def ours() -> float:
        ids = _ids(bench, count, latency)
        return bench.playbook(decide_all(bench, ids))

    def script() -> float:
        ids = _ids(bench, count, latency)
        arguments = ["decide", bench.sandbox.abr_url, KEY, bench.sandbox.ca or "", str(THREADS), *ids]
        return printed([sys.executable, hand_written.__file__, *arguments], bench.environ())

    seconds = bench.take_turns(start=lambda: bench.playbook(START), ours=ours, script=script)
    work = seconds["ours"] - seconds["start"]
    ratio = work / seconds["script"]
    target, holds = ("≤ 1.25 times", ratio <= 1.25) if latency and not bench.sandbox.ca else ("–", None)
    beside = f"script: {seconds['script']:.2f} s"
    return [
        Row(f"{count:,} decisions in one task, {where}", f"{work:.2f} s", beside, f"{ratio:.2f} times its time", target, holds)
    ]


def calls(bench: Bench) -> list[Row]:
    """What a task with many decisions asks of the server."""
    count = bench.sizes.bulk
    bench.playbook(decide_all(bench, _ids(bench, count, 0)))
    made = len(bench.sandbox.calls())
    each = made / count
    most = count + 4
    return [
        Row(
            f"{count:,} decisions in one task",
            f"{made:,} calls",
            f"read, write, read: {3 * count:,} calls",
            f"{each:.3f} calls a decision",
            f"≤ {most / count:.3f}",
            made <= most,
        )
    ]


def conditions(bench: Bench, latency: int) -> str:
    """Under which a row was measured, in words."""
    return f"{'https' if bench.sandbox.ca else 'http'}, {latency} ms"


def printed(command: Sequence[str], environ: dict[str, str]) -> float:
    """The seconds that a script says it took."""
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[1]} failed:\n{done.stderr[-3000:]}")
    return float(done.stdout.splitlines()[-1])
