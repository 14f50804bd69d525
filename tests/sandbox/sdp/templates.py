# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request templates: which fields a request must have, what it has by default, what is asked."""

from __future__ import annotations

from typing import Any

from .desk import Caller, Desk
from .intake import Intake
from .modules_requests import REQUESTS
from .modules_setup import TEMPLATES
from .questions import Resource
from .rules import SetupRules
from .store import Record

#: what a template has that the API does not take: see ``TemplateRules``
HIDDEN: dict[str, Any] = {"_defaults": {}, "_mandatory": ("subject",), "_approvers": (), "_resources": ()}
_LAYOUT = (
    ("Requester details", ("requester", "on_behalf_of", "site", "department")),
    ("Request details", ("subject", "description", "category", "subcategory", "item", "group", "technician")),
    ("Assessment", ("request_type", "status", "mode", "level", "impact", "urgency", "priority")),
)


def template_of(desk: Desk, template_id: str | None) -> Record:
    """The template of that id, or the default one."""
    table = desk.store.table(TEMPLATES.path)
    return table[template_id] if template_id else next(row for row in table.values() if row.values.get("is_default"))


class TemplateRules(SetupRules):
    """A template that is made by the API asks for a subject only."""

    def adding(self, desk: Desk, intake: Intake, caller: Caller) -> None:
        intake.values |= {name: value for name, value in HIDDEN.items() if name not in intake.values}

    def added(self, desk: Desk, record: Record, caller: Caller) -> None:
        describe(desk, record)


def describe(desk: Desk, template: Record) -> None:
    """Bring what the template shows of itself in line with what it does."""
    resources: tuple[Resource, ...] = template.values["_resources"]
    defaults = template.values["_defaults"]
    shown = {name: REQUESTS.by_name[name].show_value(value, template, desk) for name, value in defaults.items()}
    template.values |= {
        "request": shown,
        "layouts": [{"name": "Technician", "sections": _sections(template.values["_mandatory"], shown)}],
        "resources": [resource.view() for resource in resources],
    }


def _sections(mandatory: tuple[str, ...], defaults: dict[str, Any]) -> list[dict[str, Any]]:
    sections = [{"name": title, "fields": [_entry(name, mandatory, defaults) for name in names]} for title, names in _LAYOUT]
    placed = {name for _title, names in _LAYOUT for name in names}
    extra = [name for name in mandatory if name not in placed]
    if extra:
        sections.append({"name": "Additional fields", "fields": [_entry(name, mandatory, defaults) for name in extra]})
    return sections


def _entry(name: str, mandatory: tuple[str, ...], defaults: dict[str, Any]) -> dict[str, Any]:
    value = defaults.get(name)
    return {"name": name, "mandatory": name in mandatory, "default_value": [] if value is None else [value], "scopings": []}
