# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each kind of fault is done to a call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http import HTTPStatus

from ..calllog import SCOPE_CALL, Call
from ..connection import SCOPE_KEY, Connection
from ..platforms import Platform
from ..reply import JSON_TYPE, Receive, Reply, Scope, Send, ask, dump_json
from .book import Fault
from .spec import FaultSpec

_CHUNK = 64 * 1024
_CUT_HEAD = len("HTTP/1.")
_HTML = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head>"
    "<body><h1>Sign in to continue</h1><form method='post'><input name='user'></form></body></html>"
)


class Exchange:
    """One call on which faults strike."""

    def __init__(self, platform: Platform, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        self.platform = platform
        self.scope = scope
        self.body = body
        self.receive = receive
        self.send = send
        self.call: Call = scope[SCOPE_CALL]
        self.connection: Connection = scope[SCOPE_KEY]

    async def suffer(self, strikes: list[Fault]) -> None:
        """Let the given faults strike: latencies around the work, then the one other fault."""
        self.call.fault = "+".join(fault.name for fault in strikes)
        latencies = [fault.spec for fault in strikes if fault.spec.kind == "latency"]
        main = next((fault.spec for fault in strikes if fault.spec.kind != "latency"), None)
        await _sleep_ms(spec.ms for spec in latencies if not spec.strikes_after)
        reply = await self.answer() if main is None or main.strikes_after else None
        await _sleep_ms(spec.ms for spec in latencies if spec.strikes_after)
        if main is None:
            assert reply is not None
            await self.reply(reply)
        else:
            await _STRIKES[main.kind](self, main, reply or Reply())

    async def answer(self) -> Reply:
        """The platform's own answer: from here on a write has taken effect."""
        return await ask(self.platform.app, self.scope, self.body)

    def finish(self, status: int | None) -> None:
        """Complete the log's line, before anything goes out."""
        self.call.finish(status, self.platform.route(self.scope))

    async def reply(self, reply: Reply) -> None:
        self.finish(reply.status)
        await reply.send(self.send)

    @property
    def has_lost_its_client(self) -> bool:
        """Whether there is nobody any more whom a slow reply could be sent to."""
        return self.connection.transport.is_closing()

    async def gone(self) -> None:
        """Wait until the server has seen that the connection is closed."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


async def _sleep_ms(amounts: Iterable[float]) -> None:
    total = sum(amounts)
    if total:
        await asyncio.sleep(total / 1000)


async def _status(exchange: Exchange, spec: FaultSpec, _reply: Reply) -> None:
    status = spec.status or 503
    body = spec.body if spec.body is not None else {"Message": HTTPStatus(status).phrase}
    if isinstance(body, str):
        content, content_type = body.encode(), spec.content_type or "text/plain; charset=utf-8"
    else:
        content, content_type = dump_json(body), spec.content_type or JSON_TYPE
    await exchange.reply(Reply.of(status, content, content_type, spec.headers))


async def _rate_limit(exchange: Exchange, spec: FaultSpec, _reply: Reply) -> None:
    """429; Retry-After is a number of seconds, any text as it is, or (``http-date``) a date in ``seconds`` from now."""
    headers = {}
    if spec.retry_after == "http-date":
        moment = datetime.now(timezone.utc) + timedelta(seconds=spec.seconds)
        headers["Retry-After"] = format_datetime(moment, usegmt=True)
    elif spec.retry_after is not None:
        headers["Retry-After"] = str(spec.retry_after)
    body = spec.body if spec.body is not None else {"Message": "Too many calls"}
    await exchange.reply(Reply.json(429, body, headers))


async def _drop(exchange: Exchange, _spec: FaultSpec, _reply: Reply) -> None:
    exchange.finish(None)
    exchange.connection.drop()
    await exchange.gone()


async def _reset(exchange: Exchange, _spec: FaultSpec, _reply: Reply) -> None:
    exchange.finish(None)
    exchange.connection.reset()
    await exchange.gone()


async def _cut(exchange: Exchange, spec: FaultSpec, reply: Reply) -> None:
    """The head promises the whole body; the connection closes in the middle of it (no body: of the status line)."""
    exchange.finish(reply.status)
    head = _raw_head(reply)
    if reply.body:
        keep = len(reply.body) // 2 if spec.after_bytes is None else min(spec.after_bytes, len(reply.body) - 1)
        data = head + reply.body[:keep]
    else:
        data = head[:_CUT_HEAD]
    exchange.connection.transport.write(data)
    exchange.connection.close()
    await exchange.gone()


async def _truncated_json(exchange: Exchange, spec: FaultSpec, reply: Reply) -> None:
    """A complete HTTP message whose JSON stops in the middle."""
    keep = len(reply.body) // 2 if spec.after_bytes is None else spec.after_bytes
    await exchange.reply(_with_body(reply, reply.body[:keep]))


async def _html(exchange: Exchange, spec: FaultSpec, _reply: Reply) -> None:
    page = str(spec.body) if spec.body is not None else _HTML
    await exchange.reply(Reply.of(spec.status or 200, page.encode(), "text/html; charset=utf-8"))


async def _empty(exchange: Exchange, spec: FaultSpec, _reply: Reply) -> None:
    await exchange.reply(Reply.of(spec.status or 200, b"", JSON_TYPE))


async def _wrong_content_type(exchange: Exchange, spec: FaultSpec, reply: Reply) -> None:
    content_type = (spec.content_type or "text/html").encode()
    await exchange.reply(Reply(reply.status, [*reply.without(b"content-type"), (b"content-type", content_type)], reply.body))


async def _slow_headers(exchange: Exchange, spec: FaultSpec, reply: Reply) -> None:
    """The lines of the head come one by one, spread over ``seconds``; then the body, and the connection closes."""
    exchange.finish(reply.status)
    lines = _raw_head(reply).splitlines(keepends=True)
    for line in lines:
        exchange.connection.transport.write(line)
        await asyncio.sleep(spec.seconds / len(lines))
        if exchange.has_lost_its_client:
            return
    exchange.connection.transport.write(reply.body)
    exchange.connection.close()
    await exchange.gone()


async def _slow_body(exchange: Exchange, spec: FaultSpec, reply: Reply) -> None:
    """The body trickles: ``bytes`` at a time with ``seconds`` between them."""
    exchange.finish(reply.status)
    size = spec.bytes or max(1, len(reply.body) // 8)
    await exchange.send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    for start in range(0, len(reply.body), size):
        await exchange.send({"type": "http.response.body", "body": reply.body[start : start + size], "more_body": True})
        await asyncio.sleep(spec.seconds)
        if exchange.has_lost_its_client:
            return
    await exchange.send({"type": "http.response.body", "body": b""})


async def _auth(exchange: Exchange, _spec: FaultSpec, _reply: Reply) -> None:
    await exchange.reply(exchange.platform.auth_failure())


async def _redirect(exchange: Exchange, spec: FaultSpec, _reply: Reply) -> None:
    await exchange.reply(Reply.of(spec.status or 302, b"", None, {"Location": spec.location}))


async def _huge(exchange: Exchange, spec: FaultSpec, _reply: Reply) -> None:
    """One JSON string of ``bytes`` bytes in all."""
    total = max(2, spec.bytes or 64 * 1024 * 1024)
    exchange.finish(200)
    headers = [(b"content-type", JSON_TYPE.encode()), (b"content-length", str(total).encode())]
    await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
    await exchange.send({"type": "http.response.body", "body": b'"', "more_body": True})
    left = total - 2
    while left:
        size = min(left, _CHUNK)
        await exchange.send({"type": "http.response.body", "body": b"x" * size, "more_body": True})
        left -= size
    await exchange.send({"type": "http.response.body", "body": b'"'})


async def _clock_jump(exchange: Exchange, spec: FaultSpec, reply: Reply) -> None:
    """The sandbox's clock leaps ahead by ``seconds``. The platform answers by the new time, or (after) has by the old one."""
    exchange.platform.clock.advance(spec.seconds)
    await exchange.reply(reply if spec.strikes_after else await exchange.answer())


def _with_body(reply: Reply, body: bytes) -> Reply:
    return Reply(reply.status, [*reply.without(b"content-length"), (b"content-length", str(len(body)).encode())], body)


def _raw_head(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}".encode()]
    lines += [name + b": " + value for name, value in reply.headers]
    return b"\r\n".join([*lines, b"connection: close", b"", b""])


_STRIKES: dict[str, Callable[[Exchange, FaultSpec, Reply], Awaitable[None]]] = {
    "status": _status,
    "rate_limit": _rate_limit,
    "drop": _drop,
    "reset": _reset,
    "cut": _cut,
    "truncated_json": _truncated_json,
    "html": _html,
    "empty": _empty,
    "wrong_content_type": _wrong_content_type,
    "slow_headers": _slow_headers,
    "slow_body": _slow_body,
    "auth": _auth,
    "redirect": _redirect,
    "huge": _huge,
    "clock_jump": _clock_jump,
}
