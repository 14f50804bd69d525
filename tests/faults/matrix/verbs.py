# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verbs of the collection, found in its modules."""

from __future__ import annotations

import ast
import importlib
import pathlib
from typing import Any

MODULES = pathlib.Path(__file__).resolve().parents[3] / "plugins" / "modules"
ROOT = "ansible_collections.deskops.itsm.plugins"


def _verb_of(module: pathlib.Path) -> Any:
    """What the module imports from C(verbs). It is not imported itself: that would take Ansible."""
    for statement in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.ImportFrom) and "module_utils.verbs." in (statement.module or ""):
            found = importlib.import_module(f"{ROOT}.{str(statement.module).removeprefix(ROOT + '.')}")
            return getattr(found, statement.names[0].name)
    raise LookupError(f"{module.name} imports no verb")


VERBS: dict[str, Any] = {path.stem: _verb_of(path) for path in sorted(MODULES.glob("*.py")) if path.stem != "__init__"}
PAIRS = [(name, platform) for name, verb in VERBS.items() for platform in verb.platforms]
