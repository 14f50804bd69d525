# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks of the fault matrix: for each verb and platform one at least, with all that is needed to judge what came of it."""

from __future__ import annotations

import pathlib
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from .faults import ABR, DWP, SDP

if TYPE_CHECKING:
    from .bench import Bench

Row = dict[str, Any]


class Kind(Enum):
    """What a task does to the platform, as far as it matters when an answer is lost."""

    READS = "reads"
    LOGS_IN = "logs in"
    MAKES = "makes something that is found again"
    SETS = "sets something to a value, or removes it"
    MAKES_BLINDLY = "makes something that cannot be found again"


class Back(Enum):
    """What a verb makes of an error at the reading back."""

    IS_UNKNOWN = "OutcomeUnknown"
    SAYS_GONE = "OutcomeUnknown; DeskError where the record is gone"
    MAY_BE_LATE = "OutcomeUnknown; done, with a warning, where the record is not found"
    SAYS_WHY = "AuthError and RateLimited as such; DeskError where the record is gone"


@dataclass(frozen=True)
class Aim:
    """Calls, by the platform's place in the sandbox, the method, and an expression that is searched in the path."""

    prefix: str
    method: str | None = None
    path: str = ""

    def spec(self) -> Row:
        """For the sandbox."""
        more = {"method": self.method, "path": self.path or None}
        return {"platform": self.prefix, **{name: value for name, value in more.items() if value}}

    def fits(self, method: str, path: str) -> bool:
        is_right = self.method in (None, method) and path.startswith(f"/{self.prefix}/")
        return is_right and re.search(self.path, path) is not None


@dataclass
class Trial:
    """A task about something new. C(done) says how often it took effect, by what the server (or the disk) holds."""

    options: Row
    done: Callable[[], int]


@dataclass(frozen=True)
class Scenario:
    """A verb on a platform.

    Args:
        verb: its name.
        platform: its name.
        case: what tells it from others of the same verb and platform.
        kind: what it does.
        prepare: makes a trial.
        write: the call that does it; of a read, any of its calls.
        outcome: what C(counts) call it once it is done.
        reads_back: whether it looks after the write.
        reads_before: whether it looks before the write.
        rounds: how often a write is sent that is lost again and again.
        back: what it makes of an error at the reading back.
        trusts_success: whether a success without a word is taken for one. It is looked after, and not sent again.
        looks: whether it looks what came of a write without a clear answer.
        at_accounts: whether the write is a call of the server that gives out tokens.
        waits_when_late: whether what sets something is not sent again while the server may be at work on it.
        rounds_of_nothing: the same of a write that is answered with a success without a word, if it is another number.
        can_be_repeated: whether the very same task can be run again.
        leaves_rest: whether there is more to it on disk, which is done when it is clear what came of the write.
        makes_file: whether a read leaves a file behind.
        has_later_calls: whether a read takes several calls.
        prefix: where the sandbox has the platform, if not at its usual place.
    """

    verb: str
    platform: str
    kind: Kind
    prepare: Callable[[Bench, int], Trial]
    write: Aim
    case: str = ""
    outcome: str = "created"
    reads_before: bool = True
    reads_back: bool = True
    rounds: int = 8
    back: Back = Back.IS_UNKNOWN
    trusts_success: bool = True
    looks: bool = True
    at_accounts: bool = False
    waits_when_late: bool = False
    rounds_of_nothing: int | None = None
    can_be_repeated: bool = True
    leaves_rest: bool = False
    makes_file: bool = False
    has_later_calls: bool = False
    prefix: str = ""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.verb, self.platform, self.case) if part)

    @property
    def is_write(self) -> bool:
        return self.kind not in (Kind.READS, Kind.LOGS_IN)

    @property
    def is_repeatable(self) -> bool:
        """Whether running the very same task again ends well."""
        return self.can_be_repeated and self.kind is not Kind.MAKES_BLINDLY

    @property
    def repeats_late(self) -> bool:
        """Whether it is sent again although the server may still be at work on it: that does no harm to a value."""
        return self.kind is Kind.SETS and not self.waits_when_late

    @property
    def any_call(self) -> Aim:
        """All calls of the platform but the login."""
        place = self.prefix or PREFIX[self.platform]
        return Aim(place, path=LOGINS[self.platform].others if self.platform in LOGINS else "")

    @property
    def login(self) -> Aim | None:
        """The call that logs in, where there is one."""
        found = LOGINS.get(self.platform)
        return Aim(self.prefix or PREFIX[self.platform], "POST", found.path) if found else None


