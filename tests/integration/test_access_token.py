# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""access_token: logs in, says for how long, and shows the token to nobody."""

from __future__ import annotations

import pathlib
import stat
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from integration.support.dwp import LOGIN, ON_DWP, run_on_dwp
from integration.support.programs import Ansible, Run, task
from integration.support.sandbox import DWP_USER, Sandbox

Row = dict[str, Any]


def _log_in(name: str, **options: Any) -> Row:
    return task("access_token", name, **options)


def _works(sandbox: Sandbox, token: str) -> bool:
    """Whether the server takes a token."""
    headers = {"Authorization": f"AR-JWT {token}", "default-bundle-scope": "myit-sb"}
    answer = requests.get(f"{sandbox.dwp_url}/api/myit-sb/categories/groups", headers=headers, timeout=10)
    return answer.status_code == 200


def _mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_login_is_told_and_made_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    tasks = [_log_in("first"), _log_in("second"), task("catalog_info", "other task", gather=["full_catalog_view"])]
    started = datetime.now(timezone.utc)
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    (one,) = run["first"]["results"]
    assert not run["first"]["changed"]
    assert (one["account"], one["lifetime"], one["outcome"]) == (DWP_USER, 1800, "unchanged")
    assert one["before"] is one["after"] is None
    assert one["expires_at"].endswith("Z")
    until = datetime.fromisoformat(one["expires_at"].replace("Z", "+00:00"))
    assert timedelta(seconds=1790) < until - started < timedelta(seconds=1860)
    assert run["second"]["results"][0]["expires_at"] == one["expires_at"]
    assert [call["path"] for call in sandbox.calls()].count(LOGIN) == sandbox.logins() == 1


