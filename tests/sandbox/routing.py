# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at the routes of an application without running them."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match

from .reply import Scope


def route_template(app: FastAPI, scope: Scope) -> str | None:
    """The path template of a call: of the route that served it, or else of one with a fitting path."""
    served: APIRoute | None = scope.get("route")
    if served is not None:
        return served.path_format
    return next((route.path_format for route in _fitting(app, scope)), None)


def allowed_methods(app: FastAPI, scope: Scope) -> str:
    """The value of ``Allow`` for a path: the methods of all its routes."""
    return ", ".join(sorted({method for route in _fitting(app, scope) for method in route.methods or ()}))


def _fitting(app: FastAPI, scope: Scope) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute) and route.matches(scope)[0] is not Match.NONE]
