# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ServiceDesk Plus Cloud: behaviour, sources and example values of each operation, made from the table of endpoints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..sdp.api import ENDPOINTS
from ..sdp.approvals import MAX_LEVEL, PENDING, TO_BE_SENT, word_of
from ..sdp.desk import Desk
from ..sdp.endpoints import DELETE, POST, PUT, Endpoint
from ..sdp.fields import Field, Module
from ..sdp.kinds import Choice, Decimal, Files, Flag, Group, Html, Kind, Line, Number, Ref, Refs, Text, Texts, Time
from ..sdp.modules import BY_PATH
from ..sdp.paths import BASE
from ..sdp.platform import SdpPlatform
from ..sdp.seed_people import CREDENTIALS, OWNER
from ..sdp.store import Record
from ..sdp.times import to_ms
from .notes import Note, Notes

_VENDOR = "ManageEngine, ServiceDesk Plus Cloud API v3"
_OAUTH = f'{_VENDOR}, "OAuth 2.0"'
_FRAME = f'{_VENDOR}, "Input data" and "Common error codes"'
_PATTERN = "assumed: path and keys follow the pattern of the modules whose pages can be read"
#: The vendor's pages can be read in part only; what is beyond was seen in programs that talk to the cloud edition, or to the
#: on-premises edition, or follows the pattern. The first that matches a path counts.
_SOURCES = tuple(
    (re.compile(pattern), source)
    for pattern, source in (
        (r"/_metainfo$", "seen in other clients"),
        (r"/_uploads", "seen in other clients; the keys of the answer are assumed"),
        (r"/_move_to_trash$|/_restore_from_trash$", "on-premises edition; whether the cloud has it is not known"),
        (r"/_pickup$", "other clients have it without the underscore; with it, it is assumed"),
        (r"/_link_requests$|/_merge_requests$|/_close$|/_assign$|/resolutions$", "seen in other clients"),
        (r"/_approve$|/_reject$|/_send_notification$", f'{_VENDOR}, "Request approval"; the route was seen in another client'),
        (r"/approval_levels", f'{_VENDOR}, "Request approval level" and "Request approval"'),
        (r"^/requests/{request_id}/notes", "seen in other clients: the key is `request_note`, and `note` in single answers"),
        (r"/(tasks|worklogs|comments|downtimes|milestones|members)", f"{_VENDOR}, in part; fields were seen in other clients"),
        (r"^/requests", f'{_OAUTH}; {_VENDOR}, "Request"'),
        (r"^/(problems|changes|releases|projects|solutions|topics)", f"{_VENDOR}, in part; fields were seen in other clients"),
        (r"^/(assets|workstations|contracts|purchase|announcements|tasks)", "seen in other clients, in part"),
        (r"^/(cmdb|cm_)", _PATTERN),
        (r"^/(request_templates|service_categories|users|technicians|requesters)", "seen in other clients"),
        (r"^/(categories|subcategories|items|priorities|urgencies|impacts|levels|modes|request_types)", "seen in other clients"),
        (r"^/(statuses|sites|departments|support_groups|udf_fields|tags)", "seen in other clients"),
        (r"^/list_view_filters", "on-premises edition"),
        (r"", _PATTERN),
    )
)
_GONE_FOR_GOOD = "Whether the cloud keeps a trash is not known; the record cannot be read any more."
_ABOUT = (
    (re.compile(r"^GET .*/_metainfo$"), "The fields with their types, and which of them are mandatory or read-only."),
    (re.compile(r"^PUT .*/_close$"), "Without `input_data` too."),
    (re.compile(r"^PUT .*/_merge_requests$"), "For good: the notes of the others move here, and the others are gone."),
    (re.compile(r"^PUT .*/_(approve|reject)$"), "Only who was asked can decide; the level decides the record when all have."),
    (re.compile(r"^(GET|POST|DELETE) .*/_link_requests$"), "The link is there from both sides."),
    (re.compile(r"^POST .*/_uploads$"), "A form with the file in the part `filename`; `addtoattachment` attaches it at once."),
    (re.compile(r"^POST .*/notes$"), "There is no key that makes it unique: a call that is sent again makes a second one."),
    (re.compile(r"^GET .*[a-z]}$"), "All fields, those without a value too."),
    (re.compile(r"^GET "), "Rows have a part of the fields; `fields_required` asks for others. Ten rows, if no number is given."),
    (re.compile(r"^POST "), "It always makes a record: no key makes it unique. Mandatory fields depend on the tenant's forms."),
    (re.compile(r"^PUT "), "What is not given stays; null empties a reference."),
    (re.compile(r"^DELETE /requests/{request_id}$"), _GONE_FOR_GOOD),
    (re.compile(r"^DELETE "), "What other records refer to cannot be deleted (4005)."),
)
_TEXT: dict[str, Any] = {"type": "string"}
_OBJECT: dict[str, Any] = {"type": "object"}


