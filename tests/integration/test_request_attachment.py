# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_attachment: each file once, whole, under its name, whatever happens to the answers."""

from __future__ import annotations

import hashlib
import os
import pathlib
from typing import Any

import pytest
from integration.support.dwp import ON_DWP, kept_comments, posts, run_on_dwp, without_ids, without_logins
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import DWP_USER, Sandbox

MOVE, OTHER, FOREIGN = "40310", "40244", "40211"
CONTENT = bytes(range(256)) * 40 + b"\r\n--not a boundary--\r\n"
# Names that would break a header, if they were not escaped.
NAMES = ['say "hello".txt', "Ærinde – 见积 ☕.txt", "100 % & more; name=x.txt", "it's 'quoted'.txt", ".hidden", "no ending"]


def _attach(name: str, keywords: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """The task; its option C(name) is given as C(called)."""
    renamed = {"name" if option == "called" else option: value for option, value in options.items()}
    return {**task("request_attachment", name, keywords), "deskops.itsm.request_attachment": renamed}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "offer.bin").write_bytes(CONTENT)
    (folder / "other").mkdir()
    (folder / "other" / "offer.bin").write_bytes(b"another")
    (folder / "empty.txt").touch()
    os.symlink(folder / "offer.bin", folder / "link.bin")
    os.mkfifo(folder / "pipe")
    return folder


def _tasks(folder: pathlib.Path) -> list[dict[str, Any]]:
    offer, other = str(folder / "offer.bin"), str(folder / "other" / "offer.bin")
    return [
        _attach("new", request_id=MOVE, path=offer),
        _attach("again", request_id=MOVE, path=offer),
        _attach("changed content", request_id=MOVE, path=other),
        _attach("another name", request_id=MOVE, path=offer, called="offer 2.bin"),
        _attach("with a comment", request_id=MOVE, path=offer, comment="The offer", notify=True, author="odahl"),
        _attach("with the comment again", request_id=MOVE, path=offer, comment=" The  offer "),
        _attach("internal", request_id=OTHER, path=offer, visibility="internal"),
        _attach("internal again", request_id=OTHER, path=offer),
        _attach("link", request_id=OTHER, path=str(folder / "link.bin")),
        _attach("unknown request", request_id="1", path=offer),
        _attach(
            "items",
            path=offer,
            items=[
                {"request_id": FOREIGN},
                {"request_id": OTHER, "name": "b"},
                {"request_id": "1"},
                {"request_id": FOREIGN},
                {"request_id": FOREIGN, "path": other, "comment": "Another one"},
            ],
        ),
    ]


@pytest.fixture(scope="module")
def runs(ansible: Ansible, folder: pathlib.Path) -> dict[str, Run]:
    return ansible.in_both_modes(_tasks(folder), env=ON_DWP)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


def test_comments_are_read_the_file_is_sent_and_they_are_read_again(run: Run) -> None:
    start = f"/dwp/api/myit-sb/services/requests/{MOVE}"
    calls = [(call["method"], call["path"]) for call in without_logins(run["new"].calls)]
    assert calls == [("GET", f"{start}/activities"), ("POST", f"{start}/attachments"), ("GET", f"{start}/activities")]
    (result,) = run["new"]["results"]
    after = result["after"]
    assert (result["outcome"], result["changed"], result["before"], result["error"]) == ("created", True, None, None)
    assert (result["request_id"], result["name"], result["comment_id"]) == (MOVE, "offer.bin", after["id"])
    assert (after["text"], after["author"], after["visibility"]) == ("offer.bin", DWP_USER, "public")
    assert after["attachments"] == ["offer.bin"]


@pytest.mark.parametrize("name", ["again", "changed content", "with the comment again", "internal again"])
def test_file_that_is_there_is_left_alone(run: Run, name: str) -> None:
    assert run[name].outcomes == ["unchanged"]
    assert not run[name]["changed"]
    assert [call["method"] for call in run[name].calls] == ["GET"]


@pytest.mark.parametrize("name", ["another name", "with a comment", "internal", "link"])
def test_another_name_or_comment_is_another_attachment(run: Run, name: str) -> None:
    assert run[name].outcomes == ["created"], run[name].msg
    assert len(posts(run[name].calls)) == 1


