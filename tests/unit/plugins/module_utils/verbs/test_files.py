# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files are replaced as a whole, or not at all."""

from __future__ import annotations

import os
import pathlib
import stat

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import DeskError, OptionError
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.files import (
    check_mode,
    check_path,
    require_target,
    write_whole,
)
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Context, Item


def _mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("path", ["/tmp/a.zip", "/tmp/a..zip", "/tmp/…/a", "/tmp/..a/b"])
def test_path_that_is_allowed(path: str) -> None:
    check_path(Item(0, {"path": path}), "path")


@pytest.mark.parametrize("path", [None, "", "a.zip", "./a.zip", "/tmp/../a", "/..", "/tmp/a\0b"])
def test_path_that_is_not(path: str | None) -> None:
    with pytest.raises(OptionError):
        check_path(Item(0, {"path": path}), "path")


@pytest.mark.parametrize("mode", ["0640", "0000", None])
def test_mode_that_is_allowed(mode: str | None) -> None:
    check_mode(Item(0, {"mode": mode}), "mode")


@pytest.mark.parametrize("mode", ["u=rw", "0888", "", "00640", "64", "-640", "416", "640"])
def test_mode_that_is_none(mode: str) -> None:
    """The last two are what YAML makes of 0640 and of 640 without quotes."""
    with pytest.raises(OptionError, match="in quotes"):
        check_mode(Item(0, {"mode": mode}), "mode")


def test_mode_is_the_one_asked_for_or_that_of_the_old_file(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a"
    write_whole(str(path), b"1", "0604")
    assert (_mode(path), path.read_bytes()) == (0o604, b"1")
    write_whole(str(path), b"2", None)
    assert (_mode(path), path.read_bytes()) == (0o604, b"2")
    old = os.umask(0o027)
    try:
        write_whole(str(tmp_path / "b"), b"3", None)
    finally:
        os.umask(old)
    assert _mode(tmp_path / "b") == 0o640


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fails(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(DeskError, match="No space left on device"):
        write_whole(str(path), b"new", None)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_folder_that_cannot_be_written(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(DeskError, match="cannot be written to by this user"):
        require_target(Context(None, {}), str(tmp_path / "a"))


def test_link_to_a_folder_is_a_folder(tmp_path: pathlib.Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(DeskError, match="is a folder"):
        require_target(Context(None, {}), str(tmp_path / "link"))
