# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests of the service desk, when answers are lost: each exists once, and nothing is taken for gone that is not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from faults.support.tasks import Told, run
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_approve import REQUEST_APPROVE
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_attachment import REQUEST_ATTACHMENT
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_comment import REQUEST_COMMENT
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.service_request import SERVICE_REQUEST

Row = dict[str, Any]

HUNDRED = [{"subject": f"Desk {number:03}", "requested_for": ["maja.lind@northwind.example"]} for number in range(100)]
ONE = HUNDRED[0]
# How an answer can be lost, and whether the work was done before.
LOST = [
    *((kind, when) for kind in ("drop", "reset", "status", "html") for when in ("before", "after")),
    ("truncated_json", "after"),
]
CREATION = {"platform": "sdp", "method": "POST", "path": "/requests$"}
MIXED: tuple[Row, ...] = (
    {"kind": "drop", "probability": 0.06, "when": "before"},
    {"kind": "drop", "probability": 0.06, "when": "after"},
    {"kind": "reset", "probability": 0.03, "when": "after"},
    {"kind": "status", "status": 504, "probability": 0.05, "when": "after"},
    {"kind": "status", "status": 503, "probability": 0.07, "when": "before"},
    {"kind": "truncated_json", "probability": 0.04, "when": "after"},
    {"kind": "html", "probability": 0.02, "when": "after"},
)


def ensure(sandbox: Sandbox, verb: Any = SERVICE_REQUEST, **options: Any) -> Row:
    """What a task comes to, without a login."""
    quick = {"settle_timeout": 0.3} if any(option.name == "settle_timeout" for option in verb.options) else {}
    if "items" in options:
        options["items"] = [_whole(verb, item) for item in options["items"]]
    login = {"platform": "sdp_cloud", "access_token": sandbox.sdp_token(), "told": Told()}
    return run(verb, sandbox, **{**login, **quick, **options})


def _whole(verb: Any, item: Row) -> Row:
    """An item as the argument spec makes it: options that were left out are there, without a value."""
    return {**{option.name: None for option in verb.options}, **item}


def desks(sandbox: Sandbox) -> Counter[str]:
    return Counter(row["subject"] for row in sandbox.state("requests", "sdp") if row["subject"].startswith("Desk "))


def add(sandbox: Sandbox, **more: Any) -> str:
    (request_id,) = sandbox.add_records("requests", {"subject": "Desk 000", "priority": {"name": "High"}, **more})
    return request_id


@pytest.mark.parametrize("fault", ["status", "html"])
def test_gateway_gives_up_after_the_creation_100_times(sandbox: Sandbox, fault: str) -> None:
    sandbox.faults({**CREATION, "kind": fault, "status": 504, "when": "after"})
    result = ensure(sandbox, items=HUNDRED)
    assert result["counts"] == {"created": 100}, result["msg"]
    assert len(desks(sandbox)) == 100
    assert set(desks(sandbox).values()) == {1}
    assert len([call for call in sandbox.calls(method="POST") if call["path"].endswith("/requests")]) == 100
    assert ensure(sandbox, items=HUNDRED)["counts"] == {"unchanged": 100}


def test_gateway_gives_up_before_the_creation(sandbox: Sandbox) -> None:
    """The server may still be at work on it: that is an error, and nothing is sent twice."""
    sandbox.faults({**CREATION, "kind": "status", "status": 504, "when": "before", "times": 1})
    result = ensure(sandbox, **ONE)
    assert result["error"]["kind"] == "OutcomeUnknown"
    assert desks(sandbox) == {}
    assert len(sandbox.calls(method="POST")) == 1
    assert ensure(sandbox, **ONE)["counts"] == {"created": 1}


@pytest.mark.parametrize(("kind", "when"), LOST)
def test_lost_answer_to_a_creation(sandbox: Sandbox, kind: str, when: str) -> None:
    sandbox.faults({**CREATION, "kind": kind, "when": when, "times": 1, **({"status": 503} if kind == "status" else {})})
    result = ensure(sandbox, items=HUNDRED[:5])
    assert result["counts"] == {"created": 5}, result["msg"]
    assert sorted(desks(sandbox).values()) == [1] * 5


@pytest.mark.parametrize("more", [{"key": "K-1", "key_field": "udf_fields.udf_char1"}, {"fields": {"status": "Resolved"}}])
def test_lost_answer_to_what_is_found_in_another_way(sandbox: Sandbox, more: Row) -> None:
    add(sandbox, status={"name": "Closed"})
    sandbox.faults({**CREATION, "kind": "drop", "when": "after", "times": 1})
    assert ensure(sandbox, subject="Desk 001", **more)["counts"] == {"created": 1}
    assert desks(sandbox) == {"Desk 000": 1, "Desk 001": 1}


def test_new_request_that_shows_up_late(sandbox: Sandbox) -> None:
    sandbox.switches("sdp", index_lag_ms=400)
    sandbox.faults({**CREATION, "kind": "drop", "when": "after", "times": 1})
    result = ensure(sandbox, **ONE, settle_timeout=3.0)
    assert result["counts"] == {"created": 1}, result["msg"]
    assert desks(sandbox) == {"Desk 000": 1}


