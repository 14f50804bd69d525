# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking for services: drafts, orders of drafts, all in one call, bundles, partial errors."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ACCOUNT, BADGE, DATABASE, FAX, KIT, LAPTOP, LEDGER, MONITOR, ROBOT, TRAINING, VPN, DwpClient

ABOVE_2_53 = 2**53
DETAIL = {"expectedDate": None, "generatesSrmRequest": False, "requestErrors": None, "collaborators": None}
TICKET = {"externalActivityId": "IDGADG1", "externalActivityDisplayId": "INC000000001101", "connectionName": "Remedy"}


def _request(dwp: DwpClient, request_id: str) -> dict[str, Any]:
    row: dict[str, Any] = dwp.control("GET", f"/dwp/requests/{request_id}")
    return row


def _count(dwp: DwpClient, collection: str = "requests") -> int:
    return len(dwp.state(collection))


def _messages(placed: dict[str, Any]) -> list[str]:
    return [error["message"] for error in placed["requestErrors"]]


# --- drafts


def test_initiate(dwp: DwpClient) -> None:
    made = dwp.post("/requests", {"serviceversionId": LAPTOP})
    assert made == {
        "serviceversionId": LAPTOP,
        "bundleRequestId": None,
        "requests": [
            {
                "requestId": made["requests"][0]["requestId"],
                "externalId": None,
                "dependencies": None,
                "questionnaire": None,
                "onStartChanges": {},
                "serviceversionId": LAPTOP,
            }
        ],
        "requestErrors": [],
    }
    assert dwp.committed()
    row = _request(dwp, made["requests"][0]["requestId"])
    assert (row["draft"], row["requestedBy"], row["requestedFor"], row["quantity"]) == (True, ACCOUNT, ACCOUNT, 1)
    dwp.switch(initiate_status=201)
    assert dwp.status("POST", "/requests", json={"serviceversionId": LAPTOP}) == 201


def test_each_call_makes_a_new_draft(dwp: DwpClient) -> None:
    assert dwp.initiate(LAPTOP) != dwp.initiate(LAPTOP)
    assert sum(row["draft"] for row in dwp.state("requests")) == 2


def test_what_a_draft_keeps(dwp: DwpClient) -> None:
    more = {
        "requestForUserIds": ["mlind", "nli"],
        "quantity": 3,
        "referenceRequestId": "40211",
        "myStuffItemId": "9012",
        "onBehalfOfUserId": "odahl",
        "dependencies": {"1": "2"},
    }
    made = dwp.post("/requests", {"serviceversionId": LAPTOP, **more})
    rows = [_request(dwp, entry["requestId"]) for entry in made["requests"]]
    assert [row["requestedFor"] for row in rows] == ["mlind", "nli"]
    assert {row["quantity"] for row in rows} == {3}
    kept = {name: more[name] for name in ("referenceRequestId", "myStuffItemId", "onBehalfOfUserId", "dependencies")}
    assert all(row["extras"] == kept for row in rows)
    assert _request(dwp, dwp.initiate(LAPTOP, onBehalfOfUserId="nli"))["requestedFor"] == "nli"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "serviceversionId"),
        ({"serviceversionId": ""}, "serviceversionId"),
        ({"serviceversionId": 2401}, "serviceversionId must be a string"),
        ({"serviceversionId": LAPTOP, "requestForUserIds": "mlind"}, "requestForUserIds must be a list of strings"),
        ({"serviceversionId": LAPTOP, "quantity": 0}, "quantity must be a whole number from 1 up"),
        ({"serviceversionId": LAPTOP, "quantity": True}, "quantity must be"),
        ({"serviceversionId": LAPTOP, "dependencies": ["1"]}, "dependencies must be an object"),
        ({"serviceversionId": LAPTOP, "questions": [{"answers": ["x"]}]}, "questionId"),
        ({"serviceversionId": LAPTOP, "questions": [{"questionId": "1", "answers": ["x"]}]}, "Question 1 is not part of"),
        ({"serviceversionId": LAPTOP, "excludedServiceversionIds": [VPN]}, "is not part of 'Standard laptop'"),
    ],
)
def test_drafts_that_are_refused(dwp: DwpClient, body: dict[str, Any], text: str) -> None:
    before = _count(dwp)
    reply = dwp.call("POST", "/requests", json=body)
    assert reply.status_code == 400
    assert text in reply.json()["message"]
    assert not dwp.committed()
    assert _count(dwp) == before


