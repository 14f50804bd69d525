# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""catalog_info on ServiceDesk Plus Cloud: service categories, templates, and what they ask for."""

from __future__ import annotations

from typing import Any

import pytest
from integration.support.programs import Ansible, Run, TaskResult, comparable, task
from integration.support.sandbox import Sandbox
from integration.support.sdp import ON_SDP, run_on_sdp, without_logins

Row = dict[str, Any]

GONE = "987060000009999999"
LAPTOP_TEMPLATE = {"title": "Standard laptop", "details": True}
REFUSED: dict[str, tuple[Row, str]] = {
    "questionnaires": ({"gather": ["questionnaires"], "title": "VPN access"}, "sdp_cloud has no questionnaires"),
    "groups": ({"gather": ["category_groups", "services"]}, "sdp_cloud has no category_groups"),
    "view": ({"gather": ["full_catalog_view"]}, "with details a service comes with its fields and its questions"),
    "depth": ({"depth": 2}, "depth: it is an option of bmc_dwp, not of sdp_cloud"),
    "user": ({"requested_for": "maja.lind"}, "requested_for: it is an option of bmc_dwp, not of sdp_cloud"),
    "request": ({"gather": ["questionnaires"], "request_id": "1"}, "request_id: it is an option of bmc_dwp"),
}


def _read(name: str, **options: Any) -> Row:
    return {"name": name, "deskops.itsm.catalog_info": options}


def _names(result: TaskResult, key: str = "services") -> list[str]:
    assert not result.failed, result.msg
    return [row["name"] for row in result[key]]


@pytest.fixture(scope="module")
def read(ansible: Ansible, sandbox: Sandbox) -> Run:
    sandbox.reset()
    ids = {row["name"]: row["id"] for row in sandbox.state("request_templates", "sdp")}
    tasks = [
        _read("all"),
        _read("two", limit=2),
        _read("everything", gather=["categories", "services"]),
        _read("categories", gather=["categories"]),
        _read("category", gather=["categories"], category="Access"),
        _read("in category", category="Access"),
        _read("wrong category", category="Acces"),
        _read("by title", title=" vpn ACCESS"),
        _read("wrong title", title="VPN acces"),
        _read("title elsewhere", title="VPN access", category="Hardware"),
        _read("by id", service_ids=[ids["VPN access"], GONE, ids["Standard laptop"]]),
        _read("details", **LAPTOP_TEMPLATE),
        _read("mandatory", title="Software licence", details=True),
        *(_read(name, **options) for name, (options, _says) in REFUSED.items()),
    ]
    return run_on_sdp(ansible, tasks)


def test_templates(read: Run) -> None:
    names = _names(read["all"])
    assert names == sorted(names)
    assert {"Default Request", "Report an incident", "Standard laptop", "Fax line"} <= set(names)
    assert read["all"]["records"] == read["all"]["services"]
    rows = {row["name"]: row for row in read["all"]["services"]}
    kinds = {name: (rows[name]["is_service"], rows[name]["is_active"]) for name in rows}
    assert (kinds["Standard laptop"], kinds["Default Request"], kinds["Fax line"]) == ((True, True), (False, True), (True, False))
    assert rows["Standard laptop"]["categories"] == ["Hardware"]
    assert len(without_logins(read["all"].calls)) == 1


def test_limit(read: Run) -> None:
    assert (len(_names(read["two"])), read["two"]["truncated"]) == (2, True)


def test_categories(read: Run) -> None:
    names = _names(read["categories"], "categories")
    assert names == ["Access", "Hardware", "People", "Retired", "Software"]
    assert read["categories"]["records"] == read["categories"]["categories"]
    assert _names(read["category"], "categories") == ["Access"]
    assert _names(read["everything"], "categories") == names
    assert read["everything"]["records"] == read["everything"]["services"]


def test_category(read: Run) -> None:
    assert _names(read["in category"]) == ["Administrator rights", "VPN access"]
    assert "'Access'" in read["wrong category"].msg


def test_title(read: Run) -> None:
    assert _names(read["by title"]) == ["VPN access"]
    assert "The nearest are 'VPN access'" in read["wrong title"].msg
    assert "in category 'Hardware'" in read["title elsewhere"].msg


def test_ids(read: Run) -> None:
    assert _names(read["by id"]) == ["VPN access", "Standard laptop"]
    assert read["by id"]["missing"] == [GONE]


def test_details(read: Run) -> None:
    (laptop,) = read["details"]["services"]
    fields = {field["name"]: field for field in laptop["fields"]}
    assert {name for name, field in fields.items() if field["mandatory"]} == {"subject", "requester"}
    assert fields["group"]["default"][0]["name"] == "Hardware"
    assert fields["priority"]["section"] == "Assessment"
    questions = {question["label"]: question for question in laptop["questions"]}
    assert {label for label, question in questions.items() if question["required"]} == {"Model", "Replaces a device"}
    assert [option["label"] for option in questions["Replaces a device"]["options"]] == ["Yes", "No"]
    assert questions["Accessories"]["type"] == "check"
    (licence,) = read["mandatory"]["services"]
    assert "udf_fields.txt_cost_centre" in {field["name"] for field in licence["fields"] if field["mandatory"]}


def test_what_is_shown_can_be_ordered(ansible: Ansible, sandbox: Sandbox) -> None:
    """Each question is answered with its first choice, by the id that it is shown with."""
    variables = {
        "template": "{{ shown.services[0] }}",
        "questions": "{{ template.questions | selectattr('options') }}",
        "choices": "{{ questions | map(attribute='options') | map('first') | map(attribute='label') }}",
    }
    answers = "{{ dict(questions | map(attribute='id') | zip(choices)) }}"
    order = task("service_request", "order", service="{{ template.id }}", subject="From the catalog", answers=answers)
    tasks = [{**_read("show", **LAPTOP_TEMPLATE), "register": "shown"}, {**order, "vars": variables}]
    assert run_on_sdp(ansible, tasks)["order"].outcomes == ["created"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_here_is_refused(read: Run, name: str) -> None:
    assert read[name].failed
    assert REFUSED[name][1] in read[name].msg
    assert read[name].calls == []


def test_both_modes_do_the_same(ansible: Ansible) -> None:
    tasks = [_read("laptop", **LAPTOP_TEMPLATE), _read("all", gather=["categories", "services"])]
    runs = ansible.in_both_modes(tasks, env=ON_SDP)
    one, other = (comparable(run) for run in runs.values())
    assert one == other


def test_missing_scope_is_named(ansible: Ansible, sandbox: Sandbox) -> None:
    token = sandbox.sdp_token(scopes=["SDPOnDemand.requests.ALL"])
    result = run_on_sdp(ansible, [_read("all", access_token=token)])["all"]
    assert result.failed
    assert "SDPOnDemand.setup.READ" in result.msg
