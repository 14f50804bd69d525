# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that only their owner can read, in a folder that only their owner can write to. Private to the collection."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from typing import Any

from .errors import OptionError
from .secrets import as_bytes

FOLDER_HINT = "Give a folder of your own with mode 0700"


def file_name(account: str) -> str:
    """What the files of an account are called: the account itself is nobody's business."""
    return hashlib.sha256(as_bytes(account)).hexdigest()[:32]


def make_folder(folder: str) -> None:
    """Make it, unless it is there.

    Raises:
        OptionError: it is not this user's, or others may write to it.
        OSError: it cannot be made.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    status = os.stat(folder)
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o022:
        raise OptionError(f"token_cache: {folder} belongs to another user, or others may write to it", hint=FOLDER_HINT)


def load(path: str) -> Any:
    """What the file holds; C(None) if there is none that may be trusted, or if it is damaged."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with open(handle, encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
                return None
            return json.load(file)
    except (OSError, ValueError, RecursionError):
        return None


def save(path: str, content: Any) -> None:
    """Replace the file as a whole: a reader sees the old one or the new one, never a half.

    A full disk is no reason to fail: what is kept here only saves calls.
    """
    # Always the same name: what a process leaves that is killed right here, the next one replaces. It is the only one, for
    # it has the lock.
    temporary = f"{path}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(OSError):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        handle = os.open(temporary, flags, 0o600)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(content, file)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
