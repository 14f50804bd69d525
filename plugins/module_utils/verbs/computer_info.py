# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of computers is read. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..transport.errors import OptionError
from .checks import check_id, check_not_together, check_positive
from .log_info import by_id, records_of
from .spec import Context, InfoVerb, Option, Records


def check(params: Mapping[str, Any]) -> None:
    """Names are not empty, numbers in range, and names are not combined with filters."""
    check_id(params, "since_id")
    check_positive(params, "limit")
    if params["computers"] is not None and not all(params["computers"] or [""]):
        raise OptionError("computers: the list is empty or has an empty name", hint="Leave the option out to ask for all")
    for option in ("since_id", "limit"):
        check_not_together(params, "computers", option)


def computer_info(context: Context) -> Records:
    """Computers by id or name, or all of them."""
    params, platform = context.params, context.platform
    include = params["include"] or ()
    details = {"software": "software" in include, "groups": "groups" in include}
    if params["computers"] is not None:
        return by_id(partial(platform.get_computer, **details), params["computers"])
    listing = platform.find_computers(
        **details, since_id=params["since_id"], only_inventoried=params["only_inventoried"], limit=params["limit"]
    )
    return records_of(listing, params)


COMPUTER_INFO = InfoVerb(
    name="computer_info",
    platforms=("admin_by_request",),
    options=(
        Option("computers", type="list", elements="str"),
        Option("only_inventoried", type="bool", default=False),
        Option("since_id"),
        Option("include", type="list", elements="str", choices=("software", "groups")),
        Option("limit", type="int"),
    ),
    check=check,
    run=computer_info,
)
