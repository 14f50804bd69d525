# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_info with Digital Workplace Catalog: every option, against what the server has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from integration.support.dwp import API, ON_DWP, run_on_dwp, without_logins
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import NOW, Sandbox

Row = dict[str, Any]
BIG = "9007199254740995"


def _read(name: str, **options: Any) -> dict[str, Any]:
    return task("request_info", name, **options)


TASKS = [
    _read("all"),
    _read("open", status=["open"]),
    _read("pending", status=["PENDING"]),
    _read("platform's words", status=["active", "Waiting_Approval"]),
    _read("over", status=["completed", "failed", "denied", "cancelled"]),
    _read("requested for", requested_for="mlind"),
    _read("requested by", requested_by="mlind"),
    _read("requested by one for another", requested_by="mlind", requested_for="nli"),
    _read("nobody", requested_for="nobody"),
    _read("service by id", service="2401"),
    _read("service by name", service="Mobile phone"),
    _read("service with an id above 2^53", service="9007199254740993"),
    _read("everything at once", service="Standard laptop", requested_for="mlind", requested_by="mlind", status=["completed"]),
    _read("modified since", modified_since="2026-09-17T00:00:00Z"),
    _read("modified since, elsewhere", modified_since="2026-09-17T02:00:00+02:00"),
    _read("since", since_id="40270"),
    _read("limit", limit=3),
    _read("last", last=3),
    _read("last open", last=1, status=["open"]),
    _read("by id", request_ids=["40310", "1", BIG, "040310"]),
    _read("one by id", request_ids=[40219], include=["answers", "comments", "attachments"]),
    _read("with all", requested_for="mlind", include=["answers", "comments", "attachments"]),
    _read("unknown name", service="Standard lap top"),
    _read("ambiguous name", service="Shared mailbox"),
    _read("unpublished name", service="Robot arm hour"),
    _read("foreign include", include=["scan_details"]),
]

# What must come back: the rows of the server that fit.
EXPECTED: dict[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "open": lambda row: row["state"] == "ACTIVE",
    "pending": lambda row: row["state"] == "WAITING",
    "platform's words": lambda row: row["state"] in ("ACTIVE", "WAITING"),
    "over": lambda row: row["state"] not in ("ACTIVE", "WAITING"),
    "requested for": lambda row: row["requestedFor"] == "mlind",
    "requested by": lambda row: row["requestedBy"] == "mlind",
    "requested by one for another": lambda row: (row["requestedBy"], row["requestedFor"]) == ("mlind", "nli"),
    "nobody": lambda row: False,
    "service by id": lambda row: row["service"] == "2401",
    "service by name": lambda row: row["serviceName"] == "Mobile phone",
    "service with an id above 2^53": lambda row: row["service"] == "9007199254740993",
    "everything at once": lambda row: row["id"] == "40211",
    "modified since": lambda row: row["modified"] >= "2026-09-17T00:00:00",
    "modified since, elsewhere": lambda row: row["modified"] >= "2026-09-17T00:00:00",
    "since": lambda row: int(row["id"]) >= 40270,
}


@pytest.fixture(scope="module")
def runs(ansible: Ansible) -> dict[str, Run]:
    return ansible.in_both_modes(TASKS, env=ON_DWP)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


@pytest.fixture(scope="module")
def rows(runs: dict[str, Run], sandbox: Sandbox) -> list[Row]:
    sandbox.reset()
    return sorted(sandbox.state("requests", "dwp"), key=lambda row: int(row["id"]))


@pytest.mark.parametrize("name", EXPECTED)
def test_records_are_those_that_fit_in_ascending_order(run: Run, rows: list[Row], name: str) -> None:
    result = run[name]
    assert not result.failed, result.msg
    assert result.ids == [row["id"] for row in rows if EXPECTED[name](row)]
    assert result["total"] == len(result.ids)
    assert result["truncated"] is False
    assert result["missing"] == []


def test_example_data_tells_the_filters_apart(rows: list[Row]) -> None:
    numbers = {name: len([row for row in rows if fits(row)]) for name, fits in EXPECTED.items()}
    assert all(0 < number < len(rows) for name, number in numbers.items() if name not in ("all", "nobody")), numbers


def test_nothing_is_written(run: Run) -> None:
    searches = (f"{API}/users/login", f"{API}/services/search", f"{API}/services/requests/search")
    assert [call for result in run.tasks for call in result.writes if call["path"] not in searches] == []
    assert run.warnings == []


