# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named views of lists (``filter_by``): what people pick in the web client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .desk import Caller

Criterion = dict[str, Any]


def _is(field: str, *values: str, condition: str = "is", operator: str = "AND") -> Criterion:
    return {"field": field, "condition": condition, "values": list(values), "logical_operator": operator}


_OPEN = _is("status.name", "Closed", "Cancelled", "Resolved", condition="is not")

#: module -> view -> criteria; views that no document lists are not here
VIEWS: dict[str, dict[str, Callable[[Caller], list[Criterion]]]] = {
    "requests": {
        "all_requests": lambda _caller: [],
        "open_system": lambda _caller: [_OPEN],
        "onhold_system": lambda _caller: [_is("status.name", "On Hold")],
        "completed_system": lambda _caller: [_is("status.name", "Closed", "Resolved")],
        "unassigned_system": lambda _caller: [_OPEN, _is("technician")],
        "all_user": lambda caller: [_is("technician.id", caller.user.id)],
        "open_user": lambda caller: [_OPEN, _is("technician.id", caller.user.id)],
        "waiting_for_approval": lambda _caller: [_is("approval_status.name", "Pending Approval")],
    },
}
LABELS = {
    "all_requests": "All Requests",
    "open_system": "Open Requests",
    "onhold_system": "Requests On Hold",
    "completed_system": "Completed Requests",
    "unassigned_system": "Unassigned Requests",
    "all_user": "My Requests",
    "open_user": "My Open Requests",
    "waiting_for_approval": "Waiting For Approval",
}
