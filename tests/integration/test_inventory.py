# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin, through ansible-inventory and in a play."""

from __future__ import annotations

import json
from typing import Any

import pytest
from integration.support.programs import Ansible, Run
from integration.support.sandbox import KEY, OTHER_KEY, Sandbox, targets

Row = dict[str, Any]
SPECIAL_KEY = "K3y/+=&?#%"


class Listing:
    """What ansible-inventory printed."""

    def __init__(self, run: Run) -> None:
        self.run = run
        assert run.rc == 0, run.output
        self.groups: dict[str, Any] = json.loads(run.stdout, object_hook=_without_mark)
        self.hosts: dict[str, Row] = self.groups["_meta"]["hostvars"]

    def members(self, group: str) -> set[str]:
        return set(self.groups[group]["hosts"])


def _without_mark(value: dict[str, Any]) -> Any:
    """ansible-inventory marks text that must not be taken for a template."""
    return value.get("__ansible_unsafe", value)


def _list(ansible: Ansible, source: Any, *arguments: str, name: str = "it.computers.yml", **env: str | None) -> Run:
    content = source if isinstance(source, str) else {"plugin": "deskops.itsm.computers", **source}
    path = ansible.write(name, content)
    return ansible.program(["ansible-inventory", "--list", "-i", str(path), *arguments], env=env)


@pytest.fixture(scope="module")
def rows(sandbox: Sandbox) -> list[Row]:
    sandbox.reset()
    return sandbox.state("computers")


@pytest.fixture(scope="module")
def listing(ansible: Ansible, sandbox: Sandbox, rows: list[Row]) -> Listing:
    source = {
        "compose": {
            "ansible_host": "network.privateIP",
            "free": "hardware.diskFree | int",
            "label": "name ~ ' of ' ~ owner.fullName",
        },
        "groups": {"laptops": "hardware.type == 'Portable'", "servers": "operatingSystem.type == 'Server'"},
        "keyed_groups": [
            {"key": "operatingSystem.platform", "prefix": "os"},
            {"key": "location.country | lower", "prefix": "", "separator": ""},
        ],
    }
    return Listing(_list(ansible, source))


def test_every_computer_is_a_host(listing: Listing, rows: list[Row]) -> None:
    assert set(listing.hosts) == {row["name"] for row in rows}


def test_host_variables_are_the_keys_of_the_api(listing: Listing, rows: list[Row]) -> None:
    row = next(row for row in rows if row["name"] == "NW-LT-0142")
    variables = listing.hosts["NW-LT-0142"]
    assert variables["id"] == str(row["id"])
    for key in ("inventoryAvailable", "operatingSystem", "hardware", "network", "location", "owner"):
        assert variables[key] == row[key]
    assert variables["software"] is None
    assert variables["user"]["groups"] is None


def test_variables_are_composed(listing: Listing, rows: list[Row]) -> None:
    row = next(row for row in rows if row["name"] == "NW-LT-0142")
    variables = listing.hosts["NW-LT-0142"]
    assert variables["ansible_host"] == row["network"]["privateIP"]
    assert int(variables["free"]) == row["hardware"]["diskFree"]
    assert variables["label"] == "NW-LT-0142 of Maja Lind"


def test_groups_are_made_by_conditions_and_keys(listing: Listing, rows: list[Row]) -> None:
    def names(part: str, key: str, value: str) -> set[str]:
        return {row["name"] for row in rows if row["inventoryAvailable"] and row[part][key] == value}

    assert listing.members("laptops") == names("hardware", "type", "Portable")
    assert listing.members("servers") == names("operatingSystem", "type", "Server")
    assert listing.members("os_Mac") == names("operatingSystem", "platform", "Mac")
    assert listing.members("denmark") == names("location", "country", "Denmark")


def test_nothing_is_warned_about(listing: Listing) -> None:
    assert listing.run.warnings == []
    assert listing.run.stderr == ""


def test_one_call_brings_all(ansible: Ansible, sandbox: Sandbox) -> None:
    Listing(_list(ansible, {}))
    assert targets(sandbox.calls()) == ["GET /abr/inventory?take=10000"]


def test_computers_without_inventory_data_can_be_left_out(ansible: Ansible, rows: list[Row]) -> None:
    listing = Listing(_list(ansible, {"only_inventoried": True}))
    assert set(listing.hosts) == {row["name"] for row in rows if row["inventoryAvailable"]}


