# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call, as the handlers see it, and the answers they give."""

from __future__ import annotations

import ast
import json
import math
from typing import Any
from urllib.parse import parse_qs

from fastapi import Response

from .. import multipart
from ..calllog import SCOPE_CALL
from ..reply import JSON_TYPE, Reply, Scope, dump_json
from ..switches import Switchboard
from .desk import Caller
from .errors import EXTRA_KEY, INVALID, PARTIAL, SUCCESS, Message, SdpError, invalid_url, missing, unparsable
from .fields import Module
from .records import Records
from .store import Record

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
ACCEPT = "application/vnd.manageengine.sdp.v3+json"
VENDOR_TYPE = f"{ACCEPT};charset=UTF-8"
_INPUT = "input_data"


def media_type(scope: Scope) -> str:
    """The content type, without its parameters."""
    return content_type(scope).partition(";")[0].strip().lower()


def content_type(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"content-type"), "")


def response(reply: Reply) -> Response:
    answer = Response(reply.body, reply.status)
    answer.raw_headers = reply.headers
    return answer


def json_response(switches: Switchboard, status: int, value: Any, headers: dict[str, str] | None = None) -> Reply:
    """JSON of the type that was asked for; whether it is named so is not known."""
    kind = JSON_TYPE if switches["json_type"] == "plain" else VENDOR_TYPE
    return Reply.of(status, dump_json(value), kind, headers)


def _finite(text: str) -> float:
    """A number as JSON knows them: neither NaN nor infinite."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


class Call:
    """The caller, the records of the path, and ``input_data``."""

    def __init__(self, scope: Scope, body: bytes, records: Records, caller: Caller, chain: tuple[Module, ...]) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.records = records
        self.desk = records.desk
        self.switches: Switchboard = records.desk.switches
        self.caller = caller
        self._chain = chain
        self._body = body
        self._input: dict[str, Any] | None = None

    # --- what the path says

    def found(self) -> list[Record]:
        """The records that the path names, outermost first; one that is not there is an URL that does not exist."""
        rows: list[Record] = []
        for module, segment in zip(self._chain, self.scope["path_params"].values(), strict=False):
            if not segment.isascii() or not segment.isdecimal():
                raise unparsable("id")
            row = self.desk.get(module, segment, rows[-1] if rows else None)
            if row is None:
                raise invalid_url()
            rows.append(row)
        return rows

    # --- input_data

    def parts(self) -> list[multipart.Part]:
        try:
            return multipart.parse(content_type(self.scope), self._body)
        except multipart.MultipartError as error:
            raise unparsable(str(error)) from error

    @property
    def input(self) -> dict[str, Any]:
        if self._input is None:
            text = self._input_text()
            self._input = {} if text is None else self._parsed(text)
        return self._input

    def _input_text(self) -> str | None:
        query = parse_qs(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        kind = media_type(self.scope)
        form: dict[str, list[str]] = {}
        if kind == FORM:
            form = parse_qs(self._body.decode("utf-8", "replace"), keep_blank_values=True)
        elif kind == MULTIPART:
            form = {part.name: [part.text] for part in self.parts() if part.file_name is None}
        given = {**query, **form}
        if self.switches["input_place"] == "documented":
            given = query if self.method == "GET" else form
        return given[_INPUT][0] if _INPUT in given else None

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            value = json.loads(text, parse_float=_finite, parse_constant=_finite)
            json.dumps(value, ensure_ascii=False).encode()  # halves of characters are no text
        except ValueError:
            value = self._printed(text)
        if not isinstance(value, dict):
            raise unparsable(_INPUT)
        return value

    def _printed(self, text: str) -> Any:
        """What Python prints of a dictionary, if that is let through."""
        if self.switches["input_json"] == "strict":
            raise unparsable(_INPUT)
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError):
            raise unparsable(_INPUT) from None

    def take(self, key: str) -> Any:
        """What ``input_data`` holds under its one key."""
        others = [name for name in self.input if name != key]
        if others and self.switches["extra_keys"] == "refused":
            raise SdpError(*(Message(INVALID, EXTRA_KEY, name) for name in others))
        if key not in self.input:
            raise missing(key)
        return self.input[key]

    def entity(self, key: str) -> dict[str, Any]:
        value = self.take(key)
        if not isinstance(value, dict):
            raise unparsable(key)
        return value

    def list_info(self) -> Any:
        return self.take("list_info") if self.input else {}

    # --- answers

    def commit(self) -> None:
        """Tell the call log that the state was changed."""
        self.scope[SCOPE_CALL].committed = True


def status_view(switches: Switchboard, view: dict[str, Any], in_list: bool = False) -> Any:
    """``response_status``: an array in lists, an object elsewhere."""
    shape = switches["response_status"]
    return [view] if shape == "array" or (in_list and shape == "documented") else view


def failure(switches: Switchboard, error: SdpError) -> Reply:
    """The answer that an error makes."""
    return json_response(switches, error.status, {"response_status": status_view(switches, error.view())}, error.headers)


def success(call: Call, body: dict[str, Any], partial: list[Message] | None = None, in_list: bool = False) -> dict[str, Any]:
    """An answer that says that all went well, or nearly all."""
    view: dict[str, Any] = {"status_code": SUCCESS, "status": "success"}
    if partial:
        messages = [message.view() for message in partial]
        view = {"status_code": PARTIAL, "messages": messages, "status": call.switches["partial_status"]}
    return {"response_status": status_view(call.switches, view, in_list), **body}


def linked(call: Call, text: str) -> dict[str, Any]:
    """A success with a message."""
    view = {"status_code": SUCCESS, "messages": [Message(SUCCESS, text).view("success")], "status": "success"}
    return {"response_status": status_view(call.switches, view)}