def test_unknown_request_is_named(run: Run) -> None:
    assert run["unknown request"].failed
    assert run["unknown request"]["error"]["kind"] == "NotFound"
    assert "Request 1 does not exist, or the account may not see it" in run["unknown request"].msg
    assert posts(run["unknown request"].calls) == []


def test_items_on_the_same_request_cost_one_reading(run: Run) -> None:
    result = run["items"]
    assert result.outcomes == ["created", "created", "failed", "unchanged", "created"]
    assert [one["name"] for one in result["results"]] == ["offer.bin", "b", "offer.bin", "offer.bin", "offer.bin"]
    assert len(posts(result.calls)) == 3
    assert len([call for call in result.calls if call["method"] == "GET"]) == 5


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    in_process, module = (without_ids(comparable(runs[mode])) for mode in MODES)
    for here, there in zip(in_process, module, strict=True):
        assert here == there


def test_server_has_the_files_whole_and_once(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str) -> None:
    items = [{"request_id": MOVE, "name": name} for name in NAMES]
    tasks = [_attach(name, path=str(folder / "offer.bin"), notify=True, items=items) for name in ("first", "second")]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    assert run["first"]["counts"] == {"created": len(NAMES)}
    assert run["second"]["counts"] == {"unchanged": len(NAMES)}
    kept = kept_comments(sandbox, MOVE)
    assert [[file["name"] for file in one["attachments"]] for one in kept] == [[name] for name in NAMES]
    assert [(one["text"], one["broadcast"]) for one in kept] == [(name, True) for name in NAMES]
    assert {file["sha256"] for one in kept for file in one["attachments"]} == {hashlib.sha256(CONTENT).hexdigest()}


@pytest.mark.parametrize("shape", ["name_only", "other_object"])
def test_attachments_of_other_shapes_are_recognised(
    ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str, shape: str
) -> None:
    sandbox.switches("dwp", attachment_shape=shape)
    tasks = [_attach(name, request_id=MOVE, path=str(folder / "offer.bin")) for name in ("first", "second")]
    run = run_on_dwp(ansible, tasks, mode=mode)
    assert [result["changed"] for result in run.tasks] == [True, False]


def test_names_that_the_platform_does_not_tell(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path) -> None:
    """The comment has to do."""
    row = {"id": "7", "message": "offer.bin", "authorLoginId": DWP_USER, "visibility": "PUBLIC", "attachments": [{"number": 1}]}
    fault = {"platform": "dwp", "method": "GET", "path": "/activities$", "kind": "status", "status": 200, "body": [row]}
    sandbox.faults({**fault, "skip": 1})
    tasks = [_attach(name, request_id=MOVE, path=str(folder / "offer.bin")) for name in ("first", "second")]
    tasks.append(_attach("third", request_id=MOVE, path=str(folder / "offer.bin"), called="third", settle_timeout=0.5))
    run = run_on_dwp(ansible, tasks)
    assert [result["changed"] for result in run.tasks[:2]] == [True, False]
    assert len(posts(run["third"].calls)) == 1
    assert "does not show up" in run["third"].msg


def _predicted(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "name": task.name,
            "status": task.status,
            "changed": task["changed"],
            "counts": task["counts"],
            "outcomes": task.outcomes,
            "after": [(result["after"] or {}).get("attachments") for result in task["results"]],
            "diff": task["diff"],
        }
        for task in run.tasks
    ]


def test_check_mode_predicts_the_run_and_writes_nothing(
    ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str
) -> None:
    everything = _tasks(folder)
    independent = [everything[0], everything[6], everything[10]]
    predicted = run_on_dwp(ansible, independent, mode=mode, arguments=["--check", "--diff"])
    assert without_logins(sandbox.writes()) == []
    real = run_on_dwp(ansible, independent, mode=mode, arguments=["--diff"])
    assert len(posts(sandbox.calls())) == 5
    for before, after in zip(_predicted(predicted), _predicted(real), strict=True):
        assert before == after
    (diff,) = real["new"]["diff"]
    assert diff["after"] == {"text": "offer.bin", "author": DWP_USER, "visibility": "public", "attachments": ["offer.bin"]}
    assert diff["before"] == {}


