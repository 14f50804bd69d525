# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of the sandbox, recorded once and given again, with one place in one of them changed.

A server that nearly gives the right answer gets further into the code than one that answers nonsense.
"""

from __future__ import annotations

import copy
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

HOP_HEADERS = frozenset({"connection", "content-length", "transfer-encoding", "date", "server", "host", "content-encoding"})
# A header of this name can only come from a value that was not kept together.
EVIL = "x-evil"
TOKEN_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass
class Answer:
    """One answer. C(json) is its decoded body, if it has one."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    json: Any = None


@dataclass(frozen=True)
class Change:
    """What is different in the answer to one of the calls: a place in it, found by counting, has another value.

    With C(is_gone) it is not there at all.
    """

    call: int
    steps: Sequence[int]
    value: Any
    is_gone: bool = False

    def apply(self, whole: Any) -> Any:
        """The answer with the change."""
        if not self.steps or not isinstance(whole, (dict, list)) or not whole:
            return self.value
        changed = copy.deepcopy(whole)
        box = changed
        for number, step in enumerate(self.steps):
            keys: list[Any] = list(box) if isinstance(box, dict) else list(range(len(box)))
            key = keys[step % len(keys)]
            member = box[key]
            if number == len(self.steps) - 1 or not isinstance(member, (dict, list)) or not member:
                if self.is_gone:
                    del box[key]
                else:
                    box[key] = self.value
                return changed
            box = member
        return changed


@dataclass
class Story:
    """The answers to a task: for each method and path, in turn, the last one again and again."""

    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    calls: int = 0


class ReplayServer(ThreadingHTTPServer):
    """Records what a server answers, or gives it again."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.behind: str | None = None
        self.story = Story()
        self.change: Change | None = None
        self.counted: dict[tuple[str, str], int] = {}
        self.calls = 0
        self.problems: list[str] = []
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []

    def record(self, behind: str) -> None:
        """From now on, pass calls on and remember the answers."""
        self.behind, self.story, self.seen = behind, Story(), []

    def replay(self, story: Story, change: Change | None = None) -> None:
        """From now on, give these answers."""
        self.behind, self.story, self.change = None, story, change
        self.counted, self.calls, self.seen = {}, 0, []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing special here."""


class _Handler(BaseHTTPRequestHandler):
    server: ReplayServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *args: Any) -> None:
        """Nothing to the console."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.server.lock:
            self._check()
            self.server.seen.append((self.command, self.path, dict(self.headers.items()), body))
            answer = self._recorded(body) if self.server.behind else self._replayed()
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no HTTP at all is a call that fell apart on the wire. One that is merely too long did not."""
        if code != HTTPStatus.REQUEST_URI_TOO_LONG:
            self.server.problems.append(f"{code} {message} {getattr(self, 'raw_requestline', b'')[:200]!r}")
        super().send_error(code, message, explain)

    def _check(self) -> None:
        names = [name.lower() for name in self.headers]
        if EVIL in names or not all(map(TOKEN_NAME.fullmatch, names)):
            self.server.problems.append(f"{self.command} {self.path[:200]}: {names}")

    def _recorded(self, body: bytes) -> Answer:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_HEADERS}
        got = requests.request(self.command, f"{self.server.behind}{self.path}", headers=headers, data=body, timeout=30)
        kept = [(name, value) for name, value in got.headers.items() if name.lower() not in HOP_HEADERS]
        answer = Answer(got.status_code, kept, got.content, _parsed(got.content))
        self.server.story.answers.setdefault(self._key(), []).append(answer)
        self.server.story.calls += 1
        return answer

    def _replayed(self) -> Answer:
        server = self.server
        number = server.counted.get(self._key(), 0)
        server.counted[self._key()] = number + 1
        server.calls += 1
        answers = server.story.answers.get(self._key())
        if not answers:
            return Answer(404, [("Content-Type", "application/json")], b'{"Message": "nothing is known of this"}')
        answer = answers[min(number, len(answers) - 1)]
        change = server.change
        if change is None or server.calls - 1 != change.call:
            return answer
        body = json.dumps(change.apply(answer.json), ensure_ascii=False).encode("utf-8", "surrogatepass")
        return Answer(answer.status, answer.headers, body)

    def _key(self) -> tuple[str, str]:
        return self.command, self.path.partition("?")[0]


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


@contextmanager
def running_replay() -> Iterator[ReplayServer]:
    """The server, in threads of this process."""
    with ReplayServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


Play = Callable[..., dict[str, Any]]
