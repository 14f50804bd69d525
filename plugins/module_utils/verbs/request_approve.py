# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests are decided. Private to the collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ..platforms.records import APPROVED, COMPLETED, DENIED, EXPIRED, PENDING, Request
from ..transport.errors import Conflict, DeskError, NotFound, OutcomeUnknown
from ..transport.retry import backoff
from .checks import is_e_mail, is_id
from .parallel import HOPELESS, NotTried, each, is_refused
from .spec import Context, Item, ItemResult, Option, WriteVerb

# What the platform's state says about a decision: an approved request may run, or be through already.
DECISION_OF_STATE = {APPROVED: APPROVED, COMPLETED: APPROVED, DENIED: DENIED}
# How often a decision that did not show is looked for again, or made again after an unclear answer.
ROUNDS = 4


@dataclass
class Decision:
    """One request and what is to become of it. C(was_unclear) says that it was sent once without a clear answer."""

    item: Item
    result: ItemResult
    acknowledged: bool = False
    was_unclear: bool = False

    @property
    def request_id(self) -> str:
        return str(int(self.item["request_id"]))

    @property
    def wanted(self) -> str:
        return str(self.item["state"])


def check(items: Sequence[Item]) -> None:
    """Ids are numbers, states are given, and no request is to be both approved and denied."""
    seen: dict[str, Item] = {}
    for item in items:
        request_id = item["request_id"]
        if not request_id:
            raise item.error("request_id", "it is missing", hint="Give request_id, or a list under items")
        if not is_id(request_id):
            raise item.error("request_id", f"{request_id!r} is not an id", hint="Ids are whole numbers")
        if item["decided_by"] is not None and not is_e_mail(item["decided_by"]):
            raise item.error("decided_by", f"{item['decided_by']!r} is not an e-mail address")
        if item["state"] is None:
            raise item.error("state", "it is missing", hint="Allowed are approved and denied")
        other = seen.setdefault(str(int(request_id)), item)
        if other["state"] != item["state"]:
            elsewhere = other.label.rstrip(".")
            message = f"request {request_id} is to be {item['state']} here and {other['state']} in {elsewhere}"
            raise item.error("request_id", message, hint="Decide it once")


def request_approve(context: Context) -> list[ItemResult]:
    """Read, decide what differs, read back.

    n requests cost n writes and two or three lists per thousand.
    """
    _check_reasons(context)
    decisions = [_decision(item) for item in context.items]
    firsts: dict[str, Decision] = {}
    for decision in decisions:
        firsts.setdefault(decision.request_id, decision)
    before, unread = _read(context, firsts.values(), expected=(PENDING,))
    for request_id, refusal in unread.items():
        firsts[request_id].result.fail(refusal)
    readable = [decision for decision in firsts.values() if decision.request_id not in unread]
    to_do = [decision for decision in readable if _plan(context, decision, before.get(decision.request_id))]
    to_do = _up_to_first_failure(context, firsts.values(), to_do)
    if not context.check_mode:
        _carry_out(context, to_do)
    return [_result(decision, firsts[decision.request_id]) for decision in decisions]


def _decision(item: Item) -> Decision:
    decision = Decision(item, ItemResult(item.index, f"request {item['request_id']}"))
    decision.result.extra = {"request_id": decision.request_id}
    return decision


def _check_reasons(context: Context) -> None:
    longest = context.platform.longest_reason
    for item in context.items:
        if longest is not None and len(item["reason"] or "") > longest:
            hint = f"{context.platform.name} takes {longest} characters at most"
            raise item.error("reason", f"it has {len(item['reason'])} characters", hint=hint)


def _result(decision: Decision, first: Decision) -> ItemResult:
    """The result of an item; a request that is named again shares that of its first item, where all the work was done."""
    if decision is first:
        return decision.result
    outcome = "unchanged" if first.result.changed else first.result.outcome
    after = first.result.after
    return replace(first.result, index=decision.item.index, outcome=outcome, before=after, after=after)


