# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests: read, made, changed, ended, trashed, and the rules of templates."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .conftest import OVE, OWNER, SdpClient

_FULL = 60
_LAPTOP = "Laptop for the trade fair"


def test_one_request(sdp: SdpClient) -> None:
    answer = sdp.good("GET", f"/requests/{sdp.id_of('VPN drops every hour')}")
    assert answer["response_status"] == {"status_code": 2000, "status": "success"}
    request = answer["request"]
    assert len(request) > _FULL
    assert int(request["id"]) > 2**53
    assert re.fullmatch(r"\d+", request["display_id"])
    assert {"name": "In Progress", "in_progress": True}.items() <= request["status"].items()
    assert request["requester"]["email_id"] == "lukasz.wojcik@northwind.example"
    assert request["requester"]["is_technician"] is False
    assert request["technician"]["cost_per_hour"] == "0"
    assert re.fullmatch(r"\d{13}", request["created_time"]["value"])
    assert re.fullmatch(r"[A-Z][a-z]{2} \d\d, \d{4} \d\d:\d\d [AP]M", request["created_time"]["display_value"])
    assert (request["subcategory"]["name"], request["item"]["name"]) == ("VPN", "Cannot connect")
    assert (request["closure_info"], request["attachments"], request["resources"]) == (None, [], {})
    assert request["is_trashed"] is False
    assert request["time_elapsed"] == "0"
    assert set(request["udf_fields"]) >= {"udf_char1", "udf_date1", "txt_parties_told"}


def test_known_ids_of_the_setup(sdp: SdpClient) -> None:
    known = {"statuses": ("Open", "006657"), "priorities": ("High", "006805"), "urgencies": ("Urgent", "007917")}
    for path, (name, suffix) in known.items():
        assert sdp.id_of(name, f"/{path}", "name") == f"987060000000{suffix}"


def test_adding(sdp: SdpClient) -> None:
    request = sdp.post(
        "/requests",
        {
            "request": {
                "subject": "Two screens & a cable + hub",
                "description": "<div>Bitte, größer</div>",
                "requester": {"email_id": "Maja.Lind@Northwind.Example"},
                "priority": {"name": "High"},
                "category": {"name": "Hardware"},
                "subcategory": {"name": "Other"},
                "technician": {"email_id": OVE},
                "due_by_time": {"value": 1900000000000},
                "udf_fields": {
                    "udf_char1": "X-1",
                    "udf_long1": 7,
                    "udf_double1": "1.5",
                    "udf_date1": {"value": "1900000000000"},
                    "bool_off_site": True,
                    "txt_parties_told": ["Users"],
                    "ref_line_manager": {"email_id": OVE},
                },
            }
        },
    )
    assert sdp.last_call()["committed"]
    assert request["subject"] == "Two screens & a cable + hub"
    assert request["requester"]["email_id"] == "maja.lind@northwind.example"
    assert request["created_by"]["email_id"] == OWNER
    assert (request["status"]["name"], request["template"]["name"]) == ("Open", "Default Request")
    assert (request["mode"]["name"], request["is_service_request"]) == ("Web Form", False)
    assert request["due_by_time"]["value"] == "1900000000000"
    udf = request["udf_fields"]
    assert (udf["udf_long1"], udf["udf_double1"], udf["udf_date1"]["value"]) == ("7", "1.5", "1900000000000")
    assert (udf["bool_off_site"], udf["txt_parties_told"], udf["ref_line_manager"]["name"]) == (True, ["Users"], "Ove Dahl")
    assert sdp.get(f"/requests/{request['id']}") == request
    assert int(request["display_id"]) == 387


