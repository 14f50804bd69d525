# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role desk_report, run by its playbook, and the page that it wrote in a browser."""

from __future__ import annotations

import csv
import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from integration.support.programs import Ansible, Run
from integration.support.sandbox import NOW, Sandbox

from tools.browser import Browser, Page

ALL = ["admin_by_request", "bmc_dwp", "sdp_cloud"]
CHANGED = re.compile(r"changed=(\d+)")

# What a request must not do to a report. Each text has a word of its own, by which it is looked for.
HOSTILE = {
    "script": "</script></td><script>window.pwned = 'script'</script>",
    "image": "<img src=x onerror=\"window.pwned = 'image'\">",
    "attribute": "\" onmouseover=\"window.pwned = 'attribute'\" autofocus onfocus='window.pwned = 1' x=\"",
    "comment": "--><svg onload=\"window.pwned = 'comment'\"></svg><!--",
    "template": "{{ 7 * 191 }} {% for x in range(9) %}template{% endfor %} {{ lookup('ansible.builtin.pipe', 'id') }}",
    "formula": '=HYPERLINK("https://evil.example/formula", "look")',
    "table": "| table | `code` | **bold** |\n# heading\n[link](https://evil.example/table)",
    "direction": "\u202eevil\u2066 direction \u200f",
    "control": "bell\x07 escape\x1b[31m control\x9b\r\nnew line",
    "arabic": "طلب arabic جديد",
}
LONG = "long " * 2000


@dataclass(frozen=True)
class Desk:
    """Runs the playbook of the role; the files are in a folder of the test."""

    ansible: Ansible
    sandbox: Sandbox
    folder: pathlib.Path

    @property
    def page(self) -> pathlib.Path:
        return self.folder / "report.html"

    @property
    def markdown(self) -> str:
        return (self.folder / "report.md").read_text(encoding="utf-8")

    @property
    def rows(self) -> list[dict[str, str]]:
        with (self.folder / "report.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    def variables(self, **variables: Any) -> dict[str, Any]:
        """The variables of the role, named without its prefix; all three files, at the sandbox's time."""
        files = {"path": "report.html", "markdown_path": "report.md", "csv_path": "report.csv"}
        wanted = {"platforms": ALL, "now": NOW, **{name: str(self.folder / file) for name, file in files.items()}, **variables}
        return {f"desk_report_{name}": value for name, value in wanted.items()}

    def play(self, **variables: Any) -> dict[str, Any]:
        return {"import_playbook": "deskops.itsm.desk_report", "vars": self.variables(**variables)}

    def report(self, *arguments: str, before: Mapping[str, Any] | None = None, **variables: Any) -> Run:
        """Run the playbook, after another play if there is one; it must succeed without a warning."""
        run = self.ansible.run_playbook([*([before] if before else []), self.play(**variables)], arguments=arguments)
        assert run.rc == 0, run.output
        assert run.warnings == []
        return run

    def files(self) -> dict[str, tuple[bytes, int]]:
        """The files with when they were written."""
        return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(self.folder.iterdir())}


def changed(run: Run) -> int:
    return sum(map(int, CHANGED.findall(run.stdout)))


@pytest.fixture
def desk(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> Desk:
    return Desk(ansible, sandbox, tmp_path)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with Browser() as running:
        yield running


@dataclass(frozen=True)
class Sample:
    """A report on all platforms after a run of the queue, with hostile requests, and what the platforms held then."""

    desk: Desk
    run: Run
    requests: dict[str, list[dict[str, Any]]]
    writes: int


QUEUE = {
    "name": "Decide",
    "hosts": "localhost",
    "gather_facts": False,
    "tasks": [
        {
            "name": "Drain the queue",
            "ansible.builtin.import_role": {"name": "deskops.itsm.approval_queue"},
            "vars": {
                "approval_queue_platform": "admin_by_request",
                "approval_queue_show": False,
                "approval_queue_rules": [
                    {
                        "name": "malware",
                        "when": {"application.scanResult": ["Malicious", "Suspicious"]},
                        "then": "denied",
                        "reason": "The scanner says: {application.scanResult}",
                    },
                    {
                        "name": "<b>trusted</b> | vendors",
                        "when": {"application.vendor": ["Microsoft Corporation", "Mozilla"]},
                        "then": "approved",
                        "reason": HOSTILE["script"],
                    },
                    {"name": "sessions", "when": {"type": "Admin Session"}, "then": "pending"},
                ],
            },
        }
    ],
}


@pytest.fixture(scope="package")
def sample(ansible: Ansible, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sandbox.reset()
    for text in HOSTILE.values():
        sandbox.add_requests(application={"name": text, "vendor": text, "scanResult": "Clean"}, reason=text, type="Run As Admin")
    sandbox.add_requests(application={"name": "Long", "vendor": "x" * 3000, "scanResult": "Clean"}, reason=LONG)
    sandbox.add_records("requests", *({"subject": text} for text in HOSTILE.values() if "\n" not in text))
    desk = Desk(ansible, sandbox, tmp_path_factory.mktemp("report"))
    run = desk.report(before=QUEUE, approvals=True)
    held = {platform: sandbox.state("requests", platform) for platform in ("abr", "dwp", "sdp")}
    return Sample(desk, run, held, len([call for call in sandbox.writes() if call["platform"] == "abr"]))


@pytest.fixture
def page(browser: Browser, sample: Sample) -> Page:
    """The sample in a browser."""
    page = browser.page()
    page.open(sample.desk.page)
    return page
