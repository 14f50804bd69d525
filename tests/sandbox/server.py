# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting and stopping: loopback only, optionally with TLS, with a file that says when it is ready."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import socket
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import trustme
import uvicorn

from .app import Sandbox
from .connection import SandboxProtocol

KEEP_ALIVE_SECONDS = 120
SHUTDOWN_SECONDS = 1


class StartError(Exception):
    """The sandbox cannot be started as asked."""


@dataclass(frozen=True)
class Options:
    """How to start."""

    host: str = "127.0.0.1"
    port: int = 0
    ready_file: Path | None = None
    seed: str = "demo"
    tls: bool = False
    parent: int | None = None


class SandboxServer(uvicorn.Server):
    """uvicorn's server that announces itself and ends with exit code 0 on SIGTERM and SIGINT."""

    def __init__(self, config: uvicorn.Config, options: Options, announcement: dict[str, object]) -> None:
        super().__init__(config)
        self.options = options
        self.announcement = announcement

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Like uvicorn's, but without raising the signal again once all is closed."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.options.ready_file:
            _write_atomically(self.options.ready_file, json.dumps(self.announcement))
        else:
            print(json.dumps(self.announcement), flush=True)
        if self.options.parent is not None:
            self._watch = asyncio.get_running_loop().create_task(self._leave_with(self.options.parent))

    async def _leave_with(self, parent: int) -> None:
        is_child = os.getppid() == parent
        while not self.should_exit:
            if (is_child and os.getppid() != parent) or not _alive(parent):
                self.should_exit = True
            await asyncio.sleep(1)


def run(options: Options) -> None:
    """Serve until told to stop."""
    _demand_loopback(options.host)
    sandbox = Sandbox(options.seed)
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
        authority = trustme.CA() if options.tls else None
        ca_path = _write_ca(authority, options.ready_file) if authority else None
        config = uvicorn.Config(
            sandbox,
            http=SandboxProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            ssl_context_factory=(lambda _config, _default: _tls_context(authority)) if authority else None,
        )
        announcement = {
            "url": _url(options, listener.getsockname()[1]),
            "pid": os.getpid(),
            "ca": str(ca_path) if ca_path else None,
        }
        try:
            SandboxServer(config, options, announcement).run(sockets=[listener])
        finally:
            for path in (options.ready_file, ca_path):
                if path is not None:
                    path.unlink(missing_ok=True)


def _demand_loopback(host: str) -> None:
    """There is no authentication on the control API, so nobody else may reach it."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise StartError(f"{host}: the sandbox listens on loopback addresses only")


def _url(options: Options, port: int) -> str:
    host = f"[{options.host}]" if ":" in options.host else options.host
    return f"{'https' if options.tls else 'http'}://{host}:{port}"


def _tls_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1", "::1").configure_cert(context)
    return context


def _write_ca(authority: trustme.CA, ready_file: Path | None) -> Path:
    """The CA's certificate, beside the ready file if there is one."""
    if ready_file:
        path = ready_file.with_name(ready_file.name + ".ca.pem").absolute()
    else:
        handle, name = tempfile.mkstemp(prefix="sandbox-", suffix=".ca.pem")
        os.close(handle)
        path = Path(name)
    path.write_bytes(authority.cert_pem.bytes())
    return path


def _write_atomically(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    draft.write_text(text)
    draft.replace(path)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
