# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that do exactly what a test wants on a socket, right or wrong."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

# What to do with a call: gets the connection and the number of the call, from 0; true keeps the connection open.
Manners = Callable[[Any, int], "bool | None"]


def reply(body: bytes = b"[]", *, status: str = "200 OK", headers: str = "", length: int | None = None) -> bytes:
    """An answer as bytes."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n{headers}\r\n"
    return head.encode() + body


def says(*answers: bytes) -> Manners:
    """Answer the calls in turn, the last answer again and again; then wait for the next call."""

    def answer(connection: Any, number: int) -> bool:
        connection.sendall(answers[min(number, len(answers) - 1)])
        return True

    return answer


class RawServer:
    """A server on loopback. Each connection has its thread; calls are counted over all of them."""

    def __init__(self, manners: Manners, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.manners = manners
        self.calls: list[bytes] = []
        self.connections = 0
        self._tls = tls
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    def __enter__(self) -> RawServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for open_socket in [self._listener, *self._open]:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()

    @property
    def lines(self) -> list[str]:
        """The first line of each call."""
        return [call.split(b"\r\n", 1)[0].decode() for call in self.calls]

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as connection:
                self.connections += 1
                while call := read_call(connection):
                    with self._lock:
                        number = len(self.calls)
                        self.calls.append(call)
                    if not self.manners(connection, number):
                        return
        except OSError:
            pass


def read_call(connection: Any) -> bytes:
    """The head of a call, and its body if it announces one."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    return data


class Proxy(RawServer):
    """A proxy that forwards plain http and tunnels https; C(login) is user:password.

    With C(loses_answers) it passes a call on and then breaks the connection.
    """

    def __init__(self, *, login: str | None = None, loses_answers: bool = False, refusal: str | None = None) -> None:
        super().__init__(self._pass_on)
        self._credential = base64.b64encode(login.encode()).decode() if login else None
        self._loses_answers = loses_answers
        self._refusal = refusal

    def _pass_on(self, connection: Any, number: int) -> bool:
        call = self.calls[number]
        if self._credential and f"Basic {self._credential}".encode() not in call:
            connection.sendall(reply(b"{}", status="407 Proxy Authentication Required"))
            return False
        if self._refusal:
            connection.sendall(reply(b"{}", status=self._refusal))
            return False
        method, target = call.decode("latin-1").split(" ")[:2]
        authority = target if method == "CONNECT" else target.split("/")[2]
        host, _colon, port = authority.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as server:
            if method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                to_server = threading.Thread(target=_pump, args=(connection, server), daemon=True)
                to_server.start()
                _pump(server, connection)
                return False
            server.sendall(call)
            answer = server.recv(1 << 20)
            if self._loses_answers:
                return False
            connection.sendall(answer)
        return True


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
