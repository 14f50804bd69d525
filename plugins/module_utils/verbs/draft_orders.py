# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drafts are ordered together, each once. Private to the collection.

What comes of ordering a draft twice is not known (fact sheet on Digital Workplace, 7). So after a call that got no clear answer
the requests are looked at, and only those that did not come of it are ordered again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..platforms.records import Problem, Request
from ..transport.errors import ApiError, DeskError, OutcomeUnknown
from ..transport.retry import backoff
from .ordering import ROUNDS, RUN_AGAIN, Wish, blame, is_definite, look_at, settle_time
from .parallel import HOPELESS
from .spec import Context
from .waiting import poll

# What tells a request from the draft that it was: where reads show drafts, their status is that of new requests.
Moment: TypeAlias = "tuple[str, str | None, str | None]"
CHECK_CATALOG = "Check that the catalog is up, then run the task again: it reads first"
LOOK_FIRST = "Look at the requests of the user before you run the task again: without match_on it would order again"


@dataclass(eq=False)
class Drafted:
    """Requests that wait to be ordered, and whose wishes they are; of a bundle these are its parts."""

    wishes: list[Wish]
    request_ids: tuple[str, ...]
    bundle_id: str | None


@dataclass
class _Order:
    """Drafts that are ordered together.

    C(left) are the requests that are not known to be ordered, C(before) is what reads showed of them as drafts, C(unclear) says
    why they may be ordered all the same. C(problems) are those of the answer. With C(is_part) it is part of an order that was
    refused as a whole.
    """

    drafts: list[Drafted]
    left: list[str]
    before: Mapping[str, Moment]
    unclear: OutcomeUnknown | None = None
    problems: tuple[Problem, ...] = ()
    is_part: bool = False

    @property
    def settle_timeout(self) -> float:
        return settle_time([wish for one in self.drafts for wish in one.wishes])

    def part(self, drafts: list[Drafted]) -> _Order:
        """The order of some of the drafts, as far as it is left."""
        own = {request_id for one in drafts for request_id in one.request_ids}
        return _Order(drafts, [one for one in self.left if one in own], self.before, self.unclear, is_part=True)


def order_drafts(context: Context, drafted: Sequence[Drafted]) -> None:
    drafts = [one for one in drafted if one.wishes and one.request_ids]
    if drafts:
        request_ids = [request_id for one in drafts for request_id in one.request_ids]
        bundle_ids = [one.bundle_id for one in drafts if one.bundle_id]
        _order(context, _Order(drafts, request_ids, _seen_as_drafts(context, [*bundle_ids, *request_ids])))


def _seen_as_drafts(context: Context, request_ids: Sequence[str]) -> dict[str, Moment]:
    """How reads show requests before they are ordered, if they do. Afterwards that is no sign that they were."""
    try:
        return {request_id: _moment(found) for request_id, found in context.platform.requests_by_id(request_ids).items()}
    except DeskError:
        # What a catalog says when it is asked for drafts is not known. If it is more than that, the order will be told so too.
        return {}


def _moment(request: Request) -> Moment:
    return request.status, request.created_at, request.updated_at


def _order(context: Context, order: _Order) -> None:
    """Order drafts; what the catalog refuses as a whole is halved until the culprit stands alone."""
    reason = _placed(context, order)
    left = set(order.left)
    _conclude(context, [one for one in order.drafts if left.isdisjoint(one.request_ids)], order)
    rest = [one for one in order.drafts if not left.isdisjoint(one.request_ids)]
    if reason is None or not rest:
        return
    if len(rest) == 1 or isinstance(reason, (OutcomeUnknown, *HOPELESS)):
        for one in rest:
            _fail(context, one, order, reason)
        return
    middle = len(rest) // 2
    _order(context, order.part(rest[:middle]))
    _order(context, order.part(rest[middle:]))


def _placed(context: Context, order: _Order) -> ApiError | None:
    """Order until there is a clear answer, each time only what did not come of the last call; why the rest was not ordered."""
    for attempt in range(1, ROUNDS + 1):
        fault: ApiError
        is_empty = False
        try:
            problems: tuple[Problem, ...] | None = context.platform.order(order.left)
        except ApiError as error:
            fault = error
        else:
            if problems is not None:
                _take(context, order, problems)
                return None
            is_empty = True
            fault = OutcomeUnknown("The catalog answers orders with nothing at all", method="POST", path="/orders")
        is_refused = not isinstance(fault, OutcomeUnknown) and is_definite(fault)
        if is_refused and order.unclear is None:
            return fault
        try:
            _look_for(context, order, had_time=is_refused and order.is_part)
        except DeskError as error:
            said = fault.message if order.unclear is None else _both(order.unclear, fault)
            message = f"{said}; looking for the request failed too: {error.message}"
            return OutcomeUnknown.of(fault, message, hint=_run_again(error))
        if not order.left:
            return None
        if not isinstance(fault, OutcomeUnknown):
            return fault
        if fault.may_still_come:
            message = f"{fault.message}. No request shows up, but the catalog may still be at work on it"
            return OutcomeUnknown.of(fault, message, hint=f"Wait a while. {RUN_AGAIN}")
        if attempt == ROUNDS or (is_empty and attempt > 1):
            return OutcomeUnknown.of(fault, f"{fault.message}. No request shows up", hint=CHECK_CATALOG)
        order.unclear = fault
        context.clock.sleep(backoff(attempt))
    raise AssertionError("unreachable")


