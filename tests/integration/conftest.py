# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox and Ansible, one of each for every worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from integration.support.programs import MODES, Ansible
from integration.support.sandbox import Sandbox, running_sandbox


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The sandbox. Fixtures that live longer than a test reset it themselves."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="session")
def ansible(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Ansible:
    return Ansible(tmp_path_factory.mktemp("ansible"), sandbox)


@pytest.fixture(autouse=True)
def _fresh_sandbox(sandbox: Sandbox) -> None:
    """Every test begins with the example data."""
    sandbox.reset()


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """Where the work is done: in the process of Ansible, or in an ordinary module."""
    return str(request.param)
