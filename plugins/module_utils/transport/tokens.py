# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens: obtained once, shared by threads, tasks and forks, renewed when they are over. Private to the collection."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from . import private_files
from .errors import AuthError, OptionError, RateLimited
from .refusals import Refusals
from .retry import Clock
from .secrets import as_bytes

# A token that ends so soon is renewed before it is used: the call that takes it along has a way to go.
MARGIN = 60.0
# Platforms that count logins do so for about so many seconds.
COUNTED = 600.0
# Characters. Servers take no more than some kilobytes in a line.
LONGEST = 16_000


@dataclass(frozen=True)
class Token:
    """What a login came to.

    C(expires_at) is in seconds since 1970, by the clock of this machine, C(lifetime) in seconds. C(extra) holds what else
    the platform said. C(logins) are the times of this login and of those before it that platforms may still count.
    """

    value: str
    expires_at: float
    lifetime: float
    extra: dict[str, Any] = field(default_factory=dict)
    logins: list[float] = field(default_factory=list)

    def is_good(self, now: float) -> bool:
        """Whether it will last a while yet; one that lives for seconds only is used to its last quarter."""
        return self.expires_at - now > min(MARGIN, self.lifetime / 4)


def is_token(text: str) -> bool:
    """Whether it can be a token, which has to stand in a header."""
    return bool(text.strip()) and text.isascii() and text.isprintable() and len(text) <= LONGEST


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
        self._path = os.path.join(folder, f"{private_files.file_name(account)}.json")

    def load(self) -> Token | None:
        """The token of the file, if there is one that may be trusted."""
        content = private_files.load(self._path)
        try:
            token = Token(**content["token"])
            return token if hmac.compare_digest(self._proof(token.value), content["proof"]) else None
        except (KeyError, TypeError, AttributeError):
            return None

    def save(self, token: Token) -> None:
        """To be called while C(locked) lasts. Where it cannot be saved, the next task logs in again."""
        private_files.save(self._path, {"token": asdict(token), "proof": self._proof(token.value)})

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """While this lasts, no other process logs in to the same account."""
        try:
            private_files.make_folder(self._folder)
            handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            hint = private_files.FOLDER_HINT
            raise OptionError(f"token_cache: {self._folder} cannot be used ({error.strerror})", hint=hint) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _proof(self, token: str) -> str:
        """Says whether a secret is the one that the token was obtained with, to those who have both."""
        return hmac.new(token.encode(), self._secret, hashlib.sha256).hexdigest()


class TokenSource:
    """The token of a connection.

    A login that was refused is not tried again, neither here nor by other tasks and forks: platforms lock out those who go on.

    Args:
        obtain: logs in.
        store: where other tasks and processes find the token.
        clock: the time.
        hide: is told every token, so that it shows up in no output.
        refusals: where other tasks and processes find out that the login was refused.
    """

    def __init__(
        self,
        *,
        obtain: Callable[[], Token],
        store: NoStore | FileStore,
        clock: Clock,
        hide: Callable[[str], None],
        refusals: Refusals | None = None,
    ) -> None:
        self._obtain = obtain
        self._store = store
        self._refusals = refusals
        self._clock = clock
        self._hide = hide
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._refusal: AuthError | RateLimited | None = None

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
                token = self._log_in(before=token or self._token)
                self._store.save(token)
        return token

    def _log_in(self, *, before: Token | None) -> Token:
        if self._refusal is not None:
            raise self._refusal
        try:
            if self._refusals is not None:
                self._refusals.check()
            token = self._obtain()
        except (AuthError, RateLimited) as error:
            # Whoever asks while the quota is used up makes it last longer.
            self._refusal = error
            if self._refusals is not None and isinstance(error, AuthError):
                self._refusals.keep(error)
            raise
        self._hide(token.value)
        now = self._clock.now()
        earlier = before.logins if before is not None else []
        return replace(token, logins=[*(at for at in earlier if 0 <= now - at < COUNTED), now])

    def _is_good(self, token: Token, refused: str | None) -> bool:
        return token.value != refused and token.is_good(self._clock.now())
