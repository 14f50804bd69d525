# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit log, its change feed, and events."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from .conftest import PENDING, Client

AUDIT_KEYS = [
    "installs",
    "uninstalls",
    "elevatedApplications",
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
    "ssoValidated",
    "requestTime",
    "requestTimeUTC",
    "startTime",
    "startTimeUTC",
    "endTime",
    "endTimeUTC",
    "responseTime",
    "auditlogLink",
]
EVENT_KEYS = [
    "id",
    "eventCode",
    "eventLevel",
    "eventText",
    "eventTime",
    "eventTimeUTC",
    "computerName",
    "userAccount",
    "userName",
    "alertAccount",
    "auditLogURL",
    "rollback",
    "additionalData",
    "application",
]


def days_ago(days: int) -> date:
    return (datetime.now(timezone.utc) - timedelta(days=days)).date()


@pytest.mark.parametrize(("path", "keys"), [("/auditlog", AUDIT_KEYS), ("/events", EVENT_KEYS)])
def test_fields_and_their_order(desk: Client, path: str, keys: list[str]) -> None:
    row = desk.rows(path)[0]
    assert list(row) == keys
    assert desk.get(f"{path}/{row['id']}").json() == row
    assert desk.get(f"{path}/1").status_code == 404


@pytest.mark.parametrize(("path", "time"), [("/auditlog", "requestTimeUTC"), ("/events", "eventTimeUTC")])
class TestWindow:
    """Both lists hide what is older than thirty days unless told otherwise."""

    def oldest(self, desk: Client, path: str, time: str, **filters: object) -> date:
        return min(datetime.fromisoformat(row[time]) for row in desk.rows(path, take=1000, **filters)).date()

    def test_default_is_thirty_days(self, desk: Client, path: str, time: str) -> None:
        assert self.oldest(desk, path, time) >= days_ago(31)
        assert self.oldest(desk, path, time, startid=1) >= days_ago(31)
        assert self.oldest(desk, path, time, days=60) < days_ago(45)

    def test_the_window_may_be_lifted_by_startid(self, desk: Client, path: str, time: str) -> None:
        desk.switch(days_with_startid="lifted")
        assert self.oldest(desk, path, time, startid=1) < days_ago(45)

    def test_dates(self, desk: Client, path: str, time: str) -> None:
        rows = desk.rows(path, take=1000, days=60)
        day = sorted(row[time][:10] for row in rows)[len(rows) // 2]
        wanted = [row["id"] for row in rows if row[time][:10] == day]
        assert desk.ids(path, startdate=day, enddate=day, days=1) == wanted
        desk.switch(startdate="exclusive")
        assert desk.ids(path, startdate=day, enddate=day) == []

    def test_far_dates(self, desk: Client, path: str, time: str) -> None:
        everything = desk.ids(path, take=1000, days=99999999)
        assert desk.ids(path, take=1000, startdate="0001-01-01", enddate="9999-12-31") == everything
        assert len(everything) >= 60

    def test_time_of_day_is_a_switch(self, desk: Client, path: str, time: str) -> None:
        assert desk.get(f"{path}?startdate=2026-01-01T00:00:00").status_code == 400
        desk.switch(date_format="date_or_time")
        assert desk.get(f"{path}?startdate=2026-01-01T00:00:00").status_code == 200


def test_audit_filters(desk: Client) -> None:
    assert {row["typeCode"] for row in desk.rows("/auditlog", type="app", days=90)} == {0}
    assert {row["typeCode"] for row in desk.rows("/auditlog", type="session", days=90)} == {1, 2}
    desk.switch(session_filter="admin_sessions")
    assert {row["typeCode"] for row in desk.rows("/auditlog", type="session", days=90)} == {1}
    approved = desk.rows("/auditlog", status="Approved", days=90)
    assert approved
    assert all(row["approvedBy"] for row in approved)
    assert desk.get("/auditlog?type=other").status_code == 400


def test_by_computer_and_user(desk: Client) -> None:
    rows = desk.rows("/computers/nw-lt-0142/auditlog", days=90)
    assert rows
    assert {row["computer"]["name"] for row in rows} == {"NW-LT-0142"}
    for user in ("mlind", "Maja Lind", "NWIND\\mlind"):
        assert {row["user"]["fullName"] for row in desk.rows(f"/users/{user}/auditlog", days=90)} == {"Maja Lind"}
        assert {row["userName"] for row in desk.rows(f"/users/{user}/events", days=90)} == {"Maja Lind"}
    assert {row["computerName"] for row in desk.rows("/computers/Lager PC 3/events", days=90)} <= {"Lager PC 3"}


@pytest.mark.parametrize(
    "path", ["/computers/NOPE/auditlog", "/computers/NOPE/events", "/users/nope/auditlog", "/users/nope/events"]
)
def test_unknown_subjects_are_a_switch(desk: Client, path: str) -> None:
    assert desk.rows(path) == []
    desk.switch(unknown_subject="not_found")
    assert desk.get(path).status_code == 404


def test_event_code(desk: Client) -> None:
    code = desk.rows("/events")[0]["eventCode"]
    assert {row["eventCode"] for row in desk.rows("/events", code=code)} == {code}


def test_the_audit_log_follows_a_decision(desk: Client) -> None:
    desk.call("PUT", f"/requests/{PENDING}?approvedby=ove.dahl@northwind.example")
    trace = desk.one()["traceNo"]
    entry = next(row for row in desk.rows("/auditlog", status="Approved") if row["traceNo"] == trace)
    assert entry["id"] != PENDING
    assert entry["approvedBy"] == "Ove Dahl"
    assert entry["responseTime"].startswith("00:33:")
    assert len(entry["responseTime"]) == len("00:33:00.0000000")
    desk.switch(auditlog_id="same_as_request")
    assert desk.get(f"/auditlog/{PENDING}").json()["traceNo"] == trace


class TestDelta:
    """The change feed."""

    def test_first_call_is_empty(self, desk: Client) -> None:
        first = desk.get("/auditlog/delta").json()
        assert list(first) == ["entries", "timeNow"]
        assert first["entries"] == []
        assert len(str(first["timeNow"])) == 18
        assert first["timeNow"] > 2**53

    def test_changes_since(self, desk: Client) -> None:
        since = desk.get("/auditlog/delta").json()["timeNow"]
        assert desk.get(f"/auditlog/delta?deltaTime={since}").json() == {"entries": [], "timeNow": since}
        desk.call("DELETE", f"/requests/{PENDING}")
        desk.call("PUT", f"/requests/{PENDING + 1}")
        answer = desk.get(f"/auditlog/delta?deltaTime={since}").json()
        assert [entry["status"] for entry in answer["entries"]] == ["Denied", "Open"]
        assert desk.get("/auditlog/delta", headers={"deltaTime": str(answer["timeNow"])}).json()["entries"] == []

    def test_a_decision_without_effect_is_no_change(self, desk: Client) -> None:
        desk.call("PUT", f"/requests/{PENDING}")
        since = desk.get("/auditlog/delta").json()["timeNow"]
        desk.call("PUT", f"/requests/{PENDING}")
        assert desk.get("/auditlog/delta").json()["timeNow"] == since

    def test_history(self, desk: Client) -> None:
        entries = desk.get("/auditlog/delta?days=60&startid=0&take=3").json()["entries"]
        assert [entry["id"] for entry in entries] == desk.ids("/auditlog", days=60, take=3)
        desk.switch(delta_history="never")
        assert desk.get("/auditlog/delta?days=60&startid=0").json()["entries"] == []

    def test_ticks_must_be_whole(self, desk: Client) -> None:
        assert desk.get("/auditlog/delta?deltaTime=6.38e17").status_code == 400
