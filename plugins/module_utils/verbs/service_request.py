# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services are requested, each once. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence

from ..platforms.records import COMPLETED
from .spec import SETTLE_TIMEOUT, Context, Item, ItemResult, Option, WriteVerb


def check(items: Sequence[Item]) -> None:
    """What is the same on all platforms; the rest is checked when it is known which one it is, before the first call."""
    for item in items:
        for option in ("wait_timeout", "settle_timeout"):
            if not item[option] > 0:
                raise item.error(option, f"{item[option]:g} is out of range", hint="Allowed is more than 0")
        for option in ("match_states", "wait_for"):
            if item[option] is not None and not all(word.strip() for word in item[option] or [""]):
                raise item.error(option, "a state is missing", hint="Leave the option out for its default")


def service_request(context: Context) -> list[ItemResult]:
    """As orders of a catalog, or as tickets that are made, changed, closed and removed one by one.

    Imported here, so that a task loads only the way that it goes.
    """
    if context.platform.takes_orders:
        from .orders import ensure_ordered

        return ensure_ordered(context)
    from .tickets import ensure_tickets

    return ensure_tickets(context)


ONLY_DWP = ("bmc_dwp",)
ONLY_SDP = ("sdp_cloud",)

SERVICE_REQUEST = WriteVerb(
    name="service_request",
    platforms=("bmc_dwp", "sdp_cloud"),
    options=(
        Option("request_id"),
        Option("service"),
        Option("requested_for", type="list", elements="str"),
        Option("on_behalf_of"),
        Option("subject", platforms=ONLY_SDP),
        Option("description", platforms=ONLY_SDP),
        Option("fields", type="dict", platforms=ONLY_SDP),
        Option("quantity", type="int", platforms=ONLY_DWP),
        Option("excluded_services", type="list", elements="str", platforms=ONLY_DWP),
        Option("answers", type="dict"),
        Option("prefill_request_ids", type="list", elements="str", platforms=ONLY_DWP),
        Option(
            "external_activities",
            type="list",
            elements="dict",
            platforms=ONLY_DWP,
            options=(
                Option("id", required=True),
                Option("display_id"),
                Option("type"),
                Option("sub_catalog_id"),
                Option("connection_name"),
                Option("connection_id"),
            ),
        ),
        Option("reference_request_id", platforms=ONLY_DWP),
        Option("title", platforms=ONLY_DWP),
        Option("summary", platforms=ONLY_DWP),
        Option("share", type="bool", platforms=ONLY_DWP),
        Option("state", default="present", choices=("present", "closed", "absent")),
        Option("closure", type="dict", platforms=ONLY_SDP),
        Option("key"),
        Option("key_field", platforms=ONLY_SDP),
        Option("match_on", type="list", elements="str", choices=("service", "requested_for", "answers", "subject", "key")),
        Option("match_states", type="list", elements="str"),
        Option("wait", type="bool", default=False),
        Option("wait_for", type="list", elements="str", default=[COMPLETED]),
        Option("wait_timeout", type="float", default=600.0),
        SETTLE_TIMEOUT,
    ),
    check=check,
    run=service_request,
    unpredictable=("id", "display_id", "state", "status", "created_at", "updated_at", "url"),
)
