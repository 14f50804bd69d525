# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-test's sanity tests with one version of ansible-core."""

from __future__ import annotations

import ast
import configparser
import os
import pathlib
import shutil
import subprocess
import urllib.request
from collections.abc import Iterable
from typing import NamedTuple

from .environments import Environment, ensure
from .interpreters import Interpreter, find_first
from .workspace import BUILD, ROOT, source_files

# The supported versions, each with the Pythons that it runs on. Any of them will do.
CORES = {
    "2.16": ("3.11", "3.12", "3.10"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.13", "3.12", "3.14"),
}
# What C(make test) runs: the oldest, the one of the other tests, and the newest. C(make sanity) runs all.
GATE = ("2.16", "2.19", "2.21")
# With this one the tests are looked at as well; with the others what is published, which takes a third of the time.
WHOLE = "2.21"
# The names under which the versions of ansible-test look for get-pip before they download it.
GET_PIP_NAMES = ("get_pip_23_1_2.py", "get_pip_24_2.py", "get_pip_25_2.py")
# What ansible-test says when all goes well.
PROGRESS = ("Running sanity test ", "Installing requirements for ", "Using cached pip ")
# The part of pip's configuration that says where packages come from.
PIP_SOURCE_OPTIONS = (
    "cert",
    "client-cert",
    "default-timeout",
    "extra-index-url",
    "find-links",
    "index-url",
    "no-index",
    "proxy",
    "retries",
    "timeout",
    "trusted-host",
)


class Sanity(NamedTuple):
    """What came of a run."""

    passed: bool
    output: str


def interpreter_for(core: str) -> Interpreter | None:
    """The interpreter to run this ansible-core with, if there is one."""
    return find_first(CORES[core])


def run(core: str, interpreter: Interpreter) -> Sanity:
    """Run every sanity test that can run."""
    environment = ensure(f"sanity-{core}", interpreter)
    base = BUILD / "ansible-test" / core
    home = _prepare_home(base / "home", environment)
    names = [name for name in source_files() if core == WHOLE or _is_published(name)]
    checkout = _copy_collection(names, base / "ansible_collections" / "deskops" / "itsm")
    environ = environment.environ({"HOME": str(home)})
    # ansible-test looks for the real interpreter of a virtual environment on the PATH; it minds Ansible's own settings.
    environ["PATH"] = os.pathsep.join([str(environment.bin), str(interpreter.path.parent), environ["PATH"]])
    environ = {name: value for name, value in environ.items() if not name.startswith("ANSIBLE_")}
    command = [environment.python, str(environment.bin / "ansible-test"), "sanity"]
    command += ["--local", "--python", interpreter.version, "--color", "no"]
    done = subprocess.run(
        command,
        cwd=checkout,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    lines = done.stdout.decode(errors="replace").splitlines()
    return Sanity(done.returncode == 0, "\n".join(line for line in lines if not line.startswith(PROGRESS)))


def _is_published(name: pathlib.PurePath) -> bool:
    return name.parts[0] != "tests" or name.parts[1] == "config.yml"


def _copy_collection(names: Iterable[pathlib.PurePath], target: pathlib.Path) -> pathlib.Path:
    """A copy of the checkout where ansible-test accepts it: in folders of the collection's name, not linked."""
    shutil.rmtree(target, ignore_errors=True)
    for name in names:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy, follow_symlinks=False)
    if shutil.which("git"):
        # Otherwise the repository around the copy, which ignores it, would be asked for its files.
        subprocess.run(["git", "init", "--quiet", str(target)], check=True)
    return target


def _prepare_home(home: pathlib.Path, environment: Environment) -> pathlib.Path:
    """A home folder of its own, where ansible-test keeps its environments and finds pip without a download."""
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP_NAMES:
        shutil.copyfile(ROOT / "tests" / "tools" / "get_pip.py", cache / name)
    config = home / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    parser = configparser.RawConfigParser()
    parser["global"] = _pip_sources(environment)
    with open(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        parser.write(handle)
    return home


def _pip_sources(environment: Environment) -> dict[str, str]:
    """pip's settings of this machine and this user. ansible-test hides the variables that pip would read them from."""
    pip = [environment.python, "-m", "pip", "--disable-pip-version-check"]

    def ask(*arguments: str) -> str:
        return subprocess.check_output([*pip, *arguments], stderr=subprocess.DEVNULL, text=True)

    settings = {"cache-dir": ask("cache", "dir").strip(), "quiet": "2"}
    if "https" in urllib.request.getproxies():
        settings["proxy"] = urllib.request.getproxies()["https"]
    if os.environ.get("REQUESTS_CA_BUNDLE"):
        settings["cert"] = os.environ["REQUESTS_CA_BUNDLE"]
    from_variables: dict[str, str] = {}
    for line in ask("config", "list").splitlines():
        name, _equals, value = line.partition("=")
        section, _dot, option = name.rpartition(".")
        if option in PIP_SOURCE_OPTIONS and section in ("global", "install", ":env:"):
            (from_variables if section == ":env:" else settings)[option] = str(ast.literal_eval(value))
    return {**settings, **from_variables}
