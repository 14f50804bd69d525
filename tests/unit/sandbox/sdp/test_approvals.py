# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels and approvals: only one's own can be decided, and only once."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import OVE, OWNER, SdpClient

INGRID = "ingrid.moe@northwind.example"
_FORBIDDEN = (403, 4002, None, "User does not have this permission")


def asked(sdp: SdpClient, subject: str) -> dict[str, list[tuple[str, str, str]]]:
    """By level: path, approver and status of each approval of a request."""
    path = f"/requests/{sdp.id_of(subject)}/approval_levels"
    levels = sorted(sdp.rows(path), key=lambda level: int(level["level"]))
    return {
        level["level"]: [
            (f"{path}/{level['id']}/approvals/{row['id']}", row["approver"]["email_id"], row["status"]["name"])
            for row in sdp.rows(f"{path}/{level['id']}/approvals", sort_field="id")
        ]
        for level in levels
    }


def words(sdp: SdpClient, subject: str) -> list[list[str]]:
    return [[word for _path, _who, word in approvals] for approvals in asked(sdp, subject).values()]


def approval_of(sdp: SdpClient, subject: str) -> Any:
    status = sdp.get(f"/requests/{sdp.id_of(subject)}")["approval_status"]
    return status and status["name"]


def test_pending_for_the_caller(sdp: SdpClient) -> None:
    criteria = {"field": "approval_status.name", "condition": "is", "value": "Pending Approval"}
    subjects = [row["subject"] for row in sdp.rows("/requests", search_criteria=criteria)]
    mine = [
        subject
        for subject in subjects
        for rows in asked(sdp, subject).values()
        if (OWNER, "Pending Approval") in [r[1:] for r in rows]
    ]
    assert len(mine) >= 7


def test_approving(sdp: SdpClient) -> None:
    subject = "Laptop for the trade fair"
    ((path, approver, word),) = asked(sdp, subject)["1"]
    assert (approver, word) == (OWNER, "Pending Approval")
    before = sdp.get(path)
    assert (before["comments"], before["action_taken_on"], before["approval_level"]["level"]) == (None, None, "1")
    assert before["sent_on"]["value"]
    approval = sdp.put(f"{path}/_approve", {"approval": {"comments": "CAB 2026-11-20"}})
    assert sdp.last_call()["committed"]
    assert (approval["status"]["name"], approval["comments"]) == ("Approved", "CAB 2026-11-20")
    assert approval["action_taken_on"]["value"]
    assert sdp.get(path) == approval
    assert (words(sdp, subject), approval_of(sdp, subject)) == ([["Approved"]], "Approved")
    level = sdp.get(path.rpartition("/approvals/")[0])
    assert (level["status"]["name"], level["associated_entity"]) == ("Approved", "request")


def test_rejecting(sdp: SdpClient) -> None:
    subject = "Laptop for the trade fair"
    ((path, *_rest),) = asked(sdp, subject)["1"]
    assert sdp.put(f"{path}/_reject")["status"]["name"] == "Rejected"
    request = sdp.get(f"/requests/{sdp.id_of(subject)}")
    assert (request["approval_status"]["name"], request["status"]["name"]) == ("Rejected", "Open")


def test_a_rejected_request_may_be_closed(sdp: SdpClient) -> None:
    sdp.switch(rejected_request="closed")
    subject = "Laptop for the trade fair"
    ((path, *_rest),) = asked(sdp, subject)["1"]
    sdp.put(f"{path}/_reject", {"approval": {"comments": "no"}})
    request = sdp.get(f"/requests/{sdp.id_of(subject)}")
    assert (request["status"]["name"], request["completed_by_denial"]) == ("Closed", True)


