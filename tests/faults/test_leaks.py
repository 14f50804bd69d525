# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret shows up anywhere, whatever goes wrong: all outputs and all files of real runs at -vvvv are searched.

The servers repeat what they are sent, in all spellings and in all places of an answer. The secrets are full of what quoting and
encoding change, and have two ends that nothing changes: half a secret is found too. C(pytest -s) shows how much was searched.
"""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import shutil
import ssl
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pytest
import trustme
from faults.support.echo import SHAPES, EchoServer, running_echo
from faults.support.every_verb import ABR, DWP, SDP, Task, every_verb
from faults.support.raw import RawServer, reply, says
from integration.support.programs import IN_PROCESS, MODES, MODULE, Ansible, Run
from integration.support.sandbox import SDP_CLIENT_ID, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN, Sandbox
from integration.support.secrets import LOUD, Search

from sandbox.faults.spec import KINDS
from tools.environments import ensure, main_interpreter

PLATFORMS = (ABR, DWP, SDP)
IN_HEADERS = "@/+=&?#%\"'\\<;>~`$(x)!:{{ 1 }}{%"
ANYTHING = f"{IN_HEADERS} \t æÅ见☕"


def _secret(name: str, odd: str) -> str:
    return f"Zk7q{name}{odd}{name}Wx4v"


# What a header cannot hold is no key and no token.
SECRETS = {
    "api_key": _secret("Ap", IN_HEADERS),
    "password": _secret("Pw", ANYTHING),
    "client_secret": _secret("Cs", ANYTHING),
    "refresh_token": _secret("Rt", ANYTHING),
    "access_token": _secret("At", IN_HEADERS),
    "code": _secret("Co", ANYTHING),
    "proxy": _secret("Px", f"{IN_HEADERS} æÅ"),
    "dwp_token": _secret("Dt", IN_HEADERS.replace(" ", "")),
    "sdp_token": _secret("St", IN_HEADERS),
    "sandbox_client_secret": SDP_CLIENT_SECRET,
    "sandbox_refresh_token": SDP_REFRESH_TOKEN,
}
VARIABLES = {
    "ABR_API_KEY": "api_key",
    "DWP_PASSWORD": "password",
    "SDP_CLIENT_SECRET": "client_secret",
    "SDP_REFRESH_TOKEN": "refresh_token",
}
ACCOUNTS = {ABR: ["api_key"], DWP: ["password"], SDP: ["client_secret", "refresh_token"], "proxy": ["proxy"]}
OF_PLATFORM = {ABR: ["api_key"], DWP: ["password"], SDP: ["client_secret", "refresh_token"]}
SOURCES = ("environment", "option", "module_defaults")
# So many tasks of the long forms are in one run, which then ends before anybody takes it for one that hangs.
AT_ONCE = 100
QUICK = {"retries": 0, "timeout": 3, "deadline": 6}
USER = "secretive"
# Files of the run's private folder in which tokens are by design.
TOKEN_FILES = {"deskops.itsm/*.json": ("dwp_token", "sdp_token"), "asked/*": ("dwp_token", "sdp_token")}

# A server that answers a login with what it was sent: the token that it gives holds the password then.
ECHOED_TOKENS = {name: (*TOKEN_FILES[name], "password") for name in TOKEN_FILES}

Entry = dict[str, Any]
each_mode = pytest.mark.parametrize("mode", MODES)


@pytest.fixture(scope="module")
def ansible(tmp_path_factory: pytest.TempPathFactory, _running: Sandbox) -> Ansible:
    return Ansible(tmp_path_factory.mktemp("ansible"), _running)


@pytest.fixture(scope="module")
def echo() -> Iterator[EchoServer]:
    accounts = {platform: [SECRETS[name] for name in names] for platform, names in ACCOUNTS.items()}
    with running_echo(accounts, {DWP: SECRETS["dwp_token"], SDP: SECRETS["sdp_token"]}) as server:
        yield server


@pytest.fixture(scope="module")
def tally() -> Iterator[dict[str, float]]:
    """What all tests of this file have searched."""
    counted: dict[str, float] = {"tasks": 0, "megabytes": 0, "files": 0, "forms": 0, "runs": 0}
    yield counted
    told = ", ".join(
        f"{number:.1f} {name}" if name == "megabytes" else f"{number:.0f} {name}" for name, number in counted.items()
    )
    print(f"\nSearched for {len(SECRETS)} secrets and more, at most in so many forms: {told}")


def wait_until(is_so: Callable[[], bool], *, seconds: float = 20) -> None:
    """Look again and again; what is not so by then, the search will find."""
    gives_up_at = time.monotonic() + seconds
    while not is_so() and time.monotonic() < gives_up_at:
        time.sleep(0.1)


def lookup(name: str) -> str:
    return f"{{{{ lookup('ansible.builtin.env', 'OF_THE_TEST_{name}') }}}}"


def entry(name: str, module: str, keywords: Mapping[str, Any] | None = None, /, **options: Any) -> Entry:
    return {"name": name, f"deskops.itsm.{module}": options, **(keywords or {})}


def options_of(task: Task) -> dict[str, Any]:
    """The options of a task that does not wait."""
    known = {option.name for option in task.verb.options}
    return {**task.options, **QUICK, **({"settle_timeout": 0.1} if "settle_timeout" in known else {}), "platform": task.platform}


class Bench:
    """Runs tasks in folders of their own, and searches all that is left of them."""

    def __init__(self, ansible: Ansible, folder: pathlib.Path, tally: dict[str, float], secrets: Mapping[str, str]) -> None:
        self.ansible = ansible
        self.folder = folder
        self.tally = tally
        self.secrets = dict(secrets)
        (folder / "asked").mkdir(mode=0o700)
        (folder / "tmp").mkdir()
        self.verbs = every_verb(folder / "asked")

    def environ(self, source: str) -> dict[str, str | None]:
        folders = {
            "ANSIBLE_HOME": "home",
            "ANSIBLE_LOCAL_TEMP": "local_tmp",
            "ANSIBLE_REMOTE_TEMP": "remote_tmp",
            "ANSIBLE_ASYNC_DIR": "async",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": "facts",
            "ANSIBLE_LOG_PATH": "ansible.log",
            "TMPDIR": "tmp",
        }
        environ: dict[str, str | None] = {name: str(self.folder / path) for name, path in folders.items()}
        environ |= {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "DWP_USERNAME": USER, "SDP_CLIENT_ID": "1000.CLIENT"}
        environ |= {f"OF_THE_TEST_{name}": secret for name, secret in self.secrets.items()}
        for variable, name in VARIABLES.items():
            environ[variable] = self.secrets[name] if source == "environment" else None
        return environ

    def run(
        self,
        entries: Sequence[Entry],
        *,
        mode: str = IN_PROCESS,
        source: str = "environment",
        env: Mapping[str, Any] | None = None,
    ) -> Run:
        """Run the tasks, keep a copy of the run's private folder, and put all results into the cache of facts."""
        play: dict[str, Any] = {"name": "Test", "hosts": "localhost", "gather_facts": False, "ignore_errors": True}
        done = [self._with_secrets(one, source) for one in entries]
        tasks = [{**one, "register": f"r{number}"} for number, one in enumerate(done)]
        everything = ", ".join(f"r{number}" for number in range(len(tasks)))
        play["tasks"] = [
            *tasks,
            {"name": "look", "ansible.builtin.command": f"cp -a {self.folder}/local_tmp {self.folder}/snapshot"},
            {"name": "remember", "ansible.builtin.set_fact": {"all_of_it": f"{{{{ [{everything}] }}}}", "cacheable": True}},
        ]
        run = self.ansible.run_playbook([play], mode=mode, env={**self.environ(source), **(env or {})}, arguments=LOUD)
        assert len(run.tasks) == len(play["tasks"]), run.output[-3000:]
        assert not run["look"].failed
        assert not run["remember"].failed, run["remember"].msg
        return run

    def _with_secrets(self, one: Entry, source: str) -> Entry:
        if source == "environment":
            return one
        module = next((name for name in one if name.startswith("deskops.")), None)
        if module is None:
            return one
        names = OF_PLATFORM[one[module].get("platform", ABR)]
        secrets = {name: lookup(name) for name in names if name not in one[module]}
        if source == "option":
            return {**one, module: {**one[module], **secrets}}
        return {**one, "module_defaults": {module: secrets}}

    def search(self, run: Run, *, but: Mapping[str, Sequence[str]] | None = None) -> None:
        """Nothing is found in what was printed, returned and written; files are for their owner only."""
        learned = {f"token {path.name}": json.loads(path.read_text())["token"]["value"] for path in self.token_files()}
        known = set(self.secrets.values())
        learned = {name: token for name, token in learned.items() if token not in known}
        search = Search({**self.secrets, **learned})
        search.run(run)
        allowed = {pattern: [*names, *learned] for pattern, names in {**TOKEN_FILES, **(but or {})}.items()}
        search.folder(self.folder, allowed)
        self.check_modes()
        self.tally["tasks"] += len(run.tasks)
        self.tally["runs"] += 1
        self.tally["megabytes"] += search.searched / 1e6
        self.tally["files"] += search.files
        self.tally["forms"] = max(self.tally["forms"], search.forms)
        assert search.found == [], f"{len(search.found)} leaks, such as {search.found[:5]}"

    def token_files(self) -> list[pathlib.Path]:
        return sorted(self.folder.glob("snapshot/*/deskops.itsm/*.json"))

    def check_modes(self) -> None:
        kept = self.folder.glob("snapshot/*/deskops.itsm")
        for path in [*(path for folder in kept for path in (folder, *folder.rglob("*"))), *self.folder.glob("asked/token*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        # What was there for the run only is gone with it.
        for name in ("local_tmp", "remote_tmp", "tmp"):
            gives_up_at = time.monotonic() + 60
            # A task in the background clears up a moment after it has told its result.
            while left := [path for path in (self.folder / name).rglob("*") if path.is_file()]:
                assert time.monotonic() < gives_up_at, left
                time.sleep(0.1)


@pytest.fixture
def bench(ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path, tally: dict[str, float]) -> Bench:
    return Bench(ansible, tmp_path, tally, SECRETS)


def at_echo(echo: EchoServer, task: Task, shape: str) -> Entry:
    url = f"{echo.url}/{shape}"
    more = {"accounts_url": url} if task.platform == SDP else {}
    return entry(f"{shape} {task.name}", task.verb.name, **{**options_of(task), "url": url, **more})


def every_shape() -> list[str]:
    return [*SHAPES, *(f"login-{shape}" for shape in SHAPES)]


def rotated(shapes: Sequence[str], verbs: Sequence[Task], start: int = 0, step: int = 1) -> list[tuple[str, Task]]:
    """Each shape with one of the verbs, each verb as often as the others."""
    with_login = [task for task in verbs if task.platform != ABR]
    pairs = zip(shapes, itertools.cycle(verbs), itertools.cycle(with_login))
    chosen = [(shape, login_task if shape.startswith("login-") else task) for shape, task, login_task in pairs]
    return chosen[start::step]


# -- answers that repeat what they were sent -----------------------------------------------------------------------------------


# A part of the shapes for each way in which secrets come.
PARTS = [(IN_PROCESS, "environment", 0, 2), (IN_PROCESS, "option", 1, 4), (MODULE, "module_defaults", 3, 8)]


@pytest.mark.parametrize(("mode", "source", "start", "step"), PARTS)
def test_servers_that_repeat_secrets(bench: Bench, echo: EchoServer, mode: str, source: str, start: int, step: int) -> None:
    pairs = rotated(every_shape(), bench.verbs, start, step)
    run = bench.run([at_echo(echo, task, shape) for shape, task in pairs], mode=mode, source=source)
    bench.search(run, but=ECHOED_TOKENS)
    assert sum(task.failed for task in run.tasks) > len(run.tasks) // 2
    assert [task.msg for task in run.tasks if "unforeseen" in task.msg] == []


@pytest.mark.long
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("mode", MODES)
def test_servers_that_repeat_secrets_to_every_verb(bench: Bench, echo: EchoServer, mode: str, source: str) -> None:
    """The whole product in process; as modules, each shape on each platform."""
    for platform in PLATFORMS:
        verbs = [task for task in bench.verbs if task.platform == platform]
        shapes = [shape for shape in every_shape() if platform != ABR or not shape.startswith("login-")]
        pairs = list(itertools.product(shapes, verbs)) if mode == IN_PROCESS else rotated(shapes, verbs)
        for start in range(0, len(pairs), AT_ONCE):
            some = pairs[start : start + AT_ONCE]
            run = bench.run([at_echo(echo, task, shape) for shape, task in some], mode=mode, source=source)
            bench.search(run, but=ECHOED_TOKENS)
            shutil.rmtree(bench.folder / "snapshot")


# -- faults, refusals and crashes ----------------------------------------------------------------------------------------------

FAULTS: list[dict[str, Any]] = [
    {"kind": "latency", "ms": 1},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 503, "when": "after"},
    {"kind": "rate_limit", "retry_after": 7200},
    {"kind": "drop"},
    {"kind": "reset"},
    {"kind": "cut"},
    {"kind": "truncated_json"},
    {"kind": "wrong_content_type"},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "slow_headers", "seconds": 0.2},
    {"kind": "slow_body", "seconds": 0.02},
    {"kind": "auth"},
    {"kind": "redirect", "location": "https://elsewhere.example/login"},
    {"kind": "huge", "bytes": 100_000},
    {"kind": "clock_jump", "seconds": 7200},
]


