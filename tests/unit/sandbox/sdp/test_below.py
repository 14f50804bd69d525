# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is below records: notes, tasks, worklogs, files; and what service templates ask."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import OVE, OWNER, SdpClient

_BYTES = bytes(range(256)) * 5 + b"\r\n--x\r\n\r\n"


@pytest.fixture
def path(sdp: SdpClient) -> str:
    return f"/requests/{sdp.id_of('Laptop does not start')}"


def test_notes(sdp: SdpClient, path: str) -> None:
    answer = sdp.good("POST", f"{path}/notes", {"request_note": {"description": "<b>Hi</b>", "show_to_requester": True}})
    note = answer["request_note"]
    assert (note["description"], note["show_to_requester"], note["added_by"]["email_id"]) == ("<b>Hi</b>", True, OWNER)
    assert sdp.good("GET", f"{path}/notes/{note['id']}")["note"] == note
    listed = sdp.good("GET", f"{path}/notes")
    assert listed["notes"][0]["description"] == "<b>Hi</b>"
    assert isinstance(listed["response_status"], list)
    changed = sdp.good("PUT", f"{path}/notes/{note['id']}", {"request_note": {"description": "Ho"}})["request_note"]
    assert (changed["description"], changed["show_to_requester"]) == ("Ho", True)
    assert sdp.get(path)["has_notes"]
    assert sdp.good("DELETE", f"{path}/notes/{note['id']}")
    assert not sdp.get(path)["has_notes"]
    assert sdp.failure("GET", f"{path}/notes/{note['id']}")[:2] == (404, 4007)
    assert sdp.failure("POST", f"{path}/notes", {"note": {"description": "x"}})[:3] == (400, 4001, "note")
    assert sdp.failure("POST", f"{path}/notes", {"request_note": {}})[:3] == (400, 4012, ["description"])
    assert sdp.failure("POST", "/requests/1/notes", {"request_note": {"description": "x"}})[:2] == (404, 4007)


def test_notes_may_look_otherwise(sdp: SdpClient, path: str) -> None:
    sdp.switch(note_list="no_description", note_author="created", note_answer="note")
    note = sdp.good("POST", f"{path}/notes", {"request_note": {"description": "x"}})["note"]
    assert note["created_by"]["email_id"] == OWNER
    row = sdp.rows(f"{path}/notes")[0]
    assert "description" not in row
    assert row["created_time"]["value"]
    assert sdp.get(f"{path}/notes/{note['id']}")["description"] == "x"


def test_notes_of_a_problem(sdp: SdpClient) -> None:
    problem = f"/problems/{sdp.id_of('VPN drops in the afternoon', '/problems', 'title')}"
    assert sdp.good("POST", f"{problem}/notes", {"note": {"description": "x"}})["note"]["description"] == "x"
    assert (
        sdp.failure("POST", f"{problem}/notes", {"note": {"description": "x", "show_to_requester": True}})[2]
        == "show_to_requester"
    )


def test_tasks(sdp: SdpClient, path: str) -> None:
    task = sdp.post(
        f"{path}/tasks",
        {
            "task": {
                "title": "Fetch the device",
                "owner": {"email_id": OVE},
                "priority": {"name": "High"},
                "percentage_completion": 20,
                "estimated_effort_hours": "3",
                "scheduled_start_time": {"value": "1900000000000"},
            }
        },
    )
    assert (task["status"]["name"], task["owner"]["name"], task["percentage_completion"]) == ("Open", "Ove Dahl", "20")
    one = f"{path}/tasks/{task['id']}"
    assert sdp.put(one, {"task": {"status": {"name": "Closed"}}})["status"]["name"] == "Closed"
    comment = sdp.post(f"{one}/comments", {"comment": {"content": "Done"}})
    assert sdp.rows(f"{one}/comments")[0]["id"] == comment["id"]
    sdp.post(f"{one}/worklogs", {"worklog": {"description": "Drove", "time_spent": {"hours": "1"}}})
    assert sdp.failure("POST", f"{path}/tasks", {"task": {"description": "x"}})[:3] == (400, 4012, ["title"])
    assert task["id"] in [row["id"] for row in sdp.rows("/tasks")]
    assert sdp.good("DELETE", one)
    assert sdp.rows(f"{path}/tasks") == []
    assert task["id"] not in [row["id"] for row in sdp.rows("/tasks")]


def test_a_release_wants_the_stage_of_a_task(sdp: SdpClient) -> None:
    release = f"/releases/{sdp.id_of('Client image 2026.2', '/releases', 'title')}"
    assert sdp.failure("POST", f"{release}/tasks", {"task": {"title": "x"}})[:3] == (400, 4012, ["stage"])
    assert sdp.post(f"{release}/tasks", {"task": {"title": "x", "stage": "Testing"}})["stage"] == "Testing"


