# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find real Python interpreters: no shims, no pre-releases, none that cannot make virtual environments."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

PROBE = (
    "import ensurepip, json, sys, venv; "
    "print(json.dumps([getattr(sys, '_base_executable', sys.executable), list(sys.version_info)]))"
)


class Interpreter(NamedTuple):
    """A Python that was seen to work."""

    path: pathlib.Path
    version: str  # "3.11"
    release: str  # "3.11.7"


def find_first(versions: Sequence[str]) -> Interpreter | None:
    """An interpreter of the first of these versions that this machine has."""
    return next((found for found in map(find, versions) if found), None)


@functools.cache
def find(version: str) -> Interpreter | None:
    """An interpreter of this version (C(3.11)), if there is one."""
    for candidate in _candidates(version):
        found = _probe(candidate)
        if found and found.version == version:
            return found
    return None


def _candidates(version: str) -> Iterator[pathlib.Path]:
    yield pathlib.Path(sys.executable)
    name = f"python{version}"
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"), key=_release_key, reverse=True)
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    for folder in dict.fromkeys([*folders, "/usr/local/bin", "/usr/bin"]):
        candidate = pathlib.Path(folder or ".", name)
        if candidate.is_file():
            yield candidate


def _release_key(path: pathlib.Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.parts[-3])]


@functools.cache
def _probe(path: pathlib.Path) -> Interpreter | None:
    try:
        answer = subprocess.run([str(path), "-I", "-c", PROBE], capture_output=True, check=True, timeout=30).stdout
        executable, (major, minor, micro, level, _serial) = json.loads(answer)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if level != "final":
        return None
    # One name for one interpreter: what was installed for it is found again, whichever of its names it was called by.
    return Interpreter(pathlib.Path(executable).resolve(), f"{major}.{minor}", f"{major}.{minor}.{micro}")
