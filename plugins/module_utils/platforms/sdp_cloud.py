# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ManageEngine ServiceDesk Plus Cloud v3: requests, approvals, notes, files, and all other records. Private to the collection.

The login comes from the vendor's document "OAuth 2.0", the rest from the fact sheet; section numbers in comments are those of
the fact sheet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..transport.errors import ApiError, Conflict, NotFound
from ..transport.http import HttpClient
from ..transport.link import Link
from ..transport.multipart import FilePart, Form
from ..transport.tokens import Token
from . import sdp_answers, sdp_session
from . import sdp_shapes as shapes
from . import sdp_values as values
from .expected import number_of
from .markup import plain_text
from .records import APPROVED, DENIED, OPEN, PENDING, UNKNOWN, Comment, Listing, Request, RequestQuery
from .sdp_catalog import SdpCatalog
from .sdp_filters import criteria_of, filter_of
from .sdp_modules import MODULES, find_module
from .sdp_records import is_kept
from .sdp_shapes import criterion

NAME = "sdp_cloud"
REQUESTS = MODULES["requests"]
MOST_LEVELS = 5  # 5.3

Row = dict[str, Any]

base_url = sdp_session.base_url


def connect(connection: Mapping[str, Any], link: Link) -> SdpCloud:
    """The platform, ready to be called; it gets a token at its first call."""
    login = sdp_session.Login(connection, link)
    return SdpCloud(login.client(), login, memory=link.memory(login.account))


