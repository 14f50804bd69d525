# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands behind the targets of the Makefile that check or build something."""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from . import audit, coverage, endpoints, fault_matrix, openapi, sanity, sdp_modules, site
from .environments import Environment, EnvironmentProblem, ensure, main_interpreter
from .interpreters import Interpreter
from .workspace import BUILD, COLLECTIONS, ROOT, link_collection, say, stream

PYTEST_FOLDERS = {"unit": ["tests/unit"], "integration": ["tests/integration", "tests/faults"]}
PACKAGE = "ansible_collections.deskops.itsm.plugins"
EVENTS = "ansible_collections.deskops.itsm.extensions.eda.plugins"
TYPED_PACKAGES = ("module_utils", "plugin_utils")
CHAOS = ["tests/faults/test_chaos.py"]
# Whose tests install them themselves, if they are not there yet: better ahead, while others wait for the linters.
LATER_ENVIRONMENTS = ("demo", "builder", "galaxy", "runner", "eda", "schemathesis", "docs")


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


def command_job(name: str, environment: Environment, command: Sequence[str], extra: Mapping[str, str] | None = None) -> Job:
    """A job that passes when a tool of this environment ends well."""

    def check() -> tuple[bool, str]:
        done = subprocess.run(
            [str(environment.bin / command[0]), *command[1:]],
            cwd=ROOT,
            env=environment.environ(extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode == 0, done.stdout.decode(errors="replace")

    return Job(name, check)


def lint_jobs(environment: Environment) -> list[Job]:
    """The linters. Each is a job of its own, so that one failure does not hide another."""
    packages = [name for name in TYPED_PACKAGES if (ROOT / "plugins" / name).is_dir()]
    typed = [*(f"{PACKAGE}.{name}" for name in packages), *(f"{EVENTS}.{name}" for name in ("polling", "event_source"))]
    mypy_arguments = [argument for name in typed for argument in ("-p", name)]
    commands = {
        "ansible-lint": ["ansible-lint", "--offline", "--nocolor", "-q"],
        "mypy plugins": ["python", "-m", "mypy", *mypy_arguments],
        "mypy tools": ["python", "-m", "mypy", "-p", "tools"],
        "ruff": ["ruff", "check", "--output-format=concise", "--cache-dir", str(BUILD / "cache" / "ruff"), "."],
        "antsibull-changelog": ["antsibull-changelog", "lint"],
    }
    search_paths = {"mypy plugins": BUILD / "collections", "mypy tools": ROOT / "tests"}
    extra = {name: {"MYPYPATH": str(path)} for name, path in search_paths.items()}
    jobs = [command_job(f"lint: {name}", environment, command, extra.get(name)) for name, command in commands.items()]
    security = ensure("security", environment.interpreter)
    bandit = ["bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", "plugins", "extensions"]
    return [
        *jobs,
        command_job("lint: bandit", security, bandit),
        Job("lint: antsibull-docs", site.lint),
    ]


def audit_jobs(environment: Environment) -> tuple[list[Job], list[str]]:
    """The audit of what users install; or why it does not run: a machine without internet can test all else."""
    try:
        found = audit.weaknesses(ensure("security", environment.interpreter), [environment])
    except audit.NoAnswer as problem:
        return [], [f"audit: not run, {problem}"]
    needed = audit.needed_by_users(environment)
    relevant = [str(weakness) for weakness in found if weakness.package in needed]
    return [Job("audit", lambda: (not relevant, "\n".join(relevant)))], []


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


def run_pytest(
    environment: Environment, folders: Sequence[str], arguments: Sequence[str] = (), *, start: Sequence[str] = ()
) -> Outcome:
    """Run tests on all processors. C(ARGS) adds arguments: C(make unit ARGS="-k paging -n 0"); C(start) measures them.

    One process more than there are processors, as tests wait for servers and for each other's programs. They begin with the
    long ones, so that no processor is idle at the end.
    """
    workers = (os.cpu_count() or 1) + 1
    command = [environment.python, *start, "-m", "pytest", "--color=no"]
    command += [f"--numprocesses={workers}", "--dist=loadfile", "--no-loadscope-reorder"]
    command += [*arguments, *folders, *shlex.split(os.environ.get("ARGS", ""))]
    say(f"pytest {' '.join([*arguments, *folders])}")
    code, lines = stream(command, environment.environ())
    return Outcome("pytest", code == 0, next((line for line in reversed(lines) if line), ""))


def folders_of(*kinds: str) -> list[str]:
    """Where the tests of these kinds are."""
    return [name for kind in kinds for name in PYTEST_FOLDERS[kind]]


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


def only_pytest(folders: Sequence[str], *arguments: str) -> int:
    return 0 if run_pytest(test_environment(), folders, arguments).passed else 1


def test_long() -> int:
    """The long forms. All of them: a failure at the beginning says nothing about the end."""
    return only_pytest(folders_of("integration", "unit"), "-m", "long")


def measure_coverage() -> int:
    """All tests, measured."""
    environment = test_environment()
    measurement = coverage.Measurement(environment)
    tests = run_pytest(environment, folders_of("integration", "unit"), start=measurement.begin())
    measurement.end()
    passed, note = measurement.report()
    return summarise([tests, Outcome("coverage", passed, note)])


def audit_everything() -> int:
    """Look for known weaknesses in what the collection needs and in all that works on it and tests it."""
    names = ("test", "security", *LATER_ENVIRONMENTS)
    audited = [ensure(name, main_interpreter()) for name in names]
    try:
        found = audit.weaknesses(ensure("security", main_interpreter()), audited)
    except audit.NoAnswer as problem:
        return summarise([Outcome("audit", False, str(problem))])
    say("\n".join(map(str, found)))
    return summarise([Outcome("audit", not found, f"known weaknesses in {len(names)} environments: {len(found)}")])


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
    jobs, missing = sanity_jobs(sanity.GATE)
    audits, not_audited = audit_jobs(environment)
    installations = [Job(f"install {name}", partial(_install, name)) for name in LATER_ENVIRONMENTS]
    outcomes = run_jobs([*lint_jobs(environment), *audits, *installations, *jobs])
    outcomes.append(run_pytest(environment, folders_of("integration", "unit")))
    return summarise(outcomes, [*not_audited, *missing])


def _install(name: str) -> tuple[bool, str]:
    ensure(name, main_interpreter())
    return True, ""


def bench() -> int:
    """Measure, and fail where a row is missed. C(ARGS) names single rows: C(make bench ARGS="--smoke calls")."""
    environment = test_environment()
    command = [environment.python, "-m", "benchmarks", *shlex.split(os.environ.get("ARGS", ""))]
    environ = environment.environ({"PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(COLLECTIONS)])})
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def build() -> int:
    """Build the collection as it would be published."""
    environment = ensure("core", main_interpreter())
    command = [str(environment.bin / "ansible-galaxy"), "collection", "build", "--force"]
    command += ["--output-path", str(pathlib.PurePath(".build", "dist"))]
    return subprocess.run(command, cwd=ROOT, env=environment.environ(), check=False).returncode


def docs() -> int:
    """Write the pages that are made from tables, and build the site."""
    return endpoints.write() or sdp_modules.write() or fault_matrix.write() or openapi.write() or site.build()


COMMANDS: dict[str, Callable[[], int]] = {
    "audit": audit_everything,
    "bench": bench,
    "build": build,
    "chaos": lambda: only_pytest(CHAOS, "-m", "long", "-s", "-n", "0"),
    "coverage": measure_coverage,
    "docs": docs,
    "integration": lambda: only_pytest(folders_of("integration")),
    "lint": lint,
    "sanity": sanity_only,
    "test": everything,
    "test-long": test_long,
    "unit": lambda: only_pytest(folders_of("unit")),
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
