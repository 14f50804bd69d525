# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in places of their own: what the user is told, what is traced, and what the sandbox keeps.

That no secret shows up anywhere, whatever goes right or wrong, is what faults/test_leaks.py is about.
"""

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


@pytest.fixture(params=["environment", "option"])
def keyed(request: pytest.FixtureRequest, ansible: Ansible, sandbox: Sandbox, mode: str) -> Any:
    """Runs tasks with a key that comes in one of two ways."""
    sandbox.set_keys(KEY)

    def run(tasks: list[dict[str, Any]], key: str = KEY, **env: str) -> Run:
        environment: dict[str, str | None] = {**env, "ABR_API_KEY": key}
        if request.param != "environment":
            environment["ABR_API_KEY"] = None
            environment["KEY_OF_THE_TEST"] = key
            looked_up = "{{ lookup('ansible.builtin.env', 'KEY_OF_THE_TEST') }}"
            tasks = [_with_option(entry, looked_up) for entry in tasks]
        return ansible.run(tasks, mode=mode, env=environment, arguments=LOUD)

    return run


def _with_option(entry: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: {**value, "api_key": key} if name.startswith("deskops.") else value for name, value in entry.items()}


def test_key_that_is_no_key_is_masked(keyed: Any) -> None:
    for key in (f"{KEY}\n", f" {KEY}", f"{KEY}æ"):
        run = keyed(_tasks()[:2], key=key)
        assert leaks(run, key.strip()) == []
        assert all("api_key" in result.msg for result in run.tasks)


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


REMARK = "Quite a private remark"


@pytest.mark.parametrize("keywords", [{}, {"loop": [1, 2]}, {"async": 30, "poll": 1}], ids=["plain", "loop", "async"])
@pytest.mark.parametrize("request_id", [REQUEST, "1"], ids=["works", "fails"])
def test_what_is_not_to_be_logged_is_in_no_list_of_results(
    ansible: Ansible, sandbox: Sandbox, mode: str, keywords: dict[str, Any], request_id: str
) -> None:
    """Some versions of Ansible show a list of this name in spite of no_log, for they take it for that of a loop."""
    item = {"request_id": request_id, "state": "denied", "reason": REMARK}
    hidden = {**decide("hidden", items=[item]), "no_log": True, "register": "kept", "ignore_errors": True, **keywords}
    results = "kept.results[0].results" if "loop" in keywords else "kept.results"
    told = {"name": "told", "ansible.builtin.assert": {"that": [f"{results}[0].request_id == '{request_id}'"], "quiet": True}}
    run = ansible.run([hidden, told], mode=mode, arguments=LOUD)
    assert not run["told"].failed, run["told"].msg
    assert REMARK not in run.output
    assert REMARK not in run.written_log()
    assert '"request_id"' not in run.written_log()
