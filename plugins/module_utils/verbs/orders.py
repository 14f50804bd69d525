# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services are ordered from a catalog, each once. Private to the collection."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..transport.errors import DeskError, OutcomeUnknown
from ..transport.retry import backoff
from .answers import is_answer
from .checks import check_criteria, is_id
from .drafting import order_with_answers
from .matching import BY_DEFAULT, CRITERIA, Task, find_known, key_comment, make_wishes, match
from .ordering import ROUNDS, Ordered, Wish, order_at_once
from .parallel import NotTried, each
from .spec import Context, Item, ItemResult
from .waiting import Goal, poll, wait_for

# What the single call takes and the way with answers does not.
ONLY_WITHOUT_ANSWERS = ("external_activities", "title", "summary", "share")
# What platforms change in comments.
MARKUP = "<>&"
CONNECTIONS = ("sub_catalog_id", "connection_name", "connection_id")


def _check(items: Sequence[Item]) -> None:
    """What is asked for is complete, and nothing contradicts itself."""
    for item in items:
        _check_what(item)
        _check_answers(item)
        _check_match(item)


def _check_what(item: Item) -> None:
    if item["state"] != "present":
        hint = "Allowed is present: the platform has no call that closes or cancels a request"
        raise item.error("state", f"{item['state']} is not possible here", hint=hint)
    if item["request_id"] is not None:
        if not is_id(item["request_id"]):
            raise item.error("request_id", f"{item['request_id']!r} is not an id", hint="Ids are whole numbers")
        if item["service"] is not None:
            raise item.error("request_id", "it cannot be combined with service", hint="It names a request that exists")
        return
    if not (item["service"] or "").strip():
        raise item.error("service", "it is missing", hint="Give the id or the exact name of a service")
    if item["requested_for"] is not None and not all(login.strip() for login in item["requested_for"] or [""]):
        raise item.error("requested_for", "it is empty", hint="Leave it out to request for the account itself")
    if item["quantity"] is not None and item["quantity"] < 1:
        raise item.error("quantity", f"{item['quantity']} is out of range", hint="Allowed is 1 or more")
    for option in ("reference_request_id", "prefill_request_ids"):
        ids = item[option] if isinstance(item[option], list) else [item[option]]
        for value in ids:
            if value is not None and not is_id(value):
                raise item.error(option, f"{value!r} is not an id", hint="Ids are whole numbers")
    for activity in item["external_activities"] or ():
        if not activity["id"].strip():
            raise item.error("external_activities", "id is empty")
        if not any(activity.get(name) for name in CONNECTIONS):
            raise item.error("external_activities", f"one of {', '.join(CONNECTIONS)} is needed")


def _check_answers(item: Item) -> None:
    for name, value in (item["answers"] or {}).items():
        if not is_answer(value):
            raise item.error("answers", f"{name!r} is no text, number, truth value, or list of such")
    if not item["answers"] and not item["prefill_request_ids"]:
        return
    for option in ONLY_WITHOUT_ANSWERS:
        if item[option]:
            hint = "The platform takes it only with the call that orders at once, and that call takes no answers"
            raise item.error(option, "it cannot be combined with answers", hint=hint)


def _check_match(item: Item) -> None:
    match_on = item["match_on"]
    key = item["key"]
    if key is not None and not key.strip():
        raise item.error("key", "it is empty")
    if key is not None and any(mark in key for mark in MARKUP):
        raise item.error("key", f"{key!r} has a character that platforms take for markup", hint="Not allowed are < > and &")
    if match_on is None:
        return
    check_criteria(item, match_on, CRITERIA)
    if "key" in match_on and not item["key"]:
        raise item.error("key", "it is missing, and match_on needs it")
    if item["key"] and "key" not in match_on:
        raise item.error("match_on", "key is given, but not used", hint="Add key to match_on, or leave match_on out")
    if "answers" in match_on and not item["answers"]:
        raise item.error("answers", "it is missing, and match_on needs it")


def ensure_ordered(context: Context) -> list[ItemResult]:
    """Read, order what is not there, read back, wait where that is wanted."""
    _check(context.items)
    tasks = [Task(item, ItemResult(item.index, _subject(item))) for item in context.items]
    find_known(context, tasks)
    make_wishes(context, [task for task in tasks if task.is_open and not task.item["request_id"]])
    match(context, tasks)
    tasks_to_do = _up_to_first_failure(context, tasks)
    missing = _without_repeats(context, tasks_to_do)
    if context.check_mode:
        _predict(context, missing)
    else:
        _order(context, tasks_to_do, missing)
    for task in tasks:
        _conclude(context, task)
    if not context.check_mode:
        _wait(context, tasks)
    return [task.result for task in tasks]


