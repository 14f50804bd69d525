# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API's own part for this platform, under ``/_sandbox/dwp``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from .catalog import Catalog
from .drafts import DraftError, add_request, add_service, add_user, change_service, state_of
from .guard import Guard
from .state import request_state, service_state
from .views import Views
from .workflow import Workflow

MAX_COUNT = 100_000


class Bulk(BaseModel):
    """``count`` rows made after ``template``; for requests also with a ``status``."""

    model_config = ConfigDict(extra="forbid")
    count: int = Field(default=1, ge=1, le=MAX_COUNT)
    template: dict[str, Any] = Field(default_factory=dict)
    status: str | None = None

    def partials(self) -> list[dict[str, Any]]:
        return [{**self.template, **({"status": self.status} if self.status is not None else {})}] * self.count


class Move(BaseModel):
    """What somebody behind the API does with a request: fulfil it, approve it (ACTIVE), reject it, ..."""

    model_config = ConfigDict(extra="forbid")
    status: str
    reason: str | None = None


Rows = Bulk | list[dict[str, Any]]


def build_control(catalog: Catalog, guard: Guard, workflow: Workflow, views: Views) -> APIRouter:
    """Rows to make and to change; accounts; tokens."""
    router = APIRouter()
    _add_rows(router, catalog)
    _add_changes(router, catalog, workflow, views)
    _add_access(router, catalog, guard)
    return router


def _add_rows(router: APIRouter, catalog: Catalog) -> None:
    def make(order: Rows, build: Callable[[Catalog, dict[str, Any]], str]) -> JSONResponse:
        partials = order.partials() if isinstance(order, Bulk) else order
        return JSONResponse({"ids": [_checked(build, catalog, partial) for partial in partials]}, status_code=201)

    @router.post("/users")
    async def add_users(order: Rows) -> JSONResponse:
        return make(order, lambda *given: add_user(*given).login)

    @router.post("/services")
    async def add_services(order: Rows) -> JSONResponse:
        return make(order, lambda *given: add_service(*given).id)

    @router.post("/requests")
    async def add_requests(order: Rows) -> JSONResponse:
        return make(order, lambda *given: add_request(*given).id)


def _checked(build: Callable[..., Any], *given: Any) -> Any:
    try:
        return build(*given)
    except DraftError as error:
        raise HTTPException(400, str(error)) from error


def _add_changes(router: APIRouter, catalog: Catalog, workflow: Workflow, views: Views) -> None:
    @router.get("/requests/{request_id}")
    async def get_request(request_id: str) -> JSONResponse:
        workflow.tick()
        if request_id not in catalog.requests:
            raise HTTPException(404, f"no request {request_id}")
        return JSONResponse(request_state(catalog, views, catalog.requests[request_id]))

    @router.post("/requests/{request_id}")
    @router.patch("/requests/{request_id}")
    async def move_request(request_id: str, move: Move) -> JSONResponse:
        workflow.tick()
        if request_id not in catalog.requests:
            raise HTTPException(404, f"no request {request_id}")
        row = catalog.requests[request_id]
        workflow.set_state(row, _checked(state_of, move.status), move.reason)
        return JSONResponse(request_state(catalog, views, row))

    @router.post("/services/{service_id}")
    @router.patch("/services/{service_id}")
    async def change(service_id: str, partial: dict[str, Any]) -> JSONResponse:
        if service_id not in catalog.services:
            raise HTTPException(404, f"no service {service_id}")
        row = catalog.services[service_id]
        _checked(change_service, catalog, row, partial)
        return JSONResponse(service_state(catalog, row))


def _add_access(router: APIRouter, catalog: Catalog, guard: Guard) -> None:
    @router.delete("/tokens", status_code=204)
    async def end_sessions() -> None:
        """Every token that was given out is void from now on."""
        guard.sessions.clear()

    @router.get("/tokens")
    async def count_sessions() -> JSONResponse:
        users = [session.user.login for session in guard.sessions.values()]
        return JSONResponse({"logins": guard.logins, "valid": users})
