# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every verb on every platform that it serves, with a task that makes sense on the example data."""

from __future__ import annotations

import importlib
import pathlib
import zipfile
from typing import Any, NamedTuple

from integration.support.sandbox import ROOT, SDP_USER, Sandbox

from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Verb, WriteVerb

PACKAGE = "ansible_collections.deskops.itsm.plugins.module_utils.verbs"
ABR, DWP, SDP = "admin_by_request", "bmc_dwp", "sdp_cloud"
PENDING = "65430930"
MOVE = "40310"
ANSWERS = {"Database name": "orders_eu", "Access level": "Read only", "Reason": "Monthly report"}
# What stands for a request of the service desk, and for one that waits for an approval.
REQUEST, WAITING = "{request}", "{waiting}"
# What stands for a path in the options below.
FILE, ZIP, NEW, TOKEN = "{file}", "{zip}", "{new}", "{token}"

TASKS: dict[tuple[str, str], dict[str, Any]] = {
    ("request_info", ABR): {"status": ["pending"], "include": ["scan_details"]},
    ("request_approve", ABR): {"request_id": PENDING, "state": "denied", "reason": "Not needed"},
    ("auditlog_info", ABR): {"days": 3650},
    ("event_info", ABR): {"days": 3650},
    ("computer_info", ABR): {"include": ["software"]},
    ("request_info", DWP): {"request_ids": [MOVE], "include": ["comments", "answers"]},
    ("service_request", DWP): {"service": "Database access", "answers": ANSWERS, "key": "T-1"},
    ("request_comment", DWP): {"request_id": MOVE, "text": "Hello"},
    ("request_attachment", DWP): {"request_id": MOVE, "path": FILE},
    ("review", DWP): {"service": "2401", "title": "Fine", "content": "It works", "rating": 0.8},
    ("review_info", DWP): {"service": "2401"},
    ("catalog_info", DWP): {"gather": ["categories", "services", "questionnaires"], "title": "Database access"},
    ("catalog_export", DWP): {"services": ["2401"], "path": NEW},
    ("catalog_import", DWP): {"path": ZIP, "force": True},
    ("access_token", DWP): {"token_path": TOKEN},
    ("request_info", SDP): {"limit": 3, "include": ["comments", "approvals"]},
    ("request_approve", SDP): {"request_id": WAITING, "state": "approved"},
    ("service_request", SDP): {
        "subject": "A test",
        "service": "VPN access",
        "answers": {"Own device": "No"},
        "key": "T-1",
        "key_field": "udf_fields.udf_char1",
    },
    ("request_comment", SDP): {"request_id": REQUEST, "text": "Hello"},
    ("request_attachment", SDP): {"request_id": REQUEST, "path": FILE},
    ("catalog_info", SDP): {"gather": ["categories", "services"], "title": "VPN access", "details": True},
    ("record", SDP): {"module": "problems", "match_on": ["title"], "fields": {"title": "A test"}},
    ("record_info", SDP): {"module": "problems", "limit": 3},
    ("access_token", SDP): {"token_path": TOKEN},
}


class Task(NamedTuple):
    """A verb on a platform. C(options) are those of the verb, without the connection."""

    verb: Verb
    platform: str
    options: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.verb.name} {self.platform}"

    @property
    def is_write(self) -> bool:
        return isinstance(self.verb, WriteVerb)


def every_verb(folder: pathlib.Path, sandbox: Sandbox | None = None) -> list[Task]:
    """All of them, with files in the folder; with a sandbox they are about what is there."""
    places = {FILE: folder / "note.txt", ZIP: folder / "services.zip", NEW: folder / "new.zip", TOKEN: folder / "token"}
    places[FILE].write_text("19 EUR")
    with zipfile.ZipFile(places[ZIP], "w") as archive:
        archive.writestr("service.json", '{"serviceType": "A", "name": "A test", "guid": "G-1"}')
    values: dict[Any, str] = {name: str(path) for name, path in places.items()}
    values |= {REQUEST: "1", WAITING: "1"}
    if sandbox is not None:
        (waiting,) = sandbox.add_records("requests", {"subject": "To be decided", "approvers": [SDP_USER]})
        values |= {REQUEST: str(sandbox.state("requests", "sdp")[0]["id"]), WAITING: waiting}
    tasks = []
    for name in sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[a-z]*.py")):
        verb: Verb = getattr(importlib.import_module(f"{PACKAGE}.{name}"), name.upper())
        for platform in verb.platforms:
            # A new verb has to come here too.
            options = {option: _filled_in(value, values) for option, value in TASKS[name, platform].items()}
            tasks.append(Task(verb, platform, options))
    return tasks


def _filled_in(value: Any, values: dict[Any, str]) -> Any:
    return values.get(value, value) if isinstance(value, str) else value
