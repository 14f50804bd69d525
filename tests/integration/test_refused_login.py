# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused is not tried again by the rest of a run, so that no account is locked and no quota is used up."""

from __future__ import annotations

import pathlib
import stat
import sys
from typing import Any

import pytest
from integration.support.dwp import LOGIN, run_on_dwp
from integration.support.programs import Ansible, Run, task
from integration.support.sandbox import DWP_PASSWORD, KEY, SDP_CLIENT_SECRET, Sandbox
from integration.support.sdp import TOKEN, run_on_sdp
from integration.support.secrets import LOUD, leaks

WRONG = "An0ther-Passw0rd"
MINUTES = "4 minutes after they were refused"
REFUSED_CALL = {"response_status": {"status_code": 4000, "status": "failed", "messages": [{"message": "UNAUTHORISED"}]}}


def _read(name: str, keywords: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return task("request_info", name, keywords, request_ids=["40310"], **options)


def _messages(run: Run) -> list[str]:
    return [str(one.get("msg")) for result in run.tasks for one in (result.items or [result.result])]


def _local(ansible: Ansible, hosts: int) -> list[str]:
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = ansible.write("some.yml", {"all": {"hosts": {f"host{number}": local for number in range(hosts)}}})
    return ["-i", str(inventory), "-f", str(hosts)]


def test_loop_and_later_tasks_log_in_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    tasks = [_read("loop", {"loop": [1, 2, 3, 4]}), _read("later"), task("access_token", "login")]
    run = run_on_dwp(ansible, tasks, mode=mode, env={"DWP_PASSWORD": WRONG}, arguments=LOUD)
    assert len(sandbox.calls(path=LOGIN)) == len(sandbox.calls()) == 1
    first, *others = _messages(run)
    assert len(others) == 5
    assert "refused the login (HTTP 401). Check" in first
    for message in others:
        for words in ("refused the login (HTTP 401); that was", "seconds ago", "Check username and password", MINUTES):
            assert words in message
    assert {result["error"]["kind"] for result in run.tasks[1:]} == {"AuthError"}
    assert leaks(run, WRONG) == []


def test_key_that_is_refused_is_sent_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """There is no login where there is a key."""
    tasks = [
        task("request_info", "loop", {"loop": [1, 2, 3, 4]}),
        task("computer_info", "later"),
        task("computer_info", "other key", api_key="{{ lookup('ansible.builtin.env', 'OF_TEST') }}"),
    ]
    run = ansible.run(tasks, mode=mode, env={"ABR_API_KEY": WRONG, "OF_TEST": KEY}, arguments=LOUD)
    assert [call["status"] for call in sandbox.calls()][:2] == [500, 200]
    assert run["loop"].failed
    assert run["later"].failed
    assert not run["other key"].failed
    assert [("Invalid API key" in message, "that was" in message) for message in _messages(run)[:5]] == [
        (True, False),
        *[(True, True)] * 4,
    ]
    assert leaks(run, WRONG) == []


def test_forks_log_in_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "latency", "ms": 300})
    arguments = _local(ansible, 4)
    run = run_on_dwp(ansible, [_read("it")], mode=mode, env={"DWP_PASSWORD": WRONG}, hosts="all", arguments=arguments)
    assert [result.failed for result in run.tasks] == [True] * 4
    assert len(sandbox.calls(path=LOGIN)) == 1


def test_other_credentials_are_tried_at_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """Of another user too, and the refused ones are held back after that as before."""
    tasks = [
        _read("wrong"),
        _read("right", password="{{ lookup('ansible.builtin.env', 'OF_TEST') }}"),
        _read("wrong again"),
        _read("other user", username="odahl"),
    ]
    run = run_on_dwp(ansible, tasks, mode=mode, env={"DWP_PASSWORD": WRONG, "OF_TEST": DWP_PASSWORD})
    assert [result.failed for result in run.tasks] == [True, False, True, True]
    assert [call["status"] for call in sandbox.calls(path=LOGIN)] == [401, 200, 401]
    assert "that was" in run["wrong again"].msg
    assert "that was" not in run["other user"].msg


def test_account_that_was_mended_works_in_the_next_run(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """Also where tokens outlive the run."""
    env = {"DESKOPS_TOKEN_CACHE": str(tmp_path / "cache")}
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "status", "status": 401, "body": "", "times": 1})
    run = run_on_dwp(ansible, [_read("it"), _read("again")], env=env)
    assert [result.failed for result in run.tasks] == [True, True]
    assert len(sandbox.calls(path=LOGIN)) == 1
    assert run_on_dwp(ansible, [_read("it")], env=env).rc == 0


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "status", "status": 500}, {"kind": "drop"}])
def test_outage_is_tried_again(ansible: Ansible, sandbox: Sandbox, fault: dict[str, Any]) -> None:
    sandbox.faults({"platform": "dwp", "path": "/users/login$", "times": 1, **fault})
    run = run_on_dwp(ansible, [_read("it", retries=0), _read("again")])
    assert [result.failed for result in run.tasks] == [True, False]


