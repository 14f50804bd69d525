# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From connection options to a platform that can be called. Private to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ..transport.http import Trace
from ..transport.link import Link
from ..transport.secrets import url_secrets
from ..transport.settings import HttpSettings, checked_url
from ..verbs.spec import Option, Progress
from .options import COMMON_PREFIX, CONNECTION_OPTIONS, ENVIRONMENT_PREFIX

# What verbs import when they know the platform.
LATE_VERBS = {"bmc_dwp": ("orders",), "sdp_cloud": ("tickets", "template_catalog")}
OF_SETTINGS = ("validate_certs", "ca_path", "proxy", "timeout", "retries", "deadline", "concurrency", "allow_http")

# Options and variables that may hold a user name and a password, whether that is allowed or not.
ADDRESSES = ("proxy", "url", "accounts_url")


@dataclass(frozen=True)
class Surroundings:
    """What the caller of a verb knows beside its options.

    C(environ) is the environment as the task shall see it. C(warn) takes warnings for the user, C(progress) how far the work
    is, C(hide) secrets that are learned on the way, C(trace) a line for each call. C(token_folder) is where the tasks of this
    run find each other's tokens. Without C(keeps_refusals) the caller sees to it that a refused login is not tried again.
    """

    environ: Mapping[str, str]
    check_mode: bool
    diff: bool = False
    warn: Callable[[str], None] = lambda message: None
    progress: Progress = lambda what, done, total: None
    hide: Callable[[str], None] = lambda secret: None
    trace: Trace | None = None
    token_folder: str | None = None
    keeps_refusals: bool = True


def connect(connection: Mapping[str, Any], surroundings: Surroundings) -> Any:
    """The platform of the connection, ready to be called; in check mode it can only read."""
    platform = _platform(connection["platform"])
    url = checked_url(platform.base_url(connection), allow_http=connection["allow_http"])
    token_cache = connection["token_cache"]
    # That of the run first: an account that was unlocked meanwhile shall work in the next one.
    refusal_folder = (surroundings.token_folder or token_cache) if surroundings.keeps_refusals else None
    link = Link(
        HttpSettings(url=url, **{name: connection[name] for name in OF_SETTINGS}),
        surroundings.environ,
        check_mode=surroundings.check_mode,
        trace=surroundings.trace,
        token_folder=shared_folder(connection, surroundings),
        refusal_folder=refusal_folder,
        hide=surroundings.hide,
    )
    return platform.connect(connection, link)


def shared_folder(connection: Mapping[str, Any], surroundings: Surroundings) -> str | None:
    """Where tasks find each other's tokens and locks: those of this run at least, with C(token_cache) those of others too."""
    folder: str | None = connection["token_cache"] or surroundings.token_folder
    return folder


def _platform(name: str) -> Any:
    """The module of a platform. Imported here, so that a task loads only the one that it uses."""
    if name == "admin_by_request":
        from ..platforms import admin_by_request

        return admin_by_request
    if name == "bmc_dwp":
        from ..platforms import bmc_dwp

        return bmc_dwp
    if name == "sdp_cloud":
        from ..platforms import sdp_cloud

        return sdp_cloud
    raise ValueError(name)


def load_ahead(environ: Mapping[str, str]) -> None:
    """Import what a task imports only when it needs it: for a process that forks its tasks, which would do it again each."""
    for platform in _expected_platforms(environ):
        _platform(platform)
        for verb in LATE_VERBS.get(platform, ()):
            # By its name, for else each module would be sent to its host with all of them.
            import_module(f"..verbs.{verb}", __package__)


def _expected_platforms(environ: Mapping[str, str]) -> list[str]:
    """Those that the environment has something about; all, if it says nothing."""
    named = [
        platform
        for platform, prefix in ENVIRONMENT_PREFIX.items()
        if environ.get(f"{COMMON_PREFIX}_PLATFORM") == platform or any(name.startswith(f"{prefix}_") for name in environ)
    ]
    return named or list(ENVIRONMENT_PREFIX)


def secrets_of(options: Iterable[Option], params: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Everything that must not show up in any output: the secrets among the options, also those of items, and in the environment.

    The options may not have been checked yet: where text belongs, anything may be.
    """
    secrets: list[str] = []
    entries = params.get("items")
    places = [params, *(entry for entry in (entries if isinstance(entries, list) else ()) if isinstance(entry, Mapping))]
    for option in (*CONNECTION_OPTIONS, *options):
        if option.secret:
            prefixes = (COMMON_PREFIX, *ENVIRONMENT_PREFIX.values())
            secrets += [environ.get(f"{prefix}_{option.name.upper()}", "") for prefix in prefixes]
            secrets += [text for place in places for text in _texts(place.get(option.name))]
    addresses = [value for name, value in environ.items() if name.lower().endswith(("_proxy", "_url"))]
    for address in (*addresses, *(text for name in ADDRESSES for text in _texts(params.get(name)))):
        secrets += url_secrets(address)
    return [secret for secret in secrets if secret]


def _texts(value: Any) -> list[str]:
    """The value as text, and the texts in it if it is a collection."""
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, Mapping):
        return [str(value), *(text for member in value.values() for text in _texts(member))]
    if isinstance(value, (list, tuple)):
        return [str(value), *(text for member in value for text in _texts(member))]
    return [str(value)]
