# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts server: clients, codes, tokens, and how many of them there may be."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..clock import Clock
from ..switches import Switchboard
from .modules import SCOPES

SERVICE = "SDPOnDemand"
OPERATIONS = ("ALL", "CREATE", "READ", "UPDATE", "DELETE")
API_DOMAIN = "https://www.zohoapis.com"
EVERYTHING = frozenset(f"{SERVICE}.{name}.ALL" for name in SCOPES)
_MINUTE = timedelta(minutes=1)
_THROTTLED = {
    "en": "You have made too many requests continuously. Please try again after some time.",
    "de": "Sie haben zu viele Anfragen hintereinander gestellt. Bitte versuchen Sie es später erneut.",
}


class TokenError(Exception):
    """What the accounts server answers instead of tokens."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Client:
    """A registered application; a self client has no redirect URI."""

    id: str
    secret: str
    redirect_uri: str | None = None


@dataclass
class Code:
    """An authorization code; it can be used once."""

    client: Client
    email: str
    scopes: frozenset[str]
    ends: datetime
    redirect_uri: str | None
    offline: bool


@dataclass
class RefreshToken:
    """What new access tokens are made of, and when that was done lately."""

    token: str
    client: Client
    email: str
    scopes: frozenset[str]
    window: list[datetime] = field(default_factory=list)
    last_refusal: datetime | None = None


@dataclass
class AccessToken:
    """What calls carry."""

    token: str
    email: str
    scopes: frozenset[str]
    ends: datetime
    refresh: RefreshToken | None


def new_token() -> str:
    return f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"


class Accounts:
    """One data centre's accounts server, as far as this platform needs one."""

    def __init__(self, clock: Clock, switches: Switchboard) -> None:
        self._clock = clock
        self._switches = switches
        self.reset()

    def reset(self) -> None:
        self.clients: dict[str, Client] = {}
        self.codes: dict[str, Code] = {}
        self.refresh_tokens: dict[str, RefreshToken] = {}
        self.access_tokens: dict[str, AccessToken] = {}
        self._fresh: dict[str, list[datetime]] = {}
        self.counts: Counter[str] = Counter()

    # --- errors

    def error(self, name: str) -> TokenError:
        """Errors come with status 200."""
        return TokenError(self._switches.number("token_error_status"), {"error": name})

    def _throttled(self) -> TokenError:
        self.counts["throttled"] += 1
        text = _THROTTLED[str(self._switches["throttle_language"])]
        body = {"error_description": text, "error": "Access Denied", "status": "failure"}
        return TokenError(self._switches.number("throttle_status"), body)

    # --- switches that the endpoints need

    @property
    def parameters_anywhere(self) -> bool:
        return self._switches["token_parameters"] == "either"

    @property
    def refuses(self) -> bool:
        return self._switches["consent"] == "refused"

    # --- scopes

    def scopes(self, names: Iterable[str]) -> frozenset[str]:
        """The scopes, if all of them exist."""
        found = frozenset(names)
        known = (*SCOPES, "users") if self._switches["users_scope"] == "valid" else SCOPES
        valid = {f"{SERVICE}.{name}.{operation}" for name in known for operation in OPERATIONS}
        if not found or not found <= valid:
            raise ValueError("Enter a valid scope")
        return found

    # --- tokens

    def new_code(
        self,
        client: Client,
        email: str,
        scopes: frozenset[str],
        *,
        seconds: float | None = None,
        redirect_uri: str | None = None,
        offline: bool = True,
    ) -> str:
        code = new_token()
        life = self._switches.number("code_seconds") if seconds is None else seconds
        self.codes[code] = Code(client, email, scopes, self._clock.now() + timedelta(seconds=life), redirect_uri, offline)
        return code

    def client(self, client_id: str, client_secret: str) -> Client:
        client = self.clients.get(client_id)
        if client is None:
            raise self.error("invalid_client")
        if client.secret != client_secret:
            raise self.error("invalid_client_secret")
        return client

    def exchange(self, client: Client, code: str, redirect_uri: str) -> dict[str, Any]:
        """A code for an access token and, if that was asked for, a refresh token."""
        found = self.codes.get(code)
        if found is None or found.client != client or found.ends <= self._clock.now():
            raise self.error("invalid_code")
        if found.redirect_uri and found.redirect_uri != redirect_uri:
            raise self.error("invalid_redirect_uri")
        refresh = None
        if found.offline:
            self._count_refresh_token(found.email)
            refresh = self.add_refresh_token(new_token(), client, found.email, found.scopes)
        del self.codes[code]
        self.counts["exchanges"] += 1
        access = self.add_access_token(found.email, found.scopes, refresh)
        return {"access_token": access.token, **({"refresh_token": refresh.token} if refresh else {}), **self._about(access)}

    def _count_refresh_token(self, email: str) -> None:
        now = self._clock.now()
        lately = [moment for moment in self._fresh.get(email, []) if moment > now - _MINUTE]
        if len(lately) >= self._switches.number("refresh_tokens_per_minute"):
            raise self._throttled()
        self._fresh[email] = [*lately, now]

    def add_refresh_token(self, token: str, client: Client, email: str, scopes: frozenset[str]) -> RefreshToken:
        """One more for an account; of too many the oldest is void."""
        mine = [one for one in self.refresh_tokens.values() if one.email == email]
        for old in mine[: max(0, len(mine) + 1 - self._switches.number("refresh_tokens"))]:
            self.drop(old)
        self.refresh_tokens[token] = RefreshToken(token, client, email, scopes)
        return self.refresh_tokens[token]

    def refresh(self, client: Client, token: str, scope: str) -> dict[str, Any]:
        """A new access token, with all scopes of the refresh token or with fewer."""
        found = self.refresh_tokens.get(token)
        if found is None or found.client != client:
            raise self.error("invalid_code")
        scopes = frozenset(scope.split(",")) if scope else found.scopes
        if not scopes <= found.scopes:
            raise self.error("invalid_scope")
        self._count_refresh(found)
        self.counts["refreshes"] += 1
        access = self.add_access_token(found.email, scopes, found)
        return {"access_token": access.token, **self._about(access)}

    def _count_refresh(self, found: RefreshToken) -> None:
        """The window starts with its first token; the block lasts to its end, or until there were no calls for as long."""
        now, length = self._clock.now(), timedelta(seconds=self._switches.number("throttle_seconds"))
        starts = found.window[:1]
        if found.last_refusal is not None and self._switches["throttle_recovery"] == "inactivity":
            starts = [found.last_refusal]
        if starts and now >= starts[0] + length:
            found.window, found.last_refusal = [], None
        if len(found.window) >= self._switches.number("tokens_per_window"):
            found.last_refusal = now
            raise self._throttled()
        found.window.append(now)

    def add_access_token(
        self, email: str, scopes: frozenset[str], refresh: RefreshToken | None = None, seconds: float | None = None
    ) -> AccessToken:
        """One more; of too many of one refresh token the oldest is void."""
        now = self._clock.now()
        self.access_tokens = {key: one for key, one in self.access_tokens.items() if one.ends > now}
        siblings = [one for one in self.access_tokens.values() if refresh is not None and one.refresh is refresh]
        for old in siblings[: max(0, len(siblings) + 1 - self._switches.number("active_tokens"))]:
            del self.access_tokens[old.token]
        life = self._switches.number("token_seconds") if seconds is None else seconds
        token = AccessToken(new_token(), email, scopes, now + timedelta(seconds=life), refresh)
        self.access_tokens[token.token] = token
        return token

    def _about(self, access: AccessToken) -> dict[str, Any]:
        about: dict[str, Any] = {}
        if self._switches["token_scope"] == "present":
            about["scope"] = " ".join(sorted(access.scopes))
        if self._switches["token_api_domain"] == "present":
            about["api_domain"] = API_DOMAIN
        about["token_type"] = "Bearer"
        if self._switches["expires_in"] != "absent":
            short = self._switches["expires_in"] == "short"
            about["expires_in"] = 360 if short else round((access.ends - self._clock.now()).total_seconds())
        return about

    def revoke(self, token: str) -> dict[str, Any]:
        """A refresh token takes its access tokens along."""
        if token in self.refresh_tokens:
            self.drop(self.refresh_tokens[token])
        elif token in self.access_tokens:
            del self.access_tokens[token]
        elif self._switches["revoke_unknown"] == "error":
            raise self.error("invalid_token")
        self.counts["revocations"] += 1
        return {"status": "success"}

    def drop(self, refresh: RefreshToken) -> None:
        del self.refresh_tokens[refresh.token]
        self.access_tokens = {key: one for key, one in self.access_tokens.items() if one.refresh is not refresh}

    def valid(self, token: str) -> AccessToken | None:
        found = self.access_tokens.get(token)
        return found if found is not None and found.ends > self._clock.now() else None
