# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BMC Helix Digital Workplace Catalog 22.1: catalog, requests, comments, opinions. Private to the collection.

The endpoints come from the vendor's document "Endpoints in the BMC Helix Digital Workplace Catalog REST API", what it leaves
open from the fact sheet on that API; section numbers in comments are those of the fact sheet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..transport.answer import Answer
from ..transport.errors import ApiError, NotFound, OutcomeUnknown
from ..transport.http import query_of
from ..transport.link import Link
from ..transport.multipart import FilePart, Form
from . import dwp_session
from . import dwp_shapes as shapes
from .dwp_opinions import DwpOpinions, in_path
from .dwp_shapes import EXCLUDED, PLURAL, Questionnaire, problems_of, record_of, rows_of
from .expected import list_in
from .markup import plain_text, spellings
from .records import Comment, Draft, Listing, Placed, Problem, Request, RequestQuery, Wanted

NAME = "bmc_dwp"
MY_PAGE = 1000
IDS_AT_ONCE = 500
FIRST_MAX = 1000
NEW = "NEW"  # 3: the status of a request that users do not see yet
LONGEST_CALL = 10.0  # seconds between the reading of two lists

Row = dict[str, Any]

base_url = dwp_session.base_url


def connect(connection: Mapping[str, Any], link: Link) -> BmcDwp:
    """The platform, ready to be called; it logs in at its first call."""
    dwp_session.check_account(connection)
    http, tokens = dwp_session.open_session(connection, link)
    user = str(connection["username"])
    return BmcDwp(http, tokens, user=user, key_family=connection["key_family"], memory=link.memory(user))


