# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Login, tokens, headers, and the shapes of errors."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from .conftest import ACCOUNT, LAPTOP, PASSWORD, DwpClient

WHERE = "/services/fullcatalogview"


def _login(dwp: DwpClient, **body: Any) -> Any:
    dwp.token = ""
    return dwp.call("POST", "/users/login", json=body or {"id": ACCOUNT, "password": PASSWORD})


def test_login_answers_a_token_and_a_cookie(dwp: DwpClient) -> None:
    reply = _login(dwp)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/plain; charset=UTF-8")
    assert reply.headers["Set-Cookie"].startswith(f"AR-JWT={reply.text}; Path=/dwp;")
    claims = json.loads(base64.urlsafe_b64decode(reply.text.split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 1800
    for headers in ({"Authorization": f"AR-JWT {reply.text}"}, {"Cookie": f"AR-JWT={reply.text}"}):
        assert dwp.status("GET", WHERE, headers=headers) == 200


@pytest.mark.parametrize(("answer", "body", "cookie"), [("text_only", 1, False), ("cookie_only", 0, True), ("quoted", '"', True)])
def test_login_answers_otherwise(dwp: DwpClient, answer: str, body: Any, cookie: bool) -> None:
    dwp.switch(login_answer=answer)
    reply = _login(dwp)
    assert ("Set-Cookie" in reply.headers) is cookie
    assert reply.text.startswith(body) if body == '"' else bool(reply.text) is bool(body)


def test_wrong_password(dwp: DwpClient) -> None:
    reply = _login(dwp, id=ACCOUNT, password="wrong")
    assert reply.status_code == 401
    assert reply.json() == {
        "message": "ERROR (623): Authentication failed",
        "data": "Unable to log in with user 'svc_automation'",
    }
    assert _login(dwp, id="nobody", password=PASSWORD).status_code == 401
    assert _login(dwp, id=ACCOUNT).status_code == 400
    dwp.switch(login_failure_status=403)
    assert _login(dwp, id=ACCOUNT, password="wrong").status_code == 403


def test_a_token_ends_after_half_an_hour(dwp: DwpClient) -> None:
    dwp.later(1790)
    assert dwp.status("GET", WHERE) == 200
    dwp.later(20)
    reply = dwp.call("GET", WHERE)
    assert (reply.status_code, reply.content) == (401, b"")
    dwp.switch(token_seconds=60)
    dwp.log_in()
    dwp.later(61)
    assert dwp.status("GET", WHERE) == 401


def test_tokens_can_be_made_void(dwp: DwpClient) -> None:
    assert dwp.control("GET", "/dwp/tokens") == {"logins": 1, "valid": [ACCOUNT]}
    dwp.control("DELETE", "/dwp/tokens")
    assert dwp.status("GET", WHERE) == 401


def test_the_other_catalog_does_not_know_the_token(dwp: DwpClient) -> None:
    dwp.name = "dwp2"
    assert dwp.status("GET", WHERE) == 401
    assert dwp.log_in().status("GET", WHERE) == 200


@pytest.mark.parametrize(
    ("answer", "status", "content"),
    [("401_object", 401, "data"), ("403_empty", 403, ""), ("html_200", 200, "Single Sign On"), ("redirect_302", 302, "")],
)
def test_without_a_token(dwp: DwpClient, answer: str, status: int, content: str) -> None:
    dwp.switch(auth_failure=answer)
    reply = dwp.call("GET", WHERE, headers={"Authorization": "AR-JWT wrong"})
    assert reply.status_code == status
    assert content in reply.text if content else not reply.content
    if status == 302:
        page = dwp.session.get(dwp.url + reply.headers["Location"], timeout=5)
        assert "Single Sign On" in page.text


def test_the_fault_of_an_expired_token(dwp: DwpClient) -> None:
    dwp.control("POST", "/faults", {"kind": "auth", "platform": "dwp", "times": 1})
    reply = dwp.call("GET", WHERE)
    assert (reply.status_code, reply.content) == (401, b"")
    assert dwp.status("GET", WHERE) == 200


def test_two_carriers(dwp: DwpClient) -> None:
    both = {"Authorization": f"AR-JWT {dwp.token}", "Cookie": "AR-JWT=old"}
    assert dwp.status("GET", WHERE, headers=both) == 401
    assert dwp.status("GET", WHERE, headers={**both, "Cookie": f"AR-JWT={dwp.token}"}) == 200
    dwp.switch(two_carriers="always_refused")
    assert dwp.status("GET", WHERE, headers={**both, "Cookie": f"AR-JWT={dwp.token}"}) == 401
    assert dwp.status("GET", WHERE) == 200
    dwp.switch(two_carriers="header")
    assert dwp.status("GET", WHERE, headers=both) == 200
    dwp.switch(two_carriers="cookie")
    assert dwp.status("GET", WHERE, headers=both) == 401


@pytest.mark.parametrize(("scheme", "switch"), [("JWT", "also_jwt"), ("Bearer", "also_bearer")])
def test_schemes(dwp: DwpClient, scheme: str, switch: str) -> None:
    headers = {"Authorization": f"{scheme} {dwp.token}"}
    assert dwp.status("GET", WHERE, headers=headers) == 401
    dwp.switch(authorization_scheme=switch)
    assert dwp.status("GET", WHERE, headers=headers) == 200


def test_cookies_that_cannot_be_read(dwp: DwpClient) -> None:
    alone = {"Authorization": None}
    assert dwp.status("GET", WHERE, headers={**alone, "Cookie": "a b=c; =; AR-JWT"}) == 401
    assert dwp.status("GET", WHERE, headers={**alone, "Cookie": f"other=1; AR-JWT={dwp.token}; more=2"}) == 200


def test_common_headers(dwp: DwpClient) -> None:
    body = {"title": "x"}
    assert dwp.status("GET", WHERE, headers={"X-Requested-By": None}) == 200
    assert dwp.status("POST", "/services/search", json=body, headers={"X-Requested-By": None}) == 400
    assert dwp.status("GET", WHERE, headers={"default-bundle-scope": None}) == 400
    assert dwp.status("GET", WHERE, headers={"default-bundle-scope": "other"}) == 400
    assert dwp.status("POST", "/services/search", data=json.dumps(body)) == 415
    dwp.switch(requested_by="ignored", bundle_scope="ignored", content_type="ignored")
    none = {"X-Requested-By": None, "default-bundle-scope": None}
    assert dwp.status("POST", "/services/search", data=json.dumps(body), headers=none) == 200


def test_attachments_without_the_header(dwp: DwpClient) -> None:
    reply = dwp.call("POST", "/services/requests/40211/attachments", headers={"X-Requested-By": None})
    assert reply.status_code == 404
    assert reply.json() == {
        "messageType": "ERROR",
        "messageNumber": 8790,
        "messageText": "Unknown system error",
        "appendedText": "HTTP 404 Not Found",
    }


def test_the_four_error_shapes(dwp: DwpClient) -> None:
    assert set(_login(dwp, id="x", password="y").json()) == {"message", "data"}
    dwp.log_in()
    assert dwp.call("GET", "/reviews/1").json() == {"message": "ERROR (302): Entry does not exist in database"}
    assert dwp.call("GET", "/services/1").json() == {"code": 302, "message": "Service of id 1 not found."}
    assert dwp.call("GET", "/services/requests/1").json() == {
        "messageType": "ERROR",
        "messageNumber": 302,
        "messageText": "Entry does not exist in database",
        "appendedText": "Request 1",
    }


@pytest.mark.parametrize("shape", ["message", "message_data", "code_message", "platform", "platform_list", "empty"])
def test_one_shape_for_all(dwp: DwpClient, shape: str) -> None:
    dwp.switch(error_shape=shape)
    replies = [dwp.call("GET", path) for path in ("/services/1", "/reviews/1", "/services/requests/1")]
    assert {reply.status_code for reply in replies} == {404}
    if shape == "empty":
        assert not any(reply.content for reply in replies)
    elif shape == "platform_list":
        assert all(isinstance(reply.json(), list) for reply in replies)
    else:
        assert len({tuple(reply.json()) for reply in replies}) == 1


def test_paths_that_do_not_exist(dwp: DwpClient) -> None:
    reply = dwp.call("GET", "/nothing")
    assert (reply.status_code, reply.json()["messageNumber"]) == (404, 8790)
    reply = dwp.call("DELETE", "/ratings/701")
    assert (reply.status_code, reply.headers["Allow"]) == (405, "GET, PUT")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"title": 5}', '{"title": "x", "more": 1}'])
def test_bodies_that_cannot_be_read(dwp: DwpClient, body: str) -> None:
    typed: dict[str, str | None] = {"Content-Type": "application/json"}
    assert dwp.status("POST", "/services/search", data=body, headers=typed) == 400
    dwp.switch(validation_status=422)
    assert dwp.status("POST", "/services/search", data=body, headers=typed) == 422


def test_unknown_keys(dwp: DwpClient) -> None:
    body = {"serviceversionId": LAPTOP, "color": "red"}
    assert dwp.call("POST", "/requests", json=body).json()["message"] == 'Unrecognized field "color"'
    dwp.switch(unknown_keys="ignored")
    assert dwp.status("POST", "/requests", json=body) == 200


def test_the_log_keeps_no_token(dwp: DwpClient) -> None:
    dwp.call("GET", WHERE, headers={"Cookie": f"AR-JWT={dwp.token}"})
    call = dwp.control("GET", "/calls")[-1]
    assert set(call["auth"]) == {"authorization", "cookie"}
    assert call["headers"]["default-bundle-scope"] == "myit-sb"
    assert dwp.token not in str(call)
