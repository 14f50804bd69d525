# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of every module with values of the wrong type, huge and odd ones; rules and records that nobody would write.

The outcome is a clear error or correct work, and on the wire every call is one call with the headers that belong to it.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from ansible.errors import AnsibleFilterError
from faults.support.every_verb import SDP, TASKS, Task, every_verb
from faults.support.odd import ODD_TEXTS, anything, names, of_type, scalars, texts, try_often
from faults.support.replay import ReplayServer, running_replay
from faults.support.tasks import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from integration.support.sandbox import Sandbox

from ansible_collections.deskops.itsm.plugins.filter import decide as filters
from ansible_collections.deskops.itsm.plugins.module_utils.surface.connect import Surroundings, secrets_of
from ansible_collections.deskops.itsm.plugins.module_utils.surface.execute import execute
from ansible_collections.deskops.itsm.plugins.module_utils.surface.masking import Mask
from ansible_collections.deskops.itsm.plugins.module_utils.surface.options import BULK_OPTIONS, CONNECTION_OPTIONS
from ansible_collections.deskops.itsm.plugins.module_utils.transport import pool
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Option, Verb, WriteVerb
from ansible_collections.deskops.itsm.plugins.plugin_utils import action
from ansible_collections.deskops.itsm.plugins.plugin_utils.plain import plain

NAMES = [f"{verb} {platform}" for verb, platform in TASKS]
QUICK = {"retries": 0, "timeout": 2.0, "deadline": 0.3, "concurrency": 2}
WAITS = ("settle_timeout", "wait_timeout", "wait")
# Files are written where options say so; these say where that may be.
PATHS = ("path", "token_path", "refresh_token_path", "ca_path", "token_cache")
# So many tasks write to one sandbox. Megabytes that each of them leaves come back in each list of those after it.
AFRESH = 20
tried = {"tasks": 0, "refused": 0, "rules": 0}


@pytest.fixture(scope="module")
def replay(_running: Sandbox) -> Iterator[ReplayServer]:
    """The sandbox behind a server that looks at every call."""
    _running.reset()
    with running_replay() as server:
        server.record(_running.url)
        yield server
    print(f"\nOdd options: {tried['tasks']}, of which {tried['refused']} were refused; odd rules: {tried['rules']}")


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory, _running: Sandbox) -> dict[str, Task]:
    return {task.name: task for task in every_verb(tmp_path_factory.mktemp("files"), _running)}


class Behind:
    """The sandbox at the address of the server before it."""

    def __init__(self, url: str) -> None:
        self.abr_url, self.dwp_url, self.sdp_url = f"{url}/abr", f"{url}/dwp", f"{url}/sdp"
        self.sdp_accounts_url = f"{url}/sdp/accounts"


