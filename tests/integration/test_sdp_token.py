# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens of ServiceDesk Plus Cloud: got, kept, shared, renewed, revoked, and shown nowhere."""

from __future__ import annotations

import json
import pathlib
import stat
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from integration.support.programs import MODES, Ansible, Run, task
from integration.support.sandbox import SDP_CLIENT_ID, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN, Sandbox
from integration.support.sdp import NO_LOGIN, TOKEN, logins, record, run_on_sdp
from integration.support.secrets import LOUD, leaks

Row = dict[str, Any]

READ_TOKEN = f"1000.{'5ab0c002' * 4}.{'5ab0c002' * 4}"
WEB_CLIENT = {"SDP_CLIENT_ID": "1000.SANDBOXWEBCLIENT00000000000000", "SDP_CLIENT_SECRET": SDP_CLIENT_SECRET[::-1]}
CALLBACK = "https://automation.northwind.example/callback"
READ: Row = {"module": "problems", "limit": 1}


def _token(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return task("access_token", name, keywords, **options)


def _read(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return record("record_info", name, keywords, **{**READ, **options})


def _from_environment(name: str) -> str:
    """Ansible shows the lines of a playbook around a failed task: secrets must not stand there."""
    return f"{{{{ lookup('ansible.builtin.env', '{name}') }}}}"


def _mode_of(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "refresh_token"


# -- one token for all ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_50_tasks_5_hosts_5_forks_one_token(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """In process all 250 runs; as modules, which cost a third of a second each, 5 tasks."""
    tasks = 50 if mode == "in_process" else 5
    hosts = {f"host{number}": {} for number in range(5)}
    variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = ansible.write("five.yml", {"all": {"hosts": hosts, "vars": variables}})
    play = {
        "hosts": "all",
        "gather_facts": False,
        "strategy": "free",
        "tasks": [_read(f"task {number}") for number in range(tasks)],
    }
    run = ansible.run_playbook(
        [play], mode=mode, env={"DESKOPS_PLATFORM": "sdp_cloud"}, arguments=["-i", str(inventory), "--forks", "5"]
    )
    assert run.rc == 0, run.output
    assert len(run.tasks) == 5 * tasks
    assert sandbox.sdp_tokens()["logins"] == 1
    assert len(sandbox.calls(path=TOKEN)) == 1
    assert len(sandbox.calls(path="/api/v3/problems")) == 5 * tasks


def test_items_of_a_loop_and_writes_share_it(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    loop = record("record", "loop", {"loop": [1, 2, 3]}, module="tags", fields={"name": "tag {{ item }}"})
    run = run_on_sdp(ansible, [_read("read"), loop, _token("login")], mode=mode)
    assert run.rc == 0, run.output
    assert logins(run) == 1


def test_inventory_shares_it(ansible: Ansible, sandbox: Sandbox) -> None:
    source = ansible.write("desk.computers.yml", {"plugin": "deskops.itsm.computers", "platform": "sdp_cloud"})
    play = {"hosts": "NW-LT-0142", "gather_facts": False, "connection": "local", "tasks": [_read("read")]}
    run = ansible.run_playbook([play], env={"DESKOPS_PLATFORM": "sdp_cloud"}, arguments=["-i", str(source)])
    assert run.rc == 0, run.output
    assert sandbox.sdp_tokens()["logins"] == 1


def test_many_short_runs_share_a_kept_one(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    env = {"DESKOPS_TOKEN_CACHE": str(tmp_path / "cache")}
    for dummy in range(12 if mode == "in_process" else 3):
        assert run_on_sdp(ansible, [_read("it")], mode=mode, env=env).rc == 0
    assert sandbox.sdp_tokens()["logins"] == 1
    (file,) = (tmp_path / "cache").glob("*.json")
    assert (_mode_of(file), _mode_of(tmp_path / "cache")) == (0o600, 0o700)


def test_kept_token_does_not_hide_a_wrong_secret(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    env = {"DESKOPS_TOKEN_CACHE": str(tmp_path / "cache")}
    assert run_on_sdp(ansible, [_token("it")], env=env).rc == 0
    run = run_on_sdp(ansible, [_token("it")], env={**env, "SDP_CLIENT_SECRET": "0123456789abcdef"})
    assert "client_secret is wrong" in run["it"].msg


def test_accounts_do_not_take_each_others_tokens(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    env = {"DESKOPS_TOKEN_CACHE": str(tmp_path / "cache")}
    tasks = [
        _read(f"{name} {number}", refresh_token=token)
        for number in range(3)
        for name, token in (("all", None), ("requests", READ_TOKEN))
    ]
    for entry in tasks[::2]:
        del entry["deskops.itsm.record_info"]["refresh_token"]
    run = run_on_sdp(ansible, tasks, env=env)
    assert [result.failed for result in run.tasks] == [False, True] * 3
    assert sandbox.sdp_tokens()["logins"] == 2


def test_token_is_renewed_before_its_end(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """What the server says of its life is believed: here not an hour, but eight seconds, of which the last quarter is spared."""
    env = {"DESKOPS_TOKEN_CACHE": str(tmp_path / "cache")}
    sandbox.switches("sdp", token_seconds=8)
    wait = {"name": "wait", "ansible.builtin.pause": {"seconds": 6.5}}
    run = run_on_sdp(ansible, [_read("first"), _read("second"), wait, _read("third")], env=env)
    assert run.rc == 0, run.output
    assert sandbox.sdp_tokens()["logins"] == 2
    assert sandbox.calls(status=401) == []


def test_token_that_ended_early_is_renewed(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    end = {"name": "end", "ansible.builtin.uri": {"url": f"{sandbox.control}/sdp/tokens", "method": "DELETE", "status_code": 204}}
    run = run_on_sdp(ansible, [_read("first"), end, _read("second"), _read("third")], mode=mode)
    assert run.rc == 0, run.output
    assert sandbox.sdp_tokens()["logins"] == 2
    assert len(sandbox.calls(status=401)) == 1


# -- what the accounts server says ------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, str], list[str]]] = {
    "client": ({"SDP_CLIENT_ID": "1000.NOBODY"}, ["invalid_client)", "client_id is not known", "data_center"]),
    "secret": ({"SDP_CLIENT_SECRET": "0123456789abcdef"}, ["invalid_client_secret", "client_secret is wrong"]),
    "refresh token": ({"SDP_REFRESH_TOKEN": "1000.a.b"}, ["invalid_code", "wrong or revoked", "access_token and a grant code"]),
}


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize("name", REFUSED)
def test_refusal_is_told_apart_from_others(ansible: Ansible, sandbox: Sandbox, name: str, status: int) -> None:
    sandbox.switches("sdp", token_error_status=status)
    env, said = REFUSED[name]
    run = run_on_sdp(ansible, [_token("login"), _read("read")], env=env)
    for result in run.tasks:
        assert result.failed
        assert result["error"]["kind"] == "AuthError"
        for words in said:
            assert words in result.msg
    assert [leaks(run, secret) for secret in env.values() if name != "client"] in ([], [[]])


@pytest.mark.parametrize("status", [200, 400, 429])
@pytest.mark.parametrize("language", ["en", "de"])
def test_throttling_is_told_with_the_time_to_wait(ansible: Ansible, sandbox: Sandbox, status: int, language: str) -> None:
    sandbox.switches("sdp", throttle_status=status, throttle_language=language, tokens_per_window=1)
    assert run_on_sdp(ansible, [_token("login")]).rc == 0
    run = run_on_sdp(ansible, [_token("login", retries=1, deadline=3)])
    assert run["login"]["error"]["kind"] == "RateLimited"
    for words in ("no more tokens at the moment", "Wait ten minutes", "token_cache"):
        assert words in run["login"].msg


@pytest.mark.parametrize("missing", ["SDP_CLIENT_ID", "SDP_CLIENT_SECRET", "SDP_REFRESH_TOKEN"])
def test_missing_credentials_are_told_before_any_call(ansible: Ansible, sandbox: Sandbox, missing: str, mode: str) -> None:
    remove = record("record", "remove", module="problems", state="absent", fields={"title": "x"})
    run = run_on_sdp(ansible, [_token("login"), _read("read"), remove], mode=mode, env={missing: None})
    for result in run.tasks:
        assert result.failed
        assert f"{missing.removeprefix('SDP_').lower()}: it is missing" in result.msg
        assert missing in result.msg
    assert sandbox.calls() == []


def test_missing_accounts_server_is_told_before_any_call(ansible: Ansible, sandbox: Sandbox) -> None:
    run = run_on_sdp(ansible, [_read("it")], env={"SDP_ACCOUNTS_URL": None})
    assert "accounts_url" in run["it"].msg
    assert "data_center" in run["it"].msg
    assert sandbox.calls() == []


def test_parameters_travel_in_the_body_alone(ansible: Ansible, sandbox: Sandbox) -> None:
    assert run_on_sdp(ansible, [_token("it")]).rc == 0
    (call,) = sandbox.calls()
    assert call["target"] == TOKEN


@pytest.mark.parametrize(
    "switch", [{"expires_in": "short"}, {"expires_in": "absent"}, {"token_scope": "absent"}, {"token_api_domain": "absent"}]
)
def test_answers_of_other_looks(ansible: Ansible, sandbox: Sandbox, switch: Row) -> None:
    sandbox.switches("sdp", **switch)
    run = run_on_sdp(ansible, [_token("it"), _read("read")])
    assert run.rc == 0, run.output
    (result,) = run["it"]["results"]
    assert result["lifetime"] == (360 if switch.get("expires_in") == "short" else 3600)
    assert bool(result["scopes"]) == ("token_scope" not in switch)


# -- access_token -----------------------------------------------------------------------------------------------------------


def test_login_is_reported(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = run_on_sdp(ansible, [_token("it"), _token("read only", refresh_token=READ_TOKEN)], mode=mode)
    (result,) = run["it"]["results"]
    assert (result["account"], result["lifetime"], result["outcome"]) == (SDP_CLIENT_ID, 3600, "unchanged")
    assert len(result["scopes"]) == 13
    assert "SDPOnDemand.problems.ALL" in result["scopes"]
    until = datetime.fromisoformat(result["expires_at"].replace("Z", "+00:00"))
    assert timedelta(minutes=58) < until - datetime.now(timezone.utc) < timedelta(minutes=61)
    assert run["read only"]["results"][0]["scopes"] == ["SDPOnDemand.requests.READ"]


def test_access_token_that_is_given_is_used(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    token = sandbox.sdp_token()
    run = run_on_sdp(ansible, [_read("read", access_token=token), _token("login", access_token=token)], mode=mode, env=NO_LOGIN)
    assert run.rc == 0, run.output
    assert run["login"]["results"][0]["expires_at"] is None
    assert sandbox.sdp_tokens()["logins"] == 0
    assert leaks(run, token) == []


def test_code_is_exchanged_once(ansible: Ansible, sandbox: Sandbox, path: pathlib.Path, mode: str) -> None:
    code = sandbox.grant_code(scopes=["SDPOnDemand.problems.ALL"])
    exchange = {"code": code, "refresh_token_path": str(path)}
    use = _read("use", refresh_token="{{ lookup('ansible.builtin.file', '" + str(path) + "') }}")
    env = {"SDP_REFRESH_TOKEN": None}
    predicted = run_on_sdp(ansible, [_token("first", **exchange)], mode=mode, env=env, arguments=["--check", "--diff"])
    assert not path.exists()
    assert sandbox.calls() == []
    tasks = [_token("first", **exchange), _token("second", **exchange), _token("report", refresh_token_path=str(path)), use]
    run = run_on_sdp(ansible, tasks, mode=mode, env=env, arguments=LOUD)
    assert run.rc == 0, run.output
    for key in ("changed", "counts", "diff"):
        assert predicted["first"][key] == run["first"][key]
    assert [run[name].outcomes for name in ("first", "second", "report")] == [["created"], ["unchanged"], ["unchanged"]]
    assert run["report"]["results"][0]["scopes"] == ["SDPOnDemand.problems.ALL"]
    assert run["use"].ids
    assert (sandbox.sdp_tokens()["exchanges"], sandbox.sdp_tokens()["refreshes"]) == (1, 0)
    token = path.read_text()
    assert _mode_of(path) == 0o600
    assert [leaks(run, secret) for secret in (token, code, SDP_CLIENT_SECRET)] == [[], [], []]


def test_code_of_a_login_in_a_browser(ansible: Ansible, sandbox: Sandbox, path: pathlib.Path) -> None:
    code = sandbox.grant_code(client_id=WEB_CLIENT["SDP_CLIENT_ID"], redirect_uri=CALLBACK)
    env = {"SDP_REFRESH_TOKEN": None, **WEB_CLIENT}
    tasks = [
        _token("wrong", code=code, redirect_uri="https://elsewhere.example/callback", refresh_token_path=str(path)),
        _token("right", code=code, redirect_uri=CALLBACK, refresh_token_path=str(path)),
    ]
    run = run_on_sdp(ansible, tasks, env=env)
    assert "redirect_uri is not that of the client" in run["wrong"].msg
    assert run["right"].outcomes == ["created"]


def test_codes_that_do_not_work(ansible: Ansible, sandbox: Sandbox, path: pathlib.Path, mode: str) -> None:
    used, old, online = (sandbox.grant_code(**order) for order in ({}, {"seconds": 1}, {"offline": False}))
    env = {"CODE_USED": used, "CODE_OLD": old, "CODE_ONLINE": online}
    tasks = [
        _token("use", code=_from_environment("CODE_USED"), refresh_token_path=f"{path}1"),
        _token("used", code=_from_environment("CODE_USED"), refresh_token_path=f"{path}2"),
        {"name": "later", "ansible.builtin.uri": {"url": f"{sandbox.control}/clock", "method": "POST", "body": {"advance": 2}}},
        _token("old", code=_from_environment("CODE_OLD"), refresh_token_path=f"{path}3"),
        _token("online", code=_from_environment("CODE_ONLINE"), refresh_token_path=f"{path}4"),
    ]
    tasks[2]["ansible.builtin.uri"]["body_format"] = "json"
    run = run_on_sdp(ansible, tasks, mode=mode, env=env, arguments=LOUD)
    assert run["use"].outcomes == ["created"]
    for name in ("used", "old"):
        assert run[name]["error"]["kind"] == "AuthError"
        assert "the code was used before, is too old" in run[name].msg
        assert "Make a new code" in run[name].msg
    assert "access_type=offline" in run["online"].msg
    assert [one.name for one in path.parent.iterdir()] == ["refresh_token1"]
    assert [leaks(run, code) for code in (used, old, online)] == [[], [], []]


def test_refresh_token_that_is_void_is_replaced(ansible: Ansible, sandbox: Sandbox, path: pathlib.Path) -> None:
    path.write_text("1000.void.token\n")
    path.chmod(0o644)
    tasks = [
        _token("without code", refresh_token_path=str(path)),
        _token("with code", code=sandbox.grant_code(), refresh_token_path=str(path)),
        _token("wrong code", code="1000.wrong.code", refresh_token_path=str(path)),
    ]
    run = run_on_sdp(ansible, tasks)
    assert "wrong or revoked" in run["without code"].msg
    (result,) = run["with code"]["results"]
    assert result["outcome"] == "updated"
    assert result["before"] == {"refresh_token_path": str(path), "refresh_token_mode": "0644", "refresh_token_works": False}
    assert _mode_of(path) == 0o600
    assert run["wrong code"].outcomes == ["unchanged"]


def test_too_many_refresh_tokens(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """Five in a minute; the sixth code is not lost by trying."""
    codes = [sandbox.grant_code() for dummy in range(6)]
    items = [{"code": code, "refresh_token_path": str(tmp_path / str(number))} for number, code in enumerate(codes)]
    run = run_on_sdp(ansible, [_token("it", items=items)])
    assert run["it"].outcomes == ["created"] * 5 + ["failed"]
    assert run["it"]["error"]["kind"] == "RateLimited"
    assert "five refresh tokens in a minute" in run["it"].msg
    sandbox.advance(61)
    code = sandbox.grant_code()
    assert run_on_sdp(ansible, [_token("it", code=code, refresh_token_path=str(tmp_path / "5"))])["it"].outcomes == ["created"]


def test_token_for_other_programs(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "token"
    run = run_on_sdp(ansible, [_token(name, token_path=str(file)) for name in ("first", "second")], arguments=LOUD)
    assert [run[name].outcomes for name in ("first", "second")] == [["created"], ["unchanged"]]
    assert _mode_of(file) == 0o600
    assert leaks(run, file.read_text()) == []
    use = run_on_sdp(ansible, [_read("it", access_token=file.read_text())], env=NO_LOGIN)
    assert use["it"].ids


def test_token_is_revoked_once(ansible: Ansible, sandbox: Sandbox, path: pathlib.Path, mode: str) -> None:
    path.write_text(SDP_REFRESH_TOKEN)
    env = {"SDP_REFRESH_TOKEN": None, "OF_TEST": SDP_REFRESH_TOKEN}
    revoke = {"refresh_token_path": str(path), "state": "revoked"}
    predicted = run_on_sdp(ansible, [_token("first", **revoke)], mode=mode, env=env, arguments=["--check", "--diff"])
    assert path.exists()
    assert sandbox.sdp_tokens()["revocations"] == 0
    again = _token("given", refresh_token=_from_environment("OF_TEST"), state="revoked")
    use = _read("use", refresh_token=_from_environment("OF_TEST"))
    run = run_on_sdp(
        ansible, [_token("first", **revoke), _token("second", **revoke), again, use], mode=mode, env=env, arguments=LOUD
    )
    for key in ("changed", "counts", "diff"):
        assert predicted["first"][key] == run["first"][key]
    assert [run[name].outcomes for name in ("first", "second", "given")] == [["deleted"], ["unchanged"], ["unchanged"]]
    assert sandbox.sdp_tokens()["revocations"] == 1
    assert not path.exists()
    assert run["use"].failed
    assert "wrong or revoked" in run["use"].msg
    assert leaks(run, SDP_REFRESH_TOKEN) == []


@pytest.mark.parametrize("revoke_unknown", ["error", "success"])
def test_revoking_when_no_token_is_given_out(ansible: Ansible, sandbox: Sandbox, revoke_unknown: str) -> None:
    sandbox.switches("sdp", tokens_per_window=0, revoke_unknown=revoke_unknown)
    tasks = [_token("predicted", {"check_mode": True}, state="revoked"), _token("done", state="revoked")]
    run = run_on_sdp(ansible, tasks)
    assert run["predicted"]["error"]["kind"] == "RateLimited"
    assert run["done"].outcomes == ["deleted"]


BAD: dict[str, tuple[Row, list[str]]] = {
    "code alone": ({"code": "1000.a.b"}, ["refresh_token_path: it is missing"]),
    "empty code": ({"code": "", "refresh_token_path": "/tmp/x"}, ["code: it is empty"]),
    "uri alone": ({"redirect_uri": CALLBACK}, ["redirect_uri: it needs code"]),
    "relative": ({"refresh_token_path": "token"}, ["refresh_token_path: 'token' is not an absolute path"]),
    "revoked code": ({"state": "revoked", "code": "1000.a.b"}, ["code: it makes no sense"]),
    "revoked file": ({"state": "revoked", "token_path": "/tmp/x"}, ["token_path: it makes no sense"]),
    "one file": (
        {"code": "1000.a.b", "refresh_token_path": "/tmp/x", "token_path": "/tmp//./x"},
        ["token_path: /tmp//./x is also refresh_token_path", "a file of its own"],
    ),
    "one file in two items": (
        {"items": [{"token_path": "/tmp/x"}, {"code": "1000.a.b", "refresh_token_path": "/tmp/x"}]},
        ["items[0].token_path: /tmp/x is also refresh_token_path in items[1]"],
    ),
    "nothing kept": ({"refresh_token_path": "/tmp/no refresh token"}, ["code: it is missing", "holds no refresh token"]),
    "platform": ({"platform": "bmc_dwp", "code": "x", "refresh_token_path": "/tmp/x"}, ["code: it is an option of sdp_cloud"]),
    "dwp": ({"platform": "bmc_dwp", "state": "revoked"}, ["no tokens that could be revoked"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    tasks = [_token(name, **options) for name, (options, _said) in BAD.items()]
    return ansible.in_both_modes(tasks, env={"DESKOPS_PLATFORM": "sdp_cloud"})


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg


# -- secrets ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["environment", "option", "module_defaults"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_secrets_show_up_nowhere(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str, way: str) -> None:
    cache = tmp_path / "cache"
    repeated = {"title": _from_environment("OF_TEST_2"), "description": _from_environment("OF_TEST_1")}
    tasks = [
        _token("login"),
        _read("read"),
        _read("wrong", module="nonsense"),
        _read("unreachable", url="http://127.0.0.1:1", retries=0),
        record("record", "write", module="problems", fields=repeated),
        record("record", "typo", module="problems", feilds={}),
        _token("nothing kept", code=_from_environment("OF_TEST_3"), refresh_token_path=f"{tmp_path}/none/file"),
    ]
    secrets = {"client_secret": SDP_CLIENT_SECRET, "refresh_token": SDP_REFRESH_TOKEN}
    code = "1000.secret0code.of0the0test"
    env: dict[str, str | None] = {"DESKOPS_TOKEN_CACHE": str(cache), "OF_TEST_3": code}
    env |= {"OF_TEST_1": SDP_CLIENT_SECRET, "OF_TEST_2": SDP_REFRESH_TOKEN}
    play: Row = {}
    if way != "environment":
        env |= {"SDP_CLIENT_SECRET": None, "SDP_REFRESH_TOKEN": None}
        looked_up = {name: _from_environment(f"OF_TEST_{number}") for number, name in enumerate(secrets, 1)}
        if way == "module_defaults":
            play["module_defaults"] = {"group/deskops.itsm.all": looked_up}
        else:
            tasks = [
                {name: {**value, **looked_up} if name.startswith("deskops.") else value for name, value in one.items()}
                for one in tasks
            ]
    run = run_on_sdp(ansible, tasks, mode=mode, env=env, arguments=LOUD, **play)
    assert run["read"].ids, run.output[-3000:]
    assert run["write"].outcomes == ["created"]
    tokens = [json.loads(kept.read_text())["token"]["value"] for kept in cache.glob("*.json")]
    assert tokens
    for secret in (*secrets.values(), *tokens, code):
        assert leaks(run, secret) == []


def test_what_the_accounts_server_repeats_is_not_shown(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    body = {"error": f"bad {SDP_REFRESH_TOKEN}", "error_description": SDP_CLIENT_SECRET}
    sandbox.faults({"platform": "sdp", "path": "/token$", "kind": "status", "status": 400, "body": body})
    run = run_on_sdp(ansible, [_token("it"), _read("read")], mode=mode, arguments=LOUD)
    assert all(result.failed for result in run.tasks)
    assert [leaks(run, secret) for secret in (SDP_REFRESH_TOKEN, SDP_CLIENT_SECRET)] == [[], []]
