# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where work is measured: a sandbox as a process of its own, real programs, medians of runs that take turns."""

from __future__ import annotations

import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from integration.support.programs import IN_PROCESS, Ansible
from integration.support.sandbox import Sandbox, running_sandbox

# Whoever uses one platform has the variables of that one only.
PREFIXES = {"admin_by_request": "ABR_", "bmc_dwp": "DWP_", "sdp_cloud": "SDP_"}
Tasks = list[dict[str, Any]]
# Only starts, and loads what the task needs: what remains of a run without it is the work.
PLAIN_START: Tasks = [{"name": "start", "ansible.builtin.debug": {"msg": "started"}}]
START: Tasks = [{"name": "start", "deskops.itsm.request_approve": {"request_id": "1", "state": "approved"}, "when": False}]
# A process that is small itself: the peak of a child counts from the size of the process that it was forked from.
WAITER = "import os, sys; pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ); print(os.wait4(pid, 0)[2].ru_maxrss)"


@dataclass(frozen=True)
class Sizes:
    """How much work is measured, and how often. C(smoke) is for the tests: a few of each, once."""

    tasks: int = 50
    loop: int = 50
    bulk: int = 1000
    orders: int = 50
    hosts: int = 5
    read: int = 100_000
    read_few: int = 10_000
    rules: int = 50
    growth: tuple[int, ...] = (10, 100, 1000, 10_000)
    rounds: int = 3


SMOKE = Sizes(tasks=3, loop=4, bulk=30, orders=6, hosts=2, read=2000, read_few=1000, rules=5, growth=(10, 20), rounds=1)


@dataclass(frozen=True)
class Row:
    """A line of the table. C(holds) says whether the figure is what it shall be; C(None) where there is nothing to reach."""

    work: str
    ours: str
    beside: str
    figure: str
    target: str
    holds: bool | None


class Bench:
    """A sandbox and the programs that use it, with or without TLS and latency."""

    def __init__(self, folder: pathlib.Path, sandbox: Sandbox, sizes: Sizes) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self.sizes = sizes
        self.ansible = Ansible(folder / "ansible", sandbox)
        self.latency = 0

    def fresh(self, *, latency: int = 0, seed: str = "empty") -> None:
        """An empty platform whose answers take so many milliseconds."""
        self.sandbox.reset(seed)
        self.latency = latency
        if latency:
            self.sandbox.faults({"kind": "latency", "ms": latency})

    def environ(self, platform: str = "admin_by_request", mode: str = IN_PROCESS) -> dict[str, str]:
        """The environment of a program."""
        ca = {"DESKOPS_CA_PATH": self.sandbox.ca} if self.sandbox.ca else {}
        whole = self.ansible.environ({"DESKOPS_PLATFORM": platform, **ca}, mode)
        others = tuple(prefix for name, prefix in PREFIXES.items() if name != platform)
        return {name: value for name, value in whole.items() if not name.startswith(others)}

    def playbook(self, tasks: Tasks, *, platform: str = "admin_by_request", mode: str = IN_PROCESS, **play: Any) -> float:
        """The seconds that ansible-playbook takes, its start included."""
        command = self._command(tasks, play)
        return self.program(command, self.environ(platform, mode))

    def peak(self, tasks: Tasks) -> float:
        """The kilobytes that the largest process of a run takes at its peak."""
        waiter = [sys.executable, "-S", "-c", WAITER, *self._command(tasks, {})]
        done = subprocess.run(waiter, env=self.environ(), capture_output=True, text=True, check=True)
        return float(done.stdout.splitlines()[-1])

    def program(self, command: Sequence[str], environ: Mapping[str, str] | None = None) -> float:
        """The seconds that a program takes; one that fails stops the measuring."""
        started = time.perf_counter()
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, cwd=self.folder)
        seconds = time.perf_counter() - started
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return seconds

    def _command(self, tasks: Tasks, play: Mapping[str, Any]) -> list[str]:
        keywords = {"name": "Bench", "hosts": "localhost", "gather_facts": False, **play}
        inventory = keywords.pop("inventory", self.ansible.inventory)
        arguments = keywords.pop("arguments", [])
        playbook = self.ansible.write("bench.yml", [{**keywords, "tasks": tasks}])
        program = pathlib.Path(sys.executable).parent / "ansible-playbook"
        return [str(program), str(playbook), "-i", str(inventory), *arguments]

    def take_turns(self, *, rounds: int | None = None, **work: Callable[[], float]) -> dict[str, float]:
        """The median of each; they take turns, so that what else the machine does hits all of them."""
        taken: dict[str, list[float]] = {name: [] for name in work}
        for dummy in range(rounds or self.sizes.rounds):
            for name, measure in work.items():
                taken[name].append(measure())
        return {name: statistics.median(seconds) for name, seconds in taken.items()}


@contextmanager
def running_bench(folder: pathlib.Path, sizes: Sizes, *, tls: bool = False) -> Iterator[Bench]:
    """A bench with a sandbox of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_sandbox(folder, tls=tls) as sandbox:
        yield Bench(folder, sandbox, sizes)


def machine() -> str:
    """The size of the machine, as far as it matters for the numbers."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors, {memory:.0f} GiB of memory, Python {sys.version.split()[0]}"
