# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every endpoint of the catalog is reached by a playbook, as the documentation says."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from integration.support.programs import Ansible, Run, Task
from integration.support.sandbox import Sandbox

from tools.endpoints import ENDPOINTS, PAGE, page

BASE = "/api/myit-sb"


@pytest.fixture(scope="module")
def run(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset()
    tasks = []
    for endpoint in ENDPOINTS:
        if endpoint.module == "review":
            tasks.append(_task("review", "cleared", {"service": "VPN access", "state": "absent"}))
        tasks += [_task(module, "before", options) for module, options in endpoint.before]
        tasks.append(_task(endpoint.module, str(endpoint.number), endpoint.task))
    return ansible.run(tasks, env={"DESKOPS_PLATFORM": "bmc_dwp"})


def _task(module: str, name: str, options: dict[str, Any]) -> Task:
    return {"name": name, f"deskops.itsm.{module}": options}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.call)
def test_endpoint_is_reached(run: Run, endpoint: tuple[int, str]) -> None:
    number, call = endpoint[:2]
    result = run[str(number)]
    assert not result.failed, result.msg
    method, _blank, path = call.partition(" ")
    reached = {(one["method"], one["route"].partition(BASE)[2], one["status"]) for one in result.calls}
    assert any(one[:2] == (method, path) and one[2] in (200, 201) for one in reached), reached


def test_no_endpoint_is_missing(sandbox: Sandbox) -> None:
    document = requests.get(f"{sandbox.dwp_url}/openapi.json", timeout=10).json()
    known = {
        f"{method.upper()} {path.rpartition(BASE)[2]}" for path, entry in document["paths"].items() for method in entry
    }
    assert {endpoint.call for endpoint in ENDPOINTS} == known
    assert [endpoint.number for endpoint in ENDPOINTS] == list(range(1, 33))


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make docs"
