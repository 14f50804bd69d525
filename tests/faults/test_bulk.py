# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A queue of a thousand, with faults, and with an end in the middle."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from faults.support.tasks import run
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_approve import REQUEST_APPROVE

# Each kind hits 6 of 100 decisions, and 60 in all; the third column says whether the decision takes effect.
MIXED = (
    ({"kind": "status", "status": 503}, "before"),
    ({"kind": "status", "status": 500}, "after"),
    ({"kind": "drop"}, "before"),
    ({"kind": "drop"}, "after"),
    ({"kind": "reset"}, "before"),
)
FIRED = 60
CONCURRENCY = 8


def items_of(ids: list[int]) -> list[dict[str, Any]]:
    return [{"request_id": str(request_id), "state": ("approved", "denied")[number % 2]} for number, request_id in enumerate(ids)]


def test_a_thousand_decisions_with_faults(sandbox: Sandbox) -> None:
    ids = sandbox.add_requests(1000)
    items = items_of(ids)
    random.Random(7).shuffle(items)
    for number, (spec, when) in enumerate(MIXED):
        for method in ("PUT", "DELETE"):
            fault = {"probability": 0.065, "seed": number, "times": FIRED // 2, "method": method, "when": when, **spec}
            sandbox.faults(fault)
    sandbox.faults(
        {"kind": "latency", "ms": 20, "probability": 0.1, "seed": 5},
        {"kind": "status", "status": 503, "method": "GET", "probability": 0.3, "seed": 6},
    )
    result = run(REQUEST_APPROVE, sandbox, items=items, concurrency=CONCURRENCY, retries=8)
    assert not result.get("failed"), result["msg"]
    assert result["counts"] == {"approved": 500, "denied": 500}
    assert [(row["request_id"], row["outcome"]) for row in result["results"]] == [
        (item["request_id"], item["state"]) for item in items
    ]
    rows = {row["id"]: row["status"] for row in sandbox.state("requests")}
    assert {rows[int(item["request_id"])] for item in items if item["state"] == "approved"} == {"Open"}
    assert {rows[int(item["request_id"])] for item in items if item["state"] == "denied"} == {"Denied"}
    writes = sandbox.writes()
    committed = Counter(call["path"] for call in writes if call["committed"])
    assert len(committed) == 1000
    assert set(committed.values()) == {1}
    hit = Counter(call["fault"].removeprefix("latency+") for call in writes if call["fault"] not in (None, "latency"))
    assert sum(hit.values()) > 200
    # Only what did not arrive was sent again.
    assert len(writes) == 1000 + sum(not call["committed"] for call in writes)
    print(f"{len(writes)} writes, {len(sandbox.calls()) - len(writes)} reads, faults: {dict(hit)}")


def test_a_key_that_is_refused_in_the_middle(sandbox: Sandbox) -> None:
    """No further call with it: platforms lock out those who go on."""
    ids = sandbox.add_requests(200)
    sandbox.faults({"kind": "auth", "skip": 60})
    result = run(REQUEST_APPROVE, sandbox, items=items_of(ids), concurrency=CONCURRENCY)
    refused = [call for call in sandbox.calls() if call["fault"]]
    # One of each thread that was under way, and the reading back.
    assert len(refused) <= CONCURRENCY + 1
    assert result["failed"]
    assert result["counts"]["skipped"] >= 200 - 60 - CONCURRENCY
    kinds = Counter(row["error"]["kind"] for row in result["results"])
    assert set(kinds) == {"AuthError", "NotTried", "OutcomeUnknown"}
    assert kinds["NotTried"] == result["counts"]["skipped"]
    assert "Invalid API key" in result["msg"]
    decided = {row["id"] for row in sandbox.state("requests") if row["id"] in ids and row["status"] in ("Open", "Denied")}
    reported = {int(row["request_id"]) for row in result["results"] if row["error"]["kind"] == "OutcomeUnknown"}
    assert decided == reported


def test_a_quota_that_ends_in_the_middle(sandbox: Sandbox) -> None:
    ids = sandbox.add_requests(200)
    sandbox.faults({"kind": "rate_limit", "retry_after": 3600, "skip": 60})
    result = run(REQUEST_APPROVE, sandbox, items=items_of(ids), concurrency=CONCURRENCY)
    assert len([call for call in sandbox.calls() if call["fault"]]) <= CONCURRENCY
    limited = [row["error"] for row in result["results"] if row["error"]["kind"] == "RateLimited"]
    assert 1 <= len(limited) <= CONCURRENCY
    assert "Try again in 3600 seconds" in limited[0]["hint"] or "Try again in 3599 seconds" in limited[0]["hint"]
    assert result["counts"]["skipped"] >= 200 - 60 - CONCURRENCY
    # What could not be read back is no success, but what the server has confirmed is a change.
    decided = {call["path"].rpartition("/")[2] for call in sandbox.writes() if call["committed"]}
    assert {row["request_id"] for row in result["results"] if row["changed"]} == decided
    assert "approved" not in result["counts"]


def test_any_number_of_threads(sandbox: Sandbox) -> None:
    """None waits for a connection for ever, and all wait while the server wants a pause."""
    for concurrency in range(1, 17, 3):
        ids = sandbox.add_requests(24)
        sandbox.faults(
            {"kind": "rate_limit", "retry_after": 0.2, "times": 2, "method": "PUT", "skip": 3},
            {"kind": "latency", "ms": 20},
        )
        items = [{"request_id": str(request_id)} for request_id in ids]
        result = run(REQUEST_APPROVE, sandbox, items=items, state="approved", concurrency=concurrency)
        assert result["counts"] == {"approved": 24}, result["msg"]
        assert len(sandbox.writes()) == 26
        sandbox.reset()
