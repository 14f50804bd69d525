# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comments and attachments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import ACCOUNT, DwpClient

REQUEST = "40211"
COMMENTS = f"/services/requests/{REQUEST}/activities"
FILES = f"/services/requests/{REQUEST}/attachments"
COMMENT = {"text": "On its way", "visibility": "PUBLIC", "broadcast": True}
FORM = {"activityLog": "The offer", "visibility": "PUBLIC", "broadcast": "false", "attachmentNames": "offer.txt"}
NO_ENTRY_8790 = {
    "messageType": "ERROR",
    "messageNumber": 8790,
    "messageText": "Unknown system error",
    "appendedText": "HTTP 404 Not Found",
}


def _kept(dwp: DwpClient, request_id: str = REQUEST) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = dwp.control("GET", f"/dwp/requests/{request_id}")["activities"]
    return kept


def _messages(dwp: DwpClient) -> list[str]:
    return [row["message"] for row in dwp.get(COMMENTS)]


def _attach(dwp: DwpClient, data: bytes = b"19 EUR", path: str = FILES, **form: Any) -> Any:
    return dwp.call("POST", path, data={**FORM, **form}, files={"file": ("upload.bin", data, "text/plain")})


# --- comments


def test_comments_as_read(dwp: DwpClient) -> None:
    row = dwp.get(COMMENTS)[0]
    assert row == {
        "id": row["id"],
        "serviceRequestId": REQUEST,
        "message": "Ready at the front desk",
        "activityLogType": None,
        "authorLoginId": "odahl",
        "authorFullName": "Ove Dahl",
        "createDate": row["createDate"],
        "modifiedDate": row["createDate"],
        "visibility": "PUBLIC",
        "attachments": [],
    }
    assert dwp.get("/services/requests/40219/activities") == []
    assert dwp.status("GET", "/services/requests/1/activities") == 404
    assert dwp.as_user("nli").status("GET", COMMENTS) == 404


def test_a_new_comment(dwp: DwpClient) -> None:
    row = dwp.post(COMMENTS, COMMENT)
    assert row == {
        "id": row["id"],
        "serviceRequestId": REQUEST,
        "message": "On its way",
        "activityLogType": None,
        "authorLoginId": ACCOUNT,
        "authorFullName": None,
        "createDate": row["createDate"],
        "modifiedDate": row["createDate"],
        "visibility": "PUBLIC",
        "attachments": [],
    }
    assert dwp.committed()
    assert _messages(dwp) == ["On its way", "Ready at the front desk"]
    assert dwp.get(COMMENTS)[0] == {**row, "authorFullName": "Automation"}
    assert (_kept(dwp)[-1]["broadcast"], _kept(dwp)[-1]["author"]) == (True, ACCOUNT)
    assert dwp.post(COMMENTS, COMMENT)["id"] != row["id"]
    assert _messages(dwp) == ["On its way", "On its way", "Ready at the front desk"]
    dwp.switch(activities_order="oldest_first")
    assert _messages(dwp)[0] == "Ready at the front desk"


def test_internal_comments(dwp: DwpClient) -> None:
    assert "Serial NW-LT-0142" not in _messages(dwp)
    assert _messages(dwp.as_user("odahl")) == ["Serial NW-LT-0142", "Ready at the front desk"]
    maja = dwp.as_user("mlind")
    maja.post(COMMENTS, {**COMMENT, "text": "Mine", "visibility": "INTERNAL"})
    assert _messages(maja) == ["Mine", "Ready at the front desk"]
    assert _messages(dwp) == ["Ready at the front desk"]
    dwp.switch(internal_comments="agents_too")
    assert _messages(dwp) == ["Mine", "Serial NW-LT-0142", "Ready at the front desk"]
    assert _messages(maja) == ["Mine", "Ready at the front desk"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"text": None}, "Required field cannot be blank: text"),
        ({"text": ""}, "Required field cannot be blank: text"),
        ({"visibility": None}, "Required field cannot be blank: visibility"),
        ({"broadcast": None}, "Required field cannot be blank: broadcast"),
        ({"broadcast": "true"}, "broadcast must be true or false"),
        ({"visibility": "public"}, "visibility is neither PUBLIC nor INTERNAL: public"),
        ({"authorLoginId": "nli"}, 'Unrecognized field "authorLoginId"'),
        ({"authorLoginID": "nobody"}, "User nobody not found."),
    ],
)
def test_comments_that_are_refused(dwp: DwpClient, change: dict[str, Any], text: str) -> None:
    reply = dwp.call("POST", COMMENTS, json={**COMMENT, **change})
    assert (reply.status_code, reply.json()["messageText"]) == (400, text)
    assert not dwp.committed()
    assert len(_kept(dwp)) == 2


