# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of Digital Workplace Catalog have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .programs import Ansible, Run
from .sandbox import Call, Sandbox

API = "/dwp/api/myit-sb"
LOGIN = f"{API}/users/login"
ON_DWP: dict[str, str | None] = {"DESKOPS_PLATFORM": "bmc_dwp"}


def run_on_dwp(
    ansible: Ansible, tasks: list[dict[str, Any]], *, env: Mapping[str, str | None] | None = None, **options: Any
) -> Run:
    """Run tasks whose platform is the catalog."""
    return ansible.run(tasks, env={**ON_DWP, **(env or {})}, **options)


def kept_comments(sandbox: Sandbox, request_id: str) -> list[dict[str, Any]]:
    """The comments of a request as the server has them, oldest first, internal ones too."""
    (found,) = (row for row in sandbox.state("requests", "dwp") if row["id"] == request_id)
    comments: list[dict[str, Any]] = found["activities"]
    return comments


def ordered(rows: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """The orders among requests of the sandbox that are new, without the parts of bundles; drafts are none."""
    new = (row for row in rows if not row["draft"] and not row["bundleId"] and row["started"] >= "2026-09-18T10")
    return Counter((row["serviceName"], row["requestedFor"]) for row in new)


def without_logins(calls: Iterable[Call]) -> list[Call]:
    return [call for call in calls if call["path"] != LOGIN]


def posts(calls: Iterable[Call]) -> list[Call]:
    """The calls that put something on a request."""
    return [call for call in calls if call["method"] == "POST" and call["path"].endswith(("/activities", "/attachments"))]


def without_ids(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Comparable results without what depends on the order in which calls arrive, and on the time."""
    for entry in entries:
        for result in entry["result"].get("results", ()):
            result.pop("comment_id", None)
            for record in (result["before"] or {}, result["after"] or {}):
                record.pop("id", None)
                record.pop("created_at", None)
    return entries
