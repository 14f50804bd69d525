# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords of Digital Workplace Catalog that are refused, and tokens that nobody would expect.

That no secret shows up anywhere, whatever goes right or wrong, is what faults/test_leaks.py is about.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any
from urllib.parse import quote

import pytest
from integration.support.dwp import ON_DWP, run_on_dwp
from integration.support.programs import Ansible, Run, task
from integration.support.sandbox import Sandbox
from integration.support.secrets import LOUD, leaks

# Everything that quoting, escaping and encoding could change the look of, also beyond ASCII.
PASSWORD = """P4ss@/+=&?#%"'\\<;>~ `$(x)!:æ见☕"""
WRONG_PASSWORD = f"wrong-{PASSWORD}"
# What can stand in a header.
TOKEN = "T0k3n@/+=&?#%\"'\\<;>~`$(x)!:.x"
USER = "secretive"
MOVE = "40310"


def _tasks(path: pathlib.Path, **options: Any) -> list[dict[str, Any]]:
    return [
        task("request_info", "read", request_ids=[MOVE], include=["comments"], **options),
        task("request_comment", "say", request_id=MOVE, text="Hello", **options),
        task("request_comment", "say twice", text="Hello", items=[{"request_id": MOVE}, {"request_id": "1"}], **options),
        task("request_attachment", "attach", request_id=MOVE, path=str(path), **options),
        task("request_info", "loop", {"loop": [1, 2]}, limit=1, **options),
    ]


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "offer.txt"
    path.write_text("19 EUR")
    return path


@pytest.fixture(params=["environment", "option"])
def logged_in(request: pytest.FixtureRequest, ansible: Ansible, sandbox: Sandbox, mode: str) -> Any:
    """Runs tasks with a password that comes in one of two ways."""
    sandbox.add_each("users", [{"login": USER, "password": PASSWORD, "roles": ["agent"]}], platform="dwp")

    def run(tasks: list[dict[str, Any]], password: str = PASSWORD, **env: str) -> Run:
        environment: dict[str, str | None] = {**ON_DWP, **env, "DWP_USERNAME": USER, "DWP_PASSWORD": password}
        if request.param != "environment":
            environment |= {"DWP_PASSWORD": None, "SECRET_OF_THE_TEST": password}
            looked_up = "{{ lookup('ansible.builtin.env', 'SECRET_OF_THE_TEST') }}"
            tasks = [_with_option(entry, looked_up) for entry in tasks]
        return ansible.run(tasks, mode=mode, env=environment, arguments=LOUD)

    return run


def _with_option(entry: dict[str, Any], password: str) -> dict[str, Any]:
    return {name: {**value, "password": password} if name.startswith("deskops.") else value for name, value in entry.items()}


def test_wrong_password_is_masked(logged_in: Any, path: pathlib.Path) -> None:
    run = logged_in(_tasks(path), password=WRONG_PASSWORD)
    assert leaks(run, WRONG_PASSWORD) == []
    assert leaks(run, PASSWORD) == []
    assert all("refused the login" in result.msg for result in run.tasks if not result.items)


def test_password_that_is_none_is_masked(logged_in: Any, path: pathlib.Path) -> None:
    run = logged_in(_tasks(path)[:2], password=f"{PASSWORD}\n")
    assert leaks(run, PASSWORD) == []
    assert all("password: it ends or begins with a line break" in result.msg for result in run.tasks)


@pytest.mark.parametrize("status", [401, 400, 500, 200, 503])
def test_password_that_the_server_repeats_at_the_login_is_masked(
    logged_in: Any, sandbox: Sandbox, path: pathlib.Path, status: int
) -> None:
    body = {"message": f"ERROR (623): {PASSWORD} is wrong", "data": quote(PASSWORD)}
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "status", "status": status, "body": body})
    run = logged_in(_tasks(path, retries=0)[:2])
    assert all(result.failed for result in run.tasks)
    assert leaks(run, PASSWORD) == []


@pytest.fixture(params=["text", "quoted", "cookie"])
def odd_token(request: pytest.FixtureRequest, sandbox: Sandbox) -> None:
    """Logins give out a token of odd characters, and what is read repeats it."""
    body = {"text": TOKEN, "quoted": f'"{TOKEN}"', "cookie": ""}[request.param]
    in_cookie = TOKEN.replace('"', "").replace(";", "").replace("\\", "")
    headers = {"Set-Cookie": f"AR-JWT={in_cookie}; Path=/"} if request.param == "cookie" else {}
    fault = {"platform": "dwp", "kind": "status", "status": 200}
    token = in_cookie if request.param == "cookie" else TOKEN
    row = {"id": MOVE, "name": token, "description": f"{quote(token, safe='')} {token}", "status": {"status": token}}
    sandbox.faults(
        {**fault, "path": "/users/login$", "body": body, "headers": headers},
        {**fault, "path": f"/services/requests/{MOVE}$", "body": row},
    )


@pytest.mark.usefixtures("odd_token")
def test_token_of_odd_characters_is_masked(ansible: Ansible, mode: str, tmp_path: pathlib.Path) -> None:
    cache = tmp_path / "cache"
    tasks = [
        task("request_info", "read", request_ids=[MOVE]),
        task("request_comment", "say", request_id=MOVE, text="Hello"),
    ]
    for dummy in range(2):
        run = run_on_dwp(ansible, tasks, mode=mode, env={"DESKOPS_TOKEN_CACHE": str(cache)}, arguments=LOUD)
        assert run["read"].ids == [MOVE]
        assert "does not accept a token" in run["say"].msg
        token = json.loads(next(cache.glob("*.json")).read_text())["token"]["value"]
        assert leaks(run, token) == []
        assert token.startswith("T0k3n@/+=&?#%")
