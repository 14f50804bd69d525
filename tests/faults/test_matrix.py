# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every verb with every fault: the declared outcome, the server's state, and the number of calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from faults.support.tasks import QUICK, run
from integration.support.sandbox import ROOT, Sandbox, writes

from ansible_collections.deskops.itsm.plugins.module_utils.transport import http
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.auditlog_info import AUDITLOG_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.computer_info import COMPUTER_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.event_info import EVENT_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_approve import REQUEST_APPROVE, ROUNDS
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO

OK = "ok"
RETRIES = int(QUICK["retries"])


@dataclass(frozen=True)
class Outcome:
    """What becomes of a call that a fault hits once, and of one that it hits each time: OK or the kind of the error.

    The numbers count the calls of this kind that reach the server. C(decides) says whether a decision has taken effect in
    the end although the fault hit each call.
    """

    once: str
    once_calls: int
    always: str
    always_calls: int
    decides: bool = False


# Reads.
RETRIED = Outcome(OK, 2, "ApiError", 1 + RETRIES)
PASSES = Outcome(OK, 1, OK, 1)


def stops_read(kind: str) -> Outcome:
    return Outcome(kind, 1, kind, 1)


# Decisions. One whose answer is lost is looked up, and made again only if it did not take.
LOST_BEFORE = Outcome(OK, 2, "OutcomeUnknown", ROUNDS)
LOST_AFTER = Outcome(OK, 1, OK, 1, decides=True)
WAITED = Outcome(OK, 2, "RateLimited", 1 + RETRIES)
# The server says that it is done, but it is not: more of the same would not help.
UNTRUE = Outcome("DeskError", 1, "DeskError", 1)


@dataclass(frozen=True)
class Fault:
    """A fault of the sandbox, and what it does to reads and to decisions."""

    name: str
    spec: dict[str, Any]
    read: Outcome
    decision: Outcome
    options: dict[str, Any] = field(default_factory=dict)


def _status(status: int, read: Outcome, decision: Outcome, **more: Any) -> Fault:
    return Fault(str(status), {"kind": "status", "status": status, **more}, read, decision)


def _refused(status: int, kind: str) -> Fault:
    return _status(status, stops_read(kind), stops_read(kind))


def _after(fault: Fault) -> Fault:
    """The same fault behind a decision that took effect."""
    return Fault(f"{fault.name} after", {**fault.spec, "when": "after"}, fault.read, LOST_AFTER, fault.options)


SLOW = {"timeout": 0.4, "retries": 0}
SERVER_FAULTS = (
    _status(500, stops_read("ApiError"), LOST_BEFORE),
    *(_status(status, RETRIED, LOST_BEFORE) for status in (502, 503, 504)),
    Fault("drop", {"kind": "drop"}, RETRIED, LOST_BEFORE),
    Fault("reset", {"kind": "reset"}, RETRIED, LOST_BEFORE),
    Fault("html", {"kind": "html"}, stops_read("ApiError"), LOST_BEFORE),
    Fault("empty", {"kind": "empty"}, RETRIED, UNTRUE),
)
FAULTS = (
    *SERVER_FAULTS,
    *map(_after, SERVER_FAULTS),
    _refused(400, "ApiError"),
    _refused(401, "AuthError"),
    _refused(403, "AuthError"),
    _refused(404, "NotFound"),
    _refused(409, "ApiError"),
    Fault("invalid key", {"kind": "auth"}, stops_read("AuthError"), stops_read("AuthError")),
    _status(408, RETRIED, LOST_BEFORE),
    Fault("429", {"kind": "rate_limit"}, Outcome(OK, 2, "RateLimited", 3), WAITED),
    Fault("429 number", {"kind": "rate_limit", "retry_after": 0.05}, Outcome(OK, 2, "RateLimited", 3), WAITED),
    Fault(
        "429 date over",
        {"kind": "rate_limit", "retry_after": "http-date", "seconds": 0},
        Outcome(OK, 2, "RateLimited", 3),
        WAITED,
    ),
    Fault(
        "429 for hours",
        {"kind": "rate_limit", "retry_after": 7200},
        stops_read("RateLimited"),
        stops_read("RateLimited"),
    ),
    Fault("cut", {"kind": "cut"}, RETRIED, LOST_AFTER),
    Fault("cut at once", {"kind": "cut", "after_bytes": 0}, RETRIED, LOST_AFTER),
    Fault("truncated", {"kind": "truncated_json"}, RETRIED, LOST_AFTER),
    Fault("wrong type", {"kind": "wrong_content_type"}, PASSES, LOST_AFTER),
    Fault("slow head", {"kind": "slow_headers", "seconds": 6}, stops_read("ApiError"), LOST_AFTER, SLOW),
    Fault("slow body", {"kind": "slow_body", "seconds": 1}, stops_read("ApiError"), LOST_AFTER, SLOW),
    Fault("sign-on page", {"kind": "redirect", "location": "/login"}, stops_read("NotFound"), LOST_BEFORE),
    Fault(
        "moved",
        {"kind": "redirect", "status": 308, "location": "https://elsewhere.example/"},
        stops_read("ApiError"),
        stops_read("ApiError"),
    ),
    Fault("flood", {"kind": "huge", "bytes": 2_000_000}, stops_read("ApiError"), LOST_BEFORE),
)
READS = {
    "request_info": (REQUEST_INFO, {}),
    "auditlog_info": (AUDITLOG_INFO, {"days": 3650}),
    "event_info": (EVENT_INFO, {"days": 3650}),
    "computer_info": (COMPUTER_INFO, {}),
}
METHODS = {"approved": "PUT", "denied": "DELETE"}
DECIDED = {"approved": {"Open"}, "denied": {"Denied"}, "pending": {"Pending"}}

