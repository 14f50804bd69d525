# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox does what its own OpenAPI documents say, whatever it is sent: schemathesis makes calls out of them.

No call may end in a server error, and every answer has a status, a type and a form that the document knows.
Else tests against the sandbox would prove nothing.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
from collections.abc import Sequence

import pytest
import requests
from integration.support.sandbox import DWP_PASSWORD, DWP_USER, KEY, Sandbox

from tools.environments import ensure, main_interpreter

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_schema_conformance", "response_headers_conformance"),
)
# Of the eight hundred operations of the service desk, in short: those that the verbs stand on.
IN_SHORT = {"sdp": r"^/api/v3/(requests|problems)(/[^/]+)?$|/approval_levels$|/layouts$|^/api/v3/requests/[^/]+/notes$"}
CASES = re.compile(r"(\d+) generated")


def headers_of(platform: str, sandbox: Sandbox) -> dict[str, str]:
    """What a call needs to be let in."""
    if platform == "abr":
        return {"apikey": KEY}
    if platform == "sdp":
        token = sandbox.sdp_token(seconds=100_000)
        return {"Authorization": f"Zoho-oauthtoken {token}", "Accept": "application/vnd.manageengine.sdp.v3+json"}
    common = {"default-bundle-scope": "myit-sb", "X-Requested-By": "schemathesis"}
    login = {"id": DWP_USER, "password": DWP_PASSWORD}
    answer = requests.post(f"{sandbox.dwp_url}/api/myit-sb/users/login", json=login, headers=common, timeout=30)
    return {**common, "Authorization": f"AR-JWT {answer.text}"}


def fuzz(platform: str, sandbox: Sandbox, folder: pathlib.Path, arguments: Sequence[str]) -> None:
    """Run schemathesis against a platform of the sandbox."""
    environment = ensure("schemathesis", main_interpreter())
    command = [str(environment.bin / "schemathesis"), "run", f"{sandbox.url}/{platform}/openapi.json", "--no-color"]
    command += ["--checks", ",".join(CHECKS), "--continue-on-failure", "--no-shrink", "--generation-database", "none"]
    # A busy machine answers late.
    command += ["--seed", "1", "--request-timeout", "60", "--warnings", "off", *arguments]
    for name, value in headers_of(platform, sandbox).items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run(command, cwd=folder, env=environment.environ(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    cases = CASES.search(done.stdout)
    assert cases, done.stdout[-2000:]
    print(f"\n{platform}: {cases[1]} calls made by schemathesis, all as documented")


@pytest.mark.parametrize("platform", ["abr", "dwp", "sdp"])
def test_a_few_calls_of_each_kind(platform: str, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    chosen = ["--include-path-regex", IN_SHORT[platform]] if platform in IN_SHORT else []
    fuzz(platform, sandbox, tmp_path, ["--phases", "examples,fuzzing", "--max-examples", "4", *chosen])
    assert not [call for call in sandbox.calls() if (call["status"] or 0) >= 500]


@pytest.mark.long
@pytest.mark.parametrize("platform", ["abr", "dwp", "sdp"])
def test_many_calls_of_each_kind(platform: str, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    examples = "4" if platform == "sdp" else "100"
    phases = "examples,fuzzing" if platform == "sdp" else "examples,coverage,fuzzing"
    fuzz(platform, sandbox, tmp_path, ["--phases", phases, "--max-examples", examples])
