# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: values of fields, compared and shown as users write them, sent as the API wants them.

Private to the collection. Section numbers in comments are those of the fact sheet.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from html import escape
from typing import Any

from .markup import TAG, plain_text

Row = dict[str, Any]

# Ids have fifteen digits or more, so that a name of digits is no id.
SHORTEST_ID = 12
LINK = re.compile(r"""\b(?:href|src)\s*=\s*["']?([^"'\s>]*)""", re.IGNORECASE)
# Markup that says nothing: what a server puts around a text, and line breaks, which are compared as such.
WRAPPERS = frozenset({"div", "p", "span", "br", "html", "head", "body", "meta", "font"})
# Fields of these names, wherever they stand, are texts even where they look like a time.
TEXT_FIELDS = re.compile(r"id|name|title|subject|description|content|comments?|email_id|keywords|udf_char.*|txt_.*")
TIME_FIELDS = re.compile(r".*_time|udf_date.*|dt_.*|date_.*")
ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DIGITS = re.compile(r"-?\d+")
_FRACTION = re.compile(r"\.\d+")
_ZONE = re.compile(r"([+-]\d\d)(\d\d)$")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
_BLANK = re.compile(r"\s")
_LEADING_ZERO = re.compile(r"-?0\d")
LOOKUP_KEYS = ("id", "email_id", "name", "internal_name", "value", "display_value")


def as_markup(text: str) -> str:
    """A plain text for a field that holds HTML; what is markup already stays as it is (7)."""
    if TAG.search(text):
        return text
    return escape(text, quote=False).replace("\n", "<br>")


def iso_time(value: Any) -> str | None:
    """A time of the API, milliseconds since 1970 as text, as ISO 8601 in UTC. The word C(null) occurs (6)."""
    milliseconds = epoch_ms(value)
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="seconds")


def epoch_ms(value: Any) -> int | None:
    """Milliseconds since 1970 of a time in any accepted spelling: the API's object, a number, ISO 8601 with a zone."""
    if isinstance(value, Mapping):
        value = value.get("value")
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip()
    if _DIGITS.fullmatch(text):
        return int(text)
    if not ISO.fullmatch(text):
        return None
    # As Python 3.10 wants it.
    text = _FRACTION.sub(lambda found: f"{found[0]:0<7.7}", _ZONE.sub(r"\1:\2", text.replace("Z", "+00:00")))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment - _EPOCH) // _MILLISECOND


def is_text_field(name: str) -> bool:
    """Whether a field, by the last part of its name, is a text: what looks like a number or a time there is none."""
    return bool(TEXT_FIELDS.fullmatch(name.rpartition(".")[2]))


def same(wanted: Any, there: Any, name: str = "") -> bool:
    """Whether the server has a value already, in whatever spelling it was asked for (7).

    Lookups are compared by what was sent of them, names and e-mail addresses without case, times as moments, numbers as
    numbers, texts without the markup that the server adds, lists without order, and nothing is nothing. C(name) is that of
    the field: the title 1.10 is another one than 1.1.
    """
    if _is_nothing(wanted) or _is_nothing(there):
        return _is_nothing(wanted) and _is_nothing(there)
    if isinstance(wanted, Mapping):
        return _same_objects(wanted, there, name)
    if isinstance(wanted, list):
        return _same_lists(wanted, there if isinstance(there, list) else [there], name)
    if isinstance(there, Mapping):
        moment = epoch_ms(wanted) if "value" in there else None
        if moment is not None and moment == epoch_ms(there):
            return True
        return any(_same_keys(key, wanted, there) for key in LOOKUP_KEYS if not _is_nothing(there.get(key)))
    return not isinstance(there, list) and _same_scalars(wanted, there, name)


def _same_objects(wanted: Mapping[str, Any], there: Any, name: str) -> bool:
    if not isinstance(there, Mapping):
        return len(wanted) == 1 and not isinstance(there, list) and all(same(value, there, name) for value in wanted.values())
    return all(_same_keys(key, value, there) for key, value in wanted.items())


def _same_keys(key: str, wanted: Any, there: Mapping[str, Any]) -> bool:
    """Of what has an id the name only refers to it, and servers need not mind its case."""
    current = there.get(key)
    if key == "name" and there.get("id") and isinstance(wanted, str) and isinstance(current, str):
        return wanted.strip().casefold() == current.strip().casefold()
    return same(wanted, current, key)


