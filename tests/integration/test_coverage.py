# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of the collection a few of the tests run: the short form of C(make coverage), which measures all of them."""

from __future__ import annotations

import subprocess

import pytest
from integration.support.sandbox import ROOT

from tools.coverage import Measurement
from tools.environments import ensure, main_interpreter

# The examples of all modules, in process; and an ordinary module.
SAMPLE = ("tests/integration/test_examples.py", "tests/integration/test_deep.py", "-k", "run_as_they_are or decision")
LEAST_PERCENT = 70
# No line of these runs in the process of the tests: in forks of Ansible's workers, and in processes of ordinary modules.
ELSEWHERE = {
    "plugins/plugin_utils/action.py": 65,
    "plugins/module_utils/surface/module.py": 75,
    "plugins/modules/request_approve.py": 100,
}


@pytest.fixture(scope="module")
def percents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    environment = ensure("test", main_interpreter())
    measurement = Measurement(environment, tmp_path_factory.mktemp("coverage") / "data")
    command = [environment.python, *measurement.begin(), "-m", "pytest", "-q", "-n", "0", *SAMPLE]
    done = subprocess.run(command, cwd=ROOT, env=environment.environ(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    measurement.end()
    return measurement.percents()


def test_a_sample_of_the_tests_runs_most_lines(percents: dict[str, float]) -> None:
    assert percents["total"] >= LEAST_PERCENT


@pytest.mark.parametrize(("name", "least"), ELSEWHERE.items())
def test_what_runs_in_other_processes_is_measured_too(percents: dict[str, float], name: str, least: float) -> None:
    assert percents[name] >= least