def come_to(verb: Verb, arguments: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """What an action plugin makes of the arguments of a task."""
    arguments = plain(arguments)
    pool._pools.clear()
    mask = Mask(secrets_of(verb.options, arguments, {}))
    result = action._validation_failure(verb, f"deskops.itsm.{verb.name}", arguments)
    if result is None:
        result = execute(verb, arguments, Surroundings(environ={}, check_mode=check_mode, diff=True, hide=mask.hide))
    shown: dict[str, Any] = mask(result)
    return shown


def check(result: dict[str, Any]) -> None:
    """A clear error, or a result that can be shown."""
    json.dumps(result)
    assert "unforeseen" not in str(result.get("msg")), result.get("exception")
    if result.get("failed"):
        assert result["msg"]


def odd_options(verb: Verb) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the options, most of the right type."""

    def values(options: tuple[Option, ...]) -> dict[str, st.SearchStrategy[Any]]:
        strategies: dict[str, st.SearchStrategy[Any]] = {}
        for option in options:
            if option.name not in (*PATHS, *WAITS):
                fitting = of_type(option)
                strategies[option.name] = st.one_of(fitting, fitting, fitting, anything)
        return strategies

    own = st.fixed_dictionaries({}, optional=values(verb.options))
    if not isinstance(verb, WriteVerb):
        return own
    items = st.lists(st.one_of(own, own, anything), max_size=3)
    bulk = st.fixed_dictionaries({}, optional={**values(verb.options), **values(BULK_OPTIONS), "items": items})
    return st.one_of(own, own, bulk)


def fuzz(task: Task, examples: int, replay: ReplayServer, sandbox: Sandbox) -> None:
    given_connection = {**connection(task.platform, Behind(replay.url)), **QUICK}  # type: ignore[arg-type]
    known = {option.name for option in task.verb.options}
    waits = {name: 0.05 for name in ("settle_timeout", "wait_timeout") if name in known}

    def one(odd: dict[str, Any], is_based: bool, check_mode: bool) -> None:
        if tried["tasks"] % AFRESH == 0:
            sandbox.reset()
            replay.record(sandbox.url)
        base = task.options if is_based else {name: task.options[name] for name in PATHS if name in task.options}
        result = come_to(task.verb, {**base, **waits, **odd, **given_connection}, check_mode=check_mode)
        tried["tasks"] += 1
        tried["refused"] += bool(result.get("failed"))
        check(result)

    try_often(one, examples, odd=odd_options(task.verb), is_based=st.booleans(), check_mode=st.booleans())
    assert replay.problems == []


@pytest.mark.parametrize("name", NAMES)
def test_odd_options(name: str, tasks: dict[str, Task], replay: ReplayServer, sandbox: Sandbox) -> None:
    fuzz(tasks[name], 30, replay, sandbox)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_many_odd_options(name: str, tasks: dict[str, Task], replay: ReplayServer, sandbox: Sandbox) -> None:
    fuzz(tasks[name], 1000, replay, sandbox)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_odd_connections(data: st.DataObject, tasks: dict[str, Task]) -> None:
    """Connection options of any type: nothing is called that is not on this machine."""
    task = data.draw(st.sampled_from(list(tasks.values())))
    odd = {option.name: st.one_of(of_type(option), anything) for option in CONNECTION_OPTIONS if option.name not in PATHS}
    given_options = data.draw(st.fixed_dictionaries({}, optional=odd))
    safe = {"url": "http://127.0.0.1:1", **given_options, "retries": 0, "timeout": 0.2, "deadline": 0.2, "data_center": None}
    if not isinstance(safe["url"], str) or not safe["url"].startswith(("http://127.", "/", "%")):
        safe["url"] = data.draw(st.sampled_from(["http://127.0.0.1:1", 5, ["a"], {"a": 1}, *ODD_TEXTS[:-3]]))
    safe |= {"accounts_url": "http://127.0.0.1:1"} if task.platform == SDP else {}
    check(come_to(task.verb, {**task.options, **safe}, check_mode=data.draw(st.booleans())))
    tried["tasks"] += 1


# -- what is written on the wire -----------------------------------------------------------------------------------------------

IN_WORDS: dict[str, tuple[str, ...]] = {
    "request_approve admin_by_request": ("reason", "decided_by"),
    "request_approve sdp_cloud": ("reason", "decided_by"),
    "request_comment bmc_dwp": ("text", "author"),
    "request_comment sdp_cloud": ("text",),
    "request_attachment bmc_dwp": ("name", "comment", "author"),
    "request_attachment sdp_cloud": ("name",),
    "review bmc_dwp": ("title", "content", "service"),
    "service_request bmc_dwp": ("key", "title", "summary", "requested_for", "service", "on_behalf_of"),
    "service_request sdp_cloud": ("key", "subject", "description", "service"),
    "request_info bmc_dwp": ("requested_for", "service"),
    "request_info sdp_cloud": ("requested_for", "subject"),
    "computer_info admin_by_request": ("computers",),
    "auditlog_info admin_by_request": ("user", "computer"),
    "catalog_info bmc_dwp": ("title", "category"),
    "record sdp_cloud": ("module", "fields"),
    "record_info sdp_cloud": ("module", "sort"),
}


@pytest.mark.parametrize("text", [text for text in ODD_TEXTS if len(text) < 10_000], ids=lambda text: ascii(text)[:30])
def test_every_call_stays_one_call(text: str, tasks: dict[str, Task], replay: ReplayServer, sandbox: Sandbox) -> None:
    """Line breaks in texts, names and addresses begin no header and no second call; dots in names lead nowhere."""
    for name, options in IN_WORDS.items():
        task = tasks[name]
        given_connection = {**connection(task.platform, Behind(replay.url)), **QUICK}  # type: ignore[arg-type]
        waits = {"settle_timeout": 0.05} if any(one.name == "settle_timeout" for one in task.verb.options) else {}
        for option in options:
            wanted: Any = {"requested_for": [text], "computers": [text], "fields": {"title": text}}.get(option, text)
            if option == "requested_for" and task.verb.name == "request_info":
                wanted = text
            replay.seen.clear()
            check(come_to(task.verb, {**task.options, **waits, option: wanted, **given_connection}, check_mode=False))
            for _method, path, headers, _body in replay.seen:
                assert not {"..", "."} & set(map(unquote, urlsplit(path).path.split("/"))), path
                assert not any(character in unquote(value) for value in headers.values() for character in "\r\n\0")
    assert replay.problems == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b", "..", "a\\b", "a\r\nX-Evil: 1", 'a"; filename="b', "\u202egnp.exe", "æ☕.txt"]
)
def test_names_of_files(name: str, tasks: dict[str, Task], replay: ReplayServer, sandbox: Sandbox) -> None:
    """The server gets one file, under the name that was given; or nothing at all and an error."""
    for platform in ("bmc_dwp", "sdp_cloud"):
        task = tasks[f"request_attachment {platform}"]
        replay.seen.clear()
        given_connection = {**connection(platform, Behind(replay.url)), **QUICK}  # type: ignore[arg-type]
        result = come_to(task.verb, {**task.options, "settle_timeout": 0.05, "name": name, **given_connection}, check_mode=False)
        check(result)
        uploads = [body for method, _path, headers, body in replay.seen if "multipart" in headers.get("Content-Type", "")]
        if "name" in str(result.get("msg")) and result.get("failed") and not uploads:
            continue
        (body,) = uploads
        lines = [line for line in body.split(b"\r\n") if line.startswith(b"Content-Disposition")]
        assert sum(b'; filename="' in line for line in lines) == 1
        head = body.split(b"\r\n\r\n19 EUR")[0]
        assert b"X-Evil" not in [line.split(b":")[0] for line in head.split(b"\r\n")]


@pytest.mark.parametrize(
    "path", ["../new.zip", "/tmp/../etc/new.zip", "new.zip", "", "a\0b", "/nowhere/new.zip", "/dev/null", "/etc"]
)
@pytest.mark.parametrize("verb", ["catalog_export", "access_token"])
def test_paths_that_lead_elsewhere(
    verb: str, path: str, tasks: dict[str, Task], replay: ReplayServer, sandbox: Sandbox, tmp_path: pathlib.Path
) -> None:
    task = tasks[f"{verb} bmc_dwp"]
    option = "path" if verb == "catalog_export" else "token_path"
    given_connection = {**connection(task.platform, Behind(replay.url)), **QUICK}  # type: ignore[arg-type]
    result = come_to(task.verb, {**task.options, option: path, **given_connection}, check_mode=False)
    check(result)
    assert result.get("failed") or (verb == "access_token" and path == "")


# -- rules ---------------------------------------------------------------------------------------------------------------------

OPERATORS = ("eq", "ne", "in", "glob", "regex", "contains", "gt", "lt", "ge", "le", "exists", "not", "any", "all", "ignore_case")
conditions = st.recursive(
    st.one_of(scalars, st.lists(scalars, max_size=3)),
    lambda inner: st.one_of(
        st.dictionaries(st.one_of(st.sampled_from(OPERATORS), names), inner, max_size=3), st.lists(inner, max_size=3)
    ),
    max_leaves=6,
)
rule = st.fixed_dictionaries(
    {
        "when": st.one_of(
            st.dictionaries(st.one_of(names, st.sampled_from(["application.vendor", "raw.id"])), conditions), anything
        )
    },
    optional={
        "name": st.one_of(texts, anything),
        "then": st.one_of(st.sampled_from(["approved", "denied", "pending"]), anything),
        "reason": st.one_of(texts, st.sampled_from(["{application.vendor}", "{", "{}", "{a.b!r:>9999999}", "{0}"]), anything),
        "decided_by": anything,
        "other": anything,
    },
)
record = st.fixed_dictionaries({"id": st.one_of(st.integers(), texts)}, optional={"raw": anything, "status": anything})


def check_decisions(records: Any, rules: Any, decisions: Any) -> None:
    tried["rules"] += 1
    try:
        decided = filters.decide(records, rules, decisions=decisions)
    except AnsibleFilterError:
        return
    json.dumps(decided)
    assert [one["request_id"] for one in decided] == [str(one["id"]) for one in records]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters.Display, "warning", lambda _self, message: None)


def _rules(examples: int) -> None:
    try_often(
        check_decisions,
        examples,
        records=st.one_of(st.lists(record, max_size=4, unique_by=lambda one: str(one["id"])), anything),
        rules=st.one_of(st.lists(rule, max_size=4), st.lists(rule, max_size=4), anything),
        decisions=st.one_of(st.none(), st.none(), anything, st.lists(st.dictionaries(names, anything, max_size=3), max_size=2)),
    )


def test_odd_rules() -> None:
    _rules(300)


@pytest.mark.long
def test_many_odd_rules() -> None:
    _rules(20_000)
