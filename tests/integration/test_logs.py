# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""auditlog_info and event_info: every option, against what the server has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import NOW, Sandbox

Row = dict[str, Any]

START, END = "2026-08-20", "2026-09-05"
LONG_AGO = "2026-08-10"


def _log(name: str, **options: Any) -> dict[str, Any]:
    return task("auditlog_info", name, **options)


def _events(name: str, **options: Any) -> dict[str, Any]:
    return task("event_info", name, **options)


def _of_last(days: int) -> Callable[[Row], bool]:
    since = (datetime.fromisoformat(NOW[:-1]) - timedelta(days=days)).isoformat()
    return lambda row: _time(row) >= since


def _time(row: Row) -> str:
    return str(row.get("requestTimeUTC") or row["eventTimeUTC"])


def _in_days(row: Row) -> bool:
    return START <= _time(row)[:10] <= END


# What each task must bring: the rows of the server that fit, in ascending order.
ENTRIES: dict[str, tuple[dict[str, Any], Callable[[Row], bool]]] = {
    "all": ({"days": 3650}, lambda row: True),
    "default window": ({}, _of_last(30)),
    "week": ({"days": 7}, _of_last(7)),
    "between days": ({"start_date": START, "end_date": END}, _in_days),
    "from a day on": ({"start_date": START}, lambda row: _time(row)[:10] >= START),
    # Beyond the 30 days that the server shows by itself.
    "up to a day long ago": ({"end_date": LONG_AGO}, lambda row: _time(row)[:10] <= LONG_AGO),
    "sessions": ({"type": "session", "days": 3650}, lambda row: row["typeCode"] != 0),
    "applications": ({"type": "app", "days": 3650}, lambda row: row["typeCode"] == 0),
    "denied": ({"status": "denied", "days": 3650}, lambda row: row["status"] == "Denied"),
    "of a user": ({"user": "mlind", "days": 3650}, lambda row: row["user"]["account"] == "NWIND\\mlind"),
    "of a user by name": ({"user": "Søren Kjær", "days": 3650}, lambda row: row["user"]["fullName"] == "Søren Kjær"),
    "of a computer": ({"computer": "NW-LT-0142", "days": 3650}, lambda row: row["computer"]["name"] == "NW-LT-0142"),
    "of a computer with blanks": ({"computer": "Lager PC 3", "days": 3650}, lambda row: row["computer"]["name"] == "Lager PC 3"),
    "of an unknown computer": ({"computer": "a?b&c#d %"}, lambda row: False),
}
EVENTS: dict[str, tuple[dict[str, Any], Callable[[Row], bool]]] = {
    "all events": ({"days": 3650}, lambda row: True),
    "events of the default window": ({}, _of_last(30)),
    "events between days": ({"start_date": START, "end_date": END}, _in_days),
    "events up to a day long ago": ({"end_date": LONG_AGO}, lambda row: _time(row)[:10] <= LONG_AGO),
    "logons": ({"code": 5, "days": 3650}, lambda row: row["eventCode"] == 5),
    "events of a user": ({"user": "hsvc", "days": 3650}, lambda row: row["userAccount"] == "hsvc"),
    "events of a computer": ({"computer": "nw-lt-0142", "days": 3650}, lambda row: row["computerName"] == "NW-LT-0142"),
}
EXPECTED = {**ENTRIES, **EVENTS}


def _tasks(sandbox: Sandbox) -> list[dict[str, Any]]:
    sandbox.reset()
    entries, events = ([str(row["id"]) for row in sandbox.state(name)] for name in ("auditlog", "events"))
    return [
        *(_log(name, **options) for name, (options, _fits) in ENTRIES.items()),
        *(_events(name, **options) for name, (options, _fits) in EVENTS.items()),
        _log("entries by id", entry_ids=[entries[5], "1", entries[0], entries[5]]),
        _log("scan details", entry_ids=[entries[5]], include=["scan_details"]),
        _log("since", since_id=entries[3]),
        _log("limit", days=3650, limit=4),
        _log("last", days=3650, last=4),
        _log("nothing new", since_id="99999999"),
        _events("events by id", event_ids=[events[5], "1", events[0]]),
        _events("events since", since_id=events[3]),
        _events("limit of events", days=3650, limit=4),
        _events("last events", days=3650, last=4),
    ]


@pytest.fixture(scope="module")
def runs(ansible: Ansible, sandbox: Sandbox) -> dict[str, Run]:
    return ansible.in_both_modes(_tasks(sandbox))


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


@pytest.fixture(scope="module")
def rows(runs: dict[str, Run], sandbox: Sandbox) -> dict[str, list[Row]]:
    sandbox.reset()
    return {name: sandbox.state(name) for name in ("auditlog", "events")}


def _ids(rows: list[Row]) -> list[str]:
    return [str(row["id"]) for row in rows]


@pytest.mark.parametrize("name", EXPECTED)
def test_records_are_those_that_fit_in_ascending_order(run: Run, rows: dict[str, list[Row]], name: str) -> None:
    fits = EXPECTED[name][1]
    wanted = [row for row in rows["auditlog" if name in ENTRIES else "events"] if fits(row)]
    result = run[name]
    assert result.ids == _ids(wanted)
    assert result["total"] == len(wanted)
    assert result["truncated"] is False
    assert not result["changed"]


