# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are not the wanted one."""

from __future__ import annotations

from ..reply import Reply
from ..switches import Switchboard

INVALID_KEY = "Invalid API key"


class AbrError(Exception):
    """Ends a call with another status; the body is a JSON object with a ``Message``, null, or nothing."""

    def __init__(
        self, status: int, message: str | None = None, headers: dict[str, str] | None = None, null: bool = False
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
        self.null = null

    def reply(self) -> Reply:
        if self.null:
            return Reply.json(self.status, None, self.headers)
        if self.message is None:
            return Reply.of(self.status, headers=self.headers)
        return Reply.json(self.status, {"Message": self.message}, self.headers)


def not_found(switches: Switchboard, what: str) -> AbrError:
    """Unknown request, entry, event or computer; the documents do not say how that is answered."""
    answer = switches["not_found"]
    if answer == "404_empty":
        return AbrError(404)
    if answer == "200_null":
        return AbrError(200, null=True)
    return AbrError(500 if answer == "500_message" else 404, f"{what} not found")


def bad_value(switches: Switchboard, name: str, value: str) -> AbrError:
    """A filter value that cannot be read."""
    return AbrError(500 if switches["bad_value"] == "500" else 400, f"Invalid value for {name}: {value}")
