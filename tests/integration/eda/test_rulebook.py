# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rulebooks under the real ansible-rulebook: killed and started again, and each as it is shipped."""

from __future__ import annotations

import json
import pathlib
import re
import signal
import time
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
import yaml
from integration.eda.engine import PATIENCE, Engine, kill_all
from integration.support.programs import Ansible
from integration.support.sandbox import KEY, NOW, ROOT, SDP_USER, Sandbox

from tools.environments import Environment, ensure, main_interpreter

GUIDE = ROOT / "docs" / "eda.md"
TRUSTED = {"name": "all", "when": {}, "then": "approved"}


def hostile(folder: pathlib.Path) -> str:
    """What an end user may write: whoever takes it for a template writes a file."""
    return "{{ lookup('pipe', 'touch " + str(folder / "evil") + "') }}"


@pytest.fixture(scope="session")
def environment() -> Environment:
    return ensure("eda", main_interpreter())


@pytest.fixture
def engine(environment: Environment, ansible: Ansible, tmp_path: pathlib.Path) -> Engine:
    return Engine(environment, ansible, tmp_path)


def guide_files() -> dict[str, str]:
    """The files that the guide shows, by the names that it gives them."""
    blocks = re.findall(r"^```yaml\n# (\S+\.yml)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return dict(blocks)


def guide_commands() -> list[list[str]]:
    """The calls of ansible-rulebook that the guide shows."""
    lines = re.findall(r"^ansible-rulebook (.+)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return [line.split() for line in lines]


def decisions(sandbox: Sandbox) -> list[str]:
    """The requests that were decided, as often as a call has changed them."""
    calls = sandbox.calls(platform="abr", path="/requests/")
    return [call["path"].rpartition("/")[2] for call in calls if call["committed"] and call["method"] in ("PUT", "DELETE")]


def waiting(sandbox: Sandbox) -> list[int]:
    return [row["id"] for row in sandbox.state("requests") if row["status"] == "Pending"]


def with_interval(text: str, **options: Any) -> list[dict[str, Any]]:
    """A rulebook that polls each second, and with other options."""
    rulesets: list[dict[str, Any]] = yaml.safe_load(text)
    for ruleset in rulesets:
        for entry in ruleset["sources"]:
            entry["deskops.itsm.requests"] |= {"interval": 1, **options}
    return rulesets


def fire_while_killed(engine: Engine, sandbox: Sandbox, *, count: int, kills: int, batch: int) -> None:
    """Requests come while the engine is killed and started again: each is decided, by one call, and no other.

    The engine alone is killed the first time, so that its playbook goes on without it, and then all of it.
    """
    sandbox.reset("empty")
    files = guide_files()
    engine.write("decide.yml", files["decide.yml"])
    engine.write("rules.yml", {"rules": [TRUSTED]})
    engine.write("queue.yml", with_interval(files["queue.yml"], batch=batch, state_path=str(engine.folder / "state.json")))
    arguments = ["-r", "queue.yml", "-i", "inventory.yml", "-e", "rules.yml"]
    ids: list[str] = []
    for turn in range(kills + 1):
        share = count // (kills + 1) if turn < kills else count - len(ids)
        already = len(decisions(sandbox))
        ids += [str(number) for number in sandbox.add_requests(share // 2)]
        with engine.running(arguments) as process:
            assert share > 1
            engine.until(process, lambda already=already: len(decisions(sandbox)) > already)  # type: ignore[misc]
            ids += [str(number) for number in sandbox.add_requests(share - share // 2)]
            if turn < kills:
                if turn % 2 == 0:
                    process.kill()
                else:
                    kill_all(process.pid)
                process.wait()
            else:
                engine.until(process, lambda: not waiting(sandbox))
    assert len(ids) == count
    counts = Counter(decisions(sandbox))
    assert set(counts) == set(ids)
    assert set(counts.values()) == {1}


def test_each_of_500_requests_is_decided_once_although_the_engine_is_killed_twice(engine: Engine, sandbox: Sandbox) -> None:
    fire_while_killed(engine, sandbox, count=500, kills=2, batch=100)


@pytest.mark.long
def test_the_same_with_eight_kills(engine: Engine, sandbox: Sandbox) -> None:
    fire_while_killed(engine, sandbox, count=500, kills=8, batch=20)


def action_of(rulebook: str) -> dict[str, Any]:
    """The one module that a rulebook of the collection runs, as a task."""
    (ruleset,) = yaml.safe_load((ROOT / "extensions" / "eda" / "rulebooks" / f"{rulebook}.yml").read_text(encoding="utf-8"))
    (rule,) = ruleset["rules"]
    module = rule["action"]["run_module"]
    return {"name": "Action", module["name"]: module["module_args"]}


@pytest.mark.parametrize("status", ["Open", "On Hold", "Resolved", "Closed", "Cancelled"])
def test_a_ticket_of_the_alert_is_made_once_whatever_the_desk_does_with_it(
    ansible: Ansible, sandbox: Sandbox, status: str
) -> None:
    """What stays in quarantine comes again and again."""
    request = {"id": "65430930", "subject": "Installer", "requested_for": "mlind", "created_at": "2026-09-18T09:41:27"}
    variables = {"event": {"request": request}, "quarantine_alert_requester": SDP_USER}
    outcomes = []
    for _time in range(2):
        run = ansible.run([action_of("quarantine_alert")], vars=variables)
        (result,) = run["Action"]["results"]
        outcomes.append(result["outcome"])
        sandbox.change_record("requests", result["request_id"], status={"name": status}, priority={"name": "Low"})
    assert outcomes == ["created", "unchanged"]


@pytest.mark.parametrize("status", ["ACTIVE", "COMPLETED", "REJECTED", "CANCELLED", "FAILED"])
def test_what_comes_next_is_ordered_once_whatever_becomes_of_it(ansible: Ansible, sandbox: Sandbox, status: str) -> None:
    """What was completed comes again with each start of the engine."""
    variables = {"event": {"request": {"id": "40288", "requested_for": "nli"}}, "order_on_completion_next": "Guest network"}
    outcomes = []
    for _time in range(2):
        run = ansible.run([action_of("order_on_completion")], vars=variables)
        (result,) = run["Action"]["results"]
        outcomes.append(result["outcome"])
        sandbox.move_dwp_request(result["request_id"], status)
    assert outcomes == ["created", "unchanged"]


@pytest.mark.parametrize("white", ["\n", "\r\n\t\u2028", "\n" * 250])
def test_an_alert_is_on_one_line_whatever_an_end_user_wrote(ansible: Ansible, sandbox: Sandbox, white: str) -> None:
    """The desk refuses a subject with a line break, each time."""
    # The cut falls behind a blank.
    subject = f"Installer{white}of the month{white}{'x' * 176}{white}of last year"
    request = {"id": "65430930", "subject": subject, "requested_for": "mlind", "created_at": "2026-09-18T09:41:27"}
    variables = {"event": {"request": request}, "quarantine_alert_requester": SDP_USER}
    run = ansible.run([action_of("quarantine_alert")], vars=variables)
    (result,) = run["Action"]["results"]
    (ticket,) = (row for row in sandbox.state("requests", "sdp") if row["id"] == result["request_id"])
    assert ticket["subject"] == f"Quarantine: Installer of the month {'x' * 176} (request 65430930)"


def test_the_guide_as_it_stands(engine: Engine, sandbox: Sandbox) -> None:
    """Its files, its command. The rules deny what is malicious, approve what is trusted, and leave the rest."""
    files = guide_files()
    assert set(files) == {"queue.yml", "decide.yml", "rules.yml", "inventory.yml"}
    for name, text in files.items():
        engine.write(name, text)
    (command,) = guide_commands()
    text = hostile(engine.folder)
    application = {"name": text, "vendor": "Mozilla", "scanResult": "Clean"}
    user = {"fullName": text, "account": text}
    (written_by_a_villain,) = sandbox.add_requests(1, reason=text, application=application, user=user)
    rows = {row["id"]: row for row in sandbox.state("requests") if row["status"] == "Pending"}
    expected = {
        str(number)
        for number, row in rows.items()
        if (row["application"] or {}).get("scanResult") in ("Malicious", "Suspicious")
        or (
            (row["application"] or {}).get("scanResult") == "Clean"
            and (row["application"] or {}).get("vendor") in ("Microsoft Corporation", "Mozilla")
        )
    }
    assert 0 < len(expected) < len(rows)
    assert str(written_by_a_villain) in expected
    with engine.running(command) as process:
        engine.until(process, lambda: len(decisions(sandbox)) >= len(expected))
        # Stopped as a service is: it ends by itself, and has written down what it handed over.
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    assert sorted(decisions(sandbox)) == sorted(expected)
    assert {int(number) for number in json.loads((engine.folder / "queue.json").read_text())["sent"]} == set(rows)
    assert not (engine.folder / "evil").exists()


def test_an_event_for_each_request(engine: Engine, sandbox: Sandbox) -> None:
    """Without a batch, and with a module as the action: one run of Ansible for each request."""
    sandbox.reset("empty")
    rulebook = with_interval(guide_files()["queue.yml"], batch=None, repeat_after=0, state_path=None)
    rulebook[0]["rules"][0]["action"] = {
        "run_module": {
            "name": "deskops.itsm.request_approve",
            "module_args": {
                "platform": "admin_by_request",
                "request_id": "{{ event.request.id }}",
                "state": "denied",
                "reason": "{{ event.request.subject }} is not for {{ event.request.requested_for }}",
            },
        }
    }
    engine.write("each.yml", rulebook)
    ids = [str(number) for number in sandbox.add_requests(5)]
    with engine.running(["-r", "each.yml", "-i", "inventory.yml"]) as process:
        engine.until(process, lambda: len(decisions(sandbox)) >= 4)
        ids += [str(number) for number in sandbox.add_requests(2)]
        engine.until(process, lambda: len(decisions(sandbox)) >= 7)
    assert decisions(sandbox) == ids
    assert KEY not in engine.output


def test_the_rulebooks_as_they_are_shipped(engine: Engine, sandbox: Sandbox) -> None:
    """All three in one engine, for its start is what takes time; each polls more often than it would."""
    folder = ROOT / "extensions" / "eda" / "rulebooks"
    shipped = sorted(folder.glob("*.yml"))
    assert [path.stem for path in shipped] == ["auto_approve", "order_on_completion", "quarantine_alert"]
    engine.write("all.yml", [ruleset for path in shipped for ruleset in with_interval(path.read_text(encoding="utf-8"))])
    engine.write(
        "variables.yml",
        {
            "approval_queue_rules": [TRUSTED],
            "auto_approve_state_path": str(engine.folder / "queue.json"),
            "order_on_completion_of": "2421",
            "order_on_completion_next": "Guest network",
            "order_on_completion_state_path": str(engine.folder / "orders.json"),
            "quarantine_alert_requester": SDP_USER,
        },
    )
    # A source without a state begins with the present, which is not that of the sandbox.
    sandbox.advance(time.time() - datetime.fromisoformat(NOW.replace("Z", "+00:00")).timestamp())
    text = hostile(engine.folder)
    user = {"fullName": text, "account": text}
    lines = f"{text}\nof the month"
    sandbox.add("requests", 1, status="Quarantined", reason=lines, application={"name": lines}, user=user)
    sandbox.add_each("users", [{"login": text}], platform="dwp")
    quarantined = {str(row["id"]) for row in sandbox.state("requests") if row["status"] == "Quarantined"}
    before = {row["id"] for row in sandbox.state("requests", "dwp")}

    def tickets() -> list[str]:
        return [row["subject"] for row in sandbox.state("requests", "sdp") if str(row["subject"]).startswith("Quarantine: ")]

    def orders() -> list[tuple[str, str]]:
        rows = [row for row in sandbox.state("requests", "dwp") if row["id"] not in before]
        return [(str(row["service"]), str(row["requestedFor"])) for row in rows]

    with engine.running(["-r", "all.yml", "-i", "inventory.yml", "-e", "variables.yml"]) as process:
        engine.until(process, lambda: not waiting(sandbox) and len(tickets()) == len(quarantined))
        # What is completed from now on counts: the source of the orders has looked at what was completed before.
        engine.until(process, lambda: len(sandbox.calls(platform="dwp", method="GET", path="/services/requests$")) > 1)
        template = {"service": "2421", "requestedBy": "nli", "requestedFor": "nli", "status": "COMPLETED"}
        done = [{**template, "requestedFor": text}, template]
        before.update(map(str, sandbox.add_each("requests", done, platform="dwp")))
        engine.until(process, lambda: bool(orders()))
    assert quarantined
    assert set(Counter(decisions(sandbox)).values()) == {1}
    assert sorted(re.findall(r"request (\d+)", " ".join(tickets()))) == sorted(quarantined)
    assert orders() == [("2419", "nli")]
    assert not (engine.folder / "evil").exists()
    assert KEY not in engine.output
