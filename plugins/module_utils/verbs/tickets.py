# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests are made, changed, closed and removed one by one, where a platform has no orders. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..platforms.records import CANCELLED, COMPLETED, DENIED, EXPIRED, FAILED, Request, RequestQuery
from ..transport.errors import Ambiguous, ApiError, DeskError, NotFound, OutcomeUnknown
from ..transport.retry import backoff
from .answers import as_texts
from .parallel import NotTried, each
from .spec import Context, Item, ItemResult
from .ticket_checks import BY_DEFAULT, check_tickets
from .waiting import Goal, poll, wait_for

ROUNDS = 8
# Looking for each costs a call; listing all that is open costs one for each hundred.
LOOKED_FOR_ONE_BY_ONE = 3
OVER = frozenset({COMPLETED, CANCELLED, DENIED, FAILED, EXPIRED})
CREATE, UPDATE, CLOSE, DELETE, NOTHING = "created", "updated", "closed", "deleted", "unchanged"
# They make a request what it is, and are not changed afterwards.
MADE_WITH = ("template", "resources")


@dataclass(eq=False)
class Ticket:
    """An item: what the request shall look like, what is there, and what is to be done.

    C(fields) are in the platform's own form. C(known_ids) are the requests that fitted before anything was done.
    """

    item: Item
    result: ItemResult
    fields: dict[str, Any] = field(default_factory=dict)
    known_ids: set[str] = field(default_factory=set)
    request: Request | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    action: str = NOTHING

    @property
    def is_open(self) -> bool:
        return self.result.error is None

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
        return frozenset(word.lower() for word in self.item["match_states"] or ())

    @property
    def is_among_open(self) -> bool:
        """Whether a list of all that is open is enough to find it."""
        return self.match_on == BY_DEFAULT and not self.match_states and self.item["state"] != "closed"

    def may_be(self, request: Request) -> bool:
        """Whether a request is in a state in which it counts. A key names a request for good; closing twice is no failure."""
        if self.match_states:
            return bool(self.match_states & {request.state, request.status.lower()})
        return "key" in self.match_on or self.item["state"] == "closed" or request.state not in OVER


def ensure_tickets(context: Context) -> list[ItemResult]:
    """Read, write what differs, read back, wait where that is wanted."""
    check_tickets(context.items)
    tickets = [Ticket(item, ItemResult(item.index, _subject(item))) for item in context.items]
    _work(context, _describe, tickets)
    _find(context, [ticket for ticket in tickets if ticket.is_open])
    for ticket in tickets:
        if ticket.is_open:
            _plan(context, ticket)
    to_do = _up_to_first_failure(context, tickets)
    if not context.check_mode:
        _work(context, _carry_out, to_do, stop_on_error=context.on_error == "stop")
        _wait(context, tickets)
    return [ticket.result for ticket in tickets]


def _subject(item: Item) -> str:
    return f"request {item['request_id']}" if item["request_id"] else f"request {item['subject'] or item['key']!r}"


def _work(context: Context, work: Any, tickets: Sequence[Ticket], *, stop_on_error: bool = False) -> None:
    """Do the work for each ticket, side by side; one that fails does not stop the others."""

    def do(ticket: Ticket) -> None:
        work(context, ticket)

    errors = each(do, tickets, concurrency=context.concurrency, stop_on_error=stop_on_error)
    for ticket, error in zip(tickets, errors, strict=True):
        if error is not None and ticket.result.error is None:
            ticket.result.fail(error, outcome="skipped" if isinstance(error, NotTried) else "failed")


# -- what is wanted ---------------------------------------------------------------------------------------------------------


def _describe(context: Context, ticket: Ticket) -> None:
    """The request as the platform will be asked for it: names of services and questions become what it understands."""
    item, platform = ticket.item, context.platform
    fields = platform.request_fields(item["fields"] or {})
    if item["subject"]:
        fields["subject"] = item["subject"]
    if item["description"] is not None:
        fields["description"] = platform.as_markup(item["description"])
    if ticket.user:
        fields |= platform.request_fields({"requester": ticket.user})
    if item["on_behalf_of"]:
        fields |= platform.request_fields({"on_behalf_of": item["on_behalf_of"]})
    if item["key"]:
        _put(fields, item["key_field"], item["key"])
    if item["service"]:
        template = platform.find_template(item["service"])
        fields["template"] = {"id": template["id"]}
        if item["answers"]:
            answers = {name: as_texts(value) for name, value in item["answers"].items()}
            fields["resources"] = platform.resources(template, answers)
    ticket.fields = fields


