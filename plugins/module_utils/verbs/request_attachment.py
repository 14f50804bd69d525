# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files are attached to requests. Private to the collection."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Sequence
from typing import Any

from ..platforms.markup import plain_text
from ..platforms.records import Comment
from ..transport.errors import ApiError, DeskError, NotFound
from .checks import check_not_negative
from .posts import Wish, ensure, unknown_request
from .request_comment import author_of, check_request_id
from .spec import SETTLE_TIMEOUT, Context, Item, ItemResult, Option, WriteVerb

LONGEST_NAME = 255
# Control characters, line and paragraph separators, halves of characters.
FORBIDDEN_CATEGORIES = frozenset({"Cc", "Zl", "Zp", "Cs"})
NAME_HINT = "Give another name: it becomes the name of a file on other people's machines"


def check(items: Sequence[Item]) -> None:
    """Ids are numbers, files can be read, names are those of files and nothing else, and each is that of one file."""
    earlier: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        check_request_id(item)
        check_not_negative(item, "settle_timeout")
        _check_file(item)
        _check_name(item)
        if item["comment"] is not None and not plain_text(item["comment"]):
            raise item.error("comment", "there is nothing in it", hint="Leave it out: the comment is then the name of the file")
        same = earlier.setdefault((str(int(item["request_id"])), _name_of(item)), [])
        _check_not_another_file(item, same)
        same.append(item)


def _check_file(item: Item) -> None:
    path = item["path"]
    if not path:
        raise item.error("path", "it is missing", hint="Give the path of the file")
    if not os.path.isabs(path):
        hint = "Write where it is, for example {{ playbook_dir }}/" + path
        raise item.error("path", f"{path} is not absolute, and tasks run in different folders", hint=hint)
    try:
        status = os.stat(path)
    except FileNotFoundError:
        # Whether that matters depends on check mode.
        return
    except (OSError, ValueError) as error:
        raise _unreadable(item, getattr(error, "strerror", None) or str(error)) from None
    if not stat.S_ISREG(status.st_mode):
        raise item.error("path", f"{path} is not a file", hint="Pack a folder into an archive first")
    if not os.access(path, os.R_OK):
        raise item.error("path", f"{path} cannot be read", hint="The user that runs the task needs the permission to read it")
    if status.st_size == 0:
        raise item.error("path", f"{path} is empty", hint="Skip the task where there is nothing to attach, for example with when")


def _unreadable(item: Item, reason: str) -> DeskError:
    hint = "The file has to be on the machine where the task runs"
    return item.error("path", f"{item['path']} cannot be read ({reason})", hint=hint)


def _require_files(context: Context) -> None:
    """In check mode a file may be missing: a task before this one would make it."""
    for item in context.items:
        if os.path.exists(item["path"]):
            continue
        if not context.check_mode:
            raise _unreadable(item, "No such file or directory")
        context.warn(f"There is no file {item['path']} yet; without check mode this would be an error")


def _check_name(item: Item) -> None:
    name = _name_of(item)
    option = "name" if item["name"] is not None else "path"
    if not name.strip() or name in (".", ".."):
        raise item.error(option, f"{name!r} is no name for a file", hint=NAME_HINT)
    if "/" in name or "\\" in name:
        raise item.error(option, f"{name!r} is a path, not a name", hint=NAME_HINT)
    if any(unicodedata.category(letter) in FORBIDDEN_CATEGORIES for letter in name):
        raise item.error(option, f"{name!a} has characters that no name should have", hint=NAME_HINT)
    if len(name.encode()) > LONGEST_NAME:
        raise item.error(option, f"the name is longer than {LONGEST_NAME} bytes", hint=NAME_HINT)


def _check_not_another_file(item: Item, earlier: Sequence[Item]) -> None:
    """A file is recognised by its name: another one of the same name would be taken for attached."""
    for other in earlier:
        if item["comment"] in (None, other["comment"]) and not _is_same_file(item["path"], other["path"]):
            message = f"{_name_of(item)} is to be attached to request {item['request_id']} from {other['path']} already"
            raise item.error("name", message, hint="Give one of them another name")


