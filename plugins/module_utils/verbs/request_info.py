# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests are read. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..platforms.records import Listing, Request, RequestQuery
from ..transport.errors import OptionError
from .catalog import find_service
from .checks import check_id, check_ids, check_moment, check_not_together, check_positive, is_id
from .parallel import each
from .spec import Context, InfoVerb, Option, Records

NEWEST_AT_ONCE = 1000
FILTERS = ("status", "since_id", "last", "limit", "requested_for", "requested_by", "service", "modified_since")


def check(params: Mapping[str, Any]) -> None:
    """Ids and numbers are in range, and what contradicts each other is not combined."""
    check_ids(params, "request_ids")
    check_id(params, "since_id")
    check_positive(params, "limit")
    check_positive(params, "last", at_most=NEWEST_AT_ONCE)
    check_moment(params, "modified_since")
    check_not_together(params, "last", "since_id")
    check_not_together(params, "last", "limit")
    for option in FILTERS:
        check_not_together(params, "request_ids", option)
    if params["service"] is not None and not params["service"].strip():
        raise OptionError("service: it is empty", hint="Leave the option out to ask for all")
    if params["mine"] and params["service"] is None:
        raise OptionError("mine: it needs service", hint="The platform lists the own requests of one service at a time")
    if params["status"] is not None and not params["status"]:
        raise OptionError("status: the list is empty", hint="Leave the option out to ask for all")


def request_info(context: Context) -> Records:
    """The requests with the given ids, or those that fit the filters."""
    params = context.params
    include = frozenset(params["include"] or ())
    if foreign := include - context.platform.includes:
        known = ", ".join(sorted(context.platform.includes))
        raise OptionError(f"include: {context.platform.name} has no {', '.join(sorted(foreign))}", hint=f"It has {known}")
    if params["request_ids"] is not None:
        return _by_id(context, params["request_ids"], include)
    listing: Listing = context.platform.find_requests(
        RequestQuery(
            states=params["status"] or (),
            scan_details="scan_details" in include,
            mine=bool(params["mine"]),
            service=_service_id(context),
            **{name: params[name] for name in FILTERS if name not in ("status", "service")},
        )
    )
    next_since_id = params["since_id"] if listing.seen_up_to is None else str(listing.seen_up_to + 1)
    records = _with_details(context, listing.records, include)
    return Records(records, listing.truncated, {"missing": [], "next_since_id": next_since_id})


def _service_id(context: Context) -> str | None:
    """The id of the service, found by its name. A number is an id, also of a service that is not in the catalog any more."""
    service: str | None = context.params["service"]
    if service is None or is_id(service):
        return service
    return str(find_service(context.platform, service, concurrency=context.concurrency)["id"])


def _by_id(context: Context, request_ids: list[str], include: frozenset[str]) -> Records:
    """In the order in which they were asked for, each once; those that do not exist are named."""
    wanted = list(dict.fromkeys(str(int(request_id)) for request_id in request_ids))
    found = context.platform.requests_by_id(wanted, scan_details="scan_details" in include)
    requests = [found[request_id] for request_id in wanted if request_id in found]
    missing = [request_id for request_id in wanted if request_id not in found]
    return Records(_with_details(context, requests, include), extra={"missing": missing, "next_since_id": None})


def _with_details(context: Context, requests: Sequence[Request], include: frozenset[str]) -> list[dict[str, Any]]:
    """The records, with what has to be read for each of them."""
    records = [request.as_dict() for request in requests]
    if not include - {"scan_details"}:
        return records

    def add(record: dict[str, Any]) -> None:
        if include & {"comments", "attachments"}:
            comments = [comment.as_dict() for comment in context.platform.comments(record["id"])]
            if "comments" in include:
                record["comments"] = comments
            if "attachments" in include:
                record["attachments"] = [name for comment in comments for name in comment["attachments"]]
        if "answers" in include:
            record["answers"] = context.platform.answers_of(record["id"])

    for error in each(add, records, concurrency=context.concurrency, stop_on_error=True):
        if error is not None:
            raise error
    return records


REQUEST_INFO = InfoVerb(
    name="request_info",
    platforms=("admin_by_request", "bmc_dwp"),
    options=(
        Option("request_ids", type="list", elements="str"),
        Option("status", type="list", elements="str"),
        Option("requested_for"),
        Option("requested_by", platforms=("bmc_dwp",)),
        Option("service", platforms=("bmc_dwp",)),
        Option("mine", type="bool", platforms=("bmc_dwp",)),
        Option("modified_since", platforms=("bmc_dwp",)),
        Option("since_id"),
        Option("last", type="int"),
        Option(
            "include",
            type="list",
            elements="str",
            choices=("answers", "attachments", "comments", "scan_details"),
        ),
        Option("limit", type="int"),
    ),
    check=check,
    run=request_info,
)
