# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README as Galaxy and Automation Hub want it, and as it has to be to be true."""

from __future__ import annotations

import re

import pytest
import yaml

from .conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = [
    *("Description", "Requirements", "Installation", "Use cases", "Testing", "Support"),
    *("Release notes and roadmap", "Related information", "License"),
]
PAGES = ["README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md"]
PAGES += [str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md"))]


def stems(folder: str, pattern: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob(pattern) if path.stem != "__init__"}


def test_sections_are_those_of_the_template_in_its_order() -> None:
    assert re.match(r"# deskops\.itsm\n", README)
    assert re.findall(r"^## (.+)$", README, re.MULTILINE) == SECTIONS


def test_support_says_where_and_for_how_long() -> None:
    section = README.partition("\n## Support\n")[2].partition("\n## ")[0]
    assert "https://github.com/deskops/itsm/issues" in section
    assert re.search(r"major version", section)
    for name in ("CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md"):
        assert f"]({name})" in section


def test_all_content_is_named() -> None:
    wanted = stems("plugins/modules", "*.py") | stems("plugins/inventory", "*.py") | stems("plugins/filter", "*.py")
    wanted |= stems("extensions/eda/plugins/event_source", "*.py") | stems("playbooks", "*.yml") - {"demo"}
    wanted |= {path.name for path in (ROOT / "roles").iterdir() if path.is_dir()}
    assert sorted(name for name in wanted if f"`deskops.itsm.{name}`" not in README) == []


def test_requirements_are_those_of_the_metadata() -> None:
    section = README.partition("\n## Requirements\n")[2].partition("\n## ")[0]
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    (core,) = re.findall(r"ansible-core ([0-9.]+)", section)
    assert runtime["requires_ansible"] == f">={core}.0"
    (line,) = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith("requests")]
    (lowest,) = re.findall(r"requests\.readthedocs\.io/\) ([0-9.]+)", section)
    assert line == f"requests>={lowest}{'.0' * (2 - lowest.count('.'))}"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        found = (page.parent / target).resolve()
        assert found.exists(), f"{name}: {target}"
        # It is not in the collection as it is installed.
        assert ROOT / "tests" not in found.parents, f"{name}: {target}"
