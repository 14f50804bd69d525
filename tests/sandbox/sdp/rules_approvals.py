# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels and approvals that are added by calls."""

from __future__ import annotations

from .approvals import MAX_LEVEL, PENDING, levels, start_approval, start_level
from .desk import Caller, Desk
from .errors import NOT_UNIQUE, Message, invalid
from .intake import Intake
from .rules import Rules
from .store import Record


class LevelRules(Rules):
    """Levels are numbered from 1 to 5, each once."""

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        number, owner = intake.values.get("level"), intake.parent
        assert owner is not None
        if number is not None and not 1 <= number <= MAX_LEVEL:
            raise invalid("level", "Value given for level is not valid")
        if any(level.values["level"] == number for level in levels(desk, owner)):
            intake.problems.append(Message(NOT_UNIQUE, field="level"))

    def added(self, desk: Desk, record: Record, caller: Caller) -> None:
        start_level(desk, record, caller)


class ApprovalRules(Rules):
    """Whether the mail goes out at once is not known."""

    def added(self, desk: Desk, record: Record, caller: Caller) -> None:
        start_approval(desk, record, sent=desk.switches["new_approval"] == PENDING)
