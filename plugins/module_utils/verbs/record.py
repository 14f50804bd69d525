# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of any module are as wanted. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..transport.errors import OptionError
from .checks import check_not_negative, is_id
from .entries import (
    ABSENT,
    CREATE,
    DELETE,
    NOTHING,
    PRESENT,
    UPDATE,
    Entry,
    Row,
    describe,
    find,
    join_repeats,
    shown,
    skip,
    wanted,
)
from .parallel import NotTried
from .record_writes import carry_out
from .spec import SETTLE_TIMEOUT, Context, Item, ItemResult, Option, WriteVerb


def check(items: Sequence[Item]) -> None:
    """What can be said without the platform: a module is named, ids are ids, and what is to be absent is not described."""
    for item in items:
        check_module(item.values, item.label)
        if item["record_id"] is not None and not is_id(item["record_id"]):
            raise item.error("record_id", f"{item['record_id']!r} is not an id", hint="Ids are whole numbers")
        if item["record_id"] is not None and item["match_on"] is not None:
            raise item.error("match_on", "it cannot be combined with record_id", hint="An id says which record is meant")
        if item["match_on"] is not None and not all(path.strip() for path in item["match_on"]):
            raise item.error("match_on", "there is an empty name in it")
        check_not_negative(item, "settle_timeout")
        if item["state"] == ABSENT:
            _check_absent(item)
        elif not item["fields"]:
            raise item.error("fields", "there is nothing to ensure", hint="Give fields, or set state to absent")


def _check_absent(item: Item) -> None:
    if item["record_id"] is None and not item["fields"]:
        raise item.error("record_id", "it is missing", hint="Give record_id, or the fields to find the record by")
    if item["match_on"] == []:
        raise item.error("match_on", "it is empty, so nothing can be found", hint="Leave it out, or name fields")


def check_module(values: Mapping[str, Any], label: str = "") -> None:
    """A kind of record is named in one of two ways."""
    if not values["module"] and not values["path"]:
        raise OptionError(f"{label}module: it is missing", hint="Give the name of a module, or path and key")
    for option in ("module", "path", "key"):
        if values[option] is not None and not values[option].strip(" /"):
            raise OptionError(f"{label}{option}: it is empty")
    if values["key"] is not None and values["path"] is None:
        raise OptionError(f"{label}key: it needs path", hint="The modules of the table have their keys")
    parents_of(values, label)


def parents_of(values: Mapping[str, Any], label: str = "") -> tuple[tuple[str, str], ...]:
    """The records that a record is below, outermost first: module and id of each."""
    given = values["parent"]
    levels = given if isinstance(given, list) else [] if given is None else [given]
    for level in levels:
        if not isinstance(level, Mapping) or set(level) != {"module", "id"} or not is_id(str(level["id"])):
            hint = "Write it as {module: requests, id: '216826000000123456'}, or a list of such, the outermost first"
            raise OptionError(f"{label}parent: {level!r} is no record", hint=hint)
    return tuple((str(level["module"]), str(level["id"])) for level in levels)


def find_module(platform: Any, values: Mapping[str, Any]) -> Any:
    """The kind of record that options mean."""
    path = values["path"]
    name = values["module"] or path.strip("/").rpartition("/")[2]
    return platform.find_module(name, parents=parents_of(values), path=path, key=values["key"])


def record(context: Context) -> list[ItemResult]:
    """Read, write what differs, read back; what can be listed is not read one by one."""
    entries = [_entry(context, item) for item in context.items]
    find(context, entries)
    join_repeats(entries)
    for entry in entries:
        if entry.is_open:
            _plan(context, entry)
    to_do = _up_to_first_failure(context, entries)
    if not context.check_mode:
        carry_out(context, to_do)
    return [_result(entry) for entry in entries]


# -- what is wanted ---------------------------------------------------------------------------------------------------------


def _entry(context: Context, item: Item) -> Entry:
    try:
        module = find_module(context.platform, item.values)
        fields = context.platform.record_fields(module, item["fields"] or {})
        match = {} if item["record_id"] else context.platform.match_of(fields, _match_on(item, module))
    except OptionError as error:
        raise OptionError(f"{item.label}{error.message}", hint=error.hint) from None
    result = ItemResult(item.index, _subject(item, module, match))
    entry = Entry(item, result, module, fields, match)
    describe(entry)
    if item["state"] == PRESENT and module.is_read_only:
        raise item.error("module", f"{module.name} can only be read", hint=module.note or "Use record_info")
    if not match and not item["record_id"]:
        _require_mandatory(entry)
    return entry


