# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of an ordered request, by the clock and by control calls."""

from __future__ import annotations

import pytest

from .conftest import BADGE, FAX, KIT, LAPTOP, MONITOR, MOVE, RIGHTS, VPN, DwpClient


@pytest.fixture
def slow(dwp: DwpClient) -> DwpClient:
    """Ten seconds until the work begins, a minute until it ends."""
    dwp.switch(workflow_start_ms=10_000, workflow_work_ms=60_000, status_reason="present")
    return dwp


def _move(dwp: DwpClient, request_id: str, status: str, reason: str | None = None) -> None:
    dwp.control("POST", f"/dwp/requests/{request_id}", {"status": status, "reason": reason})


def test_by_the_clock(slow: DwpClient) -> None:
    request_id = slow.ordered(LAPTOP)
    assert slow.word(request_id) == "NEW"
    slow.later(9)
    assert slow.word(request_id) == "NEW"
    slow.later(2)
    row = slow.get(f"/services/requests/{request_id}")["status"]
    assert row["status"] == "ACTIVE"
    assert row["startTime"] < row["lastModifiedTime"]
    slow.later(57)
    assert slow.word(request_id) == "ACTIVE"
    slow.later(4)
    assert slow.word(request_id) == "COMPLETED"
    mine = slow.get(f"/services/{LAPTOP}/myrequests")["data"][0]
    assert mine["completeTime"] == mine["lastModifiedTime"] > row["lastModifiedTime"]


def test_a_long_time_at_once(slow: DwpClient) -> None:
    request_id = slow.ordered(LAPTOP)
    slow.later(400)
    assert slow.word(request_id) == "COMPLETED"
    mine = slow.get(f"/services/{LAPTOP}/myrequests")["data"][0]
    assert mine["startTime"][:17] != mine["completeTime"][:17]


def test_in_real_time(dwp: DwpClient) -> None:
    dwp.switch(workflow_start_ms=1, workflow_work_ms=1)
    request_id = dwp.ordered(LAPTOP)
    assert next(word for dummy in range(200) if (word := dwp.word(request_id)) not in ("NEW", "ACTIVE")) == "COMPLETED"


def test_one_that_fails(slow: DwpClient) -> None:
    request_id = slow.ordered(FAX)
    slow.later(11)
    assert slow.word(request_id) == "ACTIVE"
    slow.later(60)
    status = slow.get(f"/services/requests/{request_id}")["status"]
    assert (status["status"], status["statusReason"]) == ("FAILED", "Fulfilment failed: no answer from the provider")


def test_one_that_needs_an_approval(slow: DwpClient) -> None:
    approved, rejected = slow.ordered(RIGHTS), slow.ordered(RIGHTS)
    slow.later(400)
    assert (slow.word(approved), slow.word(rejected)) == ("WAITING_APPROVAL", "WAITING_APPROVAL")
    _move(slow, approved, "APPROVED")
    _move(slow, rejected, "REJECTED", "Not this week")
    assert (slow.word(approved), slow.word(rejected)) == ("ACTIVE", "REJECTED")
    slow.later(61)
    assert (slow.word(approved), slow.word(rejected)) == ("COMPLETED", "REJECTED")
    assert slow.get(f"/services/requests/{rejected}")["status"]["statusReason"] == "Not this week"


def test_one_that_is_moved_by_hand_only(slow: DwpClient) -> None:
    request_id = slow.control("POST", "/dwp/requests", [{"service": MOVE, "status": "NEW"}])["ids"][0]
    ordered = slow.initiate(MOVE)
    slow.switch(missing_answers="accepted")
    slow.post("/orders", {"requests": [{"id": ordered}]})
    slow.later(400)
    assert (slow.word(request_id), slow.word(ordered)) == ("NEW", "NEW")
    for status, word in (("ACTIVE", "ACTIVE"), ("ON_HOLD", "ON_HOLD"), ("COMPLETED", "COMPLETED")):
        _move(slow, ordered, status)
        slow.later(400)
        assert slow.word(ordered) == word


def test_a_control_call_ends_what_the_clock_would_do(slow: DwpClient) -> None:
    request_id = slow.ordered(LAPTOP)
    _move(slow, request_id, "CANCELLED", "By phone")
    slow.later(400)
    assert slow.word(request_id) == "CANCELLED"


def test_the_clock_is_off(dwp: DwpClient) -> None:
    dwp.switch(workflow_start_ms=0)
    request_id = dwp.ordered(LAPTOP)
    dwp.later(400)
    assert dwp.word(request_id) == "NEW"


@pytest.mark.parametrize(
    ("switch", "word", "status"),
    [
        ("active_status", "IN_PROGRESS", "ACTIVE"),
        ("waiting_status", "Waiting Approval", "WAITING"),
        ("cancelled_status", "CANCELED", "CANCELLED"),
    ],
)
def test_words_for_a_status(dwp: DwpClient, switch: str, word: str, status: str) -> None:
    _move(dwp, "40310", status)
    dwp.switch(**{switch: word})
    assert dwp.word("40310") == word


def test_new_requests_in_lists(dwp: DwpClient) -> None:
    dwp.switch(workflow_start_ms=0, new_in_lists="hidden")
    request_id = dwp.ordered(LAPTOP)
    assert request_id not in [row["id"] for row in dwp.get("/services/requests")]
    assert dwp.word(request_id) == "NEW"
    _move(dwp, request_id, "ACTIVE")
    assert request_id in [row["id"] for row in dwp.get("/services/requests")]


def test_a_bundle_follows_its_parts(slow: DwpClient) -> None:
    made = slow.post("/requests", {"serviceversionId": KIT, "excludedServiceversionIds": [BADGE]})
    bundle, parts = made["bundleRequestId"], [entry["requestId"] for entry in made["requests"]]
    slow.post("/orders", {"requests": [{"id": bundle}]})
    assert slow.word(bundle) == "NEW"
    slow.later(11)
    assert {slow.word(row) for row in (bundle, *parts)} == {"ACTIVE"}
    for part in parts[:2]:
        _move(slow, part, "COMPLETED")
    assert slow.word(bundle) == "ACTIVE"
    slow.later(61)
    assert slow.word(bundle) == "COMPLETED"


def test_a_bundle_fails_with_a_part(slow: DwpClient) -> None:
    placed = slow.order(KIT, excludedServiceversionIds=[BADGE, VPN])
    bundle = placed["requestDetails"][0]["id"]
    parts = slow.control("GET", f"/dwp/requests/{bundle}")["parts"]
    slow.later(11)
    _move(slow, parts[0], "FAILED")
    assert slow.word(bundle) == "ACTIVE"
    slow.later(61)
    words = {slow.get(f"/services/requests/{part}")["status"]["serviceversionId"]: slow.word(part) for part in parts}
    assert words == {LAPTOP: "FAILED", MONITOR: "COMPLETED"}
    assert slow.word(bundle) == "FAILED"
