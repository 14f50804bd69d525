# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site of the documentation builds without warnings, and none of its links leads nowhere."""

from __future__ import annotations

import pathlib
import posixpath
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from integration.support.sandbox import ROOT

from tools import site

PLUGINS = ROOT / "plugins"
# The pages that Sphinx makes beside ours.
OWN_OF_SPHINX = {"search.html", "genindex.html"}
# Where a page may send its reader. What a page *loads* is never elsewhere.
ABSOLUTE = re.compile(r"(?:https?:)?//")


@dataclass
class Page:
    """What a page of the site refers to."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    text: str = ""


class Reading(HTMLParser):
    """Collects links, what is loaded, and anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.page.anchors |= {values[key] or "" for key in ("id", "name") if key in values}
        if tag == "a" and values.get("href"):
            self.page.links.append(values["href"] or "")
        elif tag == "link" and values.get("rel") in ("stylesheet", "icon") and values.get("href"):
            self.page.loads.append(values["href"] or "")
        elif tag in ("script", "img") and values.get("src"):
            self.page.loads.append(values["src"] or "")


def _read(path: pathlib.Path) -> Page:
    reading = Reading()
    reading.page.text = path.read_text(encoding="utf-8")
    reading.feed(reading.page.text)
    return reading.page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """The built site: its pages by their path."""
    output = tmp_path_factory.mktemp("site")
    assert site.build(output) == 0, "the output above says why"
    html = output / "html"
    return {str(path.relative_to(html)): _read(path) for path in sorted(html.rglob("*.html"))}


def _target(page: str, link: str) -> tuple[str, str]:
    """The page and the anchor that a link of a page means."""
    parts = urlsplit(link)
    path = unquote(parts.path)
    return (posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page), unquote(parts.fragment)


def test_every_link_within_the_site_leads_somewhere(pages: dict[str, Page]) -> None:
    broken = []
    for name, page in pages.items():
        for link in page.links:
            if urlsplit(link).scheme or ABSOLUTE.match(link):
                continue
            target, anchor = _target(name, link)
            if target not in pages or (anchor and anchor not in pages[target].anchors):
                broken.append(f"{name}: {link}")
    assert broken == []


def test_every_page_is_reached_from_the_start(pages: dict[str, Page]) -> None:
    waiting, reached = ["index.html"], {"index.html"}
    while waiting:
        name = waiting.pop()
        found = {_target(name, link)[0] for link in pages[name].links if not urlsplit(link).scheme} & pages.keys()
        waiting += found - reached
        reached |= found
    assert pages.keys() - reached - OWN_OF_SPHINX == set()


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Page]) -> None:
    assert [f"{name}: {load}" for name, page in pages.items() for load in page.loads if ABSOLUTE.match(load)] == []


def test_reference_is_complete(pages: dict[str, Page]) -> None:
    wanted = {f"reference/{path.stem}_module.html" for path in (PLUGINS / "modules").glob("*.py")}
    wanted |= {f"reference/{path.stem}_filter.html" for path in (PLUGINS / "filter").glob("*.py")}
    wanted |= {f"reference/{path.stem}_inventory.html" for path in (PLUGINS / "inventory").glob("*.py")}
    wanted |= {f"reference/{path.name}_role.html" for path in (ROOT / "roles").iterdir() if path.is_dir()}
    assert wanted <= pages.keys()


def test_names_in_guides_lead_to_the_reference(pages: dict[str, Page]) -> None:
    assert "reference/request_approve_module.html" in pages["bulk.html"].links
    assert "../reference/decide_filter.html" in pages["roles/approval_queue.html"].links


def test_nothing_was_left_where_the_theme_complains(pages: dict[str, Page]) -> None:
    """It writes errors into the page instead of telling Sphinx."""
    assert [name for name, page in pages.items() if "Furo-based documentation" in page.text] == []


def test_start_page_names_every_guide(pages: dict[str, Page]) -> None:
    """Beside the contents at the side: in its text, so that it can be found in the repository as well."""
    start = (ROOT / site.START).read_text(encoding="utf-8")
    guides = [
        name
        for title in ("Platforms", "How it behaves", "Where it runs", "Roles", "Moving over")
        for name in site.sections()[title]
    ]
    missing = [name for name in guides if f"]({posixpath.relpath(name, 'docs')})" not in start]
    assert missing == []


def test_no_page_of_the_repository_is_left_out() -> None:
    assert site.unplaced() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](bmc_dwp.md#cost)", "[a](bmc_dwp.md#cost)"),
        ("[a](../roles/approval_queue/README.md)", "[a](roles/approval_queue.md)"),
        ("[a](../plugins/modules/review.py)", "[a](reference/review_module.rst)"),
        ("[a](../galaxy.yml)", f"[a]({site.REPOSITORY}galaxy.yml)"),
        ("[a](https://example.com/b.md)", "[a](https://example.com/b.md)"),
        ("see `deskops.itsm.review`", "see [`deskops.itsm.review`](reference/review_module.rst)"),
        ("see `deskops.itsm.desk_report`", "see [`deskops.itsm.desk_report`](reference/desk_report_role.rst)"),
        ("# `deskops.itsm.review`", "# `deskops.itsm.review`"),
        ("```yaml\n[a](../galaxy.yml)\n```", "```yaml\n[a](../galaxy.yml)\n```"),
    ],
)
def test_links_are_translated(text: str, expected: str) -> None:
    assert site.translate(text, "docs/bulk.md", site.plan(), pytest.fail) == f"{expected}\n"


@pytest.mark.parametrize("link", ["nowhere.md", "../nowhere.md", "../../other/README.md"])
def test_links_that_lead_nowhere_are_told(link: str) -> None:
    told: list[str] = []
    site.translate(f"[a]({link})", "docs/bulk.md", site.plan(), told.append)
    assert told == [f"docs/bulk.md: {link} leads nowhere"]
