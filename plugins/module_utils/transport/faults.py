# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it means that no answer came. Private to the collection.

The question that matters is whether the server may have received the call: only if it surely has not may a write be sent
again.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ._requests import CertificateError, requests, urllib3_exceptions
from .errors import shortened

TLS_HINT = (
    "If the server's certificate comes from a CA of your own, give that CA's certificate as ca_path;"
    " a wrong name or an expired certificate has to be mended on the server"
)
PROXY_HINT = "Check the proxy, its user name and its password, or exclude the server with no_proxy"

# Who stands between gives up on a server that may go on: with these by definition, with those of a broken line after a while.
_GIVEN_UP = frozenset({408, 504, 524, 598})
_BROKEN_LINE = frozenset({502, 503})
# No gateway and no firewall is said to be less patient than so many seconds. What breaks earlier broke by itself.
LEAST_PATIENCE = 2.0

# With these the handshake ended before anything could be sent.
_TLS_NEVER_BEGAN = frozenset(
    {"HTTP_REQUEST", "NO_CERTIFICATE_OR_CRL_FOUND", "UNSUPPORTED_PROTOCOL", "WRONG_VERSION_NUMBER"}
)
_TUNNEL = "Tunnel connection failed: "


@dataclass(eq=False)
class Unanswered(Exception):
    """No usable answer came.

    C(was_sent) says whether the server may have received the call, C(may_pass) whether another attempt may fare better,
    C(may_still_come) whether the server may be at work on it yet.
    """

    reason: str
    was_sent: bool
    may_pass: bool = True
    hint: str | None = None
    may_still_come: bool = False


def may_still_come(status: int, seconds: float) -> bool:
    """Whether a server may be at work on a call yet that was answered with this status after so many seconds."""
    return status in _GIVEN_UP or (status in _BROKEN_LINE and seconds >= LEAST_PATIENCE)


def after(fault: Unanswered, seconds: float) -> Unanswered:
    """A fault that came after so many seconds: where the line broke late, somebody between may have cut it."""
    return replace(fault, may_still_come=True) if fault.was_sent and seconds >= LEAST_PATIENCE else fault


def unbuilt() -> Unanswered:
    """The call could not even be written down, because of a line break in a header for example."""
    return Unanswered("the call cannot be built from these values", was_sent=False, may_pass=False)


def unreadable(error: OSError) -> Unanswered:
    """The file that was to be sent cannot be read any more."""
    reason = f"{error.filename} cannot be read ({error.strerror})"
    return Unanswered(reason, was_sent=False, may_pass=False, hint="The file must stay as it is while it is sent")


def as_unanswered(error: Exception) -> Unanswered:
    """What an exception of C(requests), C(urllib3) or the operating system says about the call."""
    # That an error is a ProxyError says nothing: a connection through a proxy that breaks after the call was sent is one.
    if isinstance(error, UnicodeEncodeError):
        return unbuilt()
    causes = list(_causes(error))
    words = _words(error)
    if _has(causes, ssl.SSLCertVerificationError, CertificateError):
        reason = f"the server's certificate was refused ({words})"
        return Unanswered(reason, was_sent=False, may_pass=False, hint=TLS_HINT)
    refusal = next((str(cause) for cause in causes if str(cause).startswith(_TUNNEL)), None)
    if refusal is not None:
        answer = refusal.removeprefix(_TUNNEL)
        may_pass = not answer.startswith("4")
        return Unanswered(f"the proxy refused ({shortened(answer, 100)})", was_sent=False, may_pass=may_pass, hint=PROXY_HINT)
    if _has(causes, requests.exceptions.InvalidSchema):
        return Unanswered(
            "there is no support for this kind of proxy",
            was_sent=False,
            may_pass=False,
            hint="A SOCKS proxy needs the Python package PySocks",
        )
    if _has(causes, urllib3_exceptions.NewConnectionError, urllib3_exceptions.ConnectTimeoutError):
        return Unanswered(f"no connection ({words})", was_sent=False)
    if _has(causes, requests.exceptions.Timeout, urllib3_exceptions.ReadTimeoutError, TimeoutError):
        return Unanswered("no answer in time", was_sent=True, may_still_come=True)
    broken = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if broken is not None and not isinstance(broken, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        never_began = broken.reason in _TLS_NEVER_BEGAN
        return Unanswered(f"no secure connection ({words})", was_sent=not never_began, may_pass=False, hint=TLS_HINT)
    return Unanswered(f"the connection broke ({words})", was_sent=True)


def _has(causes: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _causes(error: BaseException, *, with_context: bool = False) -> Iterator[BaseException]:
    """The error and what led to it, outermost first; C(requests) hides the cause in C(args) and C(reason).

    The context may reach back to an error of another call that is being handled just now: nothing is concluded from it.
    """
    seen: set[int] = set()
    queue: list[object] = [error]
    while queue:
        current = queue.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        queue += [getattr(current, "reason", None), *current.args, current.__cause__]
        queue += [current.__context__] if with_context else []


def _words(error: BaseException) -> str:
    """The operating system's words: unlike those of the libraries they carry no URL, and so no secret."""
    causes = list(_causes(error, with_context=True))
    for cause in reversed(causes):
        text = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None)
        if text:
            return str(text)
        if isinstance(cause, CertificateError):
            return str(cause)
    return type(causes[-1]).__name__
