# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI document of the API (3.0.3, which the bundled page can show), made from the table of endpoints."""

from __future__ import annotations

import json
import re
from typing import Any

from .api import ENDPOINTS
from .api_accounts import SPACE
from .desk import PORTAL
from .endpoints import Endpoint
from .incoming import ACCEPT, FORM, MULTIPART
from .openapi_schemas import SCHEMAS, Schema, ref, text
from .paths import BASE

Operation = dict[str, Any]

_ABOUT = f"""\
Requests and all other records of a simulated tenant, and the accounts server before it.

The header `Authorization` is `Zoho-oauthtoken <token>`. In the sandbox `POST /_sandbox/sdp/tokens` answers one without a login;
its page has done it already.
`input_data` is JSON in a form field (or in the query): `{{"request": {{"subject": "..."}}}}`, `{{"list_info": {{...}}}}`.
Every path is also there below `/app/{PORTAL}`. A page of a list has 10 rows if nothing else is asked for, and at most 100.
The useful code of a failure is in `response_status.messages`.
What the vendor's documents leave open is a switch of the sandbox (`/_sandbox/switches/sdp`);
this document describes the defaults.
"""
_SEGMENT = re.compile(r"\{(\w+)\}")
_ROWS = {"list_info": {"row_count": 100, "start_index": 1}}
_UPLOAD: Schema = {
    "type": "object",
    "properties": {"filename": text("the file", format="binary"), "addtoattachment": text(enum=["true"])},
    "required": ["filename"],
}


def _json(schema: Schema) -> dict[str, Any]:
    return {ACCEPT: {"schema": schema}}


def _failure(about: str) -> dict[str, Any]:
    return {"description": about, "content": _json(ref("Failure"))}


_FAILURES = {
    "400": _failure("what was given is wrong: 4001, 4008, 4012, ..."),
    "401": _failure("no valid token, or a scope is missing"),
    "403": _failure("not allowed: 4002"),
    "404": _failure("no such URL, no such record: 4007"),
}


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = _SEGMENT.findall(endpoint.path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text(pattern=r"^\d+$")} for name in names
    ]
    if endpoint.many:
        example = json.dumps(_ROWS)
        parameters.append({"name": "input_data", "in": "query", "schema": text("JSON with list_info", example=example)})
    return parameters


def _body(endpoint: Endpoint) -> dict[str, Any]:
    """What is sent: a form with one field, or a file."""
    if endpoint.path.endswith("/_uploads"):
        return {"requestBody": {"required": True, "content": {MULTIPART: {"schema": _UPLOAD}}}}
    if endpoint.method == "GET" or endpoint.takes is None:
        return {}
    key, module = endpoint.takes
    about = f"JSON with `{key}`, see schema `{module.one}`"
    example = json.dumps({key: {field.name: "..." for field in module.fields if field.mandatory}})
    form = {"type": "object", "properties": {"input_data": text(about, example=example)}}
    return {"requestBody": {"required": endpoint.method == "POST", "content": {FORM: {"schema": form}}}}


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.path.endswith("{file_id}"):
        binary = {"schema": text(format="binary")}
        return {"description": "the file, of its own type", "content": {ACCEPT: binary, "*/*": binary}}
    if endpoint.whole_list is not None:
        both = {"response_status": ref("Statuses"), endpoint.whole_list: {"type": "array", "items": {"type": "object"}}}
        return {"description": "done", "content": _json({"type": "object", "properties": both, "required": list(both)})}
    properties: dict[str, Schema] = {"response_status": ref("Statuses" if endpoint.many else "Status")}
    if endpoint.gives is not None:
        key, module = endpoint.gives
        one = ref(module.one)
        properties[key] = {"type": "array", "items": one} if endpoint.many else one
    if endpoint.many:
        properties["list_info"] = ref("ListInfo")
    return {"description": "done", "content": _json({"type": "object", "properties": properties, "required": list(properties)})}


def _operation(endpoint: Endpoint) -> Operation:
    scope = f"Needs the scope `SDPOnDemand.{endpoint.scope}.{endpoint.operation}` (or ALL)."
    return {
        "tags": [endpoint.tag],
        "summary": endpoint.about,
        "description": scope,
        "parameters": _parameters(endpoint),
        **_body(endpoint),
        "responses": {"200": _answer(endpoint), **_FAILURES},
    }


def _form(summary: str, names: dict[str, str], answer: Schema) -> Operation:
    form = {"type": "object", "properties": {name: text(about) for name, about in names.items()}}
    return {
        "tags": ["accounts"],
        "summary": summary,
        "security": [],
        "requestBody": {"required": True, "content": {FORM: {"schema": form}}},
        "responses": {"200": {"description": "tokens, or an error", "content": {"application/json": {"schema": answer}}}},
    }


_TOKEN = {
    "grant_type": "authorization_code or refresh_token",
    "client_id": "",
    "client_secret": "",
    "code": "for authorization_code; it can be used once",
    "redirect_uri": "for authorization_code, but of a self client",
    "refresh_token": "for refresh_token",
    "scope": "for refresh_token: fewer scopes, separated by commas",
}
_AUTH_QUERY = ("response_type", "client_id", "scope", "redirect_uri", "access_type", "prompt")


def _accounts(prefix: str) -> dict[str, dict[str, Any]]:
    """Another host in the real world: its paths have a server of their own."""
    servers = [{"url": prefix + SPACE}]
    authorize = {
        "tags": ["accounts"],
        "summary": "Ask the user (who agrees at once)",
        "security": [],
        "parameters": [{"name": name, "in": "query", "required": name == "client_id", "schema": text()} for name in _AUTH_QUERY],
        "responses": {
            "302": {"description": "to redirect_uri, with code or error"},
            "400": {"description": "not a known client"},
        },
    }
    revoke = _form("Revoke a token", {"token": "a refresh token"}, {"type": "object", "properties": {"status": text()}})
    return {
        "/oauth/v2/token": {"servers": servers, "post": _form("Get tokens", _TOKEN, ref("Tokens"))},
        "/oauth/v2/token/revoke": {"servers": servers, "post": revoke},
        "/oauth/v2/auth": {"servers": servers, "get": authorize},
    }


def document(prefix: str) -> dict[str, Any]:
    """The document for the API served under ``prefix``."""
    paths: dict[str, dict[str, Any]] = _accounts(prefix)
    for endpoint in ENDPOINTS:
        paths.setdefault(BASE + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.0.3",
        "info": {"title": "ServiceDesk Plus Cloud (sandbox)", "version": "3", "description": _ABOUT},
        "servers": [{"url": prefix}, {"url": f"{prefix}/app/{PORTAL}"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }
