# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Points in time and the spans between them, in hours: read, put into words, and counted. Private to the collection."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

DAY: Final = 24.0
WEEK: Final = 7 * DAY
_UTC: Final = timezone.utc
# What Python 3.10 does not read: Z, a zone without a colon, a fraction of any length.
_ISO: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)


class Moment(NamedTuple):
    """A point in time. Without a zone it was taken for UTC."""

    time: datetime
    has_zone: bool

    @property
    def text(self) -> str:
        """For people, to the minute."""
        return f"{self.time:%Y-%m-%d %H:%M}{' UTC' if self.has_zone else ''}"

    @property
    def iso(self) -> str:
        return f"{self.time:%Y-%m-%dT%H:%M:%S}{'Z' if self.has_zone else ''}"


def moment(value: Any) -> Moment | None:
    """The point in time that ISO 8601 text or milliseconds since 1970 stand for; none where it is neither."""
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    try:
        if text.isdecimal() and len(text) > len("20260918"):
            return Moment(datetime.fromtimestamp(0, _UTC) + timedelta(milliseconds=int(text)), True)
        if not (found := _ISO.fullmatch(text)):
            return None
        day, minute, second, fraction, zone = found.groups()
        shift = (zone or "+00:00").upper().replace("Z", "+00:00")
        shift = shift if ":" in shift else f"{shift[:3]}:{shift[3:]}"
        micro = f"{fraction or '0':0<6.6}"
        time = datetime.fromisoformat(f"{day}T{minute or '00:00'}{second or ':00'}.{micro}{shift}")
        return Moment(time.astimezone(_UTC), zone is not None)
    except (ValueError, OverflowError):
        return None


def hours(start: Moment, end: Moment) -> float:
    """From one to the other; never less than nothing, as clocks and zones differ."""
    return max(0.0, (end.time - start.time).total_seconds() / 3600)


def span_text(span: float) -> str:
    """A span of hours in words, with its two biggest units: 13 d 2 h."""
    minutes = int(span * 60)
    if minutes < 60:
        return f"{minutes} min"
    if span < DAY:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    whole = int(span)
    return f"{whole // 24} d {whole % 24} h" if whole % 24 and span < 30 * DAY else f"{whole // 24} d"


def percentile(spans: Sequence[float], share: float) -> float | None:
    """The span below which this share of them lies, between two of them where need be."""
    ordered = sorted(spans)
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


class Scale(NamedTuple):
    """The buckets that spans are counted in: where each ends, and what it is called."""

    ends: tuple[float, ...]
    labels: tuple[str, ...]

    def histogram(self, spans: Sequence[float]) -> list[dict[str, Any]]:
        """Each bucket with how many spans are in it, and its share of the fullest one."""
        counts = [0] * len(self.labels)
        for span in spans:
            counts[bisect_right(self.ends, span)] += 1
        most = max(counts) or 1
        return [
            {"label": label, "count": count, "share": round(count / most, 4)}
            for label, count in zip(self.labels, counts, strict=True)
        ]


AGES: Final = Scale(
    (1, 4, DAY, 3 * DAY, WEEK, 4 * WEEK), ("under 1 h", "1–4 h", "4–24 h", "1–3 d", "3–7 d", "1–4 weeks", "over 4 weeks")
)
DURATIONS: Final = Scale((1, 4, 8, DAY, 3 * DAY, WEEK), ("under 1 h", "1–4 h", "4–8 h", "8–24 h", "1–3 d", "3–7 d", "over 7 d"))
