# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""approval_queue: a position is that of one queue, and whoever finds that of another one passes nothing over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from integration.support.programs import Run
from integration.support.sandbox import KEY, OTHER_KEY

from .conftest import ALL, ROLE, Drained, Queue

MESSAGE = "Say why the position is not used"
# The other tenant's requests are older than all of the first one's.
OLD = 1000


def _fill(queue: Queue) -> None:
    """Two more requests for each tenant."""
    queue.sandbox.add_requests(2)
    known = [int(row["id"]) for row in queue.sandbox.state("requests", platform="abr2")]
    begin = max(known, default=OLD)
    queue.sandbox.add_each("requests", [{"id": begin + 1}, {"id": begin + 2}], platform="abr2")


def _waiting(queue: Queue) -> list[int]:
    """What is pending, of both tenants."""
    rows = [row for platform in ("abr", "abr2") for row in queue.sandbox.state("requests", platform=platform)]
    return [int(row["id"]) for row in rows if row["status"] == "Pending"]


def _task(module_defaults: dict[str, Any] | None = None, **variables: Any) -> dict[str, Any]:
    variables = {"rules": [ALL], **variables}
    role = {
        "ansible.builtin.import_role": {"name": "deskops.itsm.approval_queue"},
        "vars": {f"approval_queue_{name}": value for name, value in variables.items() if value},
    }
    return {"block": [role], "module_defaults": {"group/deskops.itsm.all": module_defaults or {}}}


def _both(queue: Queue, *, arguments: list[str] | None = None, names: tuple[str, str] = ("", ""), **variables: Any) -> Run:
    """A play with the role for one tenant and then for the other one; they differ in module_defaults only."""
    tenants = ((queue.sandbox.abr_url, KEY), (queue.sandbox.other_url, OTHER_KEY))
    tasks = [
        _task({"url": url, "api_key": key}, tenant=name, **variables) for (url, key), name in zip(tenants, names, strict=True)
    ]
    run = queue.ansible.run(tasks, stop_on_failure=True, arguments=arguments or [])
    assert run.rc == 0, run.output
    assert run.warnings == []
    return run


def _told(run: Run) -> list[str]:
    return [task.msg for task in run.tasks if task.name == ROLE + MESSAGE and task.status != "skipped"]


def _artifacts(run: Run) -> list[dict[str, str]]:
    name = f"{ROLE}Keep the position for the next job of a workflow"
    return [task["ansible_stats"]["data"]["approval_queue_state"] for task in run.tasks if task.name == name]


def _starts(run: Run) -> list[str | None]:
    """From where on each run of the role has listed what is pending."""
    polls = [task for task in run.tasks if task.name == f"{ROLE}Poll the queue"]
    return [poll.calls[1]["query"]["startid"][0] if len(poll.calls) > 1 else None for poll in polls]


def test_a_second_tenant_in_a_play_begins_with_its_own_oldest_request(queue: Queue) -> None:
    _fill(queue)
    run = _both(queue)
    assert _waiting(queue) == []
    assert [text.split(" holds ")[0] for text in _told(run)] == ["approval_queue_state"]
    assert "approval_queue_tenant" in _told(run)[0]


def test_a_workflow_of_two_tenants_in_a_job_hands_on_no_position_of_either(queue: Queue) -> None:
    arguments: list[str] = []
    for _job in range(3):
        _fill(queue)
        run = _both(queue, arguments=arguments)
        assert _waiting(queue) == []
        arguments = ["-e", json.dumps({"approval_queue_state": _artifacts(run)[-1]})]


def test_one_file_for_two_tenants_that_look_the_same(queue: Queue) -> None:
    for _turn in range(3):
        _fill(queue)
        run = _both(queue, state_path=str(queue.state_path))
        assert _waiting(queue) == []
        assert str(queue.state_path) in _told(run)[0]


def test_tenants_with_names_are_told_apart(queue: Queue) -> None:
    _fill(queue)
    names = ("North", "South")
    first = _both(queue, names=names)
    assert _waiting(queue) == []
    (told,) = _told(first)
    assert "tenant North," in told
    assert "tenant South," in told
    state = _artifacts(first)[-1]
    _fill(queue)
    second = _both(queue, names=names, arguments=["-e", json.dumps({"approval_queue_state": state})])
    assert _waiting(queue) == []
    assert _starts(second) == ["1", state["since_id"]]
    # The same one again: its position is good.
    queue.sandbox.add_requests()
    again = queue.ansible.run([_task(tenant="North"), _task(tenant="North")], stop_on_failure=True)
    assert _told(again) == []
    assert _starts(again)[0] == "1"
    assert _starts(again)[1] != "1"


