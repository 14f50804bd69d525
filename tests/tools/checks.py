# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands behind C(make lint), C(unit), C(integration), C(sanity), C(test) and C(build)."""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import endpoints, sanity, sdp_modules
from .environments import Environment, EnvironmentProblem, ensure, main_interpreter
from .interpreters import Interpreter
from .workspace import BUILD, ROOT, link_collection, say, stream

PYTEST_FOLDERS = {"unit": ["tests/unit"], "integration": ["tests/integration", "tests/faults"]}
PACKAGE = "ansible_collections.deskops.itsm.plugins"
TYPED_PACKAGES = ("module_utils", "plugin_utils")


class Outcome(NamedTuple):
    """One line of the summary."""

    name: str
    passed: bool
    note: str


class Job(NamedTuple):
    """Something to check: C(check) answers with whether it passed and what it printed."""

    name: str
    check: Callable[[], tuple[bool, str]]


def run_jobs(jobs: Sequence[Job]) -> list[Outcome]:
    """Run as many jobs at a time as there are processors; show the output of those that fail."""
    if not jobs:
        return []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(_run_job, jobs))


def _run_job(job: Job) -> Outcome:
    started = time.monotonic()
    try:
        passed, output = job.check()
    except EnvironmentProblem as problem:
        passed, output = False, str(problem)
    note = f"{time.monotonic() - started:.1f} s"
    if passed:
        warnings = [line for line in output.splitlines() if line.startswith(("WARNING: Skipping", "WARNING: Skipped"))]
        say("\n".join([f"ok      {job.name} ({note})", *(f"        {line}" for line in warnings)]))
    else:
        say(f"FAILED  {job.name} ({note})\n{output.rstrip()}")
    return Outcome(job.name, passed, note)


def lint_jobs(environment: Environment) -> list[Job]:
    """The linters. Each is a job of its own, so that one failure does not hide another."""
    packages = [name for name in TYPED_PACKAGES if (ROOT / "plugins" / name).is_dir()]
    mypy_arguments = [argument for name in packages for argument in ("-p", f"{PACKAGE}.{name}")]
    commands = {
        "ansible-lint": ["ansible-lint", "--offline", "--nocolor", "-q"],
        "mypy plugins": ["python", "-m", "mypy", *mypy_arguments],
        "mypy tools": ["python", "-m", "mypy", "-p", "tools"],
        "ruff": ["ruff", "check", "--output-format=concise", "--cache-dir", str(BUILD / "cache" / "ruff"), "."],
        "antsibull-changelog": ["antsibull-changelog", "lint"],
    }
    search_paths = {"mypy plugins": BUILD / "collections", "mypy tools": ROOT / "tests"}

    def job(name: str, command: list[str]) -> Job:
        environ = environment.environ({"MYPYPATH": str(search_paths[name])} if name in search_paths else None)

        def check() -> tuple[bool, str]:
            done = subprocess.run(
                [str(environment.bin / command[0]), *command[1:]],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            return done.returncode == 0, done.stdout.decode(errors="replace")

        return Job(f"lint: {name}", check)

    return [job(name, command) for name, command in commands.items()]


def sanity_jobs(cores: Sequence[str]) -> tuple[list[Job], list[str]]:
    """A job for each ansible-core that an interpreter was found for, and why the others do not run."""
    jobs, missing = [], []
    for core in cores:
        interpreter = sanity.interpreter_for(core)
        if not interpreter:
            missing.append(f"sanity {core}: not run, it needs Python {' or '.join(sorted(sanity.CORES[core]))}")
            continue

        def check(core: str = core, interpreter: Interpreter = interpreter) -> tuple[bool, str]:
            result = sanity.run(core, interpreter)
            return result.passed, result.output

        jobs.append(Job(f"sanity {core} (Python {interpreter.release})", check))
    return jobs, missing


def run_pytest(environment: Environment, kinds: Sequence[str]) -> Outcome:
    """Run the tests of these kinds on all processors. C(ARGS) adds arguments: C(make unit ARGS="-k paging -n 0")."""
    folders = [name for kind in kinds for name in PYTEST_FOLDERS[kind] if (ROOT / name).is_dir()]
    if not folders:
        return Outcome("pytest", False, f"there are no tests of the kind {' or '.join(kinds)}")
    command = [environment.python, "-m", "pytest", "--color=no", "--numprocesses=auto", "--dist=loadfile"]
    command += [*folders, *shlex.split(os.environ.get("ARGS", ""))]
    say(f"pytest {' '.join(folders)}")
    code, lines = stream(command, environment.environ())
    return Outcome("pytest", code == 0, next((line for line in reversed(lines) if line), ""))


def summarise(outcomes: Sequence[Outcome], missing: Sequence[str] = ()) -> int:
    """Print the end of a run; the exit code."""
    say("\nSummary")
    for outcome in outcomes:
        say(f"  {'ok' if outcome.passed else 'FAILED':<7} {outcome.name}: {outcome.note}")
    for text in missing:
        say(f"  ---     {text}")
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    say(f"Failed: {', '.join(failed)}" if failed else "All passed.")
    return 1 if failed or not outcomes else 0


def test_environment() -> Environment:
    """The environment of the linters and of pytest."""
    link_collection()
    return ensure("test", main_interpreter())


def lint() -> int:
    return summarise(run_jobs(lint_jobs(test_environment())))


def unit() -> int:
    return 0 if run_pytest(test_environment(), ["unit"]).passed else 1


def integration() -> int:
    return 0 if run_pytest(test_environment(), ["integration"]).passed else 1


def sanity_only() -> int:
    cores = os.environ.get("CORES", "").split() or list(sanity.CORES)
    unknown = [core for core in cores if core not in sanity.CORES]
    if unknown:
        say(f"CORES can hold {' '.join(sanity.CORES)}, not {' '.join(unknown)}.")
        return 2
    jobs, missing = sanity_jobs(cores)
    return summarise(run_jobs(jobs), missing)


def everything() -> int:
    """Linters and sanity tests side by side, then pytest with the machine to itself."""
    environment = test_environment()
    jobs, missing = sanity_jobs(list(sanity.CORES))
    outcomes = run_jobs([*lint_jobs(environment), *jobs])
    outcomes.append(run_pytest(environment, ["unit", "integration"]))
    return summarise(outcomes, missing)


def bench() -> int:
    """Measure; the numbers are for people, nothing is asserted about them."""
    environment = test_environment()
    command = [environment.python, "-m", "benchmarks.loop"]
    return subprocess.run(command, cwd=ROOT, env=environment.environ({"PYTHONPATH": str(ROOT / "tests")}), check=False).returncode


def build() -> int:
    """Build the collection as it would be published."""
    environment = ensure("core", main_interpreter())
    command = [str(environment.bin / "ansible-galaxy"), "collection", "build", "--force"]
    command += ["--output-path", str(pathlib.PurePath(".build", "dist"))]
    return subprocess.run(command, cwd=ROOT, env=environment.environ(), check=False).returncode


def docs() -> int:
    """Write the pages that are made from tables."""
    return endpoints.write() or sdp_modules.write()


COMMANDS: dict[str, Callable[[], int]] = {
    "bench": bench,
    "build": build,
    "docs": docs,
    "integration": integration,
    "lint": lint,
    "sanity": sanity_only,
    "test": everything,
    "unit": unit,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the collection.")
    parser.add_argument("command", choices=sorted(COMMANDS))
    try:
        return COMMANDS[parser.parse_args().command]()
    except EnvironmentProblem as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
