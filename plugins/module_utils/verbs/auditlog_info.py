# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit log is read. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..transport.errors import OptionError
from .checks import check_not_together, is_id
from .log_info import LOG_OPTIONS, QUERY, by_id, check_log_options, query_of, records_of
from .spec import Context, InfoVerb, Option, Records

# The value of delta_time that asks only for the time from which on changes shall be reported.
NOW = "now"


def check(params: Mapping[str, Any]) -> None:
    """As for all logs; a change feed has no filters."""
    check_log_options(params, "entry_ids")
    for option in ("type", "status"):
        check_not_together(params, "entry_ids", option)
    for option in ("entry_ids", "type", "status", *QUERY):
        check_not_together(params, "delta_time", option)
    delta_time = params["delta_time"]
    if delta_time is not None and delta_time != NOW and not is_id(delta_time):
        raise OptionError(
            f"delta_time: {delta_time!r} is neither {NOW} nor a time of an earlier answer",
            hint="Give next_delta_time of the answer before",
        )


def auditlog_info(context: Context) -> Records:
    """Entries by id, changes since a time, or the entries that fit the filters."""
    params, platform = context.params, context.platform
    scan_details = "scan_details" in (params["include"] or ())
    if params["entry_ids"] is not None:
        found = by_id(partial(platform.get_auditlog_entry, scan_details=scan_details), params["entry_ids"])
    elif params["delta_time"] is not None:
        since = None if params["delta_time"] == NOW else params["delta_time"]
        entries, next_delta_time = platform.auditlog_delta(since, scan_details=scan_details)
        found = Records(entries, extra={"missing": [], "next_since_id": None})
        found.extra["next_delta_time"] = next_delta_time
    else:
        listing = platform.find_auditlog(
            **query_of(params), type=params["type"], status=params["status"], scan_details=scan_details
        )
        found = records_of(listing, params)
    found.extra.setdefault("next_delta_time", None)
    return found


AUDITLOG_INFO = InfoVerb(
    name="auditlog_info",
    platforms=("admin_by_request",),
    options=(
        Option("entry_ids", type="list", elements="str"),
        *LOG_OPTIONS,
        Option("type", choices=("app", "session")),
        Option("status", choices=("pending", "approved", "denied", "quarantined")),
        Option("delta_time"),
        Option("include", type="list", elements="str", choices=("scan_details",)),
    ),
    check=check,
    run=auditlog_info,
)
