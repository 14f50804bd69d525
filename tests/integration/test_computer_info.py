# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""computer_info: every option, against what the server has."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import MODES, Ansible, Run, comparable, task
from integration.support.sandbox import Sandbox

Row = dict[str, Any]


def _read(name: str, **options: Any) -> dict[str, Any]:
    return task("computer_info", name, **options)


@pytest.fixture(scope="module")
def rows(sandbox: Sandbox) -> list[Row]:
    sandbox.reset()
    return sandbox.state("computers")


@pytest.fixture(scope="module")
def runs(ansible: Ansible, rows: list[Row]) -> dict[str, Run]:
    tasks = [
        _read("all"),
        _read("inventoried", only_inventoried=True),
        _read("by name", computers=["Lager PC 3", "nw-lt-0142", "NW-LT-9999", "a/b ?&#"]),
        _read("by id", computers=[str(rows[3]["id"]), str(rows[1]["id"])]),
        _read("software", computers=["NW-LT-0142"], include=["software"]),
        _read("groups", include=["groups"]),
        _read("limit", limit=5),
        _read("limit of inventoried", limit=19, only_inventoried=True),
        _read("limit equal to the number", limit=len(rows)),
        _read("since", since_id=str(rows[20]["id"])),
        _read("nothing new", since_id="99999999"),
    ]
    return ansible.in_both_modes(tasks)


@pytest.fixture
def run(runs: dict[str, Run], mode: str) -> Run:
    return runs[mode]


def _ids(rows: list[Row]) -> list[str]:
    return [str(row["id"]) for row in rows]


def test_all_computers_are_read_in_one_call(run: Run, rows: list[Row]) -> None:
    assert run["all"].ids == _ids(rows)
    assert run["all"]["total"] == len(rows)
    assert run["all"]["truncated"] is False
    assert run["all"].targets == ["GET /abr/inventory?take=10000"]


def test_nothing_but_reads_reached_the_server(run: Run) -> None:
    assert [result.name for result in run.tasks if result.failed or result.writes] == []
    assert run.warnings == []


def test_computers_without_inventory_data_can_be_left_out(run: Run, rows: list[Row]) -> None:
    assert run["inventoried"].ids == _ids([row for row in rows if row["inventoryAvailable"]])


def test_computers_come_in_the_order_asked_for_and_missing_ones_are_named(run: Run, rows: list[Row]) -> None:
    assert [record["name"] for record in run["by name"]["records"]] == ["Lager PC 3", "NW-LT-0142"]
    assert run["by name"]["missing"] == ["NW-LT-9999", "a/b ?&#"]
    assert run["by id"].ids == [str(rows[3]["id"]), str(rows[1]["id"])]


def test_software_and_groups_come_only_when_asked_for(run: Run) -> None:
    (record,) = run["software"]["records"]
    assert {"name", "version", "vendor"} <= set(record["software"][0])
    assert record["user"]["groups"] is None
    grouped = next(record for record in run["groups"]["records"] if record["inventoryAvailable"])
    assert "Domain Users" in grouped["user"]["groups"]
    assert grouped["software"] is None


def test_limit_keeps_the_oldest_and_says_that_there_is_more(run: Run, rows: list[Row]) -> None:
    assert run["limit"].ids == _ids(rows)[:5]
    assert run["limit"]["truncated"] is True
    assert run["limit"]["next_since_id"] == str(int(run["limit"].ids[-1]) + 1)
    inventoried = [row for row in rows if row["inventoryAvailable"]]
    assert run["limit of inventoried"].ids == _ids(inventoried)[:19]
    assert run["limit of inventoried"]["truncated"] is True
    assert run["limit equal to the number"]["truncated"] is False


def test_since_is_inclusive_and_stays_when_nothing_came(run: Run, rows: list[Row]) -> None:
    assert run["since"].ids == _ids(rows)[20:]
    assert run["nothing new"]["records"] == []
    assert run["nothing new"]["next_since_id"] == "99999999"


def test_results_do_not_depend_on_where_the_work_is_done(runs: dict[str, Run]) -> None:
    for here, there in zip(*(comparable(runs[mode]) for mode in MODES), strict=True):
        assert here == there


@pytest.mark.parametrize("fields", ["null", "absent", "shells"])
def test_shape_of_computers_without_inventory_data_does_not_matter(
    ansible: Ansible, sandbox: Sandbox, rows: list[Row], fields: str
) -> None:
    sandbox.switches(uninventoried_fields=fields)
    run = ansible.run([_read("all"), _read("inventoried", only_inventoried=True)])
    assert run["all"]["total"] == len(rows)
    assert run["inventoried"]["total"] == len([row for row in rows if row["inventoryAvailable"]])
