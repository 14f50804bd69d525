# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks, a queue of a thousand, and the same results where the ordinary modules do the work."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
import yaml
from integration.support.programs import MODES, MODULES_IN_LONG_FORM, Ansible
from integration.support.sandbox import ROOT, Sandbox, writes

from .conftest import ALL, MALWARE, TRUSTED, Drained, Queue
from .provisioning import Played, changing

ROLE = ROOT / "roles" / "approval_queue"


def test_a_thousand_requests_take_a_thousand_writes_and_a_handful_of_lists(queue: Queue) -> None:
    ids = queue.sandbox.add_requests(1000)
    drained = queue.drain_well(ALL, report_path=str(queue.folder / "report.md"))
    calls = queue.sandbox.calls()
    assert len(writes(calls)) == 1000
    # The newest id, pending (a full page and what follows) and quarantined ones; then before and after the decisions.
    assert len(calls) - 1000 <= 4 + 4
    assert drained.outcomes == dict.fromkeys(ids, "approved")
    assert queue.kept == ids[-1] + 1
    again = queue.drain_well(ALL)
    assert again.changed == 0


@pytest.mark.parametrize("mode", MODULES_IN_LONG_FORM)
def test_demo(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, mode: str) -> None:
    def demo(*arguments: str) -> Drained:
        options = ["-e", json.dumps({"demo_directory": str(tmp_path)}), *arguments]
        run = ansible.run_playbook([{"import_playbook": "deskops.itsm.demo"}], mode=mode, arguments=options)
        assert run.rc == 0, run.output
        # Answers are checked with a draft, which check mode does not make.
        assert all("The answers were not checked" in line for line in run.warnings) if arguments else run.warnings == []
        return Drained(run)

    predicted = demo("--check")
    assert changing(sandbox.calls()) == []
    assert list(tmp_path.iterdir()) == []
    first = demo()
    assert predicted.result == first.result
    assert predicted.changed > 0
    sent = changing(sandbox.calls())
    assert len([call for call in sent if call["platform"] == "abr"]) > 5
    assert all(call["committed"] for call in sent)
    ordered = Played(first.run, "provision_service")
    assert ordered.column("outcome") == ordered.column("comment") == ordered.column("review") == ["created"] * 3
    assert "Database access for mlind is COMPLETED. Ordered and followed by Ansible." in first.run["Show them"]["msg"]
    assert {"approved", "denied", "pending"} == {*first.outcomes.values()}
    table = first.task("Show what was decided and why")
    assert table
    assert table["msg"] == (tmp_path / "report.txt").read_text().splitlines()
    second = demo()
    assert second.changed == 0
    assert second.waiting == first.waiting
    assert changing(sandbox.calls()) == sent


def test_both_ways_of_working_come_to_the_same(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    results = {}
    for mode in MODES:
        sandbox.reset()
        (tmp_path / mode).mkdir()
        queue = Queue(ansible, sandbox, tmp_path / mode)
        drained = queue.drain_well(MALWARE, TRUSTED, mode=mode)
        calls = sorted((call["method"], call["target"], call["status"]) for call in sandbox.calls())
        results[mode] = (drained.result, queue.kept, calls)
    assert results[MODES[0]] == results[MODES[1]]


def test_every_variable_is_documented_with_its_default() -> None:
    options = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults
    # Without the platform, the environment names it.
    assert options.keys() - defaults.keys() == {"approval_queue_platform"}
    documented = re.findall(r"^\| `(approval_queue_\w+)` \|", (ROLE / "README.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted([*options, "approval_queue_result"])
