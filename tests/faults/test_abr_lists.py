# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests of Admin By Request that change their state while the lists of several states are read: none is missed."""

from __future__ import annotations

from typing import Any

import pytest
from faults.support.tasks import run
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport.http import HttpClient
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO

STATES = ["Pending", "Quarantined"]


def before_list(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, number: int, request_id: int, status: str) -> None:
    """Somebody changes a request just before the list of this number (from 0) is read; what comes before has no filter."""
    lists = []
    original = HttpClient.read

    def change_and_read(self: HttpClient, path: str, **options: Any) -> Any:
        if (options.get("params") or {}).get("status"):
            if len(lists) == number:
                sandbox.change_request(request_id, status=status)
            lists.append(path)
        return original(self, path, **options)

    monkeypatch.setattr(HttpClient, "read", change_and_read)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(("before", "after"), [("Quarantined", "Pending"), ("Pending", "Quarantined")])
@pytest.mark.parametrize("options", [{"since_id": "1"}, {"last": 3}])
def test_one_that_changes_lists_is_in_the_answer_once(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, number: int, before: str, after: str, options: dict[str, Any]
) -> None:
    sandbox.reset("empty")
    (moving, *others) = sandbox.add_requests(3, status=before)
    before_list(monkeypatch, sandbox, number, moving, after)
    result = run(REQUEST_INFO, sandbox, platform="admin_by_request", status=STATES, **options)
    assert sorted(record["id"] for record in result["records"]) == [str(one) for one in (moving, *others)]
    assert result["truncated"] is False


def test_a_second_look_at_all_but_one_of_the_lists(sandbox: Sandbox) -> None:
    result = run(REQUEST_INFO, sandbox, platform="admin_by_request", status=[*STATES, "Denied"])
    assert result["records"]
    filters = [call["query"].get("status", [None])[0] for call in sandbox.calls()]
    assert filters == [None, "Quarantined", "Pending", "Denied", "Quarantined", "Pending"]
