# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of the service desk that change while they are read, and servers that do otherwise than they were asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from faults.support.tasks import run
from integration.support.sandbox import Sandbox
from integration.support.sdp import list_info

from ansible_collections.deskops.itsm.plugins.module_utils.transport.http import HttpClient
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record import RECORD
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record_info import RECORD_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO

Row = dict[str, Any]

MAJA, ELS = "maja.lind@northwind.example", "els.bakker@northwind.example"
DESK = {"subject": "Desk"}


def read(sandbox: Sandbox, verb: Any = REQUEST_INFO, **options: Any) -> Row:
    """What a task comes to, without a login."""
    return run(verb, sandbox, **{"platform": "sdp_cloud", "access_token": sandbox.sdp_token(), **options})


def ids_of(result: Row) -> list[str]:
    assert "records" in result, result["msg"]
    return [record["id"] for record in result["records"]]


def starts(sandbox: Sandbox) -> list[int]:
    return [list_info(call)["start_index"] for call in sandbox.calls(platform="sdp", method="GET")]


def after_call(monkeypatch: pytest.MonkeyPatch, number: int, change: Callable[[], None]) -> None:
    """Others change something once so many calls of a task have been answered."""
    answered = []
    original = HttpClient.read

    def read_and_change(self: HttpClient, path: str, **options: Any) -> Any:
        answer = original(self, path, **options)
        answered.append(path)
        if len(answered) == number:
            change()
        return answer

    monkeypatch.setattr(HttpClient, "read", read_and_change)


def close(sandbox: Sandbox, ids: list[str]) -> None:
    for request_id in ids:
        sandbox.change_record("requests", request_id, status={"name": "Closed"})


@pytest.mark.parametrize(
    ("leaving", "begins"),
    [
        ([3], [1, 100, 1, 100]),
        # The last row that was read, which is the first of the next page.
        ([99], [1, 100, 1, 100]),
        # Those behind the page have no part in it.
        ([100, 120], [1, 100]),
        # The next page is empty.
        (range(5, 99), [1, 100, 1]),
    ],
)
def test_requests_that_are_closed_between_two_pages_hide_no_other(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, leaving: Any, begins: list[int]
) -> None:
    ids = sandbox.add_records("requests", DESK, count=150)
    after_call(monkeypatch, 1, lambda: close(sandbox, [ids[number] for number in leaving]))
    result = read(sandbox, status=["open"], subject="Desk")
    stayed = [one for number, one in enumerate(ids) if number not in leaving]
    assert set(stayed) <= set(ids_of(result))
    assert len(ids_of(result)) == len(set(ids_of(result)))
    assert result["truncated"] is False
    assert starts(sandbox)[: len(begins)] == begins


