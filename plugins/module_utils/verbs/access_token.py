# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the login: a token is there, and in a file where wanted. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from ..transport.errors import DeskError
from .files import check_path, mode_of, require_target, write_whole
from .spec import Context, Item, ItemResult, Option, WriteVerb

MODE = "0600"


def check(items: Sequence[Item]) -> None:
    """A file for the token is named without detours."""
    for item in items:
        if item["token_path"] is not None:
            check_path(item, "token_path")


def access_token(context: Context) -> list[ItemResult]:
    """Log in, unless this run has done so already, and say how long that lasts; never the token itself."""
    results = [ItemResult(item.index, item["token_path"] or "login") for item in context.items]
    for item, result in zip(context.items, results, strict=True):
        try:
            _require_target(context, item["token_path"])
        except DeskError as error:
            result.fail(error)
    if all(result.error for result in results):
        return results
    token = context.platform.log_in()
    for item, result in zip(context.items, results, strict=True):
        result.extra = {
            "account": context.platform.user,
            "expires_at": _iso(token.expires_at),
            "lifetime": int(token.lifetime),
        }
        try:
            if item["token_path"] is not None and result.error is None:
                _keep(context, item["token_path"], token.value, result)
        except DeskError as error:
            result.fail(error)
    return results


def _require_target(context: Context, path: str | None) -> None:
    if path is not None:
        require_target(context, path)


def _keep(context: Context, path: str, token: str, result: ItemResult) -> None:
    """The file holds this token, and nobody else may read it."""
    result.before = _present(path, token)
    result.after = {"token_path": path, "mode": MODE, "is_current": True}
    if result.before == result.after:
        return
    result.outcome = "created" if result.before is None else "updated"
    if not context.check_mode:
        write_whole(path, token.encode(), MODE)


def _present(path: str, token: str) -> dict[str, Any] | None:
    """The file as it is; of its content only whether it is the token."""
    try:
        with open(path, "rb") as file:
            content = file.read(len(token.encode()) + 1)
        return {"token_path": path, "mode": mode_of(path), "is_current": content == token.encode()}
    except FileNotFoundError:
        return None
    except OSError:
        mode = mode_of(path) if os.path.exists(path) else None
        return {"token_path": path, "mode": mode, "is_current": False}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


ACCESS_TOKEN = WriteVerb(
    name="access_token",
    platforms=("bmc_dwp",),
    options=(Option("token_path", type="path"),),
    check=check,
    run=access_token,
)
