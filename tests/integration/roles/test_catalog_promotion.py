# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""catalog_promotion: from one catalog to another, twice, in check mode, and with what goes wrong."""

from __future__ import annotations

import pathlib
import re
import stat
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from integration.support.programs import MODES, MODULES_IN_LONG_FORM, Ansible
from integration.support.sandbox import DWP_PASSWORD, DWP_USER, ROOT, Sandbox

from .provisioning import Played, changing, play

ROLE = ROOT / "roles" / "catalog_promotion"
# New there, older there, the same there, and new.
SERVICES = ("VPN access", "Standard laptop", "2419", "设计软件许可证")


class Promotion:
    """Runs of the playbook from one of the sandbox's catalogs to the other."""

    def __init__(self, ansible: Ansible, sandbox: Sandbox) -> None:
        self.ansible = ansible
        self.sandbox = sandbox

    def connection(self, url: str) -> dict[str, Any]:
        return {"url": url, "username": DWP_USER, "password": DWP_PASSWORD}

    def promote(self, services: Sequence[str] = SERVICES, **options: Any) -> Played:
        options.setdefault("source", self.connection(self.sandbox.dwp_url))
        options.setdefault("target", self.connection(self.sandbox.other_dwp_url))
        env = {"DWP_URL": None, "DWP_USERNAME": None, "DWP_PASSWORD": None, **options.pop("env", {})}
        return play(self.ansible, "catalog_promotion", "promote_catalog", services=list(services), env=env, **options)

    def promote_well(self, services: Sequence[str] = SERVICES, **options: Any) -> Played:
        played = self.promote(services, **options)
        assert played.run.rc == 0, played.run.output
        return played

    def imports(self) -> int:
        """How often something was imported, into whatever catalog."""
        return len([call for call in self.sandbox.calls() if call["path"].endswith("/services/import")])

    def target(self) -> dict[str, str]:
        return {row["name"]: row["excerpt"] for row in self.sandbox.state("services", "dwp2")}


@pytest.fixture
def promotion(ansible: Ansible, sandbox: Sandbox) -> Promotion:
    return Promotion(ansible, sandbox)


@pytest.mark.parametrize("mode", MODULES_IN_LONG_FORM)
def test_predicted_then_done_then_left_alone(promotion: Promotion, mode: str) -> None:
    sandbox = promotion.sandbox
    before = promotion.target()
    source = sandbox.state("services", "dwp")
    predicted = promotion.promote_well(mode=mode, check=True)
    assert changing(sandbox.calls()) == []
    assert predicted.changed == 1
    assert promotion.target() == before
    first = promotion.promote_well(mode=mode)
    assert first.changed == 1
    assert first.column("outcome") == predicted.column("outcome")
    assert first.column("outcome") == ["created", "updated", "unchanged", "created"]
    assert first.column("differs") == predicted.column("differs")
    assert first.column("same_content") == [True] * 4
    assert predicted.column("same_content") == [None, None, True, None]
    assert first.column("names") == [["VPN access"], ["Standard laptop"], ["Guest network"], ["设计软件许可证"]]
    assert promotion.imports() == 3
    assert promotion.target()["VPN access"] == "Reach the office network from elsewhere"
    assert all(len(ids) == 1 for ids in first.column("ids"))
    second = promotion.promote_well(mode=mode)
    assert second.changed == 0
    assert second.result["counts"] == {"unchanged": 4}
    assert promotion.imports() == 3
    assert second.task("Import what differs") is None
    assert [call for call in changing(sandbox.calls()) if call["platform"] == "dwp"] == []
    assert sandbox.state("services", "dwp") == source


def test_what_has_changed_in_the_source_is_imported_again(promotion: Promotion) -> None:
    promotion.promote_well()
    promotion.sandbox._call("POST", "dwp/services/2405", {"excerpt": "Faster than before"})
    again = promotion.promote_well()
    assert again.column("outcome") == ["updated", "unchanged", "unchanged", "unchanged"]
    (name,) = again.result["services"][0]["differs"]
    shown = again.task("Show what differs")
    assert shown
    assert name in shown["msg"][1]
    assert promotion.target()["VPN access"] == "Faster than before"
    assert promotion.promote_well().changed == 0


def test_a_service_that_the_target_made_itself_keeps_its_ids_and_differs_each_time(promotion: Promotion) -> None:
    for dummy in range(2):
        played = promotion.promote_well(["External monitor"])
        assert (played.column("outcome"), played.column("same_content")) == (["updated"], [False])
        assert promotion.target()["External monitor"] == "27 inches, with stand and cable"


