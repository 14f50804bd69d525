# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the metadata promises is there."""

from __future__ import annotations

import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def plugin_names(kind: str) -> set[str]:
    return {path.stem for path in (ROOT / "plugins" / kind).glob("*.py") if path.stem != "__init__"}


def test_action_group_holds_every_module() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    group = runtime["action_groups"]["all"]
    assert sorted(group) == sorted(plugin_names("modules"))


def test_every_module_has_an_action_of_its_name_and_the_other_way_round() -> None:
    assert plugin_names("modules") == plugin_names("action")


def test_runtime_requirements_are_met_by_the_pinned_ones() -> None:
    wanted = _names((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    pinned = _names((ROOT / "requirements" / "demo.txt").read_text(encoding="utf-8"))
    assert wanted <= pinned


def _names(requirements: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    return {line.replace(">", "=").split("=")[0].strip() for line in lines if line and not line.startswith("-")}