@pytest.fixture
def real(bench: Bench, sandbox: Sandbox) -> dict[str, str]:
    """Accounts that the sandbox accepts; the environment that holds what is not the same everywhere."""
    sandbox.set_keys(SECRETS["api_key"])
    sandbox.add_each("users", [{"login": USER, "password": SECRETS["password"], "roles": ["agent"]}], platform="dwp")
    bench.verbs = every_verb(bench.folder / "asked", sandbox)
    return {"SDP_CLIENT_ID": SDP_CLIENT_ID, "SDP_CLIENT_SECRET": SDP_CLIENT_SECRET, "SDP_REFRESH_TOKEN": SDP_REFRESH_TOKEN}


def test_faults_cover_all_kinds() -> None:
    assert {fault["kind"] for fault in FAULTS} >= set(KINDS)


def struck(fault: Mapping[str, Any], task: Task) -> list[Entry]:
    """A task under a fault that begins with the first call, and one that begins behind the login."""
    entries: list[Entry] = []
    prefix = {ABR: "abr", DWP: "dwp", SDP: "sdp"}[task.platform]
    for skip in (0, 1):
        name = f"{fault['kind']} {fault.get('status', '')} {skip} {task.name}"
        strike = {"post": "faults", "body": [{**fault, "platform": prefix, "skip": skip}]}
        entries.append({"name": f"begin {name}", "sandbox": strike})
        entries.append(entry(name, task.verb.name, **options_of(task)))
        entries.append({"name": f"end {name}", "sandbox": {"delete": "faults"}})
    return entries


