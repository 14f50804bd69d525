# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: when a value is the one that is there, whatever it looks like."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms import sdp_values as values
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.sdp_values import (
    as_asked,
    difference,
    epoch_ms,
    iso_time,
    same,
    to_send,
)

MS = 1796119200000  # 2026-12-01T10:00:00Z
TIME = {"display_value": "Dec 1, 2026 10:00 AM", "value": str(MS)}
HIGH = {"id": "216826000000006805", "name": "High", "color": "#ff0000"}
INGRID = {"id": "216826000000111111", "name": "Ingrid Moe", "email_id": "ingrid.moe@northwind.example"}

SAME: list[tuple[Any, Any]] = [
    ("High", HIGH),
    ("high", HIGH),
    ({"name": "HIGH"}, HIGH),
    ({"id": "216826000000006805"}, HIGH),
    ("216826000000006805", HIGH),
    (216826000000006805, HIGH),
    ({"email_id": "Ingrid.MOE@northwind.example"}, INGRID),
    ("Ingrid.MOE@Northwind.example", INGRID),
    ({"name": "Active"}, "Active"),
    ("2026-12-01T10:00:00Z", TIME),
    ("2026-12-01T10:00:00.000Z", TIME),
    ("2026-12-01 11:00+01:00", TIME),
    ("2026-12-01T11:00:00+0100", TIME),
    (MS, TIME),
    (str(MS), TIME),
    ({"value": MS}, TIME),
    ({"value": "2026-12-01T10:00:00Z"}, TIME),
    ({"display_value": "Dec 1, 2026 10:00 AM"}, TIME),
    (30, "30"),
    ("30", 30),
    ("3.50", "3.5"),
    (1200.5, "1200.50"),
    (7, "007"),
    (True, "true"),
    ("False", False),
    (None, None),
    (None, ""),
    ("", "null"),
    ([], None),
    ({}, None),
    ({"name": None}, None),
    ({"hours": None, "minutes": ""}, {"hours": None, "minutes": None}),
    ({"hours": 1, "minutes": "30"}, {"hours": "1", "minutes": "30"}),
    (["b", "a"], ["a", "b"]),
    ([{"name": "a"}], [{"id": "1", "name": "A"}]),
    ([{"name": "a"}, {"name": "a", "id": "2"}], [{"id": "2", "name": "a"}, {"id": "1", "name": "a"}]),
    (["Yes"], "Yes"),
    ("Hello", "<div>Hello<br></div>"),
    ("a\nb", "a<br>b"),
    ("a\nb", "<p>a</p><p>b</p>"),
    ("a & b", "a &amp; b"),
    ("<b>Hello</b> you", "<div><b>Hello</b> you<br></div>"),
    ("<p>x <A HREF='https://a.example'>y</A></p>", 'x <a href="https://a.example" target="_blank">y</a>'),
]
DIFFERENT: list[tuple[Any, Any]] = [
    ("Low", HIGH),
    ({"name": "High", "id": "1"}, HIGH),
    ("216826000000006806", HIGH),
    (None, HIGH),
    ("x", None),
    ({"name": "x"}, None),
    (0, None),
    ("2026-12-01T10:00:01Z", TIME),
    (MS + 1, TIME),
    ("007", "7"),
    ("1.1", "1.2"),
    ("216826000000006805", "216826000000006806"),
    ("90071992547409931", 90071992547409930),
    (True, "1"),
    ("abc", "ABC"),
    ("a b", "a  b"),
    (["a"], ["a", "b"]),
    (["a", "a"], ["a"]),
    (["a", "a"], ["a", "b"]),
    ("a", ["a"]),
    ({"a": 1}, ["a"]),
    ("<b>Hello</b>", "Hello"),
    ("<b>Hello</b>", "<i>Hello</i>"),
    ("<a href='https://a.example'>y</a>", "<a href='https://b.example'>y</a>"),
    ("List", "List<String>"),
    ("List<String>", "List"),
    ("1 < 2 > 0", "1 0"),
]


@pytest.mark.parametrize(("wanted", "there"), SAME)
def test_same(wanted: Any, there: Any) -> None:
    assert same(wanted, there)
    assert difference({"field": wanted}, {"field": there}) == {}
    assert as_asked(wanted, there) == wanted


@pytest.mark.parametrize(("wanted", "there"), DIFFERENT)
def test_different(wanted: Any, there: Any) -> None:
    assert not same(wanted, there)
    assert difference({"field": wanted, "other": None}, {"field": there}) == {"field": wanted}


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "name", "value", "email_id", "x"]), inner),
    max_leaves=12,
)
MOMENTS = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)).map(lambda one: one.replace(microsecond=0))
ZONES = st.integers(min_value=-12 * 60, max_value=14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(TREES)
def test_every_value_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value)


@given(TREES, TREES)
def test_nothing_breaks_whatever_is_compared(wanted: Any, there: Any) -> None:
    is_same = same(wanted, there)
    assert isinstance(is_same, bool)
    shown = as_asked(wanted, there)
    if is_same:
        assert shown == wanted or shown is not wanted
    to_send(wanted, "anything")


@given(st.dictionaries(st.sampled_from("abcdef"), TREES), st.dictionaries(st.sampled_from("abcdef"), TREES))
def test_what_was_written_is_no_difference_any_more(wanted: dict[str, Any], there: dict[str, Any]) -> None:
    changes = difference(wanted, there)
    assert set(changes) <= set(wanted)
    assert difference(wanted, {**there, **changes}) == {}


