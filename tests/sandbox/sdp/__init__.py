# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ServiceDesk Plus Cloud's v3 API and the accounts server before it, as read from the vendor's documents and from clients."""

from __future__ import annotations

from .platform import SdpPlatform

__all__ = ["SdpPlatform"]