def test_check_mode_takes_a_missing_file_for_one_that_is_made_before(
    ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str
) -> None:
    """The request is read all the same: one that is unknown is told, and a file of that name may be there."""
    path = str(tmp_path / "report.txt")
    make = {"name": "make", "ansible.builtin.copy": {"content": "x", "dest": path, "mode": "0600"}}
    once, twice = _attach("it", request_id=MOVE, path=path), _attach("items", items=[{"request_id": OTHER, "path": path}] * 2)
    tasks = [make, once, twice, _attach("unknown", request_id="1", path=path)]
    predicted = run_on_dwp(ansible, tasks, mode=mode, arguments=["--check", "--diff"])
    assert without_logins(predicted["it"].calls)
    assert f"There is no file {path} yet" in str(predicted["it"].warnings)
    assert posts(sandbox.calls()) == []
    done = run_on_dwp(ansible, tasks, mode=mode, arguments=["--diff"])
    assert [result.outcomes for result in predicted.tasks[1:]] == [["created"], ["created", "unchanged"], ["failed"]]
    for name in ("it", "items", "unknown"):
        for key in ("changed", "counts", "diff"):
            assert predicted[name].result.get(key) == done[name].result.get(key)
    again = run_on_dwp(ansible, [_attach("it", request_id=MOVE, path=path + ".", called="report.txt")], arguments=["--check"])
    assert again["it"].outcomes == ["unchanged"]


# Options, and what the message says; {} is the folder of the files.
BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no request": ({"path": "{}/offer.bin"}, ["request_id: it is missing"]),
    "bad id": ({"request_id": "x", "path": "{}/offer.bin"}, ["request_id: 'x' is not an id"]),
    "no path": ({"request_id": MOVE}, ["path: it is missing"]),
    "relative": ({"request_id": MOVE, "path": "offer.bin"}, ["path: offer.bin is not absolute", "playbook_dir"]),
    "missing": ({"request_id": MOVE, "path": "{}/nothing"}, ["path: {}/nothing cannot be read (No such file or directory)"]),
    "folder": ({"request_id": MOVE, "path": "{}/other"}, ["path: {}/other is not a file", "archive"]),
    "pipe": ({"request_id": MOVE, "path": "{}/pipe"}, ["path: {}/pipe is not a file"]),
    "empty": ({"request_id": MOVE, "path": "{}/empty.txt"}, ["path: {}/empty.txt is empty"]),
    "upwards": ({"request_id": MOVE, "path": "{}/offer.bin", "called": "../../evil"}, ["name: '../../evil' is a path"]),
    "backslash": ({"request_id": MOVE, "path": "{}/offer.bin", "called": "..\\evil"}, ["name: '..\\\\evil' is a path"]),
    "dots": ({"request_id": MOVE, "path": "{}/offer.bin", "called": ".."}, ["name: '..' is no name"]),
    "blank": ({"request_id": MOVE, "path": "{}/offer.bin", "called": " "}, ["name: ' ' is no name"]),
    "line break": ({"request_id": MOVE, "path": "{}/offer.bin", "called": "a\r\nX: b"}, ["name: 'a\\r\\nX: b' has characters"]),
    "null": ({"request_id": MOVE, "path": "{}/offer.bin", "called": "a\0b"}, ["name: 'a\\x00b' has characters"]),
    "long": ({"request_id": MOVE, "path": "{}/offer.bin", "called": "ø" * 128}, ["name: the name is longer than 255 bytes"]),
    "comment": ({"request_id": MOVE, "path": "{}/offer.bin", "comment": " "}, ["comment: there is nothing in it"]),
    "internal as another": (
        {"request_id": MOVE, "path": "{}/offer.bin", "visibility": "internal", "author": "odahl"},
        ["author: an internal comment of odahl"],
    ),
    "second item": (
        {"request_id": MOVE, "items": [{"path": "{}/offer.bin"}, {"path": "{}/nothing"}]},
        ["items[1].path: {}/nothing cannot be read"],
    ),
    "two files of a name": (
        {"request_id": MOVE, "items": [{"path": "{}/offer.bin"}, {"path": "{}/other/offer.bin"}]},
        ["items[1].name: offer.bin is to be attached to request 40310 from {}/offer.bin already", "another name"],
    ),
}


