# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The REST API of BMC Helix Digital Workplace Catalog 22.1, as read from the vendor's document and public clients."""

from __future__ import annotations

from .platform import DwpPlatform

__all__ = ["DwpPlatform"]
