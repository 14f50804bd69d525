# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of ServiceDesk Plus Cloud: nothing is missed, whatever others do meanwhile and in whatever order ids were given."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from integration.support.programs import Ansible, TaskResult, task
from integration.support.sandbox import Sandbox
from integration.support.sdp import list_info, run_on_sdp, without_logins

Row = dict[str, Any]

USERS = [f"{name}@northwind.example" for name in ("maja.lind", "els.bakker", "ingrid.moe", "jerome.lefevre")]
DELAY_MS = 3000


def _read(name: str, **options: Any) -> Row:
    return task("request_info", name, **options)


def _subjects(result: TaskResult) -> list[str]:
    assert not result.failed, result.msg
    return [record["subject"] for record in result["records"]]


@contextmanager
def _between_two_pages(sandbox: Sandbox, change: Callable[[Sandbox], Any]) -> Iterator[None]:
    """Somebody changes something after the first page; the second one is held up until that is done."""
    sandbox.faults(
        {"kind": "latency", "ms": DELAY_MS, "platform": "sdp", "method": "GET", "path": "/requests$", "skip": 1, "times": 1}
    )
    other = Sandbox(sandbox.url, sandbox.ca)
    is_over = threading.Event()

    def wait_and_change() -> None:
        while not is_over.is_set():
            if any("start_index" in call["target"] for call in other.calls(platform="sdp")):
                change(other)
                return
            time.sleep(0.02)

    somebody = threading.Thread(target=wait_and_change)
    somebody.start()
    try:
        yield
    finally:
        is_over.set()
        somebody.join()


def test_request_that_is_closed_between_two_pages_hides_no_other(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    ids = sandbox.add_records("requests", {"subject": "Numbered"}, count=150)
    with _between_two_pages(sandbox, lambda other: other.change_record("requests", ids[3], status={"name": "Closed"})):
        run = run_on_sdp(ansible, [_read("it", status=["open"], subject="Numbered")], mode=mode)
    result = run["it"]
    assert set(result.ids) >= set(ids) - {ids[3]}
    assert (len(result.ids), result["truncated"]) == (150, False)
    begins = [list_info(call)["start_index"] for call in without_logins(result.calls)]
    assert begins == [1, 100, 1, 100]


def test_request_that_moves_to_another_page_is_not_made_again(ansible: Ansible, sandbox: Sandbox) -> None:
    """It is on the second page. By the time that is read, a request of the first page is closed, and it is on the first."""
    wish = {"subject": "Move to floor 3", "requester": {"email_id": USERS[0]}}
    filler = {"subject": "Filler", "requester": {"email_id": USERS[0]}}
    sandbox.add_records("requests", filler, count=49)
    (wished,) = sandbox.add_records("requests", wish)
    last = sandbox.add_records("requests", filler, count=100)
    items = [{"requested_for": [user]} for user in USERS]
    order = task("service_request", "order", subject="Move to floor 3", items=items)
    before = {row["id"] for row in sandbox.state("requests", "sdp")}
    with _between_two_pages(sandbox, lambda other: other.change_record("requests", last[50], status={"name": "Closed"})):
        result = run_on_sdp(ansible, [order])["order"]
    assert result["counts"] == {"created": 3, "unchanged": 1}, result.msg
    made = [row for row in sandbox.state("requests", "sdp") if row["id"] not in before]
    assert sorted(row["requester"]["email_id"] for row in made) == sorted(USERS[1:])
    assert wished not in {row["id"] for row in made}


# -- from answer to answer --------------------------------------------------------------------------------------------------

IMPORTED: tuple[Row, ...] = (
    {"subject": "Numbered now", "created_time": {"value": "1789718400000"}},
    {"subject": "Numbered of 2023", "created_time": {"value": "1700000000000"}},
    {"subject": "Numbered of 2023 too", "created_time": {"value": "1700000001000"}},
    {"subject": "Numbered of 2026", "created_time": {"value": "1789000000000"}},
)
NUMBERED = {"field": "subject", "condition": "starts with", "value": "Numbered"}


def test_next_since_id_skips_nothing_where_old_requests_were_imported(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    ids = sandbox.add_records("requests", *IMPORTED)
    tasks = [{**_read("0", query=NUMBERED, limit=1), "register": "found"}]
    for turn in ("1", "2", "3"):
        poll = _read(turn, query=NUMBERED, limit=2, since_id="{{ found.next_since_id }}")
        tasks.append({**poll, "register": "found"})
    run = run_on_sdp(ansible, tasks, mode=mode)
    assert _subjects(run["0"]) == ["Numbered of 2023"]
    assert [run[turn].ids for turn in ("1", "2", "3")] == [ids[:2], ids[2:], []]
    assert [result["truncated"] for result in run.tasks] == [True, True, False, False]
    assert run["3"]["next_since_id"] == str(int(ids[-1]) + 1)


# -- times ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["sdp_cloud", "bmc_dwp"])
def test_times_that_a_platform_does_not_understand_are_refused(ansible: Ansible, sandbox: Sandbox, platform: str) -> None:
    spellings = ["20260901T080000Z", "2026-11-20T08+00:00", "2026-11-20T08:00:00.5Z", "2026-11-20T08:00:00+0100"]
    run = ansible.run([_read(text, modified_since=text, platform=platform) for text in spellings])
    for result in run.tasks:
        assert f"modified_since: '{result.name}' is not a time with a zone" in result.msg
    assert sandbox.calls() == []


def test_times_that_are_the_same_give_the_same(ansible: Ansible, sandbox: Sandbox) -> None:
    spellings = ["2026-09-18T09:00:00Z", "2026-09-18 09:00Z", "2026-09-18T11:00:00.000+02:00", "2026-09-18T09:00:00.000000Z"]
    run = run_on_sdp(ansible, [_read(text, modified_since=text) for text in spellings])
    ids = [result.ids for result in run.tasks]
    assert ids[0]
    assert ids == [ids[0]] * len(spellings)
