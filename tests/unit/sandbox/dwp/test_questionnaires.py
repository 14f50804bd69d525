# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questionnaires of drafts: what is asked, what an answer changes, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import BADGE, CATERING, DATABASE, LAPTOP, LICENCE, MOVE, PHONE, RECOVERY, DwpClient

OUTER = ("guid", "createDate", "modifiedDate", "rxId", "summary", "workflowId", "questionnaireGroupId", "name")


def _give(dwp: DwpClient, request_id: str, service: str, label: str, *values: str, **more: Any) -> Any:
    """The whole reply to an answer."""
    question = dwp.questions(request_id)[label]["id"]
    body = {"questionId": question, "answers": values, "serviceRequestId": request_id, **more}
    return dwp.call("POST", f"/services/{service}/questionnaire/answers", json=body)


def _answers(dwp: DwpClient, request_id: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = dwp.control("GET", f"/dwp/requests/{request_id}")["answers"]
    return found


def _read(dwp: DwpClient, request_id: str) -> dict[str, list[str]]:
    """Answers as the API shows them."""
    return {answer["label"]: answer["answers"] for answer in dwp.get(f"/services/requests/{request_id}/answers")}


def test_a_questionnaire(dwp: DwpClient) -> None:
    request_id = dwp.initiate(DATABASE)
    whole = dwp.get(f"/requests/{request_id}/questionnaire")["questionnaire"]
    assert {name: whole[name] for name in OUTER} == dict.fromkeys(OUTER)
    assert (whole["bulkRequestedForUserLimit"], whole["useDefaultLanguage"]) == (20, False)
    assert [page["title"] for page in whole["pages"]] == ["What you need", "Why"]
    name, level = whole["pages"][0]["pageItems"]
    assert name == {
        "type": "TextField",
        "id": name["id"],
        "externalId": None,
        "perUser": False,
        "visible": True,
        "useDefaultLocale": False,
        "label": "Database name",
        "description": "",
        "required": True,
        "hidden": False,
        "readOnly": False,
        "answerSource": "SAVED",
        "tags": [],
        "defaultAnswer": None,
        "maxLength": 30,
        "confidential": False,
    }
    assert (level["type"], level["defaultAnswers"]) == ("RadioButtons", [])
    assert level["options"][0] == {"dataValue": "READ", "displayValue": "Read only"}


def test_tables_have_rows_of_columns(dwp: DwpClient) -> None:
    room = dwp.questions(dwp.initiate("2409"))["Room"]
    assert room["type"] == "DataTable"
    assert room["options"][0] == {"dataValue": "R-101", "displayValue": ["Aarhus", "1.01", "6 seats"]}


def test_a_service_that_asks_nothing(dwp: DwpClient) -> None:
    request_id = dwp.initiate(LAPTOP)
    path = f"/requests/{request_id}/questionnaire"
    assert dwp.get(path) == {"questionnaire": None}
    dwp.switch(no_questionnaire="no_pages")
    assert dwp.get(path)["questionnaire"]["pages"] == []
    dwp.switch(no_questionnaire="404")
    assert dwp.status("GET", path) == 404
    assert dwp.status("GET", "/requests/1/questionnaire") == 404
    body = {"questionId": "1", "answers": ["x"], "serviceRequestId": request_id}
    assert dwp.status("POST", f"/services/{LAPTOP}/questionnaire/answers", json=body) == 400


def test_the_ids_of_questions_stay_the_same(dwp: DwpClient) -> None:
    first, second = dwp.questions(dwp.initiate(BADGE)), dwp.questions(dwp.initiate(BADGE))
    assert [item["id"] for item in first.values()] == [item["id"] for item in second.values()]


def test_answers_one_by_one(dwp: DwpClient) -> None:
    request_id = dwp.initiate(PHONE)
    questions = dwp.questions(request_id)
    assert (questions["Model"]["options"], questions["Present number"]["visible"]) == ([], False)
    assert _give(dwp, request_id, PHONE, "Model", "A10").status_code == 400
    changes = dwp.answer(PHONE, request_id, "Maker", "ATLAS")
    assert dwp.committed()
    options = [{"dataValue": "A10", "displayValue": "Atlas 10"}, {"dataValue": "A11", "displayValue": "Atlas 11 Compact"}]
    assert changes == {questions["Model"]["id"]: {"answers": [], "options": options, "visible": True}}
    assert dwp.answer(PHONE, request_id, "Model", "A11") == {}
    changes = dwp.answer(PHONE, request_id, "Keep your number?", "true")
    assert changes == {questions["Present number"]["id"]: {"answers": [], "options": [], "visible": True}}
    body = {"requests": [{"id": request_id}]}
    assert "not answered: Present number" in dwp.post("/orders", body)["requestErrors"][0]["message"]
    dwp.answer(PHONE, request_id, "Present number", "+45 5550 0101")
    assert dwp.post("/orders", body)["requestErrors"] == []
    assert _read(dwp, request_id) == {
        "Maker": ["ATLAS"],
        "Model": ["A11"],
        "Keep your number?": ["true"],
        "Present number": ["+45 5550 0101"],
    }


def test_a_later_answer_takes_the_place_of_an_earlier_one(dwp: DwpClient) -> None:
    request_id = dwp.initiate(PHONE)
    dwp.answer(PHONE, request_id, "Maker", "ATLAS")
    dwp.answer(PHONE, request_id, "Model", "A10")
    assert dwp.questions(request_id)["Model"]["defaultAnswers"] == ["A10"]
    dwp.answer(PHONE, request_id, "Maker", "NORDIC")
    assert _answers(dwp, request_id) == {"Maker": ["NORDIC"], "Model": []}
    dwp.answer(PHONE, request_id, "Maker")
    assert dwp.questions(request_id)["Maker"]["defaultAnswers"] == []


def test_required_questions_that_are_hidden(dwp: DwpClient) -> None:
    request_id = dwp.initiate(PHONE)
    for label, value in {"Maker": "ATLAS", "Model": "A10", "Keep your number?": "false"}.items():
        dwp.answer(PHONE, request_id, label, value)
    body = {"requests": [{"id": request_id}]}
    dwp.switch(hidden_required="needed")
    assert "not answered: Present number" in dwp.post("/orders", body)["requestErrors"][0]["message"]
    dwp.switch(hidden_required="not_needed")
    assert dwp.post("/orders", body)["requestErrors"] == []


def test_an_answer_fills_in_another(dwp: DwpClient) -> None:
    request_id = dwp.initiate(LICENCE)
    dwp.answer(LICENCE, request_id, "Product", "VECTOR")
    assert dwp.questions(request_id)["Cost centre"]["defaultAnswer"] == "CC-4200"
    dwp.answer(LICENCE, request_id, "Product", "CAD")
    dwp.answer(LICENCE, request_id, "Modules", "M-BASE", "M-3D")
    dwp.post("/orders", {"requests": [{"id": request_id}]})
    assert _read(dwp, request_id) == {"Product": ["CAD"], "Modules": ["M-BASE", "M-3D"], "Cost centre": ["CC-4100"]}


@pytest.mark.parametrize(
    ("service", "label", "values", "text"),
    [
        (DATABASE, "Database name", ("x" * 31,), "longer than 30 characters"),
        (DATABASE, "Access level", ("Read only",), "'Read only' is not an option of question 'Access level'"),
        (DATABASE, "Access level", ("READ", "WRITE"), "takes one answer only"),
        (PHONE, "Keep your number?", ("yes",), "'yes' is not an option"),
        (LICENCE, "Cost centre", ("CC-1",), "is read only"),
        (LICENCE, "Modules", ("M-BASE", "M-NONE"), "'M-NONE' is not an option"),
        (CATERING, "Day", ("tomorrow",), "'tomorrow' is not a date"),
    ],
)
def test_answers_that_are_refused(dwp: DwpClient, service: str, label: str, values: tuple[str, ...], text: str) -> None:
    request_id = dwp.initiate(service)
    reply = _give(dwp, request_id, service, label, *values)
    assert reply.status_code == 400
    assert text in reply.json()["message"]
    assert _answers(dwp, request_id) == {}
    assert not dwp.committed()


def test_what_an_answer_must_name(dwp: DwpClient) -> None:
    request_id = dwp.initiate(DATABASE)
    whole = dwp.get(f"/requests/{request_id}/questionnaire")["questionnaire"]
    path, question = f"/services/{DATABASE}/questionnaire/answers", whole["pages"][0]["pageItems"][0]["id"]
    good = {"questionnaireId": whole["id"], "questionId": question, "answers": ["x"], "serviceRequestId": request_id}
    for name, value in {
        "questionnaireId": "1",
        "questionId": "1",
        "answers": "x",
        "serviceRequestId": None,
    }.items():
        assert dwp.status("POST", path, json={**good, name: value}) == 400
    assert dwp.status("POST", path, json={**good, "answers": None}) == 400
    assert dwp.status("POST", path, json={**good, "serviceRequestId": "1"}) == 404
    assert dwp.status("POST", "/services/1/questionnaire/answers", json=good) == 404
    assert dwp.status("POST", f"/services/{LAPTOP}/questionnaire/answers", json=good) == 400
    assert dwp.status("POST", f"/services/{request_id}/questionnaire/answers", json=good) == 404
    assert _answers(dwp, request_id) == {}
    dwp.switch(answers_path="either")
    assert dwp.status("POST", f"/services/{request_id}/questionnaire/answers", json=good) == 200
    assert dwp.status("POST", path, json=good) == 200
    assert _answers(dwp, request_id) == {"Database name": ["x"]}


def test_answers_after_the_order(dwp: DwpClient) -> None:
    request_id = dwp.initiate(RECOVERY)
    dwp.answer(RECOVERY, request_id, "Recovery code", "12-34")
    dwp.post("/orders", {"requests": [{"id": request_id}]})
    assert "ordered already" in _give(dwp, request_id, RECOVERY, "Recovery code", "56-78").json()["message"]
    assert _answers(dwp, request_id)["Recovery code"] == ["12-34"]


def test_answers_along_with_the_draft(dwp: DwpClient) -> None:
    ids = {label: item["id"] for label, item in dwp.questions(dwp.initiate(DATABASE)).items()}
    given = {"Database name": "orders_eu", "Access level": "READ", "Reason": "Why not"}
    questions = [{"questionId": ids[label], "answers": [value]} for label, value in given.items()]
    made = dwp.post(
        "/requests",
        {"serviceversionId": DATABASE, "requestForUserIds": ["mlind", "nli"], "questions": questions},
    )
    requests = [{"id": entry["requestId"]} for entry in made["requests"]]
    assert dwp.post("/orders", {"requests": requests})["requestErrors"] == []
    for request in requests:
        assert _read(dwp, request["id"]) == {label: [value] for label, value in given.items()}
    before = len(dwp.state("requests"))
    questions[1]["answers"] = ["OWN"]
    assert dwp.status("POST", "/requests", json={"serviceversionId": DATABASE, "questions": questions}) == 400
    assert len(dwp.state("requests")) == before


@pytest.mark.parametrize("shape", ["lists", "options_only", "empty_object", "empty_body"])
def test_shapes_of_changes(dwp: DwpClient, shape: str) -> None:
    dwp.switch(changes_shape=shape)
    request_id = dwp.initiate(CATERING)
    ids = {label: item["id"] for label, item in dwp.questions(request_id).items()}
    reply = _give(dwp, request_id, CATERING, "Size", "LARGE")
    assert reply.status_code == 200
    rows = [
        {"dataValue": "ROLLS", "displayValue": ["Open sandwiches", "14 EUR"]},
        {"dataValue": "BUFFET", "displayValue": ["Buffet", "27 EUR"]},
    ]
    options = {"type": "ListOptionsChange", "questionMultiColumn": {"data": rows}}
    shown, nothing = {"type": "VisibilityChange", "visible": True}, {"type": "AnswersChange", "answers": []}
    if shape == "lists":
        assert reply.json() == {ids["Number of guests"]: [shown, nothing], ids["Menu"]: [options, shown, nothing]}
    elif shape == "options_only":
        assert reply.json() == {ids["Menu"]: [options]}
    elif shape == "empty_object":
        assert reply.json() == {}
    else:
        assert reply.content == b""


def test_check_boxes_and_dates(dwp: DwpClient) -> None:
    request_id = dwp.initiate(CATERING)
    given = {"Occasion": ["Fødselsdag"], "Size": ["SMALL"], "Menu": ["CAKE"], "Diets": ["VEGAN", "NUTS"], "Day": ["2026-06-01"]}
    for label, values in given.items():
        dwp.answer(CATERING, request_id, label, *values)
    assert dwp.post("/orders", {"requests": [{"id": request_id}]})["requestErrors"] == []
    assert _read(dwp, request_id) == given
    dwp.switch(check_boxes_type="Checkbox", date_type="Date")
    types = {label: item["type"] for label, item in dwp.questions(request_id).items()}
    assert (types["Diets"], types["Day"], types["Menu"]) == ("Checkbox", "Date", "DataTable")
    read = {answer["label"]: answer for answer in dwp.get(f"/services/requests/{request_id}/answers")}
    assert (read["Diets"]["questionType"], read["Day"]["questionType"]) == ("Checkbox", "Date")
    assert [option["displayValue"] for option in read["Diets"]["options"]] == ["Vegan", "No nuts"]


@pytest.mark.parametrize(
    ("form", "good"),
    [
        ("date", ("2026-06-01",)),
        ("time", ("2026-06-01T12:00:00.000+0000",)),
        ("epoch_ms", ("1780315200000",)),
        ("any", ("2026-06-01", "2026-06-01T12:00:00.000+0000", "1780315200000")),
    ],
)
def test_forms_of_dates(dwp: DwpClient, form: str, good: tuple[str, ...]) -> None:
    dwp.switch(date_answers=form)
    request_id = dwp.initiate(CATERING)
    for value in ("2026-06-01", "2026-06-01T12:00:00.000+0000", "1780315200000", "1 June"):
        assert _give(dwp, request_id, CATERING, "Day", value).status_code == (200 if value in good else 400)


def test_confidential_and_hidden_answers(dwp: DwpClient) -> None:
    request_id = dwp.initiate(RECOVERY)
    questions = dwp.questions(request_id)
    assert questions["Recovery code"]["confidential"] is True
    assert (questions["Channel"]["hidden"], questions["Channel"]["visible"]) == (True, False)
    dwp.answer(RECOVERY, request_id, "Recovery code", "12-34")
    dwp.post("/orders", {"requests": [{"id": request_id}]})
    assert _read(dwp, request_id) == {"Recovery code": ["********"], "Channel": ["catalog"]}
    dwp.switch(confidential_answers="plain")
    assert _read(dwp, request_id)["Recovery code"] == ["12-34"]
    dwp.switch(confidential_answers="omitted")
    assert _read(dwp, request_id) == {"Channel": ["catalog"]}


def test_saved_answers_of_completed_requests(dwp: DwpClient) -> None:
    soren = dwp.as_user("skjaer")
    request_id = soren.initiate(DATABASE)
    path = f"/requests/{request_id}/questionnaire"

    def shown(client: DwpClient, **params: Any) -> Any:
        return client.get(path, **params)["questionnaire"]["pages"][0]["pageItems"][0]["defaultAnswer"]

    assert shown(soren) is None
    assert shown(soren, prefillRequestIds="40219") == "orders_eu"
    assert shown(soren, prefillRequestIds="40211,40219") == "orders_eu"
    assert shown(soren, prefillRequestIds=["40211", "40219"]) == "orders_eu"
    assert shown(soren, prefillRequestIds="40211") is None
    assert _answers(dwp, request_id) == {}
    dwp.switch(prefill_list="repeated")
    assert shown(soren, prefillRequestIds="40211,40219") is None
    assert shown(soren, prefillRequestIds=["40211", "40219"]) == "orders_eu"
    dwp.switch(prefill_list="comma")
    assert shown(soren, prefillRequestIds=["40211", "40219"]) is None
    assert shown(soren, prefillRequestIds="40211,40219") == "orders_eu"


def test_answers_as_read(dwp: DwpClient) -> None:
    answers = dwp.get("/services/requests/40310/answers")
    by_label = {answer["label"]: answer for answer in answers}
    assert list(by_label) == [
        *("From desk", "What goes along", "Packing help", "Week", "Phone moves too", "To room", "Extras"),
        "Note",
    ]
    assert by_label["From desk"] == {
        "questionnaireId": answers[0]["questionnaireId"],
        "questionId": answers[0]["questionId"],
        "questionType": "TextField",
        "label": "From desk",
        "options": [{"dataValue": "2.14", "displayValue": "2.14"}],
        "answers": ["2.14"],
    }
    assert by_label["Packing help"]["options"] == [{"dataValue": "YES", "displayValue": "Yes, please"}]
    assert by_label["Extras"]["answers"] == ["LAMP", "PLANT"]
    assert by_label["Note"]["answers"] == ["No hurry"]
    assert dwp.get("/services/requests/40211/answers") == []
    assert {item["id"] for item in dwp.questions(dwp.initiate(MOVE)).values()} == {row["questionId"] for row in answers}
