# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sows the example data: always the same ids and rows, with times relative to the sandbox's clock."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta
from typing import Any

from . import seed_data as data
from .desk import Desk
from .elevation import APPROVED, Elevation, Status, no_application, scan_fields
from .records import Computer, Event, PortalUser
from .times import text, ticks

FIRST_COMPUTER_ID = 50_233_100
HISTORY_DAYS = 60
HISTORY_ENTRIES = 38
EVENTS = 60
_ENGINES = ("Microsoft Defender", "ClamAV", "Example Antivirus")
_COMPUTER_OF = {login: name for name, login, _model, _place, _available in reversed(data.COMPUTERS)}


def sow(desk: Desk, demo: bool) -> None:
    """Clear the desk; portal users are there in any case."""
    desk.clear()
    for email, full_name in data.PORTAL_USERS:
        desk.portal_users[email] = PortalUser(email, full_name)
    if demo:
        now = desk.clock.now().replace(microsecond=0)
        _sow_computers(desk, now)
        _sow_elevations(desk, now)
        _sow_events(desk, now)


def phone(login: str) -> str:
    return f"+4555{int(hashlib.sha256(login.encode()).hexdigest(), 16) % 1_000_000:06}"


def user_of(person: data.Person) -> dict[str, Any]:
    """The user of a request."""
    return {
        "account": f"{data.DOMAIN}\\{person.login}",
        "fullName": person.full_name,
        "email": f"{person.mail}@{data.MAIL}",
        "phone": phone(person.login),
        "isAdmin": False,
    }


def computer_of(computer: Computer) -> dict[str, Any]:
    """The computer of a request."""
    system, hardware = computer.row["operatingSystem"], computer.row["hardware"]
    return {
        "name": computer.name,
        "platform": system["platform"],
        "platformCode": system["platformCode"],
        "make": hardware["make"],
        "model": hardware["model"],
    }


def application_of(app: data.App, login: str, platform: str = "Windows") -> dict[str, Any]:
    """The application of a request, with a hash that follows from its file."""
    path = {"Mac": f"/Users/{login}/Downloads", "Linux": f"/home/{login}/Downloads"}.get(
        platform, f"C:\\Users\\{login}\\Downloads"
    )
    sha256 = hashlib.sha256(f"{app.file} {app.version}".encode()).hexdigest().upper()
    named = {"name": app.name, "path": path, "file": app.file, "version": app.version, "vendor": app.vendor}
    return {**named, **scan_fields(app.scan, app.threat, sha256)}


def scan_results(application: dict[str, Any]) -> list[dict[str, Any]]:
    """One line per engine; only the first one finds what there is to find."""
    if not application["sha256"]:
        return []
    found = {key: application[key] for key in ("scanResult", "scanResultCode")}
    clean = {"scanResult": "Clean", "scanResultCode": 0}
    return [
        {**(clean if index else found), "engine": engine, "threat": None if index else application["threat"]}
        for index, engine in enumerate(_ENGINES)
    ]


