# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests: all their attributes, and what is below them."""

from __future__ import annotations

from .additional import additional
from .fields import Field, Module, fields
from .kinds import Group, Kind
from .modules_common import APPROVAL_LEVELS, REQUEST_NOTES, TASKS, WORKLOGS

_REQUEST = """
    display_id                       text          read list
    subject                          line/250      need list
    description                      html
    template                         @request_templates list
    is_service_request               flag          read list
    service_category                 @service_categories
    request_type                     @request_types
    impact                           @impacts
    impact_details                   text/250
    urgency                          @urgencies
    priority                         @priorities
    level                            @levels
    mode                             @modes
    status                           @statuses     list
    status_change_comments           text
    requester                        @users+       list
    on_behalf_of                     @users        list
    created_by                       @users        read
    editor                           @users
    editor_status                    text
    technician                       @technicians  list
    group                            @support_groups list
    site                             @sites
    department                       @departments
    category                         @categories
    subcategory                      @subcategories<category
    item                             @items<subcategory
    sla                              @slas
    assets                           [@assets]
    update_reason                    text          list
    email_ids_to_notify              texts
    is_fcr                           flag
    delete_pre_template_tasks        flag          write
    request_template_task_ids        json          write
    approval_status                  @approval_statuses read
    service_approvers                json
    completed_by_denial              flag          read
    cancellation_requested           flag          read list
    cancel_flag_comments             text/250
    created_time                     time          once list
    last_updated_time                time          read
    responded_time                   time          read
    assigned_time                    time          read
    resolved_time                    time          read
    completed_time                   time          read
    deleted_time                     time          read
    due_by_time                      time          list
    first_response_due_by_time       time
    scheduled_start_time             time
    scheduled_end_time               time
    is_overdue                       flag          read
    is_escalated                     flag          read
    is_first_response_overdue        flag          read
    is_read                          flag          read
    is_reopened                      flag          read
    is_trashed                       flag          read
    has_notes                        has/notes     read list
    has_attachments                  has/attachments read
    has_tasks                        has/tasks     read
    has_draft                        flag          read
    has_linked_requests              has/linked    read
    has_problem                      flag          read
    has_project                      flag          read
    has_request_initiated_change     flag          read
    has_change_initiated_request     flag          read
    has_purchase_orders              flag          read
    linked_to_request                json          read
    lifecycle                        json          read
    notification_status              text          read
    time_elapsed                     number        read ="0"
    unreplied_count                  number        read ="0"
    service_cost                     decimal       read ="0.00"
    total_cost                       decimal       read ="0.00"
    email_to                         texts         read
    email_cc                         texts         read
    email_bcc                        texts         read
    deleted_assets                   json          read =[]
    attachments                      files
"""
_RESOLUTION = """
    content                          html
    add_to_linked_requests           flag
    submitted_by                     @users        read
    submitted_on                     time          read
    resolution_attachments           json          read =[]
"""
_CLOSURE = """
    requester_ack_resolution         flag
    requester_ack_comments           text/250
    closure_comments                 text/250
    closure_code                     @request_closure_codes
"""
_ON_HOLD = """
    scheduled_time                   time
    comments                         text/250
    change_to_status                 @statuses
    held_by                          @users        read
"""
_GROUPS = (
    Field("resolution", Group(fields(_RESOLUTION))),
    Field("closure_info", Group(fields(_CLOSURE))),
    Field("onhold_scheduler", Group(fields(_ON_HOLD))),
    Field("resources", Kind(), empty={}),
)

REQUESTS = Module(
    "requests",
    "request",
    (*fields(_REQUEST), *_GROUPS, additional("requests")),
    scope="requests",
    key="subject",
    numbered=340,
    uploads=True,
    subs=(REQUEST_NOTES, TASKS, WORKLOGS, APPROVAL_LEVELS),
)