def _is_same_file(one: str, other: str) -> bool:
    """Whether two paths lead to the same file; what is not there yet goes by its path."""
    if os.path.exists(one) and os.path.exists(other):
        return os.path.samefile(one, other)
    return os.path.normpath(one) == os.path.normpath(other)


def _name_of(item: Item) -> str:
    return str(item["name"]) if item["name"] is not None else os.path.basename(item["path"])


def request_attachment(context: Context) -> list[ItemResult]:
    """n files cost n writes, and two reads for each request that lacks some, one for each that does not."""
    _require_files(context)
    wishes = [(item, _wish(context, item)) for item in context.items]
    return ensure(context, wishes, read=context.platform.comments_with_files)


def _wish(context: Context, item: Item) -> Wish:
    platform, request_id, name = context.platform, str(int(item["request_id"])), _name_of(item)
    if not platform.files_hang_on_comments:
        _check_nothing_is_said(item, platform)
    author, text = author_of(item, platform), item["comment"] if item["comment"] is not None else name
    spellings = platform.spellings(text)

    def is_met_by(comment: Comment) -> bool:
        if item["comment"] is not None and not comment.says(*spellings):
            return False
        # Where the platform does not tell the names of files, the text has to do.
        return name in comment.attachments or ("" in comment.attachments and comment.says(*spellings))

    def is_as_sent(comment: Comment) -> bool:
        same_place = comment.visibility == item["visibility"] and platform.is_user(comment.author, author)
        return is_met_by(comment) and comment.says(*spellings) and same_place

    def send() -> str | None:
        made: str | None = platform.add_attachment(
            request_id,
            path=item["path"],
            name=name,
            text=text,
            visibility=item["visibility"],
            notify=item["notify"],
            author=item["author"],
        )
        return made

    def explain(error: NotFound) -> DeskError:
        if not platform.requests_by_id([request_id]):
            return unknown_request(request_id, error)
        return _refused(request_id, name, error)

    return Wish(
        subject=f"attachment {name} on request {request_id}",
        request_id=request_id,
        comment=Comment("", plain_text(text), author, item["visibility"], None, (name,), {}),
        is_met_by=is_met_by,
        is_as_sent=is_as_sent,
        send=send,
        explain=explain,
        extra={"name": name},
    )


def _check_nothing_is_said(item: Item, platform: Any) -> None:
    """Where files come without a comment, there is nobody to tell and nothing to hide."""
    for option, default in (("visibility", "public"), ("notify", False)):
        if item[option] != default:
            hint = f"Leave it out: files of {platform.name} come without a comment"
            raise item.error(option, f"{item[option]} cannot be set for a file", hint=hint)


def _refused(request_id: str, name: str, error: NotFound) -> ApiError:
    """The request is there and can be read: it is the upload that the server does not want."""
    return ApiError(
        f"Request {request_id} can be read, but the server refuses to attach {name} to it ({error.message})",
        hint="A proxy or gateway may take the header X-Requested-By away or not know the path of attachments; else the account"
        " may not write to this request, or its attachments are turned off",
        method=error.method,
        path=error.path,
        status=error.status,
        code=error.code,
    )


REQUEST_ATTACHMENT = WriteVerb(
    name="request_attachment",
    platforms=("bmc_dwp", "sdp_cloud"),
    options=(
        Option("request_id"),
        Option("path", type="path"),
        Option("name"),
        Option("comment", platforms=("bmc_dwp",)),
        Option("visibility", default="public", choices=("public", "internal")),
        Option("notify", type="bool", default=False),
        Option("author", platforms=("bmc_dwp",)),
        SETTLE_TIMEOUT,
    ),
    check=check,
    run=request_attachment,
    unpredictable=("id", "created_at"),
)
