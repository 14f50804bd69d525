# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflows run what people run: every target that they name exists, with the versions that are supported."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tools.environments import PREFERRED_VERSIONS
from tools.sanity import CORES

from .conftest import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
# What people type who follow the documents.
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/certification.md")


def load(path: pathlib.Path) -> dict[str, Any]:
    """YAML 1.1 reads the key C(on) as true."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if name is True else name: value for name, value in found.items()}


def steps(path: pathlib.Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every step with its job."""
    for job in load(path)["jobs"].values():
        for step in job.get("steps", ()):
            yield job, step


def targets_of(text: str) -> set[str]:
    return set(re.findall(r"\bmake ([a-z][a-z-]*)", text))


def test_there_are_workflows_for_changes_for_the_week_and_for_releases() -> None:
    assert [path.stem for path in WORKFLOWS] == ["long", "release", "test"]
    assert {"push", "pull_request"} <= set(load(WORKFLOWS[2])["on"])
    assert "schedule" in load(WORKFLOWS[0])["on"]
    assert load(WORKFLOWS[1])["on"]["push"]["tags"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow(path: pathlib.Path) -> None:
    workflow = load(path)
    assert {"name", "on", "permissions", "jobs"} <= set(workflow)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert "uses" in job or ("runs-on" in job and "timeout-minutes" in job)
    for job, step in steps(path):
        assert ("uses" in step) != ("run" in step)
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "actions/checkout@v4"))
        assert targets_of(step.get("run", "")) <= TARGETS
        # What others wrote, such as the title of a pull request, must not become a command.
        assert not re.search(r"\${{", step.get("run", "")), step
        assert set(re.findall(r"matrix\.(\w+)", str(step))) <= {"core", "python"}
        assert "matrix." not in str(step) or "strategy" in job


def test_all_that_make_test_runs_is_run() -> None:
    commands = " ".join(step.get("run", "") for job, step in steps(GITHUB / "workflows" / "test.yml"))
    assert targets_of(commands) == {"lint", "sanity", "unit", "integration", "demo"}
    assert "make test-long" in (GITHUB / "workflows" / "long.yml").read_text()


def test_matrices_hold_what_is_supported() -> None:
    jobs = load(GITHUB / "workflows" / "test.yml")["jobs"]
    rows = jobs["sanity"]["strategy"]["matrix"]["include"]
    assert [row["core"] for row in rows] == list(CORES)
    assert all(row["python"] in CORES[row["core"]] for row in rows)
    pythons = jobs["tests"]["strategy"]["matrix"]["python"]
    assert set(pythons) <= set(PREFERRED_VERSIONS)
    assert pythons[0] == "3.10"


def test_a_release_gets_its_key_from_the_secrets() -> None:
    text = (GITHUB / "workflows" / "release.yml").read_text()
    assert "ANSIBLE_GALAXY_TOKEN: ${{ secrets.GALAXY_API_KEY }}" in text
    assert "--token" not in text
    assert "--api-key" not in text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_targets_in_documents_exist(name: str) -> None:
    found = targets_of("\n".join(re.findall(r"`[^`]+`|^make .*$", (ROOT / name).read_text(), re.MULTILINE)))
    assert found
    assert found <= TARGETS


@pytest.mark.parametrize("path", sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")), ids=lambda path: path.stem)
def test_issue_forms(path: pathlib.Path) -> None:
    form = load(path)
    if path.stem == "config":
        assert form["blank_issues_enabled"] is False
        return
    assert {"name", "description", "body"} <= set(form)
    identifiers = [part["id"] for part in form["body"]]
    assert len(identifiers) == len(set(identifiers))
    for part in form["body"]:
        assert part["type"] in ("textarea", "input", "dropdown", "checkboxes")
        assert part["attributes"]["label"]
        assert all(isinstance(option, str) for option in part["attributes"].get("options", ()))


def test_dependabot() -> None:
    for update in load(GITHUB / "dependabot.yml")["updates"]:
        folders = update.get("directories", [update.get("directory")])
        assert all((ROOT / folder.strip("/")).is_dir() for folder in folders)
