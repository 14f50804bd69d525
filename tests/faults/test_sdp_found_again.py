# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was made is found again, and nothing else is taken for it: whatever keys look like, whatever lists show."""

from __future__ import annotations

from typing import Any

import pytest
from faults.test_sdp_tickets import CREATION, desks, ensure
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record import RECORD
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_comment import REQUEST_COMMENT

FIELD = "udf_fields.udf_char1"
KEYED: dict[str, Any] = {"subject": "Desk 001", "key": "K-1", "key_field": FIELD}
# Texts that look like something else.
TIMES = ["2026-11-20T08:00:00Z", "2026-11-20 08:00:00+01:00", "1700000000000"]
VERSIONS = ["22.10", "22.2", "22.3", "22.4", "22.1"]


def problems(sandbox: Sandbox, field: str = "title") -> list[str]:
    return [row[field] for row in sandbox.state("problems", "sdp")]


@pytest.mark.parametrize("options", [{"key": TIMES[0], "key_field": FIELD}, *({"subject": time} for time in TIMES)])
def test_texts_that_look_like_a_time(sandbox: Sandbox, options: dict[str, Any]) -> None:
    before = len(sandbox.state("requests", "sdp"))
    outcomes = [ensure(sandbox, **{"subject": "Desk 001", **options})["counts"] for dummy in range(3)]
    assert outcomes == [{"created": 1}, {"unchanged": 1}, {"unchanged": 1}]
    assert len(sandbox.state("requests", "sdp")) == before + 1


@pytest.mark.parametrize("time", TIMES)
def test_titles_that_look_like_a_time(sandbox: Sandbox, time: str) -> None:
    wanted = {"module": "problems", "fields": {"title": time}, "match_on": ["title"]}
    assert [ensure(sandbox, RECORD, **wanted)["counts"] for dummy in range(2)] == [{"created": 1}, {"unchanged": 1}]
    assert problems(sandbox).count(time) == 1


def test_lost_answer_for_a_key_that_looks_like_a_time(sandbox: Sandbox) -> None:
    sandbox.faults({**CREATION, "kind": "drop", "when": "after"})
    assert ensure(sandbox, **{**KEYED, "key": TIMES[0]})["counts"] == {"created": 1}
    assert desks(sandbox) == {"Desk 001": 1}


def test_keys_that_are_the_same_number_are_not_the_same(sandbox: Sandbox) -> None:
    items = [{"subject": f"Desk {version}", "key": version, "key_field": FIELD} for version in VERSIONS]
    ensure(sandbox, **items[-1])
    assert ensure(sandbox, items=items)["counts"] == {"created": 4, "unchanged": 1}
    assert desks(sandbox) == {f"Desk {version}": 1 for version in VERSIONS}
    assert ensure(sandbox, items=items)["counts"] == {"unchanged": 5}


def test_titles_that_are_the_same_number_are_not_the_same(sandbox: Sandbox) -> None:
    items = [{"module": "problems", "fields": {"title": version}, "match_on": ["title"]} for version in VERSIONS]
    ensure(sandbox, RECORD, **items[-1])
    assert ensure(sandbox, RECORD, items=items)["counts"] == {"created": 4, "unchanged": 1}
    assert sorted(set(VERSIONS) & set(problems(sandbox))) == sorted(VERSIONS)


def test_a_text_is_changed_to_one_that_is_the_same_number(sandbox: Sandbox) -> None:
    (record_id,) = sandbox.add_records("problems", {"title": "3.1", "udf_fields": {"udf_char1": "3.1"}})
    fields = {"title": "3.10", "udf_fields": {"udf_char1": "3.10"}}
    result = ensure(sandbox, RECORD, module="problems", record_id=record_id, fields=fields, diff=True)
    assert result["counts"] == {"updated": 1}
    (row,) = (row for row in sandbox.state("problems", "sdp") if row["id"] == record_id)
    assert (row["title"], row["udf_fields"]["udf_char1"]) == ("3.10", "3.10")
    (shown,) = result["results"]
    assert shown["before"]["title"] == "3.1"
    assert shown["after"]["title"] == "3.10"


