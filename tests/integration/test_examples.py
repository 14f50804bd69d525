# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the documentation work as they stand there."""

from __future__ import annotations

import ast
import json
import pathlib
import re
from typing import Any

import pytest
import yaml
from integration.support.programs import Ansible
from integration.support.sandbox import ROOT, SDP_USER, Sandbox

PLUGINS = ROOT / "plugins"
WITH_TASKS = sorted([*(PLUGINS / "modules").glob("*.py"), *(PLUGINS / "filter").glob("*.py")])
# Where the examples keep files, and the examples whose files others need.
FOLDER = re.compile(r"/srv/[a-z]+")
BEFORE = {"catalog_import": "catalog_export"}
WITH_SOURCES = sorted((PLUGINS / "inventory").glob("*.py"))
# Requests of the service desk in the examples; here each becomes one that waits for the decision of the account.
SDP_REQUEST = re.compile(r"\b216826000000[0-9]{6}\b")
EXPECTED_OF_SOURCE = {
    "admin_by_request": (
        {"laptops", "without_disk_encryption", "os_Windows", "country_Denmark"},
        {"ansible_host", "disk_used_percent"},
    ),
    "sdp_cloud": ({"in_use", "site_Aarhus", "os_Ubuntu"}, {"ansible_host", "serial_number"}),
}


def examples(path: pathlib.Path) -> str:
    """The EXAMPLES of a plugin, read without importing it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(name, ast.Name) and name.id == "EXAMPLES" for name in node.targets):
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{path.name} has no EXAMPLES")


def _requests_in(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"\b654309[0-9]{2}\b", text)}


def _with_sdp_requests(text: str, sandbox: Sandbox) -> str:
    known: dict[str, str] = {}
    for number in dict.fromkeys(SDP_REQUEST.findall(text)):
        template = {"subject": f"Example {number}", "approvers": [SDP_USER]}
        (known[number],) = sandbox.add_records("requests", template)
    return SDP_REQUEST.sub(lambda match: known[match[0]], text)


def _name(path: pathlib.Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", WITH_TASKS, ids=_name)
def test_examples_run_as_they_are(ansible: Ansible, sandbox: Sandbox, mode: str, path: pathlib.Path) -> None:
    """Their C(data_center) names a real data centre; ABR_URL and SDP_URL win over it, so nothing leaves this machine."""
    folder = ansible.folder / f"files of {path.stem} {mode}"
    folder.mkdir(exist_ok=True)
    if path.stem in BEFORE:
        before = FOLDER.sub(str(folder), examples(path.with_stem(BEFORE[path.stem])))
        assert ansible.run(yaml.safe_load(before), stop_on_failure=True).rc == 0
    text = _with_sdp_requests(FOLDER.sub(str(folder), examples(path)), sandbox)
    known = {row["id"] for row in sandbox.state("requests")}
    sandbox.add_each("requests", [{"id": number} for number in sorted(_requests_in(text) - known)])
    tasks: list[dict[str, Any]] = yaml.safe_load(text)
    code = sandbox.grant_code() if "grant_code" in text else ""
    run = ansible.run(tasks, mode=mode, stop_on_failure=True, arguments=["-e", f"grant_code={code}"])
    assert run.rc == 0, run.output
    assert len(run.tasks) == len(tasks)
    assert sandbox.calls()
    assert run.warnings == []


@pytest.mark.parametrize("path", WITH_SOURCES, ids=_name)
def test_example_of_an_inventory_can_be_listed(ansible: Ansible, sandbox: Sandbox, path: pathlib.Path) -> None:
    text = examples(path).replace("~/.cache/deskops", str(ansible.folder / "cache of the example"))
    for source in _sources(text):
        written = ansible.write("northwind.computers.yml", source)
        run = ansible.program(["ansible-inventory", "-i", str(written), "--list"])
        assert run.rc == 0, run.output
        assert run.stderr == ""
        groups = json.loads(run.stdout)
        names, variables = EXPECTED_OF_SOURCE[yaml.safe_load(source)["platform"]]
        assert names <= set(groups)
        assert variables <= set(groups["_meta"]["hostvars"]["NW-LT-0142"])


def _sources(text: str) -> list[str]:
    """The first stands as it is; a block of comments that begins with a file's name is another."""
    first, *others = re.split(r"\n\n(?=# \w+\.computers\.yml\n# plugin:)", text)
    return [first, *(re.sub("^# ?", "", other, flags=re.MULTILINE).partition("\n")[2] for other in others)]


def test_every_module_and_plugin_is_documented(ansible: Ansible) -> None:
    for kind, folder in (("module", "modules"), ("inventory", "inventory"), ("filter", "filter")):
        names = [f"deskops.itsm.{path.stem}" for path in (PLUGINS / folder).glob("*.py")]
        run = ansible.program(["ansible-doc", "-t", kind, "-j", *names])
        assert run.rc == 0, run.output
        assert set(json.loads(run.stdout)) == set(names)
