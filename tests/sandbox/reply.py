# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole replies: taken from an ASGI application, changed by faults, sent to the client."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON_TYPE = "application/json; charset=utf-8"


def dump_json(value: Any) -> bytes:
    """Compact JSON with non-ASCII characters as they are, but for halves of such, which have no bytes of their own."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


@dataclass
class Reply:
    """Status, headers and body of one answer."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def of(cls, status: int, body: bytes = b"", content_type: str | None = None, headers: dict[str, str] | None = None) -> Reply:
        pairs = [(b"content-length", str(len(body)).encode())]
        if content_type:
            pairs.append((b"content-type", content_type.encode("latin-1")))
        pairs += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in (headers or {}).items()]
        return cls(status, pairs, body)

    @classmethod
    def json(cls, status: int, value: Any, headers: dict[str, str] | None = None) -> Reply:
        return cls.of(status, dump_json(value), JSON_TYPE, headers)

    def without(self, *names: bytes) -> list[tuple[bytes, bytes]]:
        """The headers less the named ones."""
        return [pair for pair in self.headers if pair[0] not in names]

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class ClientGone(Exception):
    """The client closed its connection before its request was complete."""


async def read_body(receive: Receive) -> bytes:
    """The whole request body."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def ask(app: ASGIApp, scope: Scope, body: bytes) -> Reply:
    """Run ``app`` on a request whose body has been read, and collect its answer."""
    reply = Reply()
    chunks: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = list(message.get("headers", ()))
        else:
            chunks.append(message.get("body", b""))

    await app(scope, receive, send)
    reply.body = b"".join(chunks)
    return reply
