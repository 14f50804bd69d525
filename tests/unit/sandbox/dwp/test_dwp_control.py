# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API's own part for the catalog, its switches, and the live page."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ACCOUNT, DATABASE, KIT, LAPTOP, PASSWORD, ROBOT, DwpClient


def _refused(dwp: DwpClient, path: str, body: Any) -> str:
    reply = dwp.session.post(f"{dwp.url}/_sandbox{path}", json=body, timeout=5)
    assert reply.status_code in (400, 404), reply.text
    detail: str = reply.json()["detail"]
    return detail


def test_every_value_of_every_switch_can_be_set(dwp: DwpClient) -> None:
    for switch in dwp.control("GET", "/switches/dwp"):
        assert switch["about"]
        for value in switch["choices"] if isinstance(switch["choices"], list) else [0, 5]:
            assert dwp.control("PATCH", "/switches/dwp", {switch["name"]: value}) == {switch["name"]: value}


def test_a_reset_sets_the_switches_back(dwp: DwpClient) -> None:
    dwp.switch(initiate_status=201, late_visibility_reads=3)
    dwp.initiate(LAPTOP)
    dwp.control("POST", "/reset", {})
    assert all(switch["value"] == switch["default"] for switch in dwp.control("GET", "/switches/dwp"))
    assert not any(row["draft"] for row in dwp.state("requests"))
    assert dwp.control("GET", "/dwp/tokens") == {"logins": 0, "valid": []}


def test_switches_of_one_catalog(dwp: DwpClient) -> None:
    dwp.switch(full_catalog_view="on")
    assert dwp.as_user(ACCOUNT, "dwp2").get("/services/fullcatalogview") is False


def test_an_empty_catalog(dwp: DwpClient) -> None:
    dwp.control("POST", "/reset", {"seed": "empty"})
    dwp.log_in()
    assert {name: len(dwp.state(name)) for name in ("services", "requests", "orders", "reviews", "ratings")} == dict.fromkeys(
        ("services", "requests", "orders", "reviews", "ratings"), 0
    )
    assert (len(dwp.state("users")), len(dwp.state("categories"))) == (8, 20)
    assert dwp.get("/services/requests") == []
    assert dwp.session.get(f"{dwp.url}/_sandbox/dwp/requests/1", timeout=5).status_code == 404
    assert _refused(dwp, "/dwp/requests", {"count": 1}) == "there is no service to request"
    service = dwp.control("POST", "/dwp/services", [{"name": "Own", "questionsOf": "Building badge"}])["ids"][0]
    assert next(iter(dwp.questions(dwp.initiate(service)))) == "Name on the badge"


def test_many_requests_at_once(dwp: DwpClient) -> None:
    template = {"service": DATABASE, "requestedBy": "skjaer", "requestedFor": "nli", "quantity": 2, "comments": ["Hello"]}
    order = {"count": 300, "template": {**template, "answers": {"Database name": ["x"]}, "secondsAgo": 60}, "status": "FAILED"}
    ids = dwp.control("POST", "/dwp/requests", order)["ids"]
    assert len(set(ids)) == 300
    row = dwp.get(f"/services/requests/{ids[7]}")
    assert (row["requestingUserId"], row["requestForUserId"], row["quantity"]) == ("skjaer", "nli", 2)
    assert (row["status"]["status"], dwp.get(f"/services/requests/{ids[7]}/activities")[0]["message"]) == ("FAILED", "Hello")
    assert dwp.get(f"/services/requests/{ids[7]}/answers")[0]["answers"] == ["x"]
    ids += dwp.control("POST", "/dwp/requests", [{"status": "ACTIVE"}])["ids"]
    assert [dwp.control("GET", f"/dwp/requests/{one}")["completed"] is None for one in ids[-2:]] == [False, True]
    assert len(dwp.get("/services/requests", requestedfor="nli")) == 302


def test_own_users_and_services(dwp: DwpClient) -> None:
    assert dwp.control("POST", "/dwp/users", [{"login": "eve", "groups": ["finance"]}]) == {"ids": ["eve"]}
    user = dwp.state("users")[-1]
    assert (user["fullName"], user["email"], user["groups"]) == ("New Colleague 1", "eve@northwind.example", ["finance"])
    eve = dwp.as_user("eve")
    service = dwp.control(
        "POST", "/dwp/services", [{"name": "Own", "groups": ["finance"], "workflow": "fail", "parts": [LAPTOP], "tags": ["mine"]}]
    )["ids"][0]
    found = eve.post("/services/search", {"title": "mine"})["services"]
    assert [row["id"] for row in found] == [service]
    assert [part["id"] for part in eve.get(f"/services/{service}")["bundledServices"]] == [LAPTOP]
    assert dwp.as_user("mlind").post("/services/search", {"title": "mine"})["total"] == 0


