# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A controller as the modules of awx.awx see it: the part of its REST API that they use, with state, and strict.

It takes what a controller takes and refuses what one refuses: names twice in an organization, credentials of one type twice in a
job template, playbooks that are not in the project, injectors that name no field, surveys and rules of time that are malformed.
"""

from __future__ import annotations

import base64
import copy
import json
import pathlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jinja2
import jinja2.sandbox
import yaml

USER = "admin"
PASSWORD = "controller-password-1"
TOKEN = "controller-token-1"
VERSION = "24.6.1"
HIDDEN = "$encrypted$"
PAGE_SIZE = 25

Object = dict[str, Any]


class Refused(Exception):
    """The answer to what a controller does not take."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(body)
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Field:
    """A field of an object, as it is written and read."""

    type: type
    default: Any = None
    required: bool = False
    to: str = ""
    choices: tuple[Any, ...] = ()
    null: bool = False
    read_only: bool = False


def text(**options: Any) -> Field:
    return Field(str, **{"default": "", **options})


def integer(default: int = 0) -> Field:
    return Field(int, default)


def flag(default: bool = False) -> Field:
    return Field(bool, default)


def link(to: str, **options: Any) -> Field:
    return Field(int, to=to, **{"null": not options.get("required"), **options})


NAMED = {"name": text(required=True), "description": text()}
PROMPTS = {
    name: flag()
    for name in (
        *("ask_variables_on_launch", "ask_limit_on_launch", "ask_job_type_on_launch", "ask_inventory_on_launch"),
        *("ask_credential_on_launch", "ask_scm_branch_on_launch", "ask_tags_on_launch", "ask_skip_tags_on_launch"),
    )
}
COLLECTIONS: dict[str, dict[str, Field]] = {
    "organizations": {**NAMED},
    "instance_groups": {"name": text(required=True)},
    "credential_types": {
        **NAMED,
        "kind": text(required=True, choices=("cloud", "net", "scm", "ssh")),
        "inputs": Field(dict, {}),
        "injectors": Field(dict, {}),
        "managed": Field(bool, False, read_only=True),
    },
    "credentials": {
        **NAMED,
        "organization": link("organizations"),
        "credential_type": link("credential_types", required=True),
        "inputs": Field(dict, {}),
    },
    "execution_environments": {
        **NAMED,
        "organization": link("organizations"),
        "image": text(required=True),
        "pull": text(choices=("", "always", "missing", "never")),
        "credential": link("credentials"),
    },
    "projects": {
        **NAMED,
        "organization": link("organizations"),
        "scm_type": text(choices=("", "git", "svn", "insights", "archive")),
        "scm_url": text(),
        "scm_branch": text(),
        "scm_update_on_launch": flag(),
        "scm_update_cache_timeout": integer(),
        "credential": link("credentials"),
        "default_environment": link("execution_environments"),
        "scm_revision": text(read_only=True),
        "status": text(default="never updated", read_only=True),
    },
    "inventories": {
        **NAMED,
        "organization": link("organizations", required=True),
        "kind": text(choices=("", "smart", "constructed")),
        "host_filter": text(default=None, null=True),
        "variables": text(),
    },
    "hosts": {**NAMED, "inventory": link("inventories", required=True), "enabled": flag(True), "variables": text()},
    "inventory_sources": {
        **NAMED,
        "inventory": link("inventories", required=True),
        "source": text(required=True, choices=("scm", "ec2", "vmware")),
        "source_project": link("projects"),
        "source_path": text(),
        "source_vars": text(),
        "credential": link("credentials"),
        "execution_environment": link("execution_environments"),
        "overwrite": flag(),
        "overwrite_vars": flag(),
        "update_on_launch": flag(),
        "update_cache_timeout": integer(),
    },
    "job_templates": {
        **NAMED,
        **PROMPTS,
        "organization": link("organizations", read_only=True),
        "job_type": text(default="run", choices=("run", "check")),
        "inventory": link("inventories"),
        "project": link("projects"),
        "playbook": text(),
        "execution_environment": link("execution_environments"),
        "forks": integer(),
        "limit": text(),
        "verbosity": integer(),
        "extra_vars": text(),
        "timeout": integer(),
        "survey_enabled": flag(),
        "allow_simultaneous": flag(),
        "job_slice_count": integer(1),
    },
    "schedules": {
        **NAMED,
        "unified_job_template": link("unified_job_templates", required=True),
        "rrule": text(required=True),
        "enabled": flag(True),
        "extra_data": Field(dict, {}),
    },
    "workflow_job_templates": {
        **NAMED,
        **PROMPTS,
        "organization": link("organizations"),
        "extra_vars": text(),
        "survey_enabled": flag(),
        "allow_simultaneous": flag(),
    },
    "workflow_job_template_nodes": {
        "identifier": text(required=True),
        "workflow_job_template": link("workflow_job_templates", required=True),
        "unified_job_template": link("unified_job_templates"),
        "extra_data": Field(dict, {}),
        "all_parents_must_converge": flag(),
    },
    "workflow_approval_templates": {**NAMED, "timeout": integer()},
}
# What is sent and means nothing there.
TOLERATED = {"workflow_job_template_nodes": {"type"}, "credential_types": {"managed"}, "job_templates": {"organization"}}
# The collections whose objects can be launched, scheduled, and put into workflows.
LAUNCHED = ("projects", "inventory_sources", "job_templates", "workflow_job_templates")
UNIQUE = {
    "credential_types": ("name", "kind"),
    "credentials": ("name", "organization", "credential_type"),
    "execution_environments": ("name",),
    "projects": ("name", "organization"),
    "inventories": ("name", "organization"),
    "hosts": ("name", "inventory"),
    "inventory_sources": ("name", "inventory"),
    "job_templates": ("name", "organization"),
    "schedules": ("name", "unified_job_template"),
    "workflow_job_templates": ("name", "organization"),
    "workflow_job_template_nodes": ("identifier", "workflow_job_template"),
}
# The owners with which an object goes away; all other links become null.
OWNERS = {
    "hosts": "inventory",
    "inventory_sources": "inventory",
    "schedules": "unified_job_template",
    "workflow_job_template_nodes": "workflow_job_template",
}
ASSOCIATIONS = {
    ("job_templates", "credentials"): "credentials",
    ("job_templates", "instance_groups"): "instance_groups",
    ("workflow_job_template_nodes", "success_nodes"): "workflow_job_template_nodes",
    ("workflow_job_template_nodes", "failure_nodes"): "workflow_job_template_nodes",
    ("workflow_job_template_nodes", "always_nodes"): "workflow_job_template_nodes",
}
QUESTION_TYPES = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": float,
}
QUESTION_KEYS = {
    *("question_name", "question_description", "variable", "type", "required"),
    *("default", "min", "max", "choices"),
}


