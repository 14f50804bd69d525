# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are nested more deeply than makes sense, in real runs: the record, or an error that says so.

Ansible itself falls silent at some 300 levels, and loses the result at some 900, whatever C(ignore_errors) says.
"""

from __future__ import annotations

import json

import pytest
from integration.support.programs import Ansible, task
from integration.support.sandbox import Sandbox


def nested(row: dict[str, object], depth: int) -> str:
    """A list of this one record, with a field of lists within lists. Python's own encoder would not do it."""
    text = json.dumps([{**row, "deep": None}])
    return text.replace('"deep": null', f'"deep": {"[" * depth}7{"]" * depth}')


@pytest.mark.parametrize("depth", [90, 120, 300, 900, 5000, 200_000])
def test_deep_answer(ansible: Ansible, sandbox: Sandbox, mode: str, depth: int) -> None:
    row = next(row for row in sandbox.state("requests") if row["status"] == "Pending")
    fault = {"kind": "status", "status": 200, "content_type": "application/json", "path": "/requests$"}
    sandbox.faults({**fault, "body": nested(row, depth)})
    tasks = [task("request_info", "it", status=["pending"], retries=0), {"name": "next", "ansible.builtin.debug": {"msg": "on"}}]
    run = ansible.run(tasks, mode=mode, env={"DESKOPS_PLATFORM": "admin_by_request"})
    for word in ("Traceback", "RecursionError", "recursion", "WARNING"):
        assert word not in run.output
    assert run["next"].msg == "on"
    if depth < 100:
        value = run["it"]["records"][0]["raw"]["deep"]
        for dummy in range(depth):
            (value,) = value
        assert value == 7
    else:
        assert run["it"].failed
        assert "it is nested more than 100 levels deep" in run["it"].msg


def test_a_decision_with_a_deep_answer_is_looked_at(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """It was answered, if with nonsense: whether it took is read, and not guessed."""
    row = next(row for row in sandbox.state("requests") if row["status"] == "Pending")
    fault = {"kind": "status", "status": 200, "content_type": "application/json", "method": "PUT", "when": "after"}
    sandbox.faults({**fault, "body": nested({}, 300)})
    options = {"request_id": str(row["id"]), "state": "approved"}
    run = ansible.run([task("request_approve", "it", **options)], mode=mode, env={"DESKOPS_PLATFORM": "admin_by_request"})
    assert run["it"]["counts"] == {"approved": 1}
    assert len(sandbox.writes()) == 1