def chosen(verbs: Sequence[Task], number: int) -> list[Task]:
    """One verb of each platform, another one for each number."""
    groups = [[task for task in verbs if task.platform == platform] for platform in PLATFORMS]
    return [group[number % len(group)] for group in groups]


@pytest.mark.parametrize(("mode", "source", "step"), [(IN_PROCESS, "environment", 1), (MODULE, "environment", 11)])
def test_faults(bench: Bench, real: dict[str, str], mode: str, source: str, step: int) -> None:
    pairs = [(fault, task) for number, fault in enumerate(FAULTS) for task in chosen(bench.verbs, number)][::step]
    run = bench.run([one for fault, task in pairs for one in struck(fault, task)], mode=mode, source=source, env=real)
    assert bench.token_files()
    bench.search(run)
    assert sum(task.failed for task in run.tasks) > len(pairs) // 2


@pytest.mark.long
@pytest.mark.parametrize("source", ["environment", "option"])
@pytest.mark.parametrize("mode", MODES)
def test_every_fault_with_every_verb(bench: Bench, real: dict[str, str], mode: str, source: str) -> None:
    for task in bench.verbs:
        faults = FAULTS if mode == IN_PROCESS else FAULTS[::3]
        env = real if source == "environment" else {**real, "OF_THE_TEST_refresh_token": SDP_REFRESH_TOKEN}
        run = bench.run([one for fault in faults for one in struck(fault, task)], mode=mode, source=source, env=env)
        bench.search(run)
        shutil.rmtree(bench.folder / "snapshot")


