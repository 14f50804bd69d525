# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call: login, tokens, and the headers that the document demands."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any

from ..clock import Clock
from ..reply import Reply, Scope
from ..switches import Switchboard
from .errors import BAD_LOGIN, ApiError, system_error
from .records import User

BASE = "/api/myit-sb"
LOGIN = "/users/login"
COOKIE = "AR-JWT"
SCOPE_USER = "sandbox.dwp.user"
_BUNDLE_SCOPE = b"myit-sb"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_WITH_BODY = frozenset({"POST", "PUT"})
_MULTIPART = ("/attachments", "/services/import")
_SCHEMES = {"ar_jwt": ("ar-jwt",), "also_jwt": ("ar-jwt", "jwt"), "also_bearer": ("ar-jwt", "jwt", "bearer")}
SIGN_ON_PAGE = (
    "<!DOCTYPE html><html><head><title>Single Sign On</title></head>"
    "<body><h1>Northwind single sign on</h1><form method='post'><input name='user'></form></body></html>"
)


@dataclass(frozen=True)
class Session:
    """Whose token it is, and until when (None: for ever)."""

    user: User
    ends: datetime | None


class Guard:
    """Gives out tokens and checks calls."""

    def __init__(self, name: str, clock: Clock, switches: Switchboard, find_user: Callable[[str], User | None]) -> None:
        self._name = name
        self._clock = clock
        self._switches = switches
        self._find_user = find_user
        self.reset()

    def reset(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.logins = 0

    # --- login

    def login(self, login: str, password: str) -> str:
        """A new token; a wrong password is answered with the documented object, of unknown status."""
        user = self._find_user(login)
        if user is None or user.password != password:
            status = self._switches.number("login_failure_status")
            raise ApiError(status, "Authentication failed", BAD_LOGIN, f"Unable to log in with user {login!r}")
        self.logins += 1
        now, seconds = self._clock.now(), self._switches.number("token_seconds")
        ends = now + timedelta(seconds=seconds) if seconds else None
        token = self._token(user, now, ends)
        self.sessions = {key: session for key, session in self.sessions.items() if not _over(session, now)}
        self.sessions[token] = Session(user, ends)
        return token

    def _token(self, user: User, now: datetime, ends: datetime | None) -> str:
        """A JWT with the claims seen on tokens of the platform; its subject says nothing."""
        subject = hashlib.sha256(f"{self._name} {user.login}".encode()).hexdigest()
        claims: dict[str, Any] = {"sub": subject, "iss": f"{self._name}.northwind.example", "_cacheId": self.logins}
        claims |= {"iat": int(now.timestamp()), "nbf": int(now.timestamp()) - 120}
        if ends is not None:
            claims |= {"exp": int(ends.timestamp()), "_absoluteExpirationTime": int(ends.timestamp())}
        signed = f"{_encode(_json({'alg': 'HS256', 'typ': 'JWT'}))}.{_encode(_json(claims))}"
        return f"{signed}.{_encode(hmac.digest(self._name.encode(), f'{signed}{now}'.encode(), 'sha256'))}"

    def login_reply(self, token: str) -> Reply:
        """The raw token as text, and a cookie; nothing of it is in the document."""
        answer = self._switches["login_answer"]
        body = {"quoted": f'"{token}"', "cookie_only": ""}.get(str(answer), token).encode()
        cookie = {} if answer == "text_only" else {"Set-Cookie": f"{COOKIE}={token}; Path=/{self._name}; HttpOnly; SameSite=Lax"}
        return Reply.of(200, body, "text/plain; charset=UTF-8" if body else None, cookie)

    def failure(self) -> Reply:
        """No valid token: the body is empty, or a single sign-on answers instead."""
        answer = self._switches["auth_failure"]
        if answer == "html_200":
            return Reply.of(200, SIGN_ON_PAGE.encode(), "text/html; charset=UTF-8")
        if answer == "redirect_302":
            return Reply.of(302, headers={"Location": f"/{self._name}/sso"})
        if answer == "401_object":
            return Reply.json(401, {"message": f"ERROR ({BAD_LOGIN}): Authentication failed", "data": "The session is not valid"})
        return Reply.of(403 if answer == "403_empty" else 401)

    # --- calls

    def user_of(self, scope: Scope) -> User | None:
        """Whose valid token the call carries."""
        header, cookie = self._carried(scope)
        answer = self._switches["two_carriers"]
        if header and cookie and (header != cookie or answer == "always_refused"):
            if answer not in ("header", "cookie"):
                return None
            header = header if answer == "header" else cookie
        session = self.sessions.get(header or cookie or "")
        return None if session is None or _over(session, self._clock.now()) else session.user

    def _carried(self, scope: Scope) -> tuple[str | None, str | None]:
        header = cookie = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                scheme, _space, token = str(value, "latin-1").partition(" ")
                if scheme.lower() in _SCHEMES[str(self._switches["authorization_scheme"])]:
                    header = token.strip()
            elif name == b"cookie":
                cookie = _cookie(str(value, "latin-1")) or cookie
        return header, cookie

    def check_headers(self, scope: Scope, path: str) -> None:
        """The three headers that are common to all calls; ``path`` is below the API's base."""
        headers = dict(scope["headers"])
        method = scope["method"]
        switches = self._switches
        if switches["requested_by"] == "required" and method not in _SAFE and b"x-requested-by" not in headers:
            if path.endswith("/attachments"):
                raise system_error()
            raise ApiError(switches.number("missing_requested_by_status"), "Header X-Requested-By is missing")
        if switches["bundle_scope"] == "required" and headers.get(b"default-bundle-scope") != _BUNDLE_SCOPE:
            raise ApiError(switches.number("validation_status"), "Header default-bundle-scope is missing or unknown")
        if switches["content_type"] == "required" and method in _WITH_BODY:
            wanted = b"multipart/form-data" if path.endswith(_MULTIPART) else b"application/json"
            given = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
            if given != wanted:
                raise ApiError(415, f"Content type {given.decode('latin-1') or '(none)'} is not {wanted.decode()}")


def _over(session: Session, now: datetime) -> bool:
    return session.ends is not None and session.ends <= now


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _cookie(header: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None
