# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records are cut down to the fields that were asked for. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from ..transport.errors import OptionError

# What to keep of a record: the whole value (None), or parts of it.
Cut = dict[str, Any]
# Without it nobody could tell which record it was.
ALWAYS = "id"
# The API's own object in a record.
RAW = "raw"


def check_fields(fields: Sequence[str] | None, known: Collection[str]) -> None:
    """The fields are dotted paths that begin with a key that records have; C(known) are these."""
    if fields is None:
        return
    if not fields:
        raise OptionError("fields: the list is empty", hint="Leave it out to get whole records")
    for path in fields:
        first, *parts = path.split(".")
        if first not in known:
            raise OptionError(f"fields: records have no {first!r}", hint=f"They have {', '.join(sorted(known))}")
        if not all(parts):
            raise OptionError(f"fields: {path!r} has an empty part", hint="Write it as raw.user.account")


def only(records: Sequence[dict[str, Any]], fields: Sequence[str] | None) -> list[dict[str, Any]]:
    """The records with these fields and their ids; a field that a record lacks is C(None)."""
    if fields is None:
        return list(records)
    cut = _cut([ALWAYS, *fields])
    return [_part(record, cut) for record in records]


def raw_only(fields: Sequence[str] | None) -> Callable[[dict[str, Any]], dict[str, Any]] | None:
    """What cuts the API's object of a record to these fields; C(None) where all of it is wanted."""
    if fields is None or RAW in fields:
        return None
    cut = _cut([path.partition(".")[2] for path in fields if path.startswith(f"{RAW}.")])
    return partial(_part, cut=cut)


def _cut(fields: Sequence[str]) -> Cut:
    """The paths as a tree. A path that ends above another one wins: it asks for more."""
    tree: Cut = {}
    for path in sorted(fields, key=lambda path: path.count(".")):
        *above, last = path.split(".")
        level: Cut | None = tree
        for name in above:
            level = level.setdefault(name, {}) if level is not None else None
        if level is not None:
            level.setdefault(last, None)
    return tree


def _part(value: Any, cut: Cut | None) -> Any:
    if cut is None:
        return value
    if isinstance(value, list):
        return [_part(element, cut) for element in value]
    if not isinstance(value, Mapping):
        return None
    return {name: _part(value.get(name), below) for name, below in cut.items()}
