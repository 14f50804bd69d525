# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that have the same to do take turns, whatever becomes of them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pathlib
import signal
import stat
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.locks import alone

FORKING = multiprocessing.get_context("fork")
PATIENCE = 20
# Long enough to see that somebody waits.
A_MOMENT = 0.3


def _hold(folder: str | None, things: list[str], line: Connection) -> None:
    with alone(folder, things):
        line.send("alone")
        line.poll(PATIENCE)


class Holder:
    """Another process that is alone with some things, sooner or later."""

    def __init__(self, folder: pathlib.Path, *things: str) -> None:
        self._line, its_end = FORKING.Pipe()
        self.process = FORKING.Process(target=_hold, args=(str(folder), list(things), its_end), daemon=True)
        self.process.start()
        its_end.close()

    def is_alone(self, *, within: float = PATIENCE) -> bool:
        return self._line.poll(within)

    def let_go(self) -> None:
        # One that was killed hears nothing any more.
        with contextlib.suppress(OSError):
            self._line.send("end")

    def end(self) -> None:
        self.let_go()
        self.process.join(PATIENCE)


@pytest.fixture
def first(tmp_path: pathlib.Path) -> Iterator[Holder]:
    holder = Holder(tmp_path / "private", "a", "b")
    assert holder.is_alone()
    yield holder
    holder.end()


def test_the_same_thing_waits(tmp_path: pathlib.Path, first: Holder) -> None:
    second = Holder(tmp_path / "private", "c", "b")
    assert not second.is_alone(within=A_MOMENT)
    first.end()
    assert second.is_alone()
    second.end()


def test_another_thing_does_not(tmp_path: pathlib.Path, first: Holder) -> None:
    second = Holder(tmp_path / "private", "c")
    assert second.is_alone()
    second.end()


def test_whoever_is_killed_keeps_nobody_out(tmp_path: pathlib.Path, first: Holder) -> None:
    assert first.process.pid
    os.kill(first.process.pid, signal.SIGKILL)
    second = Holder(tmp_path / "private", "a")
    assert second.is_alone()
    second.end()


def test_opposite_orders_block_nobody(tmp_path: pathlib.Path) -> None:
    things = [str(number) for number in range(50)]
    begun = time.monotonic()
    holders = [Holder(tmp_path, *things[::step]) for step in (1, -1) * 3]
    for holder in holders:
        holder.let_go()
    for holder in holders:
        holder.process.join(PATIENCE)
    assert time.monotonic() - begun < PATIENCE
    assert [holder.process.exitcode for holder in holders] == [0] * 6


def test_the_file_is_private(tmp_path: pathlib.Path) -> None:
    with alone(str(tmp_path / "private"), ["a"]):
        pass
    (path,) = (tmp_path / "private").iterdir()
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)] == [0o600, 0o700]
    assert path.read_bytes() == b""


@pytest.mark.parametrize("folder", [None, "", "/proc/nowhere"])
def test_without_a_folder_nobody_is_kept_out(folder: str | None) -> None:
    with alone(folder, ["a"]), alone(folder, ["a"]):
        pass