def test_software_and_groups_come_when_asked_for(ansible: Ansible, rows: list[Row]) -> None:
    listing = Listing(_list(ansible, {"include": ["software", "groups"]}))
    row = next(row for row in rows if row["name"] == "NW-LT-0142")
    assert listing.hosts["NW-LT-0142"]["software"] == row["software"]
    assert listing.hosts["NW-LT-0142"]["user"] == row["user"]


def test_computers_of_one_name_become_two_hosts(ansible: Ansible, sandbox: Sandbox) -> None:
    (twin,) = sandbox.add("computers", name="NW-LT-0142")
    run = _list(ansible, {})
    listing = Listing(run)
    assert listing.hosts[f"NW-LT-0142-{twin}"]["id"] == str(twin)
    assert listing.hosts["NW-LT-0142"]["id"] != str(twin)
    assert f"There are several computers named NW-LT-0142; one of them is the host NW-LT-0142-{twin}" in " ".join(
        run.stderr.split()
    )


def _add(sandbox: Sandbox, *names: str, **template: Any) -> list[Row]:
    """Adds computers, each with a higher id than the one before it; their names, and their ids as text."""
    return [{"name": name, "id": str(sandbox.add("computers", name=name, **template)[0])} for name in names]


def _of(listing: Listing, computer: Row) -> list[str]:
    """The hosts that are a computer: there is only one, whatever it is called."""
    return [host for host, variables in listing.hosts.items() if variables["id"] == computer["id"]]


def _said(run: Run) -> str:
    return " ".join(run.stderr.split())


def test_a_computer_does_not_become_a_group(ansible: Ansible, sandbox: Sandbox, rows: list[Row]) -> None:
    """End users name computers; those that are called like a group get their id appended."""
    added = _add(sandbox, "laptops", "not_there", "all", "ungrouped", hardware={"type": "Portable"})
    source = {"groups": {"laptops": "hardware.type == 'Portable'", "not-there": "false"}, "compose": {"label": "name"}}
    run = _list(ansible, source)
    listing = Listing(run)
    assert len(listing.hosts) == len(rows) + 4
    for computer in added:
        host = f"{computer['name']}-{computer['id']}"
        assert _of(listing, computer) == [host]
        assert listing.hosts[host]["label"] == computer["name"]
        assert host in listing.members("laptops")
        said = f"There is a computer named {computer['name']}, which is the name of a group; it is the host {host}"
        assert said in _said(run)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_computer_does_not_become_localhost(ansible: Ansible, sandbox: Sandbox, name: str) -> None:
    """Plays on localhost would run on whatever machine has that name."""
    (computer,) = _add(sandbox, name, network={"privateIP": "192.0.2.66"})
    path = ansible.write(
        "local.computers.yml", {"plugin": "deskops.itsm.computers", "compose": {"ansible_host": "network.privateIP"}}
    )
    listed = ansible.program(["ansible-inventory", "--list", "-i", str(path)])
    assert _of(Listing(listed), computer) == [f"{name}-{computer['id']}"]
    assert f"computer named {name}, which is Ansible's own name for this machine" in _said(listed)
    run = ansible.run(
        [{"name": "say", "ansible.builtin.debug": {"msg": "{{ id | default('this machine') }}"}}],
        arguments=["-i", str(path)],
        hosts=name,
    )
    assert [task.msg for task in run.tasks] == ["this machine"]


def test_a_made_up_name_is_no_other_computers(ansible: Ansible, sandbox: Sandbox, rows: list[Row]) -> None:
    third = max(row["id"] for row in rows) + 3
    added = _add(sandbox, "PC", f"PC-{third}", "PC")
    assert added[-1]["id"] == str(third)
    listing = Listing(_list(ansible, {}))
    assert len(listing.hosts) == len(rows) + 3
    assert [_of(listing, computer) for computer in added] == [["PC"], [f"PC-{third}"], [f"PC-{third}-{third}"]]


@pytest.mark.parametrize("platform", ["Windows", "Beta"])
def test_a_computer_is_not_named_like_a_group_that_follows_from_a_key(
    ansible: Ansible, sandbox: Sandbox, rows: list[Row], platform: str
) -> None:
    """Whether the group is there before the computer or comes after it."""
    name = f"os_{platform}"
    (computer,) = _add(sandbox, name, hardware={"type": "Portable"}, operatingSystem={"platform": "Linux"})
    _add(sandbox, "NW-NEW-1", hardware={"type": "Desktop"}, operatingSystem={"platform": platform})
    source = {
        "compose": {"label": "name"},
        "groups": {"laptops": "hardware.type == 'Portable'"},
        "keyed_groups": [{"key": "operatingSystem.platform", "prefix": "os", "parent_group": "systems"}],
    }
    run = _list(ansible, source)
    listing = Listing(run)
    host = f"{name}-{computer['id']}"
    assert len(listing.hosts) == len(rows) + 2
    assert _of(listing, computer) == [host]
    assert listing.hosts[host]["label"] == name
    assert listing.hosts["NW-NEW-1"]["label"] == "NW-NEW-1"
    assert "NW-NEW-1" in listing.members(name)
    assert host in listing.members("laptops") & listing.members("os_Linux")
    assert "children" not in listing.groups["laptops"]
    assert name not in listing.members("os_Linux")
    assert f"There is a computer named {name}, which is the name of a group; it is the host {host}" in _said(run)
    assert "both group and host" not in _said(run)


