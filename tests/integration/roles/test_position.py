# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""approval_queue: where its position stands after a run, and how it is kept."""

from __future__ import annotations

import json
import pathlib
import stat
from typing import Any

import pytest

from .conftest import ALL, TRUSTED, Queue

NOBODY = "Nobody Inc"


def test_a_request_left_pending_is_seen_again_however_many_came_after_it(queue: Queue) -> None:
    (left,) = queue.sandbox.add_requests(application={"vendor": NOBODY})
    newer = queue.sandbox.add_requests(1500, application={"vendor": "Mozilla"})
    first = queue.drain_well(TRUSTED, show=False)
    assert first.waiting == [left]
    assert first.outcomes == {left: "pending", **dict.fromkeys(newer, "approved")}
    assert queue.kept == left
    assert len(queue.sandbox.writes()) == 1500
    assert len(queue.sandbox.calls()) <= 1500 + 11
    second = queue.drain_well(TRUSTED)
    assert (second.waiting, second.changed, queue.kept) == ([left], 0, left)
    third = queue.drain_well(ALL)
    assert third.outcomes == {left: "approved"}
    assert queue.kept == newer[-1] + 1


def test_a_quarantined_request_holds_the_position_and_is_decided_after_its_release(queue: Queue) -> None:
    (held,) = queue.sandbox.add_requests(status="Quarantined")
    (newer,) = queue.sandbox.add_requests()
    decision = {"request_id": str(held), "state": "approved", "reason": "Ticket 4711"}
    first = queue.drain_well(ALL, decisions=[decision])
    assert first.outcomes == {newer: "approved", held: "waiting"}
    assert (first.waiting, queue.kept) == ([held], held)
    queue.change(held, status="Pending")
    second = queue.drain_well(ALL, decisions=[decision])
    assert second.outcomes == {held: "approved"}
    assert queue.kept == newer + 1


def test_a_failed_decision_holds_the_position_and_the_next_run_finishes_the_rest(queue: Queue) -> None:
    ids = queue.sandbox.add_requests(6)
    queue.fail_decisions(ids[1], ids[4])
    report = queue.folder / "report.json"
    first = queue.drain(ALL, report_path=str(report))
    assert first.failure.startswith("2 of 6 items failed: ")
    assert first.waiting == [ids[1], ids[4]]
    assert queue.kept == ids[1] == first.position
    written = json.loads(report.read_text())
    assert written == first.result
    assert [decision["outcome"] for decision in written["decisions"]] == [
        "failed" if number in first.waiting else "approved" for number in ids
    ]
    assert written["counts"] == {"approved": 4, "failed": 2}
    assert "400" in first.decisions[ids[1]]["error"]["message"]
    queue.sandbox.clear_faults()
    second = queue.drain_well(ALL)
    assert second.outcomes == {ids[1]: "approved", ids[4]: "approved"}
    assert queue.kept == ids[-1] + 1
    assert queue.committed() == {number: ["PUT"] for number in ids}


def test_a_wrong_key_decides_nothing_and_says_so(queue: Queue) -> None:
    queue.sandbox.add_requests()
    queue.sandbox.set_keys()
    drained = queue.drain(ALL)
    assert "Invalid API key" in drained.failure
    assert not queue.state_path.exists()


def test_a_key_that_is_withdrawn_during_the_run_leaves_everything_for_the_next_one(queue: Queue) -> None:
    ids = queue.sandbox.add_requests(3)
    # The first call that decides, and all that follow: before it come the newest id and three lists.
    queue.sandbox.faults({"kind": "auth", "skip": 4})
    drained = queue.drain(ALL)
    assert drained.run.rc == 2
    assert drained.waiting == ids
    assert queue.kept == ids[0]


def test_an_empty_queue_keeps_the_position(queue: Queue) -> None:
    queue.drain_well(ALL)
    assert queue.kept == 1
    (number,) = queue.sandbox.add_requests()
    queue.drain_well(ALL)
    assert queue.kept == number + 1
    queue.sandbox.switches(decided_rows="removed")
    again = queue.drain_well(ALL)
    assert (again.changed, queue.kept) == (0, number + 1)


