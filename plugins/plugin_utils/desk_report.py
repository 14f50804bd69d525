# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report on a request desk shows: figures, charts and tables, worked out so that templates only lay out.

Knows nothing of Ansible. Private to the collection; the filter deskops.itsm.desk_report is its public face.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .desk_catalog import trees
from .desk_requests import (
    APPROVED,
    DECIDES_ONLY,
    DENIED,
    FAILED,
    NOT_CARRIED_OUT,
    PENDING,
    PLATFORMS,
    QUARANTINED,
    Desk,
    ReportError,
    Request,
    clean,
    csv_text,
)
from .spans import AGES, DURATIONS, Moment, Scale, hours, moment, percentile, span_text

__all__ = ["ReportError", "report"]

# The order in which states are shown.
STATES: Final = ("open", PENDING, QUARANTINED, APPROVED, "completed", FAILED, DENIED, "cancelled", "expired", "unknown")
MOST_BARS: Final = 10
NO_RULE: Final = "No rule matched"
IN_PLATFORM: Final = "Decided in the platform"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a report is made with. C(previous) is the C(marker) of the report that there is already."""

    now: Moment
    since: Moment | None
    rows: int
    previous: str
    refresh: float


def report(records: Any, decisions: Any, catalogs: Any, platforms: Sequence[str], settings: Settings) -> dict[str, Any]:
    """The model of a report."""
    desk = Desk.of(records, decisions, settings.since)
    table = csv_text(desk.requests)
    forest = trees(catalogs, Counter((request.platform, request.service_id) for request in desk.orders()))
    digest = hashlib.sha256(f"{table}\n{json.dumps(forest, sort_keys=True)}".encode()).hexdigest()
    now = _as_of(settings, digest)
    names = list(dict.fromkeys([*platforms, *(request.platform for request in desk.requests if request.platform)]))
    figures = _figures(desk.requests, now)
    return {
        "as_of": now.text,
        "as_of_iso": now.iso,
        "marker": f"{now.iso} {digest}",
        "since": settings.since.text if settings.since else "",
        "figures": figures,
        "tiles": _tiles(figures, names),
        "platforms": [_platform(name, desk, now) for name in names],
        "queue": _queue(desk.undecided(), now, settings.rows),
        "decisions": _decisions(desk, now, settings.rows),
        "orders": _orders(desk.orders(), forest, now, settings.rows),
        "catalogs": forest,
        "notes": list(_notes(desk, now)),
        "csv": table,
    }


def _as_of(settings: Settings, digest: str) -> Moment:
    """The time of the report that there is, if it shows the same data and is not too old: then nothing is to be rewritten."""
    written, dummy, what = settings.previous.partition(" ")
    earlier = moment(written)
    if (
        what == digest
        and earlier
        and earlier.time <= settings.now.time
        and hours(earlier, settings.now) * 3600 < settings.refresh
    ):
        return earlier
    return settings.now


def _figures(requests: Iterable[Request], now: Moment) -> dict[str, Any]:
    """The numbers that matter, in hours where they are spans."""
    found = list(requests)
    listed = [request for request in found if request.is_listed]
    ages = [age for request in listed if request.is_undecided and (age := request.age(now)) is not None]
    spans = _spans(listed)
    orders = Counter(request.state for request in listed if request.is_order)
    return {
        "requests": len(listed),
        "pending": sum(request.state == PENDING for request in listed),
        "quarantined": sum(request.state == QUARANTINED for request in listed),
        "oldest_hours": _rounded(max(ages, default=None)),
        "approved": sum(request.verdict == APPROVED for request in found),
        "denied": sum(request.verdict == DENIED for request in found),
        "decisions_failed": sum(request.outcome in NOT_CARRIED_OUT for request in found),
        "orders_failed": orders[FAILED],
        "orders_open": orders["open"],
        "orders_completed": orders["completed"],
        "median_hours": _rounded(percentile(spans, 0.5)),
    }


def _rounded(span: float | None) -> float | None:
    return None if span is None else round(span, 2)


def _spans(requests: Iterable[Request]) -> list[float]:
    return [span for request in requests if (span := request.fulfilment) is not None]


def _tiles(figures: Mapping[str, Any], platforms: Sequence[str]) -> list[dict[str, str]]:
    """The key figures, of which some are asked of no platform that is reported on."""
    failed = figures["orders_failed"] + figures["decisions_failed"]
    parts = [_counted(figures["orders_failed"], "order"), _counted(figures["decisions_failed"], "decision")]
    quarantined = figures["quarantined"]
    tiles = [
        _tile("pending", "Pending now", figures["pending"], quarantined and f"and {quarantined:,} quarantined"),
        _tile("oldest", "Oldest in the queue", _span_or_dash(figures["oldest_hours"])),
        _tile("approved", "Approved", figures["approved"]),
        _tile("denied", "Denied", figures["denied"]),
        _tile("failed", "Failed", failed, failed and ", ".join(filter(None, parts))),
    ]
    if any(name not in DECIDES_ONLY for name in platforms):
        tiles += [
            _tile("open", "Orders open", figures["orders_open"]),
            _tile("completed", "Orders completed", figures["orders_completed"]),
            _tile("median", "Median time to fulfilment", _span_or_dash(figures["median_hours"])),
        ]
    return tiles


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}" if count else ""


def _tile(key: str, label: str, value: Any, note: Any = "") -> dict[str, str]:
    return {"key": key, "label": label, "value": f"{value:,}" if isinstance(value, int) else value, "note": note or ""}


def _span_or_dash(span: float | None) -> str:
    return "–" if span is None else span_text(span)


def _platform(name: str, desk: Desk, now: Moment) -> dict[str, Any]:
    figures = _figures([request for request in desk.requests if request.platform == name], now)
    return {
        "name": name,
        "label": PLATFORMS.get(name, name),
        **figures,
        "oldest": _span_or_dash(figures["oldest_hours"]),
        "median": _span_or_dash(figures["median_hours"]),
        "takes_orders": name not in DECIDES_ONLY,
    }


def _table(requests: Sequence[Request], now: Moment, most: int) -> dict[str, Any]:
    """The rows of a table, and how many are not among them."""
    rows = [request.row(now) for request in requests[:most]]
    return {"total": len(requests), "shown": len(rows), "hidden": len(requests) - len(rows), "rows": rows}


def _chart(scale: Scale, spans: Sequence[float]) -> dict[str, Any]:
    columns = scale.histogram(spans)
    said = [f"{column['label']}: {column['count']:,}" for column in columns if column["count"]]
    return {"columns": columns, "count": len(spans), "summary": ", ".join(said) or "none"}


def _queue(requests: Sequence[Request], now: Moment, most: int) -> dict[str, Any]:
    ages = [age for request in requests if (age := request.age(now)) is not None]
    return {
        **_table(requests, now, most),
        "ages": _chart(AGES, ages),
        "platforms": _bars(Counter(request.platform_label for request in requests).most_common()),
        "subjects": _bars(_most_common(Counter(request.subject or "unknown" for request in requests))),
        "has_asked": any(request.asked for request in requests[:most]),
        "has_waits_for": any(request.waits_for for request in requests[:most]),
        "has_rules": any(request.by_report for request in requests[:most]),
    }


def _decisions(desk: Desk, now: Moment, most: int) -> dict[str, Any]:
    return {**_table(desk.decided(), now, most), "rules": _rules(desk.requests)}


def _kind(request: Request) -> str:
    if request.verdict:
        return request.verdict
    return FAILED if request.outcome in NOT_CARRIED_OUT else PENDING


def _rules(requests: Iterable[Request]) -> list[dict[str, Any]]:
    """Each rule with what it came to, the busiest first; then what no rule decided."""
    counts: dict[str, Counter[str]] = {}
    for request in requests:
        if request.by_report or request.is_decision:
            name = request.rule or (NO_RULE if request.by_report else IN_PLATFORM)
            counts.setdefault(name, Counter())[_kind(request)] += 1
    special = (NO_RULE, IN_PLATFORM)
    ordered = sorted(counts.items(), key=lambda item: (item[0] in special, -item[1].total(), item[0]))
    rules = [item for item in ordered if item[0] not in special]
    shown = [*_gathered(rules), *(item for item in ordered if item[0] in special)]
    most = max((count.total() for dummy, count in shown), default=1)
    return [
        {
            "label": name,
            "is_rule": name not in special,
            "total": count.total(),
            "parts": _parts(count, most),
        }
        for name, count in shown
    ]


def _gathered(rules: list[tuple[str, Counter[str]]]) -> list[tuple[str, Counter[str]]]:
    """The first of them, and all others as one."""
    if len(rules) <= MOST_BARS:
        return rules
    rest: Counter[str] = Counter()
    for dummy, count in rules[MOST_BARS - 1 :]:
        rest += count
    return [*rules[: MOST_BARS - 1], (f"{len(rules) - MOST_BARS + 1} other rules", rest)]


def _parts(count: Counter[str], most: int) -> list[dict[str, Any]]:
    """The pieces of a bar, one behind the other."""
    parts, start = [], 0.0
    for kind in (APPROVED, DENIED, PENDING, FAILED):
        if count[kind]:
            share = count[kind] / most
            parts.append({"kind": kind, "count": count[kind], "start": round(start, 4), "share": round(share, 4)})
            start += share
    return parts


def _bars(counts: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    most = max((count for dummy, count in counts), default=1)
    return [{"label": label, "count": count, "share": round(count / most, 4)} for label, count in counts]


def _orders(requests: Sequence[Request], forest: Sequence[Mapping[str, Any]], now: Moment, most: int) -> dict[str, Any]:
    states = Counter(request.state or "unknown" for request in requests)
    spans = _spans(requests)
    attention = [request for request in requests if request.state in ("open", FAILED)]
    return {
        "total": len(requests),
        "states": _bars(sorted(states.items(), key=lambda item: _place(STATES, item[0]))),
        "durations": {
            **_chart(DURATIONS, spans),
            "median": _span_or_dash(percentile(spans, 0.5)),
            "slow": _span_or_dash(percentile(spans, 0.9)),
        },
        "services": _bars(_most_wanted(requests, forest)),
        "attention": _table(attention, now, most),
    }


def _most_common(counts: Counter[str]) -> list[tuple[str, int]]:
    """The same ones every time, also where several are as common."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_BARS]


