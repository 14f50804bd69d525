# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call, as the handlers see it, and the answers they give."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from ..calllog import SCOPE_CALL
from ..reply import Reply, dump_json
from .catalog import Catalog
from .guard import SCOPE_USER
from .params import Body, Query, parse_json
from .records import User

_JSON = "application/json;charset=UTF-8"


class Incoming:
    """The caller, the query and the body of a call."""

    __slots__ = ("_catalog", "_request", "query", "user")

    def __init__(self, request: Request, catalog: Catalog) -> None:
        self._request = request
        self._catalog = catalog
        self.user: User = request.scope[SCOPE_USER]
        self.query = Query(request.scope, catalog.switches)

    def path(self, name: str) -> str:
        value: str = self._request.path_params[name]
        return value

    def header(self, name: str) -> str:
        return self._request.headers.get(name, "")

    async def raw(self) -> bytes:
        return await self._request.body()

    async def json(self) -> Any:
        return parse_json(await self.raw(), self._catalog.switches)

    async def body(self) -> Body:
        return Body(await self.json(), self._catalog.switches)

    def commit(self, changed: bool = True) -> None:
        """Tell the call log that the state was changed."""
        self._request.scope[SCOPE_CALL].committed = changed


def response(reply: Reply) -> Response:
    answer = Response(reply.body, reply.status)
    answer.raw_headers = reply.headers
    return answer


def answer(value: Any, status: int = 200) -> Response:
    """JSON."""
    return response(Reply.of(status, dump_json(value), _JSON))


def empty(status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return response(Reply.of(status, headers=headers))