def test_created_status(sdp: SdpClient) -> None:
    sdp.switch(created_status=201)
    assert sdp.call("POST", "/requests", {"request": {"subject": "x"}}).status_code == 201


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (400, 4012, ["subject"], None)),
        ({"subject": None}, (400, 4012, ["subject"], None)),
        ({"subject": 7}, (400, 4021, "subject", None)),
        ({"subject": "a\nb"}, (400, 4001, "subject", "Value given is not valid")),
        ({"subject": "x" * 251}, (400, 4001, "subject", "Value given exceeds the maximum length of 250")),
        ({"subject": "x", "colour": "red"}, (400, 4001, "colour", "Extra key found in JSON")),
        ({"subject": "x", "display_id": "1"}, (400, 4014, "display_id", "Read only field cannot be edited")),
        ({"subject": "x", "priority": {"name": "Gigantic"}}, (400, 4001, "priority", "Invalid Input")),
        ({"subject": "x", "priority": {"name": "high"}}, (400, 4001, "priority", "Invalid Input")),
        ({"subject": "x", "priority": "High"}, (400, 4021, "priority", None)),
        ({"subject": "x", "group": {"name": "Typewriters"}}, (400, 4001, "group", "Invalid Input")),
        ({"subject": "x", "technician": {"email_id": "maja.lind@northwind.example"}}, (400, 4001, "technician", "Invalid Input")),
        ({"subject": "x", "requester": {"email_id": "no@where.example"}}, (400, 4001, "requester", "Invalid Input")),
        ({"subject": "x", "due_by_time": "tomorrow"}, (400, 4021, "due_by_time", None)),
        ({"subject": "x", "due_by_time": {"value": 10**30}}, (400, 4001, "due_by_time", "Invalid Input")),
        ({"subject": "x", "time_elapsed": 1}, (400, 4014, "time_elapsed", "Read only field cannot be edited")),
        ({"subject": "x", "udf_fields": {"udf_double1": 10**400}}, (400, 4021, "udf_fields.udf_double1", None)),
        ({"subject": "x", "is_fcr": "yes"}, (400, 4021, "is_fcr", None)),
        (
            {"subject": "x", "subcategory": {"name": "VPN"}, "category": {"name": "Software"}},
            (400, 4001, "subcategory", "Invalid Input"),
        ),
        ({"subject": "x", "udf_fields": {"nonsense": 1}}, (400, 4001, "udf_fields.nonsense", "Extra key found in JSON")),
        ({"subject": "x", "udf_fields": {"txt_region": "Mars"}}, (400, 4001, "udf_fields.txt_region", "Invalid Input")),
        ({"subject": "x", "udf_fields": {"udf_long1": "many"}}, (400, 4021, "udf_fields.udf_long1", None)),
        ({"subject": "x", "resolution": {"submitted_by": {"name": "x"}}}, (400, 4014, "resolution.submitted_by", None)),
        ({"subject": "x", "template": {"name": "Fax line"}}, (400, 4001, "template", "Invalid Input")),
    ],
)
def test_what_is_wrong_with_a_new_request(sdp: SdpClient, given: dict[str, Any], expected: tuple[Any, ...]) -> None:
    count = len(sdp.rows("/requests"))
    assert sdp.failure("POST", "/requests", {"request": given}) == expected
    assert not sdp.last_call()["committed"]
    assert len(sdp.rows("/requests")) == count


def test_everything_that_is_wrong_is_told(sdp: SdpClient) -> None:
    reply = sdp.call("POST", "/requests", {"request": {"colour": 1, "impact": {"name": "?"}, "is_read": True}})
    messages = reply.json()["response_status"]["messages"]
    assert {message["status_code"] for message in messages} == {4001, 4012, 4014}
    assert len(messages) == 4
    assert messages[-1] == {"status_code": 4012, "fields": ["subject"], "type": "failed"}


def test_leniences(sdp: SdpClient) -> None:
    sdp.switch(reference_case="ignored", extra_keys="ignored", html="wrapped", unknown_requester="refused")
    request = sdp.post(
        "/requests", {"request": {"subject": "x", "priority": {"name": "high"}, "colour": 1, "description": "a\nb"}}
    )
    assert (request["priority"]["name"], request["description"]) == ("High", "<div>a<br>b<br></div>")
    body = {"request": {"subject": "x", "requester": {"name": "Nobody Known"}}}
    assert sdp.failure("POST", "/requests", body)[1:3] == (4001, "requester")


