# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reviews and ratings are read. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..transport.errors import NotFound, OptionError
from .catalog import find_service
from .checks import check_id, check_not_together, check_positive
from .spec import Context, InfoVerb, Option, Records

KINDS = ("reviews", "ratings")
CALLER = "me"
FILTERS = ("kind", "service", "user", "limit")

Row = dict[str, Any]


def check(params: Mapping[str, Any]) -> None:
    """Ids are numbers, and what is read by its id is not filtered."""
    for option in ("review_id", "rating_id"):
        check_id(params, option)
        for name in FILTERS:
            check_not_together(params, option, name)
    check_positive(params, "limit")
    if params["kind"] is not None and not params["kind"]:
        raise OptionError("kind: the list is empty", hint="Leave the option out to read both")
    for name in ("service", "user", "requested_for"):
        if params[name] is not None and not params[name].strip():
            raise OptionError(f"{name}: it is empty", hint="Leave the option out to read those of all")


def review_info(context: Context) -> Records:
    """Reviews and ratings by id, or those that fit the filters, newest first."""
    params, platform = context.params, context.platform
    if params["review_id"] is not None or params["rating_id"] is not None:
        return _by_id(context)
    requested_for, user = params["requested_for"], params["user"]
    service_id: str | None = None
    if params["service"] is not None:
        service = find_service(
            platform, params["service"], requested_for=requested_for, concurrency=context.concurrency
        )
        service_id = service["id"]
    filters = {
        "service_id": service_id,
        "user_id": platform.me if user == CALLER else user,
        "requested_for": requested_for,
    }
    rows: list[Row] = []
    for kind in params["kind"] or KINDS:
        read = platform.reviews if kind == "reviews" else platform.ratings
        rows += [_with_kind(kind, row) for row in read(**filters)]
    rows.sort(key=lambda row: row["updated_at"] or "", reverse=True)
    limit = params["limit"]
    return Records(rows[:limit], limit is not None and len(rows) > limit, {"missing": []})


def _by_id(context: Context) -> Records:
    params, platform = context.params, context.platform
    rows: list[Row] = []
    missing: list[str] = []
    wanted: tuple[tuple[str, str | None, Callable[..., Row]], ...] = (
        ("reviews", params["review_id"], platform.get_review),
        ("ratings", params["rating_id"], platform.get_rating),
    )
    for kind, opinion_id, get in wanted:
        if opinion_id is None:
            continue
        try:
            rows.append(_with_kind(kind, get(opinion_id, requested_for=params["requested_for"])))
        except NotFound:
            missing.append(opinion_id)
    return Records(rows, extra={"missing": missing})


def _with_kind(kind: str, row: Row) -> Row:
    return {"kind": kind.removesuffix("s"), **row}


REVIEW_INFO = InfoVerb(
    name="review_info",
    platforms=("bmc_dwp",),
    options=(
        Option("kind", type="list", elements="str", choices=KINDS),
        Option("service"),
        Option("user"),
        Option("review_id"),
        Option("rating_id"),
        Option("requested_for"),
        Option("limit", type="int"),
    ),
    check=check,
    run=review_info,
)
