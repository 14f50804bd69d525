# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""provision_service: its steps together and apart, twice, in check mode, and with what goes wrong."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
import yaml
from integration.support.dwp import ON_DWP, kept_comments
from integration.support.programs import MODES, MODULES_IN_LONG_FORM, Ansible
from integration.support.sandbox import ROOT, Sandbox

from .provisioning import (
    ANSWERS,
    DATABASE,
    FAX,
    GUESTS,
    LAPTOP,
    MONITOR,
    VPN,
    changing,
    order,
    order_calls,
    order_well,
    ordered,
)

ROLE = ROOT / "roles" / "provision_service"
PARTY = {"Occasion": "Farewell", "Size": "Up to 12", "Menu": "Cake and coffee"}
COMMENT = {"text": "{service} for {requested_for} is {status} ({state}). {error}"}
REVIEW = {"title": "Quick", "content": "As promised.", "rating": 0.9}
EVERYTHING: dict[str, Any] = {"wait": True, "wait_timeout": 20, "comment": COMMENT, "review": REVIEW}


@pytest.fixture(autouse=True)
def _at_once(sandbox: Sandbox) -> None:
    _fulfil_at_once(sandbox)


def _fulfil_at_once(sandbox: Sandbox) -> None:
    sandbox.switches("dwp", workflow_start_ms=1, workflow_work_ms=1)


def _comments(sandbox: Sandbox, request_id: str) -> list[str]:
    return [comment["text"] for comment in kept_comments(sandbox, request_id)]


def _my_reviews(sandbox: Sandbox) -> list[tuple[str, str]]:
    rows = sandbox.state("reviews", "dwp")
    return sorted((row["serviceversionId"], row["title"]) for row in rows if row["login"] == "svc_automation")


