# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests as the live page shows them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..platforms import Column
from .approvals import PENDING, REJECTED, word_of
from .desk import Desk
from .modules_requests import REQUESTS
from .records import Records, display_id
from .rules_requests import status_name
from .store import Record

COLUMNS = (
    Column("display_id", "Request", "id"),
    Column("subject", "Subject", "long"),
    Column("requester", "Requester"),
    Column("template", "Template"),
    Column("technician", "Technician"),
    Column("priority", "Priority"),
    Column("status", "Status", "badge"),
    Column("approval", "Approval"),
    Column("note", "Latest note", "long"),
)
#: words that the page has colours for
_STATES = {
    "Open": "approved",
    "In Progress": "running",
    "On Hold": "quarantined",
    "Resolved": "finished",
    "Closed": "finished",
    "Cancelled": "expired",
}
_ORDER = ("pending", "approved", "running", "quarantined", "denied", "finished", "expired")
_SHOWN = 400


def _state(desk: Desk, record: Record) -> str:
    """Approval comes first: that is what somebody has to act on."""
    approval, state = word_of(desk, record, "approval_status"), _STATES.get(status_name(desk, record), "running")
    if record.values.get("is_trashed"):
        return "expired"
    if state in ("finished", "expired"):
        return state
    return {PENDING: "pending", REJECTED: "denied"}.get(approval, state)


def live_rows(records: Records) -> list[dict[str, Any]]:
    """The newest requests, newest first."""
    rows = list(records.desk.rows(REQUESTS))[-_SHOWN:]
    return [_row(records.desk, row) for row in reversed(rows)]


def live_counts(records: Records) -> dict[str, int]:
    """How many requests are in each state, of all of them."""
    counts = Counter(_state(records.desk, row) for row in records.desk.rows(REQUESTS))
    return {name: counts[name] for name in _ORDER}


def _row(desk: Desk, record: Record) -> dict[str, Any]:
    notes = list(record.subs.get("notes", {}).values())
    names = {name: _name(desk, record, name) for name in ("requester", "template", "technician", "priority")}
    return {
        "id": record.id,
        "display_id": display_id(REQUESTS, record),
        "subject": record.values["subject"],
        **names,
        "state": _state(desk, record),
        "status": "Trashed" if record.values.get("is_trashed") else status_name(desk, record),
        "approval": word_of(desk, record, "approval_status") or None,
        "note": notes[-1].values["description"] if notes else None,
    }


def _name(desk: Desk, record: Record, field: str) -> str | None:
    brief = REQUESTS.by_name[field].show(record, desk)
    return brief["name"] if brief else None
