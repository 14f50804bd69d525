# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that the control API makes."""

from __future__ import annotations

from typing import Any

from .approvals import add_approval
from .desk import Caller, Desk
from .errors import SdpError
from .fields import Module
from .records import Records
from .store import Record


class DraftError(ValueError):
    """A partial row that makes no sense."""


def add_row(records: Records, module: Module, partial: dict[str, Any], caller: Caller, parent: Record | None = None) -> Record:
    """A record by the API's own JSON, read-only fields included; what it must have is made up.

    ``approvers`` are e-mails by level, or lists of them.
    """
    given = dict(partial)
    number = records.desk.next_draft()
    approvers = given.pop("approvers", [])
    text = f"{module.one.replace('_', ' ').capitalize()} {number} of the sandbox"
    for name in ("subject", "title", "name", "description"):
        field = module.by_name.get(name)
        if field is not None and field.mandatory:
            given.setdefault(name, text)
    try:
        record, _partial = records.add(module, given, caller, parent, free=True)
    except SdpError as error:
        raise DraftError(str([message.view() for message in error.messages])) from error
    for level, emails in enumerate(approvers, 1):
        for email in [emails] if isinstance(emails, str) else emails:
            add_approval(records.desk, record, level, known_user(records.desk, email), caller)
    return record


def change_row(records: Records, module: Module, record: Record, partial: dict[str, Any], caller: Caller) -> None:
    try:
        records.change(module, record, partial, caller, free=True)
    except SdpError as error:
        raise DraftError(str([message.view() for message in error.messages])) from error


def known_user(desk: Desk, email: str) -> Record:
    user = desk.user(email)
    if user is None:
        raise DraftError(f"no user {email!r}")
    return user
