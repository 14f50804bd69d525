# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_info: every option, against what the server has."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import Sandbox

Row = dict[str, Any]


def _read(name: str, **options: Any) -> dict[str, Any]:
    return task("request_info", name, **options)


TASKS = [
    _read("all"),
    _read("pending", status=["pending"]),
    _read("vendor's words", status=["RUNNING", "Finished"]),
    _read("completed", status=["completed"]),
    _read("expired", status=["expired"]),
    _read("two states", status=["Denied", "QUARANTINED"]),
    _read("mixed states", status=["denied", "completed"]),
    _read("by account", requested_for="nwind\\MLIND"),
    _read("by full name", requested_for="søren kjær"),
    _read("by e-mail", requested_for="els.bakker@northwind.example", status=["completed"]),
    _read("by nobody", requested_for="nobody"),
    _read("by id", request_ids=["65430937", "1", "65430871", "065430937"]),
    _read("one by id", request_ids=[65430937]),
    _read("since", since_id="65430931"),
    _read("since the future", since_id="99999999"),
    _read("limit", limit=3),
    _read("limit of pending", limit=3, status=["pending"]),
    _read("limit of several states", limit=4, status=["pending", "denied"]),
    _read("limit equal to the number", limit=10, status=["pending"]),
    _read("last", last=3),
    _read("last denied", last=1, status=["denied"]),
    _read("last of two states", last=4, status=["denied", "pending"]),
    _read("last of few", last=1000, status=["quarantined"]),
    _read("with scan details", include=["scan_details"], request_ids=["65430931"]),
    _read("list with scan details", include=["scan_details"], status=["quarantined"]),
]


def _words(*words: str) -> Any:
    return lambda row: row["status"] in words


# What must come back: the rows of the server that fit.
EXPECTED = {
    "all": lambda row: True,
    "pending": _words("Pending"),
    "vendor's words": _words("Running", "Finished"),
    "completed": _words("Finished"),
    "expired": _words("Expired"),
    "two states": _words("Denied", "Quarantined"),
    "mixed states": _words("Denied", "Finished"),
    "by account": lambda row: row["user"]["account"] == "NWIND\\mlind",
    "by full name": lambda row: row["user"]["fullName"] == "Søren Kjær",
    "by e-mail": lambda row: row["user"]["email"] == "els.bakker@northwind.example" and row["status"] == "Finished",
    "by nobody": lambda row: False,
    "since": lambda row: row["id"] >= 65430931,
    "since the future": lambda row: False,
    "list with scan details": _words("Quarantined"),
}


