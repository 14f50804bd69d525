# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""awx_content with the real modules of awx.awx: predicted, made, left alone, repaired; and without secrets in what it prints."""

from __future__ import annotations

import copy
import os
import re
import shutil
from typing import Any

import pytest
import yaml
from integration.support.sandbox import KEY

from .conftest import PREFIX, REPOSITORY, ROLE, SECRETS, Content, Installed, credentials
from .controller import PASSWORD, TOKEN, USER, Controller

ALL_TYPES = {"Admin By Request", "BMC Digital Workplace Catalog", "ServiceDesk Plus Cloud"}
SOURCE = "BMC Digital Workplace Catalog (source of promotions)"
TEMPLATES = {"Drain queue", "Preview queue", "Order service", "Promote catalog", "Report"}


def test_all_is_predicted_and_then_made(installed: Installed) -> None:
    controller = installed.content.controller
    assert installed.writes_of_check == []
    assert installed.predicted.outcomes == installed.first.outcomes
    assert set(installed.first.outcomes.values()) == {"created"}
    assert installed.predicted.changed > 0
    # Nothing was sent that means nothing to a controller.
    assert controller.ignored == []
    assert controller.names("credential_types")[:4] == sorted(PREFIX + name for name in (*ALL_TYPES, SOURCE))
    assert controller.names("job_templates") == sorted(PREFIX + name for name in TEMPLATES)
    attached = {name: controller.linked("job_templates", PREFIX + name, "credentials") for name in TEMPLATES}
    assert {name: {full.removeprefix(PREFIX) for full in names} for name, names in attached.items()} == {
        "Drain queue": {"Admin By Request"},
        "Preview queue": {"Admin By Request"},
        "Order service": {"BMC Digital Workplace Catalog"},
        "Promote catalog": {"BMC Digital Workplace Catalog", SOURCE},
        "Report": ALL_TYPES,
    }


def test_a_person_stands_between_the_preview_and_the_decisions(installed: Installed) -> None:
    controller = installed.content.controller
    after = {
        name: controller.linked("workflow_job_template_nodes", name, "success_nodes") for name in ("preview", "approve", "drain")
    }
    assert after == {"preview": ["approve"], "approve": ["drain"], "drain": []}
    templates = {name: controller.named("workflow_job_template_nodes", name)["unified_job_template"] for name in after}
    assert templates["approve"] in controller.objects["workflow_approval_templates"]
    preview = controller.objects["job_templates"][templates["preview"]]
    assert (preview["name"], preview["job_type"]) == (f"{PREFIX}Preview queue", "check")
    assert controller.objects["job_templates"][templates["drain"]]["name"] == f"{PREFIX}Drain queue"
    # Nobody who may launch a job can give it rules of his own.
    assert not any(template["ask_variables_on_launch"] for template in controller.objects["job_templates"].values())
    assert controller.named("schedules", f"{PREFIX}Drain queue")["enabled"] is False


def test_secrets_are_kept_by_the_controller_and_shown_nowhere(installed: Installed) -> None:
    stored = installed.content.controller.named("credentials", f"{PREFIX}Admin By Request")
    assert stored["inputs"]["api_key"] == KEY
    for run in (installed.first.run, installed.predicted.run):
        for secret in (*SECRETS.values(), TOKEN):
            assert secret not in run.output + run.written_log()
    assert "invocation" in installed.first.run.output


def _meddle(installed: Installed) -> dict[tuple[str, str], str]:
    """Change and remove objects of each kind; what must become of them, by type and name."""
    controller = installed.content.controller

    def item(collection: str, name: str) -> dict[str, Any]:
        return controller.named(collection, name if collection == "workflow_job_template_nodes" else PREFIX + name)

    item("credential_types", "Admin By Request")["injectors"] = {"env": {"ABR_KEY": "{{ api_key }}"}}
    item("credentials", "ServiceDesk Plus Cloud")["inputs"]["url"] = "https://elsewhere.example.com"
    item("job_templates", "Order service")["playbook"] = "drain_queue.yml"
    controller.surveys[item("job_templates", "Promote catalog")["id"]]["spec"][0]["required"] = False
    report = item("job_templates", "Report")
    controller.links["job_templates", report["id"], "credentials"].pop()
    template = item("workflow_job_template_nodes", "approve")["unified_job_template"]
    controller.objects["workflow_approval_templates"][template]["timeout"] = 1
    approve = item("workflow_job_template_nodes", "approve")["id"]
    controller.links["workflow_job_template_nodes", approve, "success_nodes"].clear()
    controller.delete("schedules", item("schedules", "Drain queue")["id"])
    controller.delete("workflow_job_template_nodes", item("workflow_job_template_nodes", "preview")["id"])
    controller.delete("hosts", controller.named("hosts", "queue-002")["id"])
    controller.delete("inventories", item("inventories", "Computers")["id"])
    controller.delete("execution_environments", item("execution_environments", "Execution environment")["id"])
    return {
        ("credential type", "Admin By Request"): "updated",
        ("credential", "ServiceDesk Plus Cloud"): "updated",
        ("execution environment", "Execution environment"): "created",
        ("inventory", "Computers"): "created",
        ("inventory source", "Computers"): "created",
        ("host", "queue-002"): "created",
        # They have lost the execution environment, and some of them more.
        **{("job template", name): "updated" for name in TEMPLATES},
        ("schedule", "Drain queue"): "created",
        ("workflow node", "approve"): "updated",
        ("workflow node", "preview"): "created",
        ("workflow link", "approve to drain"): "created",
    }


