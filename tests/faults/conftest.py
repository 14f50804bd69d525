# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox for every worker, pauses that do not hold up the tests, and servers with bad manners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from faults.support.raw import RawServer
from integration.support.sandbox import Sandbox, running_sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport import pool, retry


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def sandbox(_running: Sandbox) -> Sandbox:
    """The sandbox with the example data."""
    _running.reset()
    return _running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses, and connections of one test only: a server's request for a pause outlives the task."""
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(pool, "_pools", {})


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    """Starts servers that answer with the bytes that they are given."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(RawServer(*args, **options))