@dataclass(frozen=True)
class _Login:
    path: str
    others: str


PREFIX = {ABR: "abr", DWP: "dwp", SDP: "sdp"}
LOGINS = {DWP: _Login("/users/login$", "^(?!.*/users/login$)"), SDP: _Login("/oauth/v2/token$", "^(?!.*/oauth/v2/)")}


def _reading(options: Row) -> Callable[[Bench, int], Trial]:
    return lambda bench, number: Trial(dict(options), lambda: 0)


# -- Admin By Request -------------------------------------------------------------------------------------------------------

OPEN, DENIED = "Open", "Denied"


def _decide(state: str, status: str) -> Callable[[Bench, int], Trial]:
    def prepare(bench: Bench, number: int) -> Trial:
        (request_id,) = map(str, bench.sandbox.add_requests(1))
        return Trial({"request_id": request_id, "state": state}, lambda: int(bench.abr_request(request_id)["status"] == status))

    return prepare


# -- Digital Workplace Catalog ----------------------------------------------------------------------------------------------


def _catalog_request(bench: Bench) -> str:
    (request_id,) = bench.sandbox.add_each("requests", [{}], platform="dwp")
    return str(request_id)


# How long is looked for what was put on a request, or said of a service.
BRIEFLY = {"settle_timeout": 0.01}


def _comment_in_catalog(bench: Bench, number: int) -> Trial:
    request_id = _catalog_request(bench)

    def done() -> int:
        kept = bench.control("GET", f"dwp/requests/{request_id}")["activities"]
        return sum(comment["text"] == "Hello" for comment in kept)

    return Trial({**BRIEFLY, "request_id": request_id, "text": "Hello"}, done)


def _file_in_catalog(bench: Bench, number: int) -> Trial:
    request_id = _catalog_request(bench)

    def done() -> int:
        kept = bench.control("GET", f"dwp/requests/{request_id}")["activities"]
        return sum(file["name"] == "offer.txt" for comment in kept for file in comment["attachments"])

    return Trial({**BRIEFLY, "request_id": request_id, "path": _offer(bench)}, done)


def _offer(bench: Bench) -> str:
    path = bench.folder / "offer.txt"
    path.write_text("19 EUR", encoding="utf-8")
    return str(path)


REVIEW = {"title": "Good", "content": "It works."}


def _opinions(bench: Bench, collection: str, service_id: str) -> list[Row]:
    found: list[Row] = bench.catalog(f"/{collection}", serviceversionId=service_id)[collection]
    return found


def _opinion(before: Row | None, wanted: Row, done: Callable[[Bench, str], int]) -> Callable[[Bench, int], Trial]:
    """What somebody says of a service, who may have said something before."""

    def prepare(bench: Bench, number: int) -> Trial:
        (service_id,) = map(str, bench.sandbox.add_each("services", [{}], platform="dwp"))
        if before is not None:
            bench.make("review", DWP, service=service_id, **before)
        return Trial({**BRIEFLY, "service": service_id, **wanted}, lambda: done(bench, service_id))

    return prepare


def _titles(bench: Bench, service_id: str, title: str) -> int:
    return sum(row["title"] == title for row in _opinions(bench, "reviews", service_id))


def _is_removed(bench: Bench, service_id: str) -> int:
    return int(not _opinions(bench, "reviews", service_id))


def _ratings(bench: Bench, service_id: str, rating: float) -> int:
    return sum(abs(row["rating"] - rating) < 0.01 for row in _opinions(bench, "ratings", service_id))


def _order(service: str, **more: Any) -> Callable[[Bench, int], Trial]:
    def prepare(bench: Bench, number: int) -> Trial:
        (login,) = bench.sandbox.add_each("users", [{"login": f"cell{number:05}"}], platform="dwp")

        def done() -> int:
            # Drafts are none.
            return len(bench.catalog("/services/requests", requestedfor=login))

        # Where a clock jumps, what was ordered is fulfilled when the task runs again.
        known = {} if "match_on" in more else {"match_states": ["pending", "open", "completed"]}
        return Trial({"service": service, "requested_for": [login], "settle_timeout": 0.01, **known, **more}, done)

    return prepare


ANSWERS = {"Database name": "stock", "Access level": "Read only", "Reason": "Report"}


