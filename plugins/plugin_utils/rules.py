# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decision rules: requests and rules in, one decision per request out.

Rules are compiled once into small predicates, so that a request costs a dictionary look-up and a test per rule.
Knows nothing of Ansible. Private to the collection; the filter deskops.itsm.decide is its public face.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from .conditions import (
    MISSING,
    RuleError,
    Test,
    as_text,
    check_keys,
    condition,
    describe,
    fail,
    nearest,
    non_empty_list,
)
from .plain import plain

__all__ = ["RuleError", "decide"]

STATES: Final = ("approved", "denied", "pending")
EXTERNAL: Final = "external decision"
RULE_KEYS: Final = ("name", "when", "then", "reason", "decided_by")
DECISION_KEYS: Final = ("request_id", "state", "reason", "decided_by")
COPIED_KEYS: Final = ("subject", "requested_for", "created_at")
_PLACEHOLDER: Final = re.compile(r"\{([^{}\s]+)\}")

Path: TypeAlias = tuple[str, ...]


class _Row(dict[Path, Any]):
    """The values of one record, each found when first asked for: in the record, then in its raw."""

    __slots__ = ("record",)

    def __init__(self, record: Any) -> None:
        self.record = record

    def __missing__(self, path: Path) -> Any:
        value = _walk(self.record, path)
        if value is MISSING:
            value = _walk(self.record, ("raw", *path))
        self[path] = value
        return value


def _walk(value: Any, path: Path) -> Any:
    for key in path:
        if not isinstance(value, dict):
            return MISSING
        value = value.get(key, MISSING)
    return value


@dataclass(frozen=True, slots=True)
class _When:
    """All tests hold, all of `every` match, one of `some` matches, `never` does not."""

    tests: tuple[tuple[Path, Test], ...]
    every: tuple[_When, ...]
    some: tuple[_When, ...]
    never: tuple[_When, ...]

    def matches(self, row: _Row) -> bool:
        for path, test in self.tests:
            if not test(row[path]):
                return False
        if not (self.every or self.some or self.never):
            return True
        return (
            all(when.matches(row) for when in self.every)
            and (not self.some or any(when.matches(row) for when in self.some))
            and not any(when.matches(row) for when in self.never)
        )

    def paths(self, row: _Row | None = None) -> Iterator[Path]:
        """All paths in the order of the rule; given a row that matches, without alternatives that do not match it."""
        for path, _test in self.tests:
            yield path
        some = [when for when in self.some if row is None or when.matches(row)]
        for when in (*self.every, *(some if row is None else some[:1])):
            yield from when.paths(row)
        for when in self.never:
            yield from when.paths()


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    when: _When
    state: str
    reason: str | None
    decided_by: str | None

    def decision(self, row: _Row) -> dict[str, Any]:
        shown = [f"{'.'.join(path)} is {describe(row[path])}" for path in dict.fromkeys(self.when.paths(row))]
        return {
            "state": self.state,
            "reason": self.reason and _PLACEHOLDER.sub(functools.partial(_fill, row), self.reason),
            "decided_by": self.decided_by,
            "rule": self.name,
            "why": "; ".join(shown) or "the rule applies to every request",
        }


def _placeholders(reason: str | None) -> list[Path]:
    return [tuple(text.split(".")) for text in _PLACEHOLDER.findall(reason or "")]


def _fill(row: _Row, placeholder: re.Match[str]) -> str:
    value = row[tuple(placeholder[1].split("."))]
    return placeholder[0] if value is MISSING or isinstance(value, dict) else describe(value)


def _when(spec: Any, where: str) -> _When:
    if not isinstance(spec, dict):
        fail(where, "must be a mapping of paths to conditions; {} always matches")
    tests: list[tuple[Path, Test]] = []
    groups: dict[str, tuple[_When, ...]] = {"all": (), "any": (), "not": ()}
    for key, value in spec.items():
        inner = f"{where}: {key}"
        if key not in groups:
            tests.append((_path(key, where), condition(value, inner)))
        else:
            members = [value] if key == "not" else non_empty_list(value, inner, "mappings like 'when'")
            groups[key] = tuple(_when(member, inner) for member in members)
    return _When(tuple(tests), groups["all"], groups["any"], groups["not"])


def _path(text: Any, where: str) -> Path:
    path = tuple(text.split(".")) if isinstance(text, str) else ("",)
    if not all(path):
        fail(where, f"{text!r} is not a path such as application.vendor")
    return path


def _optional_text(given: Mapping[str, Any], key: str, where: str) -> str | None:
    value = given.get(key)
    if value is not None and (text := as_text(value)) is None:
        fail(where, f"{key} must be text")
    return None if value is None else text


def _compile(rules: Any) -> list[_Rule]:
    if not isinstance(rules, list):
        fail("rules", "must be a list of mappings with name, when and then")
    compiled: dict[str, _Rule] = {}
    for number, given in enumerate(rules, 1):
        where = f"rule {number} of {len(rules)}"
        if not isinstance(given, dict):
            fail(where, "must be a mapping with name, when and then")
        name = _optional_text(given, "name", where)
        where += f" ({name})" if name else ""
        check_keys(given, RULE_KEYS, where, "key")
        if not name:
            fail(where, "needs a name")
        if name in compiled:
            fail(where, f"rule {[*compiled].index(name) + 1} has the same name")
        if "when" not in given:
            fail(where, "needs 'when'; to match every request write when: {}")
        compiled[name] = _Rule(
            name,
            _when(given["when"], f"{where}: when"),
            _state(given, "then", where),
            _optional_text(given, "reason", where),
            _optional_text(given, "decided_by", where),
        )
    return list(compiled.values())


