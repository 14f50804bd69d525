# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain Python values out of what Ansible hands over. Private to the collection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

_PLAIN_TYPES: Final = frozenset((str, int, float, bool, type(None)))


def plain(value: Any, *, text_keys: bool = True) -> Any:
    """A copy in built-in JSON types: Ansible hands over tagged and vaulted text, lazy containers and YAML's dates.

    With C(text_keys) keys are texts, as a module gets them; else those that YAML takes for numbers are left as they are.
    """
    if type(value) in _PLAIN_TYPES:
        return value
    if isinstance(value, str):
        return str.__str__(value)  # str() keeps a subclass that overrides __str__
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, Mapping):
        return {_key(key, text_keys): plain(member, text_keys=text_keys) for key, member in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(member, text_keys=text_keys) for member in value]
    return str.__str__(value.isoformat() if isinstance(value, date) else str(value))


def _key(key: Any, text_keys: bool) -> Any:
    """YAML takes C(2026), C(yes) and an empty key for what is no text; JSON has no other keys than texts."""
    value = plain(key)
    return value if isinstance(value, str) or not text_keys else json.dumps(value)
