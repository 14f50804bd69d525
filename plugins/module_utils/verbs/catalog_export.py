# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services of a catalog are in a zip file on disk. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..transport.errors import DeskError, shortened
from .archive import Archive, read_archive
from .catalog import Found, is_named, look_up_services
from .checks import is_id
from .files import check_mode, check_path, mode_of, require_target, set_mode, write_whole
from .parallel import NotTried, each, fail
from .spec import Context, Item, ItemResult, Option, WriteVerb

# So much of a list of names is shown.
LONGEST_NAMES = 500

Row = dict[str, Any]


@dataclass
class Export:
    """One file. C(ids) are those of its services, C(named) the names of those that were asked for by name."""

    item: Item
    result: ItemResult
    ids: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return str(self.item["path"])


def check(items: Sequence[Item]) -> None:
    """Services are named, and each file is written once."""
    paths: dict[str, Item] = {}
    for item in items:
        check_path(item, "path")
        check_mode(item, "mode")
        if not item["services"]:
            raise item.error("services", "the list is missing or empty", hint="Give ids or exact names of services")
        if not all(name.strip() for name in item["services"]):
            raise item.error("services", "one of them is empty")
        other = paths.setdefault(os.path.normpath(item["path"]), item)
        if other is not item:
            raise item.error("path", f"{item['path']} is written by {other.label.rstrip('.')} already")


def catalog_export(context: Context) -> list[ItemResult]:
    """Export, compare with what is on disk, write what differs."""
    exports = [Export(item, ItemResult(item.index, item["path"])) for item in context.items]
    for export in exports:
        try:
            require_target(context, export.path)
        except DeskError as error:
            export.result.fail(error)
    to_do = [export for export in exports if export.result.error is None]
    names = [name for export in to_do for name in export.item["services"] if not is_id(name)]
    services = look_up_services(context.platform, names, concurrency=context.concurrency) if names else {}
    for export in to_do:
        _resolve(export, services)
    to_do = _up_to_first_failure(context, exports)
    _carry_out(context, to_do)
    return [export.result for export in exports]


def _resolve(export: Export, services: Mapping[str, Found]) -> None:
    """Ids are taken as they are: an export knows those of unpublished services too, a search does not."""
    export.result.extra = {"path": export.path, "services": [], "members": []}
    for name in export.item["services"]:
        found = services.get(name, {"id": name})
        if isinstance(found, DeskError):
            export.result.fail(found)
            return
        export.ids.append(found["id"])
        if name in services:
            export.named.append(str(found["name"]))
    export.ids = list(dict.fromkeys(export.ids))


def _up_to_first_failure(context: Context, exports: Sequence[Export]) -> list[Export]:
    """With C(on_error=stop), what stands behind the first item that failed already is left alone."""
    good = [export for export in exports if export.result.error is None]
    failed = next((export for export in exports if export.result.error), None)
    if failed is None or context.on_error != "stop":
        return good
    for export in good:
        if export.item.index > failed.item.index:
            fail(export.result, NotTried(f"Not tried after the failure of {failed.result.subject}"))
    return [export for export in good if export.item.index < failed.item.index]


def _carry_out(context: Context, to_do: Sequence[Export]) -> None:
    def bring_about(export: Export) -> None:
        _bring_about(context, export)

    errors = each(
        bring_about,
        to_do,
        concurrency=context.concurrency,
        stop_on_error=context.on_error == "stop",
        progress=context.counting("exported"),
    )
    for export, error in zip(to_do, errors, strict=True):
        if error is not None:
            export.result.after = export.result.before
            fail(export.result, error)


def _bring_about(context: Context, export: Export) -> None:
    result, mode = export.result, export.item["mode"]
    content = context.platform.export_services(export.ids)
    archive = read_archive(content, "The export that the catalog has sent")
    _require_named(export, archive)
    result.extra = {
        "path": export.path,
        "services": [service.as_dict() for service in archive.services],
        "members": sorted(archive.members),
    }
    result.before = _present(export.path, with_mode=mode is not None)
    result.after = _shown(archive, mode)
    if result.before == result.after:
        return
    result.outcome = "created" if result.before is None else "updated"
    if context.check_mode:
        return
    if result.before is not None and result.before["members"] == result.after["members"]:
        set_mode(export.path, mode)
    else:
        write_whole(export.path, content, mode)


def _require_named(export: Export, archive: Archive) -> None:
    """Raise where another service was exported: whose number it is that exports want is not documented (2.4)."""
    there = [service.as_dict() for service in archive.services]
    missing = [name for name in export.named if not any(is_named(row, name) for row in there)]
    if missing and there:
        names = shortened(", ".join(str(row["name"]) for row in there), LONGEST_NAMES)
        message = f"The export that the catalog has sent holds {names}, but not {', '.join(missing)}"
        raise DeskError(message, hint="Exports may count services otherwise: give the id that they go by instead of the name")


def _present(path: str, *, with_mode: bool) -> Row | None:
    """The file as it is on disk; what is no usable zip is as good as an empty one."""
    if not os.path.lexists(path):
        return None
    mode = mode_of(path) if with_mode else None
    try:
        return _shown(read_archive(path, path), mode)
    except DeskError:
        return _shown(None, mode)


def _shown(archive: Archive | None, mode: str | None) -> Row:
    shown: Row = {"members": archive.content() if archive else {}}
    return shown if mode is None else {**shown, "mode": mode}


CATALOG_EXPORT = WriteVerb(
    name="catalog_export",
    platforms=("bmc_dwp",),
    options=(
        Option("services", type="list", elements="str"),
        Option("path", type="path"),
        Option("mode"),
    ),
    check=check,
    run=catalog_export,
)
