# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The caller's review and rating of a service are as wanted. Private to the collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ..transport.errors import Conflict, DeskError, NotFound, OutcomeUnknown
from ..transport.retry import backoff
from .catalog import look_up_services
from .checks import check_not_negative
from .parallel import NotTried, each
from .spec import SETTLE_TIMEOUT, Context, Item, ItemResult, Option, WriteVerb
from .waiting import poll

PRESENT, ABSENT = "present", "absent"
TEXTS = ("title", "content")
# Servers keep ratings with a few digits.
TOLERANCE = 0.001
# How often a change is made in all, if answers are unclear and it does not show.
ROUNDS = 4

Row = dict[str, Any]


@dataclass(frozen=True)
class Opinion:
    """What somebody has to say about a service. C(others) are older reviews of the same user."""

    title: str | None = None
    content: str | None = None
    rating: float | None = None
    review_id: str | None = None
    rating_id: str | None = None
    others: tuple[str, ...] = ()

    @property
    def has_review(self) -> bool:
        return self.title is not None or self.content is not None

    @property
    def has_rating(self) -> bool:
        return self.rating is not None

    def shown(self) -> Row | None:
        """For before and after; C(None) where there is neither a review nor a rating."""
        if not self.has_review and not self.has_rating:
            return None
        return {"title": self.title, "content": self.content, "rating": self.rating}

    def ids(self) -> Row:
        return {"review_id": self.review_id, "rating_id": self.rating_id}

    def is_as(self, other: Opinion) -> bool:
        """Whether both say the same."""
        return self.reads_as(other) and self.rates_as(other)

    def reads_as(self, other: Opinion) -> bool:
        return all(_same_text(getattr(self, name), getattr(other, name)) for name in TEXTS)

    def rates_as(self, other: Opinion) -> bool:
        if self.rating is None or other.rating is None:
            return self.rating is other.rating
        return abs(self.rating - other.rating) <= TOLERANCE


@dataclass
class Subject:
    """A service, and the items that are about it.

    C(done) are the writes that the platform has confirmed, C(at_work) those without an answer that it may be at work on yet.
    C(sent) are those that the latest round has made, whatever came of them.
    """

    service_id: str
    wanted: Opinion
    settle_timeout: float = 0.0
    results: list[ItemResult] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    at_work: dict[str, DeskError] = field(default_factory=dict)
    error: DeskError | None = None

    def is_awaited(self, now: Opinion) -> bool:
        """Whether something that was sent does not show, and may do so any moment."""
        if self.error is not None and not isinstance(self.error, OutcomeUnknown):
            return False
        shows = {name: now.rates_as(self.wanted) if name.endswith("rating") else now.reads_as(self.wanted) for name in self.sent}
        return not all(shows.values())


def check(items: Sequence[Item]) -> None:
    """A service is named, ratings are in range, and what is to be absent is not described."""
    for item in items:
        check_not_negative(item, "settle_timeout")
        if not (item["service"] or "").strip():
            raise item.error("service", "it is missing", hint="Give the id or the exact name of a service")
        given = [name for name in (*TEXTS, "rating") if item[name] is not None]
        if item["state"] == ABSENT:
            if item["rating"] is not None:
                raise item.error("rating", "a rating cannot be deleted", hint="Leave rating out, or set state to present")
            if given:
                raise item.error(given[0], "it makes no sense with state absent")
            continue
        if not given:
            raise item.error("rating", "there is nothing to ensure", hint="Give title and content, rating, or all of them")
        for name in TEXTS:
            if item[name] is not None and not item[name].strip():
                raise item.error(name, "it is empty", hint="Leave it out to keep what is there, or set state to absent")
        if item["rating"] is not None and not 0 <= item["rating"] <= 1:
            raise item.error("rating", f"{item['rating']:g} is out of range", hint="Allowed is 0 to 1")


