# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests are read. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..transport.errors import OptionError
from .checks import check_id, check_ids, check_not_together, check_positive
from .spec import Context, InfoVerb, Option, Records

NEWEST_AT_ONCE = 1000


def check(params: Mapping[str, Any]) -> None:
    """Ids and numbers are in range, and what contradicts each other is not combined."""
    check_ids(params, "request_ids")
    check_id(params, "since_id")
    check_positive(params, "limit")
    check_positive(params, "last", at_most=NEWEST_AT_ONCE)
    check_not_together(params, "last", "since_id")
    check_not_together(params, "last", "limit")
    for option in ("status", "since_id", "last", "limit", "requested_for"):
        check_not_together(params, "request_ids", option)
    if params["status"] is not None and not params["status"]:
        raise OptionError("status: the list is empty", hint="Leave the option out to ask for all")


def request_info(context: Context) -> Records:
    """The requests with the given ids, or those that fit the filters."""
    params = context.params
    scan_details = "scan_details" in (params["include"] or ())
    if params["request_ids"] is not None:
        return _by_id(context, params["request_ids"], scan_details)
    listing = context.platform.find_requests(
        states=params["status"] or (),
        since_id=params["since_id"],
        last=params["last"],
        requested_for=params["requested_for"],
        limit=params["limit"],
        scan_details=scan_details,
    )
    next_since_id = params["since_id"] if listing.seen_up_to is None else str(listing.seen_up_to + 1)
    records = [request.as_dict() for request in listing.records]
    return Records(records, listing.truncated, {"missing": [], "next_since_id": next_since_id})


def _by_id(context: Context, request_ids: list[str], scan_details: bool) -> Records:
    """In the order in which they were asked for, each once; those that do not exist are named."""
    wanted = list(dict.fromkeys(str(int(request_id)) for request_id in request_ids))
    found = context.platform.requests_by_id(wanted, scan_details=scan_details)
    records = [found[request_id].as_dict() for request_id in wanted if request_id in found]
    missing = [request_id for request_id in wanted if request_id not in found]
    return Records(records, extra={"missing": missing, "next_since_id": None})


REQUEST_INFO = InfoVerb(
    name="request_info",
    platforms=("admin_by_request",),
    options=(
        Option("request_ids", type="list", elements="str"),
        Option("status", type="list", elements="str"),
        Option("requested_for"),
        Option("since_id"),
        Option("last", type="int"),
        Option("include", type="list", elements="str", choices=("scan_details",)),
        Option("limit", type="int"),
    ),
    check=check,
    run=request_info,
)
