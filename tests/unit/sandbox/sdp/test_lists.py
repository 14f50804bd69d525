# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``list_info``: pages, order, fields, and the grammar of search criteria."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import OWNER, SdpClient

_ALL = 46
_LIST_FIELDS = {
    *("id", "display_id", "subject", "template", "is_service_request", "status", "requester", "on_behalf_of", "technician"),
    *("group", "update_reason", "cancellation_requested", "created_time", "due_by_time", "has_notes"),
}


def found(sdp: SdpClient, criteria: Any, path: str = "/requests") -> set[str]:
    return {row.get("subject") or row.get("title") or row["name"] for row in sdp.rows(path, search_criteria=criteria)}


def where(field: str, condition: str, *values: Any, **more: Any) -> dict[str, Any]:
    value = {"value": values[0]} if len(values) == 1 else {"values": list(values)} if values else {}
    return {"field": field, "condition": condition, **value, **more}


def test_the_default_page(sdp: SdpClient) -> None:
    answer = sdp.good("GET", "/requests")
    assert answer["response_status"] == [{"status_code": 2000, "status": "success"}]
    assert answer["list_info"] == {"has_more_rows": True, "row_count": 10}
    assert len(answer["requests"]) == 10
    assert set(answer["requests"][0]) == _LIST_FIELDS
    assert answer["requests"][0]["subject"] == "Laptop does not start"


def test_pages(sdp: SdpClient) -> None:
    seen, start, more = [], 1, True
    while more:
        info = {"row_count": 20, "start_index": start, "get_total_count": True, "sort_field": "id", "sort_order": "asc"}
        answer = sdp.good("GET", "/requests", {"list_info": info})
        rows, told = answer["requests"], answer["list_info"]
        assert told == {**info, "row_count": len(rows), "has_more_rows": told["has_more_rows"], "total_count": _ALL}
        seen += [row["id"] for row in rows]
        start, more = start + len(rows), told["has_more_rows"]
    assert seen == sorted(seen, key=int)
    assert len(set(seen)) == _ALL
    second = sdp.good("GET", "/requests", {"list_info": {"page": 3, "row_count": 20, "sort_field": "id"}})
    assert [row["id"] for row in second["requests"]] == seen[40:]
    assert second["list_info"]["has_more_rows"] is False