def _put(fields: dict[str, Any], path: str, value: Any) -> None:
    """Set a field by its dotted path, such as C(udf_fields.txt_key)."""
    *parents, last = path.split(".")
    for parent in parents:
        fields = fields.setdefault(parent, {})
    fields[last] = value


# -- what is there ----------------------------------------------------------------------------------------------------------


def _find(context: Context, tickets: Sequence[Ticket]) -> None:
    known = [ticket for ticket in tickets if ticket.item["request_id"]]
    sought = [ticket for ticket in tickets if not ticket.item["request_id"] and ticket.match_on]
    _work(context, _read_known, known)
    listed = [ticket for ticket in sought if ticket.is_among_open]
    if len(listed) > LOOKED_FOR_ONE_BY_ONE:
        requests = context.platform.find_requests(RequestQuery(states=("open", "pending", "unknown"))).records
        for ticket in listed:
            _choose(ticket, [request for request in requests if _is_meant(context, ticket, request)])
        _work(context, _complete, [ticket for ticket in listed if ticket.request is not None])
        sought = [ticket for ticket in sought if ticket not in listed]
    _work(context, _look_for, sought)


def _read_known(context: Context, ticket: Ticket) -> None:
    request_id = str(ticket.item["request_id"])
    ticket.request = context.platform.requests_by_id([request_id]).get(request_id)
    if ticket.request is None and ticket.item["state"] != "absent":
        raise NotFound(f"Request {request_id} does not exist", hint="Check the id, data_center and portal")


def _look_for(context: Context, ticket: Ticket) -> None:
    _choose(ticket, _candidates(context, ticket))
    if ticket.request is not None:
        _complete(context, ticket)


def _complete(context: Context, ticket: Ticket) -> None:
    """Lists show only some of the fields: read the whole record where one is compared that they lack."""
    assert ticket.request is not None
    if any(name not in ticket.request.raw for name in ticket.fields):
        ticket.request = context.platform.get_request(ticket.request.id)


def _candidates(context: Context, ticket: Ticket) -> list[Request]:
    """The requests that fit the ticket, whatever their state."""
    item, platform = ticket.item, context.platform
    query = RequestQuery(
        subject=item["subject"] if "subject" in ticket.match_on else None,
        requested_for=ticket.user if "requested_for" in ticket.match_on else None,
        service=item["service"] if "service" in ticket.match_on else None,
        search_criteria=platform.criterion(item["key_field"], "is", item["key"]) if "key" in ticket.match_on else None,
    )
    return [request for request in platform.find_requests(query).records if _is_meant(context, ticket, request)]


def _is_meant(context: Context, ticket: Ticket, request: Request) -> bool:
    """The server's comparison is not to be relied on (case, parts of words): compare again."""
    if "subject" in ticket.match_on and _folded(request.subject) != _folded(ticket.item["subject"]):
        return False
    return "requested_for" not in ticket.match_on or not ticket.user or context.platform.is_requester(request, ticket.user)


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()


def _choose(ticket: Ticket, candidates: Sequence[Request]) -> None:
    ticket.known_ids = {request.id for request in candidates}
    fitting = [request for request in candidates if ticket.may_be(request)]
    if ticket.item["state"] == "closed" and any(request.state not in OVER for request in fitting):
        fitting = [request for request in fitting if request.state not in OVER]
    if len(fitting) > 1 and not (ticket.item["state"] == "closed" and fitting[0].state in OVER):
        listed = ", ".join(f"{request.display_id} ({request.id}, {request.status})" for request in fitting)
        hint = "Name one with request_id, or keep a key of your own in a field with key and key_field"
        ticket.result.fail(Ambiguous(f"{len(fitting)} requests fit {ticket.result.subject}: {listed}", hint=hint))
        return
    ticket.request = fitting[-1] if fitting else None


