# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: addresses, what answers mean, and which scope a call needs, without a server."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.platforms import sdp_answers, sdp_modules, sdp_session
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.sdp_answers import judge, lacking_scope, needed_scope
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.sdp_session import accounts_url, base_url
from ansible_collections.deskops.itsm.plugins.module_utils.transport.answer import Answer
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    ApiError,
    AuthError,
    DeskError,
    NotFound,
    OptionError,
    OutcomeUnknown,
    RateLimited,
)

NOWHERE: dict[str, Any] = {"url": None, "data_center": None, "portal": None, "accounts_url": None}
PAGE = "<!DOCTYPE html><html><title>Sign in</title></html>"


def _answer(status: int, body: Any = b"", method: str = "GET", path: str = "/problems", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(method, path, status, {name.lower().replace("_", "-"): value for name, value in headers.items()}, content)


def _failed(*messages: dict[str, Any], **status: Any) -> dict[str, Any]:
    return {"response_status": {"status_code": 4000, "status": "failed", "messages": list(messages), **status}}


# -- addresses --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connection", "url"),
    [
        ({"data_center": "eu"}, "https://sdpondemand.manageengine.eu/api/v3"),
        ({"data_center": "au"}, "https://servicedeskplus.net.au/api/v3"),
        ({"data_center": "us", "portal": "itdesk"}, "https://sdpondemand.manageengine.com/app/itdesk/api/v3"),
        ({"url": "https://desk.example.com/"}, "https://desk.example.com/api/v3"),
        ({"url": "https://desk.example.com/app/hr/api/v3"}, "https://desk.example.com/app/hr/api/v3"),
        ({"url": "https://desk.example.com/app/hr/", "portal": "it"}, "https://desk.example.com/app/it/api/v3"),
        ({"url": "https://desk.example.com", "data_center": "eu"}, "https://desk.example.com/api/v3"),
    ],
)
def test_address_of_the_api(connection: dict[str, Any], url: str) -> None:
    assert base_url({**NOWHERE, **connection}) == url


@pytest.mark.parametrize(
    ("connection", "url"),
    [
        ({"data_center": "ca"}, "https://accounts.zohocloud.ca"),
        ({"data_center": "cn"}, "https://accounts.zoho.com.cn"),
        ({"accounts_url": "https://accounts.example.com/", "data_center": "eu"}, "https://accounts.example.com"),
    ],
)
def test_address_of_the_accounts_server(connection: dict[str, Any], url: str) -> None:
    assert accounts_url({**NOWHERE, **connection}) == url


def test_data_centers_are_those_of_the_sheet() -> None:
    assert set(sdp_session.DATA_CENTERS) == {"us", "eu", "in", "cn", "au", "jp", "ca", "uk", "sa", "ae"}
    for host, accounts in sdp_session.DATA_CENTERS.values():
        assert host.startswith(("https://sdpondemand.manageengine.", "https://servicedeskplus."))
        assert accounts.startswith("https://accounts.zoho")


@pytest.mark.parametrize("address", [base_url, accounts_url])
def test_nowhere_and_a_wrong_data_center_are_told(address: Any) -> None:
    with pytest.raises(OptionError, match="is set, so it is not known where to go"):
        address(NOWHERE)
    with pytest.raises(OptionError, match="data_center: 'dc1' is no data centre of this platform"):
        address({**NOWHERE, "data_center": "dc1"})


