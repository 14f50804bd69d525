# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts server: tokens, their errors inside a good status, and every limit."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from .conftest import CLIENT_ID, CLIENT_SECRET, READ_TOKEN, REFRESH_TOKEN, SdpClient

_TOKEN = re.compile(r"1000\.[0-9a-f]{32}\.[0-9a-f]{32}")
_WEB = {"client_id": "1000.SANDBOXWEBCLIENT00000000000000", "client_secret": CLIENT_SECRET[::-1]}
_CALLBACK = "https://automation.northwind.example/callback"
_MINUTES = 60


def code(sdp: SdpClient, **order: Any) -> str:
    found: str = sdp.control("POST", "/sdp/codes", order)["code"]
    return found


def exchange(sdp: SdpClient, given: str, **form: str) -> dict[str, Any]:
    reply = sdp.accounts(grant_type="authorization_code", code=given, **form)
    assert reply.status_code == 200
    found: dict[str, Any] = reply.json()
    return found


def works(sdp: SdpClient, token: str) -> bool:
    return sdp.call("GET", "/requests", headers={"Authorization": f"Zoho-oauthtoken {token}"}).status_code == 200


def test_refresh(sdp: SdpClient) -> None:
    reply = sdp.refresh()
    answer = reply.json()
    assert (reply.status_code, answer["token_type"], answer["expires_in"]) == (200, "Bearer", 3600)
    assert answer["api_domain"] == "https://www.zohoapis.com"
    assert "SDPOnDemand.requests.ALL" in answer["scope"].split(" ")
    assert "refresh_token" not in answer
    assert _TOKEN.fullmatch(answer["access_token"])
    assert works(sdp, answer["access_token"])
    assert sdp.control("GET", "/calls")[0]["committed"]


def test_code_of_a_self_client(sdp: SdpClient) -> None:
    given = code(sdp, scopes=["SDPOnDemand.requests.READ", "SDPOnDemand.setup.READ"])
    answer = exchange(sdp, given)
    assert answer["scope"] == "SDPOnDemand.requests.READ SDPOnDemand.setup.READ"
    assert works(sdp, answer["access_token"])
    assert "access_token" in sdp.refresh(answer["refresh_token"]).json()
    assert exchange(sdp, given) == {"error": "invalid_code"}


def test_code_without_offline_access(sdp: SdpClient) -> None:
    assert "refresh_token" not in exchange(sdp, code(sdp, offline=False))


def test_a_code_lives_for_a_minute(sdp: SdpClient) -> None:
    short, long = code(sdp), code(sdp, seconds=600)
    sdp.later(61)
    assert exchange(sdp, short) == {"error": "invalid_code"}
    assert "access_token" in exchange(sdp, long)


