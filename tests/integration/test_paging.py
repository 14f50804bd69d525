# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long lists: whole, in order, each record once, also while new ones arrive."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import Ansible, Run, task
from integration.support.sandbox import Sandbox

MANY = 2345


def _read(name: str, **options: Any) -> dict[str, Any]:
    return task("request_info", name, **options)


class Long:
    """A queue of 2,345 requests, every seventh of them denied."""

    def __init__(self, ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
        sandbox.reset("empty")
        kinds = [{"status": "Denied"} if index % 7 == 2 else {} for index in range(MANY)]
        self.ids = [str(number) for number in sandbox.add_each("requests", kinds)]
        self.denied = self.ids[2::7]
        self.run: Run = ansible.run(
            [
                _read("all"),
                _read("all of two states", status=["denied", "pending"]),
                _read("limit", limit=1500),
                _read("limit equal to the number", limit=MANY),
                _read("limit of denied", limit=100, status=["denied"]),
                _read("last", last=1000),
                _read("by id", request_ids=self.denied),
            ],
            mode=mode,
        )


@pytest.fixture(scope="module", params=["in_process", "module"])
def long(ansible: Ansible, sandbox: Sandbox, request: pytest.FixtureRequest) -> Long:
    return Long(ansible, sandbox, request.param)


def test_all_pages_are_read_in_order(long: Long) -> None:
    assert len(long.ids) == MANY
    assert long.run["all"].ids == long.ids
    assert long.run["all"]["truncated"] is False
    assert len(long.run["all"].calls) == 3


def test_lists_of_several_states_are_merged_in_order(long: Long) -> None:
    assert long.run["all of two states"].ids == long.ids
    # The newest id; then one list, the other, and the first one again, as requests may have changed from one to the other.
    assert len(long.run["all of two states"].calls) == 1 + 3 + 1 + 3


def test_limit_over_pages_stops_in_time(long: Long) -> None:
    limited = long.run["limit"]
    assert limited.ids == long.ids[:1500]
    assert limited["truncated"] is True
    assert limited["next_since_id"] == str(int(long.ids[1499]) + 1)
    assert len(limited.calls) == 2


def test_limit_equal_to_the_number_truncates_nothing(long: Long) -> None:
    assert long.run["limit equal to the number"].ids == long.ids
    assert long.run["limit equal to the number"]["truncated"] is False


def test_last_thousand_says_that_there_is_more(long: Long) -> None:
    assert long.run["last"].ids == long.ids[:-1001:-1]
    assert long.run["last"]["truncated"] is True


def test_hundreds_of_ids_cost_a_few_lists(long: Long) -> None:
    assert long.run["by id"].ids == long.denied
    assert len(long.run["by id"].calls) <= 3


def test_limit_counts_what_fits(long: Long) -> None:
    assert long.run["limit of denied"].ids == long.denied[:100]
    assert len(long.run["limit of denied"].calls) == 1


class Poll:
    """A queue that is read a few at a time while requests arrive and are decided."""

    def __init__(self, ansible: Ansible, sandbox: Sandbox, mode: str, status: list[str] | None) -> None:
        sandbox.reset("empty")
        self.added = [str(number) for number in sandbox.add_requests(20)]
        filters = {"status": status} if status else {}
        tasks = [{**_read("poll 0", limit=6, **filters), "register": "found"}]
        for turn in range(1, 9):
            tasks.append({"name": f"add {turn}", "sandbox": {"post": "abr/requests", "body": [{}] * (turn % 3)}})
            poll = _read(f"poll {turn}", limit=6, since_id="{{ found.next_since_id }}", **filters)
            tasks.append({**poll, "register": "found"})
        run = ansible.run(tasks, mode=mode)
        for result in run.tasks:
            assert not result.failed, result.msg
            if "json" in result:
                self.added += map(str, result["json"]["ids"])
        self.polls = [result.ids for result in run.tasks if "records" in result]
        self.last = run["poll 8"]


@pytest.mark.parametrize("status", [None, ["pending"], ["pending", "denied"]])
def test_next_since_id_delivers_each_request_once_while_new_ones_arrive(
    ansible: Ansible, sandbox: Sandbox, mode: str, status: list[str] | None
) -> None:
    poll = Poll(ansible, sandbox, mode, status)
    assert [number for ids in poll.polls for number in ids] == poll.added
    assert poll.last["truncated"] is False
