# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP connections as the sandbox sees them: numbered, and to be broken on purpose."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import struct
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SCOPE_KEY = "sandbox.connection"
_NUMBERS = itertools.count(1)
_LINGER_OFF = struct.pack("ii", 1, 0)


class Connection:
    """One TCP connection; ``number`` tells two of them apart in the call log."""

    __slots__ = ("number", "transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.number = next(_NUMBERS)
        self.transport = transport

    def close(self) -> None:
        """Close after what was written has gone out."""
        self.transport.close()

    def drop(self) -> None:
        """Close at once, without a reply (the peer sees an ordinary end of stream)."""
        self.transport.abort()

    def reset(self) -> None:
        """Close at once with a TCP RST."""
        raw = self.transport.get_extra_info("socket")
        duplicate = socket.socket(fileno=os.dup(raw.fileno()))
        with duplicate:
            duplicate.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_OFF)
        self.transport.abort()


class SandboxProtocol(HttpToolsProtocol):
    """uvicorn's protocol, handing the connection to the application in the ASGI scope."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.sandbox_connection = Connection(transport)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope = cast("dict[str, Any]", self.scope)
        scope[SCOPE_KEY] = self.sandbox_connection