def test_record_is_normalised_and_keeps_the_original(run: Run) -> None:
    record = next(record for record in run["all"]["records"] if record["id"] == "40310")
    raw = record.pop("raw")
    assert record == {
        "id": "40310",
        "display_id": "40310",
        "platform": "bmc_dwp",
        "state": "open",
        "status": "ACTIVE",
        "subject": "Desk move",
        "requested_for": "jmueller",
        "requested_by": "jmueller",
        "created_at": "2026-09-17T14:00:00.000+00:00",
        "updated_at": record["updated_at"],
        "url": None,
    }
    assert raw["status"]["serviceversionId"] == "2421"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("ACTIVE", "open"),
        ("NEW", "open"),
        ("ON_HOLD", "open"),
        ("WAITING", "pending"),
        ("COMPLETED", "completed"),
        ("FAILED", "failed"),
        ("REJECTED", "denied"),
        ("CANCELLED", "cancelled"),
    ],
)
def test_states(ansible: Ansible, sandbox: Sandbox, status: str, state: str) -> None:
    (number,) = sandbox.add_each("requests", [{"status": status, "service": "2421"}], platform="dwp")
    run = run_on_dwp(ansible, [_read("it", request_ids=[number])])
    assert run["it"]["records"][0]["state"] == state


@pytest.mark.parametrize("word", ["WAITING_APPROVAL", "WAITING_FOR_APPROVAL", "PENDING_APPROVAL", "Waiting Approval"])
def test_words_for_an_approval_that_is_waited_for(ansible: Ansible, sandbox: Sandbox, word: str) -> None:
    sandbox.switches("dwp", waiting_status=word)
    run = run_on_dwp(ansible, [_read("state", status=["pending"]), _read("word", status=[word.lower()])])
    assert run["state"].ids == run["word"].ids == ["40301"]


def test_limit_and_last(run: Run, rows: list[Row]) -> None:
    ids = [row["id"] for row in rows]
    assert (run["limit"].ids, run["limit"]["truncated"], run["limit"]["next_since_id"]) == (ids[:3], True, str(int(ids[2]) + 1))
    assert (run["last"].ids, run["last"]["truncated"]) == (ids[: -3 - 1 : -1], True)
    assert run["last open"].ids == [[row["id"] for row in rows if row["state"] == "ACTIVE"][-1]]
    assert run["all"]["next_since_id"] == str(int(BIG) + 1)


def test_ids_are_kept_in_order_and_the_missing_ones_are_named(run: Run) -> None:
    result = run["by id"]
    assert result.ids == ["40310", BIG]
    assert result["missing"] == ["1"]
    assert result.targets == [f"POST {API}/services/requests/search"]


def test_one_by_id_is_one_call_and_one_for_each_detail(run: Run) -> None:
    start = f"GET {API}/services/requests/40219"
    assert run["one by id"].targets == [start, f"{start}/activities", f"{start}/answers"]
    (record,) = run["one by id"]["records"]
    answers = {answer["label"]: answer["answers"] for answer in record["answers"]}
    assert answers["Database name"] == ["orders_eu"]
    assert answers["Access level"] == ["READ"]
    assert record["comments"] == record["attachments"] == []


def test_details_come_with_each_record(run: Run) -> None:
    by_id = {record["id"]: record for record in run["with all"]["records"]}
    (comment,) = by_id["40211"]["comments"]
    assert (comment["text"], comment["author"], comment["visibility"]) == ("Ready at the front desk", "odahl", "public")
    assert comment["raw"]["authorFullName"] == "Ove Dahl"
    assert by_id["40211"]["answers"] == []
    plain = next(record for record in run["requested for"]["records"] if record["id"] == "40211")
    assert {"comments", "attachments", "answers"}.isdisjoint(plain)


def test_name_that_is_not_exact_lists_the_nearest(run: Run) -> None:
    assert run["unknown name"].failed
    assert run["unknown name"]["error"]["kind"] == "NotFound"
    assert "'Standard laptop' (2401)" in run["unknown name"].msg


def test_name_of_several_lists_them(run: Run) -> None:
    assert run["ambiguous name"]["error"]["kind"] == "Ambiguous"
    assert "2411" in run["ambiguous name"].msg
    assert "2412" in run["ambiguous name"].msg


def test_unpublished_name_is_explained(run: Run) -> None:
    assert run["unpublished name"]["error"]["kind"] == "NotFound"
    assert "unpublished" in run["unpublished name"].msg


