# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests: reading, filters, paging, deciding."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import PENDING, Client

KEYS = [
    "scanResults",
    "id",
    "traceNo",
    "settingsName",
    "type",
    "typeCode",
    "status",
    "statusCode",
    "application",
    "user",
    "computer",
    "reason",
    "approvedBy",
    "approvedByEmail",
    "deniedReason",
    "deniedBy",
    "deniedByEmail",
    "requestTime",
    "auditlogLink",
]
OPEN, RUNNING, FINISHED, DENIED, WAITING, QUARANTINED, EXPIRED = range(7)


def with_status(desk: Client, code: int) -> Any:
    return next(row["id"] for row in desk.rows("/requests") if row["statusCode"] == code)


def test_the_vendors_example_rows_are_pending(desk: Client) -> None:
    assert {PENDING, PENDING + 1} <= set(desk.ids("/requests", status="Pending"))


def test_fields_and_their_order(desk: Client) -> None:
    row = desk.one()
    assert list(row) == KEYS
    assert list(row["application"])[:5] == ["name", "path", "file", "version", "vendor"]
    assert row["scanResults"] == []
    assert (row["status"], row["statusCode"], row["approvedBy"]) == ("Pending", WAITING, None)


def test_sessions_have_an_application_of_nulls(desk: Client) -> None:
    row = next(row for row in desk.rows("/requests") if row["typeCode"] == 1)
    assert row["application"].pop("scanResultCode") == 0
    assert "path" not in row["application"]
    assert set(row["application"].values()) == {None}


def test_lists_go_up_and_last_goes_down(desk: Client) -> None:
    ids = desk.ids("/requests")
    assert ids == sorted(ids)
    assert len(ids) == 24
    assert desk.ids("/requests", last=3) == ids[:-4:-1]


def test_startid_is_inclusive(desk: Client) -> None:
    assert desk.ids("/requests", startid=PENDING)[0] == PENDING
    assert desk.ids("/requests", startid=PENDING + 1)[0] == PENDING + 1


def test_pages_reach_every_row_once(desk: Client) -> None:
    seen: list[int] = []
    while page := desk.ids("/requests", take=7, startid=seen[-1] + 1 if seen else 0):
        seen += page
    assert seen == desk.ids("/requests")


def test_default_and_maximum_of_take(desk: Client) -> None:
    desk.control("POST", "/abr/requests", {"count": 1100})
    assert len(desk.rows("/requests")) == 50
    assert len(desk.rows("/requests", take=1000)) == 1000
    assert len(desk.rows("/requests", take=5000)) == 1000
    desk.switch(over_max_take="400")
    assert desk.get("/requests?take=1001").status_code == 400


@pytest.mark.parametrize("filters", [{"last": 2, "take": 2}, {"last": 2, "startid": 1}])
def test_last_stands_alone(desk: Client, filters: dict[str, int]) -> None:
    assert desk.get("/requests", params=filters).status_code == 400
    desk.switch(last_with_take="last_wins")
    assert desk.ids("/requests", **filters) == desk.ids("/requests", last=2)


@pytest.mark.parametrize(("word", "codes"), [("pending", {4}), ("DENIED", {3}), ("Approved", {0, 1, 2}), ("Quarantined", {5})])
def test_status_filter(desk: Client, word: str, codes: set[int]) -> None:
    assert {row["statusCode"] for row in desk.rows("/requests", status=word)} == codes


def test_other_words_of_status_are_a_switch(desk: Client) -> None:
    assert desk.get("/requests?status=Finished").status_code == 400
    desk.switch(unknown_status_filter="match_status")
    assert {row["status"] for row in desk.rows("/requests", status="Finished")} == {"Finished"}
    desk.switch(unknown_status_filter="ignore")
    assert len(desk.rows("/requests", status="Finished")) == 24


def test_filters_as_headers_in_any_case(desk: Client) -> None:
    by_query = desk.rows("/requests", status="Denied", take=1)
    assert desk.get("/requests", headers={"STATUS": "denied", "Take": "1"}).json() == by_query


def test_query_beats_header_unless_switched(desk: Client) -> None:
    def first() -> Any:
        return desk.get("/requests?status=Denied", headers={"status": "Pending"}).json()[0]["statusCode"]

    assert first() == DENIED
    desk.switch(param_precedence="header")
    assert first() == WAITING


@pytest.mark.parametrize("query", ["take=0", "take=-1", "take=x", "startid=1.5", "wantscandetails=yes", "last=0"])
def test_bad_values(desk: Client, query: str) -> None:
    assert desk.get(f"/requests?{query}").status_code == 400
    desk.switch(bad_value="500")
    assert desk.get(f"/requests?{query}").status_code == 500
    desk.switch(bad_value="ignore")
    assert desk.get(f"/requests?{query}").status_code == 200


def test_scan_details(desk: Client) -> None:
    details = desk.one(PENDING + 1, wantscandetails=1)["scanResults"]
    assert list(details[0]) == ["scanResult", "scanResultCode", "engine", "threat"]
    assert details[0]["scanResult"] == "Malicious"


