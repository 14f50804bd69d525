# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads of the platforms with a login, with every fault on any of their calls: the whole answer or an error, nothing between."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from faults.support.tasks import run
from faults.test_matrix import FAULTS, Fault
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.transport import http
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.catalog_info import CATALOG_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record_info import RECORD_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.review_info import REVIEW_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import InfoVerb

# What a fault may be called; whatever else came would be a defect.
NAMED = {"ApiError", "AuthError", "NotFound", "RateLimited"}


class Read(NamedTuple):
    """A task that reads, and how the calls of its platform begin."""

    verb: InfoVerb
    platform: str
    prefix: str
    options: dict[str, Any]


READS = (
    Read(REQUEST_INFO, "bmc_dwp", "dwp", {}),
    Read(REQUEST_INFO, "bmc_dwp", "dwp", {"request_ids": ["40211", "40219"], "include": ["comments", "answers"]}),
    Read(CATALOG_INFO, "bmc_dwp", "dwp", {"title": "Standard laptop", "details": True}),
    Read(REVIEW_INFO, "bmc_dwp", "dwp", {"service": "2401"}),
    Read(RECORD_INFO, "sdp_cloud", "sdp", {"module": "problems"}),
)


@pytest.fixture(autouse=True)
def _small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1_000_000)


@pytest.mark.parametrize("times", [1, None], ids=["once", "always"])
@pytest.mark.parametrize("skip", [0, 2], ids=["all", "third call"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("read", READS, ids=lambda read: f"{read.verb.name} {read.platform} {'-'.join(read.options)}")
def test_the_whole_answer_or_an_error(sandbox: Sandbox, read: Read, fault: Fault, skip: int, times: int | None) -> None:
    whole = run(read.verb, sandbox, platform=read.platform, **read.options)
    assert whole["records"]
    sandbox.faults({**fault.spec, "platform": read.prefix, "skip": skip, **({"times": times} if times else {})})
    result = run(read.verb, sandbox, platform=read.platform, **read.options, **fault.options)
    if result.get("failed"):
        assert result["error"]["kind"] in NAMED, result
        assert result["error"]["hint"] or result["error"]["status"] in (400, 409), result
        assert "records" not in result
    else:
        assert result["records"] == whole["records"]
