# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the documentation works as it stands there, or is named with the reason why it is not run.

Blocks are found by themselves, in the guides, the READMEs and the EXAMPLES of plugins. What is done with a block
follows from its shape: tasks and plays are run, variables of a role are given to it, sources of an inventory are
listed, commands go to a shell, quotations of code are looked up. A block of which nothing of this can be said fails.
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import re
from itertools import groupby
from typing import Any

import pytest
import yaml
from integration.docs import blocks, marks
from integration.docs.blocks import Block, examples
from integration.eda import feeding
from integration.support.programs import MODULES_IN_LONG_FORM, Ansible
from integration.support.sandbox import DWP_PASSWORD, DWP_USER, ROOT, SDP_USER, Sandbox

from ansible_collections.deskops.itsm.extensions.eda.plugins.polling import source as polling_source

PLUGINS = ROOT / "plugins"
RULEBOOKS = ROOT / "extensions" / "eda" / "rulebooks"
WITH_TASKS = sorted([*(PLUGINS / "modules").glob("*.py"), *(PLUGINS / "filter").glob("*.py")])
WITH_SOURCES = sorted((PLUGINS / "inventory").glob("*.py"))
# All modules run in process in each `make test`, where most of their users run them; the other way is in test-long.
# Where the examples keep files, and the examples whose files others need.
FOLDER = re.compile(r"/srv/[a-z]+|/var/(?:lib|www)/desk\b")
BEFORE = {"catalog_import": "catalog_export"}
# Requests of the service desk in the examples; here each becomes one that waits for the decision of the account.
SDP_REQUEST = re.compile(r"\b216826000000[0-9]{6}\b")
WAITING = {"approvers": [SDP_USER]}
# What the reader puts in for the address and the account of a tenant; here it is the sandbox's.
OF_A_TENANT = re.compile(r"\b(?:ABR|DWP|SDP)_[A-Z_]+=\S+")
# Programs that a shell block may start here.
PROGRAMS = ("ansible", "ansible-playbook", "ansible-inventory", "ansible-doc", "export")
EXPECTED_OF_SOURCE = {
    "admin_by_request": (
        {"laptops", "without_disk_encryption", "os_Windows", "country_Denmark"},
        {"ansible_host", "disk_used_percent"},
    ),
    "sdp_cloud": ({"in_use", "site_Aarhus", "os_Ubuntu"}, {"ansible_host", "serial_number"}),
}
DOCUMENTS = blocks.documents()
RUN_HERE = [name for name in DOCUMENTS if name not in marks.ELSEWHERE and blocks.blocks_of(name)]


# -- EXAMPLES of plugins --------------------------------------------------------------------------------------------------


def _name(path: pathlib.Path) -> str:
    return path.stem


@pytest.mark.parametrize("mode", MODULES_IN_LONG_FORM)
@pytest.mark.parametrize("path", WITH_TASKS, ids=_name)
def test_examples_run_as_they_are(ansible: Ansible, sandbox: Sandbox, mode: str, path: pathlib.Path) -> None:
    """Their C(data_center) names a real data centre; ABR_URL and SDP_URL win over it, so nothing leaves this machine."""
    folder = ansible.folder / f"files of {path.stem} {mode}"
    folder.mkdir(exist_ok=True)
    if path.stem in BEFORE:
        before = FOLDER.sub(str(folder), examples(path.with_stem(BEFORE[path.stem])))
        assert ansible.run(yaml.safe_load(before), stop_on_failure=True).rc == 0
    text = _on_known_requests(FOLDER.sub(str(folder), examples(path)), sandbox)
    tasks: list[dict[str, Any]] = yaml.safe_load(text)
    code = sandbox.grant_code() if "grant_code" in text else ""
    shall_fail = {name for of, name in marks.FAILS if of == path.stem}
    tasks = [{**task, "ignore_errors": True} if task["name"] in shall_fail else task for task in tasks]
    run = ansible.run(tasks, mode=mode, stop_on_failure=True, arguments=["-e", f"grant_code={code}"])
    assert run.rc == 0, run.output
    assert len(run.tasks) == len(tasks)
    assert {task.name for task in run.tasks if task.failed} == shall_fail
    assert sandbox.calls()
    assert run.warnings == []


