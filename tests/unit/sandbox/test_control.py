# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API, the call log, the documents and the pages."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from .conftest import KEY, PENDING, Client


def test_a_call_in_the_log(desk: Client) -> None:
    desk.call("PUT", f"/requests/{PENDING}?approvedby=a%40b.example", data="x" * 70_000, headers={"X-Odd": "secret"})
    call = desk.calls()[0]
    assert (call["platform"], call["method"], call["path"]) == ("abr", "PUT", f"/abr/requests/{PENDING}")
    assert call["target"] == f"/abr/requests/{PENDING}?approvedby=a%40b.example"
    assert call["query"] == {"approvedby": ["a@b.example"]}
    assert (call["status"], call["committed"], call["fault"]) == (204, True, None)
    assert (call["body_size"], len(call["body"])) == (70_000, 65_536)
    assert call["headers"]["x-odd"] is None
    assert call["headers"]["content-length"] == "70000"
    assert call["ms"] > 0


def test_no_secret_in_the_log(desk: Client) -> None:
    desk.get("/whoami")
    desk.get("/whoami", key=None, auth=("user", KEY))
    calls = desk.calls()
    assert calls[0]["auth"] == {"apikey": hashlib.sha256(KEY.encode()).hexdigest()[:12]}
    assert list(calls[1]["auth"]) == ["authorization"]
    assert KEY not in str(calls)


def test_calls_can_be_picked(desk: Client) -> None:
    for path in ("/whoami", "/requests", "/events", "/nothing"):
        desk.get(path)
    everything = desk.calls()
    assert [call["path"] for call in desk.calls(path="^/abr/(whoami|events)$")] == ["/abr/whoami", "/abr/events"]
    assert len(desk.calls(since=everything[2]["n"])) == 1
    assert len(desk.calls(status=404)) == 1
    assert desk.calls(method="put") == []
    assert desk.calls(platform="abr2") == []
    desk.control("DELETE", "/calls")
    assert desk.calls() == []
    desk.get("/whoami")
    assert desk.calls()[0]["n"] > everything[-1]["n"]


def test_summary(desk: Client) -> None:
    desk.get("/whoami")
    for dummy in range(2):
        desk.call("PUT", f"/requests/{PENDING}")
    desk.get("/requests", key="wrong")
    summary = desk.control("GET", "/calls/summary")
    assert (summary["total"], summary["committed"], summary["connections"]) == (4, 1, 1)
    assert summary["by_method"] == {"GET": 2, "PUT": 2}
    assert summary["by_route"] == {"GET /abr/whoami": 1, "PUT /abr/requests/{id}": 2, "GET /abr/requests": 1}
    row = {"platform": "abr", "method": "PUT", "route": "/abr/requests/{id}", "status": 204, "count": 2}
    assert row in summary["rows"]


def test_concurrency_and_connections(desk: Client) -> None:
    desk.fault("latency", ms=150)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda dummy: requests.get(f"{desk.url}/abr/whoami", timeout=5), range(4)))
    summary = desk.control("GET", "/calls/summary")
    assert (summary["connections"], summary["max_in_flight"]) == (4, 4)


def test_pages_and_control_are_not_logged(desk: Client) -> None:
    for path in ("/", "/abr/queue", "/abr/docs", "/abr/openapi.json", "/_sandbox/overview", "/_sandbox/health"):
        assert desk.session.get(desk.url + path, timeout=5).status_code == 200
    assert desk.calls() == []


def test_pages_load_nothing_from_elsewhere(desk: Client) -> None:
    for path in ("/", "/abr/docs"):
        page = desk.session.get(desk.url + path, timeout=5).text
        assert not re.findall(r"(?:src|href|url)\s*[=(:]\s*[\"']?(?:https?:)?//", page)
        for asset in re.findall(r"(?:src|href)=\"([^\"]+)\"", page):
            assert desk.session.get(desk.url + asset, timeout=5).status_code == 200


def test_reset_and_determinism(desk: Client) -> None:
    order = {"seed": "demo", "now": "2026-06-01T12:00:00Z"}
    desk.control("POST", "/reset", order)
    first = desk.control("GET", "/state/abr")
    desk.call("PUT", f"/requests/{PENDING}")
    desk.switch(not_found="404_empty")
    desk.fault("status")
    desk.control("POST", "/reset", order)
    assert desk.control("GET", "/state/abr") == first
    assert desk.control("GET", "/faults") == []
    assert all(switch["value"] == switch["default"] for switch in desk.control("GET", "/switches/abr"))
    assert desk.one()["requestTime"] == "2026-06-01T13:27:00"