@pytest.mark.parametrize("name", ["up to a day long ago", "events up to a day long ago"])
def test_end_alone_opens_the_window(run: Run, name: str) -> None:
    assert run[name].ids


def test_nothing_but_reads_reached_the_server(run: Run) -> None:
    assert [result.name for result in run.tasks if result.failed or result.writes] == []
    assert run.warnings == []


def test_record_is_that_of_the_api_with_its_id_as_text(run: Run, rows: dict[str, list[Row]]) -> None:
    row = rows["auditlog"][5]
    assert run["scan details"]["records"] == [{**row, "id": str(row["id"])}]
    event = rows["events"][5]
    assert run["events by id"]["records"][0] == {**event, "id": str(event["id"])}


@pytest.mark.parametrize(("name", "area"), [("entries by id", "auditlog"), ("events by id", "events")])
def test_ids_come_in_the_order_asked_for_and_missing_ones_are_named(
    run: Run, rows: dict[str, list[Row]], name: str, area: str
) -> None:
    ids = _ids(rows[area])
    assert run[name].ids == [ids[5], ids[0]]
    assert run[name]["missing"] == ["1"]
    assert len(run[name].calls) == 3


@pytest.mark.parametrize(("name", "area"), [("since", "auditlog"), ("events since", "events")])
def test_since_opens_the_window(run: Run, rows: dict[str, list[Row]], name: str, area: str) -> None:
    assert run[name].ids == _ids(rows[area])[3:]


@pytest.mark.parametrize(("suffix", "area"), [("", "auditlog"), (" of events", "events")])
def test_limit_keeps_the_oldest(run: Run, rows: dict[str, list[Row]], suffix: str, area: str) -> None:
    result = run[f"limit{suffix}"]
    assert result.ids == _ids(rows[area])[:4]
    assert result["truncated"] is True
    assert result["next_since_id"] == str(int(result.ids[-1]) + 1)


@pytest.mark.parametrize(("name", "area"), [("last", "auditlog"), ("last events", "events")])
def test_last_brings_the_newest_first(run: Run, rows: dict[str, list[Row]], name: str, area: str) -> None:
    result = run[name]
    assert result.ids == _ids(rows[area])[:-5:-1]
    assert result["truncated"] is True
    assert result["next_since_id"] == str(int(result.ids[0]) + 1)


def test_position_stays_when_nothing_came(run: Run) -> None:
    assert run["nothing new"]["records"] == []
    assert run["nothing new"]["next_since_id"] == "99999999"


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    for here, there in zip(*(comparable(runs[mode]) for mode in MODES), strict=True):
        assert here == there


def _feed(name: str, delta_time: str) -> dict[str, Any]:
    return {**_log(name, delta_time=delta_time), "register": "feed"}


def test_feed_reports_each_change_once(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    """Changed is what was decided; new is what was asked for; the tick of the position is too long for a float."""
    following = "{{ feed.next_delta_time }}"
    run = ansible.run(
        [
            _feed("start", "now"),
            _feed("nothing yet", following),
            task("request_approve", "decide", request_id="65430930", state="approved"),
            {"name": "ask", "sandbox": {"post": "abr/requests", "body": [{"reason": "New"}]}},
            _feed("changes", following),
            _feed("no more", following),
        ],
        mode=mode,
    )
    assert run["start"]["records"] == []
    assert run["nothing yet"]["records"] == []
    assert [record["reason"] for record in run["changes"]["records"]] == ["Need the archiver for supplier files", "New"]
    assert run["changes"]["records"][0]["status"] == "Open"
    assert run["no more"]["records"] == []
    assert run["changes"]["next_delta_time"] == run["no more"]["next_delta_time"]
    assert len(run["changes"]["next_delta_time"]) == 18


def test_feed_can_be_read_with_scan_details(ansible: Ansible, sandbox: Sandbox) -> None:
    run = ansible.run([{**_log("start", delta_time="1", include=["scan_details"])}])
    assert len(run["start"]["records"]) == len(sandbox.state("auditlog"))
    assert any(record["scanResults"] for record in run["start"]["records"])


def test_long_logs_are_read_whole(ansible: Ansible, sandbox: Sandbox) -> None:
    """One page holds ten thousand entries."""
    sandbox.reset("empty")
    ids = [str(number) for number in sandbox.add("events", 10_050)]
    run = ansible.run([_events("all")])
    assert run["all"].ids == ids
    assert len(run["all"].calls) == 2


@pytest.mark.parametrize("switch", ["days_with_startid", "startdate", "date_zone", "session_filter", "user_path_domain"])
def test_open_questions_about_the_api_do_not_fail_a_task(ansible: Ansible, sandbox: Sandbox, switch: str) -> None:
    other = {"days_with_startid": "lifted", "startdate": "exclusive", "date_zone": "local", "session_filter": "admin_sessions"}
    sandbox.switches(**{switch: other.get(switch, "not_matched")})
    run = ansible.run(
        [_log("since", since_id="1"), _log("dates", start_date=START), _log("user", user="NWIND\\mlind", type="session")]
    )
    assert not any(result.failed for result in run.tasks)
    assert run["since"].ids == _ids(sandbox.state("auditlog"))
