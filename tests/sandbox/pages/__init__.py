# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages for people: the live queue, and each platform's OpenAPI document with a page to try it.

They are answered outside the call log, without authentication, and load nothing from elsewhere.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import swagger_ui_bundle  # type: ignore[import-untyped]  # it carries no type information

from ..platforms import Platform
from ..reply import Reply
from .documents import complete
from .login import login_of

_HERE = Path(__file__).parent
_ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
_MANY = 100
_HTML = "text/html; charset=utf-8"


class Pages:
    """All pages by their path."""

    def __init__(self, platforms: dict[str, Platform]) -> None:
        self._pages: dict[str, Callable[[], Reply]] = {
            "/": _queue,
            "/favicon.ico": partial(_asset, "favicon-32x32.png"),
        }
        for name in _ASSETS:
            self._pages[f"/_sandbox/assets/{name}"] = partial(_asset, name)
        for platform in platforms.values():
            self._pages[f"{platform.prefix}/queue"] = _queue
            self._pages[f"{platform.prefix}/docs"] = partial(_docs, platform)
            self._pages[f"{platform.prefix}/openapi.json"] = partial(_document, platform)

    def find(self, path: str) -> Reply | None:
        page = self._pages.get(path)
        return page() if page else None


def _queue() -> Reply:
    return Reply.of(200, (_HERE / "queue.html").read_bytes(), _HTML)


def _docs(platform: Platform) -> Reply:
    page = (_HERE / "docs.html").read_text(encoding="utf-8")
    page = page.replace("{{title}}", html.escape(platform.title)).replace("{{document}}", f"{platform.prefix}/openapi.json")
    page = page.replace("{{login}}", json.dumps(login_of(platform)).replace("<", "\\u003c"))
    # Hundreds of operations are found by the filter, not by reading.
    paths = platform.openapi()["paths"]
    page = page.replace("{{expansion}}", json.dumps("list" if len(paths) < _MANY else "none"))
    return Reply.of(200, page.encode(), _HTML)


def _document(platform: Platform) -> Reply:
    return Reply.json(200, complete(platform))


def _asset(name: str) -> Reply:
    return Reply.of(200, (Path(swagger_ui_bundle.swagger_ui_path) / name).read_bytes(), _ASSETS[name])
