# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI documents: valid, complete, and as the sandbox is now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest
import requests
from integration.support.sandbox import Sandbox

from tools import openapi

NAMES = [product.file for product in openapi.PRODUCTS]
Operation = dict[str, Any]
# What has no example, and why.
BINARY = {"POST /services/export"}


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((openapi.FOLDER / name).read_text(encoding="utf-8"))
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, item in document["paths"].items():
        for method in openapi.METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def test_the_files_are_up_to_date() -> None:
    texts, problems = openapi.build()
    assert problems == []
    assert {path.name for path in openapi.FOLDER.glob("*.json")} == set(texts)
    for name, text in texts.items():
        if text != (openapi.FOLDER / name).read_text(encoding="utf-8"):
            pytest.fail(f"{name} is not what the sandbox says now: run make docs")


def test_the_page_beside_them_counts_right() -> None:
    rows = re.findall(r"\[(\w+\.json)\]\(\1\) \|.*\| (\d+) \|", (openapi.FOLDER / "README.md").read_text(encoding="utf-8"))
    assert rows == [(name, str(len(list(operations(load(name)))))) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_valid(name: str) -> None:
    openapi_spec_validator.validate(load(name))


@pytest.mark.parametrize("name", NAMES)
def test_it_says_whose_it_is(name: str) -> None:
    document = load(name)
    assert document["info"]["description"].startswith("This is not the vendor's document.")
    assert document["info"]["license"]["name"] == "GPL-3.0-or-later"
    assert [server["description"].split(",")[0] for server in document["servers"]][-1] == "the sandbox"
    assert all(server["url"].startswith(("http", "{")) for server in document["servers"])
    assert document["components"]["securitySchemes"]
    assert document["security"]


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_is_told_whole(name: str) -> None:
    document = load(name)
    seen = set()
    for key, operation in operations(document):
        assert operation["summary"], key
        assert re.search(r"\nSource: \S.+\.$", operation["description"]), key
        seen.add(operation["operationId"])
        wanted = set(re.findall(r"{(\w+)}", key))
        parameters = operation["parameters"]
        assert {one["name"] for one in parameters if one["in"] == "path"} == wanted, key
        assert all("schema" in one for one in parameters), key
        assert all("example" in one for one in parameters if one["in"] == "path"), key
        _check_body(key, operation)
        _check_responses(key, operation["responses"], document)
    assert len(seen) == len(list(operations(document)))


def _check_body(key: str, operation: Operation) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        assert media["schema"], key
        assert "example" in media, key


def _check_responses(key: str, responses: dict[str, Any], document: dict[str, Any]) -> None:
    assert any(status.startswith(("2", "3")) for status in responses), key
    assert any(status >= "400" for status in responses) or "/oauth/" in key, key
    for status, response in responses.items():
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        assert response["description"], (key, status)
        for media in response.get("content", {}).values():
            assert media["schema"], (key, status)
            assert "example" in media or key in BINARY or key.endswith("{file_id}"), (key, status)


@pytest.mark.parametrize("name", ["abr", "dwp", "sdp"])
def test_the_page_logs_in_by_itself(sandbox: Sandbox, name: str) -> None:
    """What its script does; a first call with what came of it is let through."""
    session = requests.Session()
    session.trust_env = False
    url = sandbox.abr_url.removesuffix("/abr")
    page = session.get(f"{url}/{name}/docs", timeout=10).text
    login = json.loads(re.search(r"const login = (.*);", page)[1])  # type: ignore[index]
    value = login["value"]
    if "url" in login:
        reply = session.post(url + login["url"], json=login["body"], headers=login["headers"], timeout=10)
        value = value.replace("{token}", reply.json()[login["key"]] if login["key"] else reply.text)
        session.cookies.clear()
    document = session.get(f"{url}/{name}/openapi.json", timeout=10).json()
    scheme = document["components"]["securitySchemes"][login["scheme"]]
    assert (scheme["type"], scheme["in"]) == ("apiKey", "header")
    target = {"abr": "/requests", "dwp": "/categories", "sdp": "/api/v3/requests"}[name]
    headers = {scheme["name"]: value, "default-bundle-scope": "myit-sb", "Accept": openapi.SDP_TYPE if name == "sdp" else "*/*"}
    assert session.get(url + document["servers"][0]["url"] + target, headers=headers, timeout=10).status_code == 200
