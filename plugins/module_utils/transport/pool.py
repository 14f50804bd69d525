# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kept-alive connections, shared by the threads of a task and by the items of a loop. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ._requests import requests, urllib3
from .adapter import Adapter, TimeLeft
from .retry import Clock, Gate
from .settings import HttpSettings, resolved

USER_AGENT = "deskops.itsm"


class Pool:
    """An adapter of C(requests) with as many connections as calls may run at the same time, and no more.

    There is no session: that would follow redirects, keep cookies, read the user's netrc file and answers of any size.

    C(memory) is for what one item of a loop has learned and the next would ask again; it ends with the task.

    Args:
        settings: the settings, resolved: neither the environment nor the user's netrc file is consulted any more.
    """

    def __init__(self, settings: HttpSettings) -> None:
        self.clock = Clock()
        self.gate = Gate(self.clock)
        self.memory: dict[str, dict[str, Any]] = {}
        self._headers = {**requests.utils.default_headers(), "User-Agent": USER_AGENT, "Accept": "application/json"}
        proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else {}
        self._way = {"verify": settings.verify, "proxies": proxies}
        self._adapter = Adapter(pool_connections=4, pool_maxsize=settings.concurrency, pool_block=True)
        if not settings.validate_certs:
            # The user asked for it; a warning at each task would only bury others.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def prepare(
        self,
        method: str,
        url: str,
        auth: Any,
        *,
        params: Any = None,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        json: Any = None,
    ) -> Any:
        """A request as it will be sent, credentials included. Cookies are not among what is sent."""
        request = requests.PreparedRequest()
        request.prepare_method(method)
        request.prepare_url(url, params)
        request.prepare_headers({**self._headers, **(headers or {})})
        request.prepare_body(data, None, json)
        request.prepare_auth(auth, url)
        return request

    def send(self, request: Any, *, timeout: float, time_left: TimeLeft) -> Any:
        """The answer as C(urllib3) has it, its body not yet read. It has to be given back."""
        return self._adapter.send_until(request, time_left, timeout=timeout, **self._way)

    def give_back(self, response: Any) -> None:
        """Be done with an answer, whether it was read to its end or not: others wait for its place among the connections."""
        response.close()
        response.release_conn()

    def close(self) -> None:
        """End all connections; for processes that go on without them."""
        self._adapter.close()


_pools: dict[tuple[int, HttpSettings], Pool] = {}


def shared_pool(settings: HttpSettings, environ: Mapping[str, str]) -> Pool:
    """The pool of these settings in this process: made once, found again by the next item of a loop.

    A forked process must not talk over its parent's sockets, hence the process id in the key.
    """
    key = (os.getpid(), resolved(settings, environ))
    if key not in _pools:
        _pools[key] = Pool(key[1])
    return _pools[key]
