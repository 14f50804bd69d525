# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of fault as a client meets it."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from .conftest import PENDING, Client

OPEN, WAITING = 0, 4


def approve(desk: Client, **more: Any) -> requests.Response:
    return desk.call("PUT", f"/requests/{PENDING}", **more)


def last_call(desk: Client) -> dict[str, Any]:
    return desk.calls()[-1]


@pytest.mark.parametrize(("when", "code"), [("before", WAITING), ("after", OPEN)])
@pytest.mark.parametrize("kind", ["drop", "reset"])
def test_broken_connections(desk: Client, kind: str, when: str, code: int) -> None:
    desk.fault(kind, method="PUT", when=when, times=1)
    with pytest.raises(requests.ConnectionError) as caught:
        approve(desk)
    assert ("reset by peer" in str(caught.value)) == (kind == "reset")
    call = last_call(desk)
    assert (call["status"], call["fault"], call["committed"]) == (None, kind, when == "after")
    assert call["route"] == "/abr/requests/{id}"
    assert desk.one()["statusCode"] == code


@pytest.mark.parametrize(("when", "code"), [("before", WAITING), ("after", OPEN)])
def test_status(desk: Client, when: str, code: int) -> None:
    desk.fault("status", method="PUT", status=502, body={"Message": "tired"}, headers={"X-Test": "1"}, when=when, times=1)
    reply = approve(desk)
    assert (reply.status_code, reply.json(), reply.headers["X-Test"]) == (502, {"Message": "tired"}, "1")
    assert desk.one()["statusCode"] == code


def test_status_with_text(desk: Client) -> None:
    desk.fault("status", status=504, body="gateway", content_type="text/css")
    reply = desk.get("/requests")
    assert (reply.status_code, reply.text, reply.headers["Content-Type"]) == (504, "gateway", "text/css")


def test_rate_limit(desk: Client) -> None:
    desk.fault("rate_limit", times=1)
    desk.fault("rate_limit", times=1, retry_after=7)
    desk.fault("rate_limit", times=1, retry_after="http-date", seconds=60)
    replies = [desk.get("/whoami") for dummy in range(4)]
    assert [reply.status_code for reply in replies] == [429, 429, 429, 200]
    assert "Retry-After" not in replies[0].headers
    assert replies[1].headers["Retry-After"] == "7"
    assert 50 < parsedate_to_datetime(replies[2].headers["Retry-After"]).timestamp() - time.time() < 61


def test_latency(desk: Client) -> None:
    desk.fault("latency", ms=80)
    desk.fault("status", status=500, times=1)
    start = time.monotonic()
    assert desk.get("/whoami").status_code == 500
    assert time.monotonic() - start >= 0.08
    assert last_call(desk)["fault"] == "latency+status"


def test_latency_after_the_work(desk: Client) -> None:
    desk.fault("latency", ms=2000, method="PUT", when="after", times=1)
    with pytest.raises(requests.ReadTimeout):
        approve(desk, timeout=0.1)
    assert desk.one()["statusCode"] == OPEN


@pytest.mark.parametrize("after_bytes", [None, 0, 10])
def test_cut(desk: Client, after_bytes: int | None) -> None:
    desk.fault("cut", times=1, **({} if after_bytes is None else {"after_bytes": after_bytes}))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        desk.get("/requests")


def test_cut_of_an_empty_reply(desk: Client) -> None:
    desk.fault("cut", method="PUT", times=1)
    with pytest.raises(requests.ConnectionError):
        approve(desk)
    assert desk.one()["statusCode"] == OPEN


def test_truncated_json(desk: Client) -> None:
    desk.fault("truncated_json", times=1)
    reply = desk.get("/requests")
    assert reply.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        reply.json()
    assert len(reply.content) == int(reply.headers["Content-Length"])


def test_html_and_empty(desk: Client) -> None:
    desk.fault("html", times=1)
    desk.fault("empty", times=1)
    page, nothing = desk.get("/requests"), desk.get("/requests")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<html>" in page.text
    assert (nothing.status_code, nothing.content) == (200, b"")


