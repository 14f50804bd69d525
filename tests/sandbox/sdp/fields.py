# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables: the fields of a module, one a line, and the modules made of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .kinds import (
    Choice,
    Decimal,
    DisplayId,
    Files,
    Flag,
    Group,
    Has,
    Html,
    Kind,
    Line,
    Number,
    Ref,
    Refs,
    Text,
    Texts,
    Time,
)

if TYPE_CHECKING:
    from .desk import Desk
    from .store import Record

_SIMPLE: dict[str, Callable[[], Kind]] = {
    "json": Kind,
    "number": Number,
    "decimal": Decimal,
    "flag": Flag,
    "time": Time,
    "texts": Texts,
    "files": Files,
}
_SIZED: dict[str, Callable[[int], Kind]] = {"text": Text, "line": Line, "html": Html}


@dataclass(frozen=True)
class Field:
    """One field. ``once``: may be given at creation only; ``write_only``: is never shown."""

    name: str
    kind: Kind
    mandatory: bool = False
    read_only: bool = False
    write_only: bool = False
    once: bool = False
    unique: bool = False
    in_list: bool = False
    in_brief: bool = False
    empty: Any = None

    def show_value(self, value: Any, record: Record, desk: Desk) -> Any:
        if value is None and not self.kind.computed:
            return self.kind.nothing(self.empty, desk)
        return self.kind.show(value, record, desk)

    def show(self, record: Record, desk: Desk) -> Any:
        return self.show_value(record.values.get(self.name), record, desk)


_WORDS = {
    "need": "mandatory",
    "read": "read_only",
    "write": "write_only",
    "once": "once",
    "unique": "unique",
    "list": "in_list",
    "brief": "in_brief",
}


def fields(table: str) -> tuple[Field, ...]:
    """Read a table: name, kind, then words; ``=`` and JSON say how no value is shown."""
    return tuple(_field(line) for line in table.splitlines() if line.strip())


def _field(line: str) -> Field:
    name, kind_text, *words = line.split()
    kind = _kind(kind_text)
    flags: dict[str, Any] = {"empty": kind.empty}
    for word in words:
        if word.startswith("="):
            flags["empty"] = json.loads(word[1:])
        else:
            flags[_WORDS[word]] = True
    return Field(name, kind, **flags)


def _kind(text: str) -> Kind:
    """``text/250``, ``@users``, ``@items<subcategory`` (within), ``@users+`` (may come), ``[@assets]``, ``{a:text,b:@users}``."""
    head, _slash, rest = text.partition("/")
    if text.startswith("{"):
        parts = (part.partition(":") for part in text[1:-1].split(","))
        return Group(tuple(_field(f"{name} {kind.replace('!', ' ')}") for name, _colon, kind in parts))
    if text.startswith("[@"):
        return Refs(text[2:-1])
    if text.startswith("@"):
        table, _sign, within = text[1:].rstrip("+").partition("<")
        return Ref(table, within, comes=text.endswith("+"))
    if head in _SIZED:
        return _SIZED[head](int(rest or 0))
    if head in ("has", "id", "one"):
        return Has(rest) if head == "has" else DisplayId(rest) if head == "id" else Choice(tuple(rest.split("/")))
    return _SIMPLE[head]()


@dataclass(frozen=True)
class Module:
    """A kind of record.

    ``path`` is its segment of the URL, ``one`` the key of a record in bodies and answers (``got`` where the answer to
    a GET has another), ``many`` the key of a list. Rows are kept in ``table``; with ``only`` it shows a part of them.
    """

    path: str
    one: str
    fields: tuple[Field, ...]
    scope: str = "setup"
    key: str = "name"
    got: str = ""
    many: str = ""
    table: str = ""
    methods: tuple[str, ...] = ("GET", "POST", "PUT", "DELETE")
    subs: tuple[Module, ...] = ()
    only: tuple[str, Any] | None = None
    parent_field: str = ""
    numbered: int = 0
    uploads: bool = False
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in (("many", self.many or self.path), ("table", self.table or self.path), ("got", self.got or self.one)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "by_name", {one.name: one for one in self.fields})

    @property
    def shown(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if not one.write_only)

    def holds(self, record: Record) -> bool:
        return self.only is None or record.values.get(self.only[0]) == self.only[1]


def part(module: Module, path: str, one: str, only: tuple[str, Any]) -> Module:
    """A path of its own for a part of the rows of ``module``."""
    return replace(module, path=path, one=one, got=one, many=path.rpartition("/")[2], only=only)