@pytest.mark.parametrize("mode", MODULES_IN_LONG_FORM)
def test_predicted_then_done_then_left_alone(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    options: dict[str, Any] = {"service": "Database access", "requested_for": ["mlind"], "answers": ANSWERS, **EVERYTHING}
    predicted = order_well(ansible, mode=mode, check=True, **options)
    assert changing(sandbox.calls()) == []
    assert predicted.changed == 1
    assert predicted.result["counts"] == {"created": 1}
    assert predicted.column("request_id") == [None]
    shown = predicted.task("Show what became of it")
    assert shown
    assert shown["msg"][-1].startswith("A request that would be ordered has no id yet")
    first = order_well(ansible, mode=mode, **options)
    assert first.changed == 3
    assert ordered(sandbox) == [(DATABASE, "mlind")]
    (request,) = first.result["requests"]
    assert request == {
        "request_id": request["request_id"],
        "service": "Database access",
        "service_id": DATABASE,
        "requested_for": "mlind",
        "outcome": "created",
        "state": "completed",
        "status": "COMPLETED",
        "error": None,
        "comment": "created",
        "review": "created",
    }
    assert _comments(sandbox, request["request_id"]) == ["Database access for mlind is COMPLETED (completed)."]
    assert _my_reviews(sandbox) == [(DATABASE, "Quick")]
    writes = len(changing(sandbox.calls()))
    second = order_well(ansible, mode=mode, **options)
    assert second.changed == 0
    assert second.result["counts"] == {"unchanged": 1}
    assert second.result["requests"] == [{**request, "outcome": "unchanged", "comment": "unchanged", "review": "unchanged"}]
    assert len(changing(sandbox.calls())) == writes
    third = order_well(ansible, mode=mode, check=True, **options)
    assert third.changed == 0
    assert third.result["requests"] == second.result["requests"]


def test_many_items_go_out_in_one_order(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [
        {"service": "VPN access"},
        {"service": GUESTS, "requested_for": ["mlind", "skjaer"]},
        {"service": "External monitor", "quantity": 2, "requested_for": "gthorsd"},
        {"service": "Database access", "answers": ANSWERS},
    ]
    options: dict[str, Any] = {"requested_for": ["nli"], "items": items, **EVERYTHING}
    first = order_well(ansible, **options)
    wanted = [(DATABASE, "nli"), (GUESTS, "mlind"), (GUESTS, "skjaer"), (MONITOR, "gthorsd"), (VPN, "nli")]
    assert ordered(sandbox) == sorted(wanted)
    # One that orders at once, and one for the drafts whose questions were answered.
    assert len(order_calls(sandbox)) == 2
    assert first.result["counts"] == {"created": 5}
    assert first.column("service") == ["VPN access", "Guest network", "Guest network", "External monitor", "Database access"]
    assert first.column("comment") == ["created"] * 5
    assert first.column("review") == ["created"] * 5
    assert len(_my_reviews(sandbox)) == 4
    monitors = {row["requestedFor"]: row["quantity"] for row in sandbox.state("requests", "dwp") if row["service"] == MONITOR}
    assert monitors["gthorsd"] == 2
    second = order_well(ansible, **options)
    assert second.changed == 0
    assert second.column("request_id") == first.column("request_id")
    assert len(order_calls(sandbox)) == 2


def test_what_cannot_be_fulfilled_is_commented_on_and_fails_the_run(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [{"service": "Fax line"}, {"service": "VPN access"}]
    options: dict[str, Any] = {"requested_for": ["nli"], "items": items, **EVERYTHING}
    first = order(ansible, **options)
    assert "Fax line" in first.failure
    assert "is FAILED and will not become completed" in first.failure
    assert first.failure == first.result["errors"][0]
    fax, vpn = first.result["requests"]
    assert (fax["state"], fax["comment"], fax["review"]) == ("failed", "created", None)
    assert (vpn["state"], vpn["comment"], vpn["review"]) == ("completed", "created", "created")
    assert fax["error"].startswith(f"Request {fax['request_id']} is FAILED")
    assert _comments(sandbox, fax["request_id"])[0].startswith("Fax line for nli is FAILED (failed). Request")
    assert _my_reviews(sandbox) == [(VPN, "Quick")]
    # Told of, not ordered again.
    states = ["pending", "approved", "open", "unknown", "completed", "failed"]
    second = order(ansible, **options, match_states=states)
    assert "is FAILED and will not become completed" in second.failure
    assert second.changed == 0
    assert second.column("request_id") == first.column("request_id")
    # A failed request is no reason not to order again, unless it is said to be one.
    third = order(ansible, **options)
    assert third.column("outcome") == ["created", "unchanged"]
    assert ordered(sandbox) == [(VPN, "nli"), (FAX, "nli"), (FAX, "nli")]


def test_nothing_but_finding(ansible: Ansible, sandbox: Sandbox) -> None:
    """Without the order, what is missing is only told; what is there is waited for, commented on and reviewed."""
    items = [{"service": "VPN access"}, {"service": "Database access", "answers": ANSWERS}]
    options: dict[str, Any] = {"requested_for": ["nli"], "items": items, "order": False, **EVERYTHING}
    none = order_well(ansible, **options)
    assert none.changed == 0
    assert none.column("outcome") == ["missing", "missing"]
    assert none.column("request_id") == [None, None]
    assert changing(sandbox.calls()) == []
    (there,) = sandbox.add_each("requests", [{"service": VPN, "requestedFor": "nli", "status": "ACTIVE"}], "dwp")
    late = order(ansible, **{**options, "wait_timeout": 1.5})
    assert f"Request {there} is ACTIVE after 1.5 seconds" in late.failure
    assert [row["comment"] for row in late.result["requests"]] == [None, None]
    sandbox.move_dwp_request(there, "COMPLETED")
    ended = order_well(ansible, **options)
    assert ended.column("outcome") == ["unchanged", "missing"]
    assert ended.column("comment") == ["created", None]
    assert ended.column("review") == ["created", None]
    assert order_well(ansible, **options).changed == 0
    assert order_calls(sandbox) == []


def test_without_waiting_the_outcome_is_told_by_the_run_that_finds_it(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches("dwp", workflow_start_ms=0, workflow_work_ms=0)
    options: dict[str, Any] = {"service": "VPN access", "requested_for": ["nli"], "comment": COMMENT, "review": REVIEW}
    first = order_well(ansible, **options)
    (request,) = first.result["requests"]
    assert (first.changed, request["state"], request["comment"], request["review"]) == (1, "open", None, None)
    assert order_well(ansible, **options).changed == 0
    sandbox.move_dwp_request(request["request_id"], "COMPLETED")
    predicted = order_well(ansible, check=True, **options)
    assert predicted.column("comment") == predicted.column("review") == ["created"]
    third = order_well(ansible, **options)
    assert third.result == predicted.result
    assert third.changed == predicted.changed == 2
    assert order_well(ansible, **options).changed == 0


def test_no_comment_and_no_review_unless_asked_for(ansible: Ansible, sandbox: Sandbox) -> None:
    done = order_well(ansible, service=VPN, requested_for=["nli"], wait=True, show=False)
    assert done.changed == 1
    assert done.task("Show what became of it") is None
    (request,) = done.result["requests"]
    assert (request["comment"], request["review"]) == (None, None)
    assert _comments(sandbox, request["request_id"]) == []
    assert _my_reviews(sandbox) == []
    noted = order_well(ansible, service=VPN, requested_for=["nli"], comment={"text": "x", "visibility": "internal"})
    assert noted.changed == 1
    assert [comment["visibility"] for comment in kept_comments(sandbox, request["request_id"])] == ["INTERNAL"]


def test_one_wrong_item_and_nothing_is_ordered(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [{"service": "VPN access"}, {"service": "Standart laptop"}, {"service": "Shared mailbox"}]
    options: dict[str, Any] = {"requested_for": ["nli"], "items": items}
    refused = order(ansible, **options)
    assert "Standart laptop" in refused.failure
    assert "Standard laptop" in refused.failure
    assert "2411" in refused.failure
    assert changing(sandbox.calls()) == []
    # Unless it is said that the others shall be ordered all the same.
    rest = order(ansible, **options, check_service=False)
    assert rest.failure.startswith("2 of 3 items failed: ")
    assert rest.column("outcome") == ["created", "failed", "failed"]
    assert ordered(sandbox) == [(VPN, "nli")]


def test_an_earlier_request_counts_as_the_states_say(ansible: Ansible, sandbox: Sandbox) -> None:
    options: dict[str, Any] = {"service": "Standard laptop", "requested_for": ["mlind"]}
    there = order_well(ansible, **options)
    assert there.column("request_id") == ["40211"]
    again = order_well(ansible, **options, match_states=["pending", "open"])
    assert again.column("outcome") == ["created"]
    # A key names an order for good.
    for changed in (2, 0):
        keyed = order_well(ansible, **options, key="TICKET-1047", comment={"text": "{status}"}, wait=True)
        assert keyed.changed == changed
    assert ordered(sandbox) == [(LAPTOP, "mlind")] * 2


def test_matched_by_answers(ansible: Ansible, sandbox: Sandbox) -> None:
    options: dict[str, Any] = {"service": "Database access", "requested_for": ["mlind"], "match_on": ["answers"]}
    for answers, changed in (
        (ANSWERS, 1),
        (ANSWERS, 0),
        ({**ANSWERS, "Database name": "orders_us"}, 1),
        ({**ANSWERS, "Database name": "orders_us"}, 0),
    ):
        assert order_well(ansible, **options, answers=answers).changed == changed
    assert ordered(sandbox) == [(DATABASE, "mlind")] * 2


WRONG_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({}, "provision_service_service is missing"),
    ({"service": VPN, "items": [{"service": VPN}]}, "cannot be combined with provision_service_items"),
    ({"service": VPN, "comment": {"visibility": "internal"}}, "provision_service_comment has no text"),
    ({"service": VPN, "comment": {"text": "{state} {stat}"}}, "'{stat}' cannot be filled in; there are {request_id}, {service}"),
    ({"service": VPN, "comment": {"text": "x", "visibility": "secret"}}, "visibility"),
    ({"service": VPN, "review": {"title": "x"}}, "title and content belong together"),
    ({"service": VPN, "review": {"rating": 5}}, "rating '5' is not a number from 0 to 1"),
    ({"service": VPN, "on_error": "panic"}, "provision_service_on_error must be one of"),
    ({"items": [{"servise": VPN}]}, "servise"),
    ({"items": [{"quantity": 2}]}, "service: it is missing"),
    ({"service": VPN, "match_on": ["key"]}, "match_on needs it"),
]


def test_a_wrong_option_stops_the_run_before_the_first_call(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [
        {
            "block": [
                {
                    "ansible.builtin.include_role": {"name": "deskops.itsm.provision_service"},
                    "vars": {f"provision_service_{name}": value for name, value in variables.items()},
                }
            ],
            "rescue": [{"name": "Refusal", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}],
        }
        for variables, _words in WRONG_OPTIONS
    ]
    run = ansible.run(tasks, stop_on_failure=True, env=ON_DWP)
    refusals = [task.msg for task in run.tasks if task.name == "Refusal"]
    for (variables, words), message in zip(WRONG_OPTIONS, refusals, strict=True):
        assert words in message, variables
    assert sandbox.calls() == []


def test_a_wrong_password_is_told_once(ansible: Ansible, sandbox: Sandbox) -> None:
    for check_service in (True, False):
        played = order(ansible, service=VPN, check_service=check_service, env={"DWP_PASSWORD": "wrong"})
        assert "DWP_USERNAME" in played.failure or "login" in played.failure.lower()
    assert sandbox.logins() == 0


@pytest.mark.parametrize("mode", MODES)
def test_secret_answers_can_be_hidden(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    secret = "813-664-very-secret"
    played = order_well(
        ansible, service="Account recovery", requested_for=["nli"], answers={"Recovery code": secret}, no_log=True, mode=mode,
        arguments=["-vvv"],
    )  # fmt: skip
    assert played.changed == 1
    assert secret not in played.run.output


def test_a_list_may_be_given_as_a_word(ansible: Ansible, sandbox: Sandbox) -> None:
    """As it comes from the command line; the variable is checked as a list, but stays a text."""
    words = {"requested_for": "nli, mlind", "wait_for": "completed", "match_on": "service,requested_for"}
    words |= {"match_states": "open, completed"}
    done = order_well(ansible, service="VPN access", **{**EVERYTHING, **words})
    assert done.column("review") == ["created", "created"]
    assert ordered(sandbox) == [(VPN, "mlind"), (VPN, "nli")]
    assert order_well(ansible, service="VPN access", **{**EVERYTHING, **words}).changed == 0
    keyed = order_well(ansible, service="VPN access", requested_for="nli", match_on="key", key="T-1", excluded_services="")
    assert keyed.column("outcome") == ["created"]


def test_a_date_may_be_an_answer(ansible: Ansible, sandbox: Sandbox) -> None:
    """YAML takes it for one unless it is quoted."""
    when = datetime.date(2026, 12, 1)
    answers = {**ANSWERS, "Reason": when}
    items = [{"service": "Database access", "answers": answers}, {"service": "Catering", "answers": {**PARTY, "Day": [when]}}]
    done = order_well(ansible, requested_for=["nli"], items=items)
    assert done.column("outcome") == ["created", "created"]
    given = {row["service"]: row for row in sandbox.state("requests", "dwp") if row["requestedFor"] == "nli" and not row["draft"]}
    assert "2026-12-01" in str(given[DATABASE])


def test_a_second_use_that_fails_has_no_result_of_the_first(ansible: Ansible, sandbox: Sandbox) -> None:
    def use(service: str) -> dict[str, Any]:
        variables = {"provision_service_service": service, "provision_service_requested_for": ["nli"]}
        return {"ansible.builtin.include_role": {"name": "deskops.itsm.provision_service"}, "vars": variables}

    shown = {"name": "Result", "ansible.builtin.debug": {"msg": "{{ provision_service_result }}"}}
    tasks = [use("VPN access"), {"block": [use("VNP access")], "rescue": [shown]}]
    run = ansible.run(tasks, env=ON_DWP, stop_on_failure=True)
    assert run["Result"]["msg"] == {"requests": [], "counts": {}, "errors": []}


@pytest.mark.parametrize("where", ["role", "play"])
def test_check_mode_may_be_a_keyword(ansible: Ansible, sandbox: Sandbox, where: str) -> None:
    use: dict[str, Any] = {
        "ansible.builtin.import_role": {"name": "deskops.itsm.provision_service"},
        "vars": {"provision_service_service": "VPN access", "provision_service_requested_for": ["nli"]},
    }
    checked = {"check_mode": True}
    run = ansible.run([{**use, **(checked if where == "role" else {})}], env=ON_DWP, **(checked if where == "play" else {}))
    assert run.rc == 0, run.output
    assert changing(sandbox.calls()) == []
    assert "A request that would be ordered has no id yet" in run.output


SECRET = "Vé-813-664"
# With the question that has to be named. The platform repeats the last one.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("Database access", {**ANSWERS, "Access level": SECRET}, "'Access level': the answer is not among the choices. They"),
    ("Building badge", {"Name on the badge": "x", "Access at night?": SECRET}, "'Access at night?': the answer is neither"),
    ("Building badge", {"Name on the badge": SECRET * 9}, "'Name on the badge': the answer has 90 characters"),
    ("Catering", {"Day": SECRET, "Size": "Up to 12"}, "'Day': the catalog refused the answer"),
]


@pytest.mark.parametrize("mode", MODES)
def test_a_secret_answer_that_is_refused_is_not_told(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    users = ["nli", "mlind", "skjaer", "gthorsd"]
    items = [
        {"service": service, "answers": answers, "requested_for": user}
        for (service, answers, _said), user in zip(REFUSED, users, strict=True)
    ]
    played = order(ansible, items=items, no_log=True, mode=mode, arguments=["-vvvv"], comment=COMMENT)
    told = zip(REFUSED, users, played.result["errors"], played.column("error"), strict=True)
    for (service, _answers, said), user, error, error_of_request in told:
        assert error.startswith(f"{service} for {user}: answers: {said}")
        assert error_of_request.startswith(f"answers: {said}")
        assert error in played.failure
    assert "'Read only', 'Read and write'" in played.failure
    for text in (SECRET, "813-664", repr(SECRET)[1:-1], SECRET.encode("unicode_escape").decode()):
        assert text not in played.run.output
        assert text not in played.run.written_log()


def test_what_the_platform_says_of_secret_answers_is_hidden(ansible: Ansible, sandbox: Sandbox) -> None:
    """It may repeat any of them, in whatever form, where it refuses a draft or an order."""
    body = {"message": f"What is {SECRET.upper()}?"}
    sandbox.faults({"kind": "status", "status": 400, "method": "POST", "path": "/requests$", "body": body})
    answers = {"Recovery code": SECRET}
    options: dict[str, Any] = {"service": "Account recovery", "requested_for": ["nli"], "answers": answers, "no_log": True}
    assert "813-664" in order(ansible, **{**options, "no_log": False}).failure
    played = order(ansible, **options)
    assert played.failure == "Account recovery for nli: ApiError (HTTP 400): what was said is hidden, for it may repeat an answer"
    assert "813-664" not in played.run.output
    assert "813-664" not in str([task.result for task in played.run.tasks])


def test_with_secret_answers_it_is_told_what_else_is_wrong(ansible: Ansible, sandbox: Sandbox) -> None:
    options: dict[str, Any] = {"requested_for": ["nli"], "answers": {"Recovery code": SECRET}, "no_log": True}
    assert "Standard laptop" in order(ansible, service="Standart laptop", **options).failure
    assert "password" in order(ansible, service="Account recovery", env={"DWP_PASSWORD": "wrong"}, **options).failure
    sandbox.switches("dwp", workflow_start_ms=0, workflow_work_ms=0)
    late = order(ansible, service="Account recovery", wait=True, wait_timeout=0.5, **options)
    assert re.match(r"Account recovery for nli: Request \d+ is \w+ after 0.5 seconds, not yet completed", late.failure)
    assert SECRET not in late.run.output + late.run.written_log()


def test_names_from_the_server_are_only_text(ansible: Ansible, sandbox: Sandbox) -> None:
    name = "{{ 7 * 6 }} \u202e{service}\t{state}"
    (service,) = sandbox.add_each("services", [{"name": name}], "dwp")
    played = order_well(ansible, service=service, requested_for=["nli"], wait=True, comment={"text": "{service}: {status}"})
    (request,) = played.result["requests"]
    assert request["service"].startswith("{{ 7 * 6 }}")
    assert "{{ 7 * 6 }}" in _comments(sandbox, request["request_id"])[0]
    shown = played.task("Show what became of it")
    assert shown
    assert "\u202e" not in "".join(shown["msg"])
    assert order_well(ansible, service=service, requested_for=["nli"], comment={"text": "{service}: {status}"}).changed == 0


def test_both_ways_of_working_come_to_the_same(ansible: Ansible, sandbox: Sandbox) -> None:
    results = {}
    items = [{"service": "Fax line"}, {"service": "VPN access"}, {"service": "Database access", "answers": ANSWERS}]
    for mode in MODES:
        sandbox.reset()
        _fulfil_at_once(sandbox)
        played = order(ansible, mode=mode, requested_for=["skjaer"], items=items, **EVERYTHING)
        results[mode] = played.result
    assert results[MODES[0]] == results[MODES[1]]


def test_every_variable_is_documented_with_its_default() -> None:
    options = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults
    # Without the platform, the environment names it; without match_on, the module decides.
    assert options.keys() - defaults.keys() == {"provision_service_platform", "provision_service_match_on"}
    documented = re.findall(r"^\| `(provision_service_\w+)` \|", (ROLE / "README.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted([*options, "provision_service_result"])
