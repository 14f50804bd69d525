# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ManageEngine ServiceDesk Plus Cloud v3: requests, approvals, notes, files, and all other records. Private to the collection.

The login comes from the vendor's document "OAuth 2.0", the rest from the fact sheet; section numbers in comments are those of
the fact sheet.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..transport.errors import Ambiguous, ApiError, Conflict, NotFound
from ..transport.http import HttpClient
from ..transport.link import Link
from ..transport.multipart import FilePart, Form
from ..transport.tokens import Token
from . import sdp_session
from . import sdp_shapes as shapes
from . import sdp_values as values
from .records import APPROVED, DENIED, PENDING, UNKNOWN, Comment, Listing, Request, RequestQuery
from .sdp_modules import MODULES, find_module
from .sdp_records import SdpRecords
from .sdp_shapes import all_of, criterion

NAME = "sdp_cloud"
REQUESTS = MODULES["requests"]
MOST_LEVELS = 5  # 5.3

Row = dict[str, Any]

base_url = sdp_session.base_url


def connect(connection: Mapping[str, Any], link: Link) -> SdpCloud:
    """The platform, ready to be called; it gets a token at its first call."""
    login = sdp_session.Login(connection, link)
    return SdpCloud(login.client(), login, memory=link.memory(login.account))


class SdpCloud(SdpRecords):
    """The calls of ServiceDesk Plus Cloud. Ids are texts: many are above 2^53."""

    name = NAME
    title = "ServiceDesk Plus Cloud"
    # Requests are made and changed one by one.
    takes_orders = False
    includes = frozenset({"comments", "approvals", "attachments"})
    # What only the server knows, and only afterwards, beside what the verbs name.
    unpredictable: frozenset[str] = frozenset({"author"})

    def __init__(self, http: HttpClient, login: sdp_session.Login, *, memory: dict[str, Any] | None = None) -> None:
        self._http = http
        self._login = login
        self.memory = {} if memory is None else memory

    # -- login (1) ------------------------------------------------------------------------------------------------------

    @property
    def user(self) -> str | None:
        """Who logs in: the application. The API does not tell whose refresh token it is."""
        return self._login.user

    has_refresh_tokens = True
    is_void = staticmethod(sdp_session.is_void)

    def log_in(self) -> Token:
        """The token of this run, obtained now if there is none."""
        return self._login.tokens.current()

    def log_in_with(self, refresh_token: str) -> Token:
        """A token of this run that is made of another refresh token."""
        return self._login.another(refresh_token).tokens.current()

    def exchange(self, code: str, *, redirect_uri: str | None) -> Token:
        """The tokens for a grant code; C(extra) holds C(refresh_token)."""
        return self._login.exchange(code, redirect_uri=redirect_uri)

    def works(self, refresh_token: str | None, *, is_asked: bool) -> bool:
        """Whether a refresh token, or that of the connection, is good. Where none is given out now, it may be, unless asked."""
        return self._login.another(refresh_token).works(is_asked=is_asked)

    def revoke(self, refresh_token: str | None) -> None:
        """End a refresh token, or that of the connection, and all that was made of it."""
        self._login.another(refresh_token).revoke()

    # -- requests (5.1) -------------------------------------------------------------------------------------------------

    def find_requests(self, query: RequestQuery) -> Listing:
        """Requests in ascending order of their creation (with C(last): the newest, newest first)."""
        criteria = self._request_criteria(query)
        whole = query.limit is None or bool(query.states) or query.since_id is not None or query.last is not None
        found = self.find_records(REQUESTS, criteria=criteria, limit=None if whole else query.limit, sort_field="created_time")
        requests = [shapes.request(row) for row in found.records]
        seen_up_to = max((int(request.id) for request in requests), default=None)
        words = {word.lower() for word in query.states}
        fitting = [request for request in requests if _fits(request, words, query)]
        if query.last is not None:
            return Listing(fitting[: -query.last - 1 : -1], len(fitting) > query.last, seen_up_to)
        if query.limit is not None and len(fitting) > query.limit:
            return Listing(fitting[: query.limit], True, int(fitting[query.limit - 1].id))
        return Listing(fitting, found.truncated, seen_up_to)

    def _request_criteria(self, query: RequestQuery) -> Any:
        """What the server filters. What it cannot be trusted with, it is asked for too much of, and filtered here."""
        criteria = []
        words = [word for word in query.states if word.lower() not in shapes.STATE_OF_WORD.values()]
        if query.states and len(words) == len(query.states):
            criteria.append(criterion("status.name", "is", *words))
        elif len(query.states) == 1 and query.states[0].lower() in shapes.LEFT_OUT:
            criteria.append(criterion("status.name", "is not", *shapes.LEFT_OUT[query.states[0].lower()]))
        for field, user in (("requester", query.requested_for), ("created_by", query.requested_by)):
            if user:
                criteria.append(criterion(f"{field}.{'email_id' if '@' in user else 'name'}", "is", user))
        if query.service:
            criteria.append(criterion(f"template.{'id' if query.service.isdecimal() else 'name'}", "is", query.service))
        if query.modified_since:
            criteria.append(criterion("last_updated_time", "greater or equal", values.epoch_ms(query.modified_since)))
        if query.subject:
            criteria.append(criterion("subject", "is", query.subject))
        raw = query.search_criteria
        if not raw:
            return all_of(criteria)
        if not criteria:
            return raw
        return all_of([*criteria, *(raw if isinstance(raw, list) else [raw])])

    def get_request(self, request_id: str) -> Request:
        """One request with all its fields, or L(NotFound). One in the bin is not there any more."""
        return shapes.request(self.get_record(REQUESTS, request_id))

    def requests_by_id(
        self, request_ids: Iterable[str], *, expected: Collection[str] = (), scan_details: bool = False
    ) -> dict[str, Request]:
        """The requests with these ids that exist, each with all its fields."""
        found: dict[str, Request] = {}
        for request_id in dict.fromkeys(request_ids):
            try:
                found[request_id] = self.get_request(request_id)
            except NotFound:
                continue
        return found

    def create_request(self, fields: Mapping[str, Any]) -> Request:
        return shapes.request(self.create_record(REQUESTS, fields))

    def update_request(self, request_id: str, fields: Mapping[str, Any]) -> None:
        """Change these fields; the others stay (7)."""
        self.update_record(REQUESTS, request_id, fields)

    def delete_request(self, request_id: str) -> None:
        self.delete_record(REQUESTS, request_id)

    @staticmethod
    def is_requester(request: Request, user: str) -> bool:
        """Whether a request is for the user, named by e-mail address, name or id."""
        requester = request.raw.get("requester") or {}
        names = {str(requester.get(key) or "").casefold() for key in ("email_id", "name", "id")}
        return user.casefold() in names

    request_fields = staticmethod(shapes.request_fields)
    as_markup = staticmethod(values.as_markup)
    as_asked = staticmethod(values.as_asked)
    as_told = staticmethod(values.as_told)
    already_done = staticmethod(sdp_session.already_done)

    def close_request(self, request_id: str, closure: Mapping[str, Any]) -> None:
        """Close a request, with C(closure_comments), C(closure_code) and so on."""
        info = dict(closure)
        if isinstance(info.get("closure_code"), str):
            info["closure_code"] = {"name": info["closure_code"]}
        self._send("PUT", f"/requests/{request_id}/_close", {"request": {"closure_info": info}})

    # -- approvals (5.3) ------------------------------------------------------------------------------------------------

    def approvals_of(self, request_id: str) -> list[Row]:
        """The approvals of all levels of a request: C(id), C(level_id), C(level), C(approver), C(state), C(comments), C(raw)."""
        found: list[Row] = []
        levels = find_module("approval_levels", parents=(("requests", request_id),))
        for level in self.find_records(levels).records:
            parents = (("requests", request_id), ("approval_levels", str(level["id"])))
            rows = self.find_records(find_module("approvals", parents=parents)).records
            found += [_approval(row, level) for row in rows]
        return found

    def decide_approval(self, request_id: str, *, level_id: str, approval_id: str, approve: bool, comments: str | None) -> None:
        """Approve or reject in the name of the owner of the token; approvals of others are refused."""
        action = "_approve" if approve else "_reject"
        path = f"/requests/{request_id}/approval_levels/{level_id}/approvals/{approval_id}/{action}"
        self._send("PUT", path, {"approval": {"comments": comments} if comments else {}})

    # Each has approvals of its own.
    decisions_at_once = 1

    def decisions(self, deciders: Mapping[str, str | None], *, expected: Collection[str] = ()) -> dict[str, Request]:
        """The requests by their ids; their states say what has become of the caller's approvals.

        C(deciders) are the e-mail addresses of those who decide. Where it is not told, approvals are taken for the caller's
        until the server refuses one.
        """
        found: dict[str, Request] = {}
        for request_id, decider in deciders.items():
            for request in self.requests_by_id([request_id]).values():
                approvals = self._own(self.approvals_of(request_id), decider)
                found[request_id] = replace(request, state=_state_of_approvals(approvals), status=_words_of(approvals))
        return found

    def decide(self, request_id: str, *, approve: bool, reason: str | None, decided_by: str | None) -> None:
        """Decide the caller's approvals that are pending, also those that a decision makes pending on the next level."""
        for dummy in range(MOST_LEVELS):
            pending = [one for one in self._own(self.approvals_of(request_id), decided_by) if one["state"] == PENDING]
            if not pending:
                return
            decided = [self._decide_one(request_id, one, approve=approve, reason=reason) for one in pending]
            if not any(decided):
                approvers = ", ".join(sorted({str(one["approver"]) for one in pending}))
                message = f"Request {request_id} waits for {approvers}, and the owner of the token is none of them"
                raise Conflict(message, hint="Only its approver can decide an approval: use the approver's own refresh_token")
            if not approve:
                return

    @staticmethod
    def undecidable(request: Request) -> str | None:
        """Why there is nothing to decide: no approval is there, or it was not sent yet."""
        if request.state != UNKNOWN:
            return None
        return f"Request {request.id} has no approval that waits for this decision (its approvals: {request.status})"

    def _decide_one(self, request_id: str, approval: Row, *, approve: bool, reason: str | None) -> bool:
        """Whether the approval was the caller's to decide."""
        try:
            self.decide_approval(
                request_id, level_id=approval["level_id"], approval_id=approval["id"], approve=approve, comments=reason
            )
        except ApiError as error:
            if error.status != 403:
                raise
            self.memory.setdefault("foreign approvals", set()).add(approval["id"])
            return False
        return True

    def _own(self, approvals: list[Row], decider: str | None) -> list[Row]:
        if decider:
            return [one for one in approvals if str(one["approver"] or "").casefold() == decider.casefold()]
        foreign = self.memory.get("foreign approvals", set())
        return [one for one in approvals if one["id"] not in foreign]

    @staticmethod
    def decided_by(request: Request) -> str | None:
        """Nothing to compare: an approval carries the name of its approver from the start."""
        return None

    # -- notes and files (5.4, 5.7) -------------------------------------------------------------------------------------

    def comments(self, request_id: str) -> list[Comment]:
        """The notes of a request, newest first. A list may lack their text; then each is read (5.4)."""
        notes = find_module("notes", parents=(("requests", request_id),))
        rows = self.find_records(notes).records
        whole = [row if "description" in row else self.get_record(notes, str(row["id"])) for row in rows]
        return sorted((shapes.note(row) for row in whole), key=lambda note: note.created_at or "", reverse=True)

    def add_comment(self, request_id: str, *, text: str, visibility: str, notify: bool, author: str | None = None) -> Comment:
        """Add a note; C(notify) tells the technician of the request. Nobody can write as somebody else."""
        fields = {
            "description": values.as_markup(text),
            "show_to_requester": visibility == "public",
            "notify_technician": notify,
        }
        notes = find_module("notes", parents=(("requests", request_id),))
        return shapes.note({**fields, **self.create_record(notes, fields)})

    # Whose notes they will be, the API does not tell before they are there.
    writer = ""

    @staticmethod
    def is_user(one: str | None, other: str | None) -> bool:
        """Whether two addresses or names mean the same user; nobody in particular is everybody."""
        return not other or (one or "").casefold() == other.casefold()

    # Files belong to the request itself: nothing is said with them, and nobody is told of them.
    files_hang_on_comments = False

    def comments_with_files(self, request_id: str) -> list[Comment]:
        """The files of a request, each as a comment that says its name."""
        return [
            Comment(one["id"], str(one["name"]), "", "public", None, (str(one["name"]),), one)
            for one in self.attachments_of(request_id)
        ]

    def add_attachment(self, request_id: str, *, path: str, name: str, **_about: Any) -> str | None:
        """Attach a file. The shape of the answer is not known (5.7): look afterwards."""
        self.upload(request_id, path=path, name=name)
        return None

    def attachments_of(self, request_id: str) -> list[Row]:
        """The files of a request: C(id), C(name), C(size)."""
        files = self.get_record(REQUESTS, request_id).get("attachments") or ()
        return [
            {"id": str(one.get("id") or one.get("file_id")), "name": one.get("name"), "size": one.get("size")} for one in files
        ]

    def upload(self, request_id: str, *, path: str, name: str) -> None:
        """Attach a file to a request."""
        form = Form({"addtoattachment": "true"}, FilePart("filename", path, name))
        headers = {"Content-Type": form.content_type}
        self._http.write("POST", f"/requests/{request_id}/_uploads", body=form.body, headers=headers)

    # -- service catalog (5.2) ------------------------------------------------------------------------------------------

    def service_categories(self) -> list[Row]:
        return self.find_records(MODULES["service_categories"]).records

    def templates(self, *, name: str | None = None) -> list[Row]:
        """Request templates; those of services say so in C(is_service_template)."""
        criteria = criterion("name", "is", name) if name is not None else None
        return self.find_records(MODULES["request_templates"], criteria=criteria).records

    def get_template(self, template_id: str) -> Row:
        return self.get_record(MODULES["request_templates"], template_id)

    def find_template(self, id_or_name: str) -> Row:
        """The template with this id or exactly this name, with its questions; the items of a loop look it up once."""
        known: dict[str, Row] = self.memory.setdefault("templates", {})
        if id_or_name not in known:
            known[id_or_name] = self.get_template(self._template_id(id_or_name))
        return known[id_or_name]

    def _template_id(self, id_or_name: str) -> str:
        if id_or_name.isdecimal() and len(id_or_name) >= values.SHORTEST_ID:
            return id_or_name
        wanted = id_or_name.strip().casefold()
        same = [row for row in self.templates(name=id_or_name) if str(row.get("name")).strip().casefold() == wanted]
        if len(same) == 1:
            return str(same[0]["id"])
        if same:
            listed = ", ".join(str(row["id"]) for row in same)
            raise Ambiguous(f"{len(same)} templates are named {id_or_name!r}: {listed}", hint="Give the id instead")
        names = [str(row.get("name")) for row in self.templates()]
        near = ", ".join(repr(name) for name in difflib.get_close_matches(id_or_name, names, n=3) or sorted(names)[:10])
        raise NotFound(f"No request template is named {id_or_name!r}", hint=f"The nearest are {near}")

    resources = staticmethod(shapes.resources)

    def template_fields(self, template_id: str) -> list[Row]:
        """The fields of a template, in the order of its layout: C(name), C(mandatory), C(default), C(section)."""
        path = f"/request_templates/{template_id}/layouts"
        body = self._get(path)
        layouts = body.get("layouts") if isinstance(body, dict) else None
        if not isinstance(layouts, list):
            raise shapes.unexpected("GET", path, "layouts", body)
        return [
            {
                "name": field.get("name"),
                "mandatory": bool(field.get("mandatory")),
                "default": field.get("default_value"),
                "section": section.get("name"),
            }
            for layout in layouts
            for section in layout.get("sections") or ()
            for field in section.get("fields") or ()
        ]


