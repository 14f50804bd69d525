# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often Python looks for garbage. Private to the collection."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Python looks after 700 new containers; a single page of a list has ten times as many.
NEW_CONTAINERS = 100_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look rarely while a task works.

    What a task makes, it returns: records that stay, in no circles. To look through all of them again and again takes as long as
    to read them.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], NEW_CONTAINERS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