@pytest.mark.parametrize("service", ["1", ROBOT, "2424"])
def test_services_that_are_not_there(dwp: DwpClient, service: str) -> None:
    reply = dwp.call("POST", "/requests", json={"serviceversionId": service})
    assert (reply.status_code, reply.json()["message"]) == (404, f"Service of id {service} not found.")


# --- ordering drafts


def test_order_of_drafts(dwp: DwpClient) -> None:
    first, second = dwp.initiate(LAPTOP), dwp.initiate(MONITOR)
    placed = dwp.post("/orders", {"requests": [{"id": first}, {"id": second}, {"id": first}]})
    assert placed == {"id": placed["id"], "requestErrors": [], "requestDetails": [], "expectedDate": None}
    assert int(placed["id"]) > ABOVE_2_53
    assert dwp.committed()
    assert [_request(dwp, row)["orderId"] for row in (first, second)] == [placed["id"]] * 2
    order = dwp.state("orders")[-1]
    assert (order["id"], order["by"], order["requests"]) == (placed["id"], ACCOUNT, [first, second])


def test_answers_to_an_order_of_drafts(dwp: DwpClient) -> None:
    dwp.switch(orders_answer="with_details", order_ids="small", request_ids="big")
    request_id = dwp.initiate(LAPTOP)
    assert int(request_id) > ABOVE_2_53
    placed = dwp.post("/orders", {"requests": [{"id": request_id}]})
    assert placed["requestDetails"] == [{"id": request_id, **DETAIL}]
    assert int(placed["id"]) < ABOVE_2_53
    dwp.switch(orders_answer="empty_body")
    reply = dwp.call("POST", "/orders", json={"requests": [{"id": dwp.initiate(LAPTOP)}]})
    assert (reply.status_code, reply.content) == (200, b"")
    assert dwp.committed()


def test_items_of_an_order(dwp: DwpClient) -> None:
    request_id = dwp.initiate(LAPTOP)
    wrong: dict[str, Any]
    for wrong in ({}, {"requests": []}, {"requests": request_id}, {"requests": [request_id]}, {"requests": [{}]}):
        assert dwp.status("POST", "/orders", json=wrong) == 400
    assert _request(dwp, request_id)["draft"]
    dwp.switch(orders_items="either")
    assert dwp.post("/orders", {"requests": [request_id]})["requestErrors"] == []
    assert not _request(dwp, request_id)["draft"]


def test_a_second_order_of_the_same_request(dwp: DwpClient) -> None:
    request_id = dwp.initiate(LAPTOP)
    body = {"requests": [{"id": request_id}]}
    first = dwp.post("/orders", body)["id"]
    second = dwp.post("/orders", body)
    assert second["id"] is None
    assert _messages(second) == [f"Request {request_id} was ordered already"]
    assert not dwp.committed()
    dwp.switch(double_order="same_order")
    assert dwp.post("/orders", body) == {"id": first, "requestErrors": [], "requestDetails": [], "expectedDate": None}
    dwp.switch(double_order="nothing")
    assert dwp.post("/orders", body)["id"] not in (None, first)
    assert _request(dwp, request_id)["orderId"] == first
    assert [row["requests"] for row in dwp.state("orders")].count([request_id]) == 1


def test_draft_that_is_ordered_again_can_become_a_second_request(dwp: DwpClient) -> None:
    dwp.switch(double_order="second_request", missing_answers="accepted")
    kit = dwp.post("/requests", {"serviceversionId": KIT, "requestForUserIds": ["nli"]})
    parts = [row["requestId"] for row in kit["requests"]]
    bodies = [{"requests": [{"id": one} for one in ids]} for ids in ([dwp.initiate(LAPTOP)], parts)]
    before = _count(dwp)
    for body in (*bodies, *bodies):
        assert dwp.post("/orders", body)["requestErrors"] == []
    assert _count(dwp) == before + 1 + len(parts)
    in_kit = [row for row in dwp.state("requests") if row["bundleId"] == kit["bundleRequestId"]]
    assert [row["draft"] for row in in_kit] == [False] * 2 * len(parts)


