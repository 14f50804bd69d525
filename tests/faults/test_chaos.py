# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that are killed anywhere lose nothing and do nothing twice: queues are decided, and services are ordered, once each.

The seed of the long form is chosen anew each time and printed; set CHAOS_SEED to repeat a run.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from faults.support.chaos import Chaos, Story, Work, check_private, check_tokens, commits, on_localhost
from integration.roles.conftest import CHANGED, MALWARE, TRUSTED
from integration.roles.provisioning import ANSWERS, DATABASE, GUESTS, VPN, changing, ordered
from integration.support.dwp import ON_DWP, kept_comments
from integration.support.programs import Ansible, Run
from integration.support.sandbox import SDP_USER, Sandbox
from integration.support.sdp import ON_SDP, sdp_writes

pytestmark = pytest.mark.skipif(not pathlib.Path("/proc/self/stat").exists(), reason="needs /proc")

SHORT = {"queue of Admin By Request": 3, "queue of ServiceDesk Plus": 2, "orders of Digital Workplace": 3, "tickets": 2}
LONG = 30
DECISION = re.compile(r"/requests/\d+$")
APPROVAL = re.compile(r"/approvals/\d+/_(approve|reject)$")
SLOW_WRITES = [{"kind": "latency", "ms": 25, "method": method, "when": when}
               for method in ("POST", "PUT", "DELETE") for when in ("before", "after")]  # fmt: skip
MAJA = "maja.lind@northwind.example"
# Seconds after which no platform counts an earlier login any more.
MUCH_LATER = 700


