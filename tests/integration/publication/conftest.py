# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as it is published: built, and installed where nothing of the checkout is."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Mapping, Sequence

import pytest

from tools.environments import Environment, ensure, main_interpreter
from tools.interpreters import find_first

ROOT = pathlib.Path(__file__).resolve().parents[3]
SECONDS = 300


def run(
    command: Sequence[str | os.PathLike[str]], folder: pathlib.Path, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program that must succeed, and hand back what it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def demo_environment() -> Environment:
    """What somebody has who uses the collection: Ansible and requests."""
    return ensure("demo", main_interpreter())


def recent_environment(name: str) -> Environment:
    """An environment for tools that do not run on the oldest Python that the collection runs on."""
    interpreter = find_first(("3.11", "3.12", "3.13", "3.14"))
    assert interpreter, "galaxy-importer and ansible-builder need Python 3.11 or newer"
    return ensure(name, interpreter)


def galaxy_environ(environment: Environment, folder: pathlib.Path) -> dict[str, str]:
    """The environment of a user who has no collections, no settings and no network to Galaxy."""
    config = folder / "ansible.cfg"
    config.write_text("[galaxy]\nserver = https://galaxy.invalid/\n")
    return environment.environ() | {
        "HOME": str(folder),
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_HOME": str(folder / "ansible-home"),
        "ANSIBLE_COLLECTIONS_PATH": str(folder / "collections"),
    }


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory, demo_environment: Environment) -> pathlib.Path:
    """The collection, built as C(make build) does it."""
    folder = tmp_path_factory.mktemp("dist")
    galaxy = demo_environment.bin / "ansible-galaxy"
    run([galaxy, "collection", "build", "--output-path", folder], ROOT, demo_environment.environ())
    (built,) = folder.glob("deskops-itsm-*.tar.gz")
    return built


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, demo_environment: Environment, tarball: pathlib.Path) -> pathlib.Path:
    """An empty place where the built collection was installed."""
    folder = tmp_path_factory.mktemp("home")
    galaxy = demo_environment.bin / "ansible-galaxy"
    run([galaxy, "collection", "install", "--offline", tarball], folder, galaxy_environ(demo_environment, folder))
    return folder
