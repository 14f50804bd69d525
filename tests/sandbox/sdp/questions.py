# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources: the questions of a service template, and the answers that a request gives to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import EXTRA_KEY, INVALID, INVALID_INPUT, WRONG_TYPE, Message
from .intake import Intake
from .store import Record


@dataclass(frozen=True)
class Question:
    """``kind`` is part of the key: text, simple (yes or no, radio buttons), select (one of), check (several of)."""

    id: str
    kind: str
    label: str
    mandatory: bool
    options: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        return f"qstn_{self.kind}_{self.id}"

    def view(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "key": self.key,
            "name": self.label,
            "type": self.kind,
            "mandatory": self.mandatory,
            "options": [{"id": option_id, "name": name} for option_id, name in self.options],
        }

    def read(self, given: Any) -> Any:
        """The answer as it is kept and shown; a ValueError's text is the message for what is wrong, empty for its form."""
        if self.kind == "check":
            if not isinstance(given, list):
                raise ValueError
            return [self._option(one) for one in given]
        if self.kind != "text":
            return self._option(given)
        if not isinstance(given, dict) or not isinstance(given.get("value"), str):
            raise ValueError
        return {"value": given["value"]}

    def _option(self, given: Any) -> dict[str, str]:
        if not isinstance(given, dict):
            raise ValueError
        for option_id, name in self.options:
            if str(given.get("id")) == option_id or ("id" not in given and given.get("name") == name):
                return {"id": option_id, "name": name}
        raise ValueError(INVALID_INPUT)


@dataclass(frozen=True)
class Resource:
    """Questions under one heading."""

    id: str
    name: str
    questions: tuple[Question, ...]

    @property
    def key(self) -> str:
        return f"res_{self.id}"

    def view(self) -> dict[str, Any]:
        return {"id": self.id, "key": self.key, "name": self.name, "questions": [one.view() for one in self.questions]}


def read_resources(intake: Intake, template: Record, given: Any) -> dict[str, Any]:
    """All answers; what is wrong with them goes to the problems of ``intake``."""
    if not isinstance(given or {}, dict):
        intake.problems.append(Message(WRONG_TYPE, field="resources"))
        return {}
    given = given or {}
    resources: tuple[Resource, ...] = template.values["_resources"]
    known = {resource.key for resource in resources}
    intake.problems += [Message(INVALID, EXTRA_KEY, f"resources.{key}") for key in given if key not in known]
    answers = {one.key: _read_one(intake, one, given.get(one.key) or {}) for one in resources}
    return {key: value for key, value in answers.items() if value}


def _read_one(intake: Intake, resource: Resource, given: Any) -> dict[str, Any]:
    where = f"resources.{resource.key}"
    if not isinstance(given, dict):
        intake.problems.append(Message(WRONG_TYPE, field=where))
        return {}
    known = {question.key for question in resource.questions}
    intake.problems += [Message(INVALID, EXTRA_KEY, f"{where}.{key}") for key in given if key not in known]
    found = {}
    for question in resource.questions:
        if given.get(question.key) in (None, [], {"value": ""}):
            if question.mandatory and not intake.free:
                intake.lacking[f"{where}.{question.key}"] = None
            continue
        try:
            found[question.key] = question.read(given[question.key])
        except ValueError as error:
            text = str(error)
            intake.problems.append(Message(INVALID if text else WRONG_TYPE, text or None, f"{where}.{question.key}"))
    return found