def computer_row(
    key: int,
    name: str,
    person: data.Person,
    model: data.Model,
    place: data.Place,
    now: datetime,
    available: bool = True,
) -> dict[str, Any]:
    """A whole inventory row."""
    chance = random.Random(f"{key} {name}")
    account = f"{person.mail}@{data.MAIL}"
    joined = {"isDomainJoined": True, "isAzureJoined": model.portable}
    unit = "Servers" if model.server else "Laptops" if model.portable else "Desktops"
    groups = ["Domain Users", f"GRP-{person.unit}", "VPN Users"]
    return {
        "id": key,
        "name": name,
        "inventoryAvailable": available,
        "inventoryDate": text(now - timedelta(hours=chance.randint(1, 400)), place.offset),
        "abrClientVersion": chance.choice(("8.5.1", "8.5.1", "8.4.0", "8.3.2")),
        "abrClientInstallDate": text(now - timedelta(days=chance.randint(40, 500), minutes=chance.randint(0, 600)), place.offset),
        "notes": "On loan" if chance.random() < 0.1 else None,
        "user": {
            "account": person.login,
            "fullName": person.full_name,
            "email": account,
            "phone": phone(person.login),
            "domain": data.DOMAIN,
            "orgUnit": person.unit,
            "orgUnitPath": f"\\Staff\\{person.unit}",
            "isAdmin": False,
            **joined,
            "groups": groups,
        },
        "owner": {"account": account, "fullName": person.full_name},
        "computer": {
            "domain": data.DOMAIN,
            **joined,
            "orgUnit": unit,
            "orgUnitPath": f"\\Clients\\{unit}",
            "groups": ["Domain Computers", f"GRP-{unit}"],
            "localAdmins": ["Administrator", f"{data.DOMAIN}\\Domain Admins"],
            "users": [],
        },
        "operatingSystem": {
            "platform": model.platform,
            "platformCode": model.platform_code,
            "name": model.system,
            "version": model.version,
            "release": model.release,
            "build": model.build,
            "buildUpdate": model.update,
            "type": "Server" if model.server else "Workstation",
            "typeCode": int(model.server),
            "bits": 64,
            "installDate": text(now - timedelta(days=chance.randint(100, 700)), place.offset),
        },
        "hardware": {
            "make": model.make,
            "model": model.model,
            "type": "Portable" if model.portable else "Desktop",
            "typeCode": int(model.portable),
            "serviceTag": f"PF{chance.randrange(16**6):06X}",
            "cpu": model.cpu,
            "cpuSpeed": model.mhz,
            "cpuCores": model.cores,
            "diskSize": model.disk,
            "diskFree": chance.randint(10, model.disk - 20),
            "diskStatus": "OK",
            "memory": model.memory,
            "noMonitors": 1,
            "monitorResolution": model.resolution,
            "bitlockerEnabled": model.platform == "Windows",
            "isCompliant": chance.random() < 0.9,
            "tpmEnabled": model.platform in ("Windows", "Server"),
            "tpmVersion": "2.0" if model.platform in ("Windows", "Server") else None,
        },
        "network": {
            "publicIP": f"203.0.113.{chance.randint(1, 254)}",
            "privateIP": f"10.20.{chance.randint(1, 9)}.{chance.randint(2, 250)}",
            "macAddress": f"02:00:5E:10:{key // 256 % 256:02X}:{key % 256:02X}",
            "nicSpeed": "1000 mbit",
            "hostName": None,
        },
        "location": {
            "city": place.city,
            "region": place.region,
            "country": place.country,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "googleMapsLink": f"https://maps.example/?q={place.latitude},{place.longitude}",
            "hourOffset": place.offset,
        },
        "software": _software(chance, now),
    }


def _software(chance: random.Random, now: datetime) -> list[dict[str, Any]]:
    installed = chance.sample(data.SOFTWARE, chance.randint(3, len(data.SOFTWARE)))
    return [
        {
            "name": name,
            "version": version,
            "vendor": vendor,
            "installDate": text((now - timedelta(days=chance.randint(5, 300))).replace(hour=0, minute=0, second=0)),
            "size": size,
            "bits": 64,
        }
        for name, version, vendor, size in installed
    ]


def _sow_computers(desk: Desk, now: datetime) -> None:
    key = FIRST_COMPUTER_ID
    for index, (name, login, model, place, available) in enumerate(data.COMPUTERS):
        key += 1 + index % 4
        desk.computers.put(
            key,
            Computer(computer_row(key, name, data.PEOPLE[login], data.MODELS[model], data.PLACES[place], now, available)),
        )


def _sow_elevations(desk: Desk, now: datetime) -> None:
    """Requests and history together, so that the audit log's ids rise with time."""
    by_name = {computer.name: computer for computer in desk.computers}
    rows = [_requested(asked, by_name, now) for asked in data.REQUESTS] + _history(by_name, now)
    for row in sorted(rows, key=lambda row: row.requested_at):
        row.audit_id, row.trace_no = desk.next_audit_id(), desk.next_trace_no()
        desk.add_elevation(row)
    desk.last_change = max(row.changed for row in rows)


