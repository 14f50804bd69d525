# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The attributes that all modules share. Those that differ are in fragments of their own.
    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/deskops.itsm.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership: [deskops.itsm.all]
  check_mode:
    description: Can run in check mode and return the changed status without changing anything.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: full
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    support: full
    details:
      - On the local connection the work is done in the process of ansible itself, without starting a module.
      - With any other connection, with C(async), with C(become), or with the environment variable E(DESKOPS_IN_PROCESS) set
        to V(0),
        the module runs on the managed host. Options, checks and results are the same.
  platform:
    description: Target operating systems that can be operated against.
    platforms: all
    support: full
"""

    WRITE = r"""
options: {}
attributes:
  diff_mode:
    description: Returns details on what has changed (or would change in check mode), when in diff mode.
    support: full
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
"""

    READ = r"""
options: {}
attributes:
  diff_mode:
    description: Returns details on what has changed (or would change in check mode), when in diff mode.
    support: N/A
    details: This module changes nothing.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
    details: This module changes nothing.
"""
