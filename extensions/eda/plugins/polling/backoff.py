# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When to try again after an error. Private to the collection."""

from __future__ import annotations

import random
from collections.abc import Callable

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    Ambiguous,
    ApiError,
    AuthError,
    CheckModeViolation,
    DeskError,
    NotFound,
    OptionError,
    RateLimited,
    Unsupported,
)

# None of these passes by itself.
HOPELESS = (CheckModeViolation, OptionError, Unsupported)
# Statuses of an answer that may be another one soon; what else is wrong with a call is so the next time too.
PASSING = frozenset({408, 425, 429})
# Platforms lock out those who go on with credentials that they refuse.
AFTER_REFUSAL = 300.0
REFUSALS = 5
AFTER_QUOTA = 60.0


class Backoff:
    """Pauses that double from error to error, with jitter, so that many sources do not come back at the same moment.

    A call that was never right ends the source, and so do credentials that never worked. Those that did work are tried again
    minutes apart, and C(REFUSALS) refusals in a row end it. A quota that is used up costs a minute at least; that no call
    leaves before the server's own Retry-After is over is what the transport sees to.
    """

    def __init__(self, *, first: float, longest: float, jitter: Callable[[float, float], float] = random.uniform) -> None:
        self._first = min(first, longest)
        self._longest = longest
        self._jitter = jitter
        self._errors = 0
        self._refusals = 0
        self._has_worked = False

    def succeed(self) -> None:
        self._errors = self._refusals = 0
        self._has_worked = True

    def after(self, error: DeskError) -> float:
        """Seconds to wait after the error, which is raised if there is no hope."""
        self._errors += 1
        least = self._first
        if isinstance(error, HOPELESS) or (not self._has_worked and is_wrong(error)):
            raise error
        if isinstance(error, AuthError):
            self._refusals += 1
            if not self._has_worked or self._refusals >= REFUSALS:
                raise error
            least = AFTER_REFUSAL
        else:
            self._refusals = 0
            if isinstance(error, RateLimited):
                least = AFTER_QUOTA
        longest = max(self._longest, least)
        return min(longest, least * 2.0 ** min(self._errors - 1, 50)) * self._jitter(1.0, 1.25)


def is_wrong(error: DeskError) -> bool:
    """Whether the call is wrong, such as for a service that does not exist; once it has worked, that may be passing."""
    if isinstance(error, (Ambiguous, NotFound)):
        return True
    status = error.status if isinstance(error, ApiError) else None
    return status is not None and 400 <= status < 500 and status not in PASSING
