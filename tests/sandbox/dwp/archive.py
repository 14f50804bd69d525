# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services as a zip: profiles, images, workflows and questions, always the same bytes for the same content.

What is in BMC's zip is not documented beyond these four; names and keys are a choice of the sandbox.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from .catalog import Catalog
from .questionnaire import Page, Question, Questionnaire
from .records import Service, make_guid

FORMAT = "northwind-services-1"
MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TEXTS = ("guid", "name", "templateType", "serviceType", "excerpt", "description", "supplier", "workflow")
_NULLABLE = ("questionnaire", "provisioningTime")
_LISTS = ("tags", "categories", "entitledGroups", "costs", "dynamicFields", "bundledServices")


class ArchiveError(ValueError):
    """Not a zip of services."""


def pack(catalog: Catalog, services: Iterable[Service]) -> bytes:
    """A bundle takes its parts along."""
    whole = {row.guid: row for service in services for row in _with_parts(catalog, service)}
    files: dict[str, bytes] = {MANIFEST: _json({"format": FORMAT, "services": sorted(whole)})}
    for guid, row in whole.items():
        profile = profile_of(catalog, row)
        files[f"profiles/{guid}.json"] = _json(profile)
        files[profile["image"]] = _image(guid)
        files[f"workflows/{guid}.json"] = _json({"guid": make_guid(f"workflow {guid}"), "kind": row.workflow})
        if row.questionnaire is not None:
            files[f"questions/{row.questionnaire.guid}.json"] = _json(questions_of(row.questionnaire))
    return _zip(files)


def _with_parts(catalog: Catalog, service: Service) -> Iterator[Service]:
    yield service
    for part in service.parts:
        yield catalog.services[part]


def profile_of(catalog: Catalog, row: Service) -> dict[str, Any]:
    """All of a service that does not belong to one catalog: no ids, no dates."""
    profile: dict[str, Any] = {
        "guid": row.guid,
        "name": row.name,
        "templateType": "SERVICE",
        "serviceType": row.service_type,
        "excerpt": row.excerpt,
        "description": row.description,
        "supplier": row.supplier,
        "workflow": row.workflow,
        "tags": list(row.tags),
        "categories": [catalog.category_path(category_id) for category_id in row.categories],
        "entitledGroups": sorted(row.groups),
        "price": row.payment,
        "costs": list(row.costs),
        "provisioningTime": list(row.provisioning) if row.provisioning else None,
        "dynamicFields": [list(pair) for pair in row.fields],
        "bundledServices": [catalog.services[part].guid for part in row.parts],
        "maxQuantity": row.max_quantity,
        "onBehalf": row.on_behalf,
        "questionnaire": row.questionnaire.guid if row.questionnaire else None,
        "image": f"images/{row.guid}.png",
    }
    return {**profile, "versionGuid": _version_guid(profile, row.questionnaire)}


def _version_guid(profile: dict[str, Any], questionnaire: Questionnaire | None) -> str:
    """Changes with the content."""
    content = _json([profile, questions_of(questionnaire) if questionnaire else None])
    return make_guid(hashlib.sha256(content).hexdigest())


def questions_of(whole: Questionnaire) -> dict[str, Any]:
    pages = [
        {
            "id": page.id,
            "title": page.title,
            "questions": [
                {name: value for name, value in asdict(question).items() if value not in ((), {}, None, "", False)}
                for question in page.questions
            ],
        }
        for page in whole.pages
    ]
    return {"guid": whole.guid, "userLimit": whole.user_limit, "pages": pages}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _image(guid: str) -> bytes:
    """A PNG of one pixel whose colour follows from the GUID."""
    pixel = b"\x00" + hashlib.sha256(guid.encode()).digest()[:3]
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixel)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return target.getvalue()


# --- reading


def unpack(data: bytes) -> tuple[list[dict[str, Any]], dict[str, Questionnaire]]:
    """The profiles, and the questionnaires by GUID; an ArchiveError tells what is wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            broken = archive.testzip()
            if broken is not None:
                raise ArchiveError(f"{broken} is damaged")
            files = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise ArchiveError(f"The file is not a zip: {error}") from error
    manifest = _parse(files, MANIFEST)
    if manifest.get("format") != FORMAT or not isinstance(manifest.get("services"), list) or not manifest["services"]:
        raise ArchiveError(f"{MANIFEST} does not list services")
    profiles = [_profile(files, str(guid)) for guid in manifest["services"]]
    wanted = {profile["questionnaire"] for profile in profiles} - {None}
    return profiles, {guid: _questionnaire(files, guid) for guid in wanted}


def _parse(files: dict[str, bytes], name: str) -> dict[str, Any]:
    if name not in files:
        raise ArchiveError(f"{name} is missing")
    try:
        value = json.loads(files[name])
    except ValueError as error:
        raise ArchiveError(f"{name} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ArchiveError(f"{name} is not an object")
    return value


def _profile(files: dict[str, bytes], guid: str) -> dict[str, Any]:
    name = f"profiles/{guid}.json"
    profile = _parse(files, name)
    for key in (*_TEXTS, *_LISTS, "price", "maxQuantity", "onBehalf", "image", *_NULLABLE):
        wanted = str if key in _TEXTS else list if key in _LISTS else object
        if key not in profile or not isinstance(profile[key], wanted):
            raise ArchiveError(f"{name} has no {key}")
    for other in (profile["image"], f"workflows/{guid}.json"):
        if other not in files:
            raise ArchiveError(f"{other} is missing")
    return profile


def _questionnaire(files: dict[str, bytes], guid: str) -> Questionnaire:
    """With the archive's own GUID as id: a catalog gives its own."""
    name = f"questions/{guid}.json"
    content = _parse(files, name)
    try:
        pages = tuple(
            Page(page["id"], page["title"], tuple(_question(question) for question in page["questions"]))
            for page in content["pages"]
        )
        return Questionnaire(guid, guid, pages, content["userLimit"])
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveError(f"{name} does not hold questions: {error}") from error


def _question(values: dict[str, Any]) -> Question:
    """JSON has lists where questions have tuples."""
    read = dict(values)
    for name in ("default", "tags", "visible_for"):
        read[name] = tuple(read.get(name, ()))
    read["options"] = _options(read.get("options", ()))
    read["options_for"] = {key: _options(options) for key, options in read.get("options_for", {}).items()}
    read["answer_for"] = {key: tuple(answers) for key, answers in read.get("answer_for", {}).items()}
    return Question(**read)


def _options(values: Any) -> tuple[Any, ...]:
    return tuple((value, tuple(display) if isinstance(display, list) else display) for value, display in values)
