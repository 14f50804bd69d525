# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one tenant and everything that changes it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ..clock import Clock
from ..switches import Switchboard
from .collection import Collection
from .elevation import Elevation, Status
from .errors import AbrError, not_found
from .params import MOST_DIGITS
from .records import Computer, Event, PortalUser
from .times import ticks

CHALLENGE_PIN_EVENT = 100
UNINSTALL_PIN_EVENT = 101
_PIN1 = re.compile(r"[0-9]{6}")

_DECIDE_SWITCH = {
    Status.OPEN: "decide_approved",
    Status.RUNNING: "decide_approved",
    Status.FINISHED: "decide_finished",
    Status.DENIED: "decide_denied",
    Status.EXPIRED: "decide_expired",
    Status.QUARANTINED: "decide_quarantined",
}


class Desk:
    """Requests, audit log, events, inventory and portal users of one tenant."""

    def __init__(self, tenant: str, clock: Clock, switches: Switchboard) -> None:
        self.tenant = tenant
        self.clock = clock
        self.switches = switches
        self.clear()

    def clear(self) -> None:
        self.elevations: list[Elevation] = []
        self.requests: Collection[Elevation] = Collection()
        self.auditlog: Collection[Elevation] = Collection()
        self.events: Collection[Event] = Collection()
        self.computers: Collection[Computer] = Collection()
        self.portal_users: dict[str, PortalUser] = {}
        self.last_change = ticks(self.clock.now())
        self.random = random.Random(20260101)
        self._last_audit_id = 71_204_100
        self._last_trace_no = 40_218_300
        self._drafts = 0

    # --- keeping rows

    def next_change(self) -> int:
        """Ticks of a change that happens now; later changes get higher ticks."""
        self.last_change = max(self.last_change + 1, ticks(self.clock.now()))
        return self.last_change

    def next_request_id(self) -> int:
        """Ids rise with gaps: other tenants share the sequence."""
        return max(self.requests.last_id, 65_430_860) + self.random.randint(1, 3)

    def next_audit_id(self) -> int:
        self._last_audit_id += self.random.randint(1, 5)
        return self._last_audit_id

    def next_trace_no(self) -> str:
        self._last_trace_no += self.random.randint(1, 9)
        return str(self._last_trace_no)

    def next_draft(self) -> int:
        """Numbers the rows that the control API makes."""
        self._drafts += 1
        return self._drafts

    def add_elevation(self, elevation: Elevation) -> None:
        self.elevations.append(elevation)
        if elevation.from_request:
            self.requests.put(elevation.id, elevation)
        self.auditlog.put(elevation.audit_key(self.switches), elevation)

    def rekey_auditlog(self) -> None:
        """The audit log's ids follow a switch."""
        self.auditlog = Collection()
        for elevation in self.elevations:
            self.auditlog.put(elevation.audit_key(self.switches), elevation)

    def touch(self, elevation: Elevation) -> None:
        elevation.changed = self.next_change()

    # --- looking up

    def visible(self, elevation: Elevation) -> bool:
        """Whether a row is (still) under /requests."""
        return self.switches["decided_rows"] == "kept" or elevation.status in (Status.PENDING, Status.QUARANTINED)

    def request(self, request_id: int) -> Elevation:
        elevation = self.requests.get(request_id)
        if elevation is None or not self.visible(elevation):
            raise not_found(self.switches, "Request")
        return elevation

    def computer(self, segment: str) -> Computer:
        """A computer by the path segment that may be an id or a name."""
        by_name = self.switches["digits_name"] != "id_only" or not segment.isdigit()
        steps = [self._by_id, self._by_name] if by_name else [self._by_id]
        if self.switches["digits_name"] == "name_then_id":
            steps.reverse()
        for step in steps:
            found = step(segment)
            if found is not None:
                return found
        raise not_found(self.switches, "Computer")

    def _by_id(self, segment: str) -> Computer | None:
        is_number = segment.isascii() and segment.isdigit() and len(segment) <= MOST_DIGITS
        return self.computers.get(int(segment)) if is_number else None

    def _by_name(self, segment: str) -> Computer | None:
        rows = self.computers.descending() if self.switches["duplicate_name"] == "newest" else self.computers.ascending()
        return next((row for row in rows if row.name.lower() == segment.lower()), None)

    def computers_of(self, user: str) -> Iterator[Computer]:
        return (
            row for row in self.computers if user.lower() in ((row.owner_account or "").lower(), (row.owner_name or "").lower())
        )

    # --- what calls do

    def approve(self, elevation: Elevation, email: str | None) -> bool:
        """Approve what waits; tells whether anything changed."""
        if not self._may_decide(elevation):
            return False
        elevation.status, elevation.decided_at = Status.OPEN, self.clock.now()
        elevation.approved_by, elevation.approved_by_email = self._decider(email)
        self.touch(elevation)
        return True

    def deny(self, elevation: Elevation, email: str | None, reason: str | None) -> bool:
        """Deny what waits; tells whether anything changed."""
        if not self._may_decide(elevation):
            return False
        elevation.status, elevation.decided_at = Status.DENIED, self.clock.now()
        elevation.denied_by, elevation.denied_by_email = self._decider(email)
        elevation.denied_reason = reason
        self.touch(elevation)
        return True

    def _may_decide(self, elevation: Elevation) -> bool:
        """True if the decision takes effect, False if nothing happens; how nothing happens is a switch."""
        if elevation.status is Status.PENDING:
            return True
        answer = self.switches[_DECIDE_SWITCH[elevation.status]]
        if answer in ("400", "409"):
            raise AbrError(int(answer), "The request is already closed")
        return answer == "takes_effect"

    def _decider(self, email: str | None) -> tuple[str | None, str | None]:
        """Full name and e-mail of a portal user; anything else is silently ignored."""
        user = self.portal_users.get((email or "").strip().lower())
        if user:
            return user.full_name, user.email
        return (None if self.switches["anonymous_decider"] == "null" else str(self.switches["anonymous_decider"])), None

    def issue_pin(self, computer: Computer, pin_type: str, pin1: str | None) -> str:
        """A PIN, and the event that tells of it: this GET has a side effect."""
        uninstall = pin_type.lower() == "uninstallpin"
        if not uninstall and (pin_type.lower() != "challenge" or not _PIN1.fullmatch(pin1 or "")):
            raise AbrError(self.switches.number("pin_error_status"), "General error")
        digits = self.switches.number("pin_digits")
        pin = str(self.random.randrange(10 ** (digits - 1), 10**digits))
        code = UNINSTALL_PIN_EVENT if uninstall else CHALLENGE_PIN_EVENT
        self.add_event(
            Event(
                0,
                code,
                self.clock.now(),
                computer.utc_offset,
                computer.name,
                computer.owner_account,
                computer.owner_name,
            )
        )
        return pin

    def add_event(self, event: Event) -> Event:
        """Keep an event; one without id gets the next."""
        event.id = event.id or max(self.events.last_id, 88_120_000) + self.random.randint(1, 4)
        self.events.put(event.id, event)
        return event

    def whoami(self, url: str) -> dict[str, Any]:
        servers = sum(computer.is_server for computer in self.computers)
        expiry = (self.clock.now() + timedelta(days=200)).replace(hour=0, minute=0, second=0, microsecond=0)
        expiry_text = expiry.replace(tzinfo=None).isoformat()
        return {
            "tenantName": self.tenant,
            "apiUrl": url,
            "workstationSeats": 500,
            "workstationUsage": len(self.computers) - servers,
            "workstationExpiryDate": expiry_text,
            "serverSeats": 20,
            "serverUsage": servers,
            "serverExpiryDate": expiry_text,
        }