def _on_known_requests(text: str, sandbox: Sandbox) -> str:
    """The text with requests that are there: those of Admin By Request are made, those of ServiceDesk Plus are others."""
    wanted = {int(number) for number in re.findall(r"\b654309[0-9]{2}\b", text)}
    missing = wanted - {row["id"] for row in sandbox.state("requests")}
    sandbox.add_each("requests", [{"id": number} for number in sorted(missing)])
    known: dict[str, str] = {}
    for number in dict.fromkeys(SDP_REQUEST.findall(text)):
        module, title, more = ("problems", "title", {}) if "module: problems" in text else ("requests", "subject", WAITING)
        (known[number],) = sandbox.add_records(module, {title: f"Example {number}", **more})
    return SDP_REQUEST.sub(lambda match: known[match[0]], text)


@pytest.mark.parametrize("path", WITH_SOURCES, ids=_name)
def test_example_of_an_inventory_can_be_listed(ansible: Ansible, sandbox: Sandbox, path: pathlib.Path) -> None:
    text = examples(path).replace("~/.cache/deskops", str(ansible.folder / "cache of the example"))
    for source in _sources(text):
        written = ansible.write("northwind.computers.yml", source)
        groups = _listed(ansible, written)
        names, variables = EXPECTED_OF_SOURCE[yaml.safe_load(source)["platform"]]
        assert names <= set(groups)
        assert variables <= set(groups["_meta"]["hostvars"]["NW-LT-0142"])


def _listed(ansible: Ansible, source: pathlib.Path) -> dict[str, Any]:
    """The groups of an inventory."""
    run = ansible.program(["ansible-inventory", "-i", str(source), "--list"])
    assert run.rc == 0, run.output
    assert run.stderr == ""
    groups: dict[str, Any] = json.loads(run.stdout)
    return groups


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


# -- guides and READMEs ---------------------------------------------------------------------------------------------------


def reason_not_to_run(block: Block) -> str | None:
    """Why the block is not run, by the table."""
    reasons = [reason for (name, piece), reason in marks.NOT_RUN.items() if name == block.document and piece in block.text]
    return reasons[0] if reasons else None


@pytest.mark.parametrize("document", RUN_HERE)
def test_every_block_is_run_or_has_a_reason(document: str) -> None:
    """What to do about a failure: write the block so that its use can be seen, or add it to NOT_RUN with the reason."""
    for block in blocks.blocks_of(document):
        assert block.language, f"{block}: say what language it is; text for what is none"
        if not reason_not_to_run(block):
            assert block.use != blocks.NOTHING_KNOWN, f"{block}: nobody knows how to run it"


def test_every_reason_is_needed() -> None:
    for (document, piece), reason in marks.NOT_RUN.items():
        assert [block for block in blocks.blocks_of(document) if piece in block.text], f"{document} has no block with {piece!r}"
        for named in re.findall(r"tests/[\w/.]+\w", reason):
            assert (ROOT / named).exists(), f"{document}: {named} is not there"


@pytest.mark.parametrize("document", sorted(set(marks.ELSEWHERE) & set(DOCUMENTS)))
def test_what_runs_elsewhere_is_named_there(document: str) -> None:
    test = ROOT / marks.ELSEWHERE[document]
    files = sorted(test.rglob("*.py")) if test.is_dir() else [test]
    name = document.rpartition("/")[2]
    assert any(name in path.read_text(encoding="utf-8") for path in files), f"{marks.ELSEWHERE[document]} does not read {name}"


@pytest.mark.parametrize("document", RUN_HERE)
def test_blocks_of_a_document_run(ansible: Ansible, sandbox: Sandbox, document: str) -> None:
    """In their order and in one folder, as somebody would who reads from top to bottom."""
    Reader(ansible, sandbox, document).read()


