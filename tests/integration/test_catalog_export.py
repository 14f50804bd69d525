# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""catalog_export: a file on disk holds the services, and is left alone if it does already."""

from __future__ import annotations

import io
import json
import os
import pathlib
import stat
import threading
import time
import zipfile
from typing import Any

import pytest
from integration.support.dwp import API, ON_DWP, run_on_dwp, without_logins
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import Call, Sandbox

Row = dict[str, Any]


def _export(name: str, **options: Any) -> Row:
    return task("catalog_export", name, **options)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path


def _names(path: pathlib.Path) -> list[str]:
    """The names of the services in a file."""
    with zipfile.ZipFile(path) as archive:
        profiles = [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("profiles/")]
    return sorted(profile["name"] for profile in profiles)


def _exports(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call["path"] == f"{API}/services/export"]


def _searches(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call["path"] == f"{API}/services/search"]


def _paths(calls: list[Call]) -> list[str]:
    return [f"{call['method']} {call['path'].removeprefix(API)}" for call in without_logins(calls)]


def _mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_second_run_changes_nothing(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str) -> None:
    path = folder / "devices & Ærø.zip"
    tasks = [_export(name, services=["Standard laptop", "2405"], path=str(path)) for name in ("first", "second")]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    assert run["first"].outcomes == ["created"]
    assert run["second"].outcomes == ["unchanged"]
    assert _names(path) == ["Standard laptop", "VPN access"]
    assert sandbox.logins() == 1
    for name in ("first", "second"):
        assert _paths(run[name].calls) == ["POST /services/search", "POST /services/export"]
    (one,) = run["first"]["results"]
    assert one["path"] == str(path)
    assert sorted(service["name"] for service in one["services"]) == ["Standard laptop", "VPN access"]
    assert all(service["guid"] for service in one["services"])
    assert "manifest.json" in one["members"]
    assert one["before"] is None
    assert set(one["after"]) == {"members"}
    assert [entry.name for entry in folder.iterdir()] == [path.name]


def test_ids_are_sent_as_the_document_has_them(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str) -> None:
    tasks = [_export("it", services=["2405", 2401, "000000000002405", "9007199254740993"], path=str(folder / "a.zip"))]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    (call,) = without_logins(run["it"].calls)
    assert json.loads(call["body"]) == ["000000000002405", "000000000002401", "000000000002405", "9007199254740993"]


def test_service_that_is_not_published_can_be_exported_by_its_id(ansible: Ansible, folder: pathlib.Path) -> None:
    run = run_on_dwp(ansible, [_export("it", services=["2418"], path=str(folder / "a.zip"))], stop_on_failure=True)
    assert run.rc == 0, run.output
    assert _names(folder / "a.zip") == ["Robot arm hour"]


def test_parts_of_a_bundle_come_along(ansible: Ansible, folder: pathlib.Path) -> None:
    run = run_on_dwp(ansible, [_export("it", services=["New colleague kit"], path=str(folder / "a.zip"))], stop_on_failure=True)
    assert run.rc == 0, run.output
    assert len(run["it"]["results"][0]["services"]) == 5


def test_change_in_the_catalog_updates_the_file(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str) -> None:
    path = folder / "a.zip"
    tasks = [_export("it", services=["2401"], path=str(path))]
    run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    path.chmod(0o604)
    sandbox._call("PATCH", "dwp/services/2401", {"excerpt": "Now with 64 GB"})
    run = run_on_dwp(ansible, tasks, mode=mode, arguments=["--diff"])
    (one,) = run["it"]["results"]
    assert one["outcome"] == "updated"
    changed = [name for name, digest in one["after"]["members"].items() if one["before"]["members"][name] != digest]
    assert [name.partition("/")[0] for name in changed] == ["profiles"]
    (diff,) = run["it"]["diff"]
    assert diff["before"] == one["before"]
    assert diff["after_header"] == str(path)
    assert _mode(path) == 0o604


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x03\x04half a zip"], ids=["empty file", "other file", "half a file"]
)
def test_what_is_no_zip_is_replaced(ansible: Ansible, folder: pathlib.Path, content: bytes) -> None:
    path = folder / "a.zip"
    path.write_bytes(content)
    run = run_on_dwp(ansible, [_export("it", services=["2401"], path=str(path))])
    assert run["it"].outcomes == ["updated"]
    assert run["it"]["results"][0]["before"] == {"members": {}}
    assert _names(path) == ["Standard laptop"]