def test_what_was_changed_or_removed_is_repaired_and_then_left_alone(installed: Installed) -> None:
    controller = installed.content.controller
    before = _shape(installed)
    expected = _meddle(installed)
    repaired = installed.content.make_well(**installed.options)
    assert repaired.not_unchanged == expected
    assert _shape(installed) == before
    controller.writes.clear()
    again = installed.content.make_well(**installed.options)
    assert (again.changed, again.not_unchanged, controller.writes) == (0, {}, [])


@pytest.mark.long
def test_repairs_are_predicted(installed: Installed) -> None:
    controller = installed.content.controller
    assert installed.content.make_well("--check", **installed.options).changed == 0
    expected = _meddle(installed)
    controller.writes.clear()
    predicted = installed.content.make_well("--check", **installed.options)
    assert predicted.not_unchanged == expected
    controller.delete("projects", controller.named("projects", f"{PREFIX}Project")["id"])
    without_project = installed.content.make_well("--check", **installed.options)
    assert without_project.not_unchanged == {**expected, ("project", "Project"): "created"}
    assert controller.writes == []


def test_check_mode_may_be_a_keyword(content: Content) -> None:
    """On a controller that has nothing yet. What was skipped is new."""
    role = {"name": "Content", "ansible.builtin.import_role": {"name": "deskops.itsm.awx_content"}}
    for keywords in ({"check_mode": True, "tasks": [role]}, {"tasks": [{**role, "check_mode": True}]}):
        predicted = content.make_well(playbook=[{"hosts": "localhost", "gather_facts": False, **keywords}])
        assert set(predicted.outcomes.values()) == {"created"}
        assert content.controller.writes == []


def test_one_job_template_and_nothing_shown_from_the_command_line(content: Content) -> None:
    made = content.make_well("-e", "awx_content_job_templates=drain_queue", "-e", "awx_content_show=false", credentials=None)
    assert [name for kind, name in made.outcomes if kind == "job template"] == ["Drain queue"]
    assert content.controller.names("job_templates") == [f"{PREFIX}Drain queue"]
    (shown,) = [task for task in made.run.tasks if task.name == "deskops.itsm.awx_content : Show what was done"]
    assert shown.status == "skipped"


def _shape(installed: Installed) -> dict[str, Any]:
    """All objects without their numbers."""
    controller = installed.content.controller
    return copy.deepcopy(_objects(controller)) | {"surveys": sorted(str(survey) for survey in controller.surveys.values())}


def _objects(controller: Controller) -> dict[str, Any]:
    return {
        collection: {
            name: {field: value for field, value in item.items() if isinstance(value, (str, dict, bool))}
            for name in controller.names(collection)
            for item in [controller.named(collection, name)]
        }
        for collection in controller.objects
        if collection != "workflow_approval_templates"
    }


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"collection": "awx.tower"}, "awx_content_collection must be one of"),
    ({"project_url": ""}, "Set awx_content_project_url"),
    ({"credentials": {"abr": {}}}, "awx_content_credentials: abr is none of admin_by_request, bmc_dwp"),
    ({"credentials": {"admin_by_request": {"key": "x"}}}, "admin_by_request.api_key is missing"),
    ({"credentials": {"admin_by_request": {"api_key": "x", "key": "y"}}}, "admin_by_request.key is none of data_center, api_key"),
    ({"credentials": {"bmc_dwp": "x"}}, "awx_content_credentials.bmc_dwp is no dictionary"),
    ({"credential_names": {"sdp": "x"}}, "awx_content_credential_names: sdp is none of"),
    ({"job_templates": ["drain"]}, "awx_content_job_templates must be one or more of"),
    ({"job_template_options": {"drain": {}}}, "awx_content_job_template_options: drain is none of drain_queue"),
    ({"queue_slices": 0}, "awx_content_queue_slices: 0 is not from 1 to 100"),
    ({"execution_environment": "x", "execution_environment_image": "y"}, "cannot be combined"),
]


def test_a_wrong_option_stops_the_run_before_the_first_call(content: Content) -> None:
    plays = {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {
                "block": [
                    {
                        "ansible.builtin.include_role": {"name": "deskops.itsm.awx_content"},
                        "vars": {"awx_content_project_url": REPOSITORY}
                        | {f"awx_content_{name}": value for name, value in variables.items()},
                    }
                ],
                "rescue": [{"name": "Refusal", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}],
            }
            for variables, _words in WRONG
        ],
    }
    run = content.ansible.run_playbook([plays], env=content.environ())
    refusals = [task.msg for task in run.tasks if task.name == "Refusal"]
    for (variables, words), message in zip(WRONG, refusals, strict=True):
        assert words in message, variables
    assert content.controller.writes == []


