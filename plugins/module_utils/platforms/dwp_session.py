# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digital Workplace Catalog: login, token, headers and errors. Private to the collection.

Section numbers in comments are those of the fact sheet on the Catalog's REST API.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ..transport.answer import Answer
from ..transport.auth import TokenAuth
from ..transport.errors import ApiError, AuthError, DeskError, NotFound, OptionError
from ..transport.http import HttpClient
from ..transport.link import Link
from ..transport.tokens import Token, TokenSource, is_token

API_PATH = "/api/myit-sb"  # 1.1
LOGIN = "/users/login"
COOKIE = "AR-JWT"  # 1.3: name of the cookie, and scheme of the header
LIFETIME = 30 * 60.0  # 1.4: seconds
# 1.2: the document calls them common to all requests; the last one may have any value but has to be there.
HEADERS = {"default-bundle-scope": "myit-sb", "X-Requested-By": "deskops.itsm"}

ROUTE_OR_ACCESS = 8790  # 1.6: seen where the header X-Requested-By or the access to the request was missing
SPELLING = re.compile(r"\b(excludedS|s)ervice(version)?Ids?\b")  # 2.4
NO_ENTRY = re.compile(r"ERROR \(302\)|does not exist in database", re.IGNORECASE)  # 1.6
SIGN_ON = re.compile(rb"single[ -]?sign|sign[ -]?on|\bsso\b|\brsso\b|log[ -]?in", re.IGNORECASE)

ACCOUNT_HINT = (
    "Check username and password. With single sign-on in front of the catalog, a local account of the catalog with a password"
    " of its own is needed"
)
FAILED_HINT = "The catalog answered with an error although it said that all was well: its log may tell more"
FORBIDDEN_HINT = "The account may not do this"
SPELLING_HINT = "Catalogs spell this key in two ways: set key_family to the other one"
ACCESS_HINT = "The catalog answers so when the account has no access to the request, or when the request does not exist"


def base_url(connection: Mapping[str, Any]) -> str:
    """The API's address: the path of the API is added where the user left it out (1.1)."""
    url = str(connection["url"]).strip().rstrip("/")
    return url if url.endswith(API_PATH) else url + API_PATH


def open_session(connection: Mapping[str, Any], link: Link) -> tuple[HttpClient, TokenSource]:
    """A client that logs in when its first call needs it, and the source of its token."""
    username, password = connection["username"], connection["password"]
    at_login = link.client(judge=_judge_login, headers={**HEADERS, "Accept": "*/*"})

    def obtain() -> Token:
        body = {"id": username, "password": password}
        # 7: safe to repeat.
        text = at_login.read(LOGIN, method="POST", json=body, parse=_token_text)
        lifetime = _lifetime(text)
        return Token(text, link.clock.now() + lifetime, lifetime)

    source = link.tokens(account=f"bmc_dwp {username}", secret=password, obtain=obtain)
    auth = TokenAuth(scheme=COOKIE, source=source)
    return link.client(auth=auth, judge=judge, session_ended=session_ended, headers=HEADERS), source


def session_ended(answer: Answer) -> bool:
    """1.4: a call without a valid token gets a 401, a 403 without a word, a sign-on page, or is sent to one."""
    if answer.status == 401:
        return True
    if answer.status == 403:
        return not answer.body.strip()
    if answer.status in (301, 302, 303, 307):
        return bool(SIGN_ON.search(urlsplit(answer.headers.get("location", "")).path.encode()))
    return answer.status == 200 and answer.is_html and bool(SIGN_ON.search(answer.body[:4096]))


