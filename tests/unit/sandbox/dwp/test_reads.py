# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading requests: one, many, one's own, and who may."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest

from .conftest import ACCOUNT, GUEST, LAPTOP, MONITOR, VPN, DwpClient

DEMO = 11


def _ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def _listed(dwp: DwpClient, **params: Any) -> list[str]:
    return _ids(dwp.get("/services/requests", **params))


def test_one_request(dwp: DwpClient) -> None:
    row = dwp.get("/services/requests/40211")
    status = row["status"]
    assert row == {
        "id": "40211",
        "requestingUserId": "mlind",
        "requestForUserId": "mlind",
        "name": "Standard laptop",
        "description": "<p>A 14 inch laptop with the usual software.</p>",
        "excerpt": "A 14 inch laptop with the usual software",
        "price": {"paymentType": "Once", "currency": "EUR"},
        "status": {
            "id": "40211",
            "serviceversionId": LAPTOP,
            "status": "COMPLETED",
            "startTime": status["startTime"],
            "lastModifiedTime": status["lastModifiedTime"],
        },
        "provisioningTime": {"type": "ProvisioningTimeMetric", "value": 3, "timeUnit": "DAY"},
        "quantity": 1,
        "logoUrl": row["logoUrl"],
        "onceCost": 1100,
        "monthlyCost": 0,
        "yearlyCost": 0,
    }
    assert datetime.strptime(status["startTime"], "%Y-%m-%dT%H:%M:%S.%f%z").utcoffset() == timedelta(0)
    assert dwp.get("/services/requests/9007199254740995")["name"] == "Archive storage"
    assert dwp.status("GET", "/services/requests/1") == 404


def test_the_reason_of_a_status(dwp: DwpClient) -> None:
    dwp.control("POST", "/dwp/requests/40310", {"status": "ON_HOLD", "reason": "No lift"})
    assert "statusReason" not in dwp.get("/services/requests/40310")["status"]
    dwp.switch(status_reason="present")
    assert dwp.get("/services/requests/40310")["status"]["statusReason"] == "No lift"


def test_the_timeline(dwp: DwpClient) -> None:
    everything = _listed(dwp)
    assert len(everything) == DEMO
    assert everything[:3] == ["40311", "40310", "40301"]
    assert _listed(dwp, max=2) == ["40311", "40310"]
    assert _listed(dwp, requestedfor="nli") == ["40270", "40244"]
    assert _listed(dwp, requestedby="mlind") == ["40311", "40244", "40211"]
    assert _listed(dwp, requestedby="mlind", requestedfor="nli") == ["40244"]
    made = [detail["id"] for detail in dwp.order(VPN, "mlind", "nli")["requestDetails"]]
    assert _listed(dwp) == [*made[::-1], *everything]
    dwp.switch(list_order="oldest_first")
    assert _listed(dwp) == [*everything[::-1], *made]
    for query in ("max=0", "max=x", "since=yesterday", "since=2026-01-01", "since=Tue, 08 Mar 2016 17:49:05 CET"):
        assert dwp.status("GET", f"/services/requests?{query}") == 400


def test_since(dwp: DwpClient) -> None:
    moment = format_datetime(datetime.now(timezone.utc) - timedelta(hours=100), usegmt=True)
    assert _listed(dwp, since=moment) == ["40311", "40310", "40301"]
    dwp.control("POST", "/dwp/requests/40288", {"status": "FAILED"})
    assert _listed(dwp, since=moment) == ["40311", "40310", "40301", "40288"]
    assert _listed(dwp, since=moment, max=1, requestedfor="gthorsd") == ["40288"]


@pytest.mark.parametrize(("answer", "found"), [("nobody", 0), ("current_user", 0), ("404", 404), ("400", 400)])
def test_users_that_do_not_exist(dwp: DwpClient, answer: str, found: int) -> None:
    dwp.switch(unknown_requestedfor=answer)
    for path in ("/services/requests?requestedfor=x", "/services/requests?requestedby=x"):
        reply = dwp.call("GET", path)
        assert (reply.status_code if found else len(reply.json())) == found
    request_id = dwp.ordered(LAPTOP)
    if not found:
        assert _listed(dwp, requestedfor="x") == ([request_id] if answer == "current_user" else [])


def test_case_of_logins(dwp: DwpClient) -> None:
    assert _listed(dwp, requestedfor="NLI") == []
    dwp.switch(user_ids="any_case")
    assert _listed(dwp, requestedfor="NLI") == ["40270", "40244"]
    assert dwp.as_user("NLI").get("/reviews", userId="$USER$")["total"] == 1


