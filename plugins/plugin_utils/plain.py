# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain Python values out of what Ansible hands over. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

_PLAIN_TYPES: Final = frozenset((str, int, float, bool, type(None)))


def plain(value: Any) -> Any:
    """A copy in built-in JSON types: Ansible hands over tagged and vaulted text, lazy containers and YAML's dates."""
    if type(value) in _PLAIN_TYPES:
        return value
    if isinstance(value, str):
        return str.__str__(value)  # str() keeps a subclass that overrides __str__
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(member) for member in value]
    return str.__str__(value.isoformat() if isinstance(value, date) else str(value))
