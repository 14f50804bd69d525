# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI document: valid, complete, and true."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .conftest import CATERING, DATABASE, KIT, LAPTOP, PHONE, VPN, DwpClient

#: all endpoints of the vendor's document
ENDPOINTS = """\
POST /users/login
GET /categories
GET /categories/{categoryId}/categories
GET /categories/groups
GET /categories/groups/{categoryGroupId}/categories
GET /services/{serviceversionId}
POST /services/search
GET /services/fullcatalogview
POST /requests
GET /requests/{id}/questionnaire
POST /services/{serviceversionId}/questionnaire/answers
POST /orders
POST /orders/requests
GET /services/{serviceversionId}/myrequests
GET /services/requests
POST /services/requests/search
GET /services/requests/{requestId}
GET /services/requests/{requestId}/answers
GET /services/requests/{requestId}/activities
POST /services/requests/{requestId}/activities
POST /services/requests/{requestId}/attachments
GET /reviews
POST /reviews
GET /reviews/{reviewId}
PUT /reviews/{reviewId}
DELETE /reviews/{reviewId}
GET /ratings
POST /ratings
GET /ratings/{ratingId}
PUT /ratings/{ratingId}
POST /services/export
POST /services/import
""".splitlines()


@pytest.fixture
def document(dwp: DwpClient) -> dict[str, Any]:
    found: dict[str, Any] = dwp.session.get(f"{dwp.url}/dwp/openapi.json", timeout=5).json()
    return found


def test_it_is_valid(document: dict[str, Any]) -> None:
    pytest.importorskip("openapi_spec_validator").validate(document)
    assert document["servers"] == [{"url": "/dwp/api/myit-sb"}]


def test_it_has_every_endpoint(document: dict[str, Any]) -> None:
    found = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert len(ENDPOINTS) == 32
    assert found == set(ENDPOINTS)


def test_the_other_catalog_has_its_own(dwp: DwpClient) -> None:
    found = dwp.session.get(f"{dwp.url}/dwp2/openapi.json", timeout=5).json()
    assert found["servers"] == [{"url": "/dwp2/api/myit-sb"}]
    for path in ("/dwp/docs", "/dwp/queue", "/dwp2/docs"):
        assert dwp.session.get(dwp.url + path, timeout=5).status_code == 200


def test_the_server_has_the_methods_of_the_document(dwp: DwpClient, document: dict[str, Any]) -> None:
    """A path with an id in the place of a word answers for both."""
    for path, methods in document["paths"].items():
        allow = dwp.call("TRACE", re.sub(r"{\w+}", "1", path)).headers["Allow"].split(", ")
        wanted = {method.upper() for method in methods}
        assert wanted <= set(allow)
        if re.search(r"{\w+}", path) or path.count("/") == 1:
            assert wanted == set(allow)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_endpoint_demands_a_token(dwp: DwpClient, endpoint: str) -> None:
    method, _blank, path = endpoint.partition(" ")
    dwp.token = ""
    reply = dwp.call(method, re.sub(r"{\w+}", "1", path), json={"id": "x", "password": "y"} if method != "GET" else None)
    assert reply.status_code == 401
    assert bool(reply.content) == path.endswith("/login")


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if not one.startswith("GET")])
def test_every_write_demands_the_header(dwp: DwpClient, endpoint: str) -> None:
    method, _blank, path = endpoint.partition(" ")
    reply = dwp.call(method, re.sub(r"{\w+}", "1", path), headers={"X-Requested-By": None})
    assert reply.status_code == (404 if path.endswith("/attachments") else 400)
    assert "X-Requested-By" in reply.text or reply.json()["messageNumber"] == 8790


def _check(document: dict[str, Any], method: str, path: str, reply: Any) -> None:
    """The answer against the schema of its status."""
    validators = pytest.importorskip("openapi_schema_validator")
    answer = document["paths"][path][method.lower()]["responses"][str(reply.status_code)]
    if "content" not in answer:
        assert not reply.content
        return
    schema = answer["content"]["application/json"]["schema"]
    validators.OAS30Validator({**schema, "components": document["components"]}).validate(reply.json())


