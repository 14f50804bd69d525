# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records are made, changed and removed, once each. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..transport.errors import ApiError, DeskError, OutcomeUnknown
from ..transport.retry import backoff
from .entries import CREATE, DELETE, UPDATE, Entry, Row, describe, shown, united, work
from .once import ROUNDS, make_once, names_of, remove_once, unseen, unverified
from .parallel import together
from .spec import Context


def carry_out(context: Context, to_do: Sequence[Entry]) -> None:
    work(context, _write, to_do, stop_on_error=context.on_error == "stop")
    written: dict[Any, list[Entry]] = {}
    for entry in to_do:
        if entry.result.has_written or entry.is_open:
            written.setdefault((entry.module.path, entry.action == DELETE), []).append(entry)
    for (dummy, is_deleted), group in written.items():
        _read_back(context, group, is_deleted=is_deleted)


def _write(context: Context, entry: Entry) -> None:
    try:
        if entry.action == CREATE:
            _create(context, entry)
        elif entry.action == UPDATE:
            _update(context, entry)
        else:
            _delete(context, entry)
    finally:
        describe(entry)


def _create(context: Context, entry: Entry) -> None:
    def make() -> bool:
        entry.row = context.platform.create_record(entry.module, {**entry.fields, **entry.sent_along})
        return True

    def look() -> bool:
        (rows,) = context.platform.records_like(entry.module, [entry.match], entry.needed)
        if rows:
            entry.row = rows[-1]
        return bool(rows)

    can_look = bool(entry.match)
    settle_timeout = entry.item["settle_timeout"]
    make_once(context, entry.result, make=make, look=look if can_look else None, settle_timeout=settle_timeout)


def _update(context: Context, entry: Entry) -> None:
    """Values are set: after an unclear answer those that did not take may be set again."""
    record_id, changes = entry.found["id"], entry.changes
    for attempt in range(1, ROUNDS + 1):
        try:
            context.platform.update_record(entry.module, record_id, {**changes, **entry.sent_along})
            entry.result.has_written = True
            return
        except OutcomeUnknown as unclear:
            context.clock.sleep(backoff(attempt))
            try:
                current = context.platform.get_record(entry.module, record_id)
            except DeskError as error:
                raise unseen(entry.result.subject, unclear, error) from None
            changes = context.platform.difference(entry.changes, current)
            entry.result.has_written = changes != entry.changes
            if not changes:
                return
            if attempt == ROUNDS:
                raise
        except ApiError as refusal:
            entry.result.has_written = entry.result.has_written or context.platform.took_in_part(refusal)
            raise


def _delete(context: Context, entry: Entry) -> None:
    record_id = entry.found["id"]

    def remove() -> None:
        context.platform.delete_record(entry.module, record_id)

    def is_there() -> bool:
        return bool(context.platform.records_by_id(entry.module, [record_id], []))

    def is_served() -> bool:
        return bool(context.platform.answers(entry.module))

    remove_once(context, entry.result, remove=remove, is_there=is_there, is_served=is_served)


def _read_back(context: Context, group: Sequence[Entry], *, is_deleted: bool) -> None:
    """What did not take is a failure, whatever the platform answered."""

    def read(some: Sequence[Entry]) -> None:
        ids = [entry.found["id"] for entry in some]
        rows = context.platform.records_by_id(some[0].module, ids, [] if is_deleted else united(some), listed=is_deleted)
        for entry in some:
            row = rows.get(str(entry.record_id))
            if is_deleted:
                _conclude_removal(entry, row)
            else:
                _conclude(context, entry, row)

    for entry in group:
        if entry.row is None:
            entry.result.after = None
    known = [entry for entry in group if entry.row is not None]
    try:
        together(read, known, concurrency=context.concurrency, failed=_fail_unverified)
    except DeskError as error:
        for entry in known:
            _fail_unverified(entry, error)


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
        result.has_written = entry.action == CREATE or set(ignored) != set(entry.changes)
        message = f"{result.subject} was written, but these fields did not take: {', '.join(names_of(ignored))}"
        result.fail(DeskError(message, hint="Rules of the form or the rights of the account may forbid it"))


def _fail_unverified(entry: Entry, error: DeskError) -> None:
    if entry.is_open:
        entry.result.after = None
        entry.result.fail(unverified(entry.result.subject, error))
