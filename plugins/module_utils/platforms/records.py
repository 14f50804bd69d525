# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shapes in which platforms hand over what they read. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

PENDING = "pending"
APPROVED = "approved"
DENIED = "denied"
OPEN = "open"
COMPLETED = "completed"
FAILED = "failed"
CANCELLED = "cancelled"
EXPIRED = "expired"
QUARANTINED = "quarantined"
UNKNOWN = "unknown"
# Every normalised state; all other words are the platforms' own.
STATES = frozenset({PENDING, APPROVED, DENIED, OPEN, COMPLETED, FAILED, CANCELLED, EXPIRED, QUARANTINED, UNKNOWN})


def _words(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class Request:
    """A request of any platform, normalised.

    C(state) is one of the words above, C(status) the platform's own, times are ISO 8601 as precise as the platform gives
    them (Admin By Request: local time without a zone), C(raw) is the API's object.
    """

    id: str
    display_id: str
    platform: str
    state: str
    status: str
    subject: str | None
    requested_for: str | None
    requested_by: str | None
    created_at: str | None
    updated_at: str | None
    url: str | None
    raw: dict[str, Any] = field(repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The record as users see it."""
        return dict(vars(self))

    def without_raw(self) -> dict[str, Any]:
        """The record without the API's object, for before and after."""
        record = self.as_dict()
        del record["raw"]
        return record


@dataclass(frozen=True)
class Listing:
    """What a list call came to.

    C(records) are in the order of the API. C(truncated) says that there are more than the limit allowed. Everything with an
    id up to C(seen_up_to) is in the records or did not fit the query; C(None) when nothing came.
    """

    records: list[Any]
    truncated: bool = False
    seen_up_to: int | None = None


@dataclass(frozen=True)
class RequestQuery:
    """What a list of requests is asked for. Everything is optional; a platform says which of it it understands.

    C(states) are normalised states or the platform's own words, in any case; C(modified_since) is ISO 8601 with a zone;
    C(search_criteria) are in the platform's own grammar. C(cut_raw) leaves of the API's object what will be needed of it, for
    platforms that hand out many at once.
    """

    states: Sequence[str] = ()
    since_id: str | None = None
    last: int | None = None
    requested_for: str | None = None
    requested_by: str | None = None
    service: str | None = None
    modified_since: str | None = None
    subject: str | None = None
    search_criteria: Any = None
    mine: bool = False
    limit: int | None = None
    scan_details: bool = False
    cut_raw: Callable[[dict[str, Any]], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Comment:
    """A comment on a request. C(attachments) are the names of the files that hang on it."""

    id: str
    text: str
    author: str
    visibility: str
    created_at: str | None
    attachments: tuple[str, ...]
    raw: dict[str, Any] = field(repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The record as users see it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"attachments": list(self.attachments)}

    def without_raw(self) -> dict[str, Any]:
        """The record without the API's object, for before and after."""
        record = self.as_dict()
        del record["raw"]
        return record

    def says(self, *texts: str) -> bool:
        """Whether one of these is the text of the comment. How much white space there is does not count: platforms change it."""
        return _words(self.text) in {_words(text) for text in texts} - {""}


@dataclass(frozen=True)
class Problem:
    """Why a part of an order was not carried out. What it is about is told by whatever the platform names."""

    text: str
    request_id: str | None = None
    user: str | None = None
    service_id: str | None = None


@dataclass(frozen=True)
class Wanted:
    """A service for one or several users, as a catalog is asked for it.

    C(questions) are pairs of a question's id and its answers. C(external_activities) are dictionaries with C(id),
    C(display_id), C(type), and one of C(sub_catalog_id), C(connection_name), C(connection_id).
    """

    service_id: str
    users: tuple[str, ...]
    quantity: int = 1
    excluded: tuple[str, ...] = ()
    on_behalf_of: str | None = None
    reference_request_id: str | None = None
    questions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    summary: str | None = None
    external_activities: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Placed:
    """What an order came to: requests, as far as the platform tells them, and what it has against others.

    C(is_order) says whether anything was ordered at all.
    """

    request_ids: tuple[str, ...]
    problems: tuple[Problem, ...]
    is_order: bool


@dataclass(frozen=True)
class Draft:
    """Requests that can be ordered, and what the platform has against others. C(service_ids) has one for each request."""

    request_ids: tuple[str, ...]
    service_ids: tuple[str | None, ...]
    bundle_id: str | None
    problems: tuple[Problem, ...]
