# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of the setup, most of them names only; users; request templates."""

from __future__ import annotations

from dataclasses import replace

from .fields import Module, fields

_NAMED = """
    name                   text/250       need unique list brief
    description            html           list
    inactive               flag           list
"""
_STATUS = """
    internal_name          text           list brief
    color                  text           list brief
    in_progress            flag           list brief
    stop_timer             flag           list brief
"""
#: what a list has beyond a name: path -> (key of one record, further fields)
_LISTS: dict[str, tuple[str, str]] = {
    "statuses": ("status", _STATUS),
    "priorities": ("priority", "color text list brief"),
    "urgencies": ("urgency", ""),
    "impacts": ("impact", ""),
    "levels": ("level", ""),
    "modes": ("mode", ""),
    "request_types": ("request_type", ""),
    "slas": ("sla", "resolution_hours number list\nfirst_response_hours number list"),
    "sites": ("site", "deleted flag list"),
    "departments": ("department", "site @sites list"),
    "support_groups": ("support_group", "site @sites list brief\ndeleted flag list brief\ngroup_email text"),
    "group_roles": ("group_role", ""),
    "request_closure_codes": ("request_closure_code", ""),
    "service_categories": ("service_category", "sort_index number list brief\nicon_name text"),
    "tags": ("tag", ""),
    "task_types": ("task_type", "color text list brief"),
    "worklog_types": ("worklog_type", ""),
    "currencies": ("currency", "code text list brief\nexchange_rate decimal list"),
    "approval_statuses": ("approval_status", "internal_name text list"),
    "change_types": ("change_type", "color text list brief\npre_approved flag list"),
    "change_stages": ("change_stage", "internal_name text list brief"),
    "change_statuses": ("change_status", "stage @change_stages list"),
    "change_roles": ("change_role", ""),
    "change_closure_codes": ("change_closure_code", ""),
    "risks": ("risk", ""),
    "reasons_for_change": ("reason_for_change", ""),
    "release_types": ("release_type", ""),
    "release_stages": ("release_stage", ""),
    "release_statuses": ("release_status", "stage @release_stages list"),
    "project_types": ("project_type", ""),
    "project_statuses": ("project_status", "color text list brief"),
    "project_roles": ("project_role", ""),
    "product_types": ("product_type", ""),
    "products": ("product", "product_type @product_types list brief\nmanufacturer text list"),
    "vendors": ("vendor", "email_id text list"),
    "asset_states": ("asset_state", ""),
    "ci_types": ("ci_type", "api_name text list"),
    "contract_types": ("contract_type", ""),
    "purchase_statuses": ("purchase_status", ""),
    "topics": ("topic", ""),
}
_CATEGORY = f"{_NAMED}\n    deleted flag list brief"
_PERSON = """
    name                   text/250       need list brief
    first_name             text/100
    last_name              text/100
    email_id               text/250       unique list brief
    login_name             text/100       unique list
    employee_id            text/50        list
    phone                  text/50        list brief
    mobile                 text/50        brief
    photo_url              text           read brief
    department             @departments   list brief
    site                   @sites         list
    job_title              text/100       list
    status                 text           list
    reporting_to           @users
    created_time           time           read
"""
_USER = f"""{_PERSON}
    sms_mail               text/100       brief
    is_vip_user            flag           list brief
    is_technician          flag           read list brief
"""
_TECHNICIAN = f"""{_PERSON}
    sms_mail_id            text/100       brief
    cost_per_hour          decimal        list brief ="0"
"""
_TEMPLATE = """
    name                   text/250       need unique list brief
    is_service_template    flag           list brief
    is_default             flag           read list
    inactive               flag           list
    show_to_requester      flag           list
    service_category       @service_categories list
    comments               text           list
    image                  text           list
    has_tasks              flag           read
    request                json           ={}
    layouts                json           read =[]
    resources              json           read =[]
    created_time           time           read
"""
_UDF = """
    name                   text/100       read list
    field_key              text           read list
    field_type             text           read list
    module                 text           read list
    is_mandatory           flag           read list
    constraints            json           read =[]
    allowed_values         json           read =[]
"""

_ITEMS = Module("items", "item", fields(_CATEGORY), parent_field="subcategory")
_SUBCATEGORIES = Module("subcategories", "subcategory", fields(_CATEGORY), parent_field="category", subs=(_ITEMS,))
_PARENT = "    {0}               @{1}           read list"


def _with_parent(module: Module, parent: str, table: str, methods: tuple[str, ...]) -> Module:
    """The same rows, of all parents, each with its parent."""
    own = (*module.fields, *fields(_PARENT.format(parent, table)))
    return replace(module, fields=own, methods=methods)


TEMPLATES = Module("request_templates", "request_template", fields(_TEMPLATE))
USERS = Module("users", "user", fields(_USER))
TECHNICIANS = Module("technicians", "technician", fields(_TECHNICIAN), table="users", only=("is_technician", True))
REQUESTERS = Module("requesters", "requester", fields(_USER), table="users", only=("is_technician", False))
_CHANGE_ONLY = ("GET", "PUT", "DELETE")

SETUP = (
    TEMPLATES,
    USERS,
    TECHNICIANS,
    REQUESTERS,
    Module("categories", "category", fields(_CATEGORY), subs=(_SUBCATEGORIES,)),
    _with_parent(_SUBCATEGORIES, "category", "categories", _CHANGE_ONLY),
    _with_parent(_ITEMS, "subcategory", "subcategories", _CHANGE_ONLY),
    Module("udf_fields", "udf_field", fields(_UDF), methods=("GET",)),
    *(Module(path, one, (*fields(_NAMED), *(fields(more) if more else ()))) for path, (one, more) in _LISTS.items()),
)
