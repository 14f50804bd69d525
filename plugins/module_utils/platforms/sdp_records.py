# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: records of any module, found, read, made, changed and removed. Private to the collection.

Section numbers in comments are those of the fact sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ..transport.errors import ApiError, AuthError, NotFound, OptionError, RateLimited
from ..transport.http import HttpClient
from . import sdp_answers
from . import sdp_shapes as shapes
from . import sdp_values as values
from .expected import number_of
from .records import Listing
from .sdp_modules import MODULES, Module, find_module
from .sdp_paging import PAGE, collect
from .sdp_shapes import all_of, criterion, encoded

# So many records are looked for one by one; more of them in lists.
ONE_BY_ONE = 3
# What the values of a search may take up of an address; servers and proxies accept 8,000 characters.
LONGEST_SEARCH = 4000

Row = dict[str, Any]
Match = Mapping[str, Any]


class SdpRecords:
    """The calls that are the same for all modules."""

    _http: HttpClient
    memory: dict[str, Any]

    find_module = staticmethod(find_module)
    difference = staticmethod(values.difference)
    criterion = staticmethod(criterion)
    all_of = staticmethod(all_of)
    took_in_part = staticmethod(sdp_answers.took_in_part)

    # -- reading (2, 3) -------------------------------------------------------------------------------------------------

    def find_records(
        self,
        module: Module,
        *,
        criteria: Any = None,
        fields: Sequence[str] = (),
        limit: int | None = None,
        sort_field: str | None = None,
        descending: bool = False,
        keep: Callable[[Row], bool] = lambda row: True,
    ) -> Listing:
        """Records that fit the search criteria (a criterion, a list of them, or none), in the order of C(sort_field).

        Without it the order is the server's own, and whether that stays the same from page to page is not known (3): where rows
        change their places, some may be missed. With C(fields) the rows hold these and the id, as far as the server goes along;
        else what its lists show. C(keep) tells which of them count.
        """
        path = f"/{module.path}"
        info: Row = {"sort_field": sort_field, "sort_order": "desc" if descending else "asc"} if sort_field else {}
        info |= {"search_criteria": criteria} if criteria else {}
        info |= {"fields_required": list(dict.fromkeys(("id", *fields)))} if fields else {}

        def fetch(first: int, count: int) -> tuple[list[Row], bool]:
            body = self._get(path, {"list_info": {"start_index": first, "row_count": count, **info}})
            rows, has_more = self._rows(body, module), bool(values.as_object(body.get("list_info")).get("has_more_rows"))
            if has_more and not rows:
                raise shapes.unexpected("GET", path, "more rows", "an empty page that claims that there are more")
            return rows, has_more

        return collect(fetch, path=path, limit=limit, keep=keep)

    def find_narrowly(self, module: Module, fields: Sequence[str], **options: Any) -> Listing:
        """As M(find_records), with just these fields; where the server does not take one of them, with those of its lists."""
        try:
            return self.find_records(module, fields=fields, **options)
        except (AuthError, NotFound, RateLimited):
            raise
        except ApiError as error:
            if error.status != 400:
                raise
            return self.find_records(module, **options)

    def get_record(self, module: Module, record_id: str) -> Row:
        """One record with all its fields, or L(NotFound). One in the bin is not there any more."""
        path = f"/{module.path}/{quote(record_id, safe='', errors='replace')}"
        row = self._one(self._get(path), module, "GET", path)
        if row.get("is_trashed") is True:
            hint = "Restore it in the portal"
            raise NotFound(f"{_title(module.key)} {record_id} is in the bin", method="GET", path=path, hint=hint)
        return row

    def records_by_id(self, module: Module, ids: Iterable[str], fields: Sequence[str], *, listed: bool = False) -> dict[str, Row]:
        """Those of the records that exist, with at least these fields.

        Several are read in lists. What is not in there is read by itself, unless the lists are enough (C(listed)).
        """
        wanted = list(dict.fromkeys(ids))
        rows = self._listed_by_id(module, wanted, fields) if len(wanted) > ONE_BY_ONE else None
        if listed and rows is not None:
            return rows
        found = rows or {}
        for record_id in wanted:
            if record_id not in found:
                try:
                    found[record_id] = self.get_record(module, record_id)
                except NotFound:
                    continue
        return found

    def _listed_by_id(self, module: Module, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Row] | None:
        """What lists give of these records; C(None) where they cannot be searched by id, and what they lack proves nothing."""
        found: dict[str, Row] = {}
        for chunk in _chunks(ids):
            try:
                rows = self._narrow_list(module, criterion("id", "is", *chunk), fields)
            except ApiError as error:
                if error.status == 400 and not isinstance(error, (AuthError, RateLimited)):
                    return None
                raise
            found |= {row["id"]: row for row in rows if row["id"] in chunk and _has_all(row, fields)}
        return found

    def records_like(
        self, module: Module, matches: Sequence[Match], fields: Sequence[str], *, also: Sequence[Row] = ()
    ) -> list[list[Row]]:
        """For each match, values by dotted path, the records that have them; all matches have the same paths.

        C(also) are more criteria, to keep the lists short.
        """
        paths = list(matches[0])
        needed = list(dict.fromkeys([*(path.partition(".")[0] for path in paths), *fields]))
        if module.parents:
            # They are few, and whether these lists can be searched is not known.
            below = self._telling(module, matches, self._narrow_list(module, None, needed))
            return [_fitting(match, below) for match in matches]
        if len(matches) <= ONE_BY_ONE:
            searches = [all_of([*_criteria(match), *also]) for match in matches]
            return [
                _fitting(match, self._telling(module, [match], self._narrow_list(module, search, needed)))
                for match, search in zip(matches, searches, strict=True)
            ]
        rows: dict[str, Row] = {}
        # The field that tells most of them apart.
        first = max(paths, key=lambda path: len({str(match[path]) for match in matches}))
        for chunk in _chunks(list(dict.fromkeys(_searched(match[first], first) for match in matches))):
            criteria = all_of([criterion(first, "is", *chunk), *also])
            rows |= {row["id"]: row for row in self._narrow_list(module, criteria, needed)}
        telling = self._telling(module, matches, list(rows.values()))
        return [_fitting(match, telling) for match in matches]

    def _telling(self, module: Module, matches: Sequence[Match], rows: Sequence[Row]) -> list[Row]:
        """Those of the rows that may be meant, with what they are to be found by: lists show only some fields (3)."""
        heads = list(dict.fromkeys(path.partition(".")[0] for path in matches[0]))
        telling = []
        for row in rows:
            shown = [path for path in matches[0] if path.partition(".")[0] in row]
            if not any(_has_values(row, match, shown) for match in matches):
                continue
            try:
                telling.append(self.complete(module, row, heads))
            except NotFound:
                # Removed since it was listed.
                continue
        return telling

    def complete(self, module: Module, row: Row, fields: Sequence[str]) -> Row:
        """A row of a list with at least these fields: lists show only some."""
        return row if _has_all(row, fields) else self.get_record(module, row["id"])

    def _narrow_list(self, module: Module, criteria: Any, fields: Sequence[str]) -> list[Row]:
        """All that fits and is not in the bin, with these fields as far as the server goes along."""
        bin_field = ("is_trashed",) if module.has_bin else ()
        return self.find_narrowly(module, [*fields, *bin_field], criteria=criteria, keep=is_kept).records

    def is_served(self, module: Module) -> bool:
        """Whether the path of a module leads anywhere: a record that does not exist is answered as a wrong path is (4.2)."""
        known: dict[str, bool] = self.memory.setdefault("served", {})
        if module.path not in known:
            known[module.path] = self.answers(module)
        return known[module.path]

    def answers(self, module: Module) -> bool:
        """Whether it leads anywhere right now: in the middle of a task a gateway may begin to answer for the API."""
        return self._answers(module) or (bool(module.parents) and self._answers(module.root))

    def _answers(self, module: Module) -> bool:
        try:
            self.find_records(module, limit=1)
        except NotFound:
            return False
        return True

    # -- writing --------------------------------------------------------------------------------------------------------

    def create_record(self, module: Module, fields: Mapping[str, Any]) -> Row:
        path = f"/{module.path}"
        return self._one(self._send("POST", path, {module.key: values.to_send(fields)}), module, "POST", path)

    def update_record(self, module: Module, record_id: str, fields: Mapping[str, Any]) -> None:
        """Change these fields; the others stay (7)."""
        self._send("PUT", f"/{module.path}/{quote(record_id, safe='', errors='replace')}", {module.key: values.to_send(fields)})

    def delete_record(self, module: Module, record_id: str) -> None:
        """Remove a record. Where there is a bin, that is where it goes; the API does not say (5.1)."""
        self._http.write("DELETE", f"/{module.path}/{quote(record_id, safe='', errors='replace')}")

    # -- what users write -----------------------------------------------------------------------------------------------

    @staticmethod
    def record_fields(module: Module, fields: Mapping[str, Any], there: Mapping[str, Any] | None = None) -> Row:
        """Fields as the API wants them: a plain text for another record becomes a reference to it."""
        return values.record_fields(fields, there or {}, lookups=module.lookups, users=module.users)

    @staticmethod
    def match_of(fields: Mapping[str, Any], paths: Sequence[str]) -> Row:
        """What a record is found by: the values of the fields at these paths, of references what they are made with.

        Raises:
            OptionError: a field is not given, or its value cannot be looked for.
        """
        found: Row = {}
        for path in paths:
            value: Any = fields
            for name in path.split("."):
                value = values.as_object(value).get(name)
            if isinstance(value, Mapping) and len(value) == 1:
                (key, value), dotted = next(iter(value.items())), path
                path = dotted if key == "value" else f"{dotted}.{key}"
            if value is None or value == "" or isinstance(value, (Mapping, list)):
                raise OptionError(f"match_on: fields have no single value for {path!r}", hint="Name fields that are given")
            found[path] = value
        return found

    @staticmethod
    def filters_of(module: Module, filters: Mapping[str, Any]) -> list[Row]:
        """Search criteria that demand these values; a list means any of them, nothing means an empty field."""
        criteria = []
        for name, value in filters.items():
            wanted = value if isinstance(value, list) else [value]
            told = [values.record_fields({name: one}, {}, lookups=module.lookups, users=module.users)[name] for one in wanted]
            parts = [next(iter(one.items())) if isinstance(one, Mapping) and len(one) == 1 else ("", one) for one in told]
            keys = {key for key, dummy in parts}
            if len(keys) > 1 or any(isinstance(one, (Mapping, list)) for dummy, one in parts):
                raise OptionError(f"filters: {name!r} has values of different kinds", hint="Use query for what is not simple")
            (key,) = keys or {""}
            path = name if key in ("", "value") else f"{name}.{key}"
            given = [_searched(one, path) for dummy, one in parts if one is not None]
            criteria.append(criterion(path, "is", *given) if given else {"field": path, "condition": "is"})
        return criteria

    display_id_of = staticmethod(shapes.display_id)

    # -- computers (5.8) ------------------------------------------------------------------------------------------------

    def find_computers(self, *, workstations: bool = False, fields: Sequence[str] = (), limit: int | None = None) -> Listing:
        """Assets, or only the workstations among them, in ascending order of their names, and those of one name of their ids."""
        module = MODULES["workstations" if workstations else "assets"]
        named = ("name", *fields) if fields else ()
        found = self.find_records(module, fields=named, sort_field="name", limit=limit)
        # The order of names is the server's: what it makes of case and signs is not known.
        places: dict[str, int] = {}
        for row in found.records:
            places.setdefault(str(row.get("name")), len(places))
        records = sorted(found.records, key=lambda row: (places[str(row.get("name"))], number_of(row, "id")))
        return Listing(records, found.truncated)

    # -- wire -----------------------------------------------------------------------------------------------------------

    def _get(self, path: str, info: Row | None = None) -> Any:
        return self._http.read(path, params={"input_data": encoded(info)} if info else {})

    def _send(self, method: str, path: str, body: Row) -> Any:
        return self._http.write(method, path, data={"input_data": encoded(body)})

    @staticmethod
    def _rows(body: Any, module: Module) -> list[Row]:
        rows = body.get(module.list_key) if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("id") for row in rows):
            raise shapes.unexpected("GET", f"/{module.path}", f"a list of {module.list_key}", body)
        return [{**row, "id": str(row["id"])} for row in rows]

    @staticmethod
    def _one(body: Any, module: Module, method: str, path: str) -> Row:
        for key in module.keys:
            row = body.get(key) if isinstance(body, dict) else None
            if isinstance(row, dict) and row.get("id"):
                return {**row, "id": str(row["id"])}
        raise shapes.unexpected(method, path, f"a record of {module.list_key}", body)


