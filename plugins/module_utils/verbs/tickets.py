# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests are made, changed, closed and removed one by one, where a platform has no orders. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..platforms.records import Request
from ..transport.errors import NotFound
from .answers import as_texts
from .parallel import NotTried
from .spec import Context, Item, ItemResult
from .ticket import (
    CLOSE,
    CREATE,
    DELETE,
    MADE_WITH,
    NOTHING,
    UPDATE,
    Row,
    Ticket,
    by_user,
    describe,
    find,
    join_repeats,
    record_of,
    skip,
    work,
)
from .ticket_checks import ABSENT, CLOSED, check_tickets
from .ticket_writes import carry_out
from .waiting import Goal, wait_for


def ensure_tickets(context: Context) -> list[ItemResult]:
    """Read, write what differs, read back, wait where that is wanted."""
    check_tickets(context.items)
    unshown = context.platform.unshown_fields
    tickets = [Ticket(item, ItemResult(item.index, _subject(item)), unshown) for item in context.items]
    _look_up_templates(context, tickets)
    work(context, _want, [ticket for ticket in tickets if ticket.is_open])
    find(context, [ticket for ticket in tickets if ticket.is_open])
    join_repeats(tickets)
    for ticket in tickets:
        if ticket.is_open:
            _plan(context, ticket)
    to_do = _up_to_first_failure(context, tickets)
    if not context.check_mode:
        carry_out(context, to_do)
        _wait(context, tickets)
    return [_result(ticket) for ticket in tickets]


def _subject(item: Item) -> str:
    return f"request {item['request_id']}" if item["request_id"] else f"request {item['subject'] or item['key']!r}"


# -- what is wanted ---------------------------------------------------------------------------------------------------------


def _look_up_templates(context: Context, tickets: Sequence[Ticket]) -> None:
    """Each service once, however many items want it."""
    wanted: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        if ticket.item["service"]:
            wanted.setdefault(ticket.item["service"].strip(), []).append(ticket)
    firsts = [group[0] for group in wanted.values()]

    def look_up(context: Context, ticket: Ticket) -> None:
        ticket.template = context.platform.find_template(ticket.item["service"].strip())

    work(context, look_up, firsts)
    for first, *others in wanted.values():
        for ticket in others:
            ticket.template = first.template
            if first.result.error is not None:
                ticket.result.fail(first.result.error, outcome=first.result.outcome)


def _want(context: Context, ticket: Ticket) -> None:
    """The request as the platform will be asked for it: names of services and questions become what it understands."""
    item, platform = ticket.item, context.platform
    fields: Row = dict(item["fields"] or {})
    given = {"subject": item["subject"], "requester": ticket.user, "on_behalf_of": item["on_behalf_of"]}
    fields |= {name: value for name, value in given.items() if value is not None}
    if item["description"] is not None:
        fields["description"] = platform.as_markup(item["description"])
    fields = platform.request_fields(fields)
    if item["key"]:
        _put(fields, item["key_field"], item["key"])
    if ticket.template is not None:
        fields["template"] = {"id": ticket.template["id"]}
        answers = {name: as_texts(value) for name, value in (item["answers"] or {}).items()}
        if answers:
            fields["resources"] = platform.resources(ticket.template, answers)
    ticket.fields = fields
    if not item["request_id"]:
        ticket.match = _match(ticket)


def _put(fields: Row, path: str, value: Any) -> None:
    """Set a field by its dotted path, such as C(udf_fields.txt_key)."""
    *parents, last = path.split(".")
    for parent in parents:
        fields[parent] = dict(fields.get(parent) or {})
        fields = fields[parent]
    fields[last] = value


def _match(ticket: Ticket) -> Row:
    """What the request is found by: values by dotted path."""
    item, found = ticket.item, {}
    for name in dict.fromkeys(ticket.match_on):
        if name == "key":
            found[item["key_field"]] = item["key"]
        elif name == "subject":
            found["subject"] = item["subject"]
        elif name == "service":
            found["template.id"] = ticket.fields["template"]["id"]
        elif ticket.user:
            ((key, value),) = ticket.fields["requester"].items()
            found[f"requester.{key}"] = value
    return found


# -- what is to be done -----------------------------------------------------------------------------------------------------


