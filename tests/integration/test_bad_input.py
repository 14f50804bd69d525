# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a task is said before the first call, with the name of the option and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import MODES, Ansible, Run, TaskResult, comparable, decide, task
from integration.support.sandbox import OTHER_KEY, Sandbox

# One pending request of the example data: if a check were missing, it would be decided.
ONE = {"request_id": "65430930", "state": "approved"}
PASSWORD = "Pa55-w0rd"
# Not written in the playbook: Ansible itself shows the lines of a playbook that fail.
PASSWORD_FROM_ENVIRONMENT = "{{ lookup('ansible.builtin.env', 'TEST_PASSWORD') }}"


def _info(**options: Any) -> dict[str, Any]:
    return task("request_info", "", **options)


def _log(**options: Any) -> dict[str, Any]:
    return task("auditlog_info", "", **options)


def _approve(**options: Any) -> dict[str, Any]:
    return decide("", **{**ONE, **options})


def _order(**options: Any) -> dict[str, Any]:
    """A request for a service of the example data: if a check were missing, it would be ordered."""
    whole = {"service": "VPN access", **options}
    return _with({"DESKOPS_PLATFORM": "bmc_dwp"}, task("service_request", "", **whole))


def _items(*items: dict[str, Any], **options: Any) -> dict[str, Any]:
    return decide("", items=list(items), **options)


def _with(environment: dict[str, str], task: dict[str, Any]) -> dict[str, Any]:
    return {**task, "environment": environment}


