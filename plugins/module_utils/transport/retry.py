# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When to try again, and how long to wait before. Private to the collection."""

from __future__ import annotations

import email.utils
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

# What a gateway or a busy server answers without having done the work of a read (rules of conduct, 3).
RETRIED_READ_STATUSES = frozenset({408, 429, 502, 503, 504})
# The one answer to a write that says by its definition (RFC 6585) that the request was refused, not carried out.
RETRIED_WRITE_STATUSES = frozenset({429})

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


@dataclass(frozen=True)
class Clock:
    """Time as the transport sees it; tests replace it."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def backoff(attempt: int) -> float:
    """Seconds to wait after the given attempt (1 = the first): doubling, capped, with jitter against stampedes."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt - 1, 100))
    return longest * random.uniform(0.5, 1.0)


def retry_after(value: str | None, *, now: float) -> float | None:
    """Seconds that a C(Retry-After) header asks for, given as a number or as an HTTP date; C(None) if there is none."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        return None


class Gate:
    """Holds back all threads of a connection while the server has asked for a pause."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._opens_at = 0.0

    def close_for(self, seconds: float) -> None:
        """Let no call through for the given time."""
        with self._lock:
            self._opens_at = max(self._opens_at, self._clock.monotonic() + seconds)

    def wait(self, until: float) -> float:
        """Return 0 when calls may go out, or at once the seconds to wait if that is after C(until)."""
        while (pause := self._opens_at - self._clock.monotonic()) > 0:
            if self._opens_at > until:
                return pause
            self._clock.sleep(pause)
        return 0.0
