# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalog of a platform whose services are templates of requests. Private to the collection."""

from __future__ import annotations

from typing import Any

from ..transport.errors import NotFound, OptionError
from .catalog import find_category, side_by_side
from .spec import Context, Records

GATHERED = ("services", "categories")

Row = dict[str, Any]


def read_templates(context: Context) -> Records:
    """Categories and templates, each under its own name."""
    params, platform = context.params, context.platform
    if foreign := [name for name in params["gather"] if name not in GATHERED]:
        hint = f"It has {' and '.join(GATHERED)}; with details a service comes with its fields and its questions"
        raise OptionError(f"gather: {platform.name} has no {', '.join(foreign)}", hint=hint)
    category = find_category(platform, params["category"]) if params["category"] is not None else None
    found: dict[str, list[Row]] = {}
    missing: list[str] = []
    truncated = False
    if "categories" in params["gather"]:
        rows = [category] if category is not None else platform.categories()
        found["categories"] = rows[: params["limit"]]
        truncated = len(found["categories"]) < len(rows)
    if "services" in params["gather"]:
        found["services"], is_short = _services(context, category)
        truncated |= is_short
        missing = [one for one in params["service_ids"] or () if one not in {row["id"] for row in found["services"]}]
        missing = [] if is_short else missing
    return Records(next(found[name] for name in GATHERED if name in found), truncated, {"missing": missing, **found})


def _services(context: Context, category: Row | None) -> tuple[list[Row], bool]:
    """The templates that fit, and whether there are more."""
    params, platform = context.params, context.platform
    limit, ids, title = params["limit"], params["service_ids"], params["title"]
    category_id = category["id"] if category is not None else None
    if title is not None:
        ids = [platform.template_id(title.strip())]
    listing = platform.templates(category_id=category_id, limit=None if ids else limit, name=title and title.strip())
    rows = [row for row in listing.records if category_id is None or category_id in row["category_ids"]]
    if ids is not None:
        by_id = {row["id"]: row for row in rows}
        rows = [by_id[one] for one in dict.fromkeys(ids) if one in by_id]
    if title is not None and not rows:
        where = f" in category {params['category']!r}" if category is not None else ""
        raise NotFound(f"No template is named {title!r}{where}", hint="Leave out what narrows it, or see all without title")
    is_short = listing.truncated or (limit is not None and len(rows) > limit)
    return _detailed(context, rows[:limit]), is_short


def _detailed(context: Context, rows: list[Row]) -> list[Row]:
    """With C(details), each template as it is read by itself: lists have neither fields nor questions."""
    if not context.params["details"]:
        return rows
    details: dict[str, Row] = {}

    def read(template_id: str) -> None:
        details[template_id] = context.platform.template_details(template_id)

    side_by_side(read, [row["id"] for row in rows], context.concurrency)
    return [details[row["id"]] for row in rows]