def test_worklogs(sdp: SdpClient, path: str) -> None:
    worklog = sdp.post(
        f"{path}/worklogs",
        {
            "worklog": {
                "description": "Looked",
                "owner": {"email_id": OVE},
                "time_spent": {"hours": 1, "minutes": "30"},
                "tech_charge": {"value": "12.5"},
                "worklog_type": {"name": "On site"},
            }
        },
    )
    assert (worklog["time_spent"], worklog["tech_charge"]) == ({"hours": "1", "minutes": "30"}, {"value": "12.5"})
    one = f"{path}/worklogs/{worklog['id']}"
    assert sdp.put(one, {"worklog": {"time_spent": {"minutes": 0}}})["time_spent"] == {"hours": "1", "minutes": "0"}
    assert sdp.failure("PUT", one, {"worklog": {"time_spent": {"days": 1}}})[2] == "time_spent.days"
    assert sdp.failure("PUT", one, {"worklog": {"time_spent": 5}})[1:3] == (4021, "time_spent")
    assert sdp.good("DELETE", one)


# --- files


def upload(sdp: SdpClient, path: str, name: str = "bild größe.png", attach: bool = True) -> dict[str, Any]:
    files = {"filename": (name, _BYTES, "image/png")}
    return sdp.good("POST", f"{path}/_uploads", files=files, **({"data": {"addtoattachment": "true"}} if attach else {}))


def test_uploads(sdp: SdpClient, path: str) -> None:
    (file,) = upload(sdp, path)["files"]
    assert (file["name"], file["size"], file["content_type"]) == ("bild größe.png", str(len(_BYTES)), "image/png")
    request = sdp.get(path)
    assert (request["attachments"], request["has_attachments"]) == ([file], True)
    assert file["content_url"].startswith("/app/itdesk/api/v3/requests/")
    reply = sdp.call("GET", file["content_url"].removeprefix("/app/itdesk/api/v3"))
    assert (reply.content, reply.headers["Content-Type"]) == (_BYTES, "image/png")
    assert sdp.control("GET", "/state/sdp?collection=files")[0]["size"] == len(_BYTES)
    assert sdp.failure("GET", f"{path}/_uploads/5")[:2] == (404, 4007)


def test_a_file_can_be_attached_later(sdp: SdpClient, path: str) -> None:
    (first,), (second,) = upload(sdp, path, attach=False)["files"], upload(sdp, path, "b.txt", attach=False)["files"]
    assert sdp.get(path)["attachments"] == []
    assert sdp.put(path, {"request": {"attachments": [{"id": first["id"]}]}})["attachments"] == [first]
    request = sdp.post("/requests", {"request": {"subject": "x", "attachments": [{"id": second["id"]}]}})
    assert request["attachments"] == [second]
    assert sdp.failure("PUT", path, {"request": {"attachments": [{"id": "5"}]}})[:3] == (400, 4001, "attachments")
    assert sdp.failure("PUT", path, {"request": {"attachments": "x"}})[:3] == (400, 4021, "attachments")


