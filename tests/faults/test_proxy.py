# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies: which one, with which credentials, and what its faults mean."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from faults.support.raw import Proxy, RawServer, reply, says
from faults.support.tasks import Elsewhere, client, each_platform, run
from faults.test_wire import free_port
from integration.support.sandbox import DWP_PASSWORD, KEY, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError, OptionError, OutcomeUnknown
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO

Start = Callable[..., RawServer]


@pytest.fixture
def server(raw_server: Start) -> RawServer:
    return raw_server(says(reply(b"[1]")))


def test_plain_http(server: RawServer) -> None:
    with Proxy(login="robot:pass") as proxy:
        http_client = client(server.url, proxy=proxy.url.replace("//", "//robot:pass@"))
        assert http_client.read("/a") == [1]
        assert proxy.lines == [f"GET {server.url}/a HTTP/1.1"]


def test_without_a_scheme(server: RawServer) -> None:
    with Proxy() as proxy:
        assert client(server.url, proxy=proxy.url.removeprefix("http://")).read("/a") == [1]
        assert len(proxy.calls) == 1


def test_a_wrong_password(server: RawServer) -> None:
    with Proxy(login="robot:pass") as proxy:
        for url in (server.url, "https://desk.example"):
            with pytest.raises(ApiError, match="407") as caught:
                client(url, proxy=proxy.url.replace("//", "//robot:wrong@")).write("PUT", "/a")
            assert caught.value.kind == "ApiError"
            assert "proxy" in str(caught.value.hint)
            assert "wrong" not in str(caught.value)
        assert len(proxy.calls) == 2
    assert not server.calls


def test_a_lost_answer_is_not_a_lost_call(server: RawServer) -> None:
    """The libraries call this "cannot connect to proxy"; the write has reached the server all the same."""
    with Proxy(loses_answers=True) as proxy, pytest.raises(OutcomeUnknown):
        client(server.url, proxy=proxy.url).write("PUT", "/a")
    assert len(server.calls) == 1


def test_a_proxy_that_is_down(server: RawServer) -> None:
    with pytest.raises(ApiError, match=r"no connection .*3 attempts") as caught:
        client(server.url, proxy=f"http://127.0.0.1:{free_port()}").write("PUT", "/a")
    assert caught.value.kind == "ApiError"
    assert not server.calls


def test_a_tunnel_that_fails() -> None:
    """No tunnel, no call: trying again is safe, if it may help."""
    for refusal, calls in (("502 Bad Gateway", 3), ("403 Forbidden", 1)):
        with Proxy(refusal=refusal) as proxy:
            with pytest.raises(ApiError, match=f"the proxy refused .{refusal}") as caught:
                client("https://desk.example", proxy=proxy.url).write("PUT", "/a")
            assert caught.value.kind == "ApiError"
            assert len(proxy.calls) == calls


def test_from_the_environment() -> None:
    with Proxy(refusal="403 Forbidden") as proxy:
        for environ in ({"https_proxy": proxy.url}, {"HTTPS_PROXY": proxy.url}, {"ALL_PROXY": proxy.url}):
            with pytest.raises(ApiError, match="the proxy refused"):
                client("https://desk.example", environ=environ).read("/a")
        assert len(proxy.calls) == 3
        for no_proxy in ("desk.example", ".example", "*"):
            with pytest.raises(ApiError, match="no connection"):
                client("https://desk.example", environ={"https_proxy": proxy.url, "no_proxy": no_proxy}).read("/a")
        assert len(proxy.calls) == 3


def test_the_environment_is_that_of_the_task(monkeypatch: pytest.MonkeyPatch, server: RawServer) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "somewhere.example")
    assert client(server.url).read("/a") == [1]


def test_this_machine_needs_no_proxy(server: RawServer) -> None:
    """The key would reach the proxy in plain text."""
    with Proxy() as proxy:
        assert client(server.url, environ={"http_proxy": proxy.url}).read("/a") == [1]
        assert not proxy.calls


def test_no_plain_text_to_a_proxy_elsewhere(server: RawServer) -> None:
    with pytest.raises(OptionError, match="unencrypted"):
        client(server.url, proxy="http://proxy.example:3128")


@pytest.mark.parametrize("proxy", ["http://", "ftp://robot:pass@proxy.example", "http://proxy.example:port", "http://[::"])
def test_what_is_no_proxy(proxy: str) -> None:
    with pytest.raises(OptionError, match="not the address of a proxy") as caught:
        client("https://desk.example", proxy=proxy)
    assert "pass" not in str(caught.value)


@each_platform
def test_every_platform_asks_its_proxy_and_tells_it_nothing(platform: str) -> None:
    with Proxy(login="robot:pass") as proxy:
        address = proxy.url.replace("//", "//robot:wr0ng+w0rd@")
        result = run(REQUEST_INFO, Elsewhere("https://desk.example"), platform=platform, proxy=address)
        assert result["failed"]
        assert "407" in result["msg"]
        assert "wr0ng" not in str(result)
        assert [line.rpartition(" ")[0] for line in proxy.lines] == ["CONNECT desk.example:443"]
        for secret in (KEY, DWP_PASSWORD, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN):
            assert secret.encode() not in proxy.calls[0]
