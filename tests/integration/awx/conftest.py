# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller, and runs of the role awx_content on it."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from integration.support.programs import Ansible, Run
from integration.support.sandbox import (
    DWP_PASSWORD,
    DWP_USER,
    KEY,
    ROOT,
    SDP_CLIENT_ID,
    SDP_CLIENT_SECRET,
    SDP_REFRESH_TOKEN,
    Sandbox,
)

from .bundle import awx_collections
from .controller import TOKEN, Controller, running_controller
from .launcher import Launcher

ROLE = ROOT / "roles" / "awx_content"
PROJECT = ROOT / "docs" / "awx_project"
REPOSITORY = "https://git.example.com/desk.git"
PREFIX = "Deskops - "
SECRETS = {
    "api_key": KEY,
    "password": DWP_PASSWORD,
    "client_secret": SDP_CLIENT_SECRET,
    "refresh_token": SDP_REFRESH_TOKEN,
}
CHANGED = re.compile(r"\bchanged=(\d+)")


def credentials(sandbox: Sandbox) -> dict[str, dict[str, str]]:
    """The inputs of the credentials for the platforms of the sandbox."""
    account = {"username": DWP_USER, "password": DWP_PASSWORD}
    client = {"client_id": SDP_CLIENT_ID, "client_secret": SDP_CLIENT_SECRET, "refresh_token": SDP_REFRESH_TOKEN}
    return {
        "admin_by_request": {"url": sandbox.abr_url, "api_key": KEY},
        "bmc_dwp": {"url": sandbox.dwp_url, **account},
        "bmc_dwp_source": {"url": sandbox.other_dwp_url, **account},
        "sdp_cloud": {"url": sandbox.sdp_url, "accounts_url": sandbox.sdp_accounts_url, **client},
    }


@dataclass(frozen=True)
class Made:
    """A run of the role."""

    run: Run

    @property
    def changed(self) -> int:
        return sum(map(int, CHANGED.findall(self.run.stdout)))

    @property
    def outcomes(self) -> dict[tuple[str, str], str]:
        """What became of each object, by type and name."""
        result = self.run["deskops.itsm.awx_content : Collect what was done"]["ansible_facts"]["awx_content_result"]
        return {(entry["type"], entry["name"].removeprefix(PREFIX)): entry["outcome"] for entry in result["objects"]}

    @property
    def not_unchanged(self) -> dict[tuple[str, str], str]:
        return {key: outcome for key, outcome in self.outcomes.items() if outcome != "unchanged"}


class Content:
    """The role, the controller, and the folder that its collection is in."""

    def __init__(self, ansible: Ansible, controller: Controller) -> None:
        self.ansible = ansible
        self.controller = controller
        self.collections = awx_collections()

    def environ(self, **more: str | None) -> dict[str, str | None]:
        return {
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(self.ansible.folder / "collections"), str(self.collections)]),
            "CONTROLLER_HOST": self.controller.url,
            "CONTROLLER_OAUTH_TOKEN": TOKEN,
            **more,
        }

    def make(self, *arguments: str, env: Mapping[str, str | None] | None = None, playbook: Any = None, **variables: Any) -> Made:
        """Run the playbook; variables are named without the role's prefix."""
        variables = {"project_url": REPOSITORY, "credentials": credentials(self.ansible.sandbox), **variables}
        given = {f"awx_content_{name}": value for name, value in variables.items() if value is not None}
        # In a file, as people should, so that the secrets are not among the arguments.
        path = self.ansible.write("awx.yml", yaml.safe_dump(given))
        path.chmod(0o600)
        plays = playbook or [{"import_playbook": "deskops.itsm.awx_content"}]
        env = {**self.environ(), **(env or {})}
        run = self.ansible.run_playbook(plays, env=env, arguments=["-e", f"@{path}", *arguments])
        assert "Traceback" not in run.output, run.output
        return Made(run)

    def make_well(self, *arguments: str, **options: Any) -> Made:
        """The same, without failure or warning."""
        made = self.make(*arguments, **options)
        assert made.run.rc == 0, made.run.output
        assert made.run.warnings == []
        return made


@pytest.fixture(scope="session")
def _controller() -> Iterator[Controller]:
    with running_controller({REPOSITORY: PROJECT}) as controller:
        yield controller


@pytest.fixture
def content(ansible: Ansible, _controller: Controller) -> Content:
    """The role, and a controller on which nothing has been made yet."""
    _controller.reset()
    return Content(ansible, _controller)


@dataclass(frozen=True)
class Installed:
    """What the role made on a controller, with two slices of the queue, and how it did."""

    content: Content
    options: dict[str, Any]
    predicted: Made
    writes_of_check: list[str]
    first: Made
    snapshot: dict[str, Any]


@pytest.fixture(scope="session")
def _installed(ansible: Ansible, _controller: Controller) -> Installed:
    _controller.reset()
    content = Content(ansible, _controller)
    (ansible.folder / "state").mkdir()
    options = {
        "queue_slices": 2,
        "queue_state_path": str(ansible.folder / "state" / "queue.json"),
        "execution_environment_image": "registry.example.com/desk-ee:1.0",
    }
    predicted = content.make_well("--check", **options)
    writes = [*_controller.writes]
    first = content.make_well("-vvv", **options)
    return Installed(content, options, predicted, writes, first, _controller.snapshot())


@pytest.fixture
def installed(_installed: Installed) -> Installed:
    """The controller as the role left it; no state of the queue is kept."""
    _installed.content.controller.restore(_installed.snapshot)
    for path in pathlib.Path(_installed.options["queue_state_path"]).parent.iterdir():
        path.unlink()
    return _installed


@pytest.fixture
def launcher(installed: Installed, ansible: Ansible, tmp_path: pathlib.Path) -> Launcher:
    return Launcher(installed.content.controller, ansible, tmp_path)
