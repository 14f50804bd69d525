# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches: what the vendors' documents leave open, as named choices that a test can turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


class SwitchError(ValueError):
    """An unknown switch, or a value that the switch does not have."""


@dataclass(frozen=True)
class Switch:
    """One open question: its default answer, the other plausible ones, and what it is about.

    ``choices`` of None means any whole number from 0 up (0 turns the thing off).
    """

    name: str
    default: str | int
    choices: tuple[str | int, ...] | None
    about: str

    def check(self, value: Any) -> str | int:
        if self.choices is None:
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                return value
            raise SwitchError(f"{self.name}: {value!r} is not a whole number from 0 up")
        for choice in self.choices:
            if not isinstance(value, bool) and str(value) == str(choice):
                return choice
        allowed = ", ".join(str(choice) for choice in self.choices)
        raise SwitchError(f"{self.name}: {value!r} is not one of: {allowed}")


class Switchboard:
    """The switches of one platform with their present values; read as ``board["name"]``."""

    def __init__(self, switches: Iterable[Switch], on_change: Callable[[], None] = lambda: None) -> None:
        self.table = {switch.name: switch for switch in switches}
        self._values: dict[str, str | int] = {}
        self._on_change = on_change
        self._reset_values()

    def __getitem__(self, name: str) -> str | int:
        return self._values[name]

    def number(self, name: str) -> int:
        return int(self._values[name])

    def _reset_values(self) -> None:
        self._values = {name: switch.default for name, switch in self.table.items()}

    def reset(self) -> None:
        self._reset_values()
        self._on_change()

    def change(self, values: dict[str, Any]) -> None:
        """Set all of ``values`` or, if one of them is wrong, none."""
        checked = {}
        for name, value in values.items():
            if name not in self.table:
                raise SwitchError(f"unknown switch {name!r}; known are: {', '.join(sorted(self.table))}")
            checked[name] = self.table[name].check(value)
        self._values.update(checked)
        self._on_change()

    def describe(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "value": self._values[name],
                "default": switch.default,
                "choices": list(switch.choices) if switch.choices is not None else "whole number, 0 = off",
                "about": switch.about,
            }
            for name, switch in self.table.items()
        ]
