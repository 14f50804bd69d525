# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Comments and attachments with every fault: the declared outcome, the number of calls, and never two of a kind."""

from __future__ import annotations

import pathlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from faults.support.tasks import QUICK, run
from integration.support.dwp import kept_comments, posts
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport import http
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.posts import ROUNDS
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_attachment import REQUEST_ATTACHMENT
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_comment import REQUEST_COMMENT
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import WriteVerb

OK = "ok"
RETRIES = int(QUICK["retries"])
MOVE = "40310"
SLOW = {"timeout": 0.4, "retries": 0}


@dataclass(frozen=True)
class Fault:
    """A fault of the sandbox, and what becomes of a post that it hits once, or each time: OK or the kind of the error.

    The numbers count how often the post is sent.
    """

    name: str
    spec: dict[str, Any]
    once: tuple[str, int]
    always: tuple[str, int]
    options: dict[str, Any] = field(default_factory=dict)


LOST = ((OK, 2), ("OutcomeUnknown", ROUNDS))
DONE = ((OK, 1), (OK, 1))
MAY_STILL_COME = (("OutcomeUnknown", 1), ("OutcomeUnknown", 1))
ENDED = ((OK, 2), ("AuthError", 2))
WAITED = ((OK, 2), ("RateLimited", 1 + RETRIES))


def _refused(kind: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (kind, 1), (kind, 1)


def _status(status: int) -> dict[str, Any]:
    return {"kind": "status", "status": status}


BEFORE = (
    *(Fault(str(status), _status(status), *LOST) for status in (500, 502, 503)),
    *(Fault(str(status), _status(status), *MAY_STILL_COME) for status in (408, 504)),
    Fault("drop", {"kind": "drop"}, *LOST),
    Fault("reset", {"kind": "reset"}, *LOST),
    Fault("page", {"kind": "html", "body": "<html>Out of order</html>"}, *LOST),
    Fault("nothing", {"kind": "empty"}, *_refused("DeskError")),
    Fault("flood", {"kind": "huge", "bytes": 2_000_000}, *LOST),
)
FAULTS = (
    *BEFORE,
    *(Fault(f"{fault.name} after", {**fault.spec, "when": "after"}, *DONE) for fault in BEFORE),
    Fault("400", _status(400), *_refused("ApiError")),
    Fault("401", _status(401), *ENDED),
    Fault("403", _status(403), *_refused("AuthError")),
    Fault("409", _status(409), *_refused("ApiError")),
    Fault("413", _status(413), *_refused("ApiError")),
    Fault("ended", {"kind": "auth"}, *ENDED),
    Fault("sent to sign on", {"kind": "redirect", "location": "/rsso/start"}, *ENDED),
    Fault("sent elsewhere", {"kind": "redirect", "status": 308, "location": "https://a.example/"}, *_refused("ApiError")),
    Fault("429", {"kind": "rate_limit"}, *WAITED),
    Fault("429 number", {"kind": "rate_limit", "retry_after": 0.05}, *WAITED),
    Fault("429 for hours", {"kind": "rate_limit", "retry_after": 7200}, *_refused("RateLimited")),
    Fault("cut", {"kind": "cut"}, *DONE),
    Fault("truncated", {"kind": "truncated_json"}, *DONE),
    Fault("wrong type", {"kind": "wrong_content_type"}, *DONE),
    Fault("slow head", {"kind": "slow_headers", "seconds": 3}, *DONE, SLOW),
    Fault("slow body", {"kind": "slow_body", "seconds": 1}, *DONE, SLOW),
)

each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
each_time = pytest.mark.parametrize("times", [1, None], ids=["once", "always"])
each_verb = pytest.mark.parametrize("verb", [REQUEST_COMMENT, REQUEST_ATTACHMENT], ids=lambda verb: verb.name)


@pytest.fixture(autouse=True)
def _small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1_000_000)


def _own(verb: WriteVerb, folder: pathlib.Path) -> dict[str, Any]:
    """The options of a post."""
    if verb is REQUEST_COMMENT:
        return {"request_id": MOVE, "text": "Hello"}
    path = folder / "offer.txt"
    path.write_text("19 EUR")
    return {"request_id": MOVE, "path": str(path)}


