# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenAPI documents, whole: what the platforms say of their routes, with behaviour, sources and example values."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from ..abr import AbrPlatform
from ..dwp import DwpPlatform
from ..platforms import Platform
from ..sdp import SdpPlatform
from . import notes_abr, notes_dwp, notes_sdp
from .notes import Note, Notes

METHODS = ("get", "put", "post", "delete", "patch")
Operation = dict[str, Any]


def complete(platform: Platform) -> dict[str, Any]:
    """The document of a platform, with its notes."""
    document = copy.deepcopy(platform.openapi())
    notes = _notes(platform)
    for key, operation in operations(document):
        operation["operationId"] = _identifier(key)
        if key in notes:
            _annotate(operation, notes[key])
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    """All operations by method and path."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def _notes(platform: Platform) -> Notes:
    if isinstance(platform, AbrPlatform):
        return notes_abr.NOTES
    if isinstance(platform, DwpPlatform):
        return notes_dwp.NOTES
    return notes_sdp.notes_of(platform) if isinstance(platform, SdpPlatform) else {}


def _identifier(key: str) -> str:
    """A name for generated clients: C(GET /requests/{id}) is C(get_requests_id)."""
    return re.sub(r"[\W_]+", "_", key.replace("/api/v3", "").lower()).strip("_")


def _annotate(operation: Operation, note: Note) -> None:
    told = [operation.get("description"), note.about, f"Source: {note.source}."]
    operation["description"] = "\n\n".join(text for text in told if text)
    # Operations may share what the platform's document is made of, but not their examples.
    operation["parameters"] = [
        {**parameter, "example": note.values[parameter["name"]]} if parameter["name"] in note.values else {**parameter}
        for parameter in operation.get("parameters", ())
    ]
    if note.body_schema is not None:
        form = {"application/x-www-form-urlencoded": {"schema": note.body_schema}}
        operation.setdefault("requestBody", {"content": form})
    if note.body is not None:
        _exemplify(operation["requestBody"]["content"], note.body)
    if note.answer_schema is not None:
        for content in operation["responses"]["200"]["content"].values():
            content["schema"] = {**content["schema"], "properties": {**content["schema"]["properties"], **note.answer_schema}}


def _exemplify(content: dict[str, Any], body: Any) -> None:
    """One example for the whole body; pages show those of a form field by field, so they are in its schema too."""
    for kind, media in content.items():
        media["example"] = body
        if kind != "application/json" and "$ref" not in media["schema"]:
            fields = media["schema"]["properties"]
            given = {name: {**fields.get(name, {"type": "string"}), "example": value} for name, value in body.items()}
            media["schema"] = {**media["schema"], "properties": {**fields, **given}}