def test_lost_answer_where_nothing_can_be_looked_for(sandbox: Sandbox) -> None:
    sandbox.faults({**CREATION, "kind": "drop", "when": "after", "times": 1})
    result = ensure(sandbox, **ONE, match_on=[])
    assert result["error"]["kind"] == "OutcomeUnknown"
    assert "match_on" in result["msg"]
    assert desks(sandbox) == {"Desk 000": 1}


@pytest.mark.parametrize(("kind", "when"), LOST)
@pytest.mark.parametrize("state", ["present", "closed", "absent"])
def test_lost_answer_to_a_change(sandbox: Sandbox, state: str, kind: str, when: str) -> None:
    request_id = add(sandbox)
    method = "DELETE" if state == "absent" else "PUT"
    fault = {"platform": "sdp", "method": method, "path": "/requests/", "kind": kind, "when": when, "times": 1}
    sandbox.faults({**fault, **({"status": 504} if kind == "status" else {})})
    fields = {"priority": "Low"} if state == "present" else None
    result = ensure(sandbox, request_id=request_id, fields=fields, state=state)
    outcome = {"present": "updated", "closed": "closed", "absent": "deleted"}[state]
    assert result["counts"] == {outcome: 1}, result["msg"]
    assert result["changed"]
    (row,) = (row for row in sandbox.state("requests", "sdp") if row["id"] == request_id)
    assert (row["priority"]["name"], row["status"]["name"], row["is_trashed"]) == (
        "Low" if state == "present" else "High",
        "Closed" if state == "closed" else "Open",
        state == "absent",
    )


@pytest.mark.parametrize("verb", [REQUEST_COMMENT, REQUEST_ATTACHMENT, REQUEST_APPROVE], ids=lambda verb: str(verb.name))
@pytest.mark.parametrize(("kind", "when"), LOST)
def test_lost_answer_to_a_post_or_a_decision(sandbox: Sandbox, tmp_path: Any, verb: Any, kind: str, when: str) -> None:
    request_id = add(sandbox, approvers=["automation@northwind.example"])
    file = tmp_path / "plan.csv"
    file.write_text("a;b")
    more: dict[str, Row] = {
        "request_comment": {"text": "Done"},
        "request_attachment": {"path": str(file)},
        "request_approve": {"state": "approved"},
    }
    method = "PUT" if verb is REQUEST_APPROVE else "POST"
    fault = {"platform": "sdp", "method": method, "path": "/api/v3/requests/", "kind": kind, "when": when, "times": 1}
    sandbox.faults({**fault, **({"status": 503} if kind == "status" else {})})
    result = ensure(sandbox, verb, request_id=request_id, **more[verb.name])
    assert result["counts"] == {"approved" if verb is REQUEST_APPROVE else "created": 1}, result["msg"]
    (row,) = (row for row in sandbox.state("requests", "sdp") if row["id"] == request_id)
    there = {"request_comment": row["below"].get("notes"), "request_attachment": row["attachments"]}
    assert len(there.get(verb.name, [1]) or ()) == 1
    assert ensure(sandbox, verb, request_id=request_id, **more[verb.name])["counts"] == {"unchanged": 1}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("named_by", [ONE, {"request_id": "987060000009999999"}], ids=["subject", "id"])
def test_what_cannot_be_read_is_not_absent(sandbox: Sandbox, named_by: Row, status: int) -> None:
    sandbox.faults({"platform": "sdp", "method": "GET", "kind": "status", "status": status})
    result = ensure(sandbox, state="absent", retries=1, **named_by)
    assert result["failed"]
    assert result["counts"] == {"failed": 1}


@pytest.mark.parametrize("auth_failure", ["unauthorised", "invalid_oauthtoken", "4022", "html"])
@pytest.mark.parametrize("named_by", [ONE, {"request_id": "987060000009999999"}], ids=["subject", "id"])
def test_expired_token_is_no_absent_request(sandbox: Sandbox, named_by: Row, auth_failure: str) -> None:
    sandbox.switches("sdp", auth_failure=auth_failure)
    token = sandbox.sdp_token(seconds=1)
    sandbox.advance(5)
    result = ensure(sandbox, state="absent", access_token=token, **named_by)
    assert result["counts"] == {"failed": 1}
    assert len(sandbox.calls()) == 1


@pytest.mark.parametrize("seed", range(3))
def test_hundred_requests_through_a_bad_line(sandbox: Sandbox, seed: int) -> None:
    faults = [{**fault, "platform": "sdp", "path": "/api/v3/", "seed": 50 * seed + n} for n, fault in enumerate(MIXED)]
    sandbox.faults(*faults)
    for dummy in range(8):
        result = ensure(sandbox, items=HUNDRED, retries=12, deadline=60.0)
        if not result.get("failed"):
            break
    calls = sandbox.calls(path="/api/v3/")
    assert not result.get("failed"), result["msg"]
    assert sum(call["fault"] is not None for call in calls) >= 0.25 * len(calls)
    assert len(desks(sandbox)) == 100
    assert set(desks(sandbox).values()) == {1}
