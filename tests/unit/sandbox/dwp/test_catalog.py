# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Categories and services."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import KIT, LAPTOP, LEDGER, ROBOT, DwpClient


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def _search(dwp: DwpClient, _params: dict[str, Any] | None = None, **body: Any) -> list[str]:
    return [row["id"] for row in dwp.post("/services/search", body, **(_params or {}))["services"]]


def test_all_categories(dwp: DwpClient) -> None:
    everything = dwp.get("/categories")
    assert {name: everything[name] for name in ("pageSize", "page", "total")} == {"pageSize": -1, "page": 1, "total": 20}
    assert len(everything["categories"]) == 20
    assert all(row["guid"] for row in everything["categories"])
    second = dwp.get("/categories", perPage=8, page=3)
    assert (second["pageSize"], second["page"], second["total"], len(second["categories"])) == (8, 3, 20, 4)
    assert dwp.get("/categories", perPage=8, page=4)["categories"] == []
    dwp.switch(page_size_omitted="total")
    assert dwp.get("/categories")["pageSize"] == 20


@pytest.mark.parametrize("query", ["perPage=0", "perPage=-2", "perPage=x", "page=0"])
def test_pages_that_make_no_sense(dwp: DwpClient, query: str) -> None:
    assert dwp.status("GET", f"/categories?{query}") == 400


def test_descendants(dwp: DwpClient) -> None:
    assert _names(dwp.get("/categories/3001/categories")) == ["Laptops", "Phones"]
    rows = dwp.get("/categories/3001/categories", depth=2)
    assert _names(rows) == ["Laptops", "Laptop accessories", "Phones"]
    assert rows[0] == {
        "id": "3002",
        "guid": None,
        "name": "Laptops",
        "categoryGroupId": "1001",
        "parentId": "3001",
        "childCount": 1,
        "subCategories": None,
    }
    assert dwp.get("/categories/999/categories") == []
    assert dwp.get("/categories/3003/categories") == []
    assert dwp.status("GET", "/categories/3001/categories?depth=4") == 400
    dwp.switch(bad_depth="clamp")
    assert len(dwp.get("/categories/3001/categories", depth=4)) == 3


def test_categories_without_services_do_not_show(dwp: DwpClient) -> None:
    assert "Paper forms" in _names(dwp.get("/categories")["categories"])
    assert dwp.get("/categories/3019/categories") == []
    dwp.control("POST", "/dwp/services/2424", {"stage": "PUBLISHED", "groups": ["finance"]})
    assert _names(dwp.get("/categories/3019/categories")) == ["Paper forms"]
    assert dwp.get("/categories/3019/categories", requestedfor="nli") == []
    assert _names(dwp.get("/categories/3019/categories", requestedfor="jmueller")) == ["Paper forms"]


def test_groups(dwp: DwpClient) -> None:
    group = dwp.get("/categories/groups")[0]
    assert (group["name"], group["systemId"], group["groupStatus"]) == ("Type of Service", "type-of-service", "ACTIVE")
    rows = dwp.get(f"/categories/groups/{group['id']}/categories")
    assert _names(rows) == ["Devices", "Software", "Access", "Buildings", "People"]
    assert "Code hosting" in _names(dwp.get(f"/categories/groups/{group['id']}/categories", depth=3))
    assert dwp.get("/categories/groups/5/categories") == []
    dwp.switch(unknown_group="404")
    assert dwp.status("GET", "/categories/groups/5/categories") == 404


def test_one_service(dwp: DwpClient) -> None:
    row = dwp.get(f"/services/{LAPTOP}")
    assert (row["name"], row["onceCost"], row["entitled"]) == ("Standard laptop", 1100, True)
    assert (row["rating"], row["ratingCount"]) == (0.8, 3)
    assert [category["name"] for category in row["categories"]] == ["Laptops"]
    assert "excerpt" not in row
    assert [part["id"] for part in dwp.get(f"/services/{KIT}")["bundledServices"]] == ["2401", "2402", "2405", "2413"]
    assert dwp.get("/services/9007199254740993")["name"] == "Archive storage"
    assert dwp.status("GET", "/services/1") == 404


def test_unpublished_services_are_for_admins(dwp: DwpClient) -> None:
    assert dwp.get(f"/services/{ROBOT}")["name"] == "Robot arm hour"
    assert dwp.as_user("mlind").status("GET", f"/services/{ROBOT}") == 404


def test_entitlement(dwp: DwpClient) -> None:
    assert dwp.get(f"/services/{LEDGER}")["entitled"] is True
    assert dwp.get(f"/services/{LEDGER}", requestedfor="mlind")["entitled"] is False
    assert dwp.get(f"/services/{LEDGER}", requestedfor="jmueller")["entitled"] is True
    maja = dwp.as_user("mlind")
    assert maja.get(f"/services/{LEDGER}")["entitled"] is False
    assert _search(maja, title="Finance ledger access") == []
    assert _search(maja, {"requestedfor": "jmueller"}, title="Finance ledger access") == [LEDGER]
    for status in (403, 404):
        dwp.switch(service_not_entitled=status)
        assert maja.status("GET", f"/services/{LEDGER}") == status


def test_asset_managers_see_all(dwp: DwpClient) -> None:
    dwp.control("POST", "/dwp/users", [{"login": "keeper", "roles": ["asset manager"]}])
    keeper = dwp.as_user("keeper")
    assert keeper.get(f"/services/{LEDGER}")["entitled"] is True
    assert keeper.get(f"/services/{ROBOT}")["name"] == "Robot arm hour"
    assert keeper.status("GET", "/services/requests/40219") == 200
    assert keeper.status("POST", "/services/export", json=[LEDGER]) == 403