def test_required_answers_of_drafts(dwp: DwpClient) -> None:
    good, bad = dwp.initiate(LAPTOP), dwp.initiate(DATABASE)
    body = {"requests": [{"id": bad}, {"id": good}]}
    placed = dwp.post("/orders", body)
    text = f"Request {bad}: required questions are not answered: Database name, Access level, Reason"
    assert placed["requestErrors"] == [{"requestId": bad, "code": 307, "message": text}]
    assert (_request(dwp, good)["draft"], _request(dwp, bad)["draft"]) == (False, True)
    dwp.switch(missing_answers=400)
    reply = dwp.call("POST", "/orders", json={"requests": [{"id": bad}]})
    assert (reply.status_code, reply.json()) == (400, {"code": 307, "message": text})
    dwp.switch(missing_answers="accepted")
    assert dwp.post("/orders", {"requests": [{"id": bad}]})["requestErrors"] == []


@pytest.mark.parametrize("how", ["200", "200_unless_all", "400"])
def test_some_of_several_fail(dwp: DwpClient, how: str) -> None:
    dwp.switch(batch_errors=how)
    good = dwp.initiate(LAPTOP)
    reply = dwp.call("POST", "/orders", json={"requests": [{"id": "1"}, {"id": good}]})
    assert reply.status_code == (400 if how == "400" else 200)
    assert _request(dwp, good)["draft"] == (how == "400")
    if how != "400":
        assert reply.json()["requestErrors"] == [{"requestId": "1", "code": 302, "message": "Service request 1 not found."}]
    reply = dwp.call("POST", "/orders", json={"requests": [{"id": "1"}]})
    assert reply.status_code == (200 if how == "200" else 400)


def test_drafts_of_others(dwp: DwpClient) -> None:
    request_id = dwp.initiate(LAPTOP)
    maja = dwp.as_user("mlind")
    assert _messages(maja.post("/orders", {"requests": [{"id": request_id}]})) == [f"Service request {request_id} not found."]
    assert maja.status("GET", f"/requests/{request_id}/questionnaire") == 404
    assert dwp.as_user("odahl").post("/orders", {"requests": [{"id": request_id}]})["requestErrors"] == []


# --- in one call


def test_one_call(dwp: DwpClient) -> None:
    entry = {"serviceversionId": LAPTOP, "requestForUserIds": ["mlind"], "quantity": 2, "summary": "For the new desk"}
    body = {"title": "A laptop", "collaboratorsEnabled": False, "serviceRequests": [{**entry, "externalActivities": [TICKET]}]}
    placed = dwp.post("/orders/requests", body)
    request_id = placed["requestDetails"][0]["id"]
    assert placed == {
        "id": placed["id"],
        "requestErrors": [],
        "requestDetails": [{"id": request_id, **DETAIL}],
        "expectedDate": None,
    }
    row = _request(dwp, request_id)
    assert (row["draft"], row["requestedBy"], row["requestedFor"], row["quantity"]) == (False, ACCOUNT, "mlind", 2)
    assert (row["extras"]["summary"], row["extras"]["externalActivities"]) == ("For the new desk", [TICKET])
    order = dwp.state("orders")[-1]
    assert (order["id"], order["title"], order["requests"]) == (placed["id"], "A laptop", [request_id])
    assert "summary" not in dwp.get(f"/services/requests/{request_id}")
    dwp.switch(extra_request_fields="present")
    seen = dwp.get(f"/services/requests/{request_id}")
    assert (seen["summary"], seen["orderId"], seen["orderTitle"]) == ("For the new desk", placed["id"], "A laptop")
    assert seen["externalActivities"] == [TICKET]


