# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of any module are read. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..transport.errors import NotFound, OptionError
from .checks import check_ids, check_not_together, check_positive, check_query
from .parallel import each
from .record import OPTIONS_OF_MODULE, check_module, find_module
from .spec import Context, InfoVerb, Option, Records

ONLY_OF_LISTS = ("query", "filters", "sort", "limit")


def check(params: Mapping[str, Any]) -> None:
    """A module is named, ids are ids, and what contradicts each other is not combined."""
    check_module(params)
    check_ids(params, "record_ids")
    check_positive(params, "limit")
    for option in ONLY_OF_LISTS:
        check_not_together(params, "record_ids", option)
    check_query(params, "query")
    for option in ("fields", "filters"):
        if params[option] is not None and not params[option]:
            raise OptionError(f"{option}: it is empty", hint="Leave it out to ask for all")
    if params["sort"] is not None and not params["sort"].lstrip("-").strip():
        raise OptionError("sort: it is empty", hint="Name a field, with a minus before it for descending order")


def record_info(context: Context) -> Records:
    """The records with the given ids, or those that fit, or all."""
    params, platform = context.params, context.platform
    module = find_module(platform, params)
    if params["record_ids"] is not None:
        return _by_id(context, module)
    sort = params["sort"] or ""
    listing = platform.find_records(
        module,
        criteria=_criteria(context, module),
        fields=params["fields"] or (),
        limit=params["limit"],
        sort_field=sort.removeprefix("-") or None,
        descending=sort.startswith("-"),
    )
    records = [_shown(context, module, row) for row in listing.records]
    return Records(records, listing.truncated, {"missing": []})


def _criteria(context: Context, module: Any) -> Any:
    """Filters and query together."""
    platform, query = context.platform, context.params["query"]
    criteria = platform.filters_of(module, context.params["filters"] or {})
    if query is None:
        return platform.all_of(criteria)
    if not criteria:
        return query
    return platform.all_of([*criteria, {"children": query} if isinstance(query, list) else query])


def _by_id(context: Context, module: Any) -> Records:
    """In the order in which they were asked for; those that do not exist are named."""
    params, platform = context.params, context.platform
    ids = list(dict.fromkeys(params["record_ids"]))
    rows = platform.records_by_id(module, ids, params["fields"] or ()) if params["fields"] else _whole(context, module, ids)
    missing = [record_id for record_id in ids if record_id not in rows]
    if len(missing) == len(ids) and not platform.is_served(module):
        hint = "Check module (or path), parent and portal, and that the module is switched on"
        raise NotFound(f"The service desk has no {module.path}", hint=hint)
    return Records([_shown(context, module, rows[one]) for one in ids if one in rows], extra={"missing": missing})


def _whole(context: Context, module: Any, ids: list[str]) -> dict[str, Any]:
    """Each with all its fields: lists show only some."""
    found: dict[str, Any] = {}

    def read(record_id: str) -> None:
        found.update(context.platform.records_by_id(module, [record_id], ()))

    for error in each(read, ids, concurrency=context.concurrency, stop_on_error=True, progress=context.counting("read")):
        if error is not None:
            raise error
    return found


def _shown(context: Context, module: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "display_id": context.platform.display_id_of(row),
        "module": module.name,
        "title": row.get(module.title) if isinstance(row.get(module.title), str) else None,
        "raw": dict(row),
    }


RECORD_INFO = InfoVerb(
    name="record_info",
    platforms=("sdp_cloud",),
    options=(
        *OPTIONS_OF_MODULE,
        Option("record_ids", type="list", elements="str"),
        Option("query", type="raw"),
        Option("filters", type="dict"),
        Option("fields", type="list", elements="str"),
        Option("sort"),
        Option("limit", type="int"),
    ),
    check=check,
    run=record_info,
)