class BmcDwp(DwpOpinions):
    """The calls of Digital Workplace Catalog. All ids are strings."""

    name = NAME
    title = "BMC Helix Digital Workplace Catalog"
    has_refresh_tokens = False
    # A catalog, from which services are ordered.
    takes_orders = True
    requests_at_once = None
    includes = frozenset({"comments", "answers", "attachments"})
    # What only the server knows, and only afterwards, beside what the verbs name.
    unpredictable: frozenset[str] = frozenset()

    # -- catalog (2.1: 2 to 8) ------------------------------------------------------------------------------------------

    def categories(self) -> list[Row]:
        """All categories."""
        return [shapes.category(row) for row in self._paged("/categories", "categories")]

    def subcategories(self, category_id: str, *, depth: int, requested_for: str | None) -> list[Row]:
        """Categories below one. An unknown id has none (4.3 of the document): look it up in M(categories)."""
        return self._categories(f"/categories/{in_path(category_id)}/categories", depth, requested_for)

    def category_groups(self) -> list[Row]:
        path = "/categories/groups"
        return [shapes.category_group(row) for row in rows_of(self._http.read(path), path)]

    def categories_of_group(self, group_id: str, *, depth: int, requested_for: str | None) -> list[Row]:
        return self._categories(f"/categories/groups/{in_path(group_id)}/categories", depth, requested_for)

    def _categories(self, path: str, depth: int, requested_for: str | None) -> list[Row]:
        body = self._http.read(path, params=query_of(depth=depth, requestedfor=requested_for))
        return [shapes.category(row) for row in rows_of(body, path)]

    def get_service(self, service_id: str, *, requested_for: str | None = None) -> Row:
        """One service with its description, or L(NotFound)."""
        path = f"/services/{in_path(service_id)}"
        body = self._http.read(path, params=query_of(requestedfor=requested_for))
        if isinstance(body, list) and len(body) == 1:
            body = body[0]  # 2.4: the text says that it is an array
        return shapes.service(record_of(body, path))

    def find_services(
        self,
        *,
        service_ids: Collection[str] = (),
        category_id: str | None = None,
        title: str | None = None,
        requested_for: str | None = None,
    ) -> list[Row]:
        """Published services by exactly one criterion: the API allows no more than one (5)."""
        ids = list(service_ids)
        if not ids:
            criterion = {"categoryId": category_id} if category_id is not None else {"title": title}
            return self._search_services(criterion, requested_for)
        found: list[Row] = []
        for start in range(0, len(ids), IDS_AT_ONCE):
            found += self._search_services({PLURAL[self._key]: ids[start : start + IDS_AT_ONCE]}, requested_for)
        return found

    def _search_services(self, criterion: Row, requested_for: str | None) -> list[Row]:
        rows = self._paged("/services/search", "services", method="POST", json=criterion, query={"requestedfor": requested_for})
        return [shapes.service(row) for row in rows]

    def full_catalog_view(self) -> bool:
        """Whether users see also what they may not order."""
        path = "/services/fullcatalogview"
        body = self._http.read(path)
        if not isinstance(body, bool):
            raise shapes.unexpected("GET", path, "true or false", body)
        return body

    # -- ordering (2.1: 9 to 13) ----------------------------------------------------------------------------------------

    def initiate(self, wanted: Wanted) -> Draft:
        """Drafts of a service for its users. Nothing is ordered yet, and a draft that is never ordered does no harm."""
        path = "/requests"
        body = self._common(wanted)
        if wanted.questions:
            body["questions"] = [{"questionId": key, "answers": list(values)} for key, values in wanted.questions]
        answer = self._http.write("POST", path, json=body)
        rows = answer.get("requests") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("requestId") for row in rows):
            raise shapes.unexpected("POST", path, "a list of requests", answer)
        bundle = answer.get("bundleRequestId")
        return Draft(
            request_ids=tuple(str(row["requestId"]) for row in rows),
            service_ids=tuple(shapes.service_id_of(row) for row in rows),
            bundle_id=None if bundle is None else str(bundle),
            problems=problems_of(answer),
        )

    def questionnaire(self, request_id: str, *, prefill_request_ids: Sequence[str] = ()) -> Questionnaire | None:
        """The questions of a request's service, with the answers known so far as defaults; C(None) where it has none."""
        path = f"/requests/{in_path(request_id)}/questionnaire"
        params = {"prefillRequestIds": list(prefill_request_ids)} if prefill_request_ids else {}
        try:
            return shapes.questionnaire(self._http.read(path, params=params))
        except NotFound:
            return None

    def answer(
        self, service_id: str, *, request_id: str, questionnaire_id: str, question_id: str, answers: Sequence[str]
    ) -> dict[str, Row]:
        """Answer a question of a draft. What this changes about other questions comes back by their ids (6.4).

        An answer is a value that is set: it may be given again.
        """
        path = f"/services/{in_path(service_id)}/questionnaire/answers"
        body = {
            "questionnaireId": questionnaire_id,
            "questionId": question_id,
            "answers": list(answers),
            "serviceRequestId": request_id,
        }
        return shapes.changes_of(self._http.write("POST", path, json=body))

    def order(self, request_ids: Sequence[str]) -> tuple[Problem, ...] | None:
        """Order drafts; what the platform has against some of them comes back (none: all is well).

        C(None) stands for an answer with nothing in it: some may answer so, but a gateway may have done it in their place.
        """
        body = {"requests": [{"id": request_id} for request_id in request_ids]}
        answer = self._http.write("POST", "/orders", json=body)
        return problems_of(answer) if isinstance(answer, dict) and answer else None

    def order_now(self, wanted: Sequence[Wanted], *, title: str | None = None, share: bool = False) -> Placed:
        """Create and order requests in a single call. Their ids come back in no order that may be relied on, if at all.

        There is no place for answers in this call (2.2).
        """
        path = "/orders/requests"
        body: Row = {"collaboratorsEnabled": share, "serviceRequests": [self._one_call(one) for one in wanted]}
        if title is not None:
            body["title"] = title
        answer = self._http.write("POST", path, json=body)
        details = answer.get("requestDetails") or [] if isinstance(answer, dict) else None
        if not isinstance(details, list):
            raise OutcomeUnknown(f"POST {path} was answered with something else than an order", method="POST", path=path)
        ids = tuple(str(detail["id"]) for detail in details if isinstance(detail, dict) and detail.get("id"))
        problems = problems_of(answer)
        return Placed(ids, problems, is_order=bool(ids or answer.get("id")) or not problems)

    def _common(self, wanted: Wanted) -> Row:
        body: Row = {
            self._key: wanted.service_id,
            "requestForUserIds": list(wanted.users),
            "quantity": wanted.quantity,
        }
        optional = {
            EXCLUDED[self._key]: list(wanted.excluded),
            "onBehalfOfUserId": wanted.on_behalf_of,
            "referenceRequestId": wanted.reference_request_id,
        }
        return body | {name: value for name, value in optional.items() if value}

    def _one_call(self, wanted: Wanted) -> Row:
        body = self._common(wanted)
        body["externalActivities"] = [_external_activity(one) for one in wanted.external_activities]
        return body | ({"summary": wanted.summary} if wanted.summary else {})

    # -- requests (2.1: 14 to 18) ---------------------------------------------------------------------------------------

    def find_requests(self, query: RequestQuery) -> Listing:
        """Requests that the account may see, in ascending order of their ids (with C(last): the newest, in descending order).

        Without a user, those of all users are looked at (2.1, 15).
        """
        rows = self._my_requests(query) if query.mine else self._all_requests(query)
        seen_up_to = max((int(row["id"]) for row in rows), default=None)
        words = {word.lower() for word in query.states}
        requests = sorted((shapes.request(row) for row in rows), key=lambda request: int(request.id))
        fitting = [request for request in requests if _fits(request, words, query)]
        if query.last is not None:
            return Listing(fitting[: -query.last - 1 : -1], len(fitting) > query.last, seen_up_to)
        if query.limit is not None and len(fitting) > query.limit:
            return Listing(fitting[: query.limit], True, int(fitting[query.limit - 1].id))
        return Listing(fitting, False, seen_up_to)

    def _all_requests(self, query: RequestQuery) -> list[Row]:
        """C(max) is always sent: a limit of the server's own would go unnoticed. More is asked for until it does not fill."""
        path = "/services/requests"
        since = shapes.rfc1123(query.modified_since) if query.modified_since else None
        most = FIRST_MAX
        while True:
            params = query_of(requestedfor=query.requested_for, requestedby=query.requested_by, since=since, max=most)
            rows = rows_of(self._http.read(path, params=params), path)
            if len(rows) < most:
                return rows
            most *= 10

    def _my_requests(self, query: RequestQuery) -> list[Row]:
        """The platform's own list of the user's requests for a service tells no more than ids and status."""
        path = f"/services/{in_path(query.service or '')}/myrequests"
        ids = [str(row["id"]) for row in self._paged(path, "data", size=MY_PAGE, total_key="totalSize")]
        return [found.raw for found in self.requests_by_id(ids).values()]

    @staticmethod
    def lists_all(listed: Iterable[Request]) -> bool:
        """Whether a list shows that it leaves nothing out, for new requests may not be there (3)."""
        return any(request.status.upper() == NEW for request in listed)

    def unlisted_requests(self, service_id: str, listed_ids: Collection[str]) -> list[Request]:
        """New requests of the account for a service that are not in the list of all.

        Also those that were new when that was read and have changed since: neither of the two shows them as what it looks for.
        """
        path = f"/services/{in_path(service_id)}/myrequests"
        rows = [shapes.request(row) for row in self._paged(path, "data", size=MY_PAGE, total_key="totalSize")]
        latest = max((_changed_at(row) for row in rows), default=0.0)
        ids = [
            row.id
            for row in rows
            if row.id not in listed_ids and (row.status.upper() == NEW or _changed_at(row) > latest - LONGEST_CALL)
        ]
        return list(self.requests_by_id(ids).values()) if ids else []

    def get_request(self, request_id: str) -> Request:
        """One request, or L(NotFound)."""
        path = f"/services/requests/{in_path(request_id)}"
        return shapes.request(record_of(self._http.read(path), path))

    def requests_by_id(
        self, request_ids: Iterable[str], *, expected: Collection[str] = (), scan_details: bool = False
    ) -> dict[str, Request]:
        """The requests with these ids that exist and that the account may see."""
        ids = list(dict.fromkeys(request_ids))
        if len(ids) == 1:
            try:
                return {ids[0]: self.get_request(ids[0])}
            except NotFound:
                return {}
        path = "/services/requests/search"
        found: dict[str, Request] = {}
        for start in range(0, len(ids), IDS_AT_ONCE):
            body = self._http.read(path, method="POST", json=ids[start : start + IDS_AT_ONCE])
            found |= {str(row["id"]): shapes.request(row) for row in rows_of(body, path, method="POST")}
        return {request_id: found[request_id] for request_id in ids if request_id in found}

    @staticmethod
    def user_key(login: str | None) -> str:
        """What is the same for all ways to write a login; others may share it: M(is_user) tells."""
        return (login or "").lower().partition("@")[0]

    @staticmethod
    def is_user(one: str | None, other: str | None) -> bool:
        """Whether two logins mean the same user: case does not count, nor a domain that only one of them has (1.3)."""
        first, second = (one or "").lower(), (other or "").lower()
        if "@" in first and "@" in second:
            return first == second
        return bool(first) and first.partition("@")[0] == second.partition("@")[0]

    def ordered_of(self, request: Request) -> Row:
        """What was ordered with a request: C(service_id) and C(quantity)."""
        return {"service_id": shapes.service_id_of(request.raw), "quantity": request.raw.get("quantity")}

    def answers_of(self, request_id: str) -> list[Row]:
        """The answers given in a request: C(question_id), C(label), C(type), C(answers)."""
        path = f"/services/requests/{in_path(request_id)}/answers"
        rows = self._http.read(path)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise shapes.unexpected("GET", path, "a list of answers", rows)
        return [
            {
                "question_id": str(row.get("questionId") or ""),
                "label": row.get("label"),
                "type": row.get("questionType"),
                "answers": [str(one) for one in list_in(row, "answers")],
                "options": [{"value": value, "label": label} for value, label in shapes.options_of(row)],
            }
            for row in rows
        ]

    # -- comments and attachments (2.1: 19 to 21) -----------------------------------------------------------------------

    def comments(self, request_id: str) -> list[Comment]:
        """Comments of a request, in the order of the API. Internal ones are shown to their author only."""
        path = f"/services/requests/{in_path(request_id)}/activities"
        return [shapes.comment(row) for row in rows_of(self._http.read(path), path)]

    # A file comes with a comment.
    files_hang_on_comments = True

    # Comments are shown without markup.
    as_shown = staticmethod(plain_text)
    spellings = staticmethod(spellings)

    @property
    def writer(self) -> str:
        """Who a comment is by, unless another author is named."""
        return self.user

    def comments_with_files(self, request_id: str) -> list[Comment]:
        """All comments: any of them may carry files."""
        return self.comments(request_id)

    def add_comment(
        self, request_id: str, *, text: str, visibility: str, notify: bool, author: str | None = None
    ) -> Comment | None:
        """Write a comment; it comes back as far as the platform tells."""
        path = f"/services/requests/{in_path(request_id)}/activities"
        body: Row = {"text": text, "visibility": visibility.upper(), "broadcast": notify}
        if author:
            body["authorLoginID"] = author
        answer = self._http.write("POST", path, json=body)
        return shapes.comment(answer) if isinstance(answer, dict) and answer.get("id") else None

    def add_attachment(
        self, request_id: str, *, path: str, name: str, text: str, visibility: str, notify: bool, author: str | None = None
    ) -> None:
        """Attach a file to a request, with a comment to hang it on. The answer's shape is unknown (2.1, 21): read afterwards."""
        fields = {
            "activityLog": text,
            "visibility": visibility.upper(),
            "broadcast": "true" if notify else "false",
            "attachmentNames": name,
        }
        if author:
            fields["authorLoginID"] = author
        self._upload(f"/services/requests/{in_path(request_id)}/attachments", Form(fields, FilePart("file", path, name)))

    # -- moving services (2.1: 31, 32) ----------------------------------------------------------------------------------

    def export_services(self, service_ids: Sequence[str]) -> bytes:
        """A zip of the services with their questions, workflows and images."""
        path = "/services/export"
        ids = [service_id.zfill(15) for service_id in service_ids]  # 2.1, 31: zero-padded to 15 digits
        content: bytes = self._http.read(path, method="POST", json=ids, headers={"Accept": "*/*"}, parse=_zip)
        return content

    def import_services(self, path: str, name: str) -> None:
        """Bring the services of a zip into the catalog. The answer's body is not documented (2.1, 32)."""
        self._upload("/services/import", Form({}, FilePart("file", path, name, "application/x-zip-compressed")))