def test_empty_seed(desk: Client) -> None:
    desk.control("POST", "/reset", {"seed": "empty"})
    state = desk.control("GET", "/state/abr")
    assert {name: len(rows) for name, rows in state.items() if name != "portal_users"} == {
        "requests": 0,
        "auditlog": 0,
        "events": 0,
        "computers": 0,
    }
    ids = desk.control("POST", "/abr/requests", {"count": 3, "status": "Denied"})["ids"]
    assert desk.ids("/requests", status="Denied") == ids


def test_the_demo_is_rich(desk: Client) -> None:
    state = desk.control("GET", "/state/abr")
    assert {name: len(rows) for name, rows in state.items()} == {
        "requests": 24,
        "auditlog": 62,
        "events": 60,
        "computers": 30,
        "portal_users": 4,
    }
    assert {row["statusCode"] for row in state["requests"]} == set(range(7))
    assert {row["typeCode"] for row in state["requests"]} == {0, 1, 2}
    assert {row["application"]["scanResult"] for row in state["requests"]} == {"Clean", "Malicious", "Suspicious", None}
    assert any(row["reason"] is None for row in state["requests"])
    assert not str(state).isascii()


def test_one_collection(desk: Client) -> None:
    assert len(desk.control("GET", "/state/abr", collection="computers")) == 30
    assert desk.session.get(f"{desk.url}/_sandbox/state/abr?collection=x", timeout=5).status_code == 404


def test_requests_made_after_a_template(desk: Client) -> None:
    template = {
        "reason": "bulk",
        "application": {"vendor": "Example Ltd", "scanResult": "Malicious"},
        "user": {"email": None},
    }
    ids = desk.control("POST", "/abr/requests", {"count": 2, "template": template})["ids"]
    assert ids[0] > 65430937
    row = desk.one(ids[1])
    assert (row["reason"], row["application"]["vendor"], row["application"]["scanResultCode"]) == (
        "bulk",
        "Example Ltd",
        1,
    )
    assert (row["status"], row["user"]["email"]) == ("Pending", None)


def test_requests_made_one_by_one(desk: Client) -> None:
    rows: list[dict[str, Any]] = [{"id": 70000000, "reason": None}, {"typeCode": 1, "statusCode": 1}]
    ids = desk.control("POST", "/abr/requests", rows)["ids"]
    assert ids[0] == 70000000
    assert desk.one(ids[0])["reason"] is None
    session = desk.one(ids[1])
    assert (session["type"], session["status"], session["application"]["name"]) == ("Admin Session", "Running", None)


def test_a_request_is_changed_by_its_user(desk: Client) -> None:
    desk.call("PUT", f"/requests/{PENDING}")
    since = desk.get("/auditlog/delta").json()["timeNow"]
    desk.control("PATCH", f"/abr/requests/{PENDING}", {"status": "Running"})
    desk.control("PATCH", f"/abr/requests/{PENDING}", {"status": "Finished"})
    entry = desk.get(f"/auditlog/delta?deltaTime={since}").json()["entries"][0]
    assert (entry["status"], entry["installs"][0]["application"]) == ("Finished", "7-Zip Installer")
    assert entry["startTimeUTC"]
    assert entry["endTimeUTC"] >= entry["startTimeUTC"]


