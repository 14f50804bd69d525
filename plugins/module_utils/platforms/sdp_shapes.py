# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: the API's objects as records, and what it is asked with. Private to the collection.

Section numbers in comments are those of the fact sheet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..transport.errors import ApiError, OptionError, OutcomeUnknown, described
from ..transport.http import LOOK_FIRST, NOT_THE_API
from .expected import objects_in
from .markup import plain_text
from .records import CANCELLED, COMPLETED, DENIED, OPEN, PENDING, STATES, UNKNOWN, Comment, Request
from .sdp_values import as_object, iso_time, reference

NAME = "sdp_cloud"

Row = dict[str, Any]
_SEPARATORS = re.compile(r"[\s_-]")

# 6: names in use; a tenant may rename them, but not the internal names.
STATE_OF_WORD = {
    "open": OPEN,
    "onhold": OPEN,
    "inprogress": OPEN,
    "assigned": OPEN,
    "resolved": COMPLETED,
    "closed": COMPLETED,
    "cancelled": CANCELLED,
    "canceled": CANCELLED,
    "rejected": DENIED,
}
# 6: what these fields of a request name: another record, or a user.
LOOKUPS = frozenset(
    (
        *("status", "priority", "urgency", "impact", "level", "mode", "request_type", "category", "subcategory", "item"),
        *("group", "site", "template", "sla", "service_category", "department"),
    )
)
USERS = frozenset({"requester", "on_behalf_of", "technician", "editor"})
# What a request is made a record of.
SHOWN = (
    *("display_id", "subject", "status", "requester", "created_by", "created_time", "last_updated_time", "template"),
    "approval_status",
)
# What lists of requests show beside that.
LISTED = (
    *("technician", "group", "priority", "due_by_time", "is_service_request", "has_notes", "has_attachments"),
    "cancellation_requested",
)
CLOSED_WORDS = frozenset({"closed", "cancelled", "canceled"})
# 3: what the server is told to leave out for a state; a list that is too long is narrowed here, one too short could not be.
_UNDER_WAY = ("Open", "On Hold", "In Progress")
_ENDED = ("Resolved", "Closed", "Cancelled")
LEFT_OUT = {
    OPEN: _ENDED,
    PENDING: _ENDED,
    COMPLETED: (*_UNDER_WAY, "Cancelled"),
    CANCELLED: (*_UNDER_WAY, "Resolved", "Closed"),
}


def request(row: Row) -> Request:
    """A request of a list or of its own."""
    status = as_object(row.get("status"))
    word = str(status.get("name") or status.get("internal_name") or "")
    state = state_of(status)
    return Request(
        id=str(row["id"]),
        display_id=display_id(row),
        platform=NAME,
        state=PENDING if state == OPEN and _waits_for_approval(row) else state,
        status=word,
        subject=row.get("subject"),
        requested_for=person(row.get("requester")),
        requested_by=person(row.get("created_by")) or person(row.get("requester")),
        created_at=iso_time(row.get("created_time")),
        updated_at=iso_time(row.get("last_updated_time")),
        url=None,
        raw=row,
    )


def display_id(row: Row) -> str:
    """6: text for requests, an object for the others."""
    shown = row.get("display_id")
    if isinstance(shown, Mapping):
        shown = shown.get("display_value") or shown.get("value")
    return str(shown or row["id"])


def _known_word(status: Mapping[str, Any]) -> str | None:
    """What a status is, whatever a tenant calls it: by its internal name, or else by its name."""
    words = (_SEPARATORS.sub("", str(status.get(key) or "")).lower() for key in ("internal_name", "name"))
    return next((word for word in words if word in STATE_OF_WORD), None)


def _waits_for_approval(row: Row) -> bool:
    return "pending" in str(as_object(row.get("approval_status")).get("name")).lower()


def state_of(status: Mapping[str, Any]) -> str:
    """The normalised state: by what the status is, or by whether the clock runs."""
    word = _known_word(status)
    if word is not None:
        return STATE_OF_WORD[word]
    if isinstance(status.get("in_progress"), bool):
        return OPEN if status["in_progress"] else UNKNOWN
    return UNKNOWN


def is_closed(request: Request) -> bool:
    """Whether a request is closed for good; one that is resolved is not (6)."""
    return _known_word(as_object(request.raw.get("status"))) in CLOSED_WORDS


def person(user: Any) -> str | None:
    """E-mail address or name of a user."""
    found = as_object(user)
    return found.get("email_id") or found.get("name")


def note(row: Row) -> Comment:
    """A note of a request (5.4)."""
    return Comment(
        id=str(row.get("id") or ""),
        text=plain_text(str(row.get("description") or "")),
        author=person(row.get("added_by") or row.get("created_by")) or "",
        visibility="public" if row.get("show_to_requester") else "internal",
        created_at=iso_time(row.get("added_time") or row.get("created_time")),
        attachments=(),
        raw=row,
    )


