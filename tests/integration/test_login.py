# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One login for each run, and the token in no other hands."""

from __future__ import annotations

import json
import pathlib
import re
import stat
import sys
from typing import Any

import pytest
from integration.support.dwp import LOGIN, kept_comments, posts, run_on_dwp, without_logins
from integration.support.programs import Ansible, Run, task
from integration.support.sandbox import DWP_PASSWORD, DWP_USER, Call, Sandbox

MOVE = "40310"
HOSTS = 5
OTHER_PASSWORD = "An0ther-Passw0rd"


def _read(name: str, keywords: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return task("request_info", name, keywords, request_ids=[MOVE], **options)


def _say(name: str, **options: Any) -> dict[str, Any]:
    return task("request_comment", name, request_id=MOVE, **{"text": name, **options})


def _pause(seconds: float) -> dict[str, Any]:
    return {"name": "pause", "ansible.builtin.command": f"sleep {seconds}"}


def login_calls(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call["path"] == LOGIN]


def refused_calls(calls: list[Call]) -> list[Call]:
    return [call for call in without_logins(calls) if call["status"] not in (200, 201)]


def _ok(run: Run) -> Run:
    assert run.rc == 0, run.output
    assert run.warnings == []
    return run


# -- how often ---------------------------------------------------------------------------------------------------------------


def test_twenty_tasks_log_in_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    tasks = [_read(f"read {number}") if number % 2 else _say(f"say {number}") for number in range(20)]
    _ok(run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True))
    assert sandbox.logins() == len(login_calls(sandbox.calls())) == 1


def test_loop_of_twenty_logs_in_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    _ok(run_on_dwp(ansible, [_read("it", {"loop": list(range(20))})], mode=mode, stop_on_failure=True))
    assert sandbox.logins() == len(login_calls(sandbox.calls())) == 1


def test_hosts_and_forks_log_in_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = ansible.write("five.yml", {"all": {"hosts": {f"host{number}": local for number in range(HOSTS)}}})
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "latency", "ms": 300})
    arguments = ["-i", str(inventory), "-f", str(HOSTS)]
    tasks = [_read("first"), _read("second")]
    run = _ok(run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True, hosts="all", arguments=arguments))
    assert len(run.tasks) == 2 * HOSTS
    assert sandbox.logins() == len(login_calls(sandbox.calls())) == 1


