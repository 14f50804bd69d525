# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests as the live page shows them."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

from ..platforms import Column
from .catalog import Catalog
from .records import ServiceRequest, State
from .views import Views

COLUMNS = (
    Column("id", "Request", "id"),
    Column("for", "For"),
    Column("by", "By"),
    Column("service", "Service", "long"),
    Column("quantity", "Number"),
    Column("status", "Status", "badge"),
    Column("comment", "Latest comment", "long"),
)
#: words that the page has colours for
_STATES = {
    State.WAITING: "pending",
    State.NEW: "approved",
    State.ACTIVE: "running",
    State.ON_HOLD: "running",
    State.COMPLETED: "finished",
    State.FAILED: "denied",
    State.REJECTED: "denied",
    State.CANCELLED: "expired",
    State.DRAFT: "expired",
}
_SHOWN = 400


def live_rows(catalog: Catalog, views: Views) -> list[dict[str, Any]]:
    """The newest requests, newest first."""
    return [_row(catalog, views, row) for row in islice(reversed(catalog.requests.values()), _SHOWN)]


def live_counts(catalog: Catalog) -> dict[str, int]:
    """How many requests are in each state, of all of them."""
    counts = Counter(_STATES[row.state] for row in catalog.requests.values())
    return {name: counts[name] for name in dict.fromkeys(_STATES.values())}


def _row(catalog: Catalog, views: Views, row: ServiceRequest) -> dict[str, Any]:
    users = catalog.users
    return {
        "id": row.id,
        "for": users[row.for_user].full_name if row.for_user in users else row.for_user,
        "by": users[row.by].full_name if row.by in users else row.by,
        "service": row.service.name,
        "quantity": row.quantity,
        "state": _STATES[row.state],
        "status": "Draft" if row.state is State.DRAFT else views.state_word(row.state),
        "comment": row.activities[-1].message if row.activities else row.reason,
    }
