# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""catalog_import: from one catalog to another, once, and only from files that are what they should be."""

from __future__ import annotations

import io
import json
import pathlib
import zipfile
from typing import Any

import pytest
from integration.support.dwp import ON_DWP, run_on_dwp
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import Call, Sandbox

Row = dict[str, Any]

OTHER = "/dwp2/api/myit-sb"


def _export(path: pathlib.Path, *services: str) -> Row:
    return task("catalog_export", "export", services=list(services), path=str(path))


def _import(name: str, keywords: Row | None = None, **options: Any) -> Row:
    """Into the other catalog."""
    return task("catalog_import", name, keywords, url="{{ other }}", **{key: _text(value) for key, value in options.items()})


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, pathlib.Path) else value


def _run(ansible: Ansible, tasks: list[Row], **options: Any) -> Run:
    return run_on_dwp(ansible, tasks, vars={"other": ansible.sandbox.other_dwp_url}, **options)


def _imports(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call["path"] == f"{OTHER}/services/import"]


def _paths(calls: list[Call]) -> list[str]:
    paths = [f"{call['method']} {call['path'].removeprefix(OTHER)}" for call in calls]
    return [path for path in paths if not path.endswith("/users/login")]


def _there(sandbox: Sandbox, name: str) -> list[Row]:
    return [row for row in sandbox.state("services", "dwp2") if row["name"] == name]


def _zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def archive(ansible: Ansible, tmp_path: pathlib.Path) -> pathlib.Path:
    """Three services of the example data: one that the other catalog lacks, one that is older there, one that is the same."""
    return _exported(ansible, tmp_path / "services.zip", "VPN access", "Standard laptop", "Guest network")


def _exported(ansible: Ansible, path: pathlib.Path, *services: str) -> pathlib.Path:
    run = run_on_dwp(ansible, [_export(path, *services)], stop_on_failure=True)
    assert run.rc == 0, run.output
    return path


