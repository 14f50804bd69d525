# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders with faults on nearly a third of all calls: each exists once in the end, however many answers were lost."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from faults.support.tasks import run
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport.http import HttpClient
from ansible_collections.deskops.itsm.plugins.module_utils.verbs import drafting, ordering
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.service_request import SERVICE_REQUEST

ORDERS = 200
SIDE_BY_SIDE = 8
# Together they hit more than 30 of 100 calls; the second column says whether the call takes effect before it is hit.
MIXED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "drop", "probability": 0.06}, "before"),
    ({"kind": "drop", "probability": 0.06}, "after"),
    ({"kind": "reset", "probability": 0.04}, "after"),
    ({"kind": "status", "status": 503, "probability": 0.09}, "before"),
    ({"kind": "status", "status": 504, "probability": 0.07}, "after"),
    ({"kind": "html", "probability": 0.03, "method": "POST", "path": "/orders|/requests$"}, "after"),
    # Half a token looks like a token.
    ({"kind": "truncated_json", "probability": 0.03, "path": "/services|/requests|/orders"}, "after"),
    ({"kind": "rate_limit", "probability": 0.03, "retry_after": 0}, "before"),
)
CALM = {"retries": 12, "deadline": 120.0, "settle_timeout": 1.0}


@pytest.fixture
def users(sandbox: Sandbox) -> list[str]:
    logins = [f"user{number:03}" for number in range(ORDERS)]
    sandbox.add_each("users", [{"login": login} for login in logins], platform="dwp")
    sandbox.switches("dwp", workflow_work_ms=200, late_visibility_ms=150)
    return logins


def with_faults(sandbox: Sandbox, seed: int = 100) -> None:
    for number, (spec, when) in enumerate(MIXED):
        sandbox.faults({**spec, "when": when, "seed": seed + number, "platform": "dwp"})


def ordered(sandbox: Sandbox, service: str) -> Counter[str]:
    """How many requests of the service each user has; drafts are none."""
    rows = sandbox.state("requests", "dwp")
    return Counter(row["requestedFor"] for row in rows if row["serviceName"] == service and not row["draft"])


def once_each(sandbox: Sandbox, service: str, users: list[str]) -> bool:
    orders = ordered(sandbox, service)
    return all(orders[login] == 1 for login in users)


def faults_of(sandbox: Sandbox) -> Counter[str]:
    return Counter(call["fault"] for call in sandbox.calls() if call["fault"])


def _report(sandbox: Sandbox, service: str, users: list[str]) -> None:
    orders = ordered(sandbox, service)
    hit = faults_of(sandbox)
    calls = len(sandbox.calls())
    duplicates = sum(count - 1 for login, count in orders.items() if login in users)
    missing = len(set(users) - set(orders))
    print(f"{calls} calls, {sum(hit.values())} faults {dict(hit)}: {len(users)} orders, {duplicates} twice, {missing} missing")


def test_two_hundred_orders_one_by_one(sandbox: Sandbox, users: list[str]) -> None:
    """Each in a task of its own, eight at a time: what an answer that is lost leaves behind is found again."""
    with_faults(sandbox)

    def order(login: str) -> dict[str, Any]:
        if login in users[20::50]:
            # From now on no token that was given out is good any more, whoever is using it.
            sandbox.end_sessions()
        return run(SERVICE_REQUEST, sandbox, service="VPN access", requested_for=[login], **CALM)

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        results = list(pool.map(order, users))
    _report(sandbox, "VPN access", users)
    # A token that ends right after it was given out is an error; then people run the task again.
    failed = [login for login, result in zip(users, results, strict=True) if result.get("failed")]
    assert len(failed) <= 4
    assert not [result["msg"] for result in map(order, failed) if result.get("failed")]
    assert once_each(sandbox, "VPN access", users)
    assert sum(faults_of(sandbox).values()) >= 0.3 * len(sandbox.calls())


@pytest.mark.parametrize("seed", range(4))
def test_two_hundred_orders_in_one_task(sandbox: Sandbox, users: list[str], seed: int) -> None:
    """All of them in a few large calls, each of which may be lost."""
    with_faults(sandbox, seed * 50)
    sandbox.faults({"kind": "drop", "when": "after", "path": "/orders/requests", "times": 1 + seed % 2, "platform": "dwp"})
    items = [{"service": "VPN access", "requested_for": [login]} for login in users]
    result = run(SERVICE_REQUEST, sandbox, items=[_whole(item) for item in items], **CALM)
    _report(sandbox, "VPN access", users)
    assert not result.get("failed"), result["msg"]
    assert result["counts"] == {"created": ORDERS}
    assert once_each(sandbox, "VPN access", users)


def test_orders_with_answers(sandbox: Sandbox, users: list[str]) -> None:
    """Drafts, answers and orders, each of which may be lost, at a catalog that carries out a second order of a draft too."""
    sandbox.switches("dwp", double_order="second_request")
    with_faults(sandbox)
    items = [
        {
            "service": "Database access",
            "requested_for": [login],
            "answers": {"Database name": f"db{number % 7}", "Access level": "READ", "Reason": "Report"},
        }
        for number, login in enumerate(users[:60])
    ]
    result = run(SERVICE_REQUEST, sandbox, items=[_whole(item) for item in items], **CALM)
    _report(sandbox, "Database access", users[:60])
    assert not result.get("failed"), result["msg"]
    assert once_each(sandbox, "Database access", users[:60])
    rows = {row["requestedFor"]: row["answers"] for row in sandbox.state("requests", "dwp") if not row["draft"]}
    for number, login in enumerate(users[:60]):
        assert rows[login]["Database name"] == [f"db{number % 7}"]


@pytest.mark.parametrize("answers", [{}, {"Database name": "orders", "Access level": "READ", "Reason": "Report"}])
def test_keys_are_written_after_each_order(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, answers: dict[str, str]) -> None:
    """A task that is killed before its second order has left nothing that is ordered again."""
    monkeypatch.setattr(ordering, "REQUESTS_AT_ONCE", 1)
    monkeypatch.setattr(drafting, "REQUESTS_AT_ONCE", 1)
    service = "Database access" if answers else "VPN access"
    items = [
        {"service": service, "requested_for": [login], "key": f"K-{login}", "answers": answers or None}
        for login in ("mlind", "skjaer")
    ]
    orders = 0

    class Killed(BaseException):
        pass

    original = HttpClient.write

    def write_once(self: HttpClient, method: str, path: str, **options: Any) -> Any:
        nonlocal orders
        orders += path in ("/orders", "/orders/requests")
        if orders == 2:
            raise Killed
        return original(self, method, path, **options)

    task: dict[str, Any] = {"platform": "bmc_dwp", "items": [_whole(item) for item in items], "settle_timeout": 0.5}
    with monkeypatch.context() as patch:
        patch.setattr(HttpClient, "write", write_once)
        with pytest.raises(Killed):
            run(SERVICE_REQUEST, sandbox, **task)
    result = run(SERVICE_REQUEST, sandbox, **task)
    assert result["counts"] == {"created": 1, "unchanged": 1}, result["msg"]
    assert ordered(sandbox, service) >= Counter({"mlind": 1, "skjaer": 1})


def _whole(item: dict[str, Any]) -> dict[str, Any]:
    """An item as the argument spec makes it: options that were left out are there, without a value."""
    return {**{option.name: None for option in SERVICE_REQUEST.options}, **item}
