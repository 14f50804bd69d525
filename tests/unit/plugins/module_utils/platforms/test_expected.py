# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.expected import (
    fraction_in,
    list_in,
    number_of,
    object_in,
    objects_in,
    text_in,
)
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError

Take = Callable[[Any, str], Any]


@pytest.mark.parametrize(
    ("take", "empty"), [(objects_in, []), (list_in, []), (object_in, {}), (text_in, None), (fraction_in, None)]
)
def test_what_is_not_there_is_empty(take: Take, empty: Any) -> None:
    assert take({}, "a") == empty
    assert take({"a": None}, "a") == empty


@pytest.mark.parametrize(
    ("take", "got", "value"),
    [
        (objects_in, [{"b": 1}], [{"b": 1}]),
        (list_in, [1, "b"], [1, "b"]),
        (object_in, {"b": 1}, {"b": 1}),
        (text_in, "", ""),
        (text_in, 12, "12"),
        (number_of, 12, 12),
        (number_of, "638932000000000001", 638932000000000001),
        (fraction_in, "12.5", 12.5),
        (fraction_in, 0, 0.0),
        (fraction_in, "", None),
    ],
)
def test_what_is_wanted(take: Take, got: Any, value: Any) -> None:
    taken = take({"a": got}, "a")
    assert taken == value
    assert type(taken) is type(value)


@pytest.mark.parametrize(
    ("take", "got", "message"),
    [
        (objects_in, [{"b": 1}, 2], 'a: expected a list of objects, got list [{"b": 1}, 2]'),
        (objects_in, {"b": 1}, 'a: expected a list, got dict {"b": 1}'),
        (list_in, "text", "a: expected a list, got str text"),
        (object_in, [1], "a: expected an object, got list [1]"),
        (text_in, ["b"], 'a: expected a text, got list ["b"]'),
        (number_of, None, "a: expected a whole number, got nothing"),
        (number_of, True, "a: expected a whole number, got bool true"),
        (number_of, 1.5, "a: expected a whole number, got float 1.5"),
        (number_of, "9" * 5000, f"a: expected a whole number, got str {'9' * 100}…"),
        (fraction_in, "much", "a: expected a number, got str much"),
        (fraction_in, [1], "a: expected a number, got list [1]"),
        (fraction_in, float("inf"), "a: expected a number, got float Infinity"),
    ],
)
def test_what_is_of_another_kind_is_an_error(take: Take, got: Any, message: str) -> None:
    """To take it for nothing could order a thing twice."""
    with pytest.raises(ApiError) as caught:
        take({"a": got}, "a")
    assert caught.value.message == message
    assert "check url" in str(caught.value.hint)
