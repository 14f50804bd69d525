# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what networks, proxies and tired servers do to a client."""

from __future__ import annotations

from .book import Fault, FaultBook
from .kinds import Exchange
from .spec import FaultSpec

__all__ = ["Exchange", "Fault", "FaultBook", "FaultSpec"]