def test_a_second_part_in_a_play_begins_with_its_own_oldest_request(queue: Queue) -> None:
    queue.sandbox.add_requests(12)
    tasks = [_task(slices=2, slice=number) for number in (1, 2)]
    run = queue.ansible.run(tasks, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert _waiting(queue) == []
    (told,) = _told(run)
    assert "part 1 of 2" in told
    assert "part 2 of 2" in told


@pytest.mark.parametrize(
    ("place", "what"),
    [
        ("file", "address"),
        ("artifact", "key"),
        pytest.param("file", "key", marks=pytest.mark.long),
        pytest.param("artifact", "address", marks=pytest.mark.long),
    ],
)
def test_the_position_of_another_tenant_is_not_used(queue: Queue, place: str, what: str) -> None:
    """The connection is in the environment, as it is in a job of AWX."""
    _fill(queue)
    state: dict[str, str] = {}

    def drain(env: dict[str, str | None]) -> Drained:
        options: dict[str, Any] = {"state": state, "arguments": ["-e", json.dumps({"approval_queue_state": state})]}
        drained = queue.drain_well(ALL, env=env, **(options if place == "artifact" and state else {}))
        task = drained.task("Keep the position for the next job of a workflow")
        assert task
        state.clear()
        state.update(task["ansible_stats"]["data"]["approval_queue_state"])
        return drained

    assert _told(drain({}).run) == []
    assert _told(drain({}).run) == []
    if what == "address":
        other: dict[str, str | None] = {"ABR_URL": queue.sandbox.other_url, "ABR_API_KEY": OTHER_KEY}
    else:
        queue.sandbox.set_keys(KEY, OTHER_KEY)
        other = {"ABR_API_KEY": OTHER_KEY}
    second = drain(other)
    (told,) = _told(second.run)
    assert "holds the position of another queue (admin_by_request http" in told
    assert _starts(second.run) == ["1"]
    assert _told(drain(other).run) == []
    third = drain({})
    assert len(_told(third.run)) == 1
    assert _starts(third.run) == ["1"]
    assert KEY not in json.dumps(state) + queue.state_path.read_text()
    if what == "address":
        assert _waiting(queue) == []


def test_a_position_without_a_queue_is_that_of_any(queue: Queue) -> None:
    _passed, begin = queue.sandbox.add_requests(2)
    queue.state_path.write_text(f'{{\n    "since_id": "{begin}"\n}}\n')
    first = queue.drain_well(ALL)
    assert first.outcomes == {begin: "approved"}
    assert _told(first.run) == []
    kept = json.loads(queue.state_path.read_text())
    assert kept["queue"].startswith(f"admin_by_request {queue.sandbox.abr_url}, tenant ")
    assert kept["queue"].endswith(", part 1 of 1, host localhost")
    assert queue.drain_well(ALL).changed == 0


@pytest.mark.parametrize("address", ["http://{}@{}", "{}@{}"])
def test_a_password_in_an_address_is_no_part_of_the_queue(queue: Queue, address: str) -> None:
    """The name of the queue is printed, and kept in the state file."""
    queue.state_path.write_text('{"queue": "another one", "since_id": "5"}')
    host = queue.sandbox.abr_url.partition("//")[2]
    drained = queue.drain(ALL, env={"ABR_URL": address.format("svc:sec/S3cr3t-in-it@x", host)})
    (told,) = _told(drained.run)
    assert f"{host}, tenant " in told
    assert "S3cr3t-in-it" not in drained.run.output + drained.run.written_log() + queue.state_path.read_text()


def test_a_file_that_two_hosts_take_in_turn(queue: Queue) -> None:
    """Tenants may be hosts of an inventory, whose credentials are variables of theirs."""
    _fill(queue)
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {
        "north": {"url": queue.sandbox.abr_url, "api_key": KEY},
        "south": {"url": queue.sandbox.other_url, "api_key": OTHER_KEY},
    }
    inventory = queue.ansible.write("tenants.yml", {"all": {"hosts": hosts, "vars": local}})
    for _turn in range(2):
        run = queue.ansible.run(
            [_task({"url": "{{ url }}", "api_key": "{{ api_key }}"}, state_path=str(queue.state_path))],
            stop_on_failure=True, hosts="all", serial=1, arguments=["-i", str(inventory)],
        )  # fmt: skip
        assert run.rc == 0, run.output
        assert _waiting(queue) == []
        _fill(queue)


def test_what_a_name_may_hold(queue: Queue) -> None:
    name = 'Zoë\'s "{{ 7 * 7 }}" \\ of [x] \n%s, 100 %'
    queue.drain_well(ALL, tenant=name)
    queue.sandbox.add_requests()
    second = queue.drain_well(ALL, tenant=name)
    assert _told(second.run) == []
    assert second.position == queue.kept
    assert queue.drain_well(ALL, tenant=name).changed == 0
