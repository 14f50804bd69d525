# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of the service desk, when answers are lost: each exists once, and nothing is taken for gone that is not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from faults.support.tasks import run
from integration.support.sandbox import SDP_CLIENT_ID, Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record import RECORD
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record_info import RECORD_INFO

Row = dict[str, Any]

HUNDRED = [{"fields": {"title": f"Problem {number:03}", "priority": "Low"}} for number in range(100)]
# How an answer can be lost, and whether the work was done before.
LOST = [
    *((kind, when) for kind in ("drop", "html", "status") for when in ("before", "after")),
    ("truncated_json", "after"),
]
CREATION = {"platform": "sdp", "method": "POST", "path": "/problems$"}


def ensure(sandbox: Sandbox, **options: Any) -> Row:
    """What record comes to, without a login."""
    return run(RECORD, sandbox, **{"access_token": sandbox.sdp_token(), "module": "problems", "settle_timeout": 1.0, **options})


def titles(sandbox: Sandbox) -> Counter[str]:
    return Counter(row["title"] for row in sandbox.state("problems", "sdp") if row["title"].startswith("Problem "))


@pytest.mark.parametrize("fault", ["status", "html"])
def test_gateway_gives_up_after_the_creation_100_times(sandbox: Sandbox, fault: str) -> None:
    sandbox.faults({**CREATION, "kind": fault, "status": 504, "when": "after"})
    result = ensure(sandbox, items=HUNDRED)
    assert result["counts"] == {"created": 100}, result["msg"]
    assert set(titles(sandbox).values()) == {1}
    assert len(titles(sandbox)) == 100
    assert len([call for call in sandbox.calls(method="POST") if call["path"].endswith("/problems")]) == 100
    again = ensure(sandbox, items=HUNDRED)
    assert again["counts"] == {"unchanged": 100}


def test_gateway_gives_up_before_the_creation(sandbox: Sandbox) -> None:
    """The server may still be at work on it: that is an error, and nothing is sent twice."""
    sandbox.faults({**CREATION, "kind": "status", "status": 504, "when": "before", "times": 1})
    result = ensure(sandbox, fields={"title": "Problem 1"}, settle_timeout=0.1)
    assert result["error"]["kind"] == "OutcomeUnknown"
    assert titles(sandbox) == {}
    assert len(sandbox.calls(method="POST")) == 1
    assert ensure(sandbox, fields={"title": "Problem 1"})["counts"] == {"created": 1}


@pytest.mark.parametrize(("kind", "when"), [*LOST, ("reset", "after")])
def test_lost_answer_to_a_creation(sandbox: Sandbox, kind: str, when: str) -> None:
    sandbox.faults({**CREATION, "kind": kind, "when": when, "times": 1, **({"status": 503} if kind == "status" else {})})
    result = ensure(sandbox, items=HUNDRED[:5])
    assert result["counts"] == {"created": 5}, result["msg"]
    assert sorted(titles(sandbox).values()) == [1] * 5


def test_lost_answer_where_nothing_can_be_looked_for(sandbox: Sandbox) -> None:
    sandbox.faults({**CREATION, "kind": "drop", "when": "after", "times": 1})
    result = ensure(sandbox, fields={"title": "Problem 1"}, match_on=[])
    assert result["error"]["kind"] == "OutcomeUnknown"
    assert "match_on" in result["msg"]
    assert titles(sandbox) == {"Problem 1": 1}


@pytest.mark.parametrize(("kind", "when"), LOST)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_lost_answer_to_a_change(sandbox: Sandbox, method: str, kind: str, when: str) -> None:
    ids = sandbox.add_records("problems", {"title": "Problem 1", "priority": {"name": "High"}}, count=1)
    fault = {"platform": "sdp", "method": method, "path": "/problems/", "kind": kind, "when": when, "times": 1}
    sandbox.faults({**fault, **({"status": 504} if kind == "status" else {})})
    state = "present" if method == "PUT" else "absent"
    fields = {"priority": "Low"} if method == "PUT" else None
    result = ensure(sandbox, record_id=ids[0], fields=fields, state=state)
    assert result["counts"] == {"updated" if method == "PUT" else "deleted": 1}, result["msg"]
    rows = [row for row in sandbox.state("problems", "sdp") if row["id"] == ids[0]]
    assert [row["priority"]["name"] for row in rows] == (["Low"] if method == "PUT" else [])
    assert len(sandbox.calls(method=method)) == (1 if when == "after" else 2)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("named_by", [{"fields": {"title": "Problem 1"}}, {"record_id": "987060000009999999"}])
def test_what_cannot_be_read_is_not_absent(sandbox: Sandbox, named_by: Row, status: int) -> None:
    sandbox.faults({"platform": "sdp", "method": "GET", "kind": "status", "status": status})
    result = ensure(sandbox, state="absent", retries=1, **named_by)
    assert result["failed"]
    assert result["counts"] == {"failed": 1}


