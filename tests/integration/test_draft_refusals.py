# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""service_request with answers for several users, of whom the catalog refuses one: the others get what they are due."""

from __future__ import annotations

import pytest
from integration.support.dwp import ordered, run_on_dwp
from integration.support.programs import Ansible, task
from integration.support.sandbox import Sandbox

ANSWERS = {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Monthly report"}


@pytest.mark.parametrize("users", [["mlind", "nobody", "skjaer"], ["mlind", "nobody"], ["nobody"]], ids=len)
@pytest.mark.parametrize("answer", ["200", "200_unless_all", "400"])
def test_one_user_is_refused_and_the_others_are_served(ansible: Ansible, sandbox: Sandbox, answer: str, users: list[str]) -> None:
    """Whether the catalog refuses the whole draft or names the culprit in it."""
    sandbox.switches("dwp", batch_errors=answer, workflow_work_ms=3_600_000)
    options = {"service": "Database access", "requested_for": users, "answers": ANSWERS}
    run = run_on_dwp(ansible, [task("service_request", "it", **options)])
    due = {("Database access", user): 1 for user in users if user != "nobody"}
    assert ordered(sandbox.state("requests", "dwp")) == due
    assert run["it"].failed
    assert "nobody" in run["it"].msg
    again = run_on_dwp(ansible, [task("service_request", "it", **options)])
    assert again["it"].failed
    assert ordered(sandbox.state("requests", "dwp")) == due
