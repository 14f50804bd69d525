# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records are made, changed and removed, once each. Private to the collection."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..transport.errors import ApiError, DeskError, NotFound, OutcomeUnknown
from ..transport.retry import backoff
from .entries import CREATE, DELETE, UPDATE, Entry, Row, describe, shown, united, work
from .parallel import HOPELESS
from .spec import Context
from .waiting import poll

# How often a write without a clear answer is made again, once it is clear that it did not take.
ROUNDS = 4


def carry_out(context: Context, to_do: Sequence[Entry]) -> None:
    work(context, _write, to_do, stop_on_error=context.on_error == "stop")
    written: dict[Any, list[Entry]] = {}
    for entry in to_do:
        if entry.result.has_written or entry.is_open:
            written.setdefault((entry.module.path, entry.action == DELETE), []).append(entry)
    for (dummy, is_deleted), group in written.items():
        _read_back(context, group, is_deleted=is_deleted)


def _write(context: Context, entry: Entry) -> None:
    if entry.action == CREATE:
        _create(context, entry)
    elif entry.action == UPDATE:
        _update(context, entry)
    else:
        _delete(context, entry)
    describe(entry)


def _create(context: Context, entry: Entry) -> None:
    """Make the record. When no clear answer comes, it is looked for before it is made again."""
    for attempt in range(1, ROUNDS + 1):
        try:
            entry.row = context.platform.create_record(entry.module, {**entry.fields, **entry.sent_along})
            break
        except OutcomeUnknown as unclear:
            _look_for_new(context, entry, unclear, is_last=attempt == ROUNDS)
        except ApiError as refusal:
            _take_half_made(context, entry, refusal, was_tried=attempt > 1)
        if entry.row is not None:
            break
        context.clock.sleep(backoff(attempt))
    entry.result.has_written = True


def _look_for_new(context: Context, entry: Entry, unclear: OutcomeUnknown, *, is_last: bool) -> None:
    """What came of a creation that got no clear answer; raises if that cannot be told, or if it must not be made again."""
    if not entry.match:
        unclear.hint = "Look for it in the service desk before trying again. With match_on, the task would find out by itself"
        raise unclear
    found = poll(context, entry.item["settle_timeout"], lambda: _look(context, entry))
    if not found and (is_last or unclear.may_still_come):
        unclear.hint = "No such record shows up yet. Run the task again later: it looks first"
        raise unclear


def _look(context: Context, entry: Entry) -> bool:
    """Whether the record is there now."""
    if not entry.match:
        return False
    (rows,) = context.platform.records_like(entry.module, [entry.match], entry.needed)
    if rows:
        entry.row = rows[-1]
    return bool(rows)


def _take_half_made(context: Context, entry: Entry, refusal: ApiError, *, was_tried: bool) -> None:
    """A refusal may come with a record all the same: made in part, or by the call before, whose answer was lost."""
    in_part = context.platform.took_in_part(refusal)
    entry.result.has_written = in_part
    if isinstance(refusal, HOPELESS) or not (in_part or was_tried):
        raise refusal
    found = poll(context, entry.item["settle_timeout"] if entry.match else 0, lambda: _look(context, entry))
    describe(entry)
    if in_part or not found:
        raise refusal


def _update(context: Context, entry: Entry) -> None:
    """Values are set: after an unclear answer those that did not take may be set again."""
    record_id, changes = entry.found["id"], entry.changes
    for attempt in range(1, ROUNDS + 1):
        try:
            context.platform.update_record(entry.module, record_id, {**changes, **entry.sent_along})
            entry.result.has_written = True
            return
        except OutcomeUnknown:
            # It may have written; and if looking fails, that is what remains to be said.
            entry.result.has_written = True
            context.clock.sleep(backoff(attempt))
            current = context.platform.get_record(entry.module, record_id)
            changes = context.platform.difference(entry.changes, current)
            if not changes:
                return
            if attempt == ROUNDS:
                raise
        except ApiError as refusal:
            entry.result.has_written = entry.result.has_written or context.platform.took_in_part(refusal)
            raise


def _delete(context: Context, entry: Entry) -> None:
    record_id = entry.found["id"]
    for attempt in range(1, ROUNDS + 1):
        try:
            context.platform.delete_record(entry.module, record_id)
            break
        except NotFound:
            break
        except OutcomeUnknown:
            context.clock.sleep(backoff(attempt))
            if not context.platform.records_by_id(entry.module, [record_id], []):
                break
            if attempt == ROUNDS:
                raise
        except ApiError as refusal:
            # Removed by the call before, whose answer was lost, or by somebody else.
            if not context.platform.already_done(refusal):
                raise
            break
    entry.result.has_written = True


def _read_back(context: Context, group: Sequence[Entry], *, is_deleted: bool) -> None:
    """What did not take is a failure, whatever the platform answered."""
    known = [entry for entry in group if entry.row is not None]
    ids = [entry.row["id"] for entry in known if entry.row is not None]
    try:
        fields = [] if is_deleted else united(known)
        rows = context.platform.records_by_id(group[0].module, ids, fields, listed=is_deleted) if known else {}
    except DeskError as error:
        for entry in known:
            _fail_unverified(entry, error)
        return
    for entry in group:
        if entry.row is None:
            entry.result.after = None
    for entry in known:
        row = rows.get(str(entry.record_id))
        if is_deleted:
            _conclude_removal(entry, row)
        else:
            _conclude(context, entry, row)


def _conclude_removal(entry: Entry, row: Row | None) -> None:
    if row is not None and entry.is_open:
        entry.result.after = entry.result.before
        entry.result.has_written = False
        hint = "Look at it in the service desk: a rule may keep it"
        entry.result.fail(DeskError(f"The removal was accepted, but {entry.result.subject} is still there", hint=hint))


def _conclude(context: Context, entry: Entry, row: Row | None) -> None:
    result = entry.result
    if row is None:
        if entry.is_open:
            hint = "Look for it in the service desk: the account may not be allowed to see it"
            result.fail(DeskError(f"{result.subject} was written as {entry.record_id}, but cannot be read", hint=hint))
        return
    result.after = shown(context, entry, row)
    ignored = context.platform.difference(entry.compared, row)
    if ignored and entry.is_open:
        message = f"{result.subject} was written, but these fields did not take: {', '.join(_named(ignored))}"
        result.fail(DeskError(message, hint="Rules of the form or the rights of the account may forbid it"))


def _named(fields: Mapping[str, Any]) -> Iterable[str]:
    for name, value in fields.items():
        if name == "udf_fields" and isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value)
        else:
            yield name


def _fail_unverified(entry: Entry, error: DeskError) -> None:
    if not entry.is_open:
        return
    entry.result.after = None
    message = f"{entry.result.subject} was written, but reading it back failed: {error.message}"
    if isinstance(error, HOPELESS):
        told = copy.copy(error)
        told.message = message
        entry.result.fail(told)
        return
    entry.result.fail(OutcomeUnknown(message, hint="Run the task again: it reads first, and writes only what differs"))
