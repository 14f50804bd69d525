# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import OptionError
from ansible_collections.deskops.itsm.plugins.module_utils.transport.settings import (
    HttpSettings,
    checked_url,
    is_loopback,
    origin_of,
    resolved,
)


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        ("https://desk.example", "https://desk.example"),
        (" https://desk.example/ ", "https://desk.example"),
        ("https://desk.example:8443/base/path/", "https://desk.example:8443/base/path"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost/abr", "http://localhost/abr"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_checked_url(url: str, checked: str) -> None:
    assert checked_url(url, allow_http=False) == checked


@pytest.mark.parametrize(
    "url",
    [
        "",
        "desk.example",
        "ftp://desk.example",
        "https://",
        "https://desk.example:port",
        "https://desk.example:99999",
        "https://[::1",
        "https://user:pass@desk.example",
        "https://desk.example?x=1",
        "https://desk.example/#top",
        "http://desk.example",
        "http://127.0.0.1.desk.example",
        "http://localhost.desk.example",
        "http://[2001:db8::1]",
    ],
)
def test_refused_url(url: str) -> None:
    with pytest.raises(OptionError, match=r"^url: ") as caught:
        checked_url(url, allow_http=False)
    assert caught.value.hint
    assert "pass" not in caught.value.message.replace("password", "")


def test_plain_http_with_permission() -> None:
    assert checked_url("http://desk.example", allow_http=True) == "http://desk.example"


@pytest.mark.parametrize(
    ("host", "is_local"),
    [("localhost", True), ("LOCALHOST", True), ("127.8.9.1", True), ("::1", True), ("10.0.0.1", False), ("local", False)],
)
def test_is_loopback(host: str, is_local: bool) -> None:
    assert is_loopback(host) is is_local


def test_origin() -> None:
    assert origin_of("https://Desk.Example/a?b") == ("https", "desk.example", 443) == origin_of("https://desk.example:443")
    assert origin_of("http://desk.example") == ("http", "desk.example", 80)
    assert origin_of("https://[::1]:8443/") == ("https", "::1", 8443)


def proxy_of(url: str, proxy: str | None = None, allow_http: bool = False, **environ: str) -> str | None:
    return resolved(HttpSettings(url=url, proxy=proxy, allow_http=allow_http), environ).proxy


def test_proxy_of_the_environment() -> None:
    both = {"https_proxy": "http://a:1", "HTTP_PROXY": "b:2"}
    assert proxy_of("https://desk.example", **both) == "http://a:1"
    assert proxy_of("http://desk.example", allow_http=True, **both) == "http://b:2"
    assert proxy_of("https://desk.example", all_proxy="socks5h://c:3") == "socks5h://c:3"
    assert proxy_of("https://desk.example", https_proxy="") is None
    assert proxy_of("https://desk.example") is None


@pytest.mark.parametrize("no_proxy", ["desk.example", "other.example, .example", "*"])
def test_no_proxy(no_proxy: str) -> None:
    assert proxy_of("https://desk.example", https_proxy="http://a:1", no_proxy=no_proxy) is None
    assert proxy_of("https://desk.example", https_proxy="http://a:1", NO_PROXY=no_proxy) is None


def test_no_proxy_with_a_network() -> None:
    environ = {"https_proxy": "http://a:1", "no_proxy": "10.0.0.0/8"}
    assert proxy_of("https://10.1.2.3", **environ) is None
    assert proxy_of("https://11.1.2.3", **environ) == "http://a:1"


def test_an_explicit_proxy_wins() -> None:
    environ = {"https_proxy": "http://a:1", "no_proxy": "*"}
    assert proxy_of("https://desk.example", "http://b:2", **environ) == "http://b:2"


def test_loopback_needs_no_proxy() -> None:
    assert proxy_of("http://127.0.0.1:8080", http_proxy="http://a:1") is None
    assert proxy_of("https://localhost", all_proxy="http://a:1") is None


def test_credentials_in_the_clear_to_a_proxy() -> None:
    with pytest.raises(OptionError, match="unencrypted"):
        proxy_of("http://127.0.0.1", "http://proxy.example:3128")
    assert proxy_of("http://127.0.0.1", "http://127.0.0.1:3128") == "http://127.0.0.1:3128"
    assert proxy_of("http://127.0.0.1", "http://proxy.example", allow_http=True) == "http://proxy.example"


def test_ca_path(tmp_path: pathlib.Path) -> None:
    mine, theirs = tmp_path / "mine.pem", tmp_path / "theirs.pem"
    mine.touch()
    theirs.touch()

    def verify(url: str = "https://desk.example", environ: dict[str, str] | None = None, **options: object) -> object:
        return resolved(HttpSettings(url=url, **options), environ or {}).verify  # type: ignore[arg-type]

    assert verify() is True
    assert verify(environ={"CURL_CA_BUNDLE": str(theirs)}) == str(theirs)
    assert verify(environ={"REQUESTS_CA_BUNDLE": str(theirs)}, ca_path=str(mine)) == str(mine)
    assert verify(environ={"REQUESTS_CA_BUNDLE": str(theirs)}, validate_certs=False) is False
    assert verify("http://localhost", environ={"REQUESTS_CA_BUNDLE": "/missing"}) is True
    with pytest.raises(OptionError, match="ca_path: /missing does not exist"):
        verify(environ={"REQUESTS_CA_BUNDLE": "/missing"})