class _Work:
    """What all have in common: a folder for tokens that outlives a run."""

    waits_for_orphans = True

    def __init__(self, sandbox: Sandbox, folder: pathlib.Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.tokens = folder / "tokens"

    def check_files(self) -> None:
        check_tokens(self.tokens)

    def check_nothing_changed(self, run: Run) -> None:
        assert sum(map(int, CHANGED.findall(run.stdout))) == 0, run.output
        assert changing(call for task in run.tasks for call in task.calls) == []


class QueueOfAbr(_Work):
    """The role approval_queue with a state file, while new requests come in."""

    name = "queue of Admin By Request"
    waits_for_orphans = False

    def __init__(self, sandbox: Sandbox, folder: pathlib.Path) -> None:
        super().__init__(sandbox, folder)
        sandbox.reset("empty")
        self.state_path = folder / "state" / "queue.json"
        self.state_path.parent.mkdir()
        self.undecided = sandbox.add_requests(2, application={"vendor": "Nobody Inc"})
        self.wanted: dict[str, str] = {}

    def add(self, number: int) -> None:
        for position in range(8):
            is_bad = (number + position) % 3 == 0
            application = {"vendor": "Mozilla", **({"scanResult": "Malicious", "sha256": "b" * 64} if is_bad else {})}
            (request_id,) = self.sandbox.add_requests(application=application)
            self.wanted[f"/abr/requests/{request_id}"] = "Denied" if is_bad else "Open"

    def plays(self) -> list[dict[str, Any]]:
        variables = {
            "rules": [MALWARE, TRUSTED],
            "state_path": str(self.state_path),
            "report_path": str(self.state_path.parent / "report.csv"),
            "show": False,
        }
        return [
            {
                "import_playbook": "deskops.itsm.drain_queue",
                "vars": {f"approval_queue_{name}": value for name, value in variables.items()},
            }
        ]

    def env(self) -> dict[str, str | None]:
        return {}

    @property
    def kept(self) -> int:
        state = json.loads(self.state_path.read_text())
        assert list(state) == ["queue", "since_id"]
        return int(state["since_id"])

    def check_files(self) -> None:
        names = {path.name for path in self.state_path.parent.iterdir()}
        assert names <= {"queue.json", "queue.json.lock", "queue.json.new", "report.csv"}
        if self.state_path.exists():
            check_private(self.state_path)
            assert self.kept <= self.undecided[0]

    def check_end(self, last: Run) -> None:
        decided = commits(self.sandbox.calls(platform="abr"), DECISION)
        assert decided == dict.fromkeys(self.wanted, 1)
        rows = {f"/abr/requests/{row['id']}": row["status"] for row in self.sandbox.state("requests")}
        undecided = {f"/abr/requests/{number}" for number in self.undecided}
        assert {path: rows[path] for path in self.wanted} == self.wanted
        assert set(rows) - set(self.wanted) == undecided
        assert {rows[path] for path in undecided} == {"Pending"}
        assert self.kept == self.undecided[0]
        assert not self.state_path.with_name("queue.json.lock").is_symlink()

    def check_again(self, again: Run) -> None:
        self.check_nothing_changed(again)
        asked = [call for task in again.tasks for call in task.calls]
        assert asked
        for call in asked:
            # What the newest request is, is no question about one that was seen.
            (start,) = re.findall(r"startid=(\d+)|[?&]last=1$", call["target"])
            assert not start or int(start) >= self.kept, call


class QueueOfSdp(_Work):
    """A queue of approvals, decided by rules; of two levels of a request both are the caller's."""

    name = "queue of ServiceDesk Plus"
    waits_for_orphans = False

    def __init__(self, sandbox: Sandbox, folder: pathlib.Path) -> None:
        super().__init__(sandbox, folder)
        sandbox.reset("empty")
        self.wanted: dict[str, list[str]] = {}

    def add(self, number: int) -> None:
        _new_session(self.sandbox, "sdp", self.tokens)
        for position in range(3):
            is_bad = position == 2
            approvers = [SDP_USER] if is_bad else [SDP_USER, SDP_USER][: position + 1]
            subject = f"{'Torrent client' if is_bad else 'Editor'} {number}.{position}"
            (request_id,) = self.sandbox.add_records("requests", {"subject": subject, "approvers": approvers})
            self.wanted[request_id] = ["Rejected"] if is_bad else ["Approved"] * len(approvers)

    def plays(self) -> list[dict[str, Any]]:
        rules = [
            {"name": "banned", "when": {"subject": {"glob": "Torrent*"}}, "then": "denied", "reason": "Banned"},
            {"name": "all", "when": {}, "then": "approved", "decided_by": SDP_USER},
        ]
        rules[0]["decided_by"] = SDP_USER
        find = {"name": "Find", "deskops.itsm.request_info": {"status": ["pending"]}, "register": "found"}
        items = (
            "{% set items = [] %}{% for one in found.records | deskops.itsm.decide(rules) %}"
            "{% set _ = items.append({'request_id': one.request_id, 'state': one.state, 'reason': one.reason,"
            " 'decided_by': one.decided_by}) %}{% endfor %}{{ items }}"
        )
        decide = {"name": "Decide", "deskops.itsm.request_approve": {"items": items}, "when": "found.records | length > 0"}
        return [{**on_localhost(find, decide)[0], "vars": {"rules": rules}}]

    def env(self) -> dict[str, str | None]:
        return {**ON_SDP, "DESKOPS_TOKEN_CACHE": str(self.tokens)}

    def check_end(self, last: Run) -> None:
        decided: dict[str, int] = commits(self.sandbox.calls(platform="sdp"), APPROVAL)
        assert set(decided.values()) == {1}
        assert len(decided) == sum(map(len, self.wanted.values()))
        for request_id, wanted in self.wanted.items():
            assert [row["status"]["name"] for row in self.sandbox.sdp_approvals(request_id)] == wanted

    def check_again(self, again: Run) -> None:
        self.check_nothing_changed(again)
        assert sdp_writes(again["Find"].calls) == []


class OrdersOfDwp(_Work):
    """The playbook order_service: three services, with and without answers, for more and more people, and a comment on each."""

    name = "orders of Digital Workplace"

    def __init__(self, sandbox: Sandbox, folder: pathlib.Path) -> None:
        super().__init__(sandbox, folder)
        sandbox.reset()
        sandbox.switches("dwp", workflow_start_ms=1, workflow_work_ms=1)
        self.users: list[str] = []

    def add(self, number: int) -> None:
        if number % 2:
            _new_session(self.sandbox, "dwp", self.tokens)
        logins = [f"colleague{number}{letter}" for letter in "ab"]
        self.sandbox.add_each("users", [{"login": login} for login in logins], "dwp")
        self.users += logins

    def plays(self) -> list[dict[str, Any]]:
        variables = {
            "requested_for": self.users,
            "items": [{"service": VPN}, {"service": "Guest network"}, {"service": "Database access", "answers": ANSWERS}],
            "wait": True,
            "comment": {"text": "{service} is {status}"},
            "show": False,
        }
        return [
            {
                "import_playbook": "deskops.itsm.order_service",
                "vars": {f"provision_service_{name}": value for name, value in variables.items()},
            }
        ]

    def env(self) -> dict[str, str | None]:
        return {**ON_DWP, "DESKOPS_TOKEN_CACHE": str(self.tokens)}

    def check_end(self, last: Run) -> None:
        wanted = sorted((service, user) for service in (DATABASE, GUESTS, VPN) for user in self.users)
        assert ordered(self.sandbox) == wanted
        (told,) = (task for task in last.tasks if task.name.endswith(" : Keep the result for the caller"))
        requests = told["ansible_facts"]["provision_service_result"]["requests"]
        assert sorted((row["service_id"], row["requested_for"]) for row in requests) == wanted
        for row in requests:
            comments = [comment["text"] for comment in kept_comments(self.sandbox, row["request_id"])]
            assert comments == [f"{row['service']} is COMPLETED"]

    def check_again(self, again: Run) -> None:
        self.check_nothing_changed(again)


class TicketsOfSdp(_Work):
    """Tickets with a key, from a template and without, and a note on each."""

    name = "tickets"

    def __init__(self, sandbox: Sandbox, folder: pathlib.Path) -> None:
        super().__init__(sandbox, folder)
        sandbox.reset()
        self.keys: list[str] = []

    def add(self, number: int) -> None:
        _new_session(self.sandbox, "sdp", self.tokens)
        self.keys += [f"INC-{number}-{position}" for position in range(4)]

    def plays(self) -> list[dict[str, Any]]:
        items = []
        for position, key in enumerate(self.keys):
            item = {"key": key, "subject": "Export failed", "requested_for": MAJA, "fields": {"priority": "High"}}
            if position % 2:
                item |= {"service": "Standard laptop", "answers": {"Model": "latitude 7450", "Replaces a device": "No"}}
            items.append(item)
        order = {
            "name": "Order",
            "deskops.itsm.service_request": {"key_field": "udf_fields.udf_char1", "items": items},
            "register": "made",
        }
        notes = (
            "{% set items = [] %}{% for one in made.results %}"
            "{% set _ = items.append({'request_id': one.request_id, 'text': 'Seen'}) %}{% endfor %}{{ items }}"
        )
        return on_localhost(order, {"name": "Note", "deskops.itsm.request_comment": {"items": notes}})

    def env(self) -> dict[str, str | None]:
        return {**ON_SDP, "DESKOPS_TOKEN_CACHE": str(self.tokens)}

    def check_end(self, last: Run) -> None:
        rows = [row for row in self.sandbox.state("requests", "sdp") if row["subject"] == "Export failed"]
        assert sorted(row["udf_fields"]["udf_char1"] for row in rows) == sorted(self.keys)
        made = commits(self.sandbox.calls(platform="sdp", method="POST"), re.compile(r"/requests$"))
        assert sum(made.values()) == len(self.keys)
        noted = commits(self.sandbox.calls(platform="sdp", method="POST"), re.compile(r"/notes$"))
        assert sorted(noted.values()) == [1] * len(self.keys)

    def check_again(self, again: Run) -> None:
        self.check_nothing_changed(again)


def _new_session(sandbox: Sandbox, platform: str, tokens: pathlib.Path) -> None:
    """The next run has to log in, so that it writes a token; much later, on both sides, for logins are rationed."""
    sandbox.end_sessions(platform)
    sandbox._call("POST", "clock", {"advance": MUCH_LATER})
    for path in tokens.glob("*.json"):
        content = json.loads(path.read_text())
        token = content["token"]
        token |= {"expires_at": token["expires_at"] - MUCH_LATER, "logins": [at - MUCH_LATER for at in token["logins"]]}
        path.write_text(json.dumps(content))


WORKS: dict[str, Callable[[Sandbox, pathlib.Path], Work]] = {
    work.name: work for work in (QueueOfAbr, QueueOfSdp, OrdersOfDwp, TicketsOfSdp)
}


@pytest.fixture
def ansible(tmp_path: pathlib.Path, sandbox: Sandbox) -> Ansible:
    """One for each test, whose temporary files are those of its runs."""
    return Ansible(tmp_path / "ansible", sandbox)


def _survive(
    name: str, ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path, *, kills: int, seed: int, modes: int = 1
) -> Story:
    work = WORKS[name](sandbox, folder)
    sandbox.faults(*SLOW_WRITES)
    print(f"CHAOS_SEED={seed}")
    return Chaos(work, ansible, sandbox, folder, seed).survive(kills, modes)


@pytest.mark.parametrize("name", WORKS)
def test_killed_anywhere(name: str, ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    story = _survive(name, ansible, sandbox, tmp_path, kills=SHORT[name], seed=1)
    assert story.hits == SHORT[name]


def test_the_short_form_has_ten_kills() -> None:
    assert SHORT.keys() == WORKS.keys()
    assert sum(SHORT.values()) == 10


@pytest.mark.long
@pytest.mark.parametrize("name", WORKS)
def test_killed_anywhere_long(name: str, ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
    story = _survive(name, ansible, sandbox, tmp_path, kills=LONG, seed=seed, modes=2)
    print(f"{name}: {story}; nothing lost, nothing done twice")
