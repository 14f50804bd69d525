# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reviews and ratings: alike, but that a rating cannot be deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request, Response

from .catalog import Catalog
from .errors import ALREADY_THERE, NOT_ALLOWED, ApiError, invalid, no_entry, no_service
from .guard import BASE
from .incoming import Incoming, answer, empty
from .params import Page, Query
from .records import Rating, Review, Service, User
from .views import Views

ME = "$USER$"
_SORTABLE = "modifiedDate"


def add_opinions(api: FastAPI, catalog: Catalog, views: Views) -> None:
    _add_reviews(api, catalog, views)
    _add_review_writes(api, catalog)
    _add_ratings(api, catalog, views)


def _add_reviews(api: FastAPI, catalog: Catalog, views: Views) -> None:
    @api.get(BASE + "/reviews")
    async def list_reviews(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        page, rows = Page(incoming.query, catalog.switches), _picked(catalog.reviews, incoming, catalog)
        rows.sort(key=lambda row: row.modified, reverse=_descending(incoming.query, catalog))
        return answer(page.frame("reviews", [views.review(row) for row in page.cut(rows)], len(rows)))

    @api.get(BASE + "/reviews/{reviewId}")
    async def get_review(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        return answer(views.review(_one(catalog.reviews, incoming, "reviewId", catalog)))

    @api.post(BASE + "/reviews")
    async def create_review(request: Request) -> Response:
        """201 without content: the new id is not told."""
        incoming = Incoming(request, catalog)
        body = await incoming.body()
        service_id, title, content = body.service_id(), body.needed("title"), body.needed("content")
        body.done()
        service, now = _reviewable(catalog, service_id, incoming.user), catalog.clock.now()
        old = _earlier(catalog, catalog.reviews, service, incoming.user, "second_review")
        row = old or Review(catalog.next_id("review"), service, incoming.user, title, content, now, _visible_from(catalog))
        row.title, row.content, row.modified = title, content, now
        catalog.reviews[row.id] = row
        incoming.commit()
        return _created(catalog, f"/reviews/{row.id}")


def _add_review_writes(api: FastAPI, catalog: Catalog) -> None:
    @api.put(BASE + "/reviews/{reviewId}")
    async def update_review(request: Request) -> Response:
        """If both texts are empty nothing happens; what becomes of one that is left out is a switch."""
        incoming = Incoming(request, catalog)
        row = _own(catalog.reviews, incoming, "reviewId", catalog)
        body = await incoming.body()
        title, content = body.text("title"), body.text("content")
        body.done()
        if title or content:
            reset = catalog.switches["put_review_omitted"] == "reset"
            row.title = title or ("" if reset else row.title)
            row.content = content or ("" if reset else row.content)
            row.modified = catalog.clock.now()
            incoming.commit()
        return empty()

    @api.delete(BASE + "/reviews/{reviewId}")
    async def delete_review(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        row = _own(catalog.reviews, incoming, "reviewId", catalog)
        del catalog.reviews[row.id]
        incoming.commit()
        return empty()


def _add_ratings(api: FastAPI, catalog: Catalog, views: Views) -> None:
    @api.get(BASE + "/ratings")
    async def list_ratings(request: Request) -> Response:
        """The document puts the filters into the body of a GET; they are taken as a query here."""
        incoming = Incoming(request, catalog)
        page, rows = Page(incoming.query, catalog.switches), _picked(catalog.ratings, incoming, catalog)
        return answer(page.frame("ratings", [views.rating(row) for row in page.cut(rows)], len(rows)))

    @api.get(BASE + "/ratings/{ratingId}")
    async def get_rating(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        return answer(views.rating(_one(catalog.ratings, incoming, "ratingId", catalog), dated=False))

    @api.post(BASE + "/ratings")
    async def create_rating(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        body = await incoming.body()
        service_id, value = body.service_id(), body.share("rating")
        body.done()
        service, now = _reviewable(catalog, service_id, incoming.user), catalog.clock.now()
        old = _earlier(catalog, catalog.ratings, service, incoming.user, "second_rating")
        row = old or Rating(catalog.next_id("rating"), service, incoming.user, value, now, _visible_from(catalog))
        row.rating, row.modified = value, now
        catalog.ratings[row.id] = row
        incoming.commit()
        return _created(catalog, f"/ratings/{row.id}")

    @api.put(BASE + "/ratings/{ratingId}")
    async def update_rating(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        row = _own(catalog.ratings, incoming, "ratingId", catalog)
        body = await incoming.body()
        value = body.share("rating")
        body.done()
        row.rating, row.modified = value, catalog.clock.now()
        incoming.commit()
        return empty()


def _picked(rows: Mapping[str, Any], incoming: Incoming, catalog: Catalog) -> list[Any]:
    """By service and by user (login or the number that answers show); only of services that the viewer may see."""
    query, user = incoming.query, incoming.user
    service_id, wanted = query.family(), query.text("userId")
    if wanted == ME:
        wanted = user.login
    viewer = catalog.viewer(query, user)
    return [
        row
        for row in rows.values()
        if service_id in (None, row.service.id)
        and wanted in (None, row.user.login, row.user.uid)
        and catalog.entitled(row.service, viewer)
        and (row.visible_from is None or row.visible_from <= catalog.clock.now())
    ]


def _visible_from(catalog: Catalog) -> datetime | None:
    """When lists show what is written now."""
    delay = catalog.switches.number("late_opinions_ms")
    return catalog.clock.now() + timedelta(milliseconds=delay) if delay else None


def _descending(query: Query, catalog: Catalog) -> bool:
    sort_by, direction = query.text("sortBy"), (query.text("sortDirection") or "asc").lower()
    if sort_by not in (None, _SORTABLE):
        raise invalid(catalog.switches, f"sortBy can only be {_SORTABLE}")
    if direction not in ("asc", "desc"):
        raise invalid(catalog.switches, f"sortDirection is neither asc nor desc: {direction}")
    return direction == "desc"


def _one(rows: Mapping[str, Any], incoming: Incoming, name: str, catalog: Catalog) -> Any:
    row = rows.get(incoming.path(name))
    if row is None or not catalog.entitled(row.service, catalog.viewer(incoming.query, incoming.user)):
        raise no_entry(catalog.switches)
    return row


def _own(rows: Mapping[str, Any], incoming: Incoming, name: str, catalog: Catalog) -> Any:
    """Nobody changes what another user wrote, admins neither."""
    row = _one(rows, incoming, name, catalog)
    if row.user is not incoming.user:
        raise ApiError(catalog.switches.number("not_owner_status"), "It belongs to another user", NOT_ALLOWED)
    return row


def _reviewable(catalog: Catalog, service_id: str, user: User) -> Service:
    service = catalog.services.get(service_id)
    if service is None or not service.published or not catalog.entitled(service, user):
        raise no_service(service_id)
    return service


def _earlier(catalog: Catalog, rows: Mapping[str, Any], service: Service, user: User, switch: str) -> Any:
    """The user's own row, if a second one takes its place; whether it does is not documented."""
    answer_to_second = catalog.switches[switch]
    old = next((row for row in rows.values() if row.service is service and row.user is user), None)
    if old is not None and answer_to_second == "409":
        raise ApiError(409, f"ERROR ({ALREADY_THERE}): {user.login} has done so already", ALREADY_THERE)
    return old if answer_to_second == "replaces" else None


def _created(catalog: Catalog, path: str) -> Response:
    told = catalog.switches["created_location"] == "present"
    return empty(201, {"Location": f"/{catalog.name}{BASE}{path}"} if told else None)
