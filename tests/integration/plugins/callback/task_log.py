# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the result of every task, with the calls that it made to the sandbox, as JSON lines to a file."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_log
type: notification
short_description: Task results for tests
version_added: 1.0.0
author: deskops.itsm contributors (!UNKNOWN)
description: Writes the result of every task as a line of JSON to the file that the environment variable TASK_LOG names.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "task_log"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._path = os.environ["TASK_LOG"]
        self._control = os.environ.get("SANDBOX_CONTROL")
        self._items: list[dict[str, Any]] = []
        self._seen = 0
        self._new_calls()

    def v2_runner_on_ok(self, result: Any, **kwargs: Any) -> None:
        self._write(result, "ok")

    def v2_runner_on_failed(self, result: Any, **kwargs: Any) -> None:
        self._write(result, "failed")

    def v2_runner_on_skipped(self, result: Any, **kwargs: Any) -> None:
        self._write(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any, **kwargs: Any) -> None:
        self._write(result, "unreachable")

    def v2_runner_item_on_ok(self, result: Any, **kwargs: Any) -> None:
        self._items.append(result._result)

    def v2_runner_item_on_failed(self, result: Any, **kwargs: Any) -> None:
        self._items.append({**result._result, "failed": True})

    def _write(self, result: Any, status: str) -> None:
        entry = {
            "name": result._task.get_name(),
            "host": result._host.get_name(),
            "status": status,
            "result": result._result,
            "items": self._items,
            "calls": self._new_calls(),
        }
        self._items = []
        with open(self._path, "a", encoding="utf-8") as log:
            log.write(json.dumps(entry, default=str) + "\n")

    def _new_calls(self) -> list[dict[str, Any]]:
        if not self._control:
            return []
        with urllib.request.urlopen(f"{self._control}/calls?since={self._seen}") as answer:
            calls: list[dict[str, Any]] = json.load(answer)
        if calls:
            self._seen = calls[-1]["n"]
        return calls
