# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates of awx_content, run by ansible-runner as AWX runs them: with what credentials inject and surveys ask."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from integration.support.programs import Ansible
from integration.support.sandbox import DWP_PASSWORD, KEY, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN, Sandbox

from .conftest import PREFIX, PROJECT, Installed
from .launcher import Job, Launcher

DRAIN, PREVIEW, ORDER = f"{PREFIX}Drain queue", f"{PREFIX}Preview queue", f"{PREFIX}Order service"
TRUSTED = {"application": {"vendor": "Mozilla", "scanResult": "Clean"}}


def decided_by(job: Job) -> set[int]:
    """The requests that a job has decided, as it tells itself."""
    return {
        int(decision["request_id"])
        for result in job.facts.get("approval_queue_result", [])
        for decision in result["decisions"]
        if decision["outcome"] in ("approved", "denied")
    }


def written(sandbox: Sandbox) -> list[int]:
    """The requests that somebody decided, as the platform has seen it; one that is decided twice is there twice."""
    return sorted(int(call["path"].rpartition("/")[2]) for call in sandbox.writes() if call["platform"] == "abr")


def add_trusted(sandbox: Sandbox, count: int) -> set[int]:
    """Requests that the rules of the project approve."""
    return {int(number) for number in sandbox.add_requests(count, **TRUSTED)}


def test_slices_of_one_queue_never_decide_the_same_request(installed: Installed, launcher: Launcher, sandbox: Sandbox) -> None:
    sandbox.reset("empty")
    numbers = add_trusted(sandbox, 101)
    jobs = launcher.launch(DRAIN)
    assert [job.rc for job in jobs] == [0, 0], jobs[0].output + jobs[1].output
    assert [job.hosts for job in jobs] == [{"queue-001"}, {"queue-002"}]
    parts = [decided_by(job) for job in jobs]
    # Each had the whole queue before it when it began, and both at once: what they tell must not overlap, whoever came first.
    assert not parts[0] & parts[1]
    assert parts[0] | parts[1] == numbers
    assert all(len(part) > 25 for part in parts)
    assert written(sandbox) == sorted(numbers)
    folder = pathlib.Path(installed.options["queue_state_path"]).parent
    assert sorted(path.name for path in folder.iterdir()) == ["queue.1-of-2.json", "queue.2-of-2.json"]
    again = launcher.launch(DRAIN)
    assert [(job.rc, job.changed) for job in again] == [(0, 0), (0, 0)]
    assert written(sandbox) == sorted(numbers)


def test_what_a_slice_leaves_waiting_holds_its_own_position_only(
    installed: Installed, launcher: Launcher, sandbox: Sandbox
) -> None:
    sandbox.reset("empty")
    (held,) = sandbox.add_requests(1, application={"vendor": "Unknown", "scanResult": "Clean"})
    newest = max(add_trusted(sandbox, 3))
    assert [job.rc for job in launcher.launch(DRAIN)] == [0, 0]
    folder = pathlib.Path(installed.options["queue_state_path"]).parent
    kept = sorted(int(json.loads(path.read_text())["since_id"]) for path in folder.iterdir())
    assert kept == [held, newest + 1]


@pytest.mark.long
def test_hosts_of_a_finer_division_decide_nothing_any_more(installed: Installed, launcher: Launcher, sandbox: Sandbox) -> None:
    """The role removes nothing. What it made for four parts is still there when there are two."""
    sandbox.reset("empty")
    numbers = add_trusted(sandbox, 40)
    for count in (4, 2):
        installed.content.make_well(**{**installed.options, "queue_slices": count})
    assert "queue-004" in launcher.controller.names("hosts")
    jobs = launcher.launch(DRAIN)
    assert [job.rc for job in jobs] == [0, 0], jobs[0].output + jobs[1].output
    assert [job.hosts for job in jobs] == [{"queue-001"}, {"queue-002"}]
    assert written(sandbox) == sorted(numbers)
    assert not decided_by(jobs[0]) & decided_by(jobs[1])


