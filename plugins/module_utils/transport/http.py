# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one HTTP client of the collection. Private to the collection.

Reads may be repeated, writes may not; in check mode writes are refused here, at the bottom, whatever the floors above
do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from ._requests import requests, urllib3_exceptions
from .answer import Answer, Malformed
from .errors import (
    ApiError,
    AuthError,
    CheckModeViolation,
    DeskError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    shortened,
)
from .faults import PROXY_HINT, Unanswered, after, as_unanswered, may_still_come, unbuilt, unreadable
from .pool import Pool
from .retry import RETRIED_READ_STATUSES, RETRIED_WRITE_STATUSES, backoff, retry_after
from .settings import HttpSettings, origin_of

MAX_BODY = 256 * 1024 * 1024
MAX_REDIRECTS = 3
CHUNK = 64 * 1024
NOT_THE_API = "Check url: something else than the API seems to answer there"
LOOK_FIRST = "It may have taken effect: look at the record before trying again"
REDIRECT_HINT = "Credentials are not sent after a redirect: give the address of the API itself as url"

Judge = Callable[[Answer], "DeskError | None"]
Test = Callable[[Answer], bool]
Parse = Callable[[Answer], Any]
Trace = Callable[[str], None]


def query_of(**values: Any) -> dict[str, str]:
    """Query parameters; what is not set is not sent."""
    return {name: str(value) for name, value in values.items() if value is not None}


def any_json(answer: Answer) -> Any:
    """The decoded body; C(None) where there is none."""
    return answer.json()


def some_json(answer: Answer) -> Any:
    """The decoded body. A read that is answered with nothing at all was cut off somewhere."""
    if answer.status == 200 and not answer.body:
        raise Malformed("it is empty")
    return answer.json()


@dataclass(frozen=True)
class Call:
    """One call as the platform wants it."""

    method: str
    path: str
    is_write: bool
    arguments: Mapping[str, Any] = field(default_factory=dict)
    parse: Parse = any_json

    @property
    def retried_statuses(self) -> frozenset[int]:
        return RETRIED_WRITE_STATUSES if self.is_write else RETRIED_READ_STATUSES

    def details(self, status: int | None = None) -> dict[str, Any]:
        """What an error says about the call."""
        return {"method": self.method, "path": self.path, "status": status}


