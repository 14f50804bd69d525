# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API's part, the OpenAPI document, the live page, and faults."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from .conftest import ACCEPT, OVE, OWNER, SdpClient

_NOW = {"seed": "demo", "now": "2026-06-01T12:00:00Z"}


def test_reset_and_determinism(sdp: SdpClient) -> None:
    sdp.control("POST", "/reset", _NOW)
    first = sdp.control("GET", "/state/sdp")
    sdp.token = sdp.new_token()
    sdp.add_request()
    sdp.switch(accept="any")
    sdp.control("PUT", "/sdp/effects", {"field": "group", "effect": "ignored"})
    sdp.control("POST", "/reset", _NOW)
    assert sdp.control("GET", "/state/sdp") == first
    assert sdp.call("GET", "/requests").status_code == 401
    assert all(switch["value"] == switch["default"] for switch in sdp.control("GET", "/switches/sdp"))
    assert sdp.control("PUT", "/sdp/effects", {"field": "site", "effect": None}) == []


def test_the_demo_is_rich(sdp: SdpClient) -> None:
    rows = sdp.control("GET", "/state/sdp?collection=requests")
    assert len(rows) >= 40
    assert {row["status"]["name"] for row in rows} == {"Open", "On Hold", "In Progress", "Resolved", "Closed", "Cancelled"}
    assert {(row["approval_status"] or {}).get("name") for row in rows} == {None, "Pending Approval", "Approved", "Rejected"}
    assert any(row["resources"] for row in rows)
    assert not str(rows).isascii()
    addresses = set(re.findall(r"[\w.]+@([\w.-]+)", str(sdp.control("GET", "/state/sdp"))))
    assert all(address.endswith(".example") for address in addresses)


def test_empty_seed(sdp: SdpClient) -> None:
    sdp.control("POST", "/reset", {"seed": "empty"})
    sdp.token = sdp.new_token()
    state = sdp.control("GET", "/state/sdp")
    for path in ("requests", "problems", "changes", "assets", "solutions", "tasks"):
        assert state[path] == []
    assert len(state["statuses"]) == 6
    assert sdp.post("/requests", {"request": {"subject": "First"}})["display_id"] == "341"


def test_many_requests(sdp: SdpClient) -> None:
    template = {"subject": "Bulk", "priority": {"name": "Low"}, "approvers": [OWNER, [OVE, OWNER]]}
    ids = sdp.control("POST", "/sdp/requests", {"count": 250, "template": template, "status": "In Progress"})["ids"]
    criteria = {"field": "subject", "condition": "is", "value": "Bulk"}
    answer = sdp.good("GET", "/requests", {"list_info": {"row_count": 100, "get_total_count": True, "search_criteria": criteria}})
    assert answer["list_info"]["total_count"] == 250
    state = sdp.control("GET", f"/sdp/requests/{ids[-1]}")
    assert state["status"]["name"] == "In Progress"
    first, second = state["below"]["approval_levels"]
    assert [row["status"]["name"] for row in first["below"]["approvals"]] == ["Pending Approval"]
    assert [row["status"]["name"] for row in second["below"]["approvals"]] == ["To Be Sent", "To Be Sent"]


def test_rows_of_other_modules(sdp: SdpClient) -> None:
    ids = sdp.control("POST", "/sdp/records/problems", {"count": 2})["ids"]
    assert sdp.get(f"/problems/{ids[1]}")["title"].endswith("of the sandbox")
    (item,) = sdp.control("POST", "/sdp/records/cmdb/cmdb_servers", [{"name": "nw-srv-x"}])["ids"]
    assert sdp.get(f"/cmdb/{item}")["ci_type"]["name"] == "Server"
    state = sdp.control("PATCH", f"/sdp/records/cmdb/cmdb_servers/{item}", {"status": "Gone"})
    assert state["status"] == "Gone"


def test_people_move_a_request(sdp: SdpClient) -> None:
    request_id = sdp.id_of("Laptop does not start")
    state = sdp.control("PATCH", f"/sdp/requests/{request_id}", {"status": {"name": "Closed"}, "is_read": True})
    assert (state["status"]["name"], state["is_read"]) == ("Closed", True)
    assert sdp.get(f"/requests/{request_id}")["completed_time"]["value"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/requests", [{"nonsense": 1}], 400),
        ("POST", "/requests", [{"priority": {"name": "?"}}], 400),
        ("POST", "/requests", [{"approvers": ["x@y.example"]}], 400),
        ("POST", "/records/nonsense", [{}], 404),
        ("PATCH", "/requests/1", {}, 404),
        ("GET", "/requests/1", None, 404),
        ("PUT", "/effects", {"field": "nonsense", "effect": "ignored"}, 400),
        ("PUT", "/effects", {"field": "group", "effect": "nonsense"}, 422),
    ],
)
def test_senseless_orders(sdp: SdpClient, method: str, path: str, body: Any, status: int) -> None:
    reply = sdp.session.request(method, f"{sdp.url}/_sandbox/sdp{path}", json=body, timeout=5)
    assert reply.status_code == status


def test_every_value_of_every_switch_can_be_set(sdp: SdpClient) -> None:
    for switch in sdp.control("GET", "/switches/sdp"):
        for value in switch["choices"] if isinstance(switch["choices"], list) else [0, 5]:
            assert sdp.control("PATCH", "/switches/sdp", {switch["name"]: value}) == {switch["name"]: value}


def test_literal_nulls(sdp: SdpClient) -> None:
    sdp.switch(null_times="text")
    assert sdp.get(f"/requests/{sdp.id_of('Laptop does not start')}")["completed_time"] == "null"


