# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``status``, ``type`` and the user of a path match."""

from __future__ import annotations

from collections.abc import Callable

from ..switches import Switchboard
from .elevation import APPROVED, Elevation, Status, status_text
from .errors import bad_value
from .params import Params

Test = Callable[[Elevation], bool]

_APPROVED = {
    "open_running_finished": APPROVED,
    "open_running": (Status.OPEN, Status.RUNNING),
    "open": (Status.OPEN,),
}
_ADMIN_SESSION = 1


def status_test(params: Params) -> Test | None:
    """``status``: Pending, Approved, Denied, Quarantined in any case; only what came from a request matches."""
    word = params.text("status")
    if word is None:
        return None
    switches = params.switches
    wanted = word.lower()
    if wanted == "approved":
        states = _APPROVED[str(switches["approved_filter"])]
        return lambda row: row.from_request and row.status in states
    for status in (Status.PENDING, Status.DENIED, Status.QUARANTINED):
        if wanted == status.name.lower():
            return lambda row: row.from_request and row.status is status
    return _other_status(word, switches)


def _other_status(word: str, switches: Switchboard) -> Test | None:
    answer = switches["unknown_status_filter"]
    if answer == "400":
        raise bad_value(switches, "status", word)
    if answer == "ignore":
        return None
    if answer == "empty":
        return lambda row: False
    return lambda row: row.from_request and word.lower() in (status_text(row.status, switches).lower(), str(int(row.status)))


def type_test(params: Params) -> Test | None:
    """``type`` of the audit log: app or session."""
    word = params.text("type")
    if word is None:
        return None
    wanted = word.lower()
    if wanted == "app":
        return lambda row: row.type_code == 0
    if wanted == "session":
        if params.switches["session_filter"] == "admin_sessions":
            return lambda row: row.type_code == _ADMIN_SESSION
        return lambda row: row.type_code != 0
    if params.switches["bad_value"] == "ignore":
        return None
    raise bad_value(params.switches, "type", word)


def same_user(wanted: str, account: str | None, full_name: str | None, switches: Switchboard) -> bool:
    """The user of a path is an account (with or without its domain) or a full name."""
    name = wanted.lower()
    whole = (account or "").lower()
    if "\\" in name and switches["user_path_domain"] == "not_matched":
        return False
    return name in (whole, whole.rpartition("\\")[2], (full_name or "").lower()) or (
        "\\" in name and name.rpartition("\\")[2] == whole
    )