def _subject(item: Item) -> str:
    return f"request {item['request_id']}" if item["request_id"] else f"service {item['service']!r}"


# -- ordering ---------------------------------------------------------------------------------------------------------------


def _up_to_first_failure(context: Context, tasks: Sequence[Task]) -> list[Task]:
    """The items that may be worked on: with C(on_error=stop), what stands behind the first failed one is left alone."""
    failed = next((task for task in tasks if not task.is_open), None)
    if failed is None or context.on_error != "stop":
        return [task for task in tasks if task.is_open]
    position = list(tasks).index(failed)
    for task in tasks[position + 1 :]:
        if task.is_open and any(wish.is_open for wish in task.wishes):
            task.result.fail(NotTried(f"Not tried after the failure of {failed.result.subject}"), outcome="skipped")
    return [task for task in tasks if task.is_open]


def _without_repeats(context: Context, tasks: Sequence[Task]) -> list[Wish]:
    """The wishes that need an order. One that stands in the task twice is ordered once, unless each is to be ordered."""
    firsts: dict[str, list[Wish]] = {}
    missing = []
    for task in tasks:
        for position, wish in enumerate(task.wishes):
            if not wish.is_open:
                continue
            same = firsts.setdefault(_criteria(context, task, wish), []) if task.match_on else []
            first = next((one for one in same if context.platform.is_user(one.user, wish.user)), None)
            if first is None:
                same.append(wish)
                missing.append(wish)
            else:
                task.wishes[position] = first
                task.found.add(first)
    return missing


def _criteria(context: Context, task: Task, wish: Wish) -> str:
    """What wishes have in common that one request would do for."""
    values = {"key": task.item["key"], "answers": sorted(wish.answers.items())}
    more = [values[name] for name in sorted(set(task.match_on) - set(BY_DEFAULT))]
    return repr((wish.service["id"], context.platform.user_key(wish.user), more))


def _order(context: Context, tasks: Sequence[Task], missing: Sequence[Wish]) -> None:
    keys = {id(wish): task.item["key"] for task in tasks if task.item["key"] for wish in task.wishes if wish not in task.found}
    # Right after each call that orders: whoever is killed in between leaves requests that no key tells from others.
    keep = partial(_keep_keys, context, keys)
    if context.on_error != "stop":
        _order_all(context, missing, keep)
    else:
        _order_in_turn(context, tasks, missing, keep)


def _order_all(context: Context, wishes: Sequence[Wish], keep: Ordered) -> None:
    order_with_answers(context, [wish for wish in wishes if wish.answers or wish.prefill_request_ids], keep)
    order_at_once(context, [wish for wish in wishes if not wish.answers and not wish.prefill_request_ids], keep)


def _order_in_turn(context: Context, tasks: Sequence[Task], missing: Sequence[Wish], keep: Ordered) -> None:
    """Item by item, so that nothing is ordered after the first failure."""
    waiting = {id(wish) for wish in missing}
    failed: Task | None = None
    for task in tasks:
        own = [wish for wish in task.wishes if id(wish) in waiting and wish.is_open]
        if failed is not None and own:
            task.result.fail(NotTried(f"Not tried after the failure of {failed.result.subject}"), outcome="skipped")
            continue
        _order_all(context, own, keep)
        if any(wish.error for wish in own):
            failed = task


def _keep_keys(context: Context, keys: Mapping[int, str], wishes: Sequence[Wish]) -> None:
    """Write the key on each new request, as a comment that only the account itself sees."""
    to_mark = [(wish, key_comment(keys[id(wish)])) for wish in wishes if wish.is_ordered and id(wish) in keys]

    def mark(one: tuple[Wish, str]) -> None:
        wish, comment = one
        if wish.request_id is None:
            raise wish.error or DeskError("the platform does not show the request yet")
        _add_comment(context, wish.request_id, comment, wish.settle_timeout)

    errors = each(mark, to_mark, concurrency=context.concurrency, stop_on_error=False)
    for (wish, comment), error in zip(to_mark, errors, strict=True):
        if error is not None:
            wish.error = DeskError(
                f"{wish.name} was ordered, but its key could not be kept on it: {error.message}",
                hint=f"Add the internal comment {comment!r} to the request, or the next run will order again",
            )


