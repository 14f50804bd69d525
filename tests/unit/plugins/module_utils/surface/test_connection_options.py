# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options from the task, the environment and the defaults; secrets and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.surface import options
from ansible_collections.deskops.itsm.plugins.module_utils.surface.connect import secrets_of
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import OptionError
from ansible_collections.deskops.itsm.plugins.module_utils.transport.secrets import all_forms
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Option

UNSET: dict[str, Any] = dict.fromkeys((option.name for option in options.CONNECTION_OPTIONS), None)
ENVIRONMENT = {"DESKOPS_PLATFORM": "admin_by_request", "ABR_API_KEY": "of the environment"}


def _resolve(params: dict[str, Any] | None = None, **environ: str) -> dict[str, Any]:
    return options.resolve_connection({**UNSET, **(params or {})}, {**ENVIRONMENT, **environ})


def test_defaults_stand_in_for_what_is_not_set() -> None:
    connection = _resolve()
    assert connection["platform"] == "admin_by_request"
    assert (connection["timeout"], connection["retries"], connection["concurrency"]) == (30.0, 4, 8)
    assert connection["validate_certs"] is True
    assert connection["url"] is None


def test_environment_is_converted_to_the_type_of_the_option() -> None:
    connection = _resolve(
        DESKOPS_TIMEOUT="2.5", DESKOPS_RETRIES="0", DESKOPS_VALIDATE_CERTS="no", DESKOPS_CA_PATH="/tmp/$NOTHING"
    )
    assert (connection["timeout"], connection["retries"], connection["validate_certs"]) == (2.5, 0, False)


@pytest.mark.parametrize(
    ("option", "value", "variable"),
    [
        ("api_key", "explicit", {"ABR_API_KEY": "other"}),
        ("validate_certs", False, {"DESKOPS_VALIDATE_CERTS": "yes"}),
        ("retries", 0, {"DESKOPS_RETRIES": "9"}),
        ("timeout", 1.0, {"DESKOPS_TIMEOUT": "not even a number"}),
    ],
)
def test_task_wins_over_the_environment_also_with_false_and_zero(option: str, value: Any, variable: dict[str, str]) -> None:
    assert _resolve({option: value}, **variable)[option] == value


def test_variables_of_another_platform_and_other_cases_are_not_ours() -> None:
    assert _resolve(DWP_URL="https://a", DESKOPS_URL="https://b", abr_url="https://c")["url"] is None


def test_option_of_another_platform_is_an_error_that_names_both() -> None:
    table = (Option("client_id", platforms=("sdp_cloud", "bmc_dwp")), Option("url"))
    with pytest.raises(OptionError) as caught:
        options.reject_foreign_options(table, {"client_id": "x", "url": "y"}, "admin_by_request", "items[3].")
    assert str(caught.value).startswith("items[3].client_id: it is an option of sdp_cloud, bmc_dwp, not of admin_by_request")
    options.reject_foreign_options(table, {"client_id": None, "url": "y"}, "admin_by_request")
    options.reject_foreign_options(table, {"client_id": "x"}, "sdp_cloud")


@pytest.mark.parametrize("source", ["option", "environment"])
def test_every_secret_is_known_wherever_it_comes_from(source: str) -> None:
    for option in options.CONNECTION_OPTIONS:
        if not option.secret:
            continue
        variable = options.environment_variable(option, "admin_by_request")
        params, environ = ({option.name: "s3 cr3t"}, {}) if source == "option" else ({}, {variable: "s3 cr3t"})
        assert {"s3 cr3t", "s3%20cr3t", "s3+cr3t", "czMgY3IzdA=="} <= all_forms(secrets_of((), params, environ))


@pytest.mark.parametrize("variable", ["https_proxy", "ALL_PROXY", "DESKOPS_PROXY", "ABR_URL"])
def test_passwords_in_addresses_are_secrets(variable: str) -> None:
    forms = all_forms(secrets_of((), {}, {variable: "http://me:p%2Fw@proxy.example:3128"}))
    assert {"p%2Fw", "p/w", "bWU6cC93"} <= forms


def test_what_is_no_secret_is_not_masked() -> None:
    environ = {
        "NO_PROXY": "localhost",
        "no_proxy": "*",
        "https_proxy": "http://proxy.example",
        "OTHER_API_KEY": "x",
        "ABR_API_KEY": "",
    }
    assert all_forms(secrets_of((), {"url": "https://desk.example", "api_key": None}, environ)) == set()


@pytest.mark.parametrize("address", ["http://[bad", "::::", "//", "http://a:b@[c"])
def test_broken_addresses_do_no_harm(address: str) -> None:
    assert isinstance(secrets_of((), {"proxy": address, "url": address}, {"https_proxy": address}), list)


@pytest.mark.parametrize("value", [12345678, ["12345678"], {"a": 12345678}, 12345678.5, True, None])
def test_secrets_that_are_no_text_are_secrets_too(value: object) -> None:
    """YAML makes a number of a password of digits, and options are masked before they are checked."""
    secrets = secrets_of((), {"password": value, "url": value, "proxy": value}, {})
    assert any("12345678" in form for form in all_forms(secrets)) is (value not in (True, None))


def test_secrets_of_verbs_and_items_are_known() -> None:
    option = Option("code", secret=True)
    assert secrets_of([option], {"code": "a", "items": [{"code": "b"}, 5]}, {}) == ["a", "b"]
