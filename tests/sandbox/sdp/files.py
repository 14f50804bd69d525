# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploaded files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..switches import Switchboard


@dataclass(frozen=True)
class File:
    """A file; ``path`` is where it can be had, below the API's base."""

    id: str
    name: str
    content_type: str
    data: bytes
    path: str
    portal: str

    def view(self, switches: Switchboard) -> dict[str, Any]:
        base = f"/app/{self.portal}/api/v3" if switches["attachment_url"] == "portal" else ""
        size = len(self.data)
        return {
            str(switches["attachment_id"]): self.id,
            "name": self.name,
            "size": size if switches["attachment_size"] == "number" else str(size),
            "content_type": self.content_type,
            "content_url": f"{base}{self.path}",
        }