def _match_on(item: Item, module: Any) -> list[str]:
    if item["match_on"] is not None:
        return list(item["match_on"])
    if module.title not in (item["fields"] or {}):
        hint = f"Give record_id, {module.title} among the fields, or match_on"
        raise OptionError(f"record_id: it is missing, and fields have no {module.title} to find the record by", hint=hint)
    return [module.title]


def _subject(item: Item, module: Any, match: Row) -> str:
    what = module.key.replace("_", " ")
    if item["record_id"]:
        return f"{what} {item['record_id']}"
    shown = ", ".join(str(value) for value in match.values()) or str((item["fields"] or {}).get(module.title, ""))
    return f"{what} {shown!r}"


def _require_mandatory(entry: Entry) -> None:
    module, item = entry.module, entry.item
    missing = [name for name in module.mandatory if entry.fields.get(name) in (None, "", [], {})]
    if missing:
        message = f"{entry.result.subject} is to be made, and that takes {', '.join(missing)}"
        raise item.error("fields", message, hint="Add them; the forms of your service desk may demand more")
    if module.made_below and not module.parents:
        hint = f"Give parent: {{module: {module.made_below}, id: ...}}"
        raise item.error("parent", f"{entry.result.subject} is made below one of {module.made_below}", hint=hint)


# -- what is to be done -----------------------------------------------------------------------------------------------------


def _plan(context: Context, entry: Entry) -> None:
    """Decide what to do; the result holds the prediction."""
    result = entry.result
    describe(entry)
    result.before = result.after = shown(context, entry, entry.row)
    if entry.item["state"] == ABSENT:
        entry.action = DELETE if entry.row is not None else NOTHING
        result.after = None
    elif entry.row is None:
        try:
            _require_mandatory(entry)
        except OptionError as error:
            result.fail(error)
            return
        entry.action, entry.changes = CREATE, entry.compared
        result.after = wanted(context, entry, {})
    else:
        entry.fields = context.platform.record_fields(entry.module, entry.item["fields"], entry.row)
        result.before = result.after = shown(context, entry, entry.row)
        entry.changes = context.platform.difference(entry.compared, entry.row)
        if entry.changes:
            entry.action = UPDATE
            result.after = wanted(context, entry, entry.row)
    result.outcome = entry.action


def _up_to_first_failure(context: Context, entries: Sequence[Entry]) -> list[Entry]:
    """The entries to be worked on: with C(on_error=stop), what stands behind the first failed one is left alone."""
    failed = next((entry for entry in entries if entry.result.error is not None), None)
    to_do = [entry for entry in entries if entry.is_open and entry.action != NOTHING]
    if failed is None or context.on_error != "stop":
        return to_do
    for entry in to_do:
        if entry.item.index > failed.item.index:
            skip(entry, NotTried(f"Not tried after the failure of {failed.result.subject}"))
    return [entry for entry in to_do if entry.is_open]


def _result(entry: Entry) -> ItemResult:
    """The result of an item; one that wishes what an earlier one does shares its result: all the work was done there."""
    first = entry.first
    if first is None:
        return entry.result
    outcome = NOTHING if first.result.changed and first.result.error is None else first.result.outcome
    after = first.result.after
    return replace(first.result, index=entry.item.index, outcome=outcome, before=after, after=after, has_written=False)


OPTIONS_OF_MODULE = (Option("module"), Option("path"), Option("key"), Option("parent", type="raw"))

RECORD = WriteVerb(
    name="record",
    platforms=("sdp_cloud",),
    options=(
        *OPTIONS_OF_MODULE,
        Option("record_id"),
        Option("match_on", type="list", elements="str"),
        Option("fields", type="dict"),
        Option("extra_fields", type="dict"),
        Option("state", default=PRESENT, choices=(PRESENT, ABSENT)),
        SETTLE_TIMEOUT,
    ),
    check=check,
    run=record,
    unpredictable=(),
)