def test_names_of_earlier_sources_are_theirs(ansible: Ansible, sandbox: Sandbox) -> None:
    """A host that is there already is the same machine; a group is none."""
    host, group = _add(sandbox, "NW-WEB-1", "web")
    earlier = ansible.write("earlier.yml", {"web": {"hosts": {"NW-WEB-1": {"role": "shop"}}}, "os_Mac": {"hosts": {"mac-1": {}}}})
    path = ansible.write("later.computers.yml", {"plugin": "deskops.itsm.computers"})
    listing = Listing(ansible.program(["ansible-inventory", "--list", "-i", str(earlier), "-i", str(path)]))
    assert listing.hosts["NW-WEB-1"]["role"] == "shop"
    assert listing.hosts["NW-WEB-1"]["id"] == host["id"]
    assert listing.members("web") == {"NW-WEB-1"}
    assert _of(listing, group) == [f"web-{group['id']}"]


CACHED = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_timeout": 600}


def test_cache_spares_the_call_until_it_is_flushed(ansible: Ansible, sandbox: Sandbox) -> None:
    source = {**CACHED, "cache_connection": str(ansible.folder / "cache")}
    first = Listing(_list(ansible, source))
    assert len(sandbox.calls()) == 1
    second = Listing(_list(ansible, source))
    assert len(sandbox.calls()) == 1
    assert second.hosts == first.hosts
    sandbox.add("computers", name="NW-NEW-1")
    flush = ["-i", str(ansible.folder / "it.computers.yml"), "--flush-cache", "--list-hosts"]
    assert "NW-NEW-1" in ansible.run([], arguments=flush, hosts="all").stdout
    assert len(sandbox.calls()) == 2
    assert set(Listing(_list(ansible, source)).hosts) - set(first.hosts) == {"NW-NEW-1"}
    assert len(sandbox.calls()) == 2


def test_cache_holds_no_secret(ansible: Ansible, sandbox: Sandbox) -> None:
    folder = ansible.folder / "cache of secrets"
    sandbox.set_keys(SPECIAL_KEY)
    Listing(_list(ansible, {**CACHED, "cache_connection": str(folder), "api_key": SPECIAL_KEY}))
    (written,) = folder.iterdir()
    assert SPECIAL_KEY not in written.read_text()


def test_cache_of_one_tenant_is_not_given_to_another(ansible: Ansible, sandbox: Sandbox) -> None:
    """The same file, read with another environment or other options, is another inventory."""
    source = {**CACHED, "cache_connection": str(ansible.folder / "cache of tenants")}
    assert Listing(_list(ansible, source)).hosts
    other = _list(ansible, source, ABR_URL=sandbox.other_url, ABR_API_KEY=OTHER_KEY)
    assert Listing(other).hosts == {}


def test_cache_of_fewer_details_is_not_used_for_more(ansible: Ansible, sandbox: Sandbox) -> None:
    source = {**CACHED, "cache_connection": str(ansible.folder / "cache of details")}
    Listing(_list(ansible, source))
    detailed = Listing(_list(ansible, {**source, "include": ["software"]}))
    assert detailed.hosts["NW-LT-0142"]["software"]
    assert "NW-LX-0004" not in Listing(_list(ansible, {**source, "only_inventoried": True})).hosts


def test_options_win_over_the_environment_and_may_be_templates(ansible: Ansible, sandbox: Sandbox) -> None:
    source = {
        "platform": "admin_by_request",
        "url": "{{ lookup('ansible.builtin.env', 'TENANT') }}",
        "api_key": "{{ lookup('ansible.builtin.env', 'TENANT_KEY') }}",
    }
    wrong = {"ABR_URL": "http://127.0.0.1:1", "ABR_API_KEY": "wrong", "DESKOPS_PLATFORM": "jira"}
    listing = Listing(_list(ansible, source, TENANT=sandbox.abr_url, TENANT_KEY=KEY, **wrong))
    assert len(listing.hosts) == 30


