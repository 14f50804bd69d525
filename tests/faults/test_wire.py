# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client against servers with bad manners, on bare sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from faults.support.raw import RawServer, reply, says
from faults.support.tasks import Elsewhere, client, each_platform, run

from ansible_collections.deskops.itsm.plugins.module_utils.transport import faults, http
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    ApiError,
    CheckModeViolation,
    NotFound,
    OptionError,
    OutcomeUnknown,
    RateLimited,
)
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO

Start = Callable[..., RawServer]
DONE = reply(b"{}")


def closes(connection: Any, number: int) -> bool:
    return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


# -- what is sent ---------------------------------------------------------------------------------------------------------


def test_one_connection_serves_all_calls(raw_server: Start) -> None:
    server = raw_server(says(reply(b"[1]"), reply(b"", status="204 No Content"), reply(b'{"a": 2}')))
    http_client = client(f"{server.url}/base/")
    assert http_client.read("/list", params={"take": "5"}) == [1]
    assert http_client.write("PUT", "/it") is None
    assert http_client.read("/it") == {"a": 2}
    assert server.connections == 1
    assert server.lines == ["GET /base/list?take=5 HTTP/1.1", "PUT /base/it HTTP/1.1", "GET /base/it HTTP/1.1"]


def test_ipv6(raw_server: Start) -> None:
    try:
        server = raw_server(says(reply(b"[1]")), host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert client(server.url).read("/") == [1]


def test_nothing_but_reads_in_check_mode(raw_server: Start) -> None:
    server = raw_server(says(reply()))
    http_client = client(server.url, read_only=True)
    http_client.read("/list")
    with pytest.raises(CheckModeViolation):
        http_client.write("PUT", "/it")
    assert server.lines == ["GET /list HTTP/1.1"]


def test_no_cookies(raw_server: Start) -> None:
    server = raw_server(says(reply(headers="Set-Cookie: session=1; Path=/\r\n")))
    http_client = client(server.url)
    http_client.read("/a")
    http_client.read("/b")
    assert b"ookie" not in server.calls[1]


@pytest.mark.parametrize("arguments", [{"headers": {"X-Name": "two\r\nlines"}}, {"headers": {"X-Name": "€"}}])
def test_what_cannot_be_sent(raw_server: Start, arguments: dict[str, Any]) -> None:
    server = raw_server(says(reply()))
    with pytest.raises(ApiError) as caught:
        client(server.url).write("PUT", "/it", **arguments)
    assert caught.value.kind == "ApiError"
    assert not server.calls


# -- no answer ------------------------------------------------------------------------------------------------------------


def test_a_refused_connection_is_tried_again_also_for_writes() -> None:
    started = time.monotonic()
    for call in (lambda c: c.read("/a"), lambda c: c.write("PUT", "/a")):
        with pytest.raises(ApiError, match=r"no connection \(Connection refused\), 3 attempts") as caught:
            call(client(f"http://127.0.0.1:{free_port()}"))
        assert caught.value.kind == "ApiError"
        assert caught.value.hint
    assert time.monotonic() - started < 2


def test_an_unknown_host() -> None:
    with pytest.raises(ApiError, match="no connection") as caught:
        client("https://desk.invalid").write("PUT", "/a")
    assert caught.value.kind == "ApiError"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\n[1]",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n[1]",
        b"something else\r\n\r\n",
        reply(b'{"a": '),
        reply(b"[" * 200_000),
        reply(b'"\xff"'),
    ],
    ids=[
        "nothing",
        "half a head",
        "half a body",
        "no body",
        "two lengths",
        "chunks cut",
        "no chunk",
        "no gzip",
        "no HTTP",
        "half a JSON",
        "deep",
        "no UTF-8",
    ],
)
def test_a_broken_answer(raw_server: Start, answer: bytes) -> None:
    """A read is tried again. A write is not: it may have taken effect."""

    def breaks(connection: Any, number: int) -> bool:
        connection.sendall(answer if number == 0 else reply(b"[7]"))
        return number > 0

    server = raw_server(breaks)
    assert client(server.url).read("/a") == [7]
    assert len(server.calls) == 2
    server = raw_server(breaks)
    with pytest.raises(OutcomeUnknown) as caught:
        client(server.url).write("POST", "/a")
    assert len(server.calls) == 1
    assert "look at the record" in str(caught.value.hint)


def test_an_idle_connection_that_was_closed_is_replaced(raw_server: Start) -> None:
    def once(connection: Any, number: int) -> bool:
        connection.sendall(DONE)
        return False

    server = raw_server(once)
    http_client = client(server.url, retries=0)
    for dummy in range(3):
        http_client.write("PUT", "/a")
        time.sleep(0.05)
    assert len(server.calls) == server.connections == 3


