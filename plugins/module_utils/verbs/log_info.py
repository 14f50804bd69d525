# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the audit log and the events have in common. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..platforms.records import Listing
from ..transport.errors import NotFound
from .checks import check_date, check_id, check_ids, check_not_together, check_positive
from .spec import Option, Records

NEWEST_AT_ONCE = 10000

LOG_OPTIONS = (
    Option("user"),
    Option("computer"),
    Option("since_id"),
    Option("last", type="int"),
    Option("days", type="int"),
    Option("start_date"),
    Option("end_date"),
    Option("limit", type="int"),
)
QUERY = tuple(option.name for option in LOG_OPTIONS)


def check_log_options(params: Mapping[str, Any], ids_option: str) -> None:
    """Numbers and days are valid, and what contradicts each other is not combined."""
    check_ids(params, ids_option)
    check_id(params, "since_id")
    check_positive(params, "days")
    check_positive(params, "limit")
    check_positive(params, "last", at_most=NEWEST_AT_ONCE)
    check_date(params, "start_date")
    check_date(params, "end_date")
    check_not_together(params, "user", "computer")
    check_not_together(params, "days", "start_date")
    check_not_together(params, "last", "since_id")
    check_not_together(params, "last", "limit")
    for option in QUERY:
        check_not_together(params, ids_option, option)


def query_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the options that every log understands."""
    return {name: params[name] for name in QUERY}


def records_of(listing: Listing, params: Mapping[str, Any]) -> Records:
    """The result of a list."""
    next_since_id = params["since_id"] if listing.seen_up_to is None else str(listing.seen_up_to + 1)
    return Records(listing.records, listing.truncated, {"missing": [], "next_since_id": next_since_id})


def by_id(get: Callable[[str], dict[str, Any]], ids: list[str]) -> Records:
    """The records with the given ids, in the order in which they were asked for; those that do not exist are named."""
    records, missing = [], []
    for record_id in dict.fromkeys(ids):
        try:
            records.append(get(record_id))
        except NotFound:
            missing.append(record_id)
    return Records(records, extra={"missing": missing, "next_since_id": None})
