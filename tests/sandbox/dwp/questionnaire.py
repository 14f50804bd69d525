# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questionnaires: questions, conditions between them, checks of answers, and their JSON shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..switches import Switchboard

Answers = Mapping[str, Sequence[str]]
#: data value and display value; rows of tables have a list of columns as display value
Option = tuple[str, str | tuple[str, ...]]

#: a guess, as nobody saw these on the wire: their names there are switches
CHECK_BOXES, DATE = "CheckBoxes", "DatePicker"
TEXT_TYPES = frozenset({"TextField", "TextArea", DATE})
TABLE_TYPES = frozenset({"DataTable", "MultiSelectDataTable"})
CHOICE_TYPES = frozenset({"RadioButtons", "Dropdown", CHECK_BOXES, *TABLE_TYPES})
YES_NO = "YesNo"
MULTIPLE = frozenset({"MultiSelectDataTable", CHECK_BOXES})
MASK = "********"


_DATE_FORMS = {
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000",
    "epoch_ms": r"\d{13}",
}
_ANY_DATE = "|".join(_DATE_FORMS.values())


class AnswerError(ValueError):
    """An answer that the question does not take."""


@dataclass(frozen=True)
class Dialect:
    """What the switches say of questions: names of types, the form of dates, what becomes of confidential answers."""

    names: Mapping[str, str]
    date_form: str
    confidential: str

    @classmethod
    def of(cls, switches: Switchboard) -> Dialect:
        names = {CHECK_BOXES: str(switches["check_boxes_type"]), DATE: str(switches["date_type"])}
        date_form = _DATE_FORMS.get(str(switches["date_answers"]), _ANY_DATE)
        return cls(names, date_form, str(switches["confidential_answers"]))

    def name(self, kind: str) -> str:
        return self.names.get(kind, kind)


@dataclass(frozen=True)
class Question:
    """A page item. ``*_by`` is the id of a question that decides about this one, ``*_for`` what its answers lead to."""

    id: str
    type: str
    label: str
    required: bool = False
    description: str = ""
    options: tuple[Option, ...] = ()
    default: tuple[str, ...] = ()
    max_length: int | None = None
    confidential: bool = False
    hidden: bool = False
    read_only: bool = False
    tags: tuple[str, ...] = ()
    visible_by: str | None = None
    visible_for: tuple[str, ...] = ()
    options_by: str | None = None
    options_for: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    answer_by: str | None = None
    answer_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def depends_on(self, question_id: str) -> bool:
        return question_id in (self.visible_by, self.options_by, self.answer_by)

    def values(self, answers: Answers) -> list[str]:
        """The answer that counts: the given one, or else the default."""
        return list(answers.get(self.id) or self.default)

    def options_now(self, whole: Questionnaire, answers: Answers) -> tuple[Option, ...]:
        if self.options_by is None:
            return self.options
        chosen = whole.question(self.options_by).values(answers)
        return self.options_for.get(chosen[0] if chosen else "", ())

    def visible_now(self, whole: Questionnaire, answers: Answers) -> bool:
        if self.hidden:
            return False
        if self.visible_by is None:
            return True
        decider = whole.question(self.visible_by)
        return decider.visible_now(whole, answers) and any(value in self.visible_for for value in decider.values(answers))

    def check(self, values: Sequence[str], whole: Questionnaire, answers: Answers, dialect: Dialect) -> None:
        """Refuse what this question does not take; no values at all take an answer back."""
        if self.read_only:
            raise AnswerError(f"Question {self.label!r} is read only")
        if len(values) > 1 and self.type not in MULTIPLE:
            raise AnswerError(f"Question {self.label!r} takes one answer only")
        if self.type == YES_NO:
            allowed: list[str] | None = ["true", "false"]
        elif self.type in CHOICE_TYPES:
            allowed = [value for value, _display in self.options_now(whole, answers)]
        else:
            allowed = None
        for value in values:
            if allowed is not None and value not in allowed:
                raise AnswerError(f"{value!r} is not an option of question {self.label!r}")
            if self.type == DATE and not re.fullmatch(dialect.date_form, value):
                raise AnswerError(f"{value!r} is not a date for question {self.label!r}")
            if self.max_length is not None and len(value) > self.max_length:
                raise AnswerError(f"The answer to {self.label!r} is longer than {self.max_length} characters")

    def item(self, whole: Questionnaire, answers: Answers, dialect: Dialect) -> dict[str, Any]:
        """The page item as the questionnaire shows it."""
        values = self.values(answers)
        item: dict[str, Any] = {
            "type": dialect.name(self.type),
            "id": self.id,
            "externalId": None,
            "perUser": False,
            "visible": self.visible_now(whole, answers),
            "useDefaultLocale": False,
            "label": self.label,
            "description": self.description and f"<p>{self.description}</p>",
            "required": self.required,
            "hidden": self.hidden,
            "readOnly": self.read_only,
            "answerSource": "SAVED",
            "tags": list(self.tags),
        }
        if self.type in TEXT_TYPES:
            item |= {"defaultAnswer": values[0] if values else None, "maxLength": self.max_length}
        else:
            item["defaultAnswers"] = values
        if self.type in CHOICE_TYPES:
            item["options"] = option_views(self.options_now(whole, answers))
        return {**item, "confidential": self.confidential}

    def answer_view(self, whole: Questionnaire, answers: Answers, dialect: Dialect) -> dict[str, Any] | None:
        """The submitted answer; confidential ones as a switch says (UNKNOWN)."""
        values = self.values(answers)
        if not values or (self.confidential and dialect.confidential == "omitted"):
            return None
        if self.confidential and dialect.confidential == "masked":
            values = [MASK]
        if self.type in CHOICE_TYPES:
            chosen = option_views(row for row in self.options_now(whole, answers) if row[0] in values)
        else:
            chosen = option_views((value, value) for value in values)
        return {
            "questionnaireId": whole.id,
            "questionId": self.id,
            "questionType": dialect.name(self.type),
            "label": self.label,
            "options": chosen,
            "answers": values,
        }


