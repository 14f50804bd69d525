# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platforms of the sandbox. Adding one is one package and one line here."""

from __future__ import annotations

from collections.abc import Callable

from .abr import AbrPlatform
from .clock import Clock
from .dwp import DwpPlatform
from .platforms import Platform
from .sdp import SdpPlatform

PLATFORMS: tuple[Callable[[Clock], Platform], ...] = (
    AbrPlatform.home,
    AbrPlatform.other_data_centre,
    DwpPlatform.home,
    DwpPlatform.other_catalog,
    SdpPlatform.home,
    SdpPlatform.other_data_centre,
)
