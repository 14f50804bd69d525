# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digital Workplace Catalog: what answers mean, without a server."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.platforms import dwp_session
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.dwp_session import judge, said, session_ended
from ansible_collections.deskops.itsm.plugins.module_utils.transport.answer import Answer
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError, AuthError, NotFound, OptionError

HTML = {"Content-Type": "text/html"}
SIGN_ON = "<!DOCTYPE html><html><title>Single Sign On</title></html>"


def _answer(status: int, body: Any = b"", method: str = "GET", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(method, "/path", status, {name.lower(): value for name, value in headers.items()}, content)


def _token(**claims: Any) -> str:
    parts = [{"alg": "HS256"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


# -- address and account -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://catalog.example.com:8008",
        "https://catalog.example.com:8008/",
        " https://catalog.example.com:8008/api/myit-sb ",
        "https://catalog.example.com:8008/api/myit-sb//",
    ],
)
def test_path_of_the_api_is_added_where_it_is_missing(url: str) -> None:
    assert dwp_session.base_url({"url": url}) == "https://catalog.example.com:8008/api/myit-sb"


@pytest.mark.parametrize("name", ["username", "password"])
@pytest.mark.parametrize("value", ["a\n", "\r\na", "a\r\n"])
def test_line_break_around_a_login_is_refused(name: str, value: str) -> None:
    with pytest.raises(OptionError, match=f"{name}: it ends or begins with a line break") as caught:
        dwp_session.check_account({"username": "u", "password": "p", name: value})
    assert "trim" in str(caught.value)


# -- sessions ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        (_answer(401), True),
        (_answer(401, {"message": "no"}), True),
        (_answer(403), True),
        (_answer(403, " \n"), True),
        (_answer(403, {"message": "not yours"}), False),
        (_answer(200, SIGN_ON), True),
        (_answer(200, "<html>Please log in</html>", **HTML), True),
        (_answer(200, "<html>RSSO</html>"), True),
        (_answer(200, "<html>Down for maintenance</html>"), False),
        (_answer(200, {"text": "single sign on, log in"}), False),
        (_answer(200, {"text": "log in"}, **HTML), False),
        (_answer(302, Location="/rsso/start"), True),
        (_answer(302, Location="https://sso.example.com/login?goto=x"), True),
        (_answer(303, Location="/sign-on"), True),
        (_answer(302, Location="/api/myit-sb/categories/1"), False),
        (_answer(302, Location="/crosspath?next=/login"), False),
        (_answer(302), False),
        (_answer(404, "login"), False),
        (_answer(500, SIGN_ON), False),
    ],
)
def test_when_a_session_has_ended(answer: Answer, ended: bool) -> None:
    assert session_ended(answer) is ended
    assert isinstance(judge(answer), AuthError) or not ended


# -- errors ------------------------------------------------------------------------------------------------------------------

PLATFORM_ERROR = {
    "messageType": "ERROR",
    "messageNumber": 8790,
    "messageText": "Unknown system error",
    "appendedText": "HTTP 404 Not Found",
}


@pytest.mark.parametrize(
    ("status", "body", "code", "text"),
    [
        (404, {"message": "Service of id 1 not found."}, None, "Service of id 1 not found."),
        (401, {"message": "ERROR (623)", "data": "Wrong"}, None, "ERROR (623) (Wrong)"),
        (401, {"message": "ERROR (623): Wrong", "data": "Wrong"}, None, "ERROR (623): Wrong"),
        (400, {"code": 17, "message": "Bad"}, "17", "Bad"),
        (404, PLATFORM_ERROR, "8790", "Unknown system error: HTTP 404 Not Found"),
        (404, [PLATFORM_ERROR], "8790", "Unknown system error: HTTP 404 Not Found"),
        (200, [PLATFORM_ERROR], "8790", "Unknown system error: HTTP 404 Not Found"),
        (200, {"message": "ERROR (302): Entry does not exist"}, None, "ERROR (302): Entry does not exist"),
        (400, {"messageType": "ERROR"}, None, "no text"),
        # No errors: a comment, a list, a page, nothing.
        (200, {"id": "1", "message": "Hello"}, None, None),
        (200, [{"id": "1", "message": "Hello"}], None, None),
        (400, {"message": {"text": "x"}}, None, None),
        (400, "<html>", None, None),
        (400, "", None, None),
        (200, "true", None, None),
    ],
)
def test_the_four_shapes_of_errors(status: int, body: Any, code: str | None, text: str | None) -> None:
    assert said(_answer(status, body)) == (code, text)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (_answer(404, {"message": "Service of id 1 not found."}), NotFound, "there is no such record"),
        (_answer(200, {"message": "ERROR (302): Entry does not exist in database"}), NotFound, "no such record"),
        (_answer(500, {"message": "ERROR (302): Entry does not exist in database"}), NotFound, "no such record"),
        (_answer(404, PLATFORM_ERROR, method="POST"), NotFound, "failed with message 8790"),
        (_answer(400, {"code": 7, "message": "Bad"}), ApiError, "refused with HTTP 400: Bad"),
        (_answer(403, {"message": "Not yours"}), ApiError, "refused with HTTP 403: Not yours"),
        (_answer(413, {"message": "Too large"}), ApiError, "refused with HTTP 413: Too large"),
        (_answer(200, {**PLATFORM_ERROR, "messageNumber": 9}, method="PUT"), ApiError, "PUT /path failed: Unknown system error"),
    ],
)
def test_what_the_platform_says_better_than_the_status(answer: Answer, kind: type[ApiError], words: str) -> None:
    error = judge(answer)
    assert error is not None
    assert error.kind == kind.__name__
    assert words in error.message
    assert (error.method, error.path, error.status) == (answer.method, "/path", answer.status)


