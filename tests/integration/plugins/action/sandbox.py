# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that talks to the sandbox's control API: C(sandbox: {post: faults, body: {...}})."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        body = arguments.pop("body", None)
        ((method, path),) = arguments.items()
        request = urllib.request.Request(
            f"{os.environ['SANDBOX_CONTROL']}/{path}",
            data=None if body is None else json.dumps(body, default=str).encode(),
            method=method.upper(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            content = answer.read()
        return {**result, "changed": False, "json": json.loads(content) if content else None}
