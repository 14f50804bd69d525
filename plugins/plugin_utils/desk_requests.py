# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests and decisions as a report tells of them: one row for each. Private to the collection."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from .spans import Moment, hours, moment, span_text

PLATFORMS: Final = {
    "admin_by_request": "Admin By Request",
    "bmc_dwp": "Digital Workplace Catalog",
    "sdp_cloud": "ServiceDesk Plus Cloud",
}
# Where a request is through when it is decided; elsewhere it is an order, or a ticket, that is fulfilled.
DECIDES_ONLY: Final = frozenset(("admin_by_request",))
PENDING, QUARANTINED, APPROVED, DENIED, FAILED = "pending", "quarantined", "approved", "denied", "failed"
UNDECIDED: Final = (PENDING, QUARANTINED)
UNFINISHED: Final = (*UNDECIDED, "open")
# What records do not say themselves, and where the objects of the platforms do.
REASON: Final = (("reason",),)
DECIDED_BY: Final = (("approvedBy",), ("approvedByEmail",), ("deniedBy",), ("deniedByEmail",))
DENIED_REASON: Final = (("deniedReason",),)
SERVICE_ID: Final = (("status", "serviceversionId"), ("status", "serviceId"), ("template", "id"))
SERVICE: Final = (("template", "name"),)
ENDED_AT: Final = (("completed_time", "value"), ("resolved_time", "value"))
VERDICTS: Final = {APPROVED: APPROVED, "rejected": DENIED, DENIED: DENIED}
# The outcome of a decision that says nothing new, or that it has yet to be carried out.
NOT_SENT: Final = (PENDING, "waiting")
NOT_CARRIED_OUT: Final = (FAILED, "conflict", "skipped")

# Nothing that changes the direction of what follows, ends a line, or cannot be written as UTF-8.
_SPACES: Final = (*range(32), *range(127, 160), 1564, 8206, 8207, 8232, 8233, *range(8234, 8239), *range(8294, 8298))
_CLEAN: Final = {**dict.fromkeys(_SPACES, " "), **dict.fromkeys((*range(55296, 57344), 65534, 65535), "\ufffd")}
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class ReportError(Exception):
    """Input that no report can be made of."""


def clean(value: Any) -> str:
    """Any value as text on one line."""
    if value is None:
        return ""
    return (str.__str__(value) if isinstance(value, str) else str(value)).translate(_CLEAN).strip()


def mappings(given: Any, what: str) -> list[Mapping[str, Any]]:
    """A list of mappings, or an error that says what is none."""
    if not isinstance(given, (list, tuple)):
        raise ReportError(f"{what} must be a list of mappings, not {given.__class__.__name__}")
    for number, member in enumerate(given, 1):
        if not isinstance(member, Mapping):
            raise ReportError(f"{what}: number {number} must be a mapping, not {member.__class__.__name__}")
    return list(given)


def _find(raw: Any, paths: Sequence[Sequence[str]]) -> str:
    """The first of the values in an object of a platform that says something."""
    for path in paths:
        value = raw
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, (str, int)) and (text := clean(value)):
            return text
    return ""


