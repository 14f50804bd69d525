# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_info on ServiceDesk Plus Cloud: lists of any length, and criteria that reach the server as they were meant."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import Ansible, Run, TaskResult, comparable, task
from integration.support.sandbox import SDP_USER, Sandbox
from integration.support.sdp import ON_SDP, list_info, run_on_sdp, without_logins

Row = dict[str, Any]

MAJA = "maja.lind@northwind.example"
STRANGE = 'Größe & Gewicht + 50 % "laut" #7 = ?/æ☕'


def _read(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return task("request_info", name, keywords, **options)


def _subjects(result: TaskResult) -> list[str]:
    assert not result.failed, result.msg
    return [record["subject"] for record in result["records"]]


def _lists(result: TaskResult) -> list[Row]:
    return [list_info(call) for call in without_logins(result.calls) if call["path"].endswith("/requests")]


# -- long lists -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset("empty")
    sandbox.add_records("requests", {"subject": "Numbered"}, count=2400)
    sandbox.add_records("requests", {"subject": "Closed", "status": {"name": "Closed"}}, count=100)
    tasks = [
        _read("all"),
        _read("thirty", limit=30),
        _read("hundred and one", limit=101),
        _read("newest", last=10),
        _read("closed", status=["closed"], limit=30),
        _read("completed", status=["completed"]),
        _read("exactly", subject="closed", limit=100),
        _read("mixed", status=["open", "Closed"], limit=2450),
    ]
    return run_on_sdp(ansible, tasks)


def test_2500_requests_in_26_calls(long: Run) -> None:
    result = long["all"]
    assert (result["total"], result["truncated"]) == (2500, False)
    assert len(set(result.ids)) == 2500
    assert len(without_logins(result.calls)) == 26
    assert result["next_since_id"] == str(max(int(request_id) for request_id in result.ids) + 1)


def test_thirty_in_one_call(long: Run) -> None:
    result = long["thirty"]
    assert (result["total"], result["truncated"]) == (30, True)
    (info,) = _lists(result)
    assert info["row_count"] == 30
    assert result.ids == long["all"].ids[:30]
    # They are the oldest, and what is not among them may have any id.
    assert result["next_since_id"] == "1"


def test_limit_beyond_a_page(long: Run) -> None:
    assert long["hundred and one"]["total"] == 101
    assert [info["row_count"] for info in _lists(long["hundred and one"])] == [100, 2]


def test_newest_in_one_call(long: Run) -> None:
    result = long["newest"]
    assert (len(result.ids), result["truncated"]) == (10, True)
    assert len(_lists(result)) == 1
    times = [record["created_at"] for record in result["records"]]
    assert times == sorted(times, reverse=True)
    assert times[0] == max(record["created_at"] for record in long["all"]["records"])


def test_states_are_filtered_by_the_server(long: Run) -> None:
    assert (long["closed"]["total"], len(_lists(long["closed"]))) == (30, 1)
    assert (long["completed"]["total"], len(_lists(long["completed"]))) == (100, 1)
    assert long["completed"]["truncated"] is False


def test_limit_that_is_just_reached(long: Run) -> None:
    assert (long["exactly"]["total"], long["exactly"]["truncated"]) == (100, False)


def test_what_is_filtered_here_is_counted_well(long: Run) -> None:
    assert (long["mixed"]["total"], long["mixed"]["truncated"]) == (2450, True)


# -- filters ----------------------------------------------------------------------------------------------------------------

RAW: Row = {"field": "priority.name", "condition": "is", "value": "High"}
EITHER: list[Row] = [
    {"field": "subject", "condition": "is", "value": STRANGE},
    {"field": "subject", "condition": "is", "value": "Laptop does not start", "logical_operator": "OR"},
]


@pytest.fixture(scope="module")
def filtered(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset()
    sandbox.switches("sdp", one_criterion_array="refused")
    ids = sandbox.add_records(
        "requests",
        {"subject": STRANGE, "requester": {"email_id": MAJA}, "priority": {"name": "High"}},
        {"subject": f"{STRANGE} 2"},
        {"subject": "In the bin", "is_trashed": True},
    )
    tasks = [
        _read("subject", subject=STRANGE),
        _read("requester", requested_for=MAJA.upper()),
        _read("requester by name", requested_for="Maja Lind"),
        _read("creator", requested_by=SDP_USER),
        _read("service", service="VPN access"),
        _read("unknown service", service="VPN acces"),
        _read("status", status=["on hold"]),
        _read("open", status=["open"]),
        _read("pending", status=["pending"]),
        _read("open or pending", status=["open", "pending"]),
        _read("modified", modified_since="2026-09-18T09:00:00Z"),
        _read("raw", query=RAW),
        _read("raw list", query=EITHER),
        _read("raw and more", query=EITHER, requested_for=MAJA),
        _read("single and more", query=RAW, status=["open"], subject=STRANGE),
        _read("since", since_id=ids[0]),
        _read("since the end", since_id=str(int(ids[-1]) + 1000)),
        _read("by id", request_ids=[ids[1], ids[0], "987060000009999999", ids[2]]),
        _read("wrong criteria", query={"field": "no_such_field", "condition": "is", "value": 1}),
    ]
    return run_on_sdp(ansible, tasks)


def test_criteria_reach_the_server_whatever_is_in_them(filtered: Run) -> None:
    assert _subjects(filtered["subject"]) == [STRANGE]
    (info,) = _lists(filtered["subject"])
    assert info["search_criteria"] == {"field": "subject", "condition": "is", "value": STRANGE}


def test_a_single_criterion_is_an_object_and_several_are_a_list(filtered: Run) -> None:
    assert isinstance(_lists(filtered["raw"])[0]["search_criteria"], dict)
    several = _lists(filtered["single and more"])[0]["search_criteria"]
    assert [one.get("logical_operator") for one in several] == [None, "AND", "AND"]
    assert _subjects(filtered["single and more"]) == [STRANGE]


def test_users(filtered: Run) -> None:
    assert _subjects(filtered["requester"]) == _subjects(filtered["requester by name"])
    assert {record["requested_for"] for record in filtered["requester"]["records"]} == {MAJA}
    assert {record["requested_by"] for record in filtered["creator"]["records"]} == {SDP_USER}


def test_service(filtered: Run) -> None:
    assert {record["raw"]["template"]["name"] for record in filtered["service"]["records"]} == {"VPN access"}
    assert "'VPN access'" in filtered["unknown service"].msg


def test_states(filtered: Run) -> None:
    assert {record["status"] for record in filtered["status"]["records"]} == {"On Hold"}
    # It is a word of the platform too, and that does not mind approvals.
    assert {record["state"] for record in filtered["open"]["records"]} == {"open", "pending"}
    assert {record["status"] for record in filtered["open"]["records"]} == {"Open", "In Progress", "On Hold"}
    pending = filtered["pending"]["records"]
    assert len(pending) == 10
    assert {record["raw"]["approval_status"]["name"] for record in pending} == {"Pending Approval"}
    assert set(filtered["open or pending"].ids) == {*filtered["open"].ids, *filtered["pending"].ids}


def test_modified(filtered: Run) -> None:
    assert {"Laptop does not start", STRANGE} <= set(_subjects(filtered["modified"]))
    assert len(filtered["modified"].ids) < 10


def test_raw_criteria(filtered: Run) -> None:
    assert {record["raw"]["priority"]["name"] for record in filtered["raw"]["records"]} == {"High"}
    assert sorted(_subjects(filtered["raw list"])) == sorted([STRANGE, "Laptop does not start"])
    assert sorted(_subjects(filtered["raw and more"])) == sorted([STRANGE, "Laptop does not start"])


def test_wrong_criteria_are_an_error(filtered: Run) -> None:
    assert filtered["wrong criteria"].failed
    assert "search_criteria" in filtered["wrong criteria"].msg


def test_since(filtered: Run) -> None:
    assert _subjects(filtered["since"]) == [STRANGE, f"{STRANGE} 2"]
    end = filtered["since the end"]
    assert end.ids == []
    assert int(end["next_since_id"]) > int(filtered["since"].ids[-1]) + 1000


def test_by_id(filtered: Run) -> None:
    result = filtered["by id"]
    assert _subjects(result) == [f"{STRANGE} 2", STRANGE]
    assert len(result["missing"]) == 2
    assert all("description" in record["raw"] for record in result["records"])


def test_both_modes_do_the_same(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [_read("some", status=["open"], query=RAW, limit=3), _read("details", status=["pending"], include=["approvals"])]
    one, other = (comparable(run) for run in ansible.in_both_modes(tasks, env=ON_SDP).values())
    assert one == other


# -- details ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("note_list", ["whole", "no_description"])
def test_details(ansible: Ansible, sandbox: Sandbox, note_list: str) -> None:
    sandbox.switches("sdp", note_list=note_list)
    include = ["approvals", "attachments", "comments"]
    tasks = [
        _read("noted", subject="Battery lasts twenty minutes", include=include),
        _read("approved", subject="CAD licence, second seat", include=include),
    ]
    run = run_on_sdp(ansible, tasks)
    (noted,) = run["noted"]["records"]
    assert [one["text"] for one in noted["comments"]] == ["Thanks!", "Spare part ordered"]
    assert {one["visibility"] for one in noted["comments"]} == {"public"}
    assert (noted["attachments"], noted["approvals"]) == ([], [])
    (approved,) = run["approved"]["records"]
    assert [(one["level"], one["approver"].partition("@")[0], one["state"]) for one in approved["approvals"]] == [
        (1, "automation", "pending"),
        (1, "jerome.lefevre", "approved"),
        (2, "hannah.falk", "unknown"),
    ]


def test_what_other_platforms_have(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [_read("answers", include=["answers"]), _read("mine", mine=True), _read("criteria", query=["subject"])]
    run = run_on_sdp(ansible, tasks)
    assert "sdp_cloud has no answers" in run["answers"].msg
    assert "mine: it is an option of bmc_dwp" in run["mine"].msg
    assert "query: it is no search criteria" in run["criteria"].msg
    assert sandbox.calls(platform="sdp") == []


def test_missing_scope_for_templates_is_named(ansible: Ansible, sandbox: Sandbox) -> None:
    token = sandbox.sdp_token(scopes=["SDPOnDemand.requests.ALL"])
    result = run_on_sdp(ansible, [_read("service", service="VPN access", access_token=token)])["service"]
    assert "SDPOnDemand.setup.READ" in result.msg


@pytest.mark.parametrize("fields_required", ["with_id", "ignored"])
def test_lists_that_show_other_fields(ansible: Ansible, sandbox: Sandbox, fields_required: str) -> None:
    sandbox.switches("sdp", fields_required=fields_required, trashed_in_lists="visible")
    sandbox.add_records("requests", {"subject": "In the bin", "is_trashed": True})
    result = run_on_sdp(ansible, [_read("open", status=["open", "pending"])])["open"]
    assert result["total"] > 20
    assert all(record["requested_for"] for record in result["records"])
