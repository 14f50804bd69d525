# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole sandbox as one ASGI application: platforms under their prefixes, control API, pages."""

from __future__ import annotations

from datetime import datetime

from .calllog import CallLog
from .clock import Clock
from .control import build_control
from .faults import FaultBook
from .gateway import Gateway
from .pages import Pages
from .platforms import Platform
from .registry import PLATFORMS
from .reply import Receive, Reply, Scope, Send

CONTROL_PREFIX = "/_sandbox"


class Sandbox:
    """State that spans the platforms, and the way a request takes."""

    def __init__(self, seed: str) -> None:
        self.clock = Clock()
        self.log = CallLog(self.clock)
        self.faults = FaultBook()
        self.platforms: dict[str, Platform] = {}
        for build in PLATFORMS:
            platform = build(self.clock)
            self.platforms[platform.name] = platform
        self._gateway = Gateway(self.log, self.faults)
        self._pages = Pages(self.platforms)
        self._control = build_control(self)
        self.reset(seed)

    def reset(self, seed: str, now: datetime | None = None) -> None:
        """Everything as at the start: clock, state, switches, quotas, faults, call log."""
        self.clock.set(now)
        self.faults.clear()
        self.log.clear()
        self.seed = seed
        for platform in self.platforms.values():
            platform.reset(seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        page = self._pages.find(path) if scope["method"] == "GET" else None
        if page is not None:
            await page.send(send)
            return
        head, _slash, _rest = path[1:].partition("/")
        if head == CONTROL_PREFIX[1:]:
            scope["root_path"] = CONTROL_PREFIX
            await self._control(scope, receive, send)
        elif head in self.platforms:
            await self._gateway.serve(self.platforms[head], scope, receive, send)
        else:
            await Reply.json(404, {"detail": f"nothing here; see /, {CONTROL_PREFIX}/health"}).send(send)
