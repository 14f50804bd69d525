# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: data centres, OAuth and headers. Private to the collection.

Section numbers in comments are those of the fact sheet on ServiceDesk Plus Cloud.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ..transport.answer import Answer
from ..transport.auth import TokenAuth
from ..transport.errors import ApiError, AuthError, OptionError, OutcomeUnknown, RateLimited
from ..transport.http import HttpClient
from ..transport.link import Link
from ..transport.settings import checked_url
from ..transport.tokens import Token, TokenSource, is_token
from .sdp_answers import THROTTLE_HINT, THROTTLED_WORDS, is_void, judge, judge_accounts, lacking_scope

# 1.1: host of the API and of the accounts server. One does not follow from the other.
DATA_CENTERS = {
    "us": ("https://sdpondemand.manageengine.com", "https://accounts.zoho.com"),
    "eu": ("https://sdpondemand.manageengine.eu", "https://accounts.zoho.eu"),
    "in": ("https://sdpondemand.manageengine.in", "https://accounts.zoho.in"),
    "cn": ("https://servicedeskplus.cn", "https://accounts.zoho.com.cn"),
    "au": ("https://servicedeskplus.net.au", "https://accounts.zoho.com.au"),
    "jp": ("https://servicedeskplus.jp", "https://accounts.zoho.jp"),
    "ca": ("https://servicedeskplus.ca", "https://accounts.zohocloud.ca"),
    "uk": ("https://servicedeskplus.uk", "https://accounts.zoho.uk"),
    "sa": ("https://servicedeskplus.sa", "https://accounts.zoho.sa"),
    "ae": ("https://servicedeskplus.ae", "https://accounts.zoho.ae"),
}
API_PATH = "/api/v3"  # 2
HEADERS = {"Accept": "application/vnd.manageengine.sdp.v3+json"}
SCHEME = "Zoho-oauthtoken"
TOKEN_PATH = "/oauth/v2/token"  # 1.2
REVOKE_PATH = "/oauth/v2/token/revoke"
DEFAULT_LIFETIME = 3600.0  # 1.4: seconds, where the answer does not say
# A token so young that is refused lacks a scope; another one would lack it too, and count against the quota.
FRESH = 60.0

CLIENT = ("client_id", "client_secret")
# 1.4: of ten tokens in ten minutes, so many are spent before a refusal is taken for what it says.
MOST_LOGINS = 4


def base_url(connection: Mapping[str, Any]) -> str:
    """The API's address: of a custom domain or the data centre, and of the portal (2)."""
    url = str(connection["url"] or "").strip().rstrip("/")
    if not url:
        if connection["data_center"] not in DATA_CENTERS:
            hint = f"Set data_center to one of {', '.join(DATA_CENTERS)}, or url to the domain of your service desk"
            raise _no_data_center("data_center", connection, "url", hint)
        url = DATA_CENTERS[connection["data_center"]][0]
    url = url.removesuffix(API_PATH)
    if connection["portal"]:
        url = f"{url.partition('/app/')[0]}/app/{connection['portal']}"
    return url + API_PATH


def accounts_url(connection: Mapping[str, Any]) -> str:
    """The address of the accounts server: given, or that of the data centre."""
    if connection["accounts_url"]:
        return str(connection["accounts_url"]).strip().rstrip("/")
    if connection["data_center"] in DATA_CENTERS:
        return DATA_CENTERS[connection["data_center"]][1]
    hint = f"Set data_center to one of {', '.join(DATA_CENTERS)}: a token works in its own data centre only"
    raise _no_data_center("accounts_url", connection, "data_center", hint)


def _no_data_center(option: str, connection: Mapping[str, Any], other: str, hint: str) -> OptionError:
    data_center = connection["data_center"]
    if data_center:
        return OptionError(f"data_center: {data_center!r} is no data centre of this platform", hint=hint)
    return OptionError(f"{option}: neither this option nor {other} is set, so it is not known where to go", hint=hint)


class Accounts:
    """The accounts server (1.2). All parameters travel in the body; what it answers is judged by its content alone (1.3)."""

    def __init__(self, connection: Mapping[str, Any], link: Link) -> None:
        url = checked_url(accounts_url(connection), allow_http=connection["allow_http"])
        self._link = replace(link, settings=replace(link.settings, url=url))
        self._client = {name: connection[name] for name in CLIENT}

    def refresh(self, refresh_token: str) -> Token:
        """A new access token."""
        return self._token(grant_type="refresh_token", refresh_token=refresh_token)

    def exchange(self, code: str, *, redirect_uri: str | None) -> Token:
        """The tokens for a grant code, which works once. C(extra) of the token holds C(refresh_token), if there is one."""
        return self._token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)

    def revoke(self, refresh_token: str) -> bool:
        """End a refresh token; whether there was one to end."""
        http = self._link.client(judge=partial(judge_accounts, "revoke"))
        try:
            answer = http.write("POST", REVOKE_PATH, data={"token": refresh_token})
        except AuthError as error:
            if is_void(error):
                return False
            raise
        if not isinstance(answer, dict) or answer.get("status") != "success":
            message = "The accounts server did not say that the token is revoked"
            raise OutcomeUnknown(message, hint="Run the task again: it asks first", method="POST", path=REVOKE_PATH)
        return True

    def _token(self, *, grant_type: str, **parameters: str | None) -> Token:
        missing = [name for name in CLIENT if not self._client[name]]
        if missing:
            raise _missing(*missing)
        http = self._link.client(judge=partial(judge_accounts, grant_type))
        form = {name: value for name, value in {**self._client, "grant_type": grant_type, **parameters}.items() if value}
        try:
            # 7: asking again is safe, though it counts against the quota.
            answer = http.read(TOKEN_PATH, method="POST", data=form)
        except RateLimited as error:
            raise RateLimited(THROTTLED_WORDS, hint=THROTTLE_HINT, **_of_call(error)) from None
        if not isinstance(answer, dict) or not _is_token(answer.get("access_token")):
            raise AuthError("The accounts server gave no token", hint="Check accounts_url", method="POST", path=TOKEN_PATH)
        lifetime = _lifetime(answer.get("expires_in"))
        extra: dict[str, Any] = {"scopes": sorted(str(answer.get("scope") or "").replace(",", " ").split())}
        if _is_token(answer.get("refresh_token")):
            extra["refresh_token"] = answer["refresh_token"]
        for secret in (answer["access_token"], answer.get("refresh_token")):
            if secret:
                self._link.hide(str(secret))
        return Token(answer["access_token"], self._link.clock.now() + lifetime, lifetime, extra)


