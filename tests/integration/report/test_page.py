# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page in a browser: complete, harmless, readable by everybody, in every width, light and dark, and on paper."""

from __future__ import annotations

import itertools
import pathlib
from typing import Any

import pytest

from tools.browser import Browser, Page

from .conftest import HOSTILE, LONG, Sample

PHONE = 360
# A text that is big, or bold and nearly so, needs less contrast.
CONTRAST = """
(() => {
  const rgb = text => { const all = text.match(/[\\d.]+/g).map(Number); return all.length < 4 ? [...all, 1] : all; };
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const background = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour[3] === 1) return colour;
      if (colour[3] > 0) throw new Error('a background that shines through');
    }
    throw new Error('no background');
  };
  const bad = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length || element.closest('style, title, desc')) continue;
    const style = getComputedStyle(element), svg = element.closest('svg');
    const [one, other] = [light(rgb(svg ? style.fill : style.color)), light(background(element))];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    const size = parseFloat(style.fontSize), big = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    count += 1;
    if (ratio < (big ? 3 : 4.5)) bad.push([walker.currentNode.data.trim().slice(0, 40), ratio]);
  }
  return {count, bad};
})()
"""
WIDER_THAN_THE_WINDOW = """
[...document.querySelectorAll('body *')].filter(e => !e.closest('.unseen, thead, .bar'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + .5).map(e => e.tagName + '.' + e.className)
"""
FULLER_THAN_ITS_BOX = """
[...document.querySelectorAll('.tile, .card, td, th, figcaption, summary')].filter(e => !e.closest('.unseen, thead'))
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className + ': ' + e.textContent.trim().slice(0, 40))
"""
UNNAMED_PICTURES = """
[...document.querySelectorAll('svg')].filter(s => !s.closest('[aria-hidden=true]') && !(s.getAttribute('role') === 'img'
  && s.querySelector(':scope > title').textContent && s.querySelector(':scope > desc').textContent
  && s.getAttribute('aria-labelledby').split(' ').every(id => document.getElementById(id)?.closest('svg') === s))).length
"""
TABLES = """
[...document.querySelectorAll('table')].map(t => ({caption: t.caption?.textContent.trim() || '',
  bare: [...t.querySelectorAll('th')].filter(h => !['row', 'col'].includes(h.scope)).length,
  heads: t.querySelectorAll('thead th[scope=col]').length,
  wrong: [...t.tBodies[0].rows].filter(r => !r.querySelector('th[scope=row]') || r.cells.length !== t.tHead.rows[0].cells.length)
    .length,
  rows: t.tBodies[0].rows.length}))
"""
OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true; })"


def tile(page: Page, key: str) -> str:
    return str(page.evaluate(f"document.querySelector('.tile.{key} .value').textContent"))


def test_the_figures_are_those_of_the_platforms(page: Page, sample: Sample) -> None:
    abr, dwp, sdp = (sample.requests[name] for name in ("abr", "dwp", "sdp"))

    def approval(row: dict[str, Any]) -> str:
        return (row["approval_status"] or {}).get("name") or ""

    sdp_open = [row for row in sdp if not row["status"]["stop_timer"] or row["status"]["name"] == "On Hold"]
    sdp_pending = [row for row in sdp_open if approval(row) == "Pending Approval"]
    pending = sum(row["status"] == "Pending" for row in abr) + sum(row["word"] == "WAITING_APPROVAL" for row in dwp)
    assert tile(page, "pending") == str(pending + len(sdp_pending))
    denied = sum(row["status"] == "Denied" for row in abr) + sum(row["word"] == "REJECTED" for row in dwp)
    assert tile(page, "denied") == str(denied + sum(approval(row) == "Rejected" for row in sdp))
    approved = sum(row["status"] in ("Open", "Running", "Finished") for row in abr)
    assert tile(page, "approved") == str(approved + sum(approval(row) == "Approved" for row in sdp))
    assert tile(page, "failed") == str(sum(row["word"] == "FAILED" for row in dwp))
    assert tile(page, "open") == str(len(sdp_open) - len(sdp_pending) + sum(row["word"] in ("ACTIVE", "NEW") for row in dwp))
    completed = sum(row["word"] == "COMPLETED" for row in dwp)
    assert tile(page, "completed") == str(completed + sum(row["status"]["name"] in ("Closed", "Resolved") for row in sdp))
    assert tile(page, "oldest") == "12 d 12 h"
    assert f"{len(abr) + len(dwp) + len(sdp)} requests" in page.evaluate("document.querySelector('header p').innerText")


