# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the real ansible-playbook and hands back what every task came to."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from .sandbox import (
    DWP_PASSWORD,
    DWP_USER,
    KEY,
    ROOT,
    SDP_CLIENT_ID,
    SDP_CLIENT_SECRET,
    SDP_REFRESH_TOKEN,
    Call,
    Sandbox,
    targets,
    writes,
)

PLUGINS = pathlib.Path(__file__).resolve().parents[1] / "plugins"
IN_PROCESS = "in_process"
MODULE = "module"
MODES = (IN_PROCESS, MODULE)
# For what takes many tasks, each of which takes ten times as long as a module.
MODULES_IN_LONG_FORM = (IN_PROCESS, pytest.param(MODULE, marks=pytest.mark.long))
# The settings of the one who runs the tests must not change their results.
FOREIGN_PREFIXES = ("ANSIBLE_", "DESKOPS_", "ABR_", "DWP_", "SDP_", "PYTHON", "REQUESTS_", "CURL_")
FOREIGN_SUFFIX = "_PROXY"
# What Ansible adds to a result, depending on its version and on where a task ran.
WHERE_IT_RAN = ("invocation", "exception", "_ansible_no_log", "_ansible_verbose_always", "_ansible_parsed")

Task = dict[str, Any]


@dataclass(frozen=True)
class TaskResult:
    """What a task came to on a host, and the calls that reached the sandbox meanwhile."""

    name: str
    host: str
    status: str
    result: dict[str, Any]
    items: list[dict[str, Any]]
    calls: list[Call]

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    def __contains__(self, key: str) -> bool:
        return key in self.result

    @property
    def failed(self) -> bool:
        return self.status == "failed"

    @property
    def msg(self) -> str:
        return str(self.result.get("msg"))

    @property
    def warnings(self) -> list[str]:
        return list(self.result.get("warnings") or ())

    @property
    def writes(self) -> list[Call]:
        return writes(self.calls)

    @property
    def targets(self) -> list[str]:
        return targets(self.calls)

    @property
    def ids(self) -> list[str]:
        """The ids of the records that came back."""
        return [record["id"] for record in self["records"]]

    @property
    def outcomes(self) -> list[str]:
        return [result["outcome"] for result in self["results"]]


@dataclass(frozen=True)
class Run:
    """A finished run of a program."""

    rc: int
    stdout: str
    stderr: str
    seconds: float
    tasks: list[TaskResult] = field(default_factory=list)

    def __getitem__(self, name: str) -> TaskResult:
        found = [task for task in self.tasks if task.name == name]
        assert len(found) == 1, f"{len(found)} tasks are named {name!r}; output:\n{self.output}"
        return found[0]

    @property
    def output(self) -> str:
        return f"{self.stdout}\n{self.stderr}"

    @property
    def warnings(self) -> list[str]:
        """The lines in which Ansible warns, of whatever."""
        return [line for line in self.output.splitlines() if line.startswith(("[WARNING]", "[DEPRECATION WARNING]"))]

    def written_log(self) -> str:
        """Every task result as text, to be searched for what must not be there."""
        return json.dumps([task.result for task in self.tasks], ensure_ascii=False)


