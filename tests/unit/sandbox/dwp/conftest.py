# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small client for the catalog of the sandbox; the sandbox itself is the one of all tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ..conftest import Running

PASSWORD = "Sandbox-Password-1"
ACCOUNT = "svc_automation"
HEADERS = {"default-bundle-scope": "myit-sb", "X-Requested-By": "XMLHttpRequest"}

LAPTOP, MONITOR, PHONE, DATABASE, VPN, RIGHTS, LICENCE = "2401", "2402", "2403", "2404", "2405", "2406", "2407"
FAX, BADGE, KIT, LEDGER, ROBOT, GUEST, RECOVERY, MOVE, TRAINING, CATERING = (
    *("2410", "2413", "2414", "2417", "2418", "2419", "2420", "2421"),
    *("2422", "2425"),
)


class DwpClient:
    """Calls one catalog as one user, with the token in the header, and the control API."""

    def __init__(self, url: str, name: str = "dwp") -> None:
        self.url = url
        self.name = name
        self.session = requests.Session()
        self.session.trust_env = False
        self.token = ""

    def call(self, method: str, path: str, *, headers: dict[str, str | None] | None = None, **more: Any) -> requests.Response:
        """A header of None is left out; cookies are not kept."""
        own = {**HEADERS, **({"Authorization": f"AR-JWT {self.token}"} if self.token else {}), **(headers or {})}
        options = {"timeout": 10, "allow_redirects": False, **more}
        url = f"{self.url}/{self.name}/api/myit-sb{path}"
        reply = self.session.request(method, url, headers={k: v for k, v in own.items() if v is not None}, **options)
        self.session.cookies.clear()
        return reply

    def log_in(self, login: str = ACCOUNT, password: str = PASSWORD) -> DwpClient:
        reply = self.call("POST", "/users/login", json={"id": login, "password": password}, headers={"Authorization": None})
        assert reply.status_code == 200, reply.text
        self.token = reply.text
        return self

    def as_user(self, login: str, name: str | None = None) -> DwpClient:
        """Another client, logged in as another user."""
        return DwpClient(self.url, name or self.name).log_in(login)

    def get(self, path: str, **params: Any) -> Any:
        return self._good(self.call("GET", path, params=params))

    def post(self, path: str, body: Any, **params: Any) -> Any:
        return self._good(self.call("POST", path, json=body, params=params))

    def put(self, path: str, body: Any) -> Any:
        return self._good(self.call("PUT", path, json=body))

    @staticmethod
    def _good(reply: requests.Response) -> Any:
        assert reply.status_code in (200, 201), f"{reply.status_code} {reply.text}"
        return reply.json() if reply.content else None

    def status(self, method: str, path: str, **more: Any) -> int:
        return self.call(method, path, **more).status_code

    def initiate(self, service: str, **more: Any) -> str:
        """The id of a new draft."""
        found: str = self.post("/requests", {"serviceversionId": service, **more})["requests"][0]["requestId"]
        return found

    def order(self, service: str, *users: str, **more: Any) -> dict[str, Any]:
        """The answer to a single call for a service."""
        entry = {"serviceversionId": service, **({"requestForUserIds": list(users)} if users else {}), **more}
        placed: dict[str, Any] = self.post("/orders/requests", {"serviceRequests": [entry]})
        return placed

    def ordered(self, service: str, *users: str) -> str:
        """The id of a new request."""
        found: str = self.order(service, *users)["requestDetails"][0]["id"]
        return found

    def questions(self, request_id: str) -> dict[str, dict[str, Any]]:
        """The page items of a request by their labels."""
        whole = self.get(f"/requests/{request_id}/questionnaire")["questionnaire"]
        return {item["label"]: item for page in whole["pages"] for item in page["pageItems"]}

    def answer(self, service: str, request_id: str, label: str, *values: str) -> Any:
        """Answer a question by its label."""
        body = {"questionId": self.questions(request_id)[label]["id"], "answers": values, "serviceRequestId": request_id}
        return self.post(f"/services/{service}/questionnaire/answers", body)

    def word(self, request_id: str) -> str:
        """The status of a request."""
        status: str = self.get(f"/services/requests/{request_id}")["status"]["status"]
        return status

    def control(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.session.request(method, f"{self.url}/_sandbox{path}", json=body, timeout=10)
        assert reply.ok, reply.text
        return reply.json() if reply.content else None

    def switch(self, **values: Any) -> None:
        self.control("PATCH", f"/switches/{self.name}", values)

    def state(self, collection: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"/state/{self.name}?collection={collection}")
        return found

    def later(self, seconds: float) -> None:
        self.control("POST", "/clock", {"advance": seconds})

    def committed(self) -> bool:
        """Whether the latest call changed anything."""
        done: bool = self.control("GET", "/calls")[-1]["committed"]
        return done


@pytest.fixture
def dwp(running: Running) -> Iterator[DwpClient]:
    """The demo data, untouched, seen by the service account."""
    client = DwpClient(running.url)
    with client.session:
        client.control("POST", "/reset", {"seed": "demo"})
        yield client.log_in()