# A task, and what its message says.
BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    # connection
    "platform": (_info(platform="jira"), ["platform", "admin_by_request", "jira"]),
    "platform in environment": (_with({"DESKOPS_PLATFORM": "jira"}, _info()), ["DESKOPS_PLATFORM", "jira", "admin_by_request"]),
    "no platform": (_with({"DESKOPS_PLATFORM": ""}, _info()), ["platform: it is missing", "admin_by_request"]),
    "data centre": (_info(data_center="dc9"), ["data_center", "dc1, dc2, dc3, dc4, dc5, dc6, us, eu", "dc9"]),
    "data centre in environment": (
        _with({"ABR_DATA_CENTER": "dc9", "ABR_URL": ""}, _info()),
        ["ABR_DATA_CENTER", "dc9", "dc1, dc2, dc3, dc4, dc5, dc6, us, eu"],
    ),
    "no url, no data centre": (_with({"ABR_URL": ""}, _info()), ["data_center", "url", "dc1, dc2, dc3"]),
    "no key": (_with({"ABR_API_KEY": ""}, _info()), ["api_key: it is missing", "ABR_API_KEY"]),
    "no key for a decision": (_with({"ABR_API_KEY": ""}, _approve()), ["api_key: it is missing", "ABR_API_KEY"]),
    "key with a line break": (_info(api_key="SANDBOX0-0000\n"), ["api_key", "Copy it again"]),
    "key of other letters": (_info(api_key="nøgle"), ["api_key", "Copy it again"]),
    "unencrypted": (_info(url="http://192.0.2.1/abr"), ["url", "http://192.0.2.1/abr", "https", "allow_http"]),
    "url with credentials": (_info(url=f"https://me:{PASSWORD_FROM_ENVIRONMENT}@192.0.2.1"), ["url", "user name or a password"]),
    "url that is none": (_info(url="dc1api.adminbyrequest.com"), ["url", "dc1api.adminbyrequest.com", "https://host"]),
    "url of another scheme": (_info(url="ftp://192.0.2.1"), ["url", "ftp://192.0.2.1", "https://host"]),
    "url with a query": (_info(url="https://192.0.2.1/?a=b"), ["url", "query"]),
    "url with half a host": (_info(url="https://[bad"), ["url", "https://[bad", "https://host"]),
    "timeout": (_info(timeout=0), ["timeout", "0.1 or more"]),
    "timeout in environment": (_with({"DESKOPS_TIMEOUT": "soon"}, _info()), ["DESKOPS_TIMEOUT", "float"]),
    "deadline": (_info(deadline=-1), ["deadline", "0.1 or more"]),
    "retries": (_info(retries=-1), ["retries", "0 or more"]),
    "concurrency": (_approve(concurrency=0), ["concurrency", "1 or more"]),
    "concurrency in environment": (_with({"DESKOPS_CONCURRENCY": "many"}, _approve()), ["DESKOPS_CONCURRENCY", "int"]),
    "flag in environment": (_with({"DESKOPS_VALIDATE_CERTS": "perhaps"}, _info()), ["DESKOPS_VALIDATE_CERTS", "bool"]),
    # names of options
    "unknown option": (_info(stauts=["pending"]), ["stauts", "Supported parameters include", "status"]),
    "unknown option of a decision": (_approve(comment="no"), ["comment", "Supported parameters include", "reason"]),
    "unknown option of an item": (_items({**ONE, "raeson": "no"}), ["raeson", "items", "reason"]),
    "connection option in an item": (_items({**ONE, "api_key": "x"}), ["api_key", "items"]),
    # decisions
    "state": (_approve(state="maybe"), ["state", "approved, denied", "maybe"]),
    "state of an item": (_items({**ONE, "state": "maybe"}), ["state", "approved, denied", "maybe", "items"]),
    "no state": (decide("", request_id="65430930"), ["state: it is missing", "approved and denied"]),
    "no state of an item": (_items(ONE, {"request_id": "65430931"}), ["items[1].state: it is missing", "approved and denied"]),
    "id": (_approve(request_id="REQ-1"), ["request_id: 'REQ-1' is not an id", "whole numbers"]),
    "negative id": (_approve(request_id="-1"), ["request_id: '-1' is not an id"]),
    "id with a fraction": (_approve(request_id="1.5"), ["request_id: '1.5' is not an id"]),
    "empty id": (_approve(request_id=""), ["request_id: it is missing"]),
    "id of an item": (_items(ONE, {**ONE, "request_id": "x/../1"}), ["items[1].request_id: 'x/../1' is not an id"]),
    "no id": (decide("", state="approved"), ["request_id: it is missing", "items"]),
    "no items": (decide("", state="approved", items=[]), ["items: the list is empty"]),
    "approved and denied": (
        _items(ONE, {"request_id": "65430931", "state": "denied"}, {**ONE, "request_id": "065430930", "state": "denied"}),
        ["items[2].request_id: request 065430930 is to be denied here and approved in items[0]"],
    ),
    "decider": (_approve(decided_by="Ove Dahl"), ["decided_by: 'Ove Dahl' is not an e-mail address"]),
    "on_conflict": (_approve(on_conflict="stop"), ["on_conflict", "fail, warn, ignore", "stop"]),
    "on_error": (_approve(on_error="fail"), ["on_error", "continue, stop", "fail"]),
    # requests
    "request ids": (_info(request_ids=["65430930", "x"]), ["request_ids: 'x' is not an id"]),
    "no request ids": (_info(request_ids=[]), ["request_ids: the list is empty"]),
    "request ids and filter": (_info(request_ids=["1"], status=["pending"]), ["request_ids", "cannot be combined", "status"]),
    "no status": (_info(status=[]), ["status: the list is empty"]),
    "include": (_info(include=["answers"]), ["include", "scan_details", "answers"]),
    "since": (_info(since_id="newest"), ["since_id: 'newest' is not an id"]),
    "limit": (_info(limit=0), ["limit: 0 is out of range", "1 or more"]),
    "last": (_info(last=1001), ["last: 1001 is out of range", "from 1 to 1000"]),
    "last and limit": (_info(last=5, limit=5), ["last", "cannot be combined", "limit"]),
    "last and since": (_info(last=5, since_id="1"), ["last", "cannot be combined", "since_id"]),
    "last and person": (_info(last=5, requested_for="mlind"), ["last", "requested_for"]),
    "last and a state of our own": (_info(last=5, status=["expired"]), ["last", "status", "pending, approved, denied"]),
    # logs
    "entry ids": (_log(entry_ids=["x"]), ["entry_ids: 'x' is not an id"]),
    "entry ids and filter": (_log(entry_ids=["1"], type="app"), ["entry_ids", "cannot be combined", "type"]),
    "type": (_log(type="apps"), ["type", "app, session", "apps"]),
    "status of entries": (_log(status="running"), ["status", "pending, approved, denied, quarantined", "running"]),
    "delta time": (_log(delta_time="yesterday"), ["delta_time: 'yesterday'", "now"]),
    "delta time and filter": (_log(delta_time="now", days=3), ["delta_time", "cannot be combined", "days"]),
    "days": (_log(days=0), ["days: 0 is out of range", "1 or more"]),
    "days and start": (_log(days=3, start_date="2026-09-01"), ["days", "cannot be combined", "start_date"]),
    "start": (_log(start_date="01.09.2026"), ["start_date: '01.09.2026' is not a day", "YYYY-MM-DD"]),
    "end": (_log(end_date="20260901"), ["end_date: '20260901' is not a day", "YYYY-MM-DD"]),
    "user and computer": (_log(user="mlind", computer="NW-LT-0142"), ["user", "cannot be combined", "computer"]),
    "event ids": (task("event_info", "", event_ids=[]), ["event_ids: the list is empty"]),
    "event ids and code": (task("event_info", "", event_ids=["1"], code=13), ["event_ids", "cannot be combined", "code"]),
    "code": (task("event_info", "", code=0), ["code: 0 is out of range"]),
    "last events": (task("event_info", "", last=10001), ["last: 10001 is out of range", "from 1 to 10000"]),
    # computers
    "no computers": (task("computer_info", "", computers=[]), ["computers: the list is empty"]),
    "nameless computer": (task("computer_info", "", computers=[""]), ["computers", "empty name"]),
    "computers and limit": (task("computer_info", "", computers=["a"], limit=1), ["computers", "cannot be combined", "limit"]),
    "software and groups": (task("computer_info", "", include=["hardware"]), ["include", "software, groups", "hardware"]),
    # services
    "no url of a catalog": (
        _with({"DESKOPS_PLATFORM": "bmc_dwp", "DWP_URL": ""}, task("service_request", "", service="2405")),
        ["url: it is missing", "DWP_URL"],
    ),
    "unknown option of an order": (_order(user="mlind"), ["user", "Supported parameters include", "requested_for"]),
    "option of another platform": (_order(data_center="dc1"), ["data_center", "admin_by_request", "not of bmc_dwp"]),
    "spelling of keys": (_order(key_family="serviceVersionId"), ["key_family", "serviceversionId, serviceId"]),
    "no service": (_order(service=" "), ["service: it is missing", "id or the exact name"]),
    "no service of an item": (
        _with({"DESKOPS_PLATFORM": "bmc_dwp"}, task("service_request", "", items=[{"service": "2405"}, {"quantity": 2}])),
        ["items[1].service: it is missing"],
    ),
    "no items of an order": (_order(items=[]), ["items: the list is empty"]),
    "id of a request": (_order(service=None, request_id="REQ1"), ["request_id: 'REQ1' is not an id", "whole numbers"]),
    "request and service": (_order(request_id="40211"), ["request_id: it cannot be combined with service"]),
    "no users": (_order(requested_for=[]), ["requested_for: it is empty", "Leave it out"]),
    "nameless user": (_order(requested_for=["mlind", " "]), ["requested_for: it is empty"]),
    "quantity": (_order(quantity=0), ["quantity: 0 is out of range", "1 or more"]),
    "quantity in words": (_order(quantity="two"), ["quantity", "int"]),
    "state of an order": (_order(state="absent"), ["state", "not possible here", "absent"]),
    "earlier request": (_order(reference_request_id="REQ1"), ["reference_request_id: 'REQ1' is not an id"]),
    "requests to copy from": (_order(prefill_request_ids=["1", "x"]), ["prefill_request_ids: 'x' is not an id"]),
    "activity without a connection": (
        _order(external_activities=[{"id": "IDG1", "type": "HPD:Help Desk"}]),
        ["external_activities: one of sub_catalog_id, connection_name, connection_id is needed"],
    ),
    "activity without an id": (_order(external_activities=[{"connection_name": "ITSM"}]), ["external_activities", "id"]),
    "activity with an empty id": (
        _order(external_activities=[{"id": "", "connection_name": "ITSM"}]),
        ["external_activities: id is empty"],
    ),
    "unknown key of an activity": (
        _order(external_activities=[{"id": "1", "number": "1"}]),
        ["external_activities", "number", "connection_id"],
    ),
    "answers that are a list": (_order(answers=["a"]), ["answers", "dict"]),
    "answer that is a dictionary": (_order(answers={"Size": {"a": 1}}), ["answers: 'Size' is no text, number, truth value"]),
    "answer that is nothing": (_order(answers={"Size": None}), ["answers: 'Size' is no text, number, truth value"]),
    "answer of an item": (
        _order(items=[{}, {"answers": {"Size": [["a"]]}}]),
        ["items[1].answers: 'Size' is no text, number, truth value"],
    ),
    "title and answers": (_order(title="a", answers={"Size": 1}), ["title: it cannot be combined with answers"]),
    "summary and answers": (_order(summary="a", answers={"Size": 1}), ["summary: it cannot be combined with answers"]),
    "share and answers": (_order(share=True, answers={"Size": 1}), ["share: it cannot be combined with answers"]),
    "activity and answers": (
        _order(external_activities=[{"id": "1", "connection_id": "1"}], prefill_request_ids=["40211"]),
        ["external_activities: it cannot be combined with answers", "takes no answers"],
    ),
    "empty key": (_order(key=" "), ["key: it is empty"]),
    "key with markup": (_order(key="R&D <1>"), ["key: 'R&D <1>' has a character", "Not allowed are < > and &"]),
    "match_on": (_order(match_on=["title"]), ["match_on", "service, requested_for, answers, subject, key", "title"]),
    "match_on without key": (_order(match_on=["service", "key"]), ["key: it is missing, and match_on needs it"]),
    "match_on without answers": (_order(match_on=["answers"]), ["answers: it is missing, and match_on needs it"]),
    "key that is not used": (_order(key="T-1", match_on=[]), ["match_on: key is given, but not used", "Add key to match_on"]),
    "no states to match": (_order(match_states=[]), ["match_states: a state is missing"]),
    "nothing to wait for": (_order(wait=True, wait_for=[]), ["wait_for: a state is missing"]),
    "wait_for": (_order(wait_for=["completed", " "]), ["wait_for: a state is missing", "Leave the option out"]),
    "wait_timeout": (_order(wait_timeout=0), ["wait_timeout: 0 is out of range", "more than 0"]),
    "wait_timeout that is no number": (_order(wait_timeout="nan"), ["wait_timeout: nan is out of range"]),
    "settle_timeout": (_order(settle_timeout=-1), ["settle_timeout: -1 is out of range", "more than 0"]),
    "settle_timeout in words": (_order(settle_timeout="soon"), ["settle_timeout", "float"]),
}