def test_the_tables_hold_what_waits_and_what_was_decided(page: Page, sample: Sample) -> None:
    queue = set(page.evaluate("[...document.querySelectorAll('#queue .rows .id')].map(e => e.textContent)"))
    assert {row["traceNo"] for row in sample.requests["abr"] if row["status"] in ("Pending", "Quarantined")} <= queue
    assert {row["id"] for row in sample.requests["dwp"] if row["word"] == "WAITING_APPROVAL"} <= queue
    decided = set(page.evaluate("[...document.querySelectorAll('#decisions .rows .id')].map(e => e.textContent)"))
    assert {
        row["traceNo"] for row in sample.requests["abr"] if row["status"] in ("Denied", "Running", "Finished", "Open")
    } <= decided
    rules = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#decisions .bars tbody tr')].map("
        "r => [r.cells[0].textContent, r.cells[2].textContent]))"
    )
    assert rules["malware"] == "2 denied"
    assert rules["<b>trusted</b> | vendors"] == "4 approved"
    assert rules["sessions"] == "1 still pending"
    assert set(rules) == {"malware", "<b>trusted</b> | vendors", "sessions", "Decided in the platform", "No rule matched"}
    bars = page.evaluate("[...document.querySelectorAll('#ages text:not(.label)')].map(e => +e.textContent)")
    assert sum(bars) == len(queue)
    waiting = "[...document.querySelectorAll('#queue td[data-label=\"Waits for\"]:not(.empty)')].map(e => e.textContent.trim())"
    assert "automation@northwind.example" in page.evaluate(waiting)


def test_the_catalog_is_a_tree(page: Page) -> None:
    path = "document.querySelectorAll('#catalog .tree')[0]"
    top = page.evaluate(f"[...{path}.children].map(e => e.querySelector('summary bdi').textContent)")
    assert top == ["Devices", "Software", "Access", "Buildings", "People", "Retired forms"]
    within = "[...document.querySelectorAll('#catalog li')].find(e => e.querySelector('bdi').textContent === 'Accounts')"
    assert page.evaluate(f"{within}.parentElement.closest('li').querySelector('bdi').textContent") == "Access"
    assert page.evaluate(f"[...{within}.querySelectorAll('.service > bdi')].map(e => e.textContent)") == [
        "Administrator rights",
        "Database access",
        "Shared mailbox",
        "Finance ledger access",
        "Account recovery",
    ]


def test_nothing_is_loaded_and_nothing_complains(page: Page, sample: Sample) -> None:
    page.evaluate(OPEN_ALL)
    assert page.requests == [sample.desk.page.resolve().as_uri()]
    assert page.complaints == []
    assert page.evaluate("document.scripts.length") == 0
    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed, form, base, link:not([rel=icon])').length") == 0
    policy = page.evaluate("document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
    assert policy.startswith("default-src 'none'; ")


def test_the_policy_would_stop_what_got_through(browser: Browser, sample: Sample, tmp_path: pathlib.Path) -> None:
    """So the other tests see what the templates do, and not only what the browser is told to refuse."""
    broken = tmp_path / "broken.html"
    code = "<script>window.pwned = 1</script><img src='https://evil.example/x.png'></body>"
    broken.write_text(sample.desk.page.read_text(encoding="utf-8").replace("</body>", code), encoding="utf-8")
    page = browser.page()
    page.open(broken)
    assert page.evaluate("window.pwned ?? null") is None
    assert page.complaints != []


def test_hostile_text_is_only_text(page: Page) -> None:
    page.evaluate(OPEN_ALL)
    assert page.evaluate("window.pwned ?? null") is None
    handlers = (
        "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => /^on/i.test(a.name)).map(a => a.name)"
    )
    assert page.evaluate(handlers) == []
    text = page.evaluate("document.body.textContent")
    for name in ("script", "image", "attribute", "comment", "template", "formula"):
        assert HOSTILE[name] in text, name
    assert "arabic" in text
    assert not set(text) & set("\u202e\u2066\u200f\x07\x1b\x9b")
    links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.href).filter(h => /evil/.test(h))")
    assert links == []


