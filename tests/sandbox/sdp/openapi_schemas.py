# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemas of the OpenAPI document, made from the tables of fields."""

from __future__ import annotations

from typing import Any

from .fields import Field, Module
from .kinds import Choice, Decimal, DisplayId, Files, Flag, Group, Has, Html, Kind, Number, Ref, Refs, Text, Texts, Time
from .modules import BY_PATH, MODULES

Schema = dict[str, Any]

_TIME: Schema = {
    "type": "object",
    "nullable": True,
    "properties": {
        "display_value": {"type": "string", "description": "for people"},
        "value": {"type": "string", "pattern": r"^-?\d+$", "description": "milliseconds since 1970"},
    },
}
_FILE: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "size": {"type": "string"},
        "content_type": {"type": "string"},
        "content_url": {"type": "string"},
    },
}
_ID: Schema = {"type": "string", "pattern": r"^\d+$", "description": "above 2^53"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def text(about: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": about} if about else {}), **more}


def record(properties: dict[str, Schema]) -> Schema:
    """An object of which lists show a part of the keys only."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _reference(path: str) -> Schema:
    names = [field.name for field in BY_PATH[path].fields if field.in_brief]
    properties: dict[str, Schema] = {"id": _ID, **{name: {} for name in names}}
    return {"type": "object", "nullable": True, "description": f"by id or name, of {path}", "properties": properties}


def _kind(kind: Kind) -> Schema:
    if isinstance(kind, Refs):
        return {"type": "array", "items": _reference(kind.table)}
    if isinstance(kind, Ref):
        return _reference(kind.table)
    if isinstance(kind, Group):
        nullable = {} if kind.computed else {"nullable": True}
        return {**record({name: schema_of(field) for name, field in kind.fields.items()}), **nullable}
    if isinstance(kind, (Time, DisplayId)):
        return _TIME
    if isinstance(kind, (Flag, Has)):
        return {"type": "boolean"}
    if isinstance(kind, (Texts, Files)):
        return {"type": "array", "items": _FILE if isinstance(kind, Files) else text()}
    if isinstance(kind, (Text, Number)):
        return _plain(kind)
    return {}


def _plain(kind: Text | Number) -> Schema:
    about = "HTML" if isinstance(kind, Html) else "a number" if isinstance(kind, (Number, Decimal)) else ""
    choices = {"enum": [*kind.choices, None]} if isinstance(kind, Choice) else {}
    limit = {"maxLength": kind.limit} if isinstance(kind, Text) and kind.limit else {}
    return {**text(about, **choices, **limit), "nullable": True}


def schema_of(field: Field) -> Schema:
    """Read-only fields say so; a reference to nothing is null."""
    schema = _kind(field.kind)
    return {**schema, "readOnly": True} if field.read_only else schema


def module_schema(module: Module) -> Schema:
    return record({"id": {**_ID, "readOnly": True}, **{field.name: schema_of(field) for field in module.shown}})


def _all_modules() -> dict[str, Module]:
    found: dict[str, Module] = {}
    pending = list(MODULES)
    for module in pending:
        found.setdefault(module.one, module)
        pending.extend(module.subs)
    return found


_STATUS: Schema = {
    "type": "object",
    "properties": {
        "status_code": {"type": "integer", "enum": [2000, 3000, 4000]},
        "status": text(enum=["success", "failed", "partially_failed"]),
        "messages": {"type": "array", "items": ref("Message")},
    },
    "required": ["status_code", "status"],
}
SCHEMAS: dict[str, Schema] = {
    **{name: module_schema(module) for name, module in _all_modules().items()},
    "Message": {
        "type": "object",
        "properties": {
            "status_code": {"type": "integer", "description": "the useful code"},
            "field": text(),
            "fields": {"type": "array", "items": text()},
            "type": text(enum=["failed", "success"]),
            "message": text(),
        },
        "required": ["status_code", "type"],
    },
    "Status": _STATUS,
    "Statuses": {"type": "array", "items": ref("Status")},
    "ListInfo": {
        "type": "object",
        "properties": {"has_more_rows": {"type": "boolean"}, "row_count": {"type": "integer", "description": "of this page"}},
        "required": ["has_more_rows", "row_count"],
    },
    "Failure": {"type": "object", "properties": {"response_status": ref("Status")}, "required": ["response_status"]},
    "Tokens": {
        "type": "object",
        "properties": {
            "access_token": text(),
            "refresh_token": text(),
            "scope": text(),
            "api_domain": text(),
            "token_type": text(),
            "expires_in": {"type": "integer"},
            "error": text("instead of all others, and with status 200"),
        },
    },
}
