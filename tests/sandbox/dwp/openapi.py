# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI document of the API (3.0.3, which the bundled page can show)."""

from __future__ import annotations

from typing import Any

from .guard import BASE, LOGIN
from .openapi_schemas import SCHEMAS, Schema, flag, many, number, ref, text
from .seed_data import PASSWORD, SERVICE_ACCOUNT

Parameter = dict[str, Any]
Operation = dict[str, Any]

_ABOUT = f"""\
The service catalog of the simulated tenant Northwind: categories, services, requests, comments, reviews, ratings.

Log in first (in the sandbox `{SERVICE_ACCOUNT}`, `{PASSWORD}`; its page has done it already).
The token is valid for half an hour, in the sandbox of its own clock.
Every call carries the header `default-bundle-scope`, and all but GET carry `X-Requested-By`.
What the vendor's document leaves open is a switch of the sandbox (`/_sandbox/switches/dwp`);
this document describes the defaults.
"""


def _query(name: str, about: str, schema: Schema) -> Parameter:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}


def _path(name: str, about: str) -> Parameter:
    return {"name": name, "in": "path", "required": True, "description": about, "schema": text()}


def _header(name: str, value: str) -> Parameter:
    return {"name": name, "in": "header", "required": True, "schema": text(default=value)}


_SCOPE = _header("default-bundle-scope", "myit-sb")
_REQUESTED_BY = _header("X-Requested-By", "XMLHttpRequest")
_FOR = _query("requestedfor", "check the entitlement of this user instead of one's own", text())
_DEPTH = _query("depth", "levels below", number(minimum=1, maximum=3, default=1))
_PAGING = [
    _query("perPage", "rows of a page; -1 for all", number(minimum=-1, default=-1)),
    _query("page", "from 1", number(minimum=1, default=1)),
]
_OPINIONS = [
    _query("serviceversionId", "of this service", text()),
    _query("userId", "of this user; $USER$ is oneself", text()),
    *_PAGING,
]
_SERVICE = _path("serviceversionId", "the service")
_REQUEST = _path("requestId", "the request")


# Who changes what others have written there is refused.
_OF_THEIR_OWNER = ("reviews", "ratings")


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _failure(about: str, shape: str) -> dict[str, Any]:
    return {"description": about, "content": _json(ref(shape))}


def _operation(
    tag: str,
    summary: str,
    parameters: list[Parameter],
    answer: dict[str, Any],
    *,
    error: str,
    status: int = 200,
    body: Schema | None = None,
    form: str | None = None,
    write: bool = False,
) -> Operation:
    """``error`` names the shape of error bodies in that part of the API."""
    content = {"multipart/form-data": {"schema": ref(form)}} if form else _json(body) if body else None
    return {
        "tags": [tag],
        "summary": summary,
        "parameters": [*parameters, _SCOPE, *([_REQUESTED_BY] if write else [])],
        **({"requestBody": {"required": True, "content": content}} if content else {}),
        "responses": {
            str(status): answer,
            "400": _failure("cannot be understood", error),
            "401": {"description": "no valid token; no body"},
            "404": _failure("not found", error),
            # Not in the vendor's document: what servers of this kind answer, and what clients have to live with.
            **({"415": _failure("the body is not of the type that is asked for", error)} if content else {}),
            **({"403": _failure("of another user", error)} if tag in _OF_THEIR_OWNER and write else {}),
        },
    }


def _found(schema: Schema) -> dict[str, Any]:
    return {"description": "done", "content": _json(schema)}


_NO_CONTENT = {"description": "done; no content"}
_CODE, _PLATFORM, _MESSAGE = "CodeError", "PlatformError", "MessageError"


def _get(tag: str, summary: str, schema: Schema, parameters: list[Parameter], error: str = _CODE) -> Operation:
    return _operation(tag, summary, parameters, _found(schema), error=error)


def _post(
    tag: str, summary: str, schema: Schema, body: Schema, parameters: list[Parameter] | None = None, error: str = _CODE
) -> Operation:
    return _operation(tag, summary, parameters or [], _found(schema), error=error, body=body, write=True)


def _silent(
    tag: str, summary: str, body: Schema | None, parameters: list[Parameter], status: int = 200, error: str = _MESSAGE
) -> Operation:
    return _operation(tag, summary, parameters, _NO_CONTENT, error=error, status=status, body=body, write=True)


def _login() -> Operation:
    operation = _silent("login", "Log in", ref("Login"), [], error="LoginError")
    token = {"description": "the token as text, and as cookie AR-JWT", "content": {"text/plain": {"schema": text()}}}
    operation["responses"] = {"200": token, "400": operation["responses"]["400"], "401": _failure("wrong", "LoginError")}
    operation["responses"]["415"] = _failure("the body is no JSON", "LoginError")
    return {**operation, "security": []}


def _export() -> Operation:
    operation = _post("transfer", "Export services", {}, many(text("15 digits")), error=_CODE)
    binary = {"application/zip": {"schema": text(format="binary")}}
    operation["responses"]["200"] = {"description": "a zip", "content": binary}
    return operation


def _import() -> Operation:
    operation = _operation("transfer", "Import services", [], _NO_CONTENT, error=_CODE, form="Archive", write=True)
    operation["requestBody"]["content"]["multipart/form-data"]["encoding"] = {
        "file": {"contentType": "application/x-zip-compressed"}
    }
    return operation


