# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ServiceDesk Plus Cloud: what kinds of records there are. Private to the collection.

A row says all that is special about a kind of record; section numbers are those of the fact sheet.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ..transport.errors import OptionError

# How sure a row is.
SEEN = "in documents or in other clients"
PLAUSIBLE = "likely, not seen"
# Fields that requests, problems, changes and releases have in common (6).
COMMON = frozenset({"status", "priority", "urgency", "impact", "category", "subcategory", "item", "group", "site"})
CUSTOM, CI = "cm_", "cmdb_"


@dataclass(frozen=True)
class Module:
    """A kind of record.

    Args:
        name: what users call it: the last part of its path.
        path: where its records are, below the API's address.
        key: the name of one record in what is sent.
        list_key: the name of many in what comes back.
        scope: the scope of the vendor's document that covers it.
        title: the field that names a record to people, and by which it is found by default.
        mandatory: fields without which none can be made, as far as they are known; a tenant's forms may demand more.
        answer_keys: other names of one record in what comes back.
        lookups: fields that name another record; a plain text for one is its name or id.
        users: fields that name a user; a plain text for one is an e-mail address, a name or an id.
        unshown: fields that are taken, but never shown, so that they cannot be compared.
        made_below: the module in a record of which one is made.
        is_read_only: nothing is known about making or changing one.
        has_bin: what is deleted stays, with C(is_trashed).
        evidence: how sure the row is.
        note: what else is known, or not.
    """

    name: str
    path: str
    key: str
    list_key: str
    scope: str
    title: str = "name"
    mandatory: tuple[str, ...] = ()
    answer_keys: tuple[str, ...] = ()
    lookups: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    unshown: frozenset[str] = frozenset()
    made_below: str | None = None
    is_read_only: bool = False
    has_bin: bool = False
    evidence: str = SEEN
    note: str = ""
    # What this record is below, outermost first: module and id of each.
    parents: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key, *self.answer_keys)

    @property
    def root(self) -> Module:
        """The kind of record at the start of the path."""
        return find_module(self.parents[0][0]) if self.parents else self


def _plural(plural: str, singular: str, scope: str, **more: Any) -> Module:
    """A kind of record whose name, path and key in lists are one word."""
    return Module(plural, plural, singular, plural, scope, **more)


def _setup(plural: str, singular: str, **more: Any) -> Module:
    return _plural(plural, singular, "setup", mandatory=("name",), **more)


_ASSET: dict[str, Any] = {
    "lookups": frozenset({"product", "state", "vendor", "department", "site"}),
    "users": frozenset({"user"}),
}
_PURCHASE: dict[str, Any] = {
    "lookups": frozenset({"vendor", "currency", "status"}),
    "users": frozenset({"requester", "owner"}),
}
_TASK: dict[str, Any] = {
    "lookups": frozenset({"status", "priority", "group", "task_type"}),
    "users": frozenset({"owner"}),
}
_PERSON: dict[str, Any] = {"lookups": frozenset({"department", "site"}), "users": frozenset({"reporting_to"})}
_PEOPLE_NOTE = "Some tenants refuse them to a token with all scopes"

