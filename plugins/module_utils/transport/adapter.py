# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that keep a deadline. Private to the collection.

The time-out of a socket starts anew with every byte, so a server that trickles could hold a task for hours. Here each
wait for a piece of an answer, head or body, lasts no longer than the call that waits may take as a whole.
"""

from __future__ import annotations

import functools
import http.client
import io
import threading
from collections.abc import Callable
from typing import Any

from ._requests import HTTPAdapter, urllib3

TimeLeft = Callable[[], float]

_of_this_thread = threading.local()


class _Bounded(io.RawIOBase):
    """The receiving end of a socket, until time is up."""

    def __init__(self, raw: Any, sock: Any, time_left: TimeLeft) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._time_left = time_left
        self._timeout = sock.gettimeout()
        self.at_end = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._time_left()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left if self._timeout is None else min(left, self._timeout))
        count: int | None = self._raw.readinto(buffer)
        self.at_end = count == 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._receiver = _Bounded(self.fp.detach(), sock, _of_this_thread.time_left)
        self.fp: Any = io.BufferedReader(self._receiver)

    def begin(self) -> None:
        super().begin()
        if self._receiver.at_end:
            # Python takes a head that is cut off for a complete one without a body.
            raise http.client.IncompleteRead(b"")


class Adapter(HTTPAdapter):  # type: ignore[misc, unused-ignore]
    """The adapter of C(requests) over such connections."""

    def send_until(self, request: Any, time_left: TimeLeft, **options: Any) -> Any:
        """Send a prepared request; the answer's body is not read yet, and can be only until no time is left."""
        _of_this_thread.time_left = time_left
        return self.send(request, stream=True, **options)

    def build_response(self, req: Any, resp: Any) -> Any:
        """The answer as it is: nobody asks for its cookies, its history or its encoding."""
        return resp

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _pool_classes()

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if "socks" not in proxy.partition(":")[0]:
            manager.pool_classes_by_scheme = _pool_classes()
        return manager


@functools.cache
def _pool_classes() -> dict[str, Any]:
    """The pools of C(urllib3), with connections that answer with the class above."""
    classes = {}
    for scheme, pool in (("http", urllib3.HTTPConnectionPool), ("https", urllib3.HTTPSConnectionPool)):
        connection = type("Connection", (pool.ConnectionCls,), {"response_class": _Response})
        classes[scheme] = type("ConnectionPool", (pool,), {"ConnectionCls": connection})
    return classes
