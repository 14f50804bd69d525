# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application: the table of endpoints, and the accounts server beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from ..reply import Reply
from ..routing import allowed_methods
from .accounts import Accounts
from .actions import action_endpoints
from .api_accounts import add_accounts
from .desk import Caller
from .endpoints import Endpoint, record_endpoints
from .endpoints_more import more_endpoints
from .errors import INVALID_URL, Message, SdpError
from .guard import Guard, Refused, login_page
from .incoming import Call, failure, json_response, response
from .paths import BASE
from .records import Records

SCOPE_CALLER = "sandbox.sdp.caller"
#: routes with a word come before those with an id in its place
ENDPOINTS: tuple[Endpoint, ...] = (*action_endpoints(), *more_endpoints(), *record_endpoints())


def build_api(records: Records, guard: Guard, accounts: Accounts, owner: str) -> FastAPI:
    api = FastAPI(title="ServiceDesk Plus Cloud", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    switches = records.desk.switches
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    for path, methods in sorted(by_path.items(), key=_words_first):
        api.add_api_route(BASE + path, _handler(methods, records, guard), methods=list(methods))
    add_accounts(api, accounts, owner)

    def failed(error: SdpError) -> Response:
        return response(failure(switches, error))

    @api.exception_handler(SdpError)
    async def on_error(_request: Request, error: SdpError) -> Response:
        return failed(error)

    @api.exception_handler(Refused)
    async def on_refusal(_request: Request, error: Refused) -> Response:
        return response(error.reply)

    @api.exception_handler(HTTPException)
    async def on_routing_error(request: Request, error: HTTPException) -> Response:
        if switches["unknown_url"] == "html_401":
            return response(login_page(401))
        headers = {"Allow": allowed_methods(api, request.scope)} if error.status_code == 405 else None
        return failed(SdpError(Message(INVALID_URL, "Invalid URL"), status=error.status_code, headers=headers))

    return api


def _words_first(item: tuple[str, Any]) -> tuple[bool, int]:
    """Requests first, as they are called most; within paths of one length those without ids."""
    path = item[0]
    return (not path.startswith("/requests"), path.count("{"))


def _handler(methods: dict[str, Endpoint], records: Records, guard: Guard) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        endpoint = methods[request.method]
        caller: Caller = request.scope[SCOPE_CALLER]
        guard.check_scope(caller, endpoint.scope, endpoint.operation, endpoint.path)
        guard.count(endpoint.method, endpoint.path)
        answer = endpoint.run(Call(request.scope, await request.body(), records, caller, endpoint.chain))
        if isinstance(answer, Reply):
            return response(answer)
        created = endpoint.method == "POST" and endpoint.gives is not None
        status = records.desk.switches.number("created_status") if created else 200
        return response(json_response(records.desk.switches, status, answer))

    return run