def test_steps_back_over_several_pages(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = sandbox.add_records("requests", DESK, count=420)
    after_call(monkeypatch, 3, lambda: close(sandbox, ids[40:190]))
    result = read(sandbox, status=["open"], subject="Desk")
    assert ids_of(result) == ids
    assert starts(sandbox) == [1, 100, 199, 298, 199, 100, 199]


def test_limit_over_pages(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = sandbox.add_records("requests", DESK, count=150)
    after_call(monkeypatch, 1, lambda: close(sandbox, ids[:1]))
    result = read(sandbox, status=["open"], subject="Desk", limit=110)
    assert (ids_of(result), result["truncated"]) == (ids[:110], True)


def test_records_that_are_removed_meanwhile_hide_no_other(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.add_records("problems", {}, count=150)
    ids = [row["id"] for row in sandbox.state("problems", "sdp")]
    gone = ids[-4]
    after_call(monkeypatch, 1, lambda: remove(sandbox, gone))
    result = read(sandbox, RECORD_INFO, module="problems")
    assert set(ids_of(result)) >= set(ids) - {gone}


def remove(sandbox: Sandbox, record_id: str) -> None:
    options = {"module": "problems", "record_id": record_id, "state": "absent", "settle_timeout": 1.0}
    result = run(RECORD, sandbox, access_token=sandbox.sdp_token(), **options)
    assert result["counts"] == {"deleted": 1}, result["msg"]


def answer_with(sandbox: Sandbox, rows: list[Row], *, has_more: bool = False) -> None:
    """A server that minds nothing of what it is asked for."""
    info = {"has_more_rows": has_more, "row_count": len(rows)}
    status = [{"status_code": 2000, "status": "success"}]
    body = {"response_status": status, "list_info": info, "requests": rows}
    sandbox.faults({"platform": "sdp", "path": "/requests$", "kind": "status", "status": 200, "body": body})


def test_server_that_ignores_where_to_begin_is_an_error(sandbox: Sandbox) -> None:
    answer_with(sandbox, [_row(str(number)) for number in range(1, 101)], has_more=True)
    result = read(sandbox)
    assert result["failed"]
    assert "GET /requests: after 100 rows, 20 calls in a row brought no further one" in result["msg"]
    assert len(sandbox.calls(platform="sdp")) == 21


# -- filters that the server does not mind ----------------------------------------------------------------------------------


def _row(request_id: str, **fields: Any) -> Row:
    return {"id": request_id, "subject": "Desk", "status": {"name": "Open"}, **fields}


def _user(email: str | None, name: str = "Maja Lind", user_id: str = "216826000000111111") -> Row:
    return {"id": user_id, "email_id": email, "name": name}


OLD, NEW = {"value": "1500000000000"}, {"value": "1789700000000"}
THEIRS = {"requester": _user(ELS, "Els Bakker", "216826000000222222")}
IGNORED: dict[str, tuple[Row, Row, Row]] = {
    "requested_for, e-mail": ({"requested_for": MAJA.upper()}, {"requester": _user(MAJA)}, THEIRS),
    "requested_for, name": ({"requested_for": "maja LIND"}, {"requester": _user(None)}, THEIRS),
    "requested_for, id": ({"requested_for": "216826000000111111"}, {"requester": _user(None)}, THEIRS),
    "requested_for, nobody": ({"requested_for": MAJA}, {"requester": _user(MAJA)}, {"requester": None}),
    "requested_for, without e-mail": ({"requested_for": MAJA}, {"requester": _user(MAJA)}, {"requester": _user(None)}),
    "requested_by": ({"requested_by": MAJA}, {"created_by": _user(MAJA)}, {"created_by": THEIRS["requester"]}),
    "service": ({"service": "1001"}, {"template": {"id": "1001"}}, {"template": {"id": "1002"}}),
    "subject": ({"subject": "DESK"}, {}, {"subject": "Chair"}),
    "modified_since": (
        {"modified_since": "2026-01-01T00:00:00Z"},
        {"created_time": OLD, "last_updated_time": NEW},
        {"created_time": OLD, "last_updated_time": OLD},
    ),
    "modified_since, never changed": (
        {"modified_since": "2026-01-01T00:00:00Z"},
        {"created_time": NEW, "last_updated_time": None},
        {"created_time": OLD, "last_updated_time": None},
    ),
}
# What each of them is about, not shown.
UNSHOWN: tuple[Row, ...] = ({}, {"requester": {}, "created_by": {"id": "1"}, "template": {"name": "Laptop"}})


@pytest.mark.parametrize("name", IGNORED)
def test_what_the_server_filters_is_checked_again(sandbox: Sandbox, name: str) -> None:
    options, fitting, other = IGNORED[name]
    answer_with(sandbox, [_row("1", **fitting), _row("2", **other)])
    assert ids_of(read(sandbox, **options)) == ["1"]


@pytest.mark.parametrize(
    "options",
    [
        {"requested_for": MAJA},
        {"requested_for": "Maja Lind", "requested_by": MAJA},
        {"service": "1001"},
        {"modified_since": "2026-01-01T00:00:00Z"},
    ],
)
def test_rows_that_do_not_show_what_was_filtered_stay(sandbox: Sandbox, options: Row) -> None:
    answer_with(sandbox, [_row(str(number), **fields) for number, fields in enumerate(UNSHOWN, 1)])
    assert ids_of(read(sandbox, **options)) == ["1", "2"]