def is_kept(row: Row) -> bool:
    """Whether a record is not in the bin."""
    return row.get("is_trashed") is not True


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _has_all(row: Mapping[str, Any], fields: Iterable[str]) -> bool:
    return all(name in row for name in fields)


def _searched(value: Any, path: str) -> str:
    """A value as it is searched for: times as numbers, except in texts; truth values in small letters."""
    if isinstance(value, bool):
        return str(value).lower()
    is_time = isinstance(value, str) and values.ISO.fullmatch(value) and not values.is_text_field(path)
    moment = values.epoch_ms(value) if is_time else None
    return str(value) if moment is None else str(moment)


def _criteria(match: Match) -> list[Row]:
    return [criterion(path, "is", _searched(value, path)) for path, value in match.items()]


def _fitting(match: Match, rows: Iterable[Row]) -> list[Row]:
    """The rows that really have the values: whether the server minds case, or searches at all, is not known (3).

    Where one has them to the letter, the others are not meant.
    """
    fitting = [row for row in rows if _has_values(row, match, match)]
    exact = [row for row in fitting if all(str(wanted) == str(value_at(row, path)) for path, wanted in match.items())]
    return exact or fitting


def _has_values(row: Row, match: Match, paths: Iterable[str]) -> bool:
    return all(_meets(match[path], value_at(row, path), path) for path in paths)


def _meets(wanted: Any, there: Any, path: str) -> bool:
    if isinstance(wanted, str) and isinstance(there, str) and wanted.strip().casefold() == there.strip().casefold():
        return True
    return values.same(wanted, there, path)


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """What a record has at a dotted path."""
    value: Any = row
    for name in path.split("."):
        value = values.as_object(value).get(name)
    return value


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    """The values in parts, each of which fits into an address and its hits on a page."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        length = len(quote(text, errors='replace')) + 9
        if chunk and (size + length > LONGEST_SEARCH or len(chunk) == PAGE):
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += length
    if chunk:
        yield chunk