def _filled(value: Any, folder: pathlib.Path) -> Any:
    if isinstance(value, str):
        return value.replace("{}", str(folder))
    if isinstance(value, list):
        return [_filled(one, folder) for one in value]
    return {key: _filled(one, folder) for key, one in value.items()} if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def bad(ansible: Ansible, folder: pathlib.Path) -> dict[str, Run]:
    tasks = [_attach(name, **_filled(options, folder)) for name, (options, _said) in BAD.items()]
    return ansible.in_both_modes(tasks, env=ON_DWP)


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], folder: pathlib.Path, mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in _filled(BAD[name][1], folder):
        assert words in result.msg


# What happens to the first attempt at an upload: the outcome, how many times it is sent, and what the error says.
FAULTS: dict[str, tuple[dict[str, Any], str, int, str]] = {
    "dropped after the work was done": ({"kind": "drop", "when": "after"}, "created", 1, ""),
    "dropped before the work was done": ({"kind": "drop", "when": "before"}, "created", 2, ""),
    "500 after the work was done": ({"kind": "status", "status": 500, "when": "after"}, "created", 1, ""),
    "503 before the work was done": ({"kind": "status", "status": 503, "when": "before"}, "created", 2, ""),
    "a gateway that gave up": ({"kind": "status", "status": 504, "when": "before"}, "failed", 1, "may still be at work"),
    "an ended session": ({"kind": "auth", "when": "before"}, "created", 2, ""),
    "a quota for a moment": ({"kind": "rate_limit", "retry_after": 0}, "created", 2, ""),
    "too large": ({"kind": "status", "status": 413, "body": {"message": "Too large"}}, "failed", 1, "Too large"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_lost_answer_makes_no_second_attachment(
    ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str, name: str
) -> None:
    fault, outcome, sent, message = FAULTS[name]
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/attachments$", "times": 1, **fault})
    options = {"request_id": MOVE, "path": str(folder / "offer.bin"), "settle_timeout": 0.5}
    run = run_on_dwp(ansible, [_attach("it", **options), _attach("again", **options)], mode=mode)
    assert run["it"].outcomes == [outcome], run["it"].msg
    assert message in run["it"].msg
    assert len(posts(run["it"].calls)) == sent
    assert run["again"].outcomes == ["created" if outcome == "failed" else "unchanged"]
    (comment,) = kept_comments(sandbox, MOVE)
    (file,) = comment["attachments"]
    assert (file["size"], file["sha256"]) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


NO_ENTRY_8790 = {"messageType": "ERROR", "messageNumber": 8790, "messageText": "Unknown system error"}


@pytest.mark.parametrize("is_there", [True, False])
def test_message_8790_is_explained(
    ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str, is_there: bool
) -> None:
    body = {**NO_ENTRY_8790, "appendedText": "HTTP 404 Not Found"}
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/attachments$", "kind": "status", "status": 404, "body": body})
    if not is_there:
        # It was there when its comments were read, and is gone now.
        gone = {"kind": "status", "status": 404, "body": {**body, "messageNumber": 302}}
        sandbox.faults({"platform": "dwp", "method": "GET", "path": f"/requests/{MOVE}$", **gone})
    run = run_on_dwp(ansible, [_attach("it", request_id=MOVE, path=str(folder / "offer.bin"))], mode=mode)
    assert run["it"].failed
    assert len(posts(run["it"].calls)) == 1
    if is_there:
        assert f"Request {MOVE} can be read, but the server refuses to attach offer.bin to it" in run["it"].msg
        assert "8790" in run["it"].msg
        assert "X-Requested-By" in run["it"].msg
        assert run["it"]["error"]["code"] == "8790"
    else:
        assert f"Request {MOVE} does not exist, or the account may not see it" in run["it"].msg
        assert run["it"]["error"]["kind"] == "NotFound"


def test_large_file_is_sent_whole(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str) -> None:
    size = 96 * 1024 * 1024
    path = folder / "large.bin"
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for number in range(96):
            piece = number.to_bytes(4, "big") * (256 * 1024)
            file.write(piece)
            digest.update(piece)
    run = run_on_dwp(ansible, [_attach("it", request_id=MOVE, path=str(path))], mode=mode)
    path.unlink()
    assert run["it"].outcomes == ["created"], run["it"].msg
    (kept,) = kept_comments(sandbox, MOVE)[0]["attachments"]
    assert (kept["size"], kept["sha256"]) == (size, digest.hexdigest())