def _plan(context: Context, ticket: Ticket) -> None:
    """Decide what to do; the result holds the prediction."""
    state, request, result = ticket.item["state"], ticket.request, ticket.result
    result.before = result.after = record_of(context, ticket, request)
    if state == ABSENT:
        ticket.action = DELETE if request is not None else NOTHING
        result.after = by_user(ticket, None)
    elif request is None and state == CLOSED:
        hint = "Nothing is closed that is not there; leave out the task, or make the request with state present"
        result.fail(NotFound(f"No request fits {result.subject}", hint=hint))
    elif request is None and (missing := _unanswered(context, ticket)):
        result.fail(ticket.item.error("answers", f"required questions are not answered: {', '.join(missing)}", hint="Add them"))
    elif request is None:
        ticket.action, ticket.changes = CREATE, ticket.fields
        told = context.platform.as_told(ticket.shown)
        result.after = by_user(ticket, {"platform": context.platform.name, "subject": ticket.fields["subject"], "fields": told})
    else:
        _plan_change(context, ticket, request)
    describe(ticket)
    if result.error is None:
        result.outcome = ticket.action


def _unanswered(context: Context, ticket: Ticket) -> list[str]:
    """The questions that a new request has to answer, and does not."""
    if ticket.template is None:
        return []
    found: list[str] = context.platform.unanswered(ticket.template, ticket.fields.get("resources") or {})
    return found


def _plan_change(context: Context, ticket: Ticket, request: Request) -> None:
    """A request that is closed already is left alone where it is to be closed."""
    is_to_close = ticket.item["state"] == CLOSED
    if is_to_close and context.platform.is_closed(request):
        return
    ticket.changes = context.platform.difference(ticket.compared, request.raw)
    _warn_of_another_origin(context, ticket, request)
    if not is_to_close and not ticket.changes:
        return
    ticket.action = CLOSE if is_to_close else UPDATE
    ticket.result.after = _changed(context, ticket, request)


def _changed(context: Context, ticket: Ticket, request: Request) -> Row:
    """The record as it will be."""
    (record,) = record_of(context, ticket, request).values()
    record = {**record, "fields": {**record["fields"], **context.platform.as_told(ticket.compared)}}
    if "subject" in ticket.compared:
        record["subject"] = ticket.compared["subject"]
    if ticket.action == CLOSE:
        record["is_closed"] = True
    return by_user(ticket, record)


def _warn_of_another_origin(context: Context, ticket: Ticket, request: Request) -> None:
    """What a request was made with stays: say so where something else is wanted."""
    wanted = {name: value for name, value in ticket.fields.items() if name in MADE_WITH}
    names = {"template": "service", "resources": "answers"}
    if other := context.platform.difference(wanted, request.raw):
        what = " and ".join(names[name] for name in other)
        context.warn(f"Request {request.id} was made with other {what} than those of the task. They are left as they are")


def _up_to_first_failure(context: Context, tickets: Sequence[Ticket]) -> list[Ticket]:
    """The tickets to be worked on: with C(on_error=stop), what stands behind the first failed one is left alone."""
    failed = next((ticket for ticket in tickets if ticket.result.error is not None), None)
    to_do = [ticket for ticket in tickets if ticket.is_open and ticket.action != NOTHING]
    if failed is None or context.on_error != "stop":
        return to_do
    for ticket in to_do:
        if ticket.item.index > failed.item.index:
            skip(ticket, NotTried(f"Not tried after the failure of {failed.result.subject}"))
    return [ticket for ticket in to_do if ticket.is_open]


def _result(ticket: Ticket) -> ItemResult:
    """The result of an item; one that wishes what an earlier one does shares its result: all the work was done there."""
    first = ticket.first
    if first is None:
        return ticket.result
    outcome = NOTHING if first.result.changed and first.result.error is None else first.result.outcome
    after = first.result.after
    extra = {**first.result.extra, "requests": [{**one, "outcome": outcome} for one in first.result.extra.get("requests", ())]}
    return replace(
        first.result, index=ticket.item.index, outcome=outcome, before=after, after=after, has_written=False, extra=extra
    )


def _wait(context: Context, tickets: Sequence[Ticket]) -> None:
    """Follow the requests of the items that ask for it; all of them at the same time."""
    goals = []
    for ticket in tickets:
        if ticket.item["wait"] and ticket.is_open and ticket.request is not None:
            states = frozenset(word.strip().lower() for word in ticket.item["wait_for"])
            timeout, is_closed = ticket.item["wait_timeout"], context.platform.is_closed
            goals.append((ticket, Goal(ticket.request.id, states, timeout, ticket.request, is_closed=is_closed)))
    if not goals:
        return
    fields = list(dict.fromkeys(name for ticket, dummy in goals for name in ticket.shown))
    wait_for(context, [goal for dummy, goal in goals], read=lambda ids: context.platform.tickets_by_id(ids, fields))
    for ticket, goal in goals:
        ticket.request = goal.request or ticket.request
        ticket.result.after = record_of(context, ticket, ticket.request)
        describe(ticket)
        if goal.error is not None:
            ticket.result.fail(goal.error)