def review(context: Context) -> list[ItemResult]:
    """Read, write what differs, read back; each service is read once, whatever the number of its items."""
    services = look_up_services(context.platform, [item["service"] for item in context.items], concurrency=context.concurrency)
    results = [ItemResult(item.index, f"service {item['service']}") for item in context.items]
    ids = list(dict.fromkeys(row["id"] for row in services.values() if not isinstance(row, DeskError)))
    opinions = _read(context, ids)
    subjects: dict[str, Subject] = {}
    asked: dict[str, list[Item]] = {}
    for item, result in zip(context.items, results, strict=True):
        service = services[item["service"]]
        result.extra = {"service_id": None, **Opinion().ids()}
        if isinstance(service, DeskError):
            result.fail(service)
            continue
        service_id = service["id"]
        result.subject = f"service {service['name']!r} ({service_id})"
        subject = subjects.setdefault(service_id, Subject(service_id, opinions[service_id]))
        _plan(context, item, result, subject, asked.setdefault(service_id, []))
    to_do = [subject for subject in subjects.values() if any(result.changed for result in subject.results)]
    to_do = _up_to_first_failure(context, results, to_do)
    if not context.check_mode:
        _carry_out(context, to_do, opinions)
    return results


def _plan(context: Context, item: Item, result: ItemResult, subject: Subject, earlier: list[Item]) -> None:
    """What an item makes of the opinion as the items before it leave it; the result holds the prediction."""
    before = subject.wanted
    result.extra = {"service_id": subject.service_id, **before.ids()}
    result.before = result.after = before.shown()
    contradicted = next((other for other in earlier if _contradicts(item, other)), None)
    if contradicted is not None:
        elsewhere = contradicted.label.rstrip(".")
        message = f"Another review or rating of service {subject.service_id} is wanted by {elsewhere}"
        result.fail(Conflict(message, hint="Name each service once"))
        return
    earlier.append(item)
    if item["state"] == ABSENT:
        wanted = replace(before, title=None, content=None, review_id=None)
        if before.has_rating:
            context.warn(
                f"The rating of service {subject.service_id} stays: the platform cannot delete ratings, only reviews are removed"
            )
    else:
        wanted = _described(item, before)
        if wanted.has_review and not (wanted.title and wanted.content):
            missing = "title" if not wanted.title else "content"
            result.fail(item.error(missing, f"it is missing, and service {subject.service_id} has no review yet to take it from"))
            return
    subject.results.append(result)
    if before.is_as(wanted):
        return
    subject.wanted = wanted
    subject.settle_timeout = max(subject.settle_timeout, item["settle_timeout"])
    result.after = wanted.shown()
    if item["state"] == ABSENT:
        result.outcome = "deleted"
    else:
        result.outcome = "created" if result.before is None else "updated"


def _described(item: Item, before: Opinion) -> Opinion:
    """The opinion with what the item says of it; what says the same is not written differently."""
    texts = {name: item[name] for name in TEXTS if item[name] is not None and not _same_text(item[name], getattr(before, name))}
    wanted = replace(before, **texts, rating=before.rating if item["rating"] is None else item["rating"])
    return replace(wanted, rating=before.rating) if before.rates_as(wanted) else wanted


def _contradicts(item: Item, other: Item) -> bool:
    """Whether two items about the same service cannot both be met."""
    if item["state"] != other["state"]:
        described = other if item["state"] == ABSENT else item
        return any(described[name] is not None for name in TEXTS)
    return any(item[name] is not None and other[name] is not None and item[name] != other[name] for name in (*TEXTS, "rating"))


def _up_to_first_failure(context: Context, results: Sequence[ItemResult], to_do: list[Subject]) -> list[Subject]:
    """With C(on_error=stop), what stands behind the first item that failed already is left alone."""
    failed = next((result for result in results if result.error), None)
    if failed is None or context.on_error != "stop":
        return to_do
    kept = [subject for subject in to_do if subject.results[0].index < failed.index]
    for subject in to_do:
        if subject not in kept:
            _end(subject, NotTried(f"Not tried after the failure of {failed.subject}"), outcome="skipped")
    return kept


