# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that repeats the secrets it was sent, in every place of an answer where they could be repeated.

The first part of the path says in which shape: C(http://127.0.0.1:1234/404-message/…). Logins succeed, unless the shape begins
with C(login-): then they are answered in that shape.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, quote_plus

JSON_TYPE = "application/json"
STATUSES = (200, 201, 400, 401, 403, 404, 407, 409, 422, 429, 500, 503)
# What the collection shortens is shortened near one of these.
LENGTHS = (60, 100, 200, 300)

Shape = Callable[[str], bytes]


def repeated(secrets: list[str]) -> str:
    """The secrets in the spellings of careless servers."""
    pieces = []
    for secret in secrets:
        raw = secret.encode()
        pieces += [secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret), json.dumps(json.dumps(secret))]
        pieces += [repr(secret), html.escape(secret), re.sub("%..", lambda found: found[0].lower(), quote(secret))]
        pieces += [base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), f"Bearer {secret}"]
    return " | ".join(pieces)


def answer(body: bytes, *, status: str = "200 OK", content_type: str = JSON_TYPE, headers: Sequence[str] = ()) -> bytes:
    """An answer as bytes; header values are sent as the bytes that they are."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers, "Connection: close"]
    head = "\r\n".join([*lines, "", ""])
    return head.encode("utf-8", "replace") + body


def _json(status: int, build: Callable[[str], Any]) -> Shape:
    headers = ["Retry-After: 7200"] if status == 429 else []
    return lambda text: answer(json.dumps(build(text)).encode(), status=f"{status} Said", headers=headers)


def _message(text: str) -> Any:
    names = ("Message", "error", "error_description", "data", "code", "title")
    return {**dict.fromkeys(names, text), "message": f"ERROR (1): {text}"}


def _dwp_error(text: str) -> Any:
    return [{"messageType": "ERROR", "messageNumber": 1, "messageText": text, "appendedText": text}]


def _sdp_error(text: str) -> Any:
    message = {"status_code": 4001, "message": text, "type": "failed", "field": text, "fields": [text]}
    return {"response_status": {"status_code": 4000, "status": "failed", "messages": [message]}}


def _as_keys(text: str) -> Any:
    return {"response_status": {"status_code": 2000, "status": "success"}, "requests": [{"id": "1", text: text}], text: {text: 1}}


def _rows(text: str) -> Any:
    return [{"id": 1, "name": text, "status": text, text: text, "user": {text: [text]}, "message": text}]


def _tables(text: str) -> Any:
    row = {"id": "1", "title": text, "name": text, "subject": text, "udf_fields": {text: text}, "status": {"name": text}}
    names = ("requests", "request", "problems", "problem", "notes", "service_categories", "request_templates")
    rows = {name: [row] if name.endswith("s") else row for name in names}
    return {"response_status": [{"status_code": 2000, "status": "success"}], "list_info": {"has_more_rows": False}, **rows}


BODIES: dict[str, Callable[[str], Any]] = {
    "message": _message,
    "dwp": _dwp_error,
    "sdp": _sdp_error,
    "keys": _as_keys,
    "rows": _rows,
    "tables": _tables,
    "text": lambda text: text,
    **{f"cut{length}": (lambda text, length=length: _message("x" * (length - 6) + text)) for length in LENGTHS},
}


def _with_header(name: str, *, status: str = "200 OK", before: str = "", body: bytes = b"{}") -> Shape:
    return lambda text: answer(body, status=status, headers=[f"{name}: {before}{_on_one_line(text)}"])


def _on_one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


ELSEWHERE = "https://a.example/"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SHAPES: dict[str, Shape] = {
    **{f"{status}-{name}": _json(status, build) for status in STATUSES for name, build in BODIES.items()},
    **{f"cutlist{length}": _json(200, lambda text, length=length: ["x" * (length - 8) + text]) for length in LENGTHS},
    **{f"cutdict{length}": _json(200, lambda text, length=length: {"x" * (length - 14): text}) for length in LENGTHS},
    "plain": lambda text: answer(text.encode(), status="500 Bad", content_type="text/plain"),
    "page": lambda text: answer(f"<html>{text}</html>".encode(), content_type="text/html"),
    "page404": lambda text: answer(f"<html>{text}</html>".encode(), status="404 No", content_type="text/html"),
    "reason": lambda text: answer(b"{}", status=f"500 {_on_one_line(text)}"),
    "reason407": lambda text: answer(b"{}", status=f"407 {_on_one_line(text)}"),
    "redirect": _with_header("Location", status="302 Found", before="/"),
    "away": _with_header("Location", status="301 Moved", before=ELSEWHERE),
    "away200": _with_header("Location", status="308 Moved", before=ELSEWHERE + "x" * (200 - len(ELSEWHERE) - 7)),
    "header": _with_header("WWW-Authenticate", body=b"no JSON"),
    "cookie": lambda text: answer(b"", headers=[f"Set-Cookie: AR-JWT={quote(text)}"]),
    "retry": _with_header("Retry-After", status="429 Wait"),
    "type": lambda text: answer(b"<b>", content_type=_on_one_line(text)),
    "broken": lambda text: answer(json.dumps(text).encode()[:-1]),
    "gzip": lambda text: answer(text.encode(), headers=["Content-Encoding: gzip"]),
    "chunks": lambda text: CHUNKED + _on_one_line(text).encode() + b"\r\n",
    "no-http": lambda text: _on_one_line(text).encode() + b"\r\n\r\n",
    "bytes": lambda text: answer(b'"\xff' + text.encode() + b'"'),
}


class EchoServer(ThreadingHTTPServer):
    """C(accounts) are the secrets of each platform, C(tokens) what a login there comes to."""

    daemon_threads = True

    def __init__(self, accounts: Mapping[str, list[str]], tokens: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.accounts = accounts
        self.tokens = tokens
        self.answered: dict[str, int] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing special here."""


