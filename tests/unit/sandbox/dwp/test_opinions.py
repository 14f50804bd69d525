# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reviews and ratings."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import DATABASE, LAPTOP, LEDGER, ROBOT, VPN, DwpClient

GONE = {"message": "ERROR (302): Entry does not exist in database"}
REVIEW = {"serviceversionId": LAPTOP, "title": "Light", "content": "Weighs next to nothing."}


def _mine(dwp: DwpClient, kind: str = "reviews", service: str = LAPTOP) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = dwp.get(f"/{kind}", serviceversionId=service, userId="$USER$")[kind]
    return rows


def _ids(dwp: DwpClient, kind: str, **params: Any) -> list[str]:
    return [row["id"] for row in dwp.get(f"/{kind}", **params)[kind]]


# --- reviews


def test_reviews_as_read(dwp: DwpClient) -> None:
    found = dwp.get("/reviews", serviceversionId=LAPTOP)
    assert {name: found[name] for name in ("pageSize", "page", "total")} == {"pageSize": -1, "page": 1, "total": 2}
    row = found["reviews"][0]
    assert row == {
        "id": "301",
        "serviceversionId": LAPTOP,
        "userId": "2311",
        "title": "Good and quiet",
        "content": "Only the webcam could be better.",
        "modifiedDate": row["modifiedDate"],
    }
    assert dwp.get("/reviews/301") == row
    reply = dwp.call("GET", "/reviews/1")
    assert (reply.status_code, reply.json()) == (404, GONE)


def test_filters_and_pages_of_reviews(dwp: DwpClient) -> None:
    by_date = ["301", "302", "304", "303", "305"]
    assert _ids(dwp, "reviews") == by_date
    assert _ids(dwp, "reviews", sortBy="modifiedDate", sortDirection="desc") == by_date[::-1]
    assert _ids(dwp, "reviews", perPage=2, page=2) == ["304", "303"]
    assert _ids(dwp, "reviews", userId="skjaer") == _ids(dwp, "reviews", userId="2313") == ["302", "304"]
    assert _ids(dwp.as_user("skjaer"), "reviews", userId="$USER$") == ["302", "304"]
    assert _ids(dwp, "reviews", userId="$USER$") == []
    assert _ids(dwp, "reviews", serviceversionId="1") == []
    for query in ("sortBy=title", "sortDirection=up", "perPage=0"):
        assert dwp.status("GET", f"/reviews?{query}") == 400


@pytest.mark.parametrize("kind", ["reviews", "ratings"])
def test_new_opinion_may_show_up_late(dwp: DwpClient, kind: str) -> None:
    dwp.switch(late_opinions_ms=60_000)
    dwp.post(f"/{kind}", REVIEW if kind == "reviews" else {"serviceversionId": LAPTOP, "rating": 0.5})
    assert _mine(dwp, kind) == []
    dwp.later(61)
    assert len(_mine(dwp, kind)) == 1


def test_a_new_review(dwp: DwpClient) -> None:
    reply = dwp.call("POST", "/reviews", json=REVIEW)
    assert (reply.status_code, reply.content) == (201, b"")
    assert "Location" not in reply.headers
    assert dwp.committed()
    row = _mine(dwp)[0]
    assert (row["title"], row["content"], row["userId"]) == ("Light", "Weighs next to nothing.", "2302")
    assert dwp.state("reviews")[-1]["login"] == "svc_automation"
    dwp.switch(created_location="present")
    location = dwp.call("POST", "/reviews", json=REVIEW).headers["Location"]
    assert location == f"/dwp/api/myit-sb/reviews/{_mine(dwp)[-1]['id']}"


@pytest.mark.parametrize("name", ["serviceversionId", "title", "content"])
def test_reviews_that_lack_something(dwp: DwpClient, name: str) -> None:
    reply = dwp.call("POST", "/reviews", json={**REVIEW, name: ""})
    assert (reply.status_code, reply.json()) == (400, {"message": f"Required field cannot be blank: {name}"})
    assert _mine(dwp) == []


@pytest.mark.parametrize("path", ["/reviews", "/ratings"])
def test_opinions_of_services_that_are_not_there(dwp: DwpClient, path: str) -> None:
    maja = dwp.as_user("mlind")
    for service in ("9", ROBOT, LEDGER):
        body = {"serviceversionId": service, "title": "x", "content": "y"} if path == "/reviews" else {"rating": 1}
        reply = maja.call("POST", path, json={**body, "serviceversionId": service})
        assert (reply.status_code, reply.json()) == (404, {"message": f"Service of id {service} not found."})


