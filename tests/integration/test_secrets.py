# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret shows up anywhere, at the highest verbosity, whatever goes right or wrong."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from integration.support.programs import Ansible, Run, decide, task
from integration.support.sandbox import Sandbox
from integration.support.secrets import LOUD, forms, leaks

# Everything that quoting, escaping and encoding could change the look of.
KEY = """K3y/+=&?#%"'\\<;>~ `$(x)@!"""
WRONG_KEY = f"wrong-{KEY}"
PROXY_PASSWORD = "pr0xy/p&ss"
REQUEST = "65430930"


def _tasks(**options: Any) -> list[dict[str, Any]]:
    return [
        task("request_info", "read", status=["pending"], **options),
        decide("decide", request_id=REQUEST, state="approved", **options),
        decide(
            "decide many", items=[{"request_id": REQUEST, "state": "denied"}, {"request_id": "1", "state": "denied"}], **options
        ),
        task("computer_info", "loop", {"loop": [1, 2]}, limit=1, **options),
        task("auditlog_info", "feed", delta_time="now", **options),
        task("event_info", "events", limit=1, **options),
    ]


BAD_OPTIONS: list[dict[str, Any]] = [
    task("request_info", "wrong name", stauts=["pending"]),
    task("request_info", "wrong value", include=["everything"]),
    task("request_info", "wrong type", limit="many"),
    task("request_info", "wrong combination", limit=1, last=1),
    decide("wrong item", items=[{"request_id": "1", "state": "approved", "api_kee": 1}]),
]


@pytest.fixture(params=["environment", "option", "module_defaults"])
def keyed(request: pytest.FixtureRequest, ansible: Ansible, sandbox: Sandbox, mode: str) -> Any:
    """Runs tasks with a key that comes in one of three ways."""
    sandbox.set_keys(KEY)

    def run(tasks: list[dict[str, Any]], key: str = KEY, **env: str) -> Run:
        play: dict[str, Any] = {}
        environment: dict[str, str | None] = {**env, "ABR_API_KEY": key}
        if request.param != "environment":
            environment["ABR_API_KEY"] = None
            environment["KEY_OF_THE_TEST"] = key
            looked_up = "{{ lookup('ansible.builtin.env', 'KEY_OF_THE_TEST') }}"
            if request.param == "module_defaults":
                play["module_defaults"] = {"group/deskops.itsm.all": {"api_key": looked_up}}
            else:
                tasks = [_with_option(entry, looked_up) for entry in tasks]
        return ansible.run(tasks, mode=mode, env=environment, arguments=LOUD, **play)

    return run


def _with_option(entry: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: {**value, "api_key": key} if name.startswith("deskops.") else value for name, value in entry.items()}


def test_key_is_masked_whatever_happens(keyed: Any, sandbox: Sandbox) -> None:
    unreachable = _tasks(url="http://127.0.0.1:1", retries=0)[:2]
    run = keyed([*_tasks(), *BAD_OPTIONS, *({**entry, "name": f"unreachable {entry['name']}"} for entry in unreachable)])
    assert leaks(run, KEY) == []
    assert run["read"]["total"] == 10
    assert run["decide"].outcomes == ["approved"]
    assert all(run[entry["name"]].failed for entry in BAD_OPTIONS)
    assert run["unreachable read"].failed


def test_wrong_key_is_masked(keyed: Any) -> None:
    run = keyed(_tasks(), key=WRONG_KEY)
    assert leaks(run, WRONG_KEY) == []
    assert leaks(run, KEY) == []
    assert all("Invalid API key" in result.msg for result in run.tasks if not result.items)


def test_key_that_is_no_key_is_masked(keyed: Any) -> None:
    for key in (f"{KEY}\n", f" {KEY}", f"{KEY}æ"):
        run = keyed(_tasks()[:2], key=key)
        assert leaks(run, key.strip()) == []
        assert all("api_key" in result.msg for result in run.tasks)


def test_key_that_the_server_repeats_is_masked(keyed: Any, sandbox: Sandbox) -> None:
    """A server may put the key into an error message, or into a record."""
    sandbox.faults(
        {"kind": "status", "status": 400, "path": "/requests$", "body": {"Message": f"No permission for {KEY}"}},
        {"kind": "status", "status": 200, "path": "/inventory$", "body": [{"id": 1, "name": KEY, "note": quote(KEY, safe="")}]},
    )
    run = keyed([_tasks()[0], task("computer_info", "record")])
    assert run["read"].failed
    assert run["record"]["total"] == 1
    assert leaks(run, KEY) == []


@pytest.mark.parametrize("source", ["option", "environment"])
def test_password_of_a_proxy_is_masked(ansible: Ansible, mode: str, source: str) -> None:
    proxy = f"http://me:{quote(PROXY_PASSWORD, safe='')}@127.0.0.1:1"
    options = {"url": "https://192.0.2.1", "retries": 0, "deadline": 2, **({"proxy": proxy} if source == "option" else {})}
    env = {"https_proxy": proxy} if source == "environment" else {}
    run = ansible.run([task("request_info", "read", **options)], mode=mode, env=env, arguments=LOUD)
    assert run["read"].failed
    assert leaks(run, PROXY_PASSWORD) == []


def test_password_of_a_proxy_is_masked_when_options_are_wrong(ansible: Ansible, mode: str) -> None:
    proxy = f"http://me:{quote(PROXY_PASSWORD, safe='')}@127.0.0.1:1"
    run = ansible.run([task("request_info", "read", proxy=proxy, limit="many")], mode=mode, arguments=LOUD)
    assert run["read"].failed
    assert leaks(run, PROXY_PASSWORD) == []


def test_broken_proxy_address_is_an_error_like_any_other(ansible: Ansible, mode: str) -> None:
    run = ansible.run([task("request_info", "read", proxy="http://[bad", retries=0)], mode=mode)
    assert run["read"].failed
    assert run["read"]["error"]["kind"] in ("ApiError", "OptionError")


def test_password_in_a_url_is_masked(ansible: Ansible, mode: str) -> None:
    url = f"https://me:{quote(PROXY_PASSWORD, safe='')}@192.0.2.1"
    run = ansible.run([task("request_info", "read", url=url)], mode=mode, arguments=LOUD)
    assert "user name or a password" in run["read"].msg
    assert leaks(run, PROXY_PASSWORD) == []


def test_key_in_the_environment_of_a_task_is_masked_in_process(ansible: Ansible, sandbox: Sandbox) -> None:
    """A module gets it on a command line, which Ansible itself shows from -vvv on."""
    sandbox.set_keys(KEY)
    variables = ansible.write("key.yml", {"secret": KEY})
    run = ansible.run(
        [task("request_info", "read", {"environment": {"ABR_API_KEY": "{{ secret }}"}}, limit=1)],
        arguments=[*LOUD, "-e", f"@{variables}"],
    )
    assert run["read"]["total"] == 1
    assert leaks(run, KEY) == []


def test_calls_are_traced_without_their_query(ansible: Ansible, sandbox: Sandbox) -> None:
    run = ansible.run([decide("it", request_id="65430931", state="denied", reason="Between us")], arguments=["-vvv"])
    assert "DELETE /requests/65430931 -> 204" in run.output
    assert "Between us" not in run.output


def test_call_log_of_the_sandbox_has_no_key_either(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.set_keys(KEY)
    ansible.run(_tasks()[:2], env={"ABR_API_KEY": KEY})
    assert [form for form in forms(KEY) if form in json.dumps(sandbox.calls())] == []