def test_approve(desk: Client) -> None:
    reply = desk.call("PUT", f"/requests/{PENDING}?approvedby=OVE.dahl@northwind.example", json={"status": "Denied"})
    assert (reply.status_code, reply.content) == (204, b"")
    row = desk.one()
    assert (row["status"], row["statusCode"]) == ("Open", OPEN)
    assert (row["approvedBy"], row["approvedByEmail"]) == ("Ove Dahl", "ove.dahl@northwind.example")
    desk.switch(approved_status_text="Approved")
    assert desk.one()["status"] == "Approved"


def test_deny(desk: Client) -> None:
    params = {"reason": "Größe & Gefahr", "deniedby": "helpdesk@northwind.example"}
    assert desk.call("DELETE", f"/requests/{PENDING}", params=params).status_code == 204
    row = desk.one()
    assert (row["status"], row["deniedBy"], row["deniedReason"]) == ("Denied", "Northwind Help Desk", "Größe & Gefahr")
    assert row["reason"] == "Need the archiver for supplier files"


def test_reason_as_header(desk: Client) -> None:
    headers = {"reason": "Größe".encode()}
    desk.call("DELETE", f"/requests/{PENDING}", headers=headers)
    assert desk.one()["deniedReason"] == "Größe".encode().decode("latin-1")
    desk.switch(header_charset="utf-8")
    desk.call("DELETE", f"/requests/{PENDING + 1}", headers=headers)
    assert desk.one(PENDING + 1)["deniedReason"] == "Größe"


def test_a_stranger_is_silently_ignored(desk: Client) -> None:
    assert desk.call("PUT", f"/requests/{PENDING}?approvedby=eve@elsewhere.example").status_code == 204
    assert (desk.one()["statusCode"], desk.one()["approvedBy"], desk.one()["approvedByEmail"]) == (OPEN, None, None)


@pytest.mark.parametrize("code", [OPEN, RUNNING, FINISHED, DENIED, QUARANTINED, EXPIRED])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nothing_happens_to_what_is_decided(desk: Client, code: int, method: str) -> None:
    request_id = with_status(desk, code)
    before = desk.one(request_id)
    assert desk.call(method, f"/requests/{request_id}?reason=late").status_code == 204
    assert desk.one(request_id) == before
    assert not desk.calls(method=method)[0]["committed"]


@pytest.mark.parametrize(
    ("code", "name"),
    [(OPEN, "approved"), (RUNNING, "approved"), (FINISHED, "finished"), (DENIED, "denied"), (EXPIRED, "expired")],
)
def test_code_for_what_is_decided_is_a_switch(desk: Client, code: int, name: str) -> None:
    desk.switch(**{f"decide_{name}": "409"})
    assert desk.call("PUT", f"/requests/{with_status(desk, code)}").status_code == 409


def test_quarantined_may_be_decided_by_switch(desk: Client) -> None:
    request_id = with_status(desk, QUARANTINED)
    desk.switch(decide_quarantined="takes_effect")
    desk.call("PUT", f"/requests/{request_id}")
    assert desk.one(request_id)["statusCode"] == OPEN


def test_decided_rows_may_vanish(desk: Client) -> None:
    desk.switch(decided_rows="removed")
    desk.call("PUT", f"/requests/{PENDING}")
    assert desk.get(f"/requests/{PENDING}").status_code == 404
    assert PENDING not in desk.ids("/requests")


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ("404_message", 404, {"Message": "Request not found"}),
        ("404_empty", 404, None),
        ("200_null", 200, None),
        ("500_message", 500, {"Message": "Request not found"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_not_found_is_a_switch(desk: Client, method: str, answer: str, status: int, body: Any) -> None:
    desk.switch(not_found=answer)
    reply = desk.call(method, "/requests/1")
    assert reply.status_code == status
    assert (reply.json() if reply.content else None) == body


@pytest.mark.parametrize(
    "path", ["/request/65430930", "/requests/", "/requests/abc", "/", "/v1/requests", "/requests/65430930/pin"]
)
def test_unknown_paths(desk: Client, path: str) -> None:
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", "/requests", "GET"),
        ("PATCH", f"/requests/{PENDING}", "DELETE, GET, PUT"),
        ("POST", f"/requests/{PENDING}", "DELETE, GET, PUT"),
        ("DELETE", "/auditlog", "GET"),
        ("PUT", "/inventory/NW-LT-0142", "DELETE, GET"),
    ],
)
def test_wrong_methods(desk: Client, method: str, path: str, allow: str) -> None:
    reply = desk.call(method, path)
    assert (reply.status_code, reply.headers["Allow"]) == (405, allow)


def test_trailing_slash_may_be_tolerated(desk: Client) -> None:
    desk.switch(trailing_slash="tolerated")
    assert desk.get("/requests/").status_code == 200


def test_spellings(desk: Client) -> None:
    desk.switch(link_key="auditLogLink", email_keys="absent", pending_status_text="Pending approval", json_charset="without")
    reply = desk.get(f"/requests/{PENDING}")
    assert reply.headers["Content-Type"] == "application/json"
    row = reply.json()
    assert "auditLogLink" in row
    assert not {"auditlogLink", "approvedByEmail", "deniedByEmail"} & set(row)
    assert row["status"] == "Pending approval"
