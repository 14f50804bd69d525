# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""review_info: every option, against what the server has."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.dwp import API, ON_DWP, run_on_dwp, without_logins
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import DWP_PASSWORD, Sandbox

Row = dict[str, Any]

# A user who has written something already.
SKJAER: dict[str, str | None] = {**ON_DWP, "DWP_USERNAME": "skjaer", "DWP_PASSWORD": DWP_PASSWORD}
NUMBER_OF_SKJAER = "2313"


def _read(name: str, **options: Any) -> Row:
    return task("review_info", name, **options)


TASKS = [
    _read("all"),
    _read("reviews", kind=["reviews"]),
    _read("ratings", kind=["ratings"]),
    _read("of a service", service="2401"),
    _read("of a service by name", service="Standard laptop", kind=["reviews"]),
    _read("of a service without any", service="2405"),
    _read("of an unknown service", service="Standart laptop"),
    _read("mine", user="me"),
    _read("of a user", user="2315", kind=["reviews"]),
    _read("limit", limit=3),
    _read("limit that is not reached", kind=["reviews"], limit=100),
    _read("review", review_id="301"),
    _read("rating", rating_id="701"),
    _read("both", review_id="301", rating_id="701"),
    _read("missing", review_id="999", rating_id="998"),
    _read("for a user", requested_for="mlind", kind=["reviews"]),
]


@pytest.fixture(scope="module")
def runs(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes(TASKS, env=SKJAER)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


@pytest.fixture(scope="module")
def rows(runs: dict[str, Run], sandbox: Sandbox) -> list[Row]:
    sandbox.reset()
    kinds = {"review": "reviews", "rating": "ratings"}
    return [{**row, "kind": kind} for kind, name in kinds.items() for row in sandbox.state(name, "dwp")]


def _keys(rows: list[Row]) -> set[tuple[str, str]]:
    return {(row["kind"], row["id"]) for row in rows}


EXPECTED = {
    "all": lambda row: True,
    "reviews": lambda row: row["kind"] == "review",
    "ratings": lambda row: row["kind"] == "rating",
    "of a service": lambda row: row["serviceversionId"] == "2401",
    "of a service by name": lambda row: row["serviceversionId"] == "2401" and row["kind"] == "review",
    "of a service without any": lambda row: False,
    "mine": lambda row: row["login"] == "skjaer",
    "of a user": lambda row: row["login"] == "nli" and row["kind"] == "review",
    "limit that is not reached": lambda row: row["kind"] == "review",
    "review": lambda row: (row["kind"], row["id"]) == ("review", "301"),
    "rating": lambda row: (row["kind"], row["id"]) == ("rating", "701"),
    "both": lambda row: row["id"] in ("301", "701"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_records_are_those_that_fit(run: Run, rows: list[Row], name: str) -> None:
    result = run[name]
    assert _keys(result["records"]) == _keys([row for row in rows if EXPECTED[name](row)])
    assert result["total"] == len(result["records"])
    assert result["truncated"] is False
    assert result["missing"] == []
    assert not result["changed"]


def test_records_are_normalised_and_newest_first(run: Run) -> None:
    times = [record["updated_at"] for record in run["all"]["records"]]
    assert times == sorted(times, reverse=True)
    review = next(record for record in run["all"]["records"] if (record["kind"], record["id"]) == ("review", "301"))
    assert review == {
        "kind": "review",
        "id": "301",
        "service_id": "2401",
        "user_id": "2311",
        "title": "Good and quiet",
        "content": "Only the webcam could be better.",
        "updated_at": review["updated_at"],
        "raw": review["raw"],
    }
    assert review["updated_at"].endswith("+00:00")
    rating = next(record for record in run["all"]["records"] if (record["kind"], record["id"]) == ("rating", "701"))
    assert (rating["rating"], rating["service_id"], "title" in rating) == (0.8, "2401", False)
    assert run["rating"]["records"][0]["updated_at"] is None


def test_limited_answer_says_that_there_is_more(run: Run) -> None:
    limited = run["limit"]
    assert limited["records"] == run["all"]["records"][:3]
    assert limited["truncated"] is True


def test_what_does_not_exist_is_named(run: Run) -> None:
    assert run["missing"]["missing"] == ["999", "998"]
    assert run["missing"]["records"] == []
    failed = run["of an unknown service"]
    assert failed["error"]["kind"] == "NotFound"
    assert "'Standard laptop' (2401)" in failed.msg


def test_mine_is_asked_for_in_the_words_of_the_platform(run: Run) -> None:
    queries = [call["query"] for call in without_logins(run["mine"].calls)]
    assert {query["userId"][0] for query in queries} == {"$USER$"}
    assert {record["user_id"] for record in run["mine"]["records"]} == {NUMBER_OF_SKJAER}


def test_as_few_calls_as_possible(run: Run) -> None:
    def paths(name: str) -> list[str]:
        return [f"{call['method']} {call['path'].removeprefix(API)}" for call in without_logins(run[name].calls)]

    assert paths("all") == ["GET /reviews", "GET /ratings"]
    assert paths("reviews") == ["GET /reviews"]
    assert paths("of a service") == ["POST /services/search", "GET /reviews", "GET /ratings"]
    assert paths("both") == ["GET /reviews/301", "GET /ratings/701"]


def test_entitlement_of_another_user(run: Run) -> None:
    (call,) = without_logins(run["for a user"].calls)
    assert call["query"]["requestedfor"] == ["mlind"]
    assert len(run["for a user"]["records"]) == 5


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    in_process, module = (comparable(runs[mode]) for mode in MODES)
    for here, there in zip(in_process, module, strict=True):
        for one in (here, there):
            one["calls"] = [call for call in one["calls"] if "/users/login" not in call[1]]
        assert here == there


def test_one_login_is_enough(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = run_on_dwp(ansible, TASKS[:5], mode=mode, stop_on_failure=True, arguments=["--check"])
    assert run.rc == 0, run.output
    assert run.warnings == []
    assert sandbox.logins() == 1


@pytest.mark.parametrize("status", [404, 500, 400, 200])
def test_missing_entry_is_recognised_by_its_words(ansible: Ansible, sandbox: Sandbox, status: int) -> None:
    sandbox.switches("dwp", missing_entry_status=status)
    run = run_on_dwp(ansible, [_read("it", review_id="999")])
    assert run["it"]["missing"] == ["999"]


BAD: dict[str, tuple[Row, list[str]]] = {
    "kind": ({"kind": ["comments"]}, ["kind", "reviews, ratings", "comments"]),
    "no kind": ({"kind": []}, ["kind: the list is empty"]),
    "review id": ({"review_id": "x"}, ["review_id: 'x' is not an id"]),
    "rating id": ({"rating_id": "-1"}, ["rating_id: '-1' is not an id"]),
    "id and filter": ({"review_id": "1", "user": "me"}, ["review_id", "cannot be combined", "user"]),
    "id and kind": ({"rating_id": "1", "kind": ["ratings"]}, ["rating_id", "cannot be combined", "kind"]),
    "limit": ({"limit": 0}, ["limit: 0 is out of range"]),
    "empty service": ({"service": ""}, ["service: it is empty"]),
    "platform": ({"platform": "admin_by_request"}, ["review_info", "bmc_dwp"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes([_read(name, **options) for name, (options, _said) in BAD.items()], env=ON_DWP)


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg
