# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a catalog for the control API, with what the platform's own API does not tell."""

from __future__ import annotations

from typing import Any

from .api_transfer import state_view
from .catalog import Catalog
from .records import Service, ServiceRequest, State, User
from .times import text
from .views import Views


def whole_state(catalog: Catalog, views: Views) -> dict[str, Any]:
    return {
        "users": [_user_state(row) for row in catalog.users.values()],
        "categories": [views.category(row, row.guid) for row in catalog.categories.values()],
        "services": [service_state(catalog, row) for row in catalog.services.values()],
        "requests": [request_state(catalog, views, row) for row in catalog.requests.values()],
        "orders": [
            {"id": row.id, "by": row.by, "title": row.title, "created": text(row.created), "requests": row.requests}
            for row in catalog.orders.values()
        ],
        "reviews": [{**views.review(row), "login": row.user.login} for row in catalog.reviews.values()],
        "ratings": [{**views.rating(row), "login": row.user.login} for row in catalog.ratings.values()],
    }


def _user_state(row: User) -> dict[str, Any]:
    return {
        "login": row.login,
        "uid": row.uid,
        "fullName": row.full_name,
        "email": row.email,
        "roles": sorted(row.roles),
        "groups": sorted(row.groups),
        "collaborators": list(row.collaborators),
    }


def service_state(catalog: Catalog, row: Service) -> dict[str, Any]:
    return state_view(catalog, row)


def request_state(catalog: Catalog, views: Views, row: ServiceRequest) -> dict[str, Any]:
    """All of a request: drafts too, internal comments, what was sent along, digests of files."""
    whole = row.service.questionnaire
    labels = {question.id: question.label for question in whole.questions} if whole else {}
    return {
        "id": row.id,
        "service": row.service.id,
        "serviceName": row.service.name,
        "requestedBy": row.by,
        "requestedFor": row.for_user,
        "state": row.state.value,
        "word": views.state_word(row.state),
        "draft": row.state is State.DRAFT,
        "reason": row.reason,
        "orderId": row.order_id,
        "bundleId": row.bundle_id,
        "parts": row.parts,
        "quantity": row.quantity,
        "started": text(row.started),
        "modified": text(row.modified),
        "completed": text(row.completed) if row.completed else None,
        "collaborators": list(row.collaborators),
        "answers": {labels.get(key, key): values for key, values in row.answers.items()},
        "extras": row.extras,
        "activities": [
            {
                "id": one.id,
                "text": one.message,
                "author": one.author.login,
                "visibility": one.visibility,
                "broadcast": one.broadcast,
                "attachments": [
                    {"id": file.id, "name": file.name, "size": file.size, "sha256": file.sha256, "contentType": file.content_type}
                    for file in one.attachments
                ],
            }
            for one in row.activities
        ],
    }
