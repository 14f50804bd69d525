# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemas of the OpenAPI document: the JSON shapes of the API."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_LOCAL_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"
_EVENT_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$"


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def text(about: str = "", null: bool = False, **more: Any) -> Schema:
    return {
        "type": "string",
        **({"nullable": True} if null else {}),
        **({"description": about} if about else {}),
        **more,
    }


def number(about: str = "", null: bool = False, **more: Any) -> Schema:
    return {**text(about, null, **more), "type": "integer"}


def flag(about: str = "", null: bool = False) -> Schema:
    return {**text(about, null), "type": "boolean"}


def many(items: Schema, null: bool = False) -> Schema:
    return {"type": "array", "items": items, **({"nullable": True} if null else {})}


def record(properties: dict[str, Schema], optional: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object whose keys are all there, but the optional ones."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
        **more,
    }


def _time(about: str, null: bool = False, pattern: str = _LOCAL_TIME) -> Schema:
    return text(about, null, pattern=pattern)


def _texts(names: str, null: bool = True) -> dict[str, Schema]:
    return {name: text(null=null) for name in names.split()}


_FILE = _texts("name path file version vendor sha256")
_SCAN = {
    "scanResult": text("Clean, Malicious or Suspicious; null for sessions", null=True),
    "scanResultCode": number("0 Clean, 1 Malicious, 2 Suspicious", enum=[0, 1, 2]),
    "threat": text("what was found", null=True),
}
_APPLICATION = {**_FILE, **_SCAN, "virustotalLink": text(null=True)}
_PREAPPROVED = {"preapproved": flag("ran without asking because it is pre-approved")}

_HEAD: dict[str, Schema] = {
    "id": number("rises, with gaps"),
    "traceNo": text("digits; the id in the portal's links", pattern=r"^\d+$"),
    "settingsName": text("the settings that applied"),
    "type": text(enum=["Run As Admin", "Admin Session", "Server Session"]),
    "typeCode": number("0 Run As Admin, 1 Admin Session, 2 Server Session", enum=[0, 1, 2]),
    "status": text("the word beside statusCode"),
    "statusCode": number(
        "0 Open (approved), 1 Running, 2 Finished, 3 Denied, 4 Pending, 5 Quarantined, 6 Expired", enum=list(range(7))
    ),
}
_TAIL: dict[str, Schema] = {
    "user": ref("User"),
    "computer": ref("RequestComputer"),
    "reason": text("what the user wrote", null=True),
    "approvedBy": text("full name of a portal user", null=True),
    "approvedByEmail": text(null=True),
    "deniedReason": text(null=True),
    "deniedBy": text("full name of a portal user", null=True),
    "deniedByEmail": text(null=True),
}
_MAYBE = ("approvedByEmail", "deniedByEmail", "auditlogLink", "auditLogLink")
_LINK = {
    "auditlogLink": text("the entry in the portal"),
    "auditLogLink": text("the same in another spelling; one of the two is there"),
}


def _inventory_part(names: str, **others: Schema) -> Schema:
    return record({**_texts(names), **others}, nullable=True)


_JOINED = {"isDomainJoined": flag(null=True), "isAzureJoined": flag(null=True)}