def test_a_service_is_published(dwp: DwpClient) -> None:
    maja = dwp.as_user("mlind")
    assert maja.status("GET", f"/services/{ROBOT}") == 404
    assert dwp.control("PATCH", f"/dwp/services/{ROBOT}", {"stage": "PUBLISHED"})["stage"] == "PUBLISHED"
    assert maja.get(f"/services/{ROBOT}")["entitled"] is True
    assert maja.order(ROBOT)["requestErrors"] == []


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("/dwp/users", [{"login": ACCOUNT}], "there is a user"),
        ("/dwp/users", [{"name": "x"}], "unknown keys ['name']"),
        ("/dwp/users", [{"roles": ["admin"]}], "unknown role; known are: agent, asset manager, service catalog admin"),
        ("/dwp/services", [{"id": LAPTOP}], "there is a service"),
        ("/dwp/services", [{"workflow": "quick"}], "unknown workflow"),
        ("/dwp/services", [{"categories": ["1"]}], "unknown category or part"),
        ("/dwp/services", [{"parts": [KIT]}], "a bundle cannot be part of a bundle"),
        (f"/dwp/services/{KIT}", {"parts": [KIT]}, "a bundle cannot be part of a bundle"),
        (f"/dwp/services/{KIT}", {"stage": "GONE"}, "unknown stage"),
        ("/dwp/services/1", {}, "no service 1"),
        ("/dwp/requests", [{"service": "1"}], "unknown service"),
        ("/dwp/requests", [{"requestedFor": "x"}], "unknown user"),
        ("/dwp/requests", [{"status": "DONE"}], "unknown status 'DONE'; known are: DRAFT, NEW"),
        ("/dwp/requests", [{"answers": {"Size": ["x"]}}], f"service {LAPTOP} has no question 'Size'"),
        ("/dwp/requests/1", {"status": "ACTIVE"}, "no request 1"),
        ("/dwp/requests/40211", {"status": "DONE"}, "unknown status 'DONE'"),
    ],
)
def test_control_calls_that_make_no_sense(dwp: DwpClient, path: str, body: Any, text: str) -> None:
    assert text in _refused(dwp, path, body)


def test_the_state(dwp: DwpClient) -> None:
    users = {row["login"]: row for row in dwp.state("users")}
    assert users["odahl"] == {
        "login": "odahl",
        "uid": "2312",
        "fullName": "Ove Dahl",
        "email": "ove.dahl@northwind.example",
        "roles": ["agent"],
        "groups": ["everybody", "it"],
        "collaborators": ["mlind"],
    }
    assert PASSWORD not in str(dwp.control("GET", "/state/dwp"))
    assert [row["login"] for row in dwp.state("reviews")] == ["mlind", "skjaer", "gthorsd", "skjaer", "nli"]


def test_the_example_data(dwp: DwpClient) -> None:
    """What demos rely on."""
    services = dwp.state("services")
    names = [row["name"] for row in services]
    assert len(services) == 25
    assert names.count("Shared mailbox") == 2
    assert {row["workflow"] for row in services} == {"auto", "fail", "approval", "manual"}
    assert {row["stage"] for row in services} == {"PUBLISHED", "DRAFT", "REJECTED"}
    assert {len(path) for row in services for path in row["categories"]} == {1, 2, 3}
    assert sum(bool(row["bundledServices"]) for row in services) == 1
    assert sum(row["questionnaire"] is None for row in services) > 1
    assert {role for row in dwp.state("users") for role in row["roles"]} == {"service catalog admin", "agent"}
    assert {row["state"] for row in dwp.state("requests")} >= {"COMPLETED", "FAILED", "REJECTED", "WAITING", "ACTIVE"}


def test_the_live_page(dwp: DwpClient) -> None:
    dwp.switch(workflow_start_ms=0)
    request_id = dwp.ordered(LAPTOP, "mlind")
    platforms = {platform["name"]: platform for platform in dwp.control("GET", "/overview")["platforms"]}
    assert "dwp2" not in platforms
    page = platforms["dwp"]
    assert page["rows"][0] == {
        "id": request_id,
        "for": "Maja Lind",
        "by": "Automation",
        "service": "Standard laptop",
        "quantity": 1,
        "state": "approved",
        "status": "NEW",
        "comment": None,
    }
    assert page["counts"] == {"pending": 1, "approved": 1, "running": 1, "finished": 6, "denied": 2, "expired": 1}
    assert [row["state"] for row in page["rows"] if row["id"] == "40230"] == ["denied"]


def test_the_log_names_routes(dwp: DwpClient) -> None:
    dwp.get("/services/requests/40211")
    dwp.post("/services/search", {"title": "laptop"})
    routes = dwp.control("GET", "/calls/summary")["by_route"]
    assert routes["GET /dwp/api/myit-sb/services/requests/{requestId}"] == 1
    assert routes["POST /dwp/api/myit-sb/services/search"] == 1