def test_an_unknown_name_makes_a_requester(sdp: SdpClient) -> None:
    people = len(sdp.rows("/users"))
    bad = {"request": {"subject": "x", "requester": {"name": "Nobody Known"}, "colour": 1}}
    assert sdp.call("POST", "/requests", bad).status_code == 400
    assert len(sdp.rows("/users")) == people
    request = sdp.post("/requests", {"request": {"subject": "x", "requester": {"name": "Nobody Known"}}})
    assert (request["requester"]["name"], request["requester"]["email_id"]) == ("Nobody Known", None)
    assert len(sdp.rows("/users")) == people + 1


def test_a_change_is_partial(sdp: SdpClient) -> None:
    request_id = sdp.id_of("VPN drops every hour")
    before = sdp.get(f"/requests/{request_id}")
    sdp.later(5)
    after = sdp.put(f"/requests/{request_id}", {"request": {"priority": {"name": "Low"}, "group": {"name": "Network"}}})
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"priority", "group", "last_updated_time"}
    assert sdp.put(f"/requests/{request_id}", {"request": {"group": None}})["group"] is None
    for name in ("subject", "status"):
        assert sdp.failure("PUT", f"/requests/{request_id}", {"request": {name: None}})[:3] == (400, 4012, [name])
    moment = {"request": {"created_time": {"value": 1}}}
    assert sdp.failure("PUT", f"/requests/{request_id}", moment) == (400, 4009, "created_time", None)


def test_a_new_category_resets_what_is_below(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('VPN drops every hour')}"
    request = sdp.put(path, {"request": {"category": {"name": "Hardware"}}})
    assert (request["subcategory"], request["item"]) == (None, None)
    request = sdp.put(path, {"request": {"subcategory": {"name": "Laptop"}, "item": {"name": "Battery"}}})
    assert request["item"]["name"] == "Battery"


def test_udf_fields_are_merged(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('[key-2041] Nightly export failed')}"
    udf = sdp.put(path, {"request": {"udf_fields": {"udf_long1": "3"}}})["udf_fields"]
    assert (udf["udf_char1"], udf["udf_long1"]) == ("key-2041", "3")


def test_closing(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('Laptop does not start')}"
    info = {"requester_ack_resolution": True, "closure_comments": "New mainboard", "closure_code": {"name": "Success"}}
    request = sdp.put(f"{path}/_close", {"request": {"closure_info": info}})
    assert (request["status"]["name"], request["closure_info"]["closure_code"]["name"]) == ("Closed", "Success")
    assert request["completed_time"]["value"]
    assert sdp.failure("PUT", f"{path}/_close", {"request": {}}) == (400, 4001, None, "Request is already closed")
    reopened = sdp.put(path, {"request": {"status": {"name": "Open"}}})
    assert (reopened["is_reopened"], reopened["completed_time"]) == (True, None)
    assert sdp.put(path, {"request": {"status": {"name": "Closed"}}})["completed_time"]


def test_closing_without_a_body_and_with_nonsense(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('Laptop does not start')}/_close"
    assert sdp.failure("PUT", path, {"request": {"subject": "x"}})[1:3] == (4001, "subject")
    assert sdp.put(path)["status"]["name"] == "Closed"


def test_closure_rules(sdp: SdpClient) -> None:
    sdp.switch(closure_rules="on")
    path = f"/requests/{sdp.id_of('Laptop does not start')}"
    status, code, fields, text = sdp.failure("PUT", f"{path}/_close", {"request": {}})
    assert (status, code, fields) == (400, 4003, ["resolution", "closure_code"])
    assert "The following fields should be filled" in text
    assert sdp.failure("PUT", path, {"request": {"status": {"name": "Closed"}}})[1] == 4003
    sdp.post(f"{path}/resolutions", {"resolution": {"content": "Repaired"}})
    closed = sdp.put(f"{path}/_close", {"request": {"closure_info": {"closure_code": {"name": "Success"}}}})
    assert closed["resolution"]["content"] == "Repaired"


