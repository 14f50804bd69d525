# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_approve on ServiceDesk Plus Cloud: the caller's own approvals are decided, and those of others left alone."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import Ansible, decide
from integration.support.sandbox import SDP_USER, Sandbox
from integration.support.sdp import ON_SDP, logins, run_on_sdp, sdp_writes, without_logins

Row = dict[str, Any]

OVE, JEROME = (f"{name}@northwind.example" for name in ("ove.dahl", "jerome.lefevre"))
OVES_TOKEN = f"1000.{'5ab0c004' * 4}.{'5ab0c004' * 4}"
MINE = {"decided_by": SDP_USER}


def _add(sandbox: Sandbox, *approvers: Any) -> str:
    """A request with its approvers by level: an address, or several."""
    (request_id,) = sandbox.add_records("requests", {"subject": "To be decided", "approvers": list(approvers)})
    return request_id


def _kept(sandbox: Sandbox, request_id: str) -> list[tuple[str, str]]:
    rows = sandbox.sdp_approvals(request_id)
    return [(row["approver"]["email_id"].partition("@")[0], row["status"]["name"]) for row in rows]


def _thrice(**options: Any) -> list[Row]:
    """Predicted, done, and done again."""
    return [
        decide("predicted", {"check_mode": True, "diff": True}, **options),
        decide("done", {"diff": True}, **options),
        decide("again", **options),
    ]


@pytest.mark.parametrize("decided_by", [SDP_USER, SDP_USER.upper(), None])
@pytest.mark.parametrize("state", ["approved", "denied"])
def test_decisions(ansible: Ansible, sandbox: Sandbox, state: str, decided_by: str | None) -> None:
    request_id = _add(sandbox, SDP_USER)
    run = run_on_sdp(ansible, _thrice(request_id=request_id, state=state, reason="CAB of November", decided_by=decided_by))
    predicted, done, again = run.tasks
    assert done.outcomes == [state], done.msg
    for key in ("changed", "counts", "diff"):
        assert predicted[key] == done[key]
    assert sdp_writes(predicted.calls) == []
    (write,) = sdp_writes(done.calls)
    assert write["path"].rpartition("/")[2] == {"approved": "_approve", "denied": "_reject"}[state]
    assert again.outcomes == ["unchanged"]
    assert sdp_writes(again.calls) == []
    (approval,) = sandbox.sdp_approvals(request_id)
    assert approval["status"]["name"] == {"approved": "Approved", "denied": "Rejected"}[state]
    assert approval["comments"] == "CAB of November"
    assert len(without_logins(done.calls)) == 7


def test_approvals_of_others_are_left_alone_and_named(ansible: Ansible, sandbox: Sandbox) -> None:
    request_id = _add(sandbox, [SDP_USER, JEROME], OVE)
    run = run_on_sdp(ansible, _thrice(request_id=request_id, state="approved", **MINE))
    assert [result.outcomes for result in run.tasks] == [["approved"], ["approved"], ["unchanged"]]
    assert _kept(sandbox, request_id) == [
        ("automation", "Approved"),
        ("jerome.lefevre", "Pending Approval"),
        ("ove.dahl", "To Be Sent"),
    ]
    assert run["done"]["results"][0]["after"]["status"] == f"Approved; waits for {JEROME}"
    assert len(sdp_writes(run["done"].calls)) == 1


def test_without_a_name_the_server_tells_whose_approvals_they_are(ansible: Ansible, sandbox: Sandbox) -> None:
    """A second run cannot know what was its own: it does no harm, and says so."""
    request_id = _add(sandbox, [SDP_USER, JEROME])
    run = run_on_sdp(ansible, _thrice(request_id=request_id, state="approved"))
    assert run["done"].outcomes == ["approved"]
    assert run["again"].outcomes == ["unchanged"]
    assert run["again"]["changed"] is False
    assert any("decided_by" in warning and JEROME in warning for warning in run["again"].warnings)
    assert _kept(sandbox, request_id) == [("automation", "Approved"), ("jerome.lefevre", "Pending Approval")]


def test_several_levels(ansible: Ansible, sandbox: Sandbox) -> None:
    both = _add(sandbox, SDP_USER, SDP_USER)
    second = _add(sandbox, OVE, SDP_USER)
    run = run_on_sdp(
        ansible,
        [
            decide("too early", request_id=second, state="approved", **MINE),
            decide("both", request_id=both, state="approved", **MINE),
            decide("first", request_id=second, state="approved", refresh_token=OVES_TOKEN, decided_by=OVE),
            decide("second", request_id=second, state="approved", **MINE),
        ],
    )
    assert run["too early"].outcomes == ["conflict"]
    assert f"To Be Sent; waits for {OVE}" in run["too early"].msg
    assert [run[name].outcomes for name in ("both", "first", "second")] == [["approved"]] * 3
    assert _kept(sandbox, both) == [("automation", "Approved")] * 2
    assert _kept(sandbox, second) == [("ove.dahl", "Approved"), ("automation", "Approved")]
    assert len(sdp_writes(run["both"].calls)) == 2