def _look_for(context: Context, order: _Order, *, had_time: bool) -> None:
    """Look for what is left. Where reads show a bundle and none of its parts, it stands for them."""
    bundles = {one.bundle_id: one.request_ids for one in order.drafts if one.bundle_id}
    parts_of_all = [part for parts in bundles.values() for part in parts]
    seen = _see(context, order, [*bundles, *parts_of_all, *order.left], had_time=had_time)
    for bundle_id, parts in bundles.items():
        if bundle_id in seen and seen.isdisjoint(parts):
            order.left = [one for one in order.left if one not in parts]


def _see(context: Context, order: _Order, request_ids: Iterable[str], *, had_time: bool) -> set[str]:
    """Read requests until all that is left shows, or the time for that is over. What shows comes back, and is no longer left."""
    asked_for = list(dict.fromkeys(request_ids))
    seen: set[str] = set()

    def look() -> bool:
        found = context.platform.requests_by_id(asked_for)
        seen.update(request_id for request_id, one in found.items() if _moment(one) != order.before.get(request_id))
        order.left = [one for one in order.left if one not in seen]
        return not order.left

    poll(context, 0.0 if had_time else order.settle_timeout, look)
    return seen


def _take(context: Context, order: _Order, problems: Sequence[Problem]) -> None:
    """Note a clear answer. Against what an earlier call has ordered there is nothing but that."""
    refused = {problem.request_id for problem in problems}
    order.left = [one for one in order.left if one in refused]
    if order.unclear is not None and order.left:
        with contextlib.suppress(DeskError):
            # Where looking fails, the catalog's word stands beside the answer that was lost.
            _see(context, order, order.left, had_time=order.is_part)
        problems = [problem for problem in problems if problem.request_id is None or problem.request_id in order.left]
    order.problems, order.left = tuple(problems), []


def _fail(context: Context, one: Drafted, order: _Order, reason: ApiError) -> None:
    """Some of the draft's requests were not ordered, or nobody knows. Others may have been."""
    seen = [request_id for request_id in one.request_ids if request_id not in order.left]
    if seen and not one.bundle_id:
        look_at(context, one.wishes, seen)
    for wish in (wish for wish in one.wishes if wish.is_open):
        wish.error = _explained(wish, order, reason)
        # Of a bundle that was ordered in part, something was ordered.
        wish.is_ordered = bool(seen and one.bundle_id)


def _explained(wish: Wish, order: _Order, reason: DeskError) -> DeskError:
    """What is told of a wish: an answer that was lost leaves open what came of it, whatever was said later."""
    if isinstance(reason, OutcomeUnknown):
        unclear, message, hint = reason, reason.message, reason.hint
    elif order.unclear is not None:
        unclear, message, hint = order.unclear, _both(order.unclear, reason), _run_again(reason)
    else:
        return reason
    return OutcomeUnknown.of(unclear, f"{wish.name}: {message}", hint=hint if wish.has_key else LOOK_FIRST)


def _run_again(reason: DeskError) -> str:
    return f"{reason.hint.rstrip('.')}. {RUN_AGAIN}" if reason.hint else RUN_AGAIN


def _both(unclear: OutcomeUnknown, refusal: DeskError) -> str:
    return f"{unclear.message.rstrip('.')}; when it was ordered again: {refusal.message}"


def _conclude(context: Context, drafted: Sequence[Drafted], order: _Order) -> None:
    """Say of each wish what became of it."""
    if not drafted:
        return
    problems = order.problems
    refused = {problem.request_id for problem in problems}
    ordered = [request_id for one in drafted for request_id in one.request_ids if request_id not in refused]
    bundle_ids = [one.bundle_id for one in drafted if one.bundle_id and not refused.issuperset(one.request_ids)]
    strays = look_at(context, [wish for one in drafted for wish in one.wishes], ordered, bundle_ids=bundle_ids)
    unnamed = [problem for problem in problems if problem.request_id is None]
    for one in drafted:
        own = [problem for problem in problems if problem.request_id in one.request_ids]
        left = [wish for wish in one.wishes if wish.is_open]
        unseen = [request_id for request_id in one.request_ids if request_id in strays]
        if own and one.bundle_id:
            # A bundle without one of its parts is not what was wished.
            blame(one.wishes, own)
        elif len(left) > len(unseen) or (unnamed and left):
            blame(left, () if unseen else own or unnamed)
        else:
            for wish in left:
                wish.count_as_ordered(one.bundle_id or (one.request_ids[0] if len(one.request_ids) == 1 else None))
    for wish in (wish for one in drafted for wish in one.wishes):
        if wish.error is not None and not isinstance(wish.error, OutcomeUnknown):
            wish.error = _explained(wish, order, wish.error)