@given(TREES.filter(lambda value: not same(value, None)))
def test_what_is_something_is_not_nothing(value: Any) -> None:
    assert not same(None, value)
    assert not same(value, None)


@given(MOMENTS, ZONES)
def test_time_in_any_zone(moment: datetime, zone: timezone) -> None:
    utc = moment.replace(tzinfo=timezone.utc)
    milliseconds = int(utc.timestamp() * 1000)
    told = utc.astimezone(zone).isoformat()
    if len(told) != 25:
        return
    assert epoch_ms(told) == milliseconds
    assert iso_time({"value": str(milliseconds)}) == utc.isoformat(timespec="seconds")
    there = {"value": str(milliseconds), "display_value": "?"}
    assert all(same(spelling, there) for spelling in (told, milliseconds, str(milliseconds), {"value": told}))
    assert not same(told, {"value": str(milliseconds + 1000)})
    assert to_send({"due_by_time": told}) == {"due_by_time": {"value": str(milliseconds)}}


@pytest.mark.parametrize(
    "value", [None, True, "", "null", "x", "2026-12-01", "2026-12-01T10:00:00", "2026-13-01T10:00:00Z", {}, {"value": None}]
)
def test_what_is_no_moment(value: Any) -> None:
    assert epoch_ms(value) is None
    assert iso_time(value) is None


@pytest.mark.parametrize(
    ("given_value", "sent"),
    [
        ({"due_by_time": MS}, {"due_by_time": {"value": str(MS)}}),
        ({"due_by_time": str(MS)}, {"due_by_time": {"value": str(MS)}}),
        ({"due_by_time": {"value": "2026-12-01T10:00:00Z"}}, {"due_by_time": {"value": str(MS)}}),
        ({"due_by_time": {"value": MS}}, {"due_by_time": {"value": MS}}),
        ({"title": "2026-12-01T10:00:00Z"}, {"title": "2026-12-01T10:00:00Z"}),
        ({"product": {"name": "2026-12-01T10:00:00Z"}}, {"product": {"name": "2026-12-01T10:00:00Z"}}),
        ({"udf_fields": {"txt_when": "2026-12-01T10:00:00Z"}}, {"udf_fields": {"txt_when": "2026-12-01T10:00:00Z"}}),
        ({"udf_fields": {"udf_date1": MS}}, {"udf_fields": {"udf_date1": {"value": str(MS)}}}),
        ({"serial_number": "1796119200000"}, {"serial_number": "1796119200000"}),
        ({"is_public": True, "cost": 12.5, "due_by_time": None}, {"is_public": True, "cost": 12.5, "due_by_time": None}),
    ],
)
def test_what_is_sent(given_value: Any, sent: Any) -> None:
    assert to_send(given_value) == sent


@pytest.mark.parametrize(
    ("wanted", "there", "shown"),
    [
        ("Low", HIGH, "High"),
        ({"name": "Low"}, HIGH, {"name": "High"}),
        ({"id": "1"}, HIGH, {"id": "216826000000006805"}),
        ("216826000000006801", HIGH, "216826000000006805"),
        ("ove.dahl@northwind.example", INGRID, "ingrid.moe@northwind.example"),
        ("Ove Dahl", INGRID, "Ingrid Moe"),
        ("Low", None, None),
        ({"name": "Low"}, None, {"name": None}),
        ("2026-12-02T10:00:00Z", TIME, "2026-12-01T10:00:00+00:00"),
        (MS + 1, TIME, MS),
        (None, "x", "x"),
        ([{"name": "a"}], [INGRID, HIGH], [{"name": "Ingrid Moe"}, {"name": "High"}]),
        (["a"], ["b", "c"], ["b", "c"]),
        ({"a": {"b": 1}}, {"a": {"b": "2", "c": 3}}, {"a": {"b": "2"}}),
        ("x", {}, None),
    ],
)
def test_what_is_there_is_shown_as_it_was_asked_for(wanted: Any, there: Any, shown: Any) -> None:
    assert as_asked(wanted, there) == shown


def test_plain_texts_become_references_where_they_are_known_to_be() -> None:
    there = {"vendor": {"id": "1", "name": "A"}, "owner_of_it": {"id": "2", "email_id": "a@b.example"}, "due_by_time": TIME}
    fields = {
        "priority": "High",
        "technician": "a@b.example",
        "status": "216826000000006657",
        "vendor": "B",
        "owner_of_it": "c@d.example",
        "due_by_time": "2026-12-01T10:00:00Z",
        "title": "x",
        "site": None,
        "group": {"name": "x"},
    }
    found = values.record_fields(fields, there, lookups={"priority", "status", "site", "group"}, users={"technician"})
    assert found == {
        **fields,
        "priority": {"name": "High"},
        "technician": {"email_id": "a@b.example"},
        "status": {"id": "216826000000006657"},
        "vendor": {"name": "B"},
        "owner_of_it": {"email_id": "c@d.example"},
    }


@pytest.mark.parametrize(("text", "markup"), [("a\nb", "a<br>b"), ("a < b", "a &lt; b"), ("<b>a</b>\nb", "<b>a</b>\nb")])
def test_text_as_markup_and_back(text: str, markup: str) -> None:
    assert values.as_markup(text) == markup
    assert same(text, markup)
