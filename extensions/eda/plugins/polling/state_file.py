# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file: what a source remembers over restarts. Private to the collection."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import OptionError

VERSION = 1
FORMAT = "deskops.itsm.requests"


@dataclass(frozen=True)
class State:
    """What is in the file. C(account) says what was read and how it was filtered: another has nothing to do with it."""

    account: str
    position: str | None = None
    sent: dict[str, Any] = field(default_factory=dict)


class StateFile:
    """A file that belongs to one source at a time, and is replaced as a whole or not at all.

    Args:
        path: the file; the lock is a file beside it.
    """

    def __init__(self, path: str) -> None:
        self._path = os.path.abspath(path)
        self._lock: int | None = None

    def lock(self) -> bool:
        """Claim the file. The kernel gives it free when the process ends, however it ends.

        Returns:
            whether nobody else had it.
        """
        try:
            handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        except OSError as error:
            os.close(handle)
            raise self._unusable(error) from None
        self._lock = handle
        return True

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def load(self) -> State | None:
        """What an earlier run has left, or C(None).

        Raises:
            OptionError: the file is something else. It is left as it is.
        """
        try:
            with open(self._path, encoding="utf-8") as file:
                content = json.load(file)
            if content["format"] != FORMAT or content["version"] != VERSION:
                raise ValueError
            return State(content["account"], content["position"], {key: [*pair] for key, pair in content["sent"].items()})
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            hint = "Give another path, or delete the file: then the source begins anew"
            raise OptionError(f"state_path: {self._path} is not the state of a source", hint=hint) from None

    def save(self, state: State) -> None:
        """Replace the file, on the disk, before this returns."""
        content = {"format": FORMAT, "version": VERSION, **vars(state)}
        # Always the same name, so that a process that is killed here leaves one file at most; the lock keeps others away.
        temporary = f"{self._path}.new"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise

    def _unusable(self, error: OSError) -> OptionError:
        hint = "Give a file in a folder that exists and that this user may write to"
        return OptionError(f"state_path: {self._path} cannot be used ({error.strerror})", hint=hint)