def test_empty_variable_counts_as_unset(ansible: Ansible) -> None:
    assert len(Listing(_list(ansible, {}, ABR_DATA_CENTER="", DESKOPS_TIMEOUT="")).hosts) == 30


@pytest.mark.parametrize(
    ("source", "env", "said"),
    [
        ({"api_key": SPECIAL_KEY}, {}, ["Invalid API key", "data_center"]),
        ({}, {"ABR_API_KEY": ""}, ["api_key: it is missing", "ABR_API_KEY"]),
        ({}, {"ABR_URL": ""}, ["data_center", "dc1, dc2"]),
        ({}, {"DESKOPS_PLATFORM": "jira"}, ["DESKOPS_PLATFORM", "jira", "admin_by_request"]),
        ({"platform": "jira"}, {}, ["platform", "jira", "admin_by_request"]),
        ({"include": ["hardware"]}, {}, ["include", "hardware", "software, groups"]),
        ({"url": "http://192.0.2.1"}, {}, ["url", "allow_http"]),
        ({"url": "http://127.0.0.1:1", "retries": 0}, {}, ["GET /inventory at 127.0.0.1:1", "no connection"]),
        ({"api_key": f"{SPECIAL_KEY}\n"}, {}, ["api_key", "Copy it again"]),
    ],
)
def test_what_is_wrong_is_explained_without_the_key(
    ansible: Ansible, source: dict[str, Any], env: dict[str, str], said: list[str]
) -> None:
    run = _list(ansible, source, "-vvvv", "-e", "x=1", **{"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", **env})
    text = " ".join(run.output.split())
    assert run.rc != 0
    for words in said:
        assert words in text
    assert SPECIAL_KEY not in run.output


def test_only_files_named_for_it_are_read(ansible: Ansible, sandbox: Sandbox) -> None:
    run = _list(ansible, {}, name="inventory_of_laptops.yml")
    assert sandbox.calls() == []
    assert "NW-LT-0142" not in run.stdout
    assert len(Listing(_list(ansible, {}, name="computers.yaml")).hosts) == 30


@pytest.mark.parametrize("fields", ["null", "absent", "shells"])
def test_shape_of_computers_without_inventory_data_does_not_matter(
    ansible: Ansible, sandbox: Sandbox, rows: list[Row], fields: str
) -> None:
    sandbox.switches(uninventoried_fields=fields)
    listing = Listing(
        _list(
            ansible,
            {
                "groups": {"laptops": "hardware.type == 'Portable'"},
                "keyed_groups": [{"key": "operatingSystem.platform", "prefix": "os"}],
            },
        )
    )
    assert len(listing.hosts) == len(rows)
    assert "NW-LX-0004" not in listing.members("laptops") | listing.members("os_Windows")


def test_text_of_users_is_never_a_template(ansible: Ansible, sandbox: Sandbox) -> None:
    """Somebody who names a computer must not be able to run something here."""
    name = "{{ lookup('pipe', 'expr 1330 + 7') }}"
    sandbox.add("computers", name="NW-EVIL-1", notes="{{ 1330 + 7 }}", user={"fullName": name})
    sandbox.add("computers", name="{{ 1330 + 7 }}")
    path = ansible.write("evil.computers.yml", {"plugin": "deskops.itsm.computers", "compose": {"who": "user.fullName"}})
    run = ansible.run(
        [{"name": "say", "ansible.builtin.debug": {"msg": "{{ notes }} {{ user.fullName }} {{ who }} {{ groups.all }}"}}],
        arguments=["-i", str(path)],
        hosts="NW-EVIL-1",
        connection="local",
        stop_on_failure=True,
    )
    assert run.rc == 0, run.output
    assert "1337" not in run.output


def test_hosts_can_be_played_upon(ansible: Ansible) -> None:
    path = ansible.write(
        "play.computers.yml",
        {"plugin": "deskops.itsm.computers", "keyed_groups": [{"key": "operatingSystem.platform", "prefix": "os"}]},
    )
    run = ansible.run(
        [{"name": "say", "ansible.builtin.debug": {"msg": "{{ inventory_hostname }} has {{ hardware.memory }} MB"}}],
        arguments=["-i", str(path)],
        hosts="os_Linux",
        connection="local",
        stop_on_failure=True,
    )
    assert run.rc == 0, run.output
    assert [result.msg for result in run.tasks] == ["NW-LX-0003 has 32768 MB"]
    assert run.warnings == []
