# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads requests. All of it blocks, and belongs into a thread. Private to the collection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from ansible_collections.deskops.itsm.plugins.module_utils.surface.connect import OF_SETTINGS, Surroundings, connect
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import DeskError, OptionError
from ansible_collections.deskops.itsm.plugins.module_utils.transport.pool import shared_pool
from ansible_collections.deskops.itsm.plugins.module_utils.transport.settings import HttpSettings, checked_url
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.parallel import HOPELESS
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Context

from .arguments import Settings, query_params
from .backoff import is_wrong
from .memory import Record

PLATFORMS = "ansible_collections.deskops.itsm.plugins.module_utils.platforms"


class Stopped(Exception):
    """The source is being shut down: what was under way is of no interest any more."""


class Reader:
    """Requests of one connection, as the module request_info reads them. The connection can only read.

    Args:
        settings: what to read from where.
        environ: the environment.
        hide: is told every secret that is learned on the way.
        trace: takes a line for each call.
        warn: takes warnings.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        *,
        hide: Callable[[str], None],
        trace: Callable[[str], None],
        warn: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._trace = trace
        self._warn = warn
        self._stopping = threading.Event()
        # When a refused login is tried again is for the source to say.
        self._surroundings = Surroundings(
            environ, check_mode=True, warn=warn, hide=hide, trace=self._after_call, keeps_refusals=False
        )
        self._platform: Any = None
        platform = import_module(f"{PLATFORMS}.{settings.platform}")
        self.url = checked_url(platform.base_url(settings.connection), allow_http=settings.connection["allow_http"])
        # It calls nothing yet.
        self._check_include(connect(settings.connection, self._surroundings).includes)

    def listed(self, states: Iterable[str] | None, bounds: Mapping[str, Any]) -> list[Record]:
        """All requests in these states (C(None): in all) that fit the filters, within the bounds."""
        status = None if states is None else sorted(states)
        return self._run({**self._settings.query, **bounds, "status": status})

    def newest(self, count: int) -> list[Record]:
        """The newest requests, whatever they are about."""
        states = self._settings.listed_states
        return self._run({"last": count, "status": None if states is None else sorted(states)})

    def details(self, records: list[Record]) -> tuple[list[Record], dict[str, DeskError]]:
        """The requests with what has to be read for each of them, and why it could not be read, by the request's id.

        Those that are gone are in neither.

        Raises:
            DeskError: the fault is that of the connection and not of single requests.
        """
        if not self._settings.include or not records:
            return records, {}
        try:
            return self._detailed(records), {}
        except HOPELESS:
            raise
        except DeskError as error:
            alone = len(records) == 1
            detailed, failed = ([], {records[0]["id"]: error}) if alone else self._one_by_one(records)
        passing = [error for error in failed.values() if not is_wrong(error)]
        # A server that has trouble has it with all of them.
        if not detailed and passing:
            raise passing[0]
        return detailed, failed

    def _one_by_one(self, records: list[Record]) -> tuple[list[Record], dict[str, DeskError]]:
        detailed: list[Record] = []
        failed: dict[str, DeskError] = {}
        for record in records:
            try:
                detailed += self._detailed([record])
            except HOPELESS:
                raise
            except DeskError as error:
                failed[record["id"]] = error
        return detailed, failed

    def _detailed(self, records: list[Record]) -> list[Record]:
        ids = [record["id"] for record in records]
        return self._run({"request_ids": ids, "include": [*self._settings.include]})

    def forget_session(self) -> None:
        """Log in anew at the next call: a refused login is not tried again by itself."""
        self._platform = None

    def stop(self) -> None:
        """Let the reading thread end with the call that is under way."""
        self._stopping.set()

    def close(self) -> None:
        """Close the connections."""
        if self._platform is not None:
            options = {name: self._settings.connection[name] for name in OF_SETTINGS}
            shared_pool(HttpSettings(url=self.url, **options), self._environ).close()

    def _check_include(self, known: Iterable[str]) -> None:
        if foreign := set(self._settings.include) - set(known):
            words, allowed = ", ".join(sorted(foreign)), ", ".join(sorted(known))
            raise OptionError(f"include: {self._settings.platform} has no {words}", hint=f"Allowed are: {allowed}")

    def _run(self, params: Mapping[str, Any]) -> list[Record]:
        self._check_stop()
        if self._platform is None:
            self._platform = connect(self._settings.connection, self._surroundings)
        context = Context(
            platform=self._platform,
            params=query_params(params),
            check_mode=True,
            concurrency=self._settings.connection["concurrency"],
            warn=self._warn,
        )
        return REQUEST_INFO.run(context).records

    def _after_call(self, line: str) -> None:
        self._trace(line)
        self._check_stop()

    def _check_stop(self) -> None:
        if self._stopping.is_set():
            raise Stopped
