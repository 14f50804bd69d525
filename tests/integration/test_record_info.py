# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""record_info: records of any module are read, with as few calls as that takes."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import Ansible, Run, comparable
from integration.support.sandbox import Sandbox
from integration.support.sdp import API, list_info, record, run_on_sdp, without_logins

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.sdp_modules import MODULES
from tools.sdp_modules import PAGE, page

Row = dict[str, Any]
READABLE = [*MODULES, "cm_loans", "cm_visitors", "cmdb_servers", "cmdb_itservices"]


def _info(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return record("record_info", name, keywords, **options)


@pytest.fixture(scope="module")
def everything(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset()
    return run_on_sdp(ansible, [_info(module, module=module) for module in READABLE])


@pytest.mark.parametrize("module", READABLE)
def test_every_module_is_read(everything: Run, module: str) -> None:
    result = everything[module]
    assert not result.failed, result.msg
    assert result["total"] == len(result["records"])
    assert not result["truncated"]
    for one in result["records"]:
        assert set(one) == {"id", "display_id", "module", "title", "raw"}
        assert one["id"].isdecimal()
        assert one["module"] == module
        assert one["title"]
        assert one["raw"]["id"] == one["id"]


def test_the_page_of_modules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make docs"


def test_records_are_those_of_the_server(everything: Run, sandbox: Sandbox) -> None:
    problems = {row["id"]: row for row in sandbox.state("problems", "sdp")}
    assert {one["id"] for one in everything["problems"]["records"]} == set(problems)
    assert {one["display_id"] for one in everything["problems"]["records"]} == {
        row["display_id"]["display_value"] for row in problems.values()
    }


def test_2500_records_take_26_calls(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    there = len(sandbox.state("problems", "sdp"))
    sandbox.add_records("problems", {}, count=2500 - there)
    tasks = [
        _info("all", module="problems", sort="id", fields=["title"]),
        _info("some", module="problems", limit=30),
        _info("page", module="problems", limit=100),
        _info("more", module="problems", limit=101),
    ]
    run = run_on_sdp(ansible, tasks, mode=mode)
    ids = run["all"].ids
    assert (len(ids), len(set(ids)), run["all"]["truncated"]) == (2500, 2500, False)
    assert [len(without_logins(result.calls)) for result in run.tasks] == [26, 1, 1, 2]
    assert [result["total"] for result in run.tasks] == [2500, 30, 100, 101]
    assert all(run[name]["truncated"] for name in ("some", "page", "more"))
    assert [list_info(call)["row_count"] for call in without_logins(run["more"].calls)] == [100, 2]


def test_records_that_are_added_meanwhile_come_once(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.add_records("problems", {}, count=150)
    whole = {row["id"] for row in sandbox.state("problems", "sdp")}
    sandbox.faults({"platform": "sdp", "path": "/problems", "kind": "latency", "ms": 1500, "skip": 1})
    wait = {"name": "wait", "ansible.builtin.pause": {"seconds": 1}}
    add = {"name": "add", "ansible.builtin.uri": {"url": f"{sandbox.control}/sdp/records/problems", "method": "POST"}}
    add["ansible.builtin.uri"] |= {"body": {"count": 7}, "body_format": "json", "status_code": 201}
    tasks = [{**_info("read", module="problems"), "async": 60, "poll": 0, "register": "job"}, wait, add]
    tasks.append({"name": "done", "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"}})
    tasks[-1] |= {"register": "answer", "until": "answer.finished", "retries": 60, "delay": 0.5}
    run = run_on_sdp(ansible, tasks, env={"SANDBOX_CONTROL": None})
    ids = [one["id"] for one in run["done"]["records"]]
    assert len(ids) == len(set(ids))
    assert set(ids) >= whole


def test_by_id(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    ids = [row["id"] for row in sandbox.state("problems", "sdp")][:4]
    nobody = "987060000009999999"
    tasks = [
        _info("whole", module="problems", record_ids=[ids[2], ids[0], nobody, ids[2]]),
        _info("fields", module="problems", record_ids=ids, fields=["title", "description"]),
        _info("none", module="problems", record_ids=[nobody]),
        _info("nowhere", module="cm_nothing", record_ids=[nobody]),
    ]
    run = run_on_sdp(ansible, tasks, mode=mode)
    assert run["whole"].ids == [ids[2], ids[0]]
    assert run["whole"]["missing"] == [nobody]
    assert "root_cause" in run["whole"]["records"][0]["raw"]
    assert run["fields"].ids == ids
    assert set(run["fields"]["records"][0]["raw"]) == {"id", "title", "description"}
    assert len(without_logins(run["fields"].calls)) == 1
    assert (run["none"].ids, run["none"]["missing"]) == ([], [nobody])
    assert "The service desk has no cm_nothing" in run["nowhere"].msg


FILTERS: dict[str, tuple[Row, Any]] = {
    "name": ({"filters": {"status": "Open"}}, lambda row: row["status"]["name"] == "Open"),
    "names": ({"filters": {"status": ["open", "On Hold"]}}, lambda row: row["status"]["name"] in ("Open", "On Hold")),
    "object": ({"filters": {"priority": {"name": "High"}}}, lambda row: (row["priority"] or {}).get("name") == "High"),
    "path": ({"filters": {"priority.name": "High"}}, lambda row: (row["priority"] or {}).get("name") == "High"),
    "user": (
        {"filters": {"technician": "Ingrid.Moe@northwind.example"}},
        lambda row: (row["technician"] or {}).get("email_id") == "ingrid.moe@northwind.example",
    ),
    "empty": ({"filters": {"technician": None}}, lambda row: row["technician"] is None),
    "several": (
        {"filters": {"status": "Open", "priority": "Medium"}},
        lambda row: row["status"]["name"] == "Open" and (row["priority"] or {}).get("name") == "Medium",
    ),
    "query": (
        {"query": {"field": "title", "condition": "contains", "value": "e"}},
        lambda row: "e" in row["title"].casefold(),
    ),
    "query of two": (
        {
            "query": [
                {"field": "priority.name", "condition": "is", "value": "High"},
                {"field": "priority.name", "condition": "is", "value": "Low", "logical_operator": "OR"},
            ]
        },
        lambda row: (row["priority"] or {}).get("name") in ("High", "Low"),
    ),
    "query and filter": (
        {
            "filters": {"status": "On Hold"},
            "query": [
                {"field": "priority.name", "condition": "is", "value": "High"},
                {"field": "priority.name", "condition": "is", "value": "Low", "logical_operator": "OR"},
            ],
        },
        lambda row: row["status"]["name"] == "On Hold" and (row["priority"] or {}).get("name") in ("High", "Low"),
    ),
    "flag": ({"module": "assets", "filters": {"is_server": True}}, lambda row: row["is_server"]),
    "time": (
        {"module": "contracts", "query": {"field": "active_till", "condition": "lesser than", "value": "1789725600000"}},
        lambda row: int(row["active_till"]["value"]) < 1789725600000,
    ),
}


@pytest.fixture(scope="module")
def filtered(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset()
    return run_on_sdp(ansible, [_info(name, **{"module": "problems", **options}) for name, (options, _fits) in FILTERS.items()])


@pytest.mark.parametrize("name", FILTERS)
def test_filter(filtered: Run, sandbox: Sandbox, name: str) -> None:
    options, fits = FILTERS[name]
    result = filtered[name]
    assert not result.failed, result.msg
    expected = {row["id"] for row in sandbox.state(options.get("module", "problems"), "sdp") if fits(row)}
    assert expected
    assert set(result.ids) == expected
    assert len(without_logins(result.calls)) == 1


def test_single_criterion_is_no_list(ansible: Ansible, sandbox: Sandbox) -> None:
    """Somewhere a list of one was refused."""
    sandbox.switches("sdp", one_criterion_array="refused")
    run = run_on_sdp(ansible, [_info("it", module="problems", filters={"status": "Open"})])
    assert run["it"].ids


def test_order(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [_info(name, module="problems", sort=sort) for name, sort in (("up", "title"), ("down", "-title"))]
    run = run_on_sdp(ansible, tasks)
    titles = sorted((row["title"] for row in sandbox.state("problems", "sdp")), key=str.casefold)
    assert [one["title"] for one in run["up"]["records"]] == titles
    assert [one["title"] for one in run["down"]["records"]] == titles[::-1]


def test_below_a_record(ansible: Ansible, sandbox: Sandbox) -> None:
    change = next(row for row in sandbox.state("changes", "sdp") if row["below"]["downtimes"])
    where = {"parent": {"module": "changes", "id": change["id"]}}
    run = run_on_sdp(ansible, [_info(name, module=name, **where) for name in ("tasks", "downtimes", "approval_levels", "notes")])
    for result in run.tasks:
        assert result.ids == [row["id"] for row in change["below"][result.name]]


def test_other_places(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [
        _info("portal", module="problems", portal="itdesk"),
        _info("path", path="cm_loans", key="cm_loan", limit=1),
        _info("path by id", path="/custom_modules/cm_loans/", record_ids=[sandbox.state("cm_loans", "sdp")[0]["id"]]),
    ]
    run = run_on_sdp(ansible, tasks)
    assert all(result.ids for result in run.tasks), [result.msg for result in run.tasks]
    assert run["portal"].calls[-1]["path"] == "/sdp/app/itdesk/api/v3/problems"
    assert API.startswith("/sdp")


def test_both_modes_do_the_same(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [_info("it", module="problems", filters={"status": "Open"}), _info("wrong", module="problems", sort="nonsense")]
    runs = ansible.in_both_modes(tasks, env={"DESKOPS_PLATFORM": "sdp_cloud"})
    first, second = (comparable(run) for run in runs.values())
    assert first == second
    assert "sort_field" in runs["module"]["wrong"].msg


BAD: dict[str, tuple[Row, list[str]]] = {
    "no module": ({}, ["module: it is missing"]),
    "unknown": ({"module": "problem"}, ["module: 'problem' is not known"]),
    "ids": ({"module": "problems", "record_ids": ["PB-1"]}, ["record_ids: 'PB-1' is not an id"]),
    "no ids": ({"module": "problems", "record_ids": []}, ["record_ids: the list is empty"]),
    "ids and filters": ({"module": "problems", "record_ids": ["1"], "filters": {"a": 1}}, ["record_ids", "filters"]),
    "ids and sort": ({"module": "problems", "record_ids": ["1"], "sort": "id"}, ["record_ids", "sort"]),
    "limit": ({"module": "problems", "limit": 0}, ["limit: 0 is out of range"]),
    "query": ({"module": "problems", "query": "status is Open"}, ["query: it is no search criteria"]),
    "no filters": ({"module": "problems", "filters": {}}, ["filters: it is empty"]),
    "kinds": ({"module": "problems", "filters": {"status": ["Open", {"id": "1"}]}}, ["filters: 'status'", "query"]),
    "sort": ({"module": "problems", "sort": "-"}, ["sort: it is empty"]),
    "parent": ({"module": "notes", "parent": "1"}, ["parent: '1' is no record"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    tasks = [_info(name, **options) for name, (options, _said) in BAD.items()]
    return ansible.in_both_modes(tasks, env={"DESKOPS_PLATFORM": "sdp_cloud"})


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg
