# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, data centres, quotas, brute force."""

from __future__ import annotations

import pytest

from .conftest import KEY, Client

INVALID = {"Message": "Invalid API key"}


@pytest.mark.parametrize("name", ["apikey", "apiKey", "APIKEY"])
def test_key_in_a_header_of_any_case(desk: Client, name: str) -> None:
    assert desk.get("/whoami", key=None, headers={name: KEY}).json()["tenantName"] == "Northwind"


def test_basic_password(desk: Client) -> None:
    assert desk.get("/whoami", key=None, auth=("anybody", KEY)).status_code == 200
    assert desk.get("/whoami", key=None, auth=(KEY, "wrong")).status_code == 500


@pytest.mark.parametrize("key", [None, "", "wrong", KEY.lower()])
def test_wrong_key(desk: Client, key: str | None) -> None:
    reply = desk.get("/requests", key=key)
    assert (reply.status_code, reply.json()) == (500, INVALID)


def test_key_in_the_query_is_not_looked_at(desk: Client) -> None:
    assert desk.get(f"/whoami?apikey={KEY}", key=None).status_code == 500


def test_statuses_are_switches(desk: Client) -> None:
    desk.switch(auth_failure_status=401, missing_key_status=403)
    assert desk.get("/whoami", key="wrong").status_code == 401
    assert desk.get("/whoami", key=None).status_code == 403


def test_the_other_data_centre_does_not_know_the_key(desk: Client) -> None:
    assert desk.get("/whoami", prefix="/abr2").json() == INVALID
    other = desk.control("GET", "/abr2/keys")["keys"][0]
    assert desk.get("/whoami", key=other, prefix="/abr2").json()["tenantName"] == "Southwind"
    assert desk.get("/requests", key=other, prefix="/abr2").json() == []
    assert desk.get("/whoami", key=other).json() == INVALID


def test_keys_can_be_changed(desk: Client) -> None:
    desk.control("PUT", "/abr/keys", {"keys": ["NEW"]})
    assert desk.get("/whoami").status_code == 500
    assert desk.get("/whoami", key="NEW").status_code == 200


def test_quota_of_a_minute(desk: Client) -> None:
    desk.switch(calls_per_minute=3)
    assert [desk.get("/whoami").status_code for dummy in range(5)] == [200, 200, 200, 429, 429]
    assert 50 < int(desk.get("/whoami").headers["Retry-After"]) <= 60
    desk.control("POST", "/clock", {"advance": 61})
    assert desk.get("/whoami").status_code == 200


def test_quota_of_a_day(desk: Client) -> None:
    desk.control("POST", "/clock", {"now": "2026-03-02T23:00:00Z"})
    desk.switch(calls_per_day=2)
    assert [desk.get("/whoami").status_code for dummy in range(3)] == [200, 200, 429]
    assert int(desk.get("/whoami").headers["Retry-After"]) == pytest.approx(3600, abs=5)
    desk.control("POST", "/clock", {"advance": 3600})
    assert desk.get("/whoami").status_code == 200


@pytest.mark.parametrize(
    ("answer", "status", "header"),
    [
        ("429", 429, None),
        ("403", 403, None),
        ("429_retry_after", 429, "Retry-After"),
        ("429_reset_header", 429, "x-ratelimit-reset"),
    ],
)
def test_quota_answers(desk: Client, answer: str, status: int, header: str | None) -> None:
    desk.switch(calls_per_minute=1, quota_answer=answer)
    desk.get("/whoami")
    reply = desk.get("/whoami")
    assert reply.status_code == status
    assert [name for name in ("Retry-After", "x-ratelimit-reset") if name in reply.headers] == ([header] if header else [])


def test_brute_force_lock(desk: Client) -> None:
    desk.switch(brute_force_limit=3)
    for dummy in range(3):
        desk.get("/whoami", key="guess")
    assert desk.get("/whoami").json() == INVALID
    desk.switch(brute_force_answer="429")
    assert desk.get("/whoami").status_code == 429
    desk.control("POST", "/clock", {"advance": 61})
    assert desk.get("/whoami").status_code == 200
