# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""approval_queue: what it decides, predicts and reports, and how many at a time."""

from __future__ import annotations

import csv
import json
import re
from typing import Any

import pytest
from integration.support.programs import MODULES_IN_LONG_FORM

from .conftest import ALL, MALWARE, TRUSTED, Drained, Queue

HELPDESK = "helpdesk@northwind.example"
NASTY = [
    "a | b \\| c || \\",
    "line one\nline two\r\n| 1 | 2 |",
    "\"quoted\", 'single', comma; tab\there",
    "<script>alert(1)</script> & <b>",
    "=HYPERLINK(\"https://evil.example\")",
    "+1", "-1", "@SUM(A1)", "\t=1+1", " =1+1", "\r=1",
    "مرحبا שלום \u202egnp.exe\u2066",
    "日本語 ñ 🎉 e\u0301",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "{{ lookup('pipe', 'id') }}",
    "\x00\x1b[31mred\x07\u2028",
    "[link](https://evil.example) ![](https://evil.example/x.png) `code` *b* _i_",
    "['a', {'b': None}]",
    "%s %(x)s {0}",
    "",
]  # fmt: skip
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f\u2028\u202a-\u202e\u2066-\u2069]")


def test_rules_decide_and_external_decisions_win(queue: Queue) -> None:
    add = queue.sandbox.add_requests
    (bad,) = add(application={"vendor": "Mozilla", "scanResult": "Malicious", "sha256": "a" * 64})
    (good,) = add(application={"vendor": "Mozilla"})
    (unmatched,) = add(application={"vendor": "Nobody Inc"})
    (denied,) = add(application={"vendor": "Mozilla"})
    (hold,) = add(application={"vendor": "Mozilla"})
    (done,) = add(status="Finished")
    (other_way,) = add(status="Denied")
    external = [
        {"request_id": str(denied), "state": "denied", "reason": 'Ticket 12 | "no"', "decided_by": HELPDESK},
        {"request_id": hold, "state": "pending"},
        {"request_id": str(done), "state": "approved"},
        {"request_id": str(other_way), "state": "approved"},
    ]
    drained = queue.drain(MALWARE, TRUSTED, decisions=external)
    assert drained.run.rc == 0
    assert drained.outcomes == {
        bad: "denied", good: "approved", unmatched: "pending", denied: "denied", hold: "pending",
        done: "unchanged", other_way: "conflict",
    }  # fmt: skip
    assert drained.waiting == [unmatched, hold]
    assert queue.kept == unmatched
    rules = {number: decision["rule"] for number, decision in drained.decisions.items()}
    assert rules == {
        bad: "malware", good: "trusted", unmatched: None,
        **dict.fromkeys((denied, hold, done, other_way), "external decision"),
    }  # fmt: skip
    assert drained.decisions[bad]["reason"] == "The scanner says: Malicious"
    assert queue.sandbox.request(denied)["deniedReason"] == 'Ticket 12 | "no"'
    assert queue.sandbox.request(denied)["deniedByEmail"] == HELPDESK
    assert queue.committed() == {bad: ["DELETE"], good: ["PUT"], denied: ["DELETE"]}
    # The conflict is worth a warning, and nothing else is.
    assert len(drained.run.warnings) == 1
    assert f"Request {other_way} is to be approved, but it is Denied already" in drained.run.output
    table = drained.task("Show what was decided and why")
    assert table
    assert table["msg"][0].split() == ["REQUEST", "OUTCOME", "FOR", "SUBJECT", "RULE", "WHY"]
    shown = [tuple(line.split()[:2]) for line in table["msg"][1:-1]]
    assert shown == [(str(number), word) for number, word in drained.outcomes.items()]
    assert table["msg"][-1] == "2 still undecided"

    again = queue.drain(MALWARE, TRUSTED, decisions=external, on_conflict="ignore")
    assert (again.run.rc, again.changed, again.run.warnings) == (0, 0, [])
    assert queue.kept == unmatched


