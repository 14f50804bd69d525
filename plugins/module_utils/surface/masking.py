# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes secrets out of what a task shows. Private to the collection."""

from __future__ import annotations

import json
import marshal
import re
import threading
from collections import deque
from collections.abc import Iterable
from typing import Any

from ansible.module_utils.common.parameters import remove_values

from ..transport.errors import ELLIPSIS
from ..transport.secrets import all_forms

# So many members of a list are looked at in one go.
AT_ONCE = 200
STARS = "*" * 8
# What can be a part of how a number is written.
NUMBER = re.compile(r"[-+.0-9eE]+")
# A shorter secret could be a part of the names that make up a result.
SHORTEST_IN_NAME = 8
# So much of the beginning of a secret tells something about it.
SHORTEST_BEGINNING = 3
# So many of the tokens that came last are looked for: what runs for months gets a new one each hour.
LEARNED = 16
# Only messages are shortened, and they are short then; data may hold anything.
LONGEST_MESSAGE = 20_000


class Mask:
    """The secrets of a task in all their forms. More of them can be learned on the way, by any of its threads.

    Those that it begins with are kept, and of those that are learned the last C(LEARNED).
    """

    def __init__(self, secrets: Iterable[str | None]) -> None:
        self._lock = threading.Lock()
        self._given = frozenset(all_forms(secrets))
        self._learned: deque[set[str]] = deque(maxlen=LEARNED)
        self._forms = self._given

    @property
    def forms(self) -> frozenset[str]:
        return self._forms

    def hide(self, secret: str) -> None:
        """One more."""
        with self._lock:
            self._learned.append(all_forms([secret]))
            # A new set: another thread may be reading the old one.
            self._forms = self._given.union(*self._learned)

    def __call__(self, value: Any) -> Any:
        """The value without secrets: Ansible's own masking, and what it leaves out, names and halves of secrets.

        Ansible takes a large answer apart and puts it together again, value by value. Secrets are rarely in one, and whether
        they are is seen much faster in its text.
        """
        forms = self._forms
        spot = Spot(forms)
        if isinstance(value, dict) and not spot.hits([*value]):
            return {name: _in_parts(part, forms, spot) for name, part in value.items()}
        return _masked(value, forms)


class Spot:
    """Tells whether there may be a secret in a piece of data, in a text, in a name, or in the digits of a number."""

    def __init__(self, forms: Iterable[str]) -> None:
        shortest: list[str] = []
        for form in sorted(forms, key=len):
            # Where a longer one is, the one within it is too.
            if not any(one in form for one in shortest):
                shortest.append(form)
        self._needles = [form.encode("utf-8", "surrogatepass") for form in [*shortest, ELLIPSIS]]
        self._in_numbers = [form for form in shortest if NUMBER.fullmatch(form)]

    def hits(self, value: Any) -> bool:
        try:
            # Texts are in there as they are, and it is made several times faster than JSON. Numbers are not.
            content = marshal.dumps(value)
            numbers = json.dumps(value) if self._in_numbers else ""
        except (TypeError, ValueError, RecursionError):
            return True  # not plain data, so its content does not tell
        return any(needle in content for needle in self._needles) or any(form in numbers for form in self._in_numbers)


def _in_parts(value: Any, forms: frozenset[str], spot: Spot) -> Any:
    """Lists by the hundred: the text of a whole one would double the memory that it takes."""
    if not isinstance(value, list):
        return _masked([value], forms)[0] if spot.hits(value) else value
    parts = (value[start : start + AT_ONCE] for start in range(0, len(value), AT_ONCE))
    return [one for part in parts for one in (_masked(part, forms) if spot.hits(part) else part)]


def _masked(value: Any, forms: frozenset[str]) -> Any:
    longest_first = sorted(forms, key=len, reverse=True)
    return _rest_masked(remove_values(value, forms), longest_first)


def _rest_masked(value: Any, forms: list[str]) -> Any:
    if isinstance(value, str):
        return _without_beginnings(value, forms)
    in_names = [form for form in forms if len(form) >= SHORTEST_IN_NAME]
    names: dict[Any, Any] = {}
    # In place, since it is a copy; and not by recursion, since answers can be nested deeply.
    waiting = [value]
    while waiting:
        box = waiting.pop()
        for key, member in list(box.items() if isinstance(box, dict) else enumerate(box)):
            if isinstance(member, (dict, list)):
                waiting.append(member)
            elif isinstance(member, str) and ELLIPSIS in member:
                box[key] = _without_beginnings(member, forms)
        if isinstance(box, dict):
            _mask_names(box, in_names, names)
    return value


def _mask_names(box: dict[Any, Any], forms: list[str], known: dict[Any, Any]) -> None:
    """Records repeat their names, so what becomes of one is kept."""
    for name in box:
        if name not in known:
            known[name] = _replaced(name, forms) if isinstance(name, str) else name
    if any(known[name] != name for name in box):
        members = [(known[name], member) for name, member in box.items()]
        box.clear()
        box.update(members)


def _replaced(name: str, forms: list[str]) -> str:
    for form in forms:
        name = name.replace(form, STARS)
    return name


def _without_beginnings(text: str, forms: list[str]) -> str:
    """What was shortened may end in the middle of a secret."""
    if ELLIPSIS not in text or len(text) > LONGEST_MESSAGE:
        return text
    pieces = text.split(ELLIPSIS)
    pieces[:-1] = [_without_beginning(piece, forms) for piece in pieces[:-1]]
    return ELLIPSIS.join(pieces)


def _without_beginning(piece: str, forms: list[str]) -> str:
    found = 0
    for form in forms:
        for size in range(min(len(form), len(piece)), max(SHORTEST_BEGINNING, found + 1) - 1, -1):
            if piece.endswith(form[:size]):
                found = size
                break
    return piece[:-found] + STARS if found else piece


def hide_results(result: dict[str, Any]) -> None:
    """Let each of C(results) say itself that it is not to be shown.

    Ansible takes a list of this name for the results of a loop, and some versions (2.19, 2.20) show what is in it in spite of
    C(no_log) on the task.
    """
    for one in result.get("results") or ():
        if isinstance(one, dict):
            one["_ansible_no_log"] = True
