# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answered drafts at a catalog that carries out each order of them, also a second one: each becomes one request all the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from faults.support.tasks import run
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport import pool
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.service_request import SERVICE_REQUEST

Row = dict[str, Any]

DATABASE: Row = {
    "service": "Database access",
    "answers": {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Report"},
}
KIT: Row = {"service": "New colleague kit", "answers": {"Name on the badge": "N. Li"}}
# One call for all of them; the second users share a draft.
SEVERAL: tuple[Row, ...] = (
    {**DATABASE, "requested_for": ["gthorsd", "jmueller", "mlind"]},
    {**DATABASE, "requested_for": ["odahl"], "answers": {**DATABASE["answers"], "Database name": "stock"}},
    {**KIT, "requested_for": ["nli"]},
)
# What becomes of an order of drafts, and how often it is sent then.
LOST: dict[str, tuple[Row, int]] = {
    "dropped after it was carried out": ({"kind": "drop", "when": "after"}, 1),
    "504 after it was carried out": ({"kind": "status", "status": 504, "when": "after"}, 1),
    "500 after it was carried out": ({"kind": "status", "status": 500, "when": "after"}, 1),
    "a page after it was carried out": ({"kind": "html", "when": "after"}, 1),
    "nothing said after it was carried out": ({"kind": "empty", "when": "after"}, 1),
    "half of it said": ({"kind": "truncated_json"}, 1),
    "dropped": ({"kind": "drop", "when": "before"}, 2),
    "nothing said": ({"kind": "empty", "when": "before"}, 2),
}
VIEWS: dict[str, Row] = {
    "as usual": {},
    "late": {"late_visibility_ms": 300},
    "drafts in reads": {"drafts_in_reads": "visible"},
    "bundles without their parts": {"bundle_parts_in_reads": "hidden"},
}


@pytest.fixture
def desk(sandbox: Sandbox) -> Sandbox:
    sandbox.switches("dwp", double_order="second_request", workflow_work_ms=0)
    return sandbox


def order(desk: Sandbox, items: Sequence[Row] = SEVERAL, **options: Any) -> Row:
    names = dict.fromkeys(option.name for option in SERVICE_REQUEST.options)
    return run(
        SERVICE_REQUEST,
        desk,
        items=[{**names, **item} for item in items],
        **{"settle_timeout": 1.0, **options},
    )


def lose(desk: Sandbox, spec: Row, **more: Any) -> None:
    desk.faults({"platform": "dwp", "method": "POST", "path": "/orders$", "times": 1, **spec, **more})


def orders(desk: Sandbox) -> int:
    return len(desk.calls(platform="dwp", method="POST", path="/orders$"))


def requests(desk: Sandbox) -> list[str]:
    """What was ordered beside what the example data hold, parts of bundles included."""
    rows = desk.state("requests", "dwp")
    return sorted(
        f"{row['serviceName']} {row['requestedFor']}" for row in rows if not row["draft"] and row["started"] >= "2026-09-18T10"
    )


ORDERED = sorted(
    [
        *(f"Database access {login}" for login in ("gthorsd", "jmueller", "mlind", "odahl")),
        *(
            f"{service} nli"
            for service in ("New colleague kit", "Standard laptop", "External monitor", "VPN access", "Building badge")
        ),
    ]
)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", LOST)
def test_lost_answer_makes_no_second_request(desk: Sandbox, name: str, view: str) -> None:
    spec, sent = LOST[name]
    desk.switches("dwp", **VIEWS[view])
    lose(desk, spec)
    result = order(desk)
    assert not result.get("failed"), result["msg"]
    assert result["counts"] == {"created": len(SEVERAL)}
    assert (requests(desk), orders(desk)) == (ORDERED, sent)
    assert order(desk)["counts"] == {"unchanged": len(SEVERAL)}
    assert requests(desk) == ORDERED


def test_gateway_that_gave_up_gets_no_second_order(desk: Sandbox) -> None:
    lose(desk, {"kind": "status", "status": 504, "when": "before"})
    result = order(desk, settle_timeout=0.2)
    assert result["counts"] == {"failed": len(SEVERAL)}
    assert not result["changed"]
    for one in result["results"]:
        assert one["error"]["kind"] == "OutcomeUnknown"
        assert "may still be at work on it" in one["error"]["message"]
    assert (requests(desk), orders(desk)) == ([], 1)
    assert order(desk)["counts"] == {"created": len(SEVERAL)}
    assert requests(desk) == ORDERED


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"kind": "rate_limit", "retry_after": 60}, "60 seconds"),
        ({"kind": "status", "status": 400, "body": {"message": "No such luck"}}, "No such luck"),
    ],
)
def test_refusal_after_a_lost_answer_does_not_say_that_nothing_was_ordered(
    desk: Sandbox, monkeypatch: pytest.MonkeyPatch, second: Row, words: str
) -> None:
    desk.switches("dwp", late_visibility_ms=5000)
    lose(desk, {"kind": "drop", "when": "after"})
    lose(desk, second, times=100)
    result = order(desk, [{**DATABASE, "requested_for": ["mlind"]}], settle_timeout=0.2)
    assert result["error"]["kind"] == "OutcomeUnknown"
    assert "when it was ordered again" in result["msg"]
    assert words in result["msg"], result["msg"]
    desk.clear_faults()
    desk.advance(5)
    monkeypatch.setattr(pool, "_pools", {})
    assert order(desk, [{**DATABASE, "requested_for": ["mlind"]}])["counts"] == {"unchanged": 1}
    assert requests(desk) == ["Database access mlind"]


@pytest.mark.parametrize("status", [401, 429])
def test_look_that_is_refused_leaves_it_open(desk: Sandbox, status: int) -> None:
    lose(desk, {"kind": "drop", "when": "after"})
    reads = {"platform": "dwp", "path": "/services/requests/", "skip": 1}
    desk.faults({**reads, "kind": "auth"} if status == 401 else {**reads, "kind": "rate_limit", "retry_after": 60})
    result = order(desk, [{**DATABASE, "requested_for": ["mlind"]}], settle_timeout=0.2)
    assert result["error"]["kind"] == "OutcomeUnknown"
    assert "looking for the request failed too" in result["msg"]
    assert (requests(desk), orders(desk)) == (["Database access mlind"], 1)


def test_catalog_that_tells_nothing_of_drafts_is_no_obstacle(desk: Sandbox) -> None:
    desk.faults({"platform": "dwp", "path": "/services/requests/(search|[0-9]+)$", "times": 1, "kind": "status", "status": 403})
    assert order(desk)["counts"] == {"created": len(SEVERAL)}
    assert requests(desk) == ORDERED