def proxied(name: str = "proxy", user: str = "me") -> str:
    return f"{user}:{quote(SECRETS[name], safe='')}@"


def refusals(bench: Bench, echo: EchoServer, stranger: RawServer) -> list[Entry]:
    """Everything that goes wrong before or at the login, and behind proxies."""
    entries = []
    unencrypted = bench.ansible.sandbox.url.replace("http:", "https:")
    through = f"http://{{{{ lookup('ansible.builtin.env', 'OF_THE_TEST_PROXIED') }}}}{echo.url.removeprefix('http://')}"
    places: dict[str, dict[str, Any]] = {
        "wrong credentials": {},
        "no such host": {"url": "https://desk.invalid"},
        "refused": {"url": "http://127.0.0.1:1"},
        "unknown CA": {"url": stranger.url},
        "no TLS": {"url": unencrypted},
        "no CA file": {"url": stranger.url, "ca_path": "/nowhere/ca.pem"},
        "plain http": {"url": "http://192.0.2.1"},
        "proxy repeats": {"url": "http://127.0.0.1:1/500-message", "proxy": through},
        "proxy repeats with 407": {"url": "http://127.0.0.1:1/407-text", "proxy": through},
        "proxy refuses the tunnel": {"url": "https://desk.example", "proxy": through},
        "proxy without a scheme": {"url": "https://desk.example", "proxy": through.removeprefix("http://")},
        "proxy is down": {"url": "https://desk.example", "proxy": through.replace(echo.url.rpartition(":")[2], "1")},
        "proxy is none": {"proxy": through.replace("http:", "gopher:")},
        "proxy is broken": {"proxy": through.replace("127.0.0.1", "[127")},
        "password in url": {"url": through},
        "proxy and wrong type": {"proxy": through, "timeout": "soon"},
        "password in url and wrong type": {"url": through, "timeout": "soon"},
        "no number": {"retries": "{{ lookup('ansible.builtin.env', 'OF_THE_TEST_PROXIED') | length }}x"},
    }
    for number, (place, options) in enumerate(places.items()):
        for task in chosen(bench.verbs, number):
            more = {"accounts_url": options["url"]} if task.platform == SDP and "url" in options else {}
            entries.append(entry(f"{place} {task.name}", task.verb.name, **{**options_of(task), **options, **more}))
    return entries


