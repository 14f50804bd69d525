# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role approval_queue, run by its playbook, and what it came to."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from integration.support.programs import IN_PROCESS, Ansible, Run, TaskResult
from integration.support.sandbox import Sandbox

ROLE = "deskops.itsm.approval_queue : "
CHANGED = re.compile(r"changed=(\d+)")

MALWARE = {
    "name": "malware",
    "when": {"application.scanResult": ["Malicious", "Suspicious"]},
    "then": "denied",
    "reason": "The scanner says: {application.scanResult}",
}
TRUSTED = {"name": "trusted", "when": {"application.vendor": ["Microsoft Corporation", "Mozilla"]}, "then": "approved"}
ALL = {"name": "all", "when": {}, "then": "approved"}


@dataclass(frozen=True)
class Drained:
    """A run of the playbook."""

    run: Run

    def task(self, name: str) -> TaskResult | None:
        """The task of the role with this name, if it ran."""
        return next((task for task in self.run.tasks if task.name == ROLE + name and task.status != "skipped"), None)

    @property
    def result(self) -> dict[str, Any]:
        """The variable approval_queue_result."""
        task = self.task("Collect what was decided and why")
        assert task, self.run.output
        return dict(task["ansible_facts"]["approval_queue_result"])

    @property
    def decisions(self) -> dict[int, dict[str, Any]]:
        return {int(decision["request_id"]): decision for decision in self.result["decisions"]}

    @property
    def outcomes(self) -> dict[int, str]:
        return {number: decision["outcome"] for number, decision in self.decisions.items()}

    @property
    def waiting(self) -> list[int]:
        return [int(number) for number in self.result["waiting"]]

    @property
    def position(self) -> int | None:
        """The variable approval_queue_state after the run, if it was set."""
        task = self.task("Keep the position for the caller")
        return int(task["ansible_facts"]["approval_queue_state"]["since_id"]) if task else None

    @property
    def artifact(self) -> int | None:
        """What the next job of a workflow gets."""
        task = self.task("Keep the position for the next job of a workflow")
        return int(task["ansible_stats"]["data"]["approval_queue_state"]["since_id"]) if task else None

    @property
    def changed(self) -> int:
        return sum(map(int, CHANGED.findall(self.run.stdout)))

    @property
    def failure(self) -> str:
        """What the failed task said."""
        assert self.run.rc == 2, self.run.output
        return next(task.msg for task in self.run.tasks if task.failed)


class Queue:
    """The queue of the sandbox, the role's files, and runs of its playbook."""

    def __init__(self, ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path) -> None:
        self.ansible = ansible
        self.sandbox = sandbox
        self.folder = folder
        self.state_path = folder / "queue.json"
        self.lock_path = folder / "queue.json.lock"

    @property
    def kept(self) -> int:
        """The position in the state file."""
        state = json.loads(self.state_path.read_text())
        assert list(state) == ["queue", "since_id"]
        return int(state["since_id"])

    def drain(
        self,
        *rules: dict[str, Any],
        check: bool = False,
        mode: str = IN_PROCESS,
        arguments: Sequence[str] = (),
        env: Mapping[str, str | None] | None = None,
        **variables: Any,
    ) -> Drained:
        """Run the playbook; variables are named without the role's prefix. The state is in the file unless it is given."""
        if "state" not in variables:
            variables.setdefault("state_path", str(self.state_path))
        play = {
            "import_playbook": "deskops.itsm.drain_queue",
            "vars": {f"approval_queue_{name}": value for name, value in {"rules": list(rules), **variables}.items()},
        }
        options = [*arguments, *(["--check"] if check else [])]
        drained = Drained(self.ansible.run_playbook([play], mode=mode, arguments=options, env=env))
        assert "Traceback" not in drained.run.output
        return drained

    def drain_well(self, *rules: dict[str, Any], **options: Any) -> Drained:
        """The same, without failure or warning."""
        drained = self.drain(*rules, **options)
        assert drained.run.rc == 0, drained.run.output
        assert drained.run.warnings == []
        return drained

    def refusals(self, cases: Sequence[dict[str, Any]]) -> list[str]:
        """Run the role once for each set of variables; what it says when it fails, each time before the first call."""
        tasks = [
            {
                "block": [
                    {
                        "ansible.builtin.include_role": {"name": "deskops.itsm.approval_queue"},
                        "vars": {f"approval_queue_{name}": value for name, value in variables.items()},
                    },
                    {"name": "Refusal", "ansible.builtin.debug": {"msg": "none"}},
                ],
                "rescue": [{"name": "Refusal", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}],
            }
            for variables in cases
        ]
        run = self.ansible.run(tasks, stop_on_failure=True)
        assert "Traceback" not in run.output
        assert self.sandbox.calls() == []
        return [task.msg for task in run.tasks if task.name == "Refusal"]

    def change(self, request_id: int, **fields: Any) -> None:
        self.sandbox._call("PATCH", f"abr/requests/{request_id}", fields)

    def fail_decisions(self, *request_ids: int) -> None:
        """From now on the platform refuses to decide these requests."""
        numbers = "|".join(map(str, request_ids))
        self.sandbox.faults({"kind": "status", "status": 400, "method": "PUT", "path": f"/requests/({numbers})$"})

    def committed(self) -> dict[int, list[str]]:
        """The writes that took effect, by request."""
        made: dict[int, list[str]] = {}
        for call in self.sandbox.writes():
            if call["committed"]:
                made.setdefault(int(call["path"].rpartition("/")[2]), []).append(call["method"])
        return made


@pytest.fixture
def queue(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> Queue:
    """An empty queue."""
    sandbox.reset("empty")
    return Queue(ansible, sandbox, tmp_path)
