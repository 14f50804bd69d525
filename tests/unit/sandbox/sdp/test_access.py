# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call and how: tokens, scopes, headers, portals, ``input_data``, limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import ACCEPT, READ_TOKEN, SdpClient

_UNREADABLE = "Unable to parse the given data for input_data"
_BODY = {"request": {"subject": "x & y + z"}}


def test_both_schemes(sdp: SdpClient) -> None:
    bearer: dict[str, str | None] = {"Authorization": f"Bearer {sdp.token}"}
    assert sdp.call("GET", "/requests", headers=bearer).status_code == 200
    sdp.switch(authorization_scheme="zoho_oauthtoken")
    assert sdp.call("GET", "/requests", headers=bearer).status_code == 401
    assert sdp.call("GET", "/requests", headers={"Authorization": f"zoho-oauthtoken {sdp.token}"}).status_code == 200


@pytest.mark.parametrize("header", [None, "", "Zoho-oauthtoken", "Zoho-oauthtoken 1000.a.b", "Basic eDp5"])
def test_without_a_valid_token(sdp: SdpClient, header: str | None) -> None:
    expected = (401, 4002, None, "UNAUTHORISED")
    assert sdp.failure("GET", "/requests", headers={"Authorization": header}) == expected
    assert sdp.failure("POST", "/requests", _BODY, headers={"Authorization": header}) == expected
    assert sdp.failure("GET", "/nonsense", headers={"Authorization": header}) == expected


def test_other_bodies_of_a_401(sdp: SdpClient) -> None:
    sdp.token = "wrong"
    sdp.switch(auth_failure="invalid_oauthtoken")
    assert sdp.call("GET", "/requests").json() == {"error": "INVALID_OAUTHTOKEN"}
    sdp.switch(auth_failure="4022")
    assert sdp.failure("GET", "/requests")[:2] == (401, 4022)
    sdp.switch(auth_failure="html")
    reply = sdp.call("GET", "/requests")
    assert (reply.status_code, reply.headers["Content-Type"]) == (401, "text/html; charset=UTF-8")


@pytest.mark.parametrize(
    ("scope", "allowed", "refused"),
    [
        ("requests.READ", "GET", "POST PUT DELETE"),
        ("requests.CREATE", "POST", "GET PUT DELETE"),
        ("requests.UPDATE", "PUT", "GET POST DELETE"),
        ("requests.DELETE", "DELETE", "GET POST PUT"),
        ("requests.ALL", "GET POST PUT DELETE", ""),
        ("problems.ALL", "", "GET POST PUT DELETE"),
    ],
)
def test_scopes(sdp: SdpClient, scope: str, allowed: str, refused: str) -> None:
    path = f"/requests/{sdp.add_request()}"
    sdp.token = sdp.new_token(scope)

    def status(method: str) -> int:
        return sdp.call(
            method, "/requests" if method == "POST" else path, _BODY if method in ("POST", "PUT") else None
        ).status_code

    assert {status(method) for method in allowed.split()} <= {200}
    assert {status(method) for method in refused.split()} <= {401}


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/requests", "requests"),
        ("/problems", "problems"),
        ("/changes", "changes"),
        ("/projects", "projects"),
        ("/releases", "releases"),
        ("/assets", "assets"),
        ("/workstations", "assets"),
        ("/cmdb", "cmdb"),
        ("/cmdb_itservices", "cmdb"),
        ("/contracts", "contracts"),
        ("/purchase_orders", "purchases"),
        ("/cm_loans", "custommodule"),
        ("/solutions", "solutions"),
        ("/request_templates", "setup"),
        ("/users", "setup"),
        ("/announcements", "general"),
        ("/tasks", "general"),
    ],
)
def test_every_module_has_its_scope(sdp: SdpClient, path: str, scope: str) -> None:
    everything = {name.split(".")[1] for name in sdp.refresh().json()["scope"].split()}
    assert len(everything) == 13
    sdp.token = sdp.new_token(f"{scope}.READ")
    assert sdp.call("GET", path).status_code == 200
    sdp.token = sdp.new_token(*(f"{other}.ALL" for other in everything - {scope}))
    assert sdp.failure("GET", path) == (401, 4002, None, "UNAUTHORISED")
    sdp.switch(scope_failure="403")
    assert sdp.failure("GET", path)[:2] == (403, 4002)


def test_scopes_of_users(sdp: SdpClient) -> None:
    sdp.switch(users_scope="valid")
    sdp.token = sdp.new_token("users.READ")
    for path in ("/users", "/technicians", "/requesters"):
        assert sdp.call("GET", path).status_code == 200
    assert sdp.call("GET", "/statuses").status_code == 401


def test_a_token_that_may_only_read(sdp: SdpClient) -> None:
    sdp.token = sdp.refresh(READ_TOKEN).json()["access_token"]
    assert sdp.call("GET", "/requests").status_code == 200
    assert sdp.call("GET", "/categories").status_code == 401
    assert sdp.call("POST", "/requests", _BODY).status_code == 401


