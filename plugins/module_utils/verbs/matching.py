# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked for, and what there is of it already. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..platforms.records import APPROVED, COMPLETED, OPEN, PENDING, UNKNOWN, Comment, Request, Wanted
from ..transport.errors import Ambiguous, DeskError, NotFound
from .answers import as_texts, is_same_answer
from .catalog import Found, find_service, look_up_services
from .ordering import Snapshot, Wish
from .parallel import HOPELESS, each
from .spec import Context, Item, ItemResult

CRITERIA = ("service", "requested_for", "answers", "key")
BY_DEFAULT = ("service", "requested_for")
# States of a request that make another one superfluous. A key names a request for good, so there it may be completed too.
UNDER_WAY = (PENDING, APPROVED, OPEN, UNKNOWN)
UNDER_WAY_OR_DONE = (*UNDER_WAY, COMPLETED)
KEY_PREFIX = "deskops.itsm key: "


@dataclass(eq=False)
class Task:
    """An item, its result, and a wish for each of its users; C(found) are those that need no order of their own."""

    item: Item
    result: ItemResult
    wishes: list[Wish] = field(default_factory=list)
    found: set[Wish] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.result.error is None

    @property
    def match_on(self) -> tuple[str, ...]:
        wanted = self.item["match_on"]
        if wanted is not None:
            return tuple(wanted)
        return (*BY_DEFAULT, "key") if self.item["key"] else BY_DEFAULT

    @property
    def match_states(self) -> frozenset[str]:
        wanted = self.item["match_states"]
        if wanted is not None:
            return frozenset(word.lower() for word in wanted)
        return frozenset(UNDER_WAY_OR_DONE if "key" in self.match_on else UNDER_WAY)


def find_known(context: Context, tasks: Sequence[Task]) -> None:
    """Items that name a request: it has to exist."""
    known = [task for task in tasks if task.item["request_id"]]
    if not known:
        return
    found = context.platform.requests_by_id([str(int(task.item["request_id"])) for task in known])
    for task in known:
        request_id = str(int(task.item["request_id"]))
        request = found.get(request_id)
        if request is None:
            hint = "Check the id, and that the account may see the request"
            task.result.fail(NotFound(f"Request {request_id} does not exist", hint=hint))
            continue
        service = {"id": context.platform.ordered_of(request)["service_id"], "name": request.subject}
        wish = Wish(service, user=request.requested_for or "", wanted=Wanted("", ()), answers={})
        wish.adopt(request)
        task.wishes, task.found = [wish], {wish}


def make_wishes(context: Context, tasks: Sequence[Task]) -> None:
    """A wish for each item and user, once it is clear which service is meant."""
    if not tasks:
        return
    services = _look_up(context, tasks)
    claimed_ids: set[str] = set()
    for task in tasks:
        service = services[task.item["service"]]
        if isinstance(service, DeskError):
            task.result.fail(service)
            continue
        try:
            wanted = _wanted(task.item, service)
            _check_criteria(task, service)
        except DeskError as error:
            task.result.fail(error)
            continue
        users = _distinct(context.platform, task.item["requested_for"] or [context.platform.user])
        task.wishes = [_one_wish(task, service, user, wanted, claimed_ids) for user in users]


def _look_up(context: Context, tasks: Sequence[Task]) -> dict[str, Found]:
    """The services; one that the account does not see may be one that its user is entitled to."""
    services = look_up_services(context.platform, [task.item["service"] for task in tasks], concurrency=context.concurrency)
    hidden = {task.item["service"]: task for task in tasks if isinstance(services[task.item["service"]], NotFound)}
    for name, task in hidden.items():
        for user in (task.item["requested_for"] or ())[:1]:
            try:
                services[name] = find_service(context.platform, name, requested_for=user, concurrency=context.concurrency)
            except HOPELESS:
                raise
            except DeskError:
                continue
    return services


def _check_criteria(task: Task, service: dict[str, Any]) -> None:
    if "answers" in task.match_on and service["bundled_services"]:
        message = f"{service['name']!r} is a bundle, whose answers belong to its parts: a request cannot be found by them"
        raise task.item.error("match_on", message, hint="Leave answers out of it, and use key instead")


def _distinct(platform: Any, users: Sequence[str]) -> list[str]:
    """Each user once, however the login is written."""
    kept: dict[str, list[str]] = {}
    for user in users:
        same_key = kept.setdefault(platform.user_key(user), [])
        if not any(platform.is_user(one, user) for one in same_key):
            same_key.append(user)
    return [user for same_key in kept.values() for user in same_key]