def test_only_ones_own(sdp: SdpClient) -> None:
    ((path, *_rest),) = asked(sdp, "Laptop for the trade fair")["1"]
    ove = sdp.as_user(OVE)
    for action in ("_approve", "_reject"):
        assert ove.failure("PUT", f"{path}/{action}", {"approval": {}}) == _FORBIDDEN
    assert not sdp.last_call()["committed"]
    assert sdp.get(path)["status"]["name"] == "Pending Approval"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("4001", (400, 4001, None, "Approval action is already taken")), ("4002", _FORBIDDEN)],
)
def test_deciding_again_is_an_error(sdp: SdpClient, answer: str, expected: tuple[Any, ...]) -> None:
    ((path, *_rest),) = asked(sdp, "Laptop for the trade fair")["1"]
    sdp.put(f"{path}/_approve")
    sdp.switch(decided_again=answer)
    for action in ("_approve", "_reject"):
        assert sdp.failure("PUT", f"{path}/{action}") == expected


@pytest.mark.parametrize(("answer", "word"), [("unchanged", "Approved"), ("takes_effect", "Rejected")])
def test_deciding_again_may_do(sdp: SdpClient, answer: str, word: str) -> None:
    ((path, *_rest),) = asked(sdp, "Laptop for the trade fair")["1"]
    sdp.put(f"{path}/_approve")
    sdp.switch(decided_again=answer)
    assert sdp.put(f"{path}/_reject")["status"]["name"] == word
    assert sdp.last_call()["committed"] == (answer == "takes_effect")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"comments": "x" * 251}, "comments"), ({"comments": 1}, "comments"), ({"status": {"name": "Approved"}}, "status")],
)
def test_senseless_decisions(sdp: SdpClient, given: dict[str, Any], field: str) -> None:
    ((path, *_rest),) = asked(sdp, "Laptop for the trade fair")["1"]
    assert sdp.failure("PUT", f"{path}/_approve", {"approval": given})[2] == field
    assert sdp.get(path)["status"]["name"] == "Pending Approval"


def test_two_levels(sdp: SdpClient) -> None:
    subject = "Administrator rights for label printing"
    assert words(sdp, subject) == [["Pending Approval"], ["To Be Sent"]]
    levels = asked(sdp, subject)
    assert sdp.failure("PUT", f"{levels['2'][0][0]}/_approve")[3] == "Recommendation mail is not yet sent"
    sdp.as_user(OVE).put(f"{levels['1'][0][0]}/_approve")
    assert (words(sdp, subject), approval_of(sdp, subject)) == ([["Approved"], ["Pending Approval"]], "Pending Approval")
    sdp.put(f"{levels['2'][0][0]}/_approve")
    assert (words(sdp, subject), approval_of(sdp, subject)) == ([["Approved"], ["Approved"]], "Approved")


@pytest.mark.parametrize(
    ("rule", "first", "word"),
    [
        ("everyone", "_approve", "Pending Approval"),
        ("everyone", "_reject", "Rejected"),
        ("anyone", "_approve", "Approved"),
        ("anyone", "_reject", "Pending Approval"),
        ("first_response", "_approve", "Approved"),
        ("first_response", "_reject", "Rejected"),
    ],
)
def test_rules_of_a_level(sdp: SdpClient, rule: str, first: str, word: str) -> None:
    sdp.switch(approval_rule=rule)
    order = {"template": {"subject": "Two are asked", "approvers": [[OWNER, OVE]]}}
    sdp.control("POST", "/sdp/requests", order)
    (mine, theirs) = asked(sdp, "Two are asked")["1"]
    sdp.put(f"{mine[0]}/{first}")
    assert approval_of(sdp, "Two are asked") == word
    if word == "Pending Approval":
        sdp.as_user(OVE).put(f"{theirs[0]}/{first}")
        assert approval_of(sdp, "Two are asked") == {"_approve": "Approved", "_reject": "Rejected"}[first]


