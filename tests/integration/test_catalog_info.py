# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""catalog_info: every option, against what the server has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from integration.support.dwp import API, ON_DWP, run_on_dwp, without_logins
from integration.support.programs import MODES, Ansible, Run, TaskResult, comparable, task
from integration.support.sandbox import Call, Sandbox

Row = dict[str, Any]

UNICODE = "Kaffebønner til køkkenet ☕"
BIG = "9007199254740993"


def _read(name: str, **options: Any) -> Row:
    return task("catalog_info", name, **options)


TASKS = [
    _read("all"),
    _read("all with limit", limit=3),
    _read("limit that is not reached", limit=1000),
    _read("by id", service_ids=["2405", BIG, "2401", "1", "2418", "2405"]),
    _read("by number", service_ids=[2405]),
    _read("by id with limit", service_ids=["2405", "2401"], limit=1),
    _read("by title", title="Standard laptop"),
    _read("by title with blanks", title=" Catering "),
    _read("by title in other letters", title=UNICODE),
    _read("part of a title", title="laptop"),
    _read("tag", title="wifi"),
    _read("another case", title="catering"),
    _read("misspelt", title="Standart laptop"),
    _read("unpublished", title="Robot arm hour"),
    _read("two of the name", title="Shared mailbox"),
    _read("two of the name, one in the category", title="Shared mailbox", category="Office tools"),
    _read("none in the category", title="Catering", category="Phones"),
    _read("in a category", category="3003"),
    _read("in a category by name", category="Laptop accessories"),
    _read("in a category of few", category="Devices"),
    _read("in a category and below", category="Devices", depth=2),
    _read("in a category by id and below", category="3001", depth=1),
    _read("by id in a category", service_ids=["2401", "2402", "2405"], category="Devices", depth=1),
    _read("unknown category", category="Laptop"),
    _read("for a user", requested_for="mlind", service_ids=["2417", "2401"]),
    _read("title for a user", requested_for="mlind", title="Finance ledger access"),
    _read("title for another user", requested_for="jmueller", title="Finance ledger access"),
    _read("details", title="Standard laptop", details=True),
    _read("details of several", category="Devices", depth=3, details=True),
    _read("categories", gather=["categories"]),
    _read("categories with limit", gather=["categories"], limit=2),
    _read("categories below", gather=["categories"], category="Software"),
    _read("categories far below", gather=["categories"], category="Software", depth=2),
    _read("categories from the top", gather=["categories"], depth=1),
    _read("categories for a user", gather=["categories"], requested_for="gthorsd"),
    _read("groups", gather=["category_groups"]),
    _read("groups with categories", gather=["category_groups"], depth=1),
    _read("full view", gather=["full_catalog_view"]),
    _read("everything", gather=["categories", "category_groups", "services", "full_catalog_view"]),
    _read("questions", gather=["questionnaires"], title="Database access"),
    _read("questions of several", gather=["services", "questionnaires"], service_ids=["2404", "2405", "2409"]),
    _read("questions of a bundle", gather=["questionnaires"], service_ids=["2414"]),
    _read("questions for a user", gather=["questionnaires"], title="Mobile phone", requested_for="mlind"),
    _read("questions for nobody", gather=["questionnaires"], title="Finance ledger access", requested_for="jmueller"),
    _read("questions of a request", gather=["questionnaires"], request_id="40219"),
    _read("questions of no request", gather=["questionnaires"], request_id="1"),
]

FOUND: dict[str, list[str]] = {
    "by id": ["2405", BIG, "2401"],
    "by number": ["2405"],
    "by id with limit": ["2405"],
    "by title": ["2401"],
    "by title with blanks": ["2425"],
    "by title in other letters": ["2415"],
    "two of the name, one in the category": ["2411"],
    "in a category": ["2402"],
    "in a category by name": ["2402"],
    "in a category of few": ["2402"],
    "in a category and below": ["2401", "2402", "2403", "2410"],
    "in a category by id and below": ["2401", "2402", "2403", "2410"],
    "by id in a category": ["2401", "2402"],
    "for a user": ["2401"],
    "title for another user": ["2417"],
}


