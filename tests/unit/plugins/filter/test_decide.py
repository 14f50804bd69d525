# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.deskops.itsm.plugins.filter import decide as plugin
from ansible_collections.deskops.itsm.plugins.plugin_utils import conditions, rules

COLLECTIONS = Path(plugin.__file__).parents[5]

RECORDS: list[dict[str, Any]] = [
    {
        "id": request_id,
        "subject": "{{ 1 + 1 }}",
        "requested_for": "maja.lind@northwind.example",
        "created_at": "2026-11-20T09:41:27",
        "raw": {
            "application": {"vendor": vendor, "scanResult": result, "file": "setup.exe"},
            "user": {"account": "nwind\\mlind", "isAdmin": False},
            "computer": {"name": "NW-LT-0142"},
        },
    }
    for request_id, vendor, result in (
        ("1", "Mozilla Foundation", "Clean"),
        ("2", "Mozilla Foundation", "Malicious"),
        ("3", "Acme Tools", "Clean"),
    )
]


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    monkeypatch.setattr(plugin.Display, "warning", lambda _self, message: seen.append(message))
    return seen


def test_the_filter_is_published_under_its_name() -> None:
    assert plugin.FilterModule().filters() == {"decide": plugin.decide}


def test_decisions_and_warnings(warnings: list[str]) -> None:
    given = [{"name": "a", "when": {"application.vendr": "x"}, "then": "denied"}]
    decided = plugin.decide(RECORDS, given, decisions=[{"request_id": 2, "state": "denied"}])
    assert [one["state"] for one in decided] == ["pending", "denied", "pending"]
    assert warnings == [
        "No request of this batch has 'application.vendr', which rule 'a' asks for. Did you mean 'application.vendor'?"
    ]


def test_bad_rules_are_an_error_of_the_filter() -> None:
    with pytest.raises(AnsibleFilterError, match=r"rule 1 of 1 \(a\): then is missing"):
        plugin.decide(RECORDS, [{"name": "a", "when": {}}])


def test_the_documentation_says_what_the_engine_takes() -> None:
    options = yaml.safe_load(plugin.DOCUMENTATION)["options"]
    rule, decision = options["rules"]["suboptions"], options["decisions"]["suboptions"]
    assert tuple(rule) == rules.RULE_KEYS
    assert tuple(decision) == rules.DECISION_KEYS
    assert tuple(rule["then"]["choices"]) == tuple(decision["state"]["choices"]) == rules.STATES
    returned = yaml.safe_load(plugin.RETURN)["_value"]["contains"]
    assert list(returned) == list(rules.decide([{"id": "1"}], [])[0])
    description = " ".join(rule["when"]["description"])
    assert [name for name in conditions.OPERATORS if f"C({name})" not in description] == []


def run_playbook(tasks: list[dict[str, Any]], folder: Path) -> str:
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    (folder / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    (folder / "queue.json").write_text(json.dumps({"records": RECORDS}), encoding="utf-8")
    (folder / "ansible.cfg").touch()
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [sys.executable, "-m", "ansible", "playbook", "play.yml"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    return done.stdout


def test_the_examples_run_and_data_is_never_taken_for_a_template(tmp_path: Path) -> None:
    """Untrusted text passes through ansible-core's own handling: tags and lazy containers, or unsafe text."""
    read_queue, *examples = yaml.safe_load(plugin.EXAMPLES)
    assert "deskops.itsm.request_info" in read_queue
    queue = {"ansible.builtin.set_fact": {"queue": "{{ lookup('file', 'queue.json') | from_json }}"}}
    show = {
        "ansible.builtin.debug": {"msg": "{{ item.request_id }}: {{ item.state }} {{ item.subject }}"},
        "loop": "{{ queue.records | deskops.itsm.decide(rules) }}",
        "vars": examples[0]["vars"],
    }
    shown = run_playbook([queue, *examples, show], tmp_path)
    assert "The scanner calls setup.exe Malicious." in shown
    for line in ("1: approved", "2: denied", "3: pending"):
        assert f'"msg": "{line} {{{{ 1 + 1 }}}}"' in shown
    assert "65430930 approved by external decision: decided by an external system" in shown
