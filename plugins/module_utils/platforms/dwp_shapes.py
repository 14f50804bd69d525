# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digital Workplace Catalog: the API's objects as records. Private to the collection.

Keys are read in every spelling that is known, unknown ones are kept in C(raw), missing ones are C(None): the vendor's
document and live servers do not agree on all of them (fact sheet, 2.0 and 2.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

from ..transport.errors import ApiError, described
from ..transport.http import NOT_THE_API
from .expected import fraction_in, list_in, objects_in, text_in
from .markup import plain_text
from .records import CANCELLED, COMPLETED, DENIED, EXPIRED, FAILED, OPEN, PENDING, Comment, Problem, Request

NAME = "bmc_dwp"

Row = dict[str, Any]
_SEPARATORS = re.compile(r"[\s-]+")

# 2.4: what the document says, what nobody was seen to write, and what live clients say.
SERVICE_KEYS = ("serviceversionId", "serviceVersionId", "serviceId")
PLURAL = {"serviceversionId": "serviceversionIds", "serviceId": "serviceIds"}
EXCLUDED = {"serviceversionId": "excludedServiceversionIds", "serviceId": "excludedServiceIds"}

# 3: the words that are known; all others mean that the request is under way.
STATE_OF_WORD = {
    "COMPLETED": COMPLETED,
    "CLOSED": COMPLETED,
    "FAILED": FAILED,
    "REJECTED": DENIED,
    "CANCELLED": CANCELLED,
    "CANCELED": CANCELLED,
    "EXPIRED": EXPIRED,
}
FILE_NAME_KEYS = ("name", "fileName", "filename", "attachmentName", "displayName")  # 9.13: the shape is unknown


@dataclass(frozen=True)
class Question:
    """A question of a questionnaire.

    One that is C(hidden) is never shown, one that is not C(visible) may be when others are answered. C(options) are pairs of
    the value that is sent and the label that people see.
    """

    id: str
    label: str
    type: str
    required: bool
    visible: bool
    hidden: bool
    read_only: bool
    default: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    max_length: int | None
    raw: Row = field(repr=False, compare=False)
    confidential: bool = False

    def as_dict(self) -> Row:
        """The question as users see it."""
        return {
            "id": self.id,
            "label": self.label,
            "type": self.type,
            "required": self.required,
            "visible": self.visible,
            "read_only": self.read_only,
            "default": list(self.default),
            "options": [{"value": value, "label": label} for value, label in self.options],
            "max_length": self.max_length,
        }


@dataclass(frozen=True)
class Questionnaire:
    """All questions of a service. C(user_limit) is the number of users that one set of answers may be for."""

    id: str
    questions: tuple[Question, ...]
    user_limit: int | None

    def as_dict(self) -> Row:
        """The questionnaire as users see it."""
        return {"id": self.id, "user_limit": self.user_limit, "questions": [question.as_dict() for question in self.questions]}


def request(row: Row) -> Request:
    """A request of C(GET /services/requests) and its like. Ids are numbers, kept as text (3)."""
    if not str(row["id"]).isdecimal():
        raise unexpected("GET", "/services/requests", "ids that are numbers", row["id"])
    status = row.get("status")
    status = status if isinstance(status, dict) else {"status": status}
    word = str(status.get("status") or "")
    return Request(
        id=str(row["id"]),
        display_id=str(row["id"]),
        platform=NAME,
        state=state_of(word),
        status=word,
        subject=row.get("name"),
        requested_for=text_in(row, "requestForUserId"),
        requested_by=text_in(row, "requestingUserId"),
        created_at=iso_time(status.get("startTime")),
        updated_at=iso_time(status.get("lastModifiedTime")),
        url=None,
        raw=row,
    )


def service_id_of(row: Mapping[str, Any]) -> str | None:
    """The id of the service that a request, a review or a rating is about."""
    status = row.get("status")
    places = (row, status) if isinstance(status, Mapping) else (row,)
    return next((str(place[key]) for place in places for key in SERVICE_KEYS if place.get(key)), None)


def state_of(word: str) -> str:
    """The normalised state of a status word."""
    known = _SEPARATORS.sub("_", word.strip()).upper()
    if known in STATE_OF_WORD:
        return STATE_OF_WORD[known]
    return PENDING if "APPROVAL" in known else OPEN


def comment(row: Row) -> Comment:
    """An activity of a request. Comments may come back as HTML (7): tags are taken off."""
    return Comment(
        id=str(row.get("id") or ""),
        text=plain_text(str(row.get("message") or row.get("text") or "")),
        author=str(row.get("authorLoginId") or row.get("authorLoginID") or ""),
        visibility=str(row.get("visibility") or "PUBLIC").lower(),
        created_at=iso_time(row.get("createDate")),
        attachments=tuple(file_name(one) for one in list_in(row, "attachments")),
        raw=row,
    )


def file_name(attachment: Any) -> str:
    """The name of an attached file, whatever its entry looks like."""
    if isinstance(attachment, Mapping):
        return next((str(attachment[key]) for key in FILE_NAME_KEYS if attachment.get(key)), "")
    return str(attachment)


def category(row: Row) -> Row:
    """A category as users see it."""
    return {
        "id": str(row["id"]),
        "name": row.get("name"),
        "parent_id": row.get("parentId"),
        "group_id": row.get("categoryGroupId"),
        "child_count": row.get("childCount"),
        "raw": row,
    }


def category_group(row: Row) -> Row:
    """A group of categories as users see it."""
    return {"id": str(row["id"]), "name": row.get("name"), "system_id": row.get("systemId"), "raw": row}


def service(row: Row) -> Row:
    """A service as users see it."""
    return {
        "id": str(row["id"]),
        "name": row.get("name"),
        "excerpt": row.get("excerpt"),
        "description": row.get("description"),
        "categories": [one.get("name") for one in objects_in(row, "categories")],
        "category_ids": [str(one.get("id")) for one in objects_in(row, "categories")],
        "bundled_services": [
            {"id": str(one.get("id")), "name": one.get("name")}
            for one in objects_in(row, "bundledServices")
        ],
        "price": row.get("price"),
        "rating": row.get("rating"),
        "rating_count": row.get("ratingCount"),
        "entitled": row.get("entitled"),
        "modified_at": iso_time(row.get("modifiedDate")),
        "raw": row,
    }


def review(row: Row) -> Row:
    """A review as users see it."""
    return {**_opinion(row), "title": text_in(row, "title"), "content": text_in(row, "content")}


def rating(row: Row) -> Row:
    """A rating as users see it."""
    return {**_opinion(row), "rating": fraction_in(row, "rating")}


def _opinion(row: Row) -> Row:
    return {
        "id": str(row["id"]),
        "service_id": service_id_of(row),
        "user_id": row.get("userId"),
        "updated_at": iso_time(row.get("modifiedDate")),
        "raw": row,
    }


def questionnaire(body: Any) -> Questionnaire | None:
    """The questions in the order of their pages; C(None) where the service has none."""
    whole = body.get("questionnaire") if isinstance(body, dict) else None
    if not isinstance(whole, dict):
        return None
    items = [item for page in objects_in(whole, "pages") for item in objects_in(page, "pageItems")]
    limit = whole.get("bulkRequestedForUserLimit")
    questions = tuple(_question(item) for item in items if item.get("id") and item.get("type"))
    return Questionnaire(str(whole.get("id") or ""), questions, limit if isinstance(limit, int) and limit > 0 else None)


def options_of(entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The choices of a question or of a change to it: values and labels; tables have several columns (6.2)."""
    rows = list_in(entry, "options")
    if not rows and isinstance(entry.get("questionMultiColumn"), dict):
        rows = list_in(entry["questionMultiColumn"], "data")
    return tuple((str(row.get("dataValue")), _label(row.get("displayValue"))) for row in rows if isinstance(row, dict))


def changes_of(answer: Any) -> dict[str, Row]:
    """What an answer does to other questions: C(visible), C(options) and C(answers), as far as they are told, by question.

    The document has an object for each question, a front end was seen to get a list of changes (6.4).
    """
    changes: dict[str, Row] = {}
    for question_id, entry in answer.items() if isinstance(answer, dict) else ():
        merged: Row = {}
        for change in entry if isinstance(entry, list) else [entry]:
            merged |= _change(change) if isinstance(change, dict) else {}
        changes[str(question_id)] = merged
    return changes


def _change(change: Row) -> Row:
    told: Row = {"options": options_of(change), "answers": tuple(str(one) for one in list_in(change, "answers"))}
    if isinstance(change.get("visible"), bool):
        told["visible"] = change["visible"]
    return {name: value for name, value in told.items() if value != ()}


def _question(item: Row) -> Question:
    default = item.get("defaultAnswers")
    if not default and item.get("defaultAnswer") not in (None, ""):
        default = [item["defaultAnswer"]]
    return Question(
        id=str(item["id"]),
        label=str(item.get("label") or ""),
        type=str(item["type"]),
        required=bool(item.get("required")),
        visible=bool(item.get("visible", True)) and not item.get("hidden"),
        hidden=bool(item.get("hidden")),
        read_only=bool(item.get("readOnly")),
        default=tuple(_default(one) for one in default or ()),
        options=options_of(item),
        max_length=item.get("maxLength"),
        raw=item,
        confidential=bool(item.get("confidential")),
    )


def _default(entry: Any) -> str:
    return str(entry.get("dataValue")) if isinstance(entry, dict) else str(entry)


def _label(display: Any) -> str:
    return " | ".join(str(column) for column in display) if isinstance(display, list) else str(display)


# The first call imports the other half of strptime: once here, and not in the fork of each task.
datetime.strptime("2026", "%Y")


def iso_time(text: Any) -> str | None:
    """A time of the API (3: C(2016-01-27T13:46:17.000+0000)) as ISO 8601; what is no time stays as it is."""
    if not text:
        return None
    for pattern in ("%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"):
        try:
            return datetime.strptime(str(text), pattern).isoformat(timespec="milliseconds")
        except ValueError:
            continue
    return str(text)


def rfc1123(iso: str) -> str:
    """A time for C(since) (3: C(Tue, 08 Mar 2016 17:49:05 GMT))."""
    moment = datetime.fromisoformat(iso.replace("Z", "+00:00"))
    return format_datetime(moment.astimezone(timezone.utc), usegmt=True)


def is_before(iso: str | None, other: str) -> bool:
    """Whether a time is before another, to the second, as C(since) is; what is no time is not."""
    try:
        moment, limit = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (iso or "", other))
        return moment < limit.replace(microsecond=0)
    except (TypeError, ValueError):
        return False


def rows_of(body: Any, path: str, key: str | None = None, *, method: str = "GET") -> list[Row]:
    """The records of a list, or an error: anything else stands for something gone wrong."""
    rows = body.get(key) if key and isinstance(body, dict) else body
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("id") for row in rows):
        raise unexpected(method, path, "a list of records", body)
    return rows


def record_of(body: Any, path: str, *, method: str = "GET") -> Row:
    """A single record, or an error."""
    if not isinstance(body, dict) or not body.get("id"):
        raise unexpected(method, path, "a record", body)
    return body


def unexpected(method: str, path: str, wanted: str, got: Any) -> ApiError:
    """The answer is none of those that the document or anybody's experience knows."""
    return ApiError(f"{method} {path}: expected {wanted}, got {described(got)}", method=method, path=path, hint=NOT_THE_API)


def problems_of(body: Any) -> tuple[Problem, ...]:
    """What C(requestErrors) say, at the top of an answer and in its details, in whatever shape (9.2)."""
    if not isinstance(body, Mapping):
        return ()
    entries: list[Any] = _errors_in(body)
    for detail in list_in(body, "requestDetails"):
        if isinstance(detail, Mapping):
            entries += _errors_in(detail)
    return tuple(_problem(entry) for entry in entries)


def _errors_in(body: Mapping[str, Any]) -> list[Any]:
    errors = body.get("requestErrors") or []
    return errors if isinstance(errors, list) else [errors]


def _problem(entry: Any) -> Problem:
    if not isinstance(entry, Mapping):
        return Problem(str(entry))
    words = (entry.get(key) for key in ("message", "messageText", "errorMessage", "appendedText"))
    text = next((str(word) for word in words if word), "no reason given")
    request_id = entry.get("requestId") or entry.get("id")
    user = entry.get("requestForUserId") or entry.get("userId")
    return Problem(text, _optional(request_id), _optional(user), service_id_of(entry))


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)
