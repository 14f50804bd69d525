# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.adapter import Adapter, _Bounded


def test_time_is_up() -> None:
    mine, theirs = socket.socketpair()
    with mine, theirs:
        theirs.sendall(b"abc")
        left = iter([5.0, 0.0])
        receiver = _Bounded(socket.SocketIO(mine, "r"), mine, lambda: next(left))
        assert receiver.read(3) == b"abc"
        assert mine.gettimeout() == 5.0
        with pytest.raises(TimeoutError):
            receiver.read(1)


def test_the_shorter_time_counts() -> None:
    mine, theirs = socket.socketpair()
    with mine, theirs:
        mine.settimeout(2.0)
        theirs.sendall(b"abc")
        receiver = _Bounded(socket.SocketIO(mine, "r"), mine, lambda: 100.0)
        assert receiver.read(3) == b"abc"
        assert mine.gettimeout() == 2.0
        assert not receiver.at_end
        theirs.close()
        assert receiver.read(3) == b""
        assert receiver.at_end


def test_every_connection_is_bounded() -> None:
    """Also those to and through a proxy."""
    adapter = Adapter()
    managers = [adapter.poolmanager, *map(adapter.proxy_manager_for, ("http://proxy.example:1", "https://proxy.example:1"))]
    for manager in managers:
        for url in ("http://desk.example", "https://desk.example"):
            connection = manager.connection_from_url(url).ConnectionCls
            assert connection.response_class.__module__.endswith(".transport.adapter")
