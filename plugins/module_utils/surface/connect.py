# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From connection options to a platform that can be called. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from ..transport.http import HttpClient, Trace
from ..transport.pool import shared_pool
from ..transport.secrets import all_forms, basic_credential
from ..transport.settings import HttpSettings, checked_url
from .options import COMMON_PREFIX, CONNECTION_OPTIONS, ENVIRONMENT_PREFIX


def connect(
    connection: Mapping[str, Any], environ: Mapping[str, str], *, check_mode: bool, trace: Trace | None = None
) -> Any:
    """The platform of the connection, ready to be called; in check mode it can only read."""
    module, platform_class = _platform(connection["platform"])
    settings = HttpSettings(
        url=checked_url(module.base_url(connection), allow_http=connection["allow_http"]),
        **{
            name: connection[name]
            for name in ("validate_certs", "ca_path", "proxy", "timeout", "retries", "deadline", "concurrency", "allow_http")
        },
    )
    http = HttpClient(
        settings,
        shared_pool(settings, environ),
        auth=module.auth(connection),
        judge=module.judge,
        read_only=check_mode,
        trace=trace,
    )
    return platform_class(http)


def _platform(name: str) -> tuple[Any, Any]:
    """The module and the class of a platform. Imported here, so that a task loads only the one that it uses."""
    if name == "admin_by_request":
        from ..platforms import admin_by_request

        return admin_by_request, admin_by_request.AdminByRequest
    raise ValueError(name)


def load_platforms() -> None:
    """Import all platforms, for a process that forks its tasks."""
    for name in ENVIRONMENT_PREFIX:
        _platform(name)


def secret_forms(params: Mapping[str, Any], environ: Mapping[str, str]) -> set[str]:
    """Everything that must not show up in any output: secrets from options and environment, and what is derived from them."""
    secrets: list[str | None] = []
    for option in CONNECTION_OPTIONS:
        if option.secret:
            secrets.append(params.get(option.name))
            prefixes = (COMMON_PREFIX, *ENVIRONMENT_PREFIX.values())
            secrets += [environ.get(f"{prefix}_{option.name.upper()}") for prefix in prefixes]
    addresses = [value for name, value in environ.items() if name.lower().endswith(("_proxy", "_url"))]
    for address in (params.get("proxy"), params.get("url"), *addresses):
        secrets += _secrets_of_address(address or "")
    return all_forms(secrets)


def _secrets_of_address(address: str) -> list[str]:
    """The password in a URL, as it stands there and decoded, and what a proxy would be sent."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return []
    if not parts.password:
        return []
    password = unquote(parts.password)
    return [parts.password, password, basic_credential(unquote(parts.username or ""), password)]