def test_what_is_long_folds_away_and_is_counted(page: Page) -> None:
    label = f"All {len(LONG.strip()):,} characters"
    summary = f"[...document.querySelectorAll('details.text > summary')].find(s => s.textContent === '{label}')"
    assert page.evaluate(f"{summary}.parentElement.open") is False
    whole = page.evaluate(f"{summary}.parentElement.textContent")
    assert whole.endswith(f"… and {len(LONG.strip()) - 2000:,} more, which the table of all requests has")
    assert LONG[:2000].strip() in whole


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(page: Page, scheme: str) -> None:
    page.emulate(scheme=scheme)
    page.evaluate(OPEN_ALL)
    measured = page.evaluate(CONTRAST)
    assert measured["count"] > 500
    assert measured["bad"] == []
    # The scheme does make a difference.
    brightness = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((a, b) => a + +b, 0)")
    assert (brightness > 600) == (scheme == "light")


@pytest.mark.parametrize("width", [PHONE, 768, 1280])
def test_nothing_is_wider_than_the_window(page: Page, width: int, tmp_path: pathlib.Path) -> None:
    page.resize(width, 800)
    for is_open in (False, True):
        if is_open:
            page.evaluate(OPEN_ALL)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(WIDER_THAN_THE_WINDOW) == []
        assert page.evaluate(FULLER_THAN_ITS_BOX) == []
    assert page.screenshot(tmp_path / f"page-{width}.png").stat().st_size > 50_000


def test_it_has_landmarks_headings_and_named_tables(page: Page) -> None:
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.title") == "Request desk"
    for landmark in ("header", "nav[aria-label]", "main", "footer"):
        assert page.evaluate(f"document.querySelectorAll('body > {landmark}').length") == 1, landmark
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.evaluate(
        "[...document.querySelectorAll('section')].every(s => document.getElementById(s.getAttribute('aria-labelledby')))"
    )
    assert page.evaluate("(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(e => e.id))") == 0
    assert page.evaluate(UNNAMED_PICTURES) == 0
    assert page.evaluate("document.querySelectorAll('svg[role=img]').length") == 2
    tables = page.evaluate(TABLES)
    assert len(tables) == 8
    for table in tables:
        assert table["caption"]
        assert (table["bare"], table["wrong"]) == (0, 0), table
        assert table["heads"] > 2
        assert table["rows"] > 0
    assert page.evaluate("[...document.querySelectorAll('.badge')].every(b => b.textContent.trim().length > 2)")


def test_it_works_with_the_keyboard(page: Page) -> None:
    page.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    for dummy in range(200):
        page.press("Tab")
        if page.evaluate("document.activeElement.matches('.tree summary')"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    was_open = page.evaluate("document.activeElement.parentElement.open")
    page.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is not was_open
    page.press(" ")
    assert page.evaluate("document.activeElement.parentElement.open") is was_open


def test_paper_shows_everything_in_dark_ink(page: Page, tmp_path: pathlib.Path) -> None:
    page.emulate(scheme="dark", media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).display") == "none"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    closed = "[...document.querySelectorAll('details:not([open])')]"
    assert page.evaluate(f"{closed}.length") > 5
    folded = "[...d.children].some(c => c.tagName !== 'SUMMARY' && c.getBoundingClientRect().height === 0)"
    hidden = f"{closed}.filter(d => {folded}).length"
    assert page.evaluate(hidden) == 0
    assert page.evaluate(CONTRAST)["bad"] == []
    assert page.pdf(tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")