class Controller:
    """The objects, and what the API does with them."""

    def __init__(self, repositories: Mapping[str, pathlib.Path]) -> None:
        self.repositories = dict(repositories)
        self.url = ""
        self.reset()

    def reset(self) -> None:
        """As a new installation."""
        self.objects: dict[str, dict[int, Object]] = {name: {} for name in COLLECTIONS}
        self.links: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[int, Object] = {}
        self.updates: dict[int, Object] = {}
        self.tokens: dict[str, int] = {TOKEN: 0}
        self.writes: list[str] = []
        self.ignored: list[str] = []
        self._last = 0
        self.create("organizations", {"name": "Default"})
        self.create("instance_groups", {"name": "default"})
        for name, kind in (("Machine", "ssh"), ("Source Control", "scm")):
            number = self.create("credential_types", {"name": name, "kind": kind})["id"]
            self.objects["credential_types"][number]["managed"] = True
        self.writes.clear()

    # --- For tests

    def snapshot(self) -> dict[str, Any]:
        """All that is kept, to come back to."""
        return copy.deepcopy({name: value for name, value in vars(self).items() if name not in ("repositories", "url")})

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        vars(self).update(copy.deepcopy(dict(snapshot)))

    def named(self, collection: str, name: str) -> Object:
        """The object of this name, as it is kept."""
        field = "identifier" if collection == "workflow_job_template_nodes" else "name"
        (found,) = (item for item in self.objects[collection].values() if item[field] == name)
        return found

    def names(self, collection: str) -> list[str]:
        field = "identifier" if collection == "workflow_job_template_nodes" else "name"
        return sorted(str(item[field]) for item in self.objects[collection].values())

    def linked(self, collection: str, name: str, association: str) -> list[str]:
        """The names of what is associated with an object."""
        target = ASSOCIATIONS[collection, association]
        field = "identifier" if target == "workflow_job_template_nodes" else "name"
        numbers = self.links.get((collection, self.named(collection, name)["id"], association), [])
        return sorted(str(self.objects[target][number][field]) for number in numbers)

    # --- The API

    def answer(self, method: str, target: str, body: Any, authorization: str) -> tuple[int, Any]:
        """What is answered to a call: a status and JSON."""
        parts = urlsplit(target)
        path = [part for part in parts.path.split("/") if part]
        if path[:2] != ["api", "v2"] or not parts.path.endswith("/"):
            raise Refused(404, {"detail": "The requested resource could not be found."})
        if path[2:] == ["tokens"]:
            return self._log_in(method, authorization)
        self._check_token(authorization) if path[2:3] != ["tokens"] else self._check_account(authorization)
        if method != "GET":
            self.writes.append(f"{method} {parts.path}")
        return self._route(method, path[2:], dict(parse_qsl(parts.query)), body)

    def _route(self, method: str, path: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
        match method, path:
            case "DELETE", ["tokens", number]:
                self.writes.pop()
                self.tokens = {token: kept for token, kept in self.tokens.items() if kept != int(number)}
                return 204, None
            case "GET", ["unified_job_templates"]:
                return 200, self._list([(name, item) for name in LAUNCHED for item in self.objects[name].values()], query)
            case "GET", ["project_updates", number]:
                return 200, self._update(int(number))
            case "GET", [collection] if collection in COLLECTIONS:
                return 200, self._list([(collection, item) for item in self.objects[collection].values()], query)
            case "POST", [collection] if collection in COLLECTIONS:
                return 201, self.create(collection, body)
            case _, [collection, number] if collection in COLLECTIONS:
                return self._one(method, collection, int(number), body)
            case _, [collection, number, "survey_spec"] if collection in ("job_templates", "workflow_job_templates"):
                return self._survey(method, self._find(collection, int(number)), body)
            case "POST", ["workflow_job_template_nodes", number, "create_approval_template"]:
                return 201, self._approval(self._find("workflow_job_template_nodes", int(number)), body)
            case _, [collection, number, association] if (collection, association) in ASSOCIATIONS:
                return self._associate(method, collection, self._find(collection, int(number)), association, body)
        raise Refused(404, {"detail": "The requested resource could not be found."})

    def _log_in(self, method: str, authorization: str) -> tuple[int, Any]:
        self._check_account(authorization)
        if method != "POST":
            raise Refused(405, {"detail": f'Method "{method}" not allowed.'})
        number = self._number()
        token = f"controller-token-of-{number}"
        self.tokens[token] = number
        return 201, {"id": number, "token": token, "scope": "write"}

    def _check_token(self, authorization: str) -> None:
        if authorization.removeprefix("Bearer ") not in self.tokens:
            raise Refused(401, {"detail": "Authentication credentials were not provided."})

    def _check_account(self, authorization: str) -> None:
        if authorization != "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode():
            raise Refused(401, {"detail": "Invalid username/password."})

    def _number(self) -> int:
        self._last += 1
        return self._last

    def _find(self, collection: str, number: int) -> Object:
        if number not in self.objects[collection]:
            raise Refused(404, {"detail": "Not found."})
        return self.objects[collection][number]

    def _list(self, found: list[tuple[str, Object]], query: dict[str, str]) -> Object:
        page, size = int(query.pop("page", 1)), int(query.pop("page_size", PAGE_SIZE))
        either = {name.removeprefix("or__"): value for name, value in query.items() if name.startswith("or__")}
        every = {name: value for name, value in query.items() if not name.startswith("or__")}
        for name in (*either, *every):
            if found and all(name not in item for _collection, item in found):
                raise Refused(400, {"detail": f"Unknown filter: {name}"})
        chosen = [
            (collection, item)
            for collection, item in found
            if all(str(self._value(item, name)) == value for name, value in every.items())
            and (not either or any(str(self._value(item, name)) == value for name, value in either.items()))
        ]
        shown = [self._view(collection, item) for collection, item in chosen[(page - 1) * size : page * size]]
        more = f"/api/v2/{found[0][0]}/?page={page + 1}&page_size={size}" if page * size < len(chosen) else None
        return {"count": len(chosen), "next": more, "previous": None, "results": shown}

    def _value(self, item: Object, name: str) -> Any:
        """What a filter compares with. The source of an inventory is in the organization of the inventory."""
        if name == "organization" and name not in item:
            return self.objects["inventories"][item["inventory"]][name]
        return item.get(name)

    def _view(self, collection: str, item: Object) -> Object:
        """An object as the API shows it."""
        number = item["id"]
        url = f"/api/v2/{collection}/{number}/"
        view: Object = {
            **item,
            "type": "inventory" if collection == "inventories" else collection.removesuffix("s"),
            "url": url,
            "related": {"survey_spec": f"{url}survey_spec/", "update": f"{url}update/"},
            "summary_fields": {},
        }
        if collection == "credentials":
            fields = self._input_fields(item["credential_type"])
            view["inputs"] = {name: HIDDEN if fields[name].get("secret") else value for name, value in item["inputs"].items()}
        if collection == "projects" and item.get("update"):
            view["summary_fields"]["current_update"] = {"id": view.pop("update")}
        if collection == "workflow_job_template_nodes" and item["unified_job_template"]:
            at = self._where(item["unified_job_template"])
            view["related"]["unified_job_template"] = f"/api/v2/{at}/{item['unified_job_template']}/"
        return view

    def _where(self, number: int) -> str:
        """The collection of what can be launched, or approved."""
        return next(name for name in (*LAUNCHED, "workflow_approval_templates") if number in self.objects[name])

    def _one(self, method: str, collection: str, number: int, body: Any) -> tuple[int, Any]:
        item = self._find(collection, number)
        if method == "PATCH":
            self._write(collection, item, body)
        elif method == "DELETE":
            self.delete(collection, number)
            return 204, None
        elif method != "GET":
            raise Refused(405, {"detail": f'Method "{method}" not allowed.'})
        return 200, self._view(collection, item)

    def create(self, collection: str, body: Any) -> Object:
        """A new object."""
        fields = COLLECTIONS[collection]
        missing = [name for name, field in fields.items() if field.required and body.get(name) in (None, "")]
        if missing:
            raise Refused(400, {name: ["This field is required."] for name in missing})
        item = {name: field.default for name, field in fields.items()}
        self._write(collection, item, body)
        item["id"] = self._number()
        self.objects[collection][item["id"]] = item
        if collection == "projects":
            self._start_update(item)
        return self._view(collection, item)

    def delete(self, collection: str, number: int) -> None:
        """Remove an object, with what it owns, and all links to it."""
        if collection == "credential_types" and self._users_of_type(number):
            raise Refused(403, {"detail": "Credential types that are in use cannot be deleted."})
        del self.objects[collection][number]
        for key in [key for key in self.links if key[1] == number]:
            del self.links[key]
        for numbers in self.links.values():
            while number in numbers:
                numbers.remove(number)
        for name, fields in COLLECTIONS.items():
            for item in list(self.objects[name].values()):
                for field in [field for field, kind in fields.items() if kind.to and item[field] == number]:
                    if OWNERS.get(name) == field:
                        self.delete(name, item["id"])
                    else:
                        item[field] = None

    def _write(self, collection: str, item: Object, body: Any) -> None:
        """Check what is sent, and take it over. Unknown fields are ignored, as a controller does, and remembered."""
        if not isinstance(body, dict):
            raise Refused(400, {"detail": "JSON parse error"})
        fields = COLLECTIONS[collection]
        written = {name: value for name, value in body.items() if name in fields and not fields[name].read_only}
        tolerated = TOLERATED.get(collection, set())
        self.ignored += [f"{collection}.{name}" for name in body if name not in written and name not in tolerated]
        for name, value in written.items():
            self._check_field(name, fields[name], value)
        new = {**item, **written}
        check: Callable[[Object, Object], None] | None = getattr(self, f"_check_{collection}", None)
        if check:
            check(item, new)
        others = [other for number, other in self.objects[collection].items() if number != item.get("id")]
        key = UNIQUE.get(collection, ("name",))
        if any(all(other[name] == new[name] for name in key) for other in others):
            raise Refused(400, {"__all__": [f"{collection} with this {', '.join(key)} already exists."]})
        item.update(new)

    def _check_field(self, name: str, field: Field, value: Any) -> None:
        if value is None:
            if not field.null:
                raise Refused(400, {name: ["This field may not be null."]})
        elif not isinstance(value, field.type) or (field.type is int and isinstance(value, bool)):
            raise Refused(400, {name: [f"Not a valid {field.type.__name__}."]})
        elif field.choices and value not in field.choices:
            raise Refused(400, {name: [f'"{value}" is not a valid choice.']})
        elif field.to and not self._exists(field.to, value):
            raise Refused(400, {name: [f'Invalid pk "{value}" - object does not exist.']})

    def _exists(self, collection: str, number: int) -> bool:
        places = (*LAUNCHED, "workflow_approval_templates") if collection == "unified_job_templates" else (collection,)
        return any(number in self.objects[place] for place in places)

    # --- What is particular about some of the objects

    def _check_credential_types(self, old: Object, new: Object) -> None:
        if "id" in old and old["inputs"] != new["inputs"] and self._users_of_type(old["id"]):
            raise Refused(403, {"detail": "Modifications to inputs are not allowed for credential types that are in use"})
        inputs = new["inputs"] = json.loads(json.dumps(new["inputs"]))
        if inputs.keys() - {"fields", "required"}:
            raise Refused(400, {"inputs": ["Additional properties are not allowed"]})
        for field in inputs.get("fields", []):
            check_input_field(field)
        known = {field["id"] for field in inputs.get("fields", [])}
        if len(known) < len(inputs.get("fields", [])) or "tower" in known or set(inputs.get("required", ())) - known:
            raise Refused(400, {"inputs": ["field IDs must be unique, not reserved, and there"]})
        check_injectors(new["injectors"], known)

    def _users_of_type(self, number: int) -> list[Object]:
        return [item for item in self.objects["credentials"].values() if item["credential_type"] == number]

    def _input_fields(self, credential_type: int) -> dict[str, Object]:
        fields = self.objects["credential_types"][credential_type]["inputs"].get("fields", [])
        return {field["id"]: field for field in fields}

    def _check_credentials(self, old: Object, new: Object) -> None:
        fields = self._input_fields(new["credential_type"])
        for name, value in new["inputs"].items():
            if name not in fields:
                raise Refused(400, {"inputs": [f"Additional properties are not allowed ('{name}' was unexpected)"]})
            if not isinstance(value, str) or value not in fields[name].get("choices", [value]):
                raise Refused(400, {"inputs": {name: [f"'{value}' is not one of the choices"]}})
        kept = old["inputs"]
        new["inputs"] = {name: kept.get(name, "") if value == HIDDEN else value for name, value in new["inputs"].items()}

    def _check_projects(self, old: Object, new: Object) -> None:
        if new["scm_type"] and not new["scm_url"]:
            raise Refused(400, {"scm_url": ["This field is required."]})
        if "id" in old and any(old[name] != new[name] for name in ("scm_type", "scm_url", "scm_branch")):
            self._start_update(new)

    def _start_update(self, project: Object) -> None:
        """A project is fetched when it is made, and when it comes from elsewhere."""
        number = self._number()
        self.updates[number] = {"project": project, "polls": 0}
        project["update"] = number

    def _update(self, number: int) -> Object:
        """Pending when it is looked at for the first time, and done at the second."""
        update = self.updates[number]
        update["polls"] += 1
        status = "pending"
        if update["polls"] > 1:
            status = "successful" if update["project"]["scm_url"] in self.repositories else "failed"
            stored = self.objects["projects"][update["project"]["id"]]
            stored.update(scm_revision="f00d" * 10, status=status)
            stored.pop("update", None)
        return {"id": number, "status": status}

    def playbooks(self, project: Object) -> list[str]:
        """The playbooks that a controller finds in a project."""
        folder = self.repositories.get(project["scm_url"])
        if not folder or project["status"] != "successful":
            return []
        wanted = re.compile(r"^\s*-?\s*['\"]?(?:hosts|(?:ansible\.builtin\.)?import_playbook):", re.MULTILINE)
        return [path.name for path in sorted(folder.glob("*.yml")) if wanted.search(path.read_text(encoding="utf-8"))]

    def _check_job_templates(self, old: Object, new: Object) -> None:
        project = self.objects["projects"].get(new["project"])
        if not project:
            raise Refused(400, {"project": ["This field is required."]})
        if new["playbook"] not in self.playbooks(project):
            raise Refused(400, {"playbook": ["Playbook not found for project."]})
        if not new["inventory"] and not new["ask_inventory_on_launch"]:
            raise Refused(400, {"inventory": ["You must either set a default value or ask to prompt on launch."]})
        if not isinstance(yaml.safe_load(new["extra_vars"] or "{}"), dict):
            raise Refused(400, {"extra_vars": ["Cannot parse as JSON or YAML"]})
        if new["job_slice_count"] < 1:
            raise Refused(400, {"job_slice_count": ["Ensure this value is greater than or equal to 1."]})
        new["organization"] = project["organization"]

    def _check_inventory_sources(self, old: Object, new: Object) -> None:
        if not new["source_project"]:
            raise Refused(400, {"source_project": ["Project required for scm type sources."]})
        if new["credential"]:
            credential = self.objects["credentials"][new["credential"]]
            kind = self.objects["credential_types"][credential["credential_type"]]["kind"]
            if kind in ("ssh", "scm"):
                raise Refused(400, {"credential": ["Credentials of type machine and source control are disallowed."]})

    def _check_schedules(self, old: Object, new: Object) -> None:
        rule = new["rrule"]
        if not re.match(r"DTSTART(;TZID=[^:]+:[0-9]{8}T[0-9]{6}|:[0-9]{8}T[0-9]{6}Z) RRULE:", rule) or rule.count("DTSTART") > 1:
            raise Refused(400, {"rrule": ["Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ"]})
        if "INTERVAL" not in rule or "SECONDLY" in rule or ("COUNT" in rule and "UNTIL" in rule):
            raise Refused(400, {"rrule": ["INTERVAL required in rrule; SECONDLY, and COUNT with UNTIL, are not supported"]})
        if new["extra_data"]:
            raise Refused(400, {"extra_data": ["Variables are not allowed on launch."]})

    def _survey(self, method: str, item: Object, body: Any) -> tuple[int, Any]:
        if method == "POST":
            check_survey(body)
            self.surveys[item["id"]] = body
        elif method == "DELETE":
            self.surveys.pop(item["id"], None)
        else:
            return 200, self.surveys.get(item["id"], {})
        return 200, {}

    def _approval(self, node: Object, body: Any) -> Object:
        """What makes a node one at which a person approves."""
        if node["unified_job_template"]:
            raise Refused(400, {"__all__": ["This node has a template already."]})
        view = self.create("workflow_approval_templates", body)
        node["unified_job_template"] = view["id"]
        return view

    def _associate(self, method: str, collection: str, item: Object, association: str, body: Any) -> tuple[int, Any]:
        target = ASSOCIATIONS[collection, association]
        numbers = self.links.setdefault((collection, item["id"], association), [])
        if method == "GET":
            shown = [self._view(target, self.objects[target][number]) for number in numbers]
            return 200, {"count": len(shown), "next": None, "previous": None, "results": shown}
        number = body["id"]
        other = self._find(target, number)
        if body.get("disassociate"):
            numbers[:] = [kept for kept in numbers if kept != number]
            return 204, None
        if association == "credentials":
            types = [self.objects[target][kept]["credential_type"] for kept in numbers]
            if other["credential_type"] in types:
                raise Refused(400, {"error": "Cannot assign multiple credentials of one type."})
        elif association.endswith("_nodes"):
            self._check_edge(item, other)
        numbers.append(number)
        return 204, None

    def _check_edge(self, node: Object, other: Object) -> None:
        if node["workflow_job_template"] != other["workflow_job_template"]:
            raise Refused(400, {"detail": "Nodes of different workflows cannot be linked."})
        waiting = [other["id"]]
        while waiting:
            number = waiting.pop()
            if number == node["id"]:
                raise Refused(400, {"detail": "Cycle detected."})
            waiting += [
                kept for key, numbers in self.links.items() if key[1] == number and key[2].endswith("_nodes") for kept in numbers
            ]


def check_input_field(field: Object) -> None:
    """What a controller demands of a field of a credential type. A type that is missing is filled in."""
    allowed = {"id", "label", "help_text", "type", "format", "choices", "default", "multiline", "secret", "ask_at_runtime"}
    field.setdefault("type", "string")
    if field.keys() - allowed or not re.fullmatch(r"[a-zA-Z_]+[a-zA-Z0-9_]*", field.get("id", "")) or not field.get("label"):
        raise Refused(400, {"inputs": [f"Invalid field: {field}"]})
    if field["type"] not in ("string", "boolean") or field.get("choices") == []:
        raise Refused(400, {"inputs": [f"Invalid type or choices: {field}"]})
    if field["type"] == "boolean" and field.keys() & {"choices", "multiline", "format", "secret"}:
        raise Refused(400, {"inputs": [f"Not allowed for boolean type: {field}"]})


def check_injectors(injectors: Object, known: set[str]) -> None:
    """Injectors name variables that may be set, and fields that are there."""
    if injectors.keys() - {"env", "file", "extra_vars"}:
        raise Refused(400, {"injectors": ["Additional properties are not allowed"]})
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    for name, template in injectors.get("env", {}).items():
        if (
            not re.fullmatch(r"[a-zA-Z_]+[a-zA-Z0-9_]*", name)
            or name.startswith("ANSIBLE_")
            or name in ("PATH", "HOME", "JOB_ID")
        ):
            raise Refused(400, {"injectors": [f"Environment variable {name} is not allowed to be used in credentials."]})
        try:
            environment.from_string(template).render(dict.fromkeys(known, "EXAMPLE"))
        except jinja2.TemplateError as problem:
            raise Refused(400, {"injectors": [f"{name} uses an undefined field ({problem})"]}) from None


def check_survey(body: Any) -> None:
    """What a controller demands of a survey."""

    def refuse(message: str) -> Refused:
        return Refused(400, {"error": message})

    for name, kind in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(body.get(name), kind):
            raise refuse(f"Field '{name}' is missing from survey spec.")
    if not body["spec"]:
        raise refuse("'spec' doesn't contain any items.")
    variables = [question.get("variable") for question in body["spec"]]
    if len(set(variables)) < len(variables):
        raise refuse("'variable' duplicated in survey question.")
    for question in body["spec"]:
        if not all(isinstance(question.get(name), str) for name in ("type", "question_name", "variable")):
            raise refuse("'type', 'question_name' or 'variable' missing from survey question.")
        if not isinstance(question.get("required"), bool) or question.keys() - QUESTION_KEYS:
            raise refuse(f"'required' is missing, or what nobody knows is there: {question}")
        kind = QUESTION_TYPES.get(question["type"])
        if not kind:
            raise refuse(f"'{question['type']}' is not an allowed question type.")
        default = question.get("default", "")
        if default != "" and not isinstance(default, kind):
            raise refuse(f"Default value {default} in survey question expected to be {kind.__name__}.")
        if not all(isinstance(question.get(name, 0), int) for name in ("min", "max")):
            raise refuse("The min or max limit in survey question expected to be integer.")
        if question["type"] in ("multiplechoice", "multiselect"):
            choices = question.get("choices")
            if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
                raise refuse("Survey question must specify choices.")
            if default and default not in choices:
                raise refuse("Default choice must be answered from the choices listed.")


class _Handler(BaseHTTPRequestHandler):
    controller: Controller
    lock: threading.Lock
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        try:
            body = json.loads(raw) if raw else None
            with self.lock:
                status, answer = self.controller.answer(self.command, self.path, body, self.headers.get("Authorization") or "")
        except Refused as refused:
            status, answer = refused.status, refused.body
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", VERSION)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed; tests look at C(writes)."""


@contextmanager
def running_controller(repositories: Mapping[str, pathlib.Path]) -> Iterator[Controller]:
    """A controller on a free port of this machine."""
    controller = Controller(repositories)
    handler = type("Handler", (_Handler,), {"controller": controller, "lock": threading.Lock()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        controller.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield controller
        finally:
            server.shutdown()
            thread.join()
