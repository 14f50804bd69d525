# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API at ``/_sandbox``: reset, clock, call log, faults, switches, state. JSON, without authentication."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from .faults import FaultSpec
from .platforms import Platform
from .switches import SwitchError

if TYPE_CHECKING:
    from .app import Sandbox

LATEST_CALLS = 14


class ResetOrder(BaseModel):
    """What to reset to; ``now`` sets the sandbox's clock."""

    model_config = ConfigDict(extra="forbid")
    seed: Literal["demo", "empty"] = "demo"
    now: datetime | None = None


class ClockOrder(BaseModel):
    """Set the clock, move it, or both."""

    model_config = ConfigDict(extra="forbid")
    now: datetime | None = None
    advance: float = 0


def build_control(sandbox: Sandbox) -> FastAPI:
    """The control application."""
    control = FastAPI(title="Sandbox control", docs_url=None, redoc_url=None, openapi_url=None)
    _add_common(control, sandbox)
    _add_calls(control, sandbox)
    _add_faults(control, sandbox)
    _add_platforms(control, sandbox)
    for platform in sandbox.platforms.values():
        control.include_router(platform.control(), prefix=f"/{platform.name}")

    @control.exception_handler(SwitchError)
    async def wrong_switch(_request: Request, error: SwitchError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=400)

    return control


def _add_common(control: FastAPI, sandbox: Sandbox) -> None:
    @control.get("/health")
    async def health() -> JSONResponse:
        return JSONResponse(
            {
                "status": "ok",
                "platforms": list(sandbox.platforms),
                "seed": sandbox.seed,
                "now": sandbox.clock.now().isoformat(),
            }
        )

    @control.post("/reset")
    async def reset(order: ResetOrder | None = None) -> JSONResponse:
        order = order or ResetOrder()
        sandbox.reset(order.seed, order.now)
        return JSONResponse({"seed": sandbox.seed, "now": sandbox.clock.now().isoformat()})

    @control.post("/clock")
    async def clock(order: ClockOrder) -> JSONResponse:
        if order.now is not None:
            sandbox.clock.set(order.now)
        sandbox.clock.advance(order.advance)
        return JSONResponse({"now": sandbox.clock.now().isoformat()})


def _add_calls(control: FastAPI, sandbox: Sandbox) -> None:
    @control.get("/calls")
    async def calls(
        platform: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        since: int = Query(default=0, ge=0),
    ) -> JSONResponse:
        try:
            found = [call.view() for call in sandbox.log.find(platform, method, path, status, since)]
        except re.error as error:
            raise HTTPException(400, f"path is not a regular expression: {error}") from error
        return JSONResponse(found)

    @control.get("/calls/summary")
    async def summary() -> JSONResponse:
        return JSONResponse(sandbox.log.summary())

    @control.delete("/calls", status_code=204)
    async def clear_calls() -> None:
        sandbox.log.clear()


def _add_faults(control: FastAPI, sandbox: Sandbox) -> None:
    @control.post("/faults", status_code=201)
    async def add_faults(orders: FaultSpec | list[FaultSpec]) -> JSONResponse:
        specs = orders if isinstance(orders, list) else [orders]
        for spec in specs:
            if spec.platform is not None:
                _platform(sandbox, spec.platform)
        return JSONResponse([sandbox.faults.add(spec).view() for spec in specs], status_code=201)

    @control.get("/faults")
    async def list_faults() -> JSONResponse:
        return JSONResponse(sandbox.faults.view())

    @control.delete("/faults", status_code=204)
    async def clear_faults() -> None:
        sandbox.faults.clear()


def _add_platforms(control: FastAPI, sandbox: Sandbox) -> None:
    @control.get("/switches/{name}")
    async def list_switches(name: str) -> JSONResponse:
        return JSONResponse(_platform(sandbox, name).switches.describe())

    @control.patch("/switches/{name}")
    async def change_switches(name: str, values: dict[str, Any]) -> JSONResponse:
        board = _platform(sandbox, name).switches
        board.change(values)
        return JSONResponse({key: board[key] for key in values})

    @control.get("/state/{name}")
    async def state(name: str, collection: str | None = None) -> JSONResponse:
        whole = _platform(sandbox, name).state()
        if collection is None:
            return JSONResponse(whole)
        if collection not in whole:
            raise HTTPException(404, f"no collection {collection!r}; there are: {', '.join(whole)}")
        return JSONResponse(whole[collection])

    @control.get("/overview")
    async def overview() -> JSONResponse:
        """What the live page shows."""
        platforms = [
            {
                "name": platform.name,
                "title": platform.title,
                "columns": [vars(column) for column in platform.columns],
                "counts": platform.counts(),
                "rows": platform.rows(),
            }
            for platform in sandbox.platforms.values()
            if platform.columns
        ]
        keys = ("n", "at", "method", "target", "status", "fault", "ms", "committed")
        calls = [{key: getattr(call, key) for key in keys} for call in sandbox.log.latest(LATEST_CALLS)]
        return JSONResponse({"now": sandbox.clock.now().isoformat(), "platforms": platforms, "calls": calls})


def _platform(sandbox: Sandbox, name: str) -> Platform:
    if name not in sandbox.platforms:
        raise HTTPException(404, f"no platform {name!r}; there are: {', '.join(sandbox.platforms)}")
    return sandbox.platforms[name]
