# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of ansible-playbook that are killed at random points, again and again, until one is let through."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import random
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from integration.support.programs import MODES, Ansible, Run
from integration.support.sandbox import Call, Sandbox

# Where the calls of a run end, and how long it lasts, before the first one has told.
CALLS, SECONDS = 20, 1.5
# Of so many runs at least one has to be hit.
TRIES = 4
# How long a worker has to finish its task after the death of its parent.
PATIENCE = 15.0


class Work(Protocol):
    """What is done again and again, and how it must have come out."""

    name: str
    # Workers that outlive their killed parent are waited for where two runs at once cannot be kept apart.
    waits_for_orphans: bool

    def add(self, number: int) -> None:
        """More to do; called before every run."""

    def plays(self) -> list[dict[str, Any]]:
        """The playbook for all that there is to do so far."""

    def env(self) -> dict[str, str | None]:
        """What the environment needs beside credentials."""

    def check_files(self) -> None:
        """Nothing on the disk is half written, or readable by others, or in the way."""

    def check_end(self, last: Run) -> None:
        """All was done once, and nothing else, when a run has been let through."""

    def check_again(self, again: Run) -> None:
        """What a run came to that had nothing to do."""


@dataclass
class Story:
    """What happened: for messages, and to be told at the end."""

    seed: int
    hits: int = 0
    by: dict[str, int] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.by.items()))
        return f"CHAOS_SEED={self.seed}: {self.hits} kills hit a running play ({kinds}) in {len(self.runs)} runs"


def descendants(parent: int) -> list[int]:
    """A process and those below it; Ansible's workers leave its process group."""
    parents: dict[int, int] = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found = [parent]
    for number in found:
        found += [child for child, its_parent in parents.items() if its_parent == number]
    return found


def kill(process: subprocess.Popen[bytes], *, whole_machine: bool) -> list[int]:
    """Kill the process group, or also what has left it: as if the machine had lost its power. Those that may live on."""
    below = descendants(process.pid)[1:]
    for number in below if whole_machine else ():
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return below


def _is_alive(number: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def wait_for_the_end_of(numbers: list[int]) -> None:
    """Workers that have outlived their parent finish their task. Some hang afterwards, for they cannot tell it what they did."""
    gives_up_at = time.monotonic() + PATIENCE
    while any(map(_is_alive, numbers)):
        if time.monotonic() > gives_up_at:
            for number in filter(_is_alive, numbers):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        time.sleep(0.05)


class Chaos:
    """Kills runs of a piece of work, in turn in process and as ordinary modules."""

    def __init__(self, work: Work, ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, seed: int) -> None:
        self.work = work
        self.ansible = ansible
        self.sandbox = sandbox
        self.folder = folder
        self.story = Story(seed)
        self._dice = random.Random(f"{work.name} {seed}")
        self._seen = 0
        self._most = dict.fromkeys(MODES, (CALLS, SECONDS))

    def survive(self, kills: int, modes: int) -> Story:
        """So many kills that hit, and after them all is as if there had been none, whichever (or both) of the modes ends it."""
        for number in range(kills * TRIES):
            if self.story.hits == kills:
                break
            self.work.add(number)
            self._one(number)
            self.work.check_files()
        assert self.story.hits == kills, self.story
        first, other = self._dice.sample(MODES, 2)
        for mode in (first, other)[:modes]:
            last = self._let_through(mode)
            self.work.check_end(last)
            self.work.check_files()
        self.work.check_again(self._let_through(other))
        self.work.check_end(last)
        return self.story

    def _one(self, number: int) -> None:
        """Start a run, and kill it after some calls, or some time after its first call."""
        mode = MODES[number % 2]
        calls, seconds = self._most[mode]
        kind = self._dice.choice(["by calls", "by calls", "by time"])
        after_calls = self._dice.randint(1, calls) if kind == "by calls" else 1
        after_seconds = (
            self._dice.choice([0.0, self._dice.random() / 20]) if kind == "by calls" else self._dice.random() * seconds
        )
        whole_machine = self._dice.random() < 0.5
        self._skip_to_now()
        with open(self.folder / "output", "wb") as output:
            process = self._start(mode, output)
            count = self._wait_for_calls(process, after_calls)
            began = time.monotonic()
            while process.poll() is None and time.monotonic() < began + after_seconds:
                time.sleep(0.005)
            is_hit = process.poll() is None and count >= after_calls
            below = kill(process, whole_machine=whole_machine)
        if self.work.waits_for_orphans:
            wait_for_the_end_of(below)
        told = (
            f"run {number} {mode}: {kind} {after_calls} calls + {after_seconds:.3f} s, "
            f"{'all processes' if whole_machine else 'its group'}: {'hit' if is_hit else 'it had ended'}"
        )
        self.story.runs.append(told)
        print(f"{self.work.name} {told}")
        if is_hit:
            self.story.hits += 1
            self.story.by[f"{mode} {kind}"] = self.story.by.get(f"{mode} {kind}", 0) + 1
        else:
            self._most[mode] = max(1, min(calls, count) - 1), max(0.1, seconds * 0.7)
            said = (self.folder / "output").read_text(errors="replace")
            assert process.returncode == 0, f"{self.story}\n{said}"

    def _start(self, mode: str, output: Any) -> subprocess.Popen[bytes]:
        playbook = self.ansible.write("chaos.yml", self.work.plays())
        environ = self.ansible.environ(self.work.env(), mode)
        return subprocess.Popen(
            ["ansible-playbook", str(playbook), "-i", str(self.ansible.inventory)],
            env=environ,
            cwd=self.folder,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _skip_to_now(self) -> None:
        calls = self.sandbox.calls(since=self._seen)
        self._seen = calls[-1]["n"] if calls else self._seen

    def _wait_for_calls(self, process: subprocess.Popen[bytes], enough: int) -> int:
        """How many calls have reached the sandbox since the start."""
        count = 0
        while process.poll() is None and count < enough:
            count = len(self.sandbox.calls(since=self._seen))
            time.sleep(0.005)
        return count

    def _let_through(self, mode: str) -> Run:
        run = self.ansible.run_playbook(self.work.plays(), mode=mode, env=self.work.env())
        assert run.rc == 0, f"{self.story}\n{run.output}"
        return run


def check_private(path: pathlib.Path) -> None:
    """Only its owner can read it."""
    wanted = 0o700 if path.is_dir() else 0o600
    assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def check_tokens(folder: pathlib.Path) -> int:
    """Every token that is there is whole; how many there are. What a kill left behind is replaced, so it never gets more."""
    files = {path.name: path for path in folder.iterdir()} if folder.exists() else {}
    tokens = [path for name, path in files.items() if name.endswith(".json")]
    for path in tokens:
        content = json.loads(path.read_text())
        assert set(content) == {"token", "proof"}
        assert content["token"]["value"]
    for path in (folder, *files.values()) if files else ():
        check_private(path)
    known = {f"{path.name}{ending}" for path in tokens for ending in ("", ".new", ".lock")}
    left = set(files) - known
    assert all(name.endswith((".lock", ".new")) for name in left)
    assert len(left) <= 2, left
    return len(tokens)


def commits(calls: list[Call], path: Any) -> dict[str, int]:
    """How often a call to each of these paths changed something."""
    counted: dict[str, int] = {}
    for call in calls:
        if call["committed"] and path.search(call["path"]):
            counted[call["path"]] = counted.get(call["path"], 0) + 1
    return counted


def on_localhost(*tasks: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "Chaos", "hosts": "localhost", "gather_facts": False, "tasks": [dict(task) for task in tasks]}]
