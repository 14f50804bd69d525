# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sub-records that many modules have: notes, tasks, worklogs, comments, approvals."""

from __future__ import annotations

from dataclasses import replace

from .fields import Module, fields

_NOTE = """
    description            html      need list
    notify_technician      flag
    added_by               @users    read list
    added_time             time      read list
    last_updated_time      time      read
"""
_REQUEST_NOTE = """
    description            html      need list
    show_to_requester      flag      list
    notify_technician      flag
    mark_first_response    flag
    add_to_linked_requests flag
    added_by               @users    read list
    added_time             time      read list
    last_updated_time      time      read
"""
_COMMENT = """
    content                html      need list
    created_by             @users    read list
    created_time           time      read list
"""
_WORKLOG = """
    description                  html           list
    owner                        @technicians   list
    start_time                   time           list
    end_time                     time           list
    time_spent                   {hours:number,minutes:number} list
    include_nonoperational_hours flag
    tech_charge                  {value:decimal}
    other_charge                 {value:decimal}
    currency                     @currencies
    exchange_rate                decimal
    mark_first_response          flag
    worklog_type                 @worklog_types list
    created_by                   @users         read
    created_time                 time           read
"""
_TASK = """
    title                    line/250       need list
    description              html
    status                   @statuses      list
    priority                 @priorities    list
    owner                    @technicians   list
    group                    @support_groups list
    task_type                @task_types
    stage                    text/100       list
    percentage_completion    number         list
    scheduled_start_time     time           list
    scheduled_end_time       time           list
    actual_start_time        time
    actual_end_time          time
    estimated_effort_days    number
    estimated_effort_hours   number
    estimated_effort_minutes number
    additional_cost          decimal
    email_before             number
    created_by               @users         read
    created_time             time           read
"""
_LEVEL = """
    level             number             need list brief
    status            @approval_statuses read list
    rule              json               read
    created_by        @users             read list
    created_time      time               read list
    associated_entity json               read list
"""
_APPROVAL = """
    approver          @users             need list
    original_approver @users             read
    xpath             json
    comments          text/250           list
    status            @approval_statuses read list
    approval_level    @approval_levels   read list
    sent_on           time               read list
    action_taken_on   time               read list
    deleted           flag               read
"""
_FINAL = ("GET", "POST", "DELETE")

NOTES = Module("notes", "note", fields(_NOTE))
REQUEST_NOTES = Module("notes", "request_note", fields(_REQUEST_NOTE), got="note")
COMMENTS = Module("comments", "comment", fields(_COMMENT))
WORKLOGS = Module("worklogs", "worklog", fields(_WORKLOG))
TASKS = Module("tasks", "task", fields(_TASK), key="title", subs=(COMMENTS, WORKLOGS))
STAGED_TASKS = replace(TASKS, fields=fields(_TASK.replace("text/100       list", "text/100       need list")))
APPROVALS = Module("approvals", "approval", fields(_APPROVAL), methods=_FINAL, parent_field="approval_level")
APPROVAL_LEVELS = Module("approval_levels", "approval_level", fields(_LEVEL), key="level", methods=_FINAL, subs=(APPROVALS,))
ALL_TASKS = replace(TASKS, scope="general")
