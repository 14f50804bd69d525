# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens: obtained once, shared by threads, tasks and forks, renewed when they are over. Private to the collection."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from .errors import AuthError, OptionError
from .retry import Clock
from .secrets import as_bytes

# A token that ends so soon is renewed before it is used: the call that takes it along has a way to go.
MARGIN = 60.0
FOLDER_HINT = "Give a folder of your own with mode 0700"


@dataclass(frozen=True)
class Token:
    """What a login came to.

    C(expires_at) is in seconds since 1970, by the clock of this machine, C(lifetime) in seconds. C(extra) holds what else
    the platform said.
    """

    value: str
    expires_at: float
    lifetime: float
    extra: dict[str, Any] = field(default_factory=dict)

    def is_good(self, now: float) -> bool:
        """Whether it will last a while yet; one that lives for seconds only is used to its last quarter."""
        return self.expires_at - now > min(MARGIN, self.lifetime / 4)


class NoStore:
    """Tokens are kept in memory only."""

    def load(self) -> Token | None:
        return None

    def save(self, token: Token) -> None:
        return None

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        yield


class FileStore:
    """A token in a file of its own, which only its owner can read.

    Args:
        folder: where the files are; it is made with access for its owner only.
        account: what the token belongs to: platform, address, user.
        secret: what it was obtained with. Another secret must not find it: a wrong password would go unnoticed.
    """

    def __init__(self, folder: str, *, account: str, secret: str) -> None:
        self._folder = folder
        self._secret = as_bytes(secret)
        name = hashlib.sha256(as_bytes(account)).hexdigest()[:32]
        self._path = os.path.join(folder, f"{name}.json")

    def load(self) -> Token | None:
        """The token of the file, if there is one that may be trusted."""
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with open(handle, encoding="utf-8") as file:
                status = os.fstat(file.fileno())
                if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
                    return None
                content = json.load(file)
            token = Token(**content["token"])
            return token if hmac.compare_digest(self._proof(token.value), content["proof"]) else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def save(self, token: Token) -> None:
        """Replace the file as a whole: a reader sees the old one or the new one, never a half.

        To be called while C(locked) lasts. A full disk is no reason to fail: the next task logs in again.
        """
        content = {"token": asdict(token), "proof": self._proof(token.value)}
        # Always the same name: what a process leaves that is killed right here, the next one replaces. It is the only one, for
        # it has the lock.
        temporary = f"{self._path}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with contextlib.suppress(OSError):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            handle = os.open(temporary, flags, 0o600)
            try:
                with open(handle, "w", encoding="utf-8") as file:
                    json.dump(content, file)
                os.replace(temporary, self._path)
            except BaseException:
                os.unlink(temporary)
                raise

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """While this lasts, no other process logs in to the same account."""
        try:
            self._make_folder()
            handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OptionError(f"token_cache: {self._folder} cannot be used ({error.strerror})", hint=FOLDER_HINT) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _make_folder(self) -> None:
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        status = os.stat(self._folder)
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o022:
            raise OptionError(
                f"token_cache: {self._folder} belongs to another user, or others may write to it",
                hint=FOLDER_HINT,
            )

    def _proof(self, token: str) -> str:
        """Says whether a secret is the one that the token was obtained with, to those who have both."""
        return hmac.new(token.encode(), self._secret, hashlib.sha256).hexdigest()


class TokenSource:
    """The token of a connection.

    A login that was refused is not tried again: platforms lock out those who go on.

    Args:
        obtain: logs in.
        store: where other tasks and processes find the token.
        clock: the time.
        hide: is told every token, so that it shows up in no output.
    """

    def __init__(
        self, *, obtain: Callable[[], Token], store: NoStore | FileStore, clock: Clock, hide: Callable[[str], None]
    ) -> None:
        self._obtain = obtain
        self._store = store
        self._clock = clock
        self._hide = hide
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._refusal: AuthError | None = None

    def current(self) -> Token:
        """A token that is valid for a while yet: the one in memory, that of the store, or a new one."""
        token = self._token
        return token if token is not None and self._is_good(token, None) else self._find(refused=None)

    def renew(self, refused: str | None) -> None:
        """The server did not accept this token: replace it, unless someone else did so meanwhile."""
        self._find(refused=refused)

    def _find(self, *, refused: str | None) -> Token:
        with self._lock:
            token = self._token
            if token is None or not self._is_good(token, refused):
                token = self._store.load()
            if token is None or not self._is_good(token, refused):
                token = self._find_alone(refused)
            self._hide(token.value)
            self._token = token
            return token

    def _find_alone(self, refused: str | None) -> Token:
        """Log in, unless another process did while this one waited for its turn."""
        with self._store.locked():
            token = self._store.load()
            if token is None or not self._is_good(token, refused):
                token = self._log_in()
                self._store.save(token)
        return token

    def _log_in(self) -> Token:
        if self._refusal is not None:
            raise self._refusal
        try:
            token = self._obtain()
        except AuthError as error:
            self._refusal = error
            raise
        self._hide(token.value)
        return token

    def _is_good(self, token: Token, refused: str | None) -> bool:
        return token.value != refused and token.is_good(self._clock.now())
