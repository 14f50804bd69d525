# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection awx.awx, taken out of the bundle that C(requirements/awx.txt) pins."""

from __future__ import annotations

import fcntl
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from tools.workspace import BUILD, ROOT

REQUIREMENTS = ROOT / "requirements" / "awx.txt"
FOLDER = BUILD / "awx"
PREFIX = "ansible_collections/awx/"


def awx_collections() -> pathlib.Path:
    """A folder of collections that holds awx.awx. The bundle is downloaded once; it has hundreds of others, which stay packed."""
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    stamp = FOLDER / "unpacked"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER.parent / "awx.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(FOLDER)
            _unpack()
            stamp.write_text(wanted, encoding="utf-8")
    return FOLDER


def _unpack() -> None:
    with tempfile.TemporaryDirectory() as folder:
        # Whatever Python runs the tests: what is taken out of the bundle does not depend on it.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--python-version=3.11", "--dest", folder, "--requirement", str(REQUIREMENTS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(FOLDER, [name for name in archive.namelist() if name.startswith(PREFIX)])
