# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services are ordered from a catalog: in few calls, each once, whatever happens on the way. Private to the collection.

This is the single call that creates and orders; drafting.py is the way with answers. A call whose outcome is unclear is
followed by a look at the requests, and made again only for what did not come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ..platforms.records import Placed, Problem, Request, RequestQuery, Wanted
from ..transport.errors import ApiError, DeskError, OutcomeUnknown
from ..transport.retry import backoff
from .answers import Given
from .catalog import side_by_side
from .parallel import HOPELESS
from .spec import Context
from .waiting import poll

# How many users one request should be for (fact sheet on Digital Workplace, 4.5).
USERS_AT_ONCE = 20
# How many requests go into one order: more would make a single failure too large.
REQUESTS_AT_ONCE = 500
# How often an order is made again after it surely was not carried out.
ROUNDS = 8
# Listing the requests of each user costs as many calls as there are users; listing all costs one.
USERS_LISTED_ONE_BY_ONE = 2
LOOK_YOURSELF = "Look at the requests of the user. With match_on, the task would have found out by itself"
RUN_AGAIN = "Run the task again: it reads first, and orders only what is not there"


@dataclass(eq=False)
class Wish:
    """A service for one user: what there is of it, and what became of it.

    C(has_key) says whether there is anything that makes out which request is meant, C(compares_answers) that its answers
    do. C(known_ids) are the requests that existed before anything was ordered, C(claimed_ids) those of all wishes of the
    task, which share this set.
    """

    service: dict[str, Any]
    user: str
    wanted: Wanted
    answers: Given
    prefill_request_ids: tuple[str, ...] = ()
    title: str | None = None
    share: bool = False
    settle_timeout: float = 10.0
    has_key: bool = True
    compares_answers: bool = False
    known_ids: set[str] = field(default_factory=set)
    claimed_ids: set[str] = field(default_factory=set)
    request: Request | None = None
    request_id: str | None = None
    is_ordered: bool = False
    error: DeskError | None = None

    @property
    def is_open(self) -> bool:
        return not self.is_ordered and self.error is None

    @property
    def name(self) -> str:
        """The service and its user, for messages."""
        return f"{self.service['name']!r} for {self.user}"

    @property
    def bundle_id(self) -> str | None:
        """The service, if it is a bundle."""
        return str(self.service["id"]) if self.part_ids else None

    @property
    def part_ids(self) -> tuple[str, ...]:
        """The services of a bundle that are wanted; none for a single service."""
        parts = (part["id"] for part in self.service.get("bundled_services") or ())
        return tuple(part for part in parts if part not in self.wanted.excluded)

    def adopt(self, request: Request) -> None:
        self.request = request
        self.count_as_ordered(request.id)

    def count_as_ordered(self, request_id: str | None) -> None:
        """It was ordered, although its request may not be visible yet, or may even be unknown."""
        self.is_ordered = True
        self.request_id = request_id
        self.claimed_ids.update([request_id] if request_id else [])

    def is_named_by(self, problem: Problem) -> bool:
        return problem.user == self.user and problem.service_id in (None, self.service["id"])


# Is told wishes when nothing more can be ordered of them.
Ordered: TypeAlias = "Callable[[Sequence[Wish]], None]"


class Shelf:
    """Requests by what they are for."""

    def __init__(self, platform: Any, requests: Iterable[Request] = ()) -> None:
        self._platform = platform
        self._places: dict[tuple[str | None, str], list[Request]] = {}
        self.ids: set[str] = set()
        self.add(requests)

    def add(self, requests: Iterable[Request]) -> None:
        for request in requests:
            if request.id not in self.ids:
                self.ids.add(request.id)
                place = (self._platform.ordered_of(request)["service_id"], self._platform.user_key(request.requested_for))
                self._places.setdefault(place, []).append(request)

    def get(self, service_id: str, user: str) -> list[Request]:
        """The requests of a service for a user, in the order in which they came."""
        there = self._places.get((service_id, self._platform.user_key(user)), ())
        return [request for request in there if self._platform.is_user(request.requested_for, user)]


