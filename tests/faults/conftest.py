# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox for every worker, pauses that do not hold up the tests, and servers with bad manners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from faults.matrix.bench import Bench, Wire
from faults.matrix.faults import MOST_BYTES
from faults.support.raw import RawServer
from integration.support.sandbox import Sandbox, running_sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport import http, pool, retry


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


# In the fault matrix an order is tried eight times, with pauses that double.
SHORTEST_PAUSE = 0.0005


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A sandbox for the fault matrix alone: it is not reset between the cells."""
    folder = tmp_path_factory.mktemp("matrix")
    with running_sandbox(folder) as running:
        bench = Bench(running, folder)
        yield bench
        print(f"\n{bench.tally.cells} cells of the matrix, {bench.tally.faults} faults, {bench.tally.calls} calls")


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The connections of the fault matrix, as they can be disturbed on this side."""
    monkeypatch.setattr(http, "MAX_BODY", MOST_BYTES)
    monkeypatch.setattr(retry, "FIRST_PAUSE", SHORTEST_PAUSE)
    return Wire(monkeypatch)


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    """Starts servers that answer with the bytes that they are given."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(RawServer(*args, **options))
