# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: data centres, OAuth, headers and errors. Private to the collection.

Section numbers in comments are those of the fact sheet on ServiceDesk Plus Cloud.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ..transport.answer import Answer
from ..transport.auth import TokenAuth
from ..transport.errors import (
    ApiError,
    AuthError,
    Conflict,
    DeskError,
    NotFound,
    OptionError,
    OutcomeUnknown,
    RateLimited,
    shortened,
)
from ..transport.http import LOOK_FIRST, TIMEOUT_STATUSES, HttpClient
from ..transport.link import Link
from ..transport.retry import retry_after
from ..transport.settings import checked_url
from ..transport.tokens import Token, TokenSource
from .sdp_modules import scope_of

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
# So often a task gets another token, and then takes a refusal for what it says.
MOST_RENEWALS = 3
# What the accounts server says of a token that there is not (any more).
NO_TOKEN = ("invalid_token", "invalid_code")

# 4.2
SUCCESS, PARTLY = 2000, 3000
FORBIDDEN, NO_SUCH_URL, NOT_UNIQUE, MANDATORY, THROTTLED, BAD_TOKEN = 4002, 4007, 4008, 4012, 4015, 4022
THROTTLE_WORDS = re.compile(r"maximum access limit|too many requests|throttle", re.IGNORECASE)
THROTTLED_WORDS = "Zoho gives out no more tokens at the moment: too many were asked for"
THROTTLE_HINT = (
    "Wait ten minutes without any attempt. For a refresh token there are ten access tokens in ten minutes, for an account five"
    " refresh tokens in a minute. With token_cache, many short runs share one access token"
)
GRANT_HINTS = {
    "authorization_code": (
        "the code was used before, is too old (most live for a minute only), or is of another client or data centre",
        "Make a new code in the API console, or log in again",
    ),
    "refresh_token": (
        "the refresh token is wrong or revoked, or of another client or data centre",
        "Get a new one with module access_token and a grant code. An account has twenty at most: each new one ends the oldest",
    ),
    "revoke": ("there is no such token", "It may be revoked already"),
}
ACCOUNT_HINTS = {
    "invalid_client": (
        "client_id is not known there",
        "Check client_id, and that data_center (or accounts_url) is that of the account that registered it",
    ),
    "invalid_client_secret": (
        "client_secret is wrong",
        "Check client_secret: where several data centres are enabled for a client, it has one for each",
    ),
    "invalid_redirect_uri": ("redirect_uri is not that of the client", "Give it as it is registered, or none for a self client"),
    "invalid_scope": ("the refresh token does not have the scopes", "Make a new code with the scopes that are needed"),
}
OPERATION = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "DELETE": "DELETE"}


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
        http = self._link.client(judge=partial(_judge_accounts, "revoke"))
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
        http = self._link.client(judge=partial(_judge_accounts, grant_type))
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
        self._obtained = 0
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
        source = replace(link, token_folder=None) if self._given else link
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
        return self._link.client(auth=auth, judge=judge, session_ended=self._has_ended, headers=HEADERS)

    def _obtain(self) -> Token:
        if self._given:
            return Token(self._given, float("inf"), float("inf"))
        if not self._refresh_token:
            error = _missing("refresh_token")
            raise AuthError(error.message, hint=error.hint)
        self._obtained += 1
        return self.accounts.refresh(self._refresh_token)

    def _has_ended(self, answer: Answer) -> bool:
        """Whether another token would help. 1.5: a missing scope is answered with 401 too, and an unknown path with a page."""
        if answer.status != 401 or self._given or self._obtained > MOST_RENEWALS:
            return False
        token = self.tokens.current()
        if not answer.is_html and token.extra.get("scopes"):
            return lacking_scope(token.extra["scopes"], answer.method, answer.path) is None
        return self._link.clock.now() - (token.expires_at - token.lifetime) > FRESH


def _missing(*names: str) -> OptionError:
    variables = " and ".join(f"SDP_{name.upper()}" for name in names)
    word = "variables" if len(names) > 1 else "variable"
    hint = f"Set {' and '.join(names)}, or the environment {word} {variables}; or give an access_token"
    return OptionError(f"{names[0]}: it is missing", hint=hint)


