# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A loop of fifty decisions, beside a loop of fifty calls of ansible.builtin.uri: C(python -m benchmarks.loop)."""

from __future__ import annotations

import pathlib
import statistics
import tempfile
from collections.abc import Callable
from typing import Any

from integration.support.programs import Ansible
from integration.support.sandbox import KEY, Sandbox, running_sandbox

ITEMS = 50
ROUNDS = 3
# A playbook that does nothing but start.
START = [{"name": "start", "ansible.builtin.debug": {"msg": "started"}}]

Tasks = list[dict[str, Any]]


def ours(ids: list[int], sandbox: Sandbox) -> Tasks:
    """A decision for each: read, write, read back."""
    options = {"request_id": "{{ item }}", "state": "approved"}
    return [{"name": "decide", "deskops.itsm.request_approve": options, "loop": [str(one) for one in ids]}]


def beside(ids: list[int], sandbox: Sandbox) -> Tasks:
    """Only the write."""
    url = f"{sandbox.abr_url}/requests/{{{{ item }}}}"
    options = {"url": url, "method": "PUT", "headers": {"apikey": KEY}, "status_code": 204}
    return [{"name": "call", "ansible.builtin.uri": options, "loop": [str(one) for one in ids]}]


def seconds(ansible: Ansible, sandbox: Sandbox, tasks_of: Callable[[list[int], Sandbox], Tasks]) -> float:
    """How long ansible-playbook takes, its start included."""
    sandbox.reset()
    run = ansible.run(tasks_of(sandbox.add_requests(ITEMS), sandbox), stop_on_failure=True)
    assert run.rc == 0, run.output
    return run.seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_sandbox(pathlib.Path(folder)) as sandbox:
        ansible = Ansible(pathlib.Path(folder), sandbox)
        work = {"start": lambda ids, sandbox: START, "ours": ours, "uri": beside}
        times: dict[str, list[float]] = {name: [] for name in work}
        for dummy in range(ROUNDS):
            for name, tasks_of in work.items():
                times[name].append(seconds(ansible, sandbox, tasks_of))
        median = {name: statistics.median(taken) for name, taken in times.items()}
    per_item = {name: (median[name] - median["start"]) / ITEMS * 1000 for name in ("ours", "uri")}
    print(f"start of ansible-playbook     {median['start']:6.2f} s")
    print(f"loop of {ITEMS}, request_approve   {median['ours']:6.2f} s, {per_item['ours']:6.1f} ms an item")
    print(f"loop of {ITEMS}, uri               {median['uri']:6.2f} s, {per_item['uri']:6.1f} ms an item")
    print(f"ratio, start included         {median['uri'] / median['ours']:6.1f}")


if __name__ == "__main__":
    main()
