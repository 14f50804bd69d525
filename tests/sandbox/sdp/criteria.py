# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``search_criteria``: one criterion, several in an array, or a tree of children."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .desk import Desk
from .errors import invalid
from .fields import Module
from .store import Record

Test = Callable[[Record], bool]
Compare = Callable[[Any, list[Any]], bool]

_KEYS = {"field", "condition", "value", "values", "children", "logical_operator"}
_FIELD = "search_criteria"


def value_at(record: Record, module: Module, path: str, desk: Desk) -> Any:
    """What is shown at a dotted path; the LookupError of a path that leads nowhere is for the caller."""
    head, _dot, rest = path.partition(".")
    value: Any = record.id if head == "id" else module.by_name[head].show(record, desk)
    for name in rest.split(".") if rest else ():
        if value is None:
            return None
        if not isinstance(value, dict):
            raise KeyError(path)
        value = value[name]
    if not isinstance(value, dict):
        return value
    return value.get("value") if "display_value" in value else value


def check_path(module: Module, path: Any) -> None:
    """Only the first part is known without a row."""
    head = path.partition(".")[0] if isinstance(path, str) else ""
    if head != "id" and (head not in module.by_name or module.by_name[head].write_only):
        raise KeyError(path)


def _comparable(actual: Any, wanted: Any) -> tuple[Any, Any]:
    """Both as numbers where both are, else as texts."""
    first, second = _number(actual), _number(wanted)
    return (first, second) if first is not None and second is not None else (str(actual), str(wanted))


def _number(value: Any) -> float | int | None:
    try:
        return int(value) if not isinstance(value, (bool, float)) else float(value)
    except (TypeError, ValueError):
        return None


def _ordered(test: Callable[[Any, Any], bool]) -> Compare:
    return lambda actual, wanted: actual is not None and test(*_comparable(actual, wanted[0]))


def _text(test: Callable[[str, str], bool]) -> Compare:
    return lambda actual, wanted: actual is not None and any(test(str(actual), str(one)) for one in wanted)


def _same(actual: Any, wanted: list[Any]) -> bool:
    """Equal to one of the values; without values: there is nothing."""
    if not wanted:
        return actual in (None, "", [], {})
    return any(_equal(actual, one) for one in wanted)


def _equal(actual: Any, wanted: Any) -> bool:
    if isinstance(actual, list):
        return any(_equal(one, wanted) for one in actual)
    if isinstance(actual, dict):
        keys = wanted if isinstance(wanted, dict) else {"id": wanted}
        return all(str(actual.get(name)) == str(value) for name, value in keys.items())
    if isinstance(actual, bool):
        return str(actual).lower() == str(wanted).lower()
    return actual is not None and str(actual) == str(wanted)


def _between(actual: Any, wanted: list[Any]) -> bool:
    if actual is None or len(wanted) != 2:
        return False
    low, high = (_comparable(actual, one) for one in wanted)
    return bool(low[1] <= low[0] and high[0] <= high[1])


def _not(compare: Compare) -> Compare:
    return lambda actual, wanted: not compare(actual, wanted)


_CONTAINS = _text(lambda actual, wanted: wanted in actual)
_CONDITIONS: dict[str, Compare] = {
    "is": _same,
    "is not": _not(_same),
    "greater than": _ordered(lambda actual, wanted: actual > wanted),
    "greater or equal": _ordered(lambda actual, wanted: actual >= wanted),
    "lesser than": _ordered(lambda actual, wanted: actual < wanted),
    "lesser or equal": _ordered(lambda actual, wanted: actual <= wanted),
    "between": _between,
    "not between": _not(_between),
    "starts with": _text(lambda actual, wanted: actual.startswith(wanted)),
    "ends with": _text(lambda actual, wanted: actual.endswith(wanted)),
    "contains": _CONTAINS,
    "not contains": _not(_CONTAINS),
    "like": _CONTAINS,
}
_ALIASES = {
    "=": "is",
    "eq": "is",
    "!=": "is not",
    "neq": "is not",
    "gt": "greater than",
    "gte": "greater or equal",
    "lt": "lesser than",
    "lte": "lesser or equal",
}


class Criteria:
    """Reads criteria for one module; ``test`` tells whether a row fits."""

    def __init__(self, given: Any, module: Module, desk: Desk) -> None:
        self._module = module
        self._desk = desk
        self._fold = desk.switches["string_case"] == "ignored"
        if isinstance(given, list) and len(given) == 1 and desk.switches["one_criterion_array"] == "refused":
            raise invalid(_FIELD)
        self.test = self._several(given) if isinstance(given, list) else self._one(given)

    def _several(self, given: list[Any]) -> Test:
        """From left to right, each joined to what came before it by its own operator."""
        test = self._one(given[0])
        for one in given[1:]:
            test = self._joined(test, self._one(one), one)
        return test

    def _joined(self, first: Test, second: Test, given: dict[str, Any]) -> Test:
        operator = str(given.get("logical_operator") or "AND").upper()
        if operator == "AND":
            return lambda row: first(row) and second(row)
        if operator == "OR":
            return lambda row: first(row) or second(row)
        raise invalid(_FIELD)

    def _one(self, given: Any) -> Test:
        if not isinstance(given, dict) or not set(given) <= _KEYS or not ("field" in given or given.get("children")):
            raise invalid(_FIELD)
        children = given.get("children") or []
        if not isinstance(children, list):
            raise invalid(_FIELD)
        if "field" not in given:
            return self._several(children)
        test = self._leaf(given)
        for child in children:
            test = self._joined(test, self._one(child), child)
        return test

    def _leaf(self, given: dict[str, Any]) -> Test:
        try:
            path, compare = self._path(given["field"]), self._condition(given.get("condition"))
        except (KeyError, TypeError):
            return self._bad()
        wanted = self._wanted(given)

        def test(row: Record) -> bool:
            return compare(self._folded(value_at(row, self._module, path, self._desk)), wanted)

        def careful(row: Record) -> bool:
            try:
                return test(row)
            except (KeyError, TypeError):
                return self._bad()(row)

        return careful

    def _bad(self) -> Test:
        """A field or a condition that is not known: an error, or as if it had not been given."""
        if self._desk.switches["bad_criteria"] == "refused":
            raise invalid(_FIELD)
        return lambda _row: True

    def _path(self, field: Any) -> str:
        check_path(self._module, field)
        return str(field)

    def _condition(self, name: Any) -> Compare:
        word = str(name).lower()
        return _CONDITIONS[_ALIASES.get(word, word)]

    def _wanted(self, given: dict[str, Any]) -> list[Any]:
        several = given.get("values", [])
        if not isinstance(several, list):
            raise invalid(_FIELD)
        values = [given["value"]] if given.get("value") is not None else several
        if not values and str(given["condition"]).lower() not in ("is", "is not", "=", "!=", "eq", "neq"):
            raise invalid(_FIELD)
        return [self._folded(one) for one in values]

    def _folded(self, value: Any) -> Any:
        """Texts without their case, if case does not matter."""
        if not self._fold:
            return value
        if isinstance(value, str):
            return value.casefold()
        if isinstance(value, list):
            return [self._folded(one) for one in value]
        return {key: self._folded(one) for key, one in value.items()} if isinstance(value, dict) else value