def test_adding_levels_and_approvals(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.add_request('To be approved')}/approval_levels"
    level = sdp.post(path, {"approval_level": {"level": 4}})
    assert (level["level"], level["status"]["name"], level["created_by"]["email_id"]) == ("4", "To Be Sent", OWNER)
    assert sdp.failure("POST", path, {"approval_level": {"level": 4}}) == (400, 4008, "level", None)
    assert sdp.failure("POST", path, {"approval_level": {"level": 6}})[:3] == (400, 4001, "level")
    assert sdp.failure("POST", path, {"approval_level": {}}) == (400, 4012, ["level"], None)
    one = f"{path}/{level['id']}"
    assert sdp.failure("POST", f"{one}/approvals", {"approval": {"approver": {"email_id": "x@y.example"}}})[2] == "approver"
    approval = sdp.post(f"{one}/approvals", {"approval": {"approver": {"email_id": OWNER.upper()}}})
    assert (approval["approver"]["email_id"], approval["status"]["name"]) == (OWNER, "Pending Approval")
    assert approval_of(sdp, "To be approved") == "Pending Approval"
    assert [row["id"] for row in sdp.rows(f"{one}/approvals")] == [approval["id"]]
    assert sdp.good("DELETE", f"{one}/approvals/{approval['id']}")
    assert sdp.failure("GET", f"{one}/approvals/{approval['id']}")[:2] == (404, 4007)
    assert sdp.good("DELETE", one)
    assert sdp.rows(path) == []
    assert sdp.failure("PUT", one, {"approval_level": {"level": 2}})[0] == 405


def test_the_mail_may_have_to_be_sent_first(sdp: SdpClient) -> None:
    sdp.switch(new_approval="To Be Sent")
    path = f"/requests/{sdp.add_request('To be approved')}/approval_levels"
    one = f"{path}/{sdp.post(path, {'approval_level': {'level': 1}})['id']}/approvals"
    approval = f"{one}/{sdp.post(one, {'approval': {'approver': {'email_id': OWNER}}})['id']}"
    assert sdp.failure("PUT", f"{approval}/_approve")[3] == "Recommendation mail is not yet sent"
    sdp.good("PUT", f"{approval}/_send_notification", {"approval": {}})
    assert sdp.put(f"{approval}/_approve")["status"]["name"] == "Approved"


@pytest.mark.parametrize(
    ("path", "title"), [("/changes", "Cumulative update of NW-SRV-SQL01"), ("/purchase_orders", "Ten laptops for Q3")]
)
def test_other_modules(sdp: SdpClient, path: str, title: str) -> None:
    record = f"{path}/{sdp.id_of(title, path, 'title' if path == '/changes' else 'name')}"
    (level,) = sdp.rows(f"{record}/approval_levels")
    below = f"{record}/approval_levels/{level['id']}/approvals"
    (approval,) = sdp.rows(below)
    assert sdp.get(record)["approval_status"]["name"] == "Pending Approval"
    assert sdp.put(f"{below}/{approval['id']}/_reject")["status"]["name"] == "Rejected"
    assert sdp.get(record)["approval_status"]["name"] == "Rejected"


def test_approvals_by_control(sdp: SdpClient) -> None:
    request_id = sdp.add_request("Asked by control")
    made = sdp.control("POST", f"/sdp/approvals/requests/{request_id}", {"approver": INGRID})
    sdp.control("POST", f"/sdp/approvals/requests/{request_id}", {"level": 2})
    assert words(sdp, "Asked by control") == [["Pending Approval"], ["To Be Sent"]]
    state = sdp.control(
        "PUT", f"/sdp/approvals/requests/{request_id}", {"approver": INGRID, "decision": "Approved", "comments": "ok"}
    )
    assert state["below"]["approval_levels"][0]["below"]["approvals"][0]["comments"] == "ok"
    assert words(sdp, "Asked by control") == [["Approved"], ["Pending Approval"]]
    everything = sdp.control("GET", "/sdp/approvals")
    row = next(row for row in everything if row["id"] == made["id"])
    assert (row["module"], row["record_id"], row["level_id"]) == ("requests", request_id, made["level_id"])
    url = f"{sdp.url}/_sandbox/sdp/approvals/requests/{request_id}"
    assert sdp.session.put(url, json={"approver": OVE, "decision": "Approved"}, timeout=5).status_code == 400
    assert sdp.session.post(url, json={"approver": "x@y.example"}, timeout=5).status_code == 400
    assert sdp.session.post(url, json={"status": "nonsense"}, timeout=5).status_code == 422
