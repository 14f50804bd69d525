# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..module_utils.verbs.record import RECORD
from ..plugin_utils.action import DeskAction


class ActionModule(DeskAction):
    verb = RECORD