def test_plays_log_in_once_and_accounts_do_not_share(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    whole = {"hosts": "localhost", "gather_facts": False}
    plays = [
        {**whole, "name": "First", "tasks": [_read("as automation")]},
        {**whole, "name": "Second", "tasks": [_read("again"), _read("as odahl", username="odahl"), _read("as odahl again")]},
    ]
    plays[1]["tasks"][2]["deskops.itsm.request_info"]["username"] = "odahl"
    _ok(ansible.run_playbook(plays, mode=mode, env={"DESKOPS_PLATFORM": "bmc_dwp"}))
    assert sandbox.logins() == 2


def test_run_that_needs_no_call_does_not_log_in(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = run_on_dwp(ansible, [_say("blank", text=" ")], mode=mode)
    assert run["blank"].failed
    assert sandbox.calls() == []


# -- renewal -----------------------------------------------------------------------------------------------------------------


def test_token_is_renewed_before_it_ends(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """One that lives for eight seconds is used for six."""
    sandbox.switches("dwp", token_seconds=8)
    _ok(run_on_dwp(ansible, [_read("first"), _read("second"), _pause(7), _read("third")], mode=mode, stop_on_failure=True))
    assert len(login_calls(sandbox.calls())) == 2
    assert refused_calls(sandbox.calls()) == []


ENDINGS = ["401_empty", "401_object", "403_empty", "html_200", "redirect_302"]


@pytest.mark.parametrize("answer", ENDINGS)
def test_ended_session_is_renewed_once_for_all(ansible: Ansible, sandbox: Sandbox, mode: str, answer: str) -> None:
    """In the middle of many calls side by side."""
    sandbox.switches("dwp", auth_failure=answer)
    ids = sandbox.add_each("requests", [{} for dummy in range(30)], platform="dwp")
    end = {"url": f"{sandbox.control}/dwp/tokens", "method": "DELETE", "status_code": 204}
    ended = {"name": "end", "ansible.builtin.uri": end}
    items = [{"request_id": number} for number in ids]
    tasks = [_read("before"), ended, task("request_comment", "it", text="Hello", items=items, concurrency=8)]
    run = _ok(run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True))
    assert run["it"]["counts"] == {"created": 30}
    assert len(login_calls(sandbox.calls())) == 2
    # Each comment takes a reading, a write and a reading; each thread may have been turned away once.
    assert 90 + 1 <= len(without_logins(run["it"].calls)) <= 90 + 8
    assert [len(kept_comments(sandbox, number)) for number in ids] == [1] * 30


@pytest.mark.parametrize("answer", ENDINGS)
def test_write_is_sent_again_once_after_the_renewal(ansible: Ansible, sandbox: Sandbox, answer: str) -> None:
    sandbox.switches("dwp", auth_failure=answer)
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/activities$", "kind": "auth", "times": 1})
    run = _ok(run_on_dwp(ansible, [_say("it")], stop_on_failure=True))
    assert run["it"].outcomes == ["created"]
    assert [call["committed"] for call in posts(sandbox.calls())] == [False, True]
    assert len(login_calls(sandbox.calls())) == 2
    assert len(kept_comments(sandbox, MOVE)) == 1


@pytest.mark.parametrize("answer", ENDINGS)
def test_token_that_is_never_accepted_is_given_up(ansible: Ansible, sandbox: Sandbox, answer: str) -> None:
    sandbox.switches("dwp", auth_failure=answer)
    sandbox.faults({"platform": "dwp", "path": "/activities$", "kind": "auth"})
    items = [{"text": f"Text {number}"} for number in range(20)]
    run = run_on_dwp(ansible, [_say("it", items=items)])
    assert run["it"].failed
    assert run["it"]["error"]["kind"] == "AuthError"
    assert "does not accept a token that it has just given out" in run["it"].msg
    assert len(login_calls(sandbox.calls())) == 2
    assert len(without_logins(sandbox.calls())) == 2


# -- what a login answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["text_and_cookie", "text_only", "cookie_only", "quoted"])
@pytest.mark.parametrize("carriers", ["refused", "always_refused"])
def test_wherever_the_token_is(ansible: Ansible, sandbox: Sandbox, answer: str, carriers: str) -> None:
    """It is sent back in one place only."""
    sandbox.switches("dwp", login_answer=answer, two_carriers=carriers)
    _ok(run_on_dwp(ansible, [_read("it"), _read("again")], stop_on_failure=True))
    assert sandbox.logins() == 1


@pytest.mark.parametrize("status", [401, 400, 403, 500])
def test_wrong_password_costs_one_call(ansible: Ansible, sandbox: Sandbox, mode: str, status: int) -> None:
    sandbox.switches("dwp", login_failure_status=status)
    items = [{"text": f"Text {number}", "request_id": str(number)} for number in range(1, 41)]
    run = run_on_dwp(
        ansible, [_say("it", items=items)], mode=mode, env={"DWP_PASSWORD": OTHER_PASSWORD}, arguments=["-vvvv", "--diff"]
    )
    (call,) = sandbox.calls()
    assert call["path"] == LOGIN
    assert run["it"].failed
    assert run["it"]["error"]["kind"] == "AuthError"
    assert run["it"]["error"]["status"] == status
    for words in ("login", f"HTTP {status}", "Check username and password", "single sign-on", "local account"):
        assert words in run["it"].msg
    assert OTHER_PASSWORD not in run.output + run.written_log()


def test_login_that_the_server_fails_at_is_tried_again(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "drop", "times": 1})
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "status", "status": 503, "times": 1})
    _ok(run_on_dwp(ansible, [_read("it")], mode=mode, stop_on_failure=True))
    assert len(login_calls(sandbox.calls())) == 3


def test_token_that_is_called_a_page(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "wrong_content_type"})
    _ok(run_on_dwp(ansible, [_read("it"), _read("again")], mode=mode, stop_on_failure=True))
    assert sandbox.logins() == 1


@pytest.mark.parametrize("page", ["<html><title>Single Sign On</title></html>", '{"message":"no"}', "<soap/>", "two words"])
def test_login_that_is_answered_with_something_else(ansible: Ansible, sandbox: Sandbox, page: str) -> None:
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "status", "status": 200, "body": page})
    run = run_on_dwp(ansible, [_read("it")])
    assert run["it"]["error"]["kind"] == "AuthError"
    assert "answered the login with a page instead of a token" in run["it"].msg
    assert len(sandbox.calls()) == 1


# -- the token in files and outputs ------------------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "cache" / "tokens"


def _tokens(cache: pathlib.Path) -> list[pathlib.Path]:
    return sorted(cache.glob("*.json"))


def _with_cache(ansible: Ansible, cache: pathlib.Path, mode: str, *, by_option: bool = False, **env: str) -> Run:
    options = {"token_cache": str(cache)} if by_option else {}
    environment = {} if by_option else {"DESKOPS_TOKEN_CACHE": str(cache)}
    return run_on_dwp(ansible, [_read("it", **options)], mode=mode, env={**environment, **env})


@pytest.mark.parametrize("by_option", [True, False])
def test_token_cache_outlives_a_run(
    ansible: Ansible, sandbox: Sandbox, cache: pathlib.Path, mode: str, by_option: bool
) -> None:
    for dummy in range(2):
        _ok(_with_cache(ansible, cache, mode, by_option=by_option))
    assert sandbox.logins() == 1
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in cache.iterdir()} == {0o600}
    assert len(_tokens(cache)) == 1
    text = "".join(path.read_text() for path in cache.iterdir())
    assert DWP_PASSWORD not in text
    assert DWP_USER not in text + "".join(path.name for path in cache.iterdir())


