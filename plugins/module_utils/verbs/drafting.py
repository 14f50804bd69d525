# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that ask questions are ordered: drafts are made and answered, then ordered together. Private to the collection.

A draft is no order, so making one again does no harm. What comes of ordering a draft twice is not known (fact sheet on Digital
Workplace, 7). So after a call that got no clear answer the requests are looked at, and only those that did not come of it are
ordered again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias, TypeVar

from ..platforms.records import Draft, Problem, Request, Wanted
from ..transport.errors import ApiError, DeskError, OutcomeUnknown
from ..transport.retry import backoff
from .answers import Given, Sheet
from .ordering import (
    REQUESTS_AT_ONCE,
    ROUNDS,
    RUN_AGAIN,
    USERS_AT_ONCE,
    Ordered,
    Wish,
    blame,
    grouped,
    is_definite,
    look_at,
    settle_time,
)
from .parallel import HOPELESS, each
from .spec import Context
from .waiting import poll

Result = TypeVar("Result")
Questions = tuple[tuple[str, tuple[str, ...]], ...]
# What tells a request from the draft that it was: where reads show drafts, their status is that of new requests.
Moment: TypeAlias = "tuple[str, str | None, str | None]"
CHECK_CATALOG = "Check that the catalog is up, then run the task again: it reads first"
LOOK_FIRST = "Look at the requests of the user before you run the task again: without match_on it would order again"


@dataclass(eq=False)
class _Drafted:
    """Requests that wait to be ordered, and whose wishes they are; of a bundle these are its parts."""

    wishes: list[Wish]
    request_ids: tuple[str, ...]
    bundle_id: str | None


@dataclass
class _Group:
    """Wishes for the same service with the same answers. C(questions) is what a draft takes along, once it is known."""

    wishes: list[Wish]
    questionnaires: list[Any] | None = None
    questions: Questions | None = None
    drafted: list[_Drafted] = field(default_factory=list)

    @property
    def wanted(self) -> Wanted:
        return self.wishes[0].wanted

    @property
    def to_draft(self) -> list[Wish]:
        drafted = {id(wish) for drafted in self.drafted for wish in drafted.wishes}
        return [wish for wish in self.wishes if wish.is_open and id(wish) not in drafted]

    @property
    def users_at_once(self) -> int:
        """How many users one draft may be for: questionnaires have a limit, and only of one bundle the id is told."""
        limits: list[int] = [one.user_limit for one in self.questionnaires or () if one.user_limit]
        return 1 if self.wishes[0].part_ids else min([USERS_AT_ONCE, *limits])

    def fail(self, error: DeskError) -> None:
        for wish in self.to_draft:
            wish.error = error


def order_with_answers(context: Context, wishes: Sequence[Wish], ordered: Ordered = lambda wishes: None) -> None:
    """Order with answers; C(is_ordered), C(request) and C(error) of each wish say what became of it.

    C(ordered) is told the wishes of each call when it is through.
    """
    groups = [_Group(group) for group in grouped(wishes, _is_answered_alike)]
    firsts: dict[str, _Group] = {}
    for group in groups:
        firsts.setdefault(repr(group.wanted), group)
    _side_by_side(context, _probe, firsts.values())
    for group in groups:
        _learn(group, firsts[repr(group.wanted)])
    _side_by_side(context, _probe, groups)
    _side_by_side(context, _draft_others, groups)
    drafted = [one for group in groups for one in group.drafted]
    for start in range(0, len(drafted), REQUESTS_AT_ONCE):
        part = drafted[start : start + REQUESTS_AT_ONCE]
        _order_all(context, part)
        ordered([wish for one in part for wish in one.wishes])


def _is_answered_alike(wish: Wish) -> tuple[Any, ...]:
    return wish.wanted, wish.answers, wish.prefill_request_ids, wish.compares_answers