def test_authorization_of_a_server_based_client(sdp: SdpClient) -> None:
    query = {
        "response_type": "code",
        "client_id": _WEB["client_id"],
        "scope": "SDPOnDemand.requests.ALL",
        "redirect_uri": _CALLBACK,
        "access_type": "offline",
    }

    def authorize(**changed: str) -> Any:
        url = f"{sdp.url}/sdp/accounts/oauth/v2/auth"
        return sdp.session.get(url, params={**query, **changed}, allow_redirects=False, timeout=5)

    back = parse_qs(urlsplit(authorize().headers["Location"]).query)
    assert back["accounts-server"] == [f"{sdp.url}/sdp/accounts"]
    assert exchange(sdp, back["code"][0], **_WEB, redirect_uri="https://elsewhere.example") == {"error": "invalid_redirect_uri"}
    assert "refresh_token" in exchange(sdp, back["code"][0], **_WEB, redirect_uri=_CALLBACK)
    assert authorize(scope="SDPOnDemand.everything.ALL").headers["Location"] == f"{_CALLBACK}?error=invalid_scope"
    assert authorize(client_id=CLIENT_ID).status_code == 400
    sdp.switch(consent="refused")
    assert authorize().headers["Location"] == f"{_CALLBACK}?error=access_denied"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_id": "1000.NOBODY"}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client_secret"),
        ({"refresh_token": "1000.none.none"}, "invalid_code"),
        (_WEB, "invalid_code"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "SDPOnDemand.nothing.ALL"}, "invalid_scope"),
    ],
)
def test_errors_come_with_a_good_status(sdp: SdpClient, form: dict[str, str], error: str) -> None:
    reply = sdp.accounts(**{"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN, **form})
    assert (reply.status_code, reply.json()) == (200, {"error": error})
    assert not sdp.last_call()["committed"]
    sdp.switch(token_error_status=400)
    assert sdp.accounts(**{"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN, **form}).status_code == 400


def test_parameters_belong_into_the_body(sdp: SdpClient) -> None:
    given = {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    url = f"{sdp.url}/sdp/accounts/oauth/v2/token"
    assert sdp.session.post(url, params=given, timeout=5).json() == {"error": "invalid_client"}
    assert sdp.session.post(url, json=given, timeout=5).json() == {"error": "invalid_client"}
    sdp.switch(token_parameters="either")
    assert "access_token" in sdp.session.post(url, params=given, timeout=5).json()
    assert "access_token" in sdp.session.post(url, data=given, timeout=5).json()
    assert sdp.session.get(url, params=given, timeout=5).status_code == 405


def test_the_eleventh_token_in_ten_minutes_is_refused(sdp: SdpClient) -> None:
    for dummy in range(10):
        assert sdp.refresh().status_code == 200
    reply = sdp.refresh()
    assert reply.status_code == 400
    assert reply.json() == {
        "error_description": "You have made too many requests continuously. Please try again after some time.",
        "error": "Access Denied",
        "status": "failure",
    }
    assert sdp.refresh(READ_TOKEN).status_code == 200
    sdp.switch(throttle_status=200, throttle_language="de")
    sdp.later(9 * _MINUTES)
    reply = sdp.refresh()
    assert (reply.status_code, reply.json()["error"]) == (200, "Access Denied")
    assert reply.json()["error_description"].startswith("Sie haben zu viele")
    sdp.later(1 * _MINUTES)
    assert "access_token" in sdp.refresh().json()
    counts = sdp.control("GET", "/sdp/tokens")
    assert (counts["logins"], counts["refreshes"], counts["throttled"]) == (12, 12, 2)


def test_a_block_may_last_until_there_is_silence(sdp: SdpClient) -> None:
    sdp.switch(throttle_recovery="inactivity", tokens_per_window=1, throttle_status=429)
    sdp.refresh()
    for dummy in range(3):
        assert sdp.refresh().status_code == 429
        sdp.later(9 * _MINUTES)
    sdp.later(1 * _MINUTES)
    assert sdp.refresh().status_code == 200


def test_the_oldest_of_eleven_access_tokens_is_void(sdp: SdpClient) -> None:
    first = sdp.refresh().json()["access_token"]
    others = [sdp.refresh().json()["access_token"] for dummy in range(9)]
    sdp.later(10 * _MINUTES)
    assert works(sdp, first)
    last = sdp.refresh().json()["access_token"]
    assert not works(sdp, first)
    assert all(works(sdp, token) for token in (*others, last))


def test_five_refresh_tokens_a_minute(sdp: SdpClient) -> None:
    for dummy in range(5):
        assert "refresh_token" in exchange(sdp, code(sdp))
    waiting = code(sdp)
    reply = sdp.accounts(grant_type="authorization_code", code=waiting)
    assert (reply.status_code, reply.json()["error"]) == (400, "Access Denied")
    assert "access_token" in exchange(sdp, code(sdp, offline=False))
    assert "refresh_token" in exchange(sdp, code(sdp, user="ingrid.moe@northwind.example"))
    sdp.later(59)
    late = code(sdp, seconds=120)
    sdp.later(2)
    assert "refresh_token" in exchange(sdp, late)


def test_the_oldest_of_twenty_one_refresh_tokens_is_void(sdp: SdpClient) -> None:
    sdp.switch(refresh_tokens_per_minute=100)
    used = sdp.refresh().json()["access_token"]
    tokens = [exchange(sdp, code(sdp))["refresh_token"] for dummy in range(17)]
    assert "access_token" in sdp.refresh().json()
    exchange(sdp, code(sdp))
    assert sdp.refresh().json() == {"error": "invalid_code"}
    assert not works(sdp, used)
    assert "access_token" in sdp.refresh(READ_TOKEN).json()
    assert "access_token" in sdp.refresh(tokens[0]).json()


def test_expiry(sdp: SdpClient) -> None:
    token = sdp.refresh().json()["access_token"]
    sdp.later(3599)
    assert works(sdp, token)
    sdp.later(2)
    assert not works(sdp, token)
    sdp.switch(token_seconds=5)
    assert sdp.refresh().json()["expires_in"] == 5


@pytest.mark.parametrize(("shape", "expected"), [("short", 360), ("absent", None)])
def test_what_is_said_of_the_expiry(sdp: SdpClient, shape: str, expected: int | None) -> None:
    sdp.switch(expires_in=shape, token_scope="absent", token_api_domain="absent")
    answer = sdp.refresh().json()
    assert answer.pop("expires_in", None) == expected
    assert set(answer) == {"access_token", "token_type"}


def test_revoking(sdp: SdpClient) -> None:
    access = sdp.refresh().json()["access_token"]
    reply = sdp.accounts("token/revoke", token=REFRESH_TOKEN)
    assert (reply.status_code, reply.json()) == (200, {"status": "success"})
    assert sdp.refresh().json() == {"error": "invalid_code"}
    assert not works(sdp, access)
    assert sdp.accounts("token/revoke", token=REFRESH_TOKEN).json() == {"error": "invalid_token"}
    sdp.switch(revoke_unknown="success")
    assert sdp.accounts("token/revoke", token=REFRESH_TOKEN).json() == {"status": "success"}
    assert sdp.accounts("token/revoke", token=sdp.token).json() == {"status": "success"}
    assert not works(sdp, sdp.token)


def test_fewer_scopes(sdp: SdpClient) -> None:
    token = sdp.refresh(scope="SDPOnDemand.problems.ALL").json()["access_token"]
    assert not works(sdp, token)


def test_another_data_centre_knows_neither_clients_nor_tokens(sdp: SdpClient) -> None:
    other = SdpClient(sdp.url, "sdp2")
    assert other.refresh().json() == {"error": "invalid_client"}
    other.token = sdp.token
    assert other.call("GET", "/requests").status_code == 401
    other.token = other.new_token()
    assert other.rows("/requests") == []
    assert other.rows("/statuses")[0]["id"].startswith("654320000000")


def test_tokens_by_control(sdp: SdpClient) -> None:
    token = sdp.new_token(seconds=30)
    assert works(sdp, token)
    sdp.later(31)
    assert not works(sdp, token)
    sdp.control("DELETE", "/sdp/tokens")
    assert not works(sdp, sdp.token)
    assert sdp.control("GET", "/sdp/tokens")["access_tokens"] == []
    sdp.control("DELETE", "/sdp/tokens?kind=refresh")
    assert sdp.refresh().json() == {"error": "invalid_code"}
    for order in ({"scopes": ["SDPOnDemand.users.ALL"]}, {"user": "nobody@northwind.example"}, {"scopes": ["x"]}):
        assert sdp.session.post(f"{sdp.url}/_sandbox/sdp/tokens", json=order, timeout=5).status_code == 400
    assert sdp.session.post(f"{sdp.url}/_sandbox/sdp/codes", json={"client_id": "x"}, timeout=5).status_code == 400
    assert sdp.control("GET", "/sdp/tokens")["logins"] == 0
