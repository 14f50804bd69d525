# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_approve: every option, run twice, in check mode, and with what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import MODES, Ansible, Run, comparable, decide
from integration.support.sandbox import Sandbox

HELPDESK = "helpdesk@northwind.example"
REASON = 'Ærgerligt & 100 % forbudt; se #4711 / "regel"'

# Requests of the example data.
PENDING = ["65430919", "65430921", "65430922", "65430924", "65430927"]
DENIED, FINISHED, EXPIRED, QUARANTINED, RUNNING = "65430873", "65430908", "65430889", "65430903", "65430912"

TASKS = [
    decide("approve", request_id="65430930", state="approved", decided_by=HELPDESK),
    decide("approve again", request_id="65430930", state="approved", decided_by=HELPDESK),
    decide("deny", request_id="65430931", state="denied", decided_by="Ingrid.Moe@Northwind.example", reason=REASON),
    decide("deny again", request_id="65430931", state="denied", reason="Another reason"),
    decide("a number", request_id=65430932, state="approved"),
    decide("approve what runs", request_id=RUNNING, state="approved"),
    decide("approve what has finished", request_id=FINISHED, state="approved"),
    decide("approve what was denied", request_id=DENIED, state="approved"),
    decide("approve what was denied, warn", request_id=DENIED, state="approved", on_conflict="warn"),
    decide("approve what was denied, ignore", request_id=DENIED, state="approved", on_conflict="ignore"),
    decide("deny what runs", request_id=RUNNING, state="denied"),
    decide("deny what has expired", request_id=EXPIRED, state="denied"),
    decide("one that does not exist", request_id="1", state="denied"),
    decide("unknown decider", request_id="65430936", state="denied", decided_by="nobody@northwind.example"),
    decide(
        "items",
        state="approved",
        reason="Blocked vendor",
        on_conflict="ignore",
        items=[
            {"request_id": PENDING[0]},
            {"request_id": PENDING[1], "state": "denied"},
            {"request_id": PENDING[2], "state": "denied", "reason": "Not today", "decided_by": HELPDESK},
            {"request_id": DENIED},
            {"request_id": RUNNING},
        ],
    ),
    decide("named twice", state="approved", items=[{"request_id": PENDING[3]}, {"request_id": f"00{PENDING[3]}"}]),
    decide(
        "on_conflict of an item",
        state="approved",
        on_conflict="ignore",
        items=[{"request_id": DENIED, "on_conflict": "fail"}, {"request_id": PENDING[4]}],
    ),
]

# These do not depend on each other, so that check mode, which changes nothing, can be compared.
INDEPENDENT = [
    decide("one", request_id="65430930", state="approved"),
    decide("one denied already", request_id=DENIED, state="denied"),
    decide(
        "many",
        state="denied",
        reason="Blocked",
        items=[
            {"request_id": PENDING[0]},
            {"request_id": "1"},
            {"request_id": PENDING[1], "state": "approved"},
            {"request_id": RUNNING},
            {"request_id": DENIED},
            {"request_id": PENDING[1], "state": "approved"},
        ],
    ),
    decide(
        "stop",
        on_error="stop",
        state="approved",
        items=[{"request_id": PENDING[2]}, {"request_id": "1"}, {"request_id": PENDING[3]}],
    ),
]


