# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as the API writes them: epoch milliseconds as a string, beside a text for people."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

#: the zone of whoever owns the token; a client must not read the text
_OWNER_OFFSET = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def to_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def show_ms(ms: int) -> dict[str, str]:
    local = _EPOCH + timedelta(milliseconds=ms) + _OWNER_OFFSET
    return {"display_value": local.strftime("%b %d, %Y %I:%M %p"), "value": str(ms)}
