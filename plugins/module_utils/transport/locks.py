# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one task ensures, no other one ensures at the same moment. Private to the collection.

Platforms have no locks: tasks that look at once all find that something is missing, and all make it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator

from . import private_files
from .errors import OptionError
from .secrets import as_bytes

# Things that fall on the same place wait for each other for nothing, which does no harm.
PLACES = 4096


@contextlib.contextmanager
def alone(folder: str | None, things: Iterable[str]) -> Iterator[None]:
    """While this lasts, no other process that uses the folder is alone with one of these things.

    What it waits for ends when the other process does, however that ends. Where there is no folder, nobody is kept out.
    """
    with contextlib.ExitStack() as stack:
        handle = _opened(folder)
        if handle is not None:
            stack.callback(os.close, handle)
            # In one order for all, so that no two wait for each other.
            for place in sorted({_place(thing) for thing in things}):
                with contextlib.suppress(OSError):
                    fcntl.lockf(handle, fcntl.LOCK_EX, 1, place)
        yield


def _opened(folder: str | None) -> int | None:
    if not folder:
        return None
    path = os.path.join(folder, "tasks.lock")
    with contextlib.suppress(OSError, OptionError):
        private_files.make_folder(folder)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    return None


def _place(thing: str) -> int:
    return int.from_bytes(hashlib.sha256(as_bytes(thing)).digest()[:8], "big") % PLACES