class _Handler(BaseHTTPRequestHandler):
    server: EchoServer
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        self.close_connection = True
        line = self.rfile.readline(1 << 20).decode("latin-1").split()
        if len(line) < 2:
            return
        headers = {}
        while entry := self.rfile.readline(1 << 20).decode("latin-1").strip():
            name, _colon, value = entry.partition(":")
            headers[name.lower()] = value.strip()
        self.rfile.read(int(headers.get("content-length", 0)))
        target = "/reason407/" if line[0] == "CONNECT" else line[1]
        self.wfile.write(self._answer(target, headers))

    def _answer(self, target: str, headers: Mapping[str, str]) -> bytes:
        path = re.sub(r"^http://[^/]*", "", target)
        shape, _slash, rest = path.lstrip("/").partition("/")
        platform = "bmc_dwp" if "myit-sb" in rest else "admin_by_request" if "apikey" in headers else "sdp_cloud"
        is_login = "users/login" in rest or "oauth/v2/token" in rest
        if is_login and not shape.startswith("login-"):
            token = self.server.tokens[platform]
            body = token if platform == "bmc_dwp" else json.dumps({"access_token": token, "expires_in": 3600})
            return answer(body.encode())
        secrets = list(self.server.accounts[platform])
        token = self.server.tokens.get(platform)
        if token and token in headers.get("authorization", ""):
            secrets.append(token)
        if "proxy-authorization" in headers:
            secrets += [*self.server.accounts["proxy"], headers["proxy-authorization"].partition(" ")[2]]
        self.server.answered[shape] = self.server.answered.get(shape, 0) + 1
        return SHAPES[shape.removeprefix("login-")](repeated(secrets))


@contextmanager
def running_echo(accounts: Mapping[str, list[str]], tokens: Mapping[str, str]) -> Iterator[EchoServer]:
    """The server, in threads of this process."""
    with EchoServer(accounts, tokens) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
