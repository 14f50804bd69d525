# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual environments under C(.build/env), each installed once for a given set of pinned requirements."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .interpreters import Interpreter, find_first
from .workspace import BUILD, ROOT, say, tool_environ

# The first one found serves the demo and the tests.
PREFERRED_VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.10")


class EnvironmentProblem(Exception):
    """There is no environment to run in, in words for the one who started it."""


class Environment(NamedTuple):
    """An installed virtual environment."""

    path: pathlib.Path
    interpreter: Interpreter

    @property
    def bin(self) -> pathlib.Path:
        return self.path / "bin"

    @property
    def python(self) -> str:
        return str(self.bin / "python")

    def environ(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The process environment for its tools."""
        return tool_environ(self.bin, extra)


def main_interpreter() -> Interpreter:
    """The interpreter of the demo and the tests: C(PY=3.12) chooses one."""
    wanted = os.environ.get("PY")
    if wanted and wanted not in PREFERRED_VERSIONS:
        raise EnvironmentProblem(f"PY can be {', '.join(PREFERRED_VERSIONS)}, not {wanted}.")
    found = find_first([wanted] if wanted else PREFERRED_VERSIONS)
    if not found:
        raise EnvironmentProblem(
            f"No usable Python {wanted or ', '.join(PREFERRED_VERSIONS)} was found "
            "(with its venv module; on Debian and Ubuntu that is the package python3-venv)."
        )
    return found


def ensure(name: str, interpreter: Interpreter) -> Environment:
    """The environment with what C(requirements/NAME.txt) pins; installs it if it is missing or outdated."""
    requirements = ROOT / "requirements" / f"{name}.txt"
    environment = Environment(BUILD / "env" / f"{name}-py{interpreter.version}", interpreter)
    stamp = environment.path / "installed"
    digest = _digest(requirements, interpreter)
    with _lock(environment.path.with_suffix(".lock")):
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
            return environment
        say(f"Installing {requirements.relative_to(ROOT)} for Python {interpreter.release} ...")
        started = time.monotonic()
        shutil.rmtree(environment.path, ignore_errors=True)
        _run([str(interpreter.path), "-m", "venv", str(environment.path)])
        pip = [environment.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
        _run([*pip, "install", "--requirement", str(requirements)])
        stamp.write_text(digest, encoding="utf-8")
        say(f"Installed {requirements.relative_to(ROOT)} in {time.monotonic() - started:.0f} s")
    return environment


def _run(command: list[str]) -> None:
    """Run a step of an installation; what it prints is shown only if it fails."""
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise EnvironmentProblem(f"{done.stdout}\nThis failed with exit code {done.returncode}: {' '.join(command)}")


def _digest(requirements: pathlib.Path, interpreter: Interpreter) -> str:
    """What an installation depends on: the interpreter and the requirement files, with those that they include."""
    digest = hashlib.sha256(f"{interpreter.path} {interpreter.release}\n".encode())
    waiting = [requirements]
    while waiting:
        path = waiting.pop()
        text = path.read_text(encoding="utf-8")
        digest.update(text.encode())
        waiting += [path.parent / name for name in re.findall(r"^-r\s+(\S+)", text, re.MULTILINE)]
    return digest.hexdigest()


@contextlib.contextmanager
def _lock(path: pathlib.Path) -> Iterator[None]:
    """Two make commands at the same time do not install into the same folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