@pytest.mark.parametrize("mode", MODULES_IN_LONG_FORM)
def test_check_mode_predicts_the_run_and_touches_nothing(queue: Queue, mode: str) -> None:
    queue.sandbox.reset("demo")
    report = queue.folder / "report.json"
    options: dict[str, Any] = {
        "mode": mode,
        "report_path": str(report),
        "decisions": [{"request_id": "65430932", "state": "denied"}],
    }
    predicted = queue.drain_well(MALWARE, TRUSTED, check=True, arguments=["--diff"], **options)
    assert queue.sandbox.writes() == []
    assert list(queue.folder.iterdir()) == []
    assert predicted.position is None
    assert predicted.artifact is None
    real = queue.drain_well(MALWARE, TRUSTED, **options)
    assert predicted.result == real.result
    assert predicted.changed == real.changed == 2  # the decisions, and the position
    assert json.loads(report.read_text()) == real.result
    assert len(queue.committed()) == sum(real.result["counts"].values()) > 5
    again = queue.drain_well(MALWARE, TRUSTED, **options)
    assert again.changed == 0


@pytest.mark.parametrize("way", ["option", "keyword of the role", "keyword of a block", "keyword of the play"])
@pytest.mark.parametrize("is_kept", [True, pytest.param(False, marks=pytest.mark.long)])
def test_check_mode_by_whatever_way_leaves_everything_for_the_run(queue: Queue, way: str, is_kept: bool) -> None:
    ids = queue.sandbox.add_requests(3)
    # Held by a run that is over, which only the real run may take over.
    queue.lock_path.symlink_to("1 1 none none elsewhere.example/ 1")
    if is_kept:
        queue.state_path.write_text('{"since_id": "1"}')
    before = {path.name: path.lstat().st_mtime_ns for path in queue.folder.iterdir()}
    variables = {"rules": [ALL], "state_path": str(queue.state_path), "report_path": str(queue.folder / "report.md")}
    role: dict[str, Any] = {
        "ansible.builtin.import_role": {"name": "deskops.itsm.approval_queue"},
        "vars": {f"approval_queue_{name}": value for name, value in variables.items()},
    }
    tasks = {
        "keyword of the role": [{**role, "check_mode": True}],
        "keyword of a block": [{"block": [role], "check_mode": True}],
    }.get(way, [role])
    play = {"check_mode": True} if way == "keyword of the play" else {}
    arguments = ["--check"] if way == "option" else []
    predicted = Drained(queue.ansible.run(tasks, stop_on_failure=True, arguments=arguments, **play))
    assert predicted.run.rc == 0, predicted.run.output
    assert predicted.run.warnings == []
    assert {path.name: path.lstat().st_mtime_ns for path in queue.folder.iterdir()} == before
    assert queue.sandbox.writes() == []
    assert (predicted.position, predicted.artifact) == (None, None)
    assert predicted.outcomes == dict.fromkeys(ids, "approved")
    real = queue.drain_well(ALL)
    assert real.outcomes == predicted.outcomes
    assert predicted.changed == real.changed == 2
    assert not queue.lock_path.is_symlink()


def test_a_keyword_takes_the_role_out_of_check_mode(queue: Queue) -> None:
    (number,) = queue.sandbox.add_requests()
    role = {
        "ansible.builtin.import_role": {"name": "deskops.itsm.approval_queue"},
        "check_mode": False,
        "vars": {"approval_queue_rules": [ALL], "approval_queue_state_path": str(queue.state_path)},
    }
    drained = Drained(queue.ansible.run([role], stop_on_failure=True, arguments=["--check"]))
    assert drained.run.rc == 0, drained.run.output
    assert queue.committed() == {number: ["PUT"]}
    assert queue.kept == number + 1
    assert not queue.lock_path.is_symlink()