def test_a_part_of_the_queue_that_is_not_there_is_refused(ansible: Ansible, sandbox: Sandbox) -> None:
    arguments = ["-e", "approval_queue_slice=3", "-e", "approval_queue_slices=2"]
    run = ansible.run_playbook([{"import_playbook": "deskops.itsm.drain_queue"}], arguments=arguments)
    assert "approval_queue_slice: 3 is not from 1 to 2, the number of approval_queue_slices" in run.output
    assert sandbox.calls() == []


def test_only_what_a_person_approved_is_decided(launcher: Launcher, sandbox: Sandbox) -> None:
    sandbox.reset("empty")
    shown = add_trusted(sandbox, 5)
    (malware,) = sandbox.add_requests(1, application={"vendor": "Mozilla", "scanResult": "Malicious"})
    preview = launcher.launch_one(PREVIEW)
    assert written(sandbox) == []
    assert str(malware) in preview.output
    decisions = {int(entry["request_id"]): entry["state"] for entry in preview.artifacts["approval_queue_decisions"]}
    assert decisions == {**dict.fromkeys(shown, "approved"), int(malware): "denied"}
    # While somebody looks at it, there are more that the rules would approve.
    later = add_trusted(sandbox, 2)
    jobs = launcher.launch(DRAIN, artifacts=preview.artifacts)
    assert [job.rc for job in jobs] == [0, 0], jobs[0].output + jobs[1].output
    assert written(sandbox) == sorted({*shown, int(malware)})
    assert decided_by(jobs[0]) | decided_by(jobs[1]) == {*shown, int(malware)}
    # The next one by the rules finds them.
    launcher.launch(DRAIN)
    assert written(sandbox) == sorted({*shown, int(malware), *later})


def test_a_preview_that_is_no_check_decides_nothing(launcher: Launcher, sandbox: Sandbox) -> None:
    launcher.controller.named("job_templates", PREVIEW)["job_type"] = "run"
    (job,) = launcher.launch(PREVIEW)
    assert job.rc != 0
    assert 'Its type must be "check"' in job.output
    assert sandbox.calls() == []


def test_the_survey_of_the_queue_limits_it(launcher: Launcher, sandbox: Sandbox) -> None:
    sandbox.reset("empty")
    add_trusted(sandbox, 6)
    answers = {"approval_queue_limit": 1, "approval_queue_on_conflict": "fail"}
    assert [job.rc for job in launcher.launch(DRAIN, answers)] == [0, 0]
    assert len(written(sandbox)) == 2


def test_an_order_from_the_survey_is_placed_once(launcher: Launcher, sandbox: Sandbox) -> None:
    answers: dict[str, Any] = {
        "order_service": "Database access",
        "order_for": "nli, skjaer",
        "order_answers": "Database name: orders_eu\nAccess level: Read only\n\n Reason :  Report: the monthly one \n",
        "order_key": "TICKET-1047",
    }
    job = launcher.launch_one(ORDER, answers)
    assert job.changed > 0
    kept = [row for row in sandbox.state("requests", "dwp") if "Report: the monthly one" in json.dumps(row)]
    assert len(kept) == 2
    count = len(sandbox.state("requests", "dwp"))
    assert launcher.launch_one(ORDER, answers).changed == 0
    assert len(sandbox.state("requests", "dwp")) == count


def test_a_secret_answer_is_shown_nowhere(launcher: Launcher, sandbox: Sandbox) -> None:
    secret = "813-664-very-secret"
    answers = {"order_service": "Account recovery", "order_for": "nli", "order_secret_answer": f"Recovery code: {secret}"}
    job = launcher.launch_one(ORDER, answers)
    assert job.changed == 1
    assert secret in json.dumps(sandbox.state("requests", "dwp"))
    assert secret not in job.output + json.dumps(job.events)