def test_many_services_for_many_users_in_one_call(dwp: DwpClient) -> None:
    entries = [
        {"serviceversionId": LAPTOP, "requestForUserIds": ["mlind", "nli"]},
        {"serviceversionId": VPN},
        {"serviceversionId": MONITOR, "requestForUserIds": ["odahl"]},
    ]
    placed = dwp.post("/orders/requests", {"serviceRequests": entries})
    rows = [_request(dwp, detail["id"]) for detail in placed["requestDetails"]]
    wanted = [(LAPTOP, "mlind"), (LAPTOP, "nli"), (VPN, ACCOUNT), (MONITOR, "odahl")]
    assert [(row["service"], row["requestedFor"]) for row in rows] == wanted
    assert {row["orderId"] for row in rows} == {placed["id"]}
    dwp.switch(details_order="reversed")
    placed = dwp.post("/orders/requests", {"serviceRequests": entries})
    rows = [_request(dwp, detail["id"]) for detail in placed["requestDetails"]]
    assert [(row["service"], row["requestedFor"]) for row in rows] == wanted[::-1]
    dwp.switch(order_details="empty")
    assert dwp.post("/orders/requests", {"serviceRequests": entries})["requestDetails"] == []


def test_collaborators(dwp: DwpClient) -> None:
    maja, soren = dwp.as_user("mlind"), dwp.as_user("skjaer")
    body = {"collaboratorsEnabled": True, "serviceRequests": [{"serviceversionId": VPN}]}
    detail = maja.post("/orders/requests", body)["requestDetails"][0]
    assert detail["collaborators"] == ["odahl", "skjaer"]
    assert soren.status("GET", f"/services/requests/{detail['id']}") == 200
    assert dwp.as_user("nli").status("GET", f"/services/requests/{detail['id']}") == 404
    unshared = maja.ordered(VPN)
    assert soren.status("GET", f"/services/requests/{unshared}") == 404


def test_part_of_an_order_fails(dwp: DwpClient) -> None:
    entries = [
        {"serviceversionId": LAPTOP, "requestForUserIds": ["mlind", "nobody"]},
        {"serviceversionId": "1"},
        {"serviceversionId": LEDGER, "requestForUserIds": ["mlind", "jmueller"]},
        {"serviceversionId": LAPTOP, "requestForUserIds": ["nli"], "quantity": 6},
        {"serviceversionId": DATABASE, "requestForUserIds": ["nli"]},
        {"serviceversionId": TRAINING, "requestForUserIds": ["nli"]},
    ]
    placed = dwp.post("/orders/requests", {"serviceRequests": entries})
    assert [_request(dwp, detail["id"])["requestedFor"] for detail in placed["requestDetails"]] == ["mlind", "jmueller"]
    assert placed["requestErrors"] == [
        {"serviceversionId": LAPTOP, "requestForUserId": "nobody", "code": 302, "message": "User nobody not found."},
        {"serviceversionId": "1", "code": 302, "message": "Service of id 1 not found."},
        {
            "serviceversionId": LEDGER,
            "requestForUserId": "mlind",
            "code": 353,
            "message": f"User mlind is not entitled to service {LEDGER}",
        },
        {"serviceversionId": LAPTOP, "requestForUserId": "nli", "code": 326, "message": "Quantity is above 5"},
        {
            "serviceversionId": TRAINING,
            "requestForUserId": "nli",
            "code": 353,
            "message": f"Service {TRAINING} cannot be requested for nli by {ACCOUNT}",
        },
        {
            "serviceversionId": DATABASE,
            "requestForUserId": "nli",
            "code": 307,
            "message": "Required questions are not answered: Database name, Access level, Reason",
        },
    ]


@pytest.mark.parametrize(("quantity", "refused"), [(1, False), (5, False), (6, True)])
def test_quantities(dwp: DwpClient, quantity: int, refused: bool) -> None:
    placed = dwp.order(LAPTOP, quantity=quantity)
    assert bool(placed["requestErrors"]) == refused
    assert [_request(dwp, detail["id"])["quantity"] for detail in placed["requestDetails"]] == ([] if refused else [quantity])