def _export(bench: Bench, number: int) -> Trial:
    folder = bench.folder / f"export {number}"
    folder.mkdir()

    def done() -> int:
        """A whole file, and nothing beside it."""
        files = list(folder.iterdir())
        assert [file.name for file in files] in ([], ["a.zip"]), files
        return sum(zipfile.ZipFile(file).testzip() is None for file in files)

    return Trial({"services": ["Guest network"], "path": str(folder / "a.zip")}, done)


def _import(bench: Bench, number: int) -> Trial:
    name = f"Cell {number}"
    path = str(bench.folder / f"{name}.zip")
    bench.sandbox.add_each("services", [{"name": name}], platform="dwp")
    bench.make("catalog_export", DWP, services=[name], path=path)

    def done() -> int:
        return sum(row["name"] == name for row in bench.sandbox.state("services", "dwp2"))

    return Trial({"path": path, "url": bench.sandbox.other_dwp_url}, done)


def _token_file(bench: Bench, number: int) -> Trial:
    path = bench.folder / f"token {number}"

    def done() -> int:
        return int(path.exists() and bool(path.read_text(encoding="utf-8").strip()))

    return Trial({"token_path": str(path)}, done)


# -- ServiceDesk Plus Cloud -------------------------------------------------------------------------------------------------

REQUESTER = "maja.lind@northwind.example"
APPROVER = "automation@northwind.example"


def _desk_request(bench: Bench, **more: Any) -> str:
    (request_id,) = bench.sandbox.add_records("requests", {"subject": "Cell", "priority": {"name": "High"}, **more})
    return request_id


def _decide_in_desk(bench: Bench, number: int) -> Trial:
    request_id = _desk_request(bench, approvers=[APPROVER])

    def done() -> int:
        (level,) = bench.control("GET", f"sdp/requests/{request_id}")["below"]["approval_levels"]
        (approval,) = level["below"]["approvals"]
        return int(approval["status"]["name"] == "Approved")

    return Trial({"request_id": request_id, "state": "approved"}, done)


def _comment_in_desk(bench: Bench, number: int) -> Trial:
    request_id = _desk_request(bench)

    def done() -> int:
        return len(bench.control("GET", f"sdp/requests/{request_id}")["below"].get("notes", ()))

    return Trial({**BRIEFLY, "request_id": request_id, "text": "Hello"}, done)


def _file_in_desk(bench: Bench, number: int) -> Trial:
    request_id = _desk_request(bench)

    def done() -> int:
        return len(bench.control("GET", f"sdp/requests/{request_id}")["attachments"])

    return Trial({**BRIEFLY, "request_id": request_id, "path": _offer(bench)}, done)


def _ticket(**more: Any) -> Callable[[Bench, int], Trial]:
    def prepare(bench: Bench, number: int) -> Trial:
        subject = f"Cell {number}"
        options = {"subject": subject, "requested_for": [REQUESTER], "settle_timeout": 0.01, **more}
        return Trial(options, lambda: len(bench.sdp_records("requests", "subject", subject)))

    return prepare


def _change_ticket(wanted: Row, is_done: Callable[[Row], bool]) -> Callable[[Bench, int], Trial]:
    def prepare(bench: Bench, number: int) -> Trial:
        request_id = _desk_request(bench)
        options = {"request_id": request_id, "settle_timeout": 0.01, **wanted}
        return Trial(options, lambda: int(is_done(bench.control("GET", f"sdp/requests/{request_id}"))))

    return prepare


def _problem(**more: Any) -> Callable[[Bench, int], Trial]:
    def prepare(bench: Bench, number: int) -> Trial:
        title = f"Cell {number}"
        options = {"module": "problems", "fields": {"title": title}, "settle_timeout": 0.01, **more}
        return Trial(options, lambda: len(bench.sdp_records("problems", "title", title)))

    return prepare


def _change_problem(wanted: Row, is_done: Callable[[list[Row]], bool]) -> Callable[[Bench, int], Trial]:
    def prepare(bench: Bench, number: int) -> Trial:
        title = f"Cell {number}"
        (record_id,) = bench.sandbox.add_records("problems", {"title": title, "priority": {"name": "High"}})
        options = {"module": "problems", "record_id": record_id, "settle_timeout": 0.01, **wanted}
        return Trial(options, lambda: int(is_done(bench.sdp_records("problems", "title", title))))

    return prepare


