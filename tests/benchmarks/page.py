# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page on what the collection costs."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from .bench import Row

PAGE = (pathlib.Path(__file__).parent / "page.md").read_text(encoding="utf-8")


def page(rows: Sequence[Row], *, machine: str, core: str, seconds: float, few: int, many: int) -> str:
    """The whole page."""
    lines = [f"| {row.work} | {row.ours} | {row.beside} | {row.figure} | {row.target} | {_sign(row)} |" for row in rows]
    failed = [row.work for row in rows if row.holds is False]
    verdict = f"Not reached: {'; '.join(failed)}." if failed else "Every row that has something to reach reaches it."
    return PAGE.format(
        machine=machine, core=core, minutes=max(1, seconds / 60), rows="\n".join(lines), verdict=verdict, few=few, many=many
    )


def _sign(row: Row) -> str:
    return "" if row.holds is None else ("✓" if row.holds else "✗")
