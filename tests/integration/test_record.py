# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""record: records of every module are made, changed and removed, once each."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import Ansible, Run
from integration.support.sandbox import Sandbox
from integration.support.sdp import list_info, logins, record, run_on_sdp, sdp_writes, without_logins

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.sdp_modules import MODULES

Row = dict[str, Any]

VENDOR = "Nordic Hardware A/S"
PEOPLE = ({"email_id": "new.person@northwind.example"}, {"phone": "0470"})
# What a record of each module needs beside its title, and what of it is changed; where nothing is said, it is the description.
FIELDS: dict[str, tuple[Row, Row]] = {
    "requests": ({"priority": "High", "requester": "maja.lind@northwind.example"}, {"priority": "Low", "mode": "E-Mail"}),
    "problems": ({"priority": "High"}, {"root_cause": {"root_cause_description": "<b>Age</b>"}, "priority": "Low"}),
    "changes": ({"change_type": "Minor"}, {"status": "In Progress", "comment": "Go on", "risk": {"name": "High"}}),
    "projects": ({"owner": "hannah.falk@northwind.example"}, {"percentage_completion": 20, "estimated_cost": 12.5}),
    "releases": ({"risk": "Low"}, {"scheduled_start_time": "2026-12-01T08:00:00+01:00"}),
    "assets": ({"product": "PowerEdge R660"}, {"state": "In Repair", "asset_tag": "0047"}),
    "workstations": ({"product": {"name": "ThinkPad T14"}}, {"user": "maja.lind@northwind.example", "location": "Cellar"}),
    "contracts": (
        {"vendor": VENDOR, "active_from": "2026-01-01T00:00:00Z", "active_till": {"value": "1798761600000"}},
        {"cost": "1200.50", "support_details": "By <i>phone</i>"},
    ),
    "purchase_orders": ({"vendor": VENDOR}, {"remarks": "Urgent", "status": "Ordered"}),
    "purchase_requests": ({"vendor": VENDOR}, {"remarks": "Urgent"}),
    "solutions": ({"description": "Switch it off", "topic": "Hardware"}, {"description": "Switch it <b>on</b>", "keywords": "a"}),
    "announcements": ({"description": "Soon"}, {"is_public": True}),
    "tasks": ({"owner": "ingrid.moe@northwind.example"}, {"percentage_completion": "30"}),
    "users": PEOPLE,
    "technicians": PEOPLE,
    "requesters": PEOPLE,
    "products": ({"product_type": "Server"}, {"manufacturer": "Example"}),
    "request_templates": ({}, {"comments": "For tests"}),
    "departments": ({"site": "Oslo"}, {"site": "Aarhus"}),
    "cm_loans": ({"ref_borrower": {"email_id": "els.bakker@northwind.example"}}, {"num_days": 3, "date_due": 1798761600000}),
    "cmdb_servers": ({"owner": "hannah.falk@northwind.example"}, {"status": "Retired"}),
}
BELOW = {"subcategories": ("categories", "Hardware"), "items": ("subcategories", "Laptop")}
WRITTEN = [*(name for name, module in MODULES.items() if not module.is_read_only), "cm_loans", "cmdb_servers"]
STEPS = ("create", "update", "remove")


