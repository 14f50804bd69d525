# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of computers from the assets of ServiceDesk Plus Cloud."""

from __future__ import annotations

import json
from typing import Any

import pytest
from integration.support.programs import Ansible, Run
from integration.support.sandbox import SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN, Sandbox
from integration.support.sdp import NO_LOGIN, TOKEN, list_info, without_logins
from integration.support.secrets import leaks

Row = dict[str, Any]
FIELDS = ["state", "site", "user", "ip_address", "operating_system", "product"]
CACHED = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_timeout": 600}


def _list(ansible: Ansible, source: Row, *arguments: str, **env: str | None) -> Run:
    content = {"plugin": "deskops.itsm.computers", "platform": "sdp_cloud", **source}
    path = ansible.write("desk.computers.yml", content)
    return ansible.program(["ansible-inventory", "--list", "-i", str(path), *arguments], env=env)


def _plain(value: Row) -> Any:
    """ansible-inventory marks text that must not be taken for a template."""
    return value.get("__ansible_unsafe", value)


def _groups(run: Run) -> dict[str, Any]:
    assert run.rc == 0, run.output
    groups: dict[str, Any] = json.loads(run.stdout, object_hook=_plain)
    return groups


def _hosts(run: Run) -> dict[str, Row]:
    hosts: dict[str, Row] = _groups(run)["_meta"]["hostvars"]
    return hosts


@pytest.fixture(scope="module")
def assets(sandbox: Sandbox) -> dict[str, Row]:
    sandbox.reset()
    return {row["name"]: row for row in sandbox.state("assets", "sdp")}


def test_every_asset_is_a_host_with_the_keys_of_the_api(ansible: Ansible, sandbox: Sandbox, assets: dict[str, Row]) -> None:
    run = _list(ansible, {})
    hosts = _hosts(run)
    assert set(hosts) == set(assets)
    assert run.stderr == ""
    shown = hosts["NW-LT-0142"]
    assert {"id", "product", "state", "user", "site", "serial_number"} <= set(shown)
    assert all(assets["NW-LT-0142"][name] == value for name, value in shown.items())
    (call,) = without_logins(sandbox.calls())
    assert list_info(call)["sort_field"] == "name"
    assert len(sandbox.calls(path=TOKEN)) == 1


def test_groups_and_composed_variables(ansible: Ansible, assets: dict[str, Row]) -> None:
    source = {
        "workstations": True,
        "fields": FIELDS,
        "compose": {"ansible_host": "ip_address", "owner": "user.email_id | default('nobody')"},
        "groups": {"in_use": "state.name == 'In Use'"},
        "keyed_groups": [{"key": "operating_system.name", "prefix": "os"}, {"key": "product.name", "prefix": "model"}],
    }
    groups = _groups(_list(ansible, source))
    hosts = groups["_meta"]["hostvars"]
    workstations = {name for name, row in assets.items() if row["product_type"]["name"] == "Workstation"}
    assert set(hosts) == workstations < set(assets)
    assert hosts["NW-LT-0142"]["ansible_host"] == "192.0.2.42"
    assert hosts["NW-LT-0142"]["owner"] == "maja.lind@northwind.example"
    assert set(groups["in_use"]["hosts"]) == {name for name in workstations if assets[name]["state"]["name"] == "In Use"}
    assert set(groups["os_Ubuntu"]["hosts"]) == {"NW-LT-0147"}
    assert "NW-LT-0142" in groups["model_ThinkPad_T14"]["hosts"]


def test_many_assets_are_read_in_pages(ansible: Ansible, sandbox: Sandbox) -> None:
    there = len(sandbox.state("assets", "sdp"))
    product = {"product": {"name": "ThinkPad T14"}}
    names = [{"name": f"NW-X-{number:04}", **product} for number in range(1000 - there)]
    sandbox.add_records("assets", *names)
    assert len(_hosts(_list(ansible, {}))) == 1000
    assert len(without_logins(sandbox.calls())) == 11


@pytest.mark.parametrize("ids", [["90", "100"], ["100", "90"]])
def test_assets_of_one_name_become_two_hosts(ansible: Ansible, sandbox: Sandbox, ids: list[str]) -> None:
    """The one with the lower id keeps the name, whichever the server names first."""
    sandbox.switches("sdp", fields_required="only")
    sandbox.faults(
        {
            "platform": "sdp",
            "path": "/assets$",
            "kind": "status",
            "status": 200,
            "body": {
                "response_status": [{"status_code": 2000, "status": "success"}],
                "list_info": {"has_more_rows": False},
                "assets": [{"id": "7", "name": "B"}, *({"id": one, "name": "Twin"} for one in ids), {"id": "8", "name": "A"}],
            },
        }
    )
    run = _list(ansible, {})
    assert {host: variables["id"] for host, variables in _hosts(run).items()} == {
        "A": "8",
        "B": "7",
        "Twin": "90",
        "Twin-100": "100",
    }
    assert "several computers named Twin" in " ".join(run.stderr.split())


def test_cache_spares_calls_and_login(ansible: Ansible, sandbox: Sandbox) -> None:
    source = {**CACHED, "cache_connection": str(ansible.folder / "sdp cache")}
    first = _hosts(_list(ansible, source))
    calls = len(sandbox.calls())
    assert _hosts(_list(ansible, source)) == first
    assert len(sandbox.calls()) == calls == 2
    assert set(_hosts(_list(ansible, {**source, "workstations": True}))) < set(first)
    assert len(sandbox.calls()) == 4
    kept = "".join(path.read_text() for path in (ansible.folder / "sdp cache").iterdir())
    assert SDP_REFRESH_TOKEN not in kept
    assert SDP_CLIENT_SECRET not in kept


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"only_inventoried": True}, ["only_inventoried: it is an option of admin_by_request"]),
        ({"include": ["software"]}, ["include: it is an option of admin_by_request"]),
        ({"platform": "admin_by_request", "workstations": True}, ["workstations: it is an option of sdp_cloud"]),
        ({"platform": "bmc_dwp"}, ["does not work with bmc_dwp", "sdp_cloud"]),
    ],
)
def test_options_of_other_platforms_are_refused(ansible: Ansible, sandbox: Sandbox, source: Row, said: list[str]) -> None:
    run = _list(ansible, source)
    for words in said:
        assert words in " ".join(run.stderr.split())
    assert sandbox.calls() == []


def test_missing_credentials_and_scopes_are_told(ansible: Ansible, sandbox: Sandbox) -> None:
    run = _list(ansible, {}, **NO_LOGIN)
    assert "client_id: it is missing" in " ".join(run.stderr.split())
    assert sandbox.calls() == []
    token = sandbox.sdp_token(scopes=["SDPOnDemand.requests.ALL"])
    run = _list(ansible, {}, "-vvvv", SDP_ACCESS_TOKEN=token)
    assert "SDPOnDemand.assets.READ" in " ".join(run.stderr.split())
    assert leaks(run, token) == []
