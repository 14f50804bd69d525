# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""service_request: every option, run twice, in check mode, and with what goes wrong."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from integration.support.dwp import API, ON_DWP, kept_comments, ordered, run_on_dwp, without_logins
from integration.support.programs import IN_PROCESS, MODES, MODULE, Ansible, Run, TaskResult, task
from integration.support.sandbox import DWP_USER, Call, Sandbox

Row = dict[str, Any]

COFFEE = "Kaffebønner til køkkenet ☕"
# Requests of the example data.
LAPTOP, DATABASE, APPROVAL, MOVE = "40211", "40219", "40301", "40310"


def _order(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return task("service_request", name, keywords, **options)


def question_id(service: str, label: str) -> str:
    """The id that the sandbox gives to a question."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://northwind.example/{service}/{label}"))


def placed(calls: list[Call]) -> list[Row]:
    """The bodies of the calls that ordered something."""
    return [json.loads(call["body"]) for call in calls if "/orders" in call["path"] and call["committed"]]


def committed(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call["committed"]]


READ_ONLY = {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Årsrapport"}
PHONE = {"Maker": "Atlas", "Model": "Atlas 11 Compact", "Keep your number?": True, "Present number": "+45 1234"}
DESK = {
    "From desk": 2.14,
    "What goes along": "Two screens\nand a plant",
    "Packing help": "Yes, please",
    "Week": "W50",
    "Phone moves too": False,
    "To room": "Kraków",
    "Extras": ["Lamp", "PLANT"],
}
PARTY = {
    "Occasion": "見積 & mål",
    "Size": "More than 12",
    "Number of guests": 40,
    "Menu": "Buffet",
    "Diets": ["Vegan", "No nuts"],
    "Day": "2026-06-01",
}
TICKET = {"id": "IDGADG1AAT7X5", "display_id": "CRQ1103", "type": "CHG:Infrastructure Change", "connection_name": "Remedy"}

# Each orders something, and no two the same: run again, none does.
GOOD: dict[str, Row] = {
    "by name": {"service": "VPN access", "requested_for": ["mlind"]},
    "by id": {"service": "2402", "requested_for": "mlind"},
    "by number": {"service": 2408, "requested_for": ["mlind"]},
    "id above 2^53": {"service": "9007199254740993", "requested_for": ["mlind"]},
    "for the account": {"service": "Guest network"},
    "several users": {"service": "设计软件许可证", "requested_for": ["mlind", "skjaer", "nli"]},
    "on behalf": {"service": "External monitor", "requested_for": ["nli"], "on_behalf_of": "odahl"},
    "quantity": {"service": COFFEE, "requested_for": ["nli"], "quantity": 20},
    "bundle": {"service": "New colleague kit", "requested_for": ["gthorsd"], "answers": {"Name on the badge": "Guðrún"}},
    "part of a bundle": {
        "service": "New colleague kit",
        "requested_for": ["jmueller"],
        "excluded_services": ["Building badge", "2405"],
    },
    "answers": {"service": "Database access", "requested_for": ["mlind", "skjaer"], "answers": READ_ONLY},
    "answers by id": {
        "service": "Database access",
        "requested_for": ["nli"],
        "answers": {
            question_id("Database access", "Database name"): "orders_us",
            question_id("Database access", "Access level"): "READ",
            " reason ": "x",
        },
    },
    "condition": {
        "service": "Database access",
        "requested_for": ["jmueller"],
        "answers": {**READ_ONLY, "Access level": "read and write", "Approver of the data": "odahl"},
    },
    "dependent choices": {"service": "Mobile phone", "requested_for": ["skjaer"], "answers": PHONE},
    "condition of yes": {
        "service": "Building badge",
        "requested_for": ["skjaer", "nli"],
        "answers": {"Name on the badge": "Colleague", "Access at night?": "yes", "Reason for access at night": "Backup"},
    },
    "default": {"service": "Building badge", "requested_for": ["mlind"], "answers": {"Name on the badge": "Maja"}},
    "table": {"service": "Software licence", "answers": {"Product": "Northwind CAD", "Modules": ["Base", "M-CLOUD"]}},
    "all kinds": {"service": "Desk move", "answers": DESK},
    "more kinds": {"service": "Catering", "requested_for": ["nli"], "answers": PARTY},
    "confidential": {"service": "Account recovery", "requested_for": ["mlind"], "answers": {"Recovery code": "813-664"}},
    "earlier answers": {"service": "Database access", "requested_for": ["gthorsd"], "prefill_request_ids": [DATABASE]},
    "other options": {
        "service": "Code repository",
        "requested_for": ["skjaer"],
        "external_activities": [TICKET],
        "reference_request_id": LAPTOP,
        "title": "For the new branch",
        "summary": "With a pipeline",
        "share": True,
    },
    "key": {"service": "VPN access", "requested_for": ["skjaer"], "key": " TICKET  1047 "},
    "another key": {"service": "VPN access", "requested_for": ["skjaer"], "key": "TICKET 1048"},
    "other answers": {
        "service": "Meeting room",
        "answers": {"Room": "Kraków", "Coffee?": True},
        "match_on": ["service", "requested_for", "answers"],
    },
    "yet other answers": {"service": "Meeting room", "answers": {"Room": "R-101", "Coffee?": "on"}, "match_on": ["answers"]},
    "state of another one": {
        "service": "Desk move",
        "requested_for": ["jmueller"],
        "answers": DESK,
        "match_states": ["New"],
    },
}
# What the catalog is asked for, where it is more than the service and a user.
EXPECTED_ANSWERS = {
    "answers": {"Database name": ["orders_eu"], "Access level": ["READ"], "Reason": ["Årsrapport"]},
    "answers by id": {"Database name": ["orders_us"], "Access level": ["READ"], "Reason": ["x"]},
    "condition": {
        "Database name": ["orders_eu"],
        "Access level": ["WRITE"],
        "Reason": ["Årsrapport"],
        "Approver of the data": ["odahl"],
    },
    "dependent choices": {
        "Maker": ["ATLAS"],
        "Model": ["A11"],
        "Keep your number?": ["true"],
        "Present number": ["+45 1234"],
    },
    "condition of yes": {
        "Name on the badge": ["Colleague"],
        "Access at night?": ["true"],
        "Reason for access at night": ["Backup"],
    },
    "default": {"Name on the badge": ["Maja"], "Access at night?": ["false"]},
    "table": {"Product": ["CAD"], "Modules": ["M-BASE", "M-CLOUD"], "Cost centre": ["CC-4100"]},
    "all kinds": {
        "From desk": ["2.14"],
        "What goes along": ["Two screens\nand a plant"],
        "Packing help": ["YES"],
        "Week": ["W50"],
        "Phone moves too": ["false"],
        "To room": ["R-310"],
        "Extras": ["LAMP", "PLANT"],
        "Note": ["No hurry"],
    },
    "more kinds": {
        "Occasion": ["見積 & mål"],
        "Size": ["LARGE"],
        "Number of guests": ["40"],
        "Menu": ["BUFFET"],
        "Diets": ["VEGAN", "NUTS"],
        "Day": ["2026-06-01"],
    },
    "confidential": {"Recovery code": ["813-664"], "Channel": ["catalog"]},
    "earlier answers": {"Database name": ["orders_eu"], "Access level": ["READ"], "Reason": ["Årsrapport"]},
    "other answers": {"Room": ["R-310"], "Coffee?": ["true"]},
    "yet other answers": {"Room": ["R-101"], "Coffee?": ["true"]},
}

# Nothing is ordered, and the error says why.
BAD: dict[str, tuple[Row, list[str]]] = {
    "ambiguous name": (
        {"service": "Shared mailbox"},
        ["2 of them", "2411 'Shared mailbox' in Office tools", "2412", "Give the id"],
    ),
    "unpublished": ({"service": "Robot arm hour"}, ["'Robot arm hour'", "unpublished", "not entitled"]),
    "misspelt": ({"service": "Standart laptop"}, ["'Standart laptop'", "misspelt", "'Standard laptop' (2401)"]),
    "too many": (
        {"service": "Standard laptop", "quantity": 6, "requested_for": ["skjaer"]},
        ["'Standard laptop' for skjaer", "above 5"],
    ),
    "unknown part": (
        {"service": "New colleague kit", "excluded_services": ["Badge"]},
        ["excluded_services: 'Badge' is not one of the parts", "Standard laptop (2401)", "Building badge (2413)"],
    ),
    "parts of no bundle": ({"service": "2401", "excluded_services": ["2402"]}, ["excluded_services: '2402'", "it is no bundle"]),
    "unknown user": (
        {"service": "Guest network", "requested_for": ["nobody"]},
        ["'Guest network' for nobody", "User nobody not found"],
    ),
    "not entitled": ({"service": "2417", "requested_for": ["nli"]}, ["'Finance ledger access' for nli", "not entitled"]),
    "not for others": (
        {"service": "Training budget", "requested_for": ["nli"]},
        ["'Training budget' for nli", "cannot be requested"],
    ),
    "unknown question": (
        {"service": "Database access", "answers": {**READ_ONLY, "Databas name": "x"}},
        ["answers: the service has no question 'Databas name'", "'Database name'"],
    ),
    "asks nothing": ({"service": "2401", "answers": {"Size": "14"}}, ["no question 'Size'", "The service asks nothing"]),
    "no such choice": (
        {"service": "Database access", "answers": {**READ_ONLY, "Access level": "Delete"}},
        ["answers: 'Access level': the answer is not among the choices", "'Read only', 'Read and write'"],
    ),
    "choice of another maker": (
        {"service": "Mobile phone", "answers": {**PHONE, "Model": "Nordic One"}},
        ["answers: 'Model': the answer is not among the choices", "'Atlas 10', 'Atlas 11 Compact'"],
    ),
    "several rows are called so": (
        {"service": "Meeting room", "answers": {"Room": "Aarhus"}, "requested_for": ["nli"]},
        ["answers: 'Room': several choices are called like the answer", "R-101, R-204"],
    ),
    "neither yes nor no": (
        {"service": "Building badge", "answers": {"Name on the badge": "x", "Access at night?": "maybe"}},
        ["answers: 'Access at night?': the answer is neither true nor false"],
    ),
    "too long": (
        {"service": "Building badge", "answers": {"Name on the badge": "x" * 41}},
        ["answers: 'Name on the badge': the answer has 41 characters", "At most 40"],
    ),
    "two answers": (
        {"service": "Catering", "answers": {**PARTY, "Size": ["Up to 12", "More than 12"]}},
        ["answers: 'Size': it takes one answer, not 2"],
    ),
    "no date": (
        {"service": "Catering", "answers": {**PARTY, "Day": "tomorrow"}},
        ["answers: 'Day': the catalog refused the answer", "'***' is not a date"],
    ),
    "read-only": (
        {
            "service": "Software licence",
            "answers": {"Product": "CAD", "Modules": "Base", "Cost centre": "CC-1"},
            "requested_for": ["nli"],
        },
        ["answers: 'Cost centre': it cannot be answered"],
    ),
    "answered twice": (
        {"service": "Database access", "answers": {**READ_ONLY, question_id("Database access", "Reason"): "x"}},
        ["answers: 'Reason': it is answered twice"],
    ),
    "missing": (
        {"service": "Database access", "answers": {"Reason": " "}},
        ["required questions are not answered: 'Database name', 'Access level', 'Reason'", "Add them to answers"],
    ),
    "missing by a condition": (
        {"service": "Database access", "answers": {**READ_ONLY, "Access level": "WRITE"}},
        ["required questions are not answered: 'Approver of the data'"],
    ),
    "missing by a yes": (
        {"service": "Building badge", "answers": {"Name on the badge": "x", "Access at night?": True}},
        ["required questions are not answered: 'Reason for access at night'"],
    ),
    "missing in a bundle": (
        {"service": "New colleague kit", "answers": {"Access at night?": False}, "requested_for": ["nli"]},
        ["required questions are not answered: 'Name on the badge'"],
    ),
    "no answers at all": (
        {"service": "Building badge", "requested_for": ["odahl"]},
        ["'Building badge' for odahl", "Name on the badge", "answer them with answers"],
    ),
    "confidential in match_on": (
        {"service": "Account recovery", "answers": {"Recovery code": "1"}, "match_on": ["answers"]},
        ["answers: 'Recovery code': it is confidential", "use key instead"],
    ),
    "bundle in match_on": (
        {"service": "New colleague kit", "answers": {"Name on the badge": "1"}, "match_on": ["answers"]},
        ["match_on: 'New colleague kit' is a bundle", "use key instead"],
    ),
    "unknown request": ({"request_id": "1"}, ["Request 1 does not exist"]),
}


# Requests are at work at once, and stay so.
UNDER_WAY = {"workflow_start_ms": 1, "workflow_work_ms": 0}


@pytest.fixture(autouse=True)
def _under_way(sandbox: Sandbox) -> None:
    sandbox.switches("dwp", **UNDER_WAY)


# Ordinary modules take their time; these show that they do the same.
AS_MODULES = (
    *("by number", "several users", "part of a bundle", "answers", "more kinds", "other options", "key"),
    *("misspelt", "unknown part", "no such choice", "missing by a condition"),
)


def names_of(table: dict[str, Any], mode: str) -> list[str]:
    return [name for name in table if mode != MODULE or name in AS_MODULES]


def in_modes(table: dict[str, Any]) -> Any:
    """Parametrises a test with the mode and the tasks that are run in it."""
    return pytest.mark.parametrize(("mode", "name"), [(mode, name) for mode in MODES for name in names_of(table, mode)])


@dataclass(frozen=True)
class Whole:
    """Good and bad tasks, once, and the good ones again; with what the server had afterwards."""

    first: Run
    second: Run
    requests: list[Row]
    orders: list[Row]

    def of(self, name: str) -> list[Row]:
        """The requests on the server that a task tells of."""
        ids = [request["request_id"] for request in self.first[name]["results"][0]["requests"]]
        return [next(row for row in self.requests if row["id"] == request_id) for request_id in ids]


@pytest.fixture(scope="module")
def wholes(ansible: Ansible, sandbox: Sandbox) -> dict[str, Whole]:
    found = {}
    for mode in MODES:
        good = [_order(name, **GOOD[name]) for name in names_of(GOOD, mode)]
        bad = [_order(name, **BAD[name][0]) for name in names_of(BAD, mode)]
        sandbox.reset()
        sandbox.switches("dwp", **UNDER_WAY)
        first = run_on_dwp(ansible, [*good, *bad], mode=mode)
        second = run_on_dwp(ansible, good, mode=mode)
        found[mode] = Whole(first, second, sandbox.state("requests", "dwp"), sandbox.state("orders", "dwp"))
    return found


@pytest.fixture
def whole(wholes: dict[str, Whole]) -> Whole:
    return wholes[IN_PROCESS]


@in_modes(GOOD)
def test_what_is_not_there_is_ordered(wholes: dict[str, Whole], mode: str, name: str) -> None:
    whole = wholes[mode]
    result = whole.first[name]
    users = GOOD[name].get("requested_for", [DWP_USER])
    assert not result.failed, result.msg
    assert result.warnings == []
    assert (result["changed"], result["counts"], result.msg) == (True, {"created": 1}, "1 created")
    (only,) = result["results"]
    requests = only["requests"]
    assert [request["requested_for"] for request in requests] == ([users] if isinstance(users, str) else users)
    assert {request["outcome"] for request in requests} == {"created"}
    assert only["request_id"] == requests[0]["request_id"]
    assert set(only["before"].values()) == {None}
    for request in requests:
        after = only["after"][request["requested_for"]]
        assert after["id"] == request["request_id"]
        assert (after["state"], after["status"], after["platform"]) == (request["state"], request["status"], "bmc_dwp")
        assert "raw" not in after
    assert [row["requestedFor"] for row in whole.of(name)] == [request["requested_for"] for request in requests]
    assert not any(row["draft"] or row["bundleId"] for row in whole.of(name))
    assert {row["service"] for row in whole.of(name)} == {only["service_id"]}


@in_modes(GOOD)
def test_second_run_changes_nothing(wholes: dict[str, Whole], mode: str, name: str) -> None:
    whole = wholes[mode]
    result = whole.second[name]
    assert (result["changed"], result["counts"]) == (False, {"unchanged": 1}), result.msg
    assert committed(result.calls) == []
    before = whole.first[name]["results"][0]
    (only,) = result["results"]
    assert [one["request_id"] for one in only["requests"]] == [one["request_id"] for one in before["requests"]]
    assert only["before"] == only["after"]
    assert {one["outcome"] for one in only["requests"]} == {"unchanged"}


def test_server_has_each_order_once(whole: Whole) -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    for name in GOOD:
        wanted.update((row["serviceName"], row["requestedFor"]) for row in whole.of(name))
    assert ordered(whole.requests) == wanted
    assert {name for name, count in wanted.items() if count > 1} == {("VPN access", "skjaer"), ("Meeting room", DWP_USER)}


@pytest.mark.parametrize("name", EXPECTED_ANSWERS)
def test_answers_arrive_as_the_catalog_wants_them(whole: Whole, name: str) -> None:
    for row in whole.of(name):
        given = {label: values for label, values in row["answers"].items() if values}
        assert given == EXPECTED_ANSWERS[name]


@in_modes(BAD)
def test_what_is_wrong_is_named_and_nothing_is_ordered(wholes: dict[str, Whole], mode: str, name: str) -> None:
    result = wholes[mode].first[name]
    assert result.failed
    assert not result["changed"]
    assert result["counts"] == {"failed": 1}
    for words in BAD[name][1]:
        assert words in result.msg
    assert placed(result.calls) == []


def test_one_call_orders_and_one_reads_back(whole: Whole) -> None:
    calls = [(call["method"], call["path"].removeprefix(API)) for call in without_logins(whole.first["by id"].calls)]
    request_id = whole.first["by id"]["results"][0]["request_id"]
    assert calls == [
        ("POST", "/services/search"),
        ("GET", "/services/requests"),
        ("GET", "/services/2402/myrequests"),
        ("POST", "/orders/requests"),
        ("GET", f"/services/requests/{request_id}"),
    ]


def test_several_users_go_out_in_one_entry(whole: Whole) -> None:
    (body,) = placed(whole.first["several users"].calls)
    (entry,) = body["serviceRequests"]
    assert entry["requestForUserIds"] == ["mlind", "skjaer", "nli"]


def test_users_with_the_same_answers_share_the_questions(whole: Whole) -> None:
    """The first user's draft is answered question by question, the others take the answers along."""
    calls = whole.first["answers"].calls
    drafts = [json.loads(call["body"]) for call in calls if call["path"] == f"{API}/requests"]
    assert [draft["requestForUserIds"] for draft in drafts] == [["mlind"], ["skjaer"]]
    assert len(drafts[1]["questions"]) == 3
    assert len([call for call in calls if call["path"].endswith("/questionnaire/answers")]) == 3
    assert len(placed(calls)) == 1


def test_bundle_has_the_parts_that_are_wanted(whole: Whole) -> None:
    by_id = {row["id"]: row for row in whole.requests}
    parts = {name: [by_id[part]["service"] for part in whole.of(name)[0]["parts"]] for name in ("bundle", "part of a bundle")}
    assert parts == {"bundle": ["2401", "2402", "2405", "2413"], "part of a bundle": ["2401", "2402"]}


def test_all_options_reach_the_catalog(whole: Whole) -> None:
    (row,) = whole.of("other options")
    assert row["extras"]["externalActivities"] == [
        {
            "externalActivityId": "IDGADG1AAT7X5",
            "externalActivityDisplayId": "CRQ1103",
            "externalActivityType": "CHG:Infrastructure Change",
            "connectionName": "Remedy",
        }
    ]
    assert (row["extras"]["referenceRequestId"], row["extras"]["summary"]) == (LAPTOP, "With a pipeline")
    (order,) = (order for order in whole.orders if order["id"] == row["orderId"])
    assert order["title"] == "For the new branch"
    (body,) = placed(whole.first["other options"].calls)
    assert body["collaboratorsEnabled"] is True
    (row,) = whole.of("on behalf")
    assert (row["requestedFor"], row["extras"]["onBehalfOfUserId"]) == ("nli", "odahl")
    (row,) = whole.of("quantity")
    assert (row["serviceName"], row["quantity"]) == (COFFEE, 20)
    assert whole.first["quantity"]["results"][0]["after"]["nli"]["quantity"] == 20


def test_key_is_kept_once_where_only_the_account_sees_it(whole: Whole) -> None:
    for name, text in (("key", "deskops.itsm key: TICKET 1047"), ("another key", "deskops.itsm key: TICKET 1048")):
        (row,) = whole.of(name)
        (comment,) = row["activities"]
        assert (comment["text"], comment["visibility"], comment["author"]) == (text, "INTERNAL", DWP_USER)
    assert whole.of("key") != whole.of("another key")


# Times, and words and ids that depend on how many tasks came before and how long they took.
VARYING = re.compile(r"2026-\d\d-\d\dT[0-9:.+]+|\bNEW\b|\bACTIVE\b|\b4[0-9]{4}\b")


def _comparable(result: TaskResult) -> tuple[str, list[tuple[str, str, int]]]:
    told = json.dumps([result.result.get(key) for key in ("msg", "changed", "counts", "results", "error")])
    calls = {(call["method"], VARYING.sub("…", call["target"]), call["status"]) for call in without_logins(result.calls)}
    # What others have changed a moment ago is looked at once more, and how long ago that was varies.
    single = ("/services/requests/…", "/services/requests/search")
    return VARYING.sub("…", told), sorted(call for call in calls if not call[1].endswith(single))


def test_results_do_not_depend_on_where_the_work_is_done(wholes: dict[str, Whole]) -> None:
    here, there = wholes[IN_PROCESS], wholes[MODULE]
    for name in names_of(BAD, MODULE):
        assert _comparable(here.first[name])[0] == _comparable(there.first[name])[0]
    for name in names_of(GOOD, MODULE):
        assert _comparable(here.first[name]) == _comparable(there.first[name])
        assert _comparable(here.second[name]) == _comparable(there.second[name])


# -- check mode -------------------------------------------------------------------------------------------------------------

# These do not depend on each other, so that check mode, which changes nothing, can be compared.
INDEPENDENT = [
    _order("one", service="VPN access", requested_for=["mlind"]),
    _order("there", service="Standard laptop", requested_for=["mlind"], match_states=["completed"]),
    _order("some there", service="Guest network", requested_for=["mlind", "nli"], match_states=["cancelled"]),
    _order("answers", **GOOD["answers"]),
    _order("bundle", **GOOD["bundle"]),
    _order("bundle at once", **GOOD["part of a bundle"]),
    _order("quantity", **GOOD["quantity"]),
    _order("on behalf", **GOOD["on behalf"]),
    _order("key", **GOOD["key"]),
    _order("always", service="VPN access", match_on=[]),
    _order("waiting", service="VPN access", requested_for=["odahl"], wait=True),
    _order("known", request_id=MOVE),
    _order(
        "many",
        requested_for=["nli"],
        items=[
            {"service": "VPN access"},
            {"service": "Standart laptop"},
            {"service": "2405", "requested_for": ["NLI"]},
            {"service": "Shared mailbox"},
            {"service": "Mobile phone", "answers": PHONE},
            {"request_id": APPROVAL},
        ],
    ),
    _order(
        "stop",
        on_error="stop",
        requested_for=["gthorsd"],
        items=[{"service": "Code repository"}, {"service": "Shared mailbox"}, {"service": "2402"}, {"request_id": MOVE}],
    ),
]


def _predicted(run: Run) -> list[Row]:
    return [
        {
            "name": task.name,
            "status": task.status,
            "changed": task["changed"],
            "counts": task["counts"],
            "outcomes": task.outcomes,
            "errors": [(result["error"] or {}).get("message") for result in task["results"]],
            "diff": task["diff"],
            "requests": [
                [(one["requested_for"], one["outcome"]) for one in result.get("requests", ())] for result in task["results"]
            ],
        }
        for task in run.tasks
    ]


def test_check_mode_predicts_the_run_and_writes_nothing(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.switches("dwp", workflow_work_ms=100)
    tasks = [one for one in INDEPENDENT if mode != MODULE or one["name"] in ("some there", "answers", "many")]
    predicted = run_on_dwp(ansible, tasks, mode=mode, arguments=["--check", "--diff"])
    assert committed(sandbox.calls(platform="dwp")) == []
    assert {call["path"].removeprefix(API) for call in sandbox.writes()} <= {
        "/users/login",
        "/services/search",
        "/services/requests/search",
    }
    real = run_on_dwp(ansible, tasks, mode=mode, arguments=["--diff"])
    for before, after in zip(_predicted(predicted), _predicted(real), strict=True):
        assert before == after
    assert "answers were not checked" in predicted["answers"].warnings[0]
    (difference,) = real["some there"]["diff"]
    assert difference["before_header"] == "service 'Guest network'"
    assert (difference["before"]["nli"], difference["after"]["nli"]["requested_for"]) == (None, "nli")
    assert difference["before"]["mlind"] == difference["after"]["mlind"]
    for name in {one.name for one in real.tasks} & {"one", "there"}:
        assert predicted[name].warnings == []
        assert len(real[name]["diff"]) == real[name]["changed"]


# -- many -------------------------------------------------------------------------------------------------------------------


def test_fifty_users_cost_at_most_five_calls_beside_the_login(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    users = [f"new{number:02}" for number in range(50)]
    sandbox.add_each("users", [{"login": login} for login in users], platform="dwp")
    items = [{"requested_for": [login]} for login in users]
    run = run_on_dwp(
        ansible,
        [_order(name, service="VPN access", items=items) for name in ("first", "second")],
        mode=mode,
        stop_on_failure=True,
    )
    assert run["first"]["counts"] == {"created": 50}
    assert len(without_logins(run["first"].calls)) <= 5
    assert len(run["first"].calls) == 6
    assert run["second"]["counts"] == {"unchanged": 50}
    assert len(run["second"].calls) == 2
    assert ordered(sandbox.state("requests", "dwp")) == {("VPN access", login): 1 for login in users}


def test_fifty_services_go_out_in_one_order(ansible: Ansible, sandbox: Sandbox) -> None:
    ids = sandbox.add_each("services", [{"name": f"Service {number}"} for number in range(50)], platform="dwp")
    items = [{"service": service_id, "requested_for": ["nli", "mlind"]} for service_id in ids]
    run = run_on_dwp(ansible, [_order("first", items=items), _order("second", items=items)], stop_on_failure=True)
    assert run["first"]["counts"] == {"created": 50}
    kinds = Counter(call["path"].removeprefix(API) for call in without_logins(run["first"].calls))
    of_services = sum(kinds.pop(f"/services/{service_id}/myrequests") for service_id in ids)
    assert of_services == 50
    assert kinds == {"/services/search": 1, "/services/requests": 2, "/orders/requests": 1, "/services/requests/search": 1}
    assert run["second"]["counts"] == {"unchanged": 50}
    assert len(run["second"].calls) == 3
    assert len(ordered(sandbox.state("requests", "dwp"))) == 100


def test_list_that_shows_new_requests_needs_no_second_look(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches("dwp", workflow_start_ms=0)
    items = [{"service": "2402"}, {"service": "2405"}]
    run = run_on_dwp(ansible, [_order("one", service="2401"), _order("more", items=items)], stop_on_failure=True)
    assert len(without_logins(run["one"].calls)) == 5
    assert len(without_logins(run["more"].calls)) == 4


# Together in one task: others are ordered where some fail.
MIXED = [
    {"service": "VPN access"},
    {"service": "Shared mailbox"},
    {"service": "2405"},
    {"service": "Guest network", "requested_for": ["mlind", "nobody", "skjaer"]},
    {"service": "Mobile phone", "answers": {"Maker": "Nokia"}},
    {"service": "Database access", "answers": READ_ONLY},
    {"service": "Meeting room", "answers": {"Room": "R-101"}, "requested_for": ["nobody", "mlind"]},
    {"request_id": "1"},
    {"request_id": MOVE},
]


def test_items_that_fail_hold_up_no_others(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = run_on_dwp(ansible, [_order("it", requested_for=["nli"], items=MIXED)], mode=mode)
    result = run["it"]
    assert result.failed
    assert result["changed"]
    assert result.outcomes == ["created", "failed", "unchanged", "failed", "failed", "created", "failed", "failed", "unchanged"]
    assert [one["index"] for one in result["results"]] == list(range(len(MIXED)))
    assert [one["changed"] for one in result["results"]] == [True, False, False, True, False, True, True, False, False]
    assert result.msg.startswith("5 of 9 items failed: service 'Shared mailbox': ")
    assert "The catalog did not order 'Guest network' for nobody: User nobody not found (1 of 3 users)" in result.msg
    assert "answers: 'Maker': the answer is not among the choices" in result.msg
    assert result["results"][2]["request_id"] == result["results"][0]["request_id"]
    assert [one["requested_for"] for one in result["results"][3]["requests"]] == ["mlind", "skjaer"]
    assert ordered(sandbox.state("requests", "dwp")) == {
        ("VPN access", "nli"): 1,
        ("Guest network", "mlind"): 1,
        ("Guest network", "skjaer"): 1,
        ("Database access", "nli"): 1,
        ("Meeting room", "mlind"): 1,
    }


def test_stop_orders_nothing_behind_the_first_failure(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    tasks = [
        _order(
            "found out before", on_error="stop", items=[{"service": "2401"}, {"service": "Shared mailbox"}, {"service": "2402"}]
        ),
        _order(
            "found out by ordering",
            on_error="stop",
            items=[
                {"service": "2405"},
                {"service": "2419", "requested_for": ["nobody"]},
                {"service": "2405"},
                {"service": "Meeting room", "answers": {"Room": "R-101"}},
            ],
        ),
    ]
    run = run_on_dwp(ansible, tasks, mode=mode)
    assert run["found out before"].outcomes == ["created", "failed", "skipped"]
    assert run["found out by ordering"].outcomes == ["created", "failed", "unchanged", "skipped"]
    assert ordered(sandbox.state("requests", "dwp")) == {("Standard laptop", DWP_USER): 1, ("VPN access", DWP_USER): 1}


def test_same_thing_twice_is_ordered_once_and_then_is_there(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.switches("dwp", user_ids="any_case")
    items = [
        {"service": "VPN access", "requested_for": ["mlind", "MLIND"]},
        {"service": "2405", "requested_for": ["nli", "Mlind"]},
        {"service": "Meeting room", "answers": {"Room": "R-101", "Coffee?": True}, "match_on": ["answers"]},
        {"service": "Meeting room", "answers": {"Coffee?": "true", "Room": "R-101"}, "match_on": ["answers"]},
    ]
    run = run_on_dwp(ansible, [_order("first", items=items), _order("second", items=items)], mode=mode)
    assert run["first"].outcomes == ["created", "created", "created", "unchanged"], run["first"].msg
    assert run["second"]["counts"] == {"unchanged": 4}, run["second"].msg
    assert [one["outcome"] for one in run["first"]["results"][1]["requests"]] == ["created", "unchanged"]
    assert ordered(sandbox.state("requests", "dwp")) == {
        ("VPN access", "mlind"): 1,
        ("VPN access", "nli"): 1,
        ("Meeting room", DWP_USER): 1,
    }


def test_loop_logs_in_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    looped = _order("it", {"loop": ["2401", "2402", "2405"]}, service="{{ item }}")
    run = run_on_dwp(ansible, [looped, _order("again", service="2401")], mode=mode)
    assert [item["counts"] for item in run["it"].items] == [{"created": 1}] * 3
    assert run["again"]["counts"] == {"unchanged": 1}
    assert sandbox.logins() == 1


# -- what there is ----------------------------------------------------------------------------------------------------------


def _requests(sandbox: Sandbox, *rows: Row) -> list[str]:
    return sandbox.add_each("requests", list(rows), platform="dwp")


def test_several_requests_that_fit_are_listed(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    ids = _requests(
        sandbox, *({"service": "2405", "requestedFor": "nli", "status": word} for word in ("ACTIVE", "ON_HOLD", "FAILED"))
    )
    tasks = [
        _order("it", service="VPN access", requested_for=["nli"]),
        _order("narrower", service="VPN access", requested_for=["nli"], match_states=["On_Hold"]),
        _order("by id", request_id=ids[0]),
    ]
    run = run_on_dwp(ansible, tasks, mode=mode)
    assert run["it"].failed
    assert run["it"]["error"]["kind"] == "Ambiguous"
    for words in (
        f"nli has 2 requests for 'VPN access' that fit: {ids[0]} (ACTIVE, ",
        f"{ids[1]} (ON_HOLD, ",
        "request_id",
        "match_on",
    ):
        assert words in run["it"].msg
    assert ids[2] not in run["it"].msg
    assert [run[name]["results"][0]["request_id"] for name in ("narrower", "by id")] == [ids[1], ids[0]]
    assert committed(sandbox.calls(platform="dwp")) == []


def test_request_under_way_counts_before_the_latest_that_has_ended(ansible: Ansible, sandbox: Sandbox) -> None:
    words = ("COMPLETED", "COMPLETED", "COMPLETED")
    past = _requests(
        sandbox,
        *({"service": "2405", "requestedFor": "nli", "status": word, "secondsAgo": age} for age, word in enumerate(words, 100)),
    )
    options = {"service": "VPN access", "requested_for": ["nli"], "match_states": ["open", "completed"]}
    ended = run_on_dwp(ansible, [_order("it", **options)])
    (under_way,) = _requests(sandbox, {"service": "2405", "requestedFor": "nli", "status": "ACTIVE", "secondsAgo": 900})
    open_one = run_on_dwp(ansible, [_order("it", **options)])
    assert [run["it"]["results"][0]["request_id"] for run in (ended, open_one)] == [past[0], under_way]
    assert committed(sandbox.calls(platform="dwp")) == []


@pytest.mark.parametrize("word", ["COMPLETED", "FAILED", "REJECTED", "CANCELLED"])
def test_request_of_the_past_is_no_reason_not_to_order(ansible: Ansible, sandbox: Sandbox, word: str) -> None:
    _requests(sandbox, {"service": "2405", "requestedFor": "nli", "status": word})
    run = run_on_dwp(
        ansible,
        [
            _order("predicted", {"check_mode": True}, service="2405", requested_for=["nli"]),
            _order("there", service="2405", requested_for=["nli"], match_states=[word]),
            _order("it", service="2405", requested_for=["nli"]),
        ],
    )
    assert [run[name].outcomes for name in ("predicted", "there", "it")] == [["created"], ["unchanged"], ["created"]]


def test_key_is_found_also_on_a_completed_request(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    task_ = _order("it", service="VPN access", key="T-1")
    first = run_on_dwp(ansible, [task_], mode=mode)["it"]["results"][0]["request_id"]
    sandbox.move_dwp_request(first, "COMPLETED")
    assert run_on_dwp(ansible, [task_], mode=mode)["it"].outcomes == ["unchanged"]
    sandbox.move_dwp_request(first, "FAILED")
    second = run_on_dwp(ansible, [task_], mode=mode)["it"]
    assert second.outcomes == ["created"]
    assert len(kept_comments(sandbox, first)) == len(kept_comments(sandbox, second["results"][0]["request_id"])) == 1


def test_empty_match_on_always_orders(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    always = [_order(name, service="VPN access", match_on=[], items=[{}, {}]) for name in ("first", "second")]
    run = run_on_dwp(ansible, always, mode=mode)
    assert [run[name]["counts"] for name in ("first", "second")] == [{"created": 2}] * 2
    ids = {one["request_id"] for name in ("first", "second") for one in run[name]["results"]}
    assert len(ids) == 4
    assert len(run["second"].calls) == 3


def test_drafts_never_show_up_as_orders(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """A wrong answer leaves a draft behind: it is neither an order, nor taken for one the next time."""
    wrong = {"service": "Database access", "answers": {**READ_ONLY, "Access level": "WRITE"}}
    right = {"service": "Database access", "answers": READ_ONLY}
    run = run_on_dwp(ansible, [_order("wrong", **wrong), _order("wrong again", **wrong), _order("right", **right)], mode=mode)
    assert [run[name].outcomes for name in ("wrong", "wrong again", "right")] == [["failed"], ["failed"], ["created"]]
    rows = sandbox.state("requests", "dwp")
    assert ordered(rows) == {("Database access", DWP_USER): 1}
    assert len([row for row in rows if row["draft"]]) == 2
    read = run_on_dwp(ansible, [task("request_info", "read", service="Database access", requested_for=DWP_USER)])
    assert len(read["read"]["records"]) == 1


def test_service_that_only_its_user_is_entitled_to(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [_order(name, service="Finance ledger access", requested_for=[name]) for name in ("jmueller", "nli")]
    run = run_on_dwp(ansible, tasks, env={"DWP_USERNAME": "odahl"})
    assert run["jmueller"].outcomes == ["created"], run["jmueller"].msg
    assert "No service has the id or exactly the name 'Finance ledger access'" in run["nli"].msg


@pytest.mark.parametrize("family", ["serviceversionId", "serviceId"])
def test_both_spellings_of_keys(ansible: Ansible, sandbox: Sandbox, mode: str, family: str) -> None:
    sandbox.switches("dwp", key_family=family)
    items = [GOOD["part of a bundle"], GOOD["answers"], {"service": "2405"}, {"service": "VPN access", "requested_for": ["nli"]}]
    tasks = [_order(name, items=items) for name in ("first", "second")]
    run = run_on_dwp(ansible, tasks, mode=mode, env={"DWP_KEY_FAMILY": family})
    assert run["first"]["counts"] == {"created": 4}, run["first"].msg
    assert run["second"]["counts"] == {"unchanged": 4}, run["second"].msg


# -- waiting ----------------------------------------------------------------------------------------------------------------


def test_waiting(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """Each has its own end; the one that waits for an approval gets it from another task."""
    sandbox.switches("dwp", workflow_work_ms=100)
    wait = {"wait": True, "wait_timeout": 20}
    approve = {
        "name": "approve",
        "sandbox": {"post": "dwp/requests/{{ held.results[0].request_id }}", "body": {"status": "APPROVED"}},
    }
    tasks = [
        _order("completed", service="VPN access", requested_for=["mlind", "nli"], **wait),
        _order("completed before", service="Standard laptop", requested_for=["mlind"], match_states=["COMPLETED"], **wait),
        _order("failed", service="Fax line", **wait),
        _order("failed, as wished", service="Fax line", match_states=["failed"], wait_for=["Failed", "completed"], **wait),
        _order("held", {"register": "held"}, service="Administrator rights", wait=True, wait_timeout=1.5),
        _order("held, as wished", service="Administrator rights", wait_for=["pending"], **wait),
        approve,
        _order("approved", request_id="{{ held.results[0].request_id }}", **wait),
        _order("known", request_id=MOVE, wait_for=["active"], **wait),
        _order("rejected", service="2402", requested_for=["nli"], match_states=["denied"], **wait),
        _order("past it", request_id=LAPTOP, wait_for=["active"], **wait),
    ]
    run = run_on_dwp(ansible, tasks, mode=mode)
    ends = {result.name: (result.outcomes, result["changed"]) for result in run.tasks if "results" in result}
    assert ends == {
        "completed": (["created"], True),
        "completed before": (["unchanged"], False),
        "failed": (["failed"], True),
        "failed, as wished": (["unchanged"], False),
        "held": (["failed"], True),
        "held, as wished": (["unchanged"], False),
        "approved": (["unchanged"], False),
        "known": (["unchanged"], False),
        "rejected": (["failed"], False),
        "past it": (["failed"], False),
    }
    (completed,) = run["completed"]["results"]
    assert [one["state"] for one in completed["requests"]] == ["completed", "completed"]
    assert completed["after"]["nli"]["status"] == "COMPLETED"
    assert "is FAILED and will not become completed" in run["failed"].msg
    assert "is WAITING_APPROVAL after 1.5 seconds, not yet completed" in run["held"].msg
    assert "Raise wait_timeout" in run["held"].msg
    assert run["approved"]["results"][0]["before"][DWP_USER]["state"] in ("open", "completed")
    assert run["approved"]["results"][0]["after"][DWP_USER]["state"] == "completed"
    assert "is REJECTED and will not become completed" in run["rejected"].msg
    assert "is COMPLETED and will not become active" in run["past it"].msg


def test_items_wait_side_by_side_and_the_others_are_told(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches("dwp", workflow_work_ms=100)
    items = [
        {"service": "VPN access"},
        {"service": "Fax line"},
        {"service": "Standard laptop"},
        {"service": "2406", "wait_timeout": 1},
    ]
    run = run_on_dwp(ansible, [_order("it", items=items, wait=True, wait_timeout=20)])
    result = run["it"]
    assert result.outcomes == ["created", "failed", "created", "failed"]
    assert [one["changed"] for one in result["results"]] == [True] * 4
    assert result.msg.startswith("2 of 4 items failed: service 'Fax line': Request ")
    looks = Counter(call["path"] for call in result.calls)
    assert looks[f"{API}/services/requests/search"] <= 4


def test_what_is_not_to_be_seen_yet_is_told(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches("dwp", late_visibility_ms=60_000)
    tasks = [
        _order("alone", service="VPN access", settle_timeout=0.2),
        _order("several", service="VPN access", requested_for=["nli", "mlind"], settle_timeout=0.2),
        _order("waiting", service="2401", requested_for=["nli", "mlind"], settle_timeout=0.2, wait=True),
        _order("key", service="2402", requested_for=["nli", "mlind"], settle_timeout=0.2, key="T-1"),
    ]
    run = run_on_dwp(ansible, tasks)
    assert run["alone"].outcomes == run["several"].outcomes == ["created"]
    assert "does not show the request yet" in run["alone"].warnings[0]
    assert run["alone"]["results"][0]["request_id"] is not None
    assert [one["request_id"] for one in run["several"]["results"][0]["requests"]] == [None, None]
    assert "so it cannot be waited for" in run["waiting"].msg
    assert "its key could not be kept on it" in run["key"].msg
    assert "Add the internal comment 'deskops.itsm key: T-1'" in run["key"].msg
    assert all(result["changed"] for result in run.tasks)


def test_slow_catalog_gets_no_second_order(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """It had not ordered when we had lost patience, and does so later."""
    sandbox.faults({"platform": "dwp", "path": "/orders/requests$", "times": 2, "kind": "latency", "ms": 1500})
    tasks = [
        _order("patient", service="VPN access", timeout=0.5, settle_timeout=5),
        _order("impatient", service="2401", timeout=0.5, settle_timeout=0.2),
        {"name": "pause", "ansible.builtin.pause": {"seconds": 1.5}},
        _order("again", service="2401"),
    ]
    run = run_on_dwp(ansible, tasks, mode=mode)
    assert run["patient"].outcomes == ["created"], run["patient"].msg
    assert run["impatient"]["error"]["kind"] == "OutcomeUnknown"
    assert "may still be at work on it" in run["impatient"].msg
    assert run["again"].outcomes == ["unchanged"]
    assert ordered(sandbox.state("requests", "dwp")) == {("VPN access", DWP_USER): 1, ("Standard laptop", DWP_USER): 1}


ERRORS_AFTER_THE_ORDER: dict[str, dict[str, Any]] = {
    "an entry that does not exist": {"status": 500, "body": {"message": "ERROR (302): Entry does not exist in database"}},
    "an unknown error": {"status": 500, "body": {"messageType": "ERROR", "messageNumber": 8790, "messageText": "Unknown"}},
    "an error that says all is well": {"status": 200, "body": {"messageType": "ERROR", "messageNumber": 9, "messageText": "x"}},
    "no order": {"status": 200, "body": {"id": "77", "requestErrors": [], "requestDetails": {"id": "5"}}},
}


@pytest.mark.parametrize("name", ERRORS_AFTER_THE_ORDER)
def test_error_that_comes_after_the_order_is_no_refusal(ansible: Ansible, sandbox: Sandbox, name: str) -> None:
    """Whatever the words: the server's own errors do not tell that nothing was done."""
    before = len(sandbox.state("requests", "dwp"))
    error = ERRORS_AFTER_THE_ORDER[name]
    sandbox.faults({"platform": "dwp", "path": "/orders/requests$", "times": 1, "kind": "status", "when": "after", **error})
    order = _order("it", service="Fax line", requested_for=["mlind", "svc_automation"], settle_timeout=2)
    run = run_on_dwp(ansible, [order])
    assert run["it"].outcomes == ["created"], run["it"].msg
    assert len([call for call in run["it"].writes if call["path"].endswith("/orders/requests")]) == 1
    assert len(sandbox.state("requests", "dwp")) == before + 2


def test_error_of_the_server_without_an_order_is_reported(ansible: Ansible, sandbox: Sandbox) -> None:
    """What does not show up after it is ordered for each user alone, and what the server said is told."""
    error = ERRORS_AFTER_THE_ORDER["an unknown error"]
    sandbox.faults({"platform": "dwp", "path": "/orders/requests$", "kind": "status", "when": "before", **error})
    order = _order("it", service="Fax line", requested_for=["mlind", "svc_automation"], settle_timeout=0.3)
    run = run_on_dwp(ansible, [order])
    assert run["it"].failed
    assert "8790" in run["it"].msg
    assert len([call for call in run["it"].writes if call["path"].endswith("/orders/requests")]) == 3


def test_key_that_cannot_be_kept_is_told(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.faults(
        {"kind": "status", "status": 403, "body": {"message": "No comments"}, "platform": "dwp", "path": "/activities$"}
    )
    result: TaskResult = run_on_dwp(ansible, [_order("it", service="2402", key="T-1")])["it"]
    assert result.failed
    assert result["changed"]
    assert "'External monitor' for svc_automation was ordered, but its key could not be kept on it" in result.msg
    assert "No comments" in result.msg


def test_platform_without_a_catalog(ansible: Ansible) -> None:
    run = ansible.run([_order("it", service="2401")], env={**ON_DWP, "DESKOPS_PLATFORM": "admin_by_request"})
    assert "service_request does not work with admin_by_request" in run["it"].msg
    assert "bmc_dwp" in run["it"].msg
