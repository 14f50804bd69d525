# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services as a zip, from one catalog to the other."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from .conftest import BADGE, DATABASE, GUEST, KIT, LAPTOP, MONITOR, ROBOT, VPN, DwpClient

ZIP = "application/x-zip-compressed"


@pytest.fixture
def other(dwp: DwpClient) -> DwpClient:
    """The catalog that services are promoted to."""
    return dwp.as_user("svc_automation", "dwp2")


def _padded(service: str) -> str:
    return service.rjust(15, "0")


def _export(dwp: DwpClient, *services: str) -> bytes:
    reply = dwp.call("POST", "/services/export", json=[_padded(service) for service in services])
    assert reply.status_code == 200, reply.text
    return reply.content


def _import(dwp: DwpClient, data: bytes, name: str = "file", file_name: str = "services.zip", kind: str = ZIP) -> Any:
    return dwp.call("POST", "/services/import", files={name: (file_name, data, kind)})


def _services(dwp: DwpClient) -> dict[str, dict[str, Any]]:
    """By name, as the control API tells them."""
    return {row["name"]: row for row in dwp.state("services")}


def _changed(data: bytes, **files: bytes | None) -> bytes:
    """The zip with the files of some folders (or the manifest) replaced, or left out for None."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w") as made:
        for name in archive.namelist():
            folder = name.partition("/")[0].removesuffix(".json")
            content = files.get(folder, archive.read(name))
            if content is not None:
                made.writestr(name, content)
    return target.getvalue()


# --- export


def test_an_export(dwp: DwpClient) -> None:
    reply = dwp.call("POST", "/services/export", json=[_padded(DATABASE), LAPTOP])
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/zip")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="services.zip"'
    assert not dwp.committed()
    services = _services(dwp)
    guids = [services["Database access"]["guid"], services["Standard laptop"]["guid"]]
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        names = archive.namelist()
        profile = json.loads(archive.read(f"profiles/{guids[0]}.json"))
        image = archive.read(f"images/{guids[0]}.png")
    assert {name.partition("/")[0] for name in names} == {"manifest.json", "profiles", "images", "workflows", "questions"}
    assert sorted(name for name in names if name.startswith("profiles")) == sorted(f"profiles/{guid}.json" for guid in guids)
    assert (profile["name"], profile["categories"][0]) == ("Database access", ["Access", "Accounts"])
    assert image.startswith(b"\x89PNG")


def test_the_same_services_give_the_same_bytes(dwp: DwpClient) -> None:
    assert _export(dwp, DATABASE, LAPTOP) == _export(dwp, LAPTOP, DATABASE)
    before = _services(dwp)["Standard laptop"]["versionGuid"]
    dwp.control("POST", f"/dwp/services/{LAPTOP}", {"excerpt": "Now with a stand"})
    assert _services(dwp)["Standard laptop"]["versionGuid"] != before


@pytest.mark.parametrize("body", [[], {}, [12912], "2401"])
def test_exports_that_are_refused(dwp: DwpClient, body: Any) -> None:
    assert dwp.status("POST", "/services/export", json=body) == 400


def test_exports_of_nothing(dwp: DwpClient) -> None:
    reply = dwp.call("POST", "/services/export", json=[_padded(LAPTOP), _padded("1")])
    assert (reply.status_code, reply.json()["message"]) == (404, f"Service of id {_padded('1')} not found.")


def test_who_may_transfer(dwp: DwpClient, other: DwpClient) -> None:
    data, before = _export(dwp, LAPTOP), other.state("services")
    agent = dwp.as_user("odahl")
    assert agent.status("POST", "/services/export", json=[LAPTOP]) == 403
    assert _import(dwp.as_user("odahl", "dwp2"), data).status_code == 403
    dwp.switch(forbidden_status=404)
    assert agent.status("POST", "/services/export", json=[LAPTOP]) == 404
    assert other.state("services") == before


def test_which_ids_an_export_takes(dwp: DwpClient) -> None:
    number = _services(dwp)["Standard laptop"]["exportId"]
    assert number == _padded(LAPTOP)
    dwp.switch(export_accepts="padded")
    assert [dwp.status("POST", "/services/export", json=[one]) for one in (LAPTOP, number)] == [404, 200]
    dwp.switch(export_accepts="short")
    assert [dwp.status("POST", "/services/export", json=[one]) for one in (LAPTOP, number)] == [200, 404]
    dwp.switch(export_accepts="padded", export_id_of="service")
    own = _services(dwp)["Standard laptop"]["exportId"]
    assert own == "000000000012900"
    assert [dwp.status("POST", "/services/export", json=[one]) for one in (number, own)] == [404, 200]


def test_answers_to_an_export(dwp: DwpClient) -> None:
    dwp.switch(export_status=201, export_content_type="application/octet-stream", export_file_name="absent")
    reply = dwp.call("POST", "/services/export", json=[LAPTOP])
    assert (reply.status_code, reply.headers["Content-Type"]) == (201, "application/octet-stream")
    assert "Content-Disposition" not in reply.headers


# --- import


def test_a_service_that_is_new(dwp: DwpClient, other: DwpClient) -> None:
    reply = _import(other, _export(dwp, DATABASE))
    assert (reply.status_code, reply.content) == (200, b"")
    assert other.committed()
    there, here = _services(other)["Database access"], _services(dwp)["Database access"]
    assert there["id"] != here["id"]
    assert there["revisions"] == [{"number": 1, "stage": "PUBLISHED"}]
    assert (there["guid"], there["versionGuid"], there["categories"]) == (here["guid"], here["versionGuid"], here["categories"])
    found = other.post("/services/search", {"title": "Database access"})["services"]
    assert [row["id"] for row in found] == [there["id"]]
    labels = list(other.questions(other.initiate(there["id"])))
    assert labels == list(dwp.questions(dwp.initiate(DATABASE)))


def test_a_service_that_is_there(dwp: DwpClient, other: DwpClient) -> None:
    data, before = _export(dwp, LAPTOP), _services(other)
    assert before["Standard laptop"]["excerpt"] == "A 13 inch laptop"
    for number in (2, 3):
        assert _import(other, data).status_code == 200
        after = _services(other)
        assert after["Standard laptop"]["revisions"][-1] == {"number": number, "stage": "PUBLISHED"}
    assert list(after) == list(before)
    assert after["Standard laptop"]["id"] == "7102"
    assert after["Standard laptop"]["versionGuid"] == _services(dwp)["Standard laptop"]["versionGuid"]
    assert other.get("/services/7102")["description"] == "<p>A 14 inch laptop with the usual software.</p>"


def test_revisions_of_what_an_import_made(dwp: DwpClient, other: DwpClient) -> None:
    data = _export(dwp, VPN)
    for dummy in range(3):
        _import(other, data)
    assert [row["number"] for row in _services(other)["VPN access"]["revisions"]] == [1, 2, 3]


def test_the_same_name_with_another_guid(dwp: DwpClient, other: DwpClient) -> None:
    before = _services(other)["External monitor"]
    assert before["guid"] != _services(dwp)["External monitor"]["guid"]
    _import(other, _export(dwp, MONITOR))
    after = _services(other)["External monitor"]
    assert (after["id"], after["guid"]) == (before["id"], before["guid"])
    assert after["excerpt"] == "27 inches, with stand and cable"


def test_a_bundle_takes_its_parts_along(dwp: DwpClient, other: DwpClient) -> None:
    other.switch(import_answer="summary")
    summary = _import(other, _export(dwp, KIT)).json()
    assert sorted(summary["imported"]) == ["Building badge", "New colleague kit", "VPN access"]
    assert sorted(summary["updated"]) == ["External monitor", "Standard laptop"]
    services = _services(other)
    parts = [part["id"] for part in other.get(f"/services/{services['New colleague kit']['id']}")["bundledServices"]]
    wanted = ("Standard laptop", "External monitor", "VPN access", "Building badge")
    assert parts == [services[name]["id"] for name in wanted]
    placed = other.order(services["New colleague kit"]["id"], excludedServiceversionIds=[services["Building badge"]["id"]])
    assert placed["requestErrors"] == []


def test_an_import_as_a_draft(dwp: DwpClient, other: DwpClient) -> None:
    other.switch(import_revision="draft")
    assert _import(other, _export(dwp, LAPTOP, VPN)).status_code == 200
    services = _services(other)
    assert services["Standard laptop"]["excerpt"] == "A 13 inch laptop"
    assert services["Standard laptop"]["revisions"] == [{"number": 2, "stage": "DRAFT"}]
    assert (services["Standard laptop"]["stage"], services["VPN access"]["stage"]) == ("PUBLISHED", "DRAFT")
    assert other.post("/services/search", {"title": "VPN access"})["services"] == []


def test_new_ids_of_revisions(dwp: DwpClient, other: DwpClient) -> None:
    other.switch(revision_ids="new")
    old = _services(other)["Guest network"]["id"]
    _import(other, _export(dwp, GUEST))
    new = _services(other)["Guest network"]["id"]
    assert new != old
    assert (other.status("GET", f"/services/{old}"), other.status("GET", f"/services/{new}")) == (404, 200)


def test_what_is_not_published_can_be_transferred(dwp: DwpClient, other: DwpClient) -> None:
    assert _import(other, _export(dwp, ROBOT)).status_code == 200
    assert _services(other)["Robot arm hour"]["stage"] == "PUBLISHED"


def test_an_import_into_nothing(dwp: DwpClient) -> None:
    data = _export(dwp, BADGE)
    dwp.control("POST", "/reset", {"seed": "empty"})
    other = dwp.as_user("hannah_admin", "dwp2")
    assert (other.state("services"), other.get("/categories")["total"]) == ([], 0)
    assert _import(other, data).status_code == 200
    assert [row["name"] for row in other.get("/categories")["categories"]] == ["Buildings", "Rooms"]


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ({"name": "archive"}, "Required field cannot be blank: file"),
        ({"file_name": ""}, "Required field cannot be blank: file"),
        ({"kind": "application/octet-stream"}, "application/octet-stream, not application/x-zip-compressed"),
    ],
)
def test_forms_that_are_refused(dwp: DwpClient, other: DwpClient, how: dict[str, str], text: str) -> None:
    before = other.state("services")
    data = _export(dwp, DATABASE)
    reply = _import(other, data, **how)
    assert reply.status_code == 400
    assert text in reply.json()["message"]
    assert other.state("services") == before
    other.switch(import_content_type="any")
    assert _import(other, data, **how).status_code == (200 if "kind" in how else 400)


def test_files_that_are_no_archives(dwp: DwpClient, other: DwpClient) -> None:
    good, before = _export(dwp, DATABASE, LAPTOP), other.state("services")
    profile = json.dumps({"name": "x"}).encode()
    for data, text in (
        (b"", "not a zip"),
        (b"PK\x03\x04 no", "not a zip"),
        (good[: len(good) // 2], "not a zip"),
        (_changed(good).replace(b"Standard laptop", b"Standard mobile"), "is damaged"),
        (_changed(good, manifest=None), "manifest.json is missing"),
        (_changed(good, manifest=b"{"), "manifest.json is not JSON"),
        (_changed(good, manifest=b"[]"), "manifest.json is not an object"),
        (_changed(good, manifest=b"{}"), "manifest.json does not list services"),
        (_changed(good, profiles=None), "is missing"),
        (_changed(good, profiles=profile), "has no guid"),
        (_changed(good, images=None), "is missing"),
        (_changed(good, questions=b'{"pages": [{}]}'), "does not hold questions"),
    ):
        reply = _import(other, data)
        assert reply.status_code == 400
        assert text in reply.json()["message"]
        assert not other.committed()
    assert other.state("services") == before
    assert other.status("POST", "/services/import", json={}) == 415
    assert other.status("POST", "/services/import", data=good, headers={"Content-Type": "multipart/form-data"}) == 400


def test_a_bundle_without_its_parts(dwp: DwpClient, other: DwpClient) -> None:
    bundle = _services(dwp)["New colleague kit"]["guid"]
    manifest = json.dumps({"format": "northwind-services-1", "services": [bundle]}).encode()
    reply = _import(other, _changed(_export(dwp, KIT), manifest=manifest))
    assert reply.status_code == 400
    assert "of a bundle is missing" in reply.json()["message"]
