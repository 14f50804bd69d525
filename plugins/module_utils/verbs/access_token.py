# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the login: tokens are there, and in files where wanted, or they are void. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from ..transport.errors import AuthError, DeskError, Unsupported
from ..transport.tokens import Token
from .files import check_path, mode_of, require_target, write_whole
from .parallel import each, fail
from .spec import Context, Item, ItemResult, Option, WriteVerb

MODE = "0600"
# The end of the year 9999, in seconds.
LATEST = 253402300799.0
PRESENT, REVOKED = "present", "revoked"
FILES = ("token_path", "refresh_token_path")
NEEDS_CODE = "Give code, or refresh_token_path with a file that holds a refresh token"

Row = dict[str, Any]


def check(items: Sequence[Item]) -> None:
    """Files for tokens are named without detours, and a code has a place for what comes of it."""
    for item in items:
        for option in FILES:
            if item[option] is not None:
                check_path(item, option)
        if item["state"] == REVOKED:
            for option in ("token_path", "code", "redirect_uri"):
                if item[option] is not None:
                    raise item.error(option, "it makes no sense with state revoked")
            continue
        if item["code"] is not None:
            if not item["code"].strip():
                raise item.error("code", "it is empty")
            if item["refresh_token_path"] is None:
                hint = "A code works once, and the refresh token that comes of it is shown nowhere: name a file for it"
                raise item.error("refresh_token_path", "it is missing, and code needs it", hint=hint)
        elif item["redirect_uri"] is not None:
            raise item.error("redirect_uri", "it needs code")
    _check_nothing_is_overwritten(items)


def _check_nothing_is_overwritten(items: Sequence[Item]) -> None:
    """A refresh token is shown once. An access token in its place would be the end of it."""
    keeping = {os.path.normpath(item["refresh_token_path"]): item for item in items if item["refresh_token_path"] is not None}
    for item in items:
        other = keeping.get(os.path.normpath(item["token_path"])) if item["token_path"] is not None else None
        if other is not None:
            where = "" if other is item else f" in {other.label.rstrip('.')}"
            hint = "Give each token a file of its own"
            raise item.error("token_path", f"{item['token_path']} is also refresh_token_path{where}", hint=hint)


def access_token(context: Context) -> list[ItemResult]:
    """Log in, unless this run has done so already, and say how long that lasts; never the token itself."""
    if not context.platform.has_refresh_tokens and any(item["state"] == REVOKED for item in context.items):
        raise Unsupported(f"state: {context.platform.title} has no tokens that could be revoked")
    results = [ItemResult(item.index, _subject(item)) for item in context.items]
    for item, result in zip(context.items, results, strict=True):
        try:
            _require_targets(context, item)
        except DeskError as error:
            result.fail(error)
    if all(result.error for result in results):
        return results
    if all(_is_plain(item) for item in context.items):
        # A login that is refused concerns all of them.
        context.platform.log_in()

    def settle(task: tuple[Item, ItemResult]) -> None:
        item, result = task
        if result.error is None and item["state"] == REVOKED:
            _revoke(context, item, result)
        elif result.error is None or _is_plain(item):
            _ensure(context, item, result)
        if result.error is not None:
            raise result.error

    # One after the other: a file that an item writes may be that of the next.
    tasks = list(zip(context.items, results, strict=True))
    problems = each(settle, tasks, concurrency=1, stop_on_error=context.on_error == "stop")
    for result, problem in zip(results, problems, strict=True):
        if problem is not None and result.error is None:
            fail(result, problem)
    return results


def _subject(item: Item) -> str:
    return item["token_path"] or item["refresh_token_path"] or ("refresh token" if item["state"] == REVOKED else "login")


def _is_plain(item: Item) -> bool:
    """Whether the item is about the login of the connection only."""
    return item["state"] == PRESENT and item["refresh_token_path"] is None


def _require_targets(context: Context, item: Item) -> None:
    for option in FILES:
        if item[option] is not None:
            require_target(context, item[option])


def _ensure(context: Context, item: Item, result: ItemResult) -> None:
    was_unwritable = result.error
    files: list[tuple[Row | None, Row]] = []
    if item["refresh_token_path"] is None:
        token: Token | None = context.platform.log_in()
    else:
        token = _refresh_or_exchange(context, item, files)
    result.extra = {"account": context.platform.user, **_validity(token)}
    if was_unwritable is not None:
        return
    if item["token_path"] is not None:
        files.append(_keep(context, item["token_path"], token))
    if files:
        _describe(result, files)


def _validity(token: Token | None) -> Row:
    """How long a token is good; of one that was given by the user nothing is known, and check mode exchanges no code."""
    if token is None or token.lifetime == float("inf"):
        return {"expires_at": None, "lifetime": None}
    scopes = {"scopes": token.extra["scopes"]} if "scopes" in token.extra else {}
    return {"expires_at": _iso(token.expires_at), "lifetime": int(token.lifetime), **scopes}


