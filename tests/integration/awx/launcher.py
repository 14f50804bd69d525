# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Launches the job templates of the controller: prepares jobs as AWX does, and lets ansible-runner, AWX' own engine, run them."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2.sandbox
import yaml
from integration.support.programs import Ansible
from integration.support.sandbox import ROOT

from tools.environments import Environment, ensure, main_interpreter

from .controller import Controller

# What a survey's answer must be, by the type of the question. In variables of a job, all but numbers is text.
ANSWERS = {"text": str, "textarea": str, "password": str, "multiplechoice": str, "integer": int, "float": float}
TIMEOUT_SECONDS = 300


class _Unsafe(str):
    """Text in which Ansible fills nothing in."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Marks such text, as AWX does with all that does not come from the job template itself."""


_Dumper.add_representer(_Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


def _unsafe(value: Any) -> Any:
    if isinstance(value, str):
        return _Unsafe(value)
    if isinstance(value, dict):
        return {_unsafe(key): _unsafe(kept) for key, kept in value.items()}
    return [_unsafe(kept) for kept in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Job:
    """A job that has run."""

    rc: int
    output: str
    folder: pathlib.Path
    events: list[dict[str, Any]]

    @property
    def artifacts(self) -> dict[str, Any]:
        """What the job hands on to the jobs after it in a workflow."""
        handed: dict[str, Any] = {}
        for event in self.events:
            handed.update(event["event_data"].get("artifact_data") or {})
        return handed

    @property
    def facts(self) -> dict[str, list[Any]]:
        """The facts that tasks set, by name, one for each time."""
        facts: dict[str, list[Any]] = {}
        for event in self.events:
            for name, value in (event["event_data"].get("res", {}).get("ansible_facts") or {}).items():
                facts.setdefault(name, []).append(value)
        return facts

    @property
    def hosts(self) -> set[str]:
        return {event["event_data"]["host"] for event in self.events if "host" in event["event_data"]}

    @property
    def changed(self) -> int:
        (stats,) = (event["event_data"] for event in self.events if event["event"] == "playbook_on_stats")
        return sum(stats["changed"].values())


class Launcher:
    """Jobs of the templates that are on the controller."""

    def __init__(self, controller: Controller, ansible: Ansible, folder: pathlib.Path) -> None:
        self.controller = controller
        self.ansible = ansible
        self.folder = folder
        self.runner: Environment = ensure("runner", main_interpreter())
        self.verbosity = 0
        self._jobs = 0

    def launch(
        self, name: str, answers: Mapping[str, Any] | None = None, artifacts: Mapping[str, Any] | None = None
    ) -> list[Job]:
        """Launch a job template; its jobs, of which there are several at a time if it is sliced."""
        template = self.controller.named("job_templates", name)
        hosts = self._hosts(template["inventory"])
        count = min(template["job_slice_count"], len(hosts))
        variables = self._variables(template, dict(answers or {}), dict(artifacts or {}))
        folders = [self._prepare(template, variables, hosts[number::count]) for number in range(count)]
        processes = [self._start(folder, template["playbook"]) for folder in folders]
        return [self._finish(folder, process) for folder, process in zip(folders, processes, strict=True)]

    def launch_one(self, name: str, answers: Mapping[str, Any] | None = None, artifacts: Mapping[str, Any] | None = None) -> Job:
        """The same, for a template that makes one job, which succeeds."""
        (job,) = self.launch(name, answers, artifacts)
        assert job.rc == 0, job.output
        return job

    def _hosts(self, inventory: int) -> list[dict[str, Any]]:
        """The hosts in the order in which AWX deals them out to slices."""
        hosts = [host for host in self.controller.objects["hosts"].values() if host["inventory"] == inventory and host["enabled"]]
        return sorted(hosts, key=lambda host: str(host["name"]))

    def _variables(self, template: dict[str, Any], answers: dict[str, Any], artifacts: dict[str, Any]) -> dict[str, Any]:
        """The extra variables of a job: those of the template, then answers or their defaults, then what other jobs handed on."""
        questions = self.controller.surveys.get(template["id"], {}).get("spec", []) if template["survey_enabled"] else []
        given: dict[str, Any] = {}
        for question in questions:
            name = question["variable"]
            value = answers.pop(name, question.get("default", ""))
            assert not question["required"] or value != "", f"{name} is not optional"
            if value != "":
                kind = ANSWERS[question["type"]]
                assert isinstance(value, kind), f"{name} must be {kind.__name__}"
                assert value in question.get("choices", [value]), f"{value} is no choice of {name}"
                given[name] = value
            elif question["type"] != "integer" and "default" in question:
                given[name] = ""
        assert not answers, f"the survey does not ask for {sorted(answers)}"
        self._jobs += 1
        about = {
            "job_id": self._jobs,
            "job_launch_type": "manual",
            "job_template_id": template["id"],
            "job_template_name": template["name"],
            "user_name": "admin",
        }
        meta = {f"{prefix}_{name}": value for prefix in ("awx", "tower") for name, value in about.items()}
        own = json.loads(template["extra_vars"] or "{}")
        return {**own, **_unsafe(given), **_unsafe(artifacts), **meta}

    def rendered(self, credentials: Iterable[int]) -> dict[str, str]:
        """What the injectors of credentials make of their inputs."""
        environment = jinja2.sandbox.ImmutableSandboxedEnvironment()
        environ = {}
        for number in credentials:
            credential = self.controller.objects["credentials"][number]
            kind = self.controller.objects["credential_types"][credential["credential_type"]]
            missing = [name for name in kind["inputs"].get("required", ()) if not credential["inputs"].get(name)]
            assert not missing, f"credential {credential['name']} lacks {missing}"
            known = {name: value for name, value in credential["inputs"].items() if value}
            environ |= {name: environment.from_string(text).render(**known) for name, text in kind["injectors"]["env"].items()}
        return environ

    def _prepare(self, template: dict[str, Any], variables: dict[str, Any], hosts: list[dict[str, Any]]) -> pathlib.Path:
        """The private data directory of a job."""
        folder = self.folder / f"job {self._jobs} {hosts[0]['name']}"
        for name in ("env", "inventory", "artifacts"):
            (folder / name).mkdir(parents=True)
        project = self.controller.objects["projects"][template["project"]]
        shutil.copytree(self.controller.repositories[project["scm_url"]], folder / "project")
        environ = {
            "ANSIBLE_COLLECTIONS_PATH": str(self.ansible.folder / "collections"),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "AWX_PRIVATE_DATA_DIR": str(folder),
            "HOME": str(folder),
            "JOB_ID": str(self._jobs),
            **self.rendered(self.controller.links.get(("job_templates", template["id"], "credentials"), [])),
        }
        (folder / "env" / "envvars").write_text(yaml.safe_dump(environ))
        (folder / "env" / "extravars").write_text(yaml.dump(variables, Dumper=_Dumper, allow_unicode=True))
        options = ["--check"] * (template["job_type"] == "check") + [f"-{'v' * self.verbosity}"] * (self.verbosity > 0)
        (folder / "env" / "cmdline").write_text(" ".join(options))
        self._write_inventory(folder / "inventory" / "hosts", hosts)
        return folder

    def _write_inventory(self, path: pathlib.Path, hosts: list[dict[str, Any]]) -> None:
        """An inventory script with the hosts of the job, as AWX writes one."""
        variables = {host["name"]: json.loads(host["variables"] or "{}") for host in hosts}
        listed = {"all": {"hosts": [*variables]}, "_meta": {"hostvars": variables}}
        path.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(listed)!r})\n")
        path.chmod(0o700)

    def _start(self, folder: pathlib.Path, playbook: str) -> subprocess.Popen[str]:
        command = [self.runner.python, "-m", "ansible_runner", "run", str(folder), "--playbook", playbook, "--ident", "job"]
        # Nothing of the platforms is in the environment of AWX itself.
        foreign = ("ABR_", "DWP_", "SDP_", "DESKOPS_", "ANSIBLE_")
        environ = {name: value for name, value in self.runner.environ().items() if not name.startswith(foreign)}
        environ["PATH"] = os.pathsep.join([str(self.runner.bin), environ["PATH"]])
        return subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        )

    def _finish(self, folder: pathlib.Path, process: subprocess.Popen[str]) -> Job:
        output, _errors = process.communicate(timeout=TIMEOUT_SECONDS)
        paths = sorted(
            (folder / "artifacts" / "job" / "job_events").glob("*.json"), key=lambda path: int(path.name.split("-")[0])
        )
        events = [json.loads(path.read_text()) for path in paths if not path.name.endswith("-partial.json")]
        return Job(process.returncode, output, folder, events)
