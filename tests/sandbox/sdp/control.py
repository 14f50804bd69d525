# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API's own part for this platform, under ``/_sandbox/sdp``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from .accounts import EVERYTHING, Accounts
from .approvals import add_approval, set_word
from .desk import EFFECTS, Caller
from .drafts import DraftError, add_row, change_row, known_user
from .fields import Module
from .modules import BY_PATH
from .modules_common import APPROVALS
from .modules_requests import REQUESTS
from .records import Records
from .seed import caller_of, decide_for
from .seed_people import OWNER
from .state import record_state
from .store import Record

MAX_COUNT = 100_000


class Bulk(BaseModel):
    """``count`` rows made after ``template``, in the API's own JSON; ``status`` by name."""

    model_config = ConfigDict(extra="forbid")
    count: int = Field(default=1, ge=1, le=MAX_COUNT)
    template: dict[str, Any] = Field(default_factory=dict)
    status: str | None = None

    def partials(self) -> list[dict[str, Any]]:
        status = {"status": {"name": self.status}} if self.status is not None else {}
        return [{**self.template, **status}] * self.count


class Asking(BaseModel):
    """Somebody is asked for approval."""

    model_config = ConfigDict(extra="forbid")
    approver: str = OWNER
    level: int = Field(default=1, ge=1, le=5)
    status: Literal["Pending Approval", "Approved", "Rejected", "To Be Sent"] | None = None


class Deciding(BaseModel):
    """Somebody decides in the web client."""

    model_config = ConfigDict(extra="forbid")
    approver: str
    decision: Literal["Approved", "Rejected"]
    comments: str | None = None


class CodeOrder(BaseModel):
    """An authorization code, as the console makes one for a self client."""

    model_config = ConfigDict(extra="forbid")
    scopes: list[str] = Field(default_factory=lambda: sorted(EVERYTHING))
    user: str = OWNER
    client_id: str | None = None
    redirect_uri: str | None = None
    seconds: float | None = None
    offline: bool = True


class TokenOrder(BaseModel):
    """An access token without a login."""

    model_config = ConfigDict(extra="forbid")
    scopes: list[str] = Field(default_factory=lambda: sorted(EVERYTHING))
    user: str = OWNER
    seconds: float | None = None


class Effect(BaseModel):
    """What a field does when calls give it a value; ``null``: nothing special."""

    model_config = ConfigDict(extra="forbid")
    module: str = "requests"
    field: str
    effect: Literal["refused", "partial", "ignored"] | None


Rows = Bulk | list[dict[str, Any]]


def build_control(records: Records, accounts: Accounts) -> APIRouter:
    """Rows to make and to change, approvals, effects of fields, tokens."""
    router = APIRouter()
    _add_rows(router, records)
    _add_approvals(router, records)
    _add_effects(router, records)
    _add_tokens(router, records, accounts)
    return router


def _checked(build: Callable[..., Any], *given: Any) -> Any:
    try:
        return build(*given)
    except DraftError as error:
        raise HTTPException(400, str(error)) from error


def _module(path: str) -> Module:
    if path not in BY_PATH:
        raise HTTPException(404, f"no module {path!r}; there are: {', '.join(BY_PATH)}")
    return BY_PATH[path]


def _record(records: Records, module: Module, record_id: str) -> Record:
    record = records.desk.get(module, record_id)
    if record is None:
        raise HTTPException(404, f"no record {record_id} in {module.path}")
    return record


def _caller(records: Records) -> Caller:
    return caller_of(records.desk, OWNER)


def _add_rows(router: APIRouter, records: Records) -> None:
    @router.post("/records/{path:path}")
    async def add_records(path: str, order: Rows) -> JSONResponse:
        """Rows of any module; the way to make requests, too."""
        partials = order.partials() if isinstance(order, Bulk) else order
        module = _module(path)
        made = [_checked(add_row, records, module, partial, _caller(records)) for partial in partials]
        return JSONResponse({"ids": [record.id for record in made]}, status_code=201)

    @router.post("/requests")
    async def add_requests(order: Rows) -> JSONResponse:
        return await add_records(REQUESTS.path, order)

    @router.patch("/records/{path:path}/{record_id}")
    async def change_record(path: str, record_id: str, partial: dict[str, Any]) -> JSONResponse:
        """What people do in the web client: move a state, assign, ..."""
        module = _module(path)
        record = _record(records, module, record_id)
        _checked(change_row, records, module, record, partial, _caller(records))
        return JSONResponse(record_state(records, module, record))

    @router.patch("/requests/{record_id}")
    async def change_request(record_id: str, partial: dict[str, Any]) -> JSONResponse:
        return await change_record(REQUESTS.path, record_id, partial)

    @router.get("/requests/{record_id}")
    async def get_request(record_id: str) -> JSONResponse:
        return JSONResponse(record_state(records, REQUESTS, _record(records, REQUESTS, record_id)))


