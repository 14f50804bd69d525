# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles of the catalog, run by their playbooks, and what they came to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration.support.dwp import ON_DWP
from integration.support.programs import IN_PROCESS, Ansible, Run, TaskResult
from integration.support.sandbox import Call, Sandbox

CHANGED = re.compile(r"changed=(\d+)")
# The catalog reads with POST too.
READS = re.compile(r"/users/login$|/search$|/services/export$|/oauth/v2/token$")

ANSWERS = {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Monthly report"}
DATABASE, VPN, GUESTS, FAX, LAPTOP, MONITOR = "2404", "2405", "2419", "2410", "2401", "2402"


@dataclass(frozen=True)
class Played:
    """A run of a playbook with one of the roles."""

    run: Run
    role: str

    def task(self, name: str) -> TaskResult | None:
        """The task of the role with this name, if it ran."""
        whole = f"deskops.itsm.{self.role} : {name}"
        return next((task for task in self.run.tasks if task.name == whole and task.status != "skipped"), None)

    @property
    def result(self) -> dict[str, Any]:
        """The variable in which the role leaves its result."""
        task = self.task("Keep the result for the caller")
        assert task, self.run.output
        return dict(task["ansible_facts"][f"{self.role}_result"])

    @property
    def changed(self) -> int:
        return sum(map(int, CHANGED.findall(self.run.stdout)))

    @property
    def failure(self) -> str:
        """What the last failed task said."""
        assert self.run.rc == 2, self.run.output
        return [task.msg for task in self.run.tasks if task.failed][-1]

    def column(self, key: str) -> list[Any]:
        """The same key of all requests, or of all services."""
        return [row[key] for row in self.result["requests" if "requests" in self.result else "services"]]


def play(
    ansible: Ansible,
    role: str,
    playbook: str,
    *,
    check: bool = False,
    mode: str = IN_PROCESS,
    env: Mapping[str, str | None] | None = None,
    arguments: Sequence[str] = (),
    others: Mapping[str, Any] | None = None,
    **variables: Any,
) -> Played:
    """Run a playbook; variables are named without the role's prefix, but C(others) are."""
    values = {f"{role}_{name}": value for name, value in variables.items()} | dict(others or {})
    options = [*arguments, *(["--check"] if check else [])]
    plays = [{"import_playbook": f"deskops.itsm.{playbook}", "vars": values}]
    played = Played(ansible.run_playbook(plays, mode=mode, arguments=options, env={**ON_DWP, **(env or {})}), role)
    assert "Traceback" not in played.run.output
    return played


def order(ansible: Ansible, **options: Any) -> Played:
    return play(ansible, "provision_service", "order_service", **options)


def order_well(ansible: Ansible, **options: Any) -> Played:
    """The same, without failure."""
    played = order(ansible, **options)
    assert played.run.rc == 0, played.run.output
    if not options.get("check"):
        assert played.run.warnings == []
    return played


def changing(calls: Iterable[Call]) -> list[Call]:
    """The calls that could change something, on whatever platform."""
    return [call for call in calls if call["method"] != "GET" and not READS.search(call["path"])]


def order_calls(sandbox: Sandbox) -> list[Call]:
    return [call for call in sandbox.calls(platform="dwp") if re.search(r"/orders(/requests)?$", call["path"])]


def ordered(sandbox: Sandbox) -> list[tuple[str, str]]:
    """Service and user of each request that was ordered since the reset."""
    rows = sandbox.state("requests", "dwp")
    new = [row for row in rows if not row["draft"] and 41200 < int(row["id"]) < 9000000]
    return sorted((row["service"], row["requestedFor"]) for row in new)
