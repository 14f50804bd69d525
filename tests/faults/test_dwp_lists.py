# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of Digital Workplace Catalog that change while they are read: page numbers then lead past rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from faults.support.raw import RawServer, reply
from faults.support.tasks import Elsewhere, run
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport.http import HttpClient
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.review_info import REVIEW_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.service_request import SERVICE_REQUEST

Start = Callable[..., RawServer]
PAGE = re.compile(rb"GET \S*/reviews\?perPage=(\d+)&page=(\d+)")


class Reviews:
    """2,500 reviews. C(leave_after) of them are deleted, each after one of the first pages was read."""

    def __init__(self, *, leave_after: int) -> None:
        self.rows = [{"id": str(number), "title": "Good", "serviceversionId": "7"} for number in range(1, 2501)]
        self.leave_after = leave_after
        self.server: RawServer | None = None

    def __call__(self, connection: Any, number: int) -> bool:
        assert self.server is not None
        found = PAGE.match(self.server.calls[number])
        if not found:
            connection.sendall(reply(b"a-token"))
            return False
        size, page = (int(group) for group in found.groups())
        body = {"total": len(self.rows), "reviews": self.rows[(page - 1) * size : page * size]}
        connection.sendall(reply(json.dumps(body).encode()))
        if self.leave_after:
            self.leave_after -= 1
            del self.rows[0]
        return True


def read(raw_server: Start, reviews: Reviews) -> tuple[set[str], int]:
    """The ids that are read, and the number of pages that were asked for."""
    server = reviews.server = raw_server(reviews)
    result = run(REVIEW_INFO, Elsewhere(server.url), platform="bmc_dwp", kind=["reviews"])
    assert not result.get("failed"), result["msg"]
    return {record["id"] for record in result["records"]}, sum("/reviews?" in line for line in server.lines)


def test_a_quiet_list_takes_a_call_for_each_page(raw_server: Start) -> None:
    reviews = Reviews(leave_after=0)
    assert read(raw_server, reviews) == ({row["id"] for row in reviews.rows}, 3)


def test_a_row_that_leaves_takes_no_other_along(raw_server: Start) -> None:
    reviews = Reviews(leave_after=1)
    assert read(raw_server, reviews) == ({row["id"] for row in reviews.rows}, 5)


def test_a_list_that_never_rests_is_read_all_the_same(raw_server: Start) -> None:
    ids, calls = read(raw_server, Reviews(leave_after=1000))
    assert len(ids) >= 2490
    assert calls <= 12


def test_a_request_that_changes_between_the_two_lists_is_seen(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of all does not show it yet, and where the account's own new ones are listed it is no new one any more."""
    sandbox.switches("dwp", new_in_lists="hidden", workflow_start_ms=3_600_000)
    wanted: dict[str, Any] = {"platform": "bmc_dwp", "service": "VPN access", "requested_for": ["mlind"], "settle_timeout": 0.3}
    (order,) = run(SERVICE_REQUEST, sandbox, **wanted)["results"]
    original = HttpClient.read

    def read_and_move(self: HttpClient, path: str, **options: Any) -> Any:
        answer = original(self, path, **options)
        if path == "/services/requests":
            sandbox.move_dwp_request(order["request_id"], "ACTIVE")
        return answer

    monkeypatch.setattr(HttpClient, "read", read_and_move)
    assert run(SERVICE_REQUEST, sandbox, **wanted)["counts"] == {"unchanged": 1}