def judge(answer: Answer) -> DeskError | None:
    """What the platform says better than the HTTP status does."""
    if session_ended(answer):
        message = f"{answer.method} {answer.path}: the catalog does not accept a token that it has just given out"
        return AuthError(message, hint=ACCOUNT_HINT, **_details(answer, None))
    code, text = said(answer)
    if text is None:
        return None
    if NO_ENTRY.search(text) or (answer.status == 404 and code != str(ROUTE_OR_ACCESS)):
        message = f"{answer.method} {answer.path}: there is no such record ({text})"
        return NotFound(message, hint="Check the id, and that the account may see it", **_details(answer, code))
    if code == str(ROUTE_OR_ACCESS):
        message = f"{answer.method} {answer.path} failed with message {code}: {text}"
        return NotFound(message, hint=ACCESS_HINT, **_details(answer, code))
    if answer.status < 400:
        message = f"{answer.method} {answer.path} failed: {text}"
        return ApiError(message, hint=FAILED_HINT, **_details(answer, code))
    if 400 <= answer.status < 500 and answer.status not in (401, 408, 429):
        message = f"{answer.method} {answer.path} was refused with HTTP {answer.status}: {text}"
        hint = SPELLING_HINT if SPELLING.search(text) else FORBIDDEN_HINT if answer.status == 403 else None
        return ApiError(message, hint=hint, **_details(answer, code))
    return None


def said(answer: Answer) -> tuple[str | None, str | None]:
    """Code and text of an error body, in any of its four shapes (1.6); twice C(None) if it is no error."""
    body = answer.json_or_none()
    if isinstance(body, list) and body and isinstance(body[0], dict) and body[0].get("messageType") == "ERROR":
        body = body[0]
    if not isinstance(body, dict):
        return None, None
    if body.get("messageType") == "ERROR":
        words = [str(body[name]) for name in ("messageText", "appendedText") if body.get(name)]
        return _text(body.get("messageNumber")), ": ".join(words) or "no text"
    message, data = body.get("message"), body.get("data")
    # A comment has a message too.
    if not isinstance(message, str) or (answer.status < 400 and not message.startswith("ERROR (")):
        return None, None
    more = f" ({data})" if isinstance(data, str) and data not in message else ""
    return _text(body.get("code")), f"{message}{more}"


def check_account(connection: Mapping[str, Any]) -> None:
    """A login cannot hold line breaks; they come from files that were read whole."""
    for name in ("username", "password"):
        if connection[name] != connection[name].strip("\r\n"):
            raise OptionError(f"{name}: it ends or begins with a line break", hint="Strip it, for example with the filter trim")


def _judge_login(answer: Answer) -> DeskError | None:
    """Whatever a login is refused with, its text stays out of the error: it may repeat what was sent."""
    is_refused = answer.status in (401, 403) or (400 <= answer.status < 500 and answer.status not in (404, 407, 408, 429))
    if is_refused:
        message = f"The catalog refused the login (HTTP {answer.status})"
    elif answer.status == 500:
        # Some servers answer a wrong password like this, so it is not tried again either.
        message = "The catalog failed at the login (HTTP 500)"
    elif 200 <= answer.status < 300 and _token_text(answer) == "":
        message = "The catalog answered the login with a page instead of a token"
    else:
        return None
    # Other tasks hear of a refusal only: what else went wrong may have passed by then.
    return AuthError(message, hint=ACCOUNT_HINT, is_final=is_refused, **_details(answer, None))


def _token_text(answer: Answer) -> str:
    """1.3: the body is the token, maybe in quotes; where it is empty, the cookie has it."""
    text = answer.body.decode("utf-8", "replace").strip().strip('"').strip()
    if text:
        return text if is_token(text) and " " not in text and text[0] not in "{[<" else ""
    return answer.cookie(COOKIE) or ""


def _lifetime(token: str) -> float:
    """Seconds that a token lasts: half an hour, or less if it says so itself (1.4). It is opaque otherwise.

    Its own times are by the clock of the server, so only the difference between them counts.
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        ends = min(float(claims[name]) for name in ("exp", "_absoluteExpirationTime") if claims.get(name))
        return min(LIFETIME, max(1.0, ends - float(claims["iat"])))
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError, binascii.Error):
        return LIFETIME


def _details(answer: Answer, code: str | None) -> dict[str, Any]:
    return {"method": answer.method, "path": answer.path, "status": answer.status, "code": code}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