def test_shapes_of_request_errors(dwp: DwpClient) -> None:
    for shape, wanted in (("message", {"message": "User x not found."}), ("text", "User x not found.")):
        dwp.switch(request_error_shape=shape)
        assert dwp.order(LAPTOP, "x")["requestErrors"] == [wanted]
    dwp.switch(order_errors_at="details")
    placed = dwp.order(LAPTOP, "x", "nli")
    assert placed["requestErrors"] == []
    good, bad = placed["requestDetails"]
    assert good["requestErrors"] is None
    assert (bad["id"], bad["requestErrors"]) == (None, ["User x not found."])


def test_nothing_of_an_order_succeeds(dwp: DwpClient) -> None:
    before, orders = _count(dwp), _count(dwp, "orders")
    placed = dwp.order(LAPTOP, "x", "y")
    assert (placed["id"], placed["requestDetails"], len(placed["requestErrors"])) == (None, [], 2)
    assert not dwp.committed()
    dwp.switch(batch_errors="200_unless_all")
    entry = {"serviceversionId": LAPTOP, "requestForUserIds": ["x"]}
    assert dwp.status("POST", "/orders/requests", json={"serviceRequests": [entry]}) == 400
    dwp.switch(batch_errors="400")
    entry["requestForUserIds"] = ["nli", "x"]
    reply = dwp.call("POST", "/orders/requests", json={"serviceRequests": [entry]})
    assert (reply.status_code, reply.json()) == (400, {"code": 302, "message": "User x not found."})
    assert dwp.status("POST", "/requests", json=entry) == 400
    assert (_count(dwp), _count(dwp, "orders")) == (before, orders)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "serviceRequests"),
        ({"serviceRequests": []}, "serviceRequests"),
        ({"serviceRequests": {"serviceversionId": LAPTOP}}, "serviceRequests must be a list of objects"),
        ({"serviceRequests": [{}]}, "serviceversionId"),
        ({"serviceRequests": [{"serviceversionId": LAPTOP, "dependencies": {}}]}, "dependencies must be a list of strings"),
        ({"serviceRequests": [{"serviceversionId": LAPTOP, "questions": []}]}, 'Unrecognized field "questions"'),
        ({"serviceRequests": [{"serviceversionId": LAPTOP, "externalActivities": [{}]}]}, "externalActivityId"),
        (
            {"serviceRequests": [{"serviceversionId": LAPTOP, "externalActivities": [{"externalActivityId": "1"}]}]},
            "externalSubCatalogId, connectionName, connectionId",
        ),
        ({"title": "x", "collaboratorsEnabled": "no", "serviceRequests": [{"serviceversionId": LAPTOP}]}, "true or false"),
        ({"serviceRequests": [{"serviceversionId": LAPTOP}, {"serviceversionId": KIT, "excludedServiceversionIds": ["1"]}]}, "1"),
    ],
)
def test_orders_that_are_refused(dwp: DwpClient, body: dict[str, Any], text: str) -> None:
    before = _count(dwp)
    reply = dwp.call("POST", "/orders/requests", json=body)
    assert reply.status_code == 400
    assert text in reply.json()["message"]
    assert _count(dwp) == before


def test_required_answers_in_one_call(dwp: DwpClient) -> None:
    before = _count(dwp)
    assert _messages(dwp.order(BADGE)) == ["Required questions are not answered: Name on the badge"]
    dwp.switch(one_call_missing_answers="400")
    reply = dwp.call("POST", "/orders/requests", json={"serviceRequests": [{"serviceversionId": BADGE}]})
    assert reply.status_code == 400
    assert _count(dwp) == before
    dwp.switch(one_call_missing_answers="accepted")
    assert dwp.order(BADGE)["requestErrors"] == []


def test_questions_in_one_call(dwp: DwpClient) -> None:
    dwp.switch(one_call_questions="accepted")
    question = dwp.questions(dwp.initiate(BADGE))["Name on the badge"]["id"]
    placed = dwp.order(BADGE, questions=[{"questionId": question, "answers": ["Automation"]}])
    assert placed["requestErrors"] == []
    assert _request(dwp, placed["requestDetails"][0]["id"])["answers"]["Name on the badge"] == ["Automation"]


