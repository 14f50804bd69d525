# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The places of a checkout, and the environment that its tools run in."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
COLLECTIONS = BUILD / "collections"

# Settings of the person at the keyboard that must not change what a test or the demo does.
FOREIGN_NAMES = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PYENV_VERSION")
FOREIGN_PREFIXES = ("ANSIBLE_", "DESKOPS_", "ABR_", "DWP_", "SDP_")

_print_lock = threading.Lock()


def say(text: str = "") -> None:
    """Print one piece of text, whole, whichever thread it comes from."""
    with _print_lock:
        print(text, flush=True)


def tool_environ(bin_dir: pathlib.Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The process environment for a tool of the virtual environment whose programs are in I(bin_dir)."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN_NAMES and not name.startswith(FOREIGN_PREFIXES)
    }
    # pyenv's shims answer for interpreters that they then refuse to run; Ansible's discovery falls for them.
    path = [entry for entry in environ.get("PATH", os.defpath).split(os.pathsep) if "shims" not in entry.split(os.sep)]
    config = BUILD / "ansible.cfg"
    if not config.exists():
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text("[defaults]\n", encoding="utf-8")
    environ.update(
        PATH=os.pathsep.join([str(bin_dir), *path]),
        NO_COLOR="1",
        ANSIBLE_NOCOLOR="1",
        ANSIBLE_CONFIG=str(config),
        ANSIBLE_HOME=str(BUILD / "ansible-home"),
        ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
        **(extra or {}),
    )
    return environ


def link_collection() -> None:
    """Let Ansible and Python find the checkout as the collection C(deskops.itsm)."""
    link = COLLECTIONS / "ansible_collections" / "deskops" / "itsm"
    link.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)


def source_files() -> list[pathlib.PurePath]:
    """The files of the collection, relative to the root: what git tracks or would track, else all but hidden ones."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        return list(_walk())
    return [pathlib.PurePath(name) for name in listing.split("\0") if name and (ROOT / name).is_file()]


def _walk() -> Iterator[pathlib.PurePath]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        for name in names:
            yield pathlib.PurePath(folder, name).relative_to(ROOT)


def stream(command: Sequence[str], environ: Mapping[str, str]) -> tuple[int, list[str]]:
    """Run a program in the checkout and show what it prints; its exit code and its lines."""
    lines = []
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, encoding="utf-8", errors="replace"
    ) as process:
        assert process.stdout
        for line in process.stdout:
            lines.append(line.rstrip())
            say(lines[-1])
    return process.returncode, lines
