# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A way to become another user that changes nothing, for machines without sudo."""

from __future__ import annotations

from typing import Any

from ansible.plugins.become import BecomeBase

DOCUMENTATION = """
name: same_user
short_description: Become the user that one is
version_added: 1.0.0
author: deskops.itsm contributors (!UNKNOWN)
description: Runs commands as they are.
options:
  become_user:
    description: Not used.
    default: root
    vars:
      - name: ansible_become_user
    keyword:
      - name: become_user
"""


class BecomeModule(BecomeBase):
    name = "same_user"

    def build_become_command(self, cmd: str, shell: Any) -> str:
        super().build_become_command(cmd, shell)
        return cmd
