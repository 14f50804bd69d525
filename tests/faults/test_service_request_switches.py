# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""service_request under everything that the vendor leaves open: what is right stays right, and nothing is ordered twice.

The cases come from the sandbox's own table of switches, so that a new one is tested as soon as it is there.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import requests
from faults.support.tasks import Told, run
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.service_request import SERVICE_REQUEST
from sandbox.dwp.switches import SWITCHES

Item = dict[str, Any]
Ordered = Counter[tuple[str, str]]

# Values of the switches that take any number. One that is missing here fails when the tests are collected.
NUMBERS: dict[str, tuple[int, ...]] = {
    "token_seconds": (0, 1),
    "user_limit": (0, 1, 2),
    "late_visibility_ms": (200, 60_000),
    "late_visibility_reads": (3, 1000),
    "workflow_start_ms": (0, 1),
    "workflow_work_ms": (0, 1),
    "max_attachment_bytes": (1,),
    "late_opinions_ms": (200,),
}

# Requests may come to their end between two runs, whatever a switch says of the time.
STATES = ["pending", "open", "completed"]
READ_ONLY = {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Report"}
RIGHT: list[Item] = [
    {"service": "VPN access", "requested_for": ["mlind"]},
    {"service": "2419", "requested_for": ["mlind", "skjaer", "nli"]},
    {"service": "New colleague kit", "requested_for": ["nli"], "excluded_services": ["Building badge"]},
    {"service": "Database access", "requested_for": ["gthorsd", "jmueller"], "answers": READ_ONLY},
]
ORDERED: Ordered = Counter(
    {
        ("VPN access", "mlind"): 1,
        ("Guest network", "mlind"): 1,
        ("Guest network", "skjaer"): 1,
        ("Guest network", "nli"): 1,
        ("New colleague kit", "nli"): 1,
        ("Database access", "gthorsd"): 1,
        ("Database access", "jmueller"): 1,
    }
)
# What is wrong with an item, as its error has to say it, whoever finds out. Some of its users may be all right.
BAD_ANSWER = {"Maker": "Nordic", "Model": "Atlas 10", "Keep your number?": False}
WRONG: list[tuple[Item, str]] = [
    ({"service": "Code repository", "requested_for": ["nobody", "mlind", "skjaer"]}, "nobody"),
    ({"service": "Finance ledger access", "requested_for": ["nli"]}, "2417|/orders/requests"),
    ({"service": "Standard laptop", "quantity": 6, "requested_for": ["skjaer"]}, "Quantity is above 5|/orders/requests"),
    ({"service": "Building badge", "requested_for": ["skjaer"]}, "Name on the badge|/orders/requests"),
    ({"service": "Meeting room", "requested_for": ["nobody", "mlind", "skjaer"], "answers": {"Room": "R-101"}}, "nobody"),
    ({"service": "Mobile phone", "answers": BAD_ANSWER}, "'Model': the answer is not among the choices"),
    ({"service": "Software licence", "answers": {"Product": "CAD"}}, "not answered: 'Modules'"),
]
STILL_ORDERED: Ordered = Counter(
    {
        ("Code repository", "mlind"): 1,
        ("Code repository", "skjaer"): 1,
        ("Meeting room", "mlind"): 1,
        ("Meeting room", "skjaer"): 1,
    }
)

# Paths of writes.
ORDERS = ("/orders$", "/orders/requests$")
DRAFTS = ("sb/requests$", "/questionnaire/answers$")

# What cannot go well, with its reason and what the task says.
FAILS: dict[tuple[str, Any], tuple[str, Ordered]] = {
    # The catalog spells the ids of services in the other way: an option of the connection, which the error names.
    ("key_family", "serviceId"): ("set key_family to the other one", Counter()),
    # It demands an answer to a question that it hides. With that answer it works, see below.
    ("hidden_required", "needed"): (
        "required questions are not answered: Approver of the data",
        ORDERED - Counter({("Database access", "gthorsd"): 1, ("Database access", "jmueller"): 1}),
    ),
}
# What was ordered stays out of sight for longer than the task waits for it: nobody can know that it is there.
UNSEEN = {("late_visibility_ms", 60_000), ("late_visibility_reads", 1000)}
# Where a draft can be seen and looks like a request, the one whose answer was lost makes a second one.
DRAFTS_SEEN = ("drafts_in_reads", "visible")
# The answers that may get lost without harm, where these are not all.
LOST = {**dict.fromkeys(UNSEEN, ()), DRAFTS_SEEN: ORDERS}
# What is wrong elsewhere is all right there: the catalog leaves out the questions.
ACCEPTED: dict[tuple[str, Any], Ordered] = {
    ("one_call_missing_answers", "accepted"): Counter({("Building badge", "skjaer"): 1}),
}

CASES = [
    pytest.param(switch.name, value, id=f"{switch.name}={value}")
    for switch in SWITCHES
    for value in (NUMBERS[switch.name] if switch.choices is None else switch.choices)
    if value != switch.default
]


def ordered(sandbox: Sandbox) -> Ordered:
    """What was ordered, without the parts of bundles and what the example data hold; drafts are no orders."""
    rows = sandbox.state("requests", "dwp")
    new = (row for row in rows if not row["draft"] and not row["bundleId"] and row["started"] >= "2026-09-18T10")
    return Counter((row["serviceName"], row["requestedFor"]) for row in new)


def run_items(sandbox: Sandbox, items: list[Item], **options: Any) -> dict[str, Any]:
    names = [option.name for option in SERVICE_REQUEST.options]
    whole = [{**dict.fromkeys(names), **item} for item in items]
    return run(SERVICE_REQUEST, sandbox, items=whole, **{"settle_timeout": 0.6, "match_states": STATES, **options})


def trouble(sandbox: Sandbox, *lost_answers: str) -> None:
    """The session is over at some reads and at the writes that matter, and the answers of calls on these paths get lost."""
    for method, path in (("GET", "/services/requests$"), ("POST", "/orders"), ("POST", "sb/requests$")):
        sandbox.faults({"kind": "auth", "platform": "dwp", "method": method, "path": path, "times": 1})
    for path in lost_answers:
        sandbox.faults({"kind": "drop", "when": "after", "platform": "dwp", "method": "POST", "path": path, "times": 1})


def test_cases_are_those_of_the_running_sandbox(sandbox: Sandbox) -> None:
    served = requests.get(f"{sandbox.control}/switches/dwp", timeout=10).json()
    assert {row["name"] for row in served} == {switch.name for switch in SWITCHES}
    choices = {row["name"]: row["choices"] for row in served}
    assert all(choices[switch.name] == list(switch.choices) for switch in SWITCHES if switch.choices is not None)


def test_defaults(sandbox: Sandbox) -> None:
    _check(sandbox, run_items(sandbox, RIGHT), "created", ORDERED)
    _check(sandbox, run_items(sandbox, RIGHT), "unchanged", ORDERED)


@pytest.mark.parametrize(("switch", "value"), CASES)
def test_each_is_ordered_once(sandbox: Sandbox, switch: str, value: Any) -> None:
    sandbox.switches("dwp", **{switch: value})
    trouble(sandbox, *LOST.get((switch, value), (*ORDERS, *DRAFTS)))
    if (switch, value) in UNSEEN:
        told = Told()
        _check(sandbox, run_items(sandbox, RIGHT, told=told), "created", ORDERED)
        assert len(told.warnings) == len(RIGHT)
        assert all("does not show the request yet" in warning and "settle_timeout" in warning for warning in told.warnings)
        return
    if (switch, value) in FAILS:
        words, there = FAILS[switch, value]
        for dummy in range(2):
            result = run_items(sandbox, RIGHT)
            assert result["failed"]
            assert words in result["msg"]
            assert ordered(sandbox) == there
        return
    _check(sandbox, run_items(sandbox, RIGHT), "created", ORDERED)
    _check(sandbox, run_items(sandbox, RIGHT), "unchanged", ORDERED)


SEEN = [case for case in CASES if case.values not in UNSEEN and case.values[0] != "key_family"]


@pytest.mark.parametrize(("switch", "value"), SEEN)
def test_what_is_wrong_is_named_and_holds_up_nothing_else(sandbox: Sandbox, switch: str, value: Any) -> None:
    sandbox.switches("dwp", **{switch: value})
    accepted = ACCEPTED.get((switch, value), Counter())
    result = run_items(sandbox, [item for item, _words in WRONG])
    assert result["failed"]
    for (item, words), entry in zip(WRONG, result["results"], strict=True):
        if item["service"] in {service for service, _user in accepted}:
            assert entry["outcome"] == "created"
        else:
            assert entry["outcome"] == "failed"
            assert re.search(words, str(entry["error"])), entry["error"]
    assert ordered(sandbox) == STILL_ORDERED + accepted


def test_draft_that_looks_like_a_request_is_no_reason_to_order_again(sandbox: Sandbox) -> None:
    sandbox.switches("dwp", drafts_in_reads="visible")
    trouble(sandbox, *DRAFTS)
    assert run_items(sandbox, RIGHT)["counts"] == {"created": len(RIGHT)}
    second = run_items(sandbox, RIGHT)
    assert second["counts"] == {"unchanged": 3, "failed": 1}
    assert "gthorsd has 2 requests for 'Database access' that fit" in second["msg"]
    assert ordered(sandbox) == ORDERED


def test_question_that_is_hidden_and_demanded_can_be_answered(sandbox: Sandbox) -> None:
    sandbox.switches("dwp", hidden_required="needed")
    answers = {**READ_ONLY, "Approver of the data": "odahl"}
    result = run_items(sandbox, [{**RIGHT[3], "answers": answers}])
    assert result["counts"] == {"created": 1}, result["msg"]


@pytest.mark.parametrize(("spelling", "option"), [("serviceId", "serviceId"), ("serviceversionId", "serviceversionId")])
def test_both_spellings_of_the_ids_of_services(sandbox: Sandbox, spelling: str, option: str) -> None:
    sandbox.switches("dwp", key_family=spelling)
    _check(sandbox, run_items(sandbox, RIGHT, key_family=option), "created", ORDERED)
    _check(sandbox, run_items(sandbox, RIGHT, key_family=option), "unchanged", ORDERED)


@pytest.mark.parametrize(("spelling", "option"), [("serviceId", "serviceversionId"), ("serviceversionId", "serviceId")])
def test_tolerant_catalog_takes_either_spelling(sandbox: Sandbox, spelling: str, option: str) -> None:
    sandbox.switches("dwp", key_family=spelling, key_check="tolerant")
    _check(sandbox, run_items(sandbox, RIGHT, key_family=option), "created", ORDERED)
    _check(sandbox, run_items(sandbox, RIGHT, key_family=option), "unchanged", ORDERED)


def _check(sandbox: Sandbox, result: dict[str, Any], outcome: str, there: Ordered) -> None:
    assert not result.get("failed"), result["msg"]
    assert result["counts"] == {outcome: len(RIGHT)}
    assert result["changed"] == (outcome == "created")
    assert ordered(sandbox) == there