def notes_of(platform: SdpPlatform) -> Notes:
    """The notes, with ids of the records that the tenant has now."""
    writer = _Writer(platform.desk)
    notes = _accounts(platform.name)
    for endpoint in ENDPOINTS:
        notes[f"{endpoint.method} {BASE}{endpoint.path}"] = writer.note(endpoint)
    return notes


def _accounts(name: str) -> Notes:
    """The accounts server."""
    credentials = CREDENTIALS[name]
    client, browser = credentials.clients[0], credentials.clients[-1]
    secret = {"client_id": client.id, "client_secret": client.secret}
    refresh = credentials.tokens[0][0]
    asked = {"response_type": "code", "client_id": browser.id, "scope": "SDPOnDemand.requests.ALL", "access_type": "offline"}
    asked |= {"redirect_uri": browser.redirect_uri} if browser.redirect_uri else {}
    return {
        "POST /oauth/v2/token": Note(
            "A failure has status 200 too: look for `access_token`. More than ten access tokens in ten minutes are refused.",
            f"{_OAUTH}; the answers to failures were seen in other clients",
            body={"grant_type": "refresh_token", **secret, "refresh_token": refresh},
        ),
        "POST /oauth/v2/token/revoke": Note("The access tokens that came of it end too.", _OAUTH, body={"token": refresh}),
        "GET /oauth/v2/auth": Note("For a browser: people log in and agree; the sandbox agrees for them.", _OAUTH, asked),
    }


