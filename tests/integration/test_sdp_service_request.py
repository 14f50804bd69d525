# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""service_request on ServiceDesk Plus Cloud: requests are made, changed, closed and removed, once each."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from integration.support.programs import Ansible, Run, TaskResult, task
from integration.support.sandbox import Sandbox
from integration.support.sdp import ON_SDP, list_info, logins, run_on_sdp, sdp_writes, without_logins

Row = dict[str, Any]

MAJA, ELS, INGRID = (f"{name}@northwind.example" for name in ("maja.lind", "els.bakker", "ingrid.moe"))
LAPTOP: Row = {
    "service": "Standard laptop",
    "requested_for": MAJA,
    "subject": "Laptop for the booth",
    "description": "For the fair,\nback in May & June",
    "answers": {"Model": "latitude 7450", "Replaces a device": "No", "Accessories": ["Monitor", "headset"]},
    "fields": {
        "priority": "High",
        "technician": INGRID,
        "due_by_time": "2026-12-01T11:00:00+01:00",
        "udf_fields": {"txt_cost_centre": "CC-4100"},
    },
}
SIMPLE: Row = {"subject": "Printer on fire", "requested_for": MAJA}


def _order(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return task("service_request", name, keywords, **options)


def _thrice(name: str, **options: Any) -> list[Row]:
    """Predicted, done, and done again."""
    return [
        _order(f"{name} predicted", {"check_mode": True, "diff": True}, **options),
        _order(name, {"diff": True}, **options),
        _order(f"{name} again", **options),
    ]


def _went_well(run: Run, name: str, outcome: str) -> TaskResult:
    """As it was predicted, and a second time nothing is written."""
    predicted, done, again = (run[f"{name}{end}"] for end in (" predicted", "", " again"))
    assert not done.failed, done.msg
    assert done.outcomes == [outcome]
    for key in ("changed", "counts", "diff"):
        assert predicted[key] == done[key]
    assert sdp_writes(predicted.calls) == []
    assert again.outcomes == ["unchanged"], again.msg
    assert sdp_writes(again.calls) == []
    return done


def _kept(sandbox: Sandbox, subject: str) -> list[Row]:
    return [row for row in sandbox.state("requests", "sdp") if row["subject"] == subject]


def _the(sandbox: Sandbox, subject: str) -> Row:
    (found,) = _kept(sandbox, subject)
    return found


def _add(sandbox: Sandbox, subject: str = "Printer on fire", user: str = MAJA, **more: Any) -> str:
    (request_id,) = sandbox.add_records("requests", {"subject": subject, "requester": {"email_id": user}, **more})
    return request_id


def _without_times(value: Any) -> Any:
    """Results without what the clock of the sandbox makes different."""
    if isinstance(value, list):
        return [_without_times(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_times(one) for key, one in value.items() if key not in ("created_at", "updated_at")}
    return value


# -- from the first wish to the bin -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def life(ansible: Ansible, sandbox: Sandbox) -> tuple[Run, Row]:
    """A request is made, changed, closed and removed; what the server had of it before it was closed."""
    sandbox.reset()
    tasks = [
        *_thrice("create", **LAPTOP),
        *_thrice("update", subject=LAPTOP["subject"], requested_for=MAJA, fields={"priority": "Low", "status": "In Progress"}),
    ]
    first = run_on_sdp(ansible, tasks)
    kept = _the(sandbox, LAPTOP["subject"])
    by_id = {"request_id": kept["id"]}
    closure = {"closure_code": "Success", "closure_comments": "Handed over", "requester_ack_resolution": True}
    tasks = [*_thrice("close", state="closed", closure=closure, **by_id), *_thrice("remove", state="absent", **by_id)]
    second = run_on_sdp(ansible, tasks)
    return Run(second.rc, "", first.output + second.output, 0.0, [*first.tasks, *second.tasks]), kept


def test_request_from_a_template(life: tuple[Run, Row]) -> None:
    run, kept = life
    done = _went_well(run, "create", "created")
    assert [call["method"] for call in sdp_writes(done.calls)] == ["POST"]
    assert (kept["template"]["name"], kept["requester"]["email_id"]) == ("Standard laptop", MAJA)
    assert kept["description"] == "For the fair,<br>back in May &amp; June"
    assert kept["due_by_time"]["value"] == "1796119200000"
    assert (kept["technician"]["email_id"], kept["udf_fields"]["txt_cost_centre"]) == (INGRID, "CC-4100")
    (answers,) = kept["resources"].values()
    by_kind = {key.split("_")[1]: value for key, value in answers.items()}
    assert by_kind["select"]["name"] == "Latitude 7450"
    assert [one["name"] for one in by_kind["check"]] == ["Monitor", "Headset"]
    assert by_kind["simple"]["name"] == "No"


def test_result_of_a_request(life: tuple[Run, Row]) -> None:
    run, kept = life
    (result,) = run["create"]["results"]
    assert (result["request_id"], result["service_id"]) == (kept["id"], kept["template"]["id"])
    assert result["before"] == {MAJA: None}
    after = result["after"][MAJA]
    assert (after["id"], after["subject"], after["requested_for"]) == (kept["id"], LAPTOP["subject"], MAJA)
    assert after["fields"]["priority"] == {"name": "High"}
    assert after["fields"]["due_by_time"] == LAPTOP["fields"]["due_by_time"]
    (brief,) = result["requests"]
    assert (brief["request_id"], brief["outcome"], brief["status"]) == (kept["id"], "created", "Open")


def test_change(life: tuple[Run, Row]) -> None:
    run, kept = life
    done = _went_well(run, "update", "updated")
    assert [call["method"] for call in sdp_writes(done.calls)] == ["PUT"]
    assert (kept["priority"]["name"], kept["status"]["name"], kept["technician"]["email_id"]) == ("Low", "In Progress", INGRID)
    (diff,) = done["diff"]
    assert diff["before"][MAJA]["fields"]["status"] == {"name": "Open"}
    assert diff["after"][MAJA]["fields"] == {
        "priority": {"name": "Low"},
        "status": {"name": "In Progress"},
        "subject": LAPTOP["subject"],
        "requester": {"email_id": MAJA},
    }


def test_closing(life: tuple[Run, Row]) -> None:
    run, _kept = life
    done = _went_well(run, "close", "closed")
    assert [call["path"].rpartition("/")[2] for call in sdp_writes(done.calls)] == ["_close"]
    (result,) = done["results"]
    assert [result[key]["me"]["is_closed"] for key in ("before", "after")] == [False, True]
    assert result["after"]["me"]["status"] == "Closed"


def test_removal(life: tuple[Run, Row]) -> None:
    run, _kept = life
    done = _went_well(run, "remove", "deleted")
    assert [call["method"] for call in sdp_writes(done.calls)] == ["DELETE"]
    assert done["results"][0]["after"] == {"me": None}


def test_both_modes_do_the_same(ansible: Ansible, sandbox: Sandbox) -> None:
    closure = {"closure_code": "Success"}
    tasks = [
        *_thrice("create", **LAPTOP),
        *_thrice("close", state="closed", subject=LAPTOP["subject"], requested_for=MAJA, closure=closure),
    ]
    runs = ansible.in_both_modes(tasks, env=ON_SDP)
    keys = ("changed", "counts", "msg", "diff", "results")
    results = [[{key: result.result.get(key) for key in keys} for result in run.tasks] for run in runs.values()]
    assert _without_times(results[0]) == _without_times(results[1])
    assert all(logins(run) == 1 for run in runs.values())


# -- what is the same -------------------------------------------------------------------------------------------------------

SPELLINGS: dict[str, Row] = {
    "name": {"priority": "High"},
    "name in another case": {"priority": "high", "category": "HARDWARE"},
    "name in an object": {"priority": {"name": "High"}},
    "id": {"priority": "{priority}"},
    "id in an object": {"priority": {"id": "{priority}"}},
    "e-mail address": {"technician": INGRID},
    "e-mail address in another case": {"technician": "Ingrid.MOE@Northwind.example"},
    "name of a user": {"technician": {"name": "Ingrid Moe"}},
    "requester": {"requester": MAJA.upper()},
    "ISO time": {"due_by_time": "2026-12-01T10:00:00Z"},
    "ISO time in another zone": {"due_by_time": "2026-12-01T11:00:00+01:00"},
    "epoch": {"due_by_time": 1796119200000},
    "epoch as text": {"due_by_time": "1796119200000"},
    "epoch in an object": {"due_by_time": {"value": 1796119200000}},
    "number": {"udf_fields": {"udf_long1": 7}},
    "number as text": {"udf_fields": {"udf_long1": "7"}},
    "texts": {"udf_fields": {"txt_cost_centre": "CC-4100"}},
    "empty": {"impact_details": "", "site": None},
    "plain text of a markup": {"description": "No paper"},
    "markup": {"description": "<div>No <b>paper</b><br></div>"},
}
KEPT: Row = {
    "priority": {"name": "High"},
    "category": {"name": "Hardware"},
    "technician": {"email_id": INGRID},
    "due_by_time": {"value": "1796119200000"},
    "udf_fields": {"udf_long1": 7, "txt_cost_centre": "CC-4100"},
    "description": "<div>No <b>paper</b><br></div>",
}


@pytest.fixture(scope="module")
def spelt(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset()
    request_id = _add(sandbox, **KEPT)
    priority = next(row["id"] for row in sandbox.state("priorities", "sdp") if row["name"] == "High")

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        return priority if value == "{priority}" else value

    tasks = [_order(f"{name} by id", request_id=request_id, fields=filled(fields)) for name, fields in SPELLINGS.items()]
    tasks += [_order(f"{name} by subject", **SIMPLE, fields=filled(fields)) for name, fields in SPELLINGS.items()]
    tasks.append(_order("text by description", **SIMPLE, description="No paper"))
    return run_on_sdp(ansible, tasks)


@pytest.mark.parametrize("found_by", ["id", "subject"])
@pytest.mark.parametrize("name", SPELLINGS)
def test_what_the_server_has_is_not_written(spelt: Run, name: str, found_by: str) -> None:
    done = spelt[f"{name} by {found_by}"]
    assert done.outcomes == ["unchanged"], done.msg
    assert sdp_writes(done.calls) == []


def test_text_is_compared_with_what_the_markup_says(spelt: Run) -> None:
    assert spelt["text by description"].outcomes == ["unchanged"]


@pytest.mark.parametrize("html", ["kept", "wrapped"])
def test_description_twice(ansible: Ansible, sandbox: Sandbox, html: str) -> None:
    sandbox.switches("sdp", html=html)
    tasks = [_order(name, **SIMPLE, description="a < b & c\nd") for name in ("once", "twice")]
    run = run_on_sdp(ansible, tasks)
    assert [run[name].outcomes for name in ("once", "twice")] == [["created"], ["unchanged"]]


# -- which request is meant -------------------------------------------------------------------------------------------------


def test_only_what_is_under_way_counts(ansible: Ansible, sandbox: Sandbox) -> None:
    for status in ("Closed", "Resolved", "Cancelled"):
        _add(sandbox, status={"name": status})
    run = run_on_sdp(ansible, [_order("once", **SIMPLE), _order("twice", **SIMPLE)])
    assert [run[name].outcomes for name in ("once", "twice")] == [["created"], ["unchanged"]]
    assert len(_kept(sandbox, SIMPLE["subject"])) == 4


def test_requests_of_others_and_other_subjects_do_not_count(ansible: Ansible, sandbox: Sandbox) -> None:
    _add(sandbox, user=ELS)
    _add(sandbox, subject="Printer on fire again")
    assert run_on_sdp(ansible, [_order("order", **SIMPLE)])["order"].outcomes == ["created"]


def test_a_status_that_is_asked_for_counts(ansible: Ansible, sandbox: Sandbox) -> None:
    wanted = {**SIMPLE, "fields": {"status": "Resolved"}}
    run = run_on_sdp(ansible, [_order("once", **wanted), _order("twice", **wanted)])
    assert [run[name].outcomes for name in ("once", "twice")] == [["created"], ["unchanged"]]


def test_several_that_fit(ansible: Ansible, sandbox: Sandbox) -> None:
    ids = [_add(sandbox), _add(sandbox)]
    tasks = [_order("present", **SIMPLE), _order("closed", **SIMPLE, state="closed"), _order("absent", **SIMPLE, state="absent")]
    run = run_on_sdp(ansible, tasks)
    for result in run.tasks:
        assert result.failed
        assert result["error"]["kind"] == "Ambiguous"
        assert all(request_id in result.msg for request_id in ids)
        assert "request_id" in result.msg
        assert sdp_writes(result.calls) == []


def test_closed_means_what_is_open_first(ansible: Ansible, sandbox: Sandbox) -> None:
    _add(sandbox, status={"name": "Closed"})
    resolved = _add(sandbox, status={"name": "Resolved"})
    opened = _add(sandbox)
    tasks = [_order(name, **SIMPLE, state="closed") for name in ("first", "second", "third")]
    run = run_on_sdp(ansible, tasks)
    assert [result.outcomes for result in run.tasks] == [["closed"], ["closed"], ["unchanged"]]
    assert [run[name]["results"][0]["request_id"] for name in ("first", "second")] == [opened, resolved]


def test_key_in_a_field_of_its_own(ansible: Ansible, sandbox: Sandbox) -> None:
    keyed = {"key": "INC-2041", "key_field": "udf_fields.udf_char1"}
    tasks = [
        *_thrice("create", subject="Nightly export failed", **keyed),
        *_thrice("rename", subject="Nightly export failed twice", **keyed),
        *_thrice("close", state="closed", **keyed),
        _order("after the end", subject="Nightly export failed twice", **keyed),
        *_thrice("remove", state="absent", **keyed),
    ]
    run = run_on_sdp(ansible, tasks)
    for name, outcome in (("create", "created"), ("rename", "updated"), ("close", "closed"), ("remove", "deleted")):
        _went_well(run, name, outcome)
    assert run["after the end"].outcomes == ["unchanged"]


def test_empty_match_on_always_creates(ansible: Ansible, sandbox: Sandbox) -> None:
    run = run_on_sdp(ansible, [_order(name, **SIMPLE, match_on=[]) for name in ("once", "twice")])
    assert [result.outcomes for result in run.tasks] == [["created"], ["created"]]
    assert len(_kept(sandbox, SIMPLE["subject"])) == 2


def test_service_in_match_on(ansible: Ansible, sandbox: Sandbox) -> None:
    _add(sandbox, subject="Laptop for the booth")
    run = run_on_sdp(ansible, _thrice("order", **LAPTOP, match_on=["subject", "requested_for", "service"]))
    _went_well(run, "order", "created")
    assert len(_kept(sandbox, LAPTOP["subject"])) == 2


def test_other_answers_of_a_request_that_is_there_are_warned_about(ansible: Ansible, sandbox: Sandbox) -> None:
    other = {**LAPTOP, "answers": {**LAPTOP["answers"], "Model": "ThinkPad T14"}}
    run = run_on_sdp(ansible, [_order("once", **LAPTOP), _order("other", **other)])
    assert run["other"].outcomes == ["unchanged"]
    assert any("other answers" in warning for warning in run["other"].warnings)
    assert run["once"].warnings == []


# -- many -------------------------------------------------------------------------------------------------------------------


def test_many_items_in_few_calls(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [{"subject": f"Desk {number}", "requested_for": MAJA, "description": "Move it"} for number in range(50)]
    sandbox.add_records("requests", {"subject": "Old", "status": {"name": "Closed"}}, count=300)
    tasks = [_order("predicted", {"check_mode": True}, items=items), _order("once", items=items), _order("twice", items=items)]
    run = run_on_sdp(ansible, tasks)
    assert run["predicted"]["counts"] == run["once"]["counts"] == {"created": 50}
    assert run["twice"]["counts"] == {"unchanged": 50}
    assert len(without_logins(run["once"].calls)) <= 54
    assert len(without_logins(run["twice"].calls)) <= 2
    assert logins(run) == 1


def test_items_that_want_the_same(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [SIMPLE, {**SIMPLE, "subject": "printer ON fire"}, SIMPLE, {**SIMPLE, "fields": {"priority": "Low"}}]
    tasks = [_order("predicted", {"check_mode": True}, items=[items[0], items[2]]), _order("both", items=[items[0], items[2]])]
    run = run_on_sdp(ansible, [*tasks, _order("different", items=[items[0], items[3]])])
    assert run["predicted"].outcomes == run["both"].outcomes == ["created", "unchanged"]
    assert run["different"].outcomes == ["unchanged", "failed"]
    assert "wanted differently by items[0]" in run["different"].msg
    assert len(_kept(sandbox, SIMPLE["subject"])) == 1


def test_one_that_fails_does_not_stop_the_others(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [
        {"subject": "One"},
        {"subject": "Two", "service": "Standard labtop"},
        {"subject": "Three", "fields": {"priority": "Highest"}},
        {"subject": "Four"},
    ]
    others = [{"subject": "Five"}, items[1], {"subject": "Six"}]
    tasks = [_order("all", items=items), _order("stop", items=others, on_error="stop")]
    run = run_on_sdp(ansible, tasks)
    assert run["all"].outcomes == ["created", "failed", "failed", "created"]
    assert "No request template is named 'Standard labtop'" in run["all"].msg
    assert "'Standard laptop'" in run["all"].msg
    assert "(priority)" in run["all"].msg
    assert run["stop"].outcomes == ["created", "failed", "skipped"]


# -- what the server does not do --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("effect", "says"), [("refused", "(priority)"), ("partial", "(priority)"), ("ignored", "did not take")])
def test_field_that_does_not_take(ansible: Ansible, sandbox: Sandbox, effect: str, says: str) -> None:
    known = _add(sandbox, subject="Known", priority={"name": "Low"})
    sandbox.effect("requests", "priority", effect)
    tasks = [
        _order("create", **SIMPLE, fields={"priority": "High"}),
        _order("update", request_id=known, fields={"priority": "High", "mode": "E-Mail"}),
    ]
    run = run_on_sdp(ansible, tasks)
    for result in run.tasks:
        assert result.failed
        assert "priority" in result.msg
        assert says in result.msg
        assert result["changed"] is (effect != "refused")
    assert len(_kept(sandbox, SIMPLE["subject"])) == (0 if effect == "refused" else 1)


def test_mandatory_fields_of_a_template(ansible: Ansible, sandbox: Sandbox) -> None:
    run = run_on_sdp(ansible, [_order("order", **SIMPLE, service="Report an incident")])
    assert "mandatory fields are missing" in run["order"].msg
    assert all(name in run["order"].msg for name in ("urgency", "impact", "mode"))
    assert "add them to fields" in run["order"].msg


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, ["required questions are not answered: Model, Replaces a device"]),
        ({"Model": "ThinkPad T14"}, ["required questions are not answered: Replaces a device"]),
        ({**LAPTOP["answers"], "Modell": "x"}, ["no question is labelled 'Modell'", "'Model'"]),
        ({**LAPTOP["answers"], "Model": "Amiga"}, ["'Model': the answer is not among the choices", "'ThinkPad T14'"]),
    ],
)
def test_answers_are_checked_before_the_request_is_made(
    ansible: Ansible, sandbox: Sandbox, answers: Row, says: list[str]
) -> None:
    wanted = {**LAPTOP, "answers": answers}
    run = run_on_sdp(ansible, [_order("predicted", {"check_mode": True}, **wanted), _order("order", **wanted)])
    for result in run.tasks:
        assert all(text in result.msg for text in says), result.msg
        assert sdp_writes(result.calls) == []


def test_closing_rules_are_told(ansible: Ansible, sandbox: Sandbox) -> None:
    request_id = _add(sandbox)
    sandbox.switches("sdp", closure_rules="on")
    tasks = [
        _order("bare", request_id=request_id, state="closed"),
        _order(
            "whole",
            request_id=request_id,
            state="closed",
            fields={"resolution": {"content": "Put out"}},
            closure={"closure_code": "Success"},
        ),
    ]
    run = run_on_sdp(ansible, tasks)
    assert "resolution" in run["bare"].msg
    assert "closure_code" in run["bare"].msg
    assert run["whole"].outcomes == ["closed"]
    assert len(sdp_writes(run["whole"].calls)) == 2


def test_nothing_to_close(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [_order("subject", **SIMPLE, state="closed"), _order("id", request_id="987060000009999999", state="closed")]
    run = run_on_sdp(ansible, tasks)
    assert "No request fits" in run["subject"].msg
    assert "does not exist" in run["id"].msg


@pytest.mark.parametrize("delete", ["trash", "purge"])
def test_what_is_in_the_bin_is_not_there(ansible: Ansible, sandbox: Sandbox, delete: str) -> None:
    sandbox.switches("sdp", request_delete=delete, trashed_in_lists="visible")
    known = {"request_id": _add(sandbox)}
    run = run_on_sdp(ansible, [*_thrice("remove", **known, state="absent"), _order("present", **known), _order("new", **SIMPLE)])
    _went_well(run, "remove", "deleted")
    assert "does not exist" in run["present"].msg
    assert run["new"].outcomes == ["created"]


def test_wrong_portal_is_no_absent_request(ansible: Ansible, sandbox: Sandbox) -> None:
    tasks = [
        _order("id", request_id="987060000009999999", state="absent", portal="elsewhere"),
        _order("subject", **SIMPLE, state="absent", portal="elsewhere"),
    ]
    for result in run_on_sdp(ansible, tasks).tasks:
        assert result.failed
        assert "portal" in result.msg


@pytest.mark.parametrize("named", [{"request_id": "987060000009999999"}, SIMPLE], ids=["id", "subject"])
def test_refused_login_is_no_absent_request(ansible: Ansible, sandbox: Sandbox, named: Row) -> None:
    expired = sandbox.sdp_token(seconds=1)
    sandbox.advance(5)
    sandbox.end_sessions("sdp", kind="all")
    tasks = [_order("expired", **named, state="absent", access_token=expired), _order("revoked", **named, state="absent")]
    for result in run_on_sdp(ansible, tasks).tasks:
        assert result.failed
        assert result["error"]["kind"] == "AuthError"
        assert result["changed"] is False


@pytest.mark.parametrize("status", [401, 500])
@pytest.mark.parametrize("named", [{"request_id": "987060000009999999"}, SIMPLE], ids=["id", "subject"])
def test_error_of_the_server_is_no_absent_request(ansible: Ansible, sandbox: Sandbox, named: Row, status: int) -> None:
    sandbox.faults({"platform": "sdp", "method": "GET", "path": "/api/v3/", "kind": "status", "status": status})
    result = run_on_sdp(ansible, [_order("absent", **named, state="absent", retries=0)])["absent"]
    assert result.failed
    assert result["counts"] == {"failed": 1}


# -- waiting ----------------------------------------------------------------------------------------------------------------


def test_waiting(ansible: Ansible, sandbox: Sandbox) -> None:
    words = ("Resolved", "Cancelled", "Open")
    resolved, cancelled, opened = (_add(sandbox, subject=word, status={"name": word}) for word in words)
    several = [{"request_id": one, "wait_for": ["open", "completed", "cancelled"]} for one in (resolved, cancelled, opened)]
    tasks = [
        _order("resolved", request_id=resolved, wait=True),
        _order("own word", request_id=opened, wait=True, wait_for=["Open"]),
        _order("cancelled", request_id=cancelled, wait=True),
        _order("too long", request_id=opened, wait=True, wait_timeout=0.2),
        _order("many", items=several, wait=True),
    ]
    run = run_on_sdp(ansible, tasks)
    assert run["resolved"].outcomes == run["own word"].outcomes == ["unchanged"]
    assert "will not become completed" in run["cancelled"].msg
    assert "Open after 0.2 seconds" in run["too long"].msg
    assert not run["many"].failed, run["many"].msg


def test_resolved_request_is_waited_for_until_it_is_closed(ansible: Ansible, sandbox: Sandbox) -> None:
    """Somebody closes it a moment after it was first looked at."""
    request_id = _add(sandbox, status={"name": "Resolved"})
    wait = {"request_id": request_id, "wait": True}

    def close(calls: int) -> None:
        while len(without_logins(sandbox.calls())) < calls + 2:
            time.sleep(0.1)
        sandbox.change_record("requests", request_id, status={"name": "Closed"})

    tasks = [
        _order("open", wait_for=["Open"], **wait),
        _order("too long", wait_for=["Closed"], wait_timeout=0.2, **wait),
    ]
    run = run_on_sdp(ansible, tasks)
    assert "is Resolved and will not become open" in run["open"].msg
    assert "is Resolved after 0.2 seconds, not yet closed" in run["too long"].msg
    somebody = threading.Thread(target=close, args=[len(without_logins(sandbox.calls()))], daemon=True)
    somebody.start()
    run = run_on_sdp(ansible, [_order("closed", wait_for=["Closed"], wait_timeout=20, **wait)])
    somebody.join(20)
    assert not run["closed"].failed, run["closed"].msg


# -- what cannot be meant ---------------------------------------------------------------------------------------------------

BAD: dict[str, tuple[Row, list[str]]] = {
    "nothing": ({}, ["subject: it is missing"]),
    "no subject": ({"requested_for": MAJA}, ["subject: it is missing"]),
    "two users": ({**SIMPLE, "requested_for": [MAJA, ELS]}, ["requested_for: it takes one user"]),
    "id": ({"request_id": "PB-1"}, ["request_id: 'PB-1' is not an id"]),
    "answers without service": ({**SIMPLE, "answers": {"a": "b"}}, ["answers: they need service"]),
    "closure of an open one": ({**SIMPLE, "closure": {"closure_code": "x"}}, ["closure: it is for state closed"]),
    "key without field": ({**SIMPLE, "key": "a"}, ["key_field", "udf_fields.txt_key"]),
    "field without key": ({**SIMPLE, "key_field": "udf_fields.udf_char1"}, ["key_field"]),
    "answers in match_on": ({**SIMPLE, "match_on": ["answers"]}, ["match_on: answers is no criterion"]),
    "nothing to find": ({**SIMPLE, "match_on": [], "state": "absent"}, ["match_on: it is empty"]),
    "quantity": ({**SIMPLE, "quantity": 2}, ["quantity: it is an option of bmc_dwp"]),
    "service in match_on": ({**SIMPLE, "match_on": ["service"]}, ["service: it is missing"]),
    "timeout": ({**SIMPLE, "settle_timeout": 0}, ["settle_timeout"]),
}


def test_bad_input_is_told_before_the_first_call(ansible: Ansible, sandbox: Sandbox) -> None:
    run = run_on_sdp(ansible, [_order(name, **options) for name, (options, _says) in BAD.items()])
    for name, (_options, says) in BAD.items():
        assert run[name].failed, name
        assert all(text in run[name].msg for text in says), run[name].msg
    assert sandbox.calls(platform="sdp") == []


def test_lists_are_asked_for_what_is_under_way(ansible: Ansible, sandbox: Sandbox) -> None:
    run = run_on_sdp(ansible, [_order("order", {"check_mode": True}, **SIMPLE)])
    (call,) = without_logins(run["order"].calls)
    fields = {one["field"] for one in list_info(call)["search_criteria"]}
    assert fields == {"subject", "requester.email_id", "status.name"}
