# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that takes long says now and then how far it is, where somebody watches."""

from __future__ import annotations

import re

from integration.support.programs import Ansible, decide
from integration.support.sandbox import Sandbox

ITEMS = 12


def _run(ansible: Ansible, sandbox: Sandbox, **env: str) -> str:
    """A task of more than ten seconds."""
    items = [{"request_id": str(number)} for number in sandbox.add_requests(ITEMS)]
    sandbox.faults({"kind": "latency", "ms": 1000, "method": "PUT"})
    run = ansible.run([decide("long", state="approved", items=items, concurrency=1)], env=env)
    assert run["long"]["counts"] == {"approved": ITEMS}, run.output
    return run.stdout


def test_it_is_said_where_it_is_wanted(ansible: Ansible, sandbox: Sandbox) -> None:
    lines = re.findall(
        r"^deskops\.itsm\.request_approve: (\d+) of 12 decided, (\d+) s$", _run(ansible, sandbox, DESKOPS_PROGRESS="true"), re.M
    )
    assert len(lines) == 1
    assert 0 < int(lines[0][0]) < ITEMS
    assert int(lines[0][1]) >= 10
