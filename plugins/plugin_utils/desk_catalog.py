# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Catalogs as trees. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .desk_requests import PLATFORMS, clean, mappings

ELSEWHERE: Final = "Without a category"
# Deeper than any platform goes, and than a page can show.
DEEPEST: Final = 12

Counts = Mapping[tuple[str, str], int]


def trees(catalogs: Any, orders: Counts) -> list[dict[str, Any]]:
    """Each catalog, as M(deskops.itsm.catalog_info) gathers it, as a tree with what was ordered from it."""
    return [_tree(catalog, orders) for catalog in mappings(catalogs, "catalogs")]


def _tree(catalog: Mapping[str, Any], orders: Counts) -> dict[str, Any]:
    platform = clean(catalog.get("platform"))
    services = [_service(one, platform, orders) for one in mappings(catalog.get("services") or [], "services")]
    branches = _Branches(mappings(catalog.get("categories") or [], "categories"), services)
    return {
        "platform": platform,
        "label": PLATFORMS.get(platform, platform),
        "service_count": len(services),
        "category_count": len(branches.names),
        "names": {service["id"]: service["name"] for service in services},
        "branches": branches.all(),
    }


def _service(service: Mapping[str, Any], platform: str, orders: Counts) -> dict[str, Any]:
    service_id = clean(service.get("id"))
    return {
        "id": service_id,
        "name": clean(service.get("name")) or service_id,
        "excerpt": clean(service.get("excerpt")),
        "orders": orders.get((platform, service_id), 0),
        "is_usable": service.get("is_active") is not False and service.get("entitled") is not False,
        "category_ids": [clean(one) for one in service.get("category_ids") or ()],
    }


class _Branches:
    """Categories below each other. One that is named as its own ancestor stands at the top."""

    def __init__(self, categories: list[Mapping[str, Any]], services: list[dict[str, Any]]) -> None:
        self.names = {clean(one.get("id")): clean(one.get("name")) for one in categories}
        parents = {clean(one.get("id")): clean(one.get("parent_id")) for one in categories}
        self.children: dict[str, list[str]] = {}
        for category_id, parent in parents.items():
            self.children.setdefault(parent if parent in self.names else "", []).append(category_id)
        self.services: dict[str, list[dict[str, Any]]] = {}
        for service in services:
            known = [one for one in dict.fromkeys(service["category_ids"]) if one in self.names]
            for category_id in known or [""]:
                self.services.setdefault(category_id, []).append(service)
        self.seen: set[str] = set()

    def all(self) -> list[dict[str, Any]]:
        branches = [self._branch(one) for one in self.children.get("", [])]
        branches += [self._branch(one) for one in self.names if one not in self.seen]
        if "" in self.services:
            branches.append(self._made(ELSEWHERE, self.services[""], []))
        return branches

    def _branch(self, category_id: str, depth: int = 1) -> dict[str, Any]:
        self.seen.add(category_id)
        below = list(self._below(category_id, depth))
        return self._made(self.names[category_id], self.services.get(category_id, []), below)

    def _below(self, category_id: str, depth: int) -> Iterator[dict[str, Any]]:
        for child in self.children.get(category_id, ()):
            if child not in self.seen and depth < DEEPEST:
                yield self._branch(child, depth + 1)

    @staticmethod
    def _made(name: str, services: list[dict[str, Any]], children: list[dict[str, Any]]) -> dict[str, Any]:
        own = [{key: value for key, value in service.items() if key != "category_ids"} for service in services]
        ids = {service["id"] for service in own}.union(*(child["ids"] for child in children))
        return {"name": name, "services": own, "children": children, "ids": sorted(ids), "count": len(ids)}
