# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of an ordered request: by the sandbox's clock, or by a control call.

The document says nothing about it. NEW, then at work or waiting for an approval, then an end; durations are switches.
"""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta

from .catalog import Catalog
from .records import FINAL, ServiceRequest, State

FAILURE_REASON = "Fulfilment failed: no answer from the provider"


class Workflow:
    """Moves requests when their time has come."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._due: list[tuple[datetime, str, int]] = []

    def clear(self) -> None:
        self._due.clear()

    def start(self, request: ServiceRequest, now: datetime) -> None:
        """A request was ordered; a bundle follows its parts."""
        request.state, request.started = State.NEW, now
        self._enter(request, State.NEW, now)

    def tick(self) -> None:
        """Catch up with the clock."""
        if not self._due:
            return
        now = self._catalog.clock.now()
        while self._due and self._due[0][0] <= now:
            moment, request_id, step = heapq.heappop(self._due)
            request = self._catalog.requests.get(request_id)
            if request is not None and request.step == step:
                self._next(request, moment)

    def set_state(self, request: ServiceRequest, state: State, reason: str | None = None) -> None:
        """Somebody behind the API sets a status; ACTIVE goes on by the clock."""
        request.reason = reason
        self._enter(request, state, self._catalog.clock.now())

    def _next(self, request: ServiceRequest, moment: datetime) -> None:
        kind = request.service.workflow
        if request.state is State.NEW:
            self._enter(request, State.WAITING if kind == "approval" else State.ACTIVE, moment)
        elif request.state is State.ACTIVE and kind == "fail":
            request.reason = FAILURE_REASON
            self._enter(request, State.FAILED, moment)
        elif request.state is State.ACTIVE:
            self._enter(request, State.COMPLETED, moment)

    def _enter(self, request: ServiceRequest, state: State, moment: datetime) -> None:
        request.state, request.modified = state, moment
        request.completed = moment if state in FINAL else None
        request.step += 1
        wait = self._wait(request)
        if wait:
            heapq.heappush(self._due, (moment + timedelta(milliseconds=wait), request.id, request.step))
        parent = self._catalog.requests.get(request.bundle_id or "")
        if parent is not None and state is not State.NEW:
            self._follow_parts(parent, moment)

    def _wait(self, request: ServiceRequest) -> int:
        """How long it stays where it is; 0 means until a control call."""
        if request.parts or request.service.workflow == "manual":
            return 0
        names = {State.NEW: "workflow_start_ms", State.ACTIVE: "workflow_work_ms"}
        name = names.get(request.state)
        return self._catalog.switches.number(name) if name else 0

    def _follow_parts(self, parent: ServiceRequest, moment: datetime) -> None:
        states = {self._catalog.requests[part].state for part in parent.parts} - {State.DRAFT}
        if not states <= FINAL:
            state = State.ACTIVE
        elif states == {State.COMPLETED}:
            state = State.COMPLETED
        else:
            state = State.FAILED
        if parent.state not in (state, State.DRAFT):
            self._enter(parent, state, moment)
