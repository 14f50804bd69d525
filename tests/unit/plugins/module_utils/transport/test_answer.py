# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.answer import Answer, Malformed


def answer(body: bytes, content_type: str = "application/json") -> Answer:
    return Answer("GET", "/a", 200, {"content-type": content_type}, body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", None),
        (b" \r\n", None),
        (b"null", None),
        (b"[]", []),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'"4471920385"', "4471920385"),
        (b"638932000000000001", 638932000000000001),
        ('{"name": "Jürgen \\u20ac"}'.encode(), {"name": "Jürgen €"}),
    ],
)
def test_json(body: bytes, value: object) -> None:
    assert answer(body).json() == value


@pytest.mark.parametrize(
    "body", [b"{", b"<a>", b"[1,]", b'"\xff"', b"[" * 100_000, b"1" * 5000, b"OK"], ids=lambda body: str(body[:8])
)
def test_no_json(body: bytes) -> None:
    with pytest.raises(Malformed):
        answer(body).json()
    assert answer(body).json_or_none() is None


@pytest.mark.parametrize(
    ("body", "content_type", "is_page"),
    [
        (b"<!DOCTYPE html><html>", "application/json", True),
        (b"\xef\xbb\xbf\r\n<!doctype HTML>", "", True),
        (b"<html lang=en>", "text/plain", True),
        (b"<h1>Sign in</h1>", "text/html; charset=utf-8", True),
        (b"Sign in", "application/xhtml+xml", True),
        (b'{"a": 1}', "text/html", False),
        (b" [1]", "TEXT/HTML", False),
        (b"", "text/html", False),
        (b"abc.def.ghi\n", "text/html", False),
        (b"<abc>", "text/html", True),
        (b"{}", "application/json", False),
    ],
)
def test_pages_for_people(body: bytes, content_type: str, is_page: bool) -> None:
    assert answer(body, content_type).is_html is is_page