def _exchange(bench: Bench, number: int) -> Trial:
    path = bench.folder / f"refresh token {number}"

    def done() -> int:
        return int(path.exists() and bench.is_good(path.read_text(encoding="utf-8").strip()))

    return Trial({"code": bench.sandbox.grant_code(), "refresh_token_path": str(path)}, done)


def _revoke(bench: Bench, number: int) -> Trial:
    token = bench.refresh_token()
    path: pathlib.Path = bench.folder / f"revoked {number}"
    path.write_text(token, encoding="utf-8")
    return Trial({"refresh_token_path": str(path), "state": "revoked"}, lambda: int(not bench.is_good(token)))


# -- all of them ------------------------------------------------------------------------------------------------------------


def _read(verb: str, platform: str, case: str = "", *, calls: int = 1, **options: Any) -> Scenario:
    any_call = Scenario(verb, platform, Kind.READS, _reading(options), Aim("")).any_call
    return Scenario(verb, platform, Kind.READS, _reading(options), any_call, case, has_later_calls=calls > 1)


READS = (
    _read("request_info", ABR),
    _read("auditlog_info", ABR, days=3650),
    _read("event_info", ABR, days=3650),
    _read("computer_info", ABR),
    _read("request_info", DWP),
    _read(
        "request_info", DWP, "with comments and answers", calls=5, request_ids=["40211", "40219"], include=["comments", "answers"]
    ),
    _read("catalog_info", DWP, calls=2, title="Standard laptop", details=True),
    _read("review_info", DWP, calls=3, service="2401"),
    _read("request_info", SDP, limit=5),
    _read("catalog_info", SDP),
    _read("record_info", SDP, module="problems"),
)
WRITES = (
    Scenario(
        "request_approve",
        ABR,
        Kind.SETS,
        _decide("approved", OPEN),
        Aim("abr", "PUT"),
        "approved",
        "approved",
        rounds=4,
        back=Back.SAYS_GONE,
    ),
    Scenario(
        "request_approve",
        ABR,
        Kind.SETS,
        _decide("denied", DENIED),
        Aim("abr", "DELETE"),
        "denied",
        "denied",
        rounds=4,
        back=Back.SAYS_GONE,
    ),
    Scenario(
        "request_approve",
        SDP,
        Kind.SETS,
        _decide_in_desk,
        Aim("sdp", "PUT", "/_approve$"),
        "",
        "approved",
        rounds=4,
        back=Back.SAYS_GONE,
    ),
    Scenario("request_comment", DWP, Kind.MAKES, _comment_in_catalog, Aim("dwp", "POST", "/activities$"), rounds=4),
    Scenario("request_comment", SDP, Kind.MAKES, _comment_in_desk, Aim("sdp", "POST", "/notes$"), rounds=4, trusts_success=False),
    Scenario("request_attachment", DWP, Kind.MAKES, _file_in_catalog, Aim("dwp", "POST", "/attachments$"), rounds=4),
    Scenario("request_attachment", SDP, Kind.MAKES, _file_in_desk, Aim("sdp", "POST", "/_uploads$"), rounds=4),
    Scenario(
        "review",
        DWP,
        Kind.MAKES,
        _opinion(None, REVIEW, lambda bench, service: _titles(bench, service, "Good")),
        Aim("dwp", "POST", "/reviews$"),
        "review",
        rounds=4,
    ),
    Scenario(
        "review",
        DWP,
        Kind.MAKES,
        _opinion(None, {"rating": 0.7}, lambda bench, service: _ratings(bench, service, 0.7)),
        Aim("dwp", "POST", "/ratings$"),
        "rating",
        rounds=4,
    ),
    Scenario(
        "review",
        DWP,
        Kind.SETS,
        _opinion(REVIEW, {"title": "Better"}, lambda bench, service: _titles(bench, service, "Better")),
        Aim("dwp", "PUT", "/reviews/"),
        "change",
        "updated",
        rounds=4,
        waits_when_late=True,
    ),
    Scenario(
        "review",
        DWP,
        Kind.SETS,
        _opinion(REVIEW, {"state": "absent"}, _is_removed),
        Aim("dwp", "DELETE", "/reviews/"),
        "removal",
        "deleted",
        rounds=4,
        waits_when_late=True,
    ),
    Scenario(
        "service_request",
        DWP,
        Kind.MAKES,
        _order("VPN access"),
        Aim("dwp", "POST", "/orders/requests$"),
        "at once",
        back=Back.MAY_BE_LATE,
        trusts_success=False,
    ),
    Scenario(
        "service_request",
        DWP,
        Kind.MAKES,
        _order("Database access", answers=ANSWERS),
        Aim("dwp", "POST", "/orders$"),
        "with answers",
        back=Back.MAY_BE_LATE,
        trusts_success=False,
        rounds_of_nothing=2,
    ),
    Scenario(
        "service_request",
        DWP,
        Kind.MAKES_BLINDLY,
        _order("VPN access", match_on=[]),
        Aim("dwp", "POST", "/orders/requests$"),
        "without match_on",
        back=Back.MAY_BE_LATE,
    ),
    Scenario(
        "service_request",
        SDP,
        Kind.MAKES,
        _ticket(),
        Aim("sdp", "POST", "/requests$"),
        "new",
        back=Back.SAYS_WHY,
        trusts_success=False,
    ),
    Scenario(
        "service_request",
        SDP,
        Kind.MAKES_BLINDLY,
        _ticket(match_on=[]),
        Aim("sdp", "POST", "/requests$"),
        "without match_on",
        reads_before=False,
        back=Back.SAYS_WHY,
    ),
    Scenario(
        "service_request",
        SDP,
        Kind.SETS,
        _change_ticket({"fields": {"priority": "Low"}}, lambda row: bool(row["priority"]["name"] == "Low")),
        Aim("sdp", "PUT", "/requests/[0-9]+$"),
        "change",
        "updated",
        back=Back.SAYS_WHY,
    ),
    Scenario(
        "service_request",
        SDP,
        Kind.SETS,
        _change_ticket({"state": "closed"}, lambda row: bool(row["status"]["name"] == "Closed")),
        Aim("sdp", "PUT", "/requests/[0-9]+/_?close$"),
        "closed",
        "closed",
        back=Back.SAYS_WHY,
    ),
    Scenario(
        "service_request",
        SDP,
        Kind.SETS,
        _change_ticket({"state": "absent"}, lambda row: bool(row["is_trashed"])),
        Aim("sdp", "DELETE", "/requests/"),
        "absent",
        "deleted",
        back=Back.SAYS_WHY,
    ),
    Scenario(
        "record", SDP, Kind.MAKES, _problem(), Aim("sdp", "POST", "/problems$"), "new", back=Back.SAYS_WHY, trusts_success=False
    ),
    Scenario(
        "record",
        SDP,
        Kind.MAKES_BLINDLY,
        _problem(match_on=[]),
        Aim("sdp", "POST", "/problems$"),
        "without match_on",
        reads_before=False,
        back=Back.SAYS_WHY,
    ),
    Scenario(
        "record",
        SDP,
        Kind.SETS,
        _change_problem({"fields": {"priority": "Low"}}, lambda rows: rows[0]["priority"]["name"] == "Low"),
        Aim("sdp", "PUT", "/problems/"),
        "change",
        "updated",
        back=Back.SAYS_WHY,
    ),
    Scenario(
        "record",
        SDP,
        Kind.SETS,
        _change_problem({"state": "absent"}, lambda rows: not rows),
        Aim("sdp", "DELETE", "/problems/"),
        "absent",
        "deleted",
        back=Back.SAYS_WHY,
    ),
    Scenario("catalog_import", DWP, Kind.MAKES, _import, Aim("dwp2", "POST", "/services/import$"), rounds=1, prefix="dwp2"),
    Scenario(
        "access_token",
        SDP,
        Kind.SETS,
        _revoke,
        Aim("sdp", "POST", "/oauth/v2/token/revoke$"),
        "revoked",
        "deleted",
        reads_before=False,
        reads_back=False,
        looks=False,
        at_accounts=True,
        leaves_rest=True,
    ),
)
FILES = (
    Scenario(
        "catalog_export", DWP, Kind.READS, _export, _read("catalog_export", DWP).any_call, has_later_calls=True, makes_file=True
    ),
    Scenario("access_token", DWP, Kind.LOGS_IN, _token_file, Aim("dwp", "POST", LOGINS[DWP].path)),
    Scenario("access_token", SDP, Kind.LOGS_IN, _token_file, Aim("sdp", "POST", LOGINS[SDP].path)),
    Scenario("access_token", SDP, Kind.LOGS_IN, _exchange, Aim("sdp", "POST", LOGINS[SDP].path), "code", can_be_repeated=False),
)
SCENARIOS = (*READS, *WRITES, *FILES)
