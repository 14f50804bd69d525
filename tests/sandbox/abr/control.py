# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API's own part for this platform, under ``/_sandbox/abr``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from .desk import Desk
from .drafts import DraftError, add_computer, add_elevation, add_event, change_elevation
from .guard import Guard
from .records import PortalUser

MAX_COUNT = 100_000


class Bulk(BaseModel):
    """``count`` rows made after ``template``; for requests and audit log also with a ``status``."""

    model_config = ConfigDict(extra="forbid")
    count: int = Field(default=1, ge=1, le=MAX_COUNT)
    template: dict[str, Any] = Field(default_factory=dict)
    status: str | int | None = None

    def partials(self) -> list[dict[str, Any]]:
        partial = dict(self.template)
        if self.status is not None:
            partial["statusCode" if isinstance(self.status, int) else "status"] = self.status
        return [partial] * self.count


class NamedUser(BaseModel):
    """A portal user."""

    model_config = ConfigDict(extra="forbid")
    email: str
    fullName: str


class Keys(BaseModel):
    """The valid API keys."""

    model_config = ConfigDict(extra="forbid")
    keys: list[str]


Order = Bulk | list[dict[str, Any]]


def build_control(desk: Desk, guard: Guard) -> APIRouter:
    """Rows to make and change, portal users, keys."""
    router = APIRouter()
    _add_rows(router, desk)
    _add_access(router, desk, guard)
    return router


def _add_rows(router: APIRouter, desk: Desk) -> None:
    def make(order: Order, build: Callable[[dict[str, Any]], Any]) -> JSONResponse:
        partials = order.partials() if isinstance(order, Bulk) else order
        try:
            return JSONResponse({"ids": [build(partial) for partial in partials]}, status_code=201)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error

    @router.post("/requests")
    async def add_requests(order: Order) -> JSONResponse:
        return make(order, lambda partial: add_elevation(desk, partial, from_request=True).id)

    @router.patch("/requests/{request_id}")
    async def change_request(request_id: int, partial: dict[str, Any]) -> JSONResponse:
        row = desk.requests.get(request_id)
        if row is None:
            raise HTTPException(404, f"no request {request_id}")
        try:
            change_elevation(desk, row, partial)
        except DraftError as error:
            raise HTTPException(400, str(error)) from error
        return JSONResponse(row.request_view(desk.switches, scan_details=True))

    @router.post("/auditlog")
    async def add_entries(order: Order) -> JSONResponse:
        return make(order, lambda partial: add_elevation(desk, partial, from_request=False).audit_id)

    @router.post("/events")
    async def add_events(order: Order) -> JSONResponse:
        return make(order, lambda partial: add_event(desk, partial).id)

    @router.post("/computers")
    async def add_computers(order: Order) -> JSONResponse:
        return make(order, lambda partial: add_computer(desk, partial).id)


def _add_access(router: APIRouter, desk: Desk, guard: Guard) -> None:
    @router.post("/portal_users")
    async def add_portal_users(users: list[NamedUser]) -> JSONResponse:
        for user in users:
            desk.portal_users[user.email.lower()] = PortalUser(user.email, user.fullName)
        return JSONResponse({"emails": list(desk.portal_users)}, status_code=201)

    @router.get("/keys")
    async def list_keys() -> JSONResponse:
        return JSONResponse({"keys": sorted(guard.keys)})

    @router.put("/keys")
    async def set_keys(order: Keys) -> JSONResponse:
        guard.keys = set(order.keys)
        return JSONResponse({"keys": sorted(guard.keys)})