def encoded(body: Any) -> str:
    """C(input_data): strict JSON (2)."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def request_fields(fields: Mapping[str, Any]) -> Row:
    """Fields of a request as the API wants them: a plain text for a lookup is a name, an id, or an e-mail address."""
    return {name: _reference(name, value) for name, value in fields.items()}


def _reference(name: str, value: Any) -> Any:
    return reference(value, is_user=name in USERS) if name in LOOKUPS | USERS else value


def resources(template: Mapping[str, Any], answers: Mapping[str, tuple[str, ...]]) -> Row:
    """The answers to the questions of a service template, by their labels, in the form of the API (5.2).

    Raises:
        OptionError: a question or a choice is not known.
    """
    questions = _questions(template)
    found: Row = {}
    for label, given in answers.items():
        key, question = _question(label, questions)
        found.setdefault(key, {})[question["key"]] = _answer(question, given)
    return found


def unanswered(template: Mapping[str, Any], resources: Mapping[str, Any]) -> list[str]:
    """The labels of the questions that must be answered and are not."""
    return [
        str(question["name"])
        for key, question in _questions(template)
        if question.get("mandatory") and question["key"] not in resources.get(key, {})
    ]


def questions(template: Mapping[str, Any]) -> list[Row]:
    """The questions of a template as users see them."""
    return [
        {
            "id": question["key"],
            "label": str(question.get("name")),
            "type": str(question.get("type") or question["key"].split("_")[1]),
            "required": bool(question.get("mandatory")),
            "options": [{"value": str(one.get("id")), "label": one.get("name")} for one in objects_in(question, "options")],
        }
        for dummy, question in _questions(template)
    ]


def _questions(template: Mapping[str, Any]) -> list[tuple[str, Row]]:
    """The questions of a template, each with the key of the resource that it belongs to."""
    return [
        (str(resource.get("key") or f"res_{resource['id']}"), question)
        for resource in objects_in(template, "resources")
        for question in objects_in(resource, "questions")
    ]


def _question(label: str, questions: list[tuple[str, Row]]) -> tuple[str, Row]:
    wanted = label.strip().casefold()
    names = [str(question.get("name")) for _key, question in questions]
    same = [one for one in questions if wanted == str(one[1].get("name")).strip().casefold() or label == one[1].get("key")]
    if len(same) == 1:
        return same[0]
    listed = ", ".join(repr(name) for name in names[:12]) or "none that the template tells"
    problem = "several questions are" if same else "no question is"
    raise OptionError(f"answers: {problem} labelled {label!r}", hint=f"The questions are {listed}")


def _answer(question: Row, given: tuple[str, ...]) -> Any:
    options = {str(option.get("name")).casefold(): option["name"] for option in question.get("options") or ()}
    for text in given:
        if options and text.casefold() not in options:
            named = ", ".join(repr(name) for name in options.values())
            # An answer may be secret.
            raise OptionError(f"answers: {question['name']!r}: the answer is not among the choices", hint=f"They are {named}")
    values = [options.get(text.casefold(), text) for text in given]
    kind = str(question.get("type") or question["key"].split("_")[1])
    if kind == "check":
        return [{"name": value} for value in values]
    return {"value" if kind == "text" else "name": values[0] if values else ""}


def criterion(field: str, condition: str, *values: Any) -> Row:
    """One search criterion (3). What is nothing cannot be searched for with a value."""
    if None in values:
        raise OptionError(f"{field}: it cannot be searched for without a value")
    texts = [str(value) for value in values]
    return {"field": field, "condition": condition, **({"value": texts[0]} if len(texts) == 1 else {"values": texts})}


def of_states(words: Sequence[str]) -> list[Row]:
    """What the server is told of normalised states or its own words. What it cannot be told is filtered afterwards (6)."""
    normalised = [word.lower() for word in words if word.lower() in STATES]
    if words and not normalised:
        return [criterion("status.name", "is", *words)]
    if not words or len(normalised) < len(words):
        return []
    everything = (*_UNDER_WAY, *_ENDED)
    others = [name for name in everything if all(name in LEFT_OUT.get(word, everything) for word in normalised)]
    return [criterion("status.name", "is not", *others)] if others else []


def all_of(criteria: Sequence[Row]) -> Row | list[Row] | None:
    """Criteria that must all be met. A single one goes as an object: an array of one was refused somewhere (3)."""
    if not criteria:
        return None
    if len(criteria) == 1:
        return dict(criteria[0])
    return [dict(criteria[0]), *({**one, "logical_operator": "AND"} for one in criteria[1:])]


def unexpected(method: str, path: str, wanted: str, got: Any) -> ApiError:
    """The answer is none of those that are known. What a write was answered with may hide that it was carried out."""
    kind, hint = (ApiError, NOT_THE_API) if method == "GET" else (OutcomeUnknown, LOOK_FIRST)
    return kind(f"{method} {path}: expected {wanted}, got {described(got)}", method=method, path=path, hint=hint)
