# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How fast a shared machine makes up its examples says nothing about the code.
settings.register_profile("deskops", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("deskops")
