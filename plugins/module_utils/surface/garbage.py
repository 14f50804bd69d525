# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often Python looks for garbage. Private to the collection."""

from __future__ import annotations

import gc

# Python looks after 700 new containers; a single page of a list has ten times as many.
NEW_CONTAINERS = 100_000


def collect_rarely() -> None:
    """Look rarely from now on, in a process that ends with its task.

    What a task makes, it returns: records that stay, in no circles. To look through all of them again and again takes as long as
    to read them, and in a fork every look copies what it looks at.
    """
    first, *others = gc.get_threshold()
    gc.set_threshold(max(first, NEW_CONTAINERS), *others)