def wrong_options(bench: Bench) -> list[Entry]:
    """What is refused before the first call, with secrets that are no text."""
    entries = []
    for number, task in enumerate(bench.verbs):
        secret = OF_PLATFORM[task.platform][0]
        # Not "{{ }}" alone: Ansible would take what comes of it for the value.
        odd = [{"a": lookup(secret)}, [lookup(secret), 1], f"{lookup(secret)}\n"][number % 3]
        given = {**options_of(task), secret: odd}
        entries.append(entry(f"odd secret {task.name}", task.verb.name, **given))
        entries.append(entry(f"unknown option {task.name}", task.verb.name, **{**given, "pasword": "x"}))
        entries.append(entry(f"wrong choice {task.name}", task.verb.name, **{**given, "platform": "jira"}))
        entries.append(entry(f"foreign {task.name}", task.verb.name, **{**given, "data_center": "ae", "portal": "a"}))
        if isinstance(task.options.get("request_id"), str):
            entries.append(
                entry(f"wrong item {task.name}", task.verb.name, **{**given, "items": [{"request_id": "x"}, {"b": 1}]})
            )
    code = {"code": lookup("code"), "refresh_token_path": str(bench.folder / "asked" / "token_of_code")}
    for wrong in ({}, {"state": "maybe"}, {"redirect_uri": [1]}, {"items": [{"code": lookup("code"), "x": 1}]}):
        entries.append(entry(f"code {list(wrong)}", "access_token", **{"platform": SDP, **QUICK, **code, **wrong}))
    access = {"platform": SDP, "access_token": lookup("access_token"), **QUICK}
    for wrong in ({}, {"limit": "many"}, {"url": bench.ansible.sandbox.sdp_url}):
        entries.append(entry(f"access token {list(wrong)}", "request_info", **{**access, **wrong}))
    return entries


