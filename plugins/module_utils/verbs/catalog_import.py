# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of a zip file are in a catalog. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..transport.errors import DeskError, OutcomeUnknown
from ..transport.retry import backoff
from .archive import Archive, moment, read_archive
from .catalog import is_named, search_titles
from .files import WHERE_IT_RUNS, check_path
from .parallel import HOPELESS, NotTried, each, fail
from .spec import Context, Item, ItemResult, Option, WriteVerb

# How often an import that does not show is looked for.
LOOKS = 4

Row = dict[str, Any]


@dataclass(frozen=True)
class State:
    """What the catalog has of an archive.

    C(services) are those that a search finds by their names, C(absent) the names that it does not. C(exported) is what the
    catalog itself exports of them; C(unclear) says why that cannot be compared.
    """

    services: tuple[Row, ...] = ()
    absent: tuple[str, ...] = ()
    is_same: bool = False
    exported: Archive | None = None
    unclear: str | None = None


@dataclass
class Import:
    """One file."""

    item: Item
    result: ItemResult
    archive: Archive | None = None
    before: State = field(default_factory=State)

    @property
    def path(self) -> str:
        return str(self.item["path"])


def check(items: Sequence[Item]) -> None:
    """Each file is named, once."""
    paths: dict[str, Item] = {}
    for item in items:
        check_path(item, "path")
        other = paths.setdefault(os.path.normpath(item["path"]), item)
        if other is not item:
            raise item.error("path", f"{item['path']} is imported by {other.label.rstrip('.')} already")


def catalog_import(context: Context) -> list[ItemResult]:
    """Check the files, compare them with the catalog, import what differs, look again.

    One after the other: imports may depend on each other, and they write to the same categories.
    """
    imports = [Import(item, ItemResult(item.index, item["path"])) for item in context.items]
    for one in imports:
        one.result.extra = _told(one, State())
        try:
            _open(context, one)
        except DeskError as unusable:
            one.result.fail(unusable)
    to_do = _up_to_first_failure(context, imports)

    def bring_about(one: Import) -> None:
        _bring_about(context, one)

    errors = each(
        bring_about, to_do, concurrency=1, stop_on_error=context.on_error == "stop", progress=context.counting("imported")
    )
    for one, error in zip(to_do, errors, strict=True):
        if error is not None:
            one.result.after = one.result.before
            fail(one.result, error)
    return [one.result for one in imports]


def _open(context: Context, one: Import) -> None:
    """Read the file. In check mode there may be none: a task before this one would make it."""
    if os.path.isfile(one.path):
        one.archive = read_archive(one.path, one.path)
        one.result.extra = _told(one, State())
    elif not context.check_mode:
        raise DeskError(f"There is no file {one.path}", hint=WHERE_IT_RUNS)


def _up_to_first_failure(context: Context, imports: Sequence[Import]) -> list[Import]:
    """With C(on_error=stop), what stands behind the first item that failed already is left alone."""
    good = [one for one in imports if one.result.error is None]
    failed = next((one for one in imports if one.result.error), None)
    if failed is None or context.on_error != "stop":
        return good
    for one in good:
        if one.item.index > failed.item.index:
            fail(one.result, NotTried(f"Not tried after the failure of {failed.result.subject}"))
    return [one for one in good if one.item.index < failed.item.index]


def _bring_about(context: Context, one: Import) -> None:
    result, archive = one.result, one.archive
    if archive is None:
        context.warn(f"There is no file {one.path} yet, so it cannot be told what of it the catalog has already")
        result.outcome = "created"
        return
    one.before = _state(context, archive)
    result.extra = _told(one, one.before)
    if one.before.is_same and not one.item["force"]:
        result.before = result.after = {"members": archive.content()}
        return
    if one.before.unclear:
        context.warn(f"{one.path} is imported although the catalog may have its services already: {one.before.unclear}")
    result.before = _shown(archive, one.before)
    result.after = {"members": archive.content()}
    result.outcome = "created" if result.before is None else "updated"
    if not context.check_mode:
        _import(context, one, archive)