# -- what is to be done -----------------------------------------------------------------------------------------------------


def _plan(context: Context, ticket: Ticket) -> None:
    """Decide what to do; the result holds the prediction."""
    state, request, result = ticket.item["state"], ticket.request, ticket.result
    result.before = result.after = _records(context, ticket, request)
    result.extra = _keys(ticket)
    if state == "absent":
        ticket.action = DELETE if request is not None else NOTHING
        result.after = _records(context, ticket, None) if request is not None else result.before
    elif request is None and state == "closed":
        hint = "Nothing is closed that is not there; leave out the task, or make the request with state present"
        result.fail(NotFound(f"No request fits {result.subject}", hint=hint))
    elif request is None:
        ticket.action, ticket.changes = CREATE, ticket.fields
        result.after = _predicted(context, ticket, {"subject": ticket.fields.get("subject")})
    else:
        _plan_change(context, ticket, request)
    if result.error is None:
        result.outcome = ticket.action


def _plan_change(context: Context, ticket: Ticket, request: Request) -> None:
    wanted = {name: value for name, value in ticket.fields.items() if name not in MADE_WITH}
    ticket.changes = context.platform.difference(wanted, request.raw)
    is_over = request.state in OVER
    if ticket.item["state"] == "closed" and not is_over:
        ticket.action = CLOSE
    elif ticket.changes and not (ticket.item["state"] == "closed" and is_over):
        ticket.action = UPDATE
    else:
        ticket.changes = {}
        return
    ticket.result.after = _predicted(context, ticket, {**request.without_raw(), "fields": {}})


def _predicted(context: Context, ticket: Ticket, record: Mapping[str, Any]) -> dict[str, Any]:
    after = {**record, "platform": context.platform.name, "fields": context.platform.as_told(ticket.fields)}
    if "subject" in ticket.fields:
        after["subject"] = ticket.fields["subject"]
    if ticket.user:
        after.setdefault("requested_for", ticket.user)
    return {ticket.user or "me": after}


def _records(context: Context, ticket: Ticket, request: Request | None) -> dict[str, Any]:
    """The request by its user, with the fields that the item is about, in the form in which it writes them."""
    if request is None:
        return {ticket.user or "me": None}
    fields = context.platform.as_asked(ticket.fields, request.raw)
    return {ticket.user or "me": {**request.without_raw(), "fields": fields}}


def _keys(ticket: Ticket) -> dict[str, Any]:
    request = ticket.request
    brief = {
        "request_id": request.id if request else None,
        "requested_for": ticket.user or (request.requested_for if request else None),
        "outcome": ticket.action,
        "state": request.state if request else None,
        "status": request.status if request else None,
    }
    return {"request_id": brief["request_id"], "requests": [brief] if request else []}


def _up_to_first_failure(context: Context, tickets: Sequence[Ticket]) -> list[Ticket]:
    """The tickets to be worked on: with C(on_error=stop), what stands behind the first failed one is left alone."""
    failed = next((ticket for ticket in tickets if not ticket.is_open), None)
    to_do = [ticket for ticket in tickets if ticket.is_open and ticket.action != NOTHING]
    if failed is None or context.on_error != "stop":
        return to_do
    for ticket in to_do:
        if ticket.item.index > failed.item.index:
            ticket.result.fail(NotTried(f"Not tried after the failure of {failed.result.subject}"), outcome="skipped")
    return [ticket for ticket in to_do if ticket.is_open]


# -- doing it ---------------------------------------------------------------------------------------------------------------


def _carry_out(context: Context, ticket: Ticket) -> None:
    if ticket.action == CREATE:
        _create(context, ticket)
    elif ticket.action == DELETE:
        _delete(context, ticket)
    else:
        _change(context, ticket)
    ticket.result.extra = _keys(ticket)


def _create(context: Context, ticket: Ticket) -> None:
    """Make the request. When no clear answer comes, it is looked for before it is made again."""
    for attempt in range(1, ROUNDS + 1):
        try:
            ticket.request = context.platform.create_request(ticket.fields)
            break
        except OutcomeUnknown as unclear:
            _look_after(context, ticket, unclear, is_last=attempt == ROUNDS)
        if ticket.request is not None:
            break
        context.clock.sleep(backoff(attempt))
    assert ticket.request is not None
    ticket.result.has_written = True
    _read_back(context, ticket)


