# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions of decision rules: what one value has to be. See rules.py for what rules do with them."""

# Exact types are asked for on purpose: a boolean is no number here, and the answer is faster than that of isinstance().
# pylint: disable=unidiomatic-typecheck

from __future__ import annotations

import difflib
import fnmatch
import functools
import operator
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any, Final, NoReturn, TypeAlias

_SHOWN_LENGTH: Final = 100
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?")

Test: TypeAlias = Callable[[Any], bool]


class RuleError(ValueError):
    """A rule, a decision or a record that cannot be used; the message says which one and what is allowed."""


# The value of a path that a record does not have; null is a value.
MISSING: Final[Any] = object()


# Values


def as_text(value: Any) -> str | None:
    """Text as it is and numbers as they are written; None for what is neither."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is not int and kind is not float:
        return None
    try:
        return str(value)
    except ValueError:  # Python refuses to print integers of more than 4300 digits
        return hex(value)


def _comparable(value: Any) -> tuple[str, Any] | None:
    """The value as a number or a time, with its kind; None for what cannot be ordered."""
    if type(value) is str:
        return _comparable_text(value)
    return ("number", value) if type(value) is int or type(value) is float else None


@functools.lru_cache(maxsize=1024)  # several rules in a row look at the same creation time
def _comparable_text(text: str) -> tuple[str, Any] | None:
    try:
        if _NUMBER.fullmatch(text):
            return "number", int(text) if text.lstrip("+-").isdigit() else float(text)
        if _TIME.fullmatch(text):
            moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
            return "time", moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except ValueError:  # the 31st of February, or more digits than int() reads
        pass
    return None


def describe(value: Any) -> str:
    """A value on one line of a log: of a sensible length, no control characters or changes of direction."""
    if isinstance(value, dict):
        return "present"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list):
        text = ", ".join(map(describe, value[:_SHOWN_LENGTH]))
    else:
        text = "absent" if value is MISSING else as_text(value) or ""
    if len(text) > _SHOWN_LENGTH:
        text = text[: _SHOWN_LENGTH - 1] + "…"
    return "".join(c if c.isprintable() else " " for c in text) or "empty"


def nearest(word: str, known: Iterable[str]) -> str:
    """A suggestion to put at the end of a message, or nothing."""
    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), folded, n=1)
    close = close or [name for name in folded if name.endswith("." + word.casefold())]
    return f" Did you mean {folded[close[0]]!r}?" if close else ""


def fail(where: str, problem: str) -> NoReturn:
    raise RuleError(f"{where}: {problem}")


def check_keys(given: Iterable[Any], allowed: Iterable[str], where: str, kind: str) -> None:
    for key in given:
        if key not in allowed:
            fail(where, f"unknown {kind} {key!r}.{nearest(str(key), allowed)} Allowed: {', '.join(allowed)}")


# Conditions: what one value has to be. They see plain values and MISSING.


def _each(test: Test) -> Test:
    """A list passes when any of its members does."""
    return lambda value: any(map(test, value)) if type(value) is list else test(value)


def _equals(operands: Iterable[Any], ignore_case: bool = False) -> Test:
    """Any of the operands. Ids are text here and numbers there, so 7 equals "7"; a boolean equals only a boolean."""
    given = list(operands)
    texts = {text.casefold() if ignore_case else text for text in map(as_text, given) if text is not None}
    numbers = {member for member in given if type(member) in (int, float)}
    booleans = {member for member in given if type(member) is bool}
    null = None in given

    def test(value: Any) -> bool:
        kind = type(value)
        if kind is str:
            return (value.casefold() if ignore_case else value) in texts
        if kind is list:  # not by _each: a list is not null because one of its members is
            return any(test(member) for member in value if member is not None)
        if kind is bool:
            return value in booleans
        if value is None or value is MISSING:
            return null
        return kind is not dict and (value in numbers or as_text(value) in texts)

    return test


def _holds(predicate: Callable[[str], Any]) -> Test:
    def test(value: Any) -> bool:
        text = value if type(value) is str else as_text(value)
        return text is not None and bool(predicate(text))

    return _each(test)


def _scalar(operand: Any, where: str, allowed: str) -> Any:
    if isinstance(operand, (dict, list)):
        fail(where, f"takes one value, not a {type(operand).__name__}; {allowed}")
    return operand


def non_empty_list(operand: Any, where: str, members: str) -> list[Any]:
    if not isinstance(operand, list) or not operand:
        fail(where, f"takes a list of {members}, at least one")
    return operand


def _texts(operand: Any, where: str) -> list[str]:
    texts = operand if isinstance(operand, list) else [operand]
    if not all(isinstance(text, str) for text in texts):
        fail(where, "takes text or a list of texts (numbers in quotes)")
    return texts


def _eq(operand: Any, where: str, ignore_case: bool) -> Test:
    return _equals([_scalar(operand, where, "for any of several values use 'in'")], ignore_case)


def _ne(operand: Any, where: str, ignore_case: bool) -> Test:
    equal = _eq(operand, where, ignore_case)
    return lambda value: value is not MISSING and not equal(value)


def _in(operand: Any, where: str, ignore_case: bool) -> Test:
    if not isinstance(operand, list):
        fail(where, "takes a list of values")
    return _equals([_scalar(member, where, "for a list of conditions use 'any'") for member in operand], ignore_case)


def _glob(operand: Any, where: str, ignore_case: bool) -> Test:
    # One alternation for all patterns; an empty list of them matches nothing.
    pattern = "|".join(map(fnmatch.translate, _texts(operand, where))) or r"(?!)"
    return _holds(re.compile(pattern, re.IGNORECASE if ignore_case else 0).match)


def _regex(operand: Any, where: str, ignore_case: bool) -> Test:
    searches = []
    for pattern in _texts(operand, where):
        try:
            searches.append(re.compile(pattern, re.IGNORECASE if ignore_case else 0).search)
        except (re.error, OverflowError, RecursionError) as error:
            fail(where, f"{pattern!r} is not a valid regular expression: {error}")
    return _holds(searches[0] if len(searches) == 1 else lambda text: any(search(text) for search in searches))


def _contains(operand: Any, where: str, ignore_case: bool) -> Test:
    member = _equals([_scalar(operand, where, "for several use 'any' or 'all'")], ignore_case)
    if operand is None:
        fail(where, "takes text, a number or a boolean")
    part = as_text(operand)
    if part is None:  # a boolean
        return lambda value: type(value) is list and member(value)
    folded = part.casefold()
    text = _holds((lambda text: folded in text.casefold()) if ignore_case else (lambda text: part in text))
    return lambda value: member(value) if type(value) is list else text(value)


def _exists(operand: Any, where: str, ignore_case: bool) -> Test:
    if not isinstance(operand, bool):
        fail(where, "takes true or false")
    return lambda value: (value is not MISSING) is operand


def _order(compare: Callable[[Any, Any], bool], operand: Any, where: str, ignore_case: bool) -> Test:
    if (limit := _comparable(operand)) is None:
        fail(where, f"takes a number or an ISO 8601 date or time, not {operand!r}")
    kind, bound = limit

    def test(value: Any) -> bool:
        found = _comparable(value)
        return found is not None and found[0] == kind and compare(found[1], bound)

    return _each(test)


def _not(operand: Any, where: str, ignore_case: bool) -> Test:
    test = condition(operand, where)
    return lambda value: not test(value)


def _several(combine: Callable[[Iterable[bool]], bool], operand: Any, where: str, ignore_case: bool) -> Test:
    tests = [condition(member, where) for member in non_empty_list(operand, where, "conditions")]
    return lambda value: combine(test(value) for test in tests)


OPERATORS: Final[dict[str, Callable[[Any, str, bool], Test]]] = {
    "eq": _eq,
    "ne": _ne,
    "in": _in,
    "glob": _glob,
    "regex": _regex,
    "contains": _contains,
    "gt": functools.partial(_order, operator.gt),
    "lt": functools.partial(_order, operator.lt),
    "ge": functools.partial(_order, operator.ge),
    "le": functools.partial(_order, operator.le),
    "exists": _exists,
    "not": _not,
    "any": functools.partial(_several, any),
    "all": functools.partial(_several, all),
}
_CASE_OPERATORS: Final = ("eq", "ne", "in", "glob", "regex", "contains")


def condition(spec: Any, where: str) -> Test:
    if isinstance(spec, dict):
        return _operators(spec, where)
    if not isinstance(spec, list):
        return _equals([spec])
    equal = _equals(member for member in spec if not isinstance(member, (dict, list)))
    tests = [condition(member, where) for member in spec if isinstance(member, (dict, list))]
    return (lambda value: equal(value) or any(test(value) for test in tests)) if tests else equal


def _operators(spec: dict[Any, Any], where: str) -> Test:
    operands = {name: operand for name, operand in spec.items() if name != "ignore_case"}
    check_keys(operands, OPERATORS, where, "operator")
    if not operands:
        fail(where, f"needs an operator. Allowed: {', '.join(OPERATORS)}")
    ignore_case = spec.get("ignore_case", False)
    if not isinstance(ignore_case, bool) or (ignore_case and not operands.keys() & _CASE_OPERATORS):
        fail(where, f"ignore_case is true or false, beside one of: {', '.join(_CASE_OPERATORS)}")
    tests = [OPERATORS[name](operand, f"{where}: {name}", ignore_case) for name, operand in operands.items()]
    return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)