@pytest.mark.parametrize("native", ["true", pytest.param("false", marks=pytest.mark.long)])
def test_a_second_run_changes_nothing_whatever_templates_make_of_numbers(queue: Queue, native: str) -> None:
    """Where templates are native, text that looks like a number becomes one. From 2.19 on they always are, and it does not."""
    (number,) = queue.sandbox.add_requests()
    queue.sandbox.add_requests(status="Finished")
    for changed, rules in ((1, []), (0, []), (2, [ALL]), (0, [ALL])):
        drained = queue.drain(*rules, env={"ANSIBLE_JINJA2_NATIVE": native})
        assert drained.run.rc == 0, drained.run.output
        assert drained.changed == changed
    assert queue.kept == number + 2


def test_the_position_never_moves_back(queue: Queue) -> None:
    queue.sandbox.add_requests(status="Finished")
    drained = queue.drain_well(ALL, state={"since_id": "99999999999999999"})
    assert drained.position == drained.artifact == 99999999999999999


def test_the_state_file_is_private_and_made_in_one_step(queue: Queue) -> None:
    queue.drain_well(ALL)
    assert stat.S_IMODE(queue.state_path.stat().st_mode) == 0o600
    inode = queue.state_path.stat().st_ino
    queue.sandbox.add_requests()
    queue.drain_well(ALL)
    assert queue.state_path.stat().st_ino != inode
    assert [path.name for path in queue.folder.iterdir()] == ["queue.json"]


NO_STATES = [
    b"", b"{", b"[]", b"{}", b'{"since_id": ""}', b'{"since_id": null}', b'{"since_id": "next"}', b'{"since_id": -5}',
    b'{"since_id": "6543', b"\xff\xfe\x00", b'{"since_id": "1", "x": 2}', b"{{ lookup('pipe', 'id') }}",
]  # fmt: skip


def test_what_is_no_state_stops_the_run_before_the_first_call(queue: Queue) -> None:
    paths = [queue.folder / f"{number}.json" for number in range(len(NO_STATES))]
    for path, content in zip(paths, NO_STATES, strict=True):
        path.write_bytes(content)
    messages = queue.refusals([{"rules": [ALL], "state_path": str(path)} for path in paths])
    for path, content, message in zip(paths, NO_STATES, messages, strict=True):
        assert message.startswith(f"approval_queue_state_path: the content of {path} is no position such as"), content
        assert message.endswith("remove it to begin with the oldest request. Nothing was decided."), content
        assert path.read_bytes() == content


@pytest.mark.parametrize("content", ['{"since_id": "%d"}', '{"since_id":%d}\n'])
def test_a_state_may_be_written_by_hand(queue: Queue, content: str) -> None:
    _passed, begin = queue.sandbox.add_requests(2)
    queue.state_path.write_text(content % begin)
    assert queue.drain_well(ALL).outcomes == {begin: "approved"}