# -- lists that show less ------------------------------------------------------------------------------------------------------


@pytest.fixture
def short_rows(sandbox: Sandbox) -> Sandbox:
    """A service desk whose lists show what they like."""
    sandbox.switches("sdp", fields_required="ignored")
    return sandbox


@pytest.mark.parametrize("count", [1, 5])
def test_keys_that_lists_do_not_show(short_rows: Sandbox, count: int) -> None:
    items = [{**KEYED, "subject": f"Desk {number}", "key": f"K-{number}"} for number in range(count)]
    outcomes = [ensure(short_rows, items=items)["counts"] for dummy in range(3)]
    assert outcomes == [{"created": count}, {"unchanged": count}, {"unchanged": count}]
    assert desks(short_rows) == {f"Desk {number}": 1 for number in range(count)}


def test_fields_of_records_that_lists_do_not_show(short_rows: Sandbox) -> None:
    wanted = {"module": "problems", "fields": {"title": "P1", "udf_fields": {"udf_char1": "K"}}, "match_on": [FIELD]}
    assert [ensure(short_rows, RECORD, **wanted)["counts"] for dummy in range(2)] == [{"created": 1}, {"unchanged": 1}]
    assert ensure(short_rows, RECORD, **wanted, state="absent")["counts"] == {"deleted": 1}
    assert "P1" not in problems(short_rows)


@pytest.mark.parametrize("times", [1, 3])
def test_lost_answers_for_keys_that_lists_do_not_show(short_rows: Sandbox, times: int) -> None:
    short_rows.faults({**CREATION, "kind": "drop", "when": "after", "times": times})
    assert ensure(short_rows, **KEYED)["counts"] == {"created": 1}
    assert desks(short_rows) == {"Desk 001": 1}


def test_one_list_refuses_the_fields(sandbox: Sandbox) -> None:
    ensure(sandbox, **KEYED)
    messages = [{"status_code": 4001, "field": "fields_required", "type": "failed"}]
    body = {"response_status": {"status_code": 4000, "status": "failed", "messages": messages}}
    refused = {"kind": "status", "status": 400, "body": body, "times": 1}
    sandbox.faults({"platform": "sdp", "method": "GET", "path": "/requests$", **refused})
    assert ensure(sandbox, **KEYED)["counts"] == {"unchanged": 1}
    assert desks(sandbox) == {"Desk 001": 1}


def test_only_rows_that_may_be_meant_are_read_one_by_one(short_rows: Sandbox) -> None:
    """What lists show is enough to leave the others alone, also where they cannot be searched."""
    short_rows.add_records("requests", *({"subject": f"Other {number}"} for number in range(5)))
    ensure(short_rows, subject="Desk 001", requested_for=["maja.lind@northwind.example"])
    before = len(short_rows.calls())
    assert ensure(short_rows, subject="Desk 001", requested_for=["maja.lind@northwind.example"])["counts"] == {"unchanged": 1}
    assert len(short_rows.calls()) - before <= 3


# -- comments ------------------------------------------------------------------------------------------------------------------


def test_what_stands_in_angle_brackets_is_a_part_of_the_text(sandbox: Sandbox) -> None:
    (request_id,) = sandbox.add_records("requests", {"subject": "Desk 000"})
    texts = ["Host restarted", "Host <web01> restarted", "Host <web02> restarted", "Node 1 12", "Node 11 2", "<b>Node</b> 1"]
    items = [{"request_id": request_id, "text": text, "visibility": "public"} for text in texts]
    assert ensure(sandbox, REQUEST_COMMENT, items=items, settle_timeout=1)["counts"] == {"created": len(texts)}
    assert ensure(sandbox, REQUEST_COMMENT, items=items, settle_timeout=1)["counts"] == {"unchanged": len(texts)}
