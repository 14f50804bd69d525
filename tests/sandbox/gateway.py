# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a call: log it, let faults strike, ask the platform, send the reply."""

from __future__ import annotations

from .calllog import CallLog
from .faults import Exchange, FaultBook
from .platforms import Platform
from .reply import ClientGone, Receive, Scope, Send, read_body


class Gateway:
    """Everything that happens around a platform's own answer."""

    def __init__(self, log: CallLog, faults: FaultBook) -> None:
        self.log = log
        self.faults = faults

    async def serve(self, platform: Platform, scope: Scope, receive: Receive, send: Send) -> None:
        scope["root_path"] = platform.prefix
        call = self.log.begin(platform.name, scope, platform.harmless_headers)
        try:
            body = await read_body(receive)
            call.keep_body(body, only_names=platform.holds_credentials(call.path))
            exchange = Exchange(platform, scope, body, receive, send)
            strikes = self.faults.strikes(call.platform, call.method, call.path)
            if strikes:
                await exchange.suffer(strikes)
            else:
                await exchange.reply(await exchange.answer())
        except ClientGone:
            call.finish(None)
        finally:
            self.log.end()
