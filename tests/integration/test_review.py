# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""review: every option, run twice, in check mode, and with what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.dwp import API, ON_DWP, run_on_dwp, without_logins
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import DWP_PASSWORD, DWP_USER, Call, Sandbox

Row = dict[str, Any]

TITLE, CONTENT = 'Fin & hurtig – "100 %"', "Første linje.\nZweite Zeile <b>fett</b>; 第三行"
LAPTOP, MONITOR, PHONE, FAX, VPN, ROOM, BIG = "2401", "2402", "2403", "2410", "2405", "2409", "9007199254740993"
# For how long lost answers are looked for: nothing shows up late unless a test wants it.
BRIEFLY: Row = {"settle_timeout": 0.5}
# A user who has written something already: a review and a rating of the laptop, and of database access.
SKJAER: dict[str, str | None] = {**ON_DWP, "DWP_USERNAME": "skjaer", "DWP_PASSWORD": DWP_PASSWORD}


def _ensure(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return task("review", name, keywords, **options)


TASKS = [
    _ensure("new", service=MONITOR, title=TITLE, content=CONTENT, rating=0.7),
    _ensure("again", service="External monitor", title=TITLE, content=f" {CONTENT}\n", rating=0.7),
    _ensure("another title", service=MONITOR, title="Other title"),
    _ensure("another title again", service=MONITOR, title="Other title"),
    _ensure("another rating", service=MONITOR, rating=0.25),
    _ensure("nearly the same rating", service=MONITOR, rating=0.2504),
    _ensure("review only", service=VPN, title=TITLE, content=CONTENT),
    _ensure("rating only", service=BIG, rating=0),
    _ensure("rating only again", service=BIG, rating=0.0),
    _ensure("half a review", service=ROOM, title=TITLE),
    _ensure("remove", service=VPN, state="absent"),
    _ensure("remove again", service=VPN, state="absent"),
    _ensure("remove what was rated", service=MONITOR, state="absent"),
    _ensure("remove what was rated again", service=MONITOR, state="absent"),
    _ensure("unknown service", service="Standart laptop", rating=1),
    _ensure("two of the name", service="Shared mailbox", rating=1),
    _ensure(
        "items",
        rating=0.9,
        items=[
            {"service": "Standard laptop"},
            {"service": "Laptop"},
            {"service": PHONE, "rating": 0.4, "title": "So so", "content": "Rings."},
            {"service": LAPTOP, "title": "Good", "content": "Fast."},
            {"service": "Mobile phone", "rating": 0.5},
            {"service": LAPTOP},
        ],
    ),
]

# These do not depend on each other, so that check mode, which changes nothing, can be compared.
INDEPENDENT = [
    _ensure("new", service=MONITOR, title=TITLE, content=CONTENT, rating=0.7),
    _ensure("there already", service=LAPTOP, title="Hurtig levering", rating=1),
    _ensure("remove", service="2404", state="absent"),
    _ensure(
        "many",
        state="absent",
        items=[
            {"service": LAPTOP},
            {"service": "Nothing"},
            {"service": PHONE},
            {"service": ROOM, "state": "present", "rating": 0.5},
            {"service": ROOM, "state": "present", "title": "Nice", "content": "View."},
            {"service": VPN, "state": "present", "title": "Nice"},
        ],
    ),
    _ensure(
        "stop",
        on_error="stop",
        rating=0.5,
        items=[{"service": "2419"}, {"service": "Nothing"}, {"service": "2420"}],
    ),
]


def _opinions(sandbox: Sandbox, kind: str, service_id: str, login: str = DWP_USER) -> list[Row]:
    key = "serviceversionId"
    return [row for row in sandbox.state(kind, "dwp") if row["login"] == login and row[key] == service_id]


def _short(calls: list[Call]) -> list[str]:
    return [f"{call['method']} {call['path'].removeprefix(API)}" for call in without_logins(calls)]


def _writes(calls: list[Call]) -> list[str]:
    return [line for line in _short(calls) if not line.startswith("GET") and line != "POST /services/search"]


@pytest.fixture(scope="module")
def runs(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes(TASKS, env=ON_DWP)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


def test_opinion_is_read_written_and_read_back(run: Run) -> None:
    result = run["new"]
    assert _short(result.calls) == [
        "POST /services/search",
        "GET /reviews",
        "GET /ratings",
        "POST /reviews",
        "POST /ratings",
        "GET /reviews",
        "GET /ratings",
    ]
    (one,) = result["results"]
    assert (one["outcome"], one["changed"], one["before"], one["error"]) == ("created", True, None, None)
    assert one["after"] == {"title": TITLE, "content": CONTENT, "rating": 0.7}
    assert one["service_id"] == MONITOR
    assert one["review_id"].isdigit()
    assert one["rating_id"].isdigit()
    assert result["counts"] == {"created": 1}
    assert result.warnings == []


@pytest.mark.parametrize("name", ["again", "another title again", "nearly the same rating", "rating only again", "remove again"])
def test_what_is_as_wanted_is_left_alone(run: Run, name: str) -> None:
    result = run[name]
    assert result.outcomes == ["unchanged"]
    assert not result["changed"]
    assert _writes(result.calls) == []
    (one,) = result["results"]
    assert one["before"] == one["after"]


def test_what_is_left_out_is_kept(run: Run) -> None:
    (one,) = run["another title"]["results"]
    assert one["outcome"] == "updated"
    assert one["before"] == {"title": TITLE, "content": CONTENT, "rating": 0.7}
    assert one["after"] == {"title": "Other title", "content": CONTENT, "rating": 0.7}
    assert one["review_id"] == run["new"]["results"][0]["review_id"]
    assert _writes(run["another title"].calls) == [f"PUT /reviews/{one['review_id']}"]
    (rated,) = run["another rating"]["results"]
    assert rated["after"] == {"title": "Other title", "content": CONTENT, "rating": 0.25}
    assert _writes(run["another rating"].calls) == [f"PUT /ratings/{rated['rating_id']}"]


def test_review_and_rating_can_be_alone(run: Run) -> None:
    assert run["review only"]["results"][0]["after"] == {"title": TITLE, "content": CONTENT, "rating": None}
    assert _writes(run["review only"].calls) == ["POST /reviews"]
    assert run["rating only"]["results"][0]["after"] == {"title": None, "content": None, "rating": 0.0}
    assert _writes(run["rating only"].calls) == ["POST /ratings"]
    assert run["rating only"]["results"][0]["service_id"] == BIG


def test_new_review_needs_both_texts(run: Run) -> None:
    assert run["half a review"].failed
    assert "content: it is missing, and service 2409 has no review yet" in run["half a review"].msg
    assert _writes(run["half a review"].calls) == []


def test_review_is_removed(run: Run) -> None:
    (one,) = run["remove"]["results"]
    assert (one["outcome"], one["after"], one["review_id"]) == ("deleted", None, None)
    assert run["remove"].warnings == []


@pytest.mark.parametrize(
    ("name", "outcome"), [("remove what was rated", "deleted"), ("remove what was rated again", "unchanged")]
)
def test_rating_stays_and_is_warned_about(run: Run, name: str, outcome: str) -> None:
    (one,) = run[name]["results"]
    assert one["outcome"] == outcome
    assert one["after"] == {"title": None, "content": None, "rating": 0.25}
    (warning,) = run[name].warnings
    assert "The rating of service 2402 stays" in warning


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("unknown service", "NotFound", ["'Standart laptop'", "'Standard laptop' (2401)"]),
        ("two of the name", "Ambiguous", ["2411", "2412"]),
    ],
)
def test_service_that_cannot_be_told_is_explained(run: Run, name: str, kind: str, words: list[str]) -> None:
    assert run[name].failed
    assert run[name]["error"]["kind"] == kind
    assert run[name]["results"][0]["service_id"] is None
    for word in words:
        assert word in run[name].msg
    assert _writes(run[name].calls) == []


