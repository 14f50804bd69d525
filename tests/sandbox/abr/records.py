# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events, computers and portal users."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..switches import Switchboard
from .elevation import LINUX
from .event_codes import EVENT_CODES
from .times import text

NO_FILE = {"file": None, "path": None, "name": None, "vendor": None, "version": None, "sha256": None}
_INVENTORY_PARTS = ("user", "owner", "computer", "operatingSystem", "hardware", "network", "location")
_INVENTORY_KEYS = ("inventoryDate", "abrClientVersion", "abrClientInstallDate", "notes", *_INVENTORY_PARTS, "software")


@dataclass(frozen=True)
class PortalUser:
    """Somebody who may be named as the one who decided."""

    email: str
    full_name: str


@dataclass
class Event:
    """One event; text and level follow from its code unless given."""

    id: int
    code: int
    time: datetime
    utc_offset: int = 0
    computer_name: str | None = None
    user_account: str | None = None
    user_name: str | None = None
    alert_account: str | None = None
    additional_data: str | None = None
    audit_log_url: str | None = None
    rollback: bool = False
    level: int | None = None
    text: str | None = None
    application: dict[str, Any] = field(default_factory=lambda: dict(NO_FILE))

    def view(self) -> dict[str, Any]:
        code_level, code_text = EVENT_CODES.get(self.code, (0, f"Event {self.code}"))
        return {
            "id": self.id,
            "eventCode": self.code,
            "eventLevel": code_level if self.level is None else self.level,
            "eventText": self.text or code_text,
            "eventTime": text(self.time, self.utc_offset, milliseconds=True),
            "eventTimeUTC": text(self.time, milliseconds=True),
            "computerName": self.computer_name,
            "userAccount": self.user_account,
            "userName": self.user_name,
            "alertAccount": self.alert_account,
            "auditLogURL": self.audit_log_url,
            "rollback": self.rollback,
            "additionalData": self.additional_data,
            "application": self.application,
        }


@dataclass
class Computer:
    """One computer of the inventory; ``row`` holds all of it, groups and software too."""

    row: dict[str, Any]

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def name(self) -> str:
        return str(self.row["name"])

    @property
    def is_server(self) -> bool:
        return self._system.get("platform") == "Server"

    @property
    def owner_account(self) -> str | None:
        return (self.row.get("user") or {}).get("account")

    @property
    def owner_name(self) -> str | None:
        return (self.row.get("user") or {}).get("fullName")

    @property
    def utc_offset(self) -> int:
        return (self.row.get("location") or {}).get("hourOffset") or 0

    @property
    def _system(self) -> dict[str, Any]:
        return self.row.get("operatingSystem") or {}

    def view(self, switches: Switchboard, software: bool = False, groups: bool = False) -> dict[str, Any]:
        """The row as ``/inventory`` shows it: groups and software only when asked for."""
        if not self.row["inventoryAvailable"]:
            return self._bare_view(switches)
        row = dict(self.row)
        if not software:
            row["software"] = None
        if not groups:
            row["user"] = {**row["user"], "groups": None}
            row["computer"] = {**row["computer"], "groups": None}
        if self._system.get("platform") == LINUX:
            row["operatingSystem"] = {**self._system, "platformCode": switches["linux_platform_code"]}
        return row

    def _bare_view(self, switches: Switchboard) -> dict[str, Any]:
        """A computer that never sent inventory data; which of its parts are there is unknown."""
        shown = {"id": self.id, "name": self.name, "inventoryAvailable": False}
        if switches["uninventoried_fields"] == "absent":
            return shown
        shown.update(dict.fromkeys(_INVENTORY_KEYS))
        if switches["uninventoried_fields"] == "shells":
            shown.update({part: dict.fromkeys(keys) for part, keys in INVENTORY_SHAPE.items()})
        return shown


#: the keys of each part of a computer, in the vendor's order
INVENTORY_SHAPE: dict[str, tuple[str, ...]] = {
    "user": (
        "account",
        "fullName",
        "email",
        "phone",
        "domain",
        "orgUnit",
        "orgUnitPath",
        "isAdmin",
        "isDomainJoined",
        "isAzureJoined",
        "groups",
    ),
    "owner": ("account", "fullName"),
    "computer": (
        "domain",
        "isDomainJoined",
        "isAzureJoined",
        "orgUnit",
        "orgUnitPath",
        "groups",
        "localAdmins",
        "users",
    ),
    "operatingSystem": (
        "platform",
        "platformCode",
        "name",
        "version",
        "release",
        "build",
        "buildUpdate",
        "type",
        "typeCode",
        "bits",
        "installDate",
    ),
    "hardware": (
        "make",
        "model",
        "type",
        "typeCode",
        "serviceTag",
        "cpu",
        "cpuSpeed",
        "cpuCores",
        "diskSize",
        "diskFree",
        "diskStatus",
        "memory",
        "noMonitors",
        "monitorResolution",
        "bitlockerEnabled",
        "isCompliant",
        "tpmEnabled",
        "tpmVersion",
    ),
    "network": ("publicIP", "privateIP", "macAddress", "nicSpeed", "hostName"),
    "location": ("city", "region", "country", "latitude", "longitude", "googleMapsLink", "hourOffset"),
}
