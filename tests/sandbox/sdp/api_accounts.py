# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of the accounts server: a space of their own, as it is another host."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from fastapi import FastAPI, Request, Response

from ..calllog import SCOPE_CALL
from ..reply import Reply
from .accounts import Accounts, TokenError
from .incoming import FORM, media_type, response

SPACE = "/accounts"
_WRONG = "text/html; charset=UTF-8"


def add_accounts(api: FastAPI, accounts: Accounts, owner: str) -> None:
    """``owner`` is the account that is signed in where a browser would be."""

    @api.post(f"{SPACE}/oauth/v2/token")
    async def token(request: Request) -> Response:
        given = await _parameters(request, accounts)
        try:
            body = _tokens(accounts, given)
        except TokenError as error:
            return response(Reply.json(error.status, error.body))
        request.scope[SCOPE_CALL].committed = True
        return response(Reply.json(200, body))

    @api.post(f"{SPACE}/oauth/v2/token/revoke")
    async def revoke(request: Request) -> Response:
        given = await _parameters(request, accounts)
        try:
            body = accounts.revoke(given.get("token", ""))
        except TokenError as error:
            return response(Reply.json(error.status, error.body))
        request.scope[SCOPE_CALL].committed = True
        return response(Reply.json(200, body))

    @api.get(f"{SPACE}/oauth/v2/auth")
    async def authorize(request: Request) -> Response:
        return response(_authorized(accounts, dict(request.query_params), owner, str(request.base_url) + SPACE[1:]))


async def _parameters(request: Request, accounts: Accounts) -> dict[str, str]:
    """From the body, as the document says; some clients use the query, where secrets end up in logs."""
    raw = (await request.body()).decode("utf-8", "replace") if media_type(request.scope) == FORM else ""
    query = request.url.query if accounts.parameters_anywhere else ""
    return {name: values[0] for name, values in parse_qs(f"{query}&{raw}", keep_blank_values=True).items()}


def _tokens(accounts: Accounts, given: dict[str, str]) -> dict[str, object]:
    client = accounts.client(given.get("client_id", ""), given.get("client_secret", ""))
    grant = given.get("grant_type")
    if grant == "authorization_code":
        return accounts.exchange(client, given.get("code", ""), given.get("redirect_uri", ""))
    if grant == "refresh_token":
        return accounts.refresh(client, given.get("refresh_token", ""), given.get("scope", ""))
    raise accounts.error("unsupported_grant_type")


def _authorized(accounts: Accounts, given: dict[str, str], owner: str, server: str) -> Reply:
    """The browser comes back at once, as if the user had signed in and agreed."""
    client = accounts.clients.get(given.get("client_id", ""))
    uri = given.get("redirect_uri")
    if client is None or client.redirect_uri is None or client.redirect_uri != uri or given.get("response_type") != "code":
        return Reply.of(400, b"<!DOCTYPE html><html><body><h1>Error occurred</h1></body></html>", _WRONG)
    try:
        scopes = accounts.scopes(given.get("scope", "").split(","))
    except ValueError:
        return Reply.of(302, headers={"Location": f"{uri}?error=invalid_scope"})
    if accounts.refuses:
        return Reply.of(302, headers={"Location": f"{uri}?error=access_denied"})
    offline = given.get("access_type") == "offline"
    code = accounts.new_code(client, owner, scopes, redirect_uri=uri, offline=offline)
    query = urlencode({"code": code, "location": "us", "accounts-server": server})
    return Reply.of(302, headers={"Location": f"{uri}?{query}"})
