# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is put on requests and stays there: comments, and files that hang on comments. Private to the collection.

Nothing of it can be changed or taken back, so above all nothing is put on twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..platforms.records import Comment
from ..transport.errors import DeskError, NotFound, OutcomeUnknown, shortened
from ..transport.retry import backoff
from .parallel import HOPELESS, NotTried, each
from .spec import Context, Item, ItemResult
from .waiting import poll

# How often a post is put on in all, if answers are unclear and it does not show.
ROUNDS = 4


@dataclass(frozen=True)
class Wish:
    """A comment that shall be on a request. C(comment) is what it will look like.

    Args:
        is_met_by: whether a comment that is there already will do.
        is_as_sent: whether a comment that was made just now is in all as it should be.
        send: puts it there, and returns the id of the comment if the platform tells.
        explain: what the platform means by a NotFound, for a request whose comments it has just shown.
        extra: the module's own return keys.
    """

    subject: str
    request_id: str
    comment: Comment
    is_met_by: Callable[[Comment], bool]
    is_as_sent: Callable[[Comment], bool]
    send: Callable[[], str | None]
    explain: Callable[[NotFound], DeskError]
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class Post:
    """A wish, and what became of it.

    C(is_open) says that there is something to be done for it yet. C(first) is the post of an earlier item that wishes the
    same, where all the work is done.
    """

    item: Item
    wish: Wish
    result: ItemResult
    first: Post | None = None
    is_open: bool = True
    is_acknowledged: bool = False
    comment_id: str | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether it was sent and may show up any moment."""
        return self.is_open and (self.is_acknowledged or self.result.error is not None)

    def found_in(self, comments: Sequence[Comment]) -> Comment | None:
        """The comment that the wish led to, or would have led to, if it is there."""
        if self.comment_id is not None:
            return next((comment for comment in comments if comment.id == self.comment_id), None)
        fitting = [comment for comment in comments if self.wish.is_met_by(comment)]
        return next((comment for comment in fitting if self.wish.is_as_sent(comment)), fitting[0] if fitting else None)

    def settle(self, comment: Comment, outcome: str) -> None:
        self.is_open = False
        self.result.outcome, self.result.error = outcome, None
        self.result.after = comment.without_raw()
        self.result.extra["comment_id"] = comment.id

    def fail(self, error: DeskError, *, outcome: str = "failed") -> None:
        self.is_open = False
        self.result.after = self.result.before
        self.result.fail(error, outcome=outcome)

    def skip(self, cause: DeskError) -> None:
        """Leave it alone after a failure elsewhere."""
        self.fail(
            cause if isinstance(cause, NotTried) else NotTried(f"Not tried after an earlier failure ({cause.message})"),
            outcome="skipped",
        )


@dataclass
class Thread:
    """A request with its comments and what shall be added to them, in the order of the items."""

    request_id: str
    posts: list[Post] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


def ensure(
    context: Context, wishes: Sequence[tuple[Item, Wish]], *, read: Callable[[str], list[Comment]]
) -> list[ItemResult]:
    """Read the comments of each request once, add what is missing, and read them again.

    C(read) reads those of a request.

    Requests are worked on side by side, the posts of one request one after the other, since their order is seen.
    """
    posts = [Post(item, wish, _result(item, wish)) for item, wish in wishes]
    threads: dict[str, Thread] = {}
    for post in posts:
        threads.setdefault(post.wish.request_id, Thread(post.wish.request_id)).posts.append(post)
    _read(context, list(threads.values()), read, fail=_fail_unread, stop_on_error=context.on_error == "stop")
    for thread in threads.values():
        _plan(thread)
    if context.on_error == "stop":
        _stop_at_first_failure(posts)
    if not context.check_mode:
        _carry_out(context, list(threads.values()), read)
    return [post.result if post.first is None else _shared(post, post.first) for post in posts]


def _result(item: Item, wish: Wish) -> ItemResult:
    return ItemResult(item.index, wish.subject, extra={"request_id": wish.request_id, "comment_id": None, **wish.extra})


def _shared(post: Post, first: Post) -> ItemResult:
    """The result of an item that wishes what an earlier one does: all the work was done there."""
    outcome = "unchanged" if first.result.changed else first.result.outcome
    after = first.result.after
    return replace(first.result, index=post.item.index, outcome=outcome, before=after, after=after, has_written=False)


def _read(
    context: Context,
    threads: Sequence[Thread],
    read: Callable[[str], list[Comment]],
    *,
    fail: Callable[[Post, DeskError], None],
    stop_on_error: bool = False,
) -> list[Thread]:
    """Fill in the comments; C(fail) is called for the posts on requests whose comments cannot be read. Returns the others."""

    def fill(thread: Thread) -> None:
        thread.comments = read(thread.request_id)

    errors = each(fill, threads, concurrency=context.concurrency, stop_on_error=stop_on_error, progress=context.counting("read"))
    were_read: list[Thread] = []
    for thread, error in zip(threads, errors, strict=True):
        if error is None:
            were_read.append(thread)
            continue
        for post in thread.posts:
            fail(post, error)
    return were_read


def _fail_unread(post: Post, error: DeskError) -> None:
    if isinstance(error, NotTried):
        post.skip(error)
    else:
        post.fail(unknown_request(post.wish.request_id, error) if isinstance(error, NotFound) else error)


def unknown_request(request_id: str, error: NotFound) -> NotFound:
    """A request that the platform does not show."""
    return NotFound(
        f"Request {request_id} does not exist, or the account may not see it",
        hint="Check request_id, and that the account is the requester, a collaborator or an agent",
        method=error.method,
        path=error.path,
        status=error.status,
        code=error.code,
    )


def _plan(thread: Thread) -> None:
    """What is there already is left alone; of what is missing the results hold the prediction."""
    planned: list[Post] = []
    for post in thread.posts:
        found = post.found_in(thread.comments) if post.is_open else None
        if found is not None:
            post.result.before = found.without_raw()
            post.settle(found, "unchanged")
        elif post.is_open:
            post.first = next((other for other in planned if post.wish.is_met_by(other.wish.comment)), None)
            if post.first is None:
                post.result.outcome = "created"
                post.result.after = post.wish.comment.without_raw()
                planned.append(post)
    thread.posts = planned


def _stop_at_first_failure(posts: Sequence[Post]) -> None:
    """What stands behind the first item that failed already is left alone."""
    failed = next((post for post in posts if post.result.outcome == "failed"), None)
    if failed is None:
        return
    for post in posts[failed.item.index :]:
        if post.is_open and post.first is None:
            post.skip(NotTried(f"Not tried after the failure of {failed.result.subject}"))


def _carry_out(context: Context, threads: Sequence[Thread], read: Callable[[str], list[Comment]]) -> None:
    """Send and read back until everything shows, or it is clear that it will not.

    What got no clear answer is sent again only after it had the time to show up, and did not.
    """
    for attempt in range(1, ROUNDS + 1):
        _send(context, _still_open(threads))
        threads = _still_open(threads)
        if not threads:
            return
        _look_for(context, threads, read)
        for thread in threads:
            for post in thread.posts:
                _conclude(post, is_last=attempt == ROUNDS)
        if _still_open(threads):
            context.clock.sleep(backoff(attempt))


def _look_for(context: Context, threads: Sequence[Thread], read: Callable[[str], list[Comment]]) -> None:
    """Read the comments of these requests until all that was sent is there, or has had the time to be."""

    def look() -> bool:
        awaited = [thread for thread in threads if any(post.is_awaited for post in thread.posts)]
        for thread in _read(context, awaited, read, fail=_fail_unverified):
            for post in thread.posts:
                _look(post, thread.comments)
        return not any(post.is_awaited for thread in threads for post in thread.posts)

    poll(context, max(post.item["settle_timeout"] for thread in threads for post in thread.posts), look)


def _still_open(threads: Iterable[Thread]) -> list[Thread]:
    """The requests that something is still to be done for, with nothing else in them."""
    left: list[Thread] = []
    for thread in threads:
        thread.posts = [post for post in thread.posts if post.is_open]
        left += [thread] if thread.posts else []
    return left


def _send(context: Context, threads: Sequence[Thread]) -> None:
    stop_on_error = context.on_error == "stop"

    def send(thread: Thread) -> None:
        for post in thread.posts:
            error = _send_one(post)
            if error is not None and (stop_on_error or isinstance(error, HOPELESS)):
                raise error
            if isinstance(error, OutcomeUnknown):
                # The next ones wait until it is clear whether this one is there.
                return

    errors = each(send, threads, concurrency=context.concurrency, stop_on_error=stop_on_error, progress=context.counting("sent"))
    for thread, error in zip(threads, errors, strict=True):
        if error is not None:
            for post in thread.posts:
                if post.is_open and not post.is_acknowledged and post.result.error is None:
                    post.skip(error)


def _send_one(post: Post) -> DeskError | None:
    """Send a post. What is unclear stays planned, what was refused is over."""
    post.result.error = None
    try:
        post.comment_id = post.wish.send()
        post.is_acknowledged = True
    except OutcomeUnknown as error:
        post.result.error = error
        return error
    except NotFound as error:
        post.fail(post.wish.explain(error))
    except DeskError as error:
        post.fail(error)
    return post.result.error


def _look(post: Post, comments: Sequence[Comment]) -> None:
    """See whether a post is there: one that was sent, or one that somebody else has put there meanwhile."""
    found = post.found_in(comments) if post.is_open else None
    if found is not None:
        post.settle(found, "created")
        if not post.wish.is_as_sent(found):
            post.result.has_written = True
            post.result.fail(_recorded_otherwise(post.wish, found))


def _conclude(post: Post, *, is_last: bool) -> None:
    """What did not show up: it is over, or the next round sends it again."""
    error = post.result.error
    if not post.is_open:
        return
    if post.is_acknowledged:
        post.fail(_invisible(post))
    elif isinstance(error, OutcomeUnknown) and (is_last or error.may_still_come):
        post.fail(_never_seen(post, error))
    elif is_last:
        post.skip(NotTried("Not tried after an earlier failure on the same request"))


def _recorded_otherwise(wish: Wish, found: Comment) -> DeskError:
    wanted = wish.comment
    pairs = {
        "author": (found.author, wanted.author),
        "visibility": (found.visibility, wanted.visibility),
        "text": (found.text, wanted.text),
    }
    told = [
        f"{name} {shortened(is_now, 100)!r} instead of {shortened(then, 100)!r}"
        for name, (is_now, then) in pairs.items()
        if is_now != then
    ]
    return DeskError(
        f"{wish.subject} was accepted as comment {found.id}, but recorded with {', '.join(told)}",
        hint="Look at it in the portal. Give the options as they are recorded: else the next run may not recognise it",
    )


def _invisible(post: Post) -> DeskError:
    return DeskError(
        f"{post.wish.subject} was accepted, but it does not show up among the comments of the request",
        hint="Look at the request before running the task again: what cannot be seen would be written again",
    )


def _never_seen(post: Post, error: OutcomeUnknown) -> OutcomeUnknown:
    hint = "Run the task again in a while: it looks first"
    if error.may_still_come:
        hint = f"The server may still be at work on it, so it was not sent again. {hint}"
    return OutcomeUnknown.of(error, f"{error.message}; {post.wish.subject} does not show up", hint=hint)


def _fail_unverified(post: Post, error: DeskError) -> None:
    if post.is_acknowledged or post.result.error is not None:
        message = f"{post.wish.subject} was sent, but reading the comments of the request failed: {error.message}"
        post.fail(OutcomeUnknown(message, hint="Run the task again: it looks first, and writes only what is not there"))
    else:
        post.skip(error)