WRONG_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"state_path": "/nonexistent/folder/queue.json"}, "/nonexistent/folder is not a folder"),
    ({"report_path": "/nonexistent/report.md"}, "/nonexistent is not a folder"),
    ({"report_path": "/dev/null/report.md"}, "/dev/null is not a folder that can be written to"),
    ({"report_path": "report.html"}, "'report.html' does not end in .txt, .md, .csv or .json"),
    ({"state_path": "/"}, "is a directory"),
    ({"state": {"since_id": "next"}}, "approval_queue_state is no position"),
    ({"state": {"id": "1"}}, "approval_queue_state.id"),
    ({"limit": -1}, "approval_queue_limit: -1"),
    ({"on_conflict": "panic"}, "approval_queue_on_conflict must be one of"),
    (
        {"rules": [{"name": "x", "when": {"a": {"glbo": "*"}}, "then": "approved"}]},
        "rule 1 of 1 (x): when: a: unknown operator 'glbo'",
    ),
    (
        {"rules": [ALL, {"name": "y", "when": {}, "than": "approved"}]},
        "rule 2 of 2 (y): unknown key 'than'. Did you mean 'then'?",
    ),
    ({"rules": [{"name": "z", "when": {}, "then": "maybe"}]}, "rule 1 of 1 (z): then is 'maybe'"),
    ({"rules": [{**ALL, "decided_by": "Joe"}]}, "decided_by of rule all is not an e-mail address: 'Joe'"),
    (
        {"decisions": [{"request_id": "5", "state": "aproved"}]},
        "decision 1 of 1 (request 5): state is 'aproved'. Did you mean 'approved'",
    ),
    (
        {"decisions": [{"request_id": "five", "state": "approved"}]},
        "request_id 'five' is not a whole number",
    ),
    (
        {"decisions": [{"request_id": "5", "state": "denied", "decided_by": "Joe"}]},
        "decided_by of request 5 is not an e-mail",
    ),
]


def test_a_wrong_option_stops_the_run_before_the_first_call(queue: Queue) -> None:
    queue.sandbox.add_requests()
    messages = queue.refusals([{"rules": [ALL], **variables} for variables, _words in WRONG_OPTIONS])
    for (variables, words), message in zip(WRONG_OPTIONS, messages, strict=True):
        assert words in message, variables


@pytest.mark.parametrize("slices", [1, 2])
def test_a_report_that_is_a_folder_stops_the_run_before_the_first_call(queue: Queue, slices: int) -> None:
    path = queue.folder / ("report.txt" if slices == 1 else "report.1-of-2.txt")
    path.mkdir()
    (message,) = queue.refusals([{"rules": [ALL], "report_path": str(queue.folder / "report.txt"), "slices": slices}])
    assert message == f"approval_queue_report_path: {path} is a folder. Nothing was decided."
    assert list(path.iterdir()) == []


def test_the_position_can_be_a_variable(queue: Queue) -> None:
    left, decided = queue.sandbox.add_requests(application={"vendor": NOBODY}) + queue.sandbox.add_requests(
        application={"vendor": "Mozilla"}
    )
    first = queue.drain_well(TRUSTED, state={})
    assert first.outcomes == {left: "pending", decided: "approved"}
    assert first.position == first.artifact == left
    second = queue.drain_well(ALL, state={"since_id": str(left)})
    assert second.outcomes == {left: "approved"}
    assert second.position == second.artifact == decided + 1
    assert second.changed == 1
    third = queue.drain_well(ALL, state={"since_id": second.position})
    assert (third.changed, third.position) == (0, decided + 1)


def test_the_artifact_of_a_workflow_moves_on_from_job_to_job(queue: Queue) -> None:
    """AWX hands artifacts on as extra variables, which no fact can overrule."""
    (number,) = queue.sandbox.add_requests()
    artifact = {"approval_queue_state": {"since_id": str(number)}}
    drained = queue.drain_well(ALL, state={}, arguments=["-e", json.dumps(artifact)])
    assert drained.artifact == number + 1


def test_two_queues_in_a_play_do_not_share_a_position(queue: Queue, tmp_path: pathlib.Path) -> None:
    ids = queue.sandbox.add_requests(2)
    paths = [str(tmp_path / "one.json"), str(tmp_path / "two.json")]
    tasks = [
        {
            "ansible.builtin.include_role": {"name": "deskops.itsm.approval_queue"},
            "vars": {"approval_queue_state_path": path, "approval_queue_rules": [ALL] if path == paths[0] else []},
        }
        for path in paths
    ]
    run = queue.ansible.run(tasks, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert [json.loads(pathlib.Path(path).read_text())["since_id"] for path in paths] == [str(ids[-1] + 1)] * 2
    polls = [task for task in run.tasks if task.name.endswith("Poll the queue")]
    starts = [call["query"].get("startid") for poll in polls for call in poll.calls]
    assert starts == [None, ["1"], ["1"], ["1"]] * 2