class Reader:
    """Somebody who does what a document says."""

    def __init__(self, ansible: Ansible, sandbox: Sandbox, document: str) -> None:
        self.ansible = ansible
        self.sandbox = sandbox
        self.folder = ansible.folder / "documents" / document.replace("/", "_").removesuffix(".md")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.blocks = [block for block in blocks.blocks_of(document) if not reason_not_to_run(block)]
        self.commands = "\n".join(block.text for block in self.blocks if block.use == blocks.COMMANDS)
        self.exports: list[str] = []
        for name, text in marks.FILES.get(document, {}).items():
            self._write(name, text)

    def read(self) -> None:
        # What a command names is there before it; where in the document it is shown does not matter to the reader.
        for block in self.blocks:
            if self._is_file_of_a_command(block):
                self._write(str(block.file), self._here(block))
        for use, same in groupby(self.blocks, key=self._use):
            if use == blocks.PLAYBOOK:
                self._run_plays(list(same))
                continue
            for block in same:
                self._do(use, block)

    def _use(self, block: Block) -> str:
        """What runs as a play is one thing, so that neighbours can run together."""
        if self._is_file_of_a_command(block):
            return blocks.FILE_OF_A_COMMAND
        plays = (blocks.PLAYBOOK, blocks.TASKS, blocks.DEFAULTS, blocks.VARIABLES)
        return blocks.PLAYBOOK if block.use in plays else block.use

    def _do(self, use: str, block: Block) -> None:
        if use == blocks.COMMANDS:
            self._run_commands(block)
        elif use == blocks.INVENTORY:
            written = self._write(block.file or "example.computers.yml", self._here(block))
            assert _listed(self.ansible, written)["_meta"]["hostvars"], block
        elif use == blocks.QUOTE:
            assert blocks.is_quoted(block) is None, f"{block}: {blocks.is_quoted(block)}"
        elif use == blocks.FAULT:
            self.sandbox.faults(block.data)
        elif use == blocks.RULEBOOK:
            self._run_sources(block)
        else:
            assert use == blocks.FILE_OF_A_COMMAND, block

    def _is_file_of_a_command(self, block: Block) -> bool:
        return block.file is not None and bool(re.search(rf"(?<![\w.-]){re.escape(block.file)}(?![\w.-])", self.commands))

    def _here(self, block: Block) -> str:
        """The text of the block with folders, requests and addresses that are there."""
        text = _on_known_requests(FOLDER.sub(str(self.folder), block.text), self.sandbox)
        for address, name in (marks.ADDRESSES | marks.ADDRESSES_OF.get(block.document, {})).items():
            text = text.replace(address, getattr(self.sandbox, name))
        return re.sub(rf"\b({'|'.join(marks.NAMES)})\b", lambda match: marks.NAMES[match[0]], text)

    def _write(self, name: str, text: str) -> pathlib.Path:
        return self.ansible.write(str((self.folder / name).relative_to(self.ansible.folder)), text)

    def _run_plays(self, same: list[Block]) -> None:
        """Neighbours run in one go; each is a play of its own, so it can be told which of them did what."""
        self.sandbox.reset()
        plays = [play for block in same for play in self._plays(block)]
        names = [play["name"] for play in plays]
        run = self.ansible.run_playbook(plays, arguments=["-i", str(self._inventory())])
        where = f"{', '.join(map(str, same))}\n{run.output}"
        assert run.rc == 0, where
        assert run.warnings == [], where
        assert run.stdout.count("\nTASK [") >= len(names), where
        for name in names:
            assert f"PLAY [{name}]" in run.stdout, where
        assert self.sandbox.calls(), where

    def _plays(self, block: Block) -> list[dict[str, Any]]:
        data = yaml.safe_load(self._here(block))
        if block.use == blocks.PLAYBOOK:
            return [{**play, "name": f"{block} {play['name']}"} for play in data]
        play: dict[str, Any] = {"name": str(block), "hosts": "localhost", "gather_facts": False}
        if block.use == blocks.TASKS:
            shall_fail = {name for of, name in marks.FAILS if of == block.document}
            return [
                {**play, "tasks": [{**task, "ignore_errors": True} if task.get("name") in shall_fail else task for task in data]}
            ]
        if block.use == blocks.DEFAULTS:
            return [{**play, **data, "tasks": [{"name": "Read", "deskops.itsm.request_info": {"limit": 1}}]}]
        role = blocks.role_of(data)
        task = {"name": "Run the role", "ansible.builtin.import_role": {"name": f"deskops.itsm.{role}"}}
        return [{**play, "tasks": [{**task, "vars": data}]}]

    def _inventory(self) -> pathlib.Path:
        inventory: dict[str, Any] = yaml.safe_load(self.ansible.inventory.read_text())
        inventory["all"]["vars"] |= marks.VARIABLES
        inventory["all"]["children"] = {"monitored": {"hosts": {"nw-lx-0003": {}, "nw-lx-0004": {}}}}
        return self._write("inventory.yml", yaml.safe_dump(inventory))

    def _run_commands(self, block: Block) -> None:
        """One shell for each block; what is exported in one is there in the next. The tenant is the sandbox."""
        lines = [line.rstrip() for line in map(self._without_tenant, blocks.commands(block)) if line.rstrip() != "export"]
        lines = [FOLDER.sub(str(self.folder), line) for line in lines]
        programs = {line.split()[0] for line in lines}
        assert programs <= set(PROGRAMS), f"{block}: {programs} are no programs that are run here; name the block in NOT_RUN"
        self.exports += [line for line in lines if line.startswith("export ")]
        if programs <= {"export"}:
            return
        self.sandbox.reset()
        if "code=1000...." in block.text:
            lines = [line.replace("code=1000....", f"code={self.sandbox.grant_code()}") for line in lines]
        script = "\n".join(["set -eu", f"cd '{self.folder}'", *self.exports, *lines])
        run = self.ansible.program(["bash", "-c", script], env=self._environ())
        assert run.rc == 0, f"{block}\n{run.output}"

    def _run_sources(self, block: Block) -> None:
        """Each source has to hand over an event; its rules have to be those of a rulebook that the tests of the source run."""
        shipped = [yaml.safe_load(path.read_text()) for path in sorted(RULEBOOKS.glob("*.yml"))]
        rules = [ruleset["rules"] for rulebook in shipped for ruleset in rulebook]
        self.sandbox.reset()
        for ruleset in yaml.safe_load(self._here(block)):
            assert ruleset["rules"] in rules, f"{block}: these are the rules of none of {RULEBOOKS.relative_to(ROOT)}"
            for source in ruleset["sources"]:
                args = {key: value for key, value in source["deskops.itsm.requests"].items() if key != "platform"}
                connect = {"admin_by_request": feeding.abr, "bmc_dwp": feeding.dwp, "sdp_cloud": feeding.sdp}
                platform = source["deskops.itsm.requests"]["platform"]
                event = asyncio.run(_first_event(connect[platform](self.sandbox, **args)))
                assert event["platform"] == platform, block

    def _without_tenant(self, line: str) -> str:
        return OF_A_TENANT.sub("", line) if line.startswith("export ") else line

    def _environ(self) -> dict[str, str | None]:
        account = {"USERNAME": DWP_USER, "PASSWORD": DWP_PASSWORD}
        source = {f"DWP_SOURCE_{name}": value for name, value in {"URL": self.sandbox.dwp_url, **account}.items()}
        target = {f"DWP_TARGET_{name}": value for name, value in {"URL": self.sandbox.other_dwp_url, **account}.items()}
        return {**source, **target, "HOME": str(self.folder), "ANSIBLE_LOCALHOST_WARNING": "false"}


