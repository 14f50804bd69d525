# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs: with a portal or without, and routes that are spelled in more than one way."""

from __future__ import annotations

from ..switches import Switchboard
from .desk import PORTAL
from .modules_goods import CI_TYPES, CUSTOM

BASE = "/api/v3"
_ACTIONS = frozenset(
    (
        *("close", "assign", "approve", "reject", "merge_requests", "send_notification"),
        *("move_to_trash", "restore_from_trash"),
    )
)
_CI_PATHS = frozenset(path for path, _one, _kind in CI_TYPES)
_CUSTOM_PATHS = frozenset(module.path for module in CUSTOM)
_NOWHERE = "/nowhere"


def below_prefix(path: str, switches: Switchboard) -> str:
    """The path of a call (without the platform's prefix) as the application knows it."""
    segments = path.split("/")
    if segments[1:2] == ["app"]:
        if segments[2:3] != [PORTAL]:
            return _NOWHERE
        segments = ["", *segments[3:]]
    elif segments[1:2] == ["api"] and switches["no_portal"] == "invalid_url":
        return _NOWHERE
    if segments[1:3] != ["api", "v3"]:
        return path
    return BASE + _spelled("/".join(["", *segments[3:]]), switches)


def _spelled(path: str, switches: Switchboard) -> str:
    """Alternative spellings of routes, as far as the switches let them through."""
    path, last = _placed(path, switches), path.rpartition("/")[2]
    if last in ("pickup", "_pickup"):
        refused = switches["pickup_route"] not in ("either", last)
        return _NOWHERE if refused else f"{path.removesuffix(last)}_pickup"
    if last == "link_requests" or (last in _ACTIONS and switches["action_routes"] == "either"):
        return f"{path.removesuffix(last)}_{last}"
    return path


def _placed(path: str, switches: Switchboard) -> str:
    """Types of configuration items and custom modules: alone, or below what they have in common."""
    for names, space, inner, switch in (
        (_CI_PATHS, "/cmdb", True, "cmdb_paths"),
        (_CUSTOM_PATHS, "/custom_modules", False, "custom_module_paths"),
    ):
        nested = path.startswith(f"{space}/")
        bare = path.removeprefix(space) if nested else path
        if bare.split("/")[1] not in names:
            continue
        if switches[switch] not in ("either", "nested" if nested else "bare"):
            return _NOWHERE
        return f"{space}{bare}" if inner else bare
    return path