def _end(subject: Subject, error: DeskError, *, outcome: str = "failed", now: Opinion | None = None) -> None:
    """The items that wanted a change did not get it (all). What can be seen counts; where nothing can, what was confirmed."""
    there_before = subject.results[0].before
    for result in subject.results:
        if result.changed:
            result.has_written = bool(subject.done) if now is None else now.shown() != there_before
            result.after = result.before if now is None else now.shown()
            result.fail(error, outcome=outcome)


def _carry_out(context: Context, to_do: list[Subject], now: dict[str, Opinion]) -> None:
    """Write and read back until every opinion shows, or it is clear that it will not.

    A write without a clear answer is repeated only after it had the time to show up, and did not: a second one may add another
    review. One that was confirmed, or that the platform may be at work on, is never repeated.
    """
    now = dict(now)
    for attempt in range(1, ROUNDS + 1):
        _write(context, to_do, now)
        to_do = [subject for subject in to_do if not isinstance(subject.error, NotTried)]
        to_do = _look_for(context, to_do, now, max((subject.settle_timeout for subject in to_do), default=0.0))
        to_do = [subject for subject in to_do if not _is_over(subject, now[subject.service_id], is_last=attempt == ROUNDS)]
        if not to_do:
            return
        context.clock.sleep(backoff(attempt))
        to_do = _look_for(context, to_do, now, 0.0)


def _look_for(context: Context, to_do: list[Subject], now: dict[str, Opinion], seconds: float) -> list[Subject]:
    """Read back until all that was sent shows, or the time is over; what does not show. C(now) is kept up to date."""
    left = to_do

    def look() -> bool:
        nonlocal left
        now.update(_read(context, [subject.service_id for subject in left]))
        left = [subject for subject in left if not _shows(subject, now[subject.service_id])]
        return not any(subject.is_awaited(now[subject.service_id]) for subject in left)

    try:
        poll(context, seconds, look)
    except DeskError as error:
        for subject in left:
            _end(subject, subject.error or _unverified(subject, error))
        return []
    return left


def _write(context: Context, to_do: Sequence[Subject], now: Mapping[str, Opinion]) -> None:
    def bring_about(subject: Subject) -> None:
        subject.sent.clear()
        _bring_about(context, subject, now[subject.service_id])

    errors = each(
        bring_about,
        to_do,
        concurrency=context.concurrency,
        stop_on_error=context.on_error == "stop",
        progress=context.counting("settled"),
    )
    for subject, error in zip(to_do, errors, strict=True):
        subject.error = error
        if isinstance(error, NotTried):
            _end(subject, error, outcome="skipped")


def _bring_about(context: Context, subject: Subject, now: Opinion) -> None:
    platform, wanted, service_id = context.platform, subject.wanted, subject.service_id
    if now.has_review and not wanted.has_review:
        _delete_all(platform, subject, (now.review_id, *now.others))
    elif wanted.has_review and not now.reads_as(wanted):
        texts = {name: getattr(wanted, name) for name in TEXTS}
        if now.review_id is None:
            _once(subject, "create review", partial(platform.create_review, **texts), service_id)
        else:
            _once(subject, "update review", partial(platform.update_review, **texts), now.review_id)
    if wanted.has_rating and not now.rates_as(wanted):
        rating = wanted.rating
        if now.rating_id is None:
            _once(subject, "create rating", lambda number: platform.create_rating(number, rating=rating), service_id)
        else:
            _once(subject, "update rating", lambda number: platform.update_rating(number, rating=rating), now.rating_id)


def _once(subject: Subject, name: str, write: Any, argument: Any) -> None:
    """Make a write, unless it has been confirmed, or may still come true without that."""
    if name in subject.done or name in subject.at_work:
        return
    subject.sent.add(name)
    try:
        write(argument)
    except OutcomeUnknown as error:
        if error.may_still_come:
            subject.at_work[name] = error
        raise
    subject.done.add(name)


