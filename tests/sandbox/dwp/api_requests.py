# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading requests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI, Request, Response

from .catalog import Catalog
from .errors import invalid
from .guard import BASE
from .incoming import Incoming, answer
from .params import Page, Query
from .questionnaire import Dialect
from .records import ServiceRequest, State, User
from .times import from_rfc1123
from .views import Views

_DEFAULT_PAGE = 10
_ALL = -1
Test = Callable[[ServiceRequest], bool]


def add_requests(api: FastAPI, catalog: Catalog, views: Views) -> None:
    def listed(row: ServiceRequest, user: User) -> bool:
        """Whether a list may hold it; the parts of bundles by switch."""
        if row.bundle_id is not None and catalog.switches["bundle_parts_in_reads"] == "hidden":
            return False
        return catalog.may_read(row, user)

    @api.get(BASE + "/services/{serviceversionId}/myrequests")
    async def my_requests(request: Request) -> Response:
        """Of one service, those of the current user, ten a page."""
        incoming = Incoming(request, catalog)
        page = Page(incoming.query, catalog.switches, _DEFAULT_PAGE)
        service, now = catalog.service(incoming.path("serviceversionId")), catalog.clock.now()
        rows = [
            row
            for row in catalog.requests.values()
            if row.service is service
            and _mine(row, incoming.user, catalog)
            and listed(row, incoming.user)
            and catalog.shown(row, now)
        ]
        return answer({"totalSize": len(rows), "data": [views.status(row, complete_time=True) for row in page.cut(rows)]})

    @api.get(BASE + "/services/requests")
    async def find_requests(request: Request) -> Response:
        """A user's timeline, or all; there are no pages, only ``since`` and ``max``."""
        incoming = Incoming(request, catalog)
        picks = _picks(catalog, incoming, "requestedfor", "requestedby")
        since, most = _since(catalog, incoming.query), incoming.query.number("max", _ALL, 1)
        now, new_hidden = catalog.clock.now(), catalog.switches["new_in_lists"] == "hidden"
        rows = [
            row
            for row in catalog.requests.values()
            if picks(row)
            and (since is None or row.modified >= since)
            and not (new_hidden and row.state is State.NEW)
            and listed(row, incoming.user)
            and catalog.shown(row, now)
        ]
        if catalog.switches["list_order"] == "newest_first":
            rows = rows[::-1]
            rows.sort(key=lambda row: row.started, reverse=True)
        else:
            rows.sort(key=lambda row: row.started)
        return answer([views.request(row) for row in (rows if most == _ALL else rows[:most])])

    @api.post(BASE + "/services/requests/search")
    async def search_requests(request: Request) -> Response:
        """The body is a bare list of ids; the filters are spelled with a capital here. Unknown ids are left out."""
        incoming = Incoming(request, catalog)
        ids = await incoming.json()
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise invalid(catalog.switches, "The body is not a list of request ids")
        picks, now = _picks(catalog, incoming, "requestedFor", "requestedBy"), catalog.clock.now()
        found = (catalog.requests.get(request_id) for request_id in dict.fromkeys(ids))
        rows = [row for row in found if row and picks(row) and catalog.may_read(row, incoming.user) and catalog.shown(row, now)]
        return answer([views.request(row) for row in rows])

    @api.get(BASE + "/services/requests/{requestId}")
    async def get_request(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        return answer(views.request(catalog.readable(incoming.path("requestId"), incoming.user)))

    @api.get(BASE + "/services/requests/{requestId}/answers")
    async def get_answers(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        row = catalog.readable(incoming.path("requestId"), incoming.user)
        whole = row.service.questionnaire
        return answer(whole.answer_views(row.answers, Dialect.of(catalog.switches)) if whole else [])


def _mine(row: ServiceRequest, user: User, catalog: Catalog) -> bool:
    scope = catalog.switches["myrequests_scope"]
    return (scope != "for" and row.by == user.login) or (scope != "by" and row.for_user == user.login)


def _picks(catalog: Catalog, incoming: Incoming, for_name: str, by_name: str) -> Test:
    """A test for the users that a list is filtered by."""
    for_user, by_user = _login(catalog, incoming, for_name), _login(catalog, incoming, by_name)
    own = incoming.user.login
    if for_user is None and by_user is None and catalog.switches["unfiltered_requests"] == "own":
        return lambda row: own in (row.for_user, row.by)
    return lambda row: for_user in (None, row.for_user) and by_user in (None, row.by)


def _login(catalog: Catalog, incoming: Incoming, name: str) -> str | None:
    given = incoming.query.text(name)
    return None if given is None else catalog.named(given, incoming.user).login


def _since(catalog: Catalog, query: Query) -> datetime | None:
    """An RFC 1123 date, compared with the time of the last change (which has milliseconds)."""
    value = query.text("since")
    if value is None:
        return None
    try:
        return from_rfc1123(value)
    except ValueError:
        raise invalid(catalog.switches, f"since is not a date such as Tue, 08 Mar 2016 17:49:05 GMT: {value}") from None