def _add_comment(context: Context, request_id: str, text: str, settle_timeout: float) -> None:
    def is_there() -> bool:
        return any(comment.text == text for comment in context.platform.comments(request_id))

    for attempt in range(1, ROUNDS + 1):
        try:
            context.platform.add_comment(request_id, text=text, visibility="internal", notify=False)
            return
        except OutcomeUnknown as unclear:
            if poll(context, settle_timeout, is_there):
                return
            if attempt == ROUNDS or unclear.may_still_come:
                raise
            context.clock.sleep(backoff(attempt))


def _predict(context: Context, missing: Sequence[Wish]) -> None:
    for wish in missing:
        wish.is_ordered = True
    if any(wish.answers for wish in missing):
        context.warn("The answers were not checked: the catalog shows its questions only with a draft, and check mode makes none")


# -- results ----------------------------------------------------------------------------------------------------------------


def _conclude(context: Context, task: Task) -> None:
    """The item's result, from those of its wishes."""
    result = task.result
    created = [wish for wish in task.wishes if wish.is_ordered and wish not in task.found]
    result.has_written = bool(created)
    _describe(context, task)
    if result.error is not None:
        return
    errors = [wish.error for wish in task.wishes if wish.error is not None]
    if errors:
        more = f" ({len(errors)} of {len(task.wishes)} users)" if len(task.wishes) > 1 else ""
        result.fail(errors[0] if not more else _with_more(errors[0], more))
        return
    result.outcome = "created" if created else "unchanged"
    if any(wish.request is None for wish in created) and not context.check_mode:
        context.warn(
            f"{result.subject}: it was ordered, but the platform does not show the request yet. Until it does, another run orders"
            " it again: raise settle_timeout"
        )


def _describe(context: Context, task: Task) -> None:
    """What the item's result says of its requests, as far as it is clear what is meant."""
    if not task.wishes:
        return
    ordered = [wish for wish in task.wishes if wish.is_ordered]
    result = task.result
    # As it was found, also when it is waited for.
    result.before = result.before or {
        wish.user: _record(context, wish) if wish in task.found and wish.is_ordered else None for wish in task.wishes
    }
    result.after = {wish.user: _record(context, wish) if wish.is_ordered else None for wish in task.wishes}
    result.extra = {
        "request_id": next((wish.request_id for wish in ordered if wish.request_id), None),
        "service_id": task.wishes[0].service["id"],
        "requests": [_brief(wish, "unchanged" if wish in task.found else "created") for wish in ordered],
    }


def _with_more(error: DeskError, more: str) -> DeskError:
    wider = copy.copy(error)
    wider.message = f"{error.message.rstrip('.')}{more}"
    return wider


def _record(context: Context, wish: Wish) -> dict[str, Any]:
    """The request as it is, or as it will be."""
    if wish.request is not None:
        return {**wish.request.without_raw(), **context.platform.ordered_of(wish.request)}
    return {
        "id": wish.request_id,
        "platform": context.platform.name,
        "subject": wish.service["name"],
        "requested_for": wish.user,
        "requested_by": context.platform.user,
        "service_id": wish.service["id"],
        "quantity": wish.wanted.quantity,
    }


def _brief(wish: Wish, outcome: str) -> dict[str, Any]:
    request = wish.request
    return {
        "request_id": wish.request_id,
        "requested_for": wish.user,
        "outcome": outcome,
        "state": request.state if request else None,
        "status": request.status if request else None,
    }


def _wait(context: Context, tasks: Sequence[Task]) -> None:
    """Follow the requests of the items that ask for it; all of them at the same time."""
    waiting = [task for task in tasks if task.item["wait"] and task.is_open]
    goals = [(task, wish, _goal(task, wish)) for task in waiting for wish in task.wishes]
    wait_for(context, [goal for _task, _wish, goal in goals if goal.error is None])
    for task, wish, goal in goals:
        wish.request = goal.request or wish.request
        if goal.error is not None and task.is_open:
            task.result.fail(goal.error)
    for task in waiting:
        _describe(context, task)


def _goal(task: Task, wish: Wish) -> Goal:
    states = frozenset(word.strip().lower() for word in task.item["wait_for"])
    goal = Goal(wish.request_id or "", states, task.item["wait_timeout"], wish.request)
    if wish.request_id is None:
        message = f"{wish.name} was ordered, but the platform does not show the request yet, so it cannot be waited for"
        goal.error = DeskError(message, hint="Run the task again, or raise settle_timeout")
    return goal