class SdpCloud(SdpCatalog):
    """The calls of ServiceDesk Plus Cloud. Ids are texts: many are above 2^53."""

    name = NAME
    title = "ServiceDesk Plus Cloud"
    # Requests are made and changed one by one.
    takes_orders = False
    # Lists show only some of the fields.
    requests_at_once = 1
    includes = frozenset({"comments", "approvals", "attachments"})
    # What only the server knows, and only afterwards, beside what the verbs name.
    unpredictable: frozenset[str] = frozenset({"author", "requested_for", "requested_by"})

    def __init__(self, http: HttpClient, login: sdp_session.Login, *, memory: dict[str, Any] | None = None) -> None:
        self._http = http
        self._login = login
        # What was read of requests that are decided next.
        self._read_approvals: dict[str, list[Row]] = {}
        self.memory = {} if memory is None else memory

    # -- login (1) ------------------------------------------------------------------------------------------------------

    @property
    def user(self) -> str | None:
        """Who logs in: the application. The API does not tell whose refresh token it is."""
        return self._login.user

    has_refresh_tokens = True
    is_void = staticmethod(sdp_answers.is_void)

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
        """Requests in ascending order of their creation (with C(last): the newest, newest first; with C(since_id): by id)."""
        seen: list[int] = []
        fits = filter_of(query)

        def keep(row: Row) -> bool:
            if query.since_id is None or number_of(row, "id") >= int(query.since_id):
                seen.append(number_of(row, "id"))
            return is_kept(row) and fits(shapes.request(row))

        found = self.find_narrowly(
            REQUESTS,
            (*shapes.SHOWN, *shapes.LISTED, "is_trashed"),
            criteria=criteria_of(query),
            limit=None if query.since_id is not None else query.last or query.limit,
            sort_field="created_time",
            descending=query.last is not None,
            keep=keep,
        )
        requests = [shapes.request(row) for row in found.records]
        if query.since_id is not None:
            return _first_by_id(requests, query.limit, max(seen, default=None))
        # Requests that were imported, or made with a date of the past, come before others with lower ids: of the rest of a list
        # by creation no id is known. But it is by id from there on.
        is_cut = found.truncated and query.last is None
        return Listing(requests, found.truncated, 0 if is_cut else max(seen, default=None))

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

    unshown_fields = REQUESTS.unshown
    is_closed = staticmethod(shapes.is_closed)

    def tickets_by_id(self, ids: Iterable[str], fields: Sequence[str], *, listed: bool = False) -> dict[str, Request]:
        """Those of the requests that exist, with at least these fields of the API; see M(records_by_id)."""
        rows = self.records_by_id(REQUESTS, ids, [*shapes.SHOWN, *fields], listed=listed)
        return {request_id: shapes.request(row) for request_id, row in rows.items()}

    def tickets_like(
        self, matches: Sequence[Mapping[str, Any]], fields: Sequence[str], *, only_open: bool
    ) -> list[list[Request]]:
        """For each match, values by dotted path, the requests that have them; see M(records_like)."""
        also = [criterion("status.name", "is not", *shapes.LEFT_OUT[OPEN])] if only_open else []
        found = self.records_like(REQUESTS, matches, [*shapes.SHOWN, *fields], also=also)
        return [[shapes.request(row) for row in rows] for rows in found]

    def serves_requests(self) -> bool:
        """Whether the address leads to requests at all: one that does not exist is answered as a wrong address is (4.2)."""
        return self.is_served(REQUESTS)

    def answers_requests(self) -> bool:
        """The same, asked anew."""
        return self.answers(REQUESTS)

    def create_request(self, fields: Mapping[str, Any]) -> Request:
        return shapes.request(self.create_record(REQUESTS, fields))

    def update_request(self, request_id: str, fields: Mapping[str, Any]) -> None:
        """Change these fields; the others stay (7)."""
        self.update_record(REQUESTS, request_id, fields)

    def delete_request(self, request_id: str) -> None:
        self.delete_record(REQUESTS, request_id)

    request_fields = staticmethod(shapes.request_fields)
    as_markup = staticmethod(values.as_markup)
    as_asked = staticmethod(values.as_asked)
    as_told = staticmethod(values.as_told)
    already_done = staticmethod(sdp_answers.already_done)

    def close_request(self, request_id: str, closure: Mapping[str, Any]) -> None:
        """Close a request, with C(closure_comments), C(closure_code) and so on."""
        info = {**closure, "closure_code": values.reference(closure.get("closure_code"), is_user=False)}
        info = {name: value for name, value in info.items() if value is not None}
        self._send("PUT", f"/requests/{request_id}/_close", {"request": {"closure_info": info}})

    # -- approvals (5.3) ------------------------------------------------------------------------------------------------

    def approvals_of(self, request_id: str) -> list[Row]:
        """The approvals of all levels of a request: C(id), C(level_id), C(level), C(approver), C(state), C(comments), C(raw)."""
        found: list[Row] = []
        levels = find_module("approval_levels", parents=(("requests", request_id),))
        for level in sorted(self.find_records(levels).records, key=_place_of):
            parents = (("requests", request_id), ("approval_levels", str(level["id"])))
            rows = self.find_records(find_module("approvals", parents=parents)).records
            found += [_approval(row, level) for row in sorted(rows, key=lambda row: number_of(row, "id"))]
        return found

    def decide_approval(self, request_id: str, *, level_id: str, approval_id: str, approve: bool, comments: str | None) -> None:
        """Approve or reject in the name of the owner of the token; approvals of others are refused."""
        action = "_approve" if approve else "_reject"
        path = f"/requests/{request_id}/approval_levels/{level_id}/approvals/{approval_id}/{action}"
        self._send("PUT", path, {"approval": {"comments": comments} if comments else {}})

    # Each has approvals of its own.
    decisions_at_once = 1
    longest_reason = 250

    def decisions(self, deciders: Mapping[str, str | None], *, expected: Collection[str] = ()) -> dict[str, Request]:
        """The requests by their ids; their states say what has become of the caller's approvals.

        C(deciders) are the e-mail addresses of those who decide. Where it is not told, approvals are taken for the caller's
        until the server refuses one.
        """
        found: dict[str, Request] = {}
        for request_id, decider in deciders.items():
            for request in self.requests_by_id([request_id]).values():
                approvals = self.approvals_of(request_id)
                self._read_approvals[request_id] = approvals
                own = self._own(approvals, decider)
                found[request_id] = replace(request, state=_state_of_approvals(own), status=_words_of(own, approvals))
        return found

    def decide(self, request_id: str, *, approve: bool, reason: str | None, decided_by: str | None) -> None:
        """Decide the caller's approvals that are pending, also those that a decision makes pending on the next level."""
        for dummy in range(MOST_LEVELS):
            known = self._read_approvals.pop(request_id, None)
            own = self._own(self.approvals_of(request_id) if known is None else known, decided_by)
            pending = [one for one in own if one["state"] == PENDING]
            decided = [self._decide_one(request_id, one, approve=approve, reason=reason) for one in pending]
            if pending and not any(decided):
                approvers = ", ".join(sorted({str(one["approver"]) for one in pending}))
                message = f"Request {request_id} waits for {approvers}, and the owner of the token is none of them"
                raise Conflict(message, hint="Only its approver can decide an approval: use the approver's own refresh_token")
            if not (pending and approve and any(one["state"] == UNKNOWN for one in own)):
                return

    @staticmethod
    def undecidable(request: Request) -> str | None:
        """Why there is nothing to decide: no approval is there, or it was not sent yet."""
        if request.state != UNKNOWN:
            return None
        return f"Request {request.id} has no approval that waits for this decision ({request.status})"

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

    @staticmethod
    def as_shown(text: str) -> str:
        """The text of a note as it will be read: what is no markup is no markup then either."""
        return plain_text(values.as_markup(text.strip()))

    @classmethod
    def spellings(cls, text: str) -> tuple[str, ...]:
        """What a text may look like where it is shown; names of files are shown as they are."""
        return cls.as_shown(text), text

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

    def names_of_files(self, request: Request) -> list[str]:
        """The names of the files of a request that has been read, as far as that does not tell them already."""
        if request.raw.get("has_attachments") is False:
            return []
        files = request.raw.get("attachments")
        return [str(one.get("name")) for one in (self.attachments_of(request.id) if files is None else files)]

    def upload(self, request_id: str, *, path: str, name: str) -> None:
        """Attach a file to a request."""
        form = Form({"addtoattachment": "true"}, FilePart("filename", path, name))
        headers = {"Content-Type": form.content_type}
        self._http.write("POST", f"/requests/{request_id}/_uploads", body=form.body, headers=headers)