MODULES: dict[str, Module] = {
    module.name: module
    for module in (
        # 5.1, 5.8
        _plural(
            "requests",
            "request",
            "requests",
            title="subject",
            mandatory=("subject",),
            lookups=COMMON | {"level", "mode", "request_type", "template", "sla", "service_category", "department"},
            users=frozenset({"requester", "on_behalf_of", "technician", "editor"}),
            unshown=frozenset({"delete_pre_template_tasks", "request_template_task_ids"}),
            has_bin=True,
            note="The modules service_request and request_info know more about them",
        ),
        _plural(
            "problems",
            "problem",
            "problems",
            title="title",
            mandatory=("title",),
            lookups=COMMON,
            users=frozenset({"technician", "reported_by"}),
            note="Texts such as root_cause are groups: `root_cause: {root_cause_description: ...}`",
        ),
        _plural(
            "changes",
            "change",
            "changes",
            title="title",
            mandatory=("title",),
            lookups=COMMON | {"stage", "change_type", "risk", "reason_for_change", "closure_code"},
            users=frozenset({"change_requester", "change_owner", "change_manager"}),
            unshown=frozenset({"comment"}),
            note="A new status needs `comment` beside it; workflows may refuse a status",
        ),
        _plural(
            "projects",
            "project",
            "projects",
            title="title",
            mandatory=("title",),
            lookups=frozenset({"status", "priority", "project_type", "department", "site"}),
            users=frozenset({"owner", "project_requester"}),
        ),
        _plural(
            "releases",
            "release",
            "releases",
            title="title",
            mandatory=("title",),
            lookups=COMMON | {"stage", "release_type", "risk"},
            users=frozenset({"release_engineer", "release_manager", "release_requester"}),
            note="Tasks of a release need a stage",
        ),
        _plural("assets", "asset", "assets", mandatory=("name", "product"), **_ASSET),
        _plural("workstations", "workstation", "assets", mandatory=("name", "product"), **_ASSET),
        _plural(
            "cmdb",
            "cmdb",
            "cmdb",
            is_read_only=True,
            note="Items of all types, to be read. They are made and changed by their type, see `cmdb_<type>`",
        ),
        _plural(
            "contracts", "contract", "contracts", mandatory=("name",), lookups=frozenset({"vendor", "contract_type", "currency"})
        ),
        _plural("purchase_orders", "purchase_order", "purchases", mandatory=("name",), **_PURCHASE),
        _plural("purchase_requests", "purchase_request", "purchases", mandatory=("name",), evidence=PLAUSIBLE, **_PURCHASE),
        _plural(
            "solutions",
            "solution",
            "solutions",
            title="title",
            mandatory=("title", "description"),
            lookups=frozenset({"topic"}),
            users=frozenset({"owner"}),
        ),
        _plural("topics", "topic", "solutions", mandatory=("name",)),
        _plural("announcements", "announcement", "general", title="title", mandatory=("title",)),
        _plural(
            "tasks", "task", "general", title="title", mandatory=("title",), note="Tasks that belong to no other record", **_TASK
        ),
        # 5.8: the lists that administrators set up
        _setup("categories", "category"),
        _setup("subcategories", "subcategory", made_below="categories"),
        _setup("items", "item", made_below="subcategories"),
        _setup("priorities", "priority"),
        _setup("urgencies", "urgency"),
        _setup("impacts", "impact"),
        _setup("levels", "level"),
        _setup("modes", "mode"),
        _setup("request_types", "request_type"),
        _setup("statuses", "status"),
        _setup("sites", "site"),
        _setup("departments", "department", lookups=frozenset({"site"})),
        _setup("support_groups", "support_group", lookups=frozenset({"site"})),
        _setup("group_roles", "group_role"),
        _setup("request_closure_codes", "request_closure_code"),
        _setup("service_categories", "service_category"),
        _setup("tags", "tag"),
        _setup("products", "product", lookups=frozenset({"product_type"}), evidence=PLAUSIBLE),
        _setup("product_types", "product_type", evidence=PLAUSIBLE),
        _setup("vendors", "vendor", evidence=PLAUSIBLE),
        _setup("change_types", "change_type"),
        _setup("change_stages", "change_stage"),
        _setup("change_statuses", "change_status", lookups=frozenset({"stage"})),
        _setup("change_roles", "change_role"),
        _setup("change_closure_codes", "change_closure_code"),
        _setup("risks", "risk"),
        _setup("reasons_for_change", "reason_for_change"),
        _setup("request_templates", "request_template", lookups=frozenset({"service_category"})),
        _setup("users", "user", note=_PEOPLE_NOTE, **_PERSON),
        _setup("technicians", "technician", note=_PEOPLE_NOTE, **_PERSON),
        _setup("requesters", "requester", note=_PEOPLE_NOTE, **_PERSON),
        _plural("udf_fields", "udf_field", "setup", is_read_only=True, note="Additional fields, to be read"),
    )
}