@each_mode
def test_no_secret_in_what_is_refused(bench: Bench, echo: EchoServer, sandbox: Sandbox, mode: str) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with RawServer(says(reply(b"[]")), tls=context) as stranger:
        entries = [*refusals(bench, echo, stranger), *wrong_options(bench)]
        step = 1 if mode == IN_PROCESS else 8
        run = bench.run(entries[::step], mode=mode, env={"OF_THE_TEST_PROXIED": proxied()})
        assert not stranger.calls
    bench.search(run)
    succeeded = [task.name for task in run.tasks if not task.failed]
    assert succeeded == ["look", "remember"]


@pytest.mark.parametrize("variable", ["https_proxy", "ALL_PROXY", "DESKOPS_PROXY"])
def test_proxies_of_the_environment(bench: Bench, echo: EchoServer, variable: str) -> None:
    proxy = f"http://{proxied()}{echo.url.removeprefix('http://')}"
    entries = [
        entry(task.name, task.verb.name, **{**options_of(task), "url": "https://desk.example"}) for task in chosen(bench.verbs, 0)
    ]
    entries = [{**one, "vars": {"a": "b"}} for one in entries]
    for one, task in zip(entries, chosen(bench.verbs, 0), strict=True):
        if task.platform == SDP:
            one[f"deskops.itsm.{task.verb.name}"]["accounts_url"] = "https://accounts.example"
    run = bench.run(entries, env={variable: proxy})
    bench.search(run)
    assert all("the proxy refused" in task.msg for task in run.tasks[:3])


# Raises what it knows in the middle of the work of whoever calls a server.
CRASH = """
import importlib.abc, importlib.util, os, sys


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "requests.sessions":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            module.PreparedRequest.prepare_auth = crash

        spec.loader.exec_module = exec_module
        return spec


def crash(request, auth, url=""):
    if auth is None and not request.body:
        return
    known = {name: value for name, value in os.environ.items() if name.startswith(("ABR_", "DWP_", "SDP_"))}
    told = [vars(request), vars(auth) if auth else None, known]
    raise RuntimeError(f"{told!r} {told}")


sys.meta_path.insert(0, Finder())
"""


@each_mode
def test_no_secret_in_a_crash(bench: Bench, echo: EchoServer, mode: str, tmp_path: pathlib.Path) -> None:
    """A defect of ours may carry anything in its message and in its traceback."""
    (tmp_path / "crash").mkdir()
    (tmp_path / "crash" / "sitecustomize.py").write_text(CRASH)
    entries = [at_echo(echo, task, "200-rows") for number in range(2) for task in chosen(bench.verbs, number)]
    run = bench.run(entries, mode=mode, env={"PYTHONPATH": str(tmp_path / "crash")})
    bench.search(run)
    told = [task.msg for task in run.tasks[: len(entries)]]
    assert all("unforeseen (RuntimeError" in text for text in told), told


@each_mode
def test_loops_retries_and_tasks_in_the_background(bench: Bench, echo: EchoServer, real: dict[str, str], mode: str) -> None:
    entries = []
    for number, task in enumerate(chosen(bench.verbs, 1)):
        in_background = [{"async": 30, "poll": 1}] if number == 2 else []
        for keywords in ({"loop": [1, 2]}, {"retries": 1, "delay": 0, "until": False}, *in_background):
            entries.append({**entry(f"{task.name} {list(keywords)}", task.verb.name, **options_of(task)), **keywords})
            entries.append({**at_echo(echo, task, "404-message"), **keywords, "name": f"echo {task.name} {list(keywords)}"})
    run = bench.run(entries if mode == IN_PROCESS else entries[::3], mode=mode, source="option", env=real)
    # What ran in the background removes its own module, a moment after its result is there.
    wait_until(lambda: not list(bench.folder.glob("remote_tmp/*/AnsiballZ_*")))
    bench.search(run)


