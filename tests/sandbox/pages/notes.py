# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the OpenAPI documents say of an operation beyond its shape: how it behaves, who says so, and values to try it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: the operations of a platform by method and path, such as C(GET /requests/{id})
Notes = dict[str, "Note"]


@dataclass(frozen=True)
class Note:
    """``values`` are examples of parameters, ``body`` is one of what is sent (the parts of a form, if it is a form)."""

    about: str
    source: str
    values: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    #: schemas of the body and of the answer where the platform's own document has none
    body_schema: dict[str, Any] | None = None
    answer_schema: dict[str, Any] | None = None