def _place(words: Sequence[str], word: str) -> tuple[int, str]:
    return (words.index(word) if word in words else len(words), word)


def _most_wanted(requests: Sequence[Request], forest: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """The services that most orders are for, by the names of the catalog; without it, what requests call themselves."""
    names = {(tree["platform"], service_id): name for tree in forest for service_id, name in tree["names"].items()}

    def name_of(request: Request) -> str:
        return names.get((request.platform, request.service_id)) or request.service or request.subject or "unknown"

    return _most_common(Counter(map(name_of, requests)))


def _notes(desk: Desk, now: Moment) -> Iterable[str]:
    """What a reader has to know, and cannot see."""
    without_zone = {request.platform_label: None for request in desk.requests if request.created and not request.created.has_zone}
    undecided = desk.undecided()
    checks: list[tuple[int, Callable[[int], str]]] = [
        (
            len(without_zone),
            lambda _count: (
                f"{' and '.join(without_zone)} gives local times without a zone. They are taken for UTC, "
                "so that ages can be some hours off."
            ),
        ),
        (
            sum(request.created is not None and request.created.time > now.time for request in undecided),
            lambda count: f"{count:,} of the pending requests by that are from the future; their age counts as 0.",
        ),
        (
            sum(request.created is None for request in undecided),
            lambda count: (
                f"{count:,} of the pending requests do not tell when they were made; they are in the table, but not in the chart."
            ),
        ),
        (desk.left_out, lambda count: f"{count:,} finished requests are older than this report looks back, and left out."),
    ]
    return [say(count) for count, say in checks if count]


def settings_of(now: Any, since: Any, rows: Any, previous: Any, refresh: Any) -> Settings:
    """Settings out of options."""
    return Settings(
        _time(now, "now"),
        _time(since, "since") if since not in (None, "") else None,
        _whole(rows, "rows"),
        clean(previous),
        _whole(refresh, "refresh"),
    )


def _time(value: Any, name: str) -> Moment:
    text = str(value.isoformat()) if hasattr(value, "isoformat") else value
    found = moment(text)
    if not found:
        raise ReportError(f"{name}: {clean(value)!r} is not a time such as 2026-11-20T08:00:00Z")
    return Moment(found.time, True)


def _whole(value: Any, name: str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if number < 0 or isinstance(value, bool):
        raise ReportError(f"{name}: {clean(value)!r} is not a whole number from 0 on")
    return number