@pytest.fixture(scope="module")
def runs(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes(TASKS, env=ON_DWP)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


@pytest.fixture(scope="module")
def services(runs: dict[str, Run], sandbox: Sandbox) -> list[Row]:
    sandbox.reset()
    return sandbox.state("services", "dwp")


def _drafts(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call["method"] == "POST" and call["path"] == f"{API}/requests"]


def _paths(result: TaskResult) -> list[str]:
    return [f"{call['method']} {call['path'].removeprefix(API)}" for call in without_logins(result.calls)]


@pytest.mark.parametrize("name", FOUND)
def test_services_are_those_that_fit(run: Run, name: str) -> None:
    result = run[name]
    assert result.ids == FOUND[name]
    assert result["services"] == result["records"]
    assert result["total"] == len(FOUND[name])
    assert not result["changed"]


def test_without_a_criterion_all_published_services_come(run: Run, services: list[Row]) -> None:
    published = sorted((row["id"] for row in services if row["stage"] == "PUBLISHED"), key=int)
    assert run["all"].ids == published
    assert run["all"]["truncated"] is False
    assert run["limit that is not reached"].ids == published
    assert run["limit that is not reached"]["truncated"] is False
    assert run["all with limit"].ids == published[:3]
    assert run["all with limit"]["truncated"] is True


def test_record_is_normalised_and_keeps_the_original(run: Run) -> None:
    (record,) = run["by title"]["records"]
    assert {key: record[key] for key in ("id", "name", "excerpt", "description", "categories", "category_ids", "entitled")} == {
        "id": "2401",
        "name": "Standard laptop",
        "excerpt": "A 14 inch laptop with the usual software",
        "description": None,
        "categories": ["Laptops"],
        "category_ids": ["3002"],
        "entitled": True,
    }
    assert (record["rating"], record["rating_count"]) == (0.8, 3)
    assert record["price"] == {"paymentType": "Once", "currency": "EUR"}
    assert record["raw"]["onceCost"] == 1100


def test_ids_that_are_not_found_are_named(run: Run) -> None:
    assert run["by id"]["missing"] == ["1", "2418"]
    assert run["for a user"]["missing"] == ["2417"]
    assert run["by title"]["missing"] == []


@pytest.mark.parametrize("name", ["by id", "by title", "by title in other letters"])
def test_one_criterion_is_one_call(run: Run, name: str) -> None:
    assert _paths(run[name]) == ["POST /services/search"]


def test_search_has_a_single_criterion(run: Run) -> None:
    calls = [call for result in run.tasks for call in result.calls if call["path"].endswith("/services/search")]
    bodies = [json.loads(call["body"]) for call in calls]
    assert len(bodies) > 20
    assert {len(body) for body in bodies} == {1}


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("part of a title", "NotFound", ["'laptop'", "unpublished", "not entitled", "misspelt", "'Standard laptop' (2401)"]),
        ("tag", "NotFound", ["'wifi'", "misspelt"]),
        ("another case", "NotFound", ["'catering'", "'Catering' (2425)"]),
        ("misspelt", "NotFound", ["'Standart laptop'", "'Standard laptop' (2401)"]),
        ("unpublished", "NotFound", ["'Robot arm hour'", "unpublished"]),
        (
            "two of the name",
            "Ambiguous",
            ["2411 'Shared mailbox' in Office tools", "2412 'Shared mailbox' in Accounts", "Give the id"],
        ),
        ("none in the category", "NotFound", ["'Catering'"]),
        ("unknown category", "NotFound", ["No category", "'Laptops' (3002)"]),
        ("title for a user", "NotFound", ["'Finance ledger access'", "not entitled"]),
        ("questions of no request", "NotFound", ["Request 1 shows no questionnaire", "does not exist"]),
    ],
)
def test_what_cannot_be_told_is_explained(run: Run, name: str, kind: str, words: list[str]) -> None:
    result = run[name]
    assert result.failed
    assert result["error"]["kind"] == kind
    for word in words:
        assert word in result.msg


def test_details_bring_the_description_and_keep_the_excerpt(run: Run) -> None:
    (record,) = run["details"]["records"]
    assert record["description"] == "<p>A 14 inch laptop with the usual software.</p>"
    assert record["excerpt"] == "A 14 inch laptop with the usual software"
    assert record["raw"]["dynamicFields"][0]["title"] == "Memory"
    assert all(record["description"] for record in run["details of several"]["records"])
    assert run["details of several"].ids == FOUND["in a category and below"]