def test_wrong_content_type(desk: Client) -> None:
    desk.fault("wrong_content_type")
    reply = desk.get("/whoami")
    assert reply.headers["Content-Type"] == "text/html"
    assert reply.json()["tenantName"] == "Northwind"


def test_slow_headers_defeat_a_read_timeout(desk: Client) -> None:
    desk.fault("slow_headers", seconds=0.4)
    start = time.monotonic()
    assert desk.get("/whoami", timeout=0.3).json()["tenantName"] == "Northwind"
    assert time.monotonic() - start > 0.3


def test_slow_body(desk: Client) -> None:
    whole = desk.get("/whoami").content
    desk.fault("slow_body", seconds=0.05, bytes=len(whole) // 4 + 1)
    start = time.monotonic()
    assert desk.get("/whoami").content == whole
    assert time.monotonic() - start >= 0.15


def test_auth(desk: Client) -> None:
    desk.fault("auth", times=1)
    reply = desk.get("/whoami")
    assert (reply.status_code, reply.json()) == (500, {"Message": "Invalid API key"})


def test_redirect(desk: Client) -> None:
    desk.fault("redirect", status=307, location="https://elsewhere.example/")
    reply = desk.get("/whoami")
    assert (reply.status_code, reply.headers["Location"]) == (307, "https://elsewhere.example/")


def test_huge(desk: Client) -> None:
    desk.fault("huge", bytes=3_000_000)
    reply = desk.get("/whoami")
    assert len(reply.content) == 3_000_000
    assert isinstance(reply.json(), str)


@pytest.mark.parametrize("when", ["before", "after"])
def test_clock_jump(desk: Client, when: str) -> None:
    """Before the call is answered, or once it is."""
    desk.control("POST", "/clock", {"now": "2026-06-01T12:00:00Z"})
    desk.fault("clock_jump", method="PUT", seconds=7200, when=when, times=1)
    assert approve(desk).ok
    assert desk.one()["statusCode"] == OPEN
    assert desk.control("GET", "/health")["now"].startswith("2026-06-01T14:00")
    assert (last_call(desk)["fault"], desk.calls(method="PUT")[0]["fault"]) == (None, "clock_jump")
    times = [call["at"][:13] for call in desk.calls()]
    assert times == ["2026-06-01T12", "2026-06-01T14"]


def test_skip_times_and_count(desk: Client) -> None:
    desk.fault("status", skip=1, times=2, method="GET", path="/requests/[0-9]+$")
    assert [desk.get(f"/requests/{PENDING}").status_code for dummy in range(4)] == [200, 503, 503, 200]
    assert desk.get("/requests").status_code == 200
    fault = desk.control("GET", "/faults")[0]
    assert fault["fired"] == 2
    desk.control("DELETE", "/faults")
    assert desk.control("GET", "/faults") == []


def test_probability_is_repeatable(desk: Client) -> None:
    def statuses() -> list[int]:
        desk.control("DELETE", "/faults")
        desk.fault("status", probability=0.5, seed=3)
        return [desk.get("/whoami").status_code for dummy in range(20)]

    first = statuses()
    assert set(first) == {200, 503}
    assert statuses() == first


def test_platform(desk: Client) -> None:
    desk.fault("status", platform="abr2", status=418)
    assert desk.get("/whoami").status_code == 200
    assert desk.get("/whoami", prefix="/abr2").status_code == 418


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "nonsense"},
        {"kind": "drop", "ms": 1},
        {"kind": "cut", "when": "before"},
        {"kind": "drop", "path": "("},
        {"kind": "drop", "surprise": 1},
        {"kind": "drop", "times": 0},
    ],
)
def test_senseless_orders_are_refused(desk: Client, order: dict[str, Any]) -> None:
    reply = desk.session.post(f"{desk.url}/_sandbox/faults", json=order, timeout=5)
    assert reply.status_code == 422
    assert desk.control("GET", "/faults") == []


def test_the_connection_lives_on_after_a_status(desk: Client) -> None:
    desk.fault("status", times=1)
    for dummy in range(3):
        desk.get("/whoami")
    assert desk.control("GET", "/calls/summary")["connections"] == 1
