# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Comments are on requests. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..platforms.markup import plain_text
from ..platforms.records import Comment
from .checks import check_not_negative, is_id
from .posts import Wish, ensure, unknown_request
from .spec import SETTLE_TIMEOUT, Context, Item, ItemResult, Option, WriteVerb

INTERNAL = "internal"


def check(items: Sequence[Item]) -> None:
    """Ids are numbers, and there is something to say."""
    for item in items:
        check_request_id(item)
        check_not_negative(item, "settle_timeout")
        if item["text"] is None:
            raise item.error("text", "it is missing", hint="Give the text of the comment")
        if not plain_text(item["text"]):
            raise item.error("text", "there is nothing in it", hint="Markup alone would not be recognised in the next run")


def check_request_id(item: Item) -> None:
    """The request is named by a number."""
    request_id = item["request_id"]
    if not request_id:
        raise item.error("request_id", "it is missing", hint="Give request_id, or a list under items")
    if not is_id(request_id):
        raise item.error("request_id", f"{request_id!r} is not an id", hint="Ids are whole numbers")


def author_of(item: Item, platform: Any) -> str:
    """Who the comment will be by. An internal one must be the caller's own: nobody else is shown it, not even the writer."""
    author = item["author"] or platform.writer
    if item["visibility"] == INTERNAL and not platform.is_user(author, platform.writer):
        raise item.error(
            "author",
            f"an internal comment of {author} is shown to {author} only, so it could not be found again",
            hint="Log in as the author, or make it public",
        )
    return str(author)


def request_comment(context: Context) -> list[ItemResult]:
    """n comments cost n writes, and two reads for each request that lacks some, one for each that does not."""
    wishes = [(item, _wish(context, item)) for item in context.items]
    return ensure(context, wishes, read=context.platform.comments)


def _wish(context: Context, item: Item) -> Wish:
    platform, request_id = context.platform, str(int(item["request_id"]))
    author, visibility = author_of(item, platform), item["visibility"]
    spellings = platform.spellings(item["text"])

    def is_met_by(comment: Comment) -> bool:
        return comment.says(*spellings) and comment.visibility == visibility and platform.is_user(comment.author, author)

    def send() -> str | None:
        made = platform.add_comment(
            request_id, text=item["text"].strip(), visibility=visibility, notify=item["notify"], author=item["author"]
        )
        return made.id if made else None

    return Wish(
        subject=f"comment on request {request_id}",
        request_id=request_id,
        comment=Comment("", platform.as_shown(item["text"]), author, visibility, None, (), {}),
        is_met_by=is_met_by,
        is_as_sent=is_met_by,
        send=send,
        explain=lambda error: unknown_request(request_id, error),
    )


REQUEST_COMMENT = WriteVerb(
    name="request_comment",
    platforms=("bmc_dwp", "sdp_cloud"),
    options=(
        Option("request_id"),
        Option("text"),
        Option("visibility", default="public", choices=("public", "internal")),
        Option("notify", type="bool", default=False),
        Option("author", platforms=("bmc_dwp",)),
        SETTLE_TIMEOUT,
    ),
    check=check,
    run=request_comment,
    unpredictable=("id", "created_at"),
)
