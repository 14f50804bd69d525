# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_comment and request_attachment on ServiceDesk Plus Cloud: notes and files, each once."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from integration.support.programs import Ansible, Run, TaskResult, task
from integration.support.sandbox import SDP_USER, Sandbox
from integration.support.sdp import ON_SDP, logins, run_on_sdp, sdp_writes, without_logins

Row = dict[str, Any]

TEXT = "Größe & Gewicht + 50 %:\n1 < 2 \"ja\" ☕"


def _comment(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return task("request_comment", name, keywords, **options)


def _attach(name: str, keywords: Row | None = None, **options: Any) -> Row:
    return task("request_attachment", name, keywords, **options)


def _thrice(make: Any, **options: Any) -> list[Row]:
    """Predicted, done, and done again."""
    return [
        make("predicted", {"check_mode": True, "diff": True}, **options),
        make("done", {"diff": True}, **options),
        make("again", **options),
    ]


def _went_well(run: Run) -> TaskResult:
    predicted, done, again = (run[name] for name in ("predicted", "done", "again"))
    assert done.outcomes == ["created"], done.msg
    for key in ("changed", "counts", "diff"):
        assert predicted[key] == done[key]
    assert sdp_writes(predicted.calls) == []
    assert len(sdp_writes(done.calls)) == 1
    assert again.outcomes == ["unchanged"]
    assert sdp_writes(again.calls) == []
    return done


def _add(sandbox: Sandbox) -> str:
    (request_id,) = sandbox.add_records("requests", {"subject": "Printer on fire"})
    return request_id


def _kept(sandbox: Sandbox, request_id: str) -> Row:
    return next(row for row in sandbox.state("requests", "sdp") if row["id"] == request_id)


@pytest.fixture
def plan(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "plan für März.csv"
    path.write_text("desk;room\n2.14;R-204\n")
    return path


# -- notes ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["public", "internal"])
@pytest.mark.parametrize("switches", [{}, {"note_list": "no_description", "note_author": "created", "note_answer": "note"}])
def test_note(ansible: Ansible, sandbox: Sandbox, visibility: str, switches: Row) -> None:
    sandbox.switches("sdp", html="wrapped", **switches)
    request_id = _add(sandbox)
    run = run_on_sdp(ansible, _thrice(_comment, request_id=request_id, text=TEXT, visibility=visibility))
    (result,) = _went_well(run)["results"]
    (note,) = _kept(sandbox, request_id)["below"]["notes"]
    assert note["show_to_requester"] is (visibility == "public")
    assert "1 &lt; 2" in note["description"]
    assert result["comment_id"] == note["id"]
    after = result["after"]
    assert (after["text"], after["visibility"], after["author"]) == (TEXT, visibility, SDP_USER)


def test_the_same_text_for_others_is_another_note(ansible: Ansible, sandbox: Sandbox) -> None:
    request_id = _add(sandbox)
    items = [{"visibility": "public"}, {"visibility": "internal"}, {"visibility": "public"}]
    run = run_on_sdp(ansible, [_comment("all", request_id=request_id, text="Done", items=items)])
    assert run["all"].outcomes == ["created", "created", "unchanged"]
    assert len(_kept(sandbox, request_id)["below"]["notes"]) == 2


def test_a_note_of_somebody_else_counts(ansible: Ansible, sandbox: Sandbox) -> None:
    (request_id,) = (row["id"] for row in sandbox.state("requests", "sdp") if row["subject"] == "Battery lasts twenty minutes")
    run = run_on_sdp(ansible, [_comment("theirs", request_id=request_id, text="Spare part ordered")])
    assert run["theirs"].outcomes == ["unchanged"]


def test_many_notes(ansible: Ansible, sandbox: Sandbox) -> None:
    items = [{"request_id": _add(sandbox)} for dummy in range(20)]
    run = run_on_sdp(ansible, [_comment(name, text="Done by automation", items=items) for name in ("once", "twice")])
    assert run["once"]["counts"] == {"created": 20}
    assert run["twice"]["counts"] == {"unchanged": 20}
    assert (len(without_logins(run["once"].calls)), len(without_logins(run["twice"].calls))) == (60, 20)
    assert logins(run) == 1


# -- files ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upload_answer", ["files", "attachment", "attachments", "bare"])
@pytest.mark.parametrize("attachment_id", ["id", "file_id"])
def test_file(ansible: Ansible, sandbox: Sandbox, plan: pathlib.Path, upload_answer: str, attachment_id: str) -> None:
    sandbox.switches("sdp", upload_answer=upload_answer, attachment_id=attachment_id)
    request_id = _add(sandbox)
    run = run_on_sdp(ansible, _thrice(_attach, request_id=request_id, path=str(plan)))
    (result,) = _went_well(run)["results"]
    (file,) = _kept(sandbox, request_id)["attachments"]
    assert file["name"] == result["name"] == plan.name
    assert int(file["size"]) == len(plan.read_bytes())
    assert result["comment_id"] == file[attachment_id]


def test_file_by_another_name_on_several_requests(ansible: Ansible, sandbox: Sandbox, plan: pathlib.Path) -> None:
    items = [{"request_id": _add(sandbox)} for dummy in range(3)]
    options = {"path": str(plan), "name": "plan.csv", "items": items}
    run = run_on_sdp(ansible, [{"name": "all", "deskops.itsm.request_attachment": options}])
    assert run["all"]["counts"] == {"created": 3}
    assert {_kept(sandbox, item["request_id"])["attachments"][0]["name"] for item in items} == {"plan.csv"}


# -- what cannot be ---------------------------------------------------------------------------------------------------------


def test_what_does_not_exist(ansible: Ansible, sandbox: Sandbox, plan: pathlib.Path) -> None:
    gone = {"request_id": "987060000009999999"}
    run = run_on_sdp(ansible, [_comment("note", **gone, text="Done"), _attach("file", **gone, path=str(plan))])
    for result in run.tasks:
        assert result.failed
        assert "does not exist" in result.msg
        assert sdp_writes(result.calls) == []


def test_options_that_mean_nothing_here(ansible: Ansible, sandbox: Sandbox, plan: pathlib.Path) -> None:
    one = {"request_id": _add(sandbox), "path": str(plan)}
    tasks = [
        _attach("visibility", **one, visibility="internal"),
        _attach("notify", **one, notify=True),
        _attach("comment", **one, comment="See there"),
        _attach("author", **one, author="odahl"),
        _comment("author of a note", request_id=one["request_id"], text="Done", author="odahl"),
    ]
    run = run_on_sdp(ansible, tasks)
    for result in run.tasks:
        assert result.failed
        assert result.name.split()[0] in result.msg
    assert sandbox.calls(platform="sdp") == []


def test_missing_scope_is_named(ansible: Ansible, sandbox: Sandbox) -> None:
    token = sandbox.sdp_token(scopes=["SDPOnDemand.requests.READ"])
    result = run_on_sdp(ansible, [_comment("note", request_id=_add(sandbox), text="Done", access_token=token)])["note"]
    assert result.failed
    assert "SDPOnDemand.requests.CREATE" in result.msg


def test_both_modes_do_the_same(ansible: Ansible, sandbox: Sandbox, plan: pathlib.Path) -> None:
    (request_id,) = (row["id"] for row in sandbox.state("requests", "sdp") if row["subject"] == "Laptop does not start")
    tasks = [
        _comment("note", {"diff": True}, request_id=request_id, text=TEXT),
        _attach("file", {"diff": True}, request_id=request_id, path=str(plan)),
    ]
    runs = ansible.in_both_modes(tasks, env=ON_SDP)
    keys = ("changed", "counts", "msg", "diff")
    one, other = ([[result.result.get(key) for key in keys] for result in run.tasks] for run in runs.values())
    assert one == other
    assert one[0][0] is True


def test_note_that_shows_up_late_is_not_written_again(ansible: Ansible, sandbox: Sandbox) -> None:
    """The answer was lost, and the list lags behind."""
    sandbox.switches("sdp", index_lag_ms=2500)
    request_id = _add(sandbox)
    sandbox.faults({"platform": "sdp", "method": "POST", "path": "/notes$", "times": 1, "kind": "drop", "when": "after"})
    run = run_on_sdp(ansible, [_comment("it", request_id=request_id, text="Hello there")])
    assert run["it"].outcomes == ["created"], run["it"].msg
    assert len(sdp_writes(run["it"].calls)) == 1
