# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Things are made and removed once, also where the answer of the platform is lost. Private to the collection."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..transport.errors import ApiError, DeskError, NotFound, OutcomeUnknown
from ..transport.retry import backoff
from .parallel import HOPELESS
from .spec import Context, ItemResult
from .waiting import poll

# How often a write without a clear answer is made again, once it is clear that it did not take.
ROUNDS = 8
LOOK_YOURSELF = "Look for it before trying again. With match_on, the task would have found out by itself"
RUN_AGAIN = "Run the task again: it reads first, and writes only what differs"
LOOK_LATER = "It does not show up yet. Run the task again later: it looks first"


def make_once(
    context: Context,
    result: ItemResult,
    *,
    make: Callable[[], bool],
    look: Callable[[], bool] | None,
    settle_timeout: float,
) -> None:
    """Make a thing. When no clear answer comes, it is looked for before it is made again.

    Args:
        context: for the clock, and for what the platform says of its refusals.
        result: is told when something was written.
        make: makes it, and keeps what came of it.
        look: keeps what was not there before, and says whether that is so; C(None) where there is nothing to look for it by.
        settle_timeout: seconds that a new thing may take to show up.

    Raises:
        OutcomeUnknown: whether it was made cannot be told.
        ApiError: it was refused, as a whole or in part; then C(result) says that something was written.
    """
    for attempt in range(1, ROUNDS + 1):
        try:
            is_there = make()
        except OutcomeUnknown as unclear:
            is_there = _came_of(context, result.subject, unclear, look, settle_timeout, is_last=attempt == ROUNDS)
        except ApiError as refusal:
            is_there = _came_of_refused(context, result, refusal, look, settle_timeout, was_tried=attempt > 1)
        if is_there:
            break
        context.clock.sleep(backoff(attempt))
    result.has_written = True


def _came_of(
    context: Context,
    subject: str,
    unclear: OutcomeUnknown,
    look: Callable[[], bool] | None,
    settle_timeout: float,
    *,
    is_last: bool,
) -> bool:
    """What came of a call that got no clear answer; raises if that cannot be told, or if it must not be made again."""
    if look is None:
        unclear.hint = LOOK_YOURSELF
        raise unclear
    try:
        found = poll(context, settle_timeout, look)
    except DeskError as error:
        raise unseen(subject, unclear, error) from None
    if not found and (is_last or unclear.may_still_come):
        unclear.hint = LOOK_LATER
        raise unclear
    return found


def _came_of_refused(
    context: Context,
    result: ItemResult,
    refusal: ApiError,
    look: Callable[[], bool] | None,
    settle_timeout: float,
    *,
    was_tried: bool,
) -> bool:
    """A refusal may come with a thing all the same: made in part, or by the call before, whose answer was lost."""
    in_part = context.platform.took_in_part(refusal)
    result.has_written = in_part
    if isinstance(refusal, HOPELESS) or not (in_part or was_tried) or look is None:
        raise refusal
    if not poll(context, settle_timeout, look) or in_part:
        raise refusal
    return True


def remove_once(
    context: Context,
    result: ItemResult,
    *,
    remove: Callable[[], None],
    is_there: Callable[[], bool],
    is_served: Callable[[], bool],
) -> None:
    """Remove a thing. One that is gone already, whoever did it, is no failure.

    C(is_served) asks whether things of its kind can be read at all: where they cannot, not to find one proves nothing.
    """
    for attempt in range(1, ROUNDS + 1):
        try:
            remove()
            break
        except (NotFound, OutcomeUnknown) as error:
            context.clock.sleep(backoff(attempt) if isinstance(error, OutcomeUnknown) else 0.0)
            if _is_gone(error, result.subject, is_there, is_served):
                break
            if attempt == ROUNDS or isinstance(error, NotFound):
                raise
        except ApiError as refusal:
            if not context.platform.already_done(refusal):
                raise
            break
    result.has_written = True


def _is_gone(
    error: ApiError, subject: str, is_there: Callable[[], bool], is_served: Callable[[], bool]
) -> bool:
    """Whether a thing is not there, after a removal that was not confirmed."""
    try:
        if is_there():
            return False
        served = is_served()
    except DeskError as fault:
        raise unseen(subject, error, fault) from None
    if not served:
        raise error
    return True


def names_of(fields: Mapping[str, Any]) -> Iterable[str]:
    """The names of fields as users write them; additional ones one by one."""
    for name, value in fields.items():
        if name == "udf_fields" and isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value)
        else:
            yield name


def unseen(subject: str, unclear: ApiError, error: DeskError) -> DeskError:
    """A write got no clear answer, and looking what came of it failed too."""
    message = f"{subject} was sent, but it cannot be told what came of it: {unclear.message}; looking failed too: {error.message}"
    return OutcomeUnknown.of(unclear, message, hint=RUN_AGAIN)


def unverified(subject: str, error: DeskError) -> DeskError:
    """What was written could not be read back."""
    message = f"{subject} was written, but reading it back failed: {error.message}"
    if isinstance(error, HOPELESS):
        told = copy.copy(error)
        told.message = message
        return told
    return OutcomeUnknown(message, hint=RUN_AGAIN)