def _side_by_side(context: Context, work: Callable[[Context, _Group], None], groups: Iterable[_Group]) -> None:
    """Do the work for each group that has something left to be drafted; one that fails does not stop the others."""
    open_groups = [group for group in groups if group.to_draft]
    errors = each(
        partial(work, context),
        open_groups,
        concurrency=context.concurrency,
        stop_on_error=False,
        progress=context.counting("drafted"),
    )
    for group, error in zip(open_groups, errors, strict=True):
        if error is not None:
            group.fail(error)


def _learn(group: _Group, first: _Group) -> None:
    """Where no answer changes another question, the questionnaire of the first group is enough to check these answers."""
    if group.questions is not None or first.questionnaires is None or group.wishes[0].prefill_request_ids:
        return
    group.questionnaires = first.questionnaires
    try:
        sheet = Sheet(first.questionnaires, group.wishes[0].answers)
        if sheet.is_static and not sheet.missing:
            sheet.check_comparable(group.wishes[0].compares_answers)
            group.questions = tuple((question_id, sheet.values(question_id)) for question_id in sheet.given_ids)
    except DeskError as error:
        group.fail(error)


def _probe(context: Context, group: _Group) -> None:
    """Find out how the questions are to be answered, with a draft for the first user who may have one."""
    while group.questions is None and group.to_draft:
        wish = group.to_draft[0]
        draft = _draft_alone(context, group, wish)
        if draft is not None:
            _answer(context, group, wish, draft)


def _answer(context: Context, group: _Group, wish: Wish, draft: Draft) -> None:
    """Answer a draft question by question, as a person would: what an answer changes is seen at once."""
    asked = _questionnaires(context, draft, wish)
    group.questionnaires = [questionnaire for _request_id, _service_id, questionnaire in asked]
    sheet = Sheet(group.questionnaires, {**_prefilled(group.questionnaires, wish), **wish.answers})
    sheet.check_comparable(wish.compares_answers)
    places = {
        question.id: {"service_id": service_id, "request_id": request_id, "questionnaire_id": questionnaire.id}
        for request_id, service_id, questionnaire in asked
        for question in questionnaire.questions
    }
    was_static = sheet.is_static
    questions = []
    for question_id in sheet.given_ids:
        if sheet.lacks_choices(question_id):
            sheet.refresh(_read_again(context, asked, wish))
        values = sheet.values(question_id)
        answer = partial(context.platform.answer, question_id=question_id, answers=values, **places[question_id])
        try:
            sheet.note(_until_clear(context, answer))
        except (OutcomeUnknown, *HOPELESS):
            raise
        except ApiError as refusal:
            raise sheet.wrong(question_id, f"the catalog refused the answer: {refusal.message}") from refusal
        questions.append((question_id, values))
    if sheet.missing or not was_static:
        # The answer to an answer need not tell all that it changes.
        sheet.refresh(_read_again(context, asked, wish))
    sheet.check_required()
    group.questions = tuple(questions)
    group.drafted.append(_Drafted([wish], draft.request_ids, draft.bundle_id))


def _questionnaires(context: Context, draft: Draft, wish: Wish) -> list[tuple[str, str, Any]]:
    """The questionnaires of a draft, with their requests and services: a bundle has one for each part that asks."""
    found = []
    for request_id, service_id in zip(draft.request_ids, draft.service_ids, strict=True):
        questionnaire = context.platform.questionnaire(request_id, prefill_request_ids=wish.prefill_request_ids)
        if questionnaire is not None:
            found.append((request_id, service_id or wish.wanted.service_id, questionnaire))
    return found


def _read_again(context: Context, asked: Sequence[tuple[str, str, Any]], wish: Wish) -> list[Any]:
    """The questionnaires of a draft as they are now."""
    read = (context.platform.questionnaire(one[0], prefill_request_ids=wish.prefill_request_ids) for one in asked)
    return [questionnaire for questionnaire in read if questionnaire is not None]


