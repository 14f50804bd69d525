# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of the event source have in common."""

from __future__ import annotations

import os

import pytest
from integration.support.programs import FOREIGN_PREFIXES, FOREIGN_SUFFIX


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of the one who runs the tests must not change their results."""
    for name in list(os.environ):
        if name.startswith(FOREIGN_PREFIXES) or name.upper().endswith(FOREIGN_SUFFIX):
            monkeypatch.delenv(name)
