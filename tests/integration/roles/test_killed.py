# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""approval_queue: runs that are killed anywhere lose nothing and decide nothing twice."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import time

import pytest
from integration.support.programs import MODES

from .conftest import MALWARE, TRUSTED, Queue

KILLS = 6
AT_A_TIME = 12


def _descendants(parent: int) -> list[int]:
    """The processes below a process; Ansible's workers leave its process group."""
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


def _kill(process: subprocess.Popen[bytes], *, whole_machine: bool) -> None:
    """Kill the process group, or also what has left it: as if the machine had lost its power."""
    below = _descendants(process.pid) if whole_machine else []
    for number in [process.pid, *below]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.skipif(not pathlib.Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("mode", MODES)
def test_killed_anywhere_each_request_is_decided_once(queue: Queue, mode: str) -> None:
    dice = random.Random(f"killed {mode}")
    variables = {
        "approval_queue_rules": [MALWARE, TRUSTED],
        "approval_queue_state_path": str(queue.state_path),
        "approval_queue_report_path": str(queue.folder / "report.csv"),
        "approval_queue_show": False,
    }
    wanted: dict[int, list[str]] = {}
    undecided = queue.sandbox.add_requests(2, application={"vendor": "Nobody Inc"})
    queue.sandbox.faults(*({"kind": "latency", "ms": 40, "method": method} for method in ("PUT", "DELETE")))
    command = ["ansible-playbook", "deskops.itsm.drain_queue", "-i", str(queue.ansible.inventory)]
    command += ["-e", json.dumps(variables)]
    survived = 0
    for number in range(KILLS):
        for dummy in range(AT_A_TIME):
            if dice.random() < 0.3:
                scan = {"vendor": "Mozilla", "scanResult": "Malicious", "sha256": "b" * 64}
                wanted[queue.sandbox.add_requests(application=scan)[0]] = ["DELETE"]
            else:
                wanted[queue.sandbox.add_requests(application={"vendor": "Mozilla"})[0]] = ["PUT"]
        calls = len(queue.sandbox.calls())
        # After some calls of this run (the last ones come when all is decided), and up to a second later.
        enough, later = calls + dice.randrange(AT_A_TIME + 8), dice.choice([0, 0, dice.random()])
        environ = queue.ansible.environ(mode=mode)
        with open(queue.folder / "output", "wb") as output:
            process = subprocess.Popen(
                command,
                env=environ,
                cwd=queue.folder,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        while process.poll() is None and len(queue.sandbox.calls()) < enough:
            time.sleep(0.01)
        time.sleep(later)
        survived += process.poll() is not None
        _kill(process, whole_machine=number % 2 == 0)
        if queue.state_path.exists():
            assert queue.kept <= undecided[0]
    assert survived <= KILLS // 2
    last = queue.drain_well(MALWARE, TRUSTED, mode=mode)
    # Workers that outlived their killed parent may still have been busy when this run began.
    assert last.waiting == undecided
    assert queue.committed() == wanted
    assert queue.kept == undecided[0]
    assert queue.drain_well(MALWARE, TRUSTED, mode=mode).changed == 0