def test_closed_requests_may_be_frozen(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('Account locked after holiday')}"
    assert sdp.put(path, {"request": {"impact_details": "None"}})["impact_details"] == "None"
    sdp.switch(edit_closed="refused")
    assert sdp.failure("PUT", path, {"request": {"impact_details": "x"}})[:2] == (403, 4002)


def test_assigning(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('Laptop does not start')}"
    body = {"request": {"group": {"name": "Hardware"}, "technician": {"email_id": OVE}}}
    request = sdp.put(f"{path}/_assign", body)
    assert (request["group"]["name"], request["technician"]["email_id"]) == ("Hardware", OVE)
    assert sdp.put(f"{path}/pickup")["technician"]["email_id"] == OWNER
    assert sdp.put(f"{path}/_pickup")["technician"]["email_id"] == OWNER
    sdp.switch(pickup_route="pickup")
    assert sdp.failure("PUT", f"{path}/_pickup") == (404, 4007, None, "Invalid URL")


def test_actions_need_their_underscore(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('Laptop does not start')}/close"
    assert sdp.failure("PUT", path, {"request": {}})[:2] == (404, 4007)
    sdp.switch(action_routes="either")
    assert sdp.put(path, {"request": {}})["status"]["name"] == "Closed"


def test_trash(sdp: SdpClient) -> None:
    request_id = sdp.id_of("Old toner cartridges to collect")
    answer = sdp.good("DELETE", f"/requests/{request_id}")
    assert answer == {"response_status": {"status_code": 2000, "status": "success"}}
    assert request_id not in [row["id"] for row in sdp.rows("/requests")]
    trashed = sdp.get(f"/requests/{request_id}")
    assert trashed["is_trashed"]
    assert trashed["deleted_time"]["value"]
    assert sdp.failure("DELETE", f"/requests/{request_id}") == (400, 4016, None, "Already in trash")
    sdp.switch(delete_twice="4007", trashed_in_lists="visible", trash_routes="present")
    assert sdp.failure("DELETE", f"/requests/{request_id}")[:2] == (404, 4007)
    assert request_id in [row["id"] for row in sdp.rows("/requests")]
    assert sdp.good("PUT", f"/requests/{request_id}/_restore_from_trash")
    assert not sdp.get(f"/requests/{request_id}")["is_trashed"]
    assert sdp.good("DELETE", f"/requests/{request_id}/_move_to_trash")
    assert sdp.get(f"/requests/{request_id}")["is_trashed"]


def test_purge(sdp: SdpClient) -> None:
    sdp.switch(request_delete="purge")
    path = f"/requests/{sdp.id_of('Add-in breaks the price list')}"
    sdp.good("DELETE", path)
    assert sdp.failure("GET", path) == (404, 4007, None, "Invalid URL")
    assert sdp.failure("DELETE", path)[:2] == (404, 4007)
    assert sdp.failure("PUT", f"{path}/_restore_from_trash")[:2] == (404, 4007)


def test_ids_that_are_none(sdp: SdpClient) -> None:
    assert sdp.failure("GET", "/requests/abc") == (400, 4001, None, "Unable to parse the given data for id")
    assert sdp.failure("GET", "/requests/1") == (404, 4007, None, "Invalid URL")
    assert sdp.failure("GET", "/request") == (404, 4007, None, "Invalid URL")
    assert sdp.failure("PATCH", "/requests/1")[0] == 405


def test_the_priority_may_follow_from_a_rule(sdp: SdpClient) -> None:
    sdp.switch(priority_rule="refused")
    body: dict[str, Any] = {"request": {"subject": "x", "priority": {"name": "High"}, "urgency": {"name": "Urgent"}}}
    assert sdp.failure("POST", "/requests", body) == (403, 4002, "priority", "Cannot give value for priority")
    sdp.switch(priority_rule="partial")
    body["request"]["impact"] = {"name": "Affects User"}
    body["request"]["priority"] = {"name": "Low"}
    answer = sdp.good("POST", "/requests", body)
    assert answer["request"]["priority"]["name"] == "High"
    status = answer["response_status"]
    assert (status["status_code"], status["status"]) == (3000, "failed")
    assert status["messages"] == [
        {"status_code": 4002, "field": "priority", "type": "failed", "message": "Cannot give value for priority"}
    ]
    assert sdp.last_call()["committed"]


