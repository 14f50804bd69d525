# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures: the useful code is in the messages, the outer one only says that the call failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INVALID, FORBIDDEN, CLOSURE, INTERNAL, IN_USE, INVALID_URL, NOT_UNIQUE = 4001, 4002, 4003, 4004, 4005, 4007, 4008
NOT_EDITABLE, MANDATORY, READ_ONLY, TOO_MANY, TIME_MISMATCH, WRONG_TYPE, BAD_TOKEN = 4009, 4012, 4014, 4015, 4016, 4021, 4022
SUCCESS, PARTIAL, FAILED = 2000, 3000, 4000

_HTTP = {FORBIDDEN: 403, INVALID_URL: 404, BAD_TOKEN: 401, TOO_MANY: 429}
INVALID_INPUT = "Invalid Input"
EXTRA_KEY = "Extra key found in JSON"
NO_PERMISSION = "User does not have this permission"


@dataclass(frozen=True)
class Message:
    """One thing that is wrong; some codes come without a text, some name several fields."""

    code: int
    text: str | None = None
    field: str | None = None
    fields: tuple[str, ...] = ()

    def view(self, kind: str = "failed") -> dict[str, Any]:
        view: dict[str, Any] = {"status_code": self.code}
        if self.field is not None:
            view["field"] = self.field
        if self.fields:
            view["fields"] = list(self.fields)
        view["type"] = kind
        if self.text is not None:
            view["message"] = self.text
        return view


class SdpError(Exception):
    """Ends a call; the HTTP status follows from the first message."""

    def __init__(self, *messages: Message, status: int | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(messages)
        self.messages = messages
        self.status = status or _HTTP.get(messages[0].code, 400)
        self.headers = headers

    def view(self) -> dict[str, Any]:
        messages = [message.view() for message in self.messages]
        return {"status_code": FAILED, "messages": messages, "status": "failed"}


def invalid(field: str | None = None, text: str = INVALID_INPUT) -> SdpError:
    return SdpError(Message(INVALID, text, field))


def forbidden(text: str = NO_PERMISSION, field: str | None = None) -> SdpError:
    return SdpError(Message(FORBIDDEN, text, field))


def missing(*fields: str) -> SdpError:
    """Mandatory fields that were not given: no text, only their names."""
    return SdpError(Message(MANDATORY, fields=fields))


def unparsable(what: str) -> SdpError:
    return SdpError(Message(INVALID, f"Unable to parse the given data for {what}"))


def invalid_url() -> SdpError:
    """For paths that do not exist, and for records that do not."""
    return SdpError(Message(INVALID_URL, "Invalid URL"))