def _plan(context: Context, decision: Decision, request: Request | None) -> bool:
    """Whether a write is needed. If so, the result holds the prediction; if not, it is final."""
    result = decision.result
    if request is None:
        result.fail(NotFound(f"Request {decision.request_id} does not exist", hint="Check the id and the data centre"))
        return False
    result.before = result.after = request.without_raw()
    decided = DECISION_OF_STATE.get(request.state)
    if decided == decision.wanted:
        return False
    if decided is not None or request.state == EXPIRED:
        _conflict(context, decision, _went_another_way(decision, request))
        return False
    if obstacle := context.platform.undecidable(request):
        _conflict(context, decision, obstacle)
        return False
    result.outcome = decision.wanted
    result.after = {**request.without_raw(), "state": decision.wanted}
    return True


def _went_another_way(decision: Decision, request: Request) -> str:
    return f"Request {decision.request_id} is to be {decision.wanted}, but it is {request.status or request.state} already"


def _conflict(context: Context, decision: Decision, message: str) -> None:
    """The request cannot be decided as wanted: what that means is for the user to say."""
    result = decision.result
    result.outcome, result.error = "conflict", None
    if decision.item["on_conflict"] == "fail":
        hint = "A decision cannot be taken back. Set on_conflict to warn or ignore to go on"
        result.fail(Conflict(message, hint=hint), outcome="conflict")
    elif decision.item["on_conflict"] == "warn":
        context.warn(message)


def _up_to_first_failure(context: Context, decisions: Collection[Decision], to_do: list[Decision]) -> list[Decision]:
    """With C(on_error=stop), what stands behind the first item that failed already is left alone."""
    failed = next((decision for decision in decisions if decision.result.error), None)
    if failed is None or context.on_error != "stop":
        return to_do
    for decision in to_do:
        if decision.item.index > failed.item.index:
            _skip(decision, NotTried(f"Not tried after the failure of {failed.result.subject}"))
    return [decision for decision in to_do if decision.item.index < failed.item.index]


def _skip(decision: Decision, error: DeskError) -> None:
    decision.result.after = decision.result.before
    decision.result.fail(error, outcome="skipped")


def _carry_out(context: Context, to_do: list[Decision]) -> None:
    """Write and read back until every decision shows, or it is clear that it will not.

    A write without a clear answer is repeated only after reading has shown that it did not take.
    """
    for attempt in range(1, ROUNDS + 1):
        if not to_do:
            return
        _write(context, to_do)
        to_do = [decision for decision in to_do if decision.result.outcome != "skipped"]
        try:
            current, unread = _read(context, to_do, expected=sorted({decision.wanted for decision in to_do}))
        except DeskError as error:
            for decision in to_do:
                _fail_unverified(decision, error)
            return
        for decision in to_do:
            if decision.request_id in unread:
                _fail_unverified(decision, unread[decision.request_id])
        to_do = [decision for decision in to_do if decision.request_id not in unread]
        is_last = attempt == ROUNDS
        to_do = [decision for decision in to_do if not _settled(context, decision, current, is_last=is_last)]
        if to_do:
            context.clock.sleep(backoff(attempt))


def _write(context: Context, to_do: Sequence[Decision]) -> None:
    def decide(decision: Decision) -> None:
        context.platform.decide(
            decision.request_id,
            approve=decision.wanted == APPROVED,
            reason=decision.item["reason"],
            decided_by=decision.item["decided_by"],
        )

    pending = [decision for decision in to_do if not decision.acknowledged]
    errors = each(
        decide,
        pending,
        concurrency=context.concurrency,
        stop_on_error=context.on_error == "stop",
        progress=context.counting("decided"),
    )
    for decision, error in zip(pending, errors, strict=True):
        decision.acknowledged = error is None
        decision.was_unclear = decision.was_unclear or isinstance(error, OutcomeUnknown)
        decision.result.error = error
        if isinstance(error, NotTried):
            _skip(decision, error)


