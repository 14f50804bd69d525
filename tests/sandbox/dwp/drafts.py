# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From partial rows, as the control API takes them, to whole ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .catalog import Catalog
from .records import (
    AGENT,
    ASSET_MANAGER,
    CATALOG_ADMIN,
    EVERYBODY,
    FINAL,
    Activity,
    Service,
    ServiceRequest,
    Stage,
    State,
    User,
    make_guid,
)
from .seed import make_questionnaire
from .seed_data import MAIL, PASSWORD, SERVICE_ACCOUNT

_WORKFLOWS = ("auto", "fail", "approval", "manual")
_ROLES = frozenset({CATALOG_ADMIN, ASSET_MANAGER, AGENT})
_USER_KEYS = {"login", "uid", "fullName", "email", "password", "roles", "groups", "collaborators"}
_SERVICE_KEYS = {
    "name": "name",
    "guid": "guid",
    "excerpt": "excerpt",
    "description": "description",
    "workflow": "workflow",
    "maxQuantity": "max_quantity",
    "onBehalf": "on_behalf",
}
_SERVICE_LISTS = {"tags": "tags", "categories": "categories", "parts": "parts"}
_REQUEST_KEYS = {"id", "service", "requestedBy", "requestedFor", "status", "quantity", "answers", "secondsAgo", "comments"}


class DraftError(ValueError):
    """A partial row that makes no sense."""


def _only(partial: dict[str, Any], known: set[str]) -> None:
    if partial.keys() - known:
        raise DraftError(f"unknown keys {sorted(partial.keys() - known)}; known are: {', '.join(sorted(known))}")


def state_of(word: str) -> State:
    """A state by its name, or by a word that the API may use for it."""
    synonyms = {"IN_PROGRESS": State.ACTIVE, "WAITING_APPROVAL": State.WAITING, "APPROVED": State.ACTIVE}
    synonyms |= {"CANCELED": State.CANCELLED}
    wanted = word.upper().replace(" ", "_")
    if wanted in synonyms:
        return synonyms[wanted]
    try:
        return State(wanted)
    except ValueError:
        raise DraftError(f"unknown status {word!r}; known are: {', '.join(State)}") from None


def add_user(catalog: Catalog, partial: dict[str, Any]) -> User:
    """An account; without a login ``user0001`` and so on."""
    _only(partial, _USER_KEYS)
    number = int(catalog.next_id("draft"))
    login = str(partial.get("login") or f"user{number:04}")
    if login in catalog.users:
        raise DraftError(f"there is a user {login!r} already")
    if not _ROLES.issuperset(partial.get("roles", ())):
        raise DraftError(f"unknown role; known are: {', '.join(sorted(_ROLES))}")
    user = User(
        login,
        str(partial.get("uid") or catalog.next_id("user")),
        str(partial.get("fullName") or f"New Colleague {number}"),
        str(partial.get("email") or f"{login}@{MAIL}"),
        str(partial.get("password") or PASSWORD),
        frozenset(partial.get("roles", ())),
        frozenset(partial.get("groups", (EVERYBODY,))),
        tuple(partial.get("collaborators", ())),
    )
    catalog.users[login] = user
    return user


def add_service(catalog: Catalog, partial: dict[str, Any]) -> Service:
    """A published service; ``questionsOf`` names a service of the example data whose questions it takes."""
    service_id, now = str(partial.get("id") or catalog.next_id("service")), catalog.clock.now()
    if service_id in catalog.services:
        raise DraftError(f"there is a service {service_id} already")
    row = Service(service_id, int(catalog.next_id("number")), make_guid(service_id), f"Service {service_id}", now, now)
    row.categories = tuple(list(catalog.categories)[-1:])
    _set_service(catalog, row, {key: value for key, value in partial.items() if key != "id"})
    catalog.services[row.id] = row
    return row


def change_service(catalog: Catalog, row: Service, partial: dict[str, Any]) -> None:
    _set_service(catalog, row, partial)
    row.modified = catalog.clock.now()


def _set_service(catalog: Catalog, row: Service, partial: dict[str, Any]) -> None:
    _only(partial, {*_SERVICE_KEYS, *_SERVICE_LISTS, "groups", "stage", "questionsOf"})
    if partial.get("workflow", "auto") not in _WORKFLOWS:
        raise DraftError(f"unknown workflow; known are: {', '.join(_WORKFLOWS)}")
    if set(partial.get("categories", ())) - catalog.categories.keys() or set(partial.get("parts", ())) - catalog.services.keys():
        raise DraftError("unknown category or part")
    if any(catalog.services[part].parts or part == row.id for part in partial.get("parts", ())):
        raise DraftError("a bundle cannot be part of a bundle")
    stage = partial.get("stage", row.stage.value)
    if stage not in set(Stage):
        raise DraftError(f"unknown stage; known are: {', '.join(Stage)}")
    row.stage = Stage(stage)
    for key, name in _SERVICE_KEYS.items():
        if key in partial:
            setattr(row, name, partial[key])
    for key, name in _SERVICE_LISTS.items():
        if key in partial:
            setattr(row, name, tuple(partial[key]))
    row.groups = frozenset(partial.get("groups", row.groups))
    if "questionsOf" in partial:
        row.questionnaire = make_questionnaire(catalog, partial["questionsOf"])


def _question_id(service: Service, key: str) -> str:
    """A question by its label or its id."""
    for question in service.questionnaire.questions if service.questionnaire else ():
        if key in (question.label, question.id):
            return question.id
    raise DraftError(f"service {service.id} has no question {key!r}")


def add_request(catalog: Catalog, partial: dict[str, Any]) -> ServiceRequest:
    """A request that was ordered and stays as it is; ACTIVE unless told."""
    _only(partial, _REQUEST_KEYS)
    if not catalog.services:
        raise DraftError("there is no service to request")
    request_id = str(partial.get("id") or catalog.next_id("request"))
    service = catalog.services.get(str(partial.get("service") or next(iter(catalog.services))))
    if service is None or request_id in catalog.requests:
        raise DraftError(f"unknown service, or there is a request {request_id} already")
    logins = [str(partial.get(key) or SERVICE_ACCOUNT) for key in ("requestedBy", "requestedFor")]
    if set(logins) - catalog.users.keys():
        raise DraftError(f"unknown user among {logins}")
    moment = catalog.clock.now() - timedelta(seconds=partial.get("secondsAgo", 0))
    row = ServiceRequest(request_id, service, logins[0], logins[1], moment, moment, state_of(partial.get("status", "ACTIVE")))
    row.quantity, row.completed = partial.get("quantity", 1), moment if row.state in FINAL else None
    row.answers = {_question_id(service, key): list(values) for key, values in partial.get("answers", {}).items()}
    for text in partial.get("comments", ()):
        author = catalog.users[logins[0]]
        row.activities.append(Activity(catalog.next_id("activity"), str(text), author, moment, "PUBLIC", broadcast=False))
    catalog.requests[row.id] = row
    return row
