# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordering: initiate, questionnaire, answers, order; or all in one call."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response

from .catalog import Catalog
from .errors import ALREADY_THERE, NO_ENTRY, NOT_ALLOWED, REQUIRED, ApiError, invalid
from .guard import BASE
from .incoming import Incoming, answer, empty
from .orders import Drafted, OrderDesk, Problem, Wish, unknown_service
from .params import Body, key_name
from .questionnaire import AnswerError, Dialect, Questionnaire, change_views
from .records import Order, ServiceRequest, State, User
from .views import Views

_CONNECTIONS = ("externalSubCatalogId", "connectionName", "connectionId")
_ANSWER_KEYS = ("guid", "createDate", "modifiedDate", "rxId", "questionnaireId", "serviceRequestId", "id")


def add_orders(api: FastAPI, catalog: Catalog, views: Views, desk: OrderDesk) -> None:
    _add_initiate(api, catalog, desk)
    _add_questionnaire(api, catalog)
    _add_submit(api, catalog, desk)
    _add_one_call(api, catalog, desk)


# --- initiate


def _add_initiate(api: FastAPI, catalog: Catalog, desk: OrderDesk) -> None:
    @api.post(BASE + "/requests")
    async def initiate(request: Request) -> Response:
        """Drafts: one for each user, or for each user and part of a bundle."""
        incoming = Incoming(request, catalog)
        body = await incoming.body()
        wish = _wish(body, catalog, incoming.user)
        wish.answers = _answers(body)
        dependencies = body.raw("dependencies")
        if dependencies is not None and not isinstance(dependencies, dict):
            raise invalid(catalog.switches, "dependencies must be an object")
        wish.extras["dependencies"] = dependencies
        body.done()
        desk.check_limit(wish)
        drafted = desk.draft(wish)
        _judge(desk, drafted)
        incoming.commit(bool(drafted.lines))
        return answer(_initiated(catalog, desk, wish, drafted), catalog.switches.number("initiate_status"))


def _judge(desk: OrderDesk, drafted: Drafted) -> None:
    """Let the call fail as a whole, and nothing be left of it."""
    try:
        desk.judge(drafted.problems, bool(drafted.lines))
    except ApiError:
        for line in drafted.lines:
            desk.forget(line)
        raise


def _wish(body: Body, catalog: Catalog, user: User) -> Wish:
    """The keys that both ways of ordering have in common."""
    service_id = body.service_id()
    on_behalf = body.text("onBehalfOfUserId") or None
    users = body.texts("requestForUserIds") or [on_behalf or user.login]
    wish = Wish(service_id, user, users, body.excluded(), body.number("quantity", 1, 1))
    wish.extras = {
        "onBehalfOfUserId": on_behalf,
        "referenceRequestId": body.text("referenceRequestId"),
        "myStuffItemId": body.text("myStuffItemId"),
    }
    return wish


def _answers(body: Body) -> list[tuple[str, list[str]]]:
    """``questions``: of the many keys in the document only two are needed."""
    found = []
    for question in body.objects("questions") or ():
        question_id, values = question.needed("questionId"), question.texts("answers")
        question.texts("displayValueOfAnswers")
        for name in _ANSWER_KEYS:
            question.text(name)
        question.done()
        found.append((question_id, values or []))
    return found


def _initiated(catalog: Catalog, desk: OrderDesk, wish: Wish, drafted: Drafted) -> dict[str, Any]:
    key = key_name(catalog.switches)
    bundles = [line[0] for line in drafted.lines if len(line) > 1]
    rows = [row for line in drafted.lines for row in (line[1:] or line)]
    return {
        key: wish.service_id,
        "bundleRequestId": bundles[0].id if bundles else None,
        "requests": [
            {
                "requestId": row.id,
                "externalId": None,
                "dependencies": None,
                "questionnaire": None,
                "onStartChanges": {},
                key: row.service.id,
            }
            for row in rows
        ],
        "requestErrors": [desk.problem_view(problem) for problem in drafted.problems],
    }