def test_full_catalog_view(dwp: DwpClient) -> None:
    maja = dwp.as_user("mlind")
    assert maja.call("GET", "/services/fullcatalogview").text == "false"
    dwp.switch(full_catalog_view="on")
    assert maja.call("GET", "/services/fullcatalogview").text == "true"
    rows = maja.post("/services/search", {"title": "Finance ledger access"})["services"]
    assert [(row["id"], row["entitled"]) for row in rows] == [(LEDGER, False)]


@pytest.mark.parametrize(("answer", "found"), [("nobody", 0), ("current_user", 1), ("404", 404), ("400", 400)])
def test_requestedfor_names_nobody(dwp: DwpClient, answer: str, found: int) -> None:
    dwp.switch(unknown_requestedfor=answer)
    if found > 1:
        assert dwp.status("POST", "/services/search?requestedfor=x", json={"title": "laptop"}) == found
    else:
        assert len(_search(dwp, {"requestedfor": "x"}, title="laptop")) == found


def test_search_by_each_criterion(dwp: DwpClient) -> None:
    assert _search(dwp, serviceversionIds=[LAPTOP, ROBOT, "1", "2402"]) == ["2401", "2402"]
    assert _search(dwp, serviceversionIds=LAPTOP) == ["2401"]
    for ids in ([2401], {"id": LAPTOP}, 2401):
        assert dwp.status("POST", "/services/search", json={"serviceversionIds": ids}) == 400
    assert _search(dwp, categoryId="3002") == ["2401"]
    assert _search(dwp, categoryId="3001") == ["2402"]
    dwp.switch(category_search="below_too")
    assert _search(dwp, categoryId="3001") == ["2401", "2402", "2403", "2410"]
    assert _search(dwp, title="Shared mailbox") == ["2411", "2412"]
    assert _search(dwp, title="wifi") == ["2419"]
    assert _search(dwp, title="Robot arm hour") == []
    assert _search(dwp, title="Kaffebønner til køkkenet ☕") == ["2415"]
    assert _search(dwp, title="设计软件许可证") == ["2416"]


def test_search_pages(dwp: DwpClient) -> None:
    found = dwp.post("/services/search", {"title": "access"}, perPage=2, page=2)
    assert (found["pageSize"], found["page"], found["total"], len(found["services"])) == (2, 2, 3, 1)
    row = dwp.post("/services/search", {"serviceversionIds": ["2405"]})["services"][0]
    assert row["provisioningTime"] == {"type": "ProvisioningTimeMetric", "value": 30, "timeUnit": "MIN"}
    assert "description" not in row


@pytest.mark.parametrize(
    ("how", "title", "found"),
    [
        ("word", "laptop", 1),
        ("word", "lap", 0),
        ("word", "laptop standard", 1),
        ("whole", "laptop", 0),
        ("whole", "standard LAPTOP", 1),
        ("prefix", "standard l", 1),
        ("contains", "dard lap", 1),
        ("word", "*laptop*", 0),
        ("word", "%", 0),
        ("word", "", 0),
    ],
)
def test_how_titles_match(dwp: DwpClient, how: str, title: str, found: int) -> None:
    dwp.switch(title_match=how)
    assert _search(dwp, title=title) == [LAPTOP] * found


def test_case_and_tags(dwp: DwpClient) -> None:
    dwp.switch(title_case="exact", title_tags="no")
    assert _search(dwp, title="Laptop") == []
    assert _search(dwp, title="laptop") == [LAPTOP]
    assert _search(dwp, title="notebook") == []
    dwp.switch(title_tags="yes")
    assert _search(dwp, title="notebook") == [LAPTOP]


@pytest.mark.parametrize(
    ("switch", "body", "answers"),
    [
        ("search_none", {}, {"400": 400, "all": 23, "empty": 0}),
        ("search_several", {"title": "Standard laptop", "categoryId": "3013"}, {"400": 400, "first": 2, "empty": 0}),
    ],
)
def test_none_or_several_criteria(dwp: DwpClient, switch: str, body: dict[str, str], answers: dict[str, int]) -> None:
    for value, expected in answers.items():
        dwp.switch(**{switch: value})
        reply = dwp.call("POST", "/services/search", json=body)
        assert (reply.status_code if expected == 400 else len(reply.json()["services"])) == expected


def test_the_other_key_family(dwp: DwpClient) -> None:
    other: dict[str, Any] = {"serviceIds": [LAPTOP]}
    assert dwp.status("POST", "/services/search", json=other) == 400
    dwp.switch(key_check="tolerant")
    assert _search(dwp, **other) == [LAPTOP]
    dwp.switch(key_family="serviceId", key_check="strict")
    assert _search(dwp, **other) == [LAPTOP]
    assert dwp.status("POST", "/services/search", json={"serviceversionIds": [LAPTOP]}) == 400
    draft = dwp.post("/requests", {"serviceId": KIT, "excludedServiceIds": ["2413"]})
    assert (draft["serviceId"], draft["requests"][0]["serviceId"], len(draft["requests"])) == (KIT, LAPTOP, 3)
    assert "serviceversionId" not in str(draft)
    assert dwp.get("/services/requests/40211")["status"]["serviceId"] == LAPTOP
    assert dwp.get("/reviews", serviceId="2404")["total"] == 1
    assert dwp.status("GET", "/reviews?serviceversionId=2404") == 400
    assert dwp.status("POST", "/ratings", json={"serviceversionId": LAPTOP, "rating": 1}) == 400


def test_query_names_as_written(dwp: DwpClient) -> None:
    assert len(dwp.get("/services/requests", requestedFor="nli")) == 11
    assert len(dwp.get("/services/requests", requestedfor="nli")) == 2
    dwp.switch(query_names="any_case")
    assert len(dwp.get("/services/requests", requestedFor="nli")) == 2