def _one_wish(task: Task, service: dict[str, Any], user: str, wanted: Wanted, claimed_ids: set[str]) -> Wish:
    item = task.item
    return Wish(
        service=service,
        user=user,
        wanted=wanted,
        answers={str(name): as_texts(value) for name, value in (item["answers"] or {}).items()},
        prefill_request_ids=tuple(item["prefill_request_ids"] or ()),
        title=item["title"],
        share=bool(item["share"]),
        settle_timeout=item["settle_timeout"],
        has_key=bool(task.match_on),
        compares_answers="answers" in task.match_on,
        claimed_ids=claimed_ids,
    )


def _wanted(item: Item, service: dict[str, Any]) -> Wanted:
    return Wanted(
        service_id=service["id"],
        users=(),
        quantity=item["quantity"] or 1,
        excluded=tuple(_part_id(item, service, part) for part in item["excluded_services"] or ()),
        on_behalf_of=item["on_behalf_of"],
        reference_request_id=item["reference_request_id"],
        summary=item["summary"],
        external_activities=tuple(item["external_activities"] or ()),
    )


def _part_id(item: Item, service: dict[str, Any], id_or_name: str) -> str:
    parts = service["bundled_services"]
    same = [part["id"] for part in parts if id_or_name in (part["id"], part["name"])]
    if len(same) != 1:
        named = ", ".join(f"{part['name']} ({part['id']})" for part in parts) or "none: it is no bundle"
        message = f"{id_or_name!r} is not one of the parts of {service['name']!r}"
        raise item.error("excluded_services", message, hint=f"Its parts are {named}")
    return str(same[0])


def match(context: Context, tasks: Sequence[Task]) -> None:
    """Find what is there already; several under way that fit are an error, for nobody can tell which is meant."""
    wishes = [(task, wish) for task in tasks if task.is_open and task.match_on for wish in task.wishes if wish.is_open]
    if not wishes:
        return
    snapshot = Snapshot(context, [wish.user for _task, wish in wishes])
    _match_with(context, snapshot, wishes)
    missing = [(task, wish) for task, wish in wishes if task.is_open and wish.is_open]
    snapshot.add_unlisted(wish for _task, wish in missing)
    _match_with(context, snapshot, missing)


def _match_with(context: Context, snapshot: Snapshot, wishes: Sequence[tuple[Task, Wish]]) -> None:
    def look(one: tuple[Task, Wish]) -> None:
        task, wish = one
        candidates = snapshot.of(wish, besides=wish.known_ids)
        wish.known_ids |= {request.id for request in candidates}
        fitting = [request for request in candidates if task.match_states & {request.state, request.status.lower()}]
        fitting = [request for request in fitting if _fits(context, task, wish, request)]
        if fitting:
            wish.adopt(_the_one(wish, fitting))
            task.found.add(wish)

    errors = each(look, wishes, concurrency=context.concurrency, stop_on_error=False)
    for (task, _one), error in zip(wishes, errors, strict=True):
        if error is not None and task.is_open:
            task.result.fail(error)


def _the_one(wish: Wish, requests: Sequence[Request]) -> Request:
    """The request under way; where none is, the latest of those that have ended, for it shows how things are."""
    under_way = [request for request in requests if request.state in UNDER_WAY]
    if len(under_way) > 1:
        raise _ambiguous(wish, under_way)
    return under_way[0] if under_way else max(requests, key=lambda request: (request.created_at or "", int(request.id)))


def _fits(context: Context, task: Task, wish: Wish, request: Request) -> bool:
    """Whether a request of the service and the user is the one that is meant."""
    if "key" in task.match_on and not _has_key(context.platform.comments(request.id), task.item["key"]):
        return False
    return "answers" not in task.match_on or _has_answers(context.platform.answers_of(request.id), wish)


def _has_key(comments: Iterable[Comment], key: str) -> bool:
    return any(comment.text == key_comment(key) for comment in comments)


def key_comment(key: str) -> str:
    """The text of the comment that keeps a key on a request."""
    return f"{KEY_PREFIX}{' '.join(key.split())}"


def _has_answers(rows: Sequence[Mapping[str, Any]], wish: Wish) -> bool:
    """Whether a request was made with these answers; each may be given by its value or by its label."""
    for name, given in wish.answers.items():
        row = next((row for row in rows if name == row["question_id"] or _same(name, row["label"])), None)
        if row is None or not is_same_answer(given, row):
            return False
    return True


def _same(one: Any, other: Any) -> bool:
    return str(one or "").strip().casefold() == str(other or "").strip().casefold()


def _ambiguous(wish: Wish, requests: Sequence[Request]) -> Ambiguous:
    listed = ", ".join(f"{request.id} ({request.status}, {request.created_at})" for request in requests)
    return Ambiguous(
        f"{wish.user} has {len(requests)} requests for {wish.service['name']!r} that fit: {listed}",
        hint="Name one with request_id, tell them apart with answers or key in match_on, or narrow match_states",
    )