def test_shorter_life_is_told(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches("dwp", token_seconds=600)
    run = run_on_dwp(ansible, [_log_in("it")], stop_on_failure=True)
    assert run["it"]["results"][0]["lifetime"] <= 1800


def test_file_holds_a_token_that_works(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    path = tmp_path / "token"
    tasks = [{**_log_in(name, token_path=str(path)), "diff": True} for name in ("first", "second")]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True, arguments=["-vvv"])
    assert run.rc == 0, run.output
    assert [run[name].outcomes for name in ("first", "second")] == [["created"], ["unchanged"]]
    token = path.read_text()
    assert _works(sandbox, token)
    assert _mode(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["token"]
    assert token not in run.output + run.written_log()
    shown = {"token_path": str(path), "mode": "0600", "is_current": True}
    assert run["first"]["results"][0]["after"] == shown
    (diff,) = run["first"]["diff"]
    assert (diff["before"], diff["after"]) == ({}, shown)
    assert run["second"]["diff"] == []


def test_each_run_has_a_login_of_its_own_unless_tokens_are_kept(
    ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str
) -> None:
    tasks = [_log_in("it", token_path=str(tmp_path / "token"))]
    outcomes = [run_on_dwp(ansible, tasks, mode=mode)["it"].outcomes for dummy in range(2)]
    assert outcomes == [["created"], ["updated"]]
    env = {"DESKOPS_TOKEN_CACHE": str(tmp_path / "cache")}
    outcomes = [run_on_dwp(ansible, tasks, mode=mode, env=env)["it"].outcomes for dummy in range(2)]
    assert outcomes == [["updated"], ["unchanged"]]
    assert sandbox.logins() == 3


@pytest.mark.parametrize("content", ["", "another token", None], ids=["empty", "another", "mode"])
def test_what_is_not_as_wanted_is_updated(ansible: Ansible, tmp_path: pathlib.Path, content: str | None) -> None:
    path = tmp_path / "token"
    spoil: Row = {"name": "spoil", "ansible.builtin.file": {"path": str(path), "mode": "0644"}}
    if content is not None:
        spoil = {"name": "spoil", "ansible.builtin.copy": {"dest": str(path), "content": content, "mode": "0644"}}
    tasks = [_log_in("first", token_path=str(path)), spoil, _log_in("second", token_path=str(path))]
    run = run_on_dwp(ansible, tasks, stop_on_failure=True)
    assert run.rc == 0, run.output
    (one,) = run["second"]["results"]
    assert (one["outcome"], one["before"]["mode"], one["before"]["is_current"]) == ("updated", "0644", content is None)
    assert _mode(path) == 0o600


def test_check_mode_predicts_and_writes_nothing(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    tasks = [
        _log_in("one", token_path=str(tmp_path / "a")),
        _log_in("many", items=[{"token_path": str(tmp_path / "b")}, {"token_path": str(tmp_path)}]),
    ]
    predicted = run_on_dwp(ansible, tasks, mode=mode, arguments=["--check", "--diff"])
    assert list(tmp_path.iterdir()) == []
    real = run_on_dwp(ansible, tasks, mode=mode, arguments=["--diff"])
    for name in ("one", "many"):
        for key in ("changed", "counts", "diff"):
            assert predicted[name][key] == real[name][key]
        assert predicted[name].outcomes == real[name].outcomes
    assert real["many"].outcomes == ["created", "failed"]
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b"}
    assert "is a folder" in real["many"].msg


def test_folder_that_is_missing(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    tasks = [_log_in("it", token_path=str(tmp_path / "new" / "token"))]
    run = run_on_dwp(ansible, tasks, mode=mode)
    assert run["it"].failed
    assert "There is no folder" in run["it"].msg
    assert sandbox.calls() == []
    checked = run_on_dwp(ansible, tasks, mode=mode, arguments=["--check"])
    assert checked["it"].outcomes == ["created"]
    assert "There is no folder" in checked["it"].warnings[0]


@pytest.mark.parametrize(("on_error", "outcome"), [("continue", "created"), ("stop", "skipped")])
@pytest.mark.usefixtures("sandbox")
def test_what_comes_after_a_failure(ansible: Ansible, tmp_path: pathlib.Path, on_error: str, outcome: str) -> None:
    good = tmp_path / "token"
    items = [{"token_path": str(tmp_path / "missing" / "token")}, {"token_path": str(good)}]
    run = run_on_dwp(ansible, [_log_in("it", items=items, on_error=on_error)])
    assert [result["outcome"] for result in run["it"]["results"]] == ["failed", outcome]
    assert good.exists() == (outcome == "created")
    assert ("NotTried" in str(run["it"]["results"][1]["error"])) == (outcome == "skipped")


@pytest.mark.parametrize("answer", ["text_and_cookie", "text_only", "cookie_only", "quoted"])
def test_wherever_the_answer_has_the_token(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, answer: str) -> None:
    sandbox.switches("dwp", login_answer=answer)
    run = run_on_dwp(ansible, [_log_in("it", token_path=str(tmp_path / "token"))])
    assert run["it"].outcomes == ["created"]
    assert _works(sandbox, (tmp_path / "token").read_text())


def test_missing_password_is_told(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = run_on_dwp(ansible, [_log_in("it")], mode=mode, env={"DWP_PASSWORD": None})
    assert "password: it is missing" in run["it"].msg
    assert "DWP_PASSWORD" in run["it"].msg
    assert sandbox.calls() == []


def test_wrong_password_is_explained_after_one_call(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = run_on_dwp(ansible, [_log_in("it")], mode=mode, env={"DWP_PASSWORD": "wrong-Password-4711"})
    assert run["it"].failed
    assert run["it"]["error"]["kind"] == "AuthError"
    for words in ("refused the login", "single sign-on"):
        assert words in run["it"].msg
    assert len(sandbox.calls()) == 1
    assert "wrong-Password-4711" not in run.output + run.written_log()


BAD: dict[str, tuple[Row, list[str]]] = {
    "relative": ({"token_path": "token"}, ["token_path: 'token' is not an absolute path"]),
    "upwards": ({"token_path": "/tmp/../token"}, ["token_path: '/tmp/../token' leads upwards"]),
    "upwards in an item": ({"items": [{}, {"token_path": "/tmp/../token"}]}, ["items[1].token_path"]),
    "platform": ({"platform": "admin_by_request"}, ["access_token", "bmc_dwp"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    tasks = [_log_in(name, **options) for name, (options, _said) in BAD.items()]
    return ansible.in_both_modes(tasks, env=ON_DWP)


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg
