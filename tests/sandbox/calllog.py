# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The call log: every call to a platform, so that a test can assert how many of which kind were made."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from .clock import Clock
from .connection import SCOPE_KEY
from .reply import Scope

MAX_CALLS = 100_000
MAX_BODY = 64 * 1024
SCOPE_CALL = "sandbox.call"

_SECRET_HEADERS = frozenset({"authorization", "apikey", "authtoken", "cookie", "proxy-authorization", "x-auth-token"})
_HARMLESS_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "user-agent",
        "x-requested-by",
    }
)


@dataclass(slots=True)
class Call:
    """One logged call; ``committed`` is set by the platform when it changed its state."""

    n: int
    at: str
    platform: str
    method: str
    path: str
    target: str
    query_string: str
    connection: int
    started: float
    headers: dict[str, str | None] = field(default_factory=dict)
    auth: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    body_size: int = 0
    route: str | None = None
    status: int | None = None
    fault: str | None = None
    ms: float | None = None
    committed: bool = False

    def keep_body(self, body: bytes, *, only_names: bool = False) -> None:
        """Keep the body; of one that holds credentials, the names in it."""
        self.body_size = len(body)
        self.body = _names_in(body) if only_names else body[:MAX_BODY]

    def finish(self, status: int | None, route: str | None = None) -> None:
        """Note the outcome; to be called before the reply goes out, so that a later look finds it."""
        self.status = status
        self.route = route
        self.ms = round((time.perf_counter() - self.started) * 1000, 3)

    def view(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "at": self.at,
            "platform": self.platform,
            "method": self.method,
            "path": self.path,
            "target": self.target,
            "route": self.route,
            "query": parse_qs(self.query_string, keep_blank_values=True),
            "headers": self.headers,
            "auth": self.auth,
            "body_size": self.body_size,
            "body": self.body.decode("utf-8", "replace"),
            "status": self.status,
            "fault": self.fault,
            "ms": self.ms,
            "committed": self.committed,
            "connection": self.connection,
        }


def _names_in(body: bytes) -> bytes:
    """The names of what a form or a JSON object holds, without the values."""
    text = body.decode("utf-8", "replace")
    try:
        held = json.loads(text)
    except ValueError:
        held = parse_qs(text, keep_blank_values=True)
    names = ", ".join(held) if isinstance(held, dict) else ""
    return f"(credentials, kept out of the log: {names})".encode()


class CallLog:
    """The calls since the last clearing; numbers go on rising over a clearing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: deque[Call] = deque(maxlen=MAX_CALLS)
        self._last = 0
        self._in_flight = 0
        self._max_in_flight = 0

    def begin(self, platform: str, scope: Scope, harmless: frozenset[str]) -> Call:
        self._last += 1
        raw_query = scope["query_string"].decode("latin-1")
        raw_path = scope["raw_path"].decode("latin-1")
        call = Call(
            n=self._last,
            at=self._clock.now().isoformat(timespec="milliseconds"),
            platform=platform,
            method=scope["method"],
            path=scope["path"],
            target=f"{raw_path}?{raw_query}" if raw_query else raw_path,
            query_string=raw_query,
            connection=scope[SCOPE_KEY].number,
            started=time.perf_counter(),
        )
        _note_headers(call, scope, harmless)
        scope[SCOPE_CALL] = call
        self._calls.append(call)
        self._in_flight += 1
        self._max_in_flight = max(self._max_in_flight, self._in_flight)
        return call

    def end(self) -> None:
        self._in_flight -= 1

    def clear(self) -> None:
        self._calls.clear()
        self._max_in_flight = self._in_flight

    def find(
        self,
        platform: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        since: int = 0,
    ) -> Iterator[Call]:
        """Calls with a number above ``since`` that fit all that is given."""
        pattern = re.compile(path) if path else None
        for call in self._calls:
            if (
                call.n > since
                and platform in (None, call.platform)
                and (method is None or method.upper() == call.method)
                and status in (None, call.status)
                and (pattern is None or pattern.search(call.path))
            ):
                yield call

    def latest(self, count: int) -> list[Call]:
        """The newest calls, newest first."""
        return [self._calls[-index] for index in range(1, min(count, len(self._calls)) + 1)]

    def summary(self) -> dict[str, Any]:
        rows = Counter((call.platform, call.method, call.route, call.status) for call in self._calls)
        return {
            "total": len(self._calls),
            "committed": sum(call.committed for call in self._calls),
            "by_platform": dict(Counter(call.platform for call in self._calls)),
            "by_method": dict(Counter(call.method for call in self._calls)),
            "by_route": dict(Counter(f"{call.method} {call.route or '(no route)'}" for call in self._calls)),
            "by_status": dict(Counter(str(call.status) for call in self._calls)),
            "by_fault": dict(Counter(call.fault for call in self._calls if call.fault)),
            "rows": [
                {"platform": platform, "method": method, "route": route, "status": status, "count": count}
                for (platform, method, route, status), count in rows.items()
            ],
            "connections": len({call.connection for call in self._calls}),
            "max_in_flight": self._max_in_flight,
        }


def _note_headers(call: Call, scope: Scope, harmless: frozenset[str]) -> None:
    """Names of all headers; values only of harmless ones; of secrets only the start of a hash."""
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1")
        if name in _SECRET_HEADERS:
            call.auth[name] = hashlib.sha256(raw_value).hexdigest()[:12]
            call.headers[name] = None
        elif name in _HARMLESS_HEADERS or name in harmless:
            call.headers[name] = raw_value.decode("latin-1")
        else:
            call.headers[name] = None
