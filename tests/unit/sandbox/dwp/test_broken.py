# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on the paths of the catalog, before and after the change took effect."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from .conftest import LAPTOP, DwpClient

ORDER = {"serviceRequests": [{"serviceversionId": LAPTOP}]}
COMMENTS = "/services/requests/40211/activities"
COMMENT = {"text": "On its way", "visibility": "PUBLIC", "broadcast": False}
FORM = {"activityLog": "x", "visibility": "PUBLIC", "broadcast": "false", "attachmentNames": "a.txt"}
WHEN = pytest.mark.parametrize("when", ["before", "after"])


def _fault(dwp: DwpClient, kind: str, path: str, **more: Any) -> None:
    dwp.control("POST", "/faults", {"kind": kind, "platform": "dwp", "path": path, "times": 1, **more})


def _last(dwp: DwpClient) -> dict[str, Any]:
    call: dict[str, Any] = dwp.control("GET", "/calls")[-1]
    return call


@WHEN
@pytest.mark.parametrize("kind", ["drop", "reset"])
def test_a_lost_reply_to_an_order(dwp: DwpClient, kind: str, when: str) -> None:
    before = len(dwp.state("orders"))
    _fault(dwp, kind, "/orders/requests$", when=when)
    with pytest.raises(requests.ConnectionError):
        dwp.call("POST", "/orders/requests", json=ORDER)
    call = _last(dwp)
    assert (call["route"], call["status"], call["fault"]) == ("/dwp/api/myit-sb/orders/requests", None, kind)
    assert call["committed"] == (when == "after")
    assert len(dwp.state("orders")) - before == (when == "after")
    assert dwp.get(f"/services/{LAPTOP}/myrequests")["totalSize"] == (when == "after")


@WHEN
@pytest.mark.parametrize(
    ("method", "path", "body", "collection"),
    [
        ("POST", "/requests", {"serviceversionId": LAPTOP}, "requests"),
        ("POST", "/orders/requests", ORDER, "requests"),
        ("POST", "/reviews", {"serviceversionId": LAPTOP, "title": "x", "content": "y"}, "reviews"),
        ("POST", "/ratings", {"serviceversionId": LAPTOP, "rating": 1}, "ratings"),
    ],
)
def test_a_bad_gateway(dwp: DwpClient, method: str, path: str, body: Any, collection: str, when: str) -> None:
    before = len(dwp.state(collection))
    shape = {"code": 502, "message": "Bad gateway"}
    _fault(dwp, "status", f"/myit-sb{path}$", status=502, body=shape, when=when)
    reply = dwp.call(method, path, json=body)
    assert (reply.status_code, reply.json()) == (502, shape)
    assert _last(dwp)["committed"] == (when == "after")
    assert len(dwp.state(collection)) - before == (when == "after")


@WHEN
def test_comments_and_attachments(dwp: DwpClient, when: str) -> None:
    def kept() -> int:
        return len(dwp.control("GET", "/dwp/requests/40211")["activities"])

    _fault(dwp, "status", "/activities$", status=503, when=when, method="POST")
    _fault(dwp, "drop", "/attachments$", when=when)
    assert dwp.status("POST", COMMENTS, json=COMMENT) == 503
    assert kept() == 2 + (when == "after")
    with pytest.raises(requests.ConnectionError):
        dwp.call("POST", "/services/requests/40211/attachments", data=FORM, files={"file": ("a", b"1")})
    assert kept() == 2 + 2 * (when == "after")


def test_an_order_of_drafts_is_cut_off(dwp: DwpClient) -> None:
    request_id = dwp.initiate(LAPTOP)
    _fault(dwp, "cut", "/orders$")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        dwp.call("POST", "/orders", json={"requests": [{"id": request_id}]})
    assert dwp.control("GET", f"/dwp/requests/{request_id}")["draft"] is False


def test_half_an_answer(dwp: DwpClient) -> None:
    _fault(dwp, "truncated_json", "/orders/requests$")
    reply = dwp.call("POST", "/orders/requests", json=ORDER)
    assert (reply.status_code, reply.text[0], reply.text[-1] == "}") == (200, "{", False)
    assert dwp.committed()


def test_an_empty_answer_instead_of_an_error_body(dwp: DwpClient) -> None:
    _fault(dwp, "empty", "/services/2401$", status=500)
    reply = dwp.call("GET", f"/services/{LAPTOP}")
    assert (reply.status_code, reply.content) == (500, b"")


@WHEN
def test_a_sign_on_page_in_the_middle(dwp: DwpClient, when: str) -> None:
    before = len(dwp.state("requests"))
    _fault(dwp, "html", "/myit-sb/requests$", when=when)
    reply = dwp.call("POST", "/requests", json={"serviceversionId": LAPTOP})
    assert reply.headers["Content-Type"].startswith("text/html")
    assert len(dwp.state("requests")) - before == (when == "after")


@WHEN
@pytest.mark.parametrize("answer", ["401_empty", "html_200", "redirect_302"])
def test_a_token_ends_in_the_middle(dwp: DwpClient, answer: str, when: str) -> None:
    """The platform's own answer to a bad token, as its switch says; once, then the token is good again."""
    dwp.switch(auth_failure=answer)
    before = len(dwp.state("reviews"))
    _fault(dwp, "auth", "/reviews$", when=when)
    body = {"serviceversionId": LAPTOP, "title": "x", "content": "y"}
    reply = dwp.call("POST", "/reviews", json=body)
    assert reply.status_code == int(answer.rpartition("_")[2] if "_empty" not in answer else 401)
    assert len(dwp.state("reviews")) - before == (when == "after")
    assert dwp.status("POST", "/reviews", json=body) == 201


def test_a_login_that_fails_for_a_while(dwp: DwpClient) -> None:
    _fault(dwp, "status", "/users/login$", status=503)
    body = {"id": "svc_automation", "password": "Sandbox-Password-1"}
    assert [dwp.status("POST", "/users/login", json=body) for dummy in range(2)] == [503, 200]
    assert dwp.control("GET", "/dwp/tokens")["logins"] == 2


def test_faults_of_one_catalog(dwp: DwpClient) -> None:
    other = dwp.as_user("svc_automation", "dwp2")
    dwp.control("POST", "/faults", {"kind": "rate_limit", "platform": "dwp2", "retry_after": 3})
    assert dwp.status("GET", "/categories") == 200
    reply = other.call("GET", "/categories")
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "3")


def test_an_export_that_is_cut_off(dwp: DwpClient) -> None:
    _fault(dwp, "cut", "/services/export$", after_bytes=100)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        dwp.call("POST", "/services/export", json=[LAPTOP])
