# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a verb: options in, task result out. The same for a module and for an action plugin. Private to the collection."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..transport.errors import DeskError, OptionError
from ..transport.locks import alone
from ..verbs.spec import Context, InfoVerb, Item, ItemResult, Verb, WriteVerb, counts
from .connect import Surroundings, connect, shared_folder
from .garbage import collect_rarely
from .options import reject_foreign_options, require_platform, resolve_connection

NAMED_FAILURES = 10
# Where records keep what the user asked for, which is known beforehand, whatever its names.
ASKED_FOR = "fields"
# Where things are.
PLACE = ("platform", "data_center", "url", "portal")
DEFECT_HINT = "This is a defect of the collection: please report it with this message"


def execute(verb: Verb, params: Mapping[str, Any], surroundings: Surroundings) -> dict[str, Any]:
    """The result of the task; C(failed) is set in it where something went wrong. The one place where errors end."""
    try:
        connection = resolve_connection(params, surroundings.environ)
        require_platform(verb.name, verb.platforms, connection["platform"])
        collect_rarely()
        if isinstance(verb, WriteVerb):
            return _write(verb, params, connection, surroundings)
        return _read(verb, params, connection, surroundings)
    except DeskError as error:
        return {"failed": True, "changed": False, "msg": str(error), "error": error.as_dict()}
    except Exception as error:
        # Ansible would show it too, but as it is: secrets that are part of it would not be masked.
        return {"failed": True, "changed": False, "msg": _defect(verb, error), "exception": traceback.format_exc()}


def _defect(verb: Verb, error: Exception) -> str:
    return f"{verb.name} has stumbled over something unforeseen ({type(error).__name__}: {error}). {DEFECT_HINT}"


def _read(verb: InfoVerb, params: Mapping[str, Any], connection: dict[str, Any], surroundings: Surroundings) -> dict[str, Any]:
    reject_foreign_options(verb.options, params, connection["platform"])
    verb.check(params)
    context = _context(connection, surroundings, params=params)
    return {"changed": False, **verb.run(context).as_dict()}


def _write(verb: WriteVerb, params: Mapping[str, Any], connection: dict[str, Any], surroundings: Surroundings) -> dict[str, Any]:
    items = _items(verb, params)
    for item in items:
        reject_foreign_options(verb.options, item.values, connection["platform"], item.label)
    verb.check(items)
    context = _context(connection, surroundings, params=params, items=items, on_error=params["on_error"])
    # Hosts of a play that have the same task come to it at the same moment.
    folder = None if surroundings.check_mode else shared_folder(connection, surroundings)
    with alone(folder, (_thing(verb, connection, item) for item in items)):
        results = verb.run(context)
    summary = _summary(results)
    if surroundings.diff:
        unpredictable = {*verb.unpredictable, *context.platform.unpredictable}
        summary["diff"] = [_difference(result, unpredictable) for result in results if result.changed]
    return summary


def _thing(verb: WriteVerb, connection: Mapping[str, Any], item: Item) -> str:
    """What an item is about, for others who may have the same."""
    return repr((verb.name, *(connection.get(name) for name in PLACE), sorted(item.values.items())))


def _context(connection: dict[str, Any], surroundings: Surroundings, **verb_input: Any) -> Context:
    return Context(
        platform=connect(connection, surroundings),
        check_mode=surroundings.check_mode,
        concurrency=connection["concurrency"],
        warn=surroundings.warn,
        progress=surroundings.progress,
        **verb_input,
    )


def _items(verb: WriteVerb, params: Mapping[str, Any]) -> list[Item]:
    """One item from the top-level options, or many from C(items), whose defaults the top-level options are."""
    defaults = {option.name: params[option.name] for option in verb.options}
    entries = params["items"]
    if entries is None:
        return [Item(0, defaults)]
    if not entries:
        raise OptionError("items: the list is empty", hint="Skip the task when there is nothing to do, for example with when")
    return [
        Item(index, defaults | {name: value for name, value in entry.items() if value is not None}, f"items[{index}].")
        for index, entry in enumerate(entries)
    ]


def _summary(results: Sequence[ItemResult]) -> dict[str, Any]:
    numbers = counts(results)
    summary: dict[str, Any] = {
        "changed": any(result.changed for result in results),
        "results": [result.as_dict() for result in results],
        "counts": numbers,
        "msg": ", ".join(f"{number} {outcome}" for outcome, number in numbers.items()),
    }
    failed = [result for result in results if result.error]
    if failed:
        summary |= {"failed": True, "msg": _failure_message(failed, len(results)), "error": failed[0].error.as_dict()}  # type: ignore[union-attr]
    return summary


def _difference(result: ItemResult, unpredictable: Collection[str]) -> dict[str, Any]:
    before, after = (_without(record or {}, unpredictable) for record in (result.before, result.after))
    return {"before_header": result.subject, "after_header": result.subject, "before": before, "after": after}


def _without(record: Any, names: Collection[str]) -> Any:
    if not isinstance(record, dict):
        return record
    kept = {name: value for name, value in record.items() if name not in names}
    return {name: value if name == ASKED_FOR else _without(value, names) for name, value in kept.items()}


def _failure_message(failed: Sequence[ItemResult], total: int) -> str:
    if total == 1:
        return str(failed[0].error)
    named = "; ".join(f"{result.subject}: {result.error}" for result in failed[:NAMED_FAILURES])
    more = len(failed) - NAMED_FAILURES
    return f"{len(failed)} of {total} items failed: {named}" + (f"; and {more} more, see results" if more > 0 else "")