def _delete_all(platform: Any, subject: Subject, review_ids: Sequence[str | None]) -> None:
    """Delete reviews. One that is not found may be gone, or out of reach: that is for the reading back to say."""
    missing: NotFound | None = None
    for review_id in review_ids:
        try:
            _once(subject, f"delete {review_id}", platform.delete_review, review_id)
        except NotFound as error:
            missing = error
    if missing is not None:
        raise missing


def _shows(subject: Subject, now: Opinion) -> bool:
    """Whether the service's opinion is as wanted; the results of its items say so."""
    if not now.is_as(subject.wanted):
        return False
    for result in subject.results:
        result.extra |= now.ids()
    # What earlier items left behind was seen by nobody.
    last = [result for result in subject.results if result.changed][-1]
    last.after = now.shown()
    return True


def _is_over(subject: Subject, now: Opinion, *, is_last: bool) -> bool:
    """Whether nothing more can be done for what does not show. Its results say how it ended, or the next round writes again."""
    error = subject.error or next(iter(subject.at_work.values()), None) or _ignored(subject)
    if not is_last and isinstance(subject.error, OutcomeUnknown):
        return False
    _end(subject, _never_shown(subject, error) if isinstance(error, OutcomeUnknown) else error, now=now)
    return True


def _ignored(subject: Subject) -> DeskError:
    return DeskError(
        f"The platform accepted the change, but the review or rating of service {subject.service_id} is not as wanted",
        hint="Look at the service in the catalog: reviews may be held back or edited there",
    )


def _never_shown(subject: Subject, error: OutcomeUnknown) -> DeskError:
    hint = "Run the task again in a while: it reads first, and writes only what differs"
    if error.may_still_come:
        hint = f"The platform may still be at work on it, so it was not sent again. {hint}"
    message = f"{error.message}; the review or rating of service {subject.service_id} does not show as wanted"
    return OutcomeUnknown.of(error, message, hint=hint)


def _unverified(subject: Subject, error: DeskError) -> DeskError:
    return OutcomeUnknown(
        f"The review or rating of service {subject.service_id} was sent, but reading it back failed: {error.message}",
        hint="Run the task again: it reads first, and writes only what differs",
    )


def _read(context: Context, service_ids: Collection[str]) -> dict[str, Opinion]:
    """The caller's opinions of these services: by service if it is one, else all in two lists."""
    if not service_ids:
        return {}
    platform = context.platform
    (only,) = service_ids if len(service_ids) == 1 else (None,)
    texts = platform.reviews(service_id=only, user_id=platform.me)
    ratings = platform.ratings(service_id=only, user_id=platform.me)
    opinions = {}
    for service_id in service_ids:
        # Where the service was asked for, an answer need not name it.
        told = (service_id, None) if only else (service_id,)
        about = ([row for row in rows if row["service_id"] in told] for rows in (texts, ratings))
        opinions[service_id] = _opinion(*about)
    return opinions


def _opinion(reviews: Sequence[Row], ratings: Sequence[Row]) -> Opinion:
    """The newest of each counts; they come newest first."""
    opinion = Opinion()
    if reviews:
        newest, *older = reviews
        opinion = Opinion(
            title=newest["title"] or "",
            content=newest["content"] or "",
            review_id=newest["id"],
            others=tuple(row["id"] for row in older),
        )
    if ratings:
        opinion = replace(opinion, rating=float(ratings[0]["rating"] or 0), rating_id=ratings[0]["id"])
    return opinion


def _same_text(one: str | None, other: str | None) -> bool:
    """Blanks around a text and the kind of its line breaks do not count."""
    if one is None or other is None:
        return one is other
    return one.strip().splitlines() == other.strip().splitlines()


REVIEW = WriteVerb(
    name="review",
    platforms=("bmc_dwp",),
    options=(
        Option("service"),
        Option("title"),
        Option("content"),
        Option("rating", type="float"),
        Option("state", default=PRESENT, choices=(PRESENT, ABSENT)),
        SETTLE_TIMEOUT,
    ),
    check=check,
    run=review,
)
