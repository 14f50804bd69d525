# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers to the questions of a service: from what users write to what the platform wants. Private to the collection.

An answer may be secret. So no error quotes what was given: it names the question, and what could be answered.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..transport.errors import OptionError

YES = frozenset({"true", "yes", "on", "1"})
NO = frozenset({"false", "no", "off", "0"})
YES_NO = "YesNo"
CHOICE_TYPES = frozenset({"Dropdown", "RadioButtons", "CheckBoxes", "DataTable", "MultiSelectDataTable"})
SINGLE_TYPES = frozenset({"TextField", "TextArea", "YesNo", "Dropdown", "RadioButtons", "DataTable"})
CHOICES_NAMED = 12
HIDDEN = "***"

Given = Mapping[str, tuple[str, ...]]


@dataclass
class _State:
    """A question as it is now: other answers may show it, hide it, or change its options."""

    question: Any
    is_visible: bool
    options: tuple[tuple[str, str], ...]
    values: tuple[str, ...]

    @property
    def has_choices(self) -> bool:
        return bool(self.options) or bool(self.question.options)


def as_texts(value: Any) -> tuple[str, ...]:
    """An answer as users write it (text, number, truth value, or a list of such) as the list of texts that it is."""
    values = value if isinstance(value, list) else [value]
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values if one is not None)


def is_answer(value: Any) -> bool:
    """Whether a value can be an answer."""
    values = value if isinstance(value, list) else [value]
    return all(isinstance(one, (str, int, float, bool)) for one in values)


