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
from .checks import check_id, check_ids, check_moment, check_not_together, check_positive, check_query, is_id
from .fields import check_fields, only, raw_only
from .parallel import each
from .spec import Context, InfoVerb, Option, Records

NEWEST_AT_ONCE = 1000
FILTERS = ("status", "since_id", "last", "limit", "requested_for", "requested_by", "service", "modified_since", "subject")
INCLUDES = ("answers", "approvals", "attachments", "comments", "scan_details")
# Filters that are handed on under another name, or not as they are.
TRANSLATED = ("status", "service")


def check(params: Mapping[str, Any]) -> None:
    """Ids and numbers are in range, and what contradicts each other is not combined."""
    check_ids(params, "request_ids")
    check_id(params, "since_id")
    check_positive(params, "limit")
    check_positive(params, "last", at_most=NEWEST_AT_ONCE)
    check_moment(params, "modified_since")
    check_not_together(params, "last", "since_id")
    check_not_together(params, "last", "limit")
    for option in (*FILTERS, "query"):
        check_not_together(params, "request_ids", option)
    check_query(params, "query")
    for option in ("service", "subject", "requested_for", "requested_by"):
        if params[option] is not None and not params[option].strip():
            raise OptionError(f"{option}: it is empty", hint="Leave the option out to ask for all")
    check_fields(params["fields"], {*Request.__dataclass_fields__, *(params["include"] or ())} - {"scan_details"})
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
            search_criteria=params["query"],
            cut_raw=raw_only(params["fields"]),
            **{name: params[name] for name in FILTERS if name not in TRANSLATED},
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
    if not context.platform.takes_orders:
        return str(context.platform.template_id(service))
    return str(find_service(context.platform, service, concurrency=context.concurrency)["id"])


def _by_id(context: Context, request_ids: list[str], include: frozenset[str]) -> Records:
    """In the order in which they were asked for, each once; those that do not exist are named."""
    wanted = list(dict.fromkeys(str(int(request_id)) for request_id in request_ids))
    found = _read(context, wanted, include)
    requests = [found[request_id] for request_id in wanted if request_id in found]
    missing = [request_id for request_id in wanted if request_id not in found]
    return Records(_with_details(context, requests, include), extra={"missing": missing, "next_since_id": None})


def _read(context: Context, request_ids: list[str], include: frozenset[str]) -> dict[str, Request]:
    """All in a list where the platform has one, side by side where each is read by itself."""
    size = context.platform.requests_at_once or len(request_ids)
    parts = [request_ids[start : start + size] for start in range(0, len(request_ids), size)]
    found: dict[str, Request] = {}

    def read(some: list[str]) -> None:
        found.update(context.platform.requests_by_id(some, scan_details="scan_details" in include))

    for error in each(read, parts, concurrency=context.concurrency, stop_on_error=True, progress=context.counting("read")):
        if error is not None:
            raise error
    return found


def _with_details(context: Context, requests: Sequence[Request], include: frozenset[str]) -> list[dict[str, Any]]:
    """The records, with what has to be read for each of them."""
    records = [request.as_dict() for request in requests]
    if not include - {"scan_details"}:
        return only(records, context.params["fields"])

    def add(position: int) -> None:
        request, record = requests[position], records[position]
        if include & {"comments", "attachments"}:
            _add_comments(context, request, record, include)
        if "answers" in include:
            record["answers"] = context.platform.answers_of(request.id)
        if "approvals" in include:
            record["approvals"] = context.platform.approvals_of(request.id)

    for error in each(
        add, range(len(records)), concurrency=context.concurrency, stop_on_error=True, progress=context.counting("read")
    ):
        if error is not None:
            raise error
    return only(records, context.params["fields"])


def _add_comments(context: Context, request: Request, record: dict[str, Any], include: frozenset[str]) -> None:
    """Comments, and files, which hang on comments or on the request itself."""
    platform = context.platform
    if "attachments" in include and not platform.files_hang_on_comments:
        record["attachments"] = platform.names_of_files(request)
    if "comments" not in include and not platform.files_hang_on_comments:
        return
    comments = [comment.as_dict() for comment in platform.comments(request.id)]
    if "comments" in include:
        record["comments"] = comments
    if "attachments" in include and platform.files_hang_on_comments:
        record["attachments"] = [name for comment in comments for name in comment["attachments"]]


REQUEST_INFO = InfoVerb(
    name="request_info",
    platforms=("admin_by_request", "bmc_dwp", "sdp_cloud"),
    options=(
        Option("request_ids", type="list", elements="str"),
        Option("status", type="list", elements="str"),
        Option("requested_for"),
        Option("requested_by", platforms=("bmc_dwp", "sdp_cloud")),
        Option("service", platforms=("bmc_dwp", "sdp_cloud")),
        Option("mine", type="bool", platforms=("bmc_dwp",)),
        Option("modified_since", platforms=("bmc_dwp", "sdp_cloud")),
        Option("subject", platforms=("sdp_cloud",)),
        Option("query", type="raw", platforms=("sdp_cloud",)),
        Option("since_id"),
        Option("last", type="int"),
        Option(
            "include",
            type="list",
            elements="str",
            choices=INCLUDES,
        ),
        Option("fields", type="list", elements="str"),
        Option("limit", type="int"),
    ),
    check=check,
    run=request_info,
)
