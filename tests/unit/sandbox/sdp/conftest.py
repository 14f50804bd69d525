# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small client for ServiceDesk Plus of the sandbox; the sandbox itself is the one of all tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ..conftest import Running

ACCEPT = "application/vnd.manageengine.sdp.v3+json"
CLIENT_ID = "1000.SANDBOXSELFCLIENT0000000000000"
CLIENT_SECRET = "5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5a"
REFRESH_TOKEN, READ_TOKEN, REQUESTS_TOKEN, OVE_TOKEN = (
    f"1000.{f'5ab0c{number:03}' * 4}.{f'5ab0c{number:03}' * 4}" for number in (1, 2, 3, 4)
)
OWNER, OVE = "automation@northwind.example", "ove.dahl@northwind.example"


class SdpClient:
    """Calls one tenant with an access token, its accounts server, and the control API."""

    def __init__(self, url: str, name: str = "sdp", portal: str = "/app/itdesk") -> None:
        self.url = url
        self.name = name
        self.portal = portal
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = ""

    # --- accounts

    def accounts(self, path: str = "token", **form: str) -> requests.Response:
        given = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **form}
        return self.session.post(f"{self.url}/{self.name}/accounts/oauth/v2/{path}", data=given, timeout=10)

    def refresh(self, token: str = REFRESH_TOKEN, **form: str) -> requests.Response:
        return self.accounts(grant_type="refresh_token", refresh_token=token, **form)

    def new_token(self, *scopes: str, user: str = OWNER, **more: Any) -> str:
        """An access token without a login."""
        order = {"user": user, **({"scopes": [f"SDPOnDemand.{scope}" for scope in scopes]} if scopes else {}), **more}
        token: str = self.control("POST", f"/{self.name}/tokens", order)["access_token"]
        return token

    def as_user(self, user: str = OWNER, *scopes: str) -> SdpClient:
        """Another client with the token of somebody else."""
        other = SdpClient(self.url, self.name, self.portal)
        other.token = self.new_token(*scopes, user=user)
        return other

    # --- the API

    def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str | None] | None = None, **more: Any
    ) -> requests.Response:
        """``body`` is input_data: in the query of a GET, in the form of the rest. A header of None is left out."""
        own = {"Accept": ACCEPT, "Authorization": f"Zoho-oauthtoken {self.token}", **(headers or {})}
        if body is not None:
            more.setdefault("params" if method == "GET" else "data", {"input_data": json.dumps(body)})
        url = f"{self.url}/{self.name}{self.portal}/api/v3{path}"
        return self.session.request(method, url, headers=own, timeout=10, allow_redirects=False, **more)

    def good(self, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        reply = self.call(method, path, body, **more)
        assert reply.status_code == 200, f"{reply.status_code} {reply.text}"
        answer: dict[str, Any] = reply.json()
        return answer

    def get(self, path: str) -> dict[str, Any]:
        """The one record of an answer."""
        return self._only(self.good("GET", path))

    def put(self, path: str, body: Any = None) -> dict[str, Any]:
        return self._only(self.good("PUT", path, body))

    def post(self, path: str, body: Any) -> dict[str, Any]:
        return self._only(self.good("POST", path, body))

    @staticmethod
    def _only(answer: dict[str, Any]) -> dict[str, Any]:
        (record,) = (value for key, value in answer.items() if key != "response_status")
        found: dict[str, Any] = record
        return found

    def rows(self, path: str, **list_info: Any) -> list[dict[str, Any]]:
        """The rows of a list, one page of a hundred if nothing else is said."""
        answer = self.good("GET", path, {"list_info": {"row_count": 100, **list_info}})
        (found,) = (value for key, value in answer.items() if key not in ("response_status", "list_info"))
        rows: list[dict[str, Any]] = found
        return rows

    def failure(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, int, str | None, Any]:
        """HTTP status, code, field or fields, and message of the first thing that is wrong."""
        reply = self.call(method, path, body, **more)
        status = reply.json()["response_status"]
        assert (status["status"], status["status_code"]) == ("failed", 4000)
        message = status["messages"][0]
        return reply.status_code, message["status_code"], message.get("field") or message.get("fields"), message.get("message")

    # --- the example data

    def id_of(self, subject: str, path: str = "/requests", field: str = "subject") -> str:
        rows = self.rows(path, search_criteria={"field": field, "condition": "is", "value": subject})
        assert len(rows) == 1, rows
        found: str = rows[0]["id"]
        return found

    def add_request(self, subject: str = "Something broke", **fields: Any) -> str:
        found: str = self.post("/requests", {"request": {"subject": subject, **fields}})["id"]
        return found

    # --- the control API

    def control(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.session.request(method, f"{self.url}/_sandbox{path}", json=body, timeout=10)
        assert reply.ok, reply.text
        return reply.json() if reply.content else None

    def switch(self, **values: Any) -> None:
        self.control("PATCH", f"/switches/{self.name}", values)

    def later(self, seconds: float) -> None:
        self.control("POST", "/clock", {"advance": seconds})

    def fault(self, kind: str, **parameters: Any) -> None:
        self.control("POST", "/faults", {"kind": kind, "platform": self.name, **parameters})

    def last_call(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", "/calls")[-1]
        return found


@pytest.fixture
def sdp(running: Running) -> Iterator[SdpClient]:
    """The demo data, untouched, seen by the automation account with all scopes."""
    client = SdpClient(running.url)
    with client.session:
        client.control("POST", "/reset", {"seed": "demo"})
        client.token = client.new_token()
        yield client
