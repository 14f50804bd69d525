# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many calls side by side. Private to the collection."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..transport.errors import ApiError, AuthError, DeskError, NotFound, RateLimited
from .spec import ItemResult

Task = TypeVar("Task")
# How many are done, and how many there are.
Counted = Callable[[int, int], None]

# Going on after one of these would get the caller locked out, or waste the quota that is left.
HOPELESS = (AuthError, RateLimited)


class NotTried(DeskError):
    """The item was left alone because an earlier one had failed."""


def is_refused(error: DeskError) -> bool:
    """Whether the platform will not do it, for a reason that need not hit all others too."""
    if not isinstance(error, ApiError) or isinstance(error, (*HOPELESS, NotFound)):
        return False
    return error.status is not None and 400 <= error.status < 500


def fail(result: ItemResult, error: DeskError) -> None:
    """The item failed, or was skipped if it was not tried."""
    result.fail(error, outcome="skipped" if isinstance(error, NotTried) else "failed")


def each(
    work: Callable[[Task], None],
    tasks: Sequence[Task],
    *,
    concurrency: int,
    stop_on_error: bool,
    progress: Counted = lambda done, total: None,
) -> list[DeskError | None]:
    """Do the work for every task and return the error of each, or C(None), in the order of the tasks.

    C(progress) is told after each how many are done.

    Once a task failed, with C(stop_on_error) or for a reason that will hit all others too, no further one is started.
    """
    stopped_by: list[DeskError] = []
    lock = threading.Lock()
    done = itertools.count(1)

    def attempt(task: Task) -> DeskError | None:
        if stopped_by:
            return NotTried(f"Not tried after an earlier failure ({stopped_by[0].message})")
        try:
            work(task)
        except DeskError as error:
            if stop_on_error or isinstance(error, HOPELESS):
                with lock:
                    stopped_by.append(error)
            return error
        finally:
            progress(next(done), len(tasks))
        return None

    workers = min(concurrency, len(tasks))
    if workers <= 1:
        return [attempt(task) for task in tasks]
    with ThreadPoolExecutor(max_workers=workers) as executor:
        return list(executor.map(attempt, tasks))


def together(
    work: Callable[[list[Task]], None],
    tasks: Sequence[Task],
    *,
    concurrency: int,
    failed: Callable[[Task, DeskError], None],
) -> None:
    """Do the work for all tasks at once; where that is refused, for each by itself, since one may be to blame.

    C(failed) is told of each that fails by itself. What would hit all of them is raised.
    """
    try:
        if tasks:
            work(list(tasks))
    except DeskError as error:
        if len(tasks) == 1 or not is_refused(error):
            raise
        errors = each(lambda task: work([task]), tasks, concurrency=concurrency, stop_on_error=False)
        for task, own in zip(tasks, errors, strict=True):
            if own is not None:
                failed(task, own)