def _approval(row: Row, level: Row) -> Row:
    status = row.get("status") or {}
    word = str(status.get("name") or status.get("internal_name") or status) if isinstance(status, Mapping) else str(status)
    known = {"approved": APPROVED, "rejected": DENIED, "denied": DENIED}
    state = known.get(word.lower(), PENDING if "pending" in word.lower() else UNKNOWN)
    return {
        "id": str(row["id"]),
        "level_id": str(level["id"]),
        "level": level.get("level"),
        "approver": shapes.person(row.get("approver") or row.get("original_approver")),
        "state": state,
        "status": word,
        "comments": row.get("comments"),
        "raw": row,
    }


def _state_of_approvals(approvals: list[Row]) -> str:
    states = {one["state"] for one in approvals}
    return next((state for state in (DENIED, PENDING, APPROVED) if state in states), UNKNOWN)


def _words_of(approvals: list[Row]) -> str:
    """The platform's own words for the approvals, each once."""
    return ", ".join(dict.fromkeys(str(one["status"]) for one in approvals)) or "No approval"


def _fits(request: Request, words: set[str], query: RequestQuery) -> bool:
    """Whether a request is one of those asked for; what the server filters too is checked again: it may ignore it."""
    if words and not words & {request.state, request.status.lower()}:
        return False
    if query.since_id is not None and int(request.id) < int(query.since_id):
        return False
    return not query.subject or str(request.subject or "").casefold() == query.subject.casefold()