def _describe(result: ItemResult, files: list[tuple[Row | None, Row]]) -> None:
    """The files of an item as they were found and as they are."""
    result.before = _united([before for before, dummy in files if before])
    result.after = _united([after for dummy, after in files])
    if result.before != result.after:
        result.outcome = "created" if result.before is None else "updated"


def _united(parts: list[Row]) -> Row | None:
    whole: Row = {}
    for part in parts:
        whole |= part
    return whole or None


def _keep(context: Context, path: str, token: Token | None) -> tuple[Row | None, Row]:
    """The file holds this token, and nobody else may read it."""
    before = _present(path, token.value if token else None)
    after = {"token_path": path, "mode": MODE, "is_current": True}
    if before != after and token is not None and not context.check_mode:
        write_whole(path, token.value.encode(), MODE)
    return before, after


def _present(path: str, token: str | None) -> Row | None:
    """The file as it is; of its content only whether it is the token."""
    try:
        with open(path, "rb") as file:
            content = file.read(len((token or "").encode()) + 1)
        return {"token_path": path, "mode": mode_of(path), "is_current": token is not None and content == token.encode()}
    except FileNotFoundError:
        return None
    except OSError:
        mode = mode_of(path) if os.path.exists(path) else None
        return {"token_path": path, "mode": mode, "is_current": False}


# -- refresh tokens ---------------------------------------------------------------------------------------------------------


def _refresh_or_exchange(context: Context, item: Item, files: list[tuple[Row | None, Row]]) -> Token | None:
    """A token made of the refresh token in the file. If there is none that works, the code is exchanged for one.

    Check mode leaves the code alone: it works only once.
    """
    path, code = item["refresh_token_path"], item["code"]
    kept = _kept(path)
    refusal: AuthError | None = None
    token: Token | None = None
    if kept:
        try:
            token = context.platform.log_in_with(kept)
        except AuthError as error:
            if not code or not context.platform.is_void(error):
                raise
            refusal = error
    elif not code:
        raise item.error("code", f"it is missing, and {path} holds no refresh token", hint=NEEDS_CODE)
    after = {"refresh_token_path": path, "refresh_token_mode": MODE, "refresh_token_works": True}
    before = {**after, "refresh_token_mode": mode_of(path), "refresh_token_works": token is not None} if kept else None
    files.append((before, after))
    if context.check_mode:
        return token
    if token is None:
        token, kept = _exchange(context, item, refusal)
    if before != after and kept is not None:
        write_whole(path, kept.encode(), MODE)
    return token


def _exchange(context: Context, item: Item, refusal: AuthError | None) -> tuple[Token, str]:
    try:
        token: Token = context.platform.exchange(item["code"].strip(), redirect_uri=item["redirect_uri"])
    except AuthError as error:
        if refusal is not None and context.platform.is_void(error):
            error.message += f"; and the refresh token in {item['refresh_token_path']} is void too"
        raise
    refresh_token = token.extra.get("refresh_token")
    if not refresh_token:
        hint = "Ask for the code with access_type=offline, and with prompt=consent where access was granted before"
        raise AuthError("The code gave an access token, but no refresh token", hint=hint)
    return token, refresh_token


def _kept(path: str) -> str | None:
    """The refresh token in a file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(4096).strip() or None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DeskError(f"{path} cannot be read ({type(error).__name__})", hint="Check what it is, and its permissions") from None


def _revoke(context: Context, item: Item, result: ItemResult) -> None:
    """The refresh token of the file, or else that of the connection, is void; and the file is gone."""
    path = item["refresh_token_path"]
    result.extra = {"account": context.platform.user, **_validity(None)}
    kept = _kept(path) if path is not None else None
    if path is not None and kept is None and not os.path.lexists(path):
        return
    works = context.platform.works(kept, is_asked=context.check_mode) if kept or path is None else False
    if works or path is not None:
        file = {"refresh_token_path": path, "refresh_token_mode": mode_of(path)} if path is not None else {}
        result.before = {**file, "refresh_token_works": works}
        result.outcome = "deleted"
    if context.check_mode:
        return
    if works:
        context.platform.revoke(kept)
        result.has_written = True
    if path is not None:
        _remove(path)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError as error:
        raise DeskError(
            f"{path} cannot be removed ({error.strerror})", hint="Its token is void; remove the file yourself"
        ) from None


def _iso(seconds: float) -> str:
    # As far as a calendar goes: a server may say anything.
    return datetime.fromtimestamp(min(seconds, LATEST), timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


ONLY_SDP = ("sdp_cloud",)

ACCESS_TOKEN = WriteVerb(
    name="access_token",
    platforms=("bmc_dwp", "sdp_cloud"),
    options=(
        Option("token_path", type="path"),
        Option("code", secret=True, platforms=ONLY_SDP),
        Option("redirect_uri", platforms=ONLY_SDP),
        Option("refresh_token_path", type="path", platforms=ONLY_SDP),
        Option("state", default=PRESENT, choices=(PRESENT, REVOKED)),
    ),
    check=check,
    run=access_token,
)
