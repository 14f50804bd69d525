# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox as a process of its own, and its control API."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

ROOT = pathlib.Path(__file__).resolve().parents[3]
# The keys that the sandbox starts with, one for each of its two data centres.
KEY = "SANDBOX0-0000-4000-8000-ABRDEMO00001"
OTHER_KEY = "SANDBOX0-0000-4000-8000-ABRDEMO00002"
# The account of the catalog that automation logs in with.
DWP_USER = "svc_automation"
DWP_PASSWORD = "Sandbox-Password-1"
# The self client of the service desk, and its refresh token with all scopes; it belongs to the account below.
SDP_CLIENT_ID = "1000.SANDBOXSELFCLIENT0000000000000"
SDP_CLIENT_SECRET = "5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5a"
SDP_REFRESH_TOKEN = "1000.5ab0c0015ab0c0015ab0c0015ab0c001.5ab0c0015ab0c0015ab0c0015ab0c001"
SDP_USER = "automation@northwind.example"
# A fixed time makes the example data, whose times are relative to it, the same in every run.
NOW = "2026-09-18T10:00:00Z"
START_SECONDS = 20

Call = dict[str, Any]


class Sandbox:
    """What tests do with the sandbox from outside."""

    def __init__(self, url: str, ca: str | None = None) -> None:
        self.url = url
        self.ca = ca
        self.abr_url = f"{url}/abr"
        self.other_url = f"{url}/abr2"
        self.dwp_url = f"{url}/dwp"
        self.other_dwp_url = f"{url}/dwp2"
        self.sdp_url = f"{url}/sdp"
        self.sdp_accounts_url = f"{url}/sdp/accounts"
        self.control = f"{url}/_sandbox"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca or True

    def reset(self, seed: str = "demo") -> None:
        """State, switches, faults, keys and call log as at the start."""
        self._call("POST", "reset", {"seed": seed, "now": NOW})

    def calls(self, **filters: Any) -> list[Call]:
        """The calls since the last reset; filters are platform, method, path (a regular expression), status."""
        return self._call("GET", "calls", params=filters)

    def writes(self) -> list[Call]:
        """The calls that could change something."""
        return writes(self.calls())

    def faults(self, *faults: dict[str, Any]) -> None:
        self._call("POST", "faults", list(faults))

    def clear_faults(self) -> None:
        self._call("DELETE", "faults")

    def switches(self, platform: str = "abr", **values: Any) -> None:
        self._call("PATCH", f"switches/{platform}", values)

    def state(self, collection: str, platform: str = "abr") -> list[dict[str, Any]]:
        """The rows of a collection, such as requests, with all details."""
        return self._call("GET", f"state/{platform}", params={"collection": collection})

    def request(self, request_id: int | str) -> dict[str, Any]:
        """A request as the server has it."""
        return next(row for row in self.state("requests") if row["id"] == int(request_id))

    def summary(self) -> dict[str, Any]:
        """The calls since the last reset in numbers."""
        summary: dict[str, Any] = self._call("GET", "calls/summary")
        return summary

    def advance(self, seconds: float) -> None:
        """Let the sandbox's clock run ahead."""
        self._call("POST", "clock", {"advance": seconds})

    def logins(self, platform: str = "dwp") -> int:
        """How often somebody has logged in since the last reset."""
        logins: int = self._call("GET", f"{platform}/tokens")["logins"]
        return logins

    def end_sessions(self, platform: str = "dwp", **what: str) -> None:
        """No token that was given out is valid any more."""
        self._call("DELETE", f"{platform}/tokens", params=what)

    def move_dwp_request(self, request_id: str, status: str, reason: str | None = None) -> None:
        """What somebody behind the catalog does with a request, such as fulfilling it."""
        self._call("POST", f"dwp/requests/{request_id}", {"status": status, "reason": reason})

    def change_request(self, request_id: int, **partial: Any) -> None:
        self._call("PATCH", f"abr/requests/{request_id}", partial)

    def add(self, collection: str, count: int = 1, **template: Any) -> list[int]:
        """New rows of requests, auditlog, events or computers; their ids."""
        ids: list[int] = self._call("POST", f"abr/{collection}", {"count": count, "template": template})["ids"]
        return ids

    def add_each(self, collection: str, templates: list[dict[str, Any]], platform: str = "abr") -> list[Any]:
        """A new row after each of the templates; their ids."""
        ids: list[Any] = self._call("POST", f"{platform}/{collection}", templates)["ids"]
        return ids

    def add_requests(self, count: int = 1, **template: Any) -> list[int]:
        return self.add("requests", count, **template)

    def add_records(self, module: str, *templates: dict[str, Any], count: int | None = None) -> list[str]:
        """New records of the service desk, in its API's JSON; with C(count) so many after one template. Their ids."""
        body: Any = list(templates) if count is None else {"count": count, "template": templates[0]}
        ids: list[str] = self._call("POST", f"sdp/records/{module}", body)["ids"]
        return ids

    def change_record(self, module: str, record_id: str, **partial: Any) -> dict[str, Any]:
        """What somebody in the service desk does to a record; the record as it is then."""
        record: dict[str, Any] = self._call("PATCH", f"sdp/records/{module}/{record_id}", partial)
        return record

    def effect(self, module: str, field: str, effect: str | None) -> None:
        """What becomes of a field of the service desk that is written: refused, partial, ignored."""
        self._call("PUT", "sdp/effects", {"module": module, "field": field, "effect": effect})

    def sdp_approvals(self, record_id: str) -> list[dict[str, Any]]:
        """The approvals of a record of the service desk, in the order in which they were made."""
        return [row for row in self._call("GET", "sdp/approvals") if row["record_id"] == record_id]

    def decide_in_sdp(self, request_id: str, approver: str, decision: str) -> None:
        """What an approver does: V(Approved) or V(Rejected)."""
        self._call("PUT", f"sdp/approvals/requests/{request_id}", {"approver": approver, "decision": decision})

    def grant_code(self, **order: Any) -> str:
        """A code of the self client of the service desk, as the console would make one."""
        code: str = self._call("POST", "sdp/codes", order)["code"]
        return code

    def sdp_token(self, **order: Any) -> str:
        """An access token of the service desk that nobody logged in for."""
        token: str = self._call("POST", "sdp/tokens", order)["access_token"]
        return token

    def sdp_tokens(self) -> dict[str, Any]:
        """What the accounts server of the service desk gave out since the last reset."""
        counts: dict[str, Any] = self._call("GET", "sdp/tokens")
        return counts

    def set_keys(self, *keys: str) -> None:
        self._call("PUT", "abr/keys", {"keys": keys})

    def _call(self, method: str, path: str, body: Any = None, params: Any = None) -> Any:
        answer = self._session.request(method, f"{self.control}/{path}", json=body, params=params, timeout=60)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None


def writes(calls: list[Call]) -> list[Call]:
    """Those of the calls that could change something."""
    return [call for call in calls if call["method"] != "GET"]


def targets(calls: list[Call]) -> list[str]:
    """The calls in short, such as C(PUT /abr/requests/1)."""
    return [f"{call['method']} {call['target']}" for call in calls]


@contextmanager
def running_sandbox(folder: pathlib.Path, *, tls: bool = False) -> Iterator[Sandbox]:
    """A sandbox on a free port."""
    ready = folder / "sandbox.json"
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--ready-file", str(ready), *(["--tls"] if tls else [])]
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    with subprocess.Popen([*command, "--exit-with-parent", str(os.getpid())], env=environ, cwd=folder) as process:
        try:
            announced = _announced(ready, process)
            yield Sandbox(announced["url"], announced["ca"])
        finally:
            process.terminate()


def _announced(ready: pathlib.Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    gives_up_at = time.monotonic() + START_SECONDS
    while not ready.exists():
        assert process.poll() is None, "the sandbox did not start"
        assert time.monotonic() < gives_up_at, "the sandbox is not ready"
        time.sleep(0.05)
    announcement: dict[str, Any] = json.loads(ready.read_text())
    return announcement
