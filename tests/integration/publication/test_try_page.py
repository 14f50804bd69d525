# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages on which an API is tried, in a browser: log in, open an operation, press Execute, and no more."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator

import pytest
from integration.support.sandbox import Sandbox

from tools.browser import Browser

# The operations that are tried, by their tags and names in the document; all forms are sent as they are filled in.
TRIED = [
    ("abr", "requests", "put_requests_id", 204, "PUT /abr/requests/65430930"),
    ("dwp", "order", "post_orders_requests", 200, "POST /dwp/api/myit-sb/orders/requests"),
    ("sdp", "requests", "post_requests", 200, "POST /sdp/api/v3/requests"),
]
SCRIPT = """(async ({tag, name}) => {
  const until = async find => {
    for (;;) {
      const found = find();
      if (found) return found;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  };
  await until(() => document.getElementById("again"));
  const block = () => document.getElementById(`operations-${tag}-${name}`);
  const head = await until(() => document.getElementById(`operations-tag-${tag}`));
  if (!block()) head.click();
  (await until(() => block()?.querySelector(".opblock-summary button"))).click();
  const button = await until(() => block().querySelector("button.execute"));
  const answer = () => block().querySelector(".live-responses-table tbody .response-col_status");
  // The form is filled in a moment after it is shown, which is sooner than people press the button.
  let wait = 0;
  const cell = await until(() => answer() ?? (wait++ % 40 || button.click(), null));
  return parseInt(cell.innerText);
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as running:
        yield running


@pytest.mark.parametrize(("platform", "tag", "name", "status", "call"), TRIED, ids=[one[0] for one in TRIED])
def test_an_operation_can_be_tried(
    browser: Browser, sandbox: Sandbox, tmp_path: pathlib.Path, platform: str, tag: str, name: str, status: int, call: str
) -> None:
    url = sandbox.abr_url.removesuffix("/abr")
    page = browser.page(width=1280, height=1600)
    page.goto(f"{url}/{platform}/docs")
    assert page.evaluate(f"{SCRIPT}({json.dumps({'tag': tag, 'name': name})})") == status
    page.screenshot(tmp_path / f"{platform}.png", whole=False)
    assert page.complaints == []
    assert [address for address in page.requests if not address.startswith((f"{url}/", "data:", "blob:"))] == []
    made = [f"{one['method']} {one['path']}" for one in sandbox.calls() if one["status"] == status]
    assert call in made
    # Nothing that the page does is left for the next one: a cookie would be sent beside the header.
    assert page.evaluate("document.cookie") == ""
