# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_comment: each comment once, whatever happens to the answers."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.dwp import ON_DWP, kept_comments, posts, run_on_dwp, without_ids, without_logins
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import DWP_USER, Sandbox

TEXT = 'Ærgerligt & 100 % forbudt; se #4711 / "regel" 见积'
# Requests of the example data; the first has a public comment of odahl, and an internal one.
COMMENTED, MOVE, OTHER, BIG = "40211", "40310", "40244", "9007199254740995"


def _say(name: str, keywords: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return task("request_comment", name, keywords, **options)


TASKS = [
    _say("new", request_id=MOVE, text=TEXT),
    _say("again", request_id=MOVE, text=TEXT),
    _say("with blanks", request_id=MOVE, text=f"\n  {TEXT}\n\n"),
    _say("internal", request_id=MOVE, text=TEXT, visibility="internal"),
    _say("internal again", request_id=MOVE, text=TEXT, visibility="internal"),
    _say("notified", request_id=OTHER, text="Ready", notify=True),
    _say("notified again", request_id=OTHER, text="Ready"),
    _say("what a colleague has said", request_id=COMMENTED, text="Ready at the front desk"),
    _say("as the colleague", request_id=COMMENTED, text="Ready at the front desk", author="odahl"),
    _say("as myself", request_id=MOVE, text="Mine", visibility="internal", author=DWP_USER),
    _say("as another", request_id=OTHER, text="Ready", author="hannah_admin"),
    _say("markup", request_id=MOVE, text="1 < 2 &amp; <b>bold</b>"),
    _say("markup again", request_id=MOVE, text="1 < 2 &amp; <b>bold</b>"),
    _say("two lines", request_id=BIG, text="first\nsecond"),
    _say("unknown request", request_id="1", text="Hello"),
    _say("unknown author", request_id=MOVE, text="Hello", author="nobody"),
    _say(
        "items",
        text="Done by automation",
        items=[
            {"request_id": OTHER},
            {"request_id": BIG, "text": "Thanks!"},
            {"request_id": "1"},
            {"request_id": OTHER, "text": "Done  by automation"},
            {"request_id": OTHER, "visibility": "internal"},
        ],
    ),
]

# These do not depend on each other, so that check mode, which changes nothing, can be compared.
INDEPENDENT = [
    _say("one", request_id=MOVE, text=TEXT),
    _say("one that is there", request_id=COMMENTED, text="Ready at the front desk", author="odahl"),
    _say(
        "many",
        text="Done by automation",
        items=[
            {"request_id": OTHER},
            {"request_id": "1"},
            {"request_id": OTHER},
            {"request_id": BIG, "visibility": "internal"},
            {"request_id": OTHER, "author": "odahl"},
        ],
    ),
    _say(
        "stop",
        text="Not far",
        on_error="stop",
        concurrency=1,
        items=[{"request_id": COMMENTED}, {"request_id": "1"}, {"request_id": BIG}],
    ),
]


@pytest.fixture(scope="module")
def runs(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes(TASKS, env=ON_DWP)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


def test_comments_are_read_one_is_written_and_they_are_read_again(run: Run) -> None:
    path = f"/dwp/api/myit-sb/services/requests/{MOVE}/activities"
    calls = without_logins(run["new"].calls)
    assert [(call["method"], call["path"]) for call in calls] == [("GET", path), ("POST", path), ("GET", path)]
    (result,) = run["new"]["results"]
    after = result["after"]
    assert (result["outcome"], result["changed"], result["before"], result["error"]) == ("created", True, None, None)
    assert (result["request_id"], result["comment_id"]) == (MOVE, after["id"])
    assert after == {
        "id": after["id"],
        "text": TEXT,
        "author": DWP_USER,
        "visibility": "public",
        "created_at": after["created_at"],
        "attachments": [],
    }
    assert run["new"]["counts"] == {"created": 1}


@pytest.mark.parametrize(
    "name",
    ["again", "with blanks", "internal again", "notified again", "as the colleague", "markup again"],
)
def test_comment_that_is_there_is_left_alone(run: Run, name: str) -> None:
    result = run[name]
    assert result.outcomes == ["unchanged"]
    assert not result["changed"]
    assert [call["method"] for call in result.calls] == ["GET"]
    (only,) = result["results"]
    assert only["before"] == only["after"]
    assert only["comment_id"] == only["after"]["id"]


@pytest.mark.parametrize(
    "name", ["internal", "notified", "what a colleague has said", "as myself", "as another", "markup", "two lines"]
)
def test_comment_that_differs_in_author_or_visibility_is_another_one(run: Run, name: str) -> None:
    assert run[name].outcomes == ["created"]
    assert len(posts(run[name].calls)) == 1


def test_call_carries_all_options(run: Run) -> None:
    bodies = {name: posts(run[name].calls)[0]["body"] for name in ("new", "internal", "notified", "as another", "two lines")}
    assert '"broadcast": false' in bodies["new"]
    assert '"visibility": "INTERNAL"' in bodies["internal"]
    assert '"broadcast": true' in bodies["notified"]
    assert '"authorLoginID": "hannah_admin"' in bodies["as another"]
    assert '"authorLoginID"' not in bodies["new"]
    assert r'"text": "first\nsecond"' in bodies["two lines"]


def test_unknown_request_is_named(run: Run) -> None:
    result = run["unknown request"]
    assert result.failed
    assert result["error"]["kind"] == "NotFound"
    assert "Request 1 does not exist, or the account may not see it" in result.msg
    assert "Check request_id" in result.msg
    assert posts(result.calls) == []


def test_unknown_author_is_what_the_platform_says(run: Run) -> None:
    assert run["unknown author"].failed
    assert "User nobody not found." in run["unknown author"].msg


def test_items_on_the_same_request_cost_one_reading(run: Run) -> None:
    result = run["items"]
    assert result.outcomes == ["created", "created", "failed", "unchanged", "created"]
    assert [one["index"] for one in result["results"]] == [0, 1, 2, 3, 4]
    assert result["results"][3]["comment_id"] == result["results"][0]["comment_id"]
    assert result.msg.startswith("1 of 5 items failed: comment on request 1: Request 1 does not exist")
    assert len(posts(result.calls)) == 3
    reads = [call["path"].split("/")[-2] for call in result.calls if call["method"] == "GET"]
    assert sorted(reads) == sorted([OTHER, BIG, "1", OTHER, BIG])


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    in_process, module = (without_ids(comparable(runs[mode])) for mode in MODES)
    for here, there in zip(in_process, module, strict=True):
        assert here == there


def test_server_has_each_comment_once_in_the_order_of_the_items(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    items = [{"request_id": request_id, "text": f"Step {step}"} for step in range(1, 6) for request_id in (MOVE, OTHER)]
    run = run_on_dwp(ansible, [_say("first", items=items), _say("second", items=items)], mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    assert run["first"]["counts"] == {"created": 10}
    assert run["second"]["counts"] == {"unchanged": 10}
    assert len(without_logins(run["second"].calls)) == 2
    for request_id in (MOVE, OTHER):
        assert [one["text"] for one in kept_comments(sandbox, request_id)] == [f"Step {step}" for step in range(1, 6)]


@pytest.mark.parametrize(
    ("switch", "value"), [("comment_markup", "html"), ("activities_order", "oldest_first"), ("activity_params", "body")]
)
def test_whatever_the_platform_makes_of_comments(
    ansible: Ansible, sandbox: Sandbox, mode: str, switch: str, value: str
) -> None:
    sandbox.switches("dwp", **{switch: value})
    tasks = [_say(name, request_id=MOVE, text="1 < 2 & <i>3</i>\nnext") for name in ("first", "second")]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert [run[name]["changed"] for name in ("first", "second")] == [True, False]
    assert len(kept_comments(sandbox, MOVE)) == 1


def _predicted(run: Run) -> list[dict[str, Any]]:
    def told(record: dict[str, Any] | None) -> dict[str, Any]:
        return {key: value for key, value in (record or {}).items() if key not in ("id", "created_at")}

    return [
        {
            "name": task.name,
            "status": task.status,
            "changed": task["changed"],
            "counts": task["counts"],
            "outcomes": task.outcomes,
            "errors": [(result["error"] or {}).get("message") for result in task["results"]],
            "before": [told(result["before"]) for result in task["results"]],
            "after": [told(result["after"]) for result in task["results"]],
            "diff": task["diff"],
        }
        for task in run.tasks
    ]


def test_check_mode_predicts_the_run_and_writes_nothing(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    predicted = run_on_dwp(ansible, INDEPENDENT, mode=mode, arguments=["--check", "--diff"])
    assert without_logins(sandbox.writes()) == []
    real = run_on_dwp(ansible, INDEPENDENT, mode=mode, arguments=["--diff"])
    assert len(posts(sandbox.calls())) == 5
    for before, after in zip(_predicted(predicted), _predicted(real), strict=True):
        assert before == after
    assert predicted["many"].outcomes == ["created", "failed", "unchanged", "created", "created"]
    assert predicted["stop"].outcomes == ["created", "failed", "skipped"]


def test_diff_shows_the_comment(ansible: Ansible, mode: str) -> None:
    run = run_on_dwp(ansible, [{**INDEPENDENT[0], "diff": True}, {**INDEPENDENT[1], "diff": True}], mode=mode)
    (diff,) = run["one"]["diff"]
    assert diff["before"] == {}
    assert diff["after"] == {"text": TEXT, "author": DWP_USER, "visibility": "public", "attachments": []}
    assert diff["after_header"] == f"comment on request {MOVE}"
    assert run["one that is there"]["diff"] == []


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no request": ({"text": "a"}, ["request_id: it is missing"]),
    "bad id": ({"request_id": "../1", "text": "a"}, ["request_id: '../1' is not an id", "whole numbers"]),
    "no text": ({"request_id": MOVE}, ["text: it is missing"]),
    "blank text": ({"request_id": MOVE, "text": " \n"}, ["text: there is nothing in it"]),
    "only markup": ({"request_id": MOVE, "text": "<br>"}, ["text: there is nothing in it"]),
    "visibility": ({"request_id": MOVE, "text": "a", "visibility": "secret"}, ["visibility", "public, internal", "secret"]),
    "no text of an item": (
        {"items": [{"request_id": MOVE, "text": "a"}, {"request_id": MOVE}]},
        ["items[1].text: it is missing"],
    ),
    "no items": ({"text": "a", "items": []}, ["items: the list is empty"]),
    "internal as another": (
        {"request_id": MOVE, "text": "a", "visibility": "internal", "author": "odahl"},
        ["author: an internal comment of odahl is shown to odahl only", "make it public"],
    ),
    "platform": ({"request_id": MOVE, "text": "a", "platform": "admin_by_request"}, ["request_comment", "bmc_dwp"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes([_say(name, **options) for name, (options, _said) in BAD.items()], env=ON_DWP)


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg


# What happens to the first attempt at a comment: the outcome, how many times it is sent, and what the error says.
FAULTS: dict[str, tuple[dict[str, Any], str, int, str]] = {
    "dropped after the work was done": ({"kind": "drop", "when": "after"}, "created", 1, ""),
    "dropped before the work was done": ({"kind": "drop", "when": "before"}, "created", 2, ""),
    "500 after the work was done": ({"kind": "status", "status": 500, "when": "after"}, "created", 1, ""),
    "500 before the work was done": ({"kind": "status", "status": 500, "when": "before"}, "created", 2, ""),
    "half an answer": ({"kind": "truncated_json"}, "created", 1, ""),
    "nothing in the answer": ({"kind": "empty", "when": "after"}, "created", 1, ""),
    "a web page": ({"kind": "html", "body": "<html>Out of order</html>", "when": "before"}, "created", 2, ""),
    "a quota for a moment": ({"kind": "rate_limit", "retry_after": 0}, "created", 2, ""),
    "a gateway that gave up": ({"kind": "status", "status": 504, "when": "before"}, "failed", 1, "may still be at work"),
    "refused": ({"kind": "status", "status": 400, "body": {"message": "No such luck"}}, "failed", 1, "No such luck"),
    "an error that says all is well": (
        {"kind": "status", "status": 200, "body": {"messageType": "ERROR", "messageNumber": 9, "messageText": "Not today"}},
        "failed",
        1,
        "Not today",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_lost_answer_makes_no_second_comment(ansible: Ansible, sandbox: Sandbox, mode: str, name: str) -> None:
    fault, outcome, sent, message = FAULTS[name]
    sandbox.faults({"platform": "dwp", "method": "POST", "path": f"{MOVE}/activities$", "times": 1, **fault})
    wanted = ((MOVE, "First"), (MOVE, "Second"), (OTHER, "First"))
    items = [{"request_id": request_id, "text": text} for request_id, text in wanted]
    tasks = [_say(task, items=items, settle_timeout=0.5) for task in ("it", "again")]
    run = run_on_dwp(ansible, tasks, mode=mode)
    assert run["it"].outcomes[0] == outcome, run["it"].msg
    assert message in str(run["it"]["results"][0]["error"])
    first = [call for call in posts(run["it"].calls) if MOVE in call["path"] and "First" in call["body"]]
    assert len(first) == sent
    assert run["it"].outcomes[2] == "created"
    assert not run["again"].failed
    texts = [one["text"] for one in kept_comments(sandbox, MOVE)]
    assert sorted(texts) == ["First", "Second"]
    assert outcome == "failed" or texts == ["First", "Second"]
    assert len(kept_comments(sandbox, OTHER)) == 1


def test_slow_server_gets_no_second_comment(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """It had not written the comment when we had lost patience, and does so later."""
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/activities$", "times": 1, "kind": "latency", "ms": 1500})
    run = run_on_dwp(ansible, [_say("it", request_id=MOVE, text="Slow", timeout=0.5, settle_timeout=5)], mode=mode)
    assert len(posts(run["it"].calls)) == 1
    assert run["it"].outcomes == ["created"]
    assert len(kept_comments(sandbox, MOVE)) == 1


def test_comments_that_cannot_be_read_again_are_told(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    fault = {"kind": "status", "status": 500, "skip": 1}
    sandbox.faults({"platform": "dwp", "method": "GET", "path": f"{MOVE}/activities$", **fault})
    run = run_on_dwp(ansible, [_say("it", request_id=MOVE, text="Hello", retries=0)], mode=mode)
    assert run["it"].failed
    assert run["it"]["error"]["kind"] == "OutcomeUnknown"
    assert "was sent, but reading the comments of the request failed" in run["it"].msg
    assert len(kept_comments(sandbox, MOVE)) == 1


def test_thirty_percent_of_faults_on_a_hundred_comments(ansible: Ansible, sandbox: Sandbox) -> None:
    ids = sandbox.add_each("requests", [{} for dummy in range(50)], platform="dwp")
    for number, (kind, when) in enumerate((("drop", "before"), ("drop", "after"), ("reset", "after"))):
        fault = {"platform": "dwp", "method": "POST", "path": "/activities$", "probability": 0.1, "seed": number, "times": 12}
        sandbox.faults({**fault, "kind": kind, "when": when})
    items = [{"request_id": number, "text": f"Text {text}"} for number in ids for text in (1, 2)]
    run = run_on_dwp(ansible, [_say("it", items=items, concurrency=8, settle_timeout=0.5), _say("again", items=items)])
    assert len([call for call in posts(run["it"].calls) if call["fault"]]) >= 20
    assert run["it"]["counts"] == {"created": 100}, run["it"].msg
    assert run["again"]["counts"] == {"unchanged": 100}
    for request_id in ids:
        assert [one["text"] for one in kept_comments(sandbox, request_id)] == ["Text 1", "Text 2"]


def test_recorded_otherwise_is_a_failure(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    answered = {"id": "10001", "message": "Ready at the front desk", "authorLoginId": "odahl", "visibility": "PUBLIC"}
    fault = {"platform": "dwp", "path": "/activities$", "kind": "status", "status": 200}
    sandbox.faults(
        {**fault, "method": "POST", "body": answered},
        {**fault, "method": "GET", "body": [answered], "skip": 1},
    )
    run = run_on_dwp(ansible, [_say("it", request_id=MOVE, text="Hello", visibility="internal")], mode=mode)
    assert run["it"].failed
    assert run["it"]["changed"]
    for words in ("author 'odahl' instead of 'svc_automation'", "visibility 'public' instead of 'internal'", "text 'Ready at"):
        assert words in run["it"].msg


def test_accepted_and_never_shown_is_a_failure(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/activities$", "kind": "empty"})
    run = run_on_dwp(ansible, [_say("it", request_id=MOVE, text="Hello", settle_timeout=0.5)])
    assert run["it"].failed
    assert "was accepted, but it does not show up" in run["it"].msg
    assert len(posts(run["it"].calls)) == 1


def test_on_error_stop_writes_only_what_stands_before(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    items = [{"request_id": COMMENTED}, {"request_id": "1"}, {"request_id": BIG}, {"request_id": COMMENTED, "text": "Another"}]
    run = run_on_dwp(ansible, [_say("it", text="Hello", on_error="stop", concurrency=1, items=items)], mode=mode)
    assert run["it"].outcomes == ["created", "failed", "skipped", "skipped"]
    assert len(posts(run["it"].calls)) == 1


def test_wrong_password_costs_one_call(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    items = [{"request_id": str(number)} for number in range(1, 50)]
    run = run_on_dwp(ansible, [_say("it", text="Hello", items=items)], mode=mode, env={"DWP_PASSWORD": "wrong"})
    assert len(sandbox.calls()) == 1
    assert run["it"]["error"]["kind"] == "AuthError"
    assert "refused the login" in run["it"].msg