def test_a_kept_connection_that_closes_on_a_write(raw_server: Start) -> None:
    """Whether the server read the call before it closed cannot be known."""

    def second_gets_nothing(connection: Any, number: int) -> bool:
        if number == 0:
            connection.sendall(DONE)
        return number == 0

    server = raw_server(second_gets_nothing)
    http_client = client(server.url)
    http_client.write("PUT", "/a")
    with pytest.raises(OutcomeUnknown):
        http_client.write("PUT", "/b")
    assert len(server.calls) == 2


# -- time -----------------------------------------------------------------------------------------------------------------


def trickles(data: bytes, pause: float = 0.05) -> Callable[[Any, int], bool]:
    def answer(connection: Any, number: int) -> bool:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(pause)
        return True

    return answer


@pytest.mark.parametrize(
    "data",
    [reply(b"[]"), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 100],
    ids=["head", "chunks"],
)
def test_a_trickle_ends_with_the_deadline(raw_server: Start, data: bytes) -> None:
    server = raw_server(trickles(data))
    started = time.monotonic()
    with pytest.raises(ApiError, match="no answer in time"):
        client(server.url, timeout=0.5, deadline=1.0, retries=5).read("/a")
    assert time.monotonic() - started < 1.5
    assert len(server.calls) == 1


def test_a_body_that_trickles_ends_with_the_deadline(raw_server: Start) -> None:
    def answer(connection: Any, number: int) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        return trickles(b" " * 1000)(connection, number)

    server = raw_server(answer)
    started = time.monotonic()
    with pytest.raises(OutcomeUnknown, match="no answer in time"):
        client(server.url, timeout=0.5, deadline=1.0).write("PUT", "/a")
    assert time.monotonic() - started < 1.5


def test_silence_ends_with_the_timeout(raw_server: Start) -> None:
    server = raw_server(lambda connection, number: bool(time.sleep(2)))
    started = time.monotonic()
    with pytest.raises(ApiError, match="no answer in time, 2 attempts"):
        client(server.url, timeout=0.3, retries=1).read("/a")
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("patience", [0.0, 0.3])
@pytest.mark.parametrize(
    ("answer", "is_at_work", "is_late_at_work"),
    [
        (b"", False, True),
        (reply(status="502 Bad Gateway"), False, True),
        (reply(status="503 Service Unavailable"), False, True),
        (reply(status="500 Internal Server Error"), False, False),
        (reply(status="504 Gateway Timeout"), True, True),
        (reply(status="524 A Timeout Occurred"), True, True),
    ],
)
def test_a_line_that_breaks_late_may_hide_work(
    raw_server: Start,
    monkeypatch: pytest.MonkeyPatch,
    patience: float,
    answer: bytes,
    is_at_work: bool,
    is_late_at_work: bool,
) -> None:
    """A server that fails does so by itself; somebody between takes a while to lose patience, and the server may go on."""
    monkeypatch.setattr(faults, "LEAST_PATIENCE", 0.3)

    def loses_patience(connection: Any, number: int) -> bool:
        time.sleep(patience)
        connection.sendall(answer)
        return False

    server = raw_server(loses_patience)
    with pytest.raises(OutcomeUnknown) as caught:
        client(server.url).write("POST", "/it", json={})
    assert len(server.calls) == 1
    assert caught.value.may_still_come is (is_late_at_work if patience else is_at_work)


def test_retry_after_beyond_the_deadline(raw_server: Start) -> None:
    """No use in waiting; and no use in further calls: the next one knows."""
    server = raw_server(says(reply(status="429 Too Many Requests", headers="Retry-After: 90\r\n")))
    http_client = client(server.url, deadline=5.0)
    for dummy in range(3):
        with pytest.raises(RateLimited, match="allows no more calls") as caught:
            http_client.write("PUT", "/a")
        assert "Try again in 90 seconds" in str(caught.value.hint)
    assert len(server.calls) == 1


def test_retry_after_is_waited_for(raw_server: Start) -> None:
    server = raw_server(says(reply(status="503 Busy", headers="Retry-After: 0.4\r\n"), reply(b"[1]")))
    started = time.monotonic()
    assert client(server.url).read("/a") == [1]
    assert 0.4 <= time.monotonic() - started < 1.5


# -- size and kind of the answer ------------------------------------------------------------------------------------------


def test_a_flood_is_stopped(raw_server: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 300_000)
    server = raw_server(says(reply(b" " * 400_000)))
    with pytest.raises(ApiError, match="larger than 300000 bytes") as caught:
        client(server.url).read("/a")
    assert "limit" in str(caught.value.hint)
    assert len(server.calls) == 1