def test_a_denial_ends_it(ansible: Ansible, sandbox: Sandbox) -> None:
    request_id = _add(sandbox, SDP_USER, SDP_USER)
    run = run_on_sdp(ansible, _thrice(request_id=request_id, state="denied", **MINE))
    assert [result.outcomes for result in run.tasks] == [["denied"], ["denied"], ["unchanged"]]
    assert _kept(sandbox, request_id) == [("automation", "Rejected"), ("automation", "To Be Sent")]


@pytest.mark.parametrize("on_conflict", ["fail", "warn", "ignore"])
def test_decided_the_other_way(ansible: Ansible, sandbox: Sandbox, on_conflict: str) -> None:
    request_id = _add(sandbox, SDP_USER)
    sandbox.decide_in_sdp(request_id, SDP_USER, "Rejected")
    options = {"request_id": request_id, "state": "approved", "on_conflict": on_conflict, **MINE}
    result = run_on_sdp(ansible, [decide("late", **options)])["late"]
    assert result.outcomes == ["conflict"]
    assert result.failed is (on_conflict == "fail")
    assert bool(result.warnings) is (on_conflict == "warn")
    assert sdp_writes(result.calls) == []


def test_nothing_to_decide(ansible: Ansible, sandbox: Sandbox) -> None:
    nobody, other = _add(sandbox), _add(sandbox, OVE)
    tasks = [
        decide("nobody", request_id=nobody, state="approved"),
        decide("another", request_id=other, state="approved", **MINE),
        decide("another without a name", request_id=other, state="approved"),
        decide("another in his name", request_id=other, state="approved", decided_by=OVE),
        decide("unknown", request_id="987060000009999999", state="approved"),
    ]
    run = run_on_sdp(ansible, tasks)
    assert [run[task["name"]].outcomes for task in tasks[:4]] == [["conflict"], ["conflict"], ["failed"], ["failed"]]
    assert "no approval that waits for this decision (none is asked for)" in run["nobody"].msg
    assert f"waits for {OVE}" in run["another"].msg
    for name in ("another without a name", "another in his name"):
        assert f"waits for {OVE}, and the owner of the token is none of them" in run[name].msg
        assert "the approver's own refresh_token" in run[name].msg
    assert "does not exist" in run["unknown"].msg
    assert _kept(sandbox, other) == [("ove.dahl", "Pending Approval")]


def test_twenty_at_once(ansible: Ansible, sandbox: Sandbox) -> None:
    ids = [_add(sandbox, SDP_USER) for dummy in range(20)]
    items: list[Row] = [{"request_id": request_id} for request_id in ids]
    items[3] |= {"state": "denied", "reason": "Blocked vendor"}
    run = run_on_sdp(ansible, _thrice(items=items, state="approved", **MINE))
    assert run["predicted"]["counts"] == run["done"]["counts"] == {"approved": 19, "denied": 1}
    assert run["again"]["counts"] == {"unchanged": 20}
    assert len(sdp_writes(run["done"].calls)) == 20
    assert logins(run) == 1


def test_long_reason_is_told_before_the_first_call(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [
        decide("long", request_id="1", state="approved", reason="x" * 251),
        decide("item", items=[{"request_id": "1", "state": "approved", "reason": "x" * 251}]),
    ]
    run = run_on_sdp(ansible, tasks)
    assert "reason: it has 251 characters" in run["long"].msg
    assert "items[0].reason" in run["item"].msg
    assert sandbox.calls(platform="sdp") == []


@pytest.mark.parametrize("decided_again", ["4001", "4002", "unchanged"])
def test_somebody_is_faster(ansible: Ansible, sandbox: Sandbox, decided_again: str) -> None:
    """The answer is lost, and the second attempt meets the first."""
    sandbox.switches("sdp", decided_again=decided_again)
    request_id = _add(sandbox, SDP_USER)
    sandbox.faults({"platform": "sdp", "method": "PUT", "kind": "drop", "when": "after", "times": 1})
    result = run_on_sdp(ansible, [decide("lost", request_id=request_id, state="approved", **MINE)])["lost"]
    assert result.outcomes == ["approved"], result.msg
    assert len(sdp_writes(result.calls)) == 1


def test_both_modes_do_the_same(ansible: Ansible, sandbox: Sandbox) -> None:
    (first,) = (row["id"] for row in sandbox.state("requests", "sdp") if row["subject"] == "Laptop for an intern")
    runs = ansible.in_both_modes(_thrice(request_id=first, state="approved", **MINE), env=ON_SDP)
    keys = ("changed", "counts", "msg", "diff")
    one, other = ([[result.result.get(key) for key in keys] for result in run.tasks] for run in runs.values())
    assert one == other
