# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call: the token, its scopes, the Accept header, and how often."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from ..clock import Clock
from ..reply import Reply, Scope
from ..switches import Switchboard
from .accounts import SERVICE, Accounts
from .desk import Caller, Desk
from .errors import BAD_TOKEN, FORBIDDEN, TOO_MANY, Message, SdpError, invalid_url
from .incoming import ACCEPT

_SEEN = (ACCEPT, "application/vnd.manageengine.v3+json", "application/v3+json", "")
_SCHEMES = {"either": ("zoho-oauthtoken", "bearer"), "zoho_oauthtoken": ("zoho-oauthtoken",)}
_MINUTE = timedelta(minutes=1)
_USERS = ("users", "technicians", "requesters")
_BLOCKED = "URL blocked as maximum access limit for the page is exceeded. Please try after sometime."
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head>"
    "<body><h1>Sign in to ServiceDesk Plus</h1><form method='post'><input name='LOGIN_ID'></form></body></html>"
)


def login_page(status: int) -> Reply:
    return Reply.of(status, LOGIN_PAGE.encode(), "text/html; charset=UTF-8")


class Refused(Exception):
    """A reply that is not one of the API's own."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Guard:
    """Lets calls pass, or raises what they get instead."""

    def __init__(self, desk: Desk, accounts: Accounts) -> None:
        self._desk = desk
        self._clock: Clock = desk.clock
        self._switches: Switchboard = desk.switches
        self._accounts = accounts
        self.reset()

    def reset(self) -> None:
        self._calls: dict[tuple[str, str], deque[datetime]] = {}
        self._blocked: dict[tuple[str, str], datetime] = {}

    def admit(self, scope: Scope) -> Caller:
        """Token first, then the Accept header."""
        token = self._accounts.valid(self._token(scope))
        user = self._desk.user(token.email) if token else None
        if token is None or user is None:
            raise self.failure()
        self._check_accept(scope)
        return Caller(user, token.scopes)

    def _token(self, scope: Scope) -> str:
        header = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), "")
        scheme, _space, token = header.partition(" ")
        return token.strip() if scheme.lower() in _SCHEMES[str(self._switches["authorization_scheme"])] else ""

    def failure(self) -> Refused | SdpError:
        """No valid token: the exact body is not known."""
        shape = self._switches["auth_failure"]
        if shape == "html":
            return Refused(login_page(401))
        if shape == "invalid_oauthtoken":
            return Refused(Reply.json(401, {"error": "INVALID_OAUTHTOKEN"}))
        if shape == "4022":
            return SdpError(Message(BAD_TOKEN, "Invalid token"), status=401)
        return SdpError(Message(FORBIDDEN, "UNAUTHORISED"), status=401)

    def _check_accept(self, scope: Scope) -> None:
        wanted = self._switches["accept"]
        given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"), "")
        kinds = {one.partition(";")[0].strip().lower() for one in given.split(",")}
        if wanted == "any" or ACCEPT in kinds or (wanted == "seen" and kinds & {*_SEEN, "*/*"}):
            return
        raise invalid_url() if self._switches["accept_failure"] == "invalid_url" else Refused(login_page(200))

    def check_scope(self, caller: Caller, module: str, operation: str, path: str) -> None:
        """A scope that lacks is answered as a wrong token is."""
        areas = [module]
        if path.split("/")[1] in _USERS and self._switches["users_scope"] == "valid":
            areas.append("users")
        if any(f"{SERVICE}.{area}.{word}" in caller.scopes for area in areas for word in ("ALL", operation)):
            return
        if self._switches["scope_failure"] == "403":
            raise SdpError(Message(FORBIDDEN, "User does not have this permission"))
        raise self.failure()

    def count(self, method: str, path: str) -> None:
        """Limits are per operation; the numbers are not known."""
        limit = self._switches.number("calls_per_minute")
        if not limit:
            return
        key, now = (method, path), self._clock.now()
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - _MINUTE:
            calls.popleft()
        if len(calls) >= limit:
            self._blocked[key] = now + timedelta(seconds=self._switches.number("rate_limit_seconds"))
            calls.clear()
        left = (self._blocked.get(key, now) - now).total_seconds()
        if left > 0:
            headers = {"Retry-After": str(round(left))} if self._switches["retry_after"] == "present" else None
            raise SdpError(Message(TOO_MANY, _BLOCKED), status=self._switches.number("rate_limit_status"), headers=headers)
        calls.append(now)
