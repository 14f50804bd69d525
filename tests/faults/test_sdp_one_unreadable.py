# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record that the service desk refuses to show fails alone, and what lists cannot tell is not taken for gone."""

from __future__ import annotations

from typing import Any

import pytest
from faults.test_sdp_tickets import add, ensure
from integration.support.sandbox import SDP_USER, Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record import RECORD
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_approve import REQUEST_APPROVE

BEFORE, READING_BACK = 0, 1


def refuse(sandbox: Sandbox, path: str, *, status: int = 403, field: str = "", **where: int) -> None:
    messages = [{"status_code": 4002, "type": "failed", **({"field": field} if field else {})}]
    body = {"response_status": {"status_code": 4000, "status": "failed", "messages": messages}}
    fault = {"platform": "sdp", "method": "GET", "path": path, "kind": "status", "status": status, "body": body}
    sandbox.faults({**fault, **where})


def outcomes(result: dict[str, Any]) -> list[tuple[str, bool, str | None]]:
    return [(one["outcome"], one["changed"], (one["error"] or {}).get("kind")) for one in result["results"]]


def undecided(sandbox: Sandbox, count: int = 4) -> list[str]:
    return [sandbox.add_records("requests", {"subject": f"Desk {one}", "approvers": [SDP_USER]})[0] for one in range(count)]


def decide(sandbox: Sandbox, ids: list[str], **options: Any) -> dict[str, Any]:
    items = [{"request_id": one, "state": "approved", "on_conflict": "fail"} for one in ids]
    return ensure(sandbox, REQUEST_APPROVE, items=items, **options)


def decisions(sandbox: Sandbox, ids: list[str]) -> list[str]:
    return [sandbox.sdp_approvals(one)[0]["status"]["name"] for one in ids]


def test_the_others_are_decided(sandbox: Sandbox) -> None:
    ids = undecided(sandbox)
    refuse(sandbox, f"/requests/{ids[1]}$")
    result = decide(sandbox, ids)
    done = ("approved", True, None)
    assert outcomes(result) == [done, ("failed", False, "ApiError"), done, done]
    assert [one["request_id"] for one in result["results"]] == ids
    assert decisions(sandbox, ids) == ["Approved", "Pending Approval", "Approved", "Approved"]


def test_nothing_behind_it_is_decided_where_failures_stop_the_task(sandbox: Sandbox) -> None:
    ids = undecided(sandbox)
    refuse(sandbox, f"/requests/{ids[1]}$")
    result = decide(sandbox, ids, on_error="stop")
    skipped = ("skipped", False, "NotTried")
    assert outcomes(result) == [("approved", True, None), ("failed", False, "ApiError"), skipped, skipped]
    assert decisions(sandbox, ids) == ["Approved", *["Pending Approval"] * 3]


def test_a_decision_that_cannot_be_read_back_is_a_change_all_the_same(sandbox: Sandbox) -> None:
    ids = undecided(sandbox)
    refuse(sandbox, f"/requests/{ids[1]}$", skip=READING_BACK)
    result = decide(sandbox, ids)
    done = ("approved", True, None)
    assert outcomes(result) == [done, ("failed", True, "OutcomeUnknown"), done, done]
    assert decisions(sandbox, ids) == ["Approved"] * 4


@pytest.mark.parametrize(
    ("skip", "failure", "subjects"),
    [
        (BEFORE, ("failed", False, "ApiError"), ["New", "Desk 1", "New", "New", "New"]),
        (READING_BACK, ("failed", True, "OutcomeUnknown"), ["New"] * 5),
    ],
)
@pytest.mark.parametrize("count", [3, 5])
def test_the_other_requests_are_changed(
    sandbox: Sandbox, skip: int, failure: tuple[str, bool, str], subjects: list[str], count: int
) -> None:
    ids = [add(sandbox, subject=f"Desk {one}") for one in range(count)]
    refuse(sandbox, f"/requests/{ids[1]}$", skip=skip)
    if count > 3:
        # Else they are read together.
        refuse(sandbox, "/requests$", status=400, field="search_criteria")
    result = ensure(sandbox, items=[{"request_id": one, "subject": "New"} for one in ids])
    assert outcomes(result) == [failure if number == 1 else ("updated", True, None) for number in range(count)]
    rows = {row["id"]: row["subject"] for row in sandbox.state("requests", "sdp")}
    assert [rows[one] for one in ids] == subjects[:count]


@pytest.mark.parametrize(("skip", "changed"), [(BEFORE, False), (READING_BACK, True)])
def test_the_other_records_are_changed(sandbox: Sandbox, skip: int, changed: bool) -> None:
    ids = sandbox.add_records("problems", *({"title": f"P{one}"} for one in range(3)))
    refuse(sandbox, f"/problems/{ids[1]}$", skip=skip)
    result = ensure(sandbox, RECORD, items=[{"module": "problems", "record_id": one, "fields": {"title": "New"}} for one in ids])
    assert [(outcome, changed) for outcome, changed, dummy in outcomes(result)] == [
        ("updated", True),
        ("failed", changed),
        ("updated", True),
    ]


def test_one_search_that_is_refused_does_not_stop_the_others(sandbox: Sandbox) -> None:
    items = [{"module": "problems", "fields": {"title": f"P{one}"}, "match_on": ["title"]} for one in range(3)]
    refuse(sandbox, "/problems$", times=1)
    result = ensure(sandbox, RECORD, items=items)
    assert result["counts"] == {"created": 3}, result["msg"]


# -- removals ------------------------------------------------------------------------------------------------------------------


def pretend_to_remove(sandbox: Sandbox, path: str) -> None:
    """A rule keeps what is removed, and the lists cannot be searched."""
    body = {"response_status": {"status_code": 2000, "status": "success"}}
    sandbox.faults({"platform": "sdp", "method": "DELETE", "path": f"{path}/", "kind": "status", "status": 200, "body": body})
    refuse(sandbox, f"{path}$", status=400, field="search_criteria")


@pytest.mark.parametrize("count", [1, 4])
def test_records_that_are_still_there_are_not_deleted(sandbox: Sandbox, count: int) -> None:
    ids = sandbox.add_records("problems", *({"title": f"P{one}"} for one in range(count)))
    pretend_to_remove(sandbox, "/problems")
    result = ensure(sandbox, RECORD, items=[{"module": "problems", "record_id": one, "state": "absent"} for one in ids])
    assert outcomes(result) == [("failed", False, "DeskError")] * count
    assert "is still there" in result["msg"]


def test_requests_that_are_still_there_are_not_deleted(sandbox: Sandbox) -> None:
    ids = [add(sandbox) for dummy in range(4)]
    pretend_to_remove(sandbox, "/requests")
    result = ensure(sandbox, items=[{"request_id": one, "state": "absent"} for one in ids])
    assert outcomes(result) == [("failed", False, "DeskError")] * 4
