# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file: whole or not at all, for its owner only, for one source at a time."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import stat
import subprocess
import sys

import pytest

from ansible_collections.deskops.itsm.extensions.eda.plugins.polling.state_file import State, StateFile
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import OptionError

STATE = State("account", "65430930", {"65430930": ["pending", None]})
HOLD = """
import sys, time
sys.path[:0] = {path!r}
from ansible_collections.deskops.itsm.extensions.eda.plugins.polling.state_file import StateFile
file = StateFile({file!r})
print(file.lock(), flush=True)
time.sleep(600)
"""


def test_what_is_saved_comes_back(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "state.json"
    file = StateFile(str(path))
    assert file.load() is None
    # What was left by a process that was killed in the middle.
    path.with_name("state.json.new").write_text("{")
    file.save(STATE)
    assert file.load() == STATE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]


def test_only_one_has_it_and_a_killed_one_has_it_no_more(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "state.json")
    command = [sys.executable, "-c", HOLD.format(path=sys.path, file=path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        assert not StateFile(path).lock()
        holder.send_signal(signal.SIGKILL)
    mine = StateFile(path)
    assert mine.lock()
    assert not StateFile(path).lock()
    mine.unlock()
    assert StateFile(path).lock()
    assert stat.S_IMODE(os.stat(f"{path}.lock").st_mode) == 0o600


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"format": "deskops.itsm.requests", "version": 99}', '{"since_id": "5"}']
)
def test_a_file_of_somebody_else_is_left_alone(tmp_path: pathlib.Path, content: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(content)
    with pytest.raises(OptionError, match=r"state_path: .*state\.json is not the state of a source"):
        StateFile(str(path)).load()
    assert path.read_text() == content


def test_a_folder_that_is_not_there(tmp_path: pathlib.Path) -> None:
    with pytest.raises(OptionError, match=r"state_path: .*No such file or directory"):
        StateFile(str(tmp_path / "nowhere" / "state.json")).lock()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    file = StateFile(str(path))
    file.save(STATE)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        file.save(State("account", "1"))
    assert file.load() == STATE
    assert len(list(tmp_path.iterdir())) == 1
    assert json.loads(path.read_text())["version"] == 1
