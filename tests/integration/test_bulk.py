# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_approve with a thousand items, and with items that go wrong in every way."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest
from integration.support.programs import Ansible, Run, decide
from integration.support.sandbox import Sandbox

THOUSAND = 1000
MOST_LISTS = 4


class Queue:
    """A thousand decisions about a queue of a thousand requests, in no order."""

    def __init__(self, ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
        sandbox.reset("empty")
        self.ids = [str(number) for number in sandbox.add_requests(THOUSAND)]
        random.Random(7).shuffle(self.ids)
        self.items = [
            {"request_id": number, "state": "denied" if index % 10 == 3 else "approved"} for index, number in enumerate(self.ids)
        ]
        variables = ansible.write("items.json", json.dumps({"wanted": self.items}))
        tasks = [
            decide("predicted", {"check_mode": True}, items="{{ wanted }}"),
            decide("first", items="{{ wanted }}", reason="Blocked"),
            decide("second", items="{{ wanted }}", reason="Blocked"),
        ]
        self.run: Run = ansible.run(tasks, mode=mode, arguments=["-e", f"@{variables}"])
        self.requests = {str(row["id"]): row for row in sandbox.state("requests")}


@pytest.fixture(scope="module", params=["in_process", "module"])
def queue(ansible: Ansible, sandbox: Sandbox, request: pytest.FixtureRequest) -> Queue:
    return Queue(ansible, sandbox, request.param)


def test_thousand_decisions_cost_a_thousand_writes_and_four_lists(queue: Queue) -> None:
    task = queue.run["first"]
    assert len(task.writes) == THOUSAND
    assert len(task.calls) <= THOUSAND + MOST_LISTS


def test_thousand_results_are_in_the_order_of_the_items(queue: Queue) -> None:
    task = queue.run["first"]
    assert [result["request_id"] for result in task["results"]] == queue.ids
    assert [result["index"] for result in task["results"]] == list(range(THOUSAND))
    assert task.outcomes == [item["state"] for item in queue.items]
    assert task["counts"] == {"approved": 900, "denied": 100}
    assert task.msg == "900 approved, 100 denied"


def test_thousand_requests_are_decided_on_the_server(queue: Queue) -> None:
    words = {"approved": "Open", "denied": "Denied"}
    assert [queue.requests[item["request_id"]]["status"] for item in queue.items] == [
        words[item["state"]] for item in queue.items
    ]


def test_second_run_over_a_thousand_writes_nothing(queue: Queue) -> None:
    task = queue.run["second"]
    assert not task["changed"]
    assert task["counts"] == {"unchanged": THOUSAND}
    assert task.writes == []
    assert len(task.calls) <= MOST_LISTS


def test_check_mode_over_a_thousand_predicts_all_of_them(queue: Queue) -> None:
    predicted, real = queue.run["predicted"], queue.run["first"]
    assert predicted.writes == []
    assert (predicted["changed"], predicted["counts"], predicted.outcomes) == (real["changed"], real["counts"], real.outcomes)


def _path_of(number: int | str) -> str:
    return f"/requests/{number}$"


def _fault(number: int, **fault: Any) -> dict[str, Any]:
    return {"platform": "abr", "method": "PUT", "path": _path_of(number), **fault}


# What a fault on one item of many does to it: the outcome, how many times it is sent, and what its error says.
FAULTS = {
    "500 after the work was done": ({"kind": "status", "status": 500, "when": "after", "times": 1}, "approved", 1, None),
    "500 before the work was done": ({"kind": "status", "status": 500, "when": "before", "times": 1}, "approved", 2, None),
    "dropped after the work was done": ({"kind": "drop", "when": "after", "times": 1}, "approved", 1, None),
    "dropped before the work was done": ({"kind": "drop", "when": "before", "times": 1}, "approved", 2, None),
    "web page instead of an answer": ({"kind": "html", "when": "before", "times": 1}, "approved", 2, None),
    "quota for a moment": ({"kind": "rate_limit", "retry_after": 0, "times": 2}, "approved", 3, None),
    "refused": ({"kind": "status", "status": 400, "body": {"Message": "No such luck"}}, "failed", 1, "No such luck"),
}


class Faulty:
    """Sixty decisions, seven of which meet a fault, one is unknown and one was decided the other way."""

    def __init__(self, ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
        sandbox.reset("empty")
        self.ids: list[Any] = sandbox.add_requests(60)
        (self.denied,) = sandbox.add_requests(1, status="Denied")
        self.of_fault = dict(zip(FAULTS, self.ids[10:], strict=False))
        sandbox.faults(*(_fault(number, **FAULTS[name][0]) for name, number in self.of_fault.items()))
        items = [{"request_id": str(number)} for number in (*self.ids[:5], 1, self.denied, *self.ids[5:])]
        self.run = ansible.run([decide("it", state="approved", items=items)], mode=mode)
        self.task = self.run["it"]
        self.results = {result["request_id"]: result for result in self.task["results"]}
        self.requests = {row["id"]: row for row in sandbox.state("requests")}


@pytest.fixture(scope="module", params=["in_process", "module"])
def faulty(ansible: Ansible, sandbox: Sandbox, request: pytest.FixtureRequest) -> Faulty:
    return Faulty(ansible, sandbox, request.param)


@pytest.mark.parametrize("name", FAULTS)
def test_fault_on_one_of_many(faulty: Faulty, name: str) -> None:
    _fault_given, outcome, attempts, message = FAULTS[name]
    number = faulty.of_fault[name]
    result = faulty.results[str(number)]
    assert result["outcome"] == outcome, result
    assert result["changed"] == (outcome == "approved")
    assert len([call for call in faulty.task.writes if call["path"].endswith(str(number))]) == attempts
    assert faulty.requests[number]["status"] == ("Open" if outcome == "approved" else "Pending")
    assert (message or "") in str(result["error"])


def test_no_decision_takes_effect_twice(faulty: Faulty) -> None:
    committed = Counter(call["path"] for call in faulty.task.writes if call["committed"])
    assert set(committed.values()) == {1}
    assert len(committed) == len(faulty.ids) - 1


def test_bad_items_are_named_and_do_not_stop_the_others(faulty: Faulty) -> None:
    task, refused = faulty.task, faulty.of_fault["refused"]
    assert task.failed
    assert task["changed"]
    assert task["counts"] == {"approved": 59, "conflict": 1, "failed": 2}
    assert task.msg.startswith("3 of 62 items failed: ")
    for named in ("request 1: Request 1 does not exist", f"request {faulty.denied}: ", f"request {refused}: ", "No such luck"):
        assert named in task.msg


def test_request_that_fails_for_ever_is_given_up_and_named(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    first, second = sandbox.add_requests(2)
    sandbox.faults(_fault(second, kind="status", status=500, when="before"))
    task = ansible.run([decide("it", state="approved", items=[{"request_id": first}, {"request_id": second}])], mode=mode)["it"]
    assert task.failed
    assert task.outcomes == ["approved", "failed"]
    assert task.msg.startswith(f"1 of 2 items failed: request {second}: PUT /requests/{second} failed with HTTP 500")
    assert task["results"][1]["error"]["kind"] == "OutcomeUnknown"
    assert task["results"][1]["error"]["status"] == 500


def test_many_failures_are_summed_up(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [{"request_id": str(number)} for number in range(1, 26)]
    task = ansible.run([decide("it", state="approved", items=items)])["it"]
    assert task.msg.startswith("25 of 25 items failed: request 1: ")
    assert task.msg.endswith("; and 15 more, see results")


def test_on_error_stop_starts_nothing_after_the_first_failure(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    ids = sandbox.add_requests(30)
    sandbox.faults(_fault(ids[9], kind="status", status=400))
    items = [{"request_id": number} for number in ids]
    task = ansible.run([decide("it", state="approved", on_error="stop", concurrency=1, items=items)], mode=mode)["it"]
    assert task.outcomes == ["approved"] * 9 + ["failed"] + ["skipped"] * 20
    assert task["counts"] == {"approved": 9, "failed": 1, "skipped": 20}
    assert len(task.writes) == 10
    assert task["changed"]
    assert f"request {ids[9]}: " in task.msg


def test_on_error_stop_with_an_unknown_request_decides_only_what_stands_before(
    ansible: Ansible, sandbox: Sandbox, mode: str
) -> None:
    first, second = sandbox.add_requests(2)
    items = [{"request_id": first}, {"request_id": 1}, {"request_id": second}]
    task = ansible.run([decide("it", state="approved", on_error="stop", items=items)], mode=mode)["it"]
    assert task.outcomes == ["approved", "failed", "skipped"]
    assert [write["path"] for write in task.writes] == [f"/abr/requests/{first}"]


def test_key_that_is_withdrawn_in_the_middle_stops_the_task(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    ids = sandbox.add_requests(40)
    sandbox.faults({"platform": "abr", "method": "PUT", "kind": "auth", "skip": 3})
    items = [{"request_id": number} for number in ids]
    task = ansible.run([decide("it", state="approved", concurrency=1, items=items)], mode=mode)["it"]
    assert task.failed
    assert len(task.writes) == 4
    assert task["counts"] == {"approved": 3, "failed": 1, "skipped": 36}


def test_no_more_calls_are_under_way_than_allowed(ansible: Ansible, sandbox: Sandbox) -> None:
    ids = sandbox.add_requests(40)
    sandbox.faults({"platform": "abr", "method": "PUT", "kind": "latency", "ms": 20})
    items = [{"request_id": number} for number in ids]
    ansible.run([decide("it", state="approved", concurrency=5, items=items)])
    assert sandbox.summary()["max_in_flight"] == 5


def test_request_that_is_gone_after_its_decision_is_reported(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.switches(decided_rows="removed")
    (number,) = sandbox.add_requests(1)
    task = ansible.run([decide("it", request_id=number, state="approved")])["it"]
    assert task.failed
    assert f"request {number} is gone" in task.msg


@pytest.mark.parametrize("answer", ["204", "400", "409"])
def test_queue_that_somebody_else_empties_meanwhile(ansible: Ansible, sandbox: Sandbox, answer: str) -> None:
    """The other one decides between the reading and the writing; here the server gives the stale list."""
    sandbox.switches(decide_denied=answer)
    (number,) = sandbox.add_requests(1)
    before = sandbox.request(number)
    sandbox.change_request(number, status="Denied")
    sandbox.faults({"kind": "status", "status": 200, "method": "GET", "path": _path_of(number), "times": 1, "body": before})
    task = ansible.run([decide("it", request_id=number, state="approved")])["it"]
    assert task.failed
    assert task.outcomes == ["conflict"]
    assert "it is Denied already" in task.msg
    assert len(task.writes) == 1