# -- scopes -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/problems", "problems.READ"),
        ("POST", "/requests/1/notes", "requests.CREATE"),
        ("PUT", "/workstations/1", "assets.UPDATE"),
        ("DELETE", "/purchase_orders/1", "purchases.DELETE"),
        ("GET", "/cm_loans", "custommodule.READ"),
        ("GET", "/cmdb/cmdb_servers", "cmdb.READ"),
        ("GET", "/cmdb_servers", "cmdb.READ"),
        ("GET", "/request_templates", "setup.READ"),
        ("GET", "/announcements", "general.READ"),
        ("GET", "/whatever", "setup.READ"),
    ],
)
def test_scope_of_a_call(method: str, path: str, scope: str) -> None:
    assert needed_scope(method, path) == f"SDPOnDemand.{scope}"
    assert lacking_scope([f"SDPOnDemand.{scope}"], method, path) is None
    assert lacking_scope([f"SDPOnDemand.{scope.partition('.')[0]}.ALL"], method, path) is None
    assert lacking_scope(["SDPOnDemand.releases.ALL"], method, path) == f"SDPOnDemand.{scope}"


def test_every_scope_of_the_document_has_a_module() -> None:
    document = {
        *("requests", "problems", "changes", "projects", "releases", "assets", "cmdb", "contracts", "purchases"),
        *("custommodule", "solutions", "setup", "general"),
    }
    rows = (*sdp_modules.MODULES.values(), *sdp_modules.PATTERNS.values())
    assert {module.scope for module in rows} == document


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        *(("categories", "category"), ("statuses", "status"), ("sites", "site"), ("risks", "risk"), ("cm_boxes", "cm_box")),
        *(("cm_loans", "cm_loan"), ("cmdb_itservices", "cmdb_itservice"), ("licenses", "license"), ("classes", "class")),
    ],
)
def test_singular(plural: str, singular: str) -> None:
    assert sdp_modules.singular_of(plural) == singular


def test_keys_of_the_table_follow_the_rule_or_are_exceptions() -> None:
    exceptions = {"reasons_for_change", "cmdb"}
    for module in sdp_modules.MODULES.values():
        if module.name not in exceptions:
            assert sdp_modules.singular_of(module.name) == module.key


# -- answers ----------------------------------------------------------------------------------------------------------------

GOOD = [
    {"response_status": {"status_code": 2000, "status": "success"}},
    {"response_status": [{"status_code": 2000, "status": "success"}]},
    {"response_status": {"status": "success"}},
    {"problems": []},
    {},
    [],
    None,
    {"response_status": {"status_code": 2000, "status": "success", "messages": [{"status_code": 2000, "message": "linked"}]}},
]


@pytest.mark.parametrize("body", GOOD)
def test_success(body: Any) -> None:
    assert judge(_answer(200, body)) is None


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (
            _answer(400, _failed({"status_code": 4001, "field": "level", "message": "Invalid Input"})),
            ApiError,
            "Invalid Input (level)",
        ),
        (_answer(200, _failed({"status_code": 4004})), ApiError, "internal error"),
        (_answer(200, {"response_status": [{"status_code": 4000, "status": "failed"}]}), ApiError, "HTTP 200"),
        (
            _answer(400, _failed({"status_code": 4012, "fields": ["mode", "urgency"]})),
            ApiError,
            "mandatory fields are missing (mode, urgency)",
        ),
        (_answer(400, _failed({"status_code": 4012, "fields": [{"name": "mode"}]})), ApiError, "(mode)"),
        (_answer(400, _failed({"status_code": 4001, "message": "a"}, {"status_code": 4002, "message": "b"})), ApiError, "a; b"),
        (_answer(400, _failed({"status_code": 4999})), ApiError, "code 4999"),
        (_answer(200, {"response_status": {"status_code": 3000, "status": "success"}}), ApiError, "only in part"),
        (_answer(403, _failed({"status_code": 4002, "message": "No"})), ApiError, "owner of the token"),
        (_answer(404, _failed({"status_code": 4007, "message": "Invalid URL"})), NotFound, "Invalid URL"),
        (_answer(429, _failed({"status_code": 4015})), RateLimited, "some minutes"),
        (_answer(400, _failed({"status_code": 4015}), Retry_After="30"), RateLimited, "Wait 30 seconds"),
        (_answer(400, _failed({"status_code": 4000, "message": "maximum access limit for the page"})), RateLimited, "Wait"),
        (_answer(401), AuthError, "SDPOnDemand.problems.READ"),
        (_answer(401, _failed({"status_code": 4002, "message": "UNAUTHORISED"})), AuthError, "UNAUTHORISED"),
        (_answer(401, {"error": "INVALID_OAUTHTOKEN"}, "PUT"), AuthError, "SDPOnDemand.problems.UPDATE"),
        (_answer(401, PAGE), ApiError, "web page"),
        (_answer(502, PAGE, "POST"), OutcomeUnknown, "web page"),
        (_answer(500, _failed({"status_code": 4004}), "POST"), OutcomeUnknown, "internal error"),
    ],
)
def test_failure(answer: Answer, kind: type[DeskError], words: str) -> None:
    error = judge(answer)
    assert error is not None
    assert error.kind == kind.__name__
    assert words in str(error)