class _Writer:
    """Makes notes for the records of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def note(self, endpoint: Endpoint) -> Note:
        key = f"{endpoint.method} {endpoint.path}"
        about = next(text for pattern, text in _ABOUT if pattern.search(key))
        source = next(text for pattern, text in _SOURCES if pattern.search(endpoint.path))
        rows = self._rows(endpoint)
        values = dict(zip(re.findall(r"{(\w+)}", endpoint.path), [row.id for row in rows], strict=False))
        body, body_schema = self._body(endpoint, rows)
        return Note(about, f"{source}; answers and errors: {_FRAME}", values, body, body_schema, _answer_schema(endpoint))

    # --- which records

    def _rows(self, endpoint: Endpoint) -> list[Record]:
        """Those that the path names: the first that are fit for it."""
        chains = self._chains(endpoint.chain)
        found = next((rows for rows in chains if self._is_fit(endpoint, rows)), None)
        if found is not None:
            return found
        # Below the records that there are; nothing that can be deleted, or nothing at all, of the last.
        deletes = endpoint.method == DELETE and endpoint.path.endswith("}")
        above = endpoint.chain[:-1] if deletes else endpoint.chain
        return next(self._chains(above), None) or next(self._chains(endpoint.chain[:-1]), [])

    def _chains(self, modules: tuple[Module, ...], above: Record | None = None) -> Iterator[list[Record]]:
        if not modules:
            yield []
            return
        for row in self.desk.rows(modules[0], above):
            for below in self._chains(modules[1:], row):
                yield [row, *below]

    def _is_fit(self, endpoint: Endpoint, rows: list[Record]) -> bool:
        if not rows:
            return True
        last = endpoint.path.rpartition("/")[2]
        if last in ("_approve", "_reject"):
            mine = self.desk.user(OWNER)
            return rows[-1].values.get("approver") == (mine and mine.id) and word_of(self.desk, rows[-1]) == PENDING
        if last == "_send_notification":
            return word_of(self.desk, rows[-1]) == TO_BE_SENT
        if endpoint.method == DELETE and last == "_link_requests":
            return bool(rows[-1].values.get("linked"))
        if endpoint.method == DELETE and last.startswith("{"):
            return not self.desk.in_use(rows[-1]) and not rows[-1].subs
        if rows[0].module.path == "requests" and endpoint.method != "GET":
            return self.desk.word("statuses", rows[0].values.get("status")) == "Open"
        return True

    # --- what is sent

    def _body(self, endpoint: Endpoint, rows: list[Record]) -> tuple[Any, dict[str, Any] | None]:
        last = endpoint.path.rpartition("/")[2]
        special = self._special(f"{endpoint.method} {last}", rows)
        if special is not None:
            return {"input_data": json.dumps(special)}, None if endpoint.takes else _form(next(iter(special)))
        if last == "_uploads":
            return {"filename": "1 laptop", "addtoattachment": "true"}, None
        if endpoint.method not in (POST, PUT) or endpoint.takes is None:
            return None, None
        key, module = endpoint.takes
        given = self._given(endpoint, module, rows)
        return {"input_data": json.dumps({key: given})}, None

    def _special(self, action: str, rows: list[Record]) -> dict[str, Any] | None:
        """What actions take."""
        another = [row for row in self.desk.rows(BY_PATH["requests"]) if rows and row is not rows[0]][-1:]
        linked = list(rows[0].values.get("linked") or {}) if rows else []
        ids = [{"id": row.id} for row in another]
        known: dict[str, dict[str, Any]] = {
            "PUT _close": {"request": {"closure_info": {"closure_comments": "Solved with the user"}}},
            "PUT _assign": {"request": {"group": {"name": "Network"}}},
            "PUT _merge_requests": {"merge_requests": ids},
            "POST resolutions": {"resolution": {"content": "The cable was replaced."}},
            "POST _link_requests": {"link_requests": [{"linked_request": one, "comments": "The same cause"} for one in ids]},
            "DELETE _link_requests": {
                "link_requests": [{"linked_request": {"id": one}} for one in linked or [row.id for row in another]]
            },
            "PUT _approve": {"approval": {"comments": "Within the budget"}},
            "PUT _reject": {"approval": {"comments": "There is one in stock"}},
        }
        return known.get(action)

    def _given(self, endpoint: Endpoint, module: Module, rows: list[Record]) -> dict[str, Any]:
        if endpoint.path == "/requests":
            return {
                "subject": "The printer on floor 2 is out of toner",
                "description": "It says 0 %.",
                "requester": {"email_id": "maja.lind@northwind.example"},
                "priority": {"name": "High"},
            }
        if endpoint.method == POST:
            return {field.name: self._value(field, module) for field in module.fields if field.mandatory}
        if endpoint.path.endswith(("_submit_for_approval", "_publish")):
            return {}
        field = next(field for field in _by_ease(module) if not (field.read_only or field.once or field.unique))
        return {field.name: self._value(field, module)}

    def _value(self, field: Field, module: Module) -> Any:
        return self._of_kind(field.kind, field.name, module)

    def _of_kind(self, kind: Kind, name: str, module: Module) -> Any:
        if isinstance(kind, Refs):
            return [self._reference(kind)]
        if isinstance(kind, Ref):
            return self._reference(kind)
        if isinstance(kind, Choice):
            return kind.choices[0]
        if isinstance(kind, Group):
            return {one.name: self._value(one, module) for one in kind.fields.values() if not one.read_only}
        if isinstance(kind, Text):
            return _sentence(kind, name, module)
        if isinstance(kind, Time):
            return {"value": str(to_ms(self.desk.clock.now()) // 86_400_000 * 86_400_000)}
        if isinstance(kind, Flag):
            return True
        if name == "level":
            return str(MAX_LEVEL)
        if isinstance(kind, Number):
            return "1.5" if isinstance(kind, Decimal) else "1"
        return ["example"] if isinstance(kind, Texts) else [] if isinstance(kind, Files) else {}

    def _reference(self, kind: Ref) -> dict[str, Any]:
        module = BY_PATH[kind.table]
        rows = (row for row in self.desk.rows(module) if not (row.values.get("inactive") or row.values.get("deleted")))
        row = next(rows, None)
        return {module.key: row.values[module.key] if row else "An example"}


def _by_ease(module: Module) -> list[Field]:
    """Fields in the order in which they make a plain example of a change."""
    plain = [field for field in module.fields if isinstance(field.kind, Html)]
    plain += [field for field in module.fields if isinstance(field.kind, Line)]
    plain += [field for field in module.fields if isinstance(field.kind, Text) and not isinstance(field.kind, Choice)]
    return [*plain, *module.fields]


def _sentence(kind: Text, name: str, module: Module) -> str:
    text = f"Example of a {module.one.replace('_', ' ')}" if name in ("name", "title", "subject") else "An example"
    text = "example@northwind.example" if "email" in name else text
    return text[: kind.limit] if kind.limit else text


def _form(key: str) -> dict[str, Any]:
    return {"type": "object", "properties": {"input_data": {**_TEXT, "description": f"JSON with `{key}`"}}}


def _answer_schema(endpoint: Endpoint) -> dict[str, Any] | None:
    """What is beside C(response_status) where the table of endpoints does not say it."""
    last = endpoint.path.rpartition("/")[2]
    link = {"type": "object", "properties": {"linked_request": _OBJECT, "comments": {**_TEXT, "nullable": True}}}
    known: dict[str, dict[str, Any]] = {
        "_metainfo": {"metainfo": {"type": "object", "properties": {"entity": _TEXT, "fields": _OBJECT}}},
        "resolutions": {"resolution": _OBJECT},
        "layouts": {"layouts": {"type": "array", "items": _OBJECT}},
        "show_all": {"list_view_filters": {"type": "array", "items": _OBJECT}},
    }
    if endpoint.method == "GET" and last == "_link_requests":
        return {"link_requests": {"type": "array", "items": link}}
    return known.get(last)