SCHEMAS: dict[str, Schema] = {
    "Error": record({"Message": text("what is wrong")}),
    "User": record(
        {
            "account": text("DOMAIN\\account"),
            "fullName": text(),
            "email": text(null=True),
            "phone": text(null=True),
            "isAdmin": flag(),
        }
    ),
    "RequestComputer": record(
        {
            "name": text(),
            "platform": text("Windows, Mac, Server, Linux"),
            "platformCode": number("0 Windows, 1 Mac, 2 Server"),
            "make": text(null=True),
            "model": text(null=True),
        }
    ),
    "ScanResult": record({**_SCAN, "engine": text()}),
    "Application": record({**_APPLICATION, **_PREAPPROVED}, optional=("path", "preapproved")),
    "Request": record(
        {
            "scanResults": many(ref("ScanResult")),
            **_HEAD,
            "application": ref("Application"),
            **_TAIL,
            "requestTime": _time("local time of the computer, without zone"),
            **_LINK,
        },
        optional=_MAYBE,
    ),
    "Install": record({"application": text(), "version": text(null=True), "vendor": text(null=True)}),
    "ElevatedApplication": record(_APPLICATION),
    "AuditlogEntry": record(
        {
            "installs": many(ref("Install")),
            "uninstalls": many(ref("Install")),
            "elevatedApplications": many(ref("ElevatedApplication")),
            "scanResults": many(ref("ScanResult")),
            **_HEAD,
            "application": ref("Application"),
            **_TAIL,
            "ssoValidated": flag(),
            "requestTime": _time("local time, without zone"),
            "requestTimeUTC": _time("the same in UTC"),
            "startTime": _time("local time", null=True),
            "startTimeUTC": _time("UTC", null=True),
            "endTime": _time("local time", null=True),
            "endTimeUTC": _time("UTC", null=True),
            "responseTime": text("from request to decision, HH:MM:SS.fffffff", null=True),
            **_LINK,
        },
        optional=_MAYBE,
    ),
    "Delta": record(
        {
            "entries": many(ref("AuditlogEntry")),
            "timeNow": number("time of the last change in .NET ticks (18 digits: more than a double holds)", format="int64"),
        }
    ),
    "Event": record(
        {
            "id": number(),
            "eventCode": number(),
            "eventLevel": number("0 informational, 1 warning, 2 alert", enum=[0, 1, 2]),
            "eventText": text(),
            "eventTime": _time("local time", pattern=_EVENT_TIME),
            "eventTimeUTC": _time("UTC", pattern=_EVENT_TIME),
            **_texts("computerName userAccount userName alertAccount auditLogURL"),
            "rollback": flag(),
            "additionalData": text(null=True),
            "application": record(_FILE),
        }
    ),
    "Software": record({**_texts("name version vendor installDate"), "size": number("MB", null=True), "bits": number(null=True)}),
    "Computer": record(
        {
            "id": number(),
            "name": text(),
            "inventoryAvailable": flag("false: the computer never sent inventory data"),
            "inventoryDate": _time("local time", null=True),
            "abrClientVersion": text(null=True),
            "abrClientInstallDate": _time("local time", null=True),
            "notes": text(null=True),
            "user": _inventory_part(
                "account fullName email phone domain orgUnit orgUnitPath",
                isAdmin=flag(null=True),
                **_JOINED,
                groups=many(text(), null=True),
            ),
            "owner": _inventory_part("account fullName"),
            "computer": _inventory_part(
                "domain orgUnit orgUnitPath",
                **_JOINED,
                groups=many(text(), null=True),
                localAdmins=many(text(), null=True),
                users=many(text(), null=True),
            ),
            "operatingSystem": _inventory_part(
                "platform name version type installDate",
                **{name: number(null=True) for name in ("platformCode", "release", "build", "buildUpdate", "typeCode", "bits")},
            ),
            "hardware": _inventory_part(
                "make model type serviceTag cpu diskStatus monitorResolution tpmVersion",
                typeCode=number(null=True),
                cpuSpeed=number("MHz", null=True),
                cpuCores=number(null=True),
                diskSize=number("GB", null=True),
                diskFree=number("GB", null=True),
                memory=number("MB", null=True),
                noMonitors=number(null=True),
                **{name: flag(null=True) for name in ("bitlockerEnabled", "isCompliant", "tpmEnabled")},
            ),
            "network": _inventory_part("publicIP privateIP macAddress nicSpeed hostName"),
            "location": _inventory_part("city region country latitude longitude googleMapsLink", hourOffset=number(null=True)),
            "software": many(ref("Software"), null=True),
        },
        optional=(
            "inventoryDate",
            "abrClientVersion",
            "abrClientInstallDate",
            "notes",
            "user",
            "owner",
            "computer",
            "operatingSystem",
            "hardware",
            "network",
            "location",
            "software",
        ),
    ),
    "WhoAmI": record(
        {
            "tenantName": text(),
            "apiUrl": text("where this key works"),
            "workstationSeats": number(),
            "workstationUsage": number(),
            "workstationExpiryDate": _time(""),
            "serverSeats": number(),
            "serverUsage": number(),
            "serverExpiryDate": _time(""),
        }
    ),
}