@pytest.mark.parametrize(("answer", "status", "titles"), [("added", 201, [1, 2]), ("replaces", 201, [2]), ("409", 409, [1])])
def test_a_second_review(dwp: DwpClient, answer: str, status: int, titles: list[int]) -> None:
    dwp.switch(second_review=answer)
    dwp.post("/reviews", {**REVIEW, "title": "1"})
    reply = dwp.call("POST", "/reviews", json={**REVIEW, "title": "2"})
    assert reply.status_code == status
    assert [int(row["title"]) for row in _mine(dwp)] == titles
    if status == 409:
        assert reply.json() == {"message": "ERROR (382): svc_automation has done so already"}


def test_a_changed_review(dwp: DwpClient) -> None:
    dwp.post("/reviews", REVIEW)
    dwp.later(60)
    row = _mine(dwp)[0]
    path = f"/reviews/{row['id']}"
    reply = dwp.call("PUT", path, json={"title": "Lighter", "content": "Still."})
    assert (reply.status_code, reply.content) == (200, b"")
    assert dwp.committed()
    changed = dwp.get(path)
    assert (changed["title"], changed["content"]) == ("Lighter", "Still.")
    assert changed["modifiedDate"] > row["modifiedDate"]
    for nothing in ({}, {"title": ""}, {"title": "", "content": ""}):
        assert dwp.status("PUT", path, json=nothing) == 200
        assert not dwp.committed()
    assert dwp.get(path) == changed


@pytest.mark.parametrize(("switch", "content"), [("kept", "Weighs next to nothing."), ("reset", "")])
def test_a_title_alone(dwp: DwpClient, switch: str, content: str) -> None:
    dwp.switch(put_review_omitted=switch)
    dwp.post("/reviews", REVIEW)
    review_id = _mine(dwp)[0]["id"]
    dwp.put(f"/reviews/{review_id}", {"title": "Heavy"})
    row = dwp.get(f"/reviews/{review_id}")
    assert (row["title"], row["content"]) == ("Heavy", content)


def test_a_deleted_review(dwp: DwpClient) -> None:
    dwp.post("/reviews", REVIEW)
    path = f"/reviews/{_mine(dwp)[0]['id']}"
    reply = dwp.call("DELETE", path)
    assert (reply.status_code, reply.content) == (200, b"")
    assert dwp.committed()
    assert _mine(dwp) == []
    reply = dwp.call("DELETE", path)
    assert (reply.status_code, reply.json()) == (404, GONE)
    dwp.switch(missing_entry_status=200)
    reply = dwp.call("GET", path)
    assert (reply.status_code, reply.json()) == (200, GONE)


@pytest.mark.parametrize("status", [403, 500])
def test_nobody_changes_what_others_wrote(dwp: DwpClient, status: int) -> None:
    dwp.switch(not_owner_status=status)
    before = dwp.state("reviews"), dwp.state("ratings")
    for method, path, body in (
        ("PUT", "/reviews/301", {"title": "x"}),
        ("DELETE", "/reviews/301", None),
        ("PUT", "/ratings/701", {"rating": 0}),
    ):
        reply = dwp.call(method, path, json=body)
        assert (reply.status_code, reply.json()) == (status, {"message": "It belongs to another user"})
    assert (dwp.state("reviews"), dwp.state("ratings")) == before


