# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every verb on every platform with answers in which something is of the wrong type, huge, odd, or not there.

The outcome is a clear error or correct work: never a traceback, never an answer that cannot be shown.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from faults.support.every_verb import TASKS, Task, every_verb
from faults.support.odd import anything, try_often
from faults.support.replay import Change, ReplayServer, Story, running_replay
from faults.support.tasks import run
from hypothesis import strategies as st
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.surface.masking import Mask
from ansible_collections.deskops.itsm.plugins.module_utils.transport import pool

NAMES = [f"{verb} {platform}" for verb, platform in TASKS]
QUICK = {"retries": 0, "timeout": 2.0, "deadline": 0.3, "concurrency": 2}
changes = st.builds(
    Change,
    call=st.integers(min_value=0, max_value=9),
    steps=st.lists(st.integers(min_value=0, max_value=40), max_size=6),
    value=anything,
    is_gone=st.sampled_from([False, False, False, True]),
)
tried = {"examples": 0, "failed": 0}


@pytest.fixture(scope="module")
def replay() -> Iterator[ReplayServer]:
    with running_replay() as server:
        yield server
    print(f"\nChanged answers: {tried['examples']}, of which {tried['failed']} led to an error")


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory, _running: Sandbox) -> dict[str, Task]:
    _running.reset()
    found = {task.name: task for task in every_verb(tmp_path_factory.mktemp("files"), _running)}
    # What a catalog exports is what it imports.
    path = found["catalog_import bmc_dwp"].options["path"]
    pathlib.Path(path).unlink()
    assert run(found["catalog_export bmc_dwp"].verb, _running, services=["2401"], path=path)["changed"]
    return found


class Elsewhere:
    """The sandbox at the address of the server that records and repeats."""

    def __init__(self, url: str) -> None:
        self.abr_url, self.dwp_url, self.sdp_url = f"{url}/abr", f"{url}/dwp", f"{url}/sdp"
        self.sdp_accounts_url = f"{url}/sdp/accounts"


def outcome(task: Task, replay: ReplayServer, **options: Any) -> dict[str, Any]:
    """What the task comes to, as the user would see it."""
    pool._pools.clear()
    known = {option.name for option in task.verb.options}
    waits = {name: value for name, value in {"settle_timeout": 0.05, "wait_timeout": 0.05}.items() if name in known}
    where: Any = Elsewhere(replay.url)
    for name in ("path", "token_path"):
        if name in task.options and not task.options[name].endswith((".txt", "services.zip")):
            pathlib.Path(task.options[name]).unlink(missing_ok=True)
    result = run(task.verb, where, **{**task.options, **waits, **QUICK, "platform": task.platform, **options})
    shown: dict[str, Any] = Mask(["a secret"])(result)
    return shown


def check(result: dict[str, Any]) -> None:
    """A clear error, or a result that can be shown."""
    json.dumps(result)
    assert "unforeseen" not in str(result.get("msg")), result.get("exception")
    if result.get("failed"):
        assert result["msg"]
        assert all(result["error"][name] for name in ("kind", "message"))


@pytest.fixture(scope="module")
def stories(tasks: dict[str, Task], replay: ReplayServer, _running: Sandbox) -> dict[str, Story]:
    """The answers of the sandbox to each task."""
    found = {}
    for name, task in tasks.items():
        replay.record(_running.url)
        result = outcome(task, replay, deadline=20.0, timeout=10.0)
        assert not result.get("failed"), (name, result["msg"])
        found[name] = replay.story
        # Without a change, the recorded answers lead to the same end: else the changes would test nothing.
        replay.replay(replay.story)
        again = outcome(task, replay, deadline=20.0, timeout=10.0)
        assert not again.get("failed"), (name, again["msg"])
    return found


def fuzz(task: Task, examples: int, replay: ReplayServer, story: Story) -> None:
    def one(change: Change, check_mode: bool) -> None:
        replay.replay(story, Change(change.call % max(1, story.calls), change.steps, change.value, change.is_gone))
        result = outcome(task, replay, check_mode=check_mode)
        tried["examples"] += 1
        tried["failed"] += bool(result.get("failed"))
        check(result)

    try_often(one, examples, change=changes, check_mode=st.booleans())
    assert replay.problems == []


@pytest.mark.parametrize("name", NAMES)
def test_answers_of_the_wrong_type(name: str, tasks: dict[str, Task], replay: ReplayServer, stories: dict[str, Story]) -> None:
    fuzz(tasks[name], 40, replay, stories[name])


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_many_answers_of_the_wrong_type(
    name: str, tasks: dict[str, Task], replay: ReplayServer, stories: dict[str, Story]
) -> None:
    fuzz(tasks[name], 1500, replay, stories[name])