def test_other_bytes_with_the_same_content_are_the_same(ansible: Ansible, folder: pathlib.Path, mode: str) -> None:
    path = folder / "a.zip"
    tasks = [_export("it", services=["2401"], path=str(path))]
    run_on_dwp(ansible, tasks, mode=mode)
    other = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_STORED) as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name) if name != "manifest.json" else b'{"made": "another day"}')
    path.write_bytes(other.getvalue())
    run = run_on_dwp(ansible, tasks, mode=mode)
    assert run["it"].outcomes == ["unchanged"]
    assert path.read_bytes() == other.getvalue()


def test_mode_of_the_file(ansible: Ansible, folder: pathlib.Path, mode: str) -> None:
    path = folder / "a.zip"
    tasks = [
        _export("new", services=["2401"], path=str(path), mode="0640"),
        _export("same", services=["2401"], path=str(path), mode="0640"),
        _export("without", services=["2401"], path=str(path)),
        {**_export("other", services=["2401"], path=str(path), mode="0600"), "diff": True},
    ]
    run = run_on_dwp(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert [run[one["name"]].outcomes[0] for one in tasks] == ["created", "unchanged", "unchanged", "updated"]
    (diff,) = run["other"]["diff"]
    assert (diff["before"]["mode"], diff["after"]["mode"]) == ("0640", "0600")
    assert _mode(path) == 0o600


def test_without_a_mode_the_umask_counts(ansible: Ansible, folder: pathlib.Path, mode: str) -> None:
    reference = folder / "reference"
    reference.touch()
    run_on_dwp(ansible, [_export("it", services=["2401"], path=str(folder / "a.zip"))], mode=mode)
    assert _mode(folder / "a.zip") == _mode(reference)


ITEMS = [
    {"services": ["2401"], "path": "a.zip"},
    {"services": ["Nothing at all"], "path": "b.zip"},
    {"services": ["VPN access", "2402"], "path": "there.zip"},
    {"services": ["1"], "path": "c.zip"},
    {"services": ["2402"], "path": "no folder/d.zip"},
    {"services": ["2403"], "path": "old.zip", "mode": "0640"},
]


def _items(folder: pathlib.Path) -> list[Row]:
    return [{**item, "path": str(folder / str(item["path"]))} for item in ITEMS]


def _predicted(run: Run) -> list[Row]:
    return [
        {
            "name": task.name,
            "status": task.status,
            "changed": task["changed"],
            "counts": task["counts"],
            "outcomes": task.outcomes,
            "errors": [(result["error"] or {}).get("kind") for result in task["results"]],
            "before": [result["before"] for result in task["results"]],
            "after": [result["after"] for result in task["results"]],
            "diff": task["diff"],
        }
        for task in run.tasks
    ]


def test_check_mode_predicts_the_run_and_writes_nothing(ansible: Ansible, folder: pathlib.Path, mode: str) -> None:
    run_on_dwp(ansible, [_export("it", services=["2402", "2405"], path=str(folder / "there.zip"))], stop_on_failure=True)
    (folder / "old.zip").write_bytes(b"old")
    items = [item for item in _items(folder) if "no folder" not in item["path"]]
    tasks = [
        _export("many", items=items),
        _export("stop", items=[{**item, "path": f"{item['path']}.2"} for item in items], on_error="stop"),
    ]
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    predicted = run_on_dwp(ansible, tasks, mode=mode, arguments=["--check", "--diff"])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    real = run_on_dwp(ansible, tasks, mode=mode, arguments=["--diff"])
    for one, other in zip(_predicted(predicted), _predicted(real), strict=True):
        assert one == other
    assert real["many"].outcomes == ["created", "failed", "unchanged", "failed", "updated"]
    assert real["stop"].outcomes == ["created", "failed", "skipped", "skipped", "skipped"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.zip", "a.zip.2", "old.zip", "there.zip"]
    again = run_on_dwp(ansible, tasks, mode=mode)
    assert not again["many"]["changed"]


def test_items_fail_each_for_itself(ansible: Ansible, folder: pathlib.Path, mode: str) -> None:
    run = run_on_dwp(ansible, [_export("it", items=_items(folder))], mode=mode)
    results = run["it"]["results"]
    assert run["it"].outcomes == ["created", "failed", "created", "failed", "failed", "created"]
    assert "No service has the id or exactly the name 'Nothing at all'" in results[1]["error"]["message"]
    assert results[3]["error"]["kind"] == "NotFound"
    assert "There is no folder" in results[4]["error"]["message"]
    assert _mode(folder / "old.zip") == 0o640
    assert len(_exports(run["it"].calls)) == 4


def test_missing_folder_is_no_error_in_check_mode(ansible: Ansible, folder: pathlib.Path, mode: str) -> None:
    tasks = [_export("it", services=["2401"], path=str(folder / "new" / "a.zip"))]
    run = run_on_dwp(ansible, tasks, mode=mode, arguments=["--check"])
    assert run["it"].outcomes == ["created"]
    (warning,) = run["it"].warnings
    assert "There is no folder" in warning


def test_results_do_not_depend_on_where_the_work_is_done(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path) -> None:
    found = []
    for mode in MODES:
        sandbox.reset()
        for path in folder.iterdir():
            path.unlink()
        run = run_on_dwp(ansible, [_export("it", items=_items(folder))], mode=mode)
        found.append(comparable(run))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("folder", ["is a folder"]),
        ("pipe", ["is no regular file"]),
        ("missing/a.zip", ["There is no folder"]),
    ],
)
def test_place_that_cannot_be_written_is_told_before_the_first_call(
    ansible: Ansible, folder: pathlib.Path, mode: str, target: str, words: list[str]
) -> None:
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    run = run_on_dwp(ansible, [_export("it", services=["Standard laptop"], path=str(folder / target))], mode=mode)
    assert run["it"].failed
    assert run["it"].calls == []
    for word in words:
        assert word in run["it"].msg


