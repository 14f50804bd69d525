# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option table: connection options of all platforms, and argument specs made from options. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_float,
    check_type_int,
    check_type_path,
    check_type_str,
)

from ..transport.errors import OptionError, Unsupported
from ..verbs.spec import Option, Verb, WriteVerb

# The prefix of the environment variables that belong to one platform.
ENVIRONMENT_PREFIX = {"admin_by_request": "ABR", "bmc_dwp": "DWP", "sdp_cloud": "SDP"}
COMMON_PREFIX = "DESKOPS"

CONNECTION_OPTIONS = (
    Option("platform", choices=tuple(ENVIRONMENT_PREFIX)),
    Option("url"),
    Option(
        "data_center",
        choices=(
            *("dc1", "dc2", "dc3", "dc4", "dc5", "dc6", "us", "eu"),
            *("in", "cn", "au", "jp", "ca", "uk", "sa", "ae"),
        ),
        platforms=("admin_by_request", "sdp_cloud"),
    ),
    Option("api_key", secret=True, platforms=("admin_by_request",)),
    Option("username", platforms=("bmc_dwp",)),
    Option("password", secret=True, platforms=("bmc_dwp",)),
    Option(
        "key_family",
        default="serviceversionId",
        choices=("serviceversionId", "serviceId"),
        platforms=("bmc_dwp",),
    ),
    Option("client_id", platforms=("sdp_cloud",)),
    Option("client_secret", secret=True, platforms=("sdp_cloud",)),
    Option("refresh_token", secret=True, platforms=("sdp_cloud",)),
    Option("access_token", secret=True, platforms=("sdp_cloud",)),
    Option("accounts_url", platforms=("sdp_cloud",)),
    Option("portal", platforms=("sdp_cloud",)),
    Option("validate_certs", type="bool", default=True),
    Option("ca_path", type="path"),
    Option("proxy", secret=True),
    Option("allow_http", type="bool", default=False),
    Option("timeout", type="float", default=30.0),
    Option("retries", type="int", default=4),
    Option("deadline", type="float", default=120.0),
    Option("concurrency", type="int", default=8),
    Option("token_cache", type="path"),
)
# Options whose environment variable carries the platform's prefix although every platform has them.
PER_PLATFORM = frozenset({"url"})
REQUIRED = {"admin_by_request": ("api_key",), "bmc_dwp": ("url", "username", "password"), "sdp_cloud": ()}

BULK_OPTIONS = (Option("on_error", default="continue", choices=("continue", "stop")),)

CONVERTERS = {
    "str": check_type_str,
    "bool": check_type_bool,
    "int": check_type_int,
    "float": check_type_float,
    "path": check_type_path,
}


def argument_spec(verb: Verb) -> dict[str, Any]:
    """The argument spec of a module.

    Connection options have no defaults in it: what is not set comes from the environment first (see M(resolve_connection)).
    """
    spec = {option.name: _spec(option, with_default=False) for option in CONNECTION_OPTIONS}
    spec |= {option.name: _spec(option) for option in verb.options}
    if isinstance(verb, WriteVerb):
        spec |= {option.name: _spec(option) for option in BULK_OPTIONS}
        item_spec = {option.name: _spec(option, with_default=False) for option in verb.options}
        spec["items"] = {"type": "list", "elements": "dict", "options": item_spec}
    return spec


def endless_number(error: OverflowError) -> str:
    """What to say of C(.inf) where a whole number belongs: Ansible's own conversion stumbles over it."""
    return f"One of the options is a number without an end where a whole number is needed ({error})"


def environment_variable(option: Option, platform: str | None) -> str:
    """The variable that stands in for an option that is not set."""
    of_platform = option.platforms or option.name in PER_PLATFORM
    prefix = ENVIRONMENT_PREFIX[platform] if of_platform and platform else COMMON_PREFIX
    return f"{prefix}_{option.name.upper()}"


def resolve_connection(params: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """The connection options with those of the environment and the defaults filled in, checked as a whole.

    Raises:
        OptionError: the platform is not known, an option belongs to another platform, a required one is missing, or a
            variable of the environment cannot be understood.
    """
    by_name = {option.name: option for option in CONNECTION_OPTIONS}
    platform = _resolve(by_name["platform"], params, environ, None)
    if platform not in ENVIRONMENT_PREFIX:
        problem = f"{platform!r} is not known" if platform else "it is missing"
        raise OptionError(f"platform: {problem}", hint=f"Allowed are: {', '.join(ENVIRONMENT_PREFIX)}")
    reject_foreign_options(CONNECTION_OPTIONS, params, platform)
    connection = {
        option.name: _resolve(option, params, environ, platform)
        for option in CONNECTION_OPTIONS
        if not option.platforms or platform in option.platforms
    }
    connection["platform"] = platform
    for name in REQUIRED[platform]:
        if not connection[name]:
            variable = environment_variable(by_name[name], platform)
            raise OptionError(f"{name}: it is missing", hint=f"Set the option {name} or the environment variable {variable}")
    for name, least in (("timeout", 0.1), ("deadline", 0.1), ("retries", 0), ("concurrency", 1)):
        if connection[name] < least:
            raise OptionError(f"{name}: {connection[name]} is too small", hint=f"Allowed is {least} or more")
    return connection


def require_platform(name: str, platforms: tuple[str, ...], platform: str) -> None:
    """Not every platform can do everything."""
    if platform not in platforms:
        raise Unsupported(f"platform: {name} does not work with {platform}", hint=f"It works with {', '.join(platforms)}")


def reject_foreign_options(options: tuple[Option, ...], values: Mapping[str, Any], platform: str, label: str = "") -> None:
    """An option that the platform does not know would be ignored, and the user would not notice."""
    for option in options:
        if option.platforms and platform not in option.platforms and values.get(option.name) is not None:
            raise OptionError(
                f"{label}{option.name}: it is an option of {', '.join(option.platforms)}, not of {platform}",
                hint="Take it out of the task (or of module_defaults)",
            )


def _resolve(option: Option, params: Mapping[str, Any], environ: Mapping[str, str], platform: str | None) -> Any:
    value = params.get(option.name)
    if value is not None:
        return value
    variable = environment_variable(option, platform)
    text = environ.get(variable)
    if not text:
        return option.default
    try:
        value = CONVERTERS[option.type](text)
    except (TypeError, ValueError):
        raise OptionError(f"{variable}: the environment variable must be of type {option.type}") from None
    if option.choices and value not in option.choices:
        raise OptionError(f"{variable}: {value!r} is not known", hint=f"Allowed are: {', '.join(option.choices)}")
    return value


def _spec(option: Option, *, with_default: bool = True) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": option.type}
    if option.elements:
        spec["elements"] = option.elements
    if option.choices:
        spec["choices"] = list(option.choices)
    if with_default and option.default is not None:
        spec["default"] = option.default
    if option.required:
        spec["required"] = True
    if option.options:
        spec["options"] = {inner.name: _spec(inner) for inner in option.options}
    # Said of the others too: to Ansible every name with "key" in it looks like that of a secret.
    spec["no_log"] = option.secret
    return spec
