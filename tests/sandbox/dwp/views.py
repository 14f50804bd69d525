# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON shapes of the answers, key by key as in the document's examples."""

from __future__ import annotations

from typing import Any

from ..switches import Switchboard
from .catalog import GROUP_NAME, GROUP_SYSTEM_ID, Catalog
from .params import key_name
from .records import Activity, Attachment, Category, Rating, Review, Service, ServiceRequest, State, User
from .times import text


class Views:
    """Makes answers from what is in a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._switches: Switchboard = catalog.switches

    # --- categories

    def category(self, row: Category, guid: str | None = None) -> dict[str, Any]:
        return {"id": row.id, "guid": guid, **self._category_rest(row)}

    def _category_rest(self, row: Category) -> dict[str, Any]:
        return {
            "name": row.name,
            "categoryGroupId": self._catalog.group_id,
            "parentId": row.parent,
            "childCount": len(self._catalog.children(row.id)),
            "subCategories": None,
        }

    def group(self) -> dict[str, Any]:
        """There is one group only."""
        return {
            "id": self._catalog.group_id,
            "guid": self._catalog.group_guid,
            "name": GROUP_NAME,
            "description": "",
            "systemId": GROUP_SYSTEM_ID,
            "groupStatus": "ACTIVE",
            "childCount": len(self._catalog.children(None)),
            "categories": None,
        }

    # --- services

    def summary(self, row: Service, viewer: User) -> dict[str, Any]:
        """A service in a search; the time to provision only where there is one."""
        rating, count = self._catalog.rating_of(row)
        return {
            "serviceType": row.service_type,
            "templateType": "SERVICE",
            "id": row.id,
            "name": row.name,
            "excerpt": row.excerpt,
            "iconUrl": row.icon,
            "rating": rating,
            "modifiedDate": text(row.modified),
            "createdDate": text(row.created),
            "ratingCount": count,
            "categories": self._categories_of(row),
            **_price(row),
            **_provisioning(row),
            "bundledServices": self._parts(row, viewer),
            "entitled": self._catalog.entitled(row, viewer),
        }

    def detail(self, row: Service, viewer: User) -> dict[str, Any]:
        """One service; with neither excerpt nor time to provision, as in the document."""
        rating, count = self._catalog.rating_of(row)
        return {
            "serviceType": row.service_type,
            "templateType": "SERVICE",
            "id": row.id,
            "name": row.name,
            "description": row.description,
            "iconUrl": row.icon,
            "rating": rating,
            "modifiedDate": text(row.modified),
            "createdDate": text(row.created),
            "ratingCount": count,
            "supplier": {"id": "31", "name": row.supplier},
            "categories": self._categories_of(row),
            **_price(row),
            "dynamicFields": [{"title": title, "content": content, "documents": []} for title, content in row.fields],
            "bundledServices": self._parts(row, viewer),
            "entitled": self._catalog.entitled(row, viewer),
            "media": [{"type": "IMAGE", "url": row.icon.replace("icon.png", "image.png")}],
        }

    def _categories_of(self, row: Service) -> list[dict[str, Any]]:
        rows = (self._catalog.categories[category_id] for category_id in row.categories)
        return [{"id": category.id, **self._category_rest(category)} for category in rows]

    def _parts(self, row: Service, viewer: User) -> list[dict[str, Any]]:
        """The shape is not documented (the examples are empty): summaries without parts of their own."""
        return [self.summary(self._catalog.services[part], viewer) for part in row.parts]

    # --- requests

    def state_word(self, state: State) -> str:
        words = {State.ACTIVE: "active_status", State.WAITING: "waiting_status", State.CANCELLED: "cancelled_status"}
        if state in words:
            return str(self._switches[words[state]])
        return State.NEW.value if state is State.DRAFT else state.value

    def status(self, row: ServiceRequest, complete_time: bool = False) -> dict[str, Any]:
        """``completeTime`` is in the example of a user's own requests only."""
        view = {
            "id": row.id,
            key_name(self._switches): row.service.id,
            "status": self.state_word(row.state),
            "startTime": text(row.started),
            "lastModifiedTime": text(row.modified),
        }
        if complete_time and row.completed is not None:
            view["completeTime"] = text(row.completed)
        if self._switches["status_reason"] == "present":
            view["statusReason"] = row.reason or ""
        return view

    def request(self, row: ServiceRequest) -> dict[str, Any]:
        service = row.service
        view = {
            "id": row.id,
            "requestingUserId": row.by,
            "requestForUserId": row.for_user,
            "name": service.name,
            "description": service.description,
            "excerpt": service.excerpt,
            "price": service.payment,
            "status": self.status(row),
            **_provisioning(service),
            "quantity": row.quantity,
            "logoUrl": service.icon,
            **_costs(service),
        }
        if self._switches["extra_request_fields"] == "present":
            order = self._catalog.orders.get(row.order_id or "")
            view |= {"orderId": row.order_id, "orderTitle": order.title if order else None}
            view |= {"summary": row.extras.get("summary"), "externalActivities": row.extras.get("externalActivities", [])}
        return view

    def activity(self, row: Activity, request: ServiceRequest, with_name: bool = True) -> dict[str, Any]:
        """A comment; the author's full name is null in the answer to the call that made it."""
        return {
            "id": row.id,
            "serviceRequestId": request.id,
            "message": row.message,
            "activityLogType": None,
            "authorLoginId": row.author.login,
            "authorFullName": row.author.full_name if with_name else None,
            "createDate": text(row.created),
            "modifiedDate": text(row.created),
            "visibility": row.visibility,
            "attachments": [self._attachment(attachment) for attachment in row.attachments],
        }

    def _attachment(self, row: Attachment) -> Any:
        """UNKNOWN: the examples show empty lists only."""
        shape = self._switches["attachment_shape"]
        if shape == "name_only":
            return row.name
        if shape == "other_object":
            return {"attachmentId": row.id, "fileName": row.name, "fileSize": str(row.size)}
        return {"id": row.id, "name": row.name, "size": row.size, "contentType": row.content_type}

    # --- opinions

    def review(self, row: Review) -> dict[str, Any]:
        return {
            "id": row.id,
            key_name(self._switches): row.service.id,
            "userId": row.user.uid,
            "title": row.title,
            "content": row.content,
            "modifiedDate": text(row.modified),
        }

    def rating(self, row: Rating, dated: bool = True) -> dict[str, Any]:
        """A rating has a date in lists only."""
        view = {"id": row.id, key_name(self._switches): row.service.id, "userId": row.user.uid, "rating": row.rating}
        return {**view, "modifiedDate": text(row.modified)} if dated else view


def _costs(row: Service) -> dict[str, float]:
    return dict(zip(("onceCost", "monthlyCost", "yearlyCost"), row.costs, strict=True))


def _price(row: Service) -> dict[str, Any]:
    return {"price": row.payment, **_costs(row)}


def _provisioning(row: Service) -> dict[str, Any]:
    if row.provisioning is None:
        return {}
    value, unit = row.provisioning
    return {"provisioningTime": {"type": "ProvisioningTimeMetric", "value": value, "timeUnit": unit}}
