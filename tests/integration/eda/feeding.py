# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the source in this process, with a queue that keeps the events and a clock that does not wait."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from integration.support.sandbox import (
    DWP_PASSWORD,
    DWP_USER,
    KEY,
    SDP_CLIENT_ID,
    SDP_CLIENT_SECRET,
    SDP_REFRESH_TOKEN,
    Sandbox,
)

from ansible_collections.deskops.itsm.extensions.eda.plugins.polling.arguments import OPTIONS, settings_of
from ansible_collections.deskops.itsm.extensions.eda.plugins.polling.reader import Reader
from ansible_collections.deskops.itsm.extensions.eda.plugins.polling.source import Source
from ansible_collections.deskops.itsm.plugins.module_utils.surface.connect import secrets_of
from ansible_collections.deskops.itsm.plugins.module_utils.surface.masking import Mask

# A loaded machine may take its time; nothing here is about speed.
PATIENCE = 60.0

Event = dict[str, Any]


def abr(sandbox: Sandbox, **args: Any) -> dict[str, Any]:
    """Arguments of a source of Admin By Request."""
    return {"platform": "admin_by_request", "url": sandbox.abr_url, "api_key": KEY, "retries": 0, **args}


def dwp(sandbox: Sandbox, **args: Any) -> dict[str, Any]:
    return {
        "platform": "bmc_dwp",
        "url": sandbox.dwp_url,
        "username": DWP_USER,
        "password": DWP_PASSWORD,
        "retries": 0,
        **args,
    }


def sdp(sandbox: Sandbox, **args: Any) -> dict[str, Any]:
    return {
        "platform": "sdp_cloud",
        "url": sandbox.sdp_url,
        "accounts_url": sandbox.sdp_accounts_url,
        "client_id": SDP_CLIENT_ID,
        "client_secret": SDP_CLIENT_SECRET,
        "refresh_token": SDP_REFRESH_TOKEN,
        "retries": 0,
        **args,
    }


class Feed:
    """A running source: the events it has put, and the pauses it has asked for."""

    def __init__(self, *, room: int | None = None, on_pause: Callable[[], None] | None = None) -> None:
        self.events: list[Event] = []
        self.pauses: list[float] = []
        self._room = room
        self._on_pause = on_pause

    async def put(self, event: Event, /) -> None:
        """The queue's part: an event has to be plain data, and a full queue takes none."""
        if self._room is not None and len(self.events) >= self._room:
            await asyncio.Event().wait()
        self.events.append(json.loads(json.dumps(event)))

    async def sleep(self, seconds: float) -> None:
        """Time flies, but the others have their turn."""
        self.pauses.append(seconds)
        if self._on_pause:
            self._on_pause()
        await asyncio.sleep(0.005)

    @property
    def ids(self) -> list[str]:
        """The requests that were handed over, in their order."""
        return [request["id"] for event in self.events for request in event.get("requests") or [event["request"]]]

    async def until(self, holds: Callable[[], bool]) -> None:
        gives_up_at = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < gives_up_at, f"{len(self.events)} events, {len(self.pauses)} polls"
            await asyncio.sleep(0.01)

    async def polls(self, count: int = 1) -> None:
        """Wait until so many more polls are through."""
        wanted = len(self.pauses) + count + 1
        await self.until(lambda: len(self.pauses) >= wanted)


def source_of(args: dict[str, Any], feed: Feed, **options: Any) -> Source:
    """The source as main() makes it, but for the clock."""
    environ = dict(os.environ)
    settings = settings_of(args, environ)
    mask = Mask(secrets_of(OPTIONS, args, environ))
    reader = Reader(settings, environ, hide=mask.hide, trace=lambda line: None, warn=lambda text: None)
    return Source(settings, feed, reader, mask, sleep=feed.sleep, **options)


@contextlib.asynccontextmanager
async def running(args: dict[str, Any], feed: Feed | None = None, **options: Any) -> AsyncIterator[Feed]:
    """The source, until the block ends. An error of the source is one of the block."""
    feed = feed or Feed()
    task = asyncio.create_task(source_of(args, feed, **options).run())
    body = asyncio.current_task()
    task.add_done_callback(lambda done: body.cancel() if body and not done.cancelled() and done.exception() else None)
    try:
        yield feed
    except asyncio.CancelledError:
        if not task.done() or task.cancelled():
            raise
    finally:
        if not task.done():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def first_events(args: dict[str, Any], *, polls: int = 1, **options: Any) -> list[Event]:
    """What the first polls come to."""
    async with running(args, **options) as feed:
        await feed.polls(polls)
    return feed.events