@dataclass(frozen=True)
class Page:
    """A page of questions."""

    id: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Questionnaire:
    """All pages; ``user_limit`` is for how many users one set of answers may be given."""

    id: str
    guid: str
    pages: tuple[Page, ...]
    user_limit: int = 20

    @property
    def questions(self) -> Iterator[Question]:
        return (question for page in self.pages for question in page.questions)

    def find(self, question_id: str) -> Question | None:
        return next((question for question in self.questions if question.id == question_id), None)

    def question(self, question_id: str) -> Question:
        found = self.find(question_id)
        if found is None:
            raise AnswerError(f"Question {question_id} is not part of questionnaire {self.id}")
        return found

    def view(self, answers: Answers, dialect: Dialect) -> dict[str, Any]:
        """As in the document's example, where most of the outer fields are null."""
        empty = ("guid", "createDate", "modifiedDate", "rxId", "summary", "workflowId", "questionnaireGroupId", "name")
        return {
            "id": self.id,
            **dict.fromkeys(empty),
            "bulkRequestedForUserLimit": self.user_limit,
            "pages": [
                {
                    "id": page.id,
                    "externalId": None,
                    "perUser": False,
                    "title": page.title,
                    "pageItems": [question.item(self, answers, dialect) for question in page.questions],
                }
                for page in self.pages
            ],
            "useDefaultLanguage": False,
        }

    def give(self, answers: dict[str, list[str]], question_id: str, values: list[str], dialect: Dialect) -> list[Question]:
        """Keep an answer; the questions that it changes, whose own answers may have been set or become void."""
        self.question(question_id).check(values, self, answers, dialect)
        before = {question.id: question.values(answers) for question in self.questions}
        answers[question_id] = values
        affected = [question for question in self.questions if question.depends_on(question_id)]
        for question in affected:
            if question.answer_by == question_id:
                answers[question.id] = list(question.answer_for.get(values[0] if values else "", ()))
            if question.options_by == question_id:
                allowed = [value for value, _display in question.options_now(self, answers)]
                answers[question.id] = [value for value in before[question.id] if value in allowed]
        return affected

    def missing(self, answers: Answers, hidden_too: bool) -> list[Question]:
        """Required questions without an answer; hidden ones count by switch (UNKNOWN)."""
        return [
            question
            for question in self.questions
            if question.required
            and not any(value.strip() for value in question.values(answers))
            and (hidden_too or question.visible_now(self, answers))
        ]

    def answer_views(self, answers: Answers, dialect: Dialect) -> list[dict[str, Any]]:
        views = (question.answer_view(self, answers, dialect) for question in self.questions)
        return [view for view in views if view is not None]


def option_views(options: Any) -> list[dict[str, Any]]:
    return [
        {"dataValue": value, "displayValue": list(display) if isinstance(display, tuple) else display}
        for value, display in options
    ]


def change_views(whole: Questionnaire, affected: list[Question], answers: Answers, shape: str) -> dict[str, Any]:
    """What an answer did to other questions: the document's example is broken, so its shape is a switch."""
    views: dict[str, Any] = {}
    for question in affected if shape in ("map", "lists", "options_only") else ():
        options = option_views(question.options_now(whole, answers))
        values, visible = question.values(answers), question.visible_now(whole, answers)
        if shape == "map":
            views[question.id] = {"answers": values, "options": options, "visible": visible}
            continue
        changes: list[dict[str, Any]] = []
        if question.type in CHOICE_TYPES:
            rows = {"questionMultiColumn": {"data": options}} if question.type in TABLE_TYPES else {"options": options}
            changes.append({"type": "ListOptionsChange", **rows})
        if shape == "lists":
            changes += [{"type": "VisibilityChange", "visible": visible}, {"type": "AnswersChange", "answers": values}]
        if changes:
            views[question.id] = changes
    return views
