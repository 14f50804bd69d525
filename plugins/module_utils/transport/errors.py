# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of the collection. Private to the collection.

An error says what happened, to which call, and what to do. It never carries a header, and never the body of a login.
The surface turns errors into a failed task in one place; everything below only raises them.
"""

from __future__ import annotations

import json
from typing import Any

# Where it stands, something may have been cut in two: a secret, for example.
ELLIPSIS = "…"


def shortened(text: str, length: int) -> str:
    """The beginning of what somebody else wrote, with a sign that says so if it is not all of it."""
    return text if len(text) <= length else text[:length] + ELLIPSIS


def described(got: Any) -> str:
    """An answer that nobody expected, in short."""
    if got is None:
        return "nothing"
    text = got if isinstance(got, str) else json.dumps(got, ensure_ascii=False)
    return f"{type(got).__name__} {shortened(text, 100)}"


class DeskError(Exception):
    """Root of all errors that the surface reports to the user.

    Args:
        message: what happened, one sentence.
        hint: what the user can do about it.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def kind(self) -> str:
        """The class name, a stable word that playbooks can test."""
        return type(self).__name__

    def __str__(self) -> str:
        return f"{self.message.rstrip('.')}. {self.hint}" if self.hint else self.message

    def as_dict(self) -> dict[str, Any]:
        """The form in which an item of C(results) carries its error."""
        return {"kind": self.kind, "message": self.message, "code": None, "hint": self.hint}


class OptionError(DeskError):
    """An option is missing, unknown or contradictory. Raised before the first call."""


class Unsupported(DeskError):
    """The platform lacks what was asked for."""


class CheckModeViolation(DeskError):
    """A write was attempted in check mode. The transport refuses it; reaching this is a defect of the collection."""


class Conflict(DeskError):
    """The item is in a state that excludes the wanted one, for example a request that was decided the other way."""


class Ambiguous(DeskError):
    """A name fits several records, or none exactly."""


class ApiError(DeskError):
    """A call failed.

    Args:
        message: what happened.
        method: HTTP method of the call.
        path: path of the call, without host and query.
        status: HTTP status, or C(None) when no answer came.
        code: the API's own code, if it gave one.
        hint: what the user can do about it.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        code: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.method = method
        self.path = path
        self.status = status
        self.code = code

    def as_dict(self) -> dict[str, Any]:
        return {
            **super().as_dict(),
            "code": self.code,
            "status": self.status,
            "method": self.method,
            "path": self.path,
        }


class AuthError(ApiError):
    """The platform refused the credentials. Never retried: platforms lock out callers that guess.

    With C(is_final) the same login is sure to be refused again, and none of the texts comes from the server: other tasks may be
    told of it by way of a file.
    """

    def __init__(self, message: str, *, is_final: bool = False, **details: Any) -> None:
        super().__init__(message, **details)
        self.is_final = is_final


class NotFound(ApiError):
    """The record does not exist, or the caller may not see it."""


class RateLimited(ApiError):
    """The platform's quota is used up and the deadline does not allow to wait for it."""


class OutcomeUnknown(ApiError):
    """A write got no clear answer: it may or may not have taken effect.

    With C(may_still_come) the server may be at work on it yet, so that not finding its effect proves nothing.
    """

    def __init__(self, message: str, *, may_still_come: bool = False, **details: Any) -> None:
        super().__init__(message, **details)
        self.may_still_come = may_still_come

    @classmethod
    def of(cls, error: ApiError, message: str, *, hint: str | None = None) -> OutcomeUnknown:
        """The same call, of which nobody knows what it came to, in other words."""
        may_still_come = isinstance(error, OutcomeUnknown) and error.may_still_come
        details = {"method": error.method, "path": error.path, "status": error.status}
        return cls(message, hint=hint, may_still_come=may_still_come, **details)
