# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Categories and services."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response

from ..switches import Switchboard
from .catalog import Catalog
from .errors import NO_ENTRY, NOT_ALLOWED, ApiError, invalid, no_service
from .guard import BASE
from .incoming import Incoming, answer
from .params import Body, Page
from .records import Service, User
from .views import Views

_MAX_DEPTH = 3
Test = Callable[[Service], bool]


def add_catalog(api: FastAPI, catalog: Catalog, views: Views) -> None:
    _add_categories(api, catalog, views)
    _add_services(api, catalog, views)


def _add_categories(api: FastAPI, catalog: Catalog, views: Views) -> None:
    def below(incoming: Incoming, parent: str | None) -> list[dict[str, Any]]:
        """Only categories that hold services which the viewer is entitled to."""
        depth = _depth(incoming, catalog.switches)
        wanted = catalog.categories_for(catalog.viewer(incoming.query, incoming.user))
        return [views.category(row) for row in catalog.descendants(parent, depth) if row.id in wanted]

    @api.get(BASE + "/categories")
    async def list_categories(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        page, rows = Page(incoming.query, catalog.switches), list(catalog.categories.values())
        shown = [views.category(row, row.guid) for row in page.cut(rows)]
        framed = page.frame("categories", shown, len(rows))
        return answer({name: framed[name] for name in ("pageSize", "page", "categories", "total")})

    @api.get(BASE + "/categories/groups")
    async def list_groups(_request: Request) -> Response:
        return answer([views.group()])

    @api.get(BASE + "/categories/groups/{categoryGroupId}/categories")
    async def categories_of_group(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        group_id = incoming.path("categoryGroupId")
        if group_id == catalog.group_id:
            return answer(below(incoming, None))
        if catalog.switches["unknown_group"] == "404":
            raise ApiError(404, f"Category group {group_id} not found.", NO_ENTRY)
        return answer([])

    @api.get(BASE + "/categories/{categoryId}/categories")
    async def descendants(request: Request) -> Response:
        """An unknown category has no descendants: that is documented."""
        incoming = Incoming(request, catalog)
        return answer(below(incoming, incoming.path("categoryId")))


def _depth(incoming: Incoming, switches: Switchboard) -> int:
    clamp = switches["bad_depth"] == "clamp"
    depth = incoming.query.number("depth", 1, -1_000_000 if clamp else 1, None if clamp else _MAX_DEPTH)
    return min(max(depth, 1), _MAX_DEPTH)


def _add_services(api: FastAPI, catalog: Catalog, views: Views) -> None:
    @api.post(BASE + "/services/search")
    async def search(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        page = Page(incoming.query, catalog.switches)
        viewer = catalog.viewer(incoming.query, incoming.user)
        test = _criterion(await incoming.body(), catalog)
        rows = [row for row in catalog.listed(viewer) if test(row)]
        return answer(page.frame("services", [views.summary(row, viewer) for row in page.cut(rows)], len(rows)))

    @api.get(BASE + "/services/fullcatalogview")
    async def full_catalog_view(_request: Request) -> Response:
        return answer(catalog.switches["full_catalog_view"] == "on")

    @api.get(BASE + "/services/{serviceversionId}")
    async def get_service(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        viewer = catalog.viewer(incoming.query, incoming.user)
        row = catalog.service(incoming.path("serviceversionId"))
        _demand_visible(catalog, row, incoming.user, viewer)
        return answer(views.detail(row, viewer))


def _demand_visible(catalog: Catalog, row: Service, user: User, viewer: User) -> None:
    """What is not published is for those who see all; what is not entitled is a switch."""
    if not row.published and not user.sees_all:
        raise no_service(row.id)
    if catalog.entitled(row, viewer) or catalog.switches["full_catalog_view"] == "on":
        return
    how = catalog.switches["service_not_entitled"]
    if how == "404":
        raise no_service(row.id)
    if how == "403":
        raise ApiError(403, f"Not entitled to service {row.id}", NOT_ALLOWED)


def _criterion(body: Body, catalog: Catalog) -> Test:
    """Exactly one of ids, category and title; what else happens is not documented."""
    switches = catalog.switches
    many = body.family("many")
    ids = body.raw(many) if many else None
    tests = [
        test
        for test in (
            _by_ids(ids, switches),
            _by_category(body.text("categoryId"), catalog),
            _by_title(body.text("title"), switches),
        )
        if test
    ]
    body.done()
    if len(tests) == 1:
        return tests[0]
    how = switches["search_several" if tests else "search_none"]
    if how == "400":
        raise invalid(switches, "Exactly one search criterion is needed: serviceversionIds, categoryId or title")
    if how == "first":
        return tests[0]
    return lambda _row: how == "all"


def _by_ids(ids: Any, switches: Switchboard) -> Test | None:
    """The document calls it a string; its plural, and a user's quote, a list."""
    if ids is None:
        return None
    wanted = [ids] if isinstance(ids, str) else ids
    if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
        raise invalid(switches, "The ids of services must be a list of strings")
    return lambda row: row.id in wanted


def _by_category(category_id: str | None, catalog: Catalog) -> Test | None:
    """The category itself; whether those below count too is not documented."""
    if category_id is None:
        return None
    if catalog.switches["category_search"] == "itself":
        return lambda row: category_id in row.categories
    return lambda row: any(category_id in catalog.line_of(own) for own in row.categories)


def _by_title(title: str | None, switches: Switchboard) -> Test | None:
    """Name or tag. There are no wildcards: they match nothing but themselves."""
    if title is None:
        return None
    ignore_case = switches["title_case"] == "ignored"

    def fold(value: str) -> str:
        return value.casefold() if ignore_case else value

    wanted, how, tags = fold(title.strip()), switches["title_match"], switches["title_tags"] == "yes"

    def matches(row: Service) -> bool:
        if tags and wanted in map(fold, row.tags):
            return True
        name = fold(row.name)
        if how == "word":
            return bool(wanted) and _words(wanted) <= _words(name)
        if how == "prefix":
            return name.startswith(wanted)
        return wanted in name if how == "contains" else wanted == name

    return matches


def _words(value: str) -> set[str]:
    """Words; what is only punctuation is one too, so that a lone wildcard matches nothing."""
    return {word for word in re.split(r"[\s/()–,-]+", value) if word}
