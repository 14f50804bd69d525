# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are not the wanted one, in the four shapes that are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..reply import Reply
from ..switches import Switchboard

#: message numbers of the underlying platform
NO_ENTRY = 302
REQUIRED = 307
INVALID = 326
NOT_ALLOWED = 353
ALREADY_THERE = 382
BAD_LOGIN = 623
UNKNOWN_SYSTEM_ERROR = 8790


class ApiError(Exception):
    """Ends a call. ``text`` is what is wrong, ``detail`` says more where the shape has room for it."""

    def __init__(
        self,
        status: int,
        text: str,
        number: int = INVALID,
        detail: str = "",
        shape: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.number = number
        self.detail = detail
        self.shape = shape
        self.headers = headers


def _message(error: ApiError) -> Any:
    """Reviews and ratings; plain where the document gives the whole text."""
    return {"message": error.text}


def _message_data(error: ApiError) -> Any:
    """A failed login: the message holds the error's number, ``data`` describes it."""
    return {"message": f"ERROR ({error.number}): {error.text}", "data": error.detail or error.text}


def _code_message(error: ApiError) -> Any:
    """The general principles of the API."""
    return {"code": error.number, "message": error.text}


def _platform(error: ApiError) -> Any:
    """What a user got from the attachments endpoint."""
    return {
        "messageType": "ERROR",
        "messageNumber": error.number,
        "messageText": error.text,
        "appendedText": error.detail or f"HTTP {error.status}",
    }


def _platform_list(error: ApiError) -> Any:
    """Servers of the same platform answer a list of them."""
    return [_platform(error)]


SHAPES: dict[str, Callable[[ApiError], Any]] = {
    "message": _message,
    "message_data": _message_data,
    "code_message": _code_message,
    "platform": _platform,
    "platform_list": _platform_list,
}
#: path below the API's base -> shape of its errors; the first that fits
AREAS: tuple[tuple[str, str], ...] = (
    ("/users/", "message_data"),
    ("/reviews", "message"),
    ("/ratings", "message"),
    ("/services/requests", "platform"),
    ("/", "code_message"),
)


def reply_of(error: ApiError, path: str, switches: Switchboard) -> Reply:
    """The answer for an error on ``path`` (below the API's base); a switch can set one shape for all."""
    wanted = str(switches["error_shape"])
    if wanted == "empty":
        return Reply.of(error.status, headers=error.headers)
    if wanted == "by_area":
        wanted = error.shape or next((shape for start, shape in AREAS if path.startswith(start)), "platform")
    return Reply.json(error.status, SHAPES[wanted](error), error.headers)


def invalid(switches: Switchboard, text: str, number: int = INVALID) -> ApiError:
    """A request that cannot be understood; the document does not say how that is answered."""
    return ApiError(switches.number("validation_status"), text, number)


def no_request(request_id: str) -> ApiError:
    """404 is documented for an id that is not found."""
    return ApiError(404, "Entry does not exist in database", NO_ENTRY, f"Request {request_id}")


def no_service(service_id: str) -> ApiError:
    return ApiError(404, f"Service of id {service_id} not found.", NO_ENTRY)


def no_entry(switches: Switchboard) -> ApiError:
    """Reviews and ratings; the text is documented, the status is not."""
    return ApiError(switches.number("missing_entry_status"), f"ERROR ({NO_ENTRY}): Entry does not exist in database", NO_ENTRY)


def system_error() -> ApiError:
    """The object that a user got, word for word."""
    return ApiError(404, "Unknown system error", UNKNOWN_SYSTEM_ERROR, "HTTP 404 Not Found", "platform")
