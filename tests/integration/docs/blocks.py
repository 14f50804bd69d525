# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The blocks of code in the documentation: where they are, what they are, and what a reader would do with each."""

from __future__ import annotations

import ast
import fnmatch
import pathlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml
from integration.support.sandbox import ROOT

PATTERNS = ("README.md", "CONTRIBUTING.md", "SUPPORT.md", "docs/**/*.md", "roles/*/README.md", "tests/sandbox/README.md")
# Folders with files of an example; what is in them is run by the test of that example.
NO_DOCUMENTS = ("docs/awx_project/*",)
SHELLS = ("shell", "console", "bash", "sh")
# Nobody runs these: drawings and outputs.
PROSE = ("text",)
FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<language>[^\s`]*)[^\n]*\n(?P<text>.*?)^(?P=indent)(?P=fence) *$", re.M | re.S
)
FILE = re.compile(r"# (?P<name>[\w.-]+\.(?:ya?ml|json))\n")
ROLE_VARIABLES = re.compile(r"[a-z]+(?:_[a-z]+)+$")

# What a reader does with a block.
FILE_OF_A_COMMAND = "file"
PLAYBOOK = "playbook"
TASKS = "tasks"
DEFAULTS = "defaults"
INVENTORY = "inventory"
VARIABLES = "variables of a role"
COMMANDS = "commands"
QUOTE = "quote"
FAULT = "fault"
RULEBOOK = "rulebook"
NOTHING_KNOWN = "nothing known"


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    document: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"

    @cached_property
    def data(self) -> Any:
        """What the YAML says; C(None) if it is none."""
        try:
            return yaml.safe_load(self.text)
        except yaml.YAMLError:
            return None

    @property
    def file(self) -> str | None:
        """The name that the first line gives the file."""
        found = FILE.match(self.text)
        return found["name"] if found else None

    @property
    def use(self) -> str:
        """What a reader does with it."""
        if self.language in SHELLS:
            return COMMANDS
        if self.language == "python":
            return QUOTE
        if self.language == "json":
            return FAULT if isinstance(self.data, dict) and "kind" in self.data else NOTHING_KNOWN
        return _use_of_yaml(self.data) if self.language in ("yaml", "yaml+jinja") else NOTHING_KNOWN


def _use_of_yaml(data: Any) -> str:
    if isinstance(data, list) and data and all(isinstance(entry, dict) for entry in data):
        if any("sources" in entry for entry in data):
            return RULEBOOK
        return PLAYBOOK if any("hosts" in entry or _imports(entry) for entry in data) else TASKS
    if not isinstance(data, dict):
        return NOTHING_KNOWN
    if data.keys() == {"module_defaults"}:
        return DEFAULTS
    if str(data.get("plugin", "")).startswith("deskops.itsm."):
        return INVENTORY
    return VARIABLES if role_of(data) else NOTHING_KNOWN


def _imports(entry: dict[str, Any]) -> bool:
    return bool({"ansible.builtin.import_playbook", "import_playbook"} & entry.keys())


def role_of(variables: dict[str, Any]) -> str | None:
    """The role whose name all of the variables carry."""
    roles = sorted((path.name for path in (ROOT / "roles").iterdir()), key=len, reverse=True)
    return next((role for role in roles if variables and all(str(name).startswith(f"{role}_") for name in variables)), None)


def documents() -> list[str]:
    """The documents of the repository, relative to its root."""
    found = {str(path.relative_to(ROOT)) for pattern in PATTERNS for path in ROOT.glob(pattern)}
    return sorted(name for name in found if not any(fnmatch.fnmatch(name, pattern) for pattern in NO_DOCUMENTS))


def blocks_of(document: str) -> list[Block]:
    """The blocks of a document in their order, drawings left out."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [block for block in blocks_in(text, document) if block.language not in PROSE]


def blocks_in(text: str, document: str) -> list[Block]:
    """All blocks of a text, without the blanks that a list puts before them."""
    return [
        Block(
            document,
            text.count("\n", 0, match.start()) + 1,
            match["language"],
            re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
        )
        for match in FENCE.finditer(text)
    ]


def examples(path: pathlib.Path) -> str:
    """The EXAMPLES of a plugin, read without importing it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(name, ast.Name) and name.id == "EXAMPLES" for name in node.targets):
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{path.name} has no EXAMPLES")


def commands(block: Block) -> list[str]:
    """The lines of a shell block as commands, continued lines as one; comments and prompts left out."""
    lines = re.sub(r"\\\n\s*", "", block.text).splitlines()
    stripped = (line.strip().removeprefix("$ ") for line in lines)
    return [line for line in stripped if line and not line.startswith("#")]


def is_quoted(block: Block) -> str | None:
    """What is wrong with a quotation: its first line names a file, whose lines follow; C(# ...) stands for some left out."""
    first, *lines = block.text.rstrip("\n").splitlines()
    path = ROOT / first.removeprefix("# ")
    if not path.is_file():
        return f"the first line names no file of the repository: {first}"
    source = path.read_text(encoding="utf-8").splitlines()
    position, gap = 0, True
    for line in lines:
        if line.strip() == "# ...":
            gap = True
        elif gap:
            if line not in source[position:]:
                return f"{path.name} no longer says, behind what is quoted before: {line}"
            position, gap = source.index(line, position) + 1, False
        elif position < len(source) and source[position] == line:
            position += 1
        else:
            return f"{path.name} no longer says: {line}"
    return None
