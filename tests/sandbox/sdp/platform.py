# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ServiceDesk Plus Cloud as a platform of the sandbox."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..clock import Clock
from ..platforms import Column, Platform
from ..reply import Receive, Reply, Scope, Send
from ..routing import route_template
from ..switches import Switchboard
from .accounts import Accounts
from .api import SCOPE_CALLER, build_api
from .api_accounts import SPACE
from .control import build_control
from .desk import Desk
from .errors import SdpError
from .guard import Guard, Refused
from .incoming import failure
from .live import COLUMNS, live_counts, live_rows
from .openapi import document
from .paths import below_prefix
from .records import Records
from .seed import sow
from .seed_people import CREDENTIALS, OWNER
from .state import whole_state
from .switches import SWITCHES


class SdpPlatform(Platform):
    """One data centre with one tenant, and its accounts server."""

    title = "ServiceDesk Plus Cloud"
    login_paths = ("/oauth/v2/token", "/oauth/v2/token/revoke")

    def __init__(self, name: str, clock: Clock, prefix: int, seeded: bool) -> None:
        super().__init__(name, clock)
        self.seeded = seeded
        self.columns: tuple[Column, ...] = COLUMNS if seeded else ()
        self.switches = Switchboard(SWITCHES)
        self.desk = Desk(name, prefix, clock, self.switches)
        self.records = Records(self.desk)
        self.accounts = Accounts(clock, self.switches)
        self.guard = Guard(self.desk, self.accounts)
        self.api = build_api(self.records, self.guard, self.accounts, OWNER)

    @classmethod
    def home(cls, clock: Clock) -> SdpPlatform:
        """The tenant with the example data."""
        return cls("sdp", clock, 987_060_000_000, seeded=True)

    @classmethod
    def other_data_centre(cls, clock: Clock) -> SdpPlatform:
        """Another data centre: other clients, other tokens, other ids, and no requests."""
        return cls("sdp2", clock, 654_320_000_000, seeded=False)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The accounts server is open; the API wants a token."""
        if not scope["path"].startswith(f"{self.prefix}{SPACE}/"):
            try:
                scope[SCOPE_CALLER] = self.guard.admit(scope)
            except (SdpError, Refused) as error:
                await self._refusal(error).send(send)
                return
            self._respell(scope)
        await self.api(scope, receive, send)

    def _respell(self, scope: Scope) -> None:
        below = below_prefix(scope["path"].removeprefix(self.prefix), self.switches)
        scope["path"] = self.prefix + below

    def _refusal(self, error: SdpError | Refused) -> Reply:
        if isinstance(error, Refused):
            return error.reply
        return failure(self.switches, error)

    def route(self, scope: Scope) -> str | None:
        """Portal or not, the route is the same."""
        spelled = dict(scope)
        if not spelled["path"].startswith(f"{self.prefix}{SPACE}/"):
            self._respell(spelled)
        template = route_template(self.api, spelled)
        return template and self.prefix + template

    def reset(self, seed: str) -> None:
        self.switches.reset()
        self.guard.reset()
        self.accounts.reset()
        CREDENTIALS[self.name].grant(self.accounts)
        sow(self.records, demo=self.seeded and seed == "demo")

    def state(self) -> dict[str, Any]:
        return whole_state(self.records)

    def auth_failure(self) -> Reply:
        return self._refusal(self.guard.failure())

    def openapi(self) -> dict[str, Any]:
        return document(self.prefix)

    def rows(self) -> list[dict[str, Any]]:
        return live_rows(self.records)

    def counts(self) -> dict[str, int]:
        return live_counts(self.records)

    def control(self) -> APIRouter:
        return build_control(self.records, self.accounts)