def test_second_run_changes_nothing(ansible: Ansible, sandbox: Sandbox, archive: pathlib.Path, mode: str) -> None:
    tasks = [_import(name, path=archive) for name in ("first", "second")]
    run = _run(ansible, tasks, mode=mode, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    (first,), (second,) = run["first"]["results"], run["second"]["results"]
    assert (first["outcome"], second["outcome"]) == ("updated", "unchanged")
    assert second["before"] == second["after"] == first["after"]
    assert [service["name"] for service in second["services"]] == [service["name"] for service in first["services"]]
    assert {service["name"]: len(service["ids"]) for service in second["services"]} == {
        "VPN access": 1,
        "Standard laptop": 1,
        "Guest network": 1,
    }
    assert first["can_be_compared"]
    assert sandbox.logins("dwp2") == 1
    assert len(_imports(run["first"].calls)) == 1
    assert _imports(run["second"].calls) == []
    assert _paths(run["second"].calls) == ["POST /services/search"] * 3 + ["POST /services/export"]
    (vpn,) = _there(sandbox, "VPN access")
    assert vpn["stage"] == "PUBLISHED"
    (laptop,) = _there(sandbox, "Standard laptop")
    assert laptop["excerpt"] == "A 14 inch laptop with the usual software"


def test_new_services_are_created(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    path = _exported(ansible, tmp_path / "Ærø & co.zip", "Kaffebønner til køkkenet ☕", "设计软件许可证")
    run = _run(ansible, [_import("it", path=path)], mode=mode, stop_on_failure=True)
    (one,) = run["it"]["results"]
    assert (one["outcome"], one["before"]) == ("created", None)
    assert len(_there(sandbox, "设计软件许可证")) == 1
    (call,) = _imports(run["it"].calls)
    assert call["headers"]["content-type"].startswith("multipart/form-data")


def test_service_that_is_there_unchanged_is_not_imported(
    ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str
) -> None:
    path = _exported(ansible, tmp_path / "a.zip", "2419")
    run = _run(ansible, [_import("it", path=path), _import("forced", path=path, force=True)], mode=mode)
    assert run["it"].outcomes == ["unchanged"]
    assert run["forced"].outcomes == ["updated"]
    (network,) = _there(sandbox, "Guest network")
    assert len(network["revisions"]) == 1


def test_other_services_of_the_same_name_do_not_matter(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    path = _exported(ansible, tmp_path / "a.zip", "2411", "2412")
    one = _exported(ansible, tmp_path / "b.zip", "2411")
    run = _run(ansible, [_import("both", path=path), _import("one", path=one)])
    assert run["one"].outcomes == ["unchanged" if len(_there(sandbox, "Shared mailbox")) == 2 else "updated"]


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
        }
        for task in run.tasks
    ]


def test_check_mode_predicts_the_run_and_writes_nothing(
    ansible: Ansible, sandbox: Sandbox, archive: pathlib.Path, mode: str
) -> None:
    new = _exported(ansible, archive.with_name("new.zip"), "Desk move")
    same = _exported(ansible, archive.with_name("same.zip"), "Guest network")
    bad = archive.with_name("bad.zip")
    bad.write_bytes(b"no zip")
    items = [{"path": str(path)} for path in (archive, bad, new, same)]
    tasks = [_import("many", items=items), _import("stop", items=items[1:], on_error="stop")]
    state = sandbox.state("services", "dwp2")
    predicted = _run(ansible, tasks, mode=mode, arguments=["--check", "--diff"])
    assert sandbox.state("services", "dwp2") == state
    assert _imports(sandbox.calls()) == []
    real = _run(ansible, tasks, mode=mode, arguments=["--diff"])
    for one, other in zip(_predicted(predicted), _predicted(real), strict=True):
        assert one == other
    assert real["many"].outcomes == ["updated", "failed", "created", "unchanged"]
    assert real["stop"].outcomes == ["failed", "skipped", "skipped"]
    assert len(_imports(sandbox.calls())) == 2
    again = _run(ansible, tasks[:1], mode=mode)
    assert not again["many"]["changed"]


def test_diff_shows_which_files_differ(ansible: Ansible, archive: pathlib.Path, mode: str) -> None:
    run = _run(ansible, [_import("it", {"diff": True}, path=archive)], mode=mode)
    (diff,) = run["it"]["diff"]
    before, after = diff["before"]["members"], diff["after"]["members"]
    assert set(before) < set(after)
    assert any(before[name] != after[name] for name in before)
    assert any(before[name] == after[name] for name in before)
    assert not any("manifest" in name for name in after)


def test_missing_file(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    """In check mode the export before it has written nothing."""
    tasks = [_import("it", path=tmp_path / "a.zip")]
    run = _run(ansible, tasks, mode=mode)
    assert run["it"].failed
    assert "There is no file" in run["it"].msg
    checked = _run(ansible, tasks, mode=mode, arguments=["--check"])
    assert checked["it"].outcomes == ["created"]
    (warning,) = checked["it"].warnings
    assert "There is no file" in warning
    assert sandbox.calls() == []


def test_results_do_not_depend_on_where_the_work_is_done(ansible: Ansible, sandbox: Sandbox, archive: pathlib.Path) -> None:
    found = []
    for mode in MODES:
        sandbox.reset()
        found.append(comparable(_run(ansible, [_import("first", path=archive), _import("second", path=archive)], mode=mode)))
    assert found[0] == found[1]


def _linked() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return target.getvalue()


def _damaged() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.json", b'{"name": "Good"}')
    return target.getvalue().replace(b"Good", b"Evil")


# Files that are refused, and what is said of them.
REFUSED: dict[str, tuple[bytes, list[str]]] = {
    "empty": (b"", ["is no usable zip file"]),
    "text": (b"services", ["is no usable zip file"]),
    "half": (_zip({"a.json": b"{}" * 400})[:100], ["is no usable zip file"]),
    "damaged": (_damaged(), ["is no usable zip file"]),
    "nothing in it": (_zip({}), ["it is empty"]),
    "upwards": (_zip({"../../etc/cron.d/a": b""}), ["'../../etc/cron.d/a'", "leads upwards"]),
    "upwards in the middle": (_zip({"a/../../b": b""}), ["leads upwards"]),
    "upwards as on Windows": (_zip({"a\\..\\..\\b": b""}), ["leads upwards"]),
    "absolute": (_zip({"/etc/cron.d/a": b""}), ["'/etc/cron.d/a'", "absolute"]),
    "absolute as on Windows": (_zip({"C:\\a": b""}), ["absolute"]),
    "link": (_linked(), ["'link'", "is a link"]),
    "bomb": (_zip({"a": b"\0" * 50_000_000}), ["times its size, more than 200 times"]),
    "many": (_zip({str(number): b"" for number in range(10_001)}), ["10001 files, more than 10000"]),
}


@pytest.fixture(scope="module")
def refused(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("refused")
    tasks = []
    for name, (content, _said) in REFUSED.items():
        (folder / f"{name}.zip").write_bytes(content)
        tasks.append(task("catalog_import", name, path=str(folder / f"{name}.zip")))
    return ansible.in_both_modes(tasks, env=ON_DWP)


@pytest.mark.parametrize("name", REFUSED)
def test_bad_file_is_an_error_before_the_first_call(refused: dict[str, Run], mode: str, name: str) -> None:
    result = refused[mode][name]
    assert result.failed
    assert result.calls == []
    for words in REFUSED[name][1]:
        assert words in result.msg


BAD: dict[str, tuple[Row, list[str]]] = {
    "no path": ({}, ["path: it is missing", "machine where the task runs"]),
    "relative": ({"path": "a.zip"}, ["path: 'a.zip' is not an absolute path"]),
    "upwards": ({"path": "/tmp/../a.zip"}, ["path: '/tmp/../a.zip' leads upwards"]),
    "folder": ({"path": "/"}, ["There is no file /"]),
    "same file twice": ({"items": [{"path": "/tmp/a.zip"}, {"path": "/tmp/./a.zip"}]}, ["items[1].path", "items[0] already"]),
    "no items": ({"items": []}, ["items: the list is empty"]),
    "platform": ({"path": "/tmp/a.zip", "platform": "admin_by_request"}, ["catalog_import", "bmc_dwp"]),
}


@pytest.fixture(scope="module")
def bad(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes([task("catalog_import", name, **options) for name, (options, _said) in BAD.items()], env=ON_DWP)


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_an_error_before_the_first_call(bad: dict[str, Run], mode: str, name: str) -> None:
    result = bad[mode][name]
    assert result.failed
    assert result.calls == []
    for words in BAD[name][1]:
        assert words in result.msg


# What happens to the import: whether it works out in the end.
FAULTS: dict[str, tuple[Row, bool]] = {
    "dropped after the work was done": ({"kind": "drop", "when": "after"}, True),
    "dropped before the work was done": ({"kind": "drop", "when": "before"}, False),
    "500 after the work was done": ({"kind": "status", "status": 500, "when": "after"}, True),
    "500 before the work was done": ({"kind": "status", "status": 500, "when": "before"}, False),
    "a web page": ({"kind": "html", "body": "<html>Out of order</html>", "when": "before"}, False),
    "refused": ({"kind": "status", "status": 400, "body": {"message": "No such luck"}}, False),
}


@pytest.mark.parametrize("name", FAULTS)
def test_lost_answer_makes_no_second_import(ansible: Ansible, sandbox: Sandbox, archive: pathlib.Path, name: str) -> None:
    fault, works = FAULTS[name]
    sandbox.faults({"platform": "dwp2", "path": "/services/import$", "times": 1, **fault})
    run = _run(ansible, [_import("it", path=archive), _import("again", path=archive)])
    assert run["it"].failed is not works, run["it"].msg
    assert len(_imports(run["it"].calls)) == 1
    assert run["again"].outcomes == ["unchanged" if works else "updated"]
    assert len(_there(sandbox, "VPN access")) == 1
    (laptop,) = _there(sandbox, "Standard laptop")
    assert len(laptop["revisions"]) == 1


def test_slow_import_is_seen_when_it_is_done(ansible: Ansible, sandbox: Sandbox, archive: pathlib.Path) -> None:
    sandbox.faults({"platform": "dwp2", "path": "/services/import$", "times": 1, "kind": "latency", "ms": 1000})
    run = _run(ansible, [_import("it", path=archive, timeout=0.5)])
    assert run["it"].outcomes == ["updated"], run["it"].msg
    assert len(_imports(run["it"].calls)) == 1


def test_file_in_which_no_service_is_recognised_is_imported_and_said(
    ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(_zip({"export.bin": b"whatever", "notes.json": b'{"name": "nothing"}'}))
    sandbox.faults({"platform": "dwp2", "path": "/services/import$", "kind": "empty"})
    run = _run(ansible, [_import("it", path=path)], mode=mode)
    assert run["it"].outcomes == ["updated"]
    assert run["it"]["results"][0]["can_be_compared"] is False
    (warning,) = run["it"].warnings
    assert "no service can be recognised in the file" in warning


def test_catalog_that_does_not_export_is_imported_to_and_said(
    ansible: Ansible, sandbox: Sandbox, archive: pathlib.Path, mode: str
) -> None:
    sandbox.switches("dwp2", export_id_of="service", export_accepts="padded")
    run = _run(ansible, [_import("it", path=archive)], mode=mode)
    assert run["it"].outcomes == ["updated"]
    (warning,) = run["it"].warnings
    assert "cannot be exported for comparison" in warning
    assert len(_there(sandbox, "VPN access")) == 1


def test_same_dates_are_enough(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """An archive of another make, which tells when each service was changed."""
    (network,) = _run(ansible, [task("catalog_info", "info", title="Guest network", url="{{ other }}")])["info"]["records"]
    rows = [{"name": "Guest network", "modifiedDate": network["raw"]["modifiedDate"]}]
    path = tmp_path / "a.zip"
    path.write_bytes(_zip({"content.json": json.dumps({"services": rows}).encode()}))
    assert _run(ansible, [_import("it", path=path)])["it"].outcomes == ["unchanged"]


def test_draft_is_warned_about(ansible: Ansible, sandbox: Sandbox, archive: pathlib.Path, mode: str) -> None:
    sandbox.switches("dwp2", import_revision="draft")
    run = _run(ansible, [_import("it", path=archive)], mode=mode)
    assert run["it"].outcomes == ["updated"]
    (warning,) = run["it"].warnings
    assert "not among the published services: VPN access" in warning
    (service,) = [one for one in run["it"]["results"][0]["services"] if one["name"] == "VPN access"]
    assert service["ids"] == []


def test_draft_revision_is_warned_about(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    path = _exported(ansible, tmp_path / "a.zip", "Standard laptop")
    sandbox.switches("dwp2", import_revision="draft")
    run = _run(ansible, [_import("it", path=path)])
    (warning,) = run["it"].warnings
    assert "does not show the content of the file" in warning


@pytest.mark.parametrize("switches", [{"import_answer": "summary"}, {"revision_ids": "new"}, {"import_content_type": "any"}])
def test_open_questions_about_the_api_do_not_matter(
    ansible: Ansible, sandbox: Sandbox, archive: pathlib.Path, switches: Row
) -> None:
    sandbox.switches("dwp2", **switches)
    run = _run(ansible, [_import(name, path=archive) for name in ("first", "second")], stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    assert [run[name].outcomes for name in ("first", "second")] == [["updated"], ["unchanged"]]


def test_account_without_the_right_is_told(ansible: Ansible, archive: pathlib.Path, mode: str) -> None:
    run = _run(ansible, [_import("it", path=archive)], mode=mode, env={"DWP_USERNAME": "mlind"})
    assert run["it"].failed
    assert "The account may not do this" in run["it"].msg


def test_items_are_imported_in_their_order(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    """The bundle is refused until its parts are there; its own export holds them, so a later file changes nothing."""
    parts = _exported(ansible, tmp_path / "parts.zip", "2401", "2402", "2405", "2413")
    bundle = _exported(ansible, tmp_path / "bundle.zip", "2414")
    run = _run(ansible, [_import("it", items=[{"path": str(parts)}, {"path": str(bundle)}])], mode=mode)
    assert run["it"].outcomes == ["updated", "updated"]
    assert len(_there(sandbox, "New colleague kit")) == 1
