# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to come of each cell of the fault matrix: by rules for each class of verbs, and exceptions with their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from .faults import ABR, DWP, FAULTS, LATE_COMMIT, LOGIN_FAULTS, READ_FAULTS, SDP, Fault, Nature
from .scenarios import SCENARIOS, Back, Kind, Scenario

OK = "ok"
RETRIES = 2
# What verbs make of an error at the reading back that is more than a passing one.
SAID = {"AuthError": "AuthError", "RateLimited": "RateLimited", "NotFound": "DeskError"}
SIGN_ON, EXPIRED = "sent to sign on", "token expired"


class Place(Enum):
    """Which calls are hit. The value is what users are told."""

    ONCE = "the call, once"
    ALWAYS = "the call, each time"
    BEFORE = "all calls"
    BACK = "all calls after it"
    DARK = "it and all calls after it"
    LATER_ONCE = "a later call, once"
    LATER_ALWAYS = "a later call, each time"
    LOGIN_ONCE = "the login, once"
    LOGIN_ALWAYS = "the login, each time"


AT_LOGIN = frozenset({Place.LOGIN_ONCE, Place.LOGIN_ALWAYS})


@dataclass(frozen=True)
class Outcome:
    """What has to come of a cell.

    C(kinds) is OK, or the name of the error; several where time decides. C(done) says how often it took effect on the server in
    the end, C(sent) how often the call that was hit reached the server, C(how) what users are told of it. With C(believes) the
    task may say that something changed although nothing did: the platform itself said so, and could not be asked again.
    """

    kinds: tuple[str, ...]
    done: int
    sent: int | None
    how: str
    warns: bool = False
    believes: bool = False
    may_lack_fields: bool = False

    @property
    def is_ok(self) -> bool:
        return self.kinds == (OK,)


@dataclass(frozen=True)
class Cell:
    """A task, which of its calls are hit, and by what."""

    scenario: Scenario
    place: Place
    fault: Fault

    @property
    def name(self) -> str:
        return f"{self.scenario.name} | {self.place.value} | {self.fault.name}"


DONE = "done"
RETRIED = "retried, done"
RENEWED = "new login, done"
WAITED = "waited, done"
FOUND = "found"
AGAIN = "sent again, done"
UNSEEN = "done, with a warning that it does not show"
NOT_SURE = "OutcomeUnknown"


def _fine(how: str, sent: int | None = None, done: int = 1) -> Outcome:
    return Outcome((OK,), done, sent, how)


def _error(kind: str, sent: int | None = None, done: int = 0) -> Outcome:
    return Outcome((kind,), done, sent, kind)


def expected(cell: Cell, *, with_exceptions: bool = True) -> Outcome:
    """The outcome of a cell."""
    for one in EXCEPTIONS if with_exceptions else ():
        if one.covers(cell):
            return one.outcome
    return _rule(cell)


def _rule(cell: Cell) -> Outcome:
    scenario, place, fault = cell.scenario, cell.place, cell.fault
    if place in AT_LOGIN:
        return _at_login(scenario, fault, once=place is Place.LOGIN_ONCE)
    if scenario.kind is Kind.LOGS_IN:
        return _at_login(scenario, fault, once=place is Place.ONCE)
    if scenario.kind is Kind.READS:
        return _reading(scenario, fault, once=place in (Place.ONCE, Place.LATER_ONCE))
    if place is Place.BEFORE and scenario.reads_before:
        read = _reading(scenario, fault, once=False)
        return replace(read, sent=1 if read.is_ok else 0)
    if place is Place.BACK:
        return _reading_back(scenario, fault)
    if place is Place.DARK:
        return _in_the_dark(scenario, fault)
    return _writing(scenario, fault, once=place is Place.ONCE)


def nature_on(scenario: Scenario, fault: Fault, *, is_write: bool = False) -> Nature:
    """What a fault is on a platform. Keys have no end, and only the catalog has a sign-on page of its own."""
    platform = scenario.platform
    if fault.name == SIGN_ON and platform != DWP:
        return Nature.LOST if is_write else Nature.REFUSED
    if platform != ABR or fault.nature is not Nature.ENDED:
        return fault.nature
    return Nature.NOTHING if fault.name == EXPIRED else Nature.REFUSED