def _of_call(error: ApiError) -> dict[str, Any]:
    return {"method": error.method, "path": error.path, "status": error.status, "code": error.code}


def judge(answer: Answer) -> DeskError | None:
    """What the answer says of itself: a 200 may hold a failure, and every status but 2000 is one (4)."""
    if answer.is_html:
        return _page(answer) if answer.status >= 400 else None
    body = answer.json_or_none()
    statuses = _statuses(body)
    failed = [status for status in statuses if _code(status) not in (SUCCESS, None) or status.get("status") == "failed"]
    if answer.status == 401:
        return _refused(answer, failed)
    if not failed:
        return None
    messages = [message for status in failed for message in status.get("messages") or ()]
    codes = {_code(message) for message in messages} | {_code(status) for status in failed}
    return _error_of(answer, codes - {None, 4000}, _words(messages, failed))


def needed_scope(method: str, path: str) -> str:
    """The scope that a call needs."""
    return f"SDPOnDemand.{scope_of(path)}.{OPERATION.get(method, 'ALL')}"


def lacking_scope(scopes: Collection[str], method: str, path: str) -> str | None:
    """The scope that a call needs, if it is not among these."""
    needed = needed_scope(method, path)
    return None if {needed, f"{needed.rpartition('.')[0]}.ALL"} & set(scopes) else needed


def is_void(error: DeskError) -> bool:
    """Whether the accounts server says that there is no such code or token (any more)."""
    return isinstance(error, AuthError) and error.code in NO_TOKEN


def took_in_part(error: DeskError) -> bool:
    """Whether a refusal says that some of the fields took effect (4.1)."""
    return isinstance(error, ApiError) and str(PARTLY) in str(error.code or "").split(", ")


def _error_of(answer: Answer, codes: set[int | None], words: str) -> DeskError:
    details = _details(answer, ", ".join(str(code) for code in sorted(code for code in codes if code is not None)) or None)
    message = f"{answer.method} {answer.path} was refused with HTTP {answer.status}: {words}"
    if codes & {THROTTLED} or answer.status == 429 or THROTTLE_WORDS.search(words):
        pause = retry_after(answer.headers.get("retry-after"), now=time.time())
        wait = f"{pause:.0f} seconds" if pause else "some minutes"
        return RateLimited(message, hint=f"Wait {wait}; fewer calls side by side (concurrency) help", **details)
    if PARTLY in codes:
        message = f"{answer.method} {answer.path} was carried out only in part: {words}"
        return ApiError(message, hint="Read the record to see what took effect", **details)
    if NO_SUCH_URL in codes or answer.status == 404:
        return NotFound(message, hint="Check the id, and portal where there are several portals", **details)
    if FORBIDDEN in codes or answer.status == 403:
        return ApiError(message, hint="The owner of the token may not do this, or a rule of the form forbids it", **details)
    if answer.status >= 500 and answer.method != "GET":
        return _unclear(answer, message, details)
    if NOT_UNIQUE in codes:
        return ApiError(message, hint="There is a record with this value already", **details)
    return ApiError(message, hint=MANDATORY_HINT if MANDATORY in codes else None, **details)


def _unclear(answer: Answer, message: str, details: dict[str, Any]) -> OutcomeUnknown:
    may_still_come = answer.status in TIMEOUT_STATUSES
    return OutcomeUnknown(message, hint=LOOK_FIRST, may_still_come=may_still_come, **details)


MANDATORY_HINT = "The template or the form demands these fields: add them to fields"


def _refused(answer: Answer, failed: list[dict[str, Any]]) -> AuthError:
    words = _words([message for status in failed for message in status.get("messages") or ()], failed)
    scope = needed_scope(answer.method, answer.path)
    message = f"{answer.method} {answer.path} was refused with HTTP 401" + (f": {words}" if words != "no reason given" else "")
    hint = (
        f"The token may lack the scope {scope} (or {scope.rpartition('.')[0]}.ALL), or be revoked;"
        " module access_token shows the scopes that it has"
    )
    return AuthError(message, hint=hint, **_details(answer, None))