def _link(value: Any) -> str:
    """An address that a page may lead to."""
    text = clean(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


@dataclass(slots=True)
class Request:
    """A request with what was decided about it. Text is clean, and empty where nothing is known."""

    id: str
    platform: str = ""
    display_id: str = ""
    state: str = ""
    status: str = ""
    subject: str = ""
    requested_for: str = ""
    requested_by: str = ""
    created: Moment | None = None
    updated: Moment | None = None
    ended: Moment | None = None
    url: str = ""
    asked: str = ""
    service_id: str = ""
    service: str = ""
    waits_for: str = ""
    outcome: str = ""
    verdict: str = ""
    rule: str = ""
    why: str = ""
    decided_by: str = ""
    reason: str = ""
    error: str = ""
    is_listed: bool = True
    by_report: bool = False

    @property
    def platform_label(self) -> str:
        return PLATFORMS.get(self.platform, self.platform)

    @property
    def is_undecided(self) -> bool:
        return self.is_listed and self.state in UNDECIDED

    @property
    def is_order(self) -> bool:
        return self.is_listed and self.platform not in DECIDES_ONLY

    @property
    def is_decision(self) -> bool:
        return bool(self.verdict) or self.outcome in NOT_CARRIED_OUT

    @property
    def fulfilment(self) -> float | None:
        """The hours that an order took."""
        if self.is_order and self.state == "completed" and self.created and self.ended:
            return hours(self.created, self.ended)
        return None

    def age(self, now: Moment) -> float | None:
        return hours(self.created, now) if self.created else None

    def row(self, now: Moment) -> dict[str, Any]:
        """For a table."""
        age = self.age(now)
        texts = {name: getattr(self, name) for name in ROW_TEXTS}
        return {
            **texts,
            "display_id": self.display_id or self.id,
            "age": "" if age is None else span_text(age),
            "created": self.created.text if self.created else "",
            "created_iso": self.created.iso if self.created else "",
        }


ROW_TEXTS: Final = (
    "id",
    "platform",
    "platform_label",
    "state",
    "status",
    "subject",
    "requested_for",
    "requested_by",
    "url",
    "asked",
    "waits_for",
    "outcome",
    "verdict",
    "rule",
    "why",
    "decided_by",
    "reason",
    "error",
    "by_report",
)


def _request(record: Mapping[str, Any]) -> Request:
    raw = record.get("raw")
    updated = moment(record.get("updated_at"))
    waiting = [one.get("approver") for one in record.get("approvals") or () if one.get("state") == PENDING]
    request = Request(
        clean(record.get("id")),
        platform=clean(record.get("platform")),
        display_id=clean(record.get("display_id")),
        state=clean(record.get("state")),
        status=clean(record.get("status")),
        subject=clean(record.get("subject")),
        requested_for=clean(record.get("requested_for")),
        requested_by=clean(record.get("requested_by")),
        created=moment(record.get("created_at")),
        updated=updated,
        ended=moment(_find(raw, ENDED_AT)) or updated,
        url=_link(record.get("url")),
        asked=_find(raw, REASON),
        service_id=_find(raw, SERVICE_ID),
        service=_find(raw, SERVICE),
        waits_for=", ".join(filter(None, map(clean, waiting))),
        decided_by=_find(raw, DECIDED_BY),
        reason=_find(raw, DENIED_REASON),
    )
    request.verdict = request.outcome = _verdict(request, raw)
    return request


def _verdict(request: Request, raw: Any) -> str:
    """What the platform itself says was decided."""
    if request.is_undecided:
        return ""
    if request.state in VERDICTS:
        return VERDICTS[request.state]
    if not request.is_order and request.state == "completed":
        return APPROVED
    return VERDICTS.get(_find(raw, (("approval_status", "name"),)).lower(), "")


@dataclass(slots=True)
class Desk:
    """All that is reported on, oldest first."""

    requests: list[Request]
    left_out: int = 0
    # By platform and id, what decisions are looked up by.
    _by_id: dict[str, list[Request]] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Any, decisions: Any, since: Moment | None) -> Desk:
        """From records of M(deskops.itsm.request_info), of which later ones replace earlier ones, and decisions."""
        found = {(request.platform, request.id): request for request in map(_request, mappings(records, "requests"))}
        kept = [request for request in found.values() if _is_since(request, since)]
        desk = cls(kept, len(found) - len(kept))
        for request in found.values():
            desk._by_id.setdefault(request.id, []).append(request)
        for decision in mappings(decisions, "decisions"):
            desk._add(decision)
        desk.requests.sort(key=lambda request: (request.created is None, request.created and request.created.time, request.id))
        return desk

    def _add(self, decision: Mapping[str, Any]) -> None:
        """A decision on one of the requests, or on one that was not read.

        The latest counts, unless it only repeats, or left open what somebody has decided since. What check mode says was decided
        of a request that still waits is what would be.
        """
        request = self._request_of(decision)
        outcome = clean(decision.get("outcome")) or clean(decision.get("state"))
        if (outcome == "unchanged" and request.by_report) or (outcome in NOT_SENT and request.verdict):
            return
        error = decision.get("error")
        verdict = _verdict_of(outcome, clean(decision.get("state")))
        is_planned = bool(verdict) and request.is_undecided
        request.by_report = True
        request.outcome = f"would be {verdict}" if is_planned else outcome
        request.verdict = "" if is_planned else verdict
        for name in ("rule", "why", "reason"):
            setattr(request, name, clean(decision.get(name)))
        request.decided_by = clean(decision.get("decided_by")) or request.decided_by
        request.error = clean(error.get("message") if isinstance(error, Mapping) else error)

    def _request_of(self, decision: Mapping[str, Any]) -> Request:
        request_id = clean(decision.get("request_id"))
        platform = clean(decision.get("platform"))
        for request in self._by_id.get(request_id, ()):
            if platform in ("", request.platform):
                return request
        request = Request(
            request_id,
            platform=platform,
            subject=clean(decision.get("subject")),
            requested_for=clean(decision.get("requested_for")),
            created=moment(decision.get("created_at")),
            is_listed=False,
        )
        self._by_id.setdefault(request_id, []).append(request)
        self.requests.append(request)
        return request

    def undecided(self) -> list[Request]:
        return [request for request in self.requests if request.is_undecided]

    def decided(self) -> list[Request]:
        """The newest first."""
        return [request for request in reversed(self.requests) if request.is_decision]

    def orders(self) -> list[Request]:
        return [request for request in self.requests if request.is_order]


def _verdict_of(outcome: str, state: str) -> str:
    if outcome in NOT_SENT or outcome in NOT_CARRIED_OUT:
        return ""
    return VERDICTS.get(state if outcome == "unchanged" else outcome, "")


def _is_since(request: Request, since: Moment | None) -> bool:
    """What is unfinished always counts, and so does what tells no time."""
    latest = max((one.time for one in (request.created, request.updated) if one), default=None)
    return since is None or latest is None or request.state in UNFINISHED or latest >= since.time


CSV_COLUMNS: Final = (
    "platform",
    "id",
    "display_id",
    "state",
    "status",
    "subject",
    "requested_for",
    "requested_by",
    "created_at",
    "updated_at",
    "hours_to_fulfilment",
    "waits_for",
    "outcome",
    "rule",
    "why",
    "decided_by",
    "reason",
    "error",
    "asked",
    "url",
)


def csv_text(requests: Iterable[Request]) -> str:
    """All requests as comma-separated values that no spreadsheet takes for formulas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for request in requests:
        writer.writerow(map(_cell, _csv_values(request)))
    return buffer.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_values(request: Request) -> Iterator[str]:
    special = {
        "created_at": request.created.iso if request.created else "",
        "updated_at": request.updated.iso if request.updated else "",
        "hours_to_fulfilment": "" if request.fulfilment is None else f"{request.fulfilment:.2f}",
    }
    for name in CSV_COLUMNS:
        yield special[name] if name in special else getattr(request, name)
