# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of option values: what is accepted is what every platform understands."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.dwp_shapes import rfc1123
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.sdp_values import epoch_ms
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import OptionError
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.checks import check_moment

MOMENTS = [
    "2026-11-20T08:00:00Z",
    "2026-11-20 08:00Z",
    "2026-11-20T08:00:00.500Z",
    "2026-11-20T08:00:00.123456+01:00",
    "2026-11-20T08:00:00-09:30",
]
# Newer versions of Python take some of them, Python 3.10 does not, or the platforms do not.
NO_MOMENTS = [
    "yesterday",
    "2026-11-20",
    "2026-11-20T08:00:00",
    "20260901T080000Z",
    "2026-11-20T08+00:00",
    "2026-11-20T080000Z",
    "2026-11-20T08:00:00.5Z",
    "2026-11-20T08:00:00,500Z",
    "2026-11-20T08:00:00+0100",
    "2026-11-20T08:00:00+01:00:30",
    "2026-11-20T08:00:00z",
    "2026-11-20T24:00:00Z",
    "2026-W47-5T08:00:00Z",
    "2026-02-30T08:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "٢٠٢٦-11-20T08:00:00Z",
]
PARTS = ("2026", "-", "11", "20", "W47", "T", " ", "08", ":", "00", ".", ",", "5", "123", "Z", "z", "+", "01")


def accepts(text: str) -> bool:
    try:
        check_moment({"modified_since": text}, "modified_since")
    except OptionError:
        return False
    return True


@pytest.mark.parametrize("text", MOMENTS)
def test_moment(text: str) -> None:
    assert accepts(text)
    assert (epoch_ms(text) or 0) // 1000 == parsedate_to_datetime(rfc1123(text)).timestamp()


@pytest.mark.parametrize("text", NO_MOMENTS)
def test_no_moment(text: str) -> None:
    assert not accepts(text)


@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join) | st.text(max_size=30))
def test_what_is_accepted_is_understood(text: str) -> None:
    if accepts(text):
        assert epoch_ms(text) is not None
        assert rfc1123(text)