each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
each_state = pytest.mark.parametrize("state", METHODS)
each_time = pytest.mark.parametrize("times", [1, None], ids=["once", "always"])


@pytest.fixture(autouse=True)
def _small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1_000_000)


# The faults of the other verbs have files of their own, since what a lost answer leaves behind is another matter for each.
ELSEWHERE = {
    "access_token": "integration/test_sdp_token.py",
    "catalog_export": "integration/test_catalog_export.py",
    "catalog_import": "integration/test_catalog_import.py",
    "catalog_info": "faults/test_reads.py",
    "record": "faults/test_records.py",
    "record_info": "faults/test_reads.py",
    "request_attachment": "faults/test_posts.py",
    "request_comment": "faults/test_posts.py",
    "review": "integration/test_review.py",
    "review_info": "faults/test_reads.py",
    "service_request": "faults/test_orders.py",
}


def test_no_verb_is_left_out() -> None:
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")} - {"__init__"}
    assert {REQUEST_APPROVE.name, *READS, *ELSEWHERE} == modules
    for name, file in ELSEWHERE.items():
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert name in text.lower()
        assert "faults(" in text


def strike(sandbox: Sandbox, fault: Fault, method: str, times: int | None, skip: int = 0) -> None:
    sandbox.faults({**fault.spec, "method": method, "skip": skip, **({"times": times} if times else {})})


def check_outcome(result: dict[str, Any], wanted: str) -> None:
    assert result.get("failed", False) is (wanted != OK), result.get("msg")
    if wanted != OK:
        error = result["error"]
        assert error["kind"] == wanted, error
        assert error["hint"] or (error["status"] in (400, 409) and "status" in error), error


@each_time
@each_fault
@pytest.mark.parametrize("name", READS)
def test_read(sandbox: Sandbox, name: str, fault: Fault, times: int | None) -> None:
    verb, options = READS[name]
    strike(sandbox, fault, "GET", times)
    result = run(verb, sandbox, **options, **fault.options)
    outcome, calls = (fault.read.once, fault.read.once_calls) if times else (fault.read.always, fault.read.always_calls)
    check_outcome(result, outcome)
    assert bool(result.get("records")) is (outcome == OK)
    assert len(sandbox.calls()) == calls


@each_time
@each_state
@each_fault
def test_decision(sandbox: Sandbox, fault: Fault, state: str, times: int | None) -> None:
    """The fault hits the decision itself."""
    [request_id] = sandbox.add_requests(1)
    strike(sandbox, fault, METHODS[state], times)
    result = run(REQUEST_APPROVE, sandbox, request_id=str(request_id), state=state, **fault.options)
    expected = fault.decision
    outcome, calls = (expected.once, expected.once_calls) if times else (expected.always, expected.always_calls)
    check_outcome(result, outcome)
    made = writes(sandbox.calls())
    assert len(made) == calls
    assert sum(call["committed"] for call in made) == (outcome == OK)
    assert sandbox.request(request_id)["status"] in DECIDED[state if outcome == OK else "pending"]
    assert result["changed"] is (outcome == OK)
    assert result["counts"] == ({state: 1} if outcome == OK else {"failed": 1})


@each_state
@each_fault
def test_reading_first(sandbox: Sandbox, fault: Fault, state: str) -> None:
    """The fault hits the reading before the decision: without it nothing is decided."""
    [request_id] = sandbox.add_requests(1)
    strike(sandbox, fault, "GET", None)
    result = run(REQUEST_APPROVE, sandbox, request_id=str(request_id), state=state, **fault.options)
    check_outcome(result, fault.read.always)
    assert sandbox.request(request_id)["status"] in DECIDED[state if fault.read.always == OK else "pending"]
    assert len(sandbox.writes()) == (fault.read.always == OK)


@each_state
@each_fault
def test_reading_back(sandbox: Sandbox, fault: Fault, state: str) -> None:
    """The fault hits the reading after the decision: it is made once, and not reported as done."""
    [request_id] = sandbox.add_requests(1)
    strike(sandbox, fault, "GET", None, skip=1)
    result = run(REQUEST_APPROVE, sandbox, request_id=str(request_id), state=state, **fault.options)
    # A decided request may have left the list (the API's document does not say): that it is gone is an error of its own.
    wanted = {OK: OK, "NotFound": "DeskError"}.get(fault.read.always, "OutcomeUnknown")
    check_outcome(result, wanted)
    assert sandbox.request(request_id)["status"] in DECIDED[state]
    assert len(sandbox.writes()) == 1
