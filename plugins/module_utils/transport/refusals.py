# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logins that were refused, remembered by all tasks and forks of a run. Private to the collection."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from typing import Any

from . import private_files
from .errors import AuthError, OptionError
from .retry import Clock
from .secrets import as_bytes

# Seconds for which credentials that were refused are not tried again. Long enough for the rest of a loop and of a play, short
# enough for someone who has just unlocked the account.
KEPT = 240.0
# So many of them are kept for an account: whoever tries more passwords than that is not held back here.
MOST = 20
SAID = ("message", "hint", "method", "path", "status", "code")


class Refusals:
    """What an account was refused, in a file of its own beside the token.

    The file holds neither the secret nor anything that a server said: it might have repeated the secret. That a login is the
    same again is recognised by a hash with a key of its own.

    Args:
        folder: where the files are.
        account: who logs in: platform, address, user.
        secret: what with. Another secret is tried at once.
        clock: the time.
    """

    def __init__(self, folder: str, *, account: str, secret: str, clock: Clock) -> None:
        self._folder = folder
        self._path = os.path.join(folder, f"{private_files.file_name(account)}.refused")
        self._secret = as_bytes(secret)
        self._clock = clock

    def check(self) -> None:
        """Raise the error again, if the same login was refused a moment ago."""
        now = self._clock.now()
        for entry in self._entries(now):
            if hmac.compare_digest(entry["proof"], self._proof(entry["key"])):
                raise _again(entry, now)

    def keep(self, error: AuthError) -> None:
        """Remember what was refused, if that is sure to be refused again."""
        if not error.is_final:
            return
        now, key = self._clock.now(), secrets.token_hex(16)
        said = {name: getattr(error, name) for name in SAID}
        entries = [*self._entries(now), {"at": now, "key": key, "proof": self._proof(key), "said": said}]
        with contextlib.suppress(OSError, OptionError):
            private_files.make_folder(self._folder)
            private_files.save(self._path, entries[-MOST:])

    def _entries(self, now: float) -> list[dict[str, Any]]:
        content = private_files.load(self._path)
        return [entry for entry in content if _is_recent(entry, now)] if isinstance(content, list) else []

    def _proof(self, key: str) -> str:
        return hmac.new(key.encode(), self._secret, hashlib.sha256).hexdigest()


def _is_recent(entry: Any, now: float) -> bool:
    """Whether it is whole and still counts. A clock may have been set back: what is in its future does not count either."""
    try:
        texts = (entry["key"], entry["proof"], entry["said"]["message"])
        return 0 <= now - entry["at"] < KEPT and all(isinstance(text, str) and text.isascii() for text in texts)
    except (KeyError, TypeError):
        return False


def _again(entry: dict[str, Any], now: float) -> AuthError:
    said = {name: entry["said"].get(name) for name in SAID}
    ago = f"that was {now - entry['at']:.0f} seconds ago, and the same login is not tried again so soon"
    hint = f"Other credentials are tried at once, the same ones {KEPT / 60:.0f} minutes after they were refused"
    said["hint"] = f"{said['hint']}. {hint}" if said["hint"] else hint
    return AuthError(f"{said.pop('message')}; {ago}", **said)