class Snapshot:
    """The requests as they are, listed in as few calls as possible."""

    def __init__(self, context: Context, users: Iterable[str]) -> None:
        self._context = context
        self._shelf = Shelf(context.platform)
        self._failures: dict[str, DeskError] = {}
        self._is_whole = False
        distinct = list(dict.fromkeys(users))
        if len(distinct) > USERS_LISTED_ONE_BY_ONE:
            self._list(RequestQuery())
            return
        for user in distinct:
            try:
                self._list(RequestQuery(requested_for=user))
            except HOPELESS:
                raise
            except DeskError as error:
                self._failures[user] = error

    def _list(self, query: RequestQuery) -> None:
        listed = self._context.platform.find_requests(query).records
        self._shelf.add(listed)
        self._is_whole = self._is_whole or self._context.platform.lists_all(listed)

    def add_unlisted(self, wishes: Iterable[Wish]) -> None:
        """Look also for requests that the platform does not list (yet), service by service, unless it lists all."""
        service_ids = [] if self._is_whole else list(dict.fromkeys(wish.service["id"] for wish in wishes))
        listed_ids = frozenset(self._shelf.ids)
        found: list[Request] = []

        def look(service_id: str) -> None:
            found.extend(self._context.platform.unlisted_requests(service_id, listed_ids))

        side_by_side(look, service_ids, self._context.concurrency)
        self._shelf.add(found)

    def of(self, wish: Wish, besides: Collection[str] = ()) -> list[Request]:
        """Requests of the wish's service for its user, in any state, but not with those ids.

        Where the platform shows only the parts of a bundle, the first of them stands for it, if none is missing.

        Raises:
            DeskError: the requests of this user could not be listed.
        """
        own = self.exactly_of(wish, besides)
        if own or not wish.part_ids:
            return own
        parts = [[one for one in self._shelf.get(part, wish.user) if one.id not in besides] for part in wish.part_ids]
        return parts[0][-1:] if all(parts) else []

    def exactly_of(self, wish: Wish, besides: Collection[str] = ()) -> list[Request]:
        """As M(of), but of a bundle no parts."""
        if wish.user in self._failures:
            raise self._failures[wish.user]
        return [one for one in self._shelf.get(wish.service["id"], wish.user) if one.id not in besides]


def order_at_once(context: Context, wishes: Sequence[Wish], ordered: Ordered = lambda wishes: None) -> None:
    """Order without answers; C(is_ordered), C(request) and C(error) of each wish say what became of it.

    C(ordered) is told the wishes of each call when it is through.

    Each bundle has a call of its own, after all that is single: where an answer tells parts only, a part could not be told
    from a request for the same service.
    """
    bundles_last = sorted(wishes, key=lambda wish: bool(wish.part_ids))
    for group in grouped(bundles_last, lambda wish: (wish.title, wish.share, wish.has_key, wish.bundle_id)):
        for start in range(0, len(group), REQUESTS_AT_ONCE):
            part = group[start : start + REQUESTS_AT_ONCE]
            _order(context, part)
            ordered(part)


def _order(context: Context, wishes: Sequence[Wish]) -> None:
    """Order in one call; what the catalog refuses as a whole is halved until the culprit stands alone."""
    at_once = USERS_AT_ONCE
    for round_number in range(1, ROUNDS + 1):
        open_wishes = [wish for wish in wishes if wish.is_open]
        if not open_wishes:
            return
        wanted = _entries(open_wishes, at_once)
        try:
            placed = context.platform.order_now(wanted, title=wishes[0].title, share=wishes[0].share)
        except OutcomeUnknown as unclear:
            if not _look_for(context, open_wishes, unclear):
                return
            context.clock.sleep(backoff(round_number))
            continue
        except ApiError as refusal:
            if is_definite(refusal) or _look_for(context, open_wishes, OutcomeUnknown.of(refusal, refusal.message)):
                _split(context, [wish for wish in open_wishes if wish.is_open], refusal)
            return
        refused = _take(context, open_wishes, placed)
        if all(len(one.users) == 1 for one in wanted):
            blame(refused, placed.problems)
            return
        # Some were refused for the company that they were in, such as too many users in one request.
        at_once = 1
    give_up(wishes)


def is_definite(refusal: ApiError) -> bool:
    """Whether it says that nothing was done: the call was not sent, or the server puts the blame on it.

    An error of the server's own may come after the work was done, whatever words it has for it.
    """
    return refusal.status is None or 300 <= refusal.status < 500 or isinstance(refusal, HOPELESS)


