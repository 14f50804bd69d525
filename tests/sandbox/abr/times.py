# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as the API writes them: without zone, local and (keys ending in UTC) in UTC; change times as .NET ticks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_DOTNET_EPOCH = datetime(1, 1, 1, tzinfo=timezone.utc)


def text(moment: datetime | None, hours: int = 0, milliseconds: bool = False) -> str | None:
    """``YYYY-MM-DDTHH:MM:SS`` (events: with ``.fff``), ``hours`` east of UTC."""
    if moment is None:
        return None
    local = (moment + timedelta(hours=hours)).replace(tzinfo=None)
    return local.isoformat(timespec="milliseconds" if milliseconds else "seconds")


def from_text(value: str, hours: int = 0) -> datetime:
    """The moment of a text: one without zone is local time ``hours`` east of UTC."""
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc) - timedelta(hours=hours)
    return moment.astimezone(timezone.utc)


def ticks(moment: datetime) -> int:
    """100 ns since 0001-01-01: 18 digits, more than a double holds exactly."""
    delta = moment - _DOTNET_EPOCH
    return (delta.days * 86_400 + delta.seconds) * 10_000_000 + delta.microseconds * 10


def time_span(delta: timedelta | None) -> str | None:
    """``HH:MM:SS.fffffff``, as .NET writes a span of time."""
    if delta is None:
        return None
    seconds, micros = divmod(max(0, round(delta.total_seconds() * 1_000_000)), 1_000_000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{micros:06}0"
