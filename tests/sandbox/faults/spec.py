# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fault looks like when it is ordered over the control API."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

When = Literal["before", "after"]

#: kind -> (its own parameters, where it strikes unless told: before or after the platform did its work)
KINDS: dict[str, tuple[frozenset[str], When]] = {
    "latency": (frozenset({"ms"}), "before"),
    "status": (frozenset({"status", "body", "headers", "content_type"}), "before"),
    "rate_limit": (frozenset({"retry_after", "seconds", "body"}), "before"),
    "drop": (frozenset(), "before"),
    "reset": (frozenset(), "before"),
    "cut": (frozenset({"after_bytes"}), "after"),
    "truncated_json": (frozenset({"after_bytes"}), "after"),
    "html": (frozenset({"status", "body"}), "before"),
    "empty": (frozenset({"status"}), "before"),
    "wrong_content_type": (frozenset({"content_type"}), "after"),
    "slow_headers": (frozenset({"seconds"}), "after"),
    "slow_body": (frozenset({"seconds", "bytes"}), "after"),
    "auth": (frozenset(), "before"),
    "redirect": (frozenset({"location", "status"}), "before"),
    "huge": (frozenset({"bytes"}), "before"),
    "clock_jump": (frozenset({"seconds"}), "before"),
}
#: kinds that change the platform's own reply, so that the platform has always done its work
ALWAYS_AFTER = frozenset({"cut", "truncated_json", "wrong_content_type", "slow_headers", "slow_body"})
_PARAMETERS = frozenset().union(*(parameters for parameters, _when in KINDS.values()))


class FaultSpec(BaseModel):
    """Which calls are hit, how often, and by what.

    ``skip`` matching calls pass first, then ``times`` are hit (None: for ever), each with ``probability``.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str
    name: str | None = None
    platform: str | None = None
    method: str | None = None
    path: str | None = Field(default=None, description="regular expression, searched in the path with its prefix")
    times: int | None = Field(default=None, ge=1)
    skip: int = Field(default=0, ge=0)
    probability: float = Field(default=1.0, ge=0.0, le=1.0)
    seed: int = 0
    when: When | None = None

    ms: float = Field(default=100, ge=0)
    status: int | None = Field(default=None, ge=200, le=599)
    body: Any = None
    headers: dict[str, str] = Field(default_factory=dict)
    content_type: str | None = None
    retry_after: int | float | str | None = None
    after_bytes: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=1.0, ge=0)
    bytes: int | None = Field(default=None, ge=1)
    location: str = "/login"

    @field_validator("kind")
    @classmethod
    def known_kind(cls, value: str) -> str:
        if value not in KINDS:
            raise ValueError(f"unknown kind; known are: {', '.join(KINDS)}")
        return value

    @field_validator("path")
    @classmethod
    def valid_pattern(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
        return value

    @model_validator(mode="after")
    def fitting_parameters(self) -> FaultSpec:
        parameters, _when = KINDS[self.kind]
        foreign = (self.model_fields_set & _PARAMETERS) - parameters
        if foreign:
            raise ValueError(f"{self.kind} takes {sorted(parameters)}, not {sorted(foreign)}")
        if self.kind in ALWAYS_AFTER and self.when == "before":
            raise ValueError(f"{self.kind} changes the platform's own reply, so it cannot strike before")
        return self

    @property
    def strikes_after(self) -> bool:
        """True if the platform does its work first, so that a write has taken effect."""
        return (self.when or KINDS[self.kind][1]) == "after"