def test_the_accept_header(sdp: SdpClient) -> None:
    def html(accept: str | None) -> bool:
        reply = sdp.call("GET", "/requests", headers={"Accept": accept})
        assert reply.status_code == 200
        return reply.headers["Content-Type"].startswith("text/html")

    for accept in ("application/json", "*/*", "application/v3+json"):
        assert html(accept)
    assert not html(f"text/html, {ACCEPT};q=0.9")
    sdp.switch(accept="seen")
    for accept in ("application/v3+json", "application/vnd.manageengine.v3+json", "*/*"):
        assert not html(accept)
    assert html("application/json")
    sdp.switch(accept="any")
    assert not html("application/json")
    sdp.switch(accept="documented", accept_failure="invalid_url")
    assert sdp.failure("GET", "/requests", headers={"Accept": "application/json"})[:2] == (404, 4007)


def test_content_type(sdp: SdpClient) -> None:
    assert sdp.call("GET", "/requests").headers["Content-Type"] == f"{ACCEPT};charset=UTF-8"
    sdp.switch(json_type="plain")
    assert sdp.call("GET", "/requests").headers["Content-Type"] == "application/json; charset=utf-8"


def test_portals(sdp: SdpClient) -> None:
    assert [row["name"] for row in sdp.rows("/portals")] == ["itdesk"]
    sdp.portal = ""
    assert sdp.call("GET", "/requests").status_code == 200
    assert sdp.last_call()["route"] == "/sdp/api/v3/requests"
    sdp.switch(no_portal="invalid_url")
    assert sdp.failure("GET", "/requests")[:2] == (404, 4007)
    sdp.portal = "/app/itdesk"
    assert sdp.call("GET", "/requests").status_code == 200
    call = sdp.last_call()
    assert (call["path"], call["route"]) == ("/sdp/app/itdesk/api/v3/requests", "/sdp/api/v3/requests")
    sdp.portal = "/app/nowhere"
    assert sdp.failure("GET", "/requests")[:2] == (404, 4007)


def test_urls_that_do_not_exist(sdp: SdpClient) -> None:
    for path in ("/nonsense", "/requests/", "/requests/1/nonsense", "/requests:1"):
        assert sdp.failure("GET", path)[:2] == (404, 4007)
    sdp.switch(unknown_url="html_401")
    reply = sdp.call("GET", "/nonsense")
    assert (reply.status_code, reply.headers["Content-Type"]) == (401, "text/html; charset=UTF-8")


def test_input_data_in_form_query_and_parts(sdp: SdpClient) -> None:
    text = json.dumps(_BODY)
    for more in ({"data": {"input_data": text}}, {"params": {"input_data": text}}, {"files": {"input_data": (None, text)}}):
        assert sdp.good("POST", "/requests", **more)["request"]["subject"] == "x & y + z"
    sdp.switch(input_place="documented")
    assert sdp.failure("POST", "/requests", params={"input_data": text})[:3] == (400, 4012, ["request"])
    assert sdp.good("POST", "/requests", data={"input_data": text})


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, (400, 4012, ["request"], None)),
        ({"json": _BODY}, (400, 4012, ["request"], None)),
        ({"data": {"input_data": "{"}}, (400, 4001, None, _UNREADABLE)),
        ({"data": {"input_data": '{"request": {"subject": "\\ud800"}}'}}, (400, 4001, None, _UNREADABLE)),
        ({"data": {"input_data": '{"request": {"subject": NaN}}'}}, (400, 4001, None, _UNREADABLE)),
        ({"data": {"input_data": '{"request": {"subject": 1e999}}'}}, (400, 4001, None, _UNREADABLE)),
        ({"data": {"input_data": "[]"}}, (400, 4001, None, _UNREADABLE)),
        ({"data": {"input_data": str(_BODY)}}, (400, 4001, None, _UNREADABLE)),
        ({"data": {"input_data": '{"request": []}'}}, (400, 4001, None, "Unable to parse the given data for request")),
        ({"data": {"input_data": '{"note": {}}'}}, (400, 4001, "note", "Extra key found in JSON")),
        ({"data": {"input_data": '{"request": {"subject": "x"}, "y": 1}'}}, (400, 4001, "y", "Extra key found in JSON")),
    ],
)
def test_input_data_that_is_none(sdp: SdpClient, more: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert sdp.failure("POST", "/requests", **more) == expected


def test_what_python_prints(sdp: SdpClient) -> None:
    sdp.switch(input_json="lenient")
    assert sdp.good("POST", "/requests", data={"input_data": str(_BODY)})["request"]["subject"] == "x & y + z"
    assert sdp.failure("POST", "/requests", data={"input_data": "{'"})[1] == 4001


def test_calls_in_a_minute(sdp: SdpClient) -> None:
    sdp.switch(calls_per_minute=3)
    for dummy in range(3):
        assert sdp.call("GET", "/requests").status_code == 200
    reply = sdp.call("GET", "/requests")
    assert (reply.status_code, "Retry-After" in reply.headers) == (429, False)
    message = reply.json()["response_status"]["messages"][0]
    assert message["status_code"] == 4015
    assert message["message"].startswith("URL blocked as maximum access limit")
    assert sdp.call("GET", "/problems").status_code == 200
    assert sdp.call("POST", "/requests", _BODY).status_code == 200
    sdp.switch(rate_limit_status=400, retry_after="present")
    sdp.later(30)
    reply = sdp.call("GET", "/requests")
    assert reply.status_code == 400
    assert 25 <= int(reply.headers["Retry-After"]) <= 30
    sdp.later(31)
    assert sdp.call("GET", "/requests").status_code == 200
