# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arguments are checked before anything is called, and what is wrong with them is said plainly."""

from __future__ import annotations

import ast
import asyncio
import logging
from typing import Any

import pytest
import yaml
from integration.eda.feeding import Feed, abr, dwp, sdp
from integration.support.sandbox import KEY, ROOT, Sandbox

from ansible_collections.deskops.itsm.extensions.eda.plugins.polling import source
from ansible_collections.deskops.itsm.extensions.eda.plugins.polling.arguments import OPTIONS, SOURCE, STATES, settings_of
from ansible_collections.deskops.itsm.plugins.module_utils.surface.options import CONNECTION_OPTIONS, argument_spec
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import DeskError

PLUGIN = ROOT / "extensions" / "eda" / "plugins" / "event_source" / "requests.py"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"status": ["pendign"]}, ["status", "pendign", "pending", "quarantined", "any"]),
        ({"status": ["open"]}, ["status", "admin_by_request is never open", "pending", "any"]),
        ({"status": []}, ["status", "empty", "any"]),
        ({"intervall": 30}, ["intervall", "interval", "state_path"]),
        ({"interval": "soon"}, ["interval", "float"]),
        ({"interval": 0.2}, ["interval", "0.2", "1.0 or more"]),
        ({"window": 1001}, ["window", "1001", "from 1 to 1000"]),
        ({"batch": 0}, ["batch", "0", "1 or more"]),
        ({"limit": 0}, ["limit"]),
        ({"replay": "some"}, ["replay", "waiting", "all", "none"]),
        ({"emit": "always"}, ["emit", "once", "states", "updates"]),
        ({"include": ["answer"]}, ["include", "answers", "scan_details"]),
        ({"since_id": "first"}, ["since_id", "first", "whole numbers"]),
        ({"service": "VPN access"}, ["service", "bmc_dwp, sdp_cloud", "admin_by_request"]),
        ({"modified_since": "2026-01-01T00:00:00Z"}, ["modified_since", "bmc_dwp, sdp_cloud"]),
        ({"username": "mlind"}, ["username", "bmc_dwp"]),
        ({"data_center": "mars", "url": None}, ["data_center", "dc1", "eu"]),
        ({"api_key": None}, ["api_key", "missing", "ABR_API_KEY"]),
        ({"platform": "jira"}, ["platform", "jira", "admin_by_request", "bmc_dwp", "sdp_cloud"]),
        ({"platform": None}, ["platform", "missing", "admin_by_request, bmc_dwp, sdp_cloud"]),
        ({"url": "http://desk.example.com"}, ["url", "allow_http"]),
        ({"timeout": 0}, ["timeout", "0.1 or more"]),
    ],
)
def test_wrong_arguments_are_refused_before_any_call(sandbox: Sandbox, args: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(source.SourceError) as caught:
        asyncio.run(source.run(Feed(), abr(sandbox, **args)))
    for word in words:
        assert word in str(caught.value)
    assert KEY not in str(caught.value)
    assert sandbox.calls() == []


@pytest.mark.parametrize(
    ("make", "args", "words"),
    [
        (dwp, {"modified_since": "yesterday"}, ["modified_since", "yesterday", "2026-11-20T08:00:00Z"]),
        (dwp, {"since_id": "5"}, ["since_id", "admin_by_request"]),
        (dwp, {"subject": "x"}, ["subject", "sdp_cloud"]),
        (dwp, {"status": ["quarantined"]}, ["status", "bmc_dwp is never quarantined", "failed"]),
        (sdp, {"query": "High"}, ["query", "condition"]),
        (sdp, {"query": {"field": "priority.name", "condition": "sounds like", "value": "High"}}, ["search_criteria"]),
        (dwp, {"service": "Time machine"}, ["Time machine"]),
        (sdp, {"include": ["answers"]}, ["include", "answers", "approvals"]),
    ],
)
def test_wrong_arguments_of_the_other_platforms(sandbox: Sandbox, make: Any, args: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(source.SourceError) as caught:
        asyncio.run(source.run(Feed(), make(sandbox, **args)))
    for word in words:
        assert word in str(caught.value)


def test_a_rulebook_may_give_texts_and_the_environment_the_rest(sandbox: Sandbox) -> None:
    """Variables in a rulebook come as text."""
    args = {"interval": "15", "batch": "20", "status": "pending,quarantined", "feedback": "yes"}
    environ = {"DESKOPS_PLATFORM": "admin_by_request", "ABR_URL": sandbox.abr_url, "ABR_API_KEY": KEY, "DESKOPS_TIMEOUT": "7"}
    settings = settings_of(args, environ)
    assert (settings.interval, settings.batch, settings.feedback) == (15.0, 20, True)
    assert settings.states == {"pending", "quarantined"}
    assert settings.connection["timeout"] == 7.0
    assert settings.connection["deadline"] == 30.0
    assert settings_of(args, {**environ, "DESKOPS_DEADLINE": "50"}).connection["deadline"] == 50.0


def test_any_stands_for_all_states(sandbox: Sandbox) -> None:
    for make, platform in ((abr, "admin_by_request"), (dwp, "bmc_dwp"), (sdp, "sdp_cloud")):
        assert settings_of(make(sandbox, status=["any"]), {}).states == set(STATES[platform])


def test_secrets_show_up_in_no_message(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    """A key that is refused is in what was sent, and a wrong type in what is complained about."""
    caplog.set_level(logging.DEBUG)
    secret = "Correct-Horse-Battery-1"
    for args in (abr(sandbox, api_key=secret), abr(sandbox, api_key=[secret]), abr(sandbox, url=f"http://u:{secret}@localhost")):
        with pytest.raises(source.SourceError) as caught:
            asyncio.run(source.run(Feed(), args))
        assert secret not in str(caught.value)
        assert caught.value.__cause__ is None
    assert secret not in caplog.text


def test_documentation_and_arguments_are_in_step() -> None:
    documentation: dict[str, Any] = {}
    for node in ast.parse(PLUGIN.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "DOCUMENTATION":
            documentation = yaml.safe_load(ast.literal_eval(node.value))
    documented = documentation["options"]
    spec = argument_spec(SOURCE)
    assert set(documented) == {option.name for option in (*CONNECTION_OPTIONS, *OPTIONS)} == set(spec)
    for name, entry in documented.items():
        assert entry["type"] == spec[name]["type"], name
        assert set(entry.get("choices", ())) == set(spec[name].get("choices", ())), name
        assert entry.get("default") == spec[name].get("default"), name
        assert entry.get("elements") == spec[name].get("elements"), name
        assert entry["description"], name


def test_examples_of_the_documentation_are_valid(sandbox: Sandbox) -> None:
    text = PLUGIN.read_text(encoding="utf-8").partition('EXAMPLES = r"""')[2].partition('"""')[0]
    environ = {
        "ABR_URL": sandbox.abr_url,
        "ABR_API_KEY": KEY,
        **{f"SDP_{name.upper()}": str(value) for name, value in sdp(sandbox).items()},
    }
    sources = yaml.safe_load(text)
    assert len(sources) == 3
    for entry in sources:
        settings_of(entry["deskops.itsm.requests"], environ)
    assert issubclass(source.SourceError, Exception)
    assert not issubclass(source.SourceError, DeskError)
