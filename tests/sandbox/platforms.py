# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every platform of the sandbox offers to the common parts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI

from .clock import Clock
from .reply import ASGIApp, Reply, Scope
from .routing import route_template
from .switches import Switchboard

SEEDS = ("demo", "empty")


@dataclass(frozen=True)
class Column:
    """A column of the live page; ``kind`` (text, long, name, id, badge, scan) tells how it is set."""

    key: str
    label: str
    kind: str = "text"


class Platform(ABC):
    """One simulated system, served under ``/<name>``.

    ``app`` answers the calls; a handler that changed state says so with ``scope["sandbox.call"].committed = True``.
    """

    name: str
    title: str
    switches: Switchboard
    app: ASGIApp
    #: the application that holds the routes (``app`` may have something before it)
    api: FastAPI
    #: request headers, beyond the usual, whose values may stand in the call log
    harmless_headers: frozenset[str] = frozenset()
    #: paths whose bodies hold credentials
    login_paths: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.clock = clock

    @property
    def prefix(self) -> str:
        return f"/{self.name}"

    def route(self, scope: Scope) -> str | None:
        """The path template that a call falls under, also when it was not let through to its handler."""
        template = route_template(self.api, scope)
        return template and self.prefix + template

    def holds_credentials(self, path: str) -> bool:
        """Whether the body of a call is one that a log must not keep."""
        return path.endswith(self.login_paths)

    @abstractmethod
    def reset(self, seed: str) -> None:
        """Back to the seed: state, keys, quotas and switches."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """The whole state, by collection, as JSON values."""

    @abstractmethod
    def auth_failure(self) -> Reply:
        """What this platform answers to a wrong secret."""

    @abstractmethod
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of ``app``."""

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """Rows of the live page, newest first: the keys of ``columns``, and a ``state`` for the colour."""

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """How many rows there are by state."""

    @abstractmethod
    def control(self) -> APIRouter:
        """This platform's own part of the control API, served under ``/_sandbox/<name>``."""
