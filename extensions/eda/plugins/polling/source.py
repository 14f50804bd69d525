# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The source: polls in a thread, puts events into the queue, remembers. Private to the collection."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import hashlib
import json
import logging
import os
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol, TypeVar

from ansible_collections.deskops.itsm.plugins.module_utils.surface.connect import secrets_of
from ansible_collections.deskops.itsm.plugins.module_utils.surface.masking import Mask
from ansible_collections.deskops.itsm.plugins.module_utils.transport._requests import IMPORT_ERROR
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import AuthError, DeskError, OptionError

from .arguments import ABR, OPTIONS, Settings, settings_of
from .backoff import Backoff
from .memory import IdPosition, Memory, Record, TimePosition
from .reader import Reader, Stopped
from .state_file import State, StateFile

Result = TypeVar("Result")
Sleep = Callable[[float], Awaitable[Any]]

FEEDBACK_QUEUE = "eda_feedback_queue"
# How long an earlier process may take to end before it is taken for another source.
LOCK_SECONDS = 10.0
# A long list is handed over for as long as the rules take; what has got through is written down meanwhile.
SAVE_SECONDS = 5.0
# What has to be read for each request is read for so many of them before they are handed over.
DETAILED_AT_ONCE = 50
TENANT = ("url", "data_center", "portal", "username", "client_id")

logger = logging.getLogger("deskops.itsm.requests")


class Queue(Protocol):
    """Where events go."""

    async def put(self, item: dict[str, Any], /) -> None:
        """Wait until there is room, and leave the event."""


class SourceError(Exception):
    """The source has come to an end. The message holds no secrets."""


class Worker:
    """The one thread in which all that blocks is done."""

    def __init__(self) -> None:
        self._executor = concurrent.futures.ThreadPoolExecutor(max_workers=1, thread_name_prefix="deskops.itsm.requests")
        self._running: concurrent.futures.Future[Any] | None = None

    async def do(self, work: Callable[..., Result], *args: Any) -> Result:
        running = self._executor.submit(work, *args)
        self._running = running
        return await asyncio.wrap_future(running)

    async def join(self) -> None:
        """Wait for what is under way, which nobody waits for any more, and end the thread."""
        try:
            if self._running is not None and not self._running.cancelled():
                await asyncio.gather(asyncio.wrap_future(self._running), return_exceptions=True)
        finally:
            self._executor.shutdown(wait=False)


async def run(queue: Queue, args: Mapping[str, Any]) -> None:
    """Run the source until it is cancelled.

    Raises:
        SourceError: there is no sense in going on. The message says what to do and holds no secrets.
    """
    arguments = dict(args)
    feedback = arguments.pop(FEEDBACK_QUEUE, None)
    environ = dict(os.environ)
    mask = Mask(secrets_of(OPTIONS, arguments, environ))
    try:
        if IMPORT_ERROR:
            raise OptionError("The Python library requests is missing", hint="Install it where ansible-rulebook runs")
        settings = settings_of(arguments, environ)
        reader = Reader(
            settings,
            environ,
            hide=mask.hide,
            trace=lambda line: logger.debug("%s", mask(line)),
            warn=lambda text: logger.warning("%s", mask(text)),
        )
        await Source(settings, queue, reader, mask, feedback=feedback).run()
    except DeskError as error:
        raise SourceError(mask(str(error))) from None
    except Exception as error:
        logger.error("%s", mask(traceback.format_exc()))
        raise SourceError(mask(f"{type(error).__name__}: {error}")) from None


