# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lines of C(plugins/) the tests run, also in the playbooks that they start and in the forks of those."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

from .environments import Environment
from .workspace import BUILD, ROOT, say

LEAST_PERCENT = 95
FOLDER = BUILD / "coverage"
# Ansible's workers end without any goodbye. Modules run from an archive, where things are known by their packages; what is in
# it and not in plugins/ is Ansible's own.
SETTINGS = """\
[run]
source = {source}
source_pkgs = ansible_collections.deskops.itsm.plugins
data_file = {folder}/data
parallel = true
patch = subprocess, fork, _exit
disable_warnings = no-data-collected, module-not-imported

[paths]
plugins =
    {source}
    */ansible_collections/deskops/itsm/plugins

[report]
omit = */*_payload.zip/**
show_missing = true
skip_covered = true
exclude_also =
    if TYPE_CHECKING:
"""


@dataclass(frozen=True)
class Measurement:
    """What was run of C(plugins/), kept in a folder of its own."""

    environment: Environment
    folder: pathlib.Path = FOLDER

    def begin(self) -> list[str]:
        """Forget what was measured before; the arguments of Python that measure what follows."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._config.write_text(SETTINGS.format(source=ROOT / "plugins", folder=self.folder), encoding="utf-8")
        return ["-m", "coverage", "run", f"--rcfile={self._config}"]

    def end(self) -> None:
        """Put together what all processes have left."""
        self._coverage("combine", "--quiet")

    def percents(self) -> dict[str, float]:
        """How much of each file was run, and of all of them as C(total)."""
        self._coverage("json", "--quiet", "-o", str(self.folder / "percents.json"))
        content: dict[str, Any] = json.loads((self.folder / "percents.json").read_text(encoding="utf-8"))
        files = {name: entry["summary"]["percent_covered"] for name, entry in content["files"].items()}
        return {**files, "total": content["totals"]["percent_covered"]}

    def report(self) -> tuple[bool, str]:
        """Whether enough was run, and how much that is; what was not run is printed."""
        done = self._coverage("report", f"--fail-under={LEAST_PERCENT}")
        say(done.stdout.rstrip())
        total = next((line.split()[-1] for line in done.stdout.splitlines() if line.startswith("TOTAL")), "nothing")
        return done.returncode == 0, f"{total} of the lines of plugins/ (at least {LEAST_PERCENT} %)"

    @property
    def _config(self) -> pathlib.Path:
        return self.folder / "coverage.ini"

    def _coverage(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.environment.python, "-m", "coverage", command, f"--rcfile={self._config}", *arguments],
            cwd=ROOT,
            env=self.environment.environ(),
            capture_output=True,
            text=True,
            check=False,
        )
