# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible hands over becomes what a module would get."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.plugin_utils.plain import plain


class Text(str):
    """As Ansible tags it."""


@pytest.mark.parametrize(
    "value",
    [
        {2026: "x", True: "y", None: "z"},
        {False: 1, 1.5: 2, 10**20: 3, -1: 4},
        {"fields": [{1: {True: [None]}}]},
        {float("inf"): 1},
    ],
)
def test_keys_are_those_that_json_has(value: Any) -> None:
    assert plain(value) == json.loads(json.dumps(value))


def test_text_is_text_and_days_are_written_as_such() -> None:
    found = plain({Text("a"): Text("b"), date(2026, 11, 20): (date(2026, 11, 21),)})
    assert found == {"a": "b", "2026-11-20": ["2026-11-21"]}
    assert {type(text) for text in (*found, found["a"])} == {str}


def test_keys_can_be_left_as_they_are() -> None:
    assert plain([{7: {True: Text("x")}}], text_keys=False) == [{7: {True: "x"}}]
