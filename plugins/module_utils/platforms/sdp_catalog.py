# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: request templates, and the categories that those of services are in. Private to the collection.

Section numbers in comments are those of the fact sheet.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from ..transport.errors import Ambiguous, NotFound
from . import sdp_shapes as shapes
from . import sdp_values as values
from .expected import objects_in
from .records import Listing
from .sdp_modules import MODULES
from .sdp_records import SdpRecords
from .sdp_shapes import all_of, criterion

TEMPLATES = MODULES["request_templates"]
CATEGORIES = MODULES["service_categories"]

Row = dict[str, Any]


class SdpCatalog(SdpRecords):
    """The calls of the service catalog (5.2). They need the scope of the setup (1.5)."""

    def categories(self) -> list[Row]:
        """The service categories. There are no levels of them."""
        return [_category(row) for row in self.find_records(CATEGORIES, sort_field="name").records]

    def templates(self, *, name: str | None = None, category_id: str | None = None, limit: int | None = None) -> Listing:
        """Request templates by name; those of services are in a category."""
        wanted = {"name": name, "service_category.id": category_id}
        criteria = [criterion(path, "is", value) for path, value in wanted.items() if value is not None]
        found = self.find_records(TEMPLATES, criteria=all_of(criteria), sort_field="name", limit=limit)
        return Listing([_template(row) for row in found.records], found.truncated)

    def get_template(self, template_id: str) -> Row:
        """The API's own object, with questions, and where the server goes along with layouts."""
        return self.get_record(TEMPLATES, template_id)

    def template_details(self, template_id: str) -> Row:
        """A template with its fields and its questions."""
        row = self.get_template(template_id)
        layouts = objects_in(row, "layouts") or self._layouts(template_id)
        return {**_template(row), "fields": _fields(layouts), "questions": shapes.questions(row)}

    def find_template(self, id_or_name: str) -> Row:
        """The template with this id or this name, in any case, as M(get_template); items of a loop look it up once."""
        known: dict[str, Row] = self.memory.setdefault("templates", {})
        if id_or_name not in known:
            known[id_or_name] = self.get_template(self.template_id(id_or_name))
        return known[id_or_name]

    def template_id(self, id_or_name: str) -> str:
        """The id of the template with this id or this name.

        Raises:
            NotFound: none has it; the nearest are listed.
            Ambiguous: several have it.
        """
        if id_or_name.isdecimal() and len(id_or_name) >= values.SHORTEST_ID:
            return id_or_name
        wanted = id_or_name.strip().casefold()
        same = [row for row in self.templates(name=id_or_name.strip()).records if row["name"].strip().casefold() == wanted]
        if len(same) == 1:
            return str(same[0]["id"])
        if same:
            listed = ", ".join(str(row["id"]) for row in same)
            raise Ambiguous(f"{len(same)} templates are named {id_or_name!r}: {listed}", hint="Give the id instead")
        names = [row["name"] for row in self.templates().records]
        near = ", ".join(repr(name) for name in difflib.get_close_matches(id_or_name, names, n=3) or sorted(names)[:10])
        raise NotFound(f"No request template is named {id_or_name!r}", hint=f"The nearest are {near}")

    resources = staticmethod(shapes.resources)
    unanswered = staticmethod(shapes.unanswered)

    def _layouts(self, template_id: str) -> list[Row]:
        path = f"/{TEMPLATES.path}/{template_id}/layouts"
        body = self._get(path)
        if not isinstance(body, dict) or not isinstance(body.get("layouts"), list):
            raise shapes.unexpected("GET", path, "layouts", body)
        return objects_in(body, "layouts")


def _category(row: Row) -> Row:
    return {
        "id": row["id"],
        "name": str(row.get("name")),
        "parent_id": None,
        "group_id": None,
        "child_count": 0,
        "is_active": not row.get("inactive"),
        "raw": row,
    }


def _template(row: Row) -> Row:
    category: Mapping[str, Any] = values.as_object(row.get("service_category"))
    return {
        "id": row["id"],
        "name": str(row.get("name")),
        "excerpt": row.get("comments"),
        "categories": [category["name"]] if category.get("name") else [],
        "category_ids": [str(category["id"])] if category.get("id") else [],
        "is_service": bool(row.get("is_service_template")),
        "is_active": not row.get("inactive"),
        "raw": row,
    }


def _fields(layouts: list[Row]) -> list[Row]:
    """The fields of a template, in the order of its layouts, each once."""
    found: dict[str, Row] = {}
    for layout in layouts:
        for section in objects_in(layout, "sections"):
            for field in objects_in(section, "fields"):
                row = {
                    "name": field.get("name"),
                    "mandatory": bool(field.get("mandatory")),
                    "default": field.get("default_value"),
                    "section": section.get("name"),
                }
                known = found.setdefault(str(field.get("name")), row)
                known["mandatory"] |= row["mandatory"]
    return list(found.values())