def test_modes_share_the_cache(ansible: Ansible, sandbox: Sandbox, cache: pathlib.Path) -> None:
    for mode in ("in_process", "module", "in_process"):
        _ok(_with_cache(ansible, cache, mode))
    assert sandbox.logins() == 1


def _halve(path: pathlib.Path) -> None:
    text = path.read_text()
    path.write_text(text[: len(text) // 2])


def _open_to_others(path: pathlib.Path) -> None:
    path.chmod(0o644)


def _of_another_shape(path: pathlib.Path) -> None:
    path.write_text(json.dumps({"token": {"value": "x", "expires_at": "soon"}, "proof": 1}))


def _link(path: pathlib.Path) -> None:
    target = path.with_suffix(".target")
    path.rename(target)
    path.symlink_to(target)


def _forge(path: pathlib.Path) -> None:
    content = json.loads(path.read_text())
    content["token"]["value"] = "a.b.c"
    path.write_text(json.dumps(content))


def _scribble(path: pathlib.Path) -> None:
    path.write_bytes(b"\xff\x00")


HARMS = [_halve, _open_to_others, _of_another_shape, _link, _forge, _scribble, pathlib.Path.unlink]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: str(harm.__name__))
def test_cache_that_cannot_be_trusted_is_not_used(
    ansible: Ansible, sandbox: Sandbox, cache: pathlib.Path, mode: str, harm: Any
) -> None:
    _ok(_with_cache(ansible, cache, mode))
    (path,) = _tokens(cache)
    harm(path)
    _ok(_with_cache(ansible, cache, mode))
    assert sandbox.logins() == 2
    assert refused_calls(sandbox.calls()) == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in _tokens(cache)} == {0o600}
    _ok(_with_cache(ansible, cache, mode))
    assert sandbox.logins() == 2


def test_cache_of_another_password_or_server_is_not_used(
    ansible: Ansible, sandbox: Sandbox, cache: pathlib.Path, mode: str
) -> None:
    """A wrong password would go unnoticed as long as the token lasts."""
    _ok(_with_cache(ansible, cache, mode))
    run = _with_cache(ansible, cache, mode, DWP_PASSWORD="wrong")
    assert "refused the login" in run["it"].msg
    _ok(_with_cache(ansible, cache, mode))
    assert sandbox.logins() == 1
    run = _with_cache(ansible, cache, mode, DWP_URL=sandbox.other_dwp_url)
    assert sandbox.logins("dwp2") == 1


def test_token_that_has_ended_in_the_cache_is_replaced(
    ansible: Ansible, sandbox: Sandbox, cache: pathlib.Path, mode: str
) -> None:
    _ok(_with_cache(ansible, cache, mode))
    sandbox.end_sessions()
    _ok(_with_cache(ansible, cache, mode))
    _ok(_with_cache(ansible, cache, mode))
    assert len(login_calls(sandbox.calls())) == 2


def test_folder_that_others_may_write_to_is_refused(
    ansible: Ansible, sandbox: Sandbox, cache: pathlib.Path, mode: str
) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    run = _with_cache(ansible, cache, mode)
    assert run["it"].failed
    assert "token_cache" in run["it"].msg
    assert "others may write to it" in run["it"].msg
    assert "0700" in run["it"].msg
    assert sandbox.calls() == []


def test_folder_that_cannot_be_made_is_an_error(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    (tmp_path / "file").touch()
    run = _with_cache(ansible, tmp_path / "file" / "tokens", mode)
    assert run["it"].failed
    assert "token_cache" in run["it"].msg
    assert sandbox.calls() == []


def test_token_shows_up_nowhere(ansible: Ansible, sandbox: Sandbox, cache: pathlib.Path, mode: str) -> None:
    """Not even if the server repeats it, or if it comes from the cache."""
    for dummy in range(2):
        run = run_on_dwp(
            ansible,
            [_read("it"), _say("say"), _read("unknown", limit=0)],
            mode=mode,
            env={"DESKOPS_TOKEN_CACHE": str(cache)},
            arguments=["-vvvv", "--diff"],
        )
        token = json.loads(_tokens(cache)[0].read_text())["token"]["value"]
        for part in (token, *token.split(".")):
            assert part not in run.output + run.written_log()
        assert not re.search(r"eyJ[A-Za-z0-9_-]{10,}", run.output + run.written_log())
    repeated = {"message": f"no {token}"}
    sandbox.faults({"platform": "dwp", "path": "/activities$", "kind": "status", "status": 400, "body": repeated})
    run = run_on_dwp(ansible, [_say("it")], mode=mode, env={"DESKOPS_TOKEN_CACHE": str(cache)}, arguments=["-vvvv"])
    assert run["it"].failed
    assert "no ****" in run["it"].msg or "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in run["it"].msg
    assert token not in run.output + run.written_log()
