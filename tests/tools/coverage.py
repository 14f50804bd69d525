# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lines of C(plugins/) the tests run, also in the playbooks that they start and in the forks of those."""

from __future__ import annotations

import shutil
import subprocess

from .environments import Environment
from .workspace import BUILD, ROOT, say

LEAST_PERCENT = 95
FOLDER = BUILD / "coverage"
CONFIG = FOLDER / "coverage.ini"
# Ansible's workers end without any goodbye, and modules run from an archive with paths of their own.
SETTINGS = f"""\
[run]
source = {ROOT / "plugins"}
data_file = {FOLDER / "data"}
parallel = true
patch = subprocess, fork, _exit
disable_warnings = no-data-collected, module-not-imported

[report]
show_missing = true
skip_covered = true
exclude_also =
    if TYPE_CHECKING:
"""


def begin() -> list[str]:
    """Forget what was measured before; the arguments of Python that measure what follows."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    CONFIG.write_text(SETTINGS, encoding="utf-8")
    return ["-m", "coverage", "run", f"--rcfile={CONFIG}"]


def report(environment: Environment) -> tuple[bool, str]:
    """Whether enough was run, and how much that is; what was not run is printed."""
    command = [environment.python, "-m", "coverage"]
    subprocess.run([*command, "combine", "--quiet", f"--rcfile={CONFIG}"], cwd=ROOT, env=environment.environ(), check=False)
    done = subprocess.run(
        [*command, "report", f"--rcfile={CONFIG}", f"--fail-under={LEAST_PERCENT}"],
        cwd=ROOT,
        env=environment.environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    say(done.stdout.rstrip())
    total = next((line.split()[-1] for line in done.stdout.splitlines() if line.startswith("TOTAL")), "nothing")
    return done.returncode == 0, f"{total} of the lines of plugins/ (at least {LEAST_PERCENT} %)"