@pytest.fixture(scope="module")
def runs(ansible: Ansible) -> dict[str, Run]:
    tasks = [{**bad, "name": name} for name, (bad, _said) in BAD.items()]
    return ansible.in_both_modes(tasks, env={"TEST_PASSWORD": PASSWORD})


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("mode", MODES)
def test_bad_input_is_an_error_before_the_first_call(runs: dict[str, Run], mode: str, name: str) -> None:
    result = runs[mode][name]
    assert result.failed
    assert not result.result.get("changed")
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg


def test_messages_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    for here, there in zip(*(comparable(runs[mode]) for mode in MODES), strict=True):
        assert here == there


def test_password_in_a_url_is_not_repeated(runs: dict[str, Run]) -> None:
    for run in runs.values():
        assert PASSWORD not in run.output + run.written_log()


def _check_wrong_data_centre(result: TaskResult, *, calls: int) -> None:
    assert result.failed
    assert result["error"]["kind"] == "AuthError"
    for words in ("Invalid API key", "api_key", "data_center", "own data centre only"):
        assert words in result.msg
    assert len(result.calls) == calls


@pytest.mark.parametrize("status", [500, 401, 403])
def test_key_of_another_data_centre_is_explained_after_one_call(
    ansible: Ansible, sandbox: Sandbox, mode: str, status: int
) -> None:
    sandbox.switches(platform="abr2", auth_failure_status=status)
    items = [{"request_id": str(number)} for number in range(1, 101)]
    tasks = [
        task("request_info", "read"),
        decide("decide", state="approved", items=items),
        task("computer_info", "name", computers=["a", "b"]),
    ]
    run = ansible.run(tasks, mode=mode, env={"ABR_URL": sandbox.other_url})
    for number, result in enumerate(run.tasks):
        _check_wrong_data_centre(result, calls=0 if number else 1)