@pytest.mark.parametrize("mode", MODULES_IN_LONG_FORM)
def test_reports_are_well_formed_whatever_the_requests_hold(queue: Queue, mode: str) -> None:
    ids = [queue.sandbox.add_requests(application={"name": text, "vendor": text}, user={"account": text})[0] for text in NASTY]
    rule = {
        "name": 'any | "name"',
        "when": {"application.vendor": {"exists": True}},
        "then": "pending",
        "reason": "{application.name}",
    }
    reports = {ending: queue.folder / f"report.{ending}" for ending in ("txt", "md", "csv", "json")}
    for ending, path in reports.items():
        drained = queue.drain_well(rule, report_path=str(path), mode=mode, show=ending == "txt")
        assert list(drained.decisions) == ids
        assert path.stat().st_mode & 0o777 == 0o600
    texts = {ending: path.read_bytes().decode() for ending, path in reports.items()}

    subjects = [decision["subject"] for decision in json.loads(texts["json"])["decisions"]]
    assert subjects[:-1] == NASTY[:-1]

    for ending in ("txt", "md", "csv"):
        assert not CONTROLS.search(texts[ending]), ending
    assert len(texts["txt"].splitlines()) == len(ids) + 2

    rows = [line for line in texts["md"].splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert len(rows) == len(ids)
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows} == {8}
    assert not re.search(r"<|(?<!\\)(?:\\\\)*[\[`*]", "".join(rows))

    table = list(csv.reader(texts["csv"].splitlines(), strict=True))
    assert {len(row) for row in table} == {8}
    assert [row[0] for row in table[1:]] == [str(number) for number in ids]
    assert not [cell for row in table for cell in row if cell.lstrip()[:1] in ("=", "+", "-", "@")]
    assert table[3][3] == NASTY[2].replace("\t", " ")
    # A text that looks like a template is not one.
    for text in texts.values():
        assert "{{ 7 * 7 }}" in text.replace("\\*", "*")
        assert "uid=" not in text


@pytest.mark.parametrize("ending", ["md", "json"])
def test_half_a_character_does_not_stop_the_report(queue: Queue, ending: str) -> None:
    (number,) = queue.sandbox.add_requests()
    row = {**queue.sandbox.request(number), "application": {"name": "half \ud83d"}}
    body = json.dumps([row])
    queue.sandbox.faults({"kind": "status", "status": 200, "body": body, "content_type": "application/json"})
    report = queue.folder / f"report.{ending}"
    drained = queue.drain_well(report_path=str(report))
    assert drained.waiting == [number]
    assert "half" in report.read_text(encoding="utf-8")


def test_a_limit_leaves_the_rest_to_the_next_runs(queue: Queue) -> None:
    stays = queue.sandbox.add_requests(4, application={"vendor": "Nobody Inc"})
    ids = queue.sandbox.add_requests(8, application={"vendor": "Mozilla"})
    (done,) = queue.sandbox.add_requests(status="Finished")
    decisions = [{"request_id": str(done), "state": "approved"}, {"request_id": str(ids[-1]), "state": "denied"}]
    first = queue.drain_well(TRUSTED, decisions=decisions, limit=3)
    assert first.outcomes == {
        **dict.fromkeys(stays, "pending"), **dict.fromkeys(ids[:3], "approved"), **dict.fromkeys(ids[3:], "waiting"),
        done: "unchanged",
    }  # fmt: skip
    assert len(queue.sandbox.writes()) == 3
    as_text = ["-e", "approval_queue_limit=3", "-e", "approval_queue_show=no"]
    queue.drain_well(TRUSTED, decisions=decisions, arguments=as_text)
    assert len(queue.sandbox.writes()) == 6
    last = queue.drain_well(TRUSTED, decisions=decisions, limit=3)
    assert (last.waiting, queue.kept) == (stays, stays[0])
    assert queue.committed() == {**{number: ["PUT"] for number in ids[:-1]}, ids[-1]: ["DELETE"]}
    assert queue.drain_well(TRUSTED, decisions=decisions, limit=3).changed == 0
