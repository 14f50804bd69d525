# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release can be made: the changelog is written from the fragments."""

from __future__ import annotations

import pathlib
import re
import shutil
import sys

import pytest
import yaml

from tools.workspace import source_files, tool_environ

from .conftest import ROOT, run

TOOL = pathlib.Path(sys.executable).parent / "antsibull-changelog"
VERSION = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
FOLDERS = ("changelogs", "meta", "playbooks", "plugins", "roles")


@pytest.fixture
def copy(tmp_path: pathlib.Path) -> pathlib.Path:
    """What a release reads, in a place of its own."""
    target = tmp_path / "ansible_collections" / "deskops" / "itsm"
    for name in source_files():
        if name.parts[0] in FOLDERS or str(name) in ("galaxy.yml", "README.md"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def test_release(copy: pathlib.Path, tmp_path: pathlib.Path) -> None:
    environ = tool_environ(TOOL.parent) | {"ANSIBLE_COLLECTIONS_PATH": str(tmp_path)}
    fragments = list((copy / "changelogs" / "fragments").glob("*.yml"))
    released = (copy / "CHANGELOG.md").exists()
    run([TOOL, "lint"], copy, environ)
    # Between releases the version in galaxy.yml may be out already.
    version = f"{int(VERSION.partition('.')[0]) + 1}.0.0" if released else VERSION
    run([TOOL, "release", "--version", version, "--date", "2026-06-01"], copy, environ)
    page = (copy / "CHANGELOG.md").read_text()
    assert page.startswith("# deskops\\.itsm Release Notes")
    assert re.search(rf"^## v{re.escape(version).replace('.', '.')}$".replace("\\.", r"\\."), page, re.MULTILINE), page[:600]
    assert not list((copy / "changelogs" / "fragments").glob("*.yml"))
    log = yaml.safe_load((copy / "changelogs" / "changelog.yaml").read_text())
    entries = log["releases"][version]
    assert entries["release_date"] == "2026-06-01"
    if fragments and not released:
        modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__"}
        assert {module["name"] for module in entries["modules"]} == modules
        assert "### New Modules" in page
    run([TOOL, "lint-changelog-yaml", "changelogs/changelog.yaml"], copy, environ)
    run([TOOL, "generate"], copy, environ)
    assert (copy / "CHANGELOG.md").read_text() == page
