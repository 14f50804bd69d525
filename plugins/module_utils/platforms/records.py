# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shapes in which platforms hand over what they read. Private to the collection."""

from __future__ import annotations

from collections.abc import Collection
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
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

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

    C(states) are normalised states or the platform's own words, in any case; C(modified_since) is ISO 8601 with a zone.
    """

    states: Collection[str] = ()
    since_id: str | None = None
    last: int | None = None
    requested_for: str | None = None
    requested_by: str | None = None
    service: str | None = None
    modified_since: str | None = None
    mine: bool = False
    limit: int | None = None
    scan_details: bool = False


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
