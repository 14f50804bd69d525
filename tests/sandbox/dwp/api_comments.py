# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comments and attachments of requests."""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response

from . import multipart
from .catalog import Catalog
from .errors import NO_ENTRY, NOT_ALLOWED, REQUIRED, ApiError, invalid, system_error
from .guard import BASE
from .incoming import Incoming, answer
from .params import BOOLEANS, Body
from .records import Activity, Attachment, ServiceRequest, User
from .views import Views

PUBLIC = "PUBLIC"
INTERNAL = "INTERNAL"
_DOCUMENTS = frozenset({"txt", "pdf", "png", "jpg", "csv", "docx", "xlsx", "zip"})


@dataclass(frozen=True)
class Draft:
    """A comment as a call gives it."""

    text: str | None
    visibility: str | None
    broadcast: bool | None
    author: str | None


def add_comments(api: FastAPI, catalog: Catalog, views: Views) -> None:
    @api.get(BASE + "/services/requests/{requestId}/activities")
    async def list_activities(request: Request) -> Response:
        """Internal comments are for their author's eyes only, whoever asks (a switch lets agents see them)."""
        incoming = Incoming(request, catalog)
        row = catalog.readable(incoming.path("requestId"), incoming.user)
        everything = catalog.switches["internal_comments"] == "agents_too" and incoming.user.is_agent
        shown = [one for one in row.activities if everything or one.visibility == PUBLIC or one.author is incoming.user]
        if catalog.switches["activities_order"] == "newest_first":
            shown.reverse()
        return answer([views.activity(one, row) for one in shown])

    @api.post(BASE + "/services/requests/{requestId}/activities")
    async def add_activity(request: Request) -> Response:
        incoming = Incoming(request, catalog)
        row = catalog.readable(incoming.path("requestId"), incoming.user, count=False)
        activity = _comment(catalog, row, incoming.user, await _draft(incoming, catalog), "text")
        incoming.commit()
        return answer(views.activity(activity, row, with_name=False))

    @api.post(BASE + "/services/requests/{requestId}/attachments")
    async def add_attachment(request: Request) -> Response:
        """Who may not see the request gets what a user got: 404 with message 8790."""
        incoming = Incoming(request, catalog)
        try:
            row = catalog.readable(incoming.path("requestId"), incoming.user, count=False)
        except ApiError as error:
            raise system_error() from error
        parts = _parts(catalog, incoming.header("content-type"), await incoming.raw())
        file = next((part for part in parts if part.name == "file" and part.file_name is not None), None)
        if file is None:
            raise invalid(catalog.switches, "Required field cannot be blank: file", REQUIRED)
        fields = {part.name: part.text for part in parts if part.file_name is None}
        draft, name = _form(incoming, catalog, fields)
        attachment = _attachment(catalog, file, name)
        activity = _comment(catalog, row, incoming.user, draft, "activityLog")
        activity.attachments.append(attachment)
        incoming.commit()
        return answer(views.activity(activity, row, with_name=False))


def _parts(catalog: Catalog, content_type: str, body: bytes) -> list[multipart.Part]:
    try:
        return multipart.parse(content_type, body)
    except multipart.MultipartError as error:
        raise invalid(catalog.switches, str(error)) from error


async def _draft(incoming: Incoming, catalog: Catalog) -> Draft:
    """The document's table puts the parameters into the query, its example into the body."""
    where = catalog.switches["activity_params"]
    raw = await incoming.raw()
    if where == "query" or (where == "either" and not raw.strip()):
        query = incoming.query
        return Draft(query.text("text"), query.text("visibility"), query.flag("broadcast"), query.text("authorLoginID"))
    body: Body = await incoming.body()
    draft = Draft(body.text("text"), body.text("visibility"), body.flag("broadcast"), body.text("authorLoginID"))
    body.done()
    return draft


def _form(incoming: Incoming, catalog: Catalog, fields: dict[str, str]) -> tuple[Draft, str]:
    """Comment and file name, from the form, the query, or both."""
    where = catalog.switches["attachment_params"]

    def value(name: str) -> str | None:
        return (fields.get(name) if where != "query" else None) or (incoming.query.text(name) if where != "form" else None)

    broadcast, name = value("broadcast"), value("attachmentNames")
    if broadcast is not None and broadcast.lower() not in BOOLEANS:
        raise invalid(catalog.switches, f"broadcast is neither true nor false: {broadcast}")
    if not name:
        raise invalid(catalog.switches, "Required field cannot be blank: attachmentNames", REQUIRED)
    flag = None if broadcast is None else BOOLEANS[broadcast.lower()]
    return Draft(value("activityLog"), value("visibility"), flag, value("authorLoginID")), name


def _attachment(catalog: Catalog, file: multipart.Part, name: str) -> Attachment:
    limit = catalog.switches.number("max_attachment_bytes")
    if limit and len(file.data) > limit:
        raise ApiError(413, f"Attachment {name} is larger than {limit} bytes")
    if catalog.switches["attachment_types"] == "documents" and name.rpartition(".")[2].lower() not in _DOCUMENTS:
        raise invalid(catalog.switches, f"Files such as {name} cannot be attached")
    digest = hashlib.sha256(file.data).hexdigest()
    return Attachment(catalog.next_id("attachment"), name, len(file.data), digest, file.content_type)


def _comment(catalog: Catalog, row: ServiceRequest, user: User, draft: Draft, text_name: str) -> Activity:
    """Keep a comment, once all that is required is there."""
    for name, value in ((text_name, draft.text), ("visibility", draft.visibility), ("broadcast", draft.broadcast)):
        if value in (None, ""):
            raise invalid(catalog.switches, f"Required field cannot be blank: {name}", REQUIRED)
    assert draft.text is not None
    assert draft.visibility is not None
    if draft.visibility not in (PUBLIC, INTERNAL):
        raise invalid(catalog.switches, f"visibility is neither {PUBLIC} nor {INTERNAL}: {draft.visibility}")
    author = _author(catalog, user, draft.author)
    message = draft.text if catalog.switches["comment_markup"] == "plain" else f"<p>{html.escape(draft.text, quote=False)}</p>"
    activity = Activity(
        catalog.next_id("activity"), message, author, catalog.clock.now(), draft.visibility, bool(draft.broadcast)
    )
    row.activities.append(activity)
    return activity


def _author(catalog: Catalog, user: User, login: str | None) -> User:
    """The current user, or (for agents and admins) somebody else."""
    if not login:
        return user
    author = catalog.find_user(login)
    if author is None:
        raise ApiError(catalog.switches.number("validation_status"), f"User {login} not found.", NO_ENTRY)
    if author is not user and not user.is_agent:
        raise ApiError(catalog.switches.number("forbidden_status"), f"Not allowed to comment as {login}", NOT_ALLOWED)
    return author