def test_uploads_that_are_none(sdp: SdpClient, path: str) -> None:
    assert sdp.failure("POST", f"{path}/_uploads", files={"file": ("a", b"x")})[:3] == (400, 4012, ["filename"])
    assert sdp.failure("POST", f"{path}/_uploads", data={"filename": "x"})[:2] == (400, 4001)
    headers: dict[str, str | None] = {"Content-Type": "multipart/form-data; boundary=b"}
    for body in (b"", b"--b\r\n\r\n--b--", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", b"x--b--"):
        assert sdp.failure("POST", f"{path}/_uploads", data=body, headers=headers)[:2] == (400, 4001)


@pytest.mark.parametrize("key", ["attachment", "attachments", "bare"])
def test_answers_to_an_upload(sdp: SdpClient, path: str, key: str) -> None:
    sdp.switch(upload_answer=key, attachment_id="file_id", attachment_size="number", attachment_url="relative")
    answer = upload(sdp, path)
    file = {"attachment": lambda: answer["attachment"], "attachments": lambda: answer["attachments"][0], "bare": lambda: answer}[
        key
    ]()
    assert (file["size"], file["content_url"]) == (len(_BYTES), f"{path}/_uploads/{file['file_id']}")


# --- service templates


def template(sdp: SdpClient, name: str) -> dict[str, Any]:
    return sdp.get(f"/request_templates/{sdp.id_of(name, '/request_templates', 'name')}")


def keys(sdp: SdpClient, name: str) -> dict[str, tuple[str, str]]:
    """By label: the keys of a resource and its question."""
    return {
        question["name"]: (resource["key"], question["key"])
        for resource in template(sdp, name)["resources"]
        for question in resource["questions"]
    }


def test_templates(sdp: SdpClient) -> None:
    criteria = {"field": "is_service_template", "condition": "eq", "value": True}
    assert len(sdp.rows("/request_templates", search_criteria=criteria)) == 6
    laptop = template(sdp, "Standard laptop")
    assert (laptop["service_category"]["name"], laptop["is_default"]) == ("Hardware", False)
    assert laptop["request"]["group"]["name"] == "Hardware"
    fields = [field for section in laptop["layouts"][0]["sections"] for field in section["fields"]]
    assert {field["name"] for field in fields if field["mandatory"]} == {"subject", "requester"}
    whole = sdp.good("GET", f"/request_templates/{laptop['id']}/_get_template_with_layout")["request_template"]
    assert whole == laptop
    assert sdp.good("GET", f"/request_templates/{laptop['id']}/layouts")["layouts"] == laptop["layouts"]
    (resource,) = laptop["resources"]
    assert [(question["name"], question["type"], question["mandatory"]) for question in resource["questions"]] == [
        ("Model", "select", True),
        ("Accessories", "check", False),
        ("Replaces a device", "simple", True),
        ("Serial number of the old device", "text", False),
    ]
    new = sdp.post("/request_templates", {"request_template": {"name": "Quick note"}})
    request = sdp.post("/requests", {"request": {"subject": "x", "template": {"id": new["id"]}}})
    assert request["template"]["name"] == "Quick note"


def test_service_categories(sdp: SdpClient) -> None:
    rows = sdp.rows("/service_categories", sort_field="sort_index")
    assert [row["name"] for row in rows] == ["Hardware", "Software", "Access", "People", "Retired"]


def test_a_service_request(sdp: SdpClient) -> None:
    by_label = keys(sdp, "Standard laptop")
    resource = by_label["Model"][0]
    answers = {
        by_label["Model"][1]: {"name": "Latitude 7450"},
        by_label["Accessories"][1]: [{"name": "Monitor"}, {"name": "Headset"}],
        by_label["Replaces a device"][1]: {"name": "Yes"},
        by_label["Serial number of the old device"][1]: {"value": "SBX00142"},
    }
    body = {"subject": "A laptop", "template": {"name": "Standard laptop"}, "requester": {"email_id": "na.li@northwind.example"}}
    request = sdp.post("/requests", {"request": {**body, "resources": {resource: answers}}})
    assert request["is_service_request"]
    assert (request["service_category"]["name"], request["approval_status"]["name"]) == ("Hardware", "Pending Approval")
    given = request["resources"][resource]
    assert given[by_label["Model"][1]]["name"] == "Latitude 7450"
    assert given[by_label["Model"][1]]["id"].isdecimal()
    assert [one["name"] for one in given[by_label["Accessories"][1]]] == ["Monitor", "Headset"]
    assert given[by_label["Serial number of the old device"][1]] == {"value": "SBX00142"}
    changed = sdp.put(
        f"/requests/{request['id']}",
        {"request": {"resources": {resource: {**answers, by_label["Model"][1]: {"name": "ThinkPad T14"}}}}},
    )
    assert changed["resources"][resource][by_label["Model"][1]]["name"] == "ThinkPad T14"


def test_answers_that_are_none(sdp: SdpClient) -> None:
    by_label = keys(sdp, "Standard laptop")
    resource, model = by_label["Model"]
    replaces, accessories = by_label["Replaces a device"][1], by_label["Accessories"][1]
    good = {model: {"name": "ThinkPad T14"}, replaces: {"name": "No"}}
    body = {"subject": "x", "template": {"name": "Standard laptop"}, "requester": {"email_id": OVE}}

    def failure(resources: Any) -> tuple[int, Any]:
        return sdp.failure("POST", "/requests", {"request": {**body, "resources": resources}})[1:3]

    where = f"resources.{resource}"
    assert failure(None) == (4012, [f"{where}.{model}", f"{where}.{replaces}"])
    assert failure({resource: {**good, model: {"name": "Abacus"}}}) == (4001, f"{where}.{model}")
    assert failure({resource: {**good, model: "ThinkPad T14"}}) == (4021, f"{where}.{model}")
    assert failure({resource: {**good, accessories: {"name": "Monitor"}}}) == (4021, f"{where}.{accessories}")
    assert failure({resource: {**good, "qstn_text_1": {"value": "x"}}}) == (4001, f"{where}.qstn_text_1")
    assert failure({resource: good, "res_1": {}}) == (4001, "resources.res_1")
    assert failure({resource: []})[0] == 4012
    assert failure({resource: [1]}) == (4021, where)
    assert failure("x") == (4021, "resources")


def test_additional_fields_may_be_mandatory(sdp: SdpClient) -> None:
    by_label = keys(sdp, "Software licence")
    resource = by_label["Product"][0]
    answers = {by_label["Product"][1]: {"name": "Vector Studio"}, by_label["Why it is needed"][1]: {"value": "x"}}
    body: dict[str, Any] = {"subject": "x", "template": {"name": "Software licence"}, "resources": {resource: answers}}
    assert sdp.failure("POST", "/requests", {"request": body})[1:3] == (4012, ["udf_fields.txt_cost_centre"])
    request = sdp.post("/requests", {"request": {**body, "udf_fields": {"txt_cost_centre": "CC-1"}}})
    levels = sdp.rows(f"/requests/{request['id']}/approval_levels")
    assert sorted(level["level"] for level in levels) == ["1", "2"]


def test_a_request_without_template_questions_takes_none(sdp: SdpClient) -> None:
    assert sdp.failure("POST", "/requests", {"request": {"subject": "x", "resources": {"res_1": {}}}})[1:3] == (
        4001,
        "resources.res_1",
    )
