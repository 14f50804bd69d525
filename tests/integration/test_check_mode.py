# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode tells what the real run does, and writes nothing: every module on each of its platforms, and every role.

All cases are in tables. Modules, their platforms and the roles are found in the folders: what has no case here fails the test.
"""

from __future__ import annotations

import importlib
import json
import pathlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from integration.roles.conftest import CHANGED
from integration.roles.provisioning import changing
from integration.support.programs import Ansible, Run, TaskResult
from integration.support.sandbox import ROOT, SDP_REFRESH_TOKEN, SDP_USER, Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Verb, WriteVerb

Row = dict[str, Any]

ABR, DWP, SDP = "admin_by_request", "bmc_dwp", "sdp_cloud"
MAJA, ELS, INGRID = (f"{name}@northwind.example" for name in ("maja.lind", "els.bakker", "ingrid.moe"))
ONE_MORE = f"1000.{'5ab0c002' * 4}.{'5ab0c002' * 4}"
# What only the server knows, and only afterwards: said here again, so that the modules' own opinion of it is tested.
SERVER_MADE: dict[str, frozenset[str]] = {
    "request_approve": frozenset({"status", "updated_at"}),
    "service_request": frozenset({"id", "display_id", "state", "status", "created_at", "updated_at", "url"}),
    "request_comment": frozenset({"id", "created_at"}),
    "request_attachment": frozenset({"id", "created_at"}),
}
# The service desk tells no names of people before it has written them.
SERVER_MADE_ON = {SDP: frozenset({"author", "requested_for", "requested_by"})}
# As the user wrote it, whatever the names of its fields.
ASKED_FOR = "fields"


@dataclass(frozen=True)
class Case:
    """A task, and what its items come to."""

    module: str
    platform: str
    name: str
    outcomes: tuple[str, ...]
    options: Row = field(default_factory=dict)
    # A second run would do it again, as it is told to.
    repeats: bool = False

    @property
    def title(self) -> str:
        return f"{self.module} {self.platform} {self.name}"

    def task(self, values: Mapping[str, Any]) -> Row:
        options = {"platform": self.platform, **_filled(self.options, values)}
        return {"name": self.title, f"deskops.itsm.{self.module}": options}


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Options, with C($name) replaced by what is known only when the sandbox runs."""
    if isinstance(value, dict):
        return {key: _filled(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    return values[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def _items(*items: Row, **common: Any) -> Row:
    return {**common, "items": list(items)}


APPROVALS = [
    Case("request_approve", ABR, "approve", ("approved",), {"request_id": "$abr0", "state": "approved", "reason": "CAB"}),
    Case("request_approve", ABR, "deny", ("denied",), {"request_id": "$abr1", "state": "denied", "reason": "Blocked"}),
    Case("request_approve", ABR, "decided", ("unchanged",), {"request_id": "$abr_approved", "state": "approved"}),
    Case("request_approve", ABR, "the other way", ("conflict",),
         {"request_id": "$abr_denied", "state": "approved", "on_conflict": "warn"}),
    Case("request_approve", ABR, "mixed", ("approved", "unchanged", "denied", "failed", "conflict"), _items(
        {"request_id": "$abr2"}, {"request_id": "$abr_approved"}, {"request_id": "$abr3", "state": "denied"},
        {"request_id": "999"}, {"request_id": "$abr_denied"}, state="approved", on_conflict="ignore")),
    Case("request_approve", ABR, "stop", ("failed", "skipped"), _items(
        {"request_id": "998"}, {"request_id": "$abr4"}, state="approved", on_error="stop")),
    Case("request_approve", SDP, "approve", ("approved",),
         {"request_id": "$sdp0", "state": "approved", "reason": "CAB", "decided_by": SDP_USER}),
    Case("request_approve", SDP, "deny", ("denied",), {"request_id": "$sdp1", "state": "denied", "decided_by": SDP_USER}),
    Case("request_approve", SDP, "two levels", ("approved",),
         {"request_id": "$sdp_levels", "state": "approved", "decided_by": SDP_USER}),
    Case("request_approve", SDP, "decided", ("unchanged",),
         {"request_id": "$sdp_approved", "state": "approved", "decided_by": SDP_USER}),
    Case("request_approve", SDP, "mixed", ("denied", "unchanged", "failed", "conflict"), _items(
        {"request_id": "$sdp2", "state": "denied"}, {"request_id": "$sdp_approved"}, {"request_id": "987060000009999999"},
        {"request_id": "$sdp_foreign"}, state="approved", decided_by=SDP_USER, on_conflict="warn")),
]  # fmt: skip
ORDERS = [
    Case("service_request", DWP, "create", ("created",), {"service": "VPN access", "requested_for": ["mlind"]}),
    Case("service_request", DWP, "quantity", ("created",),
         {"service": "Standard laptop", "requested_for": ["nli"], "quantity": 2}),
    Case("service_request", DWP, "answers", ("created",), {
        "service": "Database access", "requested_for": ["skjaer"],
        "answers": {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Report"}}),
    Case("service_request", DWP, "key", ("created",),
         {"service": "Guest network", "requested_for": ["nli"], "key": "TICKET-1"}),
    Case("service_request", DWP, "under way", ("unchanged",), {"service": "Meeting room", "requested_for": ["gthorsd"]}),
    Case("service_request", DWP, "by id", ("unchanged",), {"request_id": "40310"}),
    Case("service_request", DWP, "one of two users", ("created",),
         {"service": "External monitor", "requested_for": ["skjaer", "jmueller"]}),
    Case("service_request", DWP, "each time", ("created",),
         {"service": "VPN access", "requested_for": ["jmueller"], "match_on": []}, repeats=True),
    Case("service_request", DWP, "mixed", ("created", "unchanged", "failed", "created"), _items(
        {"service": "External monitor"}, {"service": "Meeting room"}, {"service": "No such thing"},
        {"service": "Guest network"}, requested_for=["gthorsd"])),
    Case("service_request", SDP, "create", ("created",), {
        "service": "Standard laptop", "requested_for": [MAJA], "subject": "Laptop for the booth",
        "description": "Back in May\n& June",
        "answers": {"Model": "latitude 7450", "Replaces a device": "No", "Accessories": ["Monitor", "headset"]},
        "fields": {"priority": "High", "technician": INGRID, "due_by_time": "2026-12-01T11:00:00+01:00",
                   "udf_fields": {"txt_cost_centre": "CC-4100"}}}),
    Case("service_request", SDP, "without a template", ("created",), {"subject": "Printer on fire", "requested_for": [ELS]}),
    Case("service_request", SDP, "key", ("created",), {
        "subject": "Export failed", "requested_for": [ELS], "key": "INC-1", "key_field": "udf_fields.udf_char1"}),
    Case("service_request", SDP, "update", ("updated",), {
        "subject": "To update", "requested_for": [MAJA], "description": "Now",
        "fields": {"priority": "Low", "status": "In Progress"}}),
    Case("service_request", SDP, "nothing to do", ("unchanged",),
         {"subject": "To keep", "requested_for": [MAJA], "fields": {"priority": "High"}}),
    Case("service_request", SDP, "close", ("closed",), {
        "request_id": "$to_close", "state": "closed", "closure": {"closure_code": "Success", "closure_comments": "Done"}}),
    Case("service_request", SDP, "remove", ("deleted",), {"request_id": "$to_remove", "state": "absent"}),
    Case("service_request", SDP, "removed already", ("unchanged",),
         {"subject": "Never was", "requested_for": [MAJA], "state": "absent"}),
    Case("service_request", SDP, "mixed", ("created", "unchanged", "updated", "failed"), _items(
        {"subject": "Another fire"}, {"subject": "To keep"}, {"subject": "To change", "fields": {"priority": "Low"}},
        {"service": "No such template", "subject": "x"}, requested_for=[MAJA])),
]  # fmt: skip
POSTS = [
    case
    for platform, one, other in ((DWP, "40310", "40244"), (SDP, "$posts0", "$posts1"))
    for case in (
        Case("request_comment", platform, "create", ("created",), {"request_id": one, "text": "Line <1>\n& line 2"}),
        Case("request_comment", platform, "internal", ("created",),
             {"request_id": one, "text": "For us", "visibility": "internal", "notify": False}),
        Case("request_comment", platform, "there already", ("unchanged",), {"request_id": "$commented", "text": "Said before"}
             if platform == SDP else {"request_id": "$commented_dwp", "text": "Said before"}),
        Case("request_comment", platform, "mixed", ("created", "unchanged", "failed"), _items(
            {"request_id": other, "text": "A"}, {"request_id": other, "text": "A"},
            {"request_id": "9999" if platform == DWP else "987060000009999999", "text": "A"})),
        Case("request_attachment", platform, "create", ("created",),
             {"request_id": one, "path": "$upload", "name": "plan.csv"}),
        Case("request_attachment", platform, "under its own name", ("created",), {"request_id": other, "path": "$upload"}),
        Case("request_attachment", platform, "mixed", ("created", "unchanged", "failed"), _items(
            {"request_id": other, "name": "a.csv"}, {"request_id": other, "name": "a.csv"},
            {"request_id": "9999" if platform == DWP else "987060000009999999", "name": "a.csv"}, path="$upload")),
    )
]  # fmt: skip
REVIEWS = [
    Case("review", DWP, "create", ("created",),
         {"service": "VPN access", "title": "Quick", "content": "At once.\nGood", "rating": 0.9}),
    Case("review", DWP, "rating only", ("created",), {"service": "Guest network", "rating": 0.5}),
    Case("review", DWP, "update", ("updated",), {"service": "$reviewed", "title": "Better", "rating": 0.3}),
    Case("review", DWP, "remove what is not there", ("unchanged",), {"service": "Meeting room", "state": "absent"}),
    Case("review", DWP, "remove", ("deleted",), {"service": "$reviewed2", "state": "absent"}),
    Case("review", DWP, "mixed", ("created", "failed", "unchanged"), _items(
        {"service": "External monitor", "rating": 1.0}, {"service": "No such thing", "rating": 1.0},
        {"service": "Fax line", "state": "absent"})),
]  # fmt: skip
FILES = [
    Case("catalog_export", DWP, "create", ("created",), {"services": ["VPN access"], "path": "$files/new.zip", "mode": "0640"}),
    Case("catalog_export", DWP, "nothing to do", ("unchanged",), {"services": ["Guest network"], "path": "$files/there.zip"}),
    Case("catalog_export", DWP, "update", ("updated",), {"services": ["Meeting room"], "path": "$files/old.zip"}),
    Case("catalog_export", DWP, "mixed", ("created", "failed", "unchanged"), _items(
        {"services": ["2405"], "path": "$files/mixed.zip"}, {"services": ["No such thing"], "path": "$files/none.zip"},
        {"services": ["Guest network"], "path": "$files/there.zip"})),
    Case("catalog_import", DWP, "create", ("created",), {"url": "$other", "path": "$archives/Desk move.zip"}),
    Case("catalog_import", DWP, "update", ("updated",), {"url": "$other", "path": "$archives/Standard laptop.zip"}),
    Case("catalog_import", DWP, "nothing to do", ("unchanged",), {"url": "$other", "path": "$archives/Guest network.zip"}),
    Case("catalog_import", DWP, "mixed", ("created", "failed", "unchanged"), _items(
        {"path": "$archives/Paper.zip"}, {"path": "$upload"}, {"path": "$archives/Guest network.zip"}, url="$other")),
    Case("access_token", DWP, "login", ("unchanged",)),
    Case("access_token", DWP, "create", ("created",), {"token_path": "$files/dwp_token"}),
    Case("access_token", DWP, "mixed", ("created", "failed"), _items(
        {"token_path": "$files/dwp_other"}, {"token_path": "$files"})),
    Case("access_token", SDP, "login", ("unchanged",)),
    Case("access_token", SDP, "create", ("created",), {"token_path": "$files/sdp_token"}),
    Case("access_token", SDP, "exchange", ("created",), {"code": "$code", "refresh_token_path": "$files/refresh_token"}),
    Case("access_token", SDP, "kept already", ("unchanged",), {"refresh_token_path": "$files/kept_token"}),
    Case("access_token", SDP, "revoke", ("deleted",), {"refresh_token_path": "$files/old_token", "state": "revoked"}),
    Case("access_token", SDP, "revoked already", ("unchanged",), {"refresh_token_path": "$files/no_token", "state": "revoked"}),
]  # fmt: skip
RECORDS = [
    Case("record", SDP, "create", ("created",), {"module": "problems", "fields": {
        "title": "Mail is delayed", "priority": "High", "technician": INGRID, "due_by_time": "2026-12-01T16:00:00Z",
        "root_cause": {"root_cause_description": "<b>Age</b>"}}}),
    Case("record", SDP, "update", ("updated",), {"module": "problems", "fields": {"title": "Known", "priority": "Low"}}),
    Case("record", SDP, "nothing to do", ("unchanged",), {"module": "problems", "fields": {"title": "Kept", "priority": "HIGH"}}),
    Case("record", SDP, "remove", ("deleted",), {"module": "problems", "state": "absent", "fields": {"title": "Gone"}}),
    Case("record", SDP, "removed already", ("unchanged",),
         {"module": "sites", "state": "absent", "fields": {"name": "Old harbour"}}),
    Case("record", SDP, "below another", ("created", "created"), _items(
        {"fields": {"title": "Read the queue", "owner": INGRID}}, {"fields": {"title": "Ask"}},
        module="tasks", parent={"module": "problems", "id": "$problem"})),
    Case("record", SDP, "asset", ("created",), {"module": "workstations", "match_on": ["serial_number"], "fields": {
        "name": "NW-LT-0901", "serial_number": "SBX00901", "product": "ThinkPad T14", "site": "Oslo"}}),
    Case("record", SDP, "mixed", ("created", "unchanged", "updated", "failed"), _items(
        {"fields": {"title": "New one"}}, {"fields": {"title": "Kept"}}, {"fields": {"title": "Known too", "priority": "Low"}},
        {"record_id": "987060000009999999", "fields": {"priority": "Low"}}, module="problems")),
]  # fmt: skip
READS = [
    Case("request_info", ABR, "read", (), {"status": ["pending"]}),
    Case("request_info", DWP, "read", (), {"limit": 3, "include": ["comments"]}),
    Case("request_info", SDP, "read", (), {"limit": 3, "include": ["approvals"]}),
    Case("catalog_info", DWP, "read", (), {"gather": ["services"], "title": "VPN access"}),
    Case("catalog_info", SDP, "read", ()),
    Case("review_info", DWP, "read", ()),
    Case("record_info", SDP, "read", (), {"module": "problems", "limit": 2}),
    Case("auditlog_info", ABR, "read", (), {"limit": 2}),
    Case("event_info", ABR, "read", (), {"limit": 2}),
    Case("computer_info", ABR, "read", (), {"limit": 2}),
]
# Those that read come first: they find the same in each run.
CASES = [*READS, *APPROVALS, *ORDERS, *POSTS, *REVIEWS, *FILES, *RECORDS]
LEAST_CASES = 3


def _modules() -> dict[str, Verb]:
    """Every module of the collection, by what it does."""
    found = {}
    for path in sorted((ROOT / "plugins/modules").glob("[a-z]*.py")):
        module = importlib.import_module(f"ansible_collections.deskops.itsm.plugins.modules.{path.stem}")
        found[path.stem] = getattr(module, path.stem.upper())
    return found


# -- the state that both runs begin with ------------------------------------------------------------------------------------


class Stage:
    """The sandbox and the folders as every run finds them."""

    def __init__(self, ansible: Ansible, sandbox: Sandbox, folder: pathlib.Path) -> None:
        self.ansible = ansible
        self.sandbox = sandbox
        self.files = folder / "files"
        self.archives = folder / "archives"
        # A new login would be a new token, in each run.
        self.tokens = folder / "tokens"
        self.upload = folder / "upload.csv"
        self.upload.write_text("desk;room\n")
        self.archives.mkdir()
        sandbox.reset()
        names = {"Desk move": "2421", "Standard laptop": "2401", "Guest network": "2419", "Paper": "2424"}
        done = ansible.run(
            [
                {"name": name, "deskops.itsm.catalog_export": {
                    "platform": DWP, "services": [service], "path": f"{self.archives}/{name}.zip"}}
                for name, service in names.items()
            ],
            stop_on_failure=True,
        )  # fmt: skip
        assert done.rc == 0, done.output

    def set(self) -> dict[str, Any]:
        """Begin anew; what the options need to know."""
        sandbox = self.sandbox
        sandbox.reset()
        values: dict[str, Any] = {"other": sandbox.other_dwp_url, "upload": str(self.upload), "files": str(self.files)}
        values |= {f"abr{number}": str(one) for number, one in enumerate(sandbox.add_requests(5))}
        values["abr_approved"] = str(sandbox.add_requests(status="Running")[0])
        values["abr_denied"] = str(sandbox.add_requests(status="Denied")[0])
        # What was ordered stays under way.
        sandbox.switches("dwp", workflow_start_ms=0, workflow_work_ms=0)
        shutil.rmtree(self.tokens, ignore_errors=True)
        self._set_tickets(values)
        self._set_catalog(values)
        self._set_files(values)
        return values

    def _set_tickets(self, values: dict[str, Any]) -> None:
        add = self.sandbox.add_records
        for number in range(3):
            (values[f"sdp{number}"],) = add("requests", {"subject": "To decide", "approvers": [SDP_USER]})
        (values["sdp_levels"],) = add("requests", {"subject": "To decide", "approvers": [SDP_USER, SDP_USER]})
        (values["sdp_foreign"],) = add("requests", {"subject": "To decide", "approvers": ["ove.dahl@northwind.example"]})
        (values["sdp_approved"],) = add("requests", {"subject": "Decided", "approvers": [SDP_USER]})
        self.sandbox.decide_in_sdp(values["sdp_approved"], SDP_USER, "Approved")
        of_maja = {"requester": {"email_id": MAJA}, "priority": {"name": "High"}}
        for subject in ("To update", "To keep", "To change"):
            add("requests", {"subject": subject, **of_maja})
        for name in ("to_close", "to_remove", "posts0", "posts1", "commented"):
            (values[name],) = add("requests", {"subject": name, **of_maja})
        high = {"priority": {"name": "High"}}
        ids = add("problems", *({"title": title, **high} for title in ("Known", "Kept", "Gone", "Known too", "Parent")))
        values["problem"] = ids[-1]
        values["code"] = self.sandbox.grant_code()

    def _set_catalog(self, values: dict[str, Any]) -> None:
        ids = self.sandbox.add_each(
            "requests",
            [
                {"service": "2409", "requestedFor": "gthorsd", "requestedBy": "svc_automation", "status": "ACTIVE"},
                {"service": "2409", "requestedFor": "mlind", "requestedBy": "svc_automation", "status": "ACTIVE"},
                {"service": "2402", "requestedFor": "skjaer", "requestedBy": "svc_automation", "status": "ACTIVE"},
            ],
            "dwp",
        )
        values["commented_dwp"] = str(ids[1])
        values |= {"reviewed": "Mobile phone", "reviewed2": "Software licence"}

    def _set_files(self, values: dict[str, Any]) -> None:
        shutil.rmtree(self.files, ignore_errors=True)
        self.files.mkdir()
        shutil.copy(self.archives / "Guest network.zip", self.files / "there.zip")
        shutil.copy(self.archives / "Guest network.zip", self.files / "old.zip")
        for name, token in (("kept_token", SDP_REFRESH_TOKEN), ("old_token", ONE_MORE)):
            (self.files / name).write_text(token)
            (self.files / name).chmod(0o600)

    def first_steps(self, values: Mapping[str, Any]) -> list[Row]:
        """What can only be made through the API: it is not looked at."""
        said = {"text": "Said before"}
        on_dwp, on_sdp = (
            {"platform": DWP, "request_id": values["commented_dwp"]},
            {"platform": SDP, "request_id": values["commented"]},
        )
        opinion = {"title": "Was", "content": "So", "rating": 0.7}
        return [
            {"name": "before 1", "deskops.itsm.request_comment": {**on_dwp, **said}},
            {"name": "before 2", "deskops.itsm.request_comment": {**on_sdp, **said}},
            {"name": "before 3", "deskops.itsm.review": {"platform": DWP, "items": [
                {"service": values["reviewed"], **opinion}, {"service": values["reviewed2"], **opinion}]}},
        ]  # fmt: skip

    def tree(self) -> dict[str, tuple[int, bytes]]:
        """What is on the disk."""
        return {path.name: (path.stat().st_mode, path.read_bytes()) for path in self.files.iterdir()}


@dataclass(frozen=True)
class Runs:
    """The same tasks predicted, done, and predicted again."""

    predicted: Run
    done: Run
    again: Run


@pytest.fixture(scope="module")
def stage(ansible: Ansible, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(ansible, sandbox, tmp_path_factory.mktemp("check_mode"))


@pytest.fixture(scope="module")
def runs(stage: Stage, ansible: Ansible) -> Runs:
    def run(*arguments: str, anew: bool = True) -> Run:
        nonlocal values
        if anew:
            values = stage.set()
            before = ansible.run(stage.first_steps(values), stop_on_failure=True)
            assert before.rc == 0, before.output
        paths = {"$files": str(stage.files), "$archives": str(stage.archives)}
        text = json.dumps([case.task(_Values(values, paths)) for case in CASES])
        for name, path in paths.items():
            text = text.replace(name, path)
        env = {"DESKOPS_TOKEN_CACHE": str(stage.tokens)}
        return ansible.run(json.loads(text), arguments=["--diff", *arguments], env=env)

    values: dict[str, Any] = {}
    predicted = run("--check")
    # What check mode leaves behind is what it found: the disk as well as the servers.
    left = stage.tree()
    stage.set()
    assert left == stage.tree()
    done = run()
    again = run("--check", anew=False)
    return Runs(predicted, done, again)


class _Values(dict[str, Any]):
    """Values by name; paths below a folder are filled in later."""

    def __init__(self, values: Mapping[str, Any], paths: Mapping[str, str]) -> None:
        super().__init__(values)
        self._folders = tuple(name[1:] for name in paths)

    def __missing__(self, name: str) -> str:
        assert name.startswith(self._folders), name
        return f"${name}"


# -- the comparison ---------------------------------------------------------------------------------------------------------


def _known(value: Any, unknown: frozenset[str]) -> Any:
    """A record without what the server makes."""
    if isinstance(value, list):
        return [_known(one, unknown) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: inner for key, inner in value.items() if key not in unknown}
    return {key: inner if key == ASKED_FOR else _known(inner, unknown) for key, inner in kept.items()}


def _told(case: Case, task: TaskResult) -> Row:
    """What must be the same in check mode."""
    unknown = SERVER_MADE.get(case.module, frozenset()) | SERVER_MADE_ON.get(case.platform, frozenset())
    if not case.outcomes:
        found = {name: value for name, value in task.result.items() if isinstance(value, list)}
        counted = {name: len(value) for name, value in found.items() if name != "warnings"}
        return {"changed": task.result.get("changed", False), "failed": task.failed, **counted}
    return {
        "failed": task.failed,
        "changed": task["changed"],
        "counts": task["counts"],
        "outcomes": task.outcomes,
        "item changed": [result["changed"] for result in task["results"]],
        "errors": [bool(result["error"]) for result in task["results"]],
        "diff": [_known({side: diff[side] for side in ("before", "after")}, unknown) for diff in task["diff"]],
        "headers": [(diff["before_header"], diff["after_header"]) for diff in task["diff"]],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_check_mode_tells_what_the_real_run_does(runs: Runs, case: Case) -> None:
    predicted, done, again = (run[case.title] for run in (runs.predicted, runs.done, runs.again))
    assert changing(predicted.calls) == []
    if case.outcomes:
        assert tuple(done.outcomes) == case.outcomes, done.msg
        assert done["changed"] is bool({"approved", "denied", "created", "updated", "closed", "deleted"} & set(case.outcomes))
        assert len(done["diff"]) == sum(result["changed"] for result in done["results"])
    else:
        assert not done.failed, done.msg
    assert _told(case, predicted) == _told(case, done)
    assert again.result.get("changed", False) is case.repeats, again.msg
    assert changing(again.calls) == []


def test_no_module_escapes() -> None:
    """Every platform of every module has cases, and those of modules that write are of several kinds."""
    for name, verb in _modules().items():
        for platform in verb.platforms:
            cases = [case for case in CASES if (case.module, case.platform) == (name, platform)]
            assert cases, f"{name} on {platform} has no case"
            if isinstance(verb, WriteVerb):
                assert len(cases) >= LEAST_CASES, f"{name} on {platform}"
                outcomes = {outcome for case in cases for outcome in case.outcomes}
                assert "unchanged" in outcomes, f"{name} on {platform}: nothing to do"
                assert outcomes - {"unchanged", "failed", "skipped", "conflict"}, f"{name} on {platform}: something to do"
                assert any(len(case.outcomes) > 1 for case in cases) or (name, platform) == ("access_token", SDP)
    assert {case.module for case in CASES} <= set(_modules())


def test_the_real_run_writes() -> None:
    """… or to write nothing in check mode would say nothing: each kind of change is there."""
    outcomes = {outcome for case in CASES for outcome in case.outcomes}
    assert outcomes == {
        *("approved", "denied", "created", "updated", "closed", "deleted"),
        *("unchanged", "conflict", "failed", "skipped"),
    }


# -- roles ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoleCase:
    """Variables of a role, by scenario; C(result) is the variable that it leaves, of which these keys count."""

    platform: str
    scenarios: Callable[[pathlib.Path, Sandbox], dict[str, Row]]
    result: str
    keys: tuple[str, ...]
    env: Callable[[Sandbox], dict[str, str | None]] = lambda sandbox: {}
    unknown: frozenset[str] = frozenset()


def _queue(folder: pathlib.Path, sandbox: Sandbox) -> dict[str, Row]:
    rules = [
        {"name": "malware", "when": {"application.scanResult": ["Malicious"]}, "then": "denied"},
        {"name": "trusted", "when": {"application.vendor": ["Mozilla", "Microsoft Corporation"]}, "then": "approved"},
    ]
    common = {"rules": rules, "state_path": f"{folder}/queue.json", "report_path": f"{folder}/report.json"}
    return {
        "decide": common,
        "everything": {"rules": [{"name": "all", "when": {}, "then": "approved"}], "state_path": f"{folder}/all.json"},
    }


def _orders(folder: pathlib.Path, sandbox: Sandbox) -> dict[str, Row]:
    items = [{"service": "VPN access"}, {"service": "Guest network"}]
    return {
        "order": {"items": items, "requested_for": ["mlind", "nli"]},
        "answers": {
            "service": "Database access",
            "requested_for": ["gthorsd"],
            "answers": {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Report"},
        },
    }


def _promotions(folder: pathlib.Path, sandbox: Sandbox) -> dict[str, Row]:
    directory = folder / "exported"
    directory.mkdir(exist_ok=True)
    return {
        "promote": {"services": ["VPN access", "Guest network", "Standard laptop"]},
        "promote by files": {"services": ["Guest network", "Desk move"], "directory": str(directory)},
    }


def _both_catalogs(sandbox: Sandbox) -> dict[str, str | None]:
    return {"DWP_SOURCE_URL": sandbox.dwp_url, "DWP_TARGET_URL": sandbox.other_dwp_url}


# Read in the target after the import, or made by it; files without a folder of their own get a random name.
PROMOTED = frozenset({"ids", "same_content", "path"})
ROLES: dict[str, RoleCase] = {
    "approval_queue": RoleCase(ABR, _queue, "approval_queue_result", ("polled", "counts", "waiting", "decisions")),
    "provision_service": RoleCase(DWP, _orders, "provision_service_result", ("counts", "errors")),
    "catalog_promotion": RoleCase(DWP, _promotions, "catalog_promotion_result", ("counts", "services"), _both_catalogs, PROMOTED),
}
# Roles that are not in the table, and why.
ELSEWHERE: dict[str, str] = {
    "awx_content": "it writes to a controller and not to a request desk; its own tests run it in check mode",
    "desk_report": "it only reads; its own tests run it in check mode",
}


def test_no_role_escapes() -> None:
    roles = {path.name for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir()}
    assert roles <= ROLES.keys() | ELSEWHERE.keys()
    assert not ROLES.keys() & ELSEWHERE.keys()
    assert all(ELSEWHERE.values())


@pytest.mark.parametrize("role", ROLES)
def test_check_mode_of_a_role(role: str, ansible: Ansible, sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    case = ROLES[role]
    scenarios = case.scenarios(tmp_path, sandbox)

    def play(name: str, *arguments: str) -> Run:
        prefixed = {f"{role}_{key}": value for key, value in scenarios[name].items()}
        tasks = [
            {"name": "Role", "ansible.builtin.import_role": {"name": f"deskops.itsm.{role}"}, "vars": prefixed},
            {"name": "Result", "ansible.builtin.debug": {"var": case.result}},
        ]
        env = {"DESKOPS_PLATFORM": case.platform, **case.env(sandbox)}
        run = ansible.run(tasks, env=env, arguments=["--diff", *arguments], stop_on_failure=True)
        assert run.rc == 0, run.output
        return run

    def begin() -> None:
        sandbox.reset()
        sandbox.switches("dwp", workflow_start_ms=0, workflow_work_ms=0)

    for name in scenarios:
        begin()
        before = sorted(path.name for path in tmp_path.rglob("*"))
        predicted, calls = play(name, "--check"), sandbox.calls()
        assert changing(calls) == []
        # The report is what the user wants to read, whatever became of it.
        assert sorted(path.name for path in tmp_path.rglob("*")) == before
        begin()
        done = play(name)
        assert changing(sandbox.calls()), name
        told, became = (_role_result(run, case) for run in (predicted, done))
        assert told == became, name
        # By number, as the recap has it: what is predicted may need a task of its own.
        assert len(_changed_tasks(predicted)) == len(_changed_tasks(done)) > 0, name
        again = play(name, "--check")
        assert _changed_tasks(again) == [], (name, again.output)


def _role_result(run: Run, case: RoleCase) -> Row:
    result = run["Result"][case.result]
    return {key: _known(result[key], case.unknown) for key in case.keys}


def _changed_tasks(run: Run) -> list[str]:
    return [task.name for task in run.tasks if task.result.get("changed") and task.status == "ok"]


def test_recaps_agree(runs: Runs) -> None:
    """What the user sees at the end: as many changes were predicted as were made."""
    told, made = (sum(map(int, CHANGED.findall(run.stdout))) for run in (runs.predicted, runs.done))
    assert told == made > 20
