# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what users call a service or a category to its record. Private to the collection."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeAlias

from ..transport.errors import Ambiguous, DeskError, NotFound
from .checks import is_id
from .parallel import HOPELESS, NotTried, each

CONCURRENCY = 8
NEAREST = 3
LIKENESS = 0.5
# Suggestions are worth some calls, not thousands.
MOST_CATEGORIES_SEARCHED = 200

UNSEEN = "It may be unpublished, not entitled to the account, or misspelt"

Row = dict[str, Any]
Found: TypeAlias = "Row | DeskError"


def find_service(
    platform: Any, id_or_name: str, *, requested_for: str | None = None, concurrency: int = CONCURRENCY
) -> Row:
    """The published service with this id or exactly this name.

    Raises:
        NotFound: there is none; the nearest names are listed.
        Ambiguous: several have the name; they are listed.
    """
    return find_services(platform, [id_or_name], requested_for=requested_for, concurrency=concurrency)[id_or_name]


def find_services(
    platform: Any, ids_or_names: Iterable[str], *, requested_for: str | None = None, concurrency: int = CONCURRENCY
) -> dict[str, Row]:
    """The services by what they were asked for with; the first that cannot be told raises as in M(find_service)."""
    services: dict[str, Row] = {}
    looked_up = look_up_services(platform, ids_or_names, requested_for=requested_for, concurrency=concurrency)
    for wanted, found in looked_up.items():
        if isinstance(found, DeskError):
            raise found
        services[wanted] = found
    return services


def look_up_services(
    platform: Any, ids_or_names: Iterable[str], *, requested_for: str | None = None, concurrency: int = CONCURRENCY
) -> dict[str, Found]:
    """As M(find_services), but with an error in the place of each service that cannot be told.

    All ids cost one call, and each distinct name another; what one item of a loop has found, the next knows. A number that is
    no id is tried as a name. What a failed call says of all services is raised.
    """
    wanted = list(dict.fromkeys(ids_or_names))
    known: dict[tuple[str | None, str], Row] = platform.memory.setdefault("services", {})
    found: dict[str, Found] = {one: known[requested_for, one] for one in wanted if (requested_for, one) in known}
    if ids := [one for one in wanted if is_id(one) and one not in found]:
        by_id = {row["id"]: row for row in platform.find_services(service_ids=ids, requested_for=requested_for)}
        found |= {one: by_id[one] for one in ids if one in by_id}
    names = [one for one in wanted if one not in found]
    hits = search_titles(platform, names, requested_for=requested_for, concurrency=concurrency)
    same = {name: [row for row in hits[name] if is_named(row, name)] for name in names}
    visible: list[Row] = []
    if any(not rows for rows in same.values()):
        visible = _what_can_be_suggested(platform, requested_for, concurrency)
    for name in names:
        found[name] = one_of(name, same[name], "service", like=nearest(name, [*hits[name], *visible]))
    known |= {(requested_for, one): row for one, row in found.items() if not isinstance(row, DeskError)}
    return {one: found[one] for one in wanted}


def search_titles(
    platform: Any, names: Sequence[str], *, requested_for: str | None, concurrency: int
) -> dict[str, list[Row]]:
    """What the platform finds for each of the names; it also matches tags and parts of names."""
    hits: dict[str, list[Row]] = {}

    def search(name: str) -> None:
        hits[name] = platform.find_services(title=name.strip(), requested_for=requested_for)

    side_by_side(search, names, concurrency)
    return hits


def all_services(platform: Any, category_ids: Collection[str], *, requested_for: str | None, concurrency: int) -> list[Row]:
    """The services of these categories, each once, in ascending order of their ids."""
    services: dict[str, Row] = {}

    def search(category_id: str) -> None:
        for row in platform.find_services(category_id=category_id, requested_for=requested_for):
            services.setdefault(row["id"], row)

    side_by_side(search, list(category_ids), concurrency)
    return sorted(services.values(), key=id_order)


def find_category(platform: Any, id_or_name: str) -> Row:
    """The category with this id or exactly this name; errors as those of M(find_service)."""
    categories = platform.categories()
    same = [row for row in categories if row["id"] == id_or_name] or [row for row in categories if is_named(row, id_or_name)]
    found = one_of(id_or_name, same, "category", like=nearest(id_or_name, categories))
    if isinstance(found, DeskError):
        raise found
    return found


def one_of(wanted: str, rows: Sequence[Row], kind: str, *, like: Sequence[str]) -> Found:
    """The only one of the records, or the error that there are none or several; C(like) are others to be suggested."""
    if len(rows) == 1:
        return rows[0]
    if rows:
        listed = "; ".join(described(row) for row in sorted(rows, key=id_order))
        return Ambiguous(f"{wanted!r} is the name of {len(rows)} of them: {listed}", hint=f"Give the id of the {kind} instead")
    hint = f"{UNSEEN}. " + (f"The nearest are: {', '.join(like)}" if like else "Nothing that can be seen is like it")
    return NotFound(f"No {kind} has the id or exactly the name {wanted!r}", hint=hint)


def described(row: Row) -> str:
    """A record in a list of several with the same name."""
    places = ", ".join(str(name) for name in row.get("categories") or ())
    return f"{row['id']} {row['name']!r}" + (f" in {places}" if places else "")


def nearest(name: str, rows: Iterable[Row]) -> list[str]:
    """Those of the records whose names are most like a name, with their ids."""
    by_name: dict[str, Row] = {}
    for row in rows:
        by_name.setdefault(str(row["name"]).casefold(), row)
    close = difflib.get_close_matches(name.strip().casefold(), by_name, n=NEAREST, cutoff=LIKENESS)
    return [f"{by_name[one]['name']!r} ({by_name[one]['id']})" for one in close]


def is_named(row: Row, name: str) -> bool:
    """Whether a record has exactly this name; blanks around it do not count."""
    return str(row["name"] or "").strip() == name.strip()


def id_order(row: Row) -> tuple[int, str]:
    """Numbers by their size, although ids are text."""
    return len(row["id"]), row["id"]


def side_by_side(work: Callable[[str], None], tasks: Sequence[str], concurrency: int) -> None:
    """Do the work for each; the first error is raised, and what has not begun by then is left."""
    errors = each(work, tasks, concurrency=concurrency, stop_on_error=True)
    for error in errors:
        if error is not None and not isinstance(error, NotTried):
            raise error


def _what_can_be_suggested(platform: Any, requested_for: str | None, concurrency: int) -> list[Row]:
    """All services that can be seen, as far as it does not take too many calls; a failure costs the suggestions only."""
    try:
        categories = [row["id"] for row in platform.categories()][:MOST_CATEGORIES_SEARCHED]
        return all_services(platform, categories, requested_for=requested_for, concurrency=concurrency)
    except HOPELESS:
        raise
    except DeskError:
        return []
