# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates: trusted, and not."""

from __future__ import annotations

import datetime
import pathlib
import ssl
import warnings
from collections.abc import Callable

import pytest
import trustme
from faults.support.raw import Proxy, RawServer, reply, says
from faults.support.tasks import Elsewhere, client, each_platform, run
from integration.support.sandbox import KEY, Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError, OptionError, OutcomeUnknown
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO

Start = Callable[..., RawServer]
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_path(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def server(authority: trustme.CA, raw_server: Start) -> RawServer:
    return raw_server(says(reply(b"[1]")), tls=context_of(authority.issue_cert("127.0.0.1", "localhost")))


def test_a_ca_of_ones_own(server: RawServer, ca_path: str) -> None:
    http_client = client(server.url, ca_path=ca_path)
    assert http_client.read("/a") == [1]
    assert http_client.read("/a") == [1]
    assert server.connections == 1
    assert client(server.url, environ={"REQUESTS_CA_BUNDLE": ca_path}).read("/a") == [1]


def test_an_unknown_ca(server: RawServer) -> None:
    for call in (lambda c: c.read("/a"), lambda c: c.write("PUT", "/a")):
        with pytest.raises(ApiError, match=r"certificate was refused .*(self-signed|unable to get local issuer)") as caught:
            call(client(server.url))
        assert caught.value.kind == "ApiError"
        assert "attempts" not in caught.value.message
        assert "ca_path" in str(caught.value.hint)
    assert not server.calls


def test_another_host(authority: trustme.CA, raw_server: Start, ca_path: str) -> None:
    server = raw_server(says(reply()), tls=context_of(authority.issue_cert("elsewhere.example")))
    with pytest.raises(ApiError, match=r"certificate was refused .*127\.0\.0\.1") as caught:
        client(server.url, ca_path=ca_path).write("PUT", "/a")
    assert caught.value.kind == "ApiError"
    assert not server.calls


def test_an_expired_certificate(authority: trustme.CA, raw_server: Start, ca_path: str) -> None:
    certificate = authority.issue_cert("127.0.0.1", not_after=LONG_AGO, not_before=LONG_AGO - datetime.timedelta(days=9))
    server = raw_server(says(reply()), tls=context_of(certificate))
    with pytest.raises(ApiError, match="certificate has expired"):
        client(server.url, ca_path=ca_path).read("/a")
    assert not server.calls


def test_no_validation_and_no_noise(server: RawServer) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert client(server.url, validate_certs=False).read("/a") == [1]


def test_https_where_there_is_none(sandbox: Sandbox) -> None:
    with pytest.raises(ApiError, match="no secure connection") as caught:
        client(sandbox.url.replace("http:", "https:")).write("PUT", "/a")
    assert caught.value.kind == "ApiError"
    assert "attempts" not in caught.value.message


def test_a_connection_that_breaks_after_a_write(authority: trustme.CA, raw_server: Start, ca_path: str) -> None:
    """Whatever TLS says of it: the write was sent."""
    server = raw_server(lambda connection, number: False, tls=context_of(authority.issue_cert("127.0.0.1")))
    with pytest.raises(OutcomeUnknown):
        client(server.url, ca_path=ca_path).write("PUT", "/a")
    assert len(server.calls) == 1


def test_a_certificate_that_the_server_demands_after_a_write(
    authority: trustme.CA, raw_server: Start, ca_path: str
) -> None:
    """With TLS 1.3 the refusal comes when the call is on its way already."""
    context = context_of(authority.issue_cert("127.0.0.1"))
    context.verify_mode = ssl.CERT_REQUIRED
    server = raw_server(says(reply()), tls=context)
    with pytest.raises(OutcomeUnknown):
        client(server.url, ca_path=ca_path).write("PUT", "/a")


def test_a_ca_that_is_not_there(server: RawServer, tmp_path: pathlib.Path) -> None:
    with pytest.raises(OptionError, match=r"ca_path: .* does not exist"):
        client(server.url, ca_path=str(tmp_path / "missing.pem"))
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate")
    with pytest.raises(ApiError) as caught:
        client(server.url, ca_path=str(empty)).write("PUT", "/a")
    assert caught.value.kind == "ApiError"
    assert "ca_path" in str(caught.value.hint)


def test_through_a_proxy(server: RawServer, ca_path: str) -> None:
    """The proxy sees where the call goes, and nothing else."""
    with Proxy(login="robot:p@ss") as proxy:
        address = proxy.url.replace("//", "//robot:p%40ss@")
        http_client = client(server.url, ca_path=ca_path, proxy=address)
        assert http_client.read("/secret") == [1]
        assert http_client.read("/secret") == [1]
        assert [line.rpartition(" ")[0] for line in proxy.lines] == [f"CONNECT 127.0.0.1:{server.port}"]
        assert KEY.encode() not in proxy.calls[0]
        assert b"Proxy-Authorization" not in server.calls[0]


def test_an_unknown_ca_behind_a_proxy(server: RawServer) -> None:
    with Proxy() as proxy, pytest.raises(ApiError, match="certificate was refused"):
        client(server.url, proxy=proxy.url).read("/a")


@each_platform
@pytest.mark.parametrize("fault", ["unknown CA", "another host", "expired"])
def test_no_credentials_to_a_stranger(
    authority: trustme.CA, raw_server: Start, ca_path: str, platform: str, fault: str
) -> None:
    """On all platforms certificates are checked unless somebody says otherwise, before a login too."""
    host = "elsewhere.example" if fault == "another host" else "127.0.0.1"
    until = {"not_after": LONG_AGO, "not_before": LONG_AGO - datetime.timedelta(days=9)} if fault == "expired" else {}
    server = raw_server(says(reply()), tls=context_of(authority.issue_cert(host, **until)))
    trusted = {} if fault == "unknown CA" else {"ca_path": ca_path}
    result = run(REQUEST_INFO, Elsewhere(server.url), platform=platform, **trusted)
    assert result["failed"]
    assert "certificate" in result["msg"]
    assert not server.calls


@each_platform
def test_no_credentials_behind_a_redirect(raw_server: Start, platform: str) -> None:
    other = raw_server(says(reply()))
    server = raw_server(says(reply(b"", status="307 Moved", headers=f"Location: {other.url}/\r\n")))
    result = run(REQUEST_INFO, Elsewhere(server.url), platform=platform)
    assert result["failed"]
    assert server.calls
    assert not other.calls


@each_platform
def test_no_credentials_in_the_clear(platform: str) -> None:
    result = run(REQUEST_INFO, Elsewhere("http://desk.example"), platform=platform)
    assert result["failed"]
    assert "unencrypted" in result["msg"]