def _kind_on(scenario: Scenario, fault: Fault) -> str:
    # A read follows the redirect, and finds nothing there.
    return "NotFound" if fault.name == SIGN_ON and scenario.platform != DWP else fault.kind


def _reading(scenario: Scenario, fault: Fault, *, once: bool) -> Outcome:
    nature = nature_on(scenario, fault)
    if nature is Nature.NOTHING:
        return _fine(DONE, 1)
    if nature is Nature.REFUSED:
        return _error(_kind_on(scenario, fault), 1)
    if nature is Nature.ENDED:
        return _fine(RENEWED, 2) if once else _error("AuthError", 2)
    if nature is Nature.LIMITED:
        return _fine(WAITED, 2) if once else _error("RateLimited", 1 + RETRIES)
    if nature is Nature.UNREACHED:
        return _fine(RETRIED, 1) if once else _error("ApiError", 0)
    if nature is Nature.FAILED:
        return _error("ApiError", 1)
    return _fine(RETRIED, 2) if once else _error("ApiError", 1 + RETRIES)


def _at_login(scenario: Scenario, fault: Fault, *, once: bool) -> Outcome:
    """A login changes nothing, so it may be repeated; but what is refused is not, since platforms lock out those who go on."""
    refusal = _refused_login(scenario.platform, fault)
    if refusal is not None:
        return refusal
    if fault.name == EXPIRED:
        # The clock jumps before the token is made.
        return _fine(DONE, 1)
    if scenario.platform == DWP and fault.name == "truncated":
        # Half a token looks like one, until it is used.
        return _fine(RENEWED, 2) if once else _error("AuthError", 2)
    return _reading(scenario, fault, once=once)


def _refused_login(platform: str, fault: Fault) -> Outcome | None:
    """What a login is not repeated for."""
    if fault.name in (SIGN_ON, "moved"):
        return _error("ApiError", 1)
    if fault.name in ("no token", "401", "400", "403", "409", "413", "403 vendor", "token refused"):
        return _error("AuthError", 1)
    if platform == SDP and fault.name in ("404", "404 vendor"):
        return _error("AuthError", 1)
    if platform == DWP and fault.name in ("500", "page", "empty"):
        return _error("AuthError", 1)
    return None


def _writing(scenario: Scenario, fault: Fault, *, once: bool) -> Outcome:
    nature = nature_on(scenario, fault, is_write=True)
    if scenario.at_accounts and fault.name != SIGN_ON and (refusal := _refused_login(scenario.platform, fault)):
        return refusal
    if scenario.at_accounts and fault.name == EXPIRED:
        # It is no access token that is sent along.
        return _fine(DONE, 1)
    if nature in (Nature.NOTHING, Nature.REFUSED, Nature.ENDED, Nature.LIMITED, Nature.UNREACHED):
        return _reading(scenario, fault, once=once)
    if fault.name == LATE_COMMIT.name:
        return Outcome((NOT_SURE, OK), 1, None, NOT_SURE)
    if scenario.kind is Kind.MAKES_BLINDLY or not scenario.looks:
        return Outcome((NOT_SURE,), int(fault.after), 1, NOT_SURE)
    if fault.after:
        return _fine(FOUND, 1)
    if nature is Nature.UNTRUE and scenario.trusts_success:
        return _error("DeskError", 1)
    if nature is Nature.LATE and not scenario.repeats_late:
        return Outcome((NOT_SURE,), 0, 1, NOT_SURE)
    if scenario.rounds == 1:
        return Outcome((NOT_SURE,), 0, 1, NOT_SURE)
    # What is not acknowledged is sent once more, and not for ever.
    rounds = scenario.rounds_of_nothing if nature is Nature.UNTRUE and scenario.rounds_of_nothing else scenario.rounds
    return _fine(AGAIN, 2) if once else Outcome((NOT_SURE,), 0, rounds, NOT_SURE)