def _first_by_id(requests: list[Request], limit: int | None, seen_up_to: int | None) -> Listing:
    """The requests with the lowest ids."""
    requests = sorted(requests, key=lambda request: int(request.id))
    if limit is None or len(requests) <= limit:
        return Listing(requests, seen_up_to=seen_up_to)
    return Listing(requests[:limit], truncated=True, seen_up_to=int(requests[limit - 1].id))


def _place_of(level: Row) -> int:
    """The number of a level, which may come as text; some have none."""
    return int(level["level"]) if str(level.get("level") or "").isdecimal() else 0


def _approval(row: Row, level: Row) -> Row:
    status = row.get("status") or {}
    word = str(status.get("name") or status.get("internal_name") or status) if isinstance(status, Mapping) else str(status)
    known = {"approved": APPROVED, "rejected": DENIED, "denied": DENIED}
    state = known.get(word.lower(), PENDING if "pending" in word.lower() else UNKNOWN)
    return {
        "id": str(row["id"]),
        "level_id": str(level["id"]),
        "level": _place_of(level),
        "approver": shapes.person(row.get("approver") or row.get("original_approver")),
        "state": state,
        "status": word,
        "comments": row.get("comments"),
        "raw": row,
    }


def _state_of_approvals(approvals: list[Row]) -> str:
    states = {one["state"] for one in approvals}
    return next((state for state in (DENIED, PENDING, APPROVED) if state in states), UNKNOWN)


def _words_of(own: list[Row], approvals: list[Row]) -> str:
    """The platform's own words for the approvals that count, each once, and who else is waited for."""
    words = ", ".join(dict.fromkeys(str(one["status"]) for one in own)) or "none is asked for"
    others = sorted({str(one["approver"]) for one in approvals if one not in own and one["state"] == PENDING})
    return f"{words}; waits for {', '.join(others)}" if others else words
