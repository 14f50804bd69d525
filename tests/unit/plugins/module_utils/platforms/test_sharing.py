# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.sharing import MOST, Sharing

plain = st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "b"]) | st.text(max_size=3)
rows = st.lists(
    st.dictionaries(st.sampled_from("uvw"), plain | st.lists(plain) | st.dictionaries(st.sampled_from("uvw"), plain)), max_size=5
)


@given(rows)
def test_rows_stay_what_they_were(some: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(some)
    sharing = Sharing()
    for row in some:
        sharing.share(row)
    assert some == before


def read(*vendors: str) -> list[dict[str, Any]]:
    """Rows as they come out of JSON: each text an object of its own."""
    return json.loads(json.dumps([{"application": {"vendor": vendor}} for vendor in vendors]))


def test_equal_texts_become_the_same_object() -> None:
    one, other, third = read("Mozilla Foundation", "Mozilla Foundation", "Microsoft")
    assert one["application"]["vendor"] is not other["application"]["vendor"]
    sharing = Sharing()
    for row in (one, other, third):
        sharing.share(row)
    assert one["application"]["vendor"] is other["application"]["vendor"]
    assert third["application"]["vendor"] == "Microsoft"


def test_a_key_of_many_different_texts_is_given_up() -> None:
    """To remember each of them would take more memory than it saves."""
    sharing = Sharing()
    for row in read(*(str(number) for number in range(MOST + 1))):
        sharing.share(row)
    one, other = read("the same", "the same")
    sharing.share(one)
    sharing.share(other)
    assert one["application"]["vendor"] is not other["application"]["vendor"]