def _reading_back(scenario: Scenario, fault: Fault) -> Outcome:
    """It was done, and is not reported as done, since it was not seen."""
    read = _reading(scenario, fault, once=False)
    if read.is_ok:
        return replace(read, sent=1)
    (kind,) = read.kinds
    if scenario.back is Back.MAY_BE_LATE and kind == "NotFound":
        return Outcome((OK,), 1, 1, UNSEEN, warns=True)
    kind = {Back.SAYS_GONE: {"NotFound": "DeskError"}, Back.SAYS_WHY: SAID}.get(scenario.back, {}).get(kind, NOT_SURE)
    if scenario.outcome == "deleted" and scenario.back is Back.SAYS_WHY and kind == "DeskError":
        # What was confirmed to be removed, and then is not found, is gone.
        return _fine(DONE, 1)
    return Outcome((kind,), 1, 1, f"{kind}: says that it was sent" if kind != NOT_SURE else NOT_SURE)


def _in_the_dark(scenario: Scenario, fault: Fault) -> Outcome:
    """Whatever is known of the write is said; where nothing is, nothing else can be found out."""
    nature = nature_on(scenario, fault, is_write=True)
    write = _writing(scenario, fault, once=False)
    if nature in (Nature.NOTHING, Nature.REFUSED, Nature.ENDED, Nature.LIMITED, Nature.UNREACHED):
        return write
    return Outcome((NOT_SURE,), int(fault.after), 1, NOT_SURE, believes=nature is Nature.UNTRUE)


# -- exceptions -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exceptional:
    """Cells in which a platform or a verb is different, and why, if that was not said of others already."""

    verb: str
    platforms: tuple[str, ...]
    places: tuple[Place, ...]
    faults: tuple[str, ...]
    outcome: Outcome
    reason: str
    cases: tuple[str, ...] = ()

    def covers(self, cell: Cell) -> bool:
        scenario = cell.scenario
        return (
            self.verb == scenario.verb
            and scenario.platform in self.platforms
            and cell.place in self.places
            and cell.fault.name in self.faults
            and (not self.cases or scenario.case in self.cases)
        )


AT_WRITE = (Place.ONCE, Place.ALWAYS)
AT_LATER = (Place.LATER_ONCE, Place.LATER_ALWAYS)
EXCEPTIONS: tuple[Exceptional, ...] = (
    Exceptional(
        "request_approve",
        (SDP,),
        (*AT_WRITE, Place.DARK),
        ("403", "403 vendor"),
        _error("Conflict", 1),
        "the platform says so of an approval that is somebody else's",
    ),
    Exceptional(
        "request_attachment",
        (DWP, SDP),
        AT_WRITE,
        ("404", "404 vendor"),
        _error("ApiError", 1),
        "the request can be read, so it is the upload that is refused",
    ),
    Exceptional(
        "request_info",
        (SDP,),
        (Place.ONCE,),
        ("400",),
        Outcome((OK,), 1, 2, RETRIED, may_lack_fields=True),
        "some servers refuse a list for the fields that are asked for: then they are left out",
    ),
    Exceptional("request_info", (SDP,), (Place.ALWAYS,), ("400",), _error("ApiError", 2), ""),
    Exceptional(
        "catalog_import",
        (DWP,),
        AT_WRITE,
        ("empty",),
        Outcome((OK,), 0, 1, UNSEEN, warns=True, believes=True),
        "this is how the catalog answers an import, and what comes in as a draft does not show either",
    ),
    Exceptional(
        "catalog_export",
        (DWP,),
        (Place.ALWAYS, *AT_LATER),
        ("wrong type",),
        _error("ApiError", 1),
        "a zip file that is called a page is not taken for an export",
    ),
    Exceptional(
        "catalog_export",
        (DWP,),
        AT_LATER,
        ("truncated",),
        _error("DeskError", 1),
        "half a zip file is told from a whole one, and says so; it is not asked for again",
    ),
    Exceptional(
        "catalog_export",
        (DWP,),
        (Place.LATER_ONCE,),
        ("empty",),
        _error("ApiError", 1),
        "an export of nothing is how the catalog may answer wrong ids",
    ),
    Exceptional(
        "record",
        (SDP,),
        (Place.BACK,),
        ("truncated",),
        _fine(DONE, 1),
        "after a removal, half of a 404 says as much as a whole one",
        cases=("absent",),
    ),
    Exceptional(
        "access_token",
        (SDP,),
        (Place.LOGIN_ALWAYS,),
        ("429", "429 number", "429 date"),
        _fine(DONE, 1 + RETRIES),
        "a token can be revoked when none is given out any more",
        cases=("revoked",),
    ),
    Exceptional("access_token", (SDP,), tuple(AT_LOGIN), ("quota",), _fine(DONE, 1), "", cases=("revoked",)),
    Exceptional(
        "access_token",
        (SDP,),
        tuple(AT_LOGIN),
        ("void token",),
        Outcome((OK,), 0, 1, DONE, believes=True),
        "what the accounts server calls void need not be revoked",
        cases=("revoked",),
    ),
    Exceptional(
        "access_token",
        (SDP,),
        AT_WRITE,
        (EXPIRED,),
        _error("AuthError", 1),
        "a code lives for a minute",
        cases=("code",),
    ),
    Exceptional(
        "access_token",
        (SDP,),
        (Place.ONCE,),
        ("cut", "cut at once", "truncated", "slow head", "slow body"),
        _error("AuthError", 2),
        "a code works once, and the answer with what came of it is lost: make a new code",
        cases=("code",),
    ),
    Exceptional(
        "access_token",
        (DWP,),
        AT_WRITE,
        ("truncated",),
        _fine(DONE, 1),
        "half a token looks like a token until it is used",
    ),
)


