# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# How fast a shared machine makes up its examples says nothing about the code. A gate judges a change, not the luck of the day:
# new examples are looked for where people work.
settings.register_profile(
    "deskops", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("deskops")
