# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An elevation: what a user asked for, seen as a request (approval queue) and as an audit log entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from ..switches import Switchboard
from .times import text, time_span

PORTAL_URL = "https://portal.example"
TYPE_TEXT = {0: "Run As Admin", 1: "Admin Session", 2: "Server Session"}
SCAN_TEXT = {0: "Clean", 1: "Malicious", 2: "Suspicious"}
LINUX = "Linux"

_FILE_KEYS = ("sha256", "scanResult", "scanResultCode", "threat", "virustotalLink")
_REQUEST_APPLICATION = ("name", "path", "file", "version", "vendor", *_FILE_KEYS)
_AUDIT_APPLICATION = ("file", "path", "name", "vendor", "version", *_FILE_KEYS)
_ELEVATED_APPLICATION = ("name", "path", "file", "version", "vendor", *_FILE_KEYS)


class Status(IntEnum):
    """The vendor's status codes."""

    OPEN = 0
    RUNNING = 1
    FINISHED = 2
    DENIED = 3
    PENDING = 4
    QUARANTINED = 5
    EXPIRED = 6


APPROVED = (Status.OPEN, Status.RUNNING, Status.FINISHED)
_STATUS_TEXT = {
    Status.RUNNING: "Running",
    Status.FINISHED: "Finished",
    Status.DENIED: "Denied",
    Status.QUARANTINED: "Quarantined",
    Status.EXPIRED: "Expired",
}


def status_text(status: Status, switches: Switchboard) -> str:
    """The word beside a code; two of them are open questions."""
    if status is Status.OPEN:
        return str(switches["approved_status_text"])
    if status is Status.PENDING:
        return str(switches["pending_status_text"])
    return _STATUS_TEXT[status]


def scan_fields(code: int, threat: str | None, sha256: str | None) -> dict[str, Any]:
    """What the malware scan said of a file."""
    return {
        "sha256": sha256,
        "scanResult": SCAN_TEXT[code] if sha256 else None,
        "scanResultCode": code,
        "threat": threat,
        "virustotalLink": f"https://scan.example/latest-scan/{sha256}" if sha256 else None,
    }


def no_application() -> dict[str, Any]:
    """Sessions are about no file: all null but the code."""
    return {"name": None, "path": None, "file": None, "version": None, "vendor": None, **scan_fields(0, None, None)}


@dataclass
class Elevation:
    """One elevation; times in UTC, ``utc_offset`` the hours of its computer's local time.

    ``from_request`` tells entries of the approval queue from elevations that needed no approval.
    """

    id: int
    audit_id: int
    trace_no: str
    requested_at: datetime
    changed: int
    status: Status = Status.PENDING
    type_code: int = 0
    settings_name: str = "Global"
    application: dict[str, Any] = field(default_factory=no_application)
    preapproved: bool = False
    user: dict[str, Any] = field(default_factory=dict)
    computer: dict[str, Any] = field(default_factory=dict)
    utc_offset: int = 0
    reason: str | None = None
    from_request: bool = True
    approved_by: str | None = None
    approved_by_email: str | None = None
    denied_reason: str | None = None
    denied_by: str | None = None
    denied_by_email: str | None = None
    sso_validated: bool = False
    decided_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    scan_results: list[dict[str, Any]] = field(default_factory=list)
    installs: list[dict[str, Any]] = field(default_factory=list)
    uninstalls: list[dict[str, Any]] = field(default_factory=list)

    def request_view(self, switches: Switchboard, scan_details: bool = False) -> dict[str, Any]:
        """The row as ``/requests`` shows it, keys in the order of real rows."""
        application = self._application(_REQUEST_APPLICATION)
        if switches["preapproved_on_requests"] == "present":
            application["preapproved"] = self.preapproved
        return {
            "scanResults": self.scan_results if scan_details else [],
            **self._head(switches, self.id, application),
            "requestTime": text(self.requested_at, self.utc_offset),
            str(switches["link_key"]): self._link(),
        }

    def audit_view(self, switches: Switchboard, scan_details: bool = False) -> dict[str, Any]:
        """The row as ``/auditlog`` shows it."""
        application = self._application(_AUDIT_APPLICATION)
        application["preapproved"] = self.preapproved
        return {
            "installs": self.installs,
            "uninstalls": self.uninstalls,
            "elevatedApplications": self._elevated(),
            "scanResults": self.scan_results if scan_details else [],
            **self._head(switches, self.audit_key(switches), application),
            "ssoValidated": self.sso_validated,
            "requestTime": text(self.requested_at, self.utc_offset),
            "requestTimeUTC": text(self.requested_at),
            "startTime": text(self.started_at, self.utc_offset),
            "startTimeUTC": text(self.started_at),
            "endTime": text(self.ended_at, self.utc_offset),
            "endTimeUTC": text(self.ended_at),
            "responseTime": time_span(self.decided_at - self.requested_at if self.decided_at else None),
            str(switches["link_key"]): self._link(),
        }

    def audit_key(self, switches: Switchboard) -> int:
        """Whether the two ids are the same is unknown; only ``traceNo`` surely joins the rows."""
        return self.id if self.from_request and switches["auditlog_id"] == "same_as_request" else self.audit_id

    def _head(self, switches: Switchboard, shown_id: int, application: dict[str, Any]) -> dict[str, Any]:
        computer = self.computer
        if computer["platform"] == LINUX:
            computer = {**computer, "platformCode": switches["linux_platform_code"]}
        head: dict[str, Any] = {
            "id": shown_id,
            "traceNo": self.trace_no,
            "settingsName": self.settings_name,
            "type": TYPE_TEXT[self.type_code],
            "typeCode": self.type_code,
            "status": status_text(self.status, switches),
            "statusCode": int(self.status),
            "application": application,
            "user": self.user,
            "computer": computer,
            "reason": self.reason,
            "approvedBy": self.approved_by,
            "approvedByEmail": self.approved_by_email,
            "deniedReason": self.denied_reason,
            "deniedBy": self.denied_by,
            "deniedByEmail": self.denied_by_email,
        }
        if switches["email_keys"] == "absent":
            del head["approvedByEmail"], head["deniedByEmail"]
        return head

    def _application(self, keys: tuple[str, ...]) -> dict[str, Any]:
        """``path`` is there for files only."""
        return {key: self.application[key] for key in keys if key != "path" or self.type_code == 0}

    def _elevated(self) -> list[dict[str, Any]]:
        """What ran with elevated rights, once it was started."""
        if self.type_code != 0 or self.started_at is None:
            return []
        return [{key: self.application[key] for key in _ELEVATED_APPLICATION}]

    def _link(self) -> str:
        page = "AppElevations" if self.type_code == 0 else "Sessions"
        return f"{PORTAL_URL}/AuditLog?Page={page}&ID={self.trace_no}&ShowFilter=false"