@each_platform
def test_every_platform_stops_a_flood(raw_server: Start, monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """At the login too."""
    monkeypatch.setattr(http, "MAX_BODY", 300_000)
    server = raw_server(says(reply(b" " * 400_000)))
    result = run(REQUEST_INFO, Elsewhere(server.url), platform=platform)
    assert result["failed"]
    assert "larger than 300000 bytes" in result["msg"]
    assert len(server.calls) == 1


def test_an_answer_that_is_not_read_to_its_end_blocks_no_other_call(raw_server: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 300_000)
    server = raw_server(says(reply(b" " * 400_000), reply(b"[1]")))
    http_client = client(server.url, concurrency=1)
    with pytest.raises(ApiError):
        http_client.read("/a")
    answers: list[Any] = []
    other = threading.Thread(target=lambda: answers.append(http_client.read("/b")), daemon=True)
    other.start()
    other.join(10)
    assert answers == [[1]]


def test_a_read_without_a_body_is_no_answer(raw_server: Start) -> None:
    server = raw_server(says(reply(b"")))
    with pytest.raises(ApiError, match="it is empty"):
        client(server.url).read("/a")
    assert len(server.calls) == 3


def test_a_page_is_no_data(raw_server: Start) -> None:
    server = raw_server(says(reply(b"\xef\xbb\xbf <!DOCTYPE html><html></html>")))
    with pytest.raises(ApiError, match="web page instead of data"):
        client(server.url).read("/a")
    with pytest.raises(OutcomeUnknown, match="web page instead of data"):
        client(server.url).write("PUT", "/a")
    assert len(server.calls) == 2


def test_data_that_is_called_a_page(raw_server: Start) -> None:
    server = raw_server(says(reply(b"[1]").replace(b"application/json", b"text/html")))
    assert client(server.url).read("/a") == [1]


# -- redirects ------------------------------------------------------------------------------------------------------------


def test_a_redirect_at_home_is_followed(raw_server: Start) -> None:
    server = raw_server(says(reply(b"", status="302 Found", headers="Location: /b?x=1\r\n"), reply(b"[1]")))
    assert client(server.url).read("/a", params={"take": "5"}) == [1]
    assert server.lines[1] == "GET /b?x=1 HTTP/1.1"
    assert b"apikey" in server.calls[1]


def test_circles(raw_server: Start) -> None:
    server = raw_server(says(reply(b"", status="302 Found", headers="Location: /a\r\n")))
    with pytest.raises(ApiError, match="in circles"):
        client(server.url).read("/a")
    assert len(server.calls) == 1 + http.MAX_REDIRECTS


@pytest.mark.parametrize(
    "location",
    [
        "{other}/a",
        "//127.0.0.1:{port}/a",
        # What some take for a user name and others for a path.
        "{other}\\@127.0.0.1:{own_port}/a",
        "http://user:password@127.0.0.1:{port}/a",
        "http://[::",
        "ftp://127.0.0.1/",
        "\xe9\xff://a",
    ],
)
def test_no_redirect_to_anyone_else(raw_server: Start, location: str) -> None:
    other = raw_server(says(reply(b"[1]")))
    target = ""

    def redirects(connection: Any, number: int) -> bool:
        head = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {target}\r\n\r\n"
        connection.sendall(head.encode("latin-1"))
        return True

    server = raw_server(redirects)
    target = location.format(other=other.url, port=other.port, own_port=server.port)
    with pytest.raises(ApiError) as caught:
        client(server.url).read("/a")
    assert caught.value.hint
    assert "password" not in str(caught.value)
    assert not other.calls


@pytest.mark.parametrize(("status", "kind"), [(301, ApiError), (302, OutcomeUnknown), (303, OutcomeUnknown), (307, ApiError)])
def test_a_write_is_never_redirected(raw_server: Start, status: int, kind: type[ApiError]) -> None:
    server = raw_server(says(reply(b"", status=f"{status} Elsewhere", headers="Location: /b\r\n")))
    with pytest.raises(ApiError, match="was redirected to /b") as caught:
        client(server.url).write("PUT", "/a")
    assert caught.type is kind
    assert len(server.calls) == 1


# -- what must not be sent in the clear -----------------------------------------------------------------------------------


def test_plain_http_needs_permission() -> None:
    with pytest.raises(OptionError, match="unencrypted"):
        client("http://desk.example")
    client("http://desk.example", allow_http=True)


def test_not_found_says_where_to_look(raw_server: Start) -> None:
    server = raw_server(says(reply(b'{"Message": "No such request"}', status="404 Not Found")))
    with pytest.raises(NotFound, match="HTTP 404: No such request") as caught:
        client(server.url).read("/a")
    assert "Check the id" in str(caught.value.hint)