def test_key_of_the_other_tenant_works_there(ansible: Ansible, sandbox: Sandbox) -> None:
    run = ansible.run([task("request_info", "read", url=sandbox.other_url, api_key=OTHER_KEY)], stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run["read"]["records"] == []


def _keys(name: str, verb: str, **options: Any) -> dict[str, Any]:
    return {"name": name, f"deskops.itsm.{verb}": options}


def test_keys_that_are_no_text_are_those_of_json(ansible: Ansible, sandbox: Sandbox) -> None:
    """YAML makes numbers and truth values of keys that look like some; a module gets them as text."""
    order = {"subject": "s", "requested_for": ["maja.lind@northwind.example"]}
    tasks = [
        _keys("answers", "service_request", service="Standard laptop", subject="s", answers={2026: "x"}),
        _keys("fields", "service_request", **order, fields={1: "x", None: "y"}),
        _keys("own fields", "record", module="problems", fields={"title": "t", "udf_fields": {True: "x"}}),
    ]
    runs = ansible.in_both_modes(tasks, env={"DESKOPS_PLATFORM": "sdp_cloud"})
    here, there = (comparable(runs[mode]) for mode in MODES)
    assert here == there
    told = {result.name: result.msg for result in runs[MODES[0]].tasks}
    assert "no question is labelled '2026'" in told["answers"]
    assert "(1)" in told["fields"]
    assert "(null)" in told["fields"]
    assert "udf_fields.true" in told["own fields"]