@pytest.mark.parametrize(
    "answer",
    [
        _answer(200, {"id": "1", "message": "Hello"}),
        _answer(200, []),
        _answer(201),
        _answer(404),
        _answer(404, "<html>Not found</html>"),
        _answer(429, {"message": "slowly"}),
        _answer(408, {"message": "late"}),
        _answer(500, {"message": "broken"}),
        _answer(503, {"message": "busy"}),
    ],
)
def test_what_the_status_says_well_enough(answer: Answer) -> None:
    assert judge(answer) is None


def test_access_is_named_as_a_cause_of_message_8790() -> None:
    error = judge(_answer(404, PLATFORM_ERROR, method="POST"))
    assert isinstance(error, NotFound)
    assert error.code == "8790"
    assert "no access to the request" in str(error)


# -- login -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 500])
def test_refused_login_does_not_repeat_what_was_sent(status: int) -> None:
    error = dwp_session._judge_login(_answer(status, {"message": "ERROR (623): hunter2 is wrong"}, method="POST"))
    assert isinstance(error, AuthError)
    assert "hunter2" not in str(error)
    assert f"HTTP {status}" in error.message
    assert "local account" in str(error)
    # A 500 may be an outage: other tasks have to find out for themselves.
    assert error.is_final is (status != 500)


@pytest.mark.parametrize("status", [404, 407, 408, 429, 502, 503, 504])
def test_login_that_did_not_reach_the_catalog_is_no_wrong_password(status: int) -> None:
    assert dwp_session._judge_login(_answer(status, "x", method="POST")) is None


@pytest.mark.parametrize(
    "body",
    [SIGN_ON, "", "two words", '{"message":"no"}', "[]", "<soap/>", "t\u00f8ken", "line\nbreak", '""', "\x00", "x" * 16_001],
)
def test_answer_that_is_no_token(body: str) -> None:
    answer = _answer(200, body, method="POST")
    assert isinstance(dwp_session._judge_login(answer), AuthError)


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=UTF-8", "application/json", "text/plain"])
def test_token_is_one_whatever_it_is_called(content_type: str) -> None:
    answer = _answer(200, "abc.def.ghi", method="POST", **{"Content-Type": content_type})
    assert dwp_session._judge_login(answer) is None
    assert not answer.is_html


@pytest.mark.parametrize(
    ("body", "headers", "token"),
    [
        ("abc.def.ghi", {}, "abc.def.ghi"),
        (' "abc.def.ghi"\n', {}, "abc.def.ghi"),
        ("abc", {"Set-Cookie": "AR-JWT=other; Path=/"}, "abc"),
        ("", {"Set-Cookie": "AR-JWT=abc.def; Path=/; HttpOnly"}, "abc.def"),
        ("", {"Set-Cookie": "JSESSIONID=1; Path=/, AR-JWT=abc; Path=/"}, "abc"),
        ("", {"Set-Cookie": "other=1"}, ""),
        ("", {}, ""),
    ],
)
def test_token_is_the_text_or_else_the_cookie(body: str, headers: dict[str, str], token: str) -> None:
    assert dwp_session._token_text(_answer(200, body, **headers)) == token


@pytest.mark.parametrize(
    ("token", "seconds"),
    [
        (_token(iat=1000, exp=1000 + 600), 600.0),
        (_token(iat=1000, exp=1000 + 3600), 1800.0),
        (_token(iat=1000, exp=4600, _absoluteExpirationTime=1000 + 900), 900.0),
        (_token(iat=1000, exp=1000), 1.0),
        (_token(iat=1000, exp=10), 1.0),
        (_token(iat=1000), 1800.0),
        (_token(exp=1000), 1800.0),
        (_token(iat="soon", exp=1), 1800.0),
        (_token(iat=None, exp=[1]), 1800.0),
        (_token(iat=1, exp=10**400), 1800.0),
        ("opaque", 1800.0),
        ("a.b.c", 1800.0),
        ("a.!!!!.c", 1800.0),
        (f"a.{base64.urlsafe_b64encode(b'[1]').decode()}.c", 1800.0),
        (f"a.{base64.urlsafe_b64encode(b'1').decode()}.c", 1800.0),
        ("a..c", 1800.0),
    ],
)
def test_token_tells_how_long_it_lasts(token: str, seconds: float) -> None:
    """By its own difference: the clock of the server may be anything."""
    assert dwp_session._lifetime(token) == seconds
