# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digital Workplace Catalog as a platform of the sandbox."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ..clock import Clock
from ..platforms import Column, Platform
from ..reply import Receive, Reply, Scope, Send
from ..switches import Switchboard
from .api import below_base, build_api
from .catalog import Catalog
from .control import build_control
from .errors import ApiError, reply_of
from .guard import BASE, LOGIN, SCOPE_USER, SIGN_ON_PAGE, Guard
from .live import COLUMNS, live_counts, live_rows
from .openapi import document
from .orders import OrderDesk
from .seed import sow
from .state import whole_state
from .switches import SWITCHES
from .views import Views
from .workflow import Workflow

_SIGN_ON = "/sso"


class DwpPlatform(Platform):
    """One catalog with its accounts."""

    title = "Digital Workplace Catalog"
    harmless_headers = frozenset({"default-bundle-scope"})
    login_paths = (LOGIN,)

    def __init__(self, name: str, clock: Clock, other: bool) -> None:
        super().__init__(name, clock)
        self.other = other
        self.columns: tuple[Column, ...] = () if other else COLUMNS
        self.switches = Switchboard(SWITCHES)
        self.catalog = Catalog(name, clock, self.switches)
        self.workflow = Workflow(self.catalog)
        self.guard = Guard(name, clock, self.switches, self.catalog.find_user)
        self.views = Views(self.catalog)
        self.api = build_api(self.catalog, OrderDesk(self.catalog, self.workflow), self.guard)

    @classmethod
    def home(cls, clock: Clock) -> DwpPlatform:
        """The catalog with the example data."""
        return cls("dwp", clock, other=False)

    @classmethod
    def other_catalog(cls, clock: Clock) -> DwpPlatform:
        """Another catalog with the same accounts, fewer services and other ids: where services are promoted to."""
        return cls("dwp2", clock, other=True)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Token first, then the common headers, then the API."""
        self.workflow.tick()
        refusal = self._refuse(scope)
        if refusal is not None:
            await refusal.send(send)
        else:
            await self.api(scope, receive, send)

    def _refuse(self, scope: Scope) -> Reply | None:
        path: str = scope["path"]
        if path == self.prefix + _SIGN_ON:
            return Reply.of(200, SIGN_ON_PAGE.encode(), "text/html; charset=UTF-8")
        if path != self.prefix + BASE + LOGIN:
            user = self.guard.user_of(scope)
            if user is None:
                return self.guard.failure()
            scope[SCOPE_USER] = user
        below = below_base(path, self.name)
        try:
            self.guard.check_headers(scope, below)
        except ApiError as error:
            return reply_of(error, below, self.switches)
        return None

    def reset(self, seed: str) -> None:
        self.switches.reset()
        self.guard.reset()
        self.workflow.clear()
        sow(self.catalog, demo=seed == "demo", other=self.other)

    def state(self) -> dict[str, Any]:
        self.workflow.tick()
        return whole_state(self.catalog, self.views)

    def auth_failure(self) -> Reply:
        return self.guard.failure()

    def openapi(self) -> dict[str, Any]:
        return document(self.prefix)

    def rows(self) -> list[dict[str, Any]]:
        self.workflow.tick()
        return live_rows(self.catalog, self.views)

    def counts(self) -> dict[str, int]:
        self.workflow.tick()
        return live_counts(self.catalog)

    def control(self) -> APIRouter:
        return build_control(self.catalog, self.guard, self.workflow, self.views)