class Ansible:
    """Ansible's programs with the checkout as the collection, an inventory of localhost, and credentials for the sandbox."""

    def __init__(self, folder: pathlib.Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self._runs = 0
        collection = folder / "collections" / "ansible_collections" / "deskops" / "itsm"
        collection.parent.mkdir(parents=True)
        collection.symlink_to(ROOT, target_is_directory=True)
        (folder / "ansible.cfg").write_text("[defaults]\n")
        self.inventory = self.write(
            "inventory.yml",
            {
                "all": {
                    "hosts": {"localhost": {}},
                    "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
                }
            },
        )

    def write(self, name: str, content: Any) -> pathlib.Path:
        """A file in the folder of the tests; content is text, or data to be written as YAML."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
        return path

    def environ(self, env: Mapping[str, str | None] | None = None, mode: str = IN_PROCESS) -> dict[str, str]:
        """The environment of a program; a value of C(None) takes a variable out."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(FOREIGN_PREFIXES) and not name.upper().endswith(FOREIGN_SUFFIX)
        }
        bin_dir = pathlib.Path(sys.executable).parent
        wanted: dict[str, str | None] = {
            "PATH": os.pathsep.join([str(bin_dir), os.environ.get("PATH", os.defpath)]),
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_INJECT_INVOCATION": "1",
            "ANSIBLE_HOME": str(self.folder / "ansible_home"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote_tmp"),
            "ANSIBLE_ASYNC_DIR": str(self.folder / "async"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "collections"),
            "ABR_URL": self.sandbox.abr_url,
            "ABR_API_KEY": KEY,
            "DWP_URL": self.sandbox.dwp_url,
            "DWP_USERNAME": DWP_USER,
            "DWP_PASSWORD": DWP_PASSWORD,
            "SDP_URL": self.sandbox.sdp_url,
            "SDP_ACCOUNTS_URL": self.sandbox.sdp_accounts_url,
            "SDP_CLIENT_ID": SDP_CLIENT_ID,
            "SDP_CLIENT_SECRET": SDP_CLIENT_SECRET,
            "SDP_REFRESH_TOKEN": SDP_REFRESH_TOKEN,
            "DESKOPS_PLATFORM": "admin_by_request",
            "DESKOPS_IN_PROCESS": "0" if mode == MODULE else None,
            **(env or {}),
        }
        return kept | {name: value for name, value in wanted.items() if value is not None}

    def run(
        self,
        tasks: Sequence[Task],
        *,
        mode: str = IN_PROCESS,
        env: Mapping[str, str | None] | None = None,
        arguments: Sequence[str] = (),
        stop_on_failure: bool = False,
        **play: Any,
    ) -> Run:
        """Run tasks in a play on localhost. All of them, also behind one that fails; C(play) are more keywords for the play."""
        whole = {
            "name": "Test",
            "hosts": "localhost",
            "gather_facts": False,
            "ignore_errors": not stop_on_failure,
            **play,
            "tasks": list(tasks),
        }
        return self.run_playbook([whole], mode=mode, env=env, arguments=arguments)

    def run_playbook(
        self,
        plays: Any,
        *,
        mode: str = IN_PROCESS,
        env: Mapping[str, str | None] | None = None,
        arguments: Sequence[str] = (),
    ) -> Run:
        """Run a playbook, given as data or as text."""
        self._runs += 1
        playbook = self.write(f"playbook{self._runs}.yml", plays)
        log = self.folder / f"tasks{self._runs}.jsonl"
        own = {
            "ANSIBLE_ACTION_PLUGINS": str(PLUGINS / "action"),
            "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_log",
            "TASK_LOG": str(log),
            "SANDBOX_CONTROL": self.sandbox.control,
        }
        command = ["ansible-playbook", str(playbook), *arguments]
        if "-i" not in arguments:
            command += ["-i", str(self.inventory)]
        run = self.program(command, mode=mode, env={**own, **(env or {})})
        lines = log.read_text().splitlines() if log.exists() else []
        return Run(run.rc, run.stdout, run.stderr, run.seconds, [TaskResult(**json.loads(line)) for line in lines])

    def program(
        self, command: Sequence[str], *, mode: str = IN_PROCESS, env: Mapping[str, str | None] | None = None, stdin: str = ""
    ) -> Run:
        """Run one of Ansible's programs."""
        environ = self.environ(env, mode)
        found = shutil.which(command[0], path=environ["PATH"])
        assert found, f"{command[0]} is not installed"
        started = time.monotonic()
        done = subprocess.run(
            [found, *command[1:]],
            cwd=self.folder,
            env=environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return Run(done.returncode, done.stdout, done.stderr, time.monotonic() - started)

    def in_both_modes(self, tasks: Sequence[Task], *, seed: str = "demo", **options: Any) -> dict[str, Run]:
        """The same tasks on the same data, in process and as ordinary modules."""
        runs = {}
        for mode in MODES:
            self.sandbox.reset(seed)
            runs[mode] = self.run(tasks, mode=mode, **options)
        return runs


def comparable(run: Run) -> list[dict[str, Any]]:
    """What must not depend on where the work was done."""
    return [
        {
            "name": task.name,
            "status": task.status,
            "result": {"changed": False} | {key: value for key, value in task.result.items() if key not in WHERE_IT_RAN},
            "calls": sorted((call["method"], call["target"], str(call["status"])) for call in task.calls),
        }
        for task in run.tasks
    ]


def decide(name: str, keywords: Mapping[str, Any] | None = None, **options: Any) -> Task:
    """A request_approve task; keywords are those of the task, such as C(loop)."""
    return task("request_approve", name, keywords, **options)


def task(module: str, name: str, keywords: Mapping[str, Any] | None = None, **options: Any) -> Task:
    """A task with a module of the collection."""
    return {"name": name, f"deskops.itsm.{module}": options, **(keywords or {})}
