# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Events are read. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .checks import check_not_together, check_positive
from .log_info import LOG_OPTIONS, by_id, check_log_options, query_of, records_of
from .spec import Context, InfoVerb, Option, Records


def check(params: Mapping[str, Any]) -> None:
    """As for all logs."""
    check_log_options(params, "event_ids")
    check_positive(params, "code")
    check_not_together(params, "event_ids", "code")


def event_info(context: Context) -> Records:
    """Events by id, or those that fit the filters."""
    params = context.params
    if params["event_ids"] is not None:
        return by_id(context.platform.get_event, params["event_ids"])
    return records_of(context.platform.find_events(**query_of(params), code=params["code"]), params)


EVENT_INFO = InfoVerb(
    name="event_info",
    platforms=("admin_by_request",),
    options=(
        Option("event_ids", type="list", elements="str"),
        *LOG_OPTIONS,
        Option("code", type="int"),
    ),
    check=check,
    run=event_info,
)
