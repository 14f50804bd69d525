# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.deskops.itsm.plugins.plugin_utils import progress
from ansible_collections.deskops.itsm.plugins.plugin_utils.progress import Progress, is_wanted


class Told:
    """A progress with a clock that is moved by hand, and what it said."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = 100.0
        self.progress = Progress("review", self.lines.append, seconds=10, monotonic=lambda: self.now)


def test_a_short_task_says_nothing() -> None:
    told = Told()
    for done in range(1000):
        told.progress.counted("settled", done, 1000)
        told.progress.called()
    told.now += 9.9
    told.progress.counted("settled", 1000, 1000)
    assert told.lines == []


def test_a_long_one_says_every_ten_seconds_how_far_it_is() -> None:
    told = Told()
    for done in range(1, 51):
        told.now += 1
        told.progress.called()
        told.progress.counted("settled", done, 50)
    assert told.lines == [
        "review: 9 of 50 settled, 10 s",
        "review: 19 of 50 settled, 20 s",
        "review: 29 of 50 settled, 30 s",
        "review: 39 of 50 settled, 40 s",
        "review: 49 of 50 settled, 50 s",
    ]


def test_where_nothing_can_be_counted_it_says_how_many_calls_were_made() -> None:
    told = Told()
    for dummy in range(12):
        told.now += 1
        told.progress.called()
    assert told.lines == ["review: 10 calls so far, 10 s"]


@pytest.mark.parametrize(
    ("environ", "on_terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"CI": "true"}, True, False),
        ({"CI": "true", "DESKOPS_PROGRESS": "true"}, False, True),
        ({"DESKOPS_PROGRESS": "1"}, False, True),
        ({"DESKOPS_PROGRESS": "false"}, True, False),
        ({"DESKOPS_PROGRESS": "no"}, True, False),
        ({"DESKOPS_PROGRESS": ""}, True, True),
    ],
)
def test_it_is_shown_where_somebody_watches(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], on_terminal: bool, wanted: bool
) -> None:
    monkeypatch.setattr(progress, "ON_TERMINAL", on_terminal)
    assert is_wanted(environ) is wanted
