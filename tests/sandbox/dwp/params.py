# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a call: its query, its JSON body, and the two families of key names."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from ..reply import Scope
from ..switches import Switchboard
from .errors import REQUIRED, ApiError, invalid

#: the document's keys, and those that live clients send and read
FAMILIES = {
    "serviceversionId": {"one": "serviceversionId", "many": "serviceversionIds", "excluded": "excludedServiceversionIds"},
    "serviceId": {"one": "serviceId", "many": "serviceIds", "excluded": "excludedServiceIds"},
}
NO_PAGING = -1
BOOLEANS = {"true": True, "false": False}


def key_name(switches: Switchboard, kind: str = "one") -> str:
    """The name that answers use."""
    return FAMILIES[str(switches["key_family"])][kind]


def _accepted(switches: Switchboard, kind: str) -> tuple[str, ...]:
    """The names that requests may use; the first is the right one."""
    right = key_name(switches, kind)
    if switches["key_check"] == "strict":
        return (right,)
    return (right, *(names[kind] for names in FAMILIES.values() if names[kind] != right))


def _foreign(switches: Switchboard) -> set[str]:
    if switches["key_check"] != "strict":
        return set()
    return {name for family, names in FAMILIES.items() if family != switches["key_family"] for name in names.values()}


class Query:
    """Query parameters, as written in the document or (a switch) in any case. Unknown ones are ignored."""

    def __init__(self, scope: Scope, switches: Switchboard) -> None:
        self._switches = switches
        self._any_case = switches["query_names"] == "any_case"
        raw = scope["query_string"]
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True) if raw else []
        self._pairs = [(self._name(name), value) for name, value in pairs]

    def _name(self, name: str) -> str:
        return name.lower() if self._any_case else name

    def texts(self, name: str) -> list[str]:
        wanted = self._name(name)
        return [value for key, value in self._pairs if key == wanted]

    def text(self, name: str) -> str | None:
        """The value, or None if it is missing or empty."""
        return next((value for value in self.texts(name) if value), None)

    def family(self) -> str | None:
        """The id of a service version, under the name of the chosen family."""
        for name in _foreign(self._switches):
            if self.texts(name):
                raise invalid(self._switches, f"Unknown parameter {name}")
        return next((value for name in _accepted(self._switches, "one") if (value := self.text(name))), None)

    def number(self, name: str, default: int, least: int, most: int | None = None) -> int:
        value = self.text(name)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            raise invalid(self._switches, f"{name} is not a whole number: {value}") from None
        if number < least or (most is not None and number > most):
            raise invalid(self._switches, f"{name} is out of range: {number}")
        return number

    def flag(self, name: str) -> bool | None:
        value = self.text(name)
        if value is None:
            return None
        if value.lower() not in BOOLEANS:
            raise invalid(self._switches, f"{name} is neither true nor false: {value}")
        return BOOLEANS[value.lower()]


class Page:
    """``perPage`` (-1: everything) and ``page`` from 1; the answer echoes both."""

    def __init__(self, query: Query, switches: Switchboard, default: int = NO_PAGING) -> None:
        self._switches = switches
        self.size = query.number("perPage", default, NO_PAGING)
        self.page = query.number("page", 1, 1)
        if self.size == 0:
            raise invalid(switches, "perPage is out of range: 0")

    def cut(self, rows: list[Any]) -> list[Any]:
        if self.size == NO_PAGING:
            return rows if self.page == 1 else []
        start = (self.page - 1) * self.size
        return rows[start : start + self.size]

    def frame(self, name: str, rows: list[Any], total: int) -> dict[str, Any]:
        size = self.size
        if size == NO_PAGING and self._switches["page_size_omitted"] == "total":
            size = total
        return {name: rows, "pageSize": size, "page": self.page, "total": total}


def parse_json(body: bytes, switches: Switchboard) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise invalid(switches, f"The body is not JSON: {error}") from error


class Body:
    """A JSON object whose keys are taken one by one; ``done`` refuses what is left over (a switch)."""

    def __init__(self, value: Any, switches: Switchboard, where: str = "The body") -> None:
        self._switches = switches
        self._where = where
        if not isinstance(value, dict):
            raise invalid(switches, f"{where} is not an object")
        self._values = dict(value)
        for name in _foreign(switches) & value.keys():
            raise invalid(switches, f'Unrecognized field "{name}"')

    def _refuse(self, name: str, wanted: str) -> ApiError:
        return invalid(self._switches, f"{name} must be {wanted}")

    def raw(self, name: str) -> Any:
        return self._values.pop(name, None)

    def text(self, name: str) -> str | None:
        value = self.raw(name)
        if value is not None and not isinstance(value, str):
            raise self._refuse(name, "a string")
        return value

    def needed(self, name: str) -> str:
        """A text that must not be missing or empty."""
        value = self.text(name)
        if not value:
            raise invalid(self._switches, f"Required field cannot be blank: {name}", REQUIRED)
        return value

    def texts(self, name: str) -> list[str] | None:
        value = self.raw(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise self._refuse(name, "a list of strings")
        return value

    def objects(self, name: str) -> list[Body] | None:
        value = self.raw(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self._refuse(name, "a list of objects")
        return [Body(item, self._switches, f"{name}[{index}]") for index, item in enumerate(value)]

    def number(self, name: str, default: int, least: int) -> int:
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self._refuse(name, f"a whole number from {least} up")
        return value

    def flag(self, name: str) -> bool | None:
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            raise self._refuse(name, "true or false")
        return value

    def share(self, name: str) -> float:
        """A number from 0 to 1."""
        value = self.raw(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise self._refuse(name, "a number from 0 to 1")
        return float(value)

    def family(self, kind: str = "one") -> str | None:
        """The name under which the family's key stands in this body, if it does."""
        return next((name for name in _accepted(self._switches, kind) if name in self._values), None)

    def service_id(self) -> str:
        return self.needed(self.family() or key_name(self._switches))

    def excluded(self) -> list[str]:
        name = self.family("excluded")
        return (self.texts(name) or []) if name else []

    def done(self) -> None:
        """The document does not say what becomes of unknown keys."""
        if self._values and self._switches["unknown_keys"] == "rejected":
            raise invalid(self._switches, f'Unrecognized field "{next(iter(self._values))}"')
