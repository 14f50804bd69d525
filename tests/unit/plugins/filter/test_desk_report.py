# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter desk_report: records and decisions in, what a report shows out."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.filter import desk_report as plugin

NOW = "2026-09-18T10:00:00Z"
ABR, DWP, SDP = "admin_by_request", "bmc_dwp", "sdp_cloud"


def record(number: int | str, state: str = "pending", platform: str = ABR, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "display_id": f"R{number}",
        "platform": platform,
        "state": state,
        "status": state.upper(),
        "subject": f"Subject {number}",
        "requested_for": "mlind",
        "requested_by": "mlind",
        "created_at": "2026-09-18T09:00:00Z",
        "updated_at": None,
        "url": None,
        "raw": {},
        **more,
    }


def decision(number: int | str, outcome: str, **more: Any) -> dict[str, Any]:
    state = outcome if outcome in ("approved", "denied", "pending") else "approved"
    return {
        "request_id": str(number),
        "state": state,
        "outcome": outcome,
        "rule": "a rule",
        "why": "x is 1",
        "error": None,
        **more,
    }


def made(*records: dict[str, Any], **options: Any) -> dict[str, Any]:
    return plugin.desk_report(list(records), options.pop("now", NOW), **options)


def table(report: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report["csv"])))


def rules(report: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {rule["label"]: {part["kind"]: part["count"] for part in rule["parts"]} for rule in report["decisions"]["rules"]}


def test_the_filter_is_published_under_its_name() -> None:
    assert plugin.FilterModule().filters() == {"desk_report": plugin.desk_report}


def test_what_is_documented_is_what_it_takes_and_gives() -> None:
    documented = yaml.safe_load(plugin.DOCUMENTATION)["options"]
    code = plugin.desk_report.__code__
    assert {"records", *documented} - {"_input"} == set(code.co_varnames[: code.co_argcount])
    returned = yaml.safe_load(plugin.RETURN)["_value"]["contains"]
    report = made(record(1))
    assert set(report) - set(returned) == {"as_of_iso", "since"}
    assert set(returned["figures"]["sample"]) == set(report["figures"])


def test_nothing_at_all_is_a_report_too() -> None:
    report = made(platforms=[DWP])
    assert [tile["value"] for tile in report["tiles"]] == ["0", "–", "0", "0", "0", "0", "0", "–"]
    assert report["queue"]["total"] == report["decisions"]["total"] == report["orders"]["total"] == 0
    assert report["notes"] == []
    assert table(report) == []


def test_the_figures() -> None:
    report = made(
        record(1, created_at="2026-09-16T10:00:00Z"),
        record(2, "quarantined", created_at="2026-09-11T10:00:00Z"),
        record(3, "approved"),
        record(4, "completed"),
        record(5, "denied"),
        record(6, "expired"),
        record(7, "open", DWP),
        record(8, "completed", DWP, updated_at="2026-09-18T11:00:00Z"),
        record(9, "completed", SDP, updated_at="2026-09-18T19:00:00Z", raw={"completed_time": {"value": "1789725600000"}}),
        record(10, "failed", DWP),
    )
    assert report["figures"] == {
        "requests": 10,
        "pending": 1,
        "quarantined": 1,
        "oldest_hours": 168,
        "approved": 2,
        "denied": 1,
        "decisions_failed": 0,
        "orders_failed": 1,
        "orders_open": 1,
        "orders_completed": 2,
        "median_hours": 1.5,
    }
    assert {one["name"]: one["orders_open"] for one in report["platforms"]} == {ABR: 0, DWP: 1, SDP: 0}
    assert sum(one["requests"] for one in report["platforms"]) == 10


def test_a_platform_that_only_decides_has_no_figures_of_orders() -> None:
    assert [tile["key"] for tile in made(record(1))["tiles"]] == ["pending", "oldest", "approved", "denied", "failed"]
    assert len(made(record(1, platform=SDP))["tiles"]) == 8


def test_platforms_are_in_the_order_that_was_asked_for() -> None:
    report = made(record(1), record(2, platform=SDP), platforms=[SDP, DWP])
    assert [one["name"] for one in report["platforms"]] == [SDP, DWP, ABR]
    assert [one["requests"] for one in report["platforms"]] == [1, 0, 1]


def test_the_queue_begins_with_the_oldest_and_counts_what_it_does_not_show() -> None:
    records = [record(n, created_at=f"2026-09-{n:02}T10:00:00Z") for n in (17, 3, 9)] + [record(5, created_at=None)]
    queue = made(*records, rows=3)["queue"]
    assert [row["id"] for row in queue["rows"]] == ["3", "9", "17"]
    assert (queue["total"], queue["shown"], queue["hidden"]) == (4, 3, 1)
    assert [row["age"] for row in queue["rows"]] == ["15 d", "9 d", "1 d"]
    assert queue["ages"]["count"] == 3
    assert queue["ages"]["summary"] == "1–3 d: 1, 1–4 weeks: 2"


def test_no_rows_are_figures_and_charts_only() -> None:
    report = made(record(1), record(2, "denied"), rows=0)
    assert (report["queue"]["rows"], report["queue"]["hidden"]) == ([], 1)
    assert len(table(report)) == 2


def test_decisions_of_the_role_meet_their_requests() -> None:
    report = made(
        record(1, "approved"),
        record(2, "denied", raw={"deniedBy": "Ove Dahl", "deniedReason": "No"}),
        record(3),
        record(4),
        decisions=[
            decision(1, "approved", decided_by="desk@northwind.example", reason="Fine"),
            decision(3, "pending", rule=None, why="no rule matched"),
            decision(4, "failed", error={"message": "HTTP 400"}),
            decision(99, "denied", subject="Not read", requested_for="nli", created_at="2026-09-01T00:00:00"),
        ],
    )
    rows = {row["id"]: row for row in report["decisions"]["rows"]}
    assert set(rows) == {"1", "2", "4", "99"}
    assert {key: rows["1"][key] for key in ("outcome", "rule", "why", "decided_by", "reason")} == {
        "outcome": "approved",
        "rule": "a rule",
        "why": "x is 1",
        "decided_by": "desk@northwind.example",
        "reason": "Fine",
    }
    assert (rows["2"]["rule"], rows["2"]["decided_by"], rows["2"]["reason"]) == ("", "Ove Dahl", "No")
    assert rows["4"]["error"] == "HTTP 400"
    assert (rows["99"]["subject"], rows["99"]["requested_for"]) == ("Not read", "nli")
    assert rules(report) == {
        "a rule": {"approved": 1, "denied": 1, "failed": 1},
        "No rule matched": {"pending": 1},
        "Decided in the platform": {"denied": 1},
    }
    assert report["figures"]["requests"] == 4
    assert (report["figures"]["approved"], report["figures"]["denied"], report["figures"]["decisions_failed"]) == (1, 2, 1)
    assert len(table(report)) == 5


@pytest.mark.parametrize(
    ("state", "outcomes", "expected"),
    [
        ("approved", ["pending", "approved"], "approved"),
        ("approved", ["approved", "unchanged"], "approved"),
        ("approved", ["unchanged"], "unchanged"),
        # A person decided after the run that left it open.
        ("denied", ["pending"], "denied"),
        # Check mode predicted it; it still waits.
        ("pending", ["approved"], "would be approved"),
        ("pending", ["failed", "approved"], "would be approved"),
    ],
)
def test_the_latest_decision_counts(state: str, outcomes: list[str], expected: str) -> None:
    report = made(record(1, state), decisions=[decision(1, outcome) for outcome in outcomes])
    (row,) = table(report)
    assert row["outcome"] == expected
    assert report["queue"]["total"] + report["decisions"]["total"] == 1


def test_a_decision_belongs_to_the_platform_that_it_names() -> None:
    both = [record(1, "denied", ABR), record(1, "denied", SDP)]
    report = made(*both, decisions=[decision(1, "denied", platform=SDP)])
    assert [(row["platform"], row["rule"]) for row in sorted(table(report), key=str)] == [(ABR, ""), (SDP, "a rule")]


def test_approvals_of_the_service_desk_are_decisions_and_tell_whom_a_request_waits_for() -> None:
    waiting = [{"state": "pending", "approver": "ove@x.example"}, {"state": "approved", "approver": "els@x.example"}]
    report = made(
        record(1, "pending", SDP, approvals=waiting),
        record(2, "completed", SDP, raw={"approval_status": {"name": "Approved"}}),
        record(3, "open", SDP, raw={"approval_status": {"name": "Rejected"}}),
        record(4, "open", SDP, raw={"approval_status": None}),
    )
    assert report["queue"]["rows"][0]["waits_for"] == "ove@x.example"
    assert report["queue"]["has_waits_for"]
    assert {row["id"]: row["verdict"] for row in report["decisions"]["rows"]} == {"2": "approved", "3": "denied"}


def test_many_rules_are_gathered() -> None:
    records = [record(n, "approved") for n in range(78)]
    given_rules = [
        decision(n, "approved", rule=f"rule {size:02}")
        for n, size in enumerate(size for size in range(1, 13) for dummy in range(size))
    ]
    shown = made(*records, decisions=given_rules)["decisions"]["rules"]
    assert [rule["label"] for rule in shown] == [*(f"rule {size:02}" for size in range(12, 3, -1)), "3 other rules"]
    assert sum(rule["total"] for rule in shown) == 78
    assert max(part["start"] + part["share"] for rule in shown for part in rule["parts"]) == 1


def test_orders_by_status_time_and_service() -> None:
    ended = ["2026-09-18T09:30:00Z", "2026-09-18T11:00:00Z", "2026-09-20T09:00:00Z"]
    orders = made(
        *(record(n, "completed", DWP, updated_at=end, raw={"status": {"serviceversionId": "7"}}) for n, end in enumerate(ended)),
        record(3, "failed", SDP, raw={"template": {"name": "Laptop"}}),
        record(4, "open", SDP, raw={"template": {"name": "Laptop"}}),
        record(5, "cancelled", DWP),
        catalogs=[{"platform": DWP, "services": [{"id": "7", "name": "VPN access"}], "categories": []}],
    )["orders"]
    assert [(one["label"], one["count"]) for one in orders["states"]] == [
        ("open", 1),
        ("completed", 3),
        ("failed", 1),
        ("cancelled", 1),
    ]
    assert (orders["durations"]["median"], orders["durations"]["slow"], orders["durations"]["count"]) == ("2 h", "1 d 14 h", 3)
    assert [(one["label"], one["count"]) for one in orders["services"]] == [("VPN access", 3), ("Laptop", 2), ("Subject 5", 1)]
    assert [row["id"] for row in orders["attention"]["rows"]] == ["3", "4"]


def test_a_catalog_is_a_tree() -> None:
    catalog = {
        "platform": DWP,
        "categories": [
            {"id": "1", "name": "Devices", "parent_id": None},
            {"id": "2", "name": "Laptops", "parent_id": "1"},
            {"id": "3", "name": "Lost", "parent_id": "404"},
            {"id": "4", "name": "Round", "parent_id": "5"},
            {"id": "5", "name": "And round", "parent_id": "4"},
        ],
        "services": [
            {"id": "a", "name": "Laptop", "category_ids": ["2", "1"], "excerpt": "A\nlaptop"},
            {"id": "b", "name": "Other", "category_ids": ["404"]},
            {"id": "c", "name": "Gone", "category_ids": [], "is_active": False},
        ],
    }
    order = record(1, "open", DWP, raw={"status": {"serviceversionId": "a"}})
    (tree,) = made(order, catalogs=[catalog])["catalogs"]
    assert (tree["service_count"], tree["category_count"], tree["label"]) == (3, 5, "Digital Workplace Catalog")
    devices, lost, round_, elsewhere = tree["branches"]
    assert (devices["name"], devices["count"], devices["children"][0]["name"]) == ("Devices", 1, "Laptops")
    assert devices["children"][0]["services"][0] == {
        "id": "a",
        "name": "Laptop",
        "excerpt": "A laptop",
        "orders": 1,
        "is_usable": True,
    }
    assert lost["count"] == 0
    assert (round_["name"], [child["name"] for child in round_["children"]]) == ("Round", ["And round"])
    assert elsewhere["name"] == "Without a category"
    assert [service["is_usable"] for service in elsewhere["services"]] == [True, False]


def test_categories_in_categories_without_end_are_all_shown() -> None:
    chain = [{"id": str(n), "name": str(n), "parent_id": str(n - 1) if n else None} for n in range(5000)]

    def count(branches: list[dict[str, Any]]) -> int:
        return sum(1 + count(branch["children"]) for branch in branches)

    (tree,) = made(catalogs=[{"platform": DWP, "services": [], "categories": chain}])["catalogs"]
    assert count(tree["branches"]) == 5000


def test_looking_back_keeps_what_is_unfinished() -> None:
    old = {"created_at": "2026-01-01T00:00:00Z"}
    report = made(
        record(1, "pending", **old),
        record(2, "open", DWP, **old),
        record(3, "completed", DWP, **old),
        record(4, "completed", DWP, **old, updated_at="2026-09-02T00:00:00Z"),
        record(5, "denied", created_at=None),
        since="2026-09-01T00:00:00Z",
    )
    assert sorted(row["id"] for row in table(report)) == ["1", "2", "4", "5"]
    assert report["notes"] == ["1 finished requests are older than this report looks back, and left out."]
    assert report["since"] == "2026-09-01 00:00 UTC"


def test_what_a_reader_cannot_see_is_said() -> None:
    report = made(record(1, created_at="2026-09-18T17:00:00"), record(2, created_at="whenever"))
    assert [note.split(".")[0].split(";")[0] for note in report["notes"]] == [
        "Admin By Request gives local times without a zone",
        "1 of the pending requests by that are from the future",
        "1 of the pending requests do not tell when they were made",
    ]
    assert [row["age"] for row in report["queue"]["rows"]] == ["0 min", ""]


def test_the_last_record_of_a_request_counts() -> None:
    report = made(record(1), record(1, "denied"), record(1, "pending", SDP))
    assert report["figures"]["requests"] == 2
    assert report["figures"]["denied"] == 1


def test_ages_stay_while_the_data_do() -> None:
    first = made(record(1), now="2026-09-18T10:00:00Z")
    again = made(record(1), now="2026-09-18T10:59:00Z", previous=first["marker"])
    assert again == first
    assert made(record(1), now="2026-09-18T11:00:00Z", previous=first["marker"])["as_of"] == "2026-09-18 11:00 UTC"
    assert made(record(1), now="2026-09-18T10:00:01Z", previous=first["marker"], refresh=0)["as_of_iso"] == "2026-09-18T10:00:01Z"
    assert made(record(1), now="2026-09-18T09:00:00Z", previous=first["marker"])["as_of"] == "2026-09-18 09:00 UTC"
    other = made(record(1, "denied"), now="2026-09-18T10:59:00Z", previous=first["marker"])
    assert other["as_of"] == "2026-09-18 10:59 UTC"
    assert made(record(1), previous="no marker at all")["as_of"] == first["as_of"]


def test_the_order_of_records_changes_nothing() -> None:
    records = [record(n, "approved", created_at=None if n % 2 else "2026-09-18T09:00:00Z") for n in range(6)]
    assert made(*records) == made(*reversed(records))


def test_only_addresses_of_the_web_become_links() -> None:
    urls = [
        "https://x.example/1",
        "javascript:alert(1)",
        "data:text/html,x",
        "//x.example",
        "http://[broken",
        " http://x.example/2 ",
    ]
    rows = made(*(record(n, url=url) for n, url in enumerate(urls)))["queue"]["rows"]
    assert [row["url"] for row in rows] == ["https://x.example/1", "", "", "", "", "http://x.example/2"]


HOSTILE = st.text(st.characters(codec=None), max_size=40)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_text_is_on_one_line_and_nothing_is_a_formula(subject: str, reason: str, rule: str) -> None:
    report = made(
        record(1, subject=subject, raw={"reason": reason}, requested_for=f"={subject}"),
        decisions=[decision(1, "pending", rule=rule)],
    )
    (row,) = table(report)
    for text in row.values():
        assert text[:1] not in ("=", "+", "-", "@", "\t", "\r")
        assert not set(text) & set("\n\r\t\0\x7f\x9b\u202e\u2066\u2028")
    assert row["requested_for"].startswith("'=")
    assert report["csv"].count("\n") == 2
    json.dumps(report, ensure_ascii=False).encode()


@given(st.dictionaries(st.sampled_from(sorted(record(1))), st.one_of(st.none(), st.integers(), HOSTILE, st.lists(st.integers()))))
def test_no_record_breaks_it(partial: dict[str, Any]) -> None:
    assert len(table(made({**record(1), **partial}))) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"now": "soon"}, "now: 'soon' is not a time such as 2026-11-20T08:00:00Z"),
        ({"since": "last week"}, "since: 'last week' is not a time such as 2026-11-20T08:00:00Z"),
        ({"rows": -1}, "rows: '-1' is not a whole number from 0 on"),
        ({"rows": "many"}, "rows: 'many' is not a whole number from 0 on"),
        ({"refresh": None}, "refresh: '' is not a whole number from 0 on"),
        ({"decisions": {"request_id": 1}}, "decisions must be a list of mappings, not dict"),
        ({"decisions": ["1"]}, "decisions: number 1 must be a mapping, not str"),
        ({"catalogs": [[]]}, "catalogs: number 1 must be a mapping, not list"),
    ],
)
def test_what_is_wrong_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^deskops\.itsm\.desk_report: ") as caught:
        made(record(1), **options)
    assert str(caught.value).endswith(message)