@pytest.mark.parametrize(
    ("path", "ids", "params"),
    [
        ("/categories", {}, {"perPage": 3}),
        ("/categories/{categoryId}/categories", {"categoryId": "3001"}, {"depth": 3}),
        ("/categories/groups", {}, {}),
        ("/categories/groups/{categoryGroupId}/categories", {"categoryGroupId": "1001"}, {}),
        ("/services/{serviceversionId}", {"serviceversionId": KIT}, {}),
        ("/services/{serviceversionId}", {"serviceversionId": LAPTOP}, {}),
        ("/services/{serviceversionId}", {"serviceversionId": "1"}, {}),
        ("/services/fullcatalogview", {}, {}),
        ("/services/{serviceversionId}/myrequests", {"serviceversionId": LAPTOP}, {}),
        ("/services/requests", {}, {}),
        ("/services/requests", {}, {"max": "x"}),
        ("/services/requests/{requestId}", {"requestId": "40211"}, {}),
        ("/services/requests/{requestId}", {"requestId": "1"}, {}),
        ("/services/requests/{requestId}/answers", {"requestId": "40310"}, {}),
        ("/services/requests/{requestId}/activities", {"requestId": "40211"}, {}),
        ("/reviews", {}, {}),
        ("/reviews/{reviewId}", {"reviewId": "301"}, {}),
        ("/reviews/{reviewId}", {"reviewId": "1"}, {}),
        ("/ratings", {}, {}),
        ("/ratings/{ratingId}", {"ratingId": "701"}, {}),
    ],
)
def test_reads_fit_it(dwp: DwpClient, document: dict[str, Any], path: str, ids: dict[str, str], params: dict[str, Any]) -> None:
    _check(document, "GET", path, dwp.call("GET", path.format(**ids), params=params))


@pytest.mark.parametrize("service", [PHONE, DATABASE, CATERING, LAPTOP])
def test_orders_fit_it(dwp: DwpClient, document: dict[str, Any], service: str) -> None:
    reply = dwp.call("POST", "/requests", json={"serviceversionId": service, "requestForUserIds": ["mlind", "x"]})
    _check(document, "POST", "/requests", reply)
    request_id = reply.json()["requests"][0]["requestId"]
    path = "/requests/{id}/questionnaire"
    _check(document, "GET", path, dwp.call("GET", path.format(id=request_id)))
    _check(document, "POST", "/orders", dwp.call("POST", "/orders", json={"requests": [{"id": request_id}]}))
    body = {"serviceRequests": [{"serviceversionId": one} for one in (service, VPN, "1")], "collaboratorsEnabled": True}
    _check(document, "POST", "/orders/requests", dwp.call("POST", "/orders/requests", json=body))
    _check(document, "POST", "/orders/requests", dwp.call("POST", "/orders/requests", json={}))


def test_other_writes_fit_it(dwp: DwpClient, document: dict[str, Any]) -> None:
    answers = "/services/{serviceversionId}/questionnaire/answers"
    request_id = dwp.initiate(CATERING)
    size = dwp.questions(request_id)["Size"]["id"]
    body: Any = {"questionId": size, "answers": ["LARGE"], "serviceRequestId": request_id}
    _check(document, "POST", answers, dwp.call("POST", answers.format(serviceversionId=CATERING), json=body))
    _check(document, "POST", answers, dwp.call("POST", answers.format(serviceversionId=CATERING), json={}))
    comments = "/services/requests/{requestId}/activities"
    body = {"text": "x", "visibility": "PUBLIC", "broadcast": False}
    _check(document, "POST", comments, dwp.call("POST", comments.format(requestId="40211"), json=body))
    files = "/services/requests/{requestId}/attachments"
    form = {"activityLog": "x", "visibility": "PUBLIC", "broadcast": "false", "attachmentNames": "a.txt"}
    upload = {"file": ("a", b"1")}
    _check(document, "POST", files, dwp.call("POST", files.format(requestId="40211"), data=form, files=upload))
    for path, body in (
        ("/services/search", {"title": "access"}),
        ("/services/search", {}),
        ("/services/requests/search", ["40211", "40244"]),
        ("/reviews", {"serviceversionId": LAPTOP, "title": "x", "content": "y"}),
        ("/reviews", {}),
        ("/ratings", {"serviceversionId": LAPTOP, "rating": 1}),
        ("/services/export", []),
    ):
        _check(document, "POST", path, dwp.call("POST", path, json=body))
    dwp.token = ""
    _check(document, "POST", "/users/login", dwp.call("POST", "/users/login", json={"id": "x", "password": "y"}))
