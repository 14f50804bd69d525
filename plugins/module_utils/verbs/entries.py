# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records that shall be as wanted: what is known of each, and where they are found. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..transport.errors import Ambiguous, Conflict, DeskError, NotFound
from .parallel import NotTried, each, fail, together
from .spec import Context, Item, ItemResult

PRESENT, ABSENT = "present", "absent"
CREATE, UPDATE, DELETE, NOTHING = "created", "updated", "deleted", "unchanged"
NAMED = 10

Row = dict[str, Any]


@dataclass(eq=False)
class Entry:
    """An item: what its record shall look like, what is there, and what is to be done.

    C(fields) are in the platform's own form. C(match) is what the record is found by, if not by its id: values by dotted
    path. C(first) is the entry of an earlier item with the same wish, where all the work is done.
    """

    item: Item
    result: ItemResult
    module: Any
    fields: Row
    match: Row
    row: Row | None = None
    changes: Row = field(default_factory=dict)
    action: str = NOTHING
    first: Entry | None = None

    @property
    def found(self) -> dict[str, Any]:
        """The record that is there, for those who know that there is one."""
        if self.row is None:
            raise RuntimeError(f"{self.result.subject} was taken for found")
        return self.row

    @property
    def is_open(self) -> bool:
        return self.result.error is None and self.first is None

    @property
    def record_id(self) -> str | None:
        return str(self.row["id"]) if self.row is not None else self.item["record_id"]

    @property
    def compared(self) -> Row:
        """The fields that the record shows."""
        return {name: value for name, value in self.fields.items() if name not in self.module.unshown}

    @property
    def needed(self) -> list[str]:
        """What has to be read of the record: its title too, where it is sure that it has one."""
        title = [self.module.title] if self.module.title in self.module.mandatory else []
        return list(dict.fromkeys([*title, *self.compared]))

    @property
    def sent_along(self) -> Row:
        """What goes with a change, and does not make one."""
        unshown = {name: value for name, value in self.fields.items() if name in self.module.unshown}
        return {**unshown, **(self.item["extra_fields"] or {})}


def describe(entry: Entry) -> None:
    entry.result.extra = {"module": entry.module.name, "record_id": entry.record_id}


def shown(context: Context, entry: Entry, row: Row | None) -> Row | None:
    """The title of a record and the fields that the item is about, in the form in which it writes them."""
    if row is None:
        return None
    asked = {name: (entry.item["fields"] or {})[name] for name in entry.compared}
    return {**_title(entry, row), **context.platform.as_asked(asked, {name: row.get(name) for name in asked})}


def wanted(context: Context, entry: Entry, row: Row) -> Row:
    """The record as it will be shown."""
    asked = {name: (entry.item["fields"] or {})[name] for name in entry.compared}
    return {**_title(entry, row), **context.platform.as_told(asked)}


def _title(entry: Entry, row: Row) -> Row:
    title = entry.module.title
    return {title: row[title]} if title in entry.needed and isinstance(row.get(title), str) else {}


def skip(entry: Entry, error: DeskError) -> None:
    entry.result.after = entry.result.before
    entry.result.fail(error, outcome="skipped")


def work(
    context: Context, work: Callable[[Context, Entry], None], entries: Sequence[Entry], *, stop_on_error: bool = False
) -> None:
    """Do the work for each entry, side by side; one that fails does not stop the others."""

    def do(entry: Entry) -> None:
        work(context, entry)

    errors = each(do, entries, concurrency=context.concurrency, stop_on_error=stop_on_error, progress=context.counting("settled"))
    for entry, error in zip(entries, errors, strict=True):
        if isinstance(error, NotTried):
            skip(entry, error)
        elif error is not None:
            entry.result.after = entry.result.before if not entry.result.has_written else entry.result.after
            entry.result.fail(error)


