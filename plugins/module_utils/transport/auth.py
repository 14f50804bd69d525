# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials on their way to the wire, as authentication classes of C(requests). Private to the collection."""

from __future__ import annotations

from typing import Any

from ._requests import AuthBase


class ApiKeyAuth(AuthBase):  # type: ignore[misc, unused-ignore]
    """A fixed key in a header of its own (Admin By Request: C(apikey), fact sheet 1.2)."""

    def __init__(self, *, header: str, key: str) -> None:
        self._header = header
        self._key = key

    def __call__(self, request: Any) -> Any:
        request.headers[self._header] = self._key
        return request

    def __repr__(self) -> str:
        return f"ApiKeyAuth(header={self._header!r})"