# --- questionnaire and answers


def _add_questionnaire(api: FastAPI, catalog: Catalog) -> None:
    @api.get(BASE + "/requests/{id}/questionnaire")
    async def get_questionnaire(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        row = catalog.draft(incoming.path("id"), incoming.user)
        whole = row.service.questionnaire
        if whole is None:
            return answer({"questionnaire": _no_questionnaire(catalog, row)})
        answers = {**_prefill(incoming, catalog, row), **row.answers}
        return answer({"questionnaire": whole.view(answers, Dialect.of(catalog.switches))})

    @api.post(BASE + "/services/{serviceversionId}/questionnaire/answers")
    async def give_answer(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        body = await incoming.body()
        row = catalog.draft(body.needed("serviceRequestId"), incoming.user)
        _demand_path(catalog, incoming.path("serviceversionId"), row)
        questionnaire_id, question_id = body.text("questionnaireId"), body.needed("questionId")
        values = body.texts("answers")
        body.done()
        whole = row.service.questionnaire
        if whole is None or questionnaire_id not in (None, whole.id):
            raise invalid(catalog.switches, f"Questionnaire {questionnaire_id} does not belong to request {row.id}")
        if row.state is not State.DRAFT:
            raise invalid(catalog.switches, f"Request {row.id} was ordered already", ALREADY_THERE)
        if values is None:
            raise invalid(catalog.switches, "Required field cannot be blank: answers", REQUIRED)
        try:
            affected = whole.give(row.answers, question_id, values, Dialect.of(catalog.switches))
        except AnswerError as error:
            raise invalid(catalog.switches, str(error)) from error
        incoming.commit()
        shape = str(catalog.switches["changes_shape"])
        return empty() if shape == "empty_body" else answer(change_views(whole, affected, row.answers, shape))


def _no_questionnaire(catalog: Catalog, row: ServiceRequest) -> dict[str, Any] | None:
    """UNKNOWN: what stands for the questionnaire of a service that asks nothing."""
    how = catalog.switches["no_questionnaire"]
    if how == "404":
        raise ApiError(404, f"Service request {row.id} has no questionnaire.", NO_ENTRY)
    return None if how == "null" else Questionnaire("", "", ()).view({}, Dialect.of(catalog.switches))


def _demand_path(catalog: Catalog, given: str, row: ServiceRequest) -> None:
    """The service's id; a front end that was seen to work sends the request's."""
    if given == row.service.id or (given == row.id and catalog.switches["answers_path"] == "either"):
        return
    catalog.service(given)
    raise invalid(catalog.switches, f"Request {row.id} is not for service {given}")


def _prefill(incoming: Incoming, catalog: Catalog, row: ServiceRequest) -> dict[str, list[str]]:
    """Answers of completed requests for the same service; later ids win. They are shown, not kept."""
    how = catalog.switches["prefill_list"]
    given = incoming.query.texts("prefillRequestIds")
    if how != "repeated":
        given = [one for value in given for one in value.split(",")]
    answers: dict[str, list[str]] = {}
    for request_id in given[:1] if how == "comma" and len(incoming.query.texts("prefillRequestIds")) > 1 else given:
        old = catalog.requests.get(request_id.strip())
        if old is not None and old.service is row.service and old.state is State.COMPLETED:
            answers.update(old.answers if catalog.may_read(old, incoming.user) else {})
    return answers


# --- order drafts


def _add_submit(api: FastAPI, catalog: Catalog, desk: OrderDesk) -> None:
    @api.post(BASE + "/orders")
    async def submit(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        body = await incoming.body()
        ids = _order_ids(body.raw("requests"), catalog)
        body.done()
        good: list[ServiceRequest] = []
        repeated: list[ServiceRequest] = []
        problems: list[Problem] = []
        for request_id in dict.fromkeys(ids):
            _sort_in(catalog, desk, incoming.user, request_id, good, repeated, problems)
        if catalog.switches["double_order"] == "second_request":
            good += [desk.copy(row) for row in repeated]
        desk.judge(problems, bool(good or repeated))
        order_id = _order_id(catalog, desk, incoming.user, good, repeated)
        incoming.commit(bool(good))
        if catalog.switches["orders_answer"] == "empty_body":
            return empty()
        details = [_detail(row.id) for row in good] if catalog.switches["orders_answer"] == "with_details" else []
        errors = [desk.problem_view(problem) for problem in problems]
        return answer({"id": order_id, "requestErrors": errors, "requestDetails": details, "expectedDate": None})


def _order_ids(value: Any, catalog: Catalog) -> list[str]:
    """The example's list of objects; the list of strings of the table by switch."""
    if not isinstance(value, list) or not value:
        raise invalid(catalog.switches, "requests must be a list that is not empty")
    ids = []
    for index, item in enumerate(value):
        if isinstance(item, str) and catalog.switches["orders_items"] == "either":
            ids.append(item)
        else:
            entry = Body(item, catalog.switches, f"requests[{index}]")
            ids.append(entry.needed("id"))
            entry.done()
    return ids


def _sort_in(
    catalog: Catalog,
    desk: OrderDesk,
    user: User,
    request_id: str,
    good: list[ServiceRequest],
    repeated: list[ServiceRequest],
    problems: list[Problem],
) -> None:
    """Whether a request can be ordered, was ordered before, or why not."""
    try:
        row = catalog.draft(request_id, user)
    except ApiError as error:
        problems.append(Problem(error.number, error.text, request_id=request_id))
        return
    if row.state is not State.DRAFT:
        if catalog.switches["double_order"] == "error":
            problems.append(Problem(ALREADY_THERE, f"Request {row.id} was ordered already", request_id=row.id))
        else:
            repeated.append(row)
        return
    missing = desk.unanswered(row) if catalog.switches["missing_answers"] != "accepted" else []
    if not missing:
        good.append(row)
        return
    text = f"Request {row.id}: required questions are not answered: {', '.join(missing)}"
    if catalog.switches["missing_answers"] == "400":
        raise invalid(catalog.switches, text, REQUIRED)
    problems.append(Problem(REQUIRED, text, request_id=row.id))


def _order_id(
    catalog: Catalog, desk: OrderDesk, user: User, good: list[ServiceRequest], repeated: list[ServiceRequest]
) -> str | None:
    """The new order; if all was ordered before, the old one or a number that leads nowhere; if nothing is, none."""
    if good:
        return desk.submit(good, user).id
    if not repeated:
        return None
    return repeated[0].order_id if catalog.switches["double_order"] == "same_order" else catalog.next_id("order")


def _detail(request_id: str | None, errors: list[Any] | None = None, collaborators: list[str] | None = None) -> dict[str, Any]:
    return {
        "id": request_id,
        "expectedDate": None,
        "generatesSrmRequest": False,
        "requestErrors": errors,
        "collaborators": collaborators,
    }


# --- all in one call


def _add_one_call(api: FastAPI, catalog: Catalog, desk: OrderDesk) -> None:
    @api.post(BASE + "/orders/requests")
    async def order(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        body = await incoming.body()
        title, share, entries = body.text("title"), bool(body.flag("collaboratorsEnabled")), body.objects("serviceRequests")
        body.done()
        if not entries:
            raise invalid(catalog.switches, "serviceRequests must be a list that is not empty", REQUIRED)
        wishes = [_one_call_wish(entry, catalog, incoming.user) for entry in entries]
        for wish in wishes:
            desk.check_limit(wish)
        drafted = _draft_all(catalog, desk, wishes)
        _demand_answers(catalog, desk, drafted)
        _judge(desk, drafted)
        first = [line[0] for line in drafted.lines]
        placed = desk.submit(first, incoming.user, title, share) if first else None
        incoming.commit(bool(first))
        return answer(_ordered(catalog, desk, drafted, placed, incoming.user if share else None))


def _one_call_wish(entry: Body, catalog: Catalog, user: User) -> Wish:
    """The same and more; dependencies are a list here. There is no place for answers in the document."""
    requester = entry.text("requestedByUserId")
    wish = _wish(entry, catalog, user)
    if requester and requester != user.login:
        wish.by = _requester(catalog, user, requester)
    if catalog.switches["one_call_questions"] == "accepted":
        wish.answers = _answers(entry)
    wish.extras["dependencies"] = entry.texts("dependencies")
    wish.extras["summary"] = entry.text("summary")
    wish.extras["externalActivities"] = [_external(one, catalog) for one in entry.objects("externalActivities") or ()]
    entry.done()
    return wish


def _requester(catalog: Catalog, user: User, login: str) -> User:
    found = catalog.find_user(login)
    if found is None:
        raise ApiError(catalog.switches.number("validation_status"), f"User {login} not found.", NO_ENTRY)
    if not user.is_agent:
        raise ApiError(catalog.switches.number("forbidden_status"), f"Not allowed to request as {login}", NOT_ALLOWED)
    return found


def _external(entry: Body, catalog: Catalog) -> dict[str, str]:
    """A ticket elsewhere; one of three keys must tell where."""
    external = {"externalActivityId": entry.needed("externalActivityId")}
    for name in ("externalActivityDisplayId", "externalActivityType", *_CONNECTIONS):
        value = entry.text(name)
        if value:
            external[name] = value
    entry.done()
    if not any(name in external for name in _CONNECTIONS):
        raise invalid(catalog.switches, f"One of {', '.join(_CONNECTIONS)} is needed", REQUIRED)
    return external


def _draft_all(catalog: Catalog, desk: OrderDesk, wishes: list[Wish]) -> Drafted:
    """Drafts of all wishes; what is wrong with one does not stop the others, unless a switch wants it."""
    whole = Drafted()
    for wish in wishes:
        if wish.service_id not in catalog.services or not catalog.services[wish.service_id].published:
            whole.problems.append(unknown_service(wish.service_id))
            continue
        try:
            drafted = desk.draft(wish)
        except ApiError:
            for line in whole.lines:
                desk.forget(line)
            raise
        whole.lines += drafted.lines
        whole.problems += drafted.problems
    return whole


def _demand_answers(catalog: Catalog, desk: OrderDesk, drafted: Drafted) -> None:
    """Whether a service with required questions can be ordered this way is not documented."""
    how = catalog.switches["one_call_missing_answers"]
    if how == "accepted":
        return
    missing = [(line, labels) for line in drafted.lines if (labels := desk.unanswered(line[0]))]
    if missing and how == "400":
        for line in drafted.lines:
            desk.forget(line)
        raise invalid(catalog.switches, f"Required questions are not answered: {', '.join(missing[0][1])}", REQUIRED)
    for line, labels in missing:
        text = f"Required questions are not answered: {', '.join(labels)}"
        drafted.problems.append(Problem(REQUIRED, text, line[0].service.id, line[0].for_user))
        drafted.lines.remove(line)
        desk.forget(line)


def _ordered(catalog: Catalog, desk: OrderDesk, drafted: Drafted, placed: Order | None, sharer: User | None) -> dict[str, Any]:
    """``SubmitServiceOrderResponseDto``: nothing in a detail tells which service or user it is for."""
    switches = catalog.switches
    of_parts = switches["bundle_details"] == "parts"
    rows = [row for line in drafted.lines for row in (line[1:] if of_parts and len(line) > 1 else line[:1])]
    collaborators = list(sharer.collaborators) if sharer else None
    errors = [desk.problem_view(problem) for problem in drafted.problems]
    details = [_detail(row.id, None, collaborators) for row in rows]
    if switches["order_errors_at"] == "details":
        details += [_detail(None, [error]) for error in errors]
        errors = []
    if switches["details_order"] == "reversed":
        details.reverse()
    return {
        "id": placed.id if placed else None,
        "requestErrors": errors,
        "requestDetails": details if switches["order_details"] == "filled" else [],
        "expectedDate": None,
    }
