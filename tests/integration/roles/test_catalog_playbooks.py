# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""onboard_user: what a new user needs, in one task."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import MODULES_IN_LONG_FORM, Ansible
from integration.support.sandbox import Sandbox

from .provisioning import GUESTS, MONITOR, VPN, Played, changing, order_calls, ordered, play

BADGE = "2413"
SERVICES: list[Any] = [
    "VPN access",
    int(MONITOR),
    {"service": "Building badge", "answers": {"Name on the badge": "Li Na", "Access at night?": False}},
    {"service": "Guest network", "requested_for": ["nli", "mlind"]},
]


def _onboard(ansible: Ansible, others: dict[str, Any], **options: Any) -> Played:
    return play(ansible, "provision_service", "onboard_user", others=others, **options)


@pytest.mark.parametrize("mode", MODULES_IN_LONG_FORM)
def test_a_new_user_gets_it_all_in_one_task(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.switches("dwp", workflow_start_ms=1, workflow_work_ms=1)
    sandbox.add_each("users", [{"login": "newton"}], "dwp")
    others = {"onboard_user_login": "newton", "onboard_user_services": SERVICES}
    predicted = _onboard(ansible, others, mode=mode, check=True)
    assert predicted.run.rc == 0, predicted.run.output
    assert changing(sandbox.calls()) == []
    assert predicted.result["counts"] == {"created": 5}
    first = _onboard(ansible, others, mode=mode, wait=True)
    assert first.run.rc == 0, first.run.output
    assert first.changed == 1
    wanted = [(BADGE, "newton"), (GUESTS, "mlind"), (GUESTS, "nli"), (MONITOR, "newton"), (VPN, "newton")]
    assert ordered(sandbox) == sorted(wanted)
    assert len(order_calls(sandbox)) == 2
    assert set(first.column("state")) == {"completed"}
    assert _onboard(ansible, others, mode=mode, wait=True).changed == 0


def test_services_may_be_given_as_a_word(ansible: Ansible, sandbox: Sandbox) -> None:
    for services in ("VPN access", f"{VPN}, Guest network"):
        ordered_now = _onboard(ansible, {"onboard_user_login": "nli", "onboard_user_services": services})
        assert ordered_now.run.rc == 0, ordered_now.run.output
    assert ordered(sandbox) == [(VPN, "nli"), (GUESTS, "nli")]


@pytest.mark.parametrize("others", [{}, {"onboard_user_login": "nli"}, {"onboard_user_services": ["VPN access"]}])
def test_without_user_or_services_nothing_happens(ansible: Ansible, sandbox: Sandbox, others: dict[str, Any]) -> None:
    assert _onboard(ansible, others).failure.startswith("Set onboard_user_login")
    assert sandbox.calls() == []
