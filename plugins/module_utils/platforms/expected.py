# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of answers that have to be of one kind. Private to the collection.

What is not there is empty. What is there and of another kind is an error: to take it for nothing could order a thing twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..transport.errors import ApiError, described

SHAPE_HINT = "The API answers in a form that is not known: check url; after a call that changes something, look at the record"


def objects_in(row: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    found = list_in(row, key)
    if not all(isinstance(one, dict) for one in found):
        raise _unexpected(key, "a list of objects", found)
    return found


def list_in(row: Mapping[str, Any], key: str) -> list[Any]:
    """A list of anything."""
    found = row.get(key) or []
    if not isinstance(found, list):
        raise _unexpected(key, "a list", found)
    return found


def object_in(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object."""
    found = row.get(key) or {}
    if not isinstance(found, dict):
        raise _unexpected(key, "an object", found)
    return found


def text_in(row: Mapping[str, Any], key: str) -> str | None:
    """A text, or what can be taken for one."""
    found = row.get(key)
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, (dict, list)):
        raise _unexpected(key, "a text", found)
    return str(found)


def number_of(row: Mapping[str, Any], key: str) -> int:
    """An id or another whole number."""
    try:
        return int(str(row.get(key)))
    except ValueError:
        raise _unexpected(key, "a whole number", row.get(key)) from None


def fraction_in(row: Mapping[str, Any], key: str) -> float | None:
    """A number with a fraction; what is none is an error, and so is an endless one."""
    found = row.get(key)
    if found is None or found == "":
        return None
    try:
        number = float(found)
    except (OverflowError, TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise _unexpected(key, "a number", found)
    return number


def _unexpected(key: str, wanted: str, got: Any) -> ApiError:
    return ApiError(f"{key}: expected {wanted}, got {described(got)}", hint=SHAPE_HINT)