def _add_approvals(router: APIRouter, records: Records) -> None:
    desk = records.desk

    @router.post("/approvals/{path}/{record_id}")
    async def ask(path: str, record_id: str, order: Asking) -> JSONResponse:
        record = _record(records, _module(path), record_id)
        approver = _checked(known_user, desk, order.approver)
        approval = add_approval(desk, record, order.level, approver, _caller(records))
        if order.status is not None:
            set_word(desk, approval, order.status)
        assert approval.parent is not None
        return JSONResponse({"id": approval.id, "level_id": approval.parent.id}, status_code=201)

    @router.put("/approvals/{path}/{record_id}")
    async def decide_there(path: str, record_id: str, order: Deciding) -> JSONResponse:
        record = _record(records, _module(path), record_id)
        user = _checked(known_user, desk, order.approver)
        if not decide_for(desk, record, Caller(user, frozenset()), order.decision, order.comments):
            raise HTTPException(400, f"{order.approver} is not asked")
        return JSONResponse(record_state(records, _module(path), record))

    @router.get("/approvals")
    async def list_approvals() -> JSONResponse:
        """All of them, of all modules, with the record that they are about."""
        shown = []
        for approval in desk.store.table(APPROVALS.path).values():
            level = approval.parent
            assert level is not None
            assert level.parent is not None
            view = records.whole(APPROVALS, approval)
            shown.append({"module": level.parent.module.path, "record_id": level.parent.id, "level_id": level.id, **view})
        return JSONResponse(shown)


def _add_effects(router: APIRouter, records: Records) -> None:
    @router.put("/effects")
    async def set_effect(order: Effect) -> JSONResponse:
        if order.field not in _module(order.module).by_name:
            raise HTTPException(400, f"no field {order.field!r} in {order.module}")
        key, effects = (order.module, order.field), records.desk.effects
        effects.pop(key, None)
        if order.effect in EFFECTS:
            effects[key] = str(order.effect)
        return JSONResponse([{"module": module, "field": field, "effect": word} for (module, field), word in effects.items()])


def _add_tokens(router: APIRouter, records: Records, accounts: Accounts) -> None:
    def scopes_of(names: list[str]) -> frozenset[str]:
        try:
            return accounts.scopes(names)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error

    @router.post("/codes")
    async def add_code(order: CodeOrder) -> JSONResponse:
        _checked(known_user, records.desk, order.user)
        client_id = order.client_id or next(iter(accounts.clients))
        if client_id not in accounts.clients:
            raise HTTPException(400, f"no client {client_id!r}")
        code = accounts.new_code(
            accounts.clients[client_id],
            order.user,
            scopes_of(order.scopes),
            seconds=order.seconds,
            redirect_uri=order.redirect_uri,
            offline=order.offline,
        )
        return JSONResponse({"code": code}, status_code=201)

    @router.post("/tokens")
    async def add_token(order: TokenOrder) -> JSONResponse:
        _checked(known_user, records.desk, order.user)
        token = accounts.add_access_token(order.user, scopes_of(order.scopes), seconds=order.seconds)
        return JSONResponse({"access_token": token.token}, status_code=201)

    @router.get("/tokens")
    async def count_tokens() -> JSONResponse:
        """Logins: access tokens that were given out since the reset."""
        counts = {name: accounts.counts[name] for name in ("exchanges", "refreshes", "throttled", "revocations")}
        valid = [token for token in accounts.access_tokens.values() if accounts.valid(token.token)]
        return JSONResponse(
            {
                "logins": counts["exchanges"] + counts["refreshes"],
                **counts,
                "refresh_tokens": len(accounts.refresh_tokens),
                "access_tokens": [{"user": token.email, "ends": token.ends.isoformat()} for token in valid],
            }
        )

    @router.delete("/tokens", status_code=204)
    async def end_tokens(kind: Literal["access", "refresh", "all"] = "access") -> None:
        """Void from now on."""
        if kind in ("access", "all"):
            accounts.access_tokens.clear()
        if kind in ("refresh", "all"):
            for refresh in list(accounts.refresh_tokens.values()):
                accounts.drop(refresh)