def test_the_log_holds_no_token(sdp: SdpClient) -> None:
    sdp.call("GET", "/requests")
    call = sdp.last_call()
    assert list(call["auth"]) == ["authorization"]
    assert sdp.token not in str(call)
    assert call["headers"]["accept"] == ACCEPT


# --- document and page


def test_openapi(sdp: SdpClient) -> None:
    document = sdp.session.get(f"{sdp.url}/sdp/openapi.json", timeout=5).json()
    pytest.importorskip("openapi_spec_validator").validate(document)
    for path, item in document["paths"].items():
        base = item.get("servers", document["servers"])[0]["url"]
        concrete = re.sub(r"\{\w+\}", "1", path)
        reply = sdp.session.request(
            "TRACE", f"{sdp.url}{base}{concrete}", headers={"Authorization": f"Bearer {sdp.token}", "Accept": ACCEPT}, timeout=5
        )
        assert {method.upper() for method in item if method != "servers"} <= set(reply.headers["Allow"].split(", "))


def test_answers_fit_the_document(sdp: SdpClient) -> None:
    validators = pytest.importorskip("openapi_schema_validator")
    document = sdp.session.get(f"{sdp.url}/sdp/openapi.json", timeout=5).json()

    def check(template: str, path: str, answer: Any) -> None:
        content = document["paths"][f"/api/v3{template}"]["get"]["responses"]["200"]["content"]
        schema = {**content[ACCEPT]["schema"], "components": document["components"]}
        validators.OAS30Validator(schema).validate(answer)

    lists = [path for path in document["paths"] if path.startswith("/api/v3/") and path.count("/") == 3]
    for path in (path.removeprefix("/api/v3") for path in lists):
        answer = sdp.good("GET", path, {"list_info": {"row_count": 100}})
        check(path, path, answer)
        rows = next(value for key, value in answer.items() if key not in ("response_status", "list_info"))
        one = next(one for one in document["paths"] if one.startswith(f"/api/v3{path}/{{") and one.count("/") == 4)
        for row in rows[:3]:
            check(one.removeprefix("/api/v3"), path, sdp.good("GET", f"{path}/{row['id']}"))


def test_the_page(sdp: SdpClient) -> None:
    sdp.good("DELETE", f"/requests/{sdp.id_of('Old toner cartridges to collect')}")
    overview = sdp.control("GET", "/overview")
    (platform,) = [one for one in overview["platforms"] if one["name"] == "sdp"]
    assert platform["counts"] == {
        "pending": 10,
        "approved": 12,
        "running": 5,
        "quarantined": 2,
        "denied": 1,
        "finished": 13,
        "expired": 3,
    }
    assert len(platform["rows"]) == sum(platform["counts"].values())
    assert {column["key"] for column in platform["columns"]} < set(platform["rows"][0])
    row = next(row for row in platform["rows"] if row["subject"] == "Battery lasts twenty minutes")
    assert (row["note"], row["state"], row["requester"]) == ("Thanks!", "running", "Tobe Okafor")
    assert sdp.session.get(f"{sdp.url}/sdp/queue", timeout=5).status_code == 200


# --- faults


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_lost_reply(sdp: SdpClient, when: str, made: int) -> None:
    sdp.fault("drop", method="POST", path="/requests", when=when, times=1)
    with pytest.raises(requests.ConnectionError):
        sdp.call("POST", "/requests", {"request": {"subject": "Once only"}})
    call = sdp.last_call()
    assert (call["status"], call["committed"], call["route"]) == (None, when == "after", "/sdp/api/v3/requests")
    criteria = {"field": "subject", "condition": "is", "value": "Once only"}
    assert len(sdp.rows("/requests", search_criteria=criteria)) == made


@pytest.mark.parametrize(("when", "word"), [("before", "Pending Approval"), ("after", "Approved")])
def test_a_bad_gateway_around_an_approval(sdp: SdpClient, when: str, word: str) -> None:
    path = f"/requests/{sdp.id_of('Laptop for the trade fair')}/approval_levels"
    path = f"{path}/{sdp.rows(path)[0]['id']}/approvals"
    path = f"{path}/{sdp.rows(path)[0]['id']}"
    sdp.fault("status", status=502, path="_approve", when=when, times=1)
    assert sdp.call("PUT", f"{path}/_approve").status_code == 502
    assert sdp.get(path)["status"]["name"] == word


def test_html_with_a_good_status(sdp: SdpClient) -> None:
    sdp.fault("html", times=1)
    reply = sdp.call("GET", "/requests")
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_expired_tokens_by_fault(sdp: SdpClient) -> None:
    sdp.fault("auth", times=1)
    assert sdp.failure("GET", "/requests") == (401, 4002, None, "UNAUTHORISED")
    assert sdp.call("GET", "/requests").status_code == 200


def test_a_lost_token(sdp: SdpClient) -> None:
    sdp.fault("drop", path="/oauth/v2/token", when="after", times=1)
    with pytest.raises(requests.ConnectionError):
        sdp.refresh()
    call = sdp.last_call()
    assert (call["committed"], call["route"]) == (True, "/sdp/accounts/oauth/v2/token")
    assert sdp.control("GET", "/sdp/tokens")["logins"] == 1


def test_truncated_json(sdp: SdpClient) -> None:
    sdp.fault("truncated_json", times=1)
    with pytest.raises(requests.JSONDecodeError):
        sdp.call("GET", "/requests").json()
