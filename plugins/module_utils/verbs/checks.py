# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of option values that several verbs share. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any

from ..transport.errors import OptionError
from .spec import Item

ID = re.compile(r"[0-9]{1,19}")
# What datetime takes in Python 3.10; newer ones take more, and platforms that compare times do not.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):\d\d(:\d\d(\.\d{3}(\d{3})?)?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
E_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def is_id(value: str) -> bool:
    """Whether a value can be the id of a record: a whole number, kept as text."""
    return bool(ID.fullmatch(value))


def is_e_mail(value: str) -> bool:
    """Whether a value looks like an e-mail address."""
    return bool(E_MAIL.fullmatch(value))


def check_ids(params: Mapping[str, Any], option: str) -> None:
    """A list of ids: not empty, numbers only."""
    values = params[option]
    if values is None:
        return
    if not values:
        raise OptionError(f"{option}: the list is empty", hint="Leave the option out to ask for all")
    for value in values:
        if not is_id(value):
            raise OptionError(f"{option}: {value!r} is not an id", hint="Ids are whole numbers")


def check_id(params: Mapping[str, Any], option: str) -> None:
    """One id, if it is set."""
    if params[option] is not None and not is_id(params[option]):
        raise OptionError(f"{option}: {params[option]!r} is not an id", hint="Ids are whole numbers")


def check_positive(params: Mapping[str, Any], option: str, *, at_most: int | None = None) -> None:
    """A whole number above zero, if it is set."""
    value = params[option]
    if value is None:
        return
    if value < 1 or (at_most is not None and value > at_most):
        limits = f"from 1 to {at_most}" if at_most is not None else "1 or more"
        raise OptionError(f"{option}: {value} is out of range", hint=f"Allowed is {limits}")


def check_not_negative(item: Item, option: str) -> None:
    """A number of seconds that may be none."""
    if not item[option] >= 0:
        raise item.error(option, f"{item[option]:g} is out of range", hint="Allowed is 0 or more")


def check_date(params: Mapping[str, Any], option: str) -> None:
    """A day as C(YYYY-MM-DD), if it is set."""
    value = params[option]
    if value is None:
        return
    try:
        valid = date.fromisoformat(value).isoformat() == value
    except ValueError:
        valid = False
    if not valid:
        raise OptionError(f"{option}: {value!r} is not a day", hint="Write it as YYYY-MM-DD")


def check_moment(params: Mapping[str, Any], option: str) -> None:
    """A time with its zone, as ISO 8601, if it is set."""
    value = params[option]
    if value is not None and not _is_moment(value):
        raise OptionError(f"{option}: {value!r} is not a time with a zone", hint="Write it as 2026-11-20T08:00:00Z")


def _is_moment(text: str) -> bool:
    """Whether every platform reads a text as the same time, in every version of Python."""
    try:
        return bool(MOMENT.fullmatch(text)) and bool(datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc))
    except (OverflowError, ValueError):
        return False


def check_query(params: Mapping[str, Any], option: str) -> None:
    """Search criteria in the platform's own grammar: one, or a list of them, if it is set."""
    query = params[option]
    if query is None:
        return
    if not query:
        raise OptionError(f"{option}: it is empty", hint="Leave it out to ask for all")
    criteria = query if isinstance(query, list) else [query]
    if not all(isinstance(one, Mapping) and ("field" in one or "children" in one) for one in criteria):
        hint = "Write it as the API does: {field: ..., condition: is, value: ...}, or a list of such"
        raise OptionError(f"{option}: it is no search criteria", hint=hint)


def check_not_together(params: Mapping[str, Any], *options: str) -> None:
    """At most one of the options is set."""
    given = [option for option in options if params[option] is not None]
    if len(given) > 1:
        raise OptionError(f"{given[0]}: it cannot be combined with {' and '.join(given[1:])}")


def check_criteria(item: Item, criteria: Sequence[str], allowed: Sequence[str]) -> None:
    """Platforms differ in what they can find a request by."""
    for criterion in criteria:
        if criterion not in allowed:
            hint = f"Allowed are {', '.join(allowed)}"
            raise item.error("match_on", f"{criterion} is no criterion of this platform", hint=hint)
