# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where connection options come from, and where the work is done."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from integration.support.programs import MODULE, PLUGINS, Ansible, TaskResult, decide, task
from integration.support.sandbox import KEY, OTHER_KEY, Sandbox

NO_CONNECTION: dict[str, str | None] = {"ABR_URL": None, "ABR_API_KEY": None, "DESKOPS_PLATFORM": None}
LOOP = 20


def _read(name: str, keywords: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return task("request_info", name, keywords, status=["quarantined"], **options)


def ran_as_module(result: TaskResult) -> bool:
    """Only a module tells with which arguments it was invoked."""
    return "invocation" in result


def _environment(sandbox: Sandbox) -> dict[str, str]:
    return {"DESKOPS_PLATFORM": "admin_by_request", "ABR_URL": sandbox.abr_url, "ABR_API_KEY": KEY}


def test_environment_of_play_block_and_task_is_used(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    whole = _environment(sandbox)
    plays = [
        {
            "name": "Of the play",
            "hosts": "localhost",
            "gather_facts": False,
            "ignore_errors": True,
            "environment": [
                {"DESKOPS_PLATFORM": whole["DESKOPS_PLATFORM"]},
                {"ABR_URL": "{{ address }}", "ABR_API_KEY": "wrong"},
            ],
            "vars": {"address": sandbox.abr_url},
            "tasks": [
                _read("play"),
                {
                    "name": "Of the block",
                    "environment": {"ABR_API_KEY": KEY},
                    "block": [
                        _read("block"),
                        _read("task", {"environment": {"ABR_API_KEY": OTHER_KEY, "ABR_URL": sandbox.other_url}}),
                        _read("after the task"),
                    ],
                },
            ],
        },
        {
            "name": "Of the next",
            "hosts": "localhost",
            "gather_facts": False,
            "ignore_errors": True,
            "tasks": [_read("next play")],
        },
    ]
    run = ansible.run_playbook(plays, mode=mode, env=NO_CONNECTION)
    assert "Invalid API key" in run["play"].msg
    assert run["block"].ids == ["65430903"]
    assert run["task"].ids == []
    assert run["after the task"].ids == ["65430903"]
    assert "platform: it is missing" in run["next play"].msg


def test_module_defaults_of_the_group_are_used(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    connection = {"platform": "admin_by_request", "url": sandbox.abr_url, "api_key": KEY}
    run = ansible.run(
        [
            _read("group"),
            decide("a decision", request_id="65430930", state="approved"),
            task("computer_info", "computers", limit=1),
            task("auditlog_info", "audit log", limit=1),
            task("event_info", "events", limit=1),
            _read("explicit", api_key="wrong"),
            _read(
                "of the task", {"module_defaults": {"group/deskops.itsm.all": {"api_key": OTHER_KEY, "url": sandbox.other_url}}}
            ),
        ],
        mode=mode,
        env=NO_CONNECTION,
        module_defaults={"group/deskops.itsm.all": connection},
    )
    assert run["group"].ids == ["65430903"]
    assert run["a decision"].outcomes == ["approved"]
    assert [run[name]["total"] for name in ("computers", "audit log", "events")] == [1, 1, 1]
    assert "Invalid API key" in run["explicit"].msg
    assert "platform: it is missing" in run["of the task"].msg
    assert run.warnings == []


def test_explicit_options_win_over_the_environment(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    wrong = {"ABR_URL": "http://127.0.0.1:1", "ABR_API_KEY": "wrong", "DESKOPS_PLATFORM": "jira", "DESKOPS_RETRIES": "x"}
    explicit = {"platform": "admin_by_request", "url": sandbox.abr_url, "api_key": KEY, "retries": 0}
    run = ansible.run([_read("it", **explicit)], mode=mode, env=wrong)
    assert run["it"].ids == ["65430903"]


def test_empty_environment_variable_counts_as_unset(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    names = ("DATA_CENTER", "PROXY", "CA_PATH", "TIMEOUT", "RETRIES", "DEADLINE", "CONCURRENCY", "VALIDATE_CERTS", "ALLOW_HTTP")
    empty = {f"{'ABR' if name == 'DATA_CENTER' else 'DESKOPS'}_{name}": "" for name in names}
    run = ansible.run([_read("of the process")], mode=mode, env=empty)
    assert run["of the process"].ids == ["65430903"]
    run = ansible.run([_read("of the task", {"environment": {**empty, "DESKOPS_IN_PROCESS": "0" if mode == MODULE else ""}})])
    assert run["of the task"].ids == ["65430903"]
    assert ran_as_module(run["of the task"]) == (mode == MODULE)


def test_url_wins_over_data_center(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = ansible.run([_read("it", data_center="eu")], mode=mode)
    assert run["it"].ids == ["65430903"]


@pytest.mark.parametrize(("data_center", "host"), [("eu", "dc1api"), ("us", "dc2api"), ("dc6", "dc6api")])
def test_data_center_tells_the_address(ansible: Ansible, data_center: str, host: str) -> None:
    """Behind a proxy that does not answer, so that nothing leaves this machine."""
    env = {"ABR_URL": "", "DESKOPS_PROXY": "http://127.0.0.1:1", "DESKOPS_RETRIES": "0"}
    run = ansible.run(
        [_read("option", data_center=data_center), _read("environment")], env={**env, "ABR_DATA_CENTER": data_center}
    )
    for result in run.tasks:
        assert result.failed
        assert f"GET /requests at {host}.adminbyrequest.com: no connection" in result.msg
        assert "Check url, proxy" in result.msg


def _vaulted(ansible: Ansible, text: str) -> tuple[str, str]:
    """The text as a vaulted YAML scalar, and the file with the password for it."""
    password_file = str(ansible.write("vault_password", "correct horse"))
    command = ["ansible-vault", "encrypt_string", "--vault-password-file", password_file, "--stdin-name", "api_key"]
    run = ansible.program(command, stdin=text)
    assert run.rc == 0, run.output
    return run.stdout.strip(), password_file


def test_api_key_may_be_vaulted(ansible: Ansible, mode: str) -> None:
    vaulted, password_file = _vaulted(ansible, KEY)
    indented = vaulted.replace("\n          ", "\n              ")
    playbook = f"""
- name: Test
  hosts: localhost
  gather_facts: false
  vars:
    {vaulted}
  tasks:
    - name: in the task
      deskops.itsm.request_info:
        {indented}
        request_ids: ["65430903"]
    - name: in a variable
      deskops.itsm.request_info:
        api_key: "{{{{ api_key }}}}"
        request_ids: ["65430903"]
    - name: in the environment
      deskops.itsm.request_info:
        request_ids: ["65430903"]
      environment:
        ABR_API_KEY: "{{{{ api_key }}}}"
"""
    run = ansible.run_playbook(
        playbook, mode=mode, env={"ABR_API_KEY": None}, arguments=["--vault-password-file", password_file, "-vvv"]
    )
    assert run.rc == 0, run.output
    assert [result.ids for result in run.tasks] == [["65430903"]] * 3
    assert KEY not in run.written_log()


def test_async_task_is_done_by_the_module(ansible: Ansible, sandbox: Sandbox) -> None:
    run = ansible.run(
        [
            decide("polled", {"async": 60, "poll": 1}, request_id="65430930", state="approved"),
            {**decide("started", {"async": 60, "poll": 0}, request_id="65430931", state="denied"), "register": "job"},
            {
                "name": "fetched",
                "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
                "register": "state",
                "until": "state.finished",
                "retries": 100,
                "delay": 0.2,
            },
        ]
    )
    assert ran_as_module(run["polled"])
    assert run["polled"].outcomes == ["approved"]
    assert run["started"]["ansible_job_id"]
    assert run["fetched"].outcomes == ["denied"]
    assert [sandbox.request(number)["status"] for number in (65430930, 65430931)] == ["Open", "Denied"]


@pytest.mark.parametrize("delegate", ["neighbour", "localhost"])
def test_delegated_task_is_done_there(ansible: Ansible, sandbox: Sandbox, mode: str, delegate: str) -> None:
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = ansible.write(
        "two.yml", {"all": {"hosts": {"first": {"ansible_host": "192.0.2.1"}, "neighbour": local, "localhost": local}}}
    )
    run = ansible.run(
        [decide("it", {"delegate_to": delegate}, request_id="65430930", state="approved")],
        mode=mode,
        arguments=["-i", str(inventory)],
        hosts="first",
    )
    assert run["it"].outcomes == ["approved"]
    assert ran_as_module(run["it"]) == (mode == MODULE)


def test_run_once_for_many_hosts_is_one_call_each(ansible: Ansible, sandbox: Sandbox) -> None:
    inventory = ansible.write("hosts.yml", {"all": {"hosts": {f"host{number}": {} for number in range(10)}}})
    run = ansible.run([_read("it")], arguments=["-i", str(inventory)], hosts="all", connection="local")
    assert [result.ids for result in run.tasks] == [["65430903"]] * 10
    assert len(sandbox.calls()) == 10


def test_loop_in_process_uses_one_connection(ansible: Ansible, sandbox: Sandbox) -> None:
    run = ansible.run([_read("it", {"loop": list(range(LOOP))})])
    assert len(run["it"].items) == LOOP
    assert len(run["it"].calls) == LOOP
    assert len({call["connection"] for call in run["it"].calls}) == 1


def test_loop_over_credentials_mixes_nothing_up(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = ansible.run([_read("it", {"loop": [KEY, "wrong", KEY]}, api_key="{{ item }}")], mode=mode)
    assert [item.get("failed", False) for item in run["it"].items] == [False, True, False]
    assert [call["status"] for call in run["it"].calls] == [200, 500, 200]


def test_become_is_done_by_the_module(ansible: Ansible, sandbox: Sandbox) -> None:
    """In the process of Ansible the work would be done as the wrong user."""
    become = {"become": True, "become_method": "same_user"}
    run = ansible.run([_read("other user", become), _read("same user")], env={"ANSIBLE_BECOME_PLUGINS": str(PLUGINS / "become")})
    assert run["other user"].ids == ["65430903"]
    assert ran_as_module(run["other user"])
    assert not ran_as_module(run["same user"])


@pytest.mark.parametrize("off", ["0", "no", "False"])
def test_work_in_process_can_be_turned_off_for_a_task(ansible: Ansible, off: str) -> None:
    run = ansible.run([_read("it", {"environment": {"DESKOPS_IN_PROCESS": off}})])
    assert ran_as_module(run["it"])


def test_options_may_be_templates(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    run = ansible.run(
        [
            {**task("request_info", "queue", status="{{ ['pen' ~ 'ding'] }}", limit="{{ 1 + 1 }}"), "register": "queue"},
            decide(
                "decide",
                state="{{ wanted }}",
                concurrency="{{ '2' }}",
                items="{{ dict(queue.records | map(attribute='id') | zip(reasons)) | dict2items('request_id', 'reason') }}",
            ),
            task("computer_info", "flags", only_inventoried="yes", limit="2", include="groups,software"),
        ],
        mode=mode,
        vars={"wanted": "denied", "reasons": ["First", "Second"]},
    )
    assert run["queue"]["total"] == 2
    assert run["decide"].outcomes == ["denied", "denied"], run["decide"].msg
    assert run["flags"]["total"] == 2
    assert run["flags"]["records"][0]["software"]


def test_text_of_users_is_never_a_template(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """Somebody who asks for something must not be able to run something here."""
    (number,) = sandbox.add_requests(1, reason="{{ lookup('pipe', 'expr 1330 + 7') }}", user={"fullName": "{{ 1330 + 7 }}"})
    rule = {
        "name": "all",
        "when": {"raw.reason": {"exists": True}},
        "then": "denied",
        "reason": "{raw.reason} {raw.user.fullName}",
    }
    run = ansible.run(
        [
            {**task("request_info", "read", request_ids=[str(number)]), "register": "found"},
            {"name": "say", "ansible.builtin.debug": {"msg": "{{ found.records[0].raw.reason }} {{ found }}"}},
            {"name": "rule", "ansible.builtin.set_fact": {"decided": "{{ found.records | deskops.itsm.decide(rules) }}"}},
            {"name": "say why", "ansible.builtin.debug": {"msg": "{{ decided[0].why }} {{ decided[0].reason }}"}},
            decide(
                "decide",
                items=[{key: f"{{{{ decided[0].{key} }}}}" for key in ("request_id", "state", "reason")}],
            ),
        ],
        mode=mode,
        vars={"rules": [rule]},
        stop_on_failure=True,
    )
    assert run.rc == 0, run.output
    assert "1337" not in run.output + run.written_log()
    assert "expr 1330 + 7" in sandbox.request(number)["deniedReason"]
