# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of the fault matrix: what may happen to a call. Nothing here says what should come of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

ABR, DWP, SDP = "admin_by_request", "bmc_dwp", "sdp_cloud"
PLATFORMS = (ABR, DWP, SDP)

TWO_HOURS = 7200
# Seconds between two pieces of an answer, where the server is slow. For its first piece there is the usual time.
IMPATIENT = 0.02
# Seconds after which nobody waits any more for a server that does its work later.
LEAVES_AFTER = 0.05
# An answer may be larger than this only where a test lets it.
MOST_BYTES = 1_000_000


class Nature(Enum):
    """What a client can know of a call that was hit."""

    NOTHING = "nothing is wrong with it"
    REFUSED = "it was not carried out, and the server says so"
    ENDED = "it was not carried out, since the session is over"
    LIMITED = "it was not carried out, and may be made again in a moment"
    UNREACHED = "it did not reach the server"
    LOST = "no answer that says what became of it"
    FAILED = "an error of the server that says nothing of what became of it"
    LATE = "no answer, and the server may still be at work on it"
    UNTRUE = "a success that says nothing"


@dataclass(frozen=True, eq=False)
class Fault:
    """A row.

    C(spec) is what the sandbox is told, by platform where vendors say it in words of their own. C(client) is what happens on
    this side of the wire, too or instead: C(refused), C(clock) or C(leaves). C(kind) names the error of a refusal. C(after)
    says that the server did its work before the fault struck.
    """

    name: str
    title: str
    nature: Nature
    spec: dict[str, Any] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    client: str | None = None
    kind: str = ""
    after: bool = False
    is_slow: bool = False
    only_platforms: tuple[str, ...] = PLATFORMS

    def on(self, platform: str) -> dict[str, Any]:
        """What the sandbox is told for a platform."""
        return {**self.spec, **({"body": self.bodies[platform]} if platform in self.bodies else {})}

    @property
    def plain_name(self) -> str:
        """The name of the fault that strikes before the server does its work."""
        return self.name.removesuffix(" after")


def _dwp(number: int, text: str) -> list[dict[str, Any]]:
    return [{"messageType": "ERROR", "messageNumber": number, "messageText": text, "appendedText": ""}]


def _sdp(code: int, text: str) -> dict[str, Any]:
    return {"response_status": {"status_code": 4000, "messages": [{"status_code": code, "message": text}], "status": "failed"}}


def _status(status: int, title: str, nature: Nature, **more: Any) -> Fault:
    return Fault(str(status), f"{status} {title}", nature, {"kind": "status", "status": status}, **more)


def _after(faults: Iterable[Fault]) -> list[Fault]:
    """The same faults, once the server has done its work."""
    return [
        replace(one, name=f"{one.name} after", title=f"{one.title}, work done", spec={**one.spec, "when": "after"}, after=True)
        for one in faults
    ]


