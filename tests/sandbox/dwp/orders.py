# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a wish to drafts, and from drafts to an order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .catalog import Catalog
from .errors import INVALID, NO_ENTRY, NOT_ALLOWED, ApiError, no_service
from .params import key_name
from .questionnaire import AnswerError, Dialect
from .records import Order, Service, ServiceRequest, State, User
from .workflow import Workflow


@dataclass
class Wish:
    """What a call asks for: one service for one or several users."""

    service_id: str
    by: User
    users: list[str]
    excluded: list[str] = field(default_factory=list)
    quantity: int = 1
    answers: list[tuple[str, list[str]]] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """An entry of requestErrors."""

    number: int
    message: str
    service_id: str | None = None
    user: str | None = None
    request_id: str | None = None


@dataclass
class Drafted:
    """What came of a wish: one line for each user, the bundle first if it is one."""

    lines: list[list[ServiceRequest]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class OrderDesk:
    """Everything that makes requests."""

    def __init__(self, catalog: Catalog, workflow: Workflow) -> None:
        self._catalog = catalog
        self._switches = catalog.switches
        self._workflow = workflow

    # --- drafts

    def draft(self, wish: Wish) -> Drafted:
        """Drafts for all users that can have the service; nothing is made if anything is wrong with the wish itself."""
        service = self._catalog.orderable(wish.service_id)
        parts = self._parts(service, wish.excluded)
        self._check_answers(parts or [service], wish)
        drafted = Drafted()
        limit = self._limit(service)
        problems = [self._problem(wish, service, login, index >= limit > 0) for index, login in enumerate(wish.users)]
        for login, problem in zip(wish.users, problems, strict=True):
            if problem is None:
                drafted.lines.append(self._line(wish, service, parts, login))
            else:
                drafted.problems.append(problem)
        return drafted

    def check_limit(self, wish: Wish) -> None:
        """More users than allowed; what happens then is not documented."""
        service = self._catalog.services.get(wish.service_id)
        limit = self._limit(service) if service else 0
        if 0 < limit < len(wish.users) and self._switches["over_user_limit"] == "400":
            raise self._catalog.refuse(f"More than {limit} users in one request")

    def _limit(self, service: Service) -> int:
        """The general limit, or that of the questionnaire."""
        limit = self._switches.number("user_limit")
        if service.questionnaire is not None and limit:
            return min(limit, service.questionnaire.user_limit)
        return limit

    def _parts(self, service: Service, excluded: list[str]) -> list[Service]:
        for service_id in excluded:
            if service_id not in service.parts:
                raise self._catalog.refuse(f"Service {service_id} is not part of {service.name!r}")
        parts = [self._catalog.services[part] for part in service.parts if part not in excluded]
        if service.parts and not parts:
            raise self._catalog.refuse(f"Nothing of {service.name!r} is left")
        return parts

    def _check_answers(self, services: list[Service], wish: Wish) -> None:
        for service in services:
            self._give(service, wish, {})
        asked = {question.id for service in services if service.questionnaire for question in service.questionnaire.questions}
        for question_id, _values in wish.answers:
            if question_id not in asked:
                raise self._catalog.refuse(f"Question {question_id} is not part of service {wish.service_id}")

    def _give(self, service: Service, wish: Wish, answers: dict[str, list[str]]) -> None:
        whole = service.questionnaire
        for question_id, values in wish.answers:
            if whole is not None and whole.find(question_id):
                try:
                    whole.give(answers, question_id, list(values), Dialect.of(self._switches))
                except AnswerError as error:
                    raise self._catalog.refuse(str(error)) from error

    def _problem(self, wish: Wish, service: Service, login: str, over_limit: bool) -> Problem | None:
        """Why this user cannot have it."""
        user = self._catalog.find_user(login)
        if user is None:
            return Problem(NO_ENTRY, f"User {login} not found.", service.id, login)
        on_behalf = wish.extras.get("onBehalfOfUserId")
        if on_behalf and self._catalog.find_user(on_behalf) is None:
            return Problem(NO_ENTRY, f"User {on_behalf} not found.", service.id, login)
        if over_limit:
            return Problem(NOT_ALLOWED, "Too many users in one request", service.id, login)
        if not self._catalog.entitled(service, user):
            return self._not_entitled(service, login)
        if user is not wish.by and not self._may_order_for_others(wish.by, service):
            return Problem(
                NOT_ALLOWED, f"Service {service.id} cannot be requested for {login} by {wish.by.login}", service.id, login
            )
        if wish.quantity > service.max_quantity:
            return Problem(INVALID, f"Quantity is above {service.max_quantity}", service.id, login)
        return None

    def _not_entitled(self, service: Service, login: str) -> Problem:
        text, how = f"User {login} is not entitled to service {service.id}", str(self._switches["not_entitled_order"])
        if how != "request_errors":
            raise ApiError(int(how), text, NOT_ALLOWED)
        return Problem(NOT_ALLOWED, text, service.id, login)

    def _may_order_for_others(self, user: User, service: Service) -> bool:
        return service.on_behalf and (user.is_agent or self._switches["on_behalf"] == "anyone")

    def _line(self, wish: Wish, service: Service, parts: list[Service], login: str) -> list[ServiceRequest]:
        user = self._catalog.find_user(login)
        assert user is not None
        first = self._add(wish, service, user)
        line = [first]
        for part in parts:
            row = self._add(wish, part, user)
            row.bundle_id = first.id
            first.parts.append(row.id)
            line.append(row)
        return line

    def _add(self, wish: Wish, service: Service, user: User) -> ServiceRequest:
        now = self._catalog.clock.now()
        request = ServiceRequest(self._catalog.next_id("request"), service, wish.by.login, user.login, now, now)
        request.quantity, request.extras = wish.quantity, dict(wish.extras)
        self._give(service, wish, request.answers)
        self._catalog.requests[request.id] = request
        return request

    def copy(self, request: ServiceRequest) -> ServiceRequest:
        """A draft that is like a request was when it was ordered; it hangs on the same bundle, if on one."""
        now, answers, extras = self._catalog.clock.now(), dict(request.answers), dict(request.extras)
        row = ServiceRequest(self._catalog.next_id("request"), request.service, request.by, request.for_user, now, now)
        row.quantity, row.bundle_id, row.answers, row.extras = request.quantity, request.bundle_id, answers, extras
        self._catalog.requests[row.id] = row
        return row

    # --- orders

    def submit(self, requests: list[ServiceRequest], by: User, title: str | None = None, share: bool = False) -> Order:
        """Order drafts; their workflow starts, and reads show them when switches let them."""
        now = self._catalog.clock.now()
        order = Order(self._catalog.next_id("order"), by.login, title, now, [request.id for request in requests])
        self._catalog.orders[order.id] = order
        for request in self._with_parts(requests):
            if request.state is State.DRAFT:
                self._start(request, order, now, by.collaborators if share else ())
        return order

    def _start(self, request: ServiceRequest, order: Order, now: datetime, collaborators: tuple[str, ...]) -> None:
        request.order_id, request.collaborators = order.id, collaborators
        delay = self._switches.number("late_visibility_ms")
        request.visible_from = now + timedelta(milliseconds=delay) if delay else None
        request.reads_left = self._switches.number("late_visibility_reads")
        whole = request.service.questionnaire
        if whole is not None:
            given = request.answers
            request.answers = {question.id: values for question in whole.questions if (values := question.values(given))}
        self._workflow.start(request, now)

    def _with_parts(self, requests: list[ServiceRequest]) -> list[ServiceRequest]:
        """With the parts of bundles, and with the bundle of a part."""
        found: dict[str, ServiceRequest] = {}
        for request in requests:
            bundle = [request.bundle_id] if request.bundle_id else []
            for request_id in (*bundle, request.id, *request.parts):
                found[request_id] = self._catalog.requests[request_id]
        return list(found.values())

    def unanswered(self, request: ServiceRequest) -> list[str]:
        """Labels of the required questions, of the request and its parts, that have no answer."""
        labels: list[str] = []
        for row in (request, *(self._catalog.requests[part] for part in request.parts)):
            if row.service.questionnaire is not None:
                hidden_too = self._switches["hidden_required"] == "needed"
                labels += [question.label for question in row.service.questionnaire.missing(row.answers, hidden_too)]
        return labels

    def forget(self, line: list[ServiceRequest]) -> None:
        """Take drafts back that were made within a call that fails."""
        for request in line:
            del self._catalog.requests[request.id]

    # --- problems

    def problem_view(self, problem: Problem) -> Any:
        """UNKNOWN: the document's examples have empty lists only."""
        shape = self._switches["request_error_shape"]
        if shape == "text":
            return problem.message
        if shape == "message":
            return {"message": problem.message}
        view = {
            "requestId": problem.request_id,
            key_name(self._switches): problem.service_id,
            "requestForUserId": problem.user,
            "code": problem.number,
            "message": problem.message,
        }
        return {name: value for name, value in view.items() if value is not None}

    def judge(self, problems: list[Problem], any_good: bool) -> None:
        """Whether problems make the whole call fail."""
        answer = self._switches["batch_errors"]
        if problems and (answer == "400" or (answer == "200_unless_all" and not any_good)):
            raise ApiError(self._switches.number("validation_status"), problems[0].message, problems[0].number)


def unknown_service(service_id: str) -> Problem:
    """As an entry of requestErrors."""
    error = no_service(service_id)
    return Problem(error.number, error.text, service_id)
