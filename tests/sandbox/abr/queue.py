# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request queue as the live page shows it."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any

from ..platforms import Column
from .desk import Desk
from .elevation import TYPE_TEXT, Elevation, Status, status_text

COLUMNS = (
    Column("id", "Request", "id"),
    Column("user", "User"),
    Column("computer", "Computer", "name"),
    Column("application", "Application"),
    Column("vendor", "Vendor"),
    Column("scan", "Scan", "scan"),
    Column("reason", "Reason", "long"),
    Column("status", "Status", "badge"),
    Column("decision", "Decided by", "long"),
)
_STATES = {
    Status.PENDING: "pending",
    Status.OPEN: "approved",
    Status.RUNNING: "running",
    Status.FINISHED: "finished",
    Status.DENIED: "denied",
    Status.QUARANTINED: "quarantined",
    Status.EXPIRED: "expired",
}
_SHOWN = 400


def queue_rows(desk: Desk) -> list[dict[str, Any]]:
    """The newest requests, newest first."""
    return [_row(desk, row) for row in islice(desk.requests.descending(), _SHOWN)]


def queue_counts(desk: Desk) -> dict[str, int]:
    """How many requests are in each state, of all of them."""
    counts = Counter(row.status for row in desk.requests)
    return {name: counts[status] for status, name in _STATES.items()}


def _row(desk: Desk, row: Elevation) -> dict[str, Any]:
    decided_by = row.denied_by if row.status is Status.DENIED else row.approved_by
    return {
        "id": row.id,
        "user": row.user["fullName"],
        "computer": row.computer["name"],
        "application": row.application["name"] or TYPE_TEXT[row.type_code],
        "vendor": row.application["vendor"],
        "scan": row.application["scanResult"],
        "reason": row.reason,
        "state": _STATES[row.status],
        "status": "Approved" if row.status is Status.OPEN else status_text(row.status, desk.switches),
        "decision": ": ".join(part for part in (decided_by, row.denied_reason) if part) or None,
    }