def test_items_on_the_same_service_are_one(run: Run) -> None:
    result = run["items"]
    assert result.outcomes == ["created", "failed", "created", "updated", "failed", "unchanged"]
    assert [one["index"] for one in result["results"]] == [0, 1, 2, 3, 4, 5]
    assert "'Standard laptop' (2401)" in result["results"][1]["error"]["message"] + result["results"][1]["error"]["hint"]
    assert "wanted by items[2]" in result["results"][4]["error"]["message"]
    assert result["results"][4]["error"]["kind"] == "Conflict"
    assert result["results"][3]["after"] == {"title": "Good", "content": "Fast.", "rating": 0.9}
    assert result.msg.startswith("2 of 6 items failed: ")
    assert sorted(_writes(result.calls)) == ["POST /ratings", "POST /ratings", "POST /reviews", "POST /reviews"]
    lists = [line for line in _short(result.calls) if line in ("GET /reviews", "GET /ratings")]
    assert len(lists) == 4


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    in_process, module = (comparable(runs[mode]) for mode in MODES)
    for here, there in zip(in_process, module, strict=True):
        for one in (here, there):
            one["calls"] = [call for call in one["calls"] if "/users/login" not in call[1]]
            for result in one["result"].get("results", ()) if here["name"] == "items" else ():
                # Side by side, new records get their ids in no order.
                result["review_id"] = result["rating_id"] = None
        assert here == there


