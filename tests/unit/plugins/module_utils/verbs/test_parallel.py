# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    AuthError,
    DeskError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
)
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.parallel import NotTried, each


@pytest.mark.parametrize("concurrency", range(1, 17))
def test_the_order_is_that_of_the_tasks(concurrency: int) -> None:
    lock = threading.Lock()
    running, most = 0, 0

    def work(number: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.001 * (number % 3))
        with lock:
            running -= 1
        if number % 5 == 0:
            raise NotFound(f"{number}")

    errors = each(work, range(40), concurrency=concurrency, stop_on_error=False)
    assert [str(error) if error else None for error in errors] == [None if n % 5 else f"{n}" for n in range(40)]
    assert most <= concurrency


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize(
    ("failure", "stop_on_error", "stops"),
    [
        (AuthError("no"), False, True),
        (RateLimited("no"), False, True),
        (OutcomeUnknown("lost"), False, False),
        (NotFound("gone"), False, False),
        (NotFound("gone"), True, True),
    ],
)
def test_when_to_stop(failure: DeskError, stop_on_error: bool, stops: bool, concurrency: int) -> None:
    tried: list[int] = []

    def work(number: int) -> None:
        tried.append(number)
        time.sleep(0.002)
        if number == 10:
            raise failure

    errors = each(work, range(100), concurrency=concurrency, stop_on_error=stop_on_error)
    assert errors[10] is failure
    assert not any(errors[:7])
    if stops:
        assert len(tried) <= 11 + 2 * concurrency
        assert isinstance(errors[99], NotTried)
        assert failure.message in errors[99].message
        assert [number for number, error in enumerate(errors) if not isinstance(error, NotTried)] == sorted(tried)
    else:
        assert len(tried) == 100


def test_nothing_to_do() -> None:
    assert each(lambda task: None, [], concurrency=8, stop_on_error=False) == []


def test_a_defect_is_not_hidden() -> None:
    def work(number: int) -> None:
        raise KeyError(number)

    for concurrency in (1, 8):
        with pytest.raises(KeyError):
            each(work, range(20), concurrency=concurrency, stop_on_error=False)
