# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assets, configuration items, contracts, purchases, custom modules, solutions, and what has the scope ``general``."""

from __future__ import annotations

from dataclasses import replace

from .additional import additional
from .fields import Module, fields, part
from .modules_common import ALL_TASKS, APPROVAL_LEVELS, NOTES

_ASSET = """
    name                   text/250       need unique list brief
    asset_tag              text/100       list
    serial_number          text/100       list
    barcode                text/100
    product                @products      need list
    product_type           @product_types read list
    vendor                 @vendors
    state                  @asset_states  list
    user                   @users         list
    department             @departments   list
    site                   @sites         list
    location               text/100
    ip_address             text/50
    mac_address            text/50
    computer_system        {model:text,manufacturer:text,service_tag:text}
    operating_system       {name:text,version:text,service_pack:text}
    memory                 {total_memory:number}
    processors             json           =[]
    last_logged_user       text
    is_server              flag           list
    purchase_cost          decimal
    acquisition_date       time
    warranty_expiry        time
    expiry_date            time
    created_by             @users         read
    created_time           time           read list
    last_updated_time      time           read
    attachments            files
"""
_CI = """
    name                   text/250       need unique list brief
    ci_type                @ci_types      read list
    description            html
    status                 text/50        list
    impact                 @impacts       list
    owner                  @users         list
    managed_by             @technicians
    site                   @sites
    assets                 [@assets]
    created_by             @users         read
    created_time           time           read list
    last_updated_time      time           read
"""
_RELATION = """
    relationship_type      text/100       need list
    ci                     @cmdb          need list
"""
_CONTRACT = """
    display_id             id/CON         read list
    name                   text/250       need unique list brief
    description            html
    vendor                 @vendors       need list
    contract_type          @contract_types list
    status                 text/50        list
    cost                   decimal        list
    currency               @currencies
    owner                  @technicians   list
    assets                 [@assets]
    active_from            time           need list
    active_till            time           need list
    support_details        html
    created_by             @users         read
    created_time           time           read list
    last_updated_time      time           read
    attachments            files
"""
_ORDER = """
    display_id             id/PO          read list
    name                   text/250       need list
    vendor                 @vendors       need list
    status                 @purchase_statuses list
    requester              @users         list
    owner                  @technicians
    items                  json           =[]
    total_cost             decimal        list
    currency               @currencies
    ordered_date           time
    required_by_time       time           list
    remarks                text
    approval_status        @approval_statuses read list
    created_by             @users         read
    created_time           time           read list
    last_updated_time      time           read
    attachments            files
"""
_LOAN = """
    name                   text/250       need list brief
    ref_borrower           @users         list
    ref_asset              @assets        list
    date_due               time           list
    num_days               number         list
    bool_returned          flag           list
    txt_purpose            text/250
    created_by             @users         read
    created_time           time           read list
    last_updated_time      time           read
"""
_VISITOR = """
    name                   text/250       need list brief
    ref_host               @users         list
    date_arrival           time           list
    txt_company            text/250       list
    created_by             @users         read
    created_time           time           read list
"""
_SOLUTION = """
    display_id             id/SOL         read list
    title                  line/250       need list
    description            html           need
    topic                  @topics        need list
    keywords               text           list
    is_public              flag           list
    is_published           flag           read list
    approval_status        @approval_statuses read list
    owner                  @technicians
    expiry_date            time
    view_count             number         read ="0"
    likes                  number         read ="0"
    created_by             @users         read list
    created_time           time           read list
    last_updated_time      time           read
    attachments            files
"""
_ANNOUNCEMENT = """
    title                  line/250       need list
    description            html           need
    announcement_type      text/100       list
    is_public              flag           list
    from_time              time           list
    to_time                time           list
    created_by             @users         read
    created_time           time           read list
"""
_PORTAL = """
    name                   text/100       read list brief
    display_name           text/100       read list
    is_default             flag           read list
"""

_ASSETS = Module("assets", "asset", (*fields(_ASSET), additional("assets")), scope="assets", uploads=True)
_RELATIONS = Module("ci_relationships", "ci_relationship", fields(_RELATION), methods=("GET", "POST", "DELETE"))
_CMDB = Module("cmdb", "cmdb", fields(_CI), scope="cmdb", methods=("GET", "DELETE"), subs=(_RELATIONS,))

#: path below /cmdb, key of one record, name of the type
CI_TYPES = (
    ("cmdb_itservices", "cmdb_itservice", "IT Service"),
    ("cmdb_businessservices", "cmdb_businessservice", "Business Service"),
    ("cmdb_servers", "cmdb_server", "Server"),
)


_TYPED = replace(_CMDB, methods=("GET", "POST", "PUT", "DELETE"), subs=())

CMDB = (*(part(_TYPED, f"cmdb/{path}", one, ("kind", kind)) for path, one, kind in CI_TYPES), _CMDB)
CUSTOM = (
    Module("cm_loans", "cm_loan", fields(_LOAN), scope="custommodule"),
    Module("cm_visitors", "cm_visitor", fields(_VISITOR), scope="custommodule"),
)
GOODS = (
    _ASSETS,
    part(_ASSETS, "workstations", "workstation", ("kind", "Workstation")),
    *CMDB,
    Module("contracts", "contract", (*fields(_CONTRACT), additional("contracts")), scope="contracts", numbered=7, uploads=True),
    Module(
        "purchase_orders",
        "purchase_order",
        (*fields(_ORDER), additional("purchase_orders")),
        scope="purchases",
        numbered=90,
        uploads=True,
        subs=(APPROVAL_LEVELS, NOTES),
    ),
    Module("purchase_requests", "purchase_request", fields(_ORDER.replace("id/PO", "id/PQ")), scope="purchases", numbered=30),
    *CUSTOM,
    Module(
        "solutions",
        "solution",
        (*fields(_SOLUTION), additional("solutions")),
        scope="solutions",
        key="title",
        numbered=200,
        uploads=True,
    ),
    Module("announcements", "announcement", fields(_ANNOUNCEMENT), scope="general", key="title"),
    Module("portals", "portal", fields(_PORTAL), scope="general", methods=("GET",)),
    ALL_TASKS,
)