def test_comments_in_the_name_of_others(dwp: DwpClient) -> None:
    assert dwp.post(COMMENTS, {**COMMENT, "authorLoginID": "odahl"})["authorLoginId"] == "odahl"
    maja = dwp.as_user("mlind")
    assert maja.status("POST", COMMENTS, json={**COMMENT, "authorLoginID": "odahl"}) == 403
    assert maja.post(COMMENTS, {**COMMENT, "authorLoginID": "mlind"})["authorLoginId"] == "mlind"
    assert [row["author"] for row in _kept(dwp)[2:]] == ["odahl", "mlind"]


def test_comments_on_requests_of_others(dwp: DwpClient) -> None:
    assert dwp.as_user("nli").status("POST", COMMENTS, json=COMMENT) == 404
    assert dwp.status("POST", "/services/requests/1/activities", json=COMMENT) == 404
    draft = dwp.initiate("2401")
    assert dwp.status("POST", f"/services/requests/{draft}/activities", json=COMMENT) == 404


def test_a_comment_in_the_query(dwp: DwpClient) -> None:
    params = {"text": "Så er den klar", "visibility": "PUBLIC", "broadcast": "false"}
    typed: dict[str, str | None] = {"Content-Type": "application/json"}
    assert dwp.status("POST", COMMENTS, params=params, headers=typed) == 200
    assert _messages(dwp)[0] == "Så er den klar"
    dwp.switch(activity_params="body")
    assert dwp.status("POST", COMMENTS, params=params, headers=typed) == 400
    dwp.switch(activity_params="query")
    assert dwp.status("POST", COMMENTS, json=COMMENT) == 400
    assert dwp.status("POST", COMMENTS, params={**params, "broadcast": "perhaps"}, headers=typed) == 400
    assert dwp.status("POST", COMMENTS, params=params, headers=typed) == 200
    assert len(_kept(dwp)) == 4


def test_comments_with_markup(dwp: DwpClient) -> None:
    dwp.switch(comment_markup="html")
    assert dwp.post(COMMENTS, {**COMMENT, "text": '1 < 2 & "3"'})["message"] == '<p>1 &lt; 2 &amp; "3"</p>'
    assert _messages(dwp)[0].startswith("<p>1 &lt; 2")


# --- attachments


def test_an_attachment(dwp: DwpClient) -> None:
    data = bytes(range(256)) + b"\r\n--not a boundary\r\n\r\n"
    row = _attach(dwp, data).json()
    file = {"id": row["attachments"][0]["id"], "name": "offer.txt", "size": len(data), "contentType": "text/plain"}
    assert (row["message"], row["visibility"], row["authorLoginId"]) == ("The offer", "PUBLIC", ACCOUNT)
    assert row["attachments"] == [file]
    assert dwp.committed()
    assert dwp.get(COMMENTS)[0]["attachments"] == [file]
    assert _kept(dwp)[-1]["attachments"] == [{**file, "sha256": hashlib.sha256(data).hexdigest()}]


@pytest.mark.parametrize(
    ("shape", "view"),
    [("name_only", "offer.txt"), ("other_object", {"attachmentId": "601", "fileName": "offer.txt", "fileSize": "6"})],
)
def test_shapes_of_attachments(dwp: DwpClient, shape: str, view: Any) -> None:
    dwp.switch(attachment_shape=shape)
    assert _attach(dwp).json()["attachments"] == [view]


def test_a_file_of_nothing(dwp: DwpClient) -> None:
    assert _attach(dwp, b"").json()["attachments"][0]["size"] == 0