def _entries(wishes: Sequence[Wish], at_once: int) -> list[Wanted]:
    """Wishes that differ in nothing but their user are one entry."""
    entries: list[Wanted] = []
    for group in grouped(wishes, lambda wish: wish.wanted):
        users = [wish.user for wish in group]
        entries += [
            replace(group[0].wanted, users=tuple(users[start : start + at_once])) for start in range(0, len(users), at_once)
        ]
    return entries


def _split(context: Context, wishes: Sequence[Wish], refusal: ApiError) -> None:
    """Nothing was done for something is wrong with one of them: order each half, down to the one that is to blame."""
    if len(wishes) <= 1 or isinstance(refusal, HOPELESS):
        for wish in wishes:
            wish.error = refusal
        return
    middle = len(wishes) // 2
    _order(context, wishes[:middle])
    _order(context, wishes[middle:])


def _look_for(context: Context, wishes: Sequence[Wish], unclear: OutcomeUnknown) -> bool:
    """After an unclear order: find what came of it. Whether the rest may be ordered again."""
    if not wishes[0].has_key:
        for wish in wishes:
            wish.error = OutcomeUnknown.of(unclear, unclear.message, hint=LOOK_YOURSELF)
        return False
    try:
        poll(context, settle_time(wishes), lambda: _adopt_new(context, wishes))
    except DeskError as error:
        for wish in wishes:
            if wish.is_open:
                message = f"{unclear.message}; looking for the request failed too: {error.message}"
                wish.error = OutcomeUnknown(message, hint=RUN_AGAIN)
        return False
    if unclear.may_still_come:
        # Not to find it proves nothing.
        for wish in wishes:
            if wish.is_open:
                message = f"{wish.name}: {unclear.message}. No request shows up, but the catalog may still be at work on it"
                wish.error = OutcomeUnknown(message, hint=f"Wait a while. {RUN_AGAIN}")
    return not unclear.may_still_come


def _adopt_new(context: Context, wishes: Sequence[Wish]) -> bool:
    """Whether all wishes have a request that was not there before."""
    snapshot = Snapshot(context, [wish.user for wish in wishes if wish.is_open])
    if _adopt_from(snapshot, wishes):
        return True
    snapshot.add_unlisted(wish for wish in wishes if wish.is_open)
    return _adopt_from(snapshot, wishes)


def _adopt_from(snapshot: Snapshot, wishes: Sequence[Wish]) -> bool:
    # What is exactly wished first, so that it is not taken for the part of a bundle.
    for look in (snapshot.exactly_of, snapshot.of):
        for wish in (wish for wish in wishes if wish.is_open):
            for request in look(wish, wish.known_ids | wish.claimed_ids)[-1:]:
                wish.adopt(request)
    return not any(wish.is_open for wish in wishes)


def _take(context: Context, wishes: Sequence[Wish], placed: Placed) -> list[Wish]:
    """Give each wish its request. The answer of an order tells no more than ids, so they are read back.

    Those that surely were not ordered come back. What is not to be seen yet may not be ordered again.
    """
    if not placed.is_order:
        return list(wishes)
    refused = [wish for wish in wishes if any(wish.is_named_by(problem) for problem in placed.problems)]
    accepted = [wish for wish in wishes if wish not in refused]
    unnamed = [problem for problem in placed.problems if not any(wish.is_named_by(problem) for wish in refused)]
    if placed.request_ids:
        strays = look_at(context, accepted, placed.request_ids, others=refused)
        _adopt_bundles(context, wishes)
        if unnamed and not strays:
            return [wish for wish in wishes if wish.is_open]
        reasons, number_unseen = [], len(strays)
    elif wishes[0].has_key:
        _read_back(context, accepted, lambda: _adopt_new(context, accepted))
        reasons, number_unseen = unnamed, 0
    else:
        reasons, number_unseen = unnamed, 0 if unnamed else len(wishes)
    left = [wish for wish in accepted if wish.is_open]
    if len(left) > number_unseen:
        blame(left, reasons)
    for wish in (wish for wish in left if wish.error is None):
        wish.count_as_ordered(placed.request_ids[0] if len(placed.request_ids) == len(wishes) == 1 else None)
    return [wish for wish in refused if wish.is_open]