def test_file_is_private_and_holds_no_secret(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """As modules, which find the folder of the run in an option; and what cannot be trusted does not count."""
    cache = tmp_path / "cache"
    env = {"DESKOPS_TOKEN_CACHE": str(cache), "DWP_PASSWORD": WRONG}
    run_on_dwp(ansible, [_read("it")], mode="module", env=env)
    (file,) = cache.glob("*.refused")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not any(word in file.read_text() for word in (WRONG, WRONG[:6], WRONG[-6:], "svc_automation", "http"))
    assert "that was" in run_on_dwp(ansible, [_read("it")], mode="module", env=env)["it"].msg
    file.chmod(0o644)
    assert "that was" not in run_on_dwp(ansible, [_read("it")], mode="module", env=env)["it"].msg
    file.write_text("[1, {}, null")
    assert "that was" not in run_on_dwp(ansible, [_read("it")], mode="module", env=env)["it"].msg
    assert len(sandbox.calls(path=LOGIN)) == 3


def test_refresh_token_that_is_void_is_asked_for_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """And a grant code still takes its place."""
    env = {"SDP_REFRESH_TOKEN": "1000.a.b"}
    run = run_on_sdp(ansible, [_read("loop", {"loop": [1, 2, 3, 4]}), task("access_token", "login")], mode=mode, env=env)
    assert len(sandbox.calls(path=TOKEN)) == len(sandbox.calls()) == 1
    assert [("invalid_code" in message, "that was" in message) for message in _messages(run)] == [(True, False)] + [
        (True, True)
    ] * 4
    assert run["login"]["error"]["code"] == "invalid_code"


def test_what_the_accounts_server_repeats_is_not_kept(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    body = {"error": f"bad {SDP_CLIENT_SECRET}"}
    sandbox.faults({"platform": "sdp", "path": "/token$", "kind": "status", "status": 400, "body": body})
    cache = tmp_path / "cache"
    run_on_sdp(ansible, [_read("it")], mode="module", env={"DESKOPS_TOKEN_CACHE": str(cache)})
    assert list(cache.glob("*.refused")) == []


@pytest.mark.parametrize("tasks", ["loop", "tasks", "forks"])
def test_calls_that_are_refused_do_not_use_up_the_tokens(ansible: Ansible, sandbox: Sandbox, tasks: str) -> None:
    """Zoho blocks an account that asks for the eleventh token in ten minutes: for twelve calls it is asked for two."""
    sandbox.faults({"kind": "status", "status": 401, "platform": "sdp", "path": "/api/v3/", "body": REFUSED_CALL})
    reads = {
        "loop": [_read("loop", {"loop": list(range(12))})],
        "tasks": [_read(f"task {number}") for number in range(12)],
        "forks": [_read("first"), _read("second"), _read("third")],
    }
    hosts = {"hosts": "all", "arguments": _local(ansible, 4)} if tasks == "forks" else {}
    run = run_on_sdp(ansible, reads[tasks], **hosts)
    assert sum("UNAUTHORISED" in message for message in _messages(run)) == 12
    assert [call["status"] for call in sandbox.calls(path=TOKEN)] == [200, 200]


def test_token_that_was_ended_is_replaced_once_for_many_calls_side_by_side(ansible: Ansible, sandbox: Sandbox) -> None:
    """The calls that were refused with the old one take the new one, however young it is."""
    end = {"url": f"{sandbox.control}/sdp/tokens", "method": "DELETE", "status_code": 204}
    ids = sandbox.add_records("requests", *({"subject": f"Request {number}"} for number in range(8)))
    # Some come back when others have renewed it.
    sandbox.faults({"platform": "sdp", "path": "/api/v3/requests", "kind": "latency", "ms": 1500, "skip": 3, "times": 3})
    say = task("request_comment", "it", text="Hello", items=[{"request_id": one} for one in ids], concurrency=8)
    run = run_on_sdp(ansible, [_read("before"), {"name": "end", "ansible.builtin.uri": end}, say])
    assert run["it"]["counts"] == {"created": 8}, run["it"].msg
    assert len(sandbox.calls(path=TOKEN)) == 2