@pytest.mark.parametrize(
    ("info", "field"),
    [
        ({"row_count": 101}, "row_count"),
        ({"row_count": 0}, "row_count"),
        ({"row_count": "ten"}, "row_count"),
        ({"start_index": 0}, "start_index"),
        ({"page": 0}, "page"),
        ({"sort_field": "nonsense"}, "sort_field"),
        ({"sort_field": "status.nonsense"}, "sort_field"),
        ({"sort_field": "id", "sort_order": "up"}, "sort_order"),
        ({"sort_fields": "id"}, "sort_fields"),
        ({"fields_required": ["nonsense"]}, "fields_required"),
        ({"fields_required": "id"}, "fields_required"),
        ({"filter_by": "nonsense"}, "filter_by"),
        ({"search_fields": {"nonsense": "x"}}, "search_fields"),
        ({"search_fields": "x"}, "search_fields"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_senseless_wishes(sdp: SdpClient, info: dict[str, Any], field: str) -> None:
    assert sdp.failure("GET", "/requests", {"list_info": info})[:3] == (400, 4001, field)


def test_more_than_a_hundred_rows(sdp: SdpClient) -> None:
    sdp.control("POST", "/sdp/requests", {"count": 100})
    sdp.switch(row_count_over_100="clamped", default_rows=3)
    assert len(sdp.rows("/requests", row_count=500)) == 100
    assert len(sdp.good("GET", "/requests")["requests"]) == 3


def test_list_info_must_be_an_object(sdp: SdpClient) -> None:
    assert sdp.failure("GET", "/requests", {"list_info": []})[:3] == (400, 4001, "list_info")
    assert sdp.failure("GET", "/requests", {"row_count": 5})[:3] == (400, 4001, "row_count")


def test_order(sdp: SdpClient) -> None:
    subjects = [row["subject"] for row in sdp.rows("/requests", sort_field="subject", sort_order="desc")]
    assert subjects == sorted(subjects, key=str.casefold, reverse=True)
    rows = sdp.rows(
        "/requests",
        fields_required=["priority", "created_time"],
        sort_fields=[{"field": "priority", "order": "asc"}, {"field": "created_time", "order": "desc"}],
    )
    keys = [(row["priority"]["name"], -int(row["created_time"]["value"])) for row in rows]
    assert keys == sorted(keys)
    technicians = [row["technician"] for row in sdp.rows("/requests", sort_field="technician")]
    assert technicians[0] is None
    assert technicians[-1]["name"] == "Ove Dahl"
    oldest = sdp.rows("/requests", sort_field="created_time")[0]
    sdp.switch(default_order="oldest_first")
    assert sdp.rows("/requests")[0] == oldest


def test_fields_required(sdp: SdpClient) -> None:
    wanted = ["subject", "udf_fields", "approval_status"]
    assert set(sdp.rows("/requests", fields_required=wanted)[0]) == set(wanted)
    sdp.switch(fields_required="with_id")
    assert set(sdp.rows("/requests", fields_required=wanted)[0]) == {"id", *wanted}
    sdp.switch(fields_required="ignored")
    assert set(sdp.rows("/requests", fields_required=wanted)[0]) == _LIST_FIELDS


@pytest.mark.parametrize(
    ("criterion", "count"),
    [
        (where("status.name", "is", "Open"), 24),
        (where("status.name", "=", "OPEN"), 24),
        (where("status.name", "eq", "Open"), 24),
        (where("status.internal_name", "is", "Onhold"), 2),
        (where("status.name", "is", "Open", "On Hold"), 26),
        (where("status.name", "is not", "Closed", "Resolved"), 33),
        (where("status.name", "!=", "Closed"), 36),
        (where("status.name", "neq", "Closed"), 36),
        (where("subject", "contains", "laptop"), 8),
        (where("subject", "like", "laptop"), 8),
        (where("subject", "not contains", "laptop"), 38),
        (where("subject", "starts with", "laptop"), 7),
        (where("subject", "ends with", "office"), 0),
        (where("subject", "ends with", "start"), 2),
        (where("requester.email_id", "is", "MAJA.LIND@northwind.example"), 5),
        (where("technician", "is"), 20),
        (where("technician.email_id", "is", OWNER), 2),
        (where("technician", "is not"), 26),
        (where("group", "is", values=[]), 24),
        (where("is_service_request", "is", True), 20),
        (where("is_service_request", "is", "true"), 20),
        (where("display_id", "greater than", "380"), 6),
        (where("display_id", "gte", 380), 7),
        (where("display_id", "lesser than", "343"), 2),
        (where("display_id", "lte", "343"), 3),
        (where("display_id", "between", "350", "359"), 10),
        (where("display_id", "not between", "350", "359"), 36),
        (where("udf_fields.udf_char1", "is", "key-2041"), 1),
        (where("approval_status.name", "is", "Pending Approval"), 10),
        (where("template.name", "starts with", "Standard"), 7),
        (where("has_notes", "is", True), 2),
    ],
)
def test_conditions(sdp: SdpClient, criterion: dict[str, Any], count: int) -> None:
    assert len(sdp.rows("/requests", search_criteria=criterion)) == count


def test_times(sdp: SdpClient) -> None:
    rows = sdp.rows("/requests")
    middle = rows[20]["created_time"]["value"]
    assert len(found(sdp, where("created_time.value", "greater than", middle))) == 20
    assert len(found(sdp, where("created_time", "greater or equal", int(middle)))) == 21
    assert (
        len(sdp.rows("/requests", search_criteria=where("created_time", "between", middle, rows[10]["created_time"]["value"])))
        == 11
    )
    assert len(found(sdp, where("completed_time", "is"))) == 34


def test_references_by_id(sdp: SdpClient) -> None:
    group = sdp.id_of("Network", "/support_groups", "name")
    names = found(sdp, where("group.id", "is", group))
    assert names == found(sdp, where("group", "is", group)) == found(sdp, where("group", "is", {"id": group}))
    assert "VPN for two weeks" in names


def test_several_criteria(sdp: SdpClient) -> None:
    open_ones, high = where("status.name", "is", "Open"), where("priority.name", "is", "High")
    assert found(sdp, [open_ones, high]) == found(sdp, open_ones) & found(sdp, high)
    assert found(sdp, [open_ones, {**high, "logical_operator": "and"}]) == found(sdp, [open_ones, high])
    assert found(sdp, [open_ones, {**high, "logical_operator": "OR"}]) == found(sdp, open_ones) | found(sdp, high)
    low = where("priority.name", "is", "Low", logical_operator="OR")
    assert found(sdp, [open_ones, {**high, "logical_operator": "AND"}, low]) == (
        (found(sdp, open_ones) & found(sdp, high)) | found(sdp, low)
    )


def test_children(sdp: SdpClient) -> None:
    either = where("priority.name", "is", "High", logical_operator="AND")
    either["children"] = [where("priority.name", "is", "Low", logical_operator="OR")]
    tree = {**where("status.name", "is", "Open"), "children": [either]}
    expected = found(sdp, where("status.name", "is", "Open")) & found(sdp, where("priority.name", "is", "High", "Low"))
    assert found(sdp, tree) == expected
    assert found(sdp, {"children": [where("status.name", "is", "Open")]}) == found(sdp, where("status.name", "is", "Open"))


@pytest.mark.parametrize(
    "criteria",
    [
        where("nonsense", "is", "x"),
        {"field": {"name": "subject"}, "condition": "is", "value": "x"},
        where("status.nonsense", "is", "x"),
        where("subject.name", "is", "x"),
        where("subject", "resembles", "x"),
        where("subject", "contains"),
        {"field": "subject", "condition": "is", "values": "x"},
        {"condition": "is", "value": "x"},
        {"field": "subject", "condition": "is", "value": "x", "surprise": 1},
        [where("subject", "is", "x"), where("subject", "is", "y", logical_operator="XOR")],
        ["x"],
        "x",
        {"children": "x"},
    ],
)
def test_senseless_criteria(sdp: SdpClient, criteria: Any) -> None:
    assert sdp.failure("GET", "/requests", {"list_info": {"search_criteria": criteria}})[:3] == (400, 4001, "search_criteria")


def test_criteria_may_be_ignored(sdp: SdpClient) -> None:
    sdp.switch(bad_criteria="ignored")
    for criterion in (where("nonsense", "is", "x"), where("status.nonsense", "is", "x"), where("subject", "resembles", "x")):
        assert len(sdp.rows("/requests", search_criteria=criterion)) == _ALL


def test_case_may_matter(sdp: SdpClient) -> None:
    sdp.switch(string_case="exact")
    assert found(sdp, where("status.name", "is", "open")) == set()
    assert len(found(sdp, where("subject", "contains", "Laptop"))) == 7


def test_one_criterion_in_an_array(sdp: SdpClient) -> None:
    criteria = [where("status.name", "is", "On Hold")]
    assert len(found(sdp, criteria)) == 2
    sdp.switch(one_criterion_array="refused")
    assert sdp.failure("GET", "/requests", {"list_info": {"search_criteria": criteria}})[2] == "search_criteria"
    assert len(found(sdp, criteria[0])) == 2


def test_search_fields_and_views(sdp: SdpClient) -> None:
    assert len(sdp.rows("/requests", search_fields={"subject": "vpn"})) == 4
    views = sdp.good("GET", "/list_view_filters/show_all", {"show_all": {"module": "request"}})["list_view_filters"]
    assert {"all_requests", "open_system", "unassigned_system"} <= {view["name"] for view in views}
    for view in views:
        assert sdp.rows("/requests", filter_by={"name": view["name"]})
    assert len(sdp.rows("/requests", filter_by="onhold_system")) == 2
    assert {row["technician"]["email_id"] for row in sdp.rows("/requests", filter_by="all_user")} == {OWNER}
    sdp.switch(filter_by="name")
    assert sdp.failure("GET", "/requests", {"list_info": {"filter_by": {"name": "all_requests"}}})[2] == "filter_by"
    sdp.switch(filter_by="object")
    assert sdp.failure("GET", "/requests", {"list_info": {"filter_by": "all_requests"}})[2] == "filter_by"


def test_lists_may_lag(sdp: SdpClient) -> None:
    sdp.switch(index_lag_ms=5000)
    request_id = sdp.add_request("Late in lists")
    assert "Late in lists" not in found(sdp, where("subject", "contains", "late"))
    assert sdp.get(f"/requests/{request_id}")["subject"] == "Late in lists"
    sdp.later(5)
    assert "Late in lists" in found(sdp, where("subject", "contains", "late"))


@pytest.mark.parametrize(("shape", "listed", "one"), [("object", dict, dict), ("array", list, list)])
def test_shape_of_response_status(sdp: SdpClient, shape: str, listed: type, one: type) -> None:
    sdp.switch(response_status=shape)
    assert isinstance(sdp.good("GET", "/requests")["response_status"], listed)
    assert isinstance(sdp.good("GET", f"/requests/{sdp.id_of('Laptop does not start')}")["response_status"], one)
    assert isinstance(sdp.call("GET", "/requests/1").json()["response_status"], one)


def test_list_info_in_the_body_of_a_get(sdp: SdpClient) -> None:
    body = {"input_data": json.dumps({"list_info": {"row_count": 2}})}
    assert len(sdp.good("GET", "/requests", data=body)["requests"]) == 2
    sdp.switch(input_place="documented")
    assert len(sdp.good("GET", "/requests", data=body)["requests"]) == 10
    assert len(sdp.good("GET", "/requests", params=body)["requests"]) == 2
