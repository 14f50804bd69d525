# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a platform needs to make its calls: clients and tokens of one connection. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .http import HttpClient, Judge, Test, Trace
from .pool import shared_pool
from .refusals import Refusals
from .retry import Clock
from .settings import HttpSettings
from .tokens import FileStore, NoStore, Token, TokenSource


@dataclass(frozen=True)
class Link:
    """One connection, before anybody has logged in.

    C(environ) is the environment as the task shall see it. In C(check_mode) the clients refuse writes. C(token_folder) is
    where tokens are kept for other tasks, C(refusal_folder) where refused logins are, if anywhere. C(hide) is told every secret
    that is learned on the way.
    """

    settings: HttpSettings
    environ: Mapping[str, str]
    check_mode: bool = False
    trace: Trace | None = None
    token_folder: str | None = None
    refusal_folder: str | None = None
    hide: Callable[[str], None] = lambda secret: None

    def client(
        self,
        *,
        auth: Any = None,
        judge: Judge | None = None,
        session_ended: Test | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpClient:
        """A client for the server of this connection. All clients share its kept-alive connections."""
        return HttpClient(
            self.settings,
            shared_pool(self.settings, self.environ),
            auth=auth,
            judge=judge,
            session_ended=session_ended,
            headers=headers,
            read_only=self.check_mode,
            trace=self.trace,
        )

    def tokens(self, *, account: str, secret: str, obtain: Callable[[], Token]) -> TokenSource:
        """The tokens of an account at this server; C(obtain) logs in with the secret."""
        whole_account = f"{self.settings.url} {account}"
        store = FileStore(self.token_folder, account=whole_account, secret=secret) if self.token_folder else NoStore()
        refusals = self.refusals(account=account, secret=secret)
        return TokenSource(obtain=obtain, store=store, clock=self.clock, hide=self.hide, refusals=refusals)

    def refusals(self, *, account: str, secret: str) -> Refusals | None:
        """Whether this account was refused with this secret a moment ago; C(None) if nobody keeps that."""
        if not self.refusal_folder:
            return None
        whole_account = f"{self.settings.url} {account}"
        return Refusals(self.refusal_folder, account=whole_account, secret=secret, clock=self.clock)

    def memory(self, account: str) -> dict[str, Any]:
        """What the items of a loop keep for each other, as one account sees it. It is empty in each new task."""
        return shared_pool(self.settings, self.environ).memory.setdefault(account, {})

    @property
    def clock(self) -> Clock:
        """The time, as all calls of this connection see it."""
        return shared_pool(self.settings, self.environ).clock