@pytest.mark.long
def test_without_credentials_slices_or_a_token(content: Content) -> None:
    """The least that can be given. What people attach by hand stays; and what is there already can be used."""
    controller = content.controller
    env = {"CONTROLLER_OAUTH_TOKEN": None, "CONTROLLER_USERNAME": USER, "CONTROLLER_PASSWORD": PASSWORD}
    made = content.make_well("-vvv", env=env, credentials=None, computers_path="", job_templates=["drain_queue", "order_service"])
    assert PASSWORD not in made.run.output
    assert list(controller.tokens) == [TOKEN]
    assert {kind for kind, _name in made.outcomes} == {
        "credential type",
        "project",
        "inventory",
        "host",
        "job template",
        "schedule",
    }
    assert controller.names("credentials") == controller.names("workflow_job_templates") == []
    (number,) = (
        item["id"] for item in controller.objects["credential_types"].values() if item["name"] == f"{PREFIX}Admin By Request"
    )
    mine = controller.create("credentials", {"name": "Mine", "credential_type": number, "inputs": {"api_key": "x"}})["id"]
    template = controller.named("job_templates", f"{PREFIX}Drain queue")["id"]
    controller.links["job_templates", template, "credentials"] = [mine]
    options: dict[str, Any] = {"credentials": None, "computers_path": "", "job_templates": ["drain_queue", "order_service"]}
    assert content.make_well(**options).changed == 0
    assert controller.linked("job_templates", f"{PREFIX}Drain queue", "credentials") == ["Mine"]
    named = {"credential_names": {"admin_by_request": "Mine"}, "schedule_enabled": True}
    extra = {"job_template_options": {"drain_queue": {"forks": 3, "instance_groups": ["default"], "extra_vars": {"a": 1}}}}
    assert content.make_well(**options, **named, **extra).not_unchanged == {
        ("job template", "Drain queue"): "updated",
        ("schedule", "Drain queue"): "updated",
    }
    assert content.make_well("--check", **options, **named, **extra).changed == 0


@pytest.mark.long
def test_secrets_are_renewed_where_that_is_asked_for(installed: Installed) -> None:
    controller = installed.content.controller
    inputs = credentials(installed.content.ansible.sandbox)
    inputs["admin_by_request"]["api_key"] = "another-key"
    name = f"{PREFIX}Admin By Request"
    # What a controller keeps cannot be compared, so a new secret alone is no change.
    assert installed.content.make_well(credentials=inputs, **installed.options).changed == 0
    assert controller.named("credentials", name)["inputs"]["api_key"] == KEY
    renewed = installed.content.make(credentials=inputs, update_secrets=True, **installed.options)
    assert renewed.run.rc == 0
    assert {kind for kind, _name in renewed.not_unchanged} == {"credential"}
    assert controller.named("credentials", name)["inputs"]["api_key"] == "another-key"
    assert "another-key" not in renewed.run.output + renewed.run.written_log()


@pytest.mark.long
def test_automation_platform_has_the_same_modules_under_another_name(content: Content) -> None:
    """They are built from one source; they differ in the name of the product and in where the API is."""
    collections = content.ansible.folder / "controller"
    copied = collections / "ansible_collections" / "ansible" / "controller"
    shutil.copytree(content.collections / "ansible_collections" / "awx" / "awx", copied, dirs_exist_ok=True)
    api = copied / "plugins" / "module_utils" / "controller_api.py"
    api.write_text(api.read_text().replace('_COLLECTION_TYPE = "awx"', '_COLLECTION_TYPE = "controller"'))
    for path in copied.rglob("*.py"):
        path.write_text(path.read_text().replace("ansible_collections.awx.awx", "ansible_collections.ansible.controller"))
    env = {
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(content.ansible.folder / "collections"), str(collections)]),
        "CONTROLLER_OPTIONAL_API_URLPATTERN_PREFIX": "/api/",
    }
    options: dict[str, Any] = {"collection": "ansible.controller", "env": env, "credentials": None, "computers_path": ""}
    made = content.make(**options)
    assert made.run.rc == 0, made.run.output
    assert set(made.outcomes.values()) == {"created"}
    assert content.make(**options).changed == 0


def test_every_variable_is_documented_with_its_default() -> None:
    options = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {name: option["default"] for name, option in options.items()} == defaults
    documented = re.findall(r"^\| `(awx_content_\w+)` \|", (ROLE / "README.md").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted([*options, "awx_content_result"])


def test_every_object_is_documented(installed: Installed) -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| `([^`]+)` \|", (ROLE / "README.md").read_text(), re.MULTILINE)
    documented = {(kind, name.removeprefix(PREFIX)) for kind, name in rows}
    made = {(kind, re.sub(r"^queue-\d+$", "queue-001", name)) for kind, name in installed.first.outcomes}
    assert documented == made
