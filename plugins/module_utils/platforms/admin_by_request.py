# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Admin By Request: elevation requests, audit log, events and inventory. Private to the collection.

The endpoints and their behaviour come from the vendor's document "API External Download" and from the fact sheet on its
public API; section numbers in comments are those of the fact sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from ..transport.answer import Answer
from ..transport.auth import ApiKeyAuth
from ..transport.errors import ApiError, AuthError, DeskError, NotFound, OptionError, shortened
from ..transport.http import NOT_THE_API, HttpClient, query_of
from ..transport.link import Link
from ..transport.refusals import Refusals
from . import paging
from .expected import object_in, text_in
from .records import APPROVED, COMPLETED, DENIED, EXPIRED, PENDING, QUARANTINED, UNKNOWN, Listing, Request, RequestQuery

NAME = "admin_by_request"

# 1.1: dc1 is where European tenants live, dc2 where those of the United States do.
DATA_CENTERS = {f"dc{number}": f"https://dc{number}api.adminbyrequest.com" for number in range(1, 7)}
DATA_CENTERS |= {"eu": DATA_CENTERS["dc1"], "us": DATA_CENTERS["dc2"]}

# 3.6: Open and Running are what becomes of a request after its approval.
STATE_OF_CODE = {0: APPROVED, 1: APPROVED, 2: COMPLETED, 3: DENIED, 4: PENDING, 5: QUARANTINED, 6: EXPIRED}
STATE_OF_WORD = {
    "open": APPROVED,
    "approved": APPROVED,
    "running": APPROVED,
    "finished": COMPLETED,
    "denied": DENIED,
    "pending": PENDING,
    "pending approval": PENDING,
    "quarantined": QUARANTINED,
    "expired": EXPIRED,
}
# 2.1: the words that the server's own status filter takes, for the states that they surely cover; those with few rows first.
SERVER_FILTER = {QUARANTINED: "Quarantined", PENDING: "Pending", APPROVED: "Approved", DENIED: "Denied"}

REQUEST_PAGE = 1000  # 2.1
LOG_PAGE = 10000  # 2.2, 2.3, 2.4
DEFAULT_WINDOW = 30  # 2.2, 2.3: days that the server shows when nothing else is said
WHOLE_HISTORY = 3650  # days

Row = dict[str, Any]
Keep = Callable[[Row], bool]


def base_url(connection: Mapping[str, Any]) -> str:
    """The API's address: given, or that of the data centre."""
    if connection["url"]:
        return str(connection["url"])
    data_center = connection["data_center"]
    if data_center in DATA_CENTERS:
        return DATA_CENTERS[data_center]
    problem = f"{data_center!r} is no data centre of this platform" if data_center else "neither this option nor url is set"
    raise OptionError(
        f"data_center: {problem}, so it is not known where your tenant is",
        hint=f"Set data_center to one of {', '.join(DATA_CENTERS)}; the portal shows it beside the API keys",
    )


def connect(connection: Mapping[str, Any], link: Link) -> AdminByRequest:
    """The platform, ready to be called."""
    refusals = link.refusals(account=NAME, secret=connection["api_key"])
    return AdminByRequest(link.client(auth=auth(connection, refusals), judge=partial(_noted, refusals)))


def auth(connection: Mapping[str, Any], refusals: Refusals | None = None) -> ApiKeyAuth:
    """The API key as a header (1.2)."""
    key = connection["api_key"]
    if not key.isascii() or not key.isprintable() or key != key.strip():
        raise OptionError("api_key: it contains blanks or characters that no key has", hint="Copy it again from the portal")
    return ApiKeyAuth(header="apikey", key=key, refusals=refusals)


def _noted(refusals: Refusals | None, answer: Answer) -> DeskError | None:
    """There is no login that could be refused, so it is a read that others have to know of: it asks for least."""
    error = _judge(answer)
    if refusals is not None and isinstance(error, AuthError) and answer.method == "GET":
        refusals.keep(error)
    return error


def _judge(answer: Answer) -> DeskError | None:
    """1.4: a wrong key, or the key of another data centre, is answered with a 500 that says so; seen on lists also with 200."""
    if b"Invalid API key" not in answer.body[:200]:
        return None
    return AuthError(
        "Admin By Request says: Invalid API key",
        method=answer.method,
        path=answer.path,
        status=answer.status,
        is_final=answer.status >= 400,
        hint="Check api_key, and that data_center (or url) is that of your tenant: a key works in its own data centre only."
        " The portal shows both under Settings > Tenant Settings > Data > API Keys",
    )