def test_the_connections_may_come_from_the_environment(promotion: Promotion) -> None:
    env = {
        f"{prefix}_{name.upper()}": value
        for prefix, url in (("DWP_SOURCE", promotion.sandbox.dwp_url), ("LIVE", promotion.sandbox.other_dwp_url))
        for name, value in promotion.connection(url).items()
    }
    first = promotion.promote_well(source={}, target={}, target_environment="LIVE", env=env, show=False)
    assert first.changed == 1
    assert first.task("Show what differs") is None
    # One of them may be the catalog that all modules talk to.
    usual = {f"DWP_{name.upper()}": value for name, value in promotion.connection(promotion.sandbox.dwp_url).items()}
    assert promotion.promote_well(source={}, env=usual).changed == 0


def test_the_files_may_be_kept(promotion: Promotion, tmp_path: pathlib.Path) -> None:
    predicted = promotion.promote_well(directory=str(tmp_path), check=True)
    assert list(tmp_path.iterdir()) == []
    assert predicted.column("path") == [None] * 4
    first = promotion.promote_well(directory=str(tmp_path))
    assert first.changed == 2
    assert sorted(first.column("path")) == sorted(map(str, tmp_path.iterdir()))
    for path in tmp_path.iterdir():
        assert zipfile.is_zipfile(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert promotion.promote_well(directory=str(tmp_path)).changed == 0


def test_no_temporary_folder_is_left(promotion: Promotion, tmp_path: pathlib.Path) -> None:
    env = {"TMPDIR": str(tmp_path)}
    promotion.promote_well(env=env)
    promotion.promote_well(env=env, check=True)
    assert "Standard laptop" in promotion.promote(["Standart laptop"], env=env).failure
    assert list(tmp_path.glob("*.promotion")) == []


def test_one_that_cannot_be_imported_does_not_stop_the_others(promotion: Promotion) -> None:
    promotion.sandbox.faults({"kind": "status", "status": 500, "path": "/services/import$", "times": 1})
    first = promotion.promote(["VPN access", "Code repository"])
    assert sorted(first.column("outcome")) == ["created", "failed"]
    assert all((row["error"] is None) == (row["outcome"] == "created") for row in first.result["services"])
    assert "1 of 2 items failed" in first.failure
    second = promotion.promote_well(["VPN access", "Code repository"])
    assert sorted(second.column("outcome")) == ["created", "unchanged"]
    assert promotion.promote_well(["VPN access", "Code repository"]).changed == 0


@pytest.mark.parametrize("check", [False, True])
def test_one_that_cannot_be_exported_does_not_stop_the_others(promotion: Promotion, tmp_path: pathlib.Path, check: bool) -> None:
    first = promotion.promote(["Standart laptop", "VPN access"], directory=str(tmp_path), check=check)
    assert first.column("service") == ["Standart laptop", "VPN access"]
    assert first.column("outcome") == ["failed", "created"]
    assert first.column("error")[0].startswith("No service has the id or exactly the name 'Standart laptop'")
    assert first.failure.startswith("Not promoted: Standart laptop: No service has")
    assert "'Standard laptop' (2401)" in first.failure
    assert promotion.imports() == (0 if check else 1)
    assert len(list(tmp_path.iterdir())) == (0 if check else 1)


def test_one_that_cannot_be_compared_does_not_stop_the_others(promotion: Promotion) -> None:
    target = {"kind": "status", "status": 500, "path": "^/dwp2/.*/services/search$", "times": 1}
    promotion.promote_well(["VPN access", "Code repository"])
    promotion.sandbox._call("POST", "dwp/services/2405", {"excerpt": "Faster than before"})
    promotion.sandbox.faults(target)
    first = promotion.promote(["VPN access", "Code repository"])
    assert "failed" in first.column("outcome")
    assert first.failure.startswith("Not promoted: ")


def _use(services: list[str], **keywords: Any) -> dict[str, Any]:
    role = {"ansible.builtin.include_role": {"name": "deskops.itsm.catalog_promotion"}}
    return {**role, "vars": {"catalog_promotion_services": services}, **keywords}


def _both(promotion: Promotion, tmp_path: pathlib.Path) -> dict[str, Any]:
    return {
        "catalog_promotion_platform": "bmc_dwp",
        "catalog_promotion_source": promotion.connection(promotion.sandbox.dwp_url),
        "catalog_promotion_target": promotion.connection(promotion.sandbox.other_dwp_url),
        "catalog_promotion_directory": str(tmp_path),
    }


def test_a_second_use_that_fails_has_no_result_of_the_first(promotion: Promotion, tmp_path: pathlib.Path) -> None:
    shown = {"name": "Result", "ansible.builtin.debug": {"msg": "{{ catalog_promotion_result }}"}}
    second = {"block": [_use(["Standart laptop"])], "rescue": [shown]}
    # Nor if the source cannot be reached at all.
    third = {"block": [_use(["VPN access"])], "rescue": [shown]}
    third["vars"] = {"catalog_promotion_source": {**promotion.connection(promotion.sandbox.dwp_url), "password": "wrong"}}
    run = promotion.ansible.run([_use(["VPN access"]), second, third], vars=_both(promotion, tmp_path), stop_on_failure=True)
    assert run.rc == 0, run.output
    results = [task["msg"] for task in run.tasks if task.name == "Result"]
    assert [result["counts"] for result in results] == [{"failed": 1}, {}]


@pytest.mark.parametrize("where", ["role", "block", "play"])
def test_check_mode_may_be_a_keyword(promotion: Promotion, tmp_path: pathlib.Path, where: str) -> None:
    checked = {"check_mode": True}
    use = _use(["VPN access"])
    if where == "role":
        # Keywords of an include are not those of its tasks.
        use = {"ansible.builtin.import_role": use["ansible.builtin.include_role"], "vars": use["vars"], **checked}
    tasks = [{"block": [use], **checked}] if where == "block" else [use]
    play = checked if where == "play" else {}
    run = promotion.ansible.run(tasks, vars=_both(promotion, tmp_path), stop_on_failure=True, **play)
    assert run.rc == 0, run.output
    assert changing(promotion.sandbox.calls()) == []
    assert list(tmp_path.iterdir()) == []


def test_one_service_may_be_given_as_a_word(promotion: Promotion) -> None:
    vpn, guests = ["VPN access"], ["Guest network"]
    for value, names in (("2405", [vpn]), (2405, [vpn]), ("VPN access, 2419", [vpn, guests])):
        others = {"catalog_promotion_services": value}
        arguments = ["-e", f"catalog_promotion_services='{value}'"] if isinstance(value, str) else []
        assert promotion.promote_well(check=True, others=others, arguments=arguments).column("names") == names


def test_what_waits_to_be_published_is_told(promotion: Promotion) -> None:
    promotion.sandbox.switches("dwp2", import_revision="draft")
    first = promotion.promote(["VPN access"])
    assert first.failure.startswith("Not among the published services of the target: VPN access.")
    assert promotion.promote_well(["VPN access"], verify=False).result


WRONG_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"services": []}, "catalog_promotion_services is empty"),
    ({"target": {}}, "catalog_promotion_target has no url, and DWP_TARGET_URL is not set in the environment"),
    ({"source": {"ulr": "http://127.0.0.1"}}, "ulr"),
    ({"directory": "/nonexistent/folder"}, "/nonexistent/folder"),
]