def test_request_as_somebody_else(dwp: DwpClient) -> None:
    placed = dwp.order(LAPTOP, "nli", requestedByUserId="mlind")
    row = _request(dwp, placed["requestDetails"][0]["id"])
    assert (row["requestedBy"], row["requestedFor"]) == ("mlind", "nli")
    entry = {"serviceversionId": LAPTOP, "requestedByUserId": "nli"}
    assert dwp.as_user("mlind").status("POST", "/orders/requests", json={"serviceRequests": [entry]}) == 403
    entry["requestedByUserId"] = "nobody"
    assert dwp.status("POST", "/orders/requests", json={"serviceRequests": [entry]}) == 400


# --- who for


def test_for_others(dwp: DwpClient) -> None:
    maja = dwp.as_user("mlind")
    row = _request(dwp, maja.ordered(LAPTOP, "nli"))
    assert (row["requestedBy"], row["requestedFor"]) == ("mlind", "nli")
    dwp.switch(on_behalf="agents")
    assert _messages(maja.order(LAPTOP, "nli")) == [f"Service {LAPTOP} cannot be requested for nli by mlind"]
    assert maja.order(LAPTOP, "mlind")["requestErrors"] == []
    assert dwp.as_user("odahl").order(LAPTOP, "nli")["requestErrors"] == []
    assert maja.order(TRAINING)["requestErrors"] == []
    assert _messages(dwp.order(LAPTOP, "nli", onBehalfOfUserId="x")) == ["User x not found."]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_not_entitled(dwp: DwpClient, status: int) -> None:
    text = f"User mlind is not entitled to service {LEDGER}"
    assert _messages(dwp.order(LEDGER, "jmueller", "mlind")) == [text]
    before = _count(dwp)
    dwp.switch(not_entitled_order=status)
    entry = {"serviceversionId": LEDGER, "requestForUserIds": ["jmueller", "mlind"]}
    for path, body in (("/requests", entry), ("/orders/requests", {"serviceRequests": [{"serviceversionId": LAPTOP}, entry]})):
        reply = dwp.call("POST", path, json=body)
        assert (reply.status_code, reply.json()) == (status, {"code": 353, "message": text})
    assert _count(dwp) == before


def test_the_limit_of_users(dwp: DwpClient) -> None:
    logins = dwp.control("POST", "/dwp/users", {"count": 21})["ids"]
    assert dwp.order(LAPTOP, *logins[:20])["requestErrors"] == []
    before = _count(dwp)
    body = {"serviceRequests": [{"serviceversionId": LAPTOP, "requestForUserIds": logins}]}
    reply = dwp.call("POST", "/orders/requests", json=body)
    assert (reply.status_code, reply.json()["message"]) == (400, "More than 20 users in one request")
    assert dwp.status("POST", "/requests", json=body["serviceRequests"][0]) == 400
    assert _count(dwp) == before
    dwp.switch(over_user_limit="request_errors")
    placed = dwp.order(LAPTOP, *logins)
    assert (len(placed["requestDetails"]), [error["requestForUserId"] for error in placed["requestErrors"]]) == (20, logins[20:])
    dwp.switch(user_limit=0)
    assert dwp.order(LAPTOP, *logins)["requestErrors"] == []


def test_the_limit_of_a_questionnaire(dwp: DwpClient) -> None:
    body = {"serviceversionId": BADGE, "requestForUserIds": ["mlind", "nli"]}
    assert dwp.call("POST", "/requests", json=body).json()["message"] == "More than 1 users in one request"


# --- bundles


def test_a_bundle_in_drafts(dwp: DwpClient) -> None:
    made = dwp.post("/requests", {"serviceversionId": KIT, "excludedServiceversionIds": [BADGE]})
    parts = [entry["requestId"] for entry in made["requests"]]
    assert [entry["serviceversionId"] for entry in made["requests"]] == [LAPTOP, MONITOR, VPN]
    bundle = _request(dwp, made["bundleRequestId"])
    assert (bundle["service"], bundle["parts"]) == (KIT, parts)
    assert {_request(dwp, part)["bundleId"] for part in parts} == {bundle["id"]}
    dwp.post("/orders", {"requests": [{"id": part} for part in parts]})
    assert not any(_request(dwp, row)["draft"] for row in (bundle["id"], *parts))
    assert dwp.get(f"/services/requests/{bundle['id']}")["name"] == "New colleague kit"