def look_at(
    context: Context,
    wishes: Sequence[Wish],
    ids: Sequence[str],
    *,
    bundle_ids: Sequence[str] = (),
    others: Sequence[Wish] = (),
) -> list[str]:
    """Wait until what was ordered can be seen, and give each wish its request. The ids that fit none of them come back.

    Args:
        context: for the calls.
        wishes: what was ordered.
        ids: the requests that came of it.
        bundle_ids: the requests of bundles, whose parts are in C(ids): they may stay out of sight.
        others: what probably was not ordered, but may have been.
    """
    strays = list(ids)

    def look() -> bool:
        found = context.platform.requests_by_id([*bundle_ids, *ids])
        fitting = _assign(context.platform, found.values(), [*wishes, *others])
        strays[:] = [one for one in ids if one not in fitting]
        return all(one in found for one in ids)

    _read_back(context, wishes, look)
    return strays


def _read_back(context: Context, wishes: Sequence[Wish], look: Callable[[], bool]) -> None:
    try:
        poll(context, settle_time(wishes), look)
    except DeskError as error:
        for wish in wishes:
            if wish.is_open:
                message = f"{wish.name} was ordered, but reading it back failed: {error.message}"
                wish.is_ordered = True
                wish.error = OutcomeUnknown(message, hint=RUN_AGAIN)


def _assign(platform: Any, requests: Iterable[Request], wishes: Sequence[Wish]) -> set[str]:
    """Give the wishes their requests; the ids of all that fit one of them."""
    shelf = Shelf(platform, requests)
    all_fitting: set[str] = set()
    # What is exactly wished first, so that it is not taken for the part of a bundle.
    for service_ids in (lambda wish: (wish.service["id"],), lambda wish: wish.part_ids):
        for wish in wishes:
            fitting = [request for service_id in service_ids(wish) for request in shelf.get(service_id, wish.user)]
            all_fitting |= {request.id for request in fitting}
            free = [request for request in fitting if request.id not in wish.claimed_ids]
            same = [request for request in free if platform.ordered_of(request)["quantity"] == wish.wanted.quantity]
            for request in (same or free)[:1] if wish.is_open else ():
                wish.adopt(request)
    return all_fitting


def _adopt_bundles(context: Context, wishes: Sequence[Wish]) -> None:
    """Of a bundle the answer may tell the parts only; its own request is the one that is found the next time."""
    ordered_of = context.platform.ordered_of
    parted = [
        wish
        for wish in wishes
        if wish.part_ids and wish.has_key and wish.request and ordered_of(wish.request)["service_id"] != wish.service["id"]
    ]
    if not parted:
        return
    try:
        snapshot = Snapshot(context, [wish.user for wish in parted])
        for wish in parted:
            for request in snapshot.exactly_of(wish, wish.known_ids)[-1:]:
                wish.adopt(request)
    except DeskError as error:
        for wish in parted:
            message = f"{wish.name} was ordered, but reading it back failed: {error.message}"
            wish.error = wish.error or OutcomeUnknown(message, hint=RUN_AGAIN)


def blame(wishes: Iterable[Wish], problems: Sequence[Problem]) -> None:
    """What was not ordered has a reason: that which names it, or all that the catalog said."""
    for wish in wishes:
        own = [problem.text for problem in problems if wish.is_named_by(problem)]
        texts = own or [one.text for one in problems if one.user is None] or [one.text for one in problems]
        if texts:
            message = f"The catalog did not order {wish.name}: {'; '.join(dict.fromkeys(texts))}"
            hint = "If the service asks questions, answer them with answers" if "question" in message else None
            wish.error = DeskError(message, hint=hint)
        else:
            message = f"The catalog accepted the order of {wish.name}, but no request shows up"
            wish.error = OutcomeUnknown(message, hint="Look at the requests of the user, then run the task again")


def give_up(wishes: Iterable[Wish], unclear: OutcomeUnknown | None = None) -> None:
    """Leave open what is so after all; C(unclear) is what was said last."""
    said = unclear.message if unclear else f"{ROUNDS} orders got no clear answer, and no request shows up"
    for wish in wishes:
        if wish.is_open:
            hint = "Check that the catalog is up, then run the task again: it reads first"
            wish.error = OutcomeUnknown(f"{wish.name}: {said}", hint=hint)


def grouped(wishes: Iterable[Wish], key: Callable[[Wish], Any]) -> list[list[Wish]]:
    """The wishes by a key that need not be hashable, in the order in which the keys come up first."""
    groups: dict[str, list[Wish]] = {}
    for wish in wishes:
        groups.setdefault(repr(key(wish)), []).append(wish)
    return list(groups.values())


def settle_time(wishes: Sequence[Wish]) -> float:
    return max((wish.settle_timeout for wish in wishes), default=0.0)