@pytest.fixture(scope="module")
def runs(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes(TASKS)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


def test_approval_is_read_made_and_read_back(run: Run) -> None:
    task = run["approve"]
    assert task.targets == [
        "GET /abr/requests/65430930",
        "PUT /abr/requests/65430930?approvedby=helpdesk%40northwind.example",
        "GET /abr/requests/65430930",
    ]
    (result,) = task["results"]
    assert task["changed"]
    assert task["counts"] == {"approved": 1}
    assert result["outcome"] == "approved"
    assert result["changed"]
    assert result["request_id"] == "65430930"
    assert (result["before"]["state"], result["after"]["state"]) == ("pending", "approved")
    assert result["error"] is None
    assert "raw" not in result["before"]


@pytest.mark.parametrize("name", ["approve again", "deny again", "approve what runs", "approve what has finished"])
def test_what_is_decided_as_wanted_is_left_alone(run: Run, name: str) -> None:
    task = run[name]
    assert task.outcomes == ["unchanged"]
    assert not task["changed"]
    assert task.writes == []


def test_denial_carries_reason_and_decider(run: Run) -> None:
    (write,) = run["deny"].writes
    assert write["method"] == "DELETE"
    assert write["query"] == {"deniedby": ["Ingrid.Moe@Northwind.example"], "reason": [REASON]}
    assert run["deny"].outcomes == ["denied"]
    assert run["deny"].warnings == []


def test_id_may_be_a_number(run: Run) -> None:
    assert run["a number"]["results"][0]["request_id"] == "65430932"
    assert run["a number"].outcomes == ["approved"]


@pytest.mark.parametrize(
    ("name", "word"),
    [("approve what was denied", "Denied"), ("deny what runs", "Running"), ("deny what has expired", "Expired")],
)
def test_conflict_fails_before_any_write(run: Run, name: str, word: str) -> None:
    task = run[name]
    assert task.failed
    assert task.outcomes == ["conflict"]
    assert task["results"][0]["error"]["kind"] == "Conflict"
    assert f"it is {word} already" in task.msg
    assert "on_conflict" in task.msg
    assert task.writes == []


def test_conflict_can_be_a_warning(run: Run) -> None:
    task = run["approve what was denied, warn"]
    assert not task.failed
    assert task.outcomes == ["conflict"]
    assert ["is Denied already" in warning for warning in task.warnings] == [True]


def test_conflict_can_be_ignored(run: Run) -> None:
    task = run["approve what was denied, ignore"]
    assert not task.failed
    assert task.outcomes == ["conflict"]
    assert task.warnings == []


def test_unknown_request_fails(run: Run) -> None:
    task = run["one that does not exist"]
    assert task.failed
    assert task["error"]["kind"] == "NotFound"
    assert "Request 1 does not exist" in task.msg


def test_decider_who_was_not_recorded_is_warned_about(run: Run) -> None:
    task = run["unknown decider"]
    assert task.outcomes == ["denied"]
    assert ["nobody@northwind.example was not recorded" in warning for warning in task.warnings] == [True]


def test_top_level_options_are_the_defaults_of_items(run: Run) -> None:
    task = run["items"]
    assert task.outcomes == ["approved", "denied", "denied", "conflict", "unchanged"]
    assert [result["index"] for result in task["results"]] == [0, 1, 2, 3, 4]
    assert task["counts"] == {"approved": 1, "conflict": 1, "denied": 2, "unchanged": 1}
    assert task.msg == "1 approved, 1 conflict, 2 denied, 1 unchanged"
    assert {write["path"][-8:]: write["query"] for write in task.writes} == {
        PENDING[0]: {},
        PENDING[1]: {"reason": ["Blocked vendor"]},
        PENDING[2]: {"reason": ["Not today"], "deniedby": [HELPDESK]},
    }


def test_request_named_twice_is_decided_once(run: Run) -> None:
    task = run["named twice"]
    assert task.outcomes == ["approved", "unchanged"]
    assert len(task.writes) == 1


def test_item_has_the_last_word_on_conflicts(run: Run) -> None:
    task = run["on_conflict of an item"]
    assert task.failed
    assert task.outcomes == ["conflict", "approved"]
    assert task.msg.startswith(f"1 of 2 items failed: request {DENIED}: ")


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    in_process, module = (comparable(runs[mode]) for mode in MODES)
    for here, there in zip(in_process, module, strict=True):
        assert here == there


def test_server_has_what_was_decided(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = ansible.run([TASKS[0], TASKS[2]], mode=mode)
    assert run.warnings == []
    approved, denied = sandbox.request("65430930"), sandbox.request("65430931")
    assert (approved["status"], approved["approvedByEmail"]) == ("Open", HELPDESK)
    assert (denied["status"], denied["deniedByEmail"]) == ("Denied", "ingrid.moe@northwind.example")
    assert denied["deniedReason"] == REASON


def test_decision_that_the_server_ignores_is_a_failure(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = ansible.run([decide("it", request_id=QUARANTINED, state="approved")], mode=mode)
    assert run["it"].failed
    assert f"The platform accepted the decision, but request {QUARANTINED} is still Quarantined" in run["it"].msg
    assert len(sandbox.writes()) == 1


def _predicted(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "name": task.name,
            "status": task.status,
            "changed": task["changed"],
            "counts": task["counts"],
            "outcomes": task.outcomes,
            "errors": [(result["error"] or {}).get("message") for result in task["results"]],
            "before": [(result["before"] or {}).get("state") for result in task["results"]],
            "after": [(result["after"] or {}).get("state") for result in task["results"]],
            "diff": task["diff"],
        }
        for task in run.tasks
    ]


def test_check_mode_predicts_the_run_and_writes_nothing(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    predicted = ansible.run(INDEPENDENT, mode=mode, arguments=["--check", "--diff"])
    assert sandbox.writes() == []
    real = ansible.run(INDEPENDENT, mode=mode, arguments=["--diff"])
    assert len(sandbox.writes()) == 4
    for before, after in zip(_predicted(predicted), _predicted(real), strict=True):
        assert before == after


def test_diff_shows_what_changed_and_only_when_asked_for(ansible: Ansible, mode: str) -> None:
    run = ansible.run([{**INDEPENDENT[2], "name": "asked", "diff": True}, {**INDEPENDENT[0], "name": "not asked"}], mode=mode)
    diff = run["asked"]["diff"]
    assert [entry["before_header"] for entry in diff] == [f"request {PENDING[0]}", f"request {PENDING[1]}"]
    assert [(entry["before"]["state"], entry["after"]["state"]) for entry in diff] == [
        ("pending", "denied"),
        ("pending", "approved"),
    ]
    assert "diff" not in run["not asked"]


def test_task_can_be_in_check_mode_alone(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = ansible.run([decide("it", {"check_mode": True}, request_id=PENDING[0], state="approved")], mode=mode)
    assert run["it"]["changed"]
    assert sandbox.writes() == []
