# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All modules; those that are called most stand first."""

from __future__ import annotations

from .fields import Module
from .modules_goods import GOODS
from .modules_itil import ITIL
from .modules_requests import REQUESTS
from .modules_setup import SETUP

MODULES: tuple[Module, ...] = (REQUESTS, *ITIL, *GOODS, *SETUP)
#: the document's list, and one that it does not have (see the switch ``users_scope``)
SCOPES = (
    *("requests", "problems", "changes", "projects", "releases", "assets", "cmdb", "contracts", "purchases"),
    *("custommodule", "solutions", "setup", "general"),
)


def _by_path() -> dict[str, Module]:
    """Modules by their path; sub-modules too, where none of the first rank has it."""
    found = {module.path: module for module in MODULES}
    pending = [sub for module in MODULES for sub in module.subs]
    for module in pending:
        found.setdefault(module.path, module)
        pending.extend(module.subs)
    return found


BY_PATH = _by_path()