BAD: dict[str, tuple[Row, list[str]]] = {
    "no services": ({"path": "/tmp/a.zip"}, ["services: the list is missing or empty"]),
    "empty list": ({"path": "/tmp/a.zip", "services": []}, ["services: the list is missing or empty"]),
    "empty name": ({"path": "/tmp/a.zip", "services": ["2401", " "]}, ["services: one of them is empty"]),
    "no path": ({"services": ["2401"]}, ["path: it is missing", "machine where the task runs"]),
    "relative": ({"services": ["2401"], "path": "a.zip"}, ["path: 'a.zip' is not an absolute path"]),
    "upwards": ({"services": ["2401"], "path": "/tmp/../etc/a.zip"}, ["path: '/tmp/../etc/a.zip' leads upwards"]),
    "mode": ({"services": ["2401"], "path": "/tmp/a.zip", "mode": "u=rw"}, ["mode: 'u=rw' is not the mode", "'0640'"]),
    "decimal mode": ({"services": ["2401"], "path": "/tmp/a.zip", "mode": 416}, ["mode: '416' is not the mode"]),
    "same file twice": (
        {"services": ["2401"], "items": [{"path": "/tmp/a.zip"}, {"path": "/tmp//a.zip"}]},
        ["items[1].path: /tmp//a.zip is written by items[0] already"],
    ),
    "upwards in an item": ({"services": ["2401"], "items": [{"path": "/tmp/../a"}]}, ["items[0].path", "leads upwards"]),
    "platform": ({"services": ["2401"], "path": "/tmp/a", "platform": "admin_by_request"}, ["catalog_export", "bmc_dwp"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes([_export(name, **options) for name, (options, _said) in BAD.items()], env=ON_DWP)


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg


@pytest.mark.parametrize("kind", ["drop", "cut", "html", "status"])
def test_lost_answer_is_asked_for_again(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, kind: str) -> None:
    """An export changes nothing, so it may be made again."""
    sandbox.faults({"platform": "dwp", "path": "/services/export$", "times": 1, "kind": kind, "when": "after"})
    run = run_on_dwp(ansible, [_export("it", services=["2401"], path=str(folder / "a.zip"))])
    if kind == "html":
        assert run["it"].failed
        assert list(folder.iterdir()) == []
    else:
        assert run["it"].outcomes == ["created"], run["it"].msg
        assert _names(folder / "a.zip") == ["Standard laptop"]


def test_damaged_export_does_not_replace_a_good_one(ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path) -> None:
    path = folder / "a.zip"
    run_on_dwp(ansible, [_export("it", services=["2401"], path=str(path))], stop_on_failure=True)
    good = path.read_bytes()
    fault = {"kind": "status", "status": 200, "body": "PK and then nothing", "content_type": "application/zip"}
    sandbox.faults({"platform": "dwp", "path": "/services/export$", **fault})
    run = run_on_dwp(ansible, [_export("it", services=["2401", "2402"], path=str(path))])
    assert run["it"].failed
    assert "is no usable zip file" in run["it"].msg
    assert path.read_bytes() == good
    assert [entry.name for entry in folder.iterdir()] == ["a.zip"]


def test_other_service_than_the_named_one_is_an_error(
    ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, mode: str
) -> None:
    """Between the search for the name and the export the id became that of another service."""
    path = folder / "a.zip"
    path.write_bytes(b"as it was")
    sandbox.faults({"platform": "dwp", "path": "/services/export$", "kind": "latency", "ms": 2000, "times": 1})

    def rename() -> None:
        while not _searches(sandbox.calls()):
            time.sleep(0.05)
        time.sleep(0.3)
        sandbox._call("PATCH", "dwp/services/2410", {"name": "Quite another one"})

    somebody = threading.Thread(target=rename, daemon=True)
    somebody.start()
    tasks = [_export("by name", services=["Fax line"], path=str(path)), _export("by id", services=["2410"], path=f"{path}2")]
    run = run_on_dwp(ansible, tasks, mode=mode)
    somebody.join(20)
    for words in ("holds Quite another one, but not Fax line", "give the id"):
        assert words in run["by name"].msg
    assert path.read_bytes() == b"as it was"
    assert run["by id"].outcomes == ["created"]


def test_account_without_the_right_is_told(ansible: Ansible, folder: pathlib.Path, mode: str) -> None:
    tasks = [_export("it", services=["2401"], path=str(folder / "a.zip"))]
    run = run_on_dwp(ansible, tasks, mode=mode, env={"DWP_USERNAME": "mlind"})
    assert run["it"].failed
    assert "The account may not do this" in run["it"].msg


@pytest.mark.parametrize(
    "switches",
    [
        {"export_content_type": "application/octet-stream"},
        {"export_status": 201},
        {"export_file_name": "absent"},
        {"export_accepts": "padded"},
    ],
)
def test_open_questions_about_the_api_do_not_matter(
    ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, switches: Row
) -> None:
    sandbox.switches("dwp", **switches)
    tasks = [_export(name, services=["Catering"], path=str(folder / "a.zip")) for name in ("first", "second")]
    run = run_on_dwp(ansible, tasks, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert [run[name].outcomes for name in ("first", "second")] == [["created"], ["unchanged"]]