@pytest.fixture(scope="module")
def runs(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes(TASKS)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


@pytest.fixture(scope="module")
def rows(runs: dict[str, Run], sandbox: Sandbox) -> list[Row]:
    sandbox.reset()
    return sandbox.state("requests")


@pytest.mark.parametrize("name", EXPECTED)
def test_records_are_those_that_fit_in_ascending_order(run: Run, rows: list[Row], name: str) -> None:
    result = run[name]
    assert result.ids == [str(row["id"]) for row in rows if EXPECTED[name](row)]
    assert result["total"] == len(result.ids)
    assert result["truncated"] is False
    assert result["missing"] == []
    assert not result["changed"]


def test_nothing_but_reads_reached_the_server(run: Run) -> None:
    assert [result.name for result in run.tasks if result.failed or result.writes] == []
    assert run.warnings == []


def test_record_is_normalised_and_keeps_the_original(run: Run, rows: list[Row]) -> None:
    record = next(record for record in run["pending"]["records"] if record["id"] == "65430930")
    original = next(row for row in rows if row["id"] == 65430930)
    assert record == {
        "id": "65430930",
        "display_id": original["traceNo"],
        "platform": "admin_by_request",
        "state": "pending",
        "status": "Pending",
        "subject": "7-Zip Installer",
        "requested_for": "NWIND\\mlind",
        "requested_by": "NWIND\\mlind",
        "created_at": original["requestTime"],
        "updated_at": None,
        "url": original["auditlogLink"],
        "raw": {**original, "scanResults": []},
    }


def test_states_are_the_same_for_all_platforms(run: Run) -> None:
    states = {record["status"]: record["state"] for record in run["all"]["records"]}
    assert states == {
        "Pending": "pending",
        "Open": "approved",
        "Running": "approved",
        "Finished": "completed",
        "Denied": "denied",
        "Expired": "expired",
        "Quarantined": "quarantined",
    }


def test_ids_come_in_the_order_asked_for_and_missing_ones_are_named(run: Run) -> None:
    result = run["by id"]
    assert result.ids == ["65430937", "65430871"]
    assert result["missing"] == ["1"]
    assert result["next_since_id"] is None


def test_single_id_costs_one_call(run: Run) -> None:
    assert run["one by id"].targets == ["GET /abr/requests/65430937"]


def test_server_filters_what_it_can(run: Run) -> None:
    assert run["pending"].targets == ["GET /abr/requests?take=1000&status=Pending"]
    assert all("status" not in call["query"] for call in run["expired"].calls)


@pytest.mark.parametrize(
    ("name", "count"), [("limit", 3), ("limit of pending", 3), ("limit of several states", 4), ("last", 3), ("last denied", 1)]
)
def test_limited_answer_says_that_there_is_more(run: Run, name: str, count: int) -> None:
    assert run[name]["total"] == count
    assert run[name]["truncated"] is True


@pytest.mark.parametrize("name", ["limit equal to the number", "last of few"])
def test_limit_that_is_not_reached_truncates_nothing(run: Run, name: str) -> None:
    assert run[name]["truncated"] is False


def test_limit_keeps_the_oldest_and_last_the_newest(run: Run, rows: list[Row]) -> None:
    ids = [str(row["id"]) for row in rows]
    assert run["limit"].ids == ids[:3]
    assert run["last"].ids == ids[:-4:-1]
    denied_or_pending = [str(row["id"]) for row in rows if row["status"] in ("Denied", "Pending")]
    assert run["limit of several states"].ids == denied_or_pending[:4]
    assert run["last of two states"].ids == denied_or_pending[:-5:-1]


def test_next_since_id_is_behind_what_was_seen(run: Run) -> None:
    assert run["all"]["next_since_id"] == "65430938"
    assert run["limit"]["next_since_id"] == str(int(run["limit"].ids[-1]) + 1)
    assert run["last"]["next_since_id"] == "65430938"
    assert run["since the future"]["next_since_id"] == "99999999"


def test_scan_details_come_only_when_asked_for(run: Run) -> None:
    engines = [line["engine"] for line in run["with scan details"]["records"][0]["raw"]["scanResults"]]
    assert len(engines) == 3
    assert len(run["list with scan details"]["records"][0]["raw"]["scanResults"]) == 3


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    for here, there in zip(*(comparable(runs[mode]) for mode in MODES), strict=True):
        assert here == there


@pytest.mark.parametrize(
    ("switch", "value"),
    [
        ("approved_status_text", "Approved"),
        ("pending_status_text", "Pending approval"),
        ("link_key", "auditLogLink"),
        ("email_keys", "absent"),
        ("preapproved_on_requests", "present"),
        ("json_charset", "without"),
        ("over_max_take", "400"),
        ("not_found", "404_empty"),
        ("not_found", "200_null"),
    ],
)
def test_open_questions_about_the_api_do_not_matter(
    ansible: Ansible, sandbox: Sandbox, rows: list[Row], switch: str, value: str
) -> None:
    sandbox.switches(**{switch: value})
    run = ansible.run(
        [_read("pending", status=["pending"]), _read("approved", status=["approved"]), _read("missing", request_ids=["1"])]
    )
    assert run["pending"].ids == [str(row["id"]) for row in rows if row["status"] == "Pending"]
    assert {record["state"] for record in run["pending"]["records"]} == {"pending"}
    assert [record["id"] for record in run["approved"]["records"] if record["state"] == "approved"] == [
        str(row["id"]) for row in rows if row["status"] in ("Open", "Running")
    ]
    assert all(record["url"] for record in run["pending"]["records"])
    assert run["missing"]["missing"] == ["1"]
