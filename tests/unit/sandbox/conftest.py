# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox as a process of its own, reset before each test, and a small client for it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

TESTS = Path(__file__).parents[2]
KEY = "SANDBOX0-0000-4000-8000-ABRDEMO00001"
PENDING = 65430930


class Running:
    """A started sandbox."""

    def __init__(self, process: subprocess.Popen[bytes], announcement: dict[str, Any]) -> None:
        self.process = process
        self.url: str = announcement["url"]
        self.pid: int = announcement["pid"]
        self.ca: str | None = announcement["ca"]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=5)


def start(ready_file: Path, *arguments: str) -> Running:
    command = [sys.executable, "-m", "sandbox", "--ready-file", str(ready_file), *arguments]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(TESTS)})
    deadline = time.monotonic() + 15
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError(f"the sandbox did not start: exit code {process.wait()}")
        time.sleep(0.02)
    return Running(process, json.loads(ready_file.read_text()))


class Client:
    """Calls one platform and the control API of a sandbox."""

    def __init__(self, running: Running) -> None:
        self.url = running.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = running.ca or True

    def call(self, method: str, path: str, *, key: str | None = KEY, prefix: str = "/abr", **more: Any) -> requests.Response:
        headers = {**({"apikey": key} if key else {}), **more.pop("headers", {})}
        options = {"timeout": 10, "allow_redirects": False, **more}
        return self.session.request(method, f"{self.url}{prefix}{path}", headers=headers, **options)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        reply = self.get(path, params=params)
        assert reply.status_code == 200, reply.text
        found: list[dict[str, Any]] = reply.json()
        return found

    def ids(self, path: str, **params: Any) -> list[int]:
        return [row["id"] for row in self.rows(path, **params)]

    def one(self, request_id: int = PENDING, **params: Any) -> dict[str, Any]:
        row: dict[str, Any] = self.get(f"/requests/{request_id}", params=params).json()
        return row

    def control(self, method: str, path: str, body: Any = None, /, **params: Any) -> Any:
        reply = self.session.request(method, f"{self.url}/_sandbox{path}", json=body, params=params, timeout=10)
        assert reply.ok, reply.text
        return reply.json() if reply.content else None

    def switch(self, **values: Any) -> None:
        self.control("PATCH", "/switches/abr", values)

    def fault(self, kind: str, **parameters: Any) -> None:
        self.control("POST", "/faults", {"kind": kind, **parameters})

    def calls(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", "/calls", **params)
        return found


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if importlib.util.find_spec("fastapi") is None:
        pytest.skip("tests/sandbox/requirements.txt is not installed")
    sandbox = start(tmp_path_factory.mktemp("sandbox") / "ready.json")
    yield sandbox
    sandbox.stop()


@pytest.fixture
def desk(running: Running) -> Iterator[Client]:
    """The demo data, untouched; no faults, switches at their defaults, an empty call log."""
    client = Client(running)
    client.control("POST", "/reset", {"seed": "demo"})
    with client.session:
        yield client