def test_opinions_follow_the_entitlement(dwp: DwpClient) -> None:
    jurgen, maja = dwp.as_user("jmueller"), dwp.as_user("mlind")
    jurgen.post("/reviews", {**REVIEW, "serviceversionId": LEDGER})
    jurgen.post("/ratings", {"serviceversionId": LEDGER, "rating": 0.5})
    for kind in ("reviews", "ratings"):
        own = _mine(jurgen, kind, LEDGER)[0]["id"]
        assert _ids(maja, kind, serviceversionId=LEDGER) == []
        assert _ids(maja, kind, serviceversionId=LEDGER, requestedfor="jmueller") == [own]
        assert maja.status("GET", f"/{kind}/{own}") == 404
        assert maja.status("GET", f"/{kind}/{own}?requestedfor=jmueller") == 200
        assert _ids(dwp, kind, serviceversionId=LEDGER) == [own]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/reviews", REVIEW),
        ("PUT", "/reviews/301", {"title": "x"}),
        ("POST", "/ratings", {"serviceversionId": LAPTOP, "rating": 1}),
        ("PUT", "/ratings/701", {"rating": 1}),
    ],
)
def test_unknown_keys(dwp: DwpClient, method: str, path: str, body: dict[str, Any]) -> None:
    maja = dwp.as_user("mlind")
    reply = maja.call(method, path, json={**body, "color": "red"})
    assert (reply.status_code, reply.json()) == (400, {"message": 'Unrecognized field "color"'})
    assert not dwp.committed()
    dwp.switch(unknown_keys="ignored")
    assert maja.status(method, path, json={**body, "color": "red"}) in (200, 201)
    assert dwp.committed()


# --- ratings


def test_ratings_as_read(dwp: DwpClient) -> None:
    found = dwp.get("/ratings", serviceversionId=LAPTOP, perPage=2)
    assert {name: found[name] for name in ("pageSize", "page", "total")} == {"pageSize": 2, "page": 1, "total": 3}
    row = found["ratings"][0]
    assert row == {
        "id": "701",
        "serviceversionId": LAPTOP,
        "userId": "2311",
        "rating": 0.8,
        "modifiedDate": row["modifiedDate"],
    }
    assert dwp.get("/ratings/701") == {name: value for name, value in row.items() if name != "modifiedDate"}
    assert _ids(dwp, "ratings", userId="nli") == ["706", "707"]
    reply = dwp.call("GET", "/ratings/1")
    assert (reply.status_code, reply.json()) == (404, GONE)


def test_a_new_rating(dwp: DwpClient) -> None:
    assert (dwp.get(f"/services/{VPN}")["rating"], dwp.get(f"/services/{VPN}")["ratingCount"]) == (0, 0)
    reply = dwp.call("POST", "/ratings", json={"serviceversionId": VPN, "rating": 0.25})
    assert (reply.status_code, reply.content) == (201, b"")
    assert dwp.committed()
    row = _mine(dwp, "ratings", VPN)[0]
    assert row["rating"] == 0.25
    assert (dwp.get(f"/services/{VPN}")["rating"], dwp.get(f"/services/{VPN}")["ratingCount"]) == (0.25, 1)
    dwp.put(f"/ratings/{row['id']}", {"rating": 1})
    assert dwp.committed()
    assert dwp.get(f"/ratings/{row['id']}")["rating"] == 1
    assert dwp.get(f"/services/{VPN}")["rating"] == 1
    assert dwp.status("DELETE", f"/ratings/{row['id']}") == 405


@pytest.mark.parametrize("rating", [None, -0.1, 1.01, "0.5", True, 80])
def test_ratings_that_are_refused(dwp: DwpClient, rating: Any) -> None:
    assert dwp.status("POST", "/ratings", json={"serviceversionId": DATABASE, "rating": rating}) == 400
    assert _mine(dwp, "ratings", DATABASE) == []


@pytest.mark.parametrize(
    ("answer", "status", "left"), [("added", 201, [0.2, 0.4]), ("replaces", 201, [0.4]), ("409", 409, [0.2])]
)
def test_a_second_rating(dwp: DwpClient, answer: str, status: int, left: list[float]) -> None:
    dwp.switch(second_rating=answer)
    dwp.post("/ratings", {"serviceversionId": VPN, "rating": 0.2})
    assert dwp.status("POST", "/ratings", json={"serviceversionId": VPN, "rating": 0.4}) == status
    assert [row["rating"] for row in _mine(dwp, "ratings", VPN)] == left


def test_what_counts_for_the_rating_of_a_service(dwp: DwpClient) -> None:
    for rating in (0.2, 0.4):
        dwp.post("/ratings", {"serviceversionId": VPN, "rating": rating})
    dwp.as_user("nli").post("/ratings", {"serviceversionId": VPN, "rating": 1})
    row = dwp.get(f"/services/{VPN}")
    assert (row["rating"], row["ratingCount"]) == (0.53, 3)
    dwp.switch(service_rating="latest_per_user")
    row = dwp.get(f"/services/{VPN}")
    assert (row["rating"], row["ratingCount"]) == (0.7, 2)