# -- other programs --------------------------------------------------------------------------------------------------------------


def test_inventory(bench: Bench, echo: EchoServer) -> None:
    """Computers whose names and details repeat secrets, errors that do, and the cache."""
    searched = Search(SECRETS)
    for shape in ("200-rows", "200-tables", "200-keys", "404-message", "cutlist100", "500-cut300", "login-400-message", "bytes"):
        for platform in (ABR, SDP):
            folder = bench.folder / f"{shape}-{platform}"
            source = {"plugin": "deskops.itsm.computers", "platform": platform, "url": f"{echo.url}/{shape}", **QUICK}
            source |= {"accounts_url": f"{echo.url}/{shape}"} if platform == SDP else {}
            source |= {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder)}
            path = bench.ansible.write(f"{shape}.{platform}.computers.yml", source)
            command = ["ansible-inventory", "-i", str(path), "--list", "-vvvv"]
            run = bench.ansible.program(command, env=bench.environ("environment"))
            searched.run(run)
    searched.folder(bench.folder, TOKEN_FILES)
    bench.tally["megabytes"] += searched.searched / 1e6
    assert searched.found == []


def test_runner(bench: Bench, echo: EchoServer, tmp_path: pathlib.Path) -> None:
    """What ansible-runner, and so AWX, keeps of a run: events, output, facts."""
    runner = ensure("runner", main_interpreter())
    home = tmp_path / "runner"
    (home / "project").mkdir(parents=True)
    (home / "env").mkdir()
    (home / "inventory").mkdir()
    shapes = [shape for shape in every_shape() if shape.startswith(("404-", "200-", "500-cut", "login-4", "cut"))]
    tasks = [at_echo(echo, task, shape) for shape, task in rotated(shapes, bench.verbs, 0, 2)]
    everything = [{**task, "register": f"r{number}"} for number, task in enumerate(tasks)]
    names = ", ".join(f"r{number}" for number in range(len(tasks)))
    remember = {"ansible.builtin.set_fact": {"all_of_it": f"{{{{ [{names}] }}}}", "cacheable": True}}
    play = {"name": "Test", "hosts": "localhost", "gather_facts": False, "ignore_errors": True, "tasks": [*everything, remember]}
    bench.ansible.write(str(home / "project" / "play.yml"), [play])
    variables = {"ansible_connection": "local", "ansible_python_interpreter": runner.python}
    bench.ansible.write(str(home / "inventory" / "hosts.yml"), {"all": {"hosts": {"localhost": {}}, "vars": variables}})
    kept = {name: value for name, value in bench.ansible.environ().items() if name.startswith("ANSIBLE_") and value}
    environ = {**os.environ, **kept, **{name: value for name, value in bench.environ("environment").items() if value}}
    environ["PATH"] = os.pathsep.join([str(runner.bin), os.environ.get("PATH", os.defpath)])
    for name in ("ANSIBLE_CACHE_PLUGIN", "ANSIBLE_CACHE_PLUGIN_CONNECTION"):
        environ.pop(name)
    command = [str(runner.bin / "ansible-runner"), "run", str(home), "-p", "play.yml", "-vvvv", "--ident", "it"]
    done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    artifacts = home / "artifacts" / "it"
    events = list((artifacts / "job_events").glob("*.json"))
    assert len(events) > len(tasks), done.stdout[-2000:] + done.stderr[-2000:]
    assert list((artifacts / "fact_cache").glob("*"))
    search = Search(SECRETS)
    search.text("stdout", done.stdout)
    search.text("stderr", done.stderr)
    # It writes down the environment that it was started with, which is its own affair.
    command_file = artifacts / "command"
    if command_file.exists():
        command_file.unlink()
    search.folder(home)
    search.folder(bench.folder / "asked", TOKEN_FILES)
    bench.tally["megabytes"] += search.searched / 1e6
    bench.tally["tasks"] += len(tasks)
    bench.tally["files"] += search.files
    assert search.found == []