class AdminByRequest:
    """The calls of Admin By Request. Ids are strings towards the floors above and integers on the wire."""

    name = NAME
    title = "Admin By Request"
    includes = frozenset({"scan_details"})
    requests_at_once = None
    # What only the server knows, and only afterwards, beside what the verbs name.
    unpredictable: frozenset[str] = frozenset()

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    # -- requests (2.1) -------------------------------------------------------------------------------------------------

    def find_requests(self, query: RequestQuery) -> Listing:
        """Requests in ascending order of their ids (with C(last): the newest, in descending order).

        C(states) are normalised states or the platform's words, in any case. Where the server's filter covers all of them,
        only matching rows travel; else all rows do and are filtered here.
        """
        words = {word.lower() for word in query.states}
        filters: list[str | None] = [SERVER_FILTER[word] for word in SERVER_FILTER if word in words]
        if len(filters) < len(words) or not words:
            filters = [None]
        person = (query.requested_for or "").lower()
        keep = partial(_fits, words=words, person=person) if words or person else None
        if query.last is not None:
            return self._newest_requests(filters, words, query, query.last)
        start = int(query.since_id) if query.since_id is not None else None
        convert = partial(_request, cut_raw=query.cut_raw)

        def listed(word: str | None, **more: Any) -> Listing:
            fetch = partial(self._request_page, status=word, scan_details=query.scan_details)
            return paging.collect(fetch, size=REQUEST_PAGE, start=start, limit=query.limit, keep=keep, **more)

        if len(filters) == 1:
            return listed(filters[0], convert=convert)
        newest = self._newest_id()
        if newest is None or newest < (start or 0):
            return Listing([])
        parts = [listed(word) for word in _until_none_is_missed(filters)]
        return _with_records(paging.merged(parts, limit=query.limit, complete_up_to=newest), convert)

    def get_request(self, request_id: str, *, scan_details: bool = False) -> Request:
        """One request, or L(NotFound)."""
        return _request(self._one(f"/requests/{int(request_id)}", wantscandetails=_bit(scan_details)))

    def requests_by_id(
        self, request_ids: Iterable[str], *, expected: Collection[str] = (), scan_details: bool = False
    ) -> dict[str, Request]:
        """The requests with these ids that exist, in as few calls as possible.

        Args:
            request_ids: ids as strings.
            expected: states in which they probably are. Those are listed first, because there are few rows between them;
                only what is left is looked for among all.
            scan_details: also the result of each scan engine.
        """
        missing = {int(request_id) for request_id in request_ids}
        found: dict[int, Row] = {}
        for word in [*(SERVER_FILTER[state] for state in expected if state in SERVER_FILTER), None]:
            if len(missing) == 1:
                found |= self._single(missing.pop(), scan_details)
            fetch = partial(self._request_page, status=word, scan_details=scan_details)
            found |= paging.by_ids(fetch, missing, size=REQUEST_PAGE)
            missing -= found.keys()
        return {str(number): _request(row) for number, row in found.items()}

    # All that are to be decided are looked for in one list.
    decisions_at_once = None
    longest_reason = None

    def decisions(self, deciders: Mapping[str, str | None], *, expected: Collection[str] = ()) -> dict[str, Request]:
        """The requests that are to be decided, by whom does not matter here."""
        return self.requests_by_id(deciders, expected=expected)

    @staticmethod
    def undecidable(request: Request) -> str | None:
        """Nothing is known to stand in the way: what the server thinks of the other states is unknown (4)."""
        return None

    def decide(self, request_id: str, *, approve: bool, reason: str | None, decided_by: str | None) -> None:
        """Approve (PUT) or deny (DELETE). An answer of success may stand for nothing done: read afterwards (4).

        The data travels in the query: headers would garble a reason that is not plain ASCII (6.7).
        """
        if approve:
            self._http.write("PUT", f"/requests/{int(request_id)}", params=query_of(approvedby=decided_by))
        else:
            self._http.write("DELETE", f"/requests/{int(request_id)}", params=query_of(deniedby=decided_by, reason=reason))

    @staticmethod
    def decided_by(request: Request) -> str | None:
        """The e-mail address recorded with a decision, empty if none is; C(None) where rows lack the field (3.1)."""
        key = "deniedByEmail" if request.state == DENIED else "approvedByEmail"
        return str(request.raw[key] or "") if key in request.raw else None

    def _single(self, number: int, scan_details: bool) -> dict[int, Row]:
        try:
            return {number: self._one(f"/requests/{number}", wantscandetails=_bit(scan_details))}
        except NotFound:
            return {}

    def _newest_id(self) -> int | None:
        newest = self._rows("/requests", last=1)
        return int(newest[0]["id"]) if newest else None

    def _newest_requests(self, filters: list[str | None], words: set[str], query: RequestQuery, last: int) -> Listing:
        if query.requested_for or (words and filters == [None]):
            raise OptionError(
                "last: it cannot be combined with requested_for, nor with a status that the server does not filter",
                hint=f"Filter the answer afterwards, or use status with {', '.join(SERVER_FILTER)}",
            )
        asked = min(last + 1, REQUEST_PAGE)
        rows: dict[int, Row] = {}
        for word in _until_none_is_missed(filters):
            page = self._rows("/requests", last=asked, status=word, wantscandetails=_bit(query.scan_details))
            rows |= {int(row["id"]): row for row in page}
        return _newest(rows.values(), last, asked, _request)

    def _request_page(self, start: int | None, take: int, *, status: str | None, scan_details: bool) -> list[Row]:
        return self._rows("/requests", startid=start, take=take, status=status, wantscandetails=_bit(scan_details))

    # -- audit log and events (2.2, 2.3) --------------------------------------------------------------------------------

    def find_auditlog(self, *, status: str | None = None, scan_details: bool = False, **query: Any) -> Listing:
        """Audit log entries; the query is that of M(_find_log), with C(type) as filter. C(status) is a normalised state."""
        word = SERVER_FILTER[status] if status else None
        return self._find_log("auditlog", status=word, wantscandetails=_bit(scan_details), **query)

    def find_events(self, **query: Any) -> Listing:
        """Events; the query is that of M(_find_log), with C(code) as filter."""
        return self._find_log("events", **query)

    def get_auditlog_entry(self, entry_id: str, *, scan_details: bool = False) -> Row:
        """One audit log entry, or L(NotFound)."""
        return _with_text_id(self._one(f"/auditlog/{int(entry_id)}", wantscandetails=_bit(scan_details)))

    def get_event(self, event_id: str) -> Row:
        """One event, or L(NotFound)."""
        return _with_text_id(self._one(f"/events/{int(event_id)}"))

    def auditlog_delta(self, delta_time: str | None, *, scan_details: bool = False) -> tuple[list[Row], str]:
        """Entries created or changed since C(delta_time), and the C(delta_time) of the next call.

        The times are .NET ticks of 18 digits, kept as text. Without a time nothing but the next one comes back.
        """
        first = self._delta_page(None if delta_time is None else 0, delta_time, scan_details)
        entries: list[Row] = list(first["entries"])
        page = entries
        while delta_time is not None and len(page) >= LOG_PAGE:
            page = self._delta_page(int(page[-1]["id"]) + 1, delta_time, scan_details)["entries"]
            entries += page
        return [_with_text_id(row) for row in entries], str(first["timeNow"])

    def _delta_page(self, start: int | None, delta_time: str | None, scan_details: bool) -> Row:
        take = None if delta_time is None else LOG_PAGE
        path = "/auditlog/delta"
        details = _bit(scan_details)
        answer = self._get(path, deltaTime=delta_time, take=take, startid=start or None, wantscandetails=details)
        if not isinstance(answer, dict) or not isinstance(answer.get("entries"), list) or "timeNow" not in answer:
            raise _unexpected(path, "entries and timeNow", answer)
        return answer

    def _find_log(
        self,
        area: str,
        *,
        user: str | None = None,
        computer: str | None = None,
        since_id: str | None = None,
        last: int | None = None,
        days: int | None = None,
        start_date: str | None = None,
        end_date: str | None = None,
        limit: int | None = None,
        **filters: Any,
    ) -> Listing:
        """Rows of a log in ascending order of their ids (with C(last): the newest, in descending order).

        Without a time the server shows 30 days; with C(since_id) the caller means everything from there on, and with C(end_date)
        alone everything up to it, so the window is opened (2.2, 6.3).
        """
        path = f"/{area}"
        if user is not None:
            path = f"/users/{quote(user, safe='', errors='replace')}/{area}"
        elif computer is not None:
            path = f"/computers/{quote(computer, safe='', errors='replace')}/{area}"
        if days is None and start_date is None:
            days = DEFAULT_WINDOW if since_id is None and end_date is None else WHOLE_HISTORY
        filters |= {"days": None if start_date else days, "startdate": start_date, "enddate": end_date}
        if last is not None:
            asked = min(last + 1, LOG_PAGE)
            return _newest(self._rows(path, last=asked, **filters), last, asked, _with_text_id)

        def fetch(start: int | None, take: int) -> list[Row]:
            return self._rows(path, startid=start, take=take, **filters)

        start = int(since_id) if since_id is not None else None
        return _with_records(paging.collect(fetch, size=LOG_PAGE, start=start, limit=limit), _with_text_id)

    # -- inventory (2.4) ------------------------------------------------------------------------------------------------

    def find_computers(
        self,
        *,
        since_id: str | None = None,
        software: bool = False,
        groups: bool = False,
        only_inventoried: bool = False,
        limit: int | None = None,
    ) -> Listing:
        """Computers in ascending order of their ids."""

        def fetch(start: int | None, take: int) -> list[Row]:
            flags = {"wantsoftware": _bit(software), "wantgroups": _bit(groups)}
            return self._rows("/inventory", startid=start, take=take, **flags)

        keep = _is_inventoried if only_inventoried else None
        start = int(since_id) if since_id is not None else None
        return _with_records(paging.collect(fetch, size=LOG_PAGE, start=start, limit=limit, keep=keep), _with_text_id)

    def get_computer(self, id_or_name: str, *, software: bool = False, groups: bool = False) -> Row:
        """One computer by its id or its name, or L(NotFound)."""
        path = f"/inventory/{quote(id_or_name, safe='', errors='replace')}"
        return _with_text_id(self._one(path, wantsoftware=_bit(software), wantgroups=_bit(groups)))

    # -- reading --------------------------------------------------------------------------------------------------------

    def _get(self, path: str, **filters: Any) -> Any:
        return self._http.read(path, params=query_of(**filters))

    def _rows(self, path: str, **filters: Any) -> list[Row]:
        """A list call. Anything but a list of records is an error: an object here is an error message (6.2)."""
        rows = self._get(path, **filters)
        if not isinstance(rows, list) or not all(isinstance(row, dict) and _is_id(row.get("id")) for row in rows):
            raise _unexpected(path, "a list of records", rows)
        return rows

    def _one(self, path: str, **filters: Any) -> Row:
        """A single record. What the API says of one that does not exist is unknown: nothing and an empty list count as well."""
        row = self._get(path, **filters)
        if row is None or row == [] or row == {}:
            raise NotFound(f"GET {path}: there is no such record", method="GET", path=path)
        if not isinstance(row, dict) or not _is_id(row.get("id")):
            raise _unexpected(path, "a record", row)
        return row


