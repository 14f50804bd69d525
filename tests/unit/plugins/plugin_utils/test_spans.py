# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times, and the spans between them."""

from __future__ import annotations

import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.plugin_utils.spans import (
    AGES,
    DURATIONS,
    Scale,
    hours,
    moment,
    percentile,
    span_text,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-09-18T10:00:00Z", "2026-09-18T10:00:00Z"),
        ("2026-09-18T10:00:00.606+00:00", "2026-09-18T10:00:00Z"),
        ("2026-09-18T10:00:00.606+0200", "2026-09-18T08:00:00Z"),
        ("2026-09-18T01:30:00-05:00", "2026-09-18T06:30:00Z"),
        ("2026-09-18 10:00", "2026-09-18T10:00:00"),
        ("2026-09-18T10:00:00.1234567", "2026-09-18T10:00:00"),
        ("2026-09-18", "2026-09-18T00:00:00"),
        ("1789725600000", "2026-09-18T10:00:00Z"),
        (1789725600000, "2026-09-18T10:00:00Z"),
    ],
)
def test_what_platforms_call_a_time(value: Any, expected: str) -> None:
    found = moment(value)
    assert found
    assert found.iso == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "2026-13-01T00:00:00Z",
        "2026-09-18T25:00:00Z",
        True,
        5,
        [],
        {},
        "9" * 40,
        "0001-01-01T00:00:00+14:00",
        "²" * 12,
    ],
)
def test_what_is_no_time(value: Any) -> None:
    assert moment(value) is None


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    found = moment(text)
    assert found is None or found.iso


def test_a_time_without_a_zone_shows_none() -> None:
    with_zone, without = moment("2026-09-18T10:00:00+02:00"), moment("2026-09-18T10:00:00")
    assert with_zone
    assert without
    assert (with_zone.text, without.text) == ("2026-09-18 08:00 UTC", "2026-09-18 10:00")


def test_nothing_is_younger_than_new() -> None:
    early, late = moment("2026-09-18T10:00:00Z"), moment("2026-09-18T17:30:00")
    assert early
    assert late
    assert hours(early, late) == 7.5
    assert hours(late, early) == 0


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (0, "0 min"),
        (0.99, "59 min"),
        (1, "1 h"),
        (12.5, "12 h 30 min"),
        (23.999, "23 h 59 min"),
        (24, "1 d"),
        (301.5, "12 d 13 h"),
        (30 * 24 + 5, "30 d"),
        (24000, "1000 d"),
    ],
)
def test_spans_in_words(span: float, text: str) -> None:
    assert span_text(span) == text


@pytest.mark.parametrize("scale", [AGES, DURATIONS])
def test_the_end_of_a_bucket_belongs_to_the_next_one(scale: Scale) -> None:
    assert len(scale.labels) == len(scale.ends) + 1
    assert [column["count"] for column in scale.histogram([0, *scale.ends])] == [1] * len(scale.labels)
    just_below = [end - 0.001 for end in scale.ends]
    assert [column["count"] for column in scale.histogram(just_below)] == [1] * len(scale.ends) + [0]


def test_shares_are_of_the_fullest_bucket() -> None:
    columns = AGES.histogram([0.5, 0.5, 2, 1000])
    assert [column["share"] for column in columns] == [1, 0.5, 0, 0, 0, 0, 0.5]
    assert all(column["share"] == 0 for column in AGES.histogram([]))


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_the_median_is_what_statistics_says(spans: list[float]) -> None:
    assert percentile(spans, 0.5) == pytest.approx(statistics.median(spans))
    assert percentile(spans, 1) == max(spans)


def test_nothing_has_no_median() -> None:
    assert percentile([], 0.5) is None
    assert percentile([0, 10], 0.9) == pytest.approx(9)
