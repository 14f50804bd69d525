# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says now and then how far a long task is. Private to the collection."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping

VARIABLE = "DESKOPS_PROGRESS"
# A task that is done by then says nothing.
SECONDS_BETWEEN_LINES = 10.0
# Found out where this is imported, before tasks are forked: Ansible takes the terminal away from them.
ON_TERMINAL = sys.stdout.isatty()


def is_wanted(environ: Mapping[str, str]) -> bool:
    """As the environment says; if it does not, where somebody may be watching: on a terminal, but not in a pipeline."""
    chosen = environ.get(VARIABLE, "").strip().lower()
    if chosen:
        return chosen not in ("0", "no", "false", "off")
    return ON_TERMINAL and not environ.get("CI")


class Progress:
    """How far one task is; told by any of its threads, said at most every few seconds."""

    def __init__(
        self,
        name: str,
        say: Callable[[str], None],
        *,
        seconds: float = SECONDS_BETWEEN_LINES,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._say = say
        self._seconds = seconds
        self._monotonic = monotonic
        self._started = self._said = monotonic()
        self._calls = 0
        self._counted: str | None = None
        self._lock = threading.Lock()

    def counted(self, what: str, done: int, total: int) -> None:
        """So many of all items are done."""
        self._counted = f"{done} of {total} {what}"
        self._now_and_then()

    def called(self) -> None:
        """The server was called once more."""
        with self._lock:
            self._calls += 1
        self._now_and_then()

    def _now_and_then(self) -> None:
        now = self._monotonic()
        with self._lock:
            if now - self._said < self._seconds:
                return
            self._said = now
            text = self._counted or f"{self._calls} calls so far"
        self._say(f"{self._name}: {text}, {now - self._started:.0f} s")
