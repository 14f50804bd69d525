# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of fields: how a value is read from ``input_data``, what is kept, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import EXTRA_KEY, INVALID, INVALID_INPUT, READ_ONLY, WRONG_TYPE
from .times import show_ms

if TYPE_CHECKING:
    from .desk import Desk
    from .fields import Field
    from .store import Record


class Unfit(Exception):
    """A value that a field does not take; ``part`` names the part of it that is wrong."""

    def __init__(self, code: int = WRONG_TYPE, text: str | None = None, part: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.part = part


class NewName(str):
    """The name of a user who is to be made, once all of the call is known to be right."""


class Kind:
    """Any JSON value, as it is. ``name`` is the word in ``_metainfo``; a computed kind needs no value."""

    name = "json"
    empty: Any = None
    computed = False

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        """What to keep of ``given``; ``near`` holds the fields that were read before, in the order of the table."""
        return given

    def merge(self, old: Any, new: Any) -> Any:
        return new

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return value

    def nothing(self, empty: Any, desk: Desk) -> Any:
        """How no value is shown."""
        return empty


class Text(Kind):
    """Text of at most ``limit`` characters."""

    name = "string"

    def __init__(self, limit: int = 0) -> None:
        self.limit = limit

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        if not isinstance(given, str):
            raise Unfit
        if self.limit and len(given) > self.limit:
            raise Unfit(INVALID, f"Value given exceeds the maximum length of {self.limit}")
        return given


class Line(Text):
    """Text without line breaks."""

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        text = super().read(given, desk, near)
        if "\n" in text or "\r" in text:
            raise Unfit(INVALID, "Value given is not valid")
        return text


class Html(Text):
    """Text with markup; whether the server changes it is not documented."""

    name = "html"

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        text = super().read(given, desk, near)
        if desk.switches["html"] == "wrapped" and not text.startswith("<div"):
            return f"<div>{text}<br></div>".replace("\n", "<br>")
        return text


class Number(Kind):
    """A whole number; it is shown as text, as all numbers are."""

    name = "long"

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        try:
            return self._parse(given)
        except (OverflowError, TypeError, ValueError):
            raise Unfit from None

    def _parse(self, given: Any) -> Any:
        if isinstance(given, (bool, float)):
            raise TypeError
        return int(given)

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return str(value)


class Decimal(Number):
    """A number with a fraction."""

    name = "double"

    def _parse(self, given: Any) -> Any:
        if isinstance(given, bool):
            raise TypeError
        return float(given)


class Flag(Kind):
    """True or false; without a value false."""

    name = "boolean"
    empty = False

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        if not isinstance(given, bool):
            raise Unfit
        return given


class Time(Kind):
    """A moment, ``{"value": epoch milliseconds}``."""

    name = "datetime"

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        value = given.get("value") if isinstance(given, dict) else None
        if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).lstrip("-").isdecimal():
            raise Unfit
        try:
            show_ms(int(value))
        except (OverflowError, ValueError):
            raise Unfit(INVALID, INVALID_INPUT) from None
        return int(value)

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return show_ms(value)

    def nothing(self, empty: Any, desk: Desk) -> Any:
        return "null" if desk.switches["null_times"] == "text" else empty


class Texts(Kind):
    """A list of texts; with ``choices`` only of these."""

    name = "array"
    empty: list[Any] = []

    def __init__(self, choices: tuple[str, ...] = ()) -> None:
        self.choices = choices

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise Unfit
        if self.choices and not set(given) <= set(self.choices):
            raise Unfit(INVALID, INVALID_INPUT)
        return given


class Choice(Text):
    """One text of a pick list."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__()
        self.choices = choices

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        if super().read(given, desk, near) not in self.choices:
            raise Unfit(INVALID, INVALID_INPUT)
        return given


class Ref(Kind):
    """Another record, given as ``{id}``, ``{name}`` or ``{email_id}``, shown with the rest of what it is.

    ``within`` names the field that holds the parent of it; a user who ``comes`` is made by its name.
    """

    name = "lookup"

    def __init__(self, table: str, within: str = "", comes: bool = False) -> None:
        self.table = table
        self.within = within
        self.comes = comes

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        if not isinstance(given, dict):
            raise Unfit
        found = desk.find(self.table, given, near.get(self.within) if self.within else None)
        if found is not None:
            return found.id
        if self.comes and set(given) == {"name"} and given["name"] and desk.switches["unknown_requester"] == "created":
            return NewName(given["name"])
        raise Unfit(INVALID, INVALID_INPUT)

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return desk.brief(self.table, value)


class Refs(Ref):
    """Several other records."""

    name = "array"
    empty: list[Any] = []

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        if not isinstance(given, list):
            raise Unfit
        return [super(Refs, self).read(one, desk, near) for one in given]

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return [desk.brief(self.table, one) for one in value]


class Group(Kind):
    """An object of fields."""

    name = "object"

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields = {field.name: field for field in fields}

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        if not isinstance(given, dict):
            raise Unfit
        return {name: self._part(name, value, desk) for name, value in given.items()}

    def _part(self, name: str, value: Any, desk: Desk) -> Any:
        field = self.fields.get(name)
        if field is None:
            raise Unfit(INVALID, EXTRA_KEY, name)
        if field.read_only:
            raise Unfit(READ_ONLY, part=name)
        try:
            return None if value is None else field.kind.read(value, desk, {})
        except Unfit as error:
            raise Unfit(error.code, error.text, name) from None

    def merge(self, old: Any, new: Any) -> Any:
        return {**(old or {}), **new}

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return {name: field.show_value(value.get(name), record, desk) for name, field in self.fields.items()}


class Additional(Group):
    """``udf_fields``: the fields that a tenant added; all of them are shown, with or without values."""

    name = "udf_fields"
    computed = True

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return super().show(value or {}, record, desk)


class DisplayId(Kind):
    """A number with a prefix, as an object."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return {"display_value": f"{self.prefix}-{value}", "value": value}


class Has(Kind):
    """Whether there are sub-records, or values in a list, of that name."""

    name = "boolean"
    computed = True

    def __init__(self, what: str) -> None:
        self.what = what

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return bool(record.subs.get(self.what) or record.values.get(self.what))


class Files(Kind):
    """Attached files, given as ``[{"id": ...}]`` of files that were uploaded before."""

    name = "array"
    empty: list[Any] = []

    def read(self, given: Any, desk: Desk, near: dict[str, Any]) -> Any:
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            raise Unfit
        ids = [str(one.get("id") or one.get("file_id")) for one in given]
        if any(one not in desk.files for one in ids):
            raise Unfit(INVALID, INVALID_INPUT)
        return ids

    def show(self, value: Any, record: Record, desk: Desk) -> Any:
        return [desk.files[one].view(desk.switches) for one in value]
