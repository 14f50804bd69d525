# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task on several hosts, which all come to it at the same moment: it is done once."""

from __future__ import annotations

import re
import sys
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from integration.support.programs import Ansible, Run
from integration.support.sandbox import Sandbox

HOSTS = 4
# So long that all hosts have looked before the first of them has written anything.
LATENCY = {"kind": "latency", "ms": 300}
DWP, SDP, ABR = "bmc_dwp", "sdp_cloud", "admin_by_request"

TASKS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "order": ("service_request", DWP, {"service": "VPN access", "requested_for": ["mlind"], "key": "JOINER-1"}),
    "order with answers": (
        "service_request",
        DWP,
        {
            "service": "Database access",
            "requested_for": ["mlind"],
            "answers": {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Report"},
            # One that is completed meanwhile would be ordered again without it.
            "key": "JOINER-2",
        },
    ),
    "ticket": ("service_request", SDP, {"subject": "Desk 001"}),
    "record": ("record", SDP, {"module": "problems", "fields": {"title": "P1"}, "match_on": ["title"]}),
    "comment": ("request_comment", DWP, {"request_id": "40310", "text": "Hello"}),
    "decision": ("request_approve", ABR, {"request_id": "65430932", "state": "approved"}),
}
# The call that makes or decides it.
WRITES = {
    "order": "/orders/requests$",
    "order with answers": "/orders$",
    "ticket": "/requests$",
    "record": "/problems$",
    "comment": "/activities$",
    "decision": "/requests/65430932$",
}


def run_on_all(ansible: Ansible, name: str, mode: str, **more: Any) -> Run:
    verb, platform, options = TASKS[name]
    hosts: dict[str, Any] = {f"host{number}": {} for number in range(HOSTS)}
    variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = ansible.write("hosts.yml", {"all": {"hosts": hosts, "vars": variables}})
    task = {"name": name, f"deskops.itsm.{verb}": {"platform": platform, **options, **more}}
    play = {"hosts": "all", "gather_facts": False, "tasks": [task]}
    return ansible.run_playbook([play], mode=mode, arguments=["-i", str(inventory), "--forks", str(HOSTS)])


@pytest.mark.parametrize("name", TASKS)
def test_a_task_on_several_hosts_is_done_once(ansible: Ansible, sandbox: Sandbox, name: str, mode: str) -> None:
    sandbox.faults({**LATENCY, "method": "GET"})
    run = run_on_all(ansible, name, mode)
    assert run.rc == 0, run.output
    assert Counter(task.result["changed"] for task in run.tasks) == {True: 1, False: HOSTS - 1}
    assert len([call for call in sandbox.writes() if re.search(WRITES[name], call["path"])]) == 1


def test_different_things_are_done_side_by_side(ansible: Ansible, sandbox: Sandbox) -> None:
    seconds = 3
    sandbox.faults({**LATENCY, "ms": seconds * 1000, "method": "GET"})
    run = run_on_all(ansible, "ticket", "in_process", subject="Desk {{ inventory_hostname }}")
    assert run.rc == 0, run.output
    begun = [datetime.fromisoformat(call["at"]) for call in sandbox.calls(method="GET")]
    # All hosts have begun before the first of them has read anything.
    assert (begun[HOSTS - 1] - begun[0]).total_seconds() < seconds
