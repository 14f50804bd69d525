# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection in an execution environment: what it asks for, and that a definition with it is taken."""

from __future__ import annotations

import pathlib
import re
import shutil

import pytest
import yaml

from tools.environments import Environment

from .conftest import ROOT, galaxy_environ, recent_environment, run

DEFINITION = ROOT / "docs" / "execution_environment" / "execution-environment.yml"
GUIDE = ROOT / "docs/execution_environment.md"


@pytest.fixture(scope="module")
def builder() -> Environment:
    return recent_environment("builder")


def blocks(language: str = "yaml") -> list[str]:
    """The blocks of the guide in a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_requirements_are_open() -> None:
    """A pin in the collection would be a pin in every environment that it is put in."""
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert lines
    assert not [line for line in lines if "==" in line or "<" in line]
    metadata = yaml.safe_load((ROOT / "meta" / "execution-environment.yml").read_text())
    assert metadata["dependencies"] == {"python": "requirements.txt"}


def test_introspection_of_the_installed_collection(builder: Environment, home: pathlib.Path) -> None:
    done = run([builder.bin / "ansible-builder", "introspect", home / "collections"], home, builder.environ())
    found = yaml.safe_load(done.stdout)
    wanted = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert [line.partition("#")[0].strip() for line in found["python"]] == wanted
    assert found["system"] == []
    # The guide shows just that.
    assert yaml.safe_load(next(block for block in blocks() if block.startswith("python:"))) == found


def test_commands_of_the_guide(builder: Environment, home: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Those that need no container engine, as they are."""
    (commands,) = [block for block in blocks("shell") if "ansible-builder create" in block]
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    (tmp_path / ".ansible").mkdir()
    (tmp_path / ".ansible" / "collections").symlink_to(home / "collections")
    done = run(["bash", "-e", "-c", commands], tmp_path, builder.environ() | {"HOME": str(tmp_path)})
    assert "from collection deskops.itsm" in done.stdout
    assert (tmp_path / "context" / "Containerfile").is_file()


def test_guide_shows_the_definition() -> None:
    assert yaml.safe_load(blocks()[0]) == yaml.safe_load(DEFINITION.read_text())


@pytest.mark.parametrize("number", [0, 1], ids=["from Galaxy", "from a file"])
def test_create(
    builder: Environment, demo_environment: Environment, tarball: pathlib.Path, tmp_path: pathlib.Path, number: int
) -> None:
    definition = tmp_path / "execution-environment.yml"
    definition.write_text(blocks()[number])
    # The guide names the first release.
    shutil.copy(tarball, tmp_path / "deskops-itsm-1.0.0.tar.gz")
    command = [builder.bin / "ansible-builder", "create", "--output-filename", "Containerfile", "--file", definition]
    run(command, tmp_path, builder.environ())
    container = (tmp_path / "context" / "Containerfile").read_text()
    assert 'ARG EE_BASE_IMAGE="redhat/ubi9:latest"' in container
    assert 'ARG PYCMD="/usr/bin/python3.12"' in container
    assert 'ARG ANSIBLE_INSTALL_REFS="ansible-core>=2.16,<2.22 ansible-runner"' in container
    assert "COPY _build /build\nWORKDIR /build\n" in container
    (collection,) = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text())["collections"]
    if number == 0:
        assert collection == {"name": "deskops.itsm"}
        return
    # What the build does in that folder, which needs no network when the collection is a file.
    build = tmp_path / "context" / "_build"
    command = [demo_environment.bin / "ansible-galaxy", "collection", "install", "--offline", "-r", "requirements.yml"]
    run([*command, "-p", tmp_path / "collections"], build, galaxy_environ(demo_environment, tmp_path))
    assert (tmp_path / "collections" / "ansible_collections" / "deskops" / "itsm" / "plugins" / "modules").is_dir()