class Login:
    """Who calls: an application with a refresh token, or whoever owns an access token.

    Raises:
        OptionError: neither is given.
    """

    def __init__(self, connection: Mapping[str, Any], link: Link) -> None:
        self._connection = connection
        self._link = link
        self._given = connection["access_token"]
        self._refresh_token = connection["refresh_token"]
        if not self._given:
            missing = [name for name in CLIENT if not connection[name]]
            if missing:
                raise _missing(*missing)
            accounts_url(connection)
        self.secret: str = self._given or self._refresh_token or connection["client_secret"]
        self.user: str | None = connection["client_id"]
        # Another refresh token is another account: their access tokens must not take each other's place.
        self.account = f"sdp_cloud {self.user} {hashlib.sha256(self.secret.encode()).hexdigest()[:16]}"
        # A wrong client secret must not go unnoticed because a kept token is still good.
        self._proof = f"{connection['client_secret']}\n{self.secret}"
        # A token that the user gave is not kept anywhere: it is the user's.
        source = replace(link, token_folder=None, refusal_folder=None) if self._given else link
        self.tokens: TokenSource = source.tokens(account=self.account, secret=self._proof, obtain=self._obtain)

    def another(self, refresh_token: str | None) -> Login:
        """The same application with a refresh token: this one, or that of the connection."""
        token = refresh_token or self._refresh_token
        if not token:
            raise _missing("refresh_token")
        self._link.hide(token)
        return Login({**self._connection, "refresh_token": token, "access_token": None}, self._link)

    def exchange(self, code: str, *, redirect_uri: str | None) -> Token:
        """The tokens for a grant code. The access token is that of this run for whoever uses the refresh token then."""
        self._link.hide(code)
        token = self.accounts.exchange(code, redirect_uri=redirect_uri)
        if token.extra.get("refresh_token"):
            successor = self.another(token.extra["refresh_token"])
            kept = replace(token, extra={"scopes": token.extra["scopes"]})
            self._link.tokens(account=successor.account, secret=successor._proof, obtain=lambda: kept).current()
        return token

    def works(self, *, is_asked: bool) -> bool:
        """Whether the refresh token is good: only making a token of it can tell."""
        try:
            self.accounts.refresh(self.secret)
        except AuthError as error:
            if is_void(error):
                return False
            raise
        except RateLimited:
            if is_asked:
                raise
        return True

    def revoke(self) -> bool:
        return self.accounts.revoke(self.secret)

    @property
    def accounts(self) -> Accounts:
        return Accounts(self._connection, self._link)

    def client(self) -> HttpClient:
        """A client that gets a token when its first call needs it."""
        auth = TokenAuth(scheme=SCHEME, source=self.tokens)
        return self._link.client(auth=auth, judge=judge, session_ended=partial(self._has_ended, auth), headers=HEADERS)

    def _obtain(self) -> Token:
        if self._given:
            return Token(self._given, float("inf"), float("inf"))
        if not self._refresh_token:
            error = _missing("refresh_token")
            raise AuthError(error.message, hint=error.hint)
        return self.accounts.refresh(self._refresh_token)

    def _has_ended(self, auth: TokenAuth, answer: Answer) -> bool:
        """Whether another token would help. 1.5: a missing scope is answered with 401 too, and an unknown path with a page."""
        if answer.status != 401 or self._given:
            return False
        token = self.tokens.current()
        if token.value != auth.carried:
            # Another thread has replaced it meanwhile.
            return True
        if len(token.logins) >= MOST_LOGINS:
            return False
        is_fresh = self._link.clock.now() - (token.expires_at - token.lifetime) <= FRESH
        if not answer.is_html and token.extra.get("scopes"):
            # The first one may have been ended by others (1.4). The next ones would fare no better so soon.
            is_worth_it = not is_fresh or len(token.logins) == 1
            return is_worth_it and lacking_scope(token.extra["scopes"], answer.method, answer.path) is None
        return not is_fresh


def _missing(*names: str) -> OptionError:
    variables = " and ".join(f"SDP_{name.upper()}" for name in names)
    word = "variables" if len(names) > 1 else "variable"
    hint = f"Set {' and '.join(names)}, or the environment {word} {variables}; or give an access_token"
    return OptionError(f"{names[0]}: it is missing", hint=hint)


def _of_call(error: ApiError) -> dict[str, Any]:
    return {"method": error.method, "path": error.path, "status": error.status, "code": error.code}


def _is_token(value: Any) -> bool:
    """Whether it is a text that can stand in a header and in a file."""
    return isinstance(value, str) and is_token(value)


def _lifetime(value: Any) -> float:
    """The number that the answer gives is believed (1.2); some say it as text."""
    try:
        return max(1.0, float(value))
    except (OverflowError, TypeError, ValueError):
        return DEFAULT_LIFETIME