# -- the reading of documents itself --------------------------------------------------------------------------------------


async def _first_event(args: dict[str, Any]) -> dict[str, Any]:
    """What the event source hands over first."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    running = asyncio.create_task(polling_source.run(queue, args))
    first = asyncio.create_task(queue.get())
    await asyncio.wait({running, first}, timeout=feeding.PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    assert first.done(), running
    running.cancel()
    await asyncio.wait({running})
    return first.result()


def _block(text: str, language: str = "yaml") -> Block:
    return Block("example.md", 1, language, text)


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("- hosts: localhost\n", blocks.PLAYBOOK),
        ("- name: Read\n  deskops.itsm.request_info:\n", blocks.TASKS),
        ("module_defaults:\n  group/deskops.itsm.all: {}\n", blocks.DEFAULTS),
        ("plugin: deskops.itsm.computers\n", blocks.INVENTORY),
        ("approval_queue_limit: 3\n", blocks.VARIABLES),
        ("- name: Rules\n  hosts: all\n  sources: []\n", blocks.RULEBOOK),
        ("approval_queue_limit: 3\nother: 4\n", blocks.NOTHING_KNOWN),
        ("query: []\n", blocks.NOTHING_KNOWN),
        ("a: [\n", blocks.NOTHING_KNOWN),
    ],
)
def test_use_of_a_block(text: str, use: str) -> None:
    assert _block(text).use == use


def test_blocks_are_found_also_in_lists() -> None:
    (block, other) = blocks.blocks_in("1. So:\n\n   ```shell\n   a\n     b\n   ```\n\n```yaml\nc\n```\n", "example.md")
    assert (block.language, block.text, block.line) == ("shell", "a\n  b\n", 3)
    assert (other.text, other.line) == ("c\n", 8)


def test_quotations_that_are_none() -> None:
    file = "# tests/sandbox/registry.py\n"
    assert (
        blocks.is_quoted(_block(f"{file}PLATFORMS: tuple[Callable[[Clock], Platform], ...] = (\n    AbrPlatform.home,\n")) is None
    )
    assert blocks.is_quoted(_block(f"{file}from .abr import AbrPlatform\n# ...\n    DwpPlatform.home,\n")) is None
    assert "no longer says" in str(blocks.is_quoted(_block(f"{file}    DwpPlatform.home,\n    AbrPlatform.home,\n")))
    assert "no longer says" in str(blocks.is_quoted(_block(f"{file}    DwpPlatform.home,\n# ...\n    AbrPlatform.home,\n")))
    assert "names no file" in str(blocks.is_quoted(_block("x = 1\n")))
