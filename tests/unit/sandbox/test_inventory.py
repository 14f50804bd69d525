# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory, PINs, tenant."""

from __future__ import annotations

import pytest

from .conftest import Client


def test_thirty_computers_of_several_platforms(desk: Client) -> None:
    rows = desk.rows("/inventory")
    assert len(rows) == 30
    platforms = {row["operatingSystem"]["platform"] for row in rows if row["inventoryAvailable"]}
    assert platforms == {"Windows", "Mac", "Server", "Linux"}


def test_by_id_and_by_name(desk: Client) -> None:
    row = desk.get("/inventory/nw-lt-0142").json()
    assert desk.get(f"/inventory/{row['id']}").json() == row
    assert desk.get("/inventory/Lager PC 3").json()["name"] == "Lager PC 3"
    assert desk.get("/inventory/NOPE").status_code == 404


def test_software_and_groups_on_demand(desk: Client) -> None:
    plain = desk.get("/inventory/NW-LT-0142").json()
    assert (plain["software"], plain["user"]["groups"], plain["computer"]["groups"]) == (None, None, None)
    full = desk.get("/inventory/NW-LT-0142?wantsoftware=1", headers={"wantgroups": "1"}).json()
    assert list(full["software"][0]) == ["name", "version", "vendor", "installDate", "size", "bits"]
    assert "Domain Users" in full["user"]["groups"]
    assert "Domain Computers" in full["computer"]["groups"]


@pytest.mark.parametrize("shape", ["null", "absent", "shells"])
def test_computers_without_inventory(desk: Client, shape: str) -> None:
    desk.switch(uninventoried_fields=shape)
    row = desk.get("/inventory/NW-KIOSK-01").json()
    assert row["inventoryAvailable"] is False
    hardware = {"null": None, "absent": "-", "shells": None}
    assert (row.get("hardware", "-") if shape != "shells" else row["hardware"]["cpu"]) == hardware[shape]


def test_digits_as_name(desk: Client) -> None:
    first = desk.rows("/inventory", take=1)[0]["id"]
    desk.control("POST", "/abr/computers", [{"name": str(first)}, {"name": "4711"}])
    assert desk.get(f"/inventory/{first}").json()["id"] == first
    assert desk.get("/inventory/4711").json()["name"] == "4711"
    desk.switch(digits_name="name_then_id")
    assert desk.get(f"/inventory/{first}").json()["name"] == str(first)
    desk.switch(digits_name="id_only")
    assert desk.get("/inventory/4711").status_code == 404


def test_delete(desk: Client) -> None:
    before = len(desk.rows("/computers/NW-LT-0142/auditlog", days=90))
    assert desk.call("DELETE", "/inventory/NW-LT-0142").status_code == 204
    assert desk.get("/inventory/NW-LT-0142").status_code == 404
    assert len(desk.rows("/computers/NW-LT-0142/auditlog", days=90)) == before
    desk.switch(inventory_delete_status=200)
    assert desk.call("DELETE", "/inventory/NW-LT-0143").status_code == 200


def test_pins_leave_events(desk: Client) -> None:
    pin = desk.get("/inventory/NW-LT-0142/pin?pin1=123456").json()
    assert isinstance(pin, str)
    assert len(pin) == 10
    assert desk.rows("/events", last=1)[0]["eventCode"] == 100
    desk.get("/inventory/NW-LT-0142/pin", headers={"pintype": "UninstallPIN"})
    event = desk.rows("/events", last=1)[0]
    assert (event["eventCode"], event["computerName"]) == (101, "NW-LT-0142")
    assert [call["committed"] for call in desk.calls(path="/pin$")] == [True, True]


@pytest.mark.parametrize("query", ["", "?pin1=12345", "?pin1=abcdef", "?pintype=Other&pin1=123456"])
def test_pin_errors(desk: Client, query: str) -> None:
    reply = desk.get(f"/inventory/NW-LT-0142/pin{query}")
    assert (reply.status_code, reply.json()) == (500, {"Message": "General error"})


def test_whoami(desk: Client) -> None:
    answer = desk.get("/whoami").json()
    assert answer["apiUrl"] == f"{desk.url}/abr"
    assert (answer["workstationUsage"], answer["serverUsage"]) == (26, 4)