class Sheet:
    """The answers to one questionnaire, checked against it.

    Args:
        questionnaires: those of the parts of a bundle, or a single one.
        given: the answers by label or id of their questions.

    Raises:
        OptionError: an answer is to no question, or its label is that of several.
    """

    def __init__(self, questionnaires: Iterable[Any], given: Given) -> None:
        self._states: dict[str, _State] = {}
        self.refresh(questionnaires)
        self._given: dict[str, tuple[str, ...]] = {}
        for name, values in given.items():
            question_id = self._question_id(name)
            if question_id in self._given:
                raise self.wrong(question_id, "it is answered twice", hint="Once by its label and once by its id, perhaps")
            self._given[question_id] = values

    @property
    def is_static(self) -> bool:
        """Whether no answer changes another question, as far as one can see: all are shown, and choices have their options."""
        return not any(
            (not state.is_visible and not state.question.hidden) or (state.question.type in CHOICE_TYPES and not state.options)
            for state in self._states.values()
        )

    @property
    def given_ids(self) -> list[str]:
        """The ids of the questions that are answered, in the order of the questionnaire."""
        return [question_id for question_id in self._states if question_id in self._given]

    def values(self, question_id: str) -> tuple[str, ...]:
        """What to send for a given answer: labels of choices become their values.

        Raises:
            OptionError: it is none of the choices, or too long.
        """
        state, given = self._states[question_id], self._given[question_id]
        question = state.question
        if question.read_only:
            raise _wrong(question, "it cannot be answered: the catalog fills it in itself")
        if len(given) > 1 and question.type in SINGLE_TYPES:
            raise _wrong(question, f"it takes one answer, not {len(given)}")
        if question.type == YES_NO and not state.options:
            return tuple(_truth(question, text) for text in given)
        if state.has_choices:
            names = [f"answer {number}" for number in range(1, len(given) + 1)] if len(given) != 1 else ["the answer"]
            options = state.options or question.options
            return tuple(_choice(question, options, text, name) for text, name in zip(given, names, strict=True))
        too_long = [text for text in given if question.max_length and len(text) > question.max_length]
        if too_long:
            raise _wrong(question, f"the answer has {len(too_long[0])} characters", hint=f"At most {question.max_length} fit")
        return given

    def lacks_choices(self, question_id: str) -> bool:
        """Whether the choices of a question are not known (yet)."""
        state = self._states[question_id]
        return state.question.type in CHOICE_TYPES and not state.options

    def refresh(self, questionnaires: Iterable[Any]) -> None:
        """Take over the questions as they are now."""
        for questionnaire in questionnaires:
            for question in questionnaire.questions:
                self._states[question.id] = _State(question, question.visible, question.options, question.default)

    def note(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """An answer was sent; C(changes) say what became of other questions: C(visible), C(options), C(answers)."""
        for other, change in changes.items():
            state = self._states.get(other)
            if state is None:
                continue
            state.is_visible = change.get("visible", state.is_visible)
            state.options = change.get("options") or state.options
            state.values = change.get("answers") or state.values

    def check_comparable(self, is_needed: bool) -> None:
        """The answers can be read again later on, if that is needed to find the request.

        Raises:
            OptionError: one of them is confidential, and will not be shown.
        """
        for question_id in self._given if is_needed else ():
            question = self._states[question_id].question
            if question.confidential:
                hint = "Leave answers out of match_on, and use key instead"
                raise _wrong(question, "it is confidential, so a request cannot be found by this answer", hint=hint)

    @property
    def missing(self) -> list[str]:
        """The required questions that are shown and have no answer, neither given nor by default."""
        return [
            state.question.label or question_id
            for question_id, state in self._states.items()
            if state.question.required
            and state.is_visible
            and not state.question.read_only
            and not any(text.strip() for text in self._given.get(question_id, state.values))
        ]

    def check_required(self) -> None:
        """Every required question that is shown has an answer.

        Raises:
            OptionError: some have none; all of them are named.
        """
        if self.missing:
            named = ", ".join(repr(label) for label in self.missing)
            raise OptionError(f"answers: required questions are not answered: {named}", hint="Add them to answers")

    def wrong(self, question_id: str, message: str, *, hint: str | None = None) -> OptionError:
        """An error about an answer, with the name of its question. C(message) may have words of the platform that repeat it."""
        question = self._states[question_id].question
        for text in filter(None, self._given.get(question_id, ())):
            message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", HIDDEN, message)
        return _wrong(question, message, hint=hint)

    def _question_id(self, name: str) -> str:
        if name in self._states:
            return name
        wanted = name.strip().casefold()
        same = [key for key, state in self._states.items() if state.question.label.strip().casefold() == wanted]
        if len(same) == 1:
            return same[0]
        if same:
            raise OptionError(f"answers: {len(same)} questions are labelled {name!r}", hint=f"Use their ids: {', '.join(same)}")
        labels = [state.question.label for state in self._states.values() if state.question.label]
        near = difflib.get_close_matches(name, labels, n=3) or labels[:CHOICES_NAMED]
        hint = f"The questions are: {', '.join(repr(label) for label in near)}" if near else "The service asks nothing"
        raise OptionError(f"answers: the service has no question {name!r}", hint=hint)


def is_same_answer(given: Sequence[str], row: Mapping[str, Any]) -> bool:
    """Whether an answer is that of a request: C(row) has its C(type), its C(answers), and the C(options) among them."""
    labels = {option["value"]: option["label"] for option in row["options"]}
    there = [(value, labels.get(value, value)) for value in row["answers"]]
    return len(there) == len(given) and all(
        any(_means(text, value, label, row["type"]) for text in given) for value, label in there
    )


def _means(text: str, value: str, label: str, question_type: str | None) -> bool:
    if _flat(text) == _flat(value):
        return True
    if question_type == YES_NO and text.strip().lower() in YES | NO:
        return value == ("true" if text.strip().lower() in YES else "false")
    return (question_type in CHOICE_TYPES or label != value) and text.strip().casefold() in (*_names_of(label), value.casefold())


def _flat(text: str) -> str:
    """Platforms change line ends, and the blanks around a text."""
    return " ".join(text.split())


def _choice(question: Any, options: Sequence[tuple[str, str]], text: str, name: str) -> str:
    """The value of a choice: values are known by themselves, labels in any case. In errors the answer has a C(name)."""
    if any(value == text for value, _label in options):
        return text
    wanted = text.strip().casefold()
    same = [value for value, label in options if wanted in _names_of(label)]
    same = same or [value for value, _label in options if value.casefold() == wanted]
    if len(same) == 1:
        return same[0]
    if len(same) > 1:
        raise _wrong(question, f"several choices are called like {name}", hint=f"Use the value: {', '.join(same)}")
    named = ", ".join(f"{label!r}" for _value, label in options[:CHOICES_NAMED])
    more = ", …" if len(options) > CHOICES_NAMED else ""
    raise _wrong(question, f"{name} is not among the choices", hint=f"They are: {named}{more}")


def _names_of(label: str) -> tuple[str, str]:
    """A row of a table may be called by all its columns or by the first."""
    return label.strip().casefold(), label.partition(" | ")[0].strip().casefold()


def _truth(question: Any, text: str) -> str:
    word = text.strip().lower()
    if word not in YES | NO:
        raise _wrong(question, "the answer is neither true nor false")
    return "true" if word in YES else "false"


def _wrong(question: Any, message: str, *, hint: str | None = None) -> OptionError:
    return OptionError(f"answers: {question.label or question.id!r}: {message}", hint=hint)