# Refusals, in the words of the vendors. Where a vendor's words are not known, a gateway's status stands alone.
REFUSALS = (
    _status(400, "Bad Request", Nature.REFUSED, kind="ApiError"),
    _status(401, "Unauthorized", Nature.ENDED, kind="AuthError"),
    _status(403, "Forbidden", Nature.REFUSED, kind="AuthError"),
    _status(404, "Not Found", Nature.REFUSED, kind="NotFound"),
    _status(409, "Conflict", Nature.REFUSED, kind="ApiError"),
    _status(413, "Content Too Large", Nature.REFUSED, kind="ApiError"),
    Fault(
        "403 vendor",
        "403 in the vendor's words",
        Nature.REFUSED,
        {"kind": "status", "status": 403},
        {DWP: _dwp(9850, "No permission"), SDP: _sdp(4002, "Not permitted")},
        kind="ApiError",
        only_platforms=(DWP, SDP),
    ),
    Fault(
        "404 vendor",
        "404 in the vendor's words",
        Nature.REFUSED,
        {"kind": "status", "status": 404},
        {DWP: _dwp(302, "Entry does not exist in database"), SDP: _sdp(4007, "Invalid URL or no such record")},
        kind="NotFound",
        only_platforms=(DWP, SDP),
    ),
    Fault("token refused", "key or token refused, in the vendor's words", Nature.ENDED, {"kind": "auth"}, kind="AuthError"),
    Fault(
        "token expired",
        "token over: the server's clock jumps two hours ahead",
        Nature.ENDED,
        {"kind": "clock_jump", "seconds": TWO_HOURS},
        kind="AuthError",
    ),
    Fault(
        "sent to sign on",
        "redirect to a sign-on page",
        Nature.ENDED,
        {"kind": "redirect", "location": "/rsso/start"},
        kind="AuthError",
    ),
    Fault(
        "moved",
        "308 to another host",
        Nature.REFUSED,
        {"kind": "redirect", "status": 308, "location": "https://elsewhere.example/"},
        kind="ApiError",
    ),
    Fault("429", "429 without Retry-After", Nature.LIMITED, {"kind": "rate_limit"}, kind="RateLimited"),
    Fault(
        "429 number",
        "429, Retry-After in seconds",
        Nature.LIMITED,
        {"kind": "rate_limit", "retry_after": 0.02},
        kind="RateLimited",
    ),
    Fault(
        "429 date",
        "429, Retry-After a date that is over",
        Nature.LIMITED,
        {"kind": "rate_limit", "retry_after": "http-date", "seconds": 0},
        kind="RateLimited",
    ),
    Fault(
        "429 for hours",
        "429, Retry-After of two hours",
        Nature.REFUSED,
        {"kind": "rate_limit", "retry_after": 7200},
        kind="RateLimited",
    ),
    Fault("refused connection", "connection refused", Nature.UNREACHED, client="refused", kind="ApiError"),
)
# No clear answer; each before and after the server did its work.
UNCLEAR = (
    _status(500, "Internal Server Error", Nature.FAILED),
    _status(502, "Bad Gateway", Nature.LOST),
    _status(503, "Service Unavailable", Nature.LOST),
    _status(504, "Gateway Timeout", Nature.LATE),
    _status(408, "Request Timeout", Nature.LATE),
    Fault("closed", "connection closed without a reply", Nature.LOST, {"kind": "drop"}),
    Fault("reset", "connection reset without a reply", Nature.LOST, {"kind": "reset"}),
    Fault("page", "a web page with 200", Nature.FAILED, {"kind": "html", "body": "<html>Out of order</html>"}),
    Fault("flood", "an answer without end", Nature.FAILED, {"kind": "huge", "bytes": 2 * MOST_BYTES}),
    Fault("empty", "200 without a body", Nature.UNTRUE, {"kind": "empty"}),
)
# The server's own answer, damaged on its way.
DAMAGED = (
    Fault("cut", "connection closed in the middle of the answer", Nature.LOST, {"kind": "cut"}, after=True),
    Fault("cut at once", "connection closed after the head", Nature.LOST, {"kind": "cut", "after_bytes": 0}, after=True),
    Fault("truncated", "half of the JSON", Nature.LOST, {"kind": "truncated_json"}, after=True),
    Fault("wrong type", "content type text/html", Nature.NOTHING, {"kind": "wrong_content_type"}),
    Fault(
        "slow head", "the head comes too slowly", Nature.LATE, {"kind": "slow_headers", "seconds": 4}, after=True, is_slow=True
    ),
    Fault("slow body", "the body comes too slowly", Nature.LATE, {"kind": "slow_body", "seconds": 1}, after=True, is_slow=True),
)
CLOCK = (Fault("client clock", "this machine's clock jumps two hours ahead", Nature.NOTHING, client="clock"),)
# The server does its work when nobody waits for the answer any more. Struck once only: nothing new comes of more.
LATE_COMMIT = Fault(
    "late", "the work is done after we gave up", Nature.LATE, {"kind": "latency", "ms": 500}, client="leaves", after=True
)

FAULTS = (*REFUSALS, *UNCLEAR, *_after(UNCLEAR), *DAMAGED, *CLOCK)
READ_FAULTS = tuple(fault for fault in FAULTS if not fault.name.endswith(" after"))


def _said(name: str, title: str, body: dict[str, Any], kind: str) -> Fault:
    """What Zoho's accounts server says with a 200."""
    spec = {"kind": "status", "status": 200, "body": body}
    return Fault(name, f"{title}, in a 200", Nature.REFUSED, spec, kind=kind, only_platforms=(SDP,))


_QUOTA = {"error_description": "You have made too many requests continuously.", "error": "Access Denied", "status": "failure"}
# What else a login may be answered with.
LOGIN_FAULTS = (
    *READ_FAULTS,
    _said("quota", "token quota used up", _QUOTA, "RateLimited"),
    _said("wrong client", "client id not known", {"error": "invalid_client"}, "AuthError"),
    _said("wrong secret", "client secret wrong", {"error": "invalid_client_secret"}, "AuthError"),
    _said("void token", "refresh token void", {"error": "invalid_code"}, "AuthError"),
    _said("no token", "no token", {"token_type": "Bearer"}, "AuthError"),
)
