# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to AWX, followed as its reader follows it: each example is a command that runs, or a file that one takes."""

from __future__ import annotations

import os
import pathlib
import re
import textwrap

import pytest
import yaml
from integration.support.programs import Ansible, Run
from integration.support.sandbox import KEY, ROOT, Sandbox

from .conftest import PREFIX, PROJECT, REPOSITORY, ROLE, Content
from .controller import TOKEN

GUIDE = ROOT / "docs" / "awx.md"
# Galaxy cannot be reached from where the tests run.
NOT_RUN = "ansible-galaxy collection install deskops.itsm awx.awx"
COMMAND = "ansible-playbook deskops.itsm.awx_content"
FILES = {"awx.yml", "secrets.yml", "all.yml", "named.yml", "scaled.yml"}


def blocks(language: str) -> list[str]:
    """The examples in a language, in their order."""
    found = re.findall(r"^( *)```(\w+)\n(.*?)^\1```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert {name for _indent, name, _text in found} == {"shell", "yaml"}
    return [textwrap.dedent(text) for _indent, name, text in found if name == language]


def files() -> dict[str, str]:
    """The files that the guide tells to write; each begins with its name."""
    named = {text.partition("\n")[0].removeprefix("# "): text for text in blocks("yaml")}
    assert set(named) == FILES
    return named


def script(content: Content) -> str:
    """All commands of the guide, with the addresses and secrets of the tests in place of those of the reader."""
    commands = [text for text in blocks("shell") if NOT_RUN not in text]
    assert len(commands) == len(blocks("shell")) - 1
    text = "\n".join(["set -euo pipefail", *commands])
    for old, new in (
        ("ABR_API_KEY=...", f"ABR_API_KEY={KEY}"),
        ("CONTROLLER_HOST=https://awx.example.com", f"CONTROLLER_HOST={content.controller.url}"),
        ("CONTROLLER_OAUTH_TOKEN=...", f"CONTROLLER_OAUTH_TOKEN={TOKEN}"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    assert "=..." not in text
    return text


def follow(content: Content, folder: pathlib.Path, commands: str) -> Run:
    """Run the commands in a new folder, with the files of the guide in it."""
    ansible = content.ansible
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")
    home = folder / "home" / ".ansible"
    home.mkdir(parents=True)
    (home / "collections").symlink_to(ansible.folder / "collections", target_is_directory=True)
    person = {f"GIT_{role}_{what}": "reader@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {"CONTROLLER_HOST": None, "CONTROLLER_OAUTH_TOKEN": None, "ABR_API_KEY": None, "DESKOPS_PLATFORM": None}
    env = {**content.environ(), **own, **person, "HOME": str(home.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    return ansible.program(["bash", "-c", f"cd {folder}\n{commands}"], env=env)


def test_the_guide_can_be_followed(content: Content, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """The project is made and looked at in earnest. Of the role, only the arguments are checked here: the long form runs it."""
    text = script(content)
    assert text.count(COMMAND) == 3
    run = follow(content, tmp_path, text.replace(COMMAND, f"{COMMAND} --tags never"))
    assert run.rc == 0, run.output
    assert "trusted vendors" in run.stdout
    assert "malware" in run.stdout
    assert sandbox.calls()
    assert sandbox.writes() == []
    assert run.stdout.count("TASK [deskops.itsm.awx_content : Validating arguments") == 3
    made = {path.relative_to(tmp_path / "desk") for path in (tmp_path / "desk").rglob("*") if ".git" not in path.parts}
    assert made == {path.relative_to(PROJECT) for path in PROJECT.rglob("*")}


@pytest.mark.long
def test_the_guide_makes_what_it_says(content: Content, tmp_path: pathlib.Path) -> None:
    run = follow(content, tmp_path, script(content))
    assert run.rc == 0, run.output
    controller = content.controller
    assert controller.names("job_templates") == [f"{PREFIX}Drain queue", f"{PREFIX}Preview queue"]
    assert controller.named("projects", f"{PREFIX}Project")["scm_url"] == REPOSITORY
    assert controller.named("schedules", f"{PREFIX}Drain queue")["enabled"] is True
    for name in ("all.yml", "named.yml", "scaled.yml"):
        if name == "named.yml":
            type_id = controller.named("credential_types", f"{PREFIX}Admin By Request")["id"]
            (vaulted,) = yaml.safe_load((tmp_path / name).read_text())["awx_content_credential_names"].values()
            controller.create("credentials", {"name": vaulted, "credential_type": type_id, "inputs": {}})
        made = content.ansible.program([*COMMAND.split(), "-e", f"@{tmp_path / name}"], env=content.environ())
        assert made.rc == 0, made.output
    drain = controller.named("job_templates", f"{PREFIX}Drain queue")
    assert drain["job_slice_count"] == drain["forks"] == 4
    assert controller.linked("job_templates", f"{PREFIX}Drain queue", "credentials") == ["Admin By Request (from the vault)"]
    assert len([name for name in controller.names("hosts") if name.startswith("queue-")]) == 4


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_files_of_the_guide_name_variables_that_are_there(name: str) -> None:
    known = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    assert set(yaml.safe_load(files()[name])) <= set(known)


def test_links_of_the_guide_lead_somewhere() -> None:
    for path in (GUIDE, ROLE / "README.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_playbooks_of_the_project_are_correct(ansible: Ansible) -> None:
    for path in sorted(PROJECT.glob("*.yml")):
        run = ansible.program(["ansible-playbook", "--syntax-check", "-i", os.devnull, str(path)])
        assert run.rc == 0, run.output