def test_categories(run: Run) -> None:
    everything = run["categories"]
    assert len(everything["categories"]) == 20
    assert everything["categories"] == everything["records"]
    assert everything["categories"][1] == {**everything["categories"][1], "id": "3002", "name": "Laptops", "parent_id": "3001"}
    assert _paths(everything) == ["GET /categories"]
    assert run["categories with limit"].ids == ["3001", "3002"]
    assert run["categories with limit"]["truncated"] is True


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("categories below", ["3006", "3007", "3009"]),
        ("categories far below", ["3006", "3007", "3008", "3009"]),
        ("categories from the top", ["3001", "3005", "3010", "3014", "3017"]),
    ],
)
def test_levels_of_categories(run: Run, name: str, ids: list[str]) -> None:
    assert run[name].ids == ids


def test_categories_for_a_user_are_those_with_services_for_him(run: Run) -> None:
    assert {"3001", "3002", "3003", "3012"} <= set(run["categories for a user"].ids)
    assert not {"3019", "3020"} & set(run["categories for a user"].ids)


def test_groups_come_with_categories_when_a_depth_is_given(run: Run) -> None:
    (bare,) = run["groups"]["category_groups"]
    assert (bare["id"], bare["name"], bare["system_id"]) == ("1001", "Type of Service", "type-of-service")
    assert "categories" not in bare
    (group,) = run["groups with categories"]["category_groups"]
    assert [row["id"] for row in group["categories"]] == ["3001", "3005", "3010", "3014", "3017"]


def test_what_is_gathered_comes_under_its_own_name(run: Run) -> None:
    assert run["full view"]["full_catalog_view"] is False
    assert run["full view"]["records"] == []
    everything = run["everything"]
    assert everything["records"] == everything["services"] == run["all"]["records"]
    assert everything["categories"] == run["categories"]["records"]
    assert everything["category_groups"] == run["groups"]["records"]
    assert _paths(everything).count("GET /categories") == 1
    for name in ("categories", "category_groups", "questionnaires", "full_catalog_view"):
        assert name not in run["all"]


def test_questions_are_read_from_a_draft(run: Run) -> None:
    (found,) = run["questions"]["questionnaires"]
    assert run["questions"]["records"] == [found]
    assert (found["service_id"], found["user_limit"]) == ("2404", 20)
    assert [question["label"] for question in found["questions"]] == [
        "Database name",
        "Access level",
        "Reason",
        "Approver of the data",
    ]
    assert found["questions"][1] == {
        "id": found["questions"][1]["id"],
        "label": "Access level",
        "type": "RadioButtons",
        "required": True,
        "visible": True,
        "read_only": False,
        "default": [],
        "options": [{"value": "READ", "label": "Read only"}, {"value": "WRITE", "label": "Read and write"}],
        "max_length": None,
    }
    assert found["questions"][0]["max_length"] == 30
    assert found["questions"][3]["visible"] is False
    assert _paths(run["questions"])[1:] == ["POST /requests", f"GET /requests/{found['request_id']}/questionnaire"]


def test_service_without_questions_and_bundles(run: Run) -> None:
    several = run["questions of several"]
    numbers = [(one["service_id"], len(one["questions"])) for one in several["questionnaires"]]
    assert numbers == [("2404", 4), ("2405", 0), ("2409", 2)]
    assert several["questionnaires"][1]["id"] is None
    assert several.ids == ["2404", "2405", "2409"]
    bundle = {one["service_id"]: len(one["questions"]) for one in run["questions of a bundle"]["questionnaires"]}
    assert bundle["2413"] == 3


def test_draft_is_for_the_user(run: Run) -> None:
    (draft,) = _drafts(run["questions for a user"].calls)
    assert '"mlind"' in draft["body"]
    (other,) = _drafts(run["questions"].calls)
    assert '"svc_automation"' in other["body"]