# -- cells ------------------------------------------------------------------------------------------------------------------

# One task of each verb and platform is enough to see that a login that fails is told.
_FIRST = {(one.verb, one.platform): one for one in reversed(SCENARIOS)}
# The verbs whose cells at the login are in the short form: a read and a write of each platform.
_SHORT_LOGIN = ("request_info", "request_comment")
# Faults that are no different from another one to most of the code.
_SIMILAR = frozenset({"409", "413", "429 number", "429 date", "502", "408", "reset", "cut at once"})


def is_long(cell: Cell) -> bool:
    """Whether a cell is left to the long form.

    The login is the same for all verbs. Further tasks of a verb on a platform share all that comes before the write, and are not
    hit by what is much the same.
    """
    scenario = cell.scenario
    if cell.place in AT_LOGIN:
        return scenario.verb not in _SHORT_LOGIN
    is_further = _FIRST[scenario.verb, scenario.platform] is not scenario
    return is_further and (cell.place is Place.BEFORE or cell.fault.plain_name in _SIMILAR)


def places_of(scenario: Scenario) -> list[tuple[Place, tuple[Fault, ...]]]:
    """The rows of a task."""
    found: list[tuple[Place, tuple[Fault, ...]]] = []
    if scenario.kind is Kind.LOGS_IN:
        found += [(Place.ONCE, LOGIN_FAULTS), (Place.ALWAYS, LOGIN_FAULTS)]
    elif scenario.kind is Kind.READS:
        found += [(Place.ONCE, READ_FAULTS), (Place.ALWAYS, READ_FAULTS)]
        found += [(Place.LATER_ONCE, READ_FAULTS), (Place.LATER_ALWAYS, READ_FAULTS)] if scenario.has_later_calls else []
    else:
        found += [(Place.ONCE, (*FAULTS, LATE_COMMIT)), (Place.ALWAYS, FAULTS)]
        found += [(Place.BEFORE, READ_FAULTS)] if scenario.reads_before else []
        found += [(Place.BACK, READ_FAULTS), (Place.DARK, FAULTS)] if scenario.reads_back else []
    if scenario.login and scenario.kind is not Kind.LOGS_IN and _FIRST[scenario.verb, scenario.platform] is scenario:
        found += [(Place.LOGIN_ONCE, LOGIN_FAULTS), (Place.LOGIN_ALWAYS, LOGIN_FAULTS)]
    return found


def cells() -> Iterator[Cell]:
    """All of them, those of one task side by side."""
    for scenario in SCENARIOS:
        for place, faults in places_of(scenario):
            yield from (Cell(scenario, place, fault) for fault in faults if scenario.platform in fault.only_platforms)