def test_a_large_file_in_chunks(dwp: DwpClient) -> None:
    """A body of unknown length; only digest and size are kept of it."""
    chunk, count, boundary = b"0123456789abcdef" * 4096, 160, "xyz"
    fields = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in FORM.items()
    )

    def body() -> Iterator[bytes]:
        yield fields.encode()
        yield f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n'.encode()
        for dummy in range(count):
            yield chunk
        yield f"\r\n--{boundary}--\r\n".encode()

    reply = dwp.call("POST", FILES, data=body(), headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})
    assert reply.status_code == 200
    file = _kept(dwp)[-1]["attachments"][0]
    assert (file["size"], file["sha256"]) == (len(chunk) * count, hashlib.sha256(chunk * count).hexdigest())
    call = dwp.control("GET", "/calls")[-1]
    assert ("content-length" in call["headers"], len(call["body"])) == (False, 64 * 1024)


def test_names_beyond_ascii(dwp: DwpClient) -> None:
    assert _attach(dwp, attachmentNames="Ærinde – 见积.txt").json()["attachments"][0]["name"] == "Ærinde – 见积.txt"


@pytest.mark.parametrize("name", ["activityLog", "visibility", "broadcast", "attachmentNames"])
def test_attachments_that_lack_something(dwp: DwpClient, name: str) -> None:
    without: dict[str, Any] = {name: None}
    reply = _attach(dwp, **without)
    assert (reply.status_code, reply.json()["messageText"]) == (400, f"Required field cannot be blank: {name}")
    assert len(_kept(dwp)) == 2
    dwp.switch(attachment_params="form")
    query = {name: FORM[name]}
    form = {key: value for key, value in FORM.items() if key != name}
    assert dwp.status("POST", FILES, params=query, data=form, files={"file": ("x", b"")}) == 400
    dwp.switch(attachment_params="either")
    assert dwp.status("POST", FILES, params=query, data=form, files={"file": ("x", b"")}) == 200


def test_attachments_by_query(dwp: DwpClient) -> None:
    dwp.switch(attachment_params="query")
    assert _attach(dwp).status_code == 400
    assert dwp.status("POST", FILES, params=FORM, files={"file": ("x", b"1")}) == 200
    assert _kept(dwp)[-1]["attachments"][0]["name"] == "offer.txt"


def test_attachments_that_are_refused(dwp: DwpClient) -> None:
    typed: dict[str, str | None] = {"Content-Type": "multipart/form-data; boundary=x"}
    assert dwp.status("POST", FILES, json=FORM) == 415
    assert dwp.status("POST", FILES, data="--x\r\nbroken", headers=typed) == 400
    assert dwp.status("POST", FILES, data="", headers={"Content-Type": "multipart/form-data"}) == 400
    for part in ("\r\nno name", "no headers", 'Content-Disposition: inline; name="x"\r\n\r\n1'):
        assert dwp.status("POST", FILES, data=f"--x\r\n{part}\r\n--x--", headers=typed) == 400
    reply = dwp.call("POST", FILES, files={key: (None, value) for key, value in FORM.items()})
    assert reply.json()["messageText"] == "Required field cannot be blank: file"
    assert _attach(dwp, visibility="ALL").status_code == 400
    assert _attach(dwp, broadcast="perhaps").status_code == 400
    assert len(_kept(dwp)) == 2


def test_attachments_without_access(dwp: DwpClient) -> None:
    """The object that a user got; whether the request is there or not."""
    for client, path in ((dwp.as_user("nli"), FILES), (dwp, "/services/requests/1/attachments")):
        reply = _attach(client, path=path)
        assert (reply.status_code, reply.json()) == (404, NO_ENTRY_8790)
    reply = dwp.call("POST", FILES, data=FORM, files={"file": ("x", b"")}, headers={"X-Requested-By": None})
    assert (reply.status_code, reply.json()) == (404, NO_ENTRY_8790)
    assert len(_kept(dwp)) == 2


def test_internal_attachments(dwp: DwpClient) -> None:
    assert _attach(dwp, visibility="INTERNAL", authorLoginID="odahl").status_code == 200
    assert "The offer" not in _messages(dwp)
    assert _messages(dwp.as_user("odahl"))[0] == "The offer"


def test_limits_of_attachments(dwp: DwpClient) -> None:
    dwp.switch(max_attachment_bytes=5)
    reply = _attach(dwp)
    assert (reply.status_code, reply.json()["messageText"]) == (413, "Attachment offer.txt is larger than 5 bytes")
    assert _attach(dwp, b"12345").status_code == 200
    dwp.switch(attachment_types="documents")
    assert _attach(dwp, b"1", attachmentNames="run.exe").status_code == 400
    assert _attach(dwp, b"1", attachmentNames="scan.PDF").status_code == 200