class Source:
    """One source of events.

    Args:
        settings: what was asked for.
        queue: where events go.
        reader: reads requests, in the thread.
        mask: takes secrets out of messages and events.
        feedback: where the rule engine confirms each event, if it does.
        sleep: waits.
    """

    def __init__(
        self,
        settings: Settings,
        queue: Queue,
        reader: Reader,
        mask: Mask,
        *,
        feedback: asyncio.Queue[Any] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._queue = queue
        self._reader = reader
        self._mask = mask
        self._feedback = feedback if settings.feedback else None
        self._sleep = sleep
        self._worker = Worker()
        self._file = StateFile(settings.state_path) if settings.state_path else None
        self._memory = Memory(
            emit=settings.emit,
            remember=settings.remember,
            sweeps=settings.sweep_every > 0,
            repeat_after=settings.repeat_after,
        )
        self._position: IdPosition | TimePosition = (
            IdPosition(settings.bounds, window=settings.window)
            if settings.platform == ABR
            else TimePosition(settings.bounds, overlap=settings.overlap)
        )
        self._backoff = Backoff(first=settings.interval, longest=settings.longest_pause)
        self._is_begun = False
        self._is_dirty = False
        self._saved_at = 0.0
        self._swept_at: float | None = None
        # Requests whose details could not be read the last time.
        self._unreadable: set[str] = set()

    async def run(self) -> None:
        """Poll until cancelled; then let the thread end, close the connections and write down what was handed over."""
        try:
            await self._start()
            while True:
                await self._sleep(await self._cycle())
        finally:
            await self._end()

    # -- beginning and end ----------------------------------------------------------------------------------------------

    async def _start(self) -> None:
        if self._file is None:
            return
        gives_up_at = time.monotonic() + LOCK_SECONDS
        while not await self._worker.do(self._file.lock):
            if time.monotonic() > gives_up_at:
                hint = "Give each source a file of its own"
                raise OptionError(f"state_path: {self._settings.state_path} is in use by another source", hint=hint)
            await self._sleep(0.5)
        state = await self._worker.do(self._file.load)
        if state is None:
            return
        if state.account != self._account:
            logger.warning("state_path: the file belongs to another tenant or other filters; the source begins anew")
            return
        self._memory.restore(state.sent, replay=self._settings.replay)
        self._position.value = state.position
        self._is_begun = True
        logger.info("Continues from %s, with %d requests known", state.position, len(state.sent))

    async def _end(self) -> None:
        self._reader.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await self._worker.join()
        try:
            self._reader.close()
        finally:
            if self._file is not None:
                if self._is_dirty:
                    self._write()
                self._file.unlock()

    @property
    def _account(self) -> str:
        """What the memory is about, as a digest."""
        connection = self._settings.connection
        tenant = [self._settings.platform, *(connection.get(name) for name in TENANT)]
        asked = [sorted(self._settings.states), self._settings.query, self._settings.bounds]
        return hashlib.sha256(json.dumps([tenant, asked], sort_keys=True, default=str).encode()).hexdigest()[:32]

    async def _save(self) -> None:
        if self._file is not None and self._is_dirty:
            await self._worker.do(self._write)
        self._saved_at = time.monotonic()

    def _write(self) -> None:
        """A full disk is no reason to stop: what is not written down is handed over again after a restart."""
        if self._file is None:
            return
        try:
            self._file.save(State(self._account, self._position.value, self._memory.dump()))
            self._is_dirty = False
        except OSError as error:
            logger.warning("state_path: the state could not be written (%s)", error.strerror)

    # -- a poll ---------------------------------------------------------------------------------------------------------

    async def _cycle(self) -> float:
        """Poll once; the seconds to wait before the next time."""
        started = time.monotonic()
        try:
            await self._poll()
        except DeskError as error:
            pause = self._backoff.after(error)
            logger.warning("%s. Next attempt in %.0f s", str(self._mask(str(error))).rstrip("."), pause)
            if isinstance(error, AuthError):
                self._reader.forget_session()
            return pause
        except Stopped:
            raise asyncio.CancelledError from None
        self._backoff.succeed()
        return max(0.0, self._settings.interval - (time.monotonic() - started))

    async def _poll(self) -> None:
        await self._begin()
        is_sweep = self._is_sweep_due()
        self._memory.begin_round(is_sweep=is_sweep)
        waiting = await self._listed(self._settings.waiting, self._position.first()) if is_sweep else []
        if is_sweep and self._settings.is_worklist:
            changed = waiting
        else:
            changed = await self._listed(self._settings.listed_states, self._position.next())
        fresh = self._fresh({record["id"]: record for record in (*waiting, *changed)}.values())
        self._unreadable &= {record["id"] for record in fresh}
        # What was handed over before, or cannot be read, must not keep others from their turn.
        fresh.sort(key=lambda record: (record["id"] in self._unreadable, self._memory.is_repeated(record)))
        now = fresh[: self._settings.limit]
        await self._detail_and_hand_over(now)
        # What is still to be handed over must be in the next list too.
        if len(now) == len(fresh) and not self._unreadable:
            before = self._position.value
            self._position.advance(changed)
            self._is_dirty = self._is_dirty or self._position.value != before
            self._memory.end_round(is_sweep=is_sweep)
            self._swept_at = time.monotonic() if is_sweep else self._swept_at
        await self._save()

    async def _listed(self, states: frozenset[str] | None, bounds: Mapping[str, Any]) -> list[Record]:
        return await self._worker.do(self._reader.listed, states, bounds)

    async def _begin(self) -> None:
        """The very first time: what only stays in its state is no event, unless the user has said from when on it is."""
        if self._is_begun or self._settings.is_worklist or self._settings.bounds:
            self._is_begun = True
            return
        if isinstance(self._position, IdPosition):
            known = await self._worker.do(self._reader.newest, self._settings.window)
            self._position.begin_at(known)
        else:
            self._position.begin_now()
            # Each poll looks back a little, the first one too.
            known = await self._listed(self._settings.listed_states, self._position.next())
        settled = self._settings.states - self._settings.waiting
        self._memory.note(record for record in known if record["state"] in settled)
        self._is_begun = self._is_dirty = True

    def _is_sweep_due(self) -> bool:
        """All that waits is listed at the start, after which nothing is taken for known that is not, and now and then."""
        if not self._settings.waiting:
            return False
        if self._swept_at is None:
            return True
        return 0 < self._settings.sweep_every <= time.monotonic() - self._swept_at

    def _fresh(self, records: Any) -> list[Record]:
        """Those that are to be handed over. Where the server does not filter, that is done here."""
        asked = [record for record in records if record["state"] in self._settings.states]
        self._memory.see(record for record in records if record["state"] not in self._settings.states)
        return [record for record in asked if self._memory.is_new(record)]

    async def _detail_and_hand_over(self, records: Sequence[Record]) -> None:
        """Read what else was asked for and hand over, piece by piece."""
        size = max(DETAILED_AT_ONCE, self._settings.batch or 0) if self._settings.include else len(records)
        for start in range(0, len(records), max(1, size)):
            piece = records[start : start + size]
            # Until they have been read; an error ends the poll here.
            self._unreadable.update(record["id"] for record in piece)
            detailed, failed = await self._worker.do(self._details, piece)
            self._unreadable.difference_update(record["id"] for record in piece if record["id"] not in failed)
            # While the details were read, somebody may have decided.
            await self._hand_over([record for record in detailed if record["state"] in self._settings.states])

    def _details(self, records: Sequence[Record]) -> tuple[list[Record], dict[str, DeskError]]:
        detailed, failed = self._reader.details([*records])
        for request_id, error in failed.items():
            text = str(self._mask(str(error))).rstrip(".")
            logger.warning("Request %s is left out until it can be read: %s", request_id, text)
        masked: list[Record] = self._mask(detailed)
        return masked, failed

    async def _hand_over(self, records: Sequence[Record]) -> None:
        """Put the requests into the queue; they count as handed over when they are in it, not before."""
        for some, event in self._events(records):
            await self._queue.put(event)
            if self._feedback is not None:
                await self._feedback.get()
            self._memory.note(some)
            self._is_dirty = True
            if time.monotonic() - self._saved_at > SAVE_SECONDS:
                await self._save()
            # A queue without bounds would never let the rule engine have its turn.
            await asyncio.sleep(0)

    def _events(self, records: Sequence[Record]) -> Iterator[tuple[list[Record], dict[str, Any]]]:
        """Events with the requests that they are made of."""
        platform = self._settings.platform
        marked = [((str(record["state"]), self._memory.is_repeated(record)), record) for record in records]
        if self._settings.batch is None:
            for (state, is_repeated), record in marked:
                yield [record], {"platform": platform, "state": state, "repeated": is_repeated, "request": record}
            return
        marked.sort(key=lambda entry: entry[0])
        for (state, is_repeated), group in groupby(marked, key=lambda entry: entry[0]):
            alike = [record for dummy, record in group]
            for start in range(0, len(alike), self._settings.batch):
                some = alike[start : start + self._settings.batch]
                event = {"platform": platform, "state": state, "repeated": is_repeated, "count": len(some), "requests": some}
                yield some, event
