# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role desk_report: what it reads, what it writes, and that it writes it once."""

from __future__ import annotations

import datetime
import json
import re
import stat
from typing import Any

import pytest
from integration.support.sandbox import NOW

from .conftest import ALL, HOSTILE, LONG, Desk, Sample, changed

ROLE = "deskops.itsm.desk_report : "


def test_it_only_reads(sample: Sample) -> None:
    own = [call for task in sample.run.tasks if task.name.startswith(ROLE) for call in task.calls]
    assert len(own) > 10
    assert [call for call in own if call["committed"] and "/login" not in call["path"] and "/oauth/" not in call["path"]] == []
    # What was written is what the queue decided.
    assert sample.writes == 6


def test_the_table_has_every_request_and_no_formula(sample: Sample) -> None:
    rows = sample.desk.rows
    held = {"admin_by_request": "abr", "bmc_dwp": "dwp", "sdp_cloud": "sdp"}
    assert sorted((held[row["platform"]], row["id"]) for row in rows) == sorted(
        (platform, str(request["id"])) for platform, requests in sample.requests.items() for request in requests
    )
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]
    assert {f"'{HOSTILE['formula']}", HOSTILE["script"], LONG.strip()} <= {row["asked"] for row in rows}
    approved = {row["display_id"]: row for row in rows if row["outcome"] == "approved" and row["rule"]}
    assert {row["state"] for row in approved.values()} == {"approved"}
    assert {row["reason"] for row in approved.values()} == {HOSTILE["script"]}
    fulfilled = {
        row["id"]: row["hours_to_fulfilment"] for row in rows if row["platform"] == "bmc_dwp" and row["state"] == "completed"
    }
    assert fulfilled["40211"] == "70.00"


def test_markdown_stays_a_table(sample: Sample) -> None:
    text = sample.desk.markdown
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("|---"):
            width = line.count("|")
            rows = [lines[number - 1]]
            while number + 1 < len(lines) and lines[number + 1].startswith("|"):
                number += 1
                rows.append(lines[number])
            assert len(rows) > 1
            assert {row.replace("\\|", "").count("|") for row in rows} == {width}
    assert "<script" not in text
    assert "\\| table \\| \\`code\\`" in text
    assert not re.search(r"(?<!\\)\]\(", text)
    assert not [line for line in lines if line.startswith("# ") and line != "# Request desk"]
    assert [line for line in lines if line.startswith("## ")] == ["## Queue", "## Decisions", "## Orders", "## Catalog"]
    assert "1337" not in text


def test_the_files_are_for_their_owner_only(sample: Sample) -> None:
    for path in sample.desk.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_figures_are_shown_and_kept(sample: Sample) -> None:
    (kept,) = (task for task in sample.run.tasks if task.name == ROLE + "Keep the key figures for the caller")
    figures = kept["ansible_facts"]["desk_report_result"]
    assert figures["requests"] == sum(map(len, sample.requests.values()))
    assert [one["name"] for one in figures["platforms"]] == ALL
    (shown,) = (task for task in sample.run.tasks if task.name == ROLE + "Show the key figures")
    assert f"Pending now                {figures['pending']} (and 1 quarantined)" in shown["msg"]


