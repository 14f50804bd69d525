# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All endpoints as a table, made from the table of modules: the application and the OpenAPI document are built of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..reply import Reply
from .fields import Field, Module
from .incoming import Call, success
from .listing import ListInfo
from .modules import MODULES

#: what a handler answers: the JSON of the answer, or a reply of another kind
Answer = dict[str, Any] | Reply
Handler = Callable[[Call], Answer]
OPERATIONS = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "DELETE": "DELETE"}
GET, POST, PUT, DELETE = "GET", "POST", "PUT", "DELETE"


@dataclass(frozen=True)
class Endpoint:
    """One method of one path below ``/api/v3``.

    ``chain`` are the modules of the records in the path, ``takes`` and ``gives`` the keys of ``input_data`` and of the
    answer with the module whose fields they have. ``many`` is a list in pages, ``whole_list`` the key of one without.
    """

    method: str
    path: str
    scope: str
    run: Handler
    about: str
    tag: str
    chain: tuple[Module, ...] = ()
    takes: tuple[str, Module] | None = None
    gives: tuple[str, Module] | None = None
    many: bool = False
    whole_list: str | None = None

    @property
    def operation(self) -> str:
        return OPERATIONS[self.method]


def segment(module: Module) -> str:
    """The place of an id in a path."""
    return f"{{{module.got}_id}}"


def record_endpoints() -> Iterator[Endpoint]:
    """List, add, get, edit, delete of all modules and of what is below them."""
    for module in MODULES:
        yield from _family((module,), f"/{module.path}", module.scope)


def _family(chain: tuple[Module, ...], path: str, scope: str) -> Iterator[Endpoint]:
    module, above = chain[-1], chain[:-1]
    tag = chain[0].path
    one = f"{path}/{segment(module)}"
    what = module.one.replace("_", " ")
    plural = module.many.replace("_", " ")

    def made(method: str, at: str, run: Handler, about: str, records: tuple[Module, ...], **more: Any) -> Endpoint:
        return Endpoint(method, at, scope, run, about, tag, records, **more)

    yield made(GET, path, _lister(module), f"List {plural}", above, gives=(module.many, module), many=True)
    if POST in module.methods:
        keys = {"takes": (module.one, module), "gives": (module.one, module)}
        yield made(POST, path, _adder(module), f"Add a {what}", above, **keys)
    yield made(GET, f"{path}/_metainfo", _describer(module), f"Fields of {plural}", above)
    yield made(GET, f"{one}/_metainfo", _describer(module), f"Fields of one {what}", chain)
    yield made(GET, one, _getter(module), f"One {what}", chain, gives=(module.got, module))
    if PUT in module.methods:
        keys = {"takes": (module.one, module), "gives": (module.one, module)}
        yield made(PUT, one, _editor(module), f"Change a {what}", chain, **keys)
    if DELETE in module.methods:
        yield made(DELETE, one, _deleter(module), f"Delete a {what}", chain)
    for sub in module.subs:
        yield from _family((*chain, sub), f"{one}/{sub.path}", scope)


def _lister(module: Module) -> Handler:
    def run(call: Call) -> Answer:
        above = call.found()
        rows = call.records.listed(module, above[-1] if above else None)
        info = ListInfo(call.list_info(), module, call.records, call.caller)
        return success(call, info.answer(rows), in_list=True)

    return run


def _adder(module: Module) -> Handler:
    def run(call: Call) -> Answer:
        above = call.found()
        given = call.entity(module.one)
        record, partial = call.records.add(module, given, call.caller, above[-1] if above else None)
        call.commit()
        return success(call, {write_key(call, module): call.records.whole(module, record)}, partial)

    return run


def _getter(module: Module) -> Handler:
    def run(call: Call) -> Answer:
        return success(call, {module.got: call.records.whole(module, call.found()[-1])})

    return run


def _editor(module: Module) -> Handler:
    def run(call: Call) -> Answer:
        record = call.found()[-1]
        partial = call.records.change(module, record, call.entity(module.one), call.caller)
        call.commit()
        return success(call, {write_key(call, module): call.records.whole(module, record)}, partial)

    return run


def _deleter(module: Module) -> Handler:
    def run(call: Call) -> Answer:
        call.records.delete(module, call.found()[-1], call.caller)
        call.commit()
        return success(call, {})

    return run


def _describer(module: Module) -> Handler:
    def run(call: Call) -> Answer:
        call.found()
        return success(call, {"metainfo": {"entity": module.one, "fields": metainfo(module)}})

    return run


def metainfo(module: Module) -> dict[str, Any]:
    """What a client can learn about fields; ``udf_fields`` holds fields of its own."""
    return {"id": {"type": "long", "read_only": True}, **{field.name: describe(field) for field in module.fields}}


def describe(field: Field) -> dict[str, Any]:
    about: dict[str, Any] = {"type": field.kind.name, "read_only": field.read_only, "mandatory": field.mandatory}
    for name, key in (("table", "lookup_entity"), ("limit", "max_length"), ("choices", "allowed_values")):
        value = getattr(field.kind, name, None)
        if value:
            about[key] = list(value) if isinstance(value, tuple) else value
    parts = getattr(field.kind, "fields", None)
    if parts:
        about["fields"] = {name: describe(part) for name, part in parts.items()}
    return about


def write_key(call: Call, module: Module) -> str:
    """The answer to a written note has one key or the other."""
    return module.got if module.one == "request_note" and call.switches["note_answer"] == "note" else module.one