def _request(row: Row, *, cut_raw: Callable[[Row], Row] | None = None) -> Request:
    user = object_in(row, "user")
    account = text_in(user, "account") or text_in(user, "email") or text_in(user, "fullName")
    request_id = str(row["id"])
    trace_number = row.get("traceNo")
    return Request(
        id=request_id,
        display_id=str(trace_number) if trace_number else request_id,
        platform=NAME,
        state=_state(row),
        status=str(row.get("status") or ""),
        subject=_subject(row),
        requested_for=account,
        requested_by=account,
        created_at=row.get("requestTime"),
        updated_at=None,
        url=row.get("auditlogLink") or row.get("auditLogLink"),  # 6.8: both spellings exist
        raw=cut_raw(row) if cut_raw else row,
    )


def _state(row: Row) -> str:
    code = row.get("statusCode")
    by_code = STATE_OF_CODE.get(code) if isinstance(code, int) else None
    return by_code or STATE_OF_WORD.get(str(row.get("status", "")).lower(), UNKNOWN)


def _subject(row: Row) -> str | None:
    application = object_in(row, "application")
    return text_in(application, "name") or text_in(application, "file") or text_in(row, "type")


def _fits(row: Row, *, words: set[str], person: str) -> bool:
    """Whether a row has one of the states and belongs to the person (account, full name or e-mail, in any case)."""
    if words and not words & {_state(row), str(row.get("status", "")).lower()}:
        return False
    user = row.get("user") or {}
    return not person or person in {str(user.get(key) or "").lower() for key in ("account", "fullName", "email")}


