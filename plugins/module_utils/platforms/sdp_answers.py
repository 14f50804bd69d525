# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: what the answers of the API and of the accounts server say. Private to the collection.

Section numbers in comments are those of the fact sheet on ServiceDesk Plus Cloud.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Mapping
from typing import Any

from ..transport.answer import Answer
from ..transport.errors import (
    ApiError,
    AuthError,
    Conflict,
    DeskError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    shortened,
)
from ..transport.faults import may_still_come
from ..transport.http import LOOK_FIRST
from ..transport.retry import retry_after
from .sdp_modules import scope_of

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
    is_at_work = may_still_come(answer.status, answer.seconds)
    return OutcomeUnknown(message, hint=LOOK_FIRST, may_still_come=is_at_work, **details)


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


def judge_accounts(grant: str, answer: Answer) -> DeskError | None:
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
    message = f"Zoho refused to {what} ({error or answer.status}){': ' if reason else ''}{reason}"
    # 1.3: the words that are known are permanent; others may be a trouble of the server, and repeat what was sent.
    return AuthError(message, hint=hint, is_final=bool(reason), **details)


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


def _details(answer: Answer, code: str | None) -> dict[str, Any]:
    return {"method": answer.method, "path": answer.path, "status": answer.status, "code": code}
