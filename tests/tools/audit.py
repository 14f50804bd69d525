# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Known weaknesses of installed libraries, as the OSV database has them."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import Distribution
from typing import Any, NamedTuple

from .environments import Environment
from .workspace import ROOT

# https://google.github.io/osv.dev/post-v1-query/; C(OSV_URL) names a mirror.
OSV = "https://api.osv.dev/v1/query"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class NoAnswer(Exception):
    """The database could not be asked, in words for the one who asked."""


class Weakness(NamedTuple):
    """A known weakness of an installed library."""

    package: str
    version: str
    name: str
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        mend = f"fixed in {' and '.join(self.fixed_in)}" if self.fixed_in else "not fixed in any release yet"
        return f"{self.package} {self.version}: {self.name}, {mend}"


def weaknesses(pip_audit: Environment, audited: Sequence[Environment]) -> list[Weakness]:
    """What is known of all that is installed in these environments. Raises NoAnswer."""
    command = [str(pip_audit.bin / "pip-audit"), "--strict", "--progress-spinner=off", "--format=json"]
    command += ["--vulnerability-service=osv", f"--osv-url={os.environ.get('OSV_URL', OSV)}"]
    command += [f"--path={_libraries(environment)}" for environment in audited]
    done = subprocess.run(command, cwd=ROOT, env=pip_audit.environ(), capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        reason = (done.stderr.strip().splitlines() or [f"pip-audit ended with {done.returncode}"])[-1]
        raise NoAnswer(f"the database of known weaknesses gave no answer ({reason})") from None
    return sorted({weakness for entry in answer["dependencies"] for weakness in _of_package(entry)})


def _of_package(entry: dict[str, Any]) -> list[Weakness]:
    return [Weakness(entry["name"], entry["version"], one["id"], tuple(one["fix_versions"])) for one in entry["vulns"]]


def needed_by_users(environment: Environment) -> set[str]:
    """What requirements.txt installs on the machines of users: its libraries and all that those need."""
    waiting = _names((ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines())
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _names(_requirements(environment, name))
    return needed


def _requirements(environment: Environment, name: str) -> list[str]:
    """Those of a library that is installed, without what only its extras need."""
    found = Distribution.discover(name=name, path=[str(_libraries(environment))])
    required = [text for distribution in found for text in distribution.requires or []]
    return [text for text in required if "extra ==" not in text]


def _names(requirements: Sequence[str]) -> list[str]:
    matches = [NAME.match(text.strip()) for text in requirements]
    return [re.sub(r"[-_.]+", "-", match.group()).lower() for match in matches if match]


def _libraries(environment: Environment) -> pathlib.Path:
    return environment.path / "lib" / f"python{environment.interpreter.version}" / "site-packages"
