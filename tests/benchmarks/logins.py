# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What orders and logins ask of the servers."""

from __future__ import annotations

import sys
from collections import Counter

from .bench import Bench, Row


def orders(bench: Bench) -> list[Row]:
    """Orders for as many users in one task."""
    count = bench.sizes.orders
    bench.fresh(seed="demo")
    users = [f"new{number:03}" for number in range(count)]
    bench.sandbox.add_each("users", [{"login": user} for user in users], platform="dwp")
    options = {"service": "VPN access", "items": [{"requested_for": [user]} for user in users]}
    bench.playbook([{"name": "order", "deskops.itsm.service_request": options}], platform="bmc_dwp")
    made, logins = len(bench.sandbox.calls()), bench.sandbox.logins()
    there = Counter(row["requestedFor"] for row in bench.sandbox.state("requests", "dwp") if not row["draft"])
    if any(there[user] != 1 for user in users):
        raise RuntimeError(f"not every service was ordered once: {there}")
    return [
        Row(
            f"{count} orders for {count} users in one task",
            f"{made - logins} calls, and the run's {logins} login",
            f"a login and three calls each: {4 * count} calls",
            f"{made - logins} calls beside the login",
            "≤ 5",
            made - logins <= 5 and logins == 1,
        )
    ]


def logins(bench: Bench) -> list[Row]:
    """Tasks, hosts and forks of a run share one login."""
    tasks, hosts = bench.sizes.tasks, bench.sizes.hosts
    bench.fresh(seed="demo")
    variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    names = {f"host{number}": {} for number in range(hosts)}
    inventory = bench.ansible.write("hosts.yml", {"all": {"hosts": names, "vars": variables}})
    reads = [
        {"name": f"read {number}", "deskops.itsm.record_info": {"module": "problems", "limit": 1}} for number in range(tasks)
    ]
    arguments = ["--forks", str(hosts)]
    bench.playbook(reads, platform="sdp_cloud", hosts="all", strategy="free", inventory=inventory, arguments=arguments)
    made = bench.sandbox.sdp_tokens()["logins"]
    work = f"{tasks} tasks × {hosts} hosts × {hosts} forks"
    return [Row(work, f"{made} login", f"one for each task: {tasks * hosts}", f"{made} login", "1", made == 1)]
