# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A listener in front of a server that goes away in the middle of a task, as a host does that is switched off."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from types import TracebackType
from urllib.parse import urlsplit


class Relay:
    """Passes calls on until one comes whose first line fits C(until): then listener and connections are gone.

    With C(swallows) that call is still passed on, and its answer is not.
    """

    def __init__(self, url: str, *, until: str, swallows: bool = False) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or 80)
        self._until = re.compile(until.encode())
        self._swallows = swallows
        self._is_over = False
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}{parts.path}"

    def __enter__(self) -> Relay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._go()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.create_connection(self._server, timeout=10)
                with self._lock:
                    self._open += [client, server]
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(65536):
                self._is_over = self._is_over or self._until.match(piece) is not None
                if self._is_over and not self._swallows:
                    self._go()
                    return
                server.sendall(piece)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(65536):
                if self._is_over:
                    self._go()
                    return
                client.sendall(piece)

    def _go(self) -> None:
        with self._lock:
            for one in [self._listener, *self._open]:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