def _is_inventoried(row: Row) -> bool:
    return bool(row.get("inventoryAvailable"))


def _with_records(listing: Listing, convert: Callable[[Row], Any]) -> Listing:
    return Listing([convert(row) for row in listing.records], listing.truncated, listing.seen_up_to)


def _until_none_is_missed(filters: Sequence[str | None]) -> list[str | None]:
    """The lists in the order in which they are read, all but the last twice.

    A request that changes its state meanwhile, because somebody releases it from quarantine, may leave a list before that is
    read for one that was read before.
    """
    return [*filters, *filters[:-1]]


def _newest(rows: Iterable[Row], last: int, asked: int, convert: Callable[[Row], Any]) -> Listing:
    """The newest rows first. One more than wanted was asked for where the API allows it, to know whether there are more."""
    newest = sorted(rows, key=lambda row: int(row["id"]), reverse=True)
    truncated = len(newest) > last or len(newest) >= asked
    return Listing([convert(row) for row in newest[:last]], truncated, int(newest[0]["id"]) if newest else None)


def _with_text_id(row: Row) -> Row:
    return {**row, "id": str(row["id"])}


def _is_id(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.isascii() and value.isdecimal()
    )


def _bit(flag: bool) -> int | None:
    return 1 if flag else None


def _unexpected(path: str, wanted: str, got: Any) -> ApiError:
    said = got.get("Message") or got.get("message") if isinstance(got, dict) else None
    what = f"the message {shortened(str(said), 200)!r}" if said else "nothing" if got is None else "something else"
    return ApiError(f"GET {path}: expected {wanted}, got {what}", method="GET", path=path, hint=NOT_THE_API)
