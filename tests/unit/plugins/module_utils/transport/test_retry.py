# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    RETRIED_READ_STATUSES,
    RETRIED_WRITE_STATUSES,
    Clock,
    Gate,
    backoff,
    retry_after,
)

NOW = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT


class FakeTime:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []
        self.clock = Clock(monotonic=lambda: self.at, now=lambda: NOW + self.at, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def test_what_is_tried_again() -> None:
    assert {408, 429, 502, 503, 504} == RETRIED_READ_STATUSES
    assert {429} == RETRIED_WRITE_STATUSES


@pytest.mark.parametrize("attempt", [1, 2, 3, 7, 8, 2000])
def test_backoff_doubles_up_to_a_limit(attempt: int) -> None:
    longest = min(FIRST_PAUSE * 2.0 ** min(attempt - 1, 50), LONGEST_PAUSE)
    pauses = [backoff(attempt) for dummy in range(200)]
    assert longest / 2 <= min(pauses) <= max(pauses) <= longest
    assert len(set(pauses)) > 100


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("1.5", 1.5),
        ("inf", float("inf")),
        ("nan", 0.0),
        ("soon", None),
        ("Fri, 15 Jan 2027 08:01:30 GMT", 90.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("Fri, 15 Jan 2027 10:01:30 +0200", 90.0),
        ("Fri, 99 Jan 2027 08:01:30 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=NOW) == seconds


def test_a_gate_is_open() -> None:
    fake = FakeTime()
    assert Gate(fake.clock).wait(until=10) == 0
    assert not fake.slept


def test_a_closed_gate_is_waited_for() -> None:
    fake = FakeTime()
    gate = Gate(fake.clock)
    gate.close_for(5)
    gate.close_for(2)
    assert gate.wait(until=10) == 0
    assert fake.at == 5


def test_a_gate_that_opens_too_late() -> None:
    fake = FakeTime()
    gate = Gate(fake.clock)
    gate.close_for(20)
    assert gate.wait(until=10) == 20
    assert not fake.slept


def test_a_gate_that_closes_again() -> None:
    fake = FakeTime()
    gate = Gate(fake.clock)
    gate.close_for(5)
    sleep = fake.sleep

    def closes_meanwhile(seconds: float) -> None:
        sleep(seconds)
        if len(fake.slept) == 1:
            gate.close_for(3)

    object.__setattr__(fake.clock, "sleep", closes_meanwhile)
    assert gate.wait(until=10) == 0
    assert fake.at == 8


def test_all_threads_pass_together() -> None:
    gate = Gate(Clock())
    gate.close_for(0.2)
    started, passed = time.monotonic(), []

    def pass_through() -> None:
        gate.wait(until=started + 5)
        passed.append(time.monotonic() - started)

    threads = [threading.Thread(target=pass_through) for dummy in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(passed) == 16
    assert min(passed) >= 0.2
