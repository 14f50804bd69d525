# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import described, shortened


@pytest.mark.parametrize(("text", "length", "short"), [("", 3, ""), ("abc", 3, "abc"), ("abcd", 3, "abc…"), ("äöü€", 2, "äö…")])
def test_shortened(text: str, length: int, short: str) -> None:
    assert shortened(text, length) == short


@pytest.mark.parametrize(
    ("got", "text"),
    [
        (None, "nothing"),
        ("Grüße", "str Grüße"),
        ({"name": "Grüße"}, 'dict {"name": "Grüße"}'),
        ([True, None], "list [true, null]"),
        ("x" * 101, f"str {'x' * 100}…"),
    ],
)
def test_described(got: Any, text: str) -> None:
    assert described(got) == text
