# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_error:
    description:
      - What to do when an item fails. With V(continue) all items are tried, and the task fails at the end with the list of
        those that failed.
      - With V(stop) no further item is started after the first failure; what was not started has the outcome V(skipped).
      - Whatever is set here, no further item is started once the platform has refused the credentials or the quota is used up.
    type: str
    choices: [continue, stop]
    default: continue
"""
