# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that ask questions are ordered: drafts are made and answered, then ordered together. Private to the collection.

A draft is no order, so making one again does no harm. How drafts are ordered stands in draft_orders.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from ..platforms.records import Draft, Wanted
from ..transport.errors import ApiError, DeskError, OutcomeUnknown
from ..transport.retry import backoff
from .answers import Given, Sheet
from .draft_orders import Drafted, order_drafts
from .ordering import REQUESTS_AT_ONCE, ROUNDS, USERS_AT_ONCE, Ordered, Wish, blame, grouped
from .parallel import HOPELESS, each
from .spec import Context

Result = TypeVar("Result")
Questions = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass
class _Group:
    """Wishes for the same service with the same answers. C(questions) is what a draft takes along, once it is known."""

    wishes: list[Wish]
    questionnaires: list[Any] | None = None
    questions: Questions | None = None
    drafted: list[Drafted] = field(default_factory=list)

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
        order_drafts(context, part)
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
    group.drafted.append(Drafted([wish], draft.request_ids, draft.bundle_id))


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
            group.drafted.append(Drafted(wishes, alone.request_ids, alone.bundle_id))
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
        group.drafted.append(Drafted(accepted, draft.request_ids, draft.bundle_id))
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