def _look_after(context: Context, ticket: Ticket, unclear: OutcomeUnknown, *, is_last: bool) -> None:
    """What came of a creation that got no clear answer; raises if that cannot be told, or if it must not be made again."""
    if not ticket.match_on:
        unclear.hint = "Look at the requests of the user. With match_on, the task would have found out by itself"
        raise unclear

    def look() -> bool:
        new = [request for request in _candidates(context, ticket) if request.id not in ticket.known_ids]
        ticket.request = new[-1] if new else None
        return ticket.request is not None

    found = poll(context, ticket.item["settle_timeout"], look)
    if not found and (is_last or unclear.may_still_come):
        unclear.hint = "No such request shows up yet. Run the task again later: it looks first"
        raise unclear


def _change(context: Context, ticket: Ticket) -> None:
    assert ticket.request is not None
    request_id = ticket.request.id
    if ticket.changes:
        _written(context, ticket, lambda: context.platform.update_request(request_id, ticket.changes))
    if ticket.action == CLOSE:
        closure = ticket.item["closure"] or {}
        _written(context, ticket, lambda: context.platform.close_request(request_id, closure))
    _read_back(context, ticket)


def _written(context: Context, ticket: Ticket, write: Any) -> None:
    """A change is a value that is set: it may be set again after an unclear answer."""
    for attempt in range(1, ROUNDS + 1):
        try:
            write()
            ticket.result.has_written = True
            return
        except OutcomeUnknown:
            ticket.result.has_written = True
            if attempt == ROUNDS:
                raise
            context.clock.sleep(backoff(attempt))
        except ApiError as refusal:
            # Closed by the call before, whose answer was lost.
            if attempt > 1 and context.platform.already_done(refusal):
                return
            raise


def _delete(context: Context, ticket: Ticket) -> None:
    assert ticket.request is not None
    request_id = ticket.request.id
    _written(context, ticket, lambda: _delete_once(context, request_id))
    if context.platform.requests_by_id([request_id]):
        hint = "Look at it in the portal: a rule may keep it"
        raise DeskError(f"The platform accepted the removal, but request {request_id} is still there", hint=hint)
    ticket.request = None
    ticket.result.after = _records(context, ticket, None)


def _delete_once(context: Context, request_id: str) -> None:
    try:
        context.platform.delete_request(request_id)
    except NotFound:
        return


def _read_back(context: Context, ticket: Ticket) -> None:
    """What did not take is a failure, whatever the platform answered."""
    assert ticket.request is not None
    ticket.request = context.platform.get_request(ticket.request.id)
    ticket.result.after = _records(context, ticket, ticket.request)
    wanted = {name: value for name, value in ticket.fields.items() if name not in MADE_WITH}
    ignored = context.platform.difference(wanted, ticket.request.raw)
    if ignored:
        message = f"Request {ticket.request.id} was written, but these fields did not take: {', '.join(ignored)}"
        raise DeskError(message, hint="Rules of the form or rights of the account may forbid it")
    if ticket.action == CLOSE and ticket.request.state not in OVER:
        raise DeskError(f"Request {ticket.request.id} was closed, but is still {ticket.request.status}")


def _wait(context: Context, tickets: Sequence[Ticket]) -> None:
    """Follow the requests of the items that ask for it; all of them at the same time."""
    goals = []
    for ticket in tickets:
        if ticket.item["wait"] and ticket.is_open and ticket.request is not None:
            states = frozenset(word.lower() for word in ticket.item["wait_for"])
            goals.append((ticket, Goal(ticket.request.id, states, ticket.item["wait_timeout"])))
    if not goals:
        return
    wait_for(context, [goal for _ticket, goal in goals])
    for ticket, goal in goals:
        ticket.request = goal.request or ticket.request
        ticket.result.after = _records(context, ticket, ticket.request)
        ticket.result.extra = _keys(ticket)
        if goal.error is not None:
            ticket.result.fail(goal.error)