@pytest.mark.parametrize(
    ("answers", "problems"),
    [
        (
            {
                "order_answers": "Database name: orders_eu\r\n\r\nPl41n-t3xt\r\n : Pl41n-t3xt\nDatabase name : orders_us",
                "order_secret_answer": "S3cr3t-t3xt",
            },
            [
                'order_answers, line 3: it is not of the form "Label: answer"',
                'order_answers, line 4: it is not of the form "Label: answer"',
                "order_answers, line 5: its label is that of order_answers, line 1",
                'order_secret_answer, line 1: it is not of the form "Label: answer"',
            ],
        ),
        (
            {"order_answers": "Recovery code: Pl41n-t3xt", "order_secret_answer": "Recovery code: S3cr3t-t3xt"},
            ["order_secret_answer, line 1: its label is that of order_answers, line 1"],
        ),
    ],
    ids=["form", "label"],
)
def test_a_line_of_the_survey_that_is_no_answer_is_refused(
    launcher: Launcher, sandbox: Sandbox, answers: dict[str, Any], problems: list[str]
) -> None:
    """It would be left out of the order without a word. What is wrong may be a secret, so it is not shown."""
    launcher.verbosity = 4
    (job,) = launcher.launch(ORDER, {"order_service": "Account recovery", "order_for": "nli", **answers})
    assert job.rc != 0
    (message,) = {event["event_data"]["res"]["msg"] for event in job.events if event["event"] == "runner_on_failed"}
    assert message == f"{'. '.join(problems)}. Nothing was ordered."
    assert sandbox.calls() == []
    shown = job.output + json.dumps(job.events)
    for text in ("S3cr3t", "Pl41n", "orders_us"):
        assert text not in shown


def test_answers_of_a_survey_are_text_whatever_they_look_like(launcher: Launcher, sandbox: Sandbox) -> None:
    (job,) = launcher.launch(ORDER, {"order_service": "{{ 7 * 6 }}", "order_for": "nli"})
    assert job.rc != 0
    assert "{{ 7 * 6 }}" in job.output
    assert "42" not in [call["target"] for call in sandbox.calls()]


def test_a_promotion_has_both_catalogs(launcher: Launcher, sandbox: Sandbox) -> None:
    answers = {"promote_services": "Standard laptop\n\n"}
    job = launcher.launch_one(f"{PREFIX}Promote catalog", answers)
    result = job.facts["catalog_promotion_result"][-1]
    assert [service["outcome"] for service in result["services"]] == ["updated"]
    assert launcher.launch_one(f"{PREFIX}Promote catalog", answers).changed == 0


def test_the_report_reads_all_platforms_and_writes_to_none(launcher: Launcher, sandbox: Sandbox) -> None:
    launcher.launch_one(f"{PREFIX}Report")
    assert {call["platform"] for call in sandbox.calls()} == {"abr", "dwp", "sdp"}
    assert written(sandbox) == []


def test_the_inventory_source_lists_the_computers(installed: Installed, launcher: Launcher, ansible: Ansible) -> None:
    controller = installed.content.controller
    source = controller.named("inventory_sources", f"{PREFIX}Computers")
    assert (PROJECT / source["source_path"]).is_file()
    credential = controller.objects["credentials"][source["credential"]]
    rendered = launcher.rendered([credential["id"]])
    others = dict.fromkeys(["ABR_API_KEY", "DWP_URL", "SDP_URL", "DESKOPS_PLATFORM"])
    run = ansible.program(["ansible-inventory", "-i", str(PROJECT / source["source_path"]), "--list"], env={**others, **rendered})
    assert run.rc == 0, run.output
    assert "NW-LT-0142" in json.loads(run.stdout)["_meta"]["hostvars"]


def test_no_secret_of_a_credential_is_in_what_a_job_prints(launcher: Launcher) -> None:
    launcher.verbosity = 3
    job = launcher.launch_one(f"{PREFIX}Report")
    for secret in (KEY, DWP_PASSWORD, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN):
        assert secret not in job.output + json.dumps(job.events)