def test_include_of_another_platform_is_refused(run: Run) -> None:
    assert run["foreign include"].failed
    assert "bmc_dwp has no scan_details" in run["foreign include"].msg
    assert without_logins(run["foreign include"].calls) == []


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    for here, there in zip(*(comparable(runs[mode]) for mode in MODES), strict=True):
        assert here == there


def test_requests_of_the_user_who_logs_in(ansible: Ansible, sandbox: Sandbox, mode: str) -> None:
    wanted = [{"service": "2421", "status": status} for status in ("ACTIVE", "COMPLETED") for dummy in range(120)]
    ids = sandbox.add_each("requests", [*wanted, {"service": "2421", "requestedBy": "odahl"}], platform="dwp")[:-1]
    run = run_on_dwp(
        ansible,
        [
            _read("mine", service="Desk move", mine=True),
            _read("mine that are open", service="2421", mine=True, status=["open"]),
            _read("mine of late", service="2421", mine=True, modified_since="2026-09-18T23:00:00Z"),
        ],
        mode=mode,
    )
    assert sorted(run["mine"].ids) == sorted(ids)
    assert sorted(run["mine that are open"].ids) == sorted(ids[:120])
    assert run["mine of late"].ids == []


def test_long_lists_are_read_to_their_end(ansible: Ansible, sandbox: Sandbox) -> None:
    ids = sandbox.add_each("requests", [{"secondsAgo": number} for number in range(2100)], platform="dwp")
    run = run_on_dwp(ansible, [_read("all"), _read("by id", request_ids=ids)])
    assert run["all"]["total"] == len(sandbox.state("requests", "dwp")) > 2100
    assert run["by id"].ids == ids
    assert len(run["by id"].calls) == 5


def test_limits_and_spellings_that_are_open_make_no_difference(ansible: Ansible, sandbox: Sandbox, rows: list[Row]) -> None:
    sandbox.switches("dwp", key_family="serviceId", list_order="oldest_first", status_reason="present")
    tasks = [_read("all"), _read("service", service="Mobile phone")]
    run = run_on_dwp(ansible, tasks, env={"DWP_KEY_FAMILY": "serviceId"})
    assert run["all"].ids == [row["id"] for row in rows]
    assert run["service"].ids == ["40244"]


def test_modified_since_counts_in_seconds(ansible: Ansible, sandbox: Sandbox) -> None:
    (number,) = sandbox.add_each("requests", [{"secondsAgo": -3600}], platform="dwp")
    late = NOW.replace("T10:", "T11:")
    run = run_on_dwp(ansible, [_read("it", modified_since=late), _read("later", modified_since=late.replace("T11:00", "T11:05"))])
    assert run["it"].ids == [number]
    assert run["later"].ids == []


BAD = {
    "mine": ({"mine": True}, ["mine: it needs service"]),
    "service": ({"service": " "}, ["service: it is empty"]),
    "time": ({"modified_since": "yesterday"}, ["modified_since: 'yesterday' is not a time with a zone", "2026-11-20T08:00:00Z"]),
    "time without a zone": ({"modified_since": "2026-11-20T08:00:00"}, ["is not a time with a zone"]),
    "ids and filter": ({"request_ids": ["1"], "service": "2401"}, ["request_ids", "cannot be combined", "service"]),
    "ids and requester": ({"request_ids": ["1"], "requested_by": "a"}, ["request_ids", "cannot be combined", "requested_by"]),
    "include": ({"include": ["reviews"]}, ["include", "answers, approvals, attachments, comments, scan_details", "reviews"]),
    "data centre": ({"data_center": "eu"}, ["data_center", "it is an option of admin_by_request", "not of bmc_dwp"]),
}
BAD_ON_ABR = {
    "service of ABR": ({"service": "2401"}, ["service", "bmc_dwp, sdp_cloud, not of admin_by_request"]),
    "mine of ABR": ({"mine": False}, ["mine", "bmc_dwp, not of admin_by_request"]),
    "answers of ABR": ({"include": ["answers"]}, ["admin_by_request has no answers", "It has scan_details"]),
}


def test_bad_input_is_an_error_before_the_first_call(ansible: Ansible, mode: str) -> None:
    tasks = [_read(name, platform="bmc_dwp", **options) for name, (options, _said) in BAD.items()]
    tasks += [_read(name, **options) for name, (options, _said) in BAD_ON_ABR.items()]
    run = ansible.run(tasks, mode=mode)
    for name, (_options, said) in {**BAD, **BAD_ON_ABR}.items():
        assert run[name].failed, name
        assert run[name].calls == []
        for words in said:
            assert words in run[name].msg