def _page(answer: Answer) -> DeskError:
    """2, 4.2: an endpoint that does not exist, or the wrong data centre, is answered with a page."""
    message = f"{answer.method} {answer.path} was answered with a web page and HTTP {answer.status}"
    hint = "Check data_center (or url) and portal: a token works in its own data centre only"
    if answer.method != "GET" and answer.status >= 500:
        return _unclear(answer, message, _details(answer, None))
    return ApiError(message, hint=hint, **_details(answer, None))


def _judge_accounts(grant: str, answer: Answer) -> DeskError | None:
    """1.3: errors come with any status, 200 included. The body is not repeated: it could hold what was sent."""
    body = answer.json_or_none()
    told = body if isinstance(body, dict) else {}
    error = shortened(str(told.get("error") or ""), 60)
    if not error and (answer.status < 400 or answer.status >= 500 or answer.status in (408, 429)):
        return None
    details = _details(answer, error or None)
    # The text is in the user's language; these words are not.
    if error.lower() in ("access denied", "access_denied") or answer.status == 429 or told.get("status") == "failure":
        return RateLimited(THROTTLED_WORDS, hint=THROTTLE_HINT, **details)
    reason, hint = ACCOUNT_HINTS.get(error) or (GRANT_HINTS[grant] if error in NO_TOKEN else ("", "Check accounts_url"))
    what = "revoke the token" if grant == "revoke" else "give a token"
    return AuthError(f"Zoho refused to {what} ({error or answer.status}){': ' if reason else ''}{reason}", hint=hint, **details)


def already_done(error: DeskError) -> bool:
    """Whether a refusal says that there is nothing left to do: closed, trashed or linked before (7)."""
    return isinstance(error, (ApiError, Conflict)) and bool(re.search(r"\balready\b", error.message))


def _statuses(body: Any) -> list[dict[str, Any]]:
    """4.1: an object for one record, an array for lists and for many."""
    status = body.get("response_status") if isinstance(body, dict) else None
    entries = status if isinstance(status, list) else [status]
    return [entry for entry in entries if isinstance(entry, dict)]


def _words(messages: list[Any], failed: list[dict[str, Any]]) -> str:
    """Every message; those without a text have a code and fields (4.1)."""
    told = []
    for message in messages or failed:
        if not isinstance(message, Mapping):
            continue
        fields = message.get("fields") or ([message["field"]] if message.get("field") else [])
        names = ", ".join(str(one.get("name", one)) if isinstance(one, Mapping) else str(one) for one in fields)
        text = str(message.get("message") or message.get("title") or MEANINGS.get(_code(message) or 0, ""))
        told.append(" ".join(part for part in (text or f"code {_code(message)}", f"({names})" if names else "") if part))
    return "; ".join(dict.fromkeys(told)) or "no reason given"


MEANINGS = {
    4001: "a value does not exist, or may not be set",
    4002: "not permitted",
    4003: "a rule for closing is not met",
    4004: "internal error",
    4005: "other records refer to it",
    4007: "there is no such record or address",
    4008: "the value is taken",
    4009: "the field cannot be edited",
    4012: "mandatory fields are missing",
    4014: "the field is read-only",
    4015: "the limit of calls is reached",
    4016: "it is too late for that",
    4021: "the type of the value is wrong",
    7001: "the licence does not cover it",
}


def _code(status: Mapping[str, Any]) -> int | None:
    try:
        return int(status.get("status_code"))  # type: ignore[arg-type]
    except (OverflowError, TypeError, ValueError):
        return None


def _is_token(value: Any) -> bool:
    """Whether it is a text that can stand in a header and in a file."""
    return isinstance(value, str) and bool(value.strip()) and value.isascii() and value.isprintable()


def _lifetime(value: Any) -> float:
    """The number that the answer gives is believed (1.2); some say it as text."""
    try:
        return max(1.0, float(value))
    except (OverflowError, TypeError, ValueError):
        return DEFAULT_LIFETIME


def _details(answer: Answer, code: str | None) -> dict[str, Any]:
    return {"method": answer.method, "path": answer.path, "status": answer.status, "code": code}
