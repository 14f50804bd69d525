# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a tenant for the control API: all records with what is below them, and the files' digests."""

from __future__ import annotations

import hashlib
from typing import Any

from .fields import Module
from .modules import MODULES
from .records import Records
from .store import Record


def whole_state(records: Records) -> dict[str, Any]:
    """By path of the module; tables that are shown under several paths come under the widest."""
    state = {module.path: rows(records, module) for module in MODULES if module.only is None}
    return {**state, "files": _files(records)}


def rows(records: Records, module: Module) -> list[dict[str, Any]]:
    return [record_state(records, module, record) for record in records.desk.rows(module)]


def record_state(records: Records, module: Module, record: Record) -> dict[str, Any]:
    """A record as the API shows it, and its sub-records."""
    below = {sub.path: [record_state(records, sub, row) for row in records.desk.rows(sub, record)] for sub in module.subs}
    return {**records.whole(module, record), **({"below": below} if below else {})}


def _files(records: Records) -> list[dict[str, Any]]:
    return [
        {
            "id": file.id,
            "name": file.name,
            "content_type": file.content_type,
            "size": len(file.data),
            "sha256": hashlib.sha256(file.data).hexdigest(),
            "path": file.path,
        }
        for file in records.desk.files.values()
    ]
