# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many comments and attachments with faults on a third of the calls: each is there once, in the order of the items."""

from __future__ import annotations

import pathlib
from collections import Counter
from typing import Any

import pytest
from faults.support.tasks import run
from integration.support.dwp import kept_comments, posts
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_attachment import REQUEST_ATTACHMENT
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_comment import REQUEST_COMMENT
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import WriteVerb

MOVE = "40310"

each_verb = pytest.mark.parametrize("verb", [REQUEST_COMMENT, REQUEST_ATTACHMENT], ids=lambda verb: verb.name)


def _status(status: int) -> dict[str, Any]:
    return {"kind": "status", "status": status}


def _own(verb: WriteVerb, folder: pathlib.Path) -> dict[str, Any]:
    """The options of a post."""
    if verb is REQUEST_COMMENT:
        return {"request_id": MOVE, "text": "Hello"}
    path = folder / "offer.txt"
    path.write_text("19 EUR")
    return {"request_id": MOVE, "path": str(path)}


@each_verb
def test_two_hundred_with_faults_on_a_third(sandbox: Sandbox, tmp_path: pathlib.Path, verb: WriteVerb) -> None:
    ids = sandbox.add_each("requests", [{} for dummy in range(100)], platform="dwp")
    mixed = ((_status(503), "before"), (_status(500), "after"), ({"kind": "drop"}, "before"), ({"kind": "drop"}, "after"))
    for number, (spec, when) in enumerate(mixed):
        fault = {"platform": "dwp", "method": "POST", "path": "/(activities|attachments)$", "probability": 0.08, "seed": number}
        sandbox.faults({**fault, "when": when, "times": 16, **spec})
    own = _own(verb, tmp_path)
    changing = "text" if verb is REQUEST_COMMENT else "name"
    items = [{**own, "request_id": number, changing: f"{changing} {count}"} for number in ids for count in (1, 2)]
    result = run(verb, sandbox, items=items, retries=8, settle_timeout=0.1)
    hit = Counter(call["fault"] for call in posts(sandbox.calls()) if call["fault"])
    assert sum(hit.values()) >= 40, hit
    assert result["counts"] == {"created": 200}, result["msg"]
    for number in ids:
        assert [comment["text"] for comment in kept_comments(sandbox, number)] == [f"{changing} 1", f"{changing} 2"]
    again = run(verb, sandbox, items=items)
    assert again["counts"] == {"unchanged": 200}


def test_a_request_is_gone_when_it_is_written_to(sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    body = {"messageType": "ERROR", "messageNumber": 302, "messageText": "Entry does not exist in database"}
    sandbox.faults({"platform": "dwp", "method": "POST", "path": "/activities$", **_status(404), "body": body})
    result = run(REQUEST_COMMENT, sandbox, **_own(REQUEST_COMMENT, tmp_path))
    assert result["error"]["kind"] == "NotFound"
    assert result["msg"].startswith(f"Request {MOVE} does not exist, or the account may not see it")
