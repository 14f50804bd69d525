# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit of dependencies: finds what the database knows, and never takes silence for an all-clear."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from integration.support.sandbox import ROOT

from tools import audit, checks
from tools.environments import Environment, ensure, main_interpreter


class Database(ThreadingHTTPServer):
    """OSV with one weakness of each library in C(weak)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.weak: Sequence[str] = ()
        self.asked: list[str] = []

    def about(self, package: dict[str, str]) -> dict[str, Any]:
        self.asked.append(package["name"])
        if package["name"] not in self.weak:
            return {}
        versions = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9999.1"}]}
        weakness = {"id": f"PYSEC-{package['name']}", "details": "Bad.", "modified": "2026-01-01T00:00:00Z"}
        return {"vulns": [{**weakness, "affected": [{"package": package, "ranges": [versions]}]}]}


class Answer(BaseHTTPRequestHandler):
    """One query."""

    server: Database

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self.server.about(query["package"])).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    with Database() as server:
        monkeypatch.setenv("OSV_URL", f"http://127.0.0.1:{server.server_port}/v1/query")
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def environment() -> Environment:
    return ensure("test", main_interpreter())


def make_audit() -> subprocess.CompletedProcess[str]:
    """What C(make audit) runs."""
    command = [sys.executable, "-m", "tools.checks", "audit"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def test_the_libraries_of_users_are_known(environment: Environment) -> None:
    assert audit.needed_by_users(environment) == {"requests", "urllib3", "idna", "certifi", "charset-normalizer"}


def test_all_that_is_installed_is_asked_for(database: Database, environment: Environment) -> None:
    assert audit.weaknesses(ensure("security", main_interpreter()), [environment]) == []
    assert {"requests", "urllib3", "fastapi", "pytest"} <= set(database.asked)


def test_a_weakness_of_what_users_install_fails_the_tests(database: Database, environment: Environment) -> None:
    database.weak = ["urllib3", "pytest"]
    jobs, missing = checks.audit_jobs(environment)
    assert missing == []
    passed, output = jobs[0].check()
    assert not passed
    assert output.startswith("urllib3 ")
    assert output.endswith(": PYSEC-urllib3, fixed in 9999.1")


def test_a_weakness_of_a_tool_does_not_stop_other_work(database: Database, environment: Environment) -> None:
    database.weak = ["pytest"]
    jobs, missing = checks.audit_jobs(environment)
    assert (jobs[0].check(), missing) == ((True, ""), [])


def test_without_the_database_the_tests_say_that_nothing_was_audited(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OSV_URL", "http://127.0.0.1:1/v1/query")
    jobs, missing = checks.audit_jobs(environment)
    assert jobs == []
    assert len(missing) == 1
    assert missing[0].startswith("audit: not run, the database of known weaknesses gave no answer (")


def test_the_whole_audit_names_each_weakness(database: Database) -> None:
    database.weak = ["pytest", "bandit", "sphinx"]
    done = make_audit()
    assert done.returncode == 1, done.stderr
    assert [name for name in database.weak if f": PYSEC-{name}, fixed in 9999.1\n" not in done.stdout] == []
    assert "Failed: audit" in done.stdout


def test_the_whole_audit_passes_where_nothing_is_known(database: Database) -> None:
    done = make_audit()
    assert (done.returncode, "All passed." in done.stdout) == (0, True), done.stdout + done.stderr


def test_the_whole_audit_fails_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSV_URL", "http://127.0.0.1:1/v1/query")
    done = make_audit()
    assert done.returncode == 1
    assert "gave no answer" in done.stdout
