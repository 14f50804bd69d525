# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All other modules: made, read, listed, changed, deleted, by the same engine; and what is special about some."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import OVE, OWNER, SdpClient

_TIME = {"value": "1900000000000"}
_VENDOR = {"name": "Nordic Hardware A/S"}
#: path, key of one, key of a list, a new record, a change
MODULES: tuple[tuple[str, str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("/problems", "problem", "problems", {"title": "x"}, {"root_cause": {"root_cause_description": "y"}}),
    ("/changes", "change", "changes", {"title": "x", "change_type": {"name": "Minor"}}, {"risk": {"name": "High"}}),
    ("/projects", "project", "projects", {"title": "x"}, {"percentage_completion": "55"}),
    ("/releases", "release", "releases", {"title": "x"}, {"release_manager": {"email_id": OVE}}),
    ("/assets", "asset", "assets", {"name": "x", "product": {"name": "Atlas 10"}}, {"user": {"email_id": OVE}}),
    ("/workstations", "workstation", "workstations", {"name": "x", "product": {"name": "ThinkPad T14"}}, {"asset_tag": "T-1"}),
    ("/cmdb_itservices", "cmdb_itservice", "cmdb_itservices", {"name": "x"}, {"owner": {"email_id": OVE}}),
    ("/cmdb/cmdb_servers", "cmdb_server", "cmdb_servers", {"name": "x"}, {"status": "Spare"}),
    (
        "/contracts",
        "contract",
        "contracts",
        {"name": "x", "vendor": _VENDOR, "active_from": _TIME, "active_till": _TIME},
        {"cost": "9.5"},
    ),
    ("/purchase_orders", "purchase_order", "purchase_orders", {"name": "x", "vendor": _VENDOR}, {"remarks": "y"}),
    ("/purchase_requests", "purchase_request", "purchase_requests", {"name": "x", "vendor": _VENDOR}, {"remarks": "y"}),
    ("/cm_loans", "cm_loan", "cm_loans", {"name": "x", "bool_returned": False}, {"bool_returned": True}),
    ("/custom_modules/cm_visitors", "cm_visitor", "cm_visitors", {"name": "x"}, {"txt_company": "y"}),
    ("/solutions", "solution", "solutions", {"title": "x", "description": "y", "topic": {"name": "General"}}, {"keywords": "z"}),
    ("/announcements", "announcement", "announcements", {"title": "x", "description": "y"}, {"is_public": True}),
    ("/tasks", "task", "tasks", {"title": "x"}, {"description": "y"}),
    ("/users", "user", "users", {"name": "x", "email_id": "x@northwind.example"}, {"phone": "+455500"}),
    ("/technicians", "technician", "technicians", {"name": "x"}, {"cost_per_hour": "20.5"}),
    ("/requesters", "requester", "requesters", {"name": "x"}, {"is_vip_user": True}),
    ("/request_templates", "request_template", "request_templates", {"name": "x"}, {"comments": "y"}),
    ("/categories", "category", "categories", {"name": "x"}, {"description": "y"}),
    ("/priorities", "priority", "priorities", {"name": "x", "color": "#000000"}, {"color": "#ffffff"}),
    ("/statuses", "status", "statuses", {"name": "x"}, {"stop_timer": True}),
    ("/support_groups", "support_group", "support_groups", {"name": "x"}, {"site": {"name": "Oslo"}}),
    ("/products", "product", "products", {"name": "x"}, {"product_type": {"name": "Printer"}}),
)
_LISTS = (
    *("urgencies", "impacts", "levels", "modes", "request_types", "slas", "sites", "departments", "group_roles", "tags"),
    *("request_closure_codes", "service_categories", "task_types", "worklog_types", "currencies", "approval_statuses"),
    *("change_types", "change_stages", "change_statuses", "change_roles", "change_closure_codes", "risks", "topics"),
    *("reasons_for_change", "release_types", "release_stages", "release_statuses", "project_types", "project_statuses"),
    *("project_roles", "product_types", "vendors", "asset_states", "ci_types", "contract_types", "purchase_statuses"),
    *("subcategories", "items", "udf_fields", "portals", "cmdb"),
)


def same(given: Any, shown: Any) -> bool:
    """Whether what was given is in what is shown of it."""
    if isinstance(given, dict):
        return all(same(value, shown[name]) for name, value in given.items())
    return given == shown if isinstance(given, bool) else str(given) == str(shown)


@pytest.mark.parametrize(("path", "one", "many", "new", "change"), MODULES, ids=[row[0] for row in MODULES])
def test_the_life_of_a_record(
    sdp: SdpClient, path: str, one: str, many: str, new: dict[str, Any], change: dict[str, Any]
) -> None:
    before = sdp.rows(path)
    answer = sdp.good("POST", path, {one: new})
    assert answer["response_status"] == {"status_code": 2000, "status": "success"}
    record = answer[one]
    assert sdp.last_call()["committed"]
    assert same(new, record)
    assert int(record["id"]) > 2**53
    listed = sdp.good("GET", path, {"list_info": {"row_count": 100}})
    assert listed["response_status"] == [{"status_code": 2000, "status": "success"}]
    assert [row["id"] for row in listed[many]] == [record["id"], *(row["id"] for row in before)]
    assert set(listed[many][0]) <= set(record)
    assert sdp.good("GET", f"{path}/{record['id']}")[one] == record
    changed = sdp.good("PUT", f"{path}/{record['id']}", {one: change})[one]
    assert same({**new, **change}, changed)
    assert sdp.good("DELETE", f"{path}/{record['id']}") == {"response_status": answer["response_status"]}
    for method in ("GET", "DELETE"):
        assert sdp.failure(method, f"{path}/{record['id']}") == (404, 4007, None, "Invalid URL")
    assert sdp.rows(path) == before


@pytest.mark.parametrize(("path", "one", "many", "new", "change"), MODULES, ids=[row[0] for row in MODULES])
def test_what_is_wrong_with_a_record(
    sdp: SdpClient, path: str, one: str, many: str, new: dict[str, Any], change: dict[str, Any]
) -> None:
    assert many
    status, code, fields, _text = sdp.failure("POST", path, {one: change})
    assert (status, code) == (400, 4012)
    assert set(fields) <= set(new)
    assert sdp.failure("POST", path, {one: {**new, "nonsense": 1}})[1:3] == (4001, "nonsense")
    assert sdp.failure("POST", path, {"nonsense": new})[1:3] == (4001, "nonsense")


@pytest.mark.parametrize("path", _LISTS)
def test_lists(sdp: SdpClient, path: str) -> None:
    rows = sdp.rows(f"/{path}")
    assert rows
    assert all({"id", "name"} <= set(row) for row in rows)
    (shown,) = (value for key, value in sdp.good("GET", f"/{path}/{rows[0]['id']}").items() if key != "response_status")
    assert shown["name"] == rows[0]["name"]


def test_the_example_data(sdp: SdpClient) -> None:
    counts = {"problems": 5, "changes": 6, "releases": 3, "projects": 3, "assets": 15, "workstations": 11, "cmdb": 5}
    counts |= {
        "contracts": 3,
        "purchase_orders": 3,
        "cm_loans": 3,
        "solutions": 4,
        "users": 17,
        "technicians": 6,
        "requesters": 11,
    }
    assert {path: len(sdp.rows(f"/{path}")) for path in counts} == counts
    problem = sdp.rows("/problems", search_criteria={"field": "display_id", "condition": "is", "value": "140"})[0]
    assert problem["display_id"] == {"display_value": "PB-140", "value": "140"}
    assert {row["stage"]["name"] for row in sdp.rows("/changes")} >= {"Submission", "CAB Evaluation", "Implementation", "Close"}


def test_a_new_status_of_a_change_wants_a_comment(sdp: SdpClient) -> None:
    path = f"/changes/{sdp.id_of('New wireless controller', '/changes', 'title')}"
    done = {"status": {"name": "Completed"}, "stage": {"name": "Close"}}
    assert sdp.failure("PUT", path, {"change": done}) == (400, 4012, ["comment"], None)
    change = sdp.put(path, {"change": {**done, "comment": "All access points are up"}})
    assert (change["status"]["name"], "comment" in change) == ("Completed", False)
    assert change["completed_time"]["value"]
    assert sdp.put(path, {"change": {"risk": {"name": "Low"}}})["risk"]["name"] == "Low"
    sdp.switch(status_change_comment="optional", change_mandatory="title_stage_status")
    assert sdp.put(path, {"change": {"status": {"name": "Cancelled"}}})["status"]["name"] == "Cancelled"
    assert sdp.failure("POST", "/changes", {"change": {"title": "x"}})[2] == ["stage", "status"]


def test_downtimes_members_milestones(sdp: SdpClient) -> None:
    change = f"/changes/{sdp.id_of('New wireless controller', '/changes', 'title')}/downtimes"
    assert sdp.post(change, {"downtime": {"scheduled_start_time": _TIME, "scheduled_end_time": _TIME}})["id"]
    project = f"/projects/{sdp.id_of('Office move Aarhus', '/projects', 'title')}"
    assert [row["title"] for row in sdp.rows(f"{project}/milestones")] == ["Racks moved"]
    assert [row["user"]["name"] for row in sdp.rows(f"{project}/members")] == ["Ingrid Moe"]
    assert [row["content"] for row in sdp.rows(f"{project}/comments")] == ["The lift is booked"]


def test_workstations_are_assets_of_one_type(sdp: SdpClient) -> None:
    new = {"name": "NW-LT-0200", "product": {"name": "Latitude 7450"}, "user": {"email_id": OVE}}
    asset = sdp.post("/assets", {"asset": new})
    assert sdp.get(f"/workstations/{asset['id']}")["product_type"]["name"] == "Workstation"
    assert sdp.failure("POST", "/workstations", {"workstation": {"name": "x", "product": {"name": "Atlas 10"}}})[2] == "product"
    sdp.put(f"/assets/{asset['id']}", {"asset": {"product": {"name": "PowerEdge R660"}}})
    assert sdp.failure("GET", f"/workstations/{asset['id']}")[1] == 4007
    assert sdp.failure("POST", "/assets", {"asset": new}) == (400, 4008, "name", None)


def test_configuration_items(sdp: SdpClient) -> None:
    item = sdp.post("/cmdb/cmdb_itservices", {"cmdb_itservice": {"name": "Printing"}})
    assert sdp.get(f"/cmdb/{item['id']}")["ci_type"]["name"] == "IT Service"
    server = sdp.id_of("nw-srv-app01", "/cmdb_servers", "name")
    relation = {"ci_relationship": {"relationship_type": "Runs on", "ci": {"id": server}}}
    assert sdp.post(f"/cmdb/{item['id']}/ci_relationships", relation)["ci"]["name"] == "nw-srv-app01"
    assert sdp.failure("GET", f"/cmdb/cmdb_servers/{item['id']}")[1] == 4007
    assert sdp.failure("POST", "/cmdb", {"cmdb": {"name": "x"}})[0] == 405


@pytest.mark.parametrize(
    ("switch", "bare", "nested"),
    [("cmdb_paths", "/cmdb_servers", "/cmdb/cmdb_servers"), ("custom_module_paths", "/cm_loans", "/custom_modules/cm_loans")],
)
def test_unknown_paths_are_switches(sdp: SdpClient, switch: str, bare: str, nested: str) -> None:
    for value, good, bad in (("bare", bare, nested), ("nested", nested, bare)):
        sdp.switch(**{switch: value})
        assert sdp.rows(good)
        assert sdp.failure("GET", bad)[:2] == (404, 4007)


def test_categories_and_what_is_below(sdp: SdpClient) -> None:
    category = sdp.id_of("Hardware", "/categories", "name")
    subcategories = sdp.rows(f"/categories/{category}/subcategories")
    assert {row["name"] for row in subcategories} == {"Laptop", "Printer", "Phone", "Other"}
    assert len([row for row in sdp.rows("/subcategories") if row["name"] == "Other"]) == 3
    printer = next(row for row in sdp.rows("/subcategories") if row["name"] == "Printer")
    assert printer["category"]["name"] == "Hardware"
    assert {row["name"] for row in sdp.rows(f"/categories/{category}/subcategories/{printer['id']}/items")} == {
        "Paper jam",
        "Toner",
    }
    new = sdp.post(f"/categories/{category}/subcategories", {"subcategory": {"name": "Scanner"}})
    assert sdp.get(f"/subcategories/{new['id']}")["category"]["id"] == category
    failure = sdp.failure("POST", f"/categories/{category}/subcategories", {"subcategory": {"name": "scanner"}})
    assert failure == (400, 4008, "name", None)
    request = sdp.post(
        "/requests", {"request": {"subject": "x", "category": {"id": category}, "subcategory": {"name": "Scanner"}}}
    )
    assert request["subcategory"]["id"] == new["id"]


def test_what_is_referred_to_cannot_be_deleted(sdp: SdpClient) -> None:
    assert sdp.failure("DELETE", f"/priorities/{sdp.id_of('High', '/priorities', 'name')}") == (400, 4005, None, None)
    assert sdp.failure("DELETE", f"/users/{sdp.id_of('Ove Dahl', '/users', 'name')}")[1] == 4005
    assert sdp.failure("DELETE", f"/categories/{sdp.id_of('Network', '/categories', 'name')}")[1] == 4005
    assert sdp.good("DELETE", f"/tags/{sdp.id_of('remote', '/tags', 'name')}")


def test_a_renamed_status_keeps_its_meaning(sdp: SdpClient) -> None:
    status = sdp.id_of("Closed", "/statuses", "name")
    sdp.put(f"/statuses/{status}", {"status": {"name": "Afsluttet"}})
    path = f"/requests/{sdp.id_of('Laptop does not start')}"
    assert sdp.put(f"{path}/_close", {"request": {}})["status"]["name"] == "Afsluttet"
    assert sdp.failure("PUT", f"{path}/_close")[3] == "Request is already closed"


def test_people(sdp: SdpClient) -> None:
    automation = sdp.rows("/technicians", search_criteria={"field": "email_id", "condition": "is", "value": OWNER})[0]
    assert automation["department"]["name"] == "IT Operations"
    new = sdp.post("/technicians", {"technician": {"name": "New Agent", "email_id": "new.agent@northwind.example"}})
    assert sdp.get(f"/users/{new['id']}")["is_technician"] is True
    assert sdp.failure("GET", f"/requesters/{new['id']}")[1] == 4007
    again = {"user": {"name": "y", "email_id": "New.Agent@northwind.example"}}
    assert sdp.failure("POST", "/users", again) == (400, 4008, "email_id", None)
    assert sdp.failure("POST", "/users", {"user": {"name": "y", "is_technician": True}})[1:3] == (4014, "is_technician")


def test_metainfo(sdp: SdpClient) -> None:
    fields = sdp.good("GET", "/requests/_metainfo")["metainfo"]["fields"]
    assert fields["subject"] == {"type": "string", "read_only": False, "mandatory": True, "max_length": 250}
    assert fields["priority"]["lookup_entity"] == "priorities"
    assert fields["created_by"]["read_only"]
    udf = fields["udf_fields"]["fields"]
    assert udf["udf_date1"]["type"] == "datetime"
    assert udf["txt_region"]["allowed_values"] == ["Nordics", "Central Europe", "Asia Pacific"]
    listed = sdp.rows("/udf_fields", search_criteria={"field": "module", "condition": "is", "value": "request"})
    assert {row["field_key"] for row in listed} == set(udf)
    change = sdp.rows("/changes")[0]["id"]
    assert sdp.good("GET", f"/changes/{change}/_metainfo")["metainfo"]["entity"] == "change"


def test_solutions(sdp: SdpClient) -> None:
    path = f"/solutions/{sdp.id_of('Unlock an account', '/solutions', 'title')}"
    assert sdp.get(path)["approval_status"]["name"] == "Unapproved"
    for action, word in (("_submit_for_approval", "Pending Approval"), ("_approve", "Approved"), ("_publish", "Approved")):
        assert sdp.put(f"{path}/{action}")["approval_status"]["name"] == word
    assert sdp.get(path)["is_published"]
    rejected = sdp.put(f"{path}/_reject", {"solution": {}})
    assert (rejected["approval_status"]["name"], rejected["is_published"]) == ("Rejected", False)


def test_files_of_a_change(sdp: SdpClient) -> None:
    path = f"/changes/{sdp.id_of('New wireless controller', '/changes', 'title')}"
    sdp.good("POST", f"{path}/_uploads", files={"filename": ("plan.txt", b"plan")}, data={"addtoattachment": "true"})
    assert [file["name"] for file in sdp.get(path)["attachments"]] == ["plan.txt"]