def test_who_may_read(dwp: DwpClient) -> None:
    maja = dwp.as_user("mlind")
    assert _listed(maja) == ["40311", "40244", "40211"]
    assert maja.status("GET", "/services/requests/40244") == 200
    assert maja.status("GET", "/services/requests/40219") == 404
    assert _listed(maja, requestedfor="skjaer") == []
    assert _ids(maja.post("/services/requests/search", ["40219", "40211"])) == ["40211"]
    assert dwp.as_user("odahl").status("GET", "/services/requests/40219") == 200
    dwp.switch(foreign_requests=403)
    reply = maja.call("GET", "/services/requests/40219")
    assert (reply.status_code, reply.json()["messageNumber"]) == (403, 353)
    dwp.switch(foreign_requests="readable")
    assert maja.status("GET", "/services/requests/40219") == 200
    assert len(_listed(maja)) == DEMO


def test_without_a_user_only_ones_own(dwp: DwpClient) -> None:
    request_id = dwp.ordered(LAPTOP, "nli")
    dwp.switch(unfiltered_requests="own")
    assert _listed(dwp) == [request_id]
    assert _listed(dwp, requestedfor="nli") == [request_id, "40270", "40244"]


def test_by_ids(dwp: DwpClient) -> None:
    assert _ids(dwp.post("/services/requests/search", ["40310", "1", "40211", "40310"])) == ["40310", "40211"]
    assert dwp.post("/services/requests/search", []) == []
    ids = ["40211", "40219", "40244"]
    assert _ids(dwp.post("/services/requests/search", ids, requestedFor="nli")) == ["40244"]
    assert _ids(dwp.post("/services/requests/search", ids, requestedBy="mlind")) == ["40211", "40244"]
    assert len(dwp.post("/services/requests/search", ids, requestedby="mlind")) == 3
    for body in ({"serviceRequestIds": ids}, [40211], "40211"):
        assert dwp.status("POST", "/services/requests/search", json=body) == 400


def test_my_requests(dwp: DwpClient) -> None:
    maja = dwp.as_user("mlind")
    rows = maja.get(f"/services/{LAPTOP}/myrequests")
    assert rows["totalSize"] == 1
    row = rows["data"][0]
    assert row == {
        "id": "40211",
        "serviceversionId": LAPTOP,
        "status": "COMPLETED",
        "startTime": row["startTime"],
        "lastModifiedTime": row["lastModifiedTime"],
        "completeTime": row["lastModifiedTime"],
    }
    assert maja.get(f"/services/{MONITOR}/myrequests") == {"totalSize": 0, "data": []}
    assert maja.status("GET", "/services/1/myrequests") == 404


def test_pages_of_my_requests(dwp: DwpClient) -> None:
    template = {"service": GUEST, "requestedBy": ACCOUNT}
    ids = dwp.control("POST", "/dwp/requests", {"count": 23, "template": template})["ids"]
    path = f"/services/{GUEST}/myrequests"
    assert dwp.get(path)["totalSize"] == 23
    assert _ids(dwp.get(path)["data"]) == ids[:10]
    assert _ids(dwp.get(path, page=3)["data"]) == ids[20:]
    assert _ids(dwp.get(path, perPage=20, page=2)["data"]) == ids[20:]
    assert _ids(dwp.get(path, perPage=-1)["data"]) == ids


@pytest.mark.parametrize(("scope", "found"), [("by", ["by"]), ("for", ["for"]), ("by_or_for", ["by", "for"])])
def test_whose_requests_are_mine(dwp: DwpClient, scope: str, found: list[str]) -> None:
    maja = dwp.as_user("mlind")
    made = {"by": maja.ordered(VPN, "nli"), "for": dwp.as_user("nli").ordered(VPN, "mlind")}
    dwp.switch(myrequests_scope=scope)
    assert _ids(maja.get(f"/services/{VPN}/myrequests")["data"]) == [made[name] for name in found]


def test_drafts_do_not_show(dwp: DwpClient) -> None:
    request_id = dwp.initiate(LAPTOP)

    def seen() -> list[bool]:
        return [
            dwp.status("GET", f"/services/requests/{request_id}") == 200,
            request_id in _listed(dwp),
            bool(dwp.post("/services/requests/search", [request_id])),
            dwp.get(f"/services/{LAPTOP}/myrequests")["totalSize"] == 1,
        ]

    assert seen() == [False] * 4
    dwp.switch(drafts_in_reads="visible")
    assert seen() == [True] * 4
    assert dwp.word(request_id) == "NEW"
