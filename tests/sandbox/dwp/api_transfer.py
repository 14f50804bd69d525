# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Export and import of services, from one catalog to another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import FastAPI, Request, Response

from ..reply import Reply
from . import multipart
from .archive import ArchiveError, pack, profile_of, unpack
from .catalog import Catalog
from .errors import NOT_ALLOWED, REQUIRED, ApiError, invalid, no_service
from .guard import BASE
from .incoming import Incoming, answer, empty, response
from .questionnaire import Questionnaire
from .records import Revision, Service, Stage, User

PART = "file"
PART_TYPE = "application/x-zip-compressed"
_ID_DIGITS = 15


def add_transfer(api: FastAPI, catalog: Catalog) -> None:
    @api.post(BASE + "/services/export")
    async def export_services(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        _demand_admin(catalog, incoming.user)
        ids = await incoming.json()
        if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
            raise invalid(catalog.switches, "The body is not a list of service ids")
        data = pack(catalog, [_by_export_id(catalog, one) for one in dict.fromkeys(ids)])
        headers = {"Content-Disposition": 'attachment; filename="services.zip"'}
        named = catalog.switches["export_file_name"] == "present"
        status, content_type = catalog.switches.number("export_status"), str(catalog.switches["export_content_type"])
        return response(Reply.of(status, data, content_type, headers if named else None))

    @api.post(BASE + "/services/import")
    async def import_services(request: Request) -> Response:
        """All or nothing."""
        incoming = Incoming(request, catalog)
        _demand_admin(catalog, incoming.user)
        data = _uploaded(catalog, incoming.header("content-type"), await incoming.raw())
        try:
            profiles, questionnaires = unpack(data)
        except ArchiveError as error:
            raise invalid(catalog.switches, str(error)) from error
        summary = Importer(catalog, questionnaires).take(profiles)
        incoming.commit()
        return answer(summary) if catalog.switches["import_answer"] == "summary" else empty()


def _demand_admin(catalog: Catalog, user: User) -> None:
    if not user.is_admin:
        status = catalog.switches.number("forbidden_status")
        raise ApiError(status, "Only a service catalog admin may do this", NOT_ALLOWED)


def export_id(catalog: Catalog, service: Service) -> str:
    """15 digits with zeros in front; of which number is not documented."""
    number = service.id if catalog.switches["export_id_of"] == "version" else str(service.number)
    return number.rjust(_ID_DIGITS, "0")


def _by_export_id(catalog: Catalog, given: str) -> Service:
    accepts = catalog.switches["export_accepts"]
    if accepts != "padded" and given in catalog.services:
        return catalog.services[given]
    if accepts != "short" and len(given) >= _ID_DIGITS:
        for service in catalog.services.values():
            if export_id(catalog, service) == given:
                return service
    raise no_service(given)


def _uploaded(catalog: Catalog, content_type: str, body: bytes) -> bytes:
    """The part must be named and typed as the document says."""
    try:
        parts = multipart.parse(content_type, body)
    except multipart.MultipartError as error:
        raise invalid(catalog.switches, str(error)) from error
    part = next((one for one in parts if one.name == PART and one.file_name), None)
    if part is None:
        raise invalid(catalog.switches, f"Required field cannot be blank: {PART}", REQUIRED)
    if catalog.switches["import_content_type"] == "strict" and part.content_type.lower() != PART_TYPE:
        raise invalid(catalog.switches, f"Content type of the part is {part.content_type}, not {PART_TYPE}")
    return part.data


class Importer:
    """Brings profiles into a catalog: a service that is there (by GUID, or else by name) gets a revision."""

    def __init__(self, catalog: Catalog, questionnaires: dict[str, Questionnaire]) -> None:
        self._catalog = catalog
        self._questionnaires = questionnaires
        self._publish = catalog.switches["import_revision"] == "published"

    def take(self, profiles: list[dict[str, Any]]) -> dict[str, Any]:
        """First all services, so that bundles find their parts, then their content."""
        self._check_parts(profiles)
        pairs = [(profile, self._find(profile)) for profile in profiles]
        summary: dict[str, Any] = {
            "imported": [profile["name"] for profile, known in pairs if known is None],
            "updated": [profile["name"] for profile, known in pairs if known is not None],
        }
        rows = [(profile, known or self._add(profile), known is None) for profile, known in pairs]
        by_guid = {profile["guid"]: row for profile, row, _new in rows}
        for profile, row, new in rows:
            self._revise(row, profile, by_guid, new)
        return summary

    def _check_parts(self, profiles: list[dict[str, Any]]) -> None:
        known = {row.guid for row in self._catalog.services.values()} | {profile["guid"] for profile in profiles}
        for guid in {part for profile in profiles for part in profile["bundledServices"]} - known:
            raise invalid(self._catalog.switches, f"Part {guid} of a bundle is missing")

    def _find(self, profile: dict[str, Any]) -> Service | None:
        rows = self._catalog.services.values()
        same = next((row for row in rows if row.guid == profile["guid"]), None)
        return same or next((row for row in rows if row.name == profile["name"]), None)

    def _add(self, profile: dict[str, Any]) -> Service:
        catalog, now = self._catalog, self._catalog.clock.now()
        row = Service(catalog.next_id("service"), int(catalog.next_id("number")), profile["guid"], profile["name"], now, now)
        row.stage = Stage.DRAFT
        catalog.services[row.id] = row
        return row

    def _revise(self, row: Service, profile: dict[str, Any], by_guid: dict[str, Service], new: bool) -> None:
        """A draft leaves what is published as it is; what is new has nothing else to show."""
        stage = Stage.PUBLISHED if self._publish else Stage.DRAFT
        before = row.revisions[-1].number if row.revisions else (0 if new else 1)
        row.revisions.append(Revision(before + 1, stage, profile))
        if self._publish or new:
            self._apply(row, profile, by_guid)
            row.stage = stage
        if self._publish and not new and self._catalog.switches["revision_ids"] == "new":
            self._renumber(row)

    def _renumber(self, row: Service) -> None:
        """A published revision may have an id of its own; bundles go with it."""
        old = row.id
        del self._catalog.services[old]
        row.id = self._catalog.next_id("service")
        self._catalog.services[row.id] = row
        for other in self._catalog.services.values():
            other.parts = tuple(row.id if part == old else part for part in other.parts)

    def _apply(self, row: Service, profile: dict[str, Any], by_guid: dict[str, Service]) -> None:
        row.name, row.excerpt, row.description = profile["name"], profile["excerpt"], profile["description"]
        row.service_type, row.supplier, row.workflow = profile["serviceType"], profile["supplier"], profile["workflow"]
        row.tags, row.groups = tuple(profile["tags"]), frozenset(profile["entitledGroups"])
        row.payment, row.max_quantity, row.on_behalf = profile["price"], profile["maxQuantity"], profile["onBehalf"]
        first, second, third = profile["costs"]
        row.costs = (first, second, third)
        time = profile["provisioningTime"]
        row.provisioning = (time[0], time[1]) if time else None
        row.fields = tuple((title, content) for title, content in profile["dynamicFields"])
        row.parts = tuple(self._part(guid, by_guid) for guid in profile["bundledServices"])
        row.categories = tuple(self._category(path) for path in profile["categories"])
        row.questionnaire = self._questionnaire(profile["questionnaire"])
        row.modified = self._catalog.clock.now()

    def _part(self, guid: str, by_guid: dict[str, Service]) -> str:
        return (by_guid.get(guid) or next(row for row in self._catalog.services.values() if row.guid == guid)).id

    def _category(self, path: list[str]) -> str:
        """By its path of names; what is missing is made."""
        parent: str | None = None
        for name in path:
            rows = self._catalog.children(parent)
            parent = next((row.id for row in rows if row.name == name), None) or self._catalog.add_category(name, parent).id
        assert parent is not None
        return parent

    def _questionnaire(self, guid: str | None) -> Questionnaire | None:
        if guid is None:
            return None
        return replace(self._questionnaires[guid], id=self._catalog.next_id("questionnaire"))


def state_view(catalog: Catalog, row: Service) -> dict[str, Any]:
    """A service for the control API, with what the platform's own API does not tell."""
    return {
        "id": row.id,
        "exportId": export_id(catalog, row),
        "stage": row.stage.value,
        **profile_of(catalog, row),
        "revisions": [{"number": one.number, "stage": one.stage.value} for one in row.revisions],
    }