@pytest.mark.parametrize("body", [PAGE, _failed({"status_code": 4004})])
@pytest.mark.parametrize(("status", "may_still_come"), [(504, True), (502, False), (500, False)])
def test_gateway_that_gives_up_may_be_followed_by_the_effect(body: Any, status: int, may_still_come: bool) -> None:
    error = judge(_answer(status, body, "POST"))
    assert isinstance(error, OutcomeUnknown)
    assert error.may_still_come is may_still_come


def test_partial_success_is_known_as_such() -> None:
    status = {"status_code": 3000, "status": "failed", "messages": [{"status_code": 4002, "field": "priority"}]}
    error = judge(_answer(200, {"response_status": status}, "PUT"))
    assert error is not None
    assert sdp_answers.took_in_part(error)
    assert not sdp_answers.took_in_part(judge(_answer(400, _failed({"status_code": 4001}))) or error)


# -- accounts server --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize(
    ("grant", "error", "kind", "words"),
    [
        ("authorization_code", "invalid_code", AuthError, "the code was used before"),
        ("refresh_token", "invalid_code", AuthError, "the refresh token is wrong or revoked"),
        ("refresh_token", "invalid_client", AuthError, "client_id is not known"),
        ("refresh_token", "invalid_client_secret", AuthError, "client_secret is wrong"),
        ("authorization_code", "invalid_redirect_uri", AuthError, "redirect_uri is not that of the client"),
        ("revoke", "invalid_token", AuthError, "there is no such token"),
        ("refresh_token", "never_seen", AuthError, "never_seen"),
        ("refresh_token", "Access Denied", RateLimited, "Wait ten minutes"),
    ],
)
def test_refusal_of_the_accounts_server(grant: str, error: str, kind: type[DeskError], words: str, status: int) -> None:
    secret = "1000.secret"
    found = sdp_answers.judge_accounts(grant, _answer(status, {"error": error, "error_description": secret}, "POST"))
    assert found is not None
    assert found.kind == kind.__name__
    assert words in str(found)
    assert secret not in str(found.as_dict() if found else "")


def test_throttling_is_known_in_any_language() -> None:
    body = {"error_description": "Слишком много запросов", "error": "Доступ запрещен", "status": "failure"}
    assert isinstance(sdp_answers.judge_accounts("refresh_token", _answer(400, body, "POST")), RateLimited)


@pytest.mark.parametrize(
    "answer", [_answer(200, {"access_token": "x"}, "POST"), _answer(503, PAGE, "POST"), _answer(200, b"", "POST")]
)
def test_accounts_server_that_says_no_error(answer: Answer) -> None:
    assert sdp_answers.judge_accounts("refresh_token", answer) is None


@pytest.mark.parametrize(("value", "lifetime"), [(3600, 3600), ("360", 360), (None, 3600), ("soon", 3600), (0, 1)])
def test_lifetime_is_believed(value: Any, lifetime: float) -> None:
    assert sdp_session._lifetime(value) == lifetime


def test_judges_are_plain_functions() -> None:
    assert partial(sdp_answers.judge_accounts, "revoke")(_answer(200, {"status": "success"}, "POST")) is None
