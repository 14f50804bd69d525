# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long lists repeat themselves: vendors, users, states. Each text is kept once. Private to the collection."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

# A key with more different texts than this is given up: ids, times, reasons.
MOST = 500


class Sharing:
    """Makes equal texts of many records the same object.

    What is the same object takes its memory once, and is handed on to Ansible's other process once.
    """

    def __init__(self) -> None:
        self._texts: defaultdict[str, dict[str, str] | None] = defaultdict(dict)

    def share(self, row: dict[str, Any]) -> None:
        """In place. Keys of the same name are taken for the same thing, wherever they are in the row."""
        known = self._texts
        for key, value in row.items():
            if isinstance(value, str):
                texts = known[key]
                if texts is not None:
                    row[key] = texts.setdefault(value, value)
                    if len(texts) > MOST:
                        known[key] = None
            elif isinstance(value, dict):
                self.share(value)
