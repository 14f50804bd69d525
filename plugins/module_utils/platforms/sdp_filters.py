# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: which requests are meant, as the server is told and as its rows are judged.

Private to the collection. Section numbers in comments are those of the fact sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..transport.errors import OptionError
from . import sdp_shapes as shapes
from . import sdp_values as values
from .records import Request, RequestQuery
from .sdp_shapes import all_of, criterion

Row = dict[str, Any]


def criteria_of(query: RequestQuery) -> Any:
    """What the server filters. What it cannot be trusted with, it is asked for too much of, and filtered by M(filter_of)."""
    criteria = shapes.of_states(query.states)
    criteria += [criterion(path, "is", wanted) for path, wanted in _values_of(query)]
    if query.modified_since:
        moment = _moment_of(query.modified_since)
        # What was never changed may have no time of a change (6).
        made = {**criterion("created_time", "greater or equal", moment), "logical_operator": "OR"}
        criteria.append({**criterion("last_updated_time", "greater or equal", moment), "children": [made]})
    raw = query.search_criteria
    if not criteria or not raw:
        return raw or all_of(criteria)
    return all_of([*criteria, {"children": raw} if isinstance(raw, list) else raw])


def filter_of(query: RequestQuery) -> Callable[[Request], bool]:
    """Tells whether a request is one of those asked for. What the server filters is checked again: it may ignore it.

    What a row does not show is no reason to leave it out. What the query comes to is worked out once, and not for each row.
    """
    words = {word.lower() for word in query.states}
    since_id = int(query.since_id) if query.since_id is not None else None
    moment = _moment_of(query.modified_since) if query.modified_since else None
    wanted = list(_values_of(query))

    def fits(request: Request) -> bool:
        if words and not words & {request.state, request.status.lower()}:
            return False
        if since_id is not None and int(request.id) < since_id:
            return False
        if moment is not None and not _is_modified(request.raw, moment):
            return False
        return all(_may_have(request.raw, path, value) for path, value in wanted)

    return fits


def _values_of(query: RequestQuery) -> Iterator[tuple[str, str]]:
    """The values that are asked for, with their dotted paths."""
    for field, user in (("requester", query.requested_for), ("created_by", query.requested_by)):
        if user:
            reference = values.reference(user, is_user=True)
            # A word that stands for nothing, such as null, is looked for as it is.
            ((key, value),) = reference.items() if isinstance(reference, Mapping) else [("name", user)]
            yield f"{field}.{key}", str(value)
    if query.service:
        yield "template.id", query.service
    if query.subject:
        yield "subject", query.subject


def _may_have(row: Row, path: str, wanted: str) -> bool:
    """Whether a row has a value, in any case, or does not show what it has; nothing is shown as such (6)."""
    value: Any = row
    for name in path.split("."):
        if value is None:
            break
        if not isinstance(value, Mapping) or name not in value:
            return True
        value = value[name]
    return str(value or "").strip().casefold() == wanted.strip().casefold()


def _is_modified(row: Row, moment: int) -> bool:
    """Whether a request was made or changed at this time or later, or does not show one of these times."""
    shown = [values.epoch_ms(row[name]) for name in ("last_updated_time", "created_time") if name in row]
    return len(shown) < 2 or any(one is not None and one >= moment for one in shown)


def _moment_of(text: str) -> int:
    moment = values.epoch_ms(text)
    if moment is None:
        raise OptionError(f"modified_since: {text!r} is not a time with a zone", hint="Write it as 2026-11-20T08:00:00Z")
    return moment