def _settled(context: Context, decision: Decision, current: dict[str, Request], *, is_last: bool) -> bool:
    """Whether nothing more can be done for this decision; its result says how it ended."""
    result, error = decision.result, decision.result.error
    request = current.get(decision.request_id)
    if request is not None:
        result.after = request.without_raw()
        decided = DECISION_OF_STATE.get(request.state)
        if decided == decision.wanted:
            _conclude(context, decision)
            _warn_of_ignored_name(context, decision, request)
            return True
        if decided is not None or request.state == EXPIRED:
            _conflict(context, decision, _went_another_way(decision, request))
            return True
    may_go_on = request is not None and not is_last and (error is None or isinstance(error, OutcomeUnknown))
    if not may_go_on:
        result.fail(error or _ignored(decision, request))
    return not may_go_on


def _conclude(context: Context, decision: Decision) -> None:
    """It is decided as wanted; by others, if there was nothing for the caller to decide."""
    result = decision.result
    result.outcome = decision.wanted
    if isinstance(result.error, Conflict):
        result.outcome, result.before = "unchanged", result.after
        whose = f"What is {decision.wanted} already was so by others or in an earlier run: decided_by tells them apart"
        context.warn(f"{result.error.message}. {whose}")
    result.error = None


def _ignored(decision: Decision, request: Request | None) -> DeskError:
    now = f"is still {request.status or request.state}" if request else "is gone"
    return DeskError(
        f"The platform accepted the decision, but request {decision.request_id} {now}",
        hint="Look at the request in the portal: it may be handled by someone else or be in a state that allows no decision",
    )


def _warn_of_ignored_name(context: Context, decision: Decision, request: Request) -> None:
    """A decider who is no user of the portal is silently left out (fact sheet 4): say so."""
    wanted = decision.item["decided_by"]
    if wanted is None:
        return
    recorded = context.platform.decided_by(request)
    if recorded is not None and recorded.lower() != wanted.lower():
        context.warn(f"Request {decision.request_id}: decided_by {wanted} was not recorded; is it a user of the portal?")


def _fail_unverified(decision: Decision, error: DeskError) -> None:
    result, cause = decision.result, decision.result.error
    if isinstance(cause, HOPELESS) or (cause is not None and not decision.was_unclear):
        # It was refused, and that is what there is to say.
        result.after = result.before
        result.fail(cause)
        return
    result.after = None
    result.has_written = decision.acknowledged
    message = f"Request {decision.request_id} was sent its decision, but reading it back failed: {error.message}"
    hint = "Run the task again: it reads first, and decides only what is still undecided"
    result.fail(OutcomeUnknown(message, hint=hint))


Unread = dict[str, DeskError]


def _read(
    context: Context, decisions: Iterable[Decision], *, expected: Sequence[str]
) -> tuple[dict[str, Request], Unread]:
    """The requests by their ids, all in a list where the platform has one, side by side where each is read by itself.

    Then one that the platform refuses to show does not stop the others; the second part says why.
    """
    deciders = {decision.request_id: decision.item["decided_by"] for decision in decisions}
    ids = list(deciders)
    size = context.platform.decisions_at_once or len(ids) or 1
    found: dict[str, Request] = {}
    unread: Unread = {}

    def read(some: list[str]) -> None:
        wanted = {request_id: deciders[request_id] for request_id in some}
        try:
            found.update(context.platform.decisions(wanted, expected=expected))
        except DeskError as error:
            if size > 1 or not is_refused(error):
                raise
            unread[some[0]] = error

    parts = [ids[start : start + size] for start in range(0, len(ids), size)]
    for error in each(read, parts, concurrency=context.concurrency, stop_on_error=True):
        if error is not None:
            raise error
    return found, unread


REQUEST_APPROVE = WriteVerb(
    name="request_approve",
    platforms=("admin_by_request", "sdp_cloud"),
    options=(
        Option("request_id"),
        Option("state", choices=("approved", "denied")),
        Option("reason"),
        Option("decided_by"),
        Option("on_conflict", default="fail", choices=("fail", "warn", "ignore")),
    ),
    check=check,
    run=request_approve,
)
