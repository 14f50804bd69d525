# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as the API writes and reads them."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime


def text(moment: datetime) -> str:
    """As in the document's answers: ``2016-01-27T13:46:17.000+0000``."""
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{moment.microsecond // 1000:03}+0000"


def from_rfc1123(value: str) -> datetime:
    """The form that ``since`` has in the document: ``Tue, 08 Mar 2016 17:49:05 GMT``; anything else is a ValueError."""
    moment = parsedate_to_datetime(value)
    if not value.endswith("GMT"):
        raise ValueError(value)
    return moment.replace(tzinfo=timezone.utc)