def _prefilled(questionnaires: Sequence[Any], wish: Wish) -> Given:
    """The answers of earlier requests: the platform shows them as defaults, but does not keep them."""
    if not wish.prefill_request_ids:
        return {}
    labels = {name.strip().casefold() for name in wish.answers}
    return {
        question.id: question.default
        for questionnaire in questionnaires
        for question in questionnaire.questions
        if question.default and not question.read_only and question.label.strip().casefold() not in labels
    }


def _draft_others(context: Context, group: _Group) -> None:
    """Drafts for the other users, with the answers that were found to be right."""
    others, at_once = group.to_draft, group.users_at_once
    for start in range(0, len(others), at_once):
        _draft_together(context, group, others[start : start + at_once])


def _draft_together(context: Context, group: _Group, wishes: list[Wish]) -> None:
    """A draft for some users. Those who cannot have one are tried without the others, who may be all right."""
    if len(wishes) == 1:
        alone = _draft_alone(context, group, wishes[0])
        if alone is not None:
            group.drafted.append(_Drafted(wishes, alone.request_ids, alone.bundle_id))
        return
    try:
        draft = _initiate(context, group, wishes)
    except (OutcomeUnknown, *HOPELESS):
        raise
    except ApiError:
        middle = len(wishes) // 2
        _draft_together(context, group, wishes[:middle])
        _draft_together(context, group, wishes[middle:])
        return
    refused = [wish for wish in wishes if any(wish.is_named_by(problem) for problem in draft.problems)]
    if not draft.request_ids or (draft.problems and not refused):
        refused = wishes
    accepted = [wish for wish in wishes if wish not in refused]
    if accepted:
        group.drafted.append(_Drafted(accepted, draft.request_ids, draft.bundle_id))
    for wish in refused:
        _draft_together(context, group, [wish])


def _draft_alone(context: Context, group: _Group, wish: Wish) -> Draft | None:
    """A draft for one user; without it, the wish says why."""
    try:
        draft = _initiate(context, group, [wish])
    except (OutcomeUnknown, *HOPELESS):
        raise
    except ApiError as refusal:
        wish.error = refusal
        return None
    if draft.problems or not draft.request_ids:
        blame([wish], draft.problems)
        return None
    return draft


def _initiate(context: Context, group: _Group, wishes: Sequence[Wish]) -> Draft:
    wanted = replace(group.wanted, users=tuple(wish.user for wish in wishes), questions=group.questions or ())
    draft: Draft = _until_clear(context, partial(context.platform.initiate, wanted))
    return draft


def _until_clear(context: Context, call: Callable[[], Result]) -> Result:
    """Repeat a call that may be repeated: a draft, or an answer that is set to the same value again."""
    for attempt in range(1, ROUNDS):
        try:
            return call()
        except OutcomeUnknown:
            context.clock.sleep(backoff(attempt))
    return call()


@dataclass
class _Order:
    """Drafts that are ordered together.

    C(left) are the requests that are not known to be ordered, C(before) is what reads showed of them as drafts, C(unclear) says
    why they may be ordered all the same. C(problems) are those of the answer. With C(is_part) it is part of an order that was
    refused as a whole.
    """

    drafts: list[_Drafted]
    left: list[str]
    before: Mapping[str, Moment]
    unclear: OutcomeUnknown | None = None
    problems: tuple[Problem, ...] = ()
    is_part: bool = False

    @property
    def settle_timeout(self) -> float:
        return settle_time([wish for one in self.drafts for wish in one.wishes])

    def part(self, drafts: list[_Drafted]) -> _Order:
        """The order of some of the drafts, as far as it is left."""
        own = {request_id for one in drafts for request_id in one.request_ids}
        return _Order(drafts, [one for one in self.left if one in own], self.before, self.unclear, is_part=True)


def _order_all(context: Context, drafted: Sequence[_Drafted]) -> None:
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


def _fail(context: Context, one: _Drafted, order: _Order, reason: ApiError) -> None:
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


def _conclude(context: Context, drafted: Sequence[_Drafted], order: _Order) -> None:
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
