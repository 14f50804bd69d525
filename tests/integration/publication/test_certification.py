# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certification checklist: what it names exists, and what nothing else shows."""

from __future__ import annotations

import re

import yaml

from .conftest import ROOT

PAGE = (ROOT / "docs" / "certification.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/.-]+)`", PAGE)
    assert len(named) > 20
    assert sorted(name for name in named if not (ROOT / name).is_file()) == []


def test_every_file_that_is_named_exists() -> None:
    named = set(
        re.findall(r"`((?:\.github|docs|meta|changelogs)/[\w/.-]*|[A-Z_]+\.md|LICENSE|galaxy\.yml|\.ansible-lint)`", PAGE)
    )
    assert {"LICENSE", "galaxy.yml", "meta/runtime.yml"} <= named
    assert sorted(name for name in named - {"CHANGELOG.md"} if not (ROOT / name).exists()) == []


def test_every_point_is_shown_by_something() -> None:
    rows = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    points = [row for row in rows if row[0].strip() != "point"]
    assert len(points) > 30
    assert all(len(row) == 3 for row in points)
    without = [row[0] for row in points if not re.search(r"`(tests/|make )", row[2])]
    assert len(without) == 1, without


def test_no_sanity_test_is_ignored() -> None:
    assert list((ROOT / "tests").glob("sanity/ignore-*.txt")) == []


def test_linter_has_no_exceptions() -> None:
    settings = yaml.safe_load((ROOT / ".ansible-lint").read_text())
    assert settings["profile"] == "production"
    assert not {"skip_list", "warn_list", "enable_list"} & set(settings)
    assert not (ROOT / ".ansible-lint-ignore").exists()


def test_every_role_is_described() -> None:
    for role in sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir()):
        assert (role / "README.md").is_file(), role.name
        specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
        entries = {path.stem for path in (role / "tasks").glob("*.yml")} & {"main"}
        assert entries <= set(specs), role.name
        variables = set(yaml.safe_load((role / "defaults" / "main.yml").read_text()) or ())
        documented = {name for spec in specs.values() for name in spec["options"]}
        assert {name for name in variables if not name.startswith("__")} <= documented, role.name
        assert all(name.startswith(f"{role.name}_") for name in documented), role.name