def test_many_services_cost_two_lists(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    ids = sandbox.add_each("services", [{} for dummy in range(40)], platform="dwp")
    items = [{"service": number, "title": f"Title {number}", "content": "Text", "rating": 0.5} for number in ids]
    run = run_on_dwp(ansible, [_ensure("first", items=items), _ensure("second", items=items)], mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    assert run["first"]["counts"] == {"created": 40}
    assert run["second"]["counts"] == {"unchanged": 40}
    assert _short(run["second"].calls) == ["POST /services/search", "GET /reviews", "GET /ratings"]
    assert len(run["first"].calls) <= 1 + 80 + 5
    assert sandbox.logins() == 1
    for number in ids:
        assert [row["title"] for row in _opinions(sandbox, "reviews", number)] == [f"Title {number}"]
        assert len(_opinions(sandbox, "ratings", number)) == 1


def test_newest_of_several_reviews_counts_and_absent_removes_all(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """Two accounts of one test: the platform lets a user write a second review."""
    first = run_on_dwp(ansible, [_ensure("it", service=PHONE, title="A", content="a")], mode=mode)
    assert not first["it"].failed
    sandbox.advance(60)
    login = task("access_token", "login")
    call = {
        "name": "second review",
        "ansible.builtin.uri": {
            "url": f"{sandbox.dwp_url}/api/myit-sb/reviews",
            "method": "POST",
            "status_code": 201,
            "headers": {
                "Authorization": "AR-JWT {{ lookup('ansible.builtin.file', token) }}",
                "default-bundle-scope": "myit-sb",
                "X-Requested-By": "tests",
            },
            "body_format": "json",
            "body": {"serviceversionId": PHONE, "title": "B", "content": "b"},
        },
    }
    token = ansible.folder / "token of the test"
    login["deskops.itsm.access_token"] = {"token_path": str(token)}
    tasks = [
        login,
        call,
        _ensure("newest is as wanted", service=PHONE, title="B", content="b"),
        _ensure("newest is changed", service=PHONE, title="C"),
        _ensure("all are removed", service=PHONE, state="absent"),
    ]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True, vars={"token": str(token)})
    assert run.rc == 0, run.output
    assert run["newest is as wanted"].outcomes == ["unchanged"]
    assert run["newest is changed"]["results"][0]["after"] == {"title": "C", "content": "b", "rating": None}
    deleted = run["all are removed"]
    assert len([line for line in _writes(deleted.calls) if line.startswith("DELETE")]) == 2
    assert _opinions(sandbox, "reviews", PHONE) == []


def _predicted(run: Run) -> list[Row]:
    return [
        {
            "name": task.name,
            "status": task.status,
            "changed": task["changed"],
            "counts": task["counts"],
            "outcomes": task.outcomes,
            "errors": [(result["error"] or {}).get("message") for result in task["results"]],
            "before": [result["before"] for result in task["results"]],
            "after": [result["after"] for result in task["results"]],
            "diff": task["diff"],
            "warnings": task.warnings,
        }
        for task in run.tasks
    ]


def test_check_mode_predicts_the_run_and_writes_nothing(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    options: Row = {"mode": mode, "env": SKJAER}
    predicted = ansible.run(INDEPENDENT, arguments=["--check", "--diff"], **options)
    assert _writes(sandbox.calls()) == []
    real = ansible.run(INDEPENDENT, arguments=["--diff"], **options)
    for before, after in zip(_predicted(predicted), _predicted(real), strict=True):
        assert before == after
    assert predicted["new"].outcomes == ["created"]
    assert predicted["there already"].outcomes == ["unchanged"]
    assert predicted["remove"].outcomes == ["deleted"]
    assert predicted["many"].outcomes == ["deleted", "failed", "unchanged", "created", "updated", "failed"]
    assert predicted["stop"].outcomes == ["created", "failed", "skipped"]
    assert predicted["new"]["results"][0]["review_id"] is None
    again = ansible.run(INDEPENDENT, arguments=["--check"], **options)
    assert not any(task["changed"] for task in again.tasks if task.name in ("new", "there already", "remove"))


def test_diff_shows_what_changed_and_only_when_asked_for(ansible: Ansible, mode: str) -> None:
    tasks = [{**INDEPENDENT[0], "diff": True}, {**INDEPENDENT[1], "name": "same", "diff": True}, {**INDEPENDENT[2]}]
    run = ansible.run(tasks, mode=mode, env=SKJAER)
    (diff,) = run["new"]["diff"]
    assert diff["before"] == {}
    assert diff["after"] == {"title": TITLE, "content": CONTENT, "rating": 0.7}
    assert diff["before_header"] == f"service 'External monitor' ({MONITOR})"
    assert run["same"]["diff"] == []
    assert "diff" not in run["remove"]


BAD: dict[str, tuple[Row, list[str]]] = {
    "no service": ({"rating": 1}, ["service: it is missing"]),
    "blank service": ({"service": " ", "rating": 1}, ["service: it is missing"]),
    "nothing": ({"service": LAPTOP}, ["rating: there is nothing to ensure", "title and content"]),
    "rating too high": ({"service": LAPTOP, "rating": 1.01}, ["rating: 1.01 is out of range", "0 to 1"]),
    "rating too low": ({"service": LAPTOP, "rating": -0.5}, ["rating: -0.5 is out of range"]),
    "rating that is none": ({"service": LAPTOP, "rating": "good"}, ["rating", "float"]),
    "no number": ({"service": LAPTOP, "rating": "nan"}, ["rating: nan is out of range"]),
    "empty title": ({"service": LAPTOP, "title": "", "content": "a"}, ["title: it is empty"]),
    "blank content": ({"service": LAPTOP, "title": "a", "content": " \n"}, ["content: it is empty"]),
    "rating to be removed": ({"service": LAPTOP, "rating": 1, "state": "absent"}, ["rating: a rating cannot be deleted"]),
    "title of nothing": ({"service": LAPTOP, "title": "a", "state": "absent"}, ["title: it makes no sense"]),
    "settle_timeout": ({"service": LAPTOP, "rating": 1, "settle_timeout": -1}, ["settle_timeout: -1 is out of range"]),
    "state": ({"service": LAPTOP, "state": "gone"}, ["state", "present, absent", "gone"]),
    "item": ({"rating": 1, "items": [{"service": LAPTOP}, {}]}, ["items[1].service: it is missing"]),
    "no items": ({"items": []}, ["items: the list is empty"]),
    "platform": ({"service": LAPTOP, "rating": 1, "platform": "admin_by_request"}, ["review", "bmc_dwp"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes([_ensure(name, **options) for name, (options, _said) in BAD.items()], env=ON_DWP)


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg


# What happens to the first attempt at each write: how often it is sent, and whether it works out.
FAULTS: dict[str, tuple[Row, int, bool]] = {
    "dropped after the work was done": ({"kind": "drop", "when": "after"}, 1, True),
    "dropped before the work was done": ({"kind": "drop", "when": "before"}, 2, True),
    "500 after the work was done": ({"kind": "status", "status": 500, "when": "after"}, 1, True),
    "500 before the work was done": ({"kind": "status", "status": 500, "when": "before"}, 2, True),
    "a web page": ({"kind": "html", "body": "<html>Out of order</html>", "when": "before"}, 2, True),
    "a quota for a moment": ({"kind": "rate_limit", "retry_after": 0}, 2, True),
    "a gateway that gave up": ({"kind": "status", "status": 504, "when": "before"}, 1, False),
    "refused": ({"kind": "status", "status": 400, "body": {"message": "No such luck"}}, 1, False),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("kind", ["reviews", "ratings"])
def test_lost_answer_makes_no_second_one(ansible: Ansible, sandbox: Sandbox, kind: str, name: str) -> None:
    fault, sent, works = FAULTS[name]
    sandbox.faults({"platform": "dwp", "method": "POST", "path": f"/{kind}$", "times": 1, **fault})
    wanted: Row = {"service": MONITOR, "title": TITLE, "content": CONTENT, "rating": 0.7, **BRIEFLY}
    run = run_on_dwp(ansible, [_ensure("it", **wanted), _ensure("again", **wanted)])
    assert run["it"].failed is not works, run["it"].msg
    assert _writes(run["it"].calls).count(f"POST /{kind}") == sent
    nothing_yet = kind == "reviews" and name == "refused"
    assert run["again"].outcomes == ["unchanged" if works else "created" if nothing_yet else "updated"]
    assert len(_opinions(sandbox, "reviews", MONITOR)) == 1
    assert len(_opinions(sandbox, "ratings", MONITOR)) == 1


def test_half_of_it_done_is_changed_and_failed(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    fault = {"kind": "status", "status": 400, "body": {"message": "No such luck"}}
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/ratings$", **fault})
    run = run_on_dwp(ansible, [_ensure("it", service=MONITOR, title=TITLE, content=CONTENT, rating=0.7)], mode=mode)
    (one,) = run["it"]["results"]
    assert run["it"].failed
    assert (one["outcome"], one["changed"]) == ("failed", True)
    assert one["after"] == {"title": TITLE, "content": CONTENT, "rating": None}
    assert "No such luck" in run["it"].msg


def test_slow_server_gets_no_second_review(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """It had not written the review when we had lost patience, and does so later."""
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/reviews$", "times": 1, "kind": "latency", "ms": 1500})
    run = run_on_dwp(ansible, [_ensure("it", service=MONITOR, title=TITLE, content=CONTENT, timeout=0.5)], mode=mode)
    assert run["it"].outcomes == ["created"]
    assert len(_opinions(sandbox, "reviews", MONITOR)) == 1


@pytest.mark.parametrize("kind", ["reviews", "ratings"])
def test_opinion_that_shows_up_late_is_not_written_again(ansible: Ansible, sandbox: Sandbox, mode: str, kind: str) -> None:
    sandbox.switches("dwp", late_opinions_ms=1500)
    sandbox.faults({"platform": "dwp", "method": "POST", "path": f"/{kind}$", "times": 1, "kind": "drop", "when": "after"})
    wanted = {"title": TITLE, "content": CONTENT} if kind == "reviews" else {"rating": 0.7}
    run = run_on_dwp(ansible, [_ensure("it", service=MONITOR, settle_timeout=30, **wanted)], mode=mode)
    assert run["it"].outcomes == ["created"]
    assert _writes(run["it"].calls) == [f"POST /{kind}"]
    assert len(_opinions(sandbox, kind, MONITOR)) == 1


def test_deletion_whose_answer_is_lost(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    sandbox.faults({"platform": "dwp", "method": "DELETE", "kind": "drop", "when": "after", "times": 1})
    run = ansible.run([_ensure("it", service=LAPTOP, state="absent")], mode=mode, env=SKJAER)
    assert run["it"].outcomes == ["deleted"]
    assert _opinions(sandbox, "reviews", LAPTOP, "skjaer") == []


def test_accepted_and_never_shown_is_a_failure(ansible: Ansible, sandbox: Sandbox) -> None:
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/reviews$", "kind": "empty", "status": 201})
    run = run_on_dwp(ansible, [_ensure("it", service=MONITOR, title=TITLE, content=CONTENT, **BRIEFLY)])
    assert run["it"].failed
    assert "is not as wanted" in run["it"].msg
    assert _writes(run["it"].calls) == ["POST /reviews"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_thirty_percent_of_faults_on_many_services(ansible: Ansible, sandbox: Sandbox, when: str) -> None:
    ids = sandbox.add_each("services", [{} for dummy in range(30)], platform="dwp")
    fault = {"platform": "dwp", "method": "POST", "path": "/(reviews|ratings)$", "probability": 0.3, "seed": 7}
    sandbox.faults({**fault, "kind": "drop", "when": when})
    items = [{"service": number, "title": "Title", "content": "Text", "rating": 0.5} for number in ids]
    run = run_on_dwp(ansible, [_ensure("it", items=items, **BRIEFLY), _ensure("again", items=items, **BRIEFLY)])
    done = run["it"]["counts"].get("created", 0)
    assert done >= 25
    assert run["again"]["counts"].get("unchanged", 0) >= done
    for number in ids:
        assert len(_opinions(sandbox, "reviews", number)) <= 1
        assert len(_opinions(sandbox, "ratings", number)) <= 1


@pytest.mark.parametrize(
    "switches",
    [
        {"second_review": "409", "second_rating": "409"},
        {"created_location": "present"},
        {"put_review_omitted": "reset"},
        {"missing_entry_status": 200},
        {"key_check": "tolerant"},
    ],
)
def test_open_questions_about_the_api_do_not_matter(ansible: Ansible, sandbox: Sandbox, mode: str, switches: Row) -> None:
    sandbox.switches("dwp", **switches)
    tasks = [
        _ensure("create", service=MONITOR, title=TITLE, content=CONTENT, rating=0.7),
        _ensure("update", service=MONITOR, title="T", rating=0.1),
        _ensure("same", service=MONITOR, title="T", content=CONTENT, rating=0.1),
        _ensure("delete", service=MONITOR, state="absent"),
        _ensure("gone", service=MONITOR, state="absent"),
    ]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert [task.outcomes for task in run.tasks] == [["created"], ["updated"], ["unchanged"], ["deleted"], ["unchanged"]]


def test_wrong_password_costs_one_call(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    items = [{"service": str(number)} for number in range(1, 50)]
    run = run_on_dwp(ansible, [_ensure("it", rating=1, items=items)], mode=mode, env={"DWP_PASSWORD": "wrong"})
    assert len(sandbox.calls()) == 1
    assert run["it"]["error"]["kind"] == "AuthError"