# What a tenant names itself: any module whose name starts so.
PATTERNS: dict[str, Module] = {
    CUSTOM: Module(
        "cm_<name>",
        "cm_<name>",
        "cm_<name, singular>",
        "cm_<name>",
        "custommodule",
        mandatory=("name",),
        evidence=PLAUSIBLE,
        note="Custom modules. Another path, key or title: give `path` and `key`",
    ),
    CI: Module(
        "cmdb_<type>",
        "cmdb/cmdb_<type>",
        "cmdb_<type, singular>",
        "cmdb_<type>",
        "cmdb",
        mandatory=("name",),
        users=frozenset({"owner", "managed_by"}),
        evidence=PLAUSIBLE,
        note="Configuration items of a type. Where the type has a path of its own, give `path` and `key`",
    ),
}

# 5.4: a note of a request goes in under another name than it comes out.
REQUEST_NOTES = Module(
    "notes", "notes", "request_note", "notes", "", title="description", mandatory=("description",), answer_keys=("note",)
)
SUB_MODULES: dict[str, Module] = {
    module.name: module
    for module in (
        _plural("notes", "note", "", title="description", mandatory=("description",)),
        _plural("tasks", "task", "", title="title", mandatory=("title",), **_TASK),
        _plural(
            "worklogs",
            "worklog",
            "",
            title="description",
            lookups=frozenset({"worklog_type", "currency"}),
            users=frozenset({"owner"}),
        ),
        _plural("comments", "comment", "", title="content", mandatory=("content",)),
        _plural(
            "milestones",
            "milestone",
            "",
            title="title",
            mandatory=("title",),
            lookups=frozenset({"status"}),
            users=frozenset({"owner"}),
        ),
        _plural("members", "member", "", title="user", lookups=frozenset({"role"}), users=frozenset({"user"})),
        _plural("downtimes", "downtime", "", title="description"),
        _plural("approval_levels", "approval_level", "", title="level"),
        _plural("approvals", "approval", "", title="approver", users=frozenset({"approver"})),
        _plural("ci_relationships", "ci_relationship", "", title="relationship_type"),
    )
}


def find_module(
    name: str, *, parents: tuple[tuple[str, str], ...] = (), path: str | None = None, key: str | None = None
) -> Module:
    """The kind of record with this name, below the records that C(parents) names, each with its module and its id.

    With C(path) and C(key) it is one that is in no table, such as that of a custom module.

    Raises:
        OptionError: the name is not known.
    """
    above = "".join(f"{module}/{record_id}/" for module, record_id in parents)
    if path is not None:
        plural = path.strip("/").rpartition("/")[2]
        singular = key or singular_of(plural)
        return Module(name, above + path.strip("/"), singular, plural, "", evidence=PLAUSIBLE, parents=parents)
    found = _named(name, parents)
    if found is None:
        known = ", ".join(SUB_MODULES if parents else (*MODULES, *(module.name for module in PATTERNS.values())))
        raise OptionError(f"module: {name!r} is not known", hint=f"Known are {known}; others can be given with path and key")
    return replace(found, path=above + found.path, parents=parents)


def _named(name: str, parents: tuple[tuple[str, str], ...]) -> Module | None:
    if name == "notes" and parents and parents[-1][0] == "requests":
        return REQUEST_NOTES
    found = SUB_MODULES.get(name) if parents else None
    return found or MODULES.get(name) or _of_tenant(name)


def _of_tenant(name: str) -> Module | None:
    """A custom module, or a type of configuration items."""
    for prefix, pattern in PATTERNS.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            path = pattern.path.replace(pattern.name, name)
            return replace(pattern, name=name, path=path, key=singular_of(name), list_key=name)
    return None


def scope_of(path: str) -> str:
    """The scope that covers a path: that of its first part. What is not known is set up by administrators."""
    first = path.strip("/").partition("/")[0]
    module = MODULES.get(first) or _of_tenant(first)
    return module.scope if module else "setup"


def singular_of(plural: str) -> str:
    """The key of one record, as a rule."""
    if plural.endswith("ies"):
        return plural[:-3] + "y"
    if plural.endswith(("sses", "xes", "ches", "shes", "tuses")):
        return plural[:-2]
    return plural.removesuffix("s")
