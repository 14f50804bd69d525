# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import OptionError
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.fields import check_fields, only

RECORD = {
    "id": "1",
    "state": "pending",
    "comments": [{"text": "a", "author": "x"}, {"text": "b"}],
    "raw": {"user": {"account": "NW\\a", "email": "a@example.com"}, "reason": None},
}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (None, RECORD),
        (["state"], {"id": "1", "state": "pending"}),
        (["id"], {"id": "1"}),
        (["raw.user.account"], {"id": "1", "raw": {"user": {"account": "NW\\a"}}}),
        (["raw.user.account", "raw.reason"], {"id": "1", "raw": {"user": {"account": "NW\\a"}, "reason": None}}),
        (["raw.user.account", "raw"], {"id": "1", "raw": RECORD["raw"]}),
        (["raw.nothing.here"], {"id": "1", "raw": {"nothing": None}}),
        (["raw.reason.more"], {"id": "1", "raw": {"reason": None}}),
        (["comments.text"], {"id": "1", "comments": [{"text": "a"}, {"text": "b"}]}),
        (["comments.author"], {"id": "1", "comments": [{"author": "x"}, {"author": None}]}),
    ],
)
def test_records_are_cut_to_fields(fields: list[str] | None, wanted: dict[str, Any]) -> None:
    assert only([RECORD], fields) == [wanted]


@pytest.mark.parametrize("fields", [None, ["id"], ["raw.a.b", "state"]])
def test_fields_that_records_have_are_allowed(fields: list[str] | None) -> None:
    check_fields(fields, {"id", "state", "raw"})


@pytest.mark.parametrize("fields", [[], [""], ["stat"], ["raw."], ["raw..a"], ["state", ".raw"]])
def test_other_fields_are_refused_with_what_there_is(fields: list[str]) -> None:
    with pytest.raises(OptionError, match="fields: "):
        check_fields(fields, {"id", "state", "raw"})