def _check(result: dict[str, Any], wanted: str) -> None:
    assert result.get("failed", False) is (wanted != OK), result.get("msg")
    assert wanted == OK or result["error"]["kind"] == wanted, result["error"]


@each_time
@each_fault
@each_verb
def test_sending(sandbox: Sandbox, tmp_path: pathlib.Path, verb: WriteVerb, fault: Fault, times: int | None) -> None:
    strike = {"platform": "dwp", "method": "POST", "path": "/(activities|attachments)$", **fault.spec}
    sandbox.faults({**strike, **({"times": times} if times else {})})
    result = run(verb, sandbox, **_own(verb, tmp_path), **fault.options)
    wanted, sent = fault.once if times else fault.always
    _check(result, wanted)
    assert len(posts(sandbox.calls())) == sent
    assert len(kept_comments(sandbox, MOVE)) == (wanted == OK)
    assert sandbox.logins() <= 2


@each_fault
@each_verb
def test_reading_first(sandbox: Sandbox, tmp_path: pathlib.Path, verb: WriteVerb, fault: Fault) -> None:
    """Without it nothing is sent."""
    sandbox.faults({"platform": "dwp", "method": "GET", "path": "/activities$", **fault.spec})
    result = run(verb, sandbox, **_own(verb, tmp_path), **fault.options)
    assert result.get("failed", False) is (not posts(sandbox.calls()))
    assert len(kept_comments(sandbox, MOVE)) == len(posts(sandbox.calls()))


@each_fault
@each_verb
def test_reading_back(sandbox: Sandbox, tmp_path: pathlib.Path, verb: WriteVerb, fault: Fault) -> None:
    """It is sent once, and reported as done only if it was seen."""
    sandbox.faults({"platform": "dwp", "method": "GET", "path": "/activities$", "skip": 1, **fault.spec})
    result = run(verb, sandbox, **_own(verb, tmp_path), **fault.options)
    assert len(posts(sandbox.calls())) == len(kept_comments(sandbox, MOVE)) == 1
    assert result["changed"] is not result.get("failed", False)
    if result.get("failed"):
        assert result["error"]["kind"] == "OutcomeUnknown"
        assert "Run the task again" in result["error"]["hint"]


@each_verb
def test_two_hundred_with_faults_on_a_third(sandbox: Sandbox, tmp_path: pathlib.Path, verb: WriteVerb) -> None:
    ids = sandbox.add_each("requests", [{} for dummy in range(100)], platform="dwp")
    mixed = ((_status(503), "before"), (_status(500), "after"), ({"kind": "drop"}, "before"), ({"kind": "drop"}, "after"))
    for number, (spec, when) in enumerate(mixed):
        fault = {"platform": "dwp", "method": "POST", "path": "/(activities|attachments)$", "probability": 0.08, "seed": number}
        sandbox.faults({**fault, "when": when, "times": 16, **spec})
    own = _own(verb, tmp_path)
    changing = "text" if verb is REQUEST_COMMENT else "name"
    items = [{**own, "request_id": number, changing: f"{changing} {count}"} for number in ids for count in (1, 2)]
    result = run(verb, sandbox, items=items, retries=8)
    hit = Counter(call["fault"] for call in posts(sandbox.calls()) if call["fault"])
    assert sum(hit.values()) >= 40, hit
    assert result["counts"] == {"created": 200}, result["msg"]
    for number in ids:
        assert [comment["text"] for comment in kept_comments(sandbox, number)] == [f"{changing} 1", f"{changing} 2"]
    again = run(verb, sandbox, items=items)
    assert again["counts"] == {"unchanged": 200}


def test_a_request_is_gone_when_it_is_written_to(sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    body = {"messageType": "ERROR", "messageNumber": 302, "messageText": "Entry does not exist in database"}
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/activities$", **_status(404), "body": body})
    result = run(REQUEST_COMMENT, sandbox, **_own(REQUEST_COMMENT, tmp_path))
    assert result["error"]["kind"] == "NotFound"
    assert result["msg"].startswith(f"Request {MOVE} does not exist, or the account may not see it")