def _fits(request: Request, words: set[str], query: RequestQuery) -> bool:
    """Whether a request is one of those asked for; what the server filters too is checked again: it may ignore it."""
    if words and not words & {request.state, request.status.lower()}:
        return False
    if query.since_id is not None and int(request.id) < int(query.since_id):
        return False
    if query.service and shapes.service_id_of(request.raw) != query.service:
        return False
    if query.modified_since and shapes.is_before(request.updated_at, query.modified_since):
        return False
    if query.requested_for and not BmcDwp.is_user(request.requested_for, query.requested_for):
        return False
    return not query.requested_by or BmcDwp.is_user(request.requested_by, query.requested_by)


def _changed_at(request: Request) -> float:
    """Seconds since 1970 by the server's clock; what is no time is long ago."""
    try:
        return datetime.fromisoformat(request.updated_at or "").timestamp()
    except ValueError:
        return 0.0


def _external_activity(activity: Mapping[str, Any]) -> Row:
    """2.2: an activity of another system, such as a ticket."""
    names = {
        "id": "externalActivityId",
        "display_id": "externalActivityDisplayId",
        "type": "externalActivityType",
        "sub_catalog_id": "externalSubCatalogId",
        "connection_name": "connectionName",
        "connection_id": "connectionId",
    }
    return {wire: activity[name] for name, wire in names.items() if activity.get(name)}


def _zip(answer: Answer) -> bytes:
    if not answer.body.startswith(b"PK"):
        raise ApiError(
            f"{answer.method} {answer.path}: what came is no zip file",
            method=answer.method,
            path=answer.path,
            status=answer.status,
            hint="Check the ids of the services: an export takes ids of services as the catalog's administration shows them",
        )
    return answer.body
