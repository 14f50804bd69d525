# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials on their way to the wire, as authentication classes of C(requests). Private to the collection."""

from __future__ import annotations

import threading
from typing import Any

from ._requests import AuthBase
from .refusals import Refusals
from .tokens import TokenSource


class ApiKeyAuth(AuthBase):  # type: ignore[misc, unused-ignore]
    """A fixed key in a header of its own (Admin By Request: C(apikey), fact sheet 1.2), unless it was refused a moment ago."""

    def __init__(self, *, header: str, key: str, refusals: Refusals | None = None) -> None:
        self._header = header
        self._key = key
        self._refusals = refusals

    def __call__(self, request: Any) -> Any:
        if self._refusals is not None:
            self._refusals.check()
        request.headers[self._header] = self._key
        return request

    def __repr__(self) -> str:
        return f"ApiKeyAuth(header={self._header!r})"


class TokenAuth(AuthBase):  # type: ignore[misc, unused-ignore]
    """A token in the C(Authorization) header, obtained when the first call needs it.

    One carrier only: where a server sets a cookie too, it is not sent back (fact sheet on Digital Workplace, 1.3).
    """

    def __init__(self, *, scheme: str, source: TokenSource) -> None:
        self._scheme = scheme
        self._source = source
        self._of_this_thread = threading.local()

    def __call__(self, request: Any) -> Any:
        token = self._source.current().value
        self._of_this_thread.token = token
        request.headers["Authorization"] = f"{self._scheme} {token}"
        return request

    @property
    def carried(self) -> str | None:
        """The token that the last call of this thread took along."""
        return getattr(self._of_this_thread, "token", None)

    def renew(self) -> None:
        """Replace the token that the last call of this thread took along; another thread may have done so already."""
        self._source.renew(self.carried)

    def __repr__(self) -> str:
        return f"TokenAuth(scheme={self._scheme!r})"
