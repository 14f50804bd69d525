# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are taken out of results, wherever they are, and what holds none comes back as it is."""

from __future__ import annotations

import html
import json
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.surface.masking import AT_ONCE, LEARNED, Mask
from ansible_collections.deskops.itsm.plugins.module_utils.transport.secrets import all_forms

SECRETS = ("Tr0ub4dor&3", 'q"uo\\te+/=%', "pässwörd €", "8642086420")
texts = st.text(max_size=8) | st.sampled_from([f"x{secret}y" for secret in SECRETS])
plain = st.none() | st.booleans() | st.integers() | texts
data = st.recursive(plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4))


@given(st.dictionaries(st.sampled_from(["msg", "records", "results", "total", "error"]), data))
def test_no_secret_is_left(result: dict[str, Any]) -> None:
    shown = json.dumps(Mask(SECRETS)(result), ensure_ascii=False)
    for secret in SECRETS:
        assert json.dumps(secret, ensure_ascii=False)[1:-1] not in shown


@given(st.dictionaries(st.text(max_size=5), data))
def test_what_holds_no_secret_comes_back_as_it_is(result: dict[str, Any]) -> None:
    assert Mask(["no such thing is in any of them"])(result) == result


@pytest.mark.parametrize("form", sorted(all_forms(SECRETS)))
def test_every_form_is_found_deep_in_a_long_list(form: str) -> None:
    records = [{"id": str(number), "raw": {"reason": "fine"}} for number in range(3 * AT_ONCE)]
    records[2 * AT_ONCE + 5]["raw"] = {"reason": f"it is {form}."}
    masked = Mask(SECRETS)({"records": records, "total": len(records)})
    assert form not in masked["records"][2 * AT_ONCE + 5]["raw"]["reason"]
    assert [record["id"] for record in masked["records"]] == [record["id"] for record in records]
    # What holds none was not even copied.
    assert masked["records"][0] is records[0]


def test_numbers_that_show_a_secret_are_masked() -> None:
    masked = Mask(["8642086420"])({"total": 8642086420, "nested": [{"number": 8642086420}], "other": 1})
    assert "8642086420" not in json.dumps(masked)
    assert masked["other"] == 1


def test_what_is_no_plain_data_is_masked_as_well() -> None:
    masked = Mask(["Tr0ub4dor&3"])({"records": [{"names": ("Tr0ub4dor&3", "b")}], "msg": "Tr0ub4dor&3"})
    assert "Tr0ub4dor" not in repr(masked)


def test_of_learned_secrets_the_last_are_hidden_and_the_given_ones_always() -> None:
    """A source that runs for months gets a token each hour: it must not become slower with each of them."""
    mask = Mask(["a-given-secret"])
    mask.hide("token-of-hour-0000")
    size = len(mask.forms)
    for hour in range(1, 500):
        mask.hide(f"token-of-hour-{hour:04}")
    assert len(mask.forms) < LEARNED * size
    shown = mask({"text": "a-given-secret token-of-hour-0499 token-of-hour-0484"})
    assert not any(secret in shown["text"] for secret in ("a-given-secret", "0499", "0484"))


def test_what_a_page_made_of_a_secret_is_found_in_a_message_that_quotes_the_page() -> None:
    secret = "q\"uo'te\\+/=& æ"
    for text in (html.escape(secret), html.escape(secret, quote=False), shlex.quote(secret)):
        shown = Mask([secret])({"msg": f"No template is named 'x'. The nearest are {text!r}", "json": json.dumps({"text": text})})
        assert text[:3] not in shown["msg"] + shown["json"]
