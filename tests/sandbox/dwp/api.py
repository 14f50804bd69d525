# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application: all endpoints of the document, without authentication (see ``platform``)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from ..reply import Reply
from ..routing import allowed_methods
from .api_catalog import add_catalog
from .api_comments import add_comments
from .api_opinions import add_opinions
from .api_orders import add_orders
from .api_requests import add_requests
from .api_transfer import add_transfer
from .catalog import Catalog
from .errors import UNKNOWN_SYSTEM_ERROR, ApiError, reply_of
from .guard import BASE, LOGIN, Guard
from .incoming import response
from .orders import OrderDesk
from .params import Body, parse_json
from .views import Views


def build_api(catalog: Catalog, desk: OrderDesk, guard: Guard) -> FastAPI:
    """Paths of more words come before those with an id in their place."""
    api = FastAPI(title="Digital Workplace Catalog", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    views = Views(catalog)
    _add_login(api, catalog, guard)
    add_requests(api, catalog, views)
    add_comments(api, catalog, views)
    add_orders(api, catalog, views, desk)
    add_transfer(api, catalog)
    add_catalog(api, catalog, views)
    add_opinions(api, catalog, views)

    @api.exception_handler(ApiError)
    async def on_error(request: Request, error: ApiError) -> Response:
        return response(reply_of(error, below_base(request.scope["path"], catalog.name), catalog.switches))

    @api.exception_handler(HTTPException)
    async def on_routing_error(request: Request, error: HTTPException) -> Response:
        headers = {"Allow": allowed_methods(api, request.scope)} if error.status_code == 405 else None
        view: dict[str, Any] = {
            "messageType": "ERROR",
            "messageNumber": UNKNOWN_SYSTEM_ERROR,
            "messageText": "Unknown system error",
            "appendedText": f"HTTP {error.status_code} {error.detail}",
        }
        return response(Reply.json(error.status_code, view, headers))

    return api


def below_base(path: str, name: str) -> str:
    """The path of a call without the prefix of platform and API."""
    return path.removeprefix(f"/{name}").removeprefix(BASE)


def _add_login(api: FastAPI, catalog: Catalog, guard: Guard) -> None:
    @api.post(BASE + LOGIN)
    async def log_in(request: Request) -> Response:
        body = Body(parse_json(await request.body(), catalog.switches), catalog.switches)
        login, password = body.needed("id"), body.needed("password")
        body.done()
        return response(guard.login_reply(guard.login(login, password)))
