# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which option of which module reaches which endpoint of Digital Workplace Catalog; C(make docs) writes it down.

A test runs every task of the table and looks into the call log of the sandbox, so the table cannot say what is not so.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .workspace import ROOT, say

PAGE = ROOT / "docs" / "bmc_dwp_endpoints.md"
HEAD = """<!--
Copyright (c) 2026, deskops.itsm contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
Written by `make docs` from tests/tools/endpoints.py: change it there.
-->
# Endpoints of Digital Workplace Catalog, and what reaches them

All endpoints of the vendor's document "Endpoints in the BMC Helix Digital Workplace Catalog REST API" (22.1), below
`/api/myit-sb`. A test runs a task for each row against the sandbox and finds the call in its log.

| # | endpoint | module | options |
|---|---|---|---|
"""


class Endpoint(NamedTuple):
    """A row. C(task) are options with which the module calls the endpoint; C(before) are tasks that have to come first."""

    number: int
    call: str
    module: str
    how: str
    task: dict[str, Any]
    before: tuple[tuple[str, dict[str, Any]], ...] = ()


LAPTOP = {"service": "Standard laptop", "requested_for": ["mlind"]}
ACCESS = {
    "service": "Database access",
    "requested_for": ["skjaer"],
    "answers": {"Database name": "stock", "Access level": "Read only", "Reason": "Report"},
    "match_on": [],
}
REVIEW = {"service": "VPN access", "title": "Good", "content": "It works.", "rating": 0.8}
ARCHIVE = "{{ playbook_dir }}/services.zip"

ENDPOINTS = (
    Endpoint(1, "POST /users/login", "access_token", "any call of any module needs it", {}),
    Endpoint(2, "GET /categories", "catalog_info", "`gather: [categories]`", {"gather": ["categories"]}),
    Endpoint(
        3,
        "GET /categories/{categoryId}/categories",
        "catalog_info",
        "`gather: [categories]` with `category`, `depth`",
        {"gather": ["categories"], "category": "Devices", "depth": 2},
    ),
    Endpoint(4, "GET /categories/groups", "catalog_info", "`gather: [category_groups]`", {"gather": ["category_groups"]}),
    Endpoint(
        5,
        "GET /categories/groups/{categoryGroupId}/categories",
        "catalog_info",
        "`gather: [category_groups]` with `depth`",
        {"gather": ["category_groups"], "depth": 1},
    ),
    Endpoint(
        6,
        "GET /services/{serviceversionId}",
        "catalog_info",
        "`details: true`",
        {"title": "Standard laptop", "details": True},
    ),
    Endpoint(7, "POST /services/search", "catalog_info", "`title`, `service_ids` or `category`", {"title": "Standard laptop"}),
    Endpoint(
        8, "GET /services/fullcatalogview", "catalog_info", "`gather: [full_catalog_view]`", {"gather": ["full_catalog_view"]}
    ),
    Endpoint(9, "POST /requests", "service_request", "`answers`", ACCESS),
    Endpoint(
        10,
        "GET /requests/{id}/questionnaire",
        "catalog_info",
        "`gather: [questionnaires]`; `service_request` with `answers`",
        {"gather": ["questionnaires"], "title": "Database access"},
    ),
    Endpoint(11, "POST /services/{serviceversionId}/questionnaire/answers", "service_request", "`answers`", ACCESS),
    Endpoint(12, "POST /orders", "service_request", "`answers`", ACCESS),
    Endpoint(13, "POST /orders/requests", "service_request", "`service` without `answers`", {**LAPTOP, "match_on": []}),
    Endpoint(
        14,
        "GET /services/{serviceversionId}/myrequests",
        "request_info",
        "`mine: true` with `service`",
        {"service": "2401", "mine": True},
    ),
    Endpoint(
        15,
        "GET /services/requests",
        "request_info",
        "`requested_for`, `requested_by`, `modified_since`, or none of them",
        {"requested_for": "mlind", "modified_since": "2026-01-01T00:00:00Z"},
    ),
    Endpoint(
        16, "POST /services/requests/search", "request_info", "`request_ids`, several", {"request_ids": ["40211", "40219"]}
    ),
    Endpoint(17, "GET /services/requests/{requestId}", "request_info", "`request_ids`, one", {"request_ids": ["40211"]}),
    Endpoint(
        18,
        "GET /services/requests/{requestId}/answers",
        "request_info",
        "`include: [answers]`",
        {"request_ids": ["40219"], "include": ["answers"]},
    ),
    Endpoint(
        19,
        "GET /services/requests/{requestId}/activities",
        "request_info",
        "`include: [comments]` or `[attachments]`",
        {"request_ids": ["40211"], "include": ["comments"]},
    ),
    Endpoint(
        20,
        "POST /services/requests/{requestId}/activities",
        "request_comment",
        "`text`",
        {"request_id": "40211", "text": "Seen by automation"},
    ),
    Endpoint(
        21,
        "POST /services/requests/{requestId}/attachments",
        "request_attachment",
        "`path`",
        {"request_id": "40211", "path": "{{ ansible_config_file }}", "name": "settings.txt"},
    ),
    Endpoint(22, "GET /reviews", "review_info", "`kind: [reviews]`", {"kind": ["reviews"], "service": "2401"}),
    Endpoint(23, "POST /reviews", "review", "`title`, `content`", REVIEW),
    Endpoint(24, "GET /reviews/{reviewId}", "review_info", "`review_id`", {"review_id": "301"}),
    Endpoint(
        25,
        "PUT /reviews/{reviewId}",
        "review",
        "`title`, `content`, once there is one",
        {**REVIEW, "title": "Better"},
        (("review", REVIEW),),
    ),
    Endpoint(
        26,
        "DELETE /reviews/{reviewId}",
        "review",
        "`state: absent`",
        {"service": "VPN access", "state": "absent"},
        (("review", {"service": "VPN access", "title": "Good", "content": "It works."}),),
    ),
    Endpoint(27, "GET /ratings", "review_info", "`kind: [ratings]`", {"kind": ["ratings"], "service": "2401"}),
    Endpoint(28, "POST /ratings", "review", "`rating`", {"service": "External monitor", "rating": 0.8}),
    Endpoint(29, "GET /ratings/{ratingId}", "review_info", "`rating_id`", {"rating_id": "701"}),
    Endpoint(
        30, "PUT /ratings/{ratingId}", "review", "`rating`, once there is one", {**REVIEW, "rating": 0.4}, (("review", REVIEW),)
    ),
    Endpoint(
        31, "POST /services/export", "catalog_export", "`services`, `path`", {"services": ["Guest network"], "path": ARCHIVE}
    ),
    Endpoint(
        32,
        "POST /services/import",
        "catalog_import",
        "`path`",
        {"path": ARCHIVE, "force": True},
        (("catalog_export", {"services": ["Guest network"], "path": ARCHIVE}),),
    ),
)


def page() -> str:
    """The table as a page of the documentation."""
    rows = [f"| {one.number} | `{one.call}` | `{one.module}` | {one.how} |\n" for one in ENDPOINTS]
    return HEAD + "".join(rows)


def write() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    say(f"wrote {PAGE.relative_to(ROOT)}")
    return 0
