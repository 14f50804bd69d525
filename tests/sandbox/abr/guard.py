# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call, and how often."""

from __future__ import annotations

import base64
import binascii
from collections import deque
from datetime import datetime, timedelta

from ..clock import Clock
from ..reply import Scope
from ..switches import Switchboard
from .errors import INVALID_KEY, AbrError

LOCK_SECONDS = 60
_MINUTE = timedelta(minutes=1)
_TOO_MANY = "Too many calls"


class Guard:
    """Checks the key (header ``apikey``, or the password of HTTP Basic), brute force and quotas."""

    def __init__(self, default_key: str, clock: Clock, switches: Switchboard) -> None:
        self.default_key = default_key
        self._clock = clock
        self._switches = switches
        self.reset()

    def reset(self) -> None:
        self.keys = {self.default_key}
        self._failures = 0
        self._locked_until: datetime | None = None
        self._minute: deque[datetime] = deque()
        self._day: tuple[str, int] = ("", 0)

    def admit(self, scope: Scope) -> None:
        """Let the call pass or raise the answer that it gets."""
        if self._locked_until is not None:
            self._while_locked()
        key = _presented_key(scope)
        if key not in self.keys:
            self._count_failure()
            raise self.failure(missing=key is None)
        self._failures = 0
        self._spend_quota()

    def failure(self, missing: bool = False) -> AbrError:
        """A public client saw status 500 with this message for a wrong key; the documents do not say."""
        name = "missing_key_status" if missing else "auth_failure_status"
        return AbrError(self._switches.number(name), INVALID_KEY)

    def _count_failure(self) -> None:
        self._failures += 1
        limit = self._switches.number("brute_force_limit")
        if limit and self._failures >= limit:
            self._failures = 0
            self._locked_until = self._clock.now() + timedelta(seconds=LOCK_SECONDS)

    def _while_locked(self) -> None:
        assert self._locked_until is not None
        left = (self._locked_until - self._clock.now()).total_seconds()
        if left > 0:
            raise self.failure() if self._switches["brute_force_answer"] == "auth_failure" else self._over_quota(left)
        self._locked_until = None

    def _spend_quota(self) -> None:
        per_minute, per_day = self._switches.number("calls_per_minute"), self._switches.number("calls_per_day")
        if not per_minute and not per_day:
            return
        now = self._clock.now()
        today = now.date().isoformat()
        while self._minute and self._minute[0] <= now - _MINUTE:
            self._minute.popleft()
        used_today = self._day[1] if self._day[0] == today else 0
        if per_day and used_today >= per_day:
            midnight = datetime.combine(now.date(), datetime.min.time(), now.tzinfo) + timedelta(days=1)
            raise self._over_quota((midnight - now).total_seconds())
        if per_minute and len(self._minute) >= per_minute:
            raise self._over_quota((self._minute[0] + _MINUTE - now).total_seconds())
        self._minute.append(now)
        self._day = (today, used_today + 1)

    def _over_quota(self, seconds: float) -> AbrError:
        answer = self._switches["quota_answer"]
        if answer == "403":
            return AbrError(403, _TOO_MANY)
        names = {"429_retry_after": "Retry-After", "429_reset_header": "x-ratelimit-reset"}
        headers = {names[str(answer)]: str(int(seconds) + 1)} if answer in names else None
        return AbrError(429, _TOO_MANY, headers)


def _presented_key(scope: Scope) -> str | None:
    basic: str | None = None
    for name, value in scope["headers"]:
        if name == b"apikey":
            return str(value, "latin-1")
        if name == b"authorization":
            basic = _basic_password(str(value, "latin-1"))
    return basic


def _basic_password(header: str) -> str | None:
    """The password of HTTP Basic; the user name does not matter."""
    scheme, _space, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
