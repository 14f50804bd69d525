# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sows the example data: always the same ids and rows, with times relative to the sandbox's clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from . import seed_data as data
from .catalog import Catalog, make_uuid
from .questionnaire import Page, Question, Questionnaire
from .records import (
    EVERYBODY,
    FINAL,
    Activity,
    Order,
    Rating,
    Review,
    Service,
    ServiceRequest,
    Stage,
    State,
    User,
    make_guid,
)

_FIRST_NUMBER = 12_900
_FIRST_OTHER_SERVICE = 7200
_REFERENCES = ("visible_by", "options_by", "answer_by")


def sow(catalog: Catalog, demo: bool, other: bool) -> None:
    """Clear the catalog; its accounts and categories are there in any case."""
    catalog.clear(*([_FIRST_OTHER_SERVICE] if other else []))
    now = catalog.clock.now().replace(microsecond=0)
    for person in data.PEOPLE:
        add_user(catalog, person)
    if not other:
        _sow_categories(catalog)
    if not demo:
        return
    if other:
        _sow_other(catalog, now)
        return
    for number, item in enumerate(data.ITEMS, _FIRST_NUMBER):
        _add_item(catalog, item, number, now)
    for asked in data.REQUESTS:
        _add_request(catalog, asked, now)
    for opinion in data.OPINIONS:
        _add_opinion(catalog, opinion, now)


def add_user(catalog: Catalog, person: data.Person) -> User:
    user = User(
        person.login,
        person.uid,
        person.full_name,
        f"{person.mail}@{data.MAIL}",
        data.PASSWORD,
        frozenset(person.roles),
        frozenset({EVERYBODY, *person.groups}),
        person.collaborators,
    )
    catalog.users[user.login] = user
    return user


def _sow_categories(catalog: Catalog) -> None:
    ids: dict[str, str] = {}
    for category_id, name, parent in data.CATEGORIES:
        ids[name] = category_id
        catalog.add_category(name, ids[parent] if parent else None, category_id)


def _add_item(catalog: Catalog, item: data.Item, number: int, now: datetime) -> Service:
    ids = {row.name: row.id for row in catalog.categories.values()}
    days = 30 + (number * 7) % 300
    service = Service(
        item.id,
        number,
        make_guid(f"service {item.id}"),
        item.name,
        now - timedelta(days=days + 90),
        now - timedelta(days=days),
        excerpt=item.excerpt,
        description=f"<p>{item.excerpt}.</p>",
        categories=tuple(ids[name] for name in item.categories),
    )
    for name, value in item.more.items():
        setattr(service, name, Stage(value) if name == "stage" else value)
    service.questionnaire = make_questionnaire(catalog, item.name)
    catalog.services[service.id] = service
    return service


def make_questionnaire(catalog: Catalog, service_name: str) -> Questionnaire | None:
    """The questions of a service of the example data."""
    pages = data.QUESTIONS.get(service_name)
    if pages is None:
        return None
    made = tuple(
        Page(
            make_uuid(f"{service_name}/page {number}"),
            title,
            tuple(_question(service_name, question) for question in questions),
        )
        for number, (title, questions) in enumerate(pages, 1)
    )
    guid = make_guid(f"questionnaire {service_name}")
    return Questionnaire(catalog.next_id("questionnaire"), guid, made, data.USER_LIMITS.get(service_name, 20))


def question_id(service_name: str, label: str) -> str:
    return make_uuid(f"{service_name}/{label}")


def _question(service_name: str, values: dict[str, Any]) -> Question:
    references = {name: question_id(service_name, values[name]) for name in _REFERENCES if name in values}
    return Question(id=question_id(service_name, values["label"]), **{**values, **references})


def _add_request(catalog: Catalog, asked: data.Asked, now: datetime) -> None:
    service = catalog.services[asked.service]
    started = now - timedelta(hours=asked.hours)
    ended = started + timedelta(hours=asked.took, milliseconds=606)
    row = ServiceRequest(asked.id, service, asked.by, asked.for_user, started, ended, State(asked.state))
    row.completed = ended if row.state in FINAL else None
    row.answers = {question_id(service.name, label): list(values) for label, values in asked.answers.items()}
    for number, (login, visibility, text) in enumerate(asked.comments, 1):
        moment = started + timedelta(minutes=10 * number)
        row.activities.append(
            Activity(catalog.next_id("activity"), text, catalog.users[login], moment, visibility, broadcast=False)
        )
    order = Order(catalog.next_id("order"), asked.by, None, started, [row.id])
    row.order_id = order.id
    catalog.orders[order.id] = order
    catalog.requests[row.id] = row


def _add_opinion(catalog: Catalog, opinion: tuple[Any, ...], now: datetime) -> None:
    service_id, login, hours, value, title, content = opinion
    service, user, moment = catalog.services[service_id], catalog.users[login], now - timedelta(hours=hours)
    rating = Rating(catalog.next_id("rating"), service, user, value, moment)
    catalog.ratings[rating.id] = rating
    if title is not None:
        review = Review(catalog.next_id("review"), service, user, title, content, moment)
        catalog.reviews[review.id] = review


def _sow_other(catalog: Catalog, now: datetime) -> None:
    """Fewer services, with other ids: one the same, one older, one of the same name but with another GUID."""
    items = {item.id: (number, item) for number, item in enumerate(data.ITEMS, _FIRST_NUMBER)}
    parents = {name: parent for _category_id, name, parent in data.CATEGORIES}
    for new_id, old_id, differing in data.OTHER_ITEMS:
        number, item = items[old_id]
        for name in item.categories:
            _category_line(catalog, name, parents)
        service = _add_item(catalog, item, number + 500, now)
        del catalog.services[old_id]
        service.id = new_id
        for name, value in differing.items():
            setattr(service, name, make_guid(f"{value} {old_id}") if name == "guid" else value)
        service.description = f"<p>{service.excerpt}.</p>"
        if service.questionnaire is not None:
            service.questionnaire = replace(service.questionnaire, id=catalog.next_id("questionnaire"))
        catalog.services[new_id] = service


def _category_line(catalog: Catalog, name: str, parents: dict[str, str | None]) -> str:
    """A category and those above it, where they are missing; with ids of this catalog."""
    above = parents[name]
    parent = _category_line(catalog, above, parents) if above else None
    found = next((row for row in catalog.children(parent) if row.name == name), None)
    return (found or catalog.add_category(name, parent)).id