def test_other_rows_can_be_made(desk: Client) -> None:
    computer = desk.control("POST", "/abr/computers", {"count": 2, "template": {"notes": "new"}})["ids"][1]
    assert desk.get(f"/inventory/{computer}").json()["notes"] == "new"
    event = desk.control("POST", "/abr/events", [{"eventCode": 93, "computerName": "X"}])["ids"][0]
    assert desk.get(f"/events/{event}").json()["eventText"] == "Malware blocked"
    entry = desk.control("POST", "/abr/auditlog", {"template": {"reason": "by hand"}})["ids"][0]
    assert desk.get(f"/auditlog/{entry}").json()["reason"] == "by hand"
    desk.control("POST", "/abr/portal_users", [{"email": "new@northwind.example", "fullName": "New One"}])
    desk.call("PUT", f"/requests/{PENDING}?approvedby=new@northwind.example")
    assert desk.one()["approvedBy"] == "New One"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/abr/requests", [{"nonsense": 1}]),
        ("/abr/requests", [{"application": {"nonsense": 1}}]),
        ("/abr/requests", [{"status": "Nonsense"}]),
        ("/abr/requests", [{"id": PENDING}]),
        ("/abr/events", [{"nonsense": 1}]),
        ("/abr/computers", [{"nonsense": 1}]),
    ],
)
def test_senseless_rows_are_refused(desk: Client, path: str, body: Any) -> None:
    before = desk.control("GET", "/state/abr")
    assert desk.session.post(f"{desk.url}/_sandbox{path}", json=body, timeout=5).status_code == 400
    assert desk.control("GET", "/state/abr") == before


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({"nonsense": 1}, "known are: "),
        ({"not_found": "no"}, "404_message, 404_empty"),
        ({"calls_per_day": -1}, "whole number"),
    ],
)
def test_wrong_switches(desk: Client, values: dict[str, Any], hint: str) -> None:
    reply = desk.session.patch(f"{desk.url}/_sandbox/switches/abr", json=values, timeout=5)
    assert reply.status_code == 400
    assert hint in reply.json()["detail"]


def test_every_value_of_every_switch_can_be_set(desk: Client) -> None:
    for switch in desk.control("GET", "/switches/abr"):
        for value in switch["choices"] if isinstance(switch["choices"], list) else [0, 5]:
            assert desk.control("PATCH", "/switches/abr", {switch["name"]: value}) == {switch["name"]: value}


def test_openapi(desk: Client) -> None:
    document = desk.session.get(f"{desk.url}/abr/openapi.json", timeout=5).json()
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(document)
    for path, methods in document["paths"].items():
        concrete = path.replace("{id}", "1").replace("{name}", "x").replace("{user}", "x").replace("{computer}", "x")
        allow = desk.call("TRACE", concrete).headers["Allow"]
        assert allow == ", ".join(sorted(method.upper() for method in methods))


def test_answers_fit_the_openapi_document(desk: Client) -> None:
    validators = pytest.importorskip("openapi_schema_validator")
    document = desk.session.get(f"{desk.url}/abr/openapi.json", timeout=5).json()
    for shape in ("null", "absent", "shells"):
        desk.switch(uninventoried_fields=shape)
        for path, query in {
            "/whoami": {},
            "/requests": {"wantscandetails": 1},
            "/auditlog": {"days": 90, "take": 1000, "wantscandetails": 1},
            "/auditlog/delta": {"days": 90},
            "/events": {"days": 90, "take": 1000},
            "/inventory": {"wantsoftware": 1, "wantgroups": 1},
        }.items():
            schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            resolvable = {**schema, "components": document["components"]}
            validators.OAS30Validator(resolvable).validate(desk.get(path, params=query).json())


def test_overview(desk: Client) -> None:
    desk.call("DELETE", f"/requests/{PENDING}?reason=no&deniedby=ove.dahl@northwind.example")
    overview = desk.control("GET", "/overview")
    platform = overview["platforms"][0]
    assert platform["counts"]["pending"] == 9
    row = next(row for row in platform["rows"] if row["id"] == PENDING)
    assert (row["state"], row["decision"]) == ("denied", "Ove Dahl: no")
    assert overview["calls"][0]["method"] == "DELETE"


def test_credentials_stay_out_of_the_log(desk: Client) -> None:
    """The demo's sandbox shows its log to everybody on the machine."""
    login = {"id": "svc_automation", "password": "Sandbox-Password-1"}
    requests.post(f"{desk.url}/dwp/api/myit-sb/users/login", json=login, timeout=5)
    form = {"client_secret": "hush", "refresh_token": "hush", "grant_type": "refresh_token"}
    requests.post(f"{desk.url}/sdp/accounts/oauth/v2/token", data=form, timeout=5)
    bodies = [call["body"] for call in desk.control("GET", "/calls")]
    assert bodies == [
        "(credentials, kept out of the log: id, password)",
        "(credentials, kept out of the log: client_secret, refresh_token, grant_type)",
    ]
