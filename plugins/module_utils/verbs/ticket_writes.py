# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests are made, changed, closed and removed, once each. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..platforms.records import Request
from ..transport.errors import ApiError, DeskError, OutcomeUnknown
from ..transport.retry import backoff
from .once import ROUNDS, make_once, names_of, remove_once, unseen, unverified
from .parallel import together
from .spec import Context
from .ticket import CLOSE, CREATE, DELETE, Ticket, by_user, describe, look_again, record_of, united, work

LOOK_IN_PORTAL = "Rules of the form or the rights of the account may forbid it"


def carry_out(context: Context, to_do: Sequence[Ticket]) -> None:
    work(context, _write, to_do, stop_on_error=context.on_error == "stop")
    written = [ticket for ticket in to_do if ticket.request is not None and (ticket.result.has_written or ticket.is_open)]
    _read_back(context, [ticket for ticket in written if ticket.action == DELETE], conclude=_conclude_removal)
    _read_back(context, [ticket for ticket in written if ticket.action != DELETE], conclude=_conclude)


def _write(context: Context, ticket: Ticket) -> None:
    try:
        if ticket.action == CREATE:
            _create(context, ticket)
        elif ticket.action == DELETE:
            _delete(context, ticket)
        else:
            _change(context, ticket)
    finally:
        describe(ticket)


def _create(context: Context, ticket: Ticket) -> None:
    def make() -> bool:
        ticket.request = context.platform.create_request(ticket.fields)
        return ticket.request is not None

    def look() -> bool:
        return look_again(context, ticket)

    can_look = bool(ticket.match)
    settle_timeout = ticket.item["settle_timeout"]
    make_once(context, ticket.result, make=make, look=look if can_look else None, settle_timeout=settle_timeout)


def _change(context: Context, ticket: Ticket) -> None:
    """Values are set: after an unclear answer those that did not take may be set again."""
    for attempt in range(1, ROUNDS + 1):
        try:
            _change_once(context, ticket)
            return
        except OutcomeUnknown as unclear:
            context.clock.sleep(backoff(attempt))
            try:
                is_done = _has_changed(context, ticket)
            except DeskError as error:
                raise unseen(ticket.result.subject, unclear, error) from None
            if is_done:
                return
            if attempt == ROUNDS:
                raise
        except ApiError as refusal:
            if ticket.action == CLOSE and context.platform.already_done(refusal):
                return
            ticket.result.has_written = ticket.result.has_written or context.platform.took_in_part(refusal)
            raise


def _change_once(context: Context, ticket: Ticket) -> None:
    if ticket.changes:
        context.platform.update_request(ticket.found.id, {**ticket.changes, **ticket.sent_along})
        ticket.result.has_written, ticket.changes = True, {}
    if ticket.action == CLOSE:
        context.platform.close_request(ticket.found.id, ticket.item["closure"] or {})
        ticket.result.has_written = True


def _has_changed(context: Context, ticket: Ticket) -> bool:
    """Whether all is as wanted after all; what is not stays to be done."""
    current: Request = context.platform.get_request(ticket.found.id)
    left = context.platform.difference(ticket.changes, current.raw)
    is_closed = ticket.action == CLOSE and context.platform.is_closed(current)
    if left != ticket.changes or is_closed:
        ticket.result.has_written = True
    ticket.changes = left
    return not left and (ticket.action != CLOSE or is_closed)


def _delete(context: Context, ticket: Ticket) -> None:
    request_id = ticket.found.id

    def remove() -> None:
        context.platform.delete_request(request_id)

    def is_there() -> bool:
        return bool(context.platform.requests_by_id([request_id]))

    remove_once(context, ticket.result, remove=remove, is_there=is_there, is_served=context.platform.answers_requests)


# -- reading back -----------------------------------------------------------------------------------------------------------


def _read_back(context: Context, tickets: Sequence[Ticket], *, conclude: Any) -> None:
    """What did not take is a failure, whatever the platform answered."""
    listed = conclude is _conclude_removal

    def read(some: Sequence[Ticket]) -> None:
        ids = [ticket.found.id for ticket in some]
        requests = context.platform.tickets_by_id(ids, [] if listed else united(some), listed=listed)
        for ticket, request_id in zip(some, ids, strict=True):
            conclude(context, ticket, requests.get(request_id))

    try:
        together(read, tickets, concurrency=context.concurrency, failed=_fail_unverified)
    except DeskError as error:
        for ticket in tickets:
            _fail_unverified(ticket, error)


def _conclude_removal(context: Context, ticket: Ticket, request: Request | None) -> None:
    if request is None:
        ticket.request = None
        ticket.result.after = by_user(ticket, None)
    elif ticket.is_open:
        ticket.result.after, ticket.result.has_written = ticket.result.before, False
        hint = "Look at it in the portal: a rule may keep it"
        ticket.result.fail(DeskError(f"The removal was accepted, but request {request.id} is still there", hint=hint))


def _conclude(context: Context, ticket: Ticket, request: Request | None) -> None:
    result, known = ticket.result, ticket.found
    if request is None:
        if ticket.is_open:
            hint = "Look for it in the portal: the account may not be allowed to see it"
            result.fail(DeskError(f"{result.subject} was written as {known.id}, but cannot be read", hint=hint))
        return
    ticket.request = request
    result.after = record_of(context, ticket, request)
    describe(ticket)
    if not ticket.is_open:
        return
    wanted = ticket.shown if ticket.action == CREATE else ticket.compared
    if ignored := context.platform.difference(wanted, request.raw):
        result.has_written = ticket.action == CREATE or _took(context, ticket, known, request)
        names = ", ".join(names_of(ignored))
        message = f"Request {request.id} was written, but these fields did not take: {names}"
        result.fail(DeskError(message, hint=LOOK_IN_PORTAL))
    elif ticket.action == CLOSE and not context.platform.is_closed(request):
        result.has_written = _took(context, ticket, known, request)
        result.fail(DeskError(f"Request {request.id} was closed, but is still {request.status}", hint=LOOK_IN_PORTAL))


def _took(context: Context, ticket: Ticket, before: Request, after: Request) -> bool:
    """Whether anything of a change can be seen."""
    if ticket.action == CLOSE and context.platform.is_closed(after):
        return True
    left, wanted = (context.platform.difference(ticket.compared, request.raw) for request in (after, before))
    return set(left) != set(wanted)


def _fail_unverified(ticket: Ticket, error: DeskError) -> None:
    if ticket.is_open:
        ticket.result.after = None
        ticket.result.fail(unverified(ticket.result.subject, error))
