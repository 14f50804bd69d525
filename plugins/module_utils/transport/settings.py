# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach a server: settings of a connection, checked before the first call. Private to the collection."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ._requests import requests
from .errors import OptionError

URL_HINT = "Give it as https://host or https://host:port/path"
PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


@dataclass(frozen=True)
class HttpSettings:
    """Everything that distinguishes one connection from another, secrets aside.

    C(timeout) and C(deadline) are seconds: C(timeout) bounds the wait for a connection and for each piece of an answer,
    C(deadline) bounds a call with all its retries and pauses. C(retries) counts the repetitions after the first
    attempt.
    """

    url: str
    validate_certs: bool = True
    ca_path: str | None = None
    proxy: str | None = None
    timeout: float = 30.0
    retries: int = 4
    deadline: float = 120.0
    concurrency: int = 8
    allow_http: bool = False

    @property
    def verify(self) -> bool | str:
        """What C(requests) calls C(verify): a CA file or folder, or whether to check certificates at all."""
        if not self.validate_certs:
            return False
        return self.ca_path or True


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL, the default port filled in."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def checked_url(url: str, *, allow_http: bool) -> str:
    """The base URL without its trailing slash, or an L(OptionError) that says what is wrong with it."""
    try:
        parts = urlsplit(url.strip())
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise OptionError(f"url: {url!r} is not a URL", hint=URL_HINT) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_valid:
        raise OptionError(f"url: {url!r} is not a web address", hint=URL_HINT)
    if parts.username is not None or parts.password is not None:
        raise OptionError("url: it carries a user name or a password", hint="Use the options for credentials instead")
    if parts.query or parts.fragment:
        raise OptionError(f"url: {url!r} has a query or a fragment", hint="Give only scheme, host, port and path")
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname):
        raise OptionError(
            f"url: {url} would send credentials over an unencrypted connection",
            hint="Use https, or set allow_http to true if the network in between is trusted",
        )
    return url.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether traffic to the host stays on this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def resolved(settings: HttpSettings, environ: Mapping[str, str]) -> HttpSettings:
    """The settings with proxy and CA filled in from the environment, both checked. Requests would do it at each call."""
    proxy = settings.proxy or proxy_from_environment(settings.url, environ)
    if proxy:
        proxy = _checked_proxy(proxy, settings)
    ca_path = settings.ca_path or ca_path_from_environment(environ)
    if not settings.validate_certs or settings.url.startswith("http:"):
        ca_path = None
    elif ca_path and not os.path.exists(ca_path):
        raise OptionError(f"ca_path: {ca_path} does not exist", hint="Give the path of a CA certificate in PEM format")
    return replace(settings, proxy=proxy, ca_path=ca_path)


def proxy_from_environment(url: str, environ: Mapping[str, str]) -> str | None:
    """The proxy that the usual variables name for this URL. What stays on this machine needs none."""
    parts = urlsplit(url)
    no_proxy = _variable(environ, "no_proxy")
    if is_loopback(parts.hostname or "") or requests.utils.should_bypass_proxies(url, no_proxy=no_proxy or ""):
        return None
    return _variable(environ, f"{parts.scheme}_proxy") or _variable(environ, "all_proxy")


def ca_path_from_environment(environ: Mapping[str, str]) -> str | None:
    """The CA file that C(requests) and curl users have set for all their tools."""
    return environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE") or None


def _checked_proxy(proxy: str, settings: HttpSettings) -> str:
    """The proxy with its scheme, or an L(OptionError), which does not quote it: it may carry a password."""
    url = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in PROXY_SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_valid = False
    if not is_valid:
        raise OptionError("proxy: it is not the address of a proxy", hint="Give it as http://host:port")
    if settings.url.startswith("http:") and not settings.allow_http and not is_loopback(parts.hostname or ""):
        raise OptionError(
            "proxy: credentials for a plain http url would travel to it unencrypted",
            hint="Use https in url, or set allow_http to true if the network in between is trusted",
        )
    return url


def _variable(environ: Mapping[str, str], name: str) -> str | None:
    return environ.get(name) or environ.get(name.upper()) or None