class HttpClient:
    """Calls one server.

    Args:
        settings: where and how.
        pool: the kept-alive connections.
        auth: an authentication class of C(requests).
        judge: the platform's reading of an answer; it returns the error that the answer stands for, if it is one that
            the platform knows better than the HTTP status tells.
        session_ended: whether an answer means that the call was turned away because its token is over. Such a call is
            made again, once, with a new token; writes too, since nothing was done.
        headers: what every call takes along.
        read_only: refuse writes (check mode).
        trace: takes one line per call, free of secrets.
    """

    def __init__(
        self,
        settings: HttpSettings,
        pool: Pool,
        *,
        auth: Any = None,
        judge: Judge | None = None,
        session_ended: Test | None = None,
        headers: Mapping[str, str] | None = None,
        read_only: bool = False,
        trace: Trace | None = None,
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._auth = auth
        self._judge = judge
        self._session_ended = session_ended or (lambda answer: False)
        self._headers = dict(headers or {})
        self._read_only = read_only
        self._trace = trace

    def read(self, path: str, *, method: str = "GET", parse: Parse = some_json, **arguments: Any) -> Any:
        """The decoded answer of a call that changes nothing. Repeated on passing faults until the deadline.

        C(arguments) are those of a request of C(requests); a C(body) among them is called for the body of each attempt.
        """
        return self._call(Call(method, path, is_write=False, arguments=arguments, parse=parse))

    def write(self, method: str, path: str, *, parse: Parse = any_json, **arguments: Any) -> Any:
        """The decoded answer of a call that changes something. The arguments are those of M(read).

        Raises:
            CheckModeViolation: in check mode, before anything is sent.
            OutcomeUnknown: the call may or may not have taken effect. The caller has to look before it tries again.
        """
        call = Call(method, path, is_write=True, arguments=arguments, parse=parse)
        if self._read_only:
            raise CheckModeViolation(f"{method} {path} was held back in check mode", hint="Please report this defect")
        return self._call(call)

    def _call(self, call: Call) -> Any:
        clock = self._pool.clock
        gives_up_at = clock.monotonic() + self._settings.deadline
        attempt = 0
        has_renewed = False
        while True:
            attempt += 1
            if closed_for := self._pool.gate.wait(gives_up_at):
                raise self._rate_limited(call, attempt - 1, closed_for)
            answer, fault = self._attempt(call, gives_up_at)
            if answer is not None and not has_renewed and self._session_ended(answer):
                self._auth.renew()
                has_renewed = True
                continue
            if answer is not None and answer.status not in call.retried_statuses:
                try:
                    return self._result(call, answer)
                except Malformed as malformed:
                    fault = Unanswered(f"the answer is damaged ({malformed})", was_sent=True)
            pause = self._pause(attempt, answer)
            if answer is not None and answer.status == 429:
                self._pool.gate.close_for(pause)
            out_of_tries = attempt > self._settings.retries or clock.monotonic() + pause > gives_up_at
            if out_of_tries or (fault and not _may_repeat(call, fault)):
                raise self._final_error(call, answer, fault, attempt, pause)
            if answer is None or answer.status != 429:
                clock.sleep(pause)

    def _attempt(self, call: Call, gives_up_at: float) -> tuple[Answer | None, Unanswered | None]:
        clock = self._pool.clock
        started = clock.monotonic()
        try:
            answer = self._send(call, gives_up_at)
        except Unanswered as fault:
            seconds = clock.monotonic() - started
            self._note(call, fault.reason, seconds)
            return None, after(fault, seconds)
        answer = replace(answer, seconds=clock.monotonic() - started)
        self._note(call, str(answer.status), answer.seconds)
        return answer, None

    def _send(self, call: Call, gives_up_at: float) -> Answer:
        url, arguments = self._settings.url + call.path, call.arguments
        for _hop in range(MAX_REDIRECTS + 1):
            request = self._prepare(call.method, url, arguments)
            answer = self._exchange(call, request, gives_up_at)
            location = answer.headers.get("location")
            if not (300 <= answer.status < 400 and location) or self._session_ended(answer):
                return answer
            if call.method != "GET" or call.is_write:
                raise _refused_redirect(call, answer.status, location)
            try:
                url = urljoin(request.url, location)
                # The address of the redirect holds the query already.
                arguments = {name: value for name, value in call.arguments.items() if name != "params"}
                # As it stands in a request that is ready to be sent: with the host's name encoded, for example.
                origins = {origin_of(self._prepare("GET", one, {}).url) for one in (url, self._settings.url)}
                is_at_home = len(origins) == 1
            except (Unanswered, ValueError):
                is_at_home = False
            if not is_at_home:
                raise _refused_redirect(call, answer.status, location)
        raise ApiError(f"{call.method} {call.path} was redirected in circles", hint=REDIRECT_HINT, **call.details())

    def _prepare(self, method: str, url: str, arguments: Mapping[str, Any]) -> Any:
        fresh = dict(arguments)
        fresh["headers"] = {**self._headers, **fresh.get("headers", {})}
        try:
            if "body" in fresh:
                fresh["data"] = fresh.pop("body")()
            return self._pool.prepare(method, url, self._auth, **fresh)
        except (requests.exceptions.RequestException, ValueError):
            raise unbuilt() from None
        except OSError as error:
            raise unreadable(error) from None

    def _exchange(self, call: Call, request: Any, gives_up_at: float) -> Answer:
        """Send and receive, never longer than the deadline allows."""
        clock = self._pool.clock

        def time_left() -> float:
            return gives_up_at - clock.monotonic()

        timeout = max(0.1, min(self._settings.timeout, time_left()))
        try:
            response = self._pool.send(request, timeout=timeout, time_left=time_left)
            try:
                return Answer(call.method, call.path, response.status, response.headers, _read_body(response))
            finally:
                self._pool.give_back(response)
        except (requests.exceptions.RequestException, urllib3_exceptions.HTTPError, OSError, ValueError) as error:
            raise as_unanswered(error) from None

    def _result(self, call: Call, answer: Answer) -> Any:
        error = self._judge(answer) if self._judge else None
        if error is None and not 200 <= answer.status < 300:
            error = _error_of_status(call, answer)
        if error is None and answer.is_html:
            error = _unexpected_page(call, answer)
        if error is not None:
            raise error
        return call.parse(answer)

    def _pause(self, attempt: int, answer: Answer | None) -> float:
        asked = None
        if answer is not None:
            asked = retry_after(answer.headers.get("retry-after"), now=self._pool.clock.now())
        # No time at all, as a date that is over, would be a hail of calls.
        return asked or backoff(attempt)

    def _final_error(
        self, call: Call, answer: Answer | None, fault: Unanswered | None, attempts: int, pause: float
    ) -> DeskError:
        if fault is not None:
            return _error_of_fault(call, fault, self._host, attempts)
        if answer is None:
            raise RuntimeError("a call ended with neither an answer nor a fault")
        if answer.status == 429:
            return self._rate_limited(call, attempts, pause)
        return (self._judge(answer) if self._judge else None) or _error_of_status(call, answer, attempts)

    def _rate_limited(self, call: Call, attempts: int, pause: float) -> RateLimited:
        deadline = self._settings.deadline
        return RateLimited(
            f"{self._host} allows no more calls at the moment ({attempts} attempts at {call.method} {call.path})",
            hint=f"Try again in {max(1.0, pause):.0f} seconds, or raise deadline (now {deadline:.0f} seconds)",
            **call.details(429),
        )

    @property
    def _host(self) -> str:
        return urlsplit(self._settings.url).netloc

    def _note(self, call: Call, outcome: str, seconds: float) -> None:
        if self._trace:
            self._trace(f"{call.method} {call.path} -> {outcome} in {seconds * 1000:.0f} ms")


def _may_repeat(call: Call, fault: Unanswered) -> bool:
    return fault.may_pass and not (call.is_write and fault.was_sent)


def _read_body(raw: Any) -> bytes:
    """The whole body, in pieces, so that a flood does not fill the memory."""
    pieces: list[bytes] = []
    size = 0
    for piece in raw.stream(CHUNK, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BODY:
            hint = "Ask for less at a time, for example with limit"
            raise Unanswered(f"the answer is larger than {MAX_BODY} bytes", was_sent=True, may_pass=False, hint=hint)
    if raw.length_remaining:
        # urllib3 1.x does not mind.
        raise Unanswered("the answer was cut off", was_sent=True)
    return b"".join(pieces)


def _refused_redirect(call: Call, status: int, location: str) -> ApiError:
    # Moved means not done; but "found" and "see other" are also what follows a form that was accepted.
    kind = OutcomeUnknown if call.is_write and status in (302, 303) else ApiError
    target = location.partition("?")[0].rpartition("@")[2]
    return kind(
        f"{call.method} {call.path} was redirected to {shortened(target, 200)}",
        hint=REDIRECT_HINT,
        **call.details(status),
    )


def _unexpected_page(call: Call, answer: Answer) -> ApiError:
    kind = OutcomeUnknown if call.is_write else ApiError
    return kind(
        f"{call.method} {call.path} was answered with a web page instead of data",
        hint="Check url: a proxy, a gateway or a sign-on page may stand before the API",
        **call.details(answer.status),
    )


def _error_of_fault(call: Call, fault: Unanswered, host: str, attempts: int) -> ApiError:
    tried = f", {attempts} attempts" if attempts > 1 else ""
    message = f"{call.method} {call.path} at {host}: {fault.reason}{tried}"
    if call.is_write and fault.was_sent:
        return OutcomeUnknown(message, hint=LOOK_FIRST, may_still_come=fault.may_still_come, **call.details())
    hint = fault.hint or "Check url, proxy and ca_path, and that the server is up"
    return ApiError(message, hint=hint, **call.details())


def _error_of_status(call: Call, answer: Answer, attempts: int = 1) -> ApiError:
    said = _said_by_server(answer)
    tried = f" after {attempts} attempts" if attempts > 1 else ""
    message = f"{call.method} {call.path} failed with HTTP {answer.status}{tried}" + (f": {said}" if said else "")
    details = call.details(answer.status)
    if answer.status in (401, 403):
        return AuthError(message, hint="Check the credentials and what they allow", **details)
    if answer.status == 404:
        return NotFound(message, hint="Check the id, and that url is the address of the API", **details)
    if call.is_write and (answer.status >= 500 or answer.status == 408):
        is_at_work = may_still_come(answer.status, answer.seconds)
        return OutcomeUnknown(message, hint=LOOK_FIRST, may_still_come=is_at_work, **details)
    hint = PROXY_HINT if answer.status == 407 else "The platform has a problem of its own: try again later"
    return ApiError(message, hint=hint if answer.status in (407, 408) or answer.status >= 500 else None, **details)


def _said_by_server(answer: Answer) -> str | None:
    """A short message out of an error body, whichever usual key holds it."""
    body = answer.json_or_none()
    if isinstance(body, dict):
        for key in ("Message", "message", "error_description", "error", "title"):
            if isinstance(body.get(key), str):
                return shortened(body[key], 300)
    return None
