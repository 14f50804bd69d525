# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that verbs write on the machine where they run. Private to the collection."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat

from ..transport.errors import DeskError
from .spec import Context, Item

MODE = re.compile(r"0[0-7]{3}")
WHERE_IT_RUNS = "It is a path on the machine where the task runs"


def check_path(item: Item, option: str) -> None:
    """A path is given, whole, and without detours, so that it means the same wherever the task runs."""
    path = item[option]
    if not path:
        raise item.error(option, "it is missing", hint=WHERE_IT_RUNS)
    if "\0" in path:
        raise item.error(option, "it holds a character that no path can have")
    if not os.path.isabs(path):
        hint = "Write it from the root on, for example with playbook_dir"
        raise item.error(option, f"{path!r} is not an absolute path", hint=hint)
    if ".." in path.split("/"):
        raise item.error(option, f"{path!r} leads upwards with ..", hint="Write the path without it")


def check_mode(item: Item, option: str) -> None:
    """The mode of a file, if it is given. YAML makes a decimal number of octal digits that are not in quotes."""
    value = item[option]
    if value is not None and not MODE.fullmatch(value):
        raise item.error(option, f"{value!r} is not the mode of a file", hint="Write it as '0640', in quotes")


def mode_of(path: str) -> str:
    """The mode of a file, as C(0640)."""
    return f"{stat.S_IMODE(os.stat(path).st_mode):04o}"


def require_target(context: Context, path: str) -> None:
    """Raise where no file can be written. In check mode a folder may be missing: a task before this one would make it."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        if not context.check_mode:
            raise DeskError(f"There is no folder {folder}", hint=f"Make it first. {WHERE_IT_RUNS}")
        context.warn(f"There is no folder {folder} yet; without check mode this would be an error")
    elif problem := _problem_with_target(path, folder):
        raise DeskError(problem, hint=WHERE_IT_RUNS)


def _problem_with_target(path: str, folder: str) -> str | None:
    if os.path.isdir(path):
        return f"{path} is a folder"
    if os.path.lexists(path) and not os.path.isfile(path):
        return f"{path} is no regular file"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"The folder {folder} cannot be written to by this user"
    return None


def write_whole(path: str, content: bytes, mode: str | None) -> None:
    """Replace a file as a whole: whoever reads it finds the old one or the new one, never a half.

    Without a mode, that of the old file is kept, and a new one gets what the umask leaves.
    """
    bits = int(mode, 8) if mode is not None else _present_bits(path)
    temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)[:100]}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        handle = os.open(temporary, flags, 0o666 if bits is None else 0o600)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with open(handle, "wb") as file:
            if bits is not None:
                os.fchmod(file.fileno(), bits)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def set_mode(path: str, mode: str) -> None:
    try:
        os.chmod(path, int(mode, 8))
    except OSError as error:
        raise _unwritable(path, error) from None


def _present_bits(path: str) -> int | None:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        return None


def _unwritable(path: str, error: OSError) -> DeskError:
    return DeskError(f"{path} cannot be written ({error.strerror})", hint="Check the folder, its permissions and the space left")
