# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs verbs and calls in this process, over real connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from integration.support.sandbox import (
    DWP_PASSWORD,
    DWP_USER,
    KEY,
    SDP_CLIENT_ID,
    SDP_CLIENT_SECRET,
    SDP_REFRESH_TOKEN,
    Sandbox,
)

from ansible_collections.deskops.itsm.plugins.module_utils.surface.connect import Surroundings
from ansible_collections.deskops.itsm.plugins.module_utils.surface.execute import execute
from ansible_collections.deskops.itsm.plugins.module_utils.surface.options import CONNECTION_OPTIONS
from ansible_collections.deskops.itsm.plugins.module_utils.transport.auth import ApiKeyAuth
from ansible_collections.deskops.itsm.plugins.module_utils.transport.http import HttpClient
from ansible_collections.deskops.itsm.plugins.module_utils.transport.pool import shared_pool
from ansible_collections.deskops.itsm.plugins.module_utils.transport.settings import HttpSettings, checked_url
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Verb

# Long enough for a busy machine, short enough for a test.
QUICK = {"timeout": 5.0, "retries": 2, "deadline": 20.0}


each_platform = pytest.mark.parametrize("platform", ["admin_by_request", "bmc_dwp", "sdp_cloud"])


class Elsewhere:
    """A server under test in place of the sandbox."""

    def __init__(self, url: str) -> None:
        self.abr_url = self.dwp_url = self.sdp_url = self.sdp_accounts_url = url


@dataclass
class Told:
    """What the user saw beside the result."""

    warnings: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)


def run(
    verb: Verb,
    sandbox: Sandbox | Elsewhere,
    *,
    check_mode: bool = False,
    environ: Mapping[str, str] | None = None,
    told: Told | None = None,
    **options: Any,
) -> dict[str, Any]:
    """The result of a task."""
    told = told or Told()
    params: dict[str, Any] = {option.name: None for option in CONNECTION_OPTIONS}
    params |= {option.name: option.default for option in verb.options}
    platform = options.get("platform") or verb.platforms[0]
    params |= {"items": None, "on_error": "continue", **connection(platform, sandbox)}
    surroundings = Surroundings(
        environ=environ or {}, check_mode=check_mode, diff=False, warn=told.warnings.append, trace=told.trace.append
    )
    return execute(verb, {**params, **QUICK, **options}, surroundings)


def connection(platform: str, sandbox: Sandbox | Elsewhere) -> dict[str, Any]:
    """The connection options of a platform of the sandbox."""
    if platform == "bmc_dwp":
        return {"platform": platform, "url": sandbox.dwp_url, "username": DWP_USER, "password": DWP_PASSWORD}
    if platform == "sdp_cloud":
        return {
            "platform": platform,
            "url": sandbox.sdp_url,
            "accounts_url": sandbox.sdp_accounts_url,
            "client_id": SDP_CLIENT_ID,
            "client_secret": SDP_CLIENT_SECRET,
            "refresh_token": SDP_REFRESH_TOKEN,
        }
    return {"platform": platform, "url": sandbox.abr_url, "api_key": KEY}


def client(url: str, *, environ: Mapping[str, str] | None = None, read_only: bool = False, **options: Any) -> HttpClient:
    """A client with a key, as a platform makes it."""
    settings = HttpSettings(url=checked_url(url, allow_http=options.get("allow_http", False)), **{**QUICK, **options})
    auth = ApiKeyAuth(header="apikey", key=KEY)
    return HttpClient(settings, shared_pool(settings, environ or {}), auth=auth, read_only=read_only)