def test_fields_that_do_not_take(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('Laptop does not start')}"
    body = {"request": {"group": {"name": "Network"}, "impact_details": "new"}}
    sdp.control("PUT", "/sdp/effects", {"field": "group", "effect": "ignored"})
    request = sdp.put(path, body)
    assert (request["group"]["name"], request["impact_details"]) == ("Service Desk", "new")
    sdp.control("PUT", "/sdp/effects", {"field": "group", "effect": "partial"})
    sdp.switch(partial_status="success")
    status = sdp.good("PUT", path, body)["response_status"]
    assert (status["status_code"], status["status"], status["messages"][0]["field"]) == (3000, "success", "group")
    sdp.control("PUT", "/sdp/effects", {"field": "group", "effect": "refused"})
    assert sdp.failure("PUT", path, body)[:3] == (403, 4002, "group")
    assert sdp.control("PUT", "/sdp/effects", {"field": "group", "effect": None}) == []
    assert sdp.put(path, body)["group"]["name"] == "Network"


def test_mandatory_fields_of_a_template(sdp: SdpClient) -> None:
    body: dict[str, Any] = {"request": {"subject": "x", "template": {"name": "Report an incident"}}}
    assert sdp.failure("POST", "/requests", body) == (400, 4012, ["mode", "urgency", "impact", "category"], None)
    body["request"] |= {"mode": {"name": "Phone Call"}, "urgency": {"name": "Low"}, "impact": {"name": "Affects User"}}
    assert sdp.failure("POST", "/requests", body)[2] == ["category"]
    request = sdp.post("/requests", {"request": {**body["request"], "category": {"name": "Network"}}})
    assert (request["request_type"]["name"], request["level"]["name"]) == ("Incident", "Tier 1")


def test_linking_and_merging(sdp: SdpClient) -> None:
    first, second = sdp.id_of("Laptop does not start"), sdp.id_of("Battery lasts twenty minutes")
    body = {"link_requests": [{"linked_request": {"id": second}, "comments": "same model"}]}
    status = sdp.good("POST", f"/requests/{first}/link_requests", body)["response_status"]
    assert status["messages"][0]["message"] == "Request successfully linked"
    (row,) = sdp.good("GET", f"/requests/{first}/_link_requests")["link_requests"]
    assert (row["linked_request"]["id"], row["comments"]) == (second, "same model")
    assert sdp.get(f"/requests/{first}")["has_linked_requests"]
    assert sdp.good("DELETE", f"/requests/{first}/_link_requests", body)
    assert sdp.failure("DELETE", f"/requests/{first}/_link_requests", body)[1] == 4001
    assert sdp.good("PUT", f"/requests/{first}/_merge_requests", {"merge_requests": [{"id": second}]})
    assert len(sdp.rows(f"/requests/{first}/notes")) == 2
    assert sdp.failure("GET", f"/requests/{second}")[1] == 4007
    for wrong in ([], [{"id": first}], [{"id": "1"}], "x"):
        assert sdp.failure("PUT", f"/requests/{first}/_merge_requests", {"merge_requests": wrong})[1:3] == (
            4001,
            "merge_requests",
        )


def test_resolution(sdp: SdpClient) -> None:
    path = f"/requests/{sdp.id_of('Laptop does not start')}/resolutions"
    assert sdp.get(path) == {
        "content": None,
        "add_to_linked_requests": False,
        "submitted_by": None,
        "submitted_on": None,
        "resolution_attachments": [],
    }
    written = sdp.post(path, {"resolution": {"content": "<b>Battery</b>"}})
    assert (written["content"], written["submitted_by"]["email_id"]) == ("<b>Battery</b>", OWNER)
    assert sdp.get(path) == written