def test_a_second_run_changes_nothing_and_check_mode_tells_before(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """On the platform of the environment, at the time of the clock, with reports of earlier runs in the order of their names."""
    runs = tmp_path_factory.mktemp("runs")
    pending = next(str(row["id"]) for row in desk.sandbox.state("requests") if row["status"] == "Pending")
    for number, (outcome, rule) in enumerate((("pending", "first look"), ("failed", "second look"))):
        decision = {
            "request_id": pending,
            "state": "approved",
            "outcome": outcome,
            "rule": rule,
            "error": {"message": "HTTP 400"},
        }
        (runs / f"run{number}.json").write_text(json.dumps({"decisions": [decision]}))
    fresh: dict[str, Any] = {"platforms": [], "now": "", "decisions_paths": [str(runs / "run*.json")]}
    predicted = desk.report("--check", "--diff", **fresh)
    assert changed(predicted) == 3
    assert list(desk.folder.iterdir()) == []
    assert "<style>" not in predicted.stdout
    desk.report(**fresh)
    written = desk.files()
    assert list(written) == ["report.csv", "report.html", "report.md"]
    (row,) = (row for row in desk.rows if row["id"] == pending)
    assert (row["outcome"], row["rule"], row["error"]) == ("failed", "second look", "HTTP 400")
    again = desk.report("--diff", **fresh)
    assert changed(again) == 0
    assert "+++" not in again.stdout
    assert desk.files() == written
    # A platform that does not answer leaves the files as they are.
    desk.sandbox.set_keys()
    run = desk.ansible.run_playbook([desk.play(**fresh)])
    assert run.rc == 2
    assert "Invalid API key" in run.output
    assert desk.files() == written


def test_each_platform_alone_and_sections_of_choice(desk: Desk) -> None:
    """Several reports in one play, each with its own variables."""
    cases: dict[str, dict[str, Any]] = {
        "abr": {"platforms": ["admin_by_request"]},
        "dwp": {"platforms": ["bmc_dwp"], "since": "2026-09-01T00:00:00Z", "title": "<i>Orders</i> & more"},
        "sdp": {"platforms": ["sdp_cloud"], "sections": ["orders", "queue"], "mode": "0644", "rows": 2},
    }
    tasks = []
    for name, variables in cases.items():
        table = str(desk.folder / f"{name}.csv") if name in ("dwp", "sdp") else ""
        files = {"path": str(desk.folder / f"{name}.html"), "csv_path": table, "markdown_path": ""}
        variables = desk.variables(**files, **variables)
        tasks.append({"name": name, "ansible.builtin.include_role": {"name": "deskops.itsm.desk_report"}, "vars": variables})
    run = desk.ansible.run(tasks, stop_on_failure=True)
    assert run.rc == 0, run.output
    assert run.warnings == []
    pages = {name: (desk.folder / f"{name}.html").read_text(encoding="utf-8") for name in cases}
    sections = {
        name: [part for part in ("queue", "decisions", "orders", "catalog") if f'<section id="{part}"' in text]
        for name, text in pages.items()
    }
    assert sections == {
        "abr": ["queue", "decisions"],
        "dwp": ["queue", "decisions", "orders", "catalog"],
        "sdp": ["queue", "orders"],
    }
    assert "<title>&lt;i&gt;Orders&lt;/i&gt; &amp; more</title>" in pages["dwp"]
    assert pages["sdp"].index('<section id="orders"') < pages["sdp"].index('<section id="queue"')
    assert "8 of 10 are not shown here." in pages["sdp"]
    assert "All are in sdp.csv." in pages["sdp"]
    assert (desk.folder / "sdp.html").stat().st_mode & 0o777 == 0o644
    # What has ended before the time was not even read, and what is open is in the report however old it is.
    dwp = (desk.folder / "dwp.csv").read_text(encoding="utf-8")
    states = {row["id"]: row for row in desk.sandbox.state("requests", "dwp")}
    recent = {
        number
        for number, row in states.items()
        if row["modified"] >= "2026-09-01" or row["word"] in ("ACTIVE", "WAITING_APPROVAL")
    }
    assert all((f'"{number}"' in dwp) == (number in recent) for number in states)
    assert 0 < len(recent) < len(states)


def test_variables_may_come_as_what_yaml_or_the_command_line_makes_of_them(desk: Desk) -> None:
    """A text for a list, a number for a title, times for times."""
    times = {"since": datetime.datetime(2026, 9, 1, tzinfo=datetime.timezone.utc), "now": datetime.datetime.fromisoformat(NOW)}
    desk.report(platforms="bmc_dwp", sections="orders,queue", title=2026, **times)
    assert [line for line in desk.markdown.splitlines() if line.startswith("#") and "###" not in line] == [
        "# 2026",
        "## Orders",
        "## Queue",
    ]
    assert {row["platform"] for row in desk.rows} == {"bmc_dwp"}
    assert ", looking back to 2026-09-01" in desk.markdown


def test_a_second_use_that_fails_has_no_result_of_the_first(desk: Desk) -> None:
    def use(**variables: Any) -> dict[str, Any]:
        role = {"ansible.builtin.include_role": {"name": "deskops.itsm.desk_report"}}
        return {**role, "vars": desk.variables(platforms=["admin_by_request"], **variables)}

    shown = {"name": "Result", "ansible.builtin.debug": {"msg": "{{ desk_report_result }}"}}
    tasks = [use(), shown, {"block": [use(since="last week")], "rescue": [shown]}]
    run = desk.ansible.run(tasks, stop_on_failure=True)
    first, second = (task["msg"] for task in run.tasks if task.name == "Result")
    assert first["requests"] > 0
    assert second == {}


@pytest.mark.parametrize("count", [1_500, pytest.param(10_000, marks=pytest.mark.long)])
def test_ten_thousand_requests_stay_readable(desk: Desk, count: int) -> None:
    desk.sandbox.reset("empty")
    desk.sandbox.add_requests(count, status="Denied", deniedReason=HOSTILE["script"])
    desk.sandbox.add_requests(150)
    run = desk.report(platforms=["admin_by_request"])
    page = desk.page.read_text(encoding="utf-8")
    assert len(page) < 400_000
    assert f"{count - 100:,} of {count:,} are not shown here." in page
    assert "50 of 150 are not shown here." in page
    assert len(desk.rows) == count + 150
    own = [call for task in run.tasks for call in task.calls]
    assert len(own) <= 12


def test_what_is_wrong_is_said_before_the_first_call(desk: Desk) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"path": "", "markdown_path": "", "csv_path": ""}, "There is nothing to write"),
        ({"path": "/no/such/folder/report.html"}, "/no/such/folder is not a folder that can be written to. Nothing was read."),
        ({"csv_path": str(desk.page)}, "cannot be the same file"),
        ({"since": "last week"}, "since: 'last week' is not a time"),
        ({"now": "soon"}, "now: 'soon' is not a time"),
        ({"rows": -1}, "rows: '-1' is not a whole number from 0 on"),
        ({"mode": 0o644}, "desk_report_mode: '420' is not a mode such as '0644', in quotes"),
        ({"platforms": ["servicenow"]}, "servicenow"),
        ({"sections": ["queues"]}, "queues"),
        ({"decisions_paths": ["/no/such/run.json"]}, "/no/such/run.json"),
        ({"decisions_paths": [str(desk.ansible.inventory)]}, "from_json"),
    ]
    tasks = [
        {
            "block": [
                {
                    "ansible.builtin.include_role": {"name": "deskops.itsm.desk_report"},
                    "vars": desk.variables(**{"markdown_path": "", **variables}),
                },
                {"name": "Refusal", "ansible.builtin.debug": {"msg": "none"}},
            ],
            "rescue": [{"name": "Refusal", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}],
        }
        for variables, dummy in cases
    ]
    run = desk.ansible.run(tasks, stop_on_failure=True)
    refusals = [task.msg for task in run.tasks if task.name == "Refusal"]
    for (variables, expected), refusal in zip(cases, refusals, strict=True):
        assert expected in refusal, variables
    assert desk.sandbox.calls() == []
    assert not desk.page.exists()
