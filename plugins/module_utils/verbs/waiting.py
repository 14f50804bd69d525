# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests are followed until they are where they should be. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..platforms.records import CANCELLED, COMPLETED, DENIED, EXPIRED, FAILED, STATES, Request
from ..transport.errors import DeskError
from .parallel import HOPELESS
from .spec import Context

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
GROWTH = 1.5
# From here no request comes back, but one that is completed may still be closed.
FINAL = frozenset({CANCELLED, COMPLETED, DENIED, EXPIRED, FAILED})
CLOSED = "closed"


@dataclass
class Goal:
    """Where a request has to get to.

    C(states) are normalised states or the platform's words, in lower case. C(timeout) is in seconds. C(is_closed) tells whether a
    completed request is closed, on platforms where tenants have words of their own for that.
    """

    request_id: str
    states: frozenset[str]
    timeout: float
    request: Request | None = None
    error: DeskError | None = None
    is_closed: Callable[[Request], bool] | None = None

    @property
    def is_reached(self) -> bool:
        return self.request is not None and bool(self.states & {self.request.state, self.request.status.lower()})

    @property
    def is_lost(self) -> bool:
        if self.request is None or self.request.state not in FINAL or self.is_reached:
            return False
        return self.request.state != COMPLETED or not self._may_be_closed(self.request)

    def _may_be_closed(self, request: Request) -> bool:
        """Whether a completed request may still come to a word that is wanted."""
        if self.is_closed is not None:
            return bool(self.states - STATES) and not self.is_closed(request)
        return CLOSED in self.states and request.status.lower() != CLOSED

    @property
    def where(self) -> str:
        return self.request.status or self.request.state if self.request is not None else "not to be seen yet"


def pauses(longest: float = LONGEST_PAUSE) -> Iterator[float]:
    """Seconds between looks, growing."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * GROWTH, longest)


Read = Callable[[list[str]], Mapping[str, Request]]


def wait_for(context: Context, goals: Sequence[Goal], *, read: Read | None = None) -> None:
    """Look until every goal is reached, lost, or out of time; C(request) and C(error) of each say how it ended.

    C(read) reads requests by their ids, where the platform's own way is not the best one.
    """
    clock = context.clock
    read = read or context.platform.requests_by_id
    started = clock.monotonic()
    open_goals = list(goals)
    for pause in pauses():
        if not open_goals:
            return
        found, fault = _look(read, open_goals)
        passed = clock.monotonic() - started
        for goal in open_goals:
            goal.request = found.get(goal.request_id, goal.request)
            goal.error = _verdict(goal, passed, fault)
        open_goals = [goal for goal in open_goals if not goal.is_reached and goal.error is None]
        context.progress("are where they should be", len(goals) - len(open_goals), len(goals))
        if open_goals:
            left = min(goal.timeout for goal in open_goals) - passed
            clock.sleep(max(0.05, min(pause, left)))


def _look(read: Read, goals: Sequence[Goal]) -> tuple[Mapping[str, Request], DeskError | None]:
    """The requests as they are, or why they could not be read: that may pass, and there is time."""
    try:
        return read([goal.request_id for goal in goals]), None
    except DeskError as fault:
        return {}, fault


def _verdict(goal: Goal, passed: float, fault: DeskError | None) -> DeskError | None:
    if goal.is_reached:
        return None
    if isinstance(fault, HOPELESS):
        return fault
    wanted = " or ".join(sorted(goal.states))
    if goal.is_lost:
        message = f"Request {goal.request_id} is {goal.where} and will not become {wanted}"
        return DeskError(message, hint="Look at the request in the portal: its comments may say why")
    if passed >= goal.timeout:
        message = f"Request {goal.request_id} is {goal.where} after {goal.timeout:g} seconds, not yet {wanted}"
        message += f" (the last look failed: {fault.message})" if fault else ""
        return DeskError(message, hint="Raise wait_timeout, or run the task again later: it goes on waiting for the same request")
    return None


def poll(context: Context, seconds: float, look: Callable[[], bool]) -> bool:
    """Look again and again until it is there or the time is over; whether it is there.

    A look may fail for a passing reason, and there is time for another.

    Raises:
        DeskError: the last look failed, or one for a reason that will not pass.
    """
    clock = context.clock
    gives_up_at = clock.monotonic() + seconds
    pause = min(0.25, seconds / 4)
    while True:
        left = gives_up_at - clock.monotonic()
        try:
            if look():
                return True
        except DeskError as error:
            if isinstance(error, HOPELESS) or left <= 0:
                raise
        if left <= 0:
            return False
        clock.sleep(min(pause, left))
        pause *= GROWTH
