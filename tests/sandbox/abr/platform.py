# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Admin By Request as a platform of the sandbox."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..clock import Clock
from ..platforms import Column, Platform
from ..reply import Receive, Reply, Scope, Send
from ..switches import Switchboard
from .api import build_api
from .control import build_control
from .desk import Desk
from .errors import AbrError
from .guard import Guard
from .openapi import document
from .queue import COLUMNS, queue_counts, queue_rows
from .seed import sow
from .switches import SWITCHES

#: the key that every example uses; valid under /abr
DEFAULT_KEY = "SANDBOX0-0000-4000-8000-ABRDEMO00001"
#: the key of the tenant in the other data centre; valid under /abr2 only
OTHER_KEY = "SANDBOX0-0000-4000-8000-ABRDEMO00002"

_FILTER_HEADERS = frozenset(
    (
        *("status", "startid", "take", "last", "wantscandetails", "approvedby", "deniedby", "reason", "type"),
        *("days", "startdate", "enddate", "deltatime", "code", "wantsoftware", "wantgroups", "pintype"),
    )
)


class AbrPlatform(Platform):
    """One data centre with one tenant."""

    title = "Admin By Request"
    harmless_headers = _FILTER_HEADERS

    def __init__(self, name: str, clock: Clock, tenant: str, key: str, seeded: bool) -> None:
        super().__init__(name, clock)
        self.seeded = seeded
        self.columns: tuple[Column, ...] = COLUMNS if seeded else ()
        self.switches = Switchboard(SWITCHES, self._switched)
        self.desk = Desk(tenant, clock, self.switches)
        self.guard = Guard(key, clock, self.switches)
        self.api = build_api(self.desk)

    @classmethod
    def home(cls, clock: Clock) -> AbrPlatform:
        """The tenant with the example data."""
        return cls("abr", clock, "Northwind", DEFAULT_KEY, seeded=True)

    @classmethod
    def other_data_centre(cls, clock: Clock) -> AbrPlatform:
        """Another data centre: another, empty tenant, where the default key is not known."""
        return cls("abr2", clock, "Southwind", OTHER_KEY, seeded=False)

    def _switched(self) -> None:
        self.desk.rekey_auditlog()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Key and quota first, then the API."""
        try:
            self.guard.admit(scope)
        except AbrError as error:
            await error.reply().send(send)
            return
        if self.switches["trailing_slash"] == "tolerated" and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/")
        await self.api(scope, receive, send)

    def reset(self, seed: str) -> None:
        self.switches.reset()
        self.guard.reset()
        sow(self.desk, demo=self.seeded and seed == "demo")

    def state(self) -> dict[str, Any]:
        switches = self.switches
        return {
            "requests": [row.request_view(switches, scan_details=True) for row in self.desk.requests],
            "auditlog": [row.audit_view(switches, scan_details=True) for row in self.desk.auditlog],
            "events": [row.view() for row in self.desk.events],
            "computers": [row.view(switches, software=True, groups=True) for row in self.desk.computers],
            "portal_users": [{"email": user.email, "fullName": user.full_name} for user in self.desk.portal_users.values()],
        }

    def auth_failure(self) -> Reply:
        return self.guard.failure().reply()

    def openapi(self) -> dict[str, Any]:
        return document(self.prefix, self.guard.default_key)

    def rows(self) -> list[dict[str, Any]]:
        return queue_rows(self.desk)

    def counts(self) -> dict[str, int]:
        return queue_counts(self.desk)

    def control(self) -> APIRouter:
        return build_control(self.desk, self.guard)