def _state(given: Mapping[str, Any], key: str, where: str) -> str:
    state = given.get(key)
    if state not in STATES:
        problem = f"is {state!r}.{nearest(str(state), STATES)}" if key in given else "is missing."
        fail(where, f"{key} {problem} Allowed: {', '.join(STATES)}")
    return str(state)


# Batches: records and external decisions


def decide(
    records: Any, rules: Any, decisions: Any = None, warn: Callable[[str], None] | None = None
) -> list[dict[str, Any]]:
    """One decision per record, in their order; then the external decisions for requests that are not in the batch."""
    compiled = _compile(plain(rules, text_keys=False))
    external = _external(plain(decisions))
    batch = list(_batch(records, _wanted(compiled)))
    if warn:
        for path, rule_name in _unknown_paths(batch, compiled):
            warn(f"No request of this batch has {path!r}, which rule {rule_name!r} asks for.{_similar(path, records)}")
    result = []
    for request_id, record in batch:
        made = external.get(request_id) or _by_rules(record, compiled)
        result.append({"request_id": request_id, **made, **{key: record.get(key) for key in COPIED_KEYS}})
    known = {request_id for request_id, _record in batch}
    for request_id, made in external.items():
        if request_id not in known:
            result.append({"request_id": request_id, **made, **dict.fromkeys(COPIED_KEYS)})
    return result


def _by_rules(record: dict[str, Any], rules: list[_Rule]) -> dict[str, Any]:
    row = _Row(record)
    for rule in rules:
        if rule.when.matches(row):
            return rule.decision(row)
    return {"state": "pending", "reason": None, "decided_by": None, "rule": None, "why": "no rule matched"}


def _batch(records: Any, wanted: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each record with its id, reduced to what is wanted."""
    if not isinstance(records, (list, tuple)):
        fail("records", "must be a list of requests, such as the records of deskops.itsm.request_info")
    for number, record in enumerate(records, 1):
        where = f"record {number} of {len(records)}"
        if not isinstance(record, dict):
            fail(where, "must be a request, a mapping with an id")
        yield _request_id(record, "id", where), _pick(record, wanted)


def _wanted(rules: list[_Rule]) -> dict[str, Any]:
    """The keys that are asked for, as a tree; what has no keys below it is wanted whole.

    To read a value out of ansible-core's lazy containers costs microseconds, more than all rules together: each is
    read once, and only if a rule may ask for it.
    """
    paths = {path for rule in rules for path in (*rule.when.paths(), *_placeholders(rule.reason))}
    tree: dict[str, Any] = {}
    for path in sorted({*paths, *(("raw", *path) for path in paths), *((key,) for key in COPIED_KEYS)}, key=len):
        node = tree
        for key in path:
            if key in node and not node[key]:
                break
            node = node.setdefault(key, {})
    return tree


def _pick(value: Any, wanted: dict[str, Any]) -> Any:
    if not wanted or not isinstance(value, dict):
        return plain(value)
    return {key: _pick(value[key], below) for key, below in wanted.items() if key in value}


def _request_id(given: Mapping[str, Any], key: str, where: str) -> str:
    request_id = as_text(plain(given.get(key)))
    if not request_id:
        fail(where, f"needs {key}, which is text or a number")
    return request_id


def _external(decisions: Any) -> dict[str, dict[str, Any]]:
    decisions = [] if decisions is None else decisions
    if not isinstance(decisions, list):
        fail("decisions", "must be a list of mappings with request_id and state")
    external: dict[str, dict[str, Any]] = {}
    for number, given in enumerate(decisions, 1):
        where = f"decision {number} of {len(decisions)}"
        if not isinstance(given, dict):
            fail(where, "must be a mapping with request_id and state")
        request_id = _request_id(given, "request_id", where)
        where += f" (request {request_id})"
        check_keys(given, DECISION_KEYS, where, "key")
        made = {
            "state": _state(given, "state", where),
            "reason": _optional_text(given, "reason", where),
            "decided_by": _optional_text(given, "decided_by", where),
            "rule": EXTERNAL,
            "why": "decided by an external system",
        }
        first = external.setdefault(request_id, made)
        if first["state"] != made["state"]:
            fail(where, f"is {made['state']}, but an earlier decision on the same request is {first['state']}")
    return external


def _unknown_paths(batch: list[tuple[str, dict[str, Any]]], rules: list[_Rule]) -> Iterator[tuple[str, str]]:
    """The paths that no record has, with the rule that asks: most likely misspelt, so that the rule never matches."""
    asked_by: dict[Path, str] = {}
    for rule in rules:
        for path in rule.when.paths():
            asked_by.setdefault(path, rule.name)
    unknown = list(asked_by) if batch else []
    for _request_id, record in batch:
        if not unknown:
            return
        row = _Row(record)
        unknown = [path for path in unknown if row[path] is MISSING]
    for path in unknown:
        yield ".".join(path), asked_by[path]


def _similar(path: str, records: list[dict[str, Any]]) -> str:
    known: dict[str, None] = {}
    for record in records[:20]:
        known |= dict.fromkeys((*_paths_of(record.get("raw")), *_paths_of(record)))
    return nearest(path, known)


def _paths_of(value: Any, prefix: str = "") -> Iterator[str]:
    for key in value if isinstance(value, dict) else ():
        yield f"{prefix}{key}"
        yield from _paths_of(value[key], f"{prefix}{key}.")
