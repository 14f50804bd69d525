# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a verb is made of: its options, what it gets, and what it gives back. Private to the collection.

Nothing here knows Ansible: a verb can be called and tested with plain Python.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from ..transport.errors import DeskError, OptionError
from ..transport.retry import Clock

# What is done, how often, and of how many.
Progress: TypeAlias = Callable[[str, int, int], None]

# Outcomes of an item that mean that the platform's data is not what it was.
CHANGING = frozenset({"approved", "denied", "created", "updated", "closed", "deleted"})


@dataclass(frozen=True)
class Option:
    """One option, described once: the argument spec is made from it, and the documentation is tested against it.

    C(platforms) names those that know the option; empty means all. C(secret) values are masked in every output.
    C(options) are those of a dictionary.
    """

    name: str
    type: str = "str"
    default: Any = None
    choices: tuple[str, ...] = ()
    elements: str | None = None
    secret: bool = False
    platforms: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    required: bool = False


# Seconds that something new may take to show up, for all verbs that make something.
SETTLE_TIMEOUT = Option("settle_timeout", type="float", default=10.0)


@dataclass(frozen=True)
class Item:
    """One thing to be ensured: its options, defaults merged in, and where in the task it stands."""

    index: int
    values: Mapping[str, Any]
    label: str = ""

    def __getitem__(self, option: str) -> Any:
        return self.values[option]

    def error(self, option: str, message: str, *, hint: str | None = None) -> OptionError:
        """An error about an option of this item, named as the user wrote it."""
        return OptionError(f"{self.label}{option}: {message}", hint=hint)


@dataclass
class ItemResult:
    """What became of an item.

    C(subject) names it in messages, C(extra) holds the module's own return keys. C(has_written) is for an item that
    changed something and failed all the same, later on.
    """

    index: int
    subject: str
    outcome: str = "unchanged"
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    error: DeskError | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    has_written: bool = False

    @property
    def changed(self) -> bool:
        return self.has_written or self.outcome in CHANGING

    def fail(self, error: DeskError, *, outcome: str = "failed") -> None:
        """Record a failure."""
        self.outcome = outcome
        self.error = error

    def as_dict(self) -> dict[str, Any]:
        """The item's place in C(results)."""
        return {
            **self.extra,
            "index": self.index,
            "outcome": self.outcome,
            "changed": self.changed,
            "before": self.before,
            "after": self.after,
            "error": self.error.as_dict() if self.error else None,
        }


@dataclass
class Records:
    """What an info verb found. C(extra) holds the module's own return keys."""

    records: list[dict[str, Any]]
    truncated: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The result of the task."""
        return {"records": self.records, "total": len(self.records), "truncated": self.truncated, **self.extra}


@dataclass
class Context:
    """All that a verb works with.

    C(platform) makes the calls, C(params) are the options of an info verb, C(items) those of a write verb. C(warn) takes
    warnings for the user, C(progress) how far the work is.
    """

    platform: Any
    params: Mapping[str, Any]
    items: Sequence[Item] = ()
    check_mode: bool = False
    on_error: str = "continue"
    concurrency: int = 8
    warn: Callable[[str], None] = lambda message: None
    progress: Progress = lambda what, done, total: None
    clock: Clock = field(default_factory=Clock)

    def counting(self, what: str) -> Callable[[int, int], None]:
        """Takes how many are done, and how many there are; C(what) says with what, such as V(decided)."""
        return partial(self.progress, what)


@dataclass(frozen=True)
class WriteVerb:
    """Ensures things. C(check) raises L(OptionError) before the first call.

    C(unpredictable) are the keys of C(after) that only the platform knows, and only once it is done: check mode promises the
    diff of the real run, so they are left out of it.
    """

    name: str
    platforms: tuple[str, ...]
    options: tuple[Option, ...]
    check: Callable[[Sequence[Item]], None]
    run: Callable[[Context], list[ItemResult]]
    unpredictable: tuple[str, ...] = ("status", "updated_at")


@dataclass(frozen=True)
class InfoVerb:
    """Reads things. C(check) raises L(OptionError) before the first call."""

    name: str
    platforms: tuple[str, ...]
    options: tuple[Option, ...]
    check: Callable[[Mapping[str, Any]], None]
    run: Callable[[Context], Records]


Verb: TypeAlias = "WriteVerb | InfoVerb"


def counts(results: Sequence[ItemResult]) -> dict[str, int]:
    """How many items came to each outcome."""
    return dict(sorted(Counter(result.outcome for result in results).items()))