def test_a_bundle_asks_for_the_answers_of_its_parts(dwp: DwpClient) -> None:
    made = dwp.post("/requests", {"serviceversionId": KIT})
    bundle = {"requests": [{"id": made["bundleRequestId"]}]}
    badge = next(entry["requestId"] for entry in made["requests"] if entry["serviceversionId"] == BADGE)
    assert _messages(dwp.post("/orders", bundle))[0].endswith("not answered: Name on the badge")
    dwp.answer(BADGE, badge, "Name on the badge", "Automation")
    assert dwp.post("/orders", bundle)["requestErrors"] == []
    assert not _request(dwp, badge)["draft"]


def test_a_part_of_a_bundle_alone(dwp: DwpClient) -> None:
    made = dwp.post("/requests", {"serviceversionId": KIT})
    first, second = (entry["requestId"] for entry in made["requests"][:2])
    dwp.post("/orders", {"requests": [{"id": first}]})
    assert [_request(dwp, row)["draft"] for row in (made["bundleRequestId"], first, second)] == [False, False, True]


def test_a_bundle_in_one_call(dwp: DwpClient) -> None:
    excluded = {"excludedServiceversionIds": [BADGE, VPN]}
    placed = dwp.order(KIT, "nli", **excluded)
    bundle = _request(dwp, placed["requestDetails"][0]["id"])
    assert (bundle["service"], len(bundle["parts"]), len(placed["requestDetails"])) == (KIT, 2, 1)
    assert {row["id"] for row in dwp.get("/services/requests", requestedfor="nli")} >= {bundle["id"], *bundle["parts"]}
    dwp.switch(bundle_details="parts", bundle_parts_in_reads="hidden")
    placed = dwp.order(KIT, "nli", **excluded)
    rows = [_request(dwp, detail["id"]) for detail in placed["requestDetails"]]
    assert [row["service"] for row in rows] == [LAPTOP, MONITOR]
    shown = {row["id"] for row in dwp.get("/services/requests", requestedfor="nli")}
    assert rows[0]["bundleId"] in shown
    assert shown.isdisjoint({row["id"] for row in rows})
    dwp.order(KIT, **excluded)
    assert (dwp.get(f"/services/{KIT}/myrequests")["totalSize"], dwp.get(f"/services/{LAPTOP}/myrequests")["totalSize"]) == (3, 0)


def test_nothing_of_a_bundle_is_left(dwp: DwpClient) -> None:
    body = {"serviceversionId": KIT, "excludedServiceversionIds": [LAPTOP, MONITOR, VPN, BADGE]}
    assert dwp.call("POST", "/requests", json=body).json()["message"] == "Nothing of 'New colleague kit' is left"


# --- when reads show it


@pytest.mark.parametrize(
    "path", ["/services/requests/{id}", "/services/requests/{id}/activities", "/services/requests/{id}/answers"]
)
def test_late_by_reads(dwp: DwpClient, path: str) -> None:
    dwp.switch(late_visibility_reads=2)
    request_id = dwp.ordered(FAX)
    assert [dwp.status("GET", path.replace("{id}", request_id)) for dummy in range(4)] == [404, 404, 200, 200]


def test_late_by_the_clock(dwp: DwpClient) -> None:
    dwp.switch(late_visibility_ms=60_000)
    request_id = dwp.ordered(LAPTOP)
    for dummy in range(3):
        assert dwp.status("GET", f"/services/requests/{request_id}") == 404
        assert dwp.get(f"/services/{LAPTOP}/myrequests")["totalSize"] == 0
        assert request_id not in [row["id"] for row in dwp.get("/services/requests")]
        assert dwp.post("/services/requests/search", [request_id]) == []
    dwp.later(61)
    assert dwp.status("GET", f"/services/requests/{request_id}") == 200
    assert dwp.get(f"/services/{LAPTOP}/myrequests")["totalSize"] == 1
    assert dwp.get("/services/requests")[0]["id"] == request_id
