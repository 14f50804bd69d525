# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting and stopping."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from .conftest import PENDING, TESTS, Client, Running, start


def test_tls(tmp_path: Path) -> None:
    sandbox = start(tmp_path / "ready.json", "--tls", "--seed", "demo")
    try:
        client = Client(sandbox)
        assert sandbox.url.startswith("https://127.0.0.1:")
        assert client.one()["id"] == PENDING
        client.fault("drop", times=1)
        client.fault("reset", times=1)
        client.fault("cut", times=1)
        for dummy in range(3):
            with pytest.raises(requests.RequestException):
                client.get("/requests")
        client.session.verify = True
        client.session.close()
        with pytest.raises(requests.exceptions.SSLError):
            client.get("/requests")
    finally:
        assert sandbox.stop() == 0
    assert not list(tmp_path.iterdir())


def test_empty_seed_and_clean_stop_with_open_connections(tmp_path: Path) -> None:
    sandbox = start(tmp_path / "ready.json", "--seed", "empty")
    client = Client(sandbox)
    assert client.rows("/requests") == []
    client.control("POST", "/faults", {"kind": "latency", "ms": 60000})
    with requests.Session() as slow:
        with pytest.raises(requests.ReadTimeout):
            slow.get(f"{sandbox.url}/abr/whoami", timeout=0.1)
        assert sandbox.stop() == 0


def test_loopback_only(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "192.0.2.1", "example.com"):
        command = [sys.executable, "-m", "sandbox", "--host", host, "--ready-file", str(tmp_path / "never")]
        done = subprocess.run(command, env={"PYTHONPATH": str(TESTS)}, capture_output=True, text=True, timeout=10, check=False)
        assert done.returncode == 2
        assert "loopback" in done.stderr


def test_exit_with_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    sandbox = start(tmp_path / "ready.json", "--exit-with-parent", str(parent.pid))
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 4
    while sandbox.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sandbox.process.poll() == 0


def test_the_announcement(running: Running) -> None:
    assert running.pid == running.process.pid
    assert running.ca is None
    assert requests.get(f"{running.url}/_sandbox/health", timeout=5).json()["status"] == "ok"
