# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""provision_service: runs that are killed anywhere order nothing twice and nothing never."""

from __future__ import annotations

import json
import pathlib
import random
import subprocess
import time

import pytest
from integration.support.dwp import ON_DWP, kept_comments
from integration.support.programs import MODES, Ansible
from integration.support.sandbox import Sandbox

from .provisioning import ANSWERS, DATABASE, GUESTS, VPN, order_well, ordered
from .test_killed import _descendants, _kill

KILLS = 6
USERS_AT_A_TIME = 3
CALLS_OF_A_RUN = 40
COMMENT = {"text": "{service} is {status}"}


def _wait_for_the_end_of(numbers: list[int]) -> None:
    """Workers that have outlived their parent finish their task; what runs beside them could order the same."""
    gives_up_at = time.monotonic() + 60
    while any(pathlib.Path(f"/proc/{number}/cmdline").exists() for number in numbers):
        assert time.monotonic() < gives_up_at
        time.sleep(0.05)


@pytest.mark.skipif(not pathlib.Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("mode", MODES)
def test_killed_anywhere_each_order_exists_once(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    dice = random.Random(f"orders killed {mode}")
    sandbox.switches("dwp", workflow_start_ms=1, workflow_work_ms=1)
    sandbox.faults({"kind": "latency", "ms": 40, "platform": "dwp", "method": "POST"})
    users: list[str] = []
    items = [{"service": VPN}, {"service": "Guest network"}, {"service": "Database access", "answers": ANSWERS}]
    command = ["ansible-playbook", "deskops.itsm.order_service", "-i", str(ansible.inventory)]
    survived = 0
    for number in range(KILLS):
        for position in range(USERS_AT_A_TIME):
            users.append(f"colleague{number}{position}")
        sandbox.add_each("users", [{"login": login} for login in users[-USERS_AT_A_TIME:]], "dwp")
        variables = {
            "provision_service_requested_for": users,
            "provision_service_items": items,
            "provision_service_wait": True,
            "provision_service_comment": COMMENT,
        }
        enough = len(sandbox.calls()) + dice.randrange(4, CALLS_OF_A_RUN)
        later = dice.choice([0, 0, dice.random() / 10])
        with open(tmp_path / "output", "wb") as output:
            process = subprocess.Popen(
                [*command, "-e", json.dumps(variables)],
                env=ansible.environ(ON_DWP, mode),
                cwd=tmp_path,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        while process.poll() is None and len(sandbox.calls()) < enough:
            time.sleep(0.01)
        time.sleep(later)
        survived += process.poll() is not None
        below = _descendants(process.pid)[1:]
        _kill(process, whole_machine=number % 2 == 0)
        _wait_for_the_end_of(below)
    assert survived <= KILLS // 2
    options = {"requested_for": users, "items": items, "wait": True, "comment": COMMENT}
    last = order_well(ansible, mode=mode, **options)
    wanted = sorted((service, user) for service in (DATABASE, GUESTS, VPN) for user in users)
    assert ordered(sandbox) == wanted
    assert sorted((row["service_id"], row["requested_for"]) for row in last.result["requests"]) == wanted
    for row in last.result["requests"]:
        assert [comment["text"] for comment in kept_comments(sandbox, row["request_id"])] == [f"{row['service']} is COMPLETED"]
    assert order_well(ansible, mode=mode, **options).changed == 0
    assert ordered(sandbox) == wanted
