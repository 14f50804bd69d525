# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of ServiceDesk Plus Cloud have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .programs import Ansible, Run, Task
from .sandbox import Call

API = "/sdp/api/v3"
TOKEN = "/sdp/accounts/oauth/v2/token"
ON_SDP: dict[str, str | None] = {"DESKOPS_PLATFORM": "sdp_cloud"}
NO_LOGIN: dict[str, str | None] = {"SDP_CLIENT_ID": None, "SDP_CLIENT_SECRET": None, "SDP_REFRESH_TOKEN": None}


def run_on_sdp(
    ansible: Ansible, tasks: list[dict[str, Any]], *, env: Mapping[str, str | None] | None = None, **options: Any
) -> Run:
    """Run tasks whose platform is the service desk."""
    return ansible.run(tasks, env={**ON_SDP, **(env or {})}, **options)


def record(verb: str, name: str, keywords: Mapping[str, Any] | None = None, **options: Any) -> Task:
    """A task with record or record_info, which have an option C(module)."""
    return {"name": name, f"deskops.itsm.{verb}": options, **(keywords or {})}


def logins(run: Run) -> int:
    """How often the accounts server was asked for a token."""
    return sum(call["path"] == TOKEN for result in run.tasks for call in result.calls)


def without_logins(calls: Iterable[Call]) -> list[Call]:
    return [call for call in calls if not call["path"].startswith("/sdp/accounts")]


def sdp_writes(calls: Iterable[Call]) -> list[Call]:
    """The calls that could change a record."""
    return [call for call in without_logins(calls) if call["method"] != "GET"]


def list_info(call: Call) -> dict[str, Any]:
    """What a list was asked for."""
    query = parse_qs(urlsplit(call["target"]).query)
    info: dict[str, Any] = json.loads(query["input_data"][0])["list_info"] if "input_data" in query else {}
    return info
