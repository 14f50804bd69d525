# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API's endpoints. Paths that are not here (``/request/{id}`` among them) do not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from ..calllog import SCOPE_CALL
from ..reply import Reply, dump_json
from ..routing import allowed_methods
from .desk import Desk
from .elevation import Elevation
from .errors import AbrError, not_found
from .filters import same_user, status_test, type_test
from .params import Page, Params, Window
from .records import Event

MAX_TAKE_REQUESTS = 1_000
MAX_TAKE = 10_000


def build_api(desk: Desk) -> FastAPI:
    """The application, without authentication (see ``platform``)."""
    api = FastAPI(title="Admin By Request", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for add_routes in (_add_requests, _add_auditlog, _add_events, _add_inventory):
        add_routes(api, desk)

    @api.exception_handler(AbrError)
    async def on_error(_request: Request, error: AbrError) -> Response:
        return _response(error.reply())

    @api.exception_handler(HTTPException)
    async def on_routing_error(request: Request, error: HTTPException) -> Response:
        headers = {"Allow": allowed_methods(api, request.scope)} if error.status_code == 405 else None
        return _response(
            Reply.json(error.status_code, {"Message": f"{request.method} {request.scope['path']}: {error.detail}"}, headers)
        )

    return api


def _response(reply: Reply) -> Response:
    response = Response(reply.body, reply.status)
    response.raw_headers = reply.headers
    return response


def _json(desk: Desk, value: Any) -> Response:
    content_type = "application/json; charset=utf-8" if desk.switches["json_charset"] == "with" else "application/json"
    return _response(Reply.of(200, dump_json(value), content_type))


def _done(request: Request, changed: bool, status: int = 204) -> Response:
    """An empty answer to a write; the call log learns whether the state was changed."""
    request.scope[SCOPE_CALL].committed = changed
    return _response(Reply(status) if status == 204 else Reply.of(status))


def _add_requests(api: FastAPI, desk: Desk) -> None:
    @api.get("/whoami")
    async def whoami(request: Request) -> Response:
        return _json(desk, desk.whoami(str(request.base_url).rstrip("/")))

    @api.get("/requests")
    async def list_requests(request: Request) -> Response:
        params = Params(request.scope, desk.switches)
        page, status, details = Page(params, MAX_TAKE_REQUESTS), status_test(params), params.flag("wantscandetails")
        rows = (row for row in page.rows(desk.requests) if (status is None or status(row)) and desk.visible(row))
        return _json(desk, [row.request_view(desk.switches, details) for row in page.cut(rows)])

    @api.get("/requests/{id:int}")
    async def get_request(request: Request) -> Response:
        params = Params(request.scope, desk.switches)
        row = desk.request(request.path_params["id"])
        return _json(desk, row.request_view(desk.switches, params.flag("wantscandetails")))

    @api.put("/requests/{id:int}")
    async def approve(request: Request) -> Response:
        """A body is ignored, whatever it says: PUT approves."""
        params = Params(request.scope, desk.switches)
        row = desk.request(request.path_params["id"])
        return _done(request, desk.approve(row, params.text("approvedby")))

    @api.delete("/requests/{id:int}")
    async def deny(request: Request) -> Response:
        params = Params(request.scope, desk.switches)
        row = desk.request(request.path_params["id"])
        return _done(request, desk.deny(row, params.text("deniedby"), params.text("reason")))


def _add_auditlog(api: FastAPI, desk: Desk) -> None:
    def answer(request: Request, belongs: Callable[[Elevation], bool] | None = None) -> Response:
        params = Params(request.scope, desk.switches)
        page, window = Page(params, MAX_TAKE), Window(params, desk.clock.now())
        tests = [test for test in (status_test(params), type_test(params), belongs) if test]
        rows = (
            row
            for row in page.rows(desk.auditlog)
            if window.holds(row.requested_at, row.utc_offset) and all(test(row) for test in tests)
        )
        details = params.flag("wantscandetails")
        return _json(desk, [row.audit_view(desk.switches, details) for row in page.cut(rows)])

    @api.get("/auditlog")
    async def list_auditlog(request: Request) -> Response:
        return answer(request)

    @api.get("/auditlog/delta")
    async def delta(request: Request) -> Response:
        return _json(desk, _delta(desk, Params(request.scope, desk.switches)))

    @api.get("/auditlog/{id:int}")
    async def get_entry(request: Request) -> Response:
        row = desk.auditlog.get(request.path_params["id"])
        if row is None:
            raise not_found(desk.switches, "Audit log entry")
        params = Params(request.scope, desk.switches)
        return _json(desk, row.audit_view(desk.switches, params.flag("wantscandetails")))

    @api.get("/computers/{name}/auditlog")
    async def auditlog_of_computer(request: Request) -> Response:
        name = request.path_params["name"].lower()
        _demand_subject(desk, any(row.name.lower() == name for row in desk.computers), "Computer")
        return answer(request, lambda row: row.computer["name"].lower() == name)

    @api.get("/users/{user}/auditlog")
    async def auditlog_of_user(request: Request) -> Response:
        user = request.path_params["user"]
        _demand_user(desk, user)
        return answer(request, lambda row: same_user(user, row.user["account"], row.user["fullName"], desk.switches))


def _delta(desk: Desk, params: Params) -> dict[str, Any]:
    """Entries changed after ``deltaTime``; without it none, unless other filters ask for history.

    ``timeNow`` is the time of the last change, not of the clock, and so may repeat.
    """
    page, since = Page(params, MAX_TAKE, allow_last=False), params.number("deltaTime")
    tests = [test for test in (status_test(params), type_test(params)) if test]
    rows: Iterable[Elevation] = ()
    if since is not None:
        window = Window(params, desk.clock.now(), default_days=None)
        rows = (row for row in page.rows(desk.auditlog) if row.changed > since and window.holds(row.requested_at, row.utc_offset))
    elif desk.switches["delta_history"] == "when_filtered" and any(
        params.text(name) for name in ("days", "startid", "startdate")
    ):
        window = Window(params, desk.clock.now())
        rows = (row for row in page.rows(desk.auditlog) if window.holds(row.requested_at, row.utc_offset))
    details = params.flag("wantscandetails")
    wanted = page.cut(row for row in rows if all(test(row) for test in tests))
    return {"entries": [row.audit_view(desk.switches, details) for row in wanted], "timeNow": desk.last_change}


def _add_events(api: FastAPI, desk: Desk) -> None:
    def answer(request: Request, belongs: Callable[[Event], bool] = lambda _row: True) -> Response:
        params = Params(request.scope, desk.switches)
        page, window, code = Page(params, MAX_TAKE), Window(params, desk.clock.now()), params.number("code")
        rows = (
            row
            for row in page.rows(desk.events)
            if window.holds(row.time, row.utc_offset) and code in (None, row.code) and belongs(row)
        )
        return _json(desk, [row.view() for row in page.cut(rows)])

    @api.get("/events")
    async def list_events(request: Request) -> Response:
        return answer(request)

    @api.get("/events/{id:int}")
    async def get_event(request: Request) -> Response:
        row = desk.events.get(request.path_params["id"])
        if row is None:
            raise not_found(desk.switches, "Event")
        return _json(desk, row.view())

    @api.get("/computers/{name}/events")
    async def events_of_computer(request: Request) -> Response:
        name = request.path_params["name"].lower()
        _demand_subject(desk, any(row.name.lower() == name for row in desk.computers), "Computer")
        return answer(request, lambda row: (row.computer_name or "").lower() == name)

    @api.get("/users/{user}/events")
    async def events_of_user(request: Request) -> Response:
        user = request.path_params["user"]
        _demand_user(desk, user)
        return answer(request, lambda row: same_user(user, row.user_account, row.user_name, desk.switches))


def _demand_subject(desk: Desk, known: bool, what: str) -> None:
    """Lists of an unknown computer or user are empty, or not found: a switch."""
    if not known and desk.switches["unknown_subject"] == "not_found":
        raise not_found(desk.switches, what)


def _demand_user(desk: Desk, user: str) -> None:
    known = any(same_user(user, row.owner_account, row.owner_name, desk.switches) for row in desk.computers)
    _demand_subject(desk, known, "User")


def _add_inventory(api: FastAPI, desk: Desk) -> None:
    @api.get("/inventory")
    async def list_computers(request: Request) -> Response:
        params = Params(request.scope, desk.switches)
        page = Page(params, MAX_TAKE, allow_last=False)
        software, groups = params.flag("wantsoftware"), params.flag("wantgroups")
        return _json(desk, [row.view(desk.switches, software, groups) for row in page.cut(page.rows(desk.computers))])

    @api.get("/inventory/{computer}")
    async def get_computer(request: Request) -> Response:
        params = Params(request.scope, desk.switches)
        row = desk.computer(request.path_params["computer"])
        return _json(desk, row.view(desk.switches, params.flag("wantsoftware"), params.flag("wantgroups")))

    @api.delete("/inventory/{computer}")
    async def delete_computer(request: Request) -> Response:
        """Only the portal's record goes; audit log and events stay."""
        row = desk.computer(request.path_params["computer"])
        desk.computers.remove(row.id)
        return _done(request, True, desk.switches.number("inventory_delete_status"))

    @api.get("/inventory/{computer}/pin")
    async def issue_pin(request: Request) -> Response:
        params = Params(request.scope, desk.switches)
        row = desk.computer(request.path_params["computer"])
        pin = desk.issue_pin(row, params.text("pintype") or "Challenge", params.text("pin1"))
        request.scope[SCOPE_CALL].committed = True
        return _json(desk, pin)
