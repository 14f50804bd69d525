# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's own clock: it runs with the real one, but can be set and moved by the control API."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """Wall clock plus an offset, always in UTC."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self._offset

    def set(self, moment: datetime | None) -> None:
        """Let the clock go on from ``moment`` (taken as UTC if it has no zone); None means real time."""
        if moment is None:
            self._offset = timedelta()
            return
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        self._offset = moment - datetime.now(timezone.utc)

    def advance(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)