@pytest.mark.parametrize(("variables", "words"), WRONG_OPTIONS)
def test_a_wrong_option_stops_the_run_before_the_first_import(
    promotion: Promotion, variables: dict[str, Any], words: str
) -> None:
    refused = promotion.promote(**variables)
    assert words in refused.failure
    assert promotion.imports() == 0


def test_a_catalog_is_not_promoted_to_itself(promotion: Promotion) -> None:
    refused = promotion.promote(target=promotion.connection(f"{promotion.sandbox.dwp_url}/api/myit-sb/"))
    assert "Source and target are the same catalog" in refused.failure
    assert promotion.sandbox.calls() == []


@pytest.mark.parametrize(
    "address", ["http://svc:{}@{}", "svc:sec//{}@x@{}", "HTTPS://svc:sec/{}@{}/api/myit-sb/"], ids=["http", "no scheme", "https"]
)
def test_a_password_in_an_address_is_not_shown(promotion: Promotion, address: str) -> None:
    url = address.format("S3cr3t-in-it", "catalog.example.com/dwp")
    target = promotion.connection(url.replace("svc", "another"))
    refused = promotion.promote(source=promotion.connection(url), target=target, arguments=["-vvvv"])
    assert "Source and target are the same catalog" in refused.failure
    assert "catalog.example.com/dwp" in refused.failure
    assert "s3cr3t-in-it" not in (refused.run.output + refused.run.written_log()).lower()
    assert promotion.sandbox.calls() == []


@pytest.mark.parametrize("mode", MODES)
def test_no_password_shows_up(promotion: Promotion, mode: str) -> None:
    played = promotion.promote_well(mode=mode, arguments=["-vvvv"])
    assert DWP_PASSWORD not in played.run.output
    assert DWP_PASSWORD not in played.run.written_log()
    # Nor in the message about a dictionary that is none.
    refused = promotion.promote(source=f"password={DWP_PASSWORD} url")
    assert DWP_PASSWORD not in refused.failure


def test_every_variable_is_documented_with_its_default() -> None:
    options = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults
    assert options.keys() - defaults.keys() == {"catalog_promotion_platform"}
    documented = re.findall(r"^\| `(catalog_promotion_\w+)` \|", (ROLE / "README.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted([*options, "catalog_promotion_result"])