def _catalog_paths() -> dict[str, dict[str, Operation]]:
    return {
        "/categories": {"get": _get("catalog", "All categories", ref("Categories"), _PAGING)},
        "/categories/{categoryId}/categories": {
            "get": _get(
                "catalog", "Categories below a category", many(ref("Category")), [_path("categoryId", "above"), _DEPTH, _FOR]
            )
        },
        "/categories/groups": {"get": _get("catalog", "Category groups", many(ref("CategoryGroup")), [])},
        "/categories/groups/{categoryGroupId}/categories": {
            "get": _get(
                "catalog", "Categories of a group", many(ref("Category")), [_path("categoryGroupId", "group"), _DEPTH, _FOR]
            )
        },
        "/services/{serviceversionId}": {"get": _get("catalog", "One service", ref("ServiceDetail"), [_SERVICE, _FOR])},
        "/services/search": {
            "post": _post(
                "catalog",
                "Search published services by exactly one criterion",
                ref("Services"),
                ref("ServiceCriterion"),
                [*_PAGING, _FOR],
            )
        },
        "/services/fullcatalogview": {"get": _get("catalog", "Whether everybody sees all services", flag(), [])},
    }


def _order_paths() -> dict[str, dict[str, Operation]]:
    prefill = _query("prefillRequestIds", "completed requests whose answers are shown as defaults", text())
    return {
        "/requests": {"post": _post("order", "Initiate requests", ref("Initiated"), ref("Initiate"))},
        "/requests/{id}/questionnaire": {
            "get": _get("order", "Questionnaire of a request", ref("QuestionnaireOf"), [_path("id", "the request"), prefill])
        },
        "/services/{serviceversionId}/questionnaire/answers": {
            "post": _post("order", "Answer a question", ref("Changes"), ref("GiveAnswer"), [_SERVICE])
        },
        "/orders": {"post": _post("order", "Order initiated requests", ref("Ordered"), ref("PlaceOrder"))},
        "/orders/requests": {"post": _post("order", "Request and order in one call", ref("Ordered"), ref("OrderInOneCall"))},
    }


def _request_paths() -> dict[str, dict[str, Operation]]:
    timeline = [
        _query("requestedfor", "for this user", text()),
        _query("requestedby", "by this user", text()),
        _query("since", "changed since, such as Tue, 08 Mar 2016 17:49:05 GMT", text()),
        _query("max", "at most", number(minimum=1)),
    ]
    filters = [_query("requestedFor", "for this user", text()), _query("requestedBy", "by this user", text())]
    rows, base = many(ref("ServiceRequest")), "/services/requests"
    mine = [_SERVICE, _query("perPage", "rows of a page", number(minimum=-1, default=10)), _PAGING[1]]
    upload = _operation(
        "requests", "Attach a file", [_REQUEST], _found(ref("Activity")), error=_PLATFORM, form="Upload", write=True
    )
    return {
        "/services/{serviceversionId}/myrequests": {"get": _get("requests", "My requests of a service", ref("MyRequests"), mine)},
        base: {"get": _get("requests", "Find requests", rows, timeline, _PLATFORM)},
        f"{base}/search": {"post": _post("requests", "Find requests by id", rows, many(text()), filters, _PLATFORM)},
        f"{base}/{{requestId}}": {"get": _get("requests", "One request", ref("ServiceRequest"), [_REQUEST], _PLATFORM)},
        f"{base}/{{requestId}}/answers": {"get": _get("requests", "Answers", many(ref("Answer")), [_REQUEST], _PLATFORM)},
        f"{base}/{{requestId}}/activities": {
            "get": _get("requests", "Comments", many(ref("Activity")), [_REQUEST], _PLATFORM),
            "post": _post("requests", "Add a comment", ref("Activity"), ref("Comment"), [_REQUEST], _PLATFORM),
        },
        f"{base}/{{requestId}}/attachments": {"post": upload},
    }


def _opinion_paths() -> dict[str, dict[str, Operation]]:
    sorting = [
        _query("sortBy", "the only choice", text(enum=["modifiedDate"])),
        _query("sortDirection", "direction", text(enum=["asc", "desc"], default="asc")),
    ]
    review, rating = _path("reviewId", "the review"), _path("ratingId", "the rating")
    return {
        "/reviews": {
            "get": _get("reviews", "Find reviews", ref("Reviews"), [*_OPINIONS, *sorting, _FOR], _MESSAGE),
            "post": _silent("reviews", "Review a service", ref("NewReview"), [], 201),
        },
        "/reviews/{reviewId}": {
            "get": _get("reviews", "One review", ref("Review"), [review, _FOR], _MESSAGE),
            "put": _silent("reviews", "Change one's own review", ref("ChangedReview"), [review]),
            "delete": _silent("reviews", "Delete one's own review", None, [review]),
        },
        "/ratings": {
            "get": _get("ratings", "Find ratings", ref("Ratings"), [*_OPINIONS, _FOR], _MESSAGE),
            "post": _silent("ratings", "Rate a service", ref("NewRating"), [], 201),
        },
        "/ratings/{ratingId}": {
            "get": _get("ratings", "One rating", ref("Rating"), [rating, _FOR], _MESSAGE),
            "put": _silent("ratings", "Change one's own rating", ref("ChangedRating"), [rating]),
        },
    }


def document(prefix: str) -> dict[str, Any]:
    """The document for the API served under ``prefix``."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "Digital Workplace Catalog (sandbox)", "version": "22.1", "description": _ABOUT},
        "servers": [{"url": prefix + BASE}],
        "security": [{"header": []}, {"cookie": []}],
        "paths": {
            LOGIN: {"post": _login()},
            **_catalog_paths(),
            **_order_paths(),
            **_request_paths(),
            **_opinion_paths(),
            "/services/export": {"post": _export()},
            "/services/import": {"post": _import()},
        },
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "header": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "AR-JWT, a space, and the token",
                },
                "cookie": {"type": "apiKey", "in": "cookie", "name": "AR-JWT"},
            },
        },
    }
