# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of ServiceDesk Plus Cloud that C(record) and C(record_info) know; C(make docs) writes them down."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from typing import Any

from .workspace import COLLECTIONS, ROOT, link_collection, say

PAGE = ROOT / "docs" / "sdp_cloud_modules.md"
TABLE = "ansible_collections.deskops.itsm.plugins.module_utils.platforms.sdp_modules"
HEAD = """<!--
Copyright (c) 2026, deskops.itsm contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
Written by `make docs` from plugins/module_utils/platforms/sdp_modules.py: change it there.
-->
# Modules of ServiceDesk Plus Cloud

What `module` can be in `deskops.itsm.record` and `deskops.itsm.record_info`. Each scope of the vendor's document "OAuth 2.0"
has its rows; the scope of a row is `SDPOnDemand.<scope>.READ`, `.CREATE`, `.UPDATE`, `.DELETE`, or `.ALL` of them. A test makes,
reads, changes and removes a record of each row in the sandbox.

The vendor's pages on most modules cannot be read in full, so the table says how sure it is: *seen* rows occur in the vendor's
documents or in other clients of the API, some of them clients of the on-premises edition, *likely* ones follow the same pattern.
The forms of a tenant may demand more fields than those named here.
What is not in the table can be addressed with `path` and `key`.
"""
SECTIONS = (
    ("Modules", "MODULES"),
    ("Modules that a tenant names", "PATTERNS"),
    ("Below other records, with `parent`", "SUB_MODULES"),
)
COLUMNS = ("module", "path", "key", "scope", "found by", "mandatory", "known", "notes")


def page() -> str:
    """The tables as a page of the documentation."""
    link_collection()
    if str(COLLECTIONS) not in sys.path:
        sys.path.insert(0, str(COLLECTIONS))
    table = importlib.import_module(TABLE)
    parts = [HEAD]
    for title, name in SECTIONS:
        rows = [_cells(module, table) for module in getattr(table, name).values()]
        parts.append(f"\n## {title}\n\n{_line(COLUMNS)}{_line('---' for dummy in COLUMNS)}{''.join(map(_line, rows))}")
    return "".join(parts)


def _cells(module: Any, table: Any) -> list[str]:
    key = module.key if module.name != "notes" else f"`{module.key}`, of a request `{table.REQUEST_NOTES.key}`".strip("`")
    notes = [module.note, *([f"Made below `{module.made_below}`"] if module.made_below else [])]
    notes += ["Read only"] if module.is_read_only else []
    notes += ["What is deleted goes to a bin"] if module.has_bin else []
    return [
        f"`{module.name}`",
        f"`/{module.path}`",
        f"`{key}`",
        module.scope or "of the record above",
        f"`{module.title}`",
        ", ".join(f"`{name}`" for name in module.mandatory) or "–",
        "seen" if module.evidence == table.SEEN else "likely",
        "; ".join(note for note in notes if note),
    ]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def write() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    say(f"wrote {PAGE.relative_to(ROOT)}")
    return 0
