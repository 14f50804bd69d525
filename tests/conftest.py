# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# How fast a shared machine makes up its examples says nothing about the code. A gate judges a change, not the luck of the day:
# new examples are looked for where people work.
settings.register_profile(
    "deskops", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("deskops")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test with many cases, ordinary modules run the first, and all others in the long form.

    How they get their options and return their result is the same in each case; what they do then is the same as in process.
    """
    begun: set[tuple[object, str]] = set()
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec") and item.callspec.params.get("mode") == "module":
            test = (item.parent, item.originalname)
            if test in begun:
                item.add_marker(pytest.mark.long)
            begun.add(test)