def _import(context: Context, one: Import, archive: Archive) -> None:
    """Upload, and look what has become of it. An upload without a clear answer is not repeated: it may be at work still."""
    lost: OutcomeUnknown | None = None
    try:
        context.platform.import_services(one.path, os.path.basename(one.path))
    except OutcomeUnknown as error:
        lost = error
    try:
        state = _state_when_settled(context, archive, can_be_told=not one.before.unclear)
    except DeskError as error:
        raise _untold(one, lost, f"looking at the catalog failed: {error.message}") from None
    one.result.extra = _told(one, state)
    if lost is not None and not _has_taken(one.before, state):
        raise _untold(one, lost, "the catalog does not show it")
    if state.absent:
        context.warn(
            f"{one.path}: after the import these are not among the published services: {', '.join(state.absent)}."
            " They may have come in as drafts that have to be published"
        )
    elif not state.is_same and not state.unclear:
        context.warn(
            f"{one.path}: after the import the catalog does not show the content of the file."
            " It may have come in as a draft revision that has to be published"
        )


def _untold(one: Import, lost: OutcomeUnknown | None, why: str) -> OutcomeUnknown:
    """Whether the file was imported cannot be told; C(lost) says that the upload had no clear answer."""
    hint = "A large import takes long: raise timeout and deadline. Run the task again: it compares first"
    if lost is None:
        return OutcomeUnknown(f"{one.path} was sent and accepted, but {why}", hint=hint)
    message = f"{one.path} was sent, but it cannot be told whether it was imported: {lost.message}; {why}"
    return OutcomeUnknown(message, hint=hint, method=lost.method, path=lost.path, status=lost.status)


def _has_taken(before: State, after: State) -> bool:
    """Whether an import whose answer was lost shows."""
    return (after.is_same and not before.is_same) or (bool(before.absent) and not after.absent)


def _state_when_settled(context: Context, archive: Archive, *, can_be_told: bool) -> State:
    """How the catalog is after an import; it may show late."""
    state = _state(context, archive)
    for attempt in range(1, LOOKS):
        if not state.absent and (state.is_same or state.unclear or not can_be_told):
            break
        context.clock.sleep(backoff(attempt))
        state = _state(context, archive)
    return state


def _state(context: Context, archive: Archive) -> State:
    """What can be seen of the services of an archive; nothing is changed by looking."""
    names = list(dict.fromkeys(service.name for service in archive.services))
    if not names:
        return State(unclear="no service can be recognised in the file")
    hits = search_titles(context.platform, names, requested_for=None, concurrency=context.concurrency)
    same = {name: [row for row in hits[name] if is_named(row, name)] for name in names}
    rows = tuple({row["id"]: row for found in same.values() for row in found}.values())
    absent = tuple(name for name in names if not same[name])
    if not rows:
        return State(absent=absent)
    if not absent and _have_same_dates(archive, same):
        return State(rows, is_same=True)
    try:
        content = context.platform.export_services([row["id"] for row in rows])
        exported = read_archive(content, "The export that the catalog has sent")
    except HOPELESS:
        raise
    except DeskError as error:
        return State(rows, absent, unclear=f"its own copy cannot be exported for comparison ({error.message})")
    return State(rows, absent, is_same=not absent and archive.is_within(exported), exported=exported)


def _have_same_dates(archive: Archive, same: dict[str, list[Row]]) -> bool:
    """Whether every service was changed last at the very time that the archive tells; an archive need not tell it."""
    return all(
        (told := moment(service.modified_at)) is not None
        and any(moment(row["modified_at"]) == told for row in same[service.name])
        for service in archive.services
    )


def _shown(archive: Archive, state: State) -> Row | None:
    """What the catalog has of the files in the archive, as far as it can be seen; C(None) where it has none of its services."""
    if not state.services and not state.unclear:
        return None
    theirs = state.exported.content() if state.exported else {}
    return {"members": {name: theirs[name] for name in archive.content() if name in theirs}}


def _told(one: Import, state: State) -> Row:
    """The result's own keys."""
    services = [service.as_dict() for service in one.archive.services] if one.archive else []
    ids: dict[str, list[str]] = {}
    for row in state.services:
        ids.setdefault(str(row["name"]).strip(), []).append(row["id"])
    return {
        "path": one.path,
        "services": [{**service, "ids": ids.get(service["name"].strip(), [])} for service in services],
        "members": sorted(one.archive.members) if one.archive else [],
        "can_be_compared": one.archive is not None and state.unclear is None,
    }


CATALOG_IMPORT = WriteVerb(
    name="catalog_import",
    platforms=("bmc_dwp",),
    options=(
        Option("path", type="path"),
        Option("force", type="bool", default=False),
    ),
    check=check,
    run=catalog_import,
)