def find(context: Context, entries: Sequence[Entry]) -> None:
    """Records with an id and records that are found by the same fields are looked for together."""
    groups: dict[Any, list[Entry]] = {}
    for entry in entries:
        kind = "id" if entry.item["record_id"] else tuple(entry.match)
        if kind:
            groups.setdefault((entry.module.path, kind), []).append(entry)
    found = list(groups.values())

    def look(group: list[Entry]) -> None:
        find_group = _find_by_id if group[0].item["record_id"] else _find_by_match
        failed = partial(_fail_unfound, context)
        together(partial(find_group, context), group, concurrency=context.concurrency, failed=failed)

    errors = each(look, found, concurrency=context.concurrency, stop_on_error=False)
    for group, error in zip(found, errors, strict=True):
        if error is not None:
            for entry in group:
                _fail_unfound(context, entry, error)
    by_match = [entry for entry in entries if entry.row is not None and entry.is_open and not entry.item["record_id"]]
    work(context, _complete, by_match)


def _fail_unfound(context: Context, entry: Entry, error: DeskError) -> None:
    """What is below a record that is gone is gone too, where it is sure that the path is right."""
    try:
        if isinstance(error, NotFound) and entry.module.parents and context.platform.is_served(entry.module):
            if entry.item["state"] == PRESENT:
                above = "/".join(part for level in entry.module.parents for part in level)
                entry.result.fail(
                    NotFound(f"There is no {above}, so {entry.result.subject} cannot be there", hint="Check parent")
                )
            return
        if isinstance(error, NotFound):
            error = _unknown_path(entry.module, error)
    except DeskError as other:
        error = other
    fail(entry.result, error)


def _unknown_path(module: Any, error: NotFound | None = None) -> NotFound:
    hint = "Check module (or path), parent and portal, and that the module is switched on"
    return NotFound(f"The service desk has no {module.path}", hint=hint, status=error.status if error else None)


def _find_by_id(context: Context, group: Sequence[Entry]) -> None:
    module = group[0].module
    fields = united(group)
    rows = context.platform.records_by_id(module, [entry.item["record_id"] for entry in group], fields)
    for entry in group:
        entry.row = rows.get(entry.item["record_id"])
        if entry.row is None and entry.item["state"] == PRESENT:
            entry.result.fail(NotFound(f"There is no {entry.result.subject}", hint="Check record_id, module and portal"))
        elif entry.row is None and not context.platform.is_served(module):
            entry.result.fail(_unknown_path(module))


def _find_by_match(context: Context, group: Sequence[Entry]) -> None:
    candidates = context.platform.records_like(group[0].module, [entry.match for entry in group], united(group))
    for entry, rows in zip(group, candidates, strict=True):
        _choose(entry, rows)


def united(group: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(name for entry in group for name in entry.needed))


def _choose(entry: Entry, rows: Sequence[Row]) -> None:
    if len(rows) > 1:
        title = entry.module.title
        listed = ", ".join(f"{row['id']} ({row.get(title)})" if title in row else row["id"] for row in rows[:NAMED])
        more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
        message = f"{len(rows)} records fit {entry.result.subject}: {listed}{more}"
        entry.result.fail(Ambiguous(message, hint="Name one with record_id, or add fields to match_on"))
    elif rows:
        entry.row = rows[0]


def _complete(context: Context, entry: Entry) -> None:
    """Lists show only some of the fields: read the whole record where one is compared that they lack."""
    entry.row = context.platform.complete(entry.module, entry.found, list(entry.compared))


def join_repeats(entries: Sequence[Entry]) -> None:
    """A record that stands in the task twice is worked on once; two different wishes cannot both be met."""
    firsts: dict[Any, Entry] = {}
    for entry in entries:
        known_by = entry.row["id"] if entry.row else tuple(str(value).casefold() for value in entry.match.values())
        if not entry.is_open or not known_by:
            continue
        first = firsts.setdefault((entry.module.path, known_by), entry)
        if first is entry:
            continue
        if all(first.item[name] == entry.item[name] for name in ("state", "fields", "extra_fields")):
            entry.first = first
            continue
        elsewhere = first.item.label.rstrip(".")
        message = f"{entry.result.subject} is wanted differently by {elsewhere}"
        entry.result.fail(Conflict(message, hint="Name each record once, with all its fields"))
