# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answer to one call. Private to the collection."""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

# What may stand before the data: white space and the byte order mark of UTF-8.
BLANKS = b" \t\r\n\xef\xbb\xbf"
# Lists and objects within each other. No platform comes near it, and Ansible fails to show or to pass on three times as many.
DEEPEST = 100
TOO_DEEP = f"it is nested more than {DEEPEST} levels deep"


class Malformed(Exception):
    """The body is not the JSON that was announced."""


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of an answer, and the call that it answers; C(seconds) is how long it was waited for."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0

    @property
    def is_html(self) -> bool:
        """Whether a page meant for people came instead of data, as gateways and sign-on pages do."""
        start = self.body.lstrip(BLANKS)[:15].lower()
        if start.startswith((b"<!doctype html", b"<html")):
            return True
        # Some servers call everything html: data, empty answers and single words, such as a token, are none all the same.
        is_called_html = "html" in self.headers.get("content-type", "").lower()
        return is_called_html and start[:1] not in (b"", b"{", b"[") and not self._is_one_word

    @property
    def _is_one_word(self) -> bool:
        return b"<" not in self.body and len(self.body.split(maxsplit=1)) == 1

    def json(self) -> Any:
        """The decoded body; C(None) when it is empty."""
        if not self.body.strip():
            return None
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise Malformed(str(error)) from None
        except RecursionError:
            raise Malformed(TOO_DEEP) from None
        if _is_deeper(value, DEEPEST):
            raise Malformed(TOO_DEEP)
        return value

    def cookie(self, name: str) -> str | None:
        """The value of a cookie that came along."""
        try:
            morsel = SimpleCookie(self.headers.get("set-cookie", "")).get(name)
        except CookieError:
            return None
        return morsel.value if morsel else None

    def json_or_none(self) -> Any:
        """The decoded body, or C(None) for whatever is no JSON: for answers that are errors already."""
        try:
            return self.json()
        except Malformed:
            return None


def _is_deeper(value: Any, levels: int) -> bool:
    """Level by level: a recursion would break where this is to warn.

    The collector of garbage knows what is in lists and objects, and that texts and numbers hold nothing: to ask it takes a tenth
    of the time of decoding, where a loop takes a third.
    """
    boxes = [value]
    for dummy in range(levels):
        boxes = list(filter(gc.is_tracked, gc.get_referents(*boxes)))
        if not boxes:
            return False
    return True
