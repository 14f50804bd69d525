# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one catalog, and who may see what of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from ..clock import Clock
from ..switches import Switchboard
from .errors import NO_ENTRY, NOT_ALLOWED, ApiError, invalid, no_request, no_service
from .params import Query
from .records import (
    NOBODY,
    Category,
    Order,
    Rating,
    Review,
    Service,
    ServiceRequest,
    State,
    User,
    make_guid,
)

#: ids above 2^53 are rounded by whoever reads them as floating point numbers
ABOVE_2_53 = 9_007_199_254_741_000
GROUP_NAME = "Type of Service"
GROUP_SYSTEM_ID = "type-of-service"
_FIRST = {
    "category": 3100,
    "service": 2500,
    "number": 12_900,
    "questionnaire": 200,
    "request": 41_200,
    "order": 41_900,
    "activity": 10_100,
    "attachment": 600,
    "review": 300,
    "rating": 700,
    "user": 2400,
    "draft": 0,
}


class Catalog:
    """Users, categories, services, requests, orders, reviews and ratings of one catalog."""

    def __init__(self, name: str, clock: Clock, switches: Switchboard) -> None:
        self.name = name
        self.clock = clock
        self.switches = switches
        self.clear()

    def clear(self, first_service: int = 2500) -> None:
        self.group_id = "1001"
        self.group_guid = make_guid(f"{self.name} group")
        self.users: dict[str, User] = {}
        self.categories: dict[str, Category] = {}
        self.services: dict[str, Service] = {}
        self.requests: dict[str, ServiceRequest] = {}
        self.orders: dict[str, Order] = {}
        self.reviews: dict[str, Review] = {}
        self.ratings: dict[str, Rating] = {}
        self._last = {**_FIRST, "service": first_service}

    def next_id(self, kind: str) -> str:
        """The next id of a kind; those of requests and orders may be above 2^53 (switches)."""
        self._last[kind] += 1
        big = kind in ("request", "order") and self.switches[f"{kind}_ids"] == "big"
        return str(self._last[kind] + (ABOVE_2_53 if big else 0))

    # --- users

    def find_user(self, login: str) -> User | None:
        if self.switches["user_ids"] == "any_case":
            return next((user for user in self.users.values() if user.login.lower() == login.lower()), None)
        return self.users.get(login)

    def viewer(self, query: Query, user: User) -> User:
        """Against whom the entitlement is checked: ``requestedfor``, or else the current user."""
        login = query.text("requestedfor")
        return user if login is None else self.named(login, user)

    def named(self, login: str, current: User) -> User:
        """The user whom a query names; what an unknown name leads to is a switch."""
        found = self.find_user(login)
        if found is not None:
            return found
        answer = self.switches["unknown_requestedfor"]
        if answer == "current_user":
            return current
        if answer == "nobody":
            return NOBODY
        raise ApiError(int(answer), f"User {login} not found.")

    # --- services and categories

    def service(self, service_id: str) -> Service:
        service = self.services.get(service_id)
        if service is None:
            raise no_service(service_id)
        return service

    def orderable(self, service_id: str) -> Service:
        """Only what is published can be asked for."""
        service = self.service(service_id)
        if not service.published:
            raise no_service(service_id)
        return service

    @staticmethod
    def entitled(service: Service, user: User) -> bool:
        """Asset managers and catalog admins see all services."""
        return user.sees_all or not service.groups.isdisjoint(user.groups)

    def listed(self, viewer: User) -> Iterator[Service]:
        """Published services; those that the viewer may not order only in the full catalog view."""
        everything = self.switches["full_catalog_view"] == "on"
        return (row for row in self.services.values() if row.published and (everything or self.entitled(row, viewer)))

    def children(self, parent: str | None) -> list[Category]:
        return [row for row in self.categories.values() if row.parent == parent]

    def descendants(self, parent: str | None, depth: int) -> Iterator[Category]:
        """Depth first, down to ``depth`` levels below ``parent``."""
        for child in self.children(parent):
            yield child
            if depth > 1:
                yield from self.descendants(child.id, depth - 1)

    def categories_for(self, viewer: User) -> set[str]:
        """Categories with a service, in them or below, that the viewer is entitled to."""
        found: set[str] = set()
        for service in self.services.values():
            if service.published and self.entitled(service, viewer):
                for category_id in service.categories:
                    found.update(self.line_of(category_id))
        return found

    def line_of(self, category_id: str) -> Iterator[str]:
        """A category and those above it."""
        current: str | None = category_id
        while current is not None:
            yield current
            current = self.categories[current].parent

    def category_path(self, category_id: str) -> list[str]:
        return [self.categories[step].name for step in self.line_of(category_id)][::-1]

    def add_category(self, name: str, parent: str | None, category_id: str | None = None) -> Category:
        path = [*(self.category_path(parent) if parent else ()), name]
        row = Category(category_id or self.next_id("category"), make_guid("/".join(path)), name, parent)
        self.categories[row.id] = row
        return row

    def rating_of(self, service: Service) -> tuple[float, int]:
        """Average and number of the ratings; whether each user counts once is not documented."""
        rows = [row for row in self.ratings.values() if row.service is service]
        if self.switches["service_rating"] == "latest_per_user":
            rows = list({row.user.login: row for row in sorted(rows, key=lambda row: row.modified)}.values())
        values = [row.rating for row in rows]
        return (round(sum(values) / len(values), 2) if values else 0), len(values)

    # --- requests

    def may_read(self, request: ServiceRequest, user: User) -> bool:
        """One's own, those shared with one, and all for agents and admins; others by switch."""
        return (
            user.login in (request.by, request.for_user)
            or user.is_agent
            or user.login in request.collaborators
            or self.switches["foreign_requests"] == "readable"
        )

    def shown(self, request: ServiceRequest, now: datetime, count: bool = True) -> bool:
        """Whether a read shows it (yet): drafts by switch, and what was just ordered when its time has come."""
        if request.state is State.DRAFT:
            return self.switches["drafts_in_reads"] == "visible"
        if request.visible_from is not None and now < request.visible_from:
            return False
        if request.reads_left:
            request.reads_left -= count
            return False
        return True

    def readable(self, request_id: str, user: User, count: bool = True) -> ServiceRequest:
        """A request for a call on it."""
        request = self.requests.get(request_id)
        if request is None:
            raise no_request(request_id)
        if not self.may_read(request, user):
            if self.switches["foreign_requests"] == "403":
                raise ApiError(403, "No access to this request", NOT_ALLOWED, f"Request {request_id}")
            raise no_request(request_id)
        if not self.shown(request, self.clock.now(), count):
            raise no_request(request_id)
        return request

    def draft(self, request_id: str, user: User) -> ServiceRequest:
        """A request for the calls that come before the order; ordered ones are found too."""
        request = self.requests.get(request_id)
        if request is None or not (user.login in (request.by, request.for_user) or user.is_agent):
            raise ApiError(404, f"Service request {request_id} not found.", NO_ENTRY)
        return request

    def refuse(self, text: str) -> ApiError:
        return invalid(self.switches, text)


def make_uuid(seed: str) -> str:
    """Ids of questions and pages, always the same for a seed."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://northwind.example/{seed}"))
