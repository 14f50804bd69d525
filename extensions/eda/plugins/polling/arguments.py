# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the source: described once, checked before the first call. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.deskops.itsm.plugins.module_utils.surface.options import (
    CONNECTION_OPTIONS,
    argument_spec,
    reject_foreign_options,
    resolve_connection,
)
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import OptionError
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import InfoVerb, Option

ABR = "admin_by_request"
DWP = "bmc_dwp"
SDP = "sdp_cloud"

# The states that a request of each platform can be in.
STATES = {
    ABR: ("pending", "approved", "denied", "completed", "expired", "quarantined", "unknown"),
    DWP: ("pending", "open", "completed", "failed", "denied", "cancelled", "expired"),
    SDP: ("pending", "open", "completed", "denied", "cancelled", "unknown"),
}
ANY = "any"
# In these, something is still to be done about a request: it is in the list until that has happened.
WAITING = frozenset({"pending", "open", "quarantined"})
# What the servers filter themselves; what they do not, is read as a whole and looked through here.
FILTERED_BY_SERVER = {
    ABR: frozenset({"pending", "approved", "denied", "quarantined"}),
    DWP: frozenset(),
    SDP: frozenset(STATES[SDP]),
}

# A source comes back by itself, so it need not hold out as long as a task.
DEADLINE = 30.0
LEAST_INTERVAL = 1.0

INCLUDES = next(option.choices for option in REQUEST_INFO.options if option.name == "include")
ALL_STATES = tuple(dict.fromkeys(state for states in STATES.values() for state in states))
OF_QUERY = ("requested_for", "requested_by", "service", "subject", "query")
BOUNDS = ("since_id", "modified_since")

OPTIONS = (
    Option("status", type="list", elements="str", default=["pending"], choices=(*ALL_STATES, ANY)),
    Option("requested_for"),
    Option("requested_by", platforms=(DWP, SDP)),
    Option("service", platforms=(DWP, SDP)),
    Option("subject", platforms=(SDP,)),
    Option("query", type="raw", platforms=(SDP,)),
    Option("include", type="list", elements="str", choices=INCLUDES),
    Option("since_id", platforms=(ABR,)),
    Option("modified_since", platforms=(DWP, SDP)),
    Option("limit", type="int"),
    Option("emit", default="states", choices=("once", "states", "updates")),
    Option("batch", type="int"),
    Option("interval", type="float", default=60.0),
    Option("overlap", type="float", default=300.0),
    Option("window", type="int", default=200),
    Option("sweep", type="float", default=3600.0),
    Option("repeat_after", type="float", default=0.0),
    Option("remember", type="int", default=10000),
    Option("replay", default="waiting", choices=("waiting", "all", "none")),
    Option("state_path", type="path"),
    Option("longest_pause", type="float", default=900.0),
    Option("feedback", type="bool", default=False),
)
LEAST = {
    "limit": 1,
    "batch": 1,
    "interval": LEAST_INTERVAL,
    "overlap": 0,
    "window": 1,
    "sweep": 0,
    "repeat_after": 0,
    "remember": 0,
    "longest_pause": LEAST_INTERVAL,
}
MOST = {"window": 1000}

SOURCE = InfoVerb("requests", tuple(STATES), OPTIONS, check=lambda params: None, run=REQUEST_INFO.run)


@dataclass(frozen=True)
class Settings:
    """What the source was asked to do, checked.

    C(connection) are the connection options with those of the environment, C(query) the filters but for states, C(bounds)
    where the first run begins.
    """

    connection: dict[str, Any]
    states: frozenset[str]
    query: dict[str, Any]
    include: tuple[str, ...]
    bounds: dict[str, str]
    limit: int | None
    emit: str
    batch: int | None
    interval: float
    overlap: float
    window: int
    sweep: float
    repeat_after: float
    remember: int
    replay: str
    state_path: str | None
    longest_pause: float
    feedback: bool

    @property
    def platform(self) -> str:
        return str(self.connection["platform"])

    @property
    def waiting(self) -> frozenset[str]:
        """The states asked for in which something is still to be done."""
        return self.states & WAITING

    @property
    def sweep_every(self) -> float:
        """What is to be handed over again has to be listed for that."""
        wanted = [seconds for seconds in (self.sweep, self.repeat_after) if seconds]
        return min(wanted, default=0.0)

    @property
    def is_worklist(self) -> bool:
        return self.states <= WAITING

    @property
    def listed_states(self) -> frozenset[str] | None:
        """The states that the server is asked for; C(None) if it is asked for all."""
        is_filtered = self.states <= FILTERED_BY_SERVER[self.platform]
        return self.states if is_filtered and self.states != frozenset(STATES[self.platform]) else None


def settings_of(args: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """The settings out of the arguments of a rulebook and the environment.

    Raises:
        OptionError: an argument is unknown, missing, out of range, or of another platform. Nothing was called yet.
    """
    given = {name: value for name, value in args.items() if value is not None}
    outcome = ArgumentSpecValidator(argument_spec(SOURCE)).validate(given)
    if outcome.error_messages:
        prefix = "Unsupported arguments: " if isinstance(outcome.errors[0], UnsupportedError) else ""
        raise OptionError(prefix + outcome.errors.msg)
    params: dict[str, Any] = outcome.validated_parameters
    if params["deadline"] is None and not environ.get("DESKOPS_DEADLINE"):
        params["deadline"] = DEADLINE
    connection = resolve_connection({option.name: params[option.name] for option in CONNECTION_OPTIONS}, environ)
    platform = connection["platform"]
    reject_foreign_options(OPTIONS, params, platform)
    for name, least in LEAST.items():
        _check_range(name, params[name], least)
    bounds = {name: params[name] for name in BOUNDS if params[name] is not None}
    query = {name: params[name] for name in OF_QUERY if params[name] is not None}
    REQUEST_INFO.check(query_params({**query, **bounds}))
    own = {name: params[name] for name in Settings.__dataclass_fields__ if name in params and name not in ("query", "include")}
    return Settings(
        connection=connection,
        states=_states(params["status"], platform),
        query=query,
        include=tuple(params["include"] or ()),
        bounds=bounds,
        **own,
    )


def query_params(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a list of requests, those that are not given included."""
    return {option.name: None for option in REQUEST_INFO.options} | dict(given)


def _check_range(name: str, value: float | None, least: float) -> None:
    most = MOST.get(name)
    if value is None or (value >= least and (most is None or value <= most)):
        return
    allowed = f"{least} or more" if most is None else f"from {least} to {most}"
    raise OptionError(f"{name}: {value} is out of range", hint=f"Allowed is {allowed}")


def _states(wanted: list[str], platform: str) -> frozenset[str]:
    if ANY in wanted:
        return frozenset(STATES[platform])
    if not wanted:
        raise OptionError("status: the list is empty", hint=f"Use {ANY} to ask for all")
    for state in wanted:
        if state not in STATES[platform]:
            known = ", ".join((*STATES[platform], ANY))
            raise OptionError(f"status: a request of {platform} is never {state}", hint=f"Allowed are: {known}")
    return frozenset(wanted)