def _record(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return record("record", name, keywords, **options)


def _id_of(sandbox: Sandbox, module: str, name: str) -> str:
    return next(row["id"] for row in sandbox.state(module, "sdp") if name in (row.get("name"), row.get("title")))


def _tasks_of(sandbox: Sandbox, module: str) -> list[Row]:
    """Everything that can become of a record, each step predicted first and done twice."""
    title = MODULES[module].title if module in MODULES else "name"
    given, changed = FIELDS.get(module, ({}, {"description": "Changed"}))
    where: Row = {"module": module}
    if module in BELOW:
        above, name = BELOW[module]
        parent = _id_of(sandbox, above, name) if above == "categories" else _subcategory(sandbox, name)
        where["parent"] = {"module": above, "id": parent}
    named = {title: f"Record of {module}"}
    wanted = {"create": {**named, **given}, "update": {**named, **changed}, "remove": named}
    tasks = []
    for step in STEPS:
        options = {**where, "fields": wanted[step], "state": "absent" if step == "remove" else "present"}
        tasks += [
            _record(f"{module} {step} predicted", {"check_mode": True, "diff": True}, **options),
            _record(f"{module} {step}", {"diff": True}, **options),
            _record(f"{module} {step} again", **options),
        ]
    return tasks


def _subcategory(sandbox: Sandbox, name: str) -> str:
    below = [sub for category in sandbox.state("categories", "sdp") for sub in category["below"]["subcategories"]]
    return str(next(row["id"] for row in below if row["name"] == name))


@pytest.fixture(scope="module")
def everything(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset()
    tasks = [one for module in WRITTEN for one in _tasks_of(sandbox, module)]
    return run_on_sdp(ansible, tasks)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("module", WRITTEN)
def test_record_of_every_module(everything: Run, module: str, step: str) -> None:
    predicted, done, again = (everything[f"{module} {step}{end}"] for end in (" predicted", "", " again"))
    assert not done.failed, done.msg
    assert done.outcomes == [{"create": "created", "update": "updated", "remove": "deleted"}[step]]
    for key in ("changed", "counts", "diff"):
        assert predicted[key] == done[key]
    assert sdp_writes(predicted.calls) == []
    assert [call["method"] for call in sdp_writes(done.calls)] == [{"create": "POST", "update": "PUT", "remove": "DELETE"}[step]]
    assert again.outcomes == ["unchanged"]
    assert sdp_writes(again.calls) == []


def test_modules_of_every_scope_are_written(everything: Run, sandbox: Sandbox) -> None:
    """The thirteen of the vendor's document."""
    scopes = {MODULES[name].scope for name in MODULES} | {"custommodule"}
    assert len(scopes) == 13
    assert {MODULES[name].scope for name in WRITTEN if name in MODULES} | {"cmdb", "custommodule"} == scopes


def test_all_that_needed_one_token(everything: Run) -> None:
    assert logins(everything) == 1


def test_both_modes_do_the_same(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = _tasks_of(sandbox, "problems")
    runs = ansible.in_both_modes(tasks, env={"DESKOPS_PLATFORM": "sdp_cloud"})
    results = [
        [{key: result[key] for key in ("changed", "counts", "msg", "results")} for result in run.tasks] for run in runs.values()
    ]
    assert results[0] == results[1]
    assert all(logins(run) == 1 for run in runs.values())


# -- what is the same -------------------------------------------------------------------------------------------------------

SPELLINGS: dict[str, Row] = {
    "names": {"priority": {"name": "High"}, "technician": {"name": "Ingrid Moe"}},
    "names as texts": {"priority": "high", "status": "in progress", "technician": "Ingrid Moe"},
    "e-mail address": {"technician": {"email_id": "INGRID.Moe@northwind.example"}},
    "e-mail address as text": {"technician": "Ingrid.Moe@Northwind.example"},
    "ISO time": {"due_by_time": "2026-12-01T10:00:00Z"},
    "ISO time in another zone": {"due_by_time": "2026-12-01T11:00:00+01:00"},
    "ISO time as object": {"due_by_time": {"value": "2026-12-01T10:00:00Z"}},
    "milliseconds": {"due_by_time": 1796119200000},
    "milliseconds as text": {"due_by_time": "1796119200000"},
    "milliseconds as object": {"due_by_time": {"value": 1796119200000}},
    "number": {"udf_fields": {"num_affected": 12}},
    "number as text": {"udf_fields": {"num_affected": "12"}},
    "markup": {"symptoms": {"symptoms_description": "All tunnels drop at 16:00"}},
    "order of a list": {"assets": [{"name": "NW-SRV-SQL01"}, {"name": "NW-SRV-APP01"}]},
    "nothing": {"site": None, "resolution_details": {"resolution_description": ""}, "item": {}},
}
PROBLEM = "VPN drops in the afternoon"


@pytest.fixture(scope="module")
def spelled(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset()
    problem = _id_of(sandbox, "problems", PROBLEM)
    there = {
        "due_by_time": {"value": "1796119200000"},
        "udf_fields": {"num_affected": 12} if "num_affected" in _additional(sandbox) else {},
        "assets": [{"name": "NW-SRV-APP01"}, {"name": "NW-SRV-SQL01"}],
        "symptoms": {"symptoms_description": "<div>All tunnels drop at 16:00<br></div>"},
    }
    row = sandbox.change_record("problems", problem, **{name: value for name, value in there.items() if value})
    ids = {"priority": {"id": row["priority"]["id"]}, "technician": row["technician"]["id"], "status": row["status"]["id"]}
    tasks = [_record("ids", record_id=problem, module="problems", fields=ids)]
    for name, fields in SPELLINGS.items():
        if "udf_fields" in fields and not there["udf_fields"]:
            continue
        tasks.append(_record(name, module="problems", fields={"title": PROBLEM, **fields}))
    return run_on_sdp(ansible, tasks)


def _additional(sandbox: Sandbox) -> set[str]:
    return {row["field_key"] for row in sandbox.state("udf_fields", "sdp") if row["module"] in ("problem", "problems")}


def test_what_is_there_in_any_spelling_is_not_written(spelled: Run) -> None:
    assert len(spelled.tasks) > 10
    assert {"ids", "names", "ISO time", "milliseconds as text", "nothing"} <= {one.name for one in spelled.tasks}
    for result in spelled.tasks:
        assert not result.failed, f"{result.name}: {result.msg}"
        assert result.outcomes == ["unchanged"], result.name
        assert sdp_writes(result.calls) == [], result.name


@pytest.mark.parametrize(
    ("before", "wanted"),
    [("0047", "47"), ("1.1", "1.2"), ("a b", "a  b"), ("Abc", "abc"), ("List<String>", "List")],
)
def test_what_differs_is_written(ansible: Ansible, sandbox: Sandbox, before: str, wanted: str) -> None:
    sandbox.add_records("assets", {"name": "NW-X", "product": {"name": "Atlas 10"}, "asset_tag": before})
    run = run_on_sdp(ansible, [_record("it", module="assets", fields={"name": "NW-X", "asset_tag": wanted})])
    assert run["it"].outcomes == ["updated"]
    assert next(row for row in sandbox.state("assets", "sdp") if row["name"] == "NW-X")["asset_tag"] == wanted


def test_case_of_the_title_is_corrected(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [_record(name, module="problems", fields={"title": PROBLEM.upper()}) for name in ("first", "second")]
    run = run_on_sdp(ansible, tasks)
    assert [run[name].outcomes for name in ("first", "second")] == [["updated"], ["unchanged"]]
    assert len([row for row in sandbox.state("problems", "sdp") if row["title"].casefold() == PROBLEM.casefold()]) == 1


def test_only_what_differs_is_written_and_the_rest_stays(ansible: Ansible, sandbox: Sandbox) -> None:
    before = next(row for row in sandbox.state("problems", "sdp") if row["title"] == PROBLEM)
    fields = {"title": PROBLEM, "priority": "Low", "technician": "ingrid.moe@northwind.example"}
    run = run_on_sdp(ansible, [_record("it", module="problems", fields=fields)])
    after = next(row for row in sandbox.state("problems", "sdp") if row["title"] == PROBLEM)
    assert {name for name in before if before[name] != after[name]} == {"priority", "last_updated_time"}
    (result,) = run["it"]["results"]
    assert (result["before"]["priority"], result["after"]["priority"]) == ("High", "Low")


# -- which record is meant --------------------------------------------------------------------------------------------------


def test_several_that_fit_are_listed(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    twins = sandbox.add_records("problems", {"title": "Twin"}, count=2)
    tasks = [
        _record("present", module="problems", fields={"title": "Twin", "priority": "Low"}),
        _record("absent", module="problems", state="absent", fields={"title": "Twin"}),
        _record("by another", module="problems", match_on=["title", "priority"], fields={"title": "Twin", "priority": "Low"}),
    ]
    run = run_on_sdp(ansible, tasks, mode=mode)
    for name in ("present", "absent"):
        assert run[name]["error"]["kind"] == "Ambiguous"
        assert all(twin in run[name].msg for twin in twins)
        assert "record_id" in run[name].msg
    assert run["by another"].outcomes == ["created"]


def test_key_in_an_additional_field(ansible: Ansible, sandbox: Sandbox) -> None:
    fields = {"subject": "Anything", "udf_fields": {"txt_cost_centre": "key-1"}}
    other = {**fields, "subject": "Something else"}
    tasks = [
        _record("first", module="requests", match_on=["udf_fields.txt_cost_centre"], fields=fields),
        _record("second", module="requests", match_on=["udf_fields.txt_cost_centre"], fields=other),
    ]
    run = run_on_sdp(ansible, tasks, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert [run[name].outcomes for name in ("first", "second")] == [["created"], ["updated"]]
    assert run["first"]["results"][0]["record_id"] == run["second"]["results"][0]["record_id"]


def test_reference_to_match_on(ansible: Ansible, sandbox: Sandbox) -> None:
    where = {"module": "members", "parent": {"module": "projects", "id": _id_of(sandbox, "projects", "Office move Aarhus")}}
    tasks = [
        _record("known", fields={"user": "Ingrid.Moe@northwind.example"}, **where),
        _record("new", fields={"user": "hannah.falk@northwind.example", "role": "Member"}, **where),
        _record("again", fields={"user": "hannah.falk@northwind.example", "role": "Member"}, **where),
        _record("gone", state="absent", fields={"user": {"email_id": "hannah.falk@northwind.example"}}, **where),
    ]
    run = run_on_sdp(ansible, tasks)
    outcomes = [outcome for result in run.tasks for outcome in result.outcomes]
    assert outcomes == ["unchanged", "created", "unchanged", "deleted"], [result.msg for result in run.tasks]


def test_always_a_new_one(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [_record(name, module="problems", match_on=[], fields={"title": "Again"}) for name in ("first", "second")]
    run = run_on_sdp(ansible, tasks)
    assert [run[name].outcomes for name in ("first", "second")] == [["created"], ["created"]]
    assert len([row for row in sandbox.state("problems", "sdp") if row["title"] == "Again"]) == 2


@pytest.mark.parametrize("string_case", ["ignored", "exact"])
def test_server_that_searches_otherwise(ansible: Ansible, sandbox: Sandbox, string_case: str) -> None:
    """Whether it minds case or ignores what it does not understand: hits are checked again."""
    sandbox.switches("sdp", string_case=string_case, fields_required="ignored", one_criterion_array="refused")
    tasks = [_record(name, module="problems", fields={"title": "Once", "description": "x"}) for name in ("first", "second")]
    run = run_on_sdp(ansible, tasks)
    assert [run[name].outcomes for name in ("first", "second")] == [["created"], ["unchanged"]]


def test_below_records(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.switches("sdp", html="wrapped", note_list="no_description")
    problem = {"module": "problems", "id": _id_of(sandbox, "problems", PROBLEM)}
    (request,) = sandbox.add_records("requests", {"subject": "With notes"})
    about = {"module": "requests", "id": request}
    tasks = [
        _record("note", module="notes", parent=problem, fields={"description": "Seen"}),
        _record("note again", module="notes", parent=[problem], fields={"description": "Seen"}),
        _record("request note", module="notes", parent=about, fields={"description": "a\nb", "show_to_requester": True}),
        _record("request note again", module="notes", parent=about, fields={"description": "a\nb", "show_to_requester": True}),
        _record("task", module="tasks", parent=about, fields={"title": "Do", "owner": "ingrid.moe@northwind.example"}),
        _record("task again", module="tasks", parent=about, fields={"title": "Do", "owner": "ingrid.moe@northwind.example"}),
        {**_record("worklog"), "vars": {"task": "{{ made.results[0].record_id }}"}},
    ]
    tasks[4]["register"] = "made"
    deep = [about, {"module": "tasks", "id": "{{ made.results[0].record_id }}"}]
    worklog = {"description": "Drove", "time_spent": {"hours": 1, "minutes": "30"}, "owner": "ingrid.moe@northwind.example"}
    tasks[6:] = [_record(name, module="worklogs", parent=deep, fields=worklog) for name in ("worklog", "worklog again")]
    run = run_on_sdp(ansible, tasks, mode=mode)
    for name in ("note", "request note", "task", "worklog"):
        assert run[name].outcomes == ["created"], run[name].msg
        assert run[f"{name} again"].outcomes == ["unchanged"], run[f"{name} again"]["results"]


def test_what_is_below_a_record_that_is_gone(ansible: Ansible, sandbox: Sandbox) -> None:
    gone = {"module": "problems", "id": "987060000009999999"}
    tasks = [
        _record("absent", module="notes", parent=gone, state="absent", fields={"description": "x"}),
        _record("absent by id", module="notes", parent=gone, state="absent", record_id="987060000009999998"),
        _record("present", module="notes", parent=gone, fields={"description": "x"}),
    ]
    run = run_on_sdp(ansible, tasks)
    assert run["absent"].outcomes == run["absent by id"].outcomes == ["unchanged"]
    assert "There is no problems/987060000009999999" in run["present"].msg


# -- many -------------------------------------------------------------------------------------------------------------------


def test_many_are_found_with_lists(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [{"fields": {"title": f"Problem number {number:03}", "priority": "Low"}} for number in range(250)]
    named = [{"fields": {"title": item["fields"]["title"]}} for item in items]
    tasks = [
        _record("create", module="problems", items=items, concurrency=16),
        _record("again", module="problems", items=items),
        _record("remove", module="problems", state="absent", items=named, concurrency=16),
    ]
    run = run_on_sdp(ansible, tasks)
    assert run["create"]["counts"] == {"created": 250}
    assert run["again"]["counts"] == {"unchanged": 250}
    assert run["remove"]["counts"] == {"deleted": 250}
    assert [result["index"] for result in run["create"]["results"]] == list(range(250))
    reads = {name: [call for call in without_logins(run[name].calls) if call["method"] == "GET"] for name in ("create", "again")}
    assert len(sdp_writes(run["create"].calls)) == 250
    assert len(reads["create"]) <= 6
    assert len(reads["again"]) <= 3
    assert all(len(call["target"]) < 8000 for call in reads["create"])


def test_many_by_id_are_read_in_one_list(ansible: Ansible, sandbox: Sandbox) -> None:
    ids = sandbox.add_records("problems", {"title": "Many"}, count=40)
    items = [{"record_id": one, "fields": {"priority": "High"}} for one in ids]
    run = run_on_sdp(ansible, [_record(name, module="problems", items=items) for name in ("first", "second")])
    assert run["first"]["counts"] == {"updated": 40}
    assert run["second"]["counts"] == {"unchanged": 40}
    assert len(without_logins(run["second"].calls)) == 1


def test_ids_that_cannot_be_searched_for(ansible: Ansible, sandbox: Sandbox) -> None:
    ids = sandbox.add_records("problems", {"title": "Many"}, count=5)
    message = {"status_code": 4001, "field": "search_criteria", "message": "Invalid Input"}
    body = {"response_status": {"status_code": 4000, "messages": [message], "status": "failed"}}
    sandbox.faults({"platform": "sdp", "method": "GET", "path": "/problems$", "kind": "status", "status": 400, "body": body})
    items = [{"record_id": one, "fields": {"priority": "High"}} for one in ids]
    run = run_on_sdp(ansible, [_record(name, module="problems", items=items) for name in ("first", "second")])
    assert run["first"]["counts"] == {"updated": 5}
    assert run["second"]["counts"] == {"unchanged": 5}


def test_record_that_is_named_twice(ansible: Ansible, sandbox: Sandbox) -> None:
    same, other = {"title": "Double", "priority": "Low"}, {"title": "double", "priority": "High"}
    run = run_on_sdp(ansible, [_record("it", module="problems", items=[{"fields": one} for one in (same, same, other)])])
    assert run["it"].outcomes == ["created", "unchanged", "failed"]
    assert "wanted differently by items[0]" in run["it"].msg
    assert len([row for row in sandbox.state("problems", "sdp") if row["title"].casefold() == "double"]) == 1


def test_one_that_fails_does_not_stop_the_others(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [
        {"fields": {"title": "Good 1"}},
        {"fields": {"title": "Bad", "priority": "No"}},
        {"fields": {"title": "Good 2"}},
    ]
    tasks = [
        _record("continue", module="problems", items=items),
        _record("stop", module="changes", items=items, on_error="stop", concurrency=1),
    ]
    run = run_on_sdp(ansible, tasks)
    assert run["continue"].outcomes == ["created", "failed", "created"]
    assert "priority" in run["continue"].msg
    assert run["stop"].outcomes == ["created", "failed", "skipped"]


# -- what can go wrong ------------------------------------------------------------------------------------------------------


def test_field_that_does_not_take_is_named(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.effect("problems", "priority", "ignored")
    fields = {"title": PROBLEM, "priority": "Low", "urgency": "Low"}
    run = run_on_sdp(ansible, [_record("it", module="problems", fields=fields)], mode=mode)
    assert run["it"].failed
    assert run["it"]["changed"]
    assert "these fields did not take: priority" in run["it"].msg


@pytest.mark.parametrize("partial_status", ["failed", "success", "partially_failed"])
@pytest.mark.parametrize("title", [PROBLEM, "A new one"])
def test_partial_success_is_none(ansible: Ansible, sandbox: Sandbox, partial_status: str, title: str) -> None:
    sandbox.switches("sdp", partial_status=partial_status)
    sandbox.effect("problems", "priority", "partial")
    fields = {"title": title, "priority": "Low", "urgency": "Low"}
    run = run_on_sdp(ansible, [_record("it", module="problems", fields=fields)])
    assert run["it"].failed
    assert run["it"]["changed"]
    assert "only in part: Cannot give value for priority (priority)" in run["it"].msg
    (result,) = run["it"]["results"]
    assert result["after"]["urgency"] == "Low"
    assert result["after"]["priority"] != "Low"
    assert len([row for row in sandbox.state("problems", "sdp") if row["title"] == title]) == 1


def test_refused_field_is_explained(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.effect("problems", "priority", "refused")
    run = run_on_sdp(ansible, [_record("it", module="problems", fields={"title": "x", "priority": "Low", "urgency": "Never"})])
    assert "Cannot give value for priority (priority); Invalid Input (urgency)" in run["it"].msg
    assert not run["it"]["changed"]


def test_status_of_a_change_needs_a_comment(ansible: Ansible, sandbox: Sandbox) -> None:
    fields = {"title": "Move the mail gateway", "status": "In Progress"}
    tasks = [
        _record("without", module="changes", fields=fields),
        _record("beside", module="changes", fields=fields, extra_fields={"comment": "Ready"}),
        _record("again", module="changes", fields={**fields, "comment": "Ready"}),
    ]
    run = run_on_sdp(ansible, tasks)
    assert run["without"].failed
    assert "comment" in run["without"].msg
    assert run["beside"].outcomes == ["updated"]
    assert run["again"].outcomes == ["unchanged"]


@pytest.mark.parametrize("shape", ["object", "array", "documented"])
def test_response_status_of_any_shape(ansible: Ansible, sandbox: Sandbox, shape: str) -> None:
    sandbox.switches("sdp", response_status=shape, created_status=201, json_type="plain", null_times="text")
    tasks = [
        _record("first", module="problems", fields={"title": "Shape", "due_by_time": None}),
        _record("second", module="problems", fields={"title": "Shape", "due_by_time": None}),
        _record("wrong", module="problems", fields={"title": "Shape", "status": "Nonsense"}),
    ]
    run = run_on_sdp(ansible, tasks)
    assert [run[name].outcomes for name in ("first", "second", "wrong")] == [["created"], ["unchanged"], ["failed"]]
    assert "Invalid Input (status)" in run["wrong"].msg


def test_failure_inside_a_success(ansible: Ansible, sandbox: Sandbox) -> None:
    status = {"status_code": 4000, "status": "failed", "messages": [{"status_code": 4004, "type": "failed"}]}
    sandbox.faults({"platform": "sdp", "path": "/problems", "kind": "status", "status": 200, "body": {"response_status": status}})
    run = run_on_sdp(ansible, [_record("absent", module="problems", state="absent", fields={"title": PROBLEM})])
    assert run["absent"].failed
    assert "internal error" in run["absent"].msg


@pytest.mark.parametrize("status", [200, 401, 500])
def test_page_instead_of_data(ansible: Ansible, sandbox: Sandbox, status: int) -> None:
    sandbox.faults({"platform": "sdp", "path": "/problems", "kind": "html", "status": status})
    run = run_on_sdp(ansible, [_record("absent", module="problems", state="absent", fields={"title": PROBLEM})])
    assert run["absent"].failed
    assert "web page" in run["absent"].msg


def test_path_that_leads_nowhere_is_no_absent_record(ansible: Ansible, sandbox: Sandbox) -> None:
    nowhere = {"module": "cm_nothing", "state": "absent"}
    tasks = [
        _record("by id", record_id="987060000001000000", **nowhere),
        _record("by name", fields={"name": "x"}, **nowhere),
        _record("portal", module="problems", state="absent", record_id="987060000001000000", portal="wrong"),
        _record("gone", module="problems", state="absent", record_id="987060000001000000"),
        _record("present", module="problems", record_id="987060000001000000", fields={"priority": "Low"}),
    ]
    run = run_on_sdp(ansible, tasks)
    for name in ("by id", "by name", "portal"):
        assert run[name].failed, name
        assert "The service desk has no " in run[name].msg
    assert run["gone"].outcomes == ["unchanged"]
    assert "There is no problem 987060000001000000" in run["present"].msg


def test_path_and_key_of_ones_own(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches("sdp", custom_module_paths="nested", cmdb_paths="bare")
    loans = {"path": "custom_modules/cm_loans", "key": "cm_loan"}
    tasks = [
        _record("loan", fields={"name": "Stand"}, **loans),
        _record("loan again", fields={"name": "Stand"}, **loans),
        _record("type", path="cmdb_servers", fields={"name": "nw-srv-web01"}),
    ]
    run = run_on_sdp(ansible, tasks)
    assert [run[name].outcomes for name in ("loan", "loan again", "type")] == [["created"], ["unchanged"], ["created"]]


def test_trashed_request_is_gone(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches("sdp", trashed_in_lists="visible")
    tasks = [
        _record("create", {"register": "made"}, module="requests", fields={"subject": "To go"}),
        _record("remove", module="requests", state="absent", fields={"subject": "To go"}),
        _record("by id", module="requests", state="absent", record_id="{{ made.results[0].record_id }}"),
        _record("by subject", module="requests", state="absent", fields={"subject": "To go"}),
        _record("anew", module="requests", fields={"subject": "To go"}),
    ]
    run = run_on_sdp(ansible, tasks)
    outcomes = [outcome for result in run.tasks for outcome in result.outcomes]
    assert outcomes == ["created", "deleted", "unchanged", "unchanged", "created"], [result.msg for result in run.tasks]


def test_lists_that_lag_behind(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches("sdp", index_lag_ms=1500)
    items = [{"fields": {"title": f"Late {number}"}} for number in range(5)]
    sandbox.faults({"platform": "sdp", "method": "POST", "path": "/problems$", "kind": "status", "status": 502, "when": "after"})
    run = run_on_sdp(ansible, [_record("it", module="problems", items=items)])
    assert run["it"]["counts"] == {"created": 5}
    assert len([row for row in sandbox.state("problems", "sdp") if row["title"].startswith("Late")]) == 5


BAD: dict[str, tuple[Row, list[str]]] = {
    "no module": ({"fields": {"title": "x"}}, ["module: it is missing"]),
    "unknown module": (
        {"module": "problem", "fields": {"title": "x"}},
        ["module: 'problem' is not known", "problems", "cm_<name>"],
    ),
    "nothing": ({"module": "problems"}, ["fields: there is nothing to ensure"]),
    "no title": ({"module": "problems", "fields": {"priority": "Low"}}, ["record_id: it is missing", "no title to find"]),
    "id": ({"module": "problems", "record_id": "PB-1", "fields": {"a": 1}}, ["record_id: 'PB-1' is not an id"]),
    "both": (
        {"module": "problems", "record_id": "1", "match_on": ["title"], "fields": {"title": "x"}},
        ["match_on", "record_id"],
    ),
    "key alone": ({"module": "problems", "key": "problem", "fields": {"title": "x"}}, ["key: it needs path"]),
    "parent": ({"module": "notes", "parent": {"module": "problems"}, "fields": {"description": "x"}}, ["parent:", "outermost"]),
    "not in fields": (
        {"module": "problems", "match_on": ["udf_fields.k"], "fields": {"title": "x"}},
        ["'udf_fields.k'", "match_on"],
    ),
    "list": ({"module": "problems", "match_on": ["assets"], "fields": {"assets": [1]}}, ["no single value for 'assets'"]),
    "read only": ({"module": "cmdb", "fields": {"name": "x"}}, ["cmdb can only be read", "type"]),
    "absent": ({"module": "problems", "state": "absent"}, ["record_id: it is missing"]),
    "absent by nothing": (
        {"module": "problems", "state": "absent", "match_on": [], "fields": {"title": "x"}},
        ["match_on: it is empty"],
    ),
    "mandatory": ({"module": "assets", "match_on": [], "fields": {"name": "x"}}, ["takes product"]),
    "item": (
        {"module": "problems", "items": [{"fields": {"title": "x"}}, {"fields": {"priority": "x"}}]},
        ["items[1].record_id"],
    ),
    "platform": ({"platform": "bmc_dwp", "module": "problems", "fields": {"title": "x"}}, ["record", "sdp_cloud"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    tasks = [_record(name, **options) for name, (options, _said) in BAD.items()]
    return ansible.in_both_modes(tasks, env={"DESKOPS_PLATFORM": "sdp_cloud"})


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg


def test_mandatory_fields_are_missed_before_anything_is_written(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [
        _record("asset", module="assets", fields={"name": "NW-NEW"}),
        _record("known asset", module="assets", fields={"name": "NW-LT-0142", "location": "Cellar"}),
        _record("subcategory", module="subcategories", fields={"name": "New"}),
    ]
    run = run_on_sdp(ansible, tasks)
    assert "that takes product" in run["asset"].msg
    assert run["known asset"].outcomes == ["updated"]
    assert "made below one of categories" in run["subcategory"].msg
    assert len(sdp_writes([call for result in run.tasks for call in result.calls])) == 1


def test_lists_ask_for_what_is_compared(ansible: Ansible, sandbox: Sandbox) -> None:
    run = run_on_sdp(ansible, [_record("it", module="problems", fields={"title": PROBLEM, "description": None})])
    (call,) = without_logins(run["it"].calls)
    assert list_info(call)["fields_required"] == ["id", "title", "description"]
