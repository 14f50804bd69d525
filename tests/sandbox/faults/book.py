# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults in force, and which of them strike a call."""

from __future__ import annotations

import random
import re
from typing import Any

from .spec import FaultSpec


class Fault:
    """A fault in force: its order, and how often it matched and fired."""

    def __init__(self, number: int, spec: FaultSpec) -> None:
        self.number = number
        self.spec = spec
        self.matched = 0
        self.fired = 0
        self._random = random.Random(spec.seed)
        self._path = re.compile(spec.path) if spec.path else None

    @property
    def name(self) -> str:
        return self.spec.name or self.spec.kind

    def matches(self, platform: str, method: str, path: str) -> bool:
        spec = self.spec
        return (
            spec.platform in (None, platform)
            and (spec.method is None or spec.method.upper() == method)
            and (self._path is None or self._path.search(path) is not None)
        )

    def due(self) -> bool:
        """Count one matching call and tell whether it is hit."""
        spec = self.spec
        if spec.times is not None and self.fired >= spec.times:
            return False
        self.matched += 1
        if self.matched <= spec.skip or self._random.random() >= spec.probability:
            return False
        self.fired += 1
        return True

    def view(self) -> dict[str, Any]:
        return {
            "id": self.number,
            **self.spec.model_dump(exclude_unset=True),
            "matched": self.matched,
            "fired": self.fired,
        }


class FaultBook:
    """All faults in force, in the order they were given."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._last = 0

    def add(self, spec: FaultSpec) -> Fault:
        self._last += 1
        fault = Fault(self._last, spec)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def view(self) -> list[dict[str, Any]]:
        return [fault.view() for fault in self._faults]

    def strikes(self, platform: str, method: str, path: str) -> list[Fault]:
        """Every latency that is due, and the first other fault that is due."""
        due: list[Fault] = []
        main_found = False
        for fault in self._faults:
            if main_found and fault.spec.kind != "latency":
                continue
            if fault.matches(platform, method, path) and fault.due():
                due.append(fault)
                main_found = main_found or fault.spec.kind != "latency"
        return due
