# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From connection options to a platform that can be called. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from ..transport.http import Trace
from ..transport.link import Link
from ..transport.secrets import all_forms, basic_credential
from ..transport.settings import HttpSettings, checked_url
from .options import COMMON_PREFIX, CONNECTION_OPTIONS, ENVIRONMENT_PREFIX

OF_SETTINGS = ("validate_certs", "ca_path", "proxy", "timeout", "retries", "deadline", "concurrency", "allow_http")


@dataclass(frozen=True)
class Surroundings:
    """What the caller of a verb knows beside its options.

    C(environ) is the environment as the task shall see it. C(warn) takes warnings for the user, C(hide) secrets that are
    learned on the way, C(trace) a line for each call. C(token_folder) is where the tasks of this run find each other's tokens.
    """

    environ: Mapping[str, str]
    check_mode: bool
    diff: bool = False
    warn: Callable[[str], None] = lambda message: None
    hide: Callable[[str], None] = lambda secret: None
    trace: Trace | None = None
    token_folder: str | None = None


def connect(connection: Mapping[str, Any], surroundings: Surroundings) -> Any:
    """The platform of the connection, ready to be called; in check mode it can only read."""
    platform = _platform(connection["platform"])
    url = checked_url(platform.base_url(connection), allow_http=connection["allow_http"])
    link = Link(
        HttpSettings(url=url, **{name: connection[name] for name in OF_SETTINGS}),
        surroundings.environ,
        check_mode=surroundings.check_mode,
        trace=surroundings.trace,
        token_folder=connection["token_cache"] or surroundings.token_folder,
        hide=surroundings.hide,
    )
    return platform.connect(connection, link)


def _platform(name: str) -> Any:
    """The module of a platform. Imported here, so that a task loads only the one that it uses."""
    if name == "admin_by_request":
        from ..platforms import admin_by_request

        return admin_by_request
    if name == "bmc_dwp":
        from ..platforms import bmc_dwp

        return bmc_dwp
    if name == "sdp_cloud":
        from ..platforms import sdp_cloud

        return sdp_cloud
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