def test_draft_that_cannot_be_made_is_explained(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """The full catalog view shows services that the user may not order."""
    sandbox.switches("dwp", full_catalog_view="on")
    tasks = [_read("it", gather=["questionnaires"], title="Finance ledger access", requested_for="mlind")]
    run = run_on_dwp(ansible, tasks, mode=mode)
    assert run["it"].failed
    for words in ("2417", "mlind", "entitled"):
        assert words in run["it"].msg


def test_questions_of_a_request_make_no_draft(run: Run) -> None:
    result = run["questions of a request"]
    (found,) = result["questionnaires"]
    assert (found["service_id"], found["request_id"]) == ("2404", "40219")
    assert len(found["questions"]) == 4
    assert _drafts(result.calls) == []


def test_in_check_mode_no_draft_is_made(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    tasks = [
        _read("draft", gather=["services", "questionnaires"], title="Database access"),
        _read("request", gather=["questionnaires"], request_id="40219"),
    ]
    run = run_on_dwp(ansible, tasks, mode=mode, arguments=["--check"], stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run["draft"]["questionnaires"] == []
    assert run["draft"].ids == ["2404"]
    (warning,) = run["draft"].warnings
    assert "No questionnaires in check mode" in warning
    assert "request_id" in warning
    assert len(run["request"]["questionnaires"]) == 1
    assert run["request"].warnings == []
    assert _drafts(sandbox.calls()) == []


def test_nothing_is_ordered_and_one_login_is_enough(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    before = len(sandbox.state("orders", "dwp"))
    run = run_on_dwp(ansible, TASKS[:1] + TASKS[-7:-3], mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    assert sandbox.logins() == 1
    assert len(sandbox.state("orders", "dwp")) == before


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    in_process, module = (comparable(runs[mode]) for mode in MODES)
    for here, there in zip(in_process, module, strict=True):
        for one in (here, there):
            one["calls"] = [call for call in one["calls"] if "/users/login" not in call[1] and "/questionnaire" not in call[1]]
            for found in one["result"].get("questionnaires", []) + one["result"].get("records", []):
                # Side by side, drafts get their ids in no order.
                found.pop("request_id", None)
        assert here == there


@pytest.mark.parametrize(
    "switches",
    [
        {"category_search": "below_too"},
        {"title_match": "contains"},
        {"title_match": "prefix", "title_tags": "no"},
        {"title_match": "whole", "title_case": "exact"},
        {"page_size_omitted": "total"},
        {"no_questionnaire": "no_pages"},
        {"no_questionnaire": "404"},
        {"initiate_status": 201},
    ],
)
def test_open_questions_about_the_api_do_not_matter(
    ansible: Ansible, sandbox: Sandbox, runs: dict[str, Run], switches: dict[str, Any]
) -> None:
    sandbox.switches("dwp", **switches)
    names = ["all", "by title", "by title in other letters", "in a category", "in a category and below", "questions of several"]
    run = run_on_dwp(ansible, [one for one in TASKS if one["name"] in names], stop_on_failure=True)
    assert run.rc == 0, run.output
    for name in names:
        assert run[name].ids == runs[MODES[0]][name].ids
    assert [len(one["questions"]) for one in run["questions of several"]["questionnaires"]] == [4, 0, 2]


def test_other_spelling_of_keys(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.switches("dwp", key_family="serviceId")
    tasks = [_read("it", gather=["services", "questionnaires"], service_ids=["2404"], key_family="serviceId")]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run["it"]["questionnaires"][0]["service_id"] == "2404"


BAD: dict[str, tuple[Row, list[str]]] = {
    "gather": ({"gather": ["requests"]}, ["gather", "categories, category_groups, services", "requests"]),
    "nothing to gather": ({"gather": []}, ["gather: the list is empty"]),
    "questions of everything": ({"gather": ["questionnaires"]}, ["gather: questionnaires", "title, service_ids or category"]),
    "request without questions": ({"request_id": "1"}, ["request_id", "Add questionnaires to gather"]),
    "request id": ({"request_id": "REQ-1", "gather": ["questionnaires"]}, ["request_id: 'REQ-1' is not an id"]),
    "service ids": ({"service_ids": ["Standard laptop"]}, ["service_ids: 'Standard laptop' is not an id"]),
    "no service ids": ({"service_ids": []}, ["service_ids: the list is empty"]),
    "title and ids": ({"service_ids": ["1"], "title": "a"}, ["title", "cannot be combined", "service_ids"]),
    "empty title": ({"title": " "}, ["title: it is empty"]),
    "empty category": ({"category": ""}, ["category: it is empty"]),
    "depth": ({"depth": 4}, ["depth: 4 is out of range", "from 1 to 3"]),
    "limit": ({"limit": 0}, ["limit: 0 is out of range"]),
    "platform": ({"platform": "admin_by_request"}, ["catalog_info", "bmc_dwp"]),
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