def _requested(asked: data.Asked, by_name: dict[str, Computer], now: datetime) -> Elevation:
    row = _elevation(
        asked.login,
        asked.app,
        by_name[asked.computer or _COMPUTER_OF[asked.login]],
        now - timedelta(minutes=asked.minutes),
        asked.type_code,
    )
    row.id, row.reason = asked.id, asked.reason
    advance(row, Status[asked.status.upper()], row.requested_at + timedelta(minutes=1 + asked.id % 2))
    decider = dict(data.PORTAL_USERS).get(asked.by or "")
    if row.status is Status.DENIED:
        row.denied_by, row.denied_by_email, row.denied_reason = decider, asked.by, asked.denied_reason
    elif row.status in APPROVED:
        row.approved_by, row.approved_by_email = decider, asked.by
    return row


def _history(by_name: dict[str, Computer], now: datetime) -> list[Elevation]:
    """Elevations that needed no approval, over the last sixty days."""
    chance = random.Random(1971)
    rows = []
    for index in range(HISTORY_ENTRIES):
        login = chance.choice(list(data.PEOPLE))
        type_code = 1 if index % 9 == 4 else 0
        moment = now - timedelta(minutes=chance.randint(300, HISTORY_DAYS * 24 * 60 - 60))
        row = _elevation(
            login,
            None if type_code else chance.choice(data.HISTORY_APPS),
            by_name[_COMPUTER_OF[login]],
            moment,
            type_code,
        )
        row.from_request, row.preapproved, row.sso_validated = False, type_code == 0, index % 5 == 0
        row.status, row.started_at, row.ended_at = (
            Status.FINISHED,
            moment,
            moment + timedelta(seconds=chance.randint(20, 900)),
        )
        row.changed = ticks(row.ended_at)
        _note_install(row)
        rows.append(row)
    return rows


def _elevation(login: str, app: str | None, computer: Computer, moment: datetime, type_code: int) -> Elevation:
    application = application_of(data.APPS[app], login, computer.row["operatingSystem"]["platform"]) if app else no_application()
    return Elevation(
        id=0,
        audit_id=0,
        trace_no="",
        requested_at=moment,
        changed=ticks(moment),
        type_code=type_code,
        application=application,
        user=user_of(data.PEOPLE[login]),
        computer=computer_of(computer),
        utc_offset=computer.utc_offset,
        scan_results=scan_results(application),
    )


def advance(row: Elevation, status: Status, moment: datetime) -> None:
    """Bring a request to ``status`` at ``moment``, with the times that belong to it."""
    row.status = status
    if status is Status.PENDING:
        row.decided_at = row.started_at = row.ended_at = None
        row.approved_by = row.approved_by_email = row.denied_by = row.denied_by_email = row.denied_reason = None
    elif status in APPROVED or status is Status.DENIED:
        row.decided_at = row.decided_at or moment
    if status in (Status.RUNNING, Status.FINISHED):
        row.started_at = row.started_at or moment + timedelta(seconds=20)
    if status is Status.FINISHED:
        row.ended_at = row.ended_at or moment + timedelta(seconds=110)
        _note_install(row)
    row.changed = ticks(row.ended_at or row.started_at or row.decided_at or row.requested_at)


def _note_install(row: Elevation) -> None:
    """A finished set-up program shows as an installation."""
    application = row.application
    if application["name"] and not row.installs:
        row.installs = [{"application": application["name"], "version": application["version"], "vendor": application["vendor"]}]


def _sow_events(desk: Desk, now: datetime) -> None:
    chance = random.Random(2049)
    computers = list(desk.computers)
    moments = sorted(now - timedelta(milliseconds=chance.randint(60_000, HISTORY_DAYS * 86_400_000)) for dummy in range(EVENTS))
    for moment in moments:
        computer, code = chance.choice(computers), chance.choice(data.HISTORY_EVENTS)
        event = Event(0, code, moment, computer.utc_offset, computer.name, computer.owner_account, computer.owner_name)
        if code in (10, 12, 13, 72, 180, 182):
            event.alert_account = "tempadm"
        if code in (92, 93, 94, 97):
            app = application_of(data.APPS["toolbar" if code == 93 else "keygen"], event.user_account or "", "Windows")
            event.application = {key: app[key] for key in event.application}
        event.rollback = code == 2
        desk.add_event(event)
