# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that shall be as wanted: what is known of each, and where they are found. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..platforms.records import CANCELLED, COMPLETED, DENIED, EXPIRED, FAILED, Request
from ..transport.errors import Ambiguous, Conflict, DeskError, NotFound
from .parallel import NotTried, each, fail, together
from .spec import Context, Item, ItemResult
from .ticket_checks import ABSENT, BY_DEFAULT, CLOSED

OVER = frozenset({COMPLETED, CANCELLED, DENIED, FAILED, EXPIRED})
CREATE, UPDATE, CLOSE, DELETE, NOTHING = "created", "updated", "closed", "deleted", "unchanged"
# They make a request what it is, and are not changed afterwards.
MADE_WITH = ("template", "resources")
NAMED = 10

Row = dict[str, Any]


@dataclass(eq=False)
class Ticket:
    """An item: what the request shall look like, what is there, and what is to be done.

    C(fields) are in the platform's own form; those that are C(unshown) cannot be compared. C(match) is what the request is
    found by, if not by its id: values by dotted path. C(known_ids) are the requests that fitted before anything was done.
    C(first) is the ticket of an earlier item with the same wish, where all the work is done.
    """

    item: Item
    result: ItemResult
    unshown: frozenset[str]
    template: Row | None = None
    fields: Row = field(default_factory=dict)
    match: Row = field(default_factory=dict)
    known_ids: set[str] = field(default_factory=set)
    request: Request | None = None
    changes: Row = field(default_factory=dict)
    action: str = NOTHING
    first: Ticket | None = None

    @property
    def is_open(self) -> bool:
        return self.result.error is None and self.first is None

    @property
    def found(self) -> Request:
        """The request that is there, for those who know that there is one."""
        if self.request is None:
            raise RuntimeError(f"{self.result.subject} was taken for found")
        return self.request

    @property
    def user(self) -> str | None:
        users = self.item["requested_for"]
        return users[0] if users else None

    @property
    def match_on(self) -> tuple[str, ...]:
        wanted = self.item["match_on"]
        if wanted is not None:
            return tuple(wanted)
        return ("key",) if self.item["key"] else BY_DEFAULT

    @property
    def match_states(self) -> frozenset[str]:
        return frozenset(word.strip().lower() for word in self.item["match_states"] or ())

    @property
    def is_among_open(self) -> bool:
        """Whether only those under way count. A key names a request for good, and closing twice is no failure."""
        is_for_good = "key" in self.match_on or bool(self.match_states)
        return not is_for_good and self.item["state"] != CLOSED and "status" not in self.fields

    @property
    def shown(self) -> Row:
        """The fields that the request shows."""
        return {name: value for name, value in self.fields.items() if name not in self.unshown}

    @property
    def compared(self) -> Row:
        """The fields that can be changed."""
        return {name: value for name, value in self.shown.items() if name not in MADE_WITH}

    @property
    def sent_along(self) -> Row:
        """What goes with a change, and does not make one."""
        return {name: value for name, value in self.fields.items() if name in self.unshown}


def describe(ticket: Ticket) -> None:
    """What the item's result says of its request."""
    request = ticket.request
    template = ticket.template or (request.raw.get("template") if request else None) or {}
    brief = {
        "request_id": request.id if request else None,
        "requested_for": ticket.user or (request.requested_for if request else None),
        "outcome": ticket.action,
        "state": request.state if request else None,
        "status": request.status if request else None,
    }
    ticket.result.extra = {
        "request_id": brief["request_id"],
        "service_id": template.get("id"),
        "requests": [brief] if request else [],
    }


def record_of(context: Context, ticket: Ticket, request: Request | None) -> Row:
    """The request by its user, with the fields that the item is about, in the form in which it writes them."""
    if request is None:
        return by_user(ticket, None)
    record = {**request.without_raw(), "fields": context.platform.as_asked(ticket.shown, request.raw)}
    if ticket.item["state"] == CLOSED:
        record["is_closed"] = context.platform.is_closed(request)
    return by_user(ticket, record)


def by_user(ticket: Ticket, record: Row | None) -> Row:
    """Before and after have the same form on all platforms; here there is one user, or whoever logs in."""
    return {ticket.user or "me": record}


def work(
    context: Context, task: Callable[[Context, Ticket], None], tickets: Sequence[Ticket], *, stop_on_error: bool = False
) -> None:
    """Do the work for each ticket, side by side; one that fails does not stop the others."""

    def do(ticket: Ticket) -> None:
        task(context, ticket)

    errors = each(do, tickets, concurrency=context.concurrency, stop_on_error=stop_on_error, progress=context.counting("settled"))
    for ticket, error in zip(tickets, errors, strict=True):
        if isinstance(error, NotTried):
            skip(ticket, error)
        elif error is not None:
            ticket.result.after = ticket.result.after if ticket.result.has_written else ticket.result.before
            ticket.result.fail(error)


def skip(ticket: Ticket, error: NotTried) -> None:
    ticket.result.after = ticket.result.before
    ticket.result.fail(error, outcome="skipped")


# -- what is there ----------------------------------------------------------------------------------------------------------


