# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The things of a catalog: users, categories, services, requests, comments, reviews, ratings."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from .questionnaire import Questionnaire

#: what users of these roles may do follows from the document (they see all services) or is a choice of the sandbox
CATALOG_ADMIN = "service catalog admin"
ASSET_MANAGER = "asset manager"
AGENT = "agent"
EVERYBODY = "everybody"


class State(str, Enum):
    """Where a request stands. The words for ACTIVE, WAITING and CANCELLED are switches."""

    DRAFT = "DRAFT"
    NEW = "NEW"
    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    ON_HOLD = "ON_HOLD"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


FINAL = frozenset({State.COMPLETED, State.FAILED, State.REJECTED, State.CANCELLED})


class Stage(str, Enum):
    """The states of a service (one published revision each)."""

    DRAFT = "DRAFT"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"


def make_guid(seed: str) -> str:
    """A platform GUID as the document shows them (30 characters), always the same for a seed."""
    digest = base64.b32encode(hashlib.sha256(seed.encode()).digest()).decode()
    return f"AGGADG{digest[:24]}"


@dataclass(eq=False)
class User:
    """An account. ``login`` is what requests show, ``uid`` what reviews and ratings show."""

    login: str
    uid: str
    full_name: str
    email: str
    password: str
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset({EVERYBODY})
    collaborators: tuple[str, ...] = ()

    @property
    def sees_all(self) -> bool:
        return CATALOG_ADMIN in self.roles or ASSET_MANAGER in self.roles

    @property
    def is_admin(self) -> bool:
        return CATALOG_ADMIN in self.roles

    @property
    def is_agent(self) -> bool:
        return AGENT in self.roles or self.sees_all


#: stands in for a ``requestedfor`` that names nobody
NOBODY = User("", "", "", "", "", groups=frozenset())


@dataclass(eq=False)
class Category:
    """A category of the only group."""

    id: str
    guid: str
    name: str
    parent: str | None = None


@dataclass(eq=False)
class Revision:
    """What an import left behind: the content of a service at a time."""

    number: int
    stage: Stage
    profile: dict[str, Any]


@dataclass(eq=False)
class Service:
    """A catalog item; ``workflow`` (auto, fail, approval, manual) tells what becomes of its requests."""

    id: str
    number: int
    guid: str
    name: str
    created: datetime
    modified: datetime
    excerpt: str = ""
    description: str = ""
    service_type: str = "Native"
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset({EVERYBODY})
    payment: dict[str, str] = field(default_factory=lambda: {"paymentType": "Free", "currency": "EUR"})
    costs: tuple[float, float, float] = (0, 0, 0)
    supplier: str = "Northwind IT"
    provisioning: tuple[int, str] | None = None
    fields: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    stage: Stage = Stage.PUBLISHED
    workflow: str = "auto"
    max_quantity: int = 99
    on_behalf: bool = True
    questionnaire: Questionnaire | None = None
    revisions: list[Revision] = field(default_factory=list)

    @property
    def published(self) -> bool:
        return self.stage is Stage.PUBLISHED

    @property
    def icon(self) -> str:
        return f"/mp/media/{self.guid[:18]}/icon.png?sha={hashlib.sha256(self.guid.encode()).hexdigest()[:16]}"


@dataclass(eq=False)
class Attachment:
    """A file of which only size and digest are kept."""

    id: str
    name: str
    size: int
    sha256: str
    content_type: str


@dataclass(eq=False)
class Activity:
    """A comment."""

    id: str
    message: str
    author: User
    created: datetime
    visibility: str
    broadcast: bool
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(eq=False)
class ServiceRequest:
    """A request, from draft to its end. ``reads_left`` and ``visible_from`` keep a fresh order out of sight."""

    id: str
    service: Service
    by: str
    for_user: str
    started: datetime
    modified: datetime
    state: State = State.DRAFT
    completed: datetime | None = None
    quantity: int = 1
    order_id: str | None = None
    bundle_id: str | None = None
    parts: list[str] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    collaborators: tuple[str, ...] = ()
    reason: str | None = None
    extras: dict[str, Any] = field(default_factory=dict)
    visible_from: datetime | None = None
    reads_left: int = 0
    step: int = 0


@dataclass(eq=False)
class Order:
    """What POST /orders and POST /orders/requests leave behind."""

    id: str
    by: str
    title: str | None
    created: datetime
    requests: list[str]


@dataclass(eq=False)
class Review:
    """A review. Until ``visible_from`` lists do not show it."""

    id: str
    service: Service
    user: User
    title: str
    content: str
    modified: datetime
    visible_from: datetime | None = None


@dataclass(eq=False)
class Rating:
    """A rating from 0 to 1. Until ``visible_from`` lists do not show it."""

    id: str
    service: Service
    user: User
    rating: float
    modified: datetime
    visible_from: datetime | None = None
