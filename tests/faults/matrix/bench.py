# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the tasks of the fault matrix: a sandbox that is put to use again and again, and a wire that can be disturbed."""

from __future__ import annotations

import json
import pathlib
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from faults.support.tasks import Told, run
from integration.support.sandbox import DWP_PASSWORD, DWP_USER, KEY, SDP_CLIENT_ID, SDP_CLIENT_SECRET, Call, Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport import adapter, pool, retry

from .faults import IMPATIENT, LEAVES_AFTER, SDP, TWO_HOURS, Fault
from .scenarios import Aim, Scenario, Trial
from .verbs import VERBS

# Each cell logs in, and this is not what is to be tested.
NO_QUOTAS = {"tokens_per_window": 1_000_000, "refresh_tokens_per_minute": 1_000_000, "refresh_tokens": 1_000_000}
CONTROL_TIMEOUT = 60


@dataclass
class Tally:
    """What was done in all."""

    cells: int = 0
    faults: int = 0
    calls: int = 0


class Bench:
    """The sandbox as scenarios and cells see it.

    It is reset for each scenario, not for each cell: that would take most of the time.
    """

    def __init__(self, sandbox: Sandbox, folder: pathlib.Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.memory: dict[str, Any] = {}
        self.tally = Tally()
        self._scenario: Scenario | None = None
        self._faults: list[dict[str, Any]] = []
        self._jumps = 0.0
        self._cells = 0
        self._session = requests.Session()
        self._session.trust_env = False

    def use(self, scenario: Scenario) -> None:
        """Make the sandbox ready for a scenario, unless it is so already."""
        if self._scenario is not scenario:
            self.calm()
            self.sandbox.reset()
            self.sandbox.switches("sdp", **NO_QUOTAS)
            self.memory = {}
            self._scenario = scenario

    @property
    def scenario(self) -> Scenario:
        """The one in use."""
        assert self._scenario is not None
        return self._scenario

    def next_number(self) -> int:
        """A number that no other cell has."""
        self._cells += 1
        return self._cells

    def control(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        url = f"{self.sandbox.control}/{path}"
        answer = self._session.request(method, url, json=body, params=params, timeout=CONTROL_TIMEOUT)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """A call of a platform, to see how things are on the server."""
        answer = self._session.request(method, self.sandbox.url + path, timeout=CONTROL_TIMEOUT, **arguments)
        return answer.json() if answer.content else None

    def abr_request(self, request_id: str) -> dict[str, Any]:
        row: dict[str, Any] = self.call("GET", f"/abr/requests/{request_id}", headers={"apikey": KEY})
        return row

    def sdp_records(self, module: str, field: str, value: str) -> list[dict[str, Any]]:
        """The records of the service desk in which a field has this value."""
        token = self.memory.setdefault("token", None) or self.sandbox.sdp_token(seconds=1_000_000)
        self.memory["token"] = token
        criteria = {"field": field, "condition": "is", "value": value}
        wanted = json.dumps({"list_info": {"row_count": 100, "search_criteria": criteria}})
        headers = {"Authorization": f"Zoho-oauthtoken {token}", "Accept": "application/vnd.manageengine.sdp.v3+json"}
        found: list[dict[str, Any]] = self.call("GET", f"/sdp/api/v3/{module}", params={"input_data": wanted}, headers=headers)[
            module
        ]
        return found

    def catalog(self, path: str, **params: Any) -> Any:
        """A read of the catalog as its administrator."""
        headers = {"default-bundle-scope": "myit-sb", "X-Requested-By": "bench"}
        login = {"id": DWP_USER, "password": DWP_PASSWORD}
        api = f"{self.sandbox.dwp_url}/api/myit-sb"
        token = self._session.post(f"{api}/users/login", json=login, headers=headers, timeout=CONTROL_TIMEOUT).text
        self._session.cookies.clear()
        answer = self._session.get(
            f"{api}{path}", params=params, headers={**headers, "Authorization": f"AR-JWT {token}"}, timeout=CONTROL_TIMEOUT
        )
        assert answer.ok, answer.text
        return answer.json()

    def refresh_token(self) -> str:
        """A new one."""
        form = {"client_id": SDP_CLIENT_ID, "client_secret": SDP_CLIENT_SECRET, "grant_type": "authorization_code"}
        token: str = self.call("POST", "/sdp/accounts/oauth/v2/token", data={**form, "code": self.sandbox.grant_code()})[
            "refresh_token"
        ]
        return token

    def is_good(self, refresh_token: str) -> bool:
        """Whether something can be made of a refresh token."""
        form = {"client_id": SDP_CLIENT_ID, "client_secret": SDP_CLIENT_SECRET, "grant_type": "refresh_token"}
        answer = self.call("POST", "/sdp/accounts/oauth/v2/token", data={**form, "refresh_token": refresh_token})
        return "access_token" in answer

    def make(self, verb: str, platform: str, **options: Any) -> None:
        """Something that has to be there, made by a task of its own."""
        result = run(VERBS[verb], self.sandbox, platform=platform, **options)
        assert not result.get("failed"), result["msg"]

    # -- cells --------------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """From now on calls are counted."""
        self.control("DELETE", "calls")

    def strike(self, fault: dict[str, Any]) -> None:
        """From now on a fault is in force."""
        self._faults.append(fault)
        self.control("POST", "faults", fault)

    def calm(self) -> list[Call]:
        """No more faults; the calls since the beginning, once the server is through with all of them."""
        if any(fault["kind"] == "clock_jump" for fault in self._faults):
            self._jumps += sum(fault["fired"] * fault["seconds"] for fault in self.control("GET", "faults"))
        if self._faults:
            self.control("DELETE", "faults")
            self._faults = []
        gives_up_at = time.monotonic() + CONTROL_TIMEOUT
        while True:
            calls: list[Call] = self.control("GET", "calls")
            # What was never answered has a time, too.
            if all(call["ms"] is not None for call in calls):
                break
            assert time.monotonic() < gives_up_at, "a call does not end"
            time.sleep(0.02)
        return calls

    def end(self) -> None:
        """The right time again. Not before the end: what was written would be in the future, and in no index yet."""
        if self._jumps:
            self.sandbox.advance(-self._jumps)
            self._jumps = 0.0

    def run(self, scenario: Scenario, trial: Trial, *, told: Told | None = None, **options: Any) -> dict[str, Any]:
        """The result of the task of a scenario, over connections of its own: a pause that a server asks for outlives the task."""
        pool._pools.clear()
        whole = {"platform": scenario.platform, **trial.options, **options}
        return run(VERBS[scenario.verb], self.sandbox, told=told, **whole)


@dataclass
class Target:
    """Which calls are hit: those of an aim, C(times) of them after C(skip), or all.

    With C(waits_for) nothing is hit before such a call is made; that call itself is hit only if C(from_it_on).
    """

    aim: Aim
    skip: int = 0
    times: int | None = None
    waits_for: Aim | None = None
    from_it_on: bool = False

    def spec(self, fault: Mapping[str, Any]) -> dict[str, Any]:
        """For the sandbox."""
        return {**self.aim.spec(), "skip": self.skip, **({"times": self.times} if self.times else {}), **fault}


class Wire:
    """Disturbs calls on this side: no listener, a clock that jumps, and a short patience where the server is slow."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._fault: Fault | None = None
        self._target: Target | None = None
        self._strike: Callable[[], None] | None = None
        self._seen = 0
        self._ahead = 0.0
        self.hits = 0
        self._send = pool.Pool.send
        self._readinto = adapter._Bounded.readinto
        self._of_this_thread = threading.local()
        # One call at a time, so that this side and the sandbox, which both count, mean the same one.
        self._turn = threading.Lock()
        monkeypatch.setattr(pool, "Clock", lambda: retry.Clock(now=lambda: time.time() + self._ahead))

        # Functions, since they have to be bound to whose methods they replace.
        def send(*args: Any, **options: Any) -> Any:
            return self._disturbed(*args, **options)

        def readinto(*args: Any) -> Any:
            return self._impatient(*args)

        monkeypatch.setattr(pool.Pool, "send", send)
        monkeypatch.setattr(adapter._Bounded, "readinto", readinto)
        with socket.create_server(("127.0.0.1", 0)) as server:
            self._closed_port = server.getsockname()[1]

    @property
    def nowhere(self) -> str:
        """An address at which nobody listens."""
        return f"http://127.0.0.1:{self._closed_port}"

    def nowhere_for(self, platform: str) -> str | None:
        """The same as the address of the accounts server, where a platform has one."""
        return self.nowhere if platform == SDP else None

    def arm(self, fault: Fault, target: Target, strike: Callable[[], None]) -> None:
        """Make ready for a task; C(strike) tells the sandbox of the fault, when it is time."""
        self._fault, self._target, self._seen, self.hits = fault, target, 0, 0
        self._strike = strike
        if target.waits_for is None:
            self._set_off()

    def _set_off(self) -> None:
        if self._strike is not None:
            strike, self._strike = self._strike, None
            strike()

    def disarm(self) -> None:
        self._fault, self._ahead = None, 0.0

    def _disturbed(self, one: Any, request: Any, *, timeout: float, time_left: Any) -> Any:
        with self._turn:
            return self._sent(one, request, timeout=timeout, time_left=time_left)

    def _sent(self, one: Any, request: Any, *, timeout: float, time_left: Any) -> Any:
        target, path = self._target, _path_of(request)
        is_awaited = self._fault is not None and target is not None and _fits(target.waits_for, request, path)
        if is_awaited and target is not None and target.from_it_on:
            self._set_off()
        try:
            return self._send(one, request, timeout=self._disturb(request, path, timeout), time_left=time_left)
        finally:
            if is_awaited:
                self._set_off()

    def _disturb(self, request: Any, path: str, timeout: float) -> float:
        """Do to a call what is to be done to it; how long it will be waited for."""
        fault = self._fault
        self._of_this_thread.is_slow = False
        if fault is None or not self._is_hit(request.method, path):
            return timeout
        self.hits += 1
        self._of_this_thread.is_slow = fault.is_slow
        if fault.client == "clock":
            self._ahead += TWO_HOURS
        elif fault.client == "refused":
            request.url = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{self._closed_port}", request.url)
        return LEAVES_AFTER if fault.client == "leaves" else timeout

    def _impatient(self, receiver: Any, buffer: Any) -> int | None:
        """Wait for the beginning of an answer, which a busy machine may delay, and then no longer: the server is slow."""
        count = self._readinto(receiver, buffer)
        if getattr(self._of_this_thread, "is_slow", False):
            receiver._timeout = IMPATIENT
        return count

    def _is_hit(self, method: str, path: str) -> bool:
        target = self._target
        if target is None or self._strike is not None or not target.aim.fits(method, path):
            return False
        self._seen += 1
        return target.skip < self._seen and (target.times is None or self._seen <= target.skip + target.times)


def _path_of(request: Any) -> str:
    return re.sub(r"^https?://[^/]+|\?.*", "", request.url)


def _fits(aim: Aim | None, request: Any, path: str) -> bool:
    return aim is not None and aim.fits(request.method, path)