def find(context: Context, tickets: Sequence[Ticket]) -> None:
    """Requests with an id, and requests that are found by the same fields, are looked for together."""
    groups: dict[Any, list[Ticket]] = {}
    for ticket in tickets:
        kind = "id" if ticket.item["request_id"] else (tuple(ticket.match), ticket.is_among_open)
        if ticket.item["request_id"] or ticket.match:
            groups.setdefault(kind, []).append(ticket)
    found = list(groups.values())

    def look(group: list[Ticket]) -> None:
        find_group = _find_by_id if group[0].item["request_id"] else _find_by_match
        together(partial(find_group, context), group, concurrency=context.concurrency, failed=_fail_unfound)

    errors = each(look, found, concurrency=context.concurrency, stop_on_error=False)
    for group, error in zip(found, errors, strict=True):
        if error is not None:
            for ticket in group:
                _fail_unfound(ticket, error)
    work(context, _complete, [ticket for ticket in tickets if ticket.is_open and ticket.request is not None])


def _fail_unfound(ticket: Ticket, error: DeskError) -> None:
    fail(ticket.result, error)


def _find_by_id(context: Context, group: Sequence[Ticket]) -> None:
    ids = {ticket: str(int(ticket.item["request_id"])) for ticket in group}
    requests = context.platform.tickets_by_id(list(ids.values()), united(group))
    for ticket in group:
        ticket.request = requests.get(ids[ticket])
        if ticket.request is None and (ticket.item["state"] != ABSENT or not context.platform.serves_requests()):
            message = f"Request {ids[ticket]} does not exist"
            ticket.result.fail(NotFound(message, hint="Check the id, data_center (or url) and portal"))


def _find_by_match(context: Context, group: Sequence[Ticket]) -> None:
    matches = [ticket.match for ticket in group]
    only_open = group[0].is_among_open
    candidates = context.platform.tickets_like(matches, united(group), only_open=only_open)
    for ticket, requests in zip(group, candidates, strict=True):
        ticket.known_ids = {request.id for request in requests}
        _choose(context, ticket, requests)


def united(group: Iterable[Ticket]) -> list[str]:
    """The fields that have to be read."""
    return list(dict.fromkeys(name for ticket in group for name in ticket.shown))


def look_again(context: Context, ticket: Ticket) -> bool:
    """Whether a request has come that was not there before anything was done."""
    (requests,) = context.platform.tickets_like([ticket.match], list(ticket.shown), only_open=ticket.is_among_open)
    new = [request for request in requests if request.id not in ticket.known_ids]
    if new:
        ticket.request = new[-1]
    return bool(new)


def _choose(context: Context, ticket: Ticket, requests: Sequence[Request]) -> None:
    fitting = [request for request in requests if _may_be(context, ticket, request)]
    is_settled = False
    if ticket.item["state"] == CLOSED:
        # What is under way comes first; of several that are closed, the newest shows how things are.
        ranks = [[one for one in fitting if rank(context, one) == number] for number in range(3)]
        fitting = next((some for some in ranks if some), [])
        is_settled = bool(fitting) and rank(context, fitting[0]) == 2
    if len(fitting) > 1 and not is_settled:
        listed = ", ".join(f"{request.id} (number {request.display_id}, {request.status})" for request in fitting[:NAMED])
        more = f" and {len(fitting) - NAMED} more" if len(fitting) > NAMED else ""
        message = f"{len(fitting)} requests fit {ticket.result.subject}: {listed}{more}"
        hint = "Name one with request_id, or keep a key of your own in a field with key and key_field"
        ticket.result.fail(Ambiguous(message, hint=hint))
        return
    ticket.request = max(fitting, key=lambda request: int(request.id), default=None)


def rank(context: Context, request: Request) -> int:
    """0 for what is under way, 1 for what is through, 2 for what is closed."""
    return 2 if context.platform.is_closed(request) else int(request.state in OVER)


def _may_be(context: Context, ticket: Ticket, request: Request) -> bool:
    """Whether a request is in a state in which it counts: one that has the wanted status does in any case."""
    if ticket.match_states:
        return bool(ticket.match_states & {request.state, request.status.lower()})
    if "key" in ticket.match_on or ticket.item["state"] == CLOSED or request.state not in OVER:
        return True
    status = {name: value for name, value in ticket.fields.items() if name == "status"}
    return bool(status) and not context.platform.difference(status, request.raw)


def _complete(context: Context, ticket: Ticket) -> None:
    """Lists show only some of the fields: read the whole record where one is compared that they lack."""
    if any(name not in ticket.found.raw for name in ticket.shown):
        ticket.request = context.platform.get_request(ticket.found.id)


def join_repeats(tickets: Sequence[Ticket]) -> None:
    """A request that stands in the task twice is worked on once; two different wishes cannot both be met."""
    firsts: dict[Any, Ticket] = {}
    for ticket in tickets:
        known_by = ticket.request.id if ticket.request else _folded(ticket.match)
        if not ticket.is_open or not known_by:
            continue
        first = firsts.setdefault(known_by, ticket)
        if first is ticket:
            continue
        if all(first.item[name] == ticket.item[name] for name in ("state", "closure")) and first.fields == ticket.fields:
            ticket.first = first
            continue
        message = f"{ticket.result.subject} is wanted differently by {first.item.label.rstrip('.')}"
        ticket.result.fail(Conflict(message, hint="Name each request once, with all its fields"))


def _folded(match: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((path, str(value).strip().casefold()) for path, value in match.items())