@pytest.mark.parametrize("auth_failure", ["unauthorised", "invalid_oauthtoken", "4022", "html"])
@pytest.mark.parametrize("named_by", [{"fields": {"title": "Problem 1"}}, {"record_id": "987060000009999999"}])
def test_expired_token_is_no_absent_record(sandbox: Sandbox, named_by: Row, auth_failure: str) -> None:
    sandbox.switches("sdp", auth_failure=auth_failure)
    token = sandbox.sdp_token(seconds=1)
    sandbox.advance(5)
    result = ensure(sandbox, state="absent", access_token=token, **named_by)
    assert result["failed"]
    assert result["counts"] == {"failed": 1}
    assert len(sandbox.calls()) == 1


@pytest.mark.parametrize("named_by", [{"fields": {"title": "Problem 1"}}, {"record_id": "987060000009999999"}])
def test_revoked_refresh_token_is_no_absent_record(sandbox: Sandbox, named_by: Row) -> None:
    sandbox.end_sessions("sdp", kind="all")
    result = ensure(sandbox, state="absent", access_token=None, **named_by)
    assert (result["failed"], result["error"]["kind"]) == (True, "AuthError")
    assert "wrong or revoked" in result["msg"]


def test_token_that_ends_meanwhile_is_renewed_once(sandbox: Sandbox) -> None:
    sandbox.faults({**CREATION, "kind": "latency", "ms": 20})
    first = ensure(sandbox, access_token=None, items=HUNDRED[:10])
    assert first["counts"] == {"created": 10}
    sandbox.faults({"platform": "sdp", "path": "/problems$", "kind": "status", "status": 401, "skip": 3, "times": 1})
    second = ensure(sandbox, access_token=None, items=HUNDRED[:40])
    assert second["counts"] == {"created": 30, "unchanged": 10}
    assert sandbox.sdp_tokens()["logins"] == 3


def test_token_that_is_refused_for_ever_is_not_asked_for_again_and_again(sandbox: Sandbox) -> None:
    sandbox.faults({"platform": "sdp", "path": "/api/v3/", "kind": "status", "status": 401})
    result = ensure(sandbox, access_token=None, items=[*HUNDRED, {"module": "changes", "fields": {"title": "x"}}])
    assert result["error"]["kind"] == "AuthError"
    assert sandbox.sdp_tokens()["logins"] <= 4


def test_missing_scope_is_named_without_another_token(sandbox: Sandbox) -> None:
    token = sandbox.sdp_token(scopes=["SDPOnDemand.problems.READ"])
    result = ensure(sandbox, access_token=token, items=HUNDRED[:10], concurrency=1)
    assert result["counts"] == {"failed": 1, "skipped": 9}
    assert "SDPOnDemand.problems.CREATE (or SDPOnDemand.problems.ALL)" in result["msg"]
    assert sandbox.sdp_tokens()["logins"] == 0


@pytest.mark.parametrize("scopes_told", ["present", "absent"])
def test_scope_that_a_refresh_token_lacks(sandbox: Sandbox, scopes_told: str) -> None:
    sandbox.switches("sdp", token_scope=scopes_told)
    read_only = f"1000.{'5ab0c002' * 4}.{'5ab0c002' * 4}"
    options = {"access_token": None, "refresh_token": read_only, "client_id": SDP_CLIENT_ID}
    result = run(RECORD_INFO, sandbox, module="problems", **options)
    assert "SDPOnDemand.problems.READ" in result["msg"]
    assert sandbox.sdp_tokens()["logins"] == 1


@pytest.mark.parametrize("status", [429, 400])
@pytest.mark.parametrize("retry_after", ["absent", "present"])
def test_limit_of_calls_is_told(sandbox: Sandbox, status: int, retry_after: str) -> None:
    sandbox.switches("sdp", calls_per_minute=5, rate_limit_status=status, retry_after=retry_after)
    result = ensure(sandbox, items=HUNDRED[:20], concurrency=1, deadline=2.0, retries=1)
    assert result["error"]["kind"] == "RateLimited"
    # A pause that the server asks for holds back all calls: then what was made cannot be read back.
    assert result["counts"] in ({"created": 5, "failed": 1, "skipped": 14}, {"failed": 6, "skipped": 14})
    assert [one["changed"] for one in result["results"]] == [True] * 5 + [False] * 15
    waits = "60 seconds" if retry_after == "present" else "seconds" if status == 429 else "some minutes"
    assert waits in result["msg"]


MIXED: tuple[Row, ...] = (
    {"kind": "drop", "probability": 0.08, "when": "before"},
    {"kind": "drop", "probability": 0.08, "when": "after"},
    {"kind": "status", "status": 504, "probability": 0.05, "when": "after"},
    {"kind": "status", "status": 503, "probability": 0.08, "when": "before"},
    {"kind": "truncated_json", "probability": 0.05, "when": "after"},
    {"kind": "html", "probability": 0.03, "when": "after"},
)


def test_hundred_records_through_a_bad_line(sandbox: Sandbox) -> None:
    sandbox.faults(*({**fault, "platform": "sdp", "path": "/api/v3/", "seed": 7 + n} for n, fault in enumerate(MIXED)))
    for dummy in range(6):
        result = ensure(sandbox, items=HUNDRED, retries=10, deadline=60.0)
        if not result.get("failed"):
            break
    assert not result.get("failed"), result["msg"]
    assert set(titles(sandbox).values()) == {1}
    assert len(titles(sandbox)) == 100