def difference(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> Row:
    """Those of the wanted fields that the record does not have yet; additional fields one by one."""
    changes: Row = {}
    for name, value in wanted.items():
        current = there.get(name)
        if name == "udf_fields" and isinstance(value, Mapping):
            inner = difference(value, as_object(current))
            if inner:
                changes[name] = inner
        elif not same(value, current, name):
            changes[name] = value
    return changes


def as_asked(wanted: Any, there: Any, name: str = "") -> Any:
    """What the server has, in the form in which it was asked for: before and after can be laid side by side."""
    if same(wanted, there, name):
        return as_told(wanted)
    if isinstance(wanted, Mapping):
        if isinstance(there, Mapping) or _is_nothing(there):
            return {key: as_asked(value, as_object(there).get(key), key) for key, value in wanted.items()}
        return there
    if isinstance(wanted, list) and wanted and isinstance(there, list):
        return [_as_one_of(wanted, one, name) for one in there]
    if isinstance(there, Mapping):
        return _part_asked(wanted, there)
    return there


def _as_one_of(wanted: list[Any], there: Any, name: str) -> Any:
    return as_asked(next((one for one in wanted if same(one, there, name)), wanted[0]), there, name)


def _part_asked(wanted: Any, there: Mapping[str, Any]) -> Any:
    """Of a time the moment, of another record what was given of the wanted one."""
    if "value" in there and not there.get("id"):
        moment = epoch_ms(there)
        if moment is None:
            return there["value"]
        return iso_time(there) if not isinstance(wanted, int) and not str(wanted).isdecimal() else moment
    text = str(wanted)
    first = "id" if _is_record_id(text) else "email_id" if "@" in text else "name"
    return next((there[key] for key in (first, "name", *LOOKUP_KEYS) if not _is_nothing(there.get(key))), None)


def as_told(value: Any) -> Any:
    """A wanted value as it is shown, before it is there and afterwards: as the user wrote it."""
    if isinstance(value, Mapping):
        return {key: as_told(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_told(inner) for inner in value]
    return value


def to_send(value: Any, name: str = "") -> Any:
    """A field as the API wants it: times become its objects, the rest stays."""
    if isinstance(value, Mapping):
        if set(value) == {"value"}:
            moment = epoch_ms(value) if ISO.fullmatch(str(value["value"])) else None
            return dict(value) if moment is None else {"value": str(moment)}
        return {key: to_send(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [to_send(one, name) for one in value]
    if isinstance(value, (str, int)) and not isinstance(value, bool) and _is_time(str(value), name):
        return {"value": str(epoch_ms(value))}
    return value


def _is_time(text: str, name: str) -> bool:
    """Whether a value is a time: by its look, as numbers are only in fields that are named so."""
    if is_text_field(name) or epoch_ms(text) is None:
        return False
    return bool(ISO.fullmatch(text)) or bool(TIME_FIELDS.fullmatch(name))


def reference(value: Any, *, is_user: bool) -> Any:
    """A plain text for another record, as the API refers to it: by id, e-mail address, or name."""
    if isinstance(value, (Mapping, list, bool)) or _is_nothing(value):
        return value
    text = str(value)
    if _is_record_id(text):
        return {"id": text}
    return {"email_id" if is_user and "@" in text else "name": text}


def _is_record_id(text: str) -> bool:
    return text.isdecimal() and len(text) >= SHORTEST_ID


def record_fields(
    fields: Mapping[str, Any], there: Mapping[str, Any], *, lookups: Collection[str], users: Collection[str]
) -> Row:
    """Fields of any record as the API wants them. What refers to another one is known by its name, or seen in the record."""

    def refers(name: str) -> bool:
        current = there.get(name)
        return name in lookups or name in users or (isinstance(current, Mapping) and bool(current.get("id")))

    def names_user(name: str) -> bool:
        return name in users or "email_id" in as_object(there.get(name))

    return {name: reference(value, is_user=names_user(name)) if refers(name) else value for name, value in fields.items()}


def _same_lists(wanted: list[Any], there: list[Any], name: str) -> bool:
    """Each wanted value is one that is there, and none is left over."""
    if len(wanted) != len(there):
        return False
    left, open_ones = list(there), []
    for value in wanted:
        if value in left:
            left.remove(value)
        else:
            open_ones.append(value)
    for value in sorted(open_ones, key=_vagueness):
        position = next((number for number, one in enumerate(left) if same(value, one, name)), None)
        if position is None:
            return False
        del left[position]
    return True


def _vagueness(value: Any) -> int:
    """Objects that say more come first: they fit fewer."""
    return -len(value) if isinstance(value, Mapping) else 0


def _same_scalars(wanted: Any, there: Any, name: str) -> bool:
    if isinstance(wanted, bool) or isinstance(there, bool):
        return str(wanted).lower() == str(there).lower()
    one, other = str(wanted).strip(), str(there).strip()
    if one == other:
        return True
    if "@" in one and "@" in other and not _BLANK.search(one):
        return one.lower() == other.lower()
    if is_text_field(name):
        return _same_texts(one, other)
    if NUMBER.fullmatch(one) and NUMBER.fullmatch(other):
        return _same_numbers(one, other, is_text=isinstance(wanted, str))
    moment = epoch_ms(one)
    if ISO.fullmatch(one) and moment is not None and moment == epoch_ms(other):
        return True
    return _same_texts(one, other)


def _same_numbers(one: str, other: str, *, is_text: bool) -> bool:
    """Texts with leading zeros, such as tags, are no numbers, and ids are too long for one."""
    if is_text and any(_LEADING_ZERO.match(text) for text in (one, other)):
        return False
    return Decimal(one) == Decimal(other)


def _same_texts(wanted: str, there: str) -> bool:
    """Markup counts where some was asked for."""
    if plain_text(wanted) != plain_text(there):
        return False
    asked = _markup(wanted)
    return not asked or asked == _markup(there)


def _markup(text: str) -> list[str]:
    """The tags of a text, without those that say nothing."""
    found = []
    for tag in TAG.finditer(text):
        name = tag[1].lower()
        if name.lstrip("/") not in WRAPPERS:
            target = LINK.search(tag[0])
            found.append(f"{name} {target[1]}" if target else name)
    return found


def _is_nothing(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_is_nothing(inner) for inner in value.values())
    return value is None or value in ("", "null") or value == []


def as_object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
