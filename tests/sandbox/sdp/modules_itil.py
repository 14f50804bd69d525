# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems, changes, releases, projects."""

from __future__ import annotations

from .additional import additional
from .fields import Module, fields
from .modules_common import APPROVAL_LEVELS, COMMENTS, NOTES, STAGED_TASKS, TASKS, WORKLOGS

_CLASSES = """
    priority               @priorities    list
    urgency                @urgencies
    impact                 @impacts
    category               @categories
    subcategory            @subcategories<category
    item                   @items<subcategory
    group                  @support_groups list
    site                   @sites
"""
_STAMPS = """
    created_by             @users         read
    created_time           time           read list
    last_updated_time      time           read
    has_notes              has/notes      read
    has_attachments        has/attachments read
    attachments            files
"""
_PROBLEM = f"""
    display_id             id/PB          read list
    title                  line/250       need list
    description            html
    status                 @statuses      list
    {_CLASSES.strip()}
    technician             @technicians   list
    reported_by            @users         list
    due_by_time            time           list
    closed_time            time           read
    assets                 [@assets]
    root_cause             {{root_cause_description:html}}
    symptoms               {{symptoms_description:html}}
    impact_details         {{impact_details_description:html}}
    workaround_details     {{workaround_description:html}}
    resolution_details     {{resolution_description:html}}
    close_details          {{closure_code:@request_closure_codes,closure_comments:text}}
    known_error_details    {{is_known_error:flag,known_error_comments:text}}
    {_STAMPS.strip()}
"""
_CHANGE = f"""
    display_id             id/CH          read list
    title                  line/250       need list
    description            html
    change_type            @change_types  list
    stage                  @change_stages list
    status                 @change_statuses list
    comment                text           write
    risk                   @risks
    reason_for_change      @reasons_for_change
    change_requester       @users         list
    change_owner           @technicians   list
    change_manager         @technicians
    {_CLASSES.strip()}
    scheduled_start_time   time           list
    scheduled_end_time     time           list
    completed_time         time           read
    closure_code           @change_closure_codes
    roll_out_plan          {{roll_out_plan_description:html}}
    back_out_plan          {{back_out_plan_description:html}}
    impact_details         {{impact_details_description:html}}
    assets                 [@assets]
    approval_status        @approval_statuses read list
    {_STAMPS.strip()}
"""
_DOWNTIME = """
    scheduled_start_time   time           need list
    scheduled_end_time     time           need list
    actual_start_time      time
    actual_end_time        time
    description            text           list
"""
_RELEASE = f"""
    display_id             id/RL          read list
    title                  line/250       need list
    description            html
    release_type           @release_types list
    stage                  @release_stages list
    status                 @release_statuses list
    risk                   @risks
    release_requester      @users         list
    release_engineer       @technicians   list
    release_manager        @technicians
    {_CLASSES.strip()}
    scheduled_start_time   time           list
    scheduled_end_time     time           list
    completed_time         time           read
    roll_out_plan          {{roll_out_plan_description:html}}
    approval_status        @approval_statuses read list
    {_STAMPS.strip()}
"""
_PROJECT = f"""
    display_id             id/PR          read list
    title                  line/250       need list
    code                   text/20        list
    description            html
    project_type           @project_types
    status                 @project_statuses list
    priority               @priorities    list
    owner                  @technicians   list
    project_requester      @users
    department             @departments
    site                   @sites
    scheduled_start_time   time           list
    scheduled_end_time     time           list
    actual_start_time      time
    actual_end_time        time
    percentage_completion  number         list
    estimated_hours        number
    estimated_cost         decimal
    actual_cost            decimal
    {_STAMPS.strip()}
"""
_MILESTONE = """
    title                  line/250       need list
    description            html
    status                 @project_statuses list
    owner                  @technicians   list
    scheduled_start_time   time           list
    scheduled_end_time     time           list
"""
_MEMBER = """
    user                   @users         need list
    role                   @project_roles list
"""

_MILESTONES = Module("milestones", "milestone", fields(_MILESTONE), key="title")
_MEMBERS = Module("members", "member", fields(_MEMBER))
_DOWNTIMES = Module("downtimes", "downtime", fields(_DOWNTIME))

ITIL = (
    Module(
        "problems",
        "problem",
        (*fields(_PROBLEM), additional("problems")),
        scope="problems",
        key="title",
        numbered=139,
        uploads=True,
        subs=(NOTES, TASKS, WORKLOGS),
    ),
    Module(
        "changes",
        "change",
        (*fields(_CHANGE), additional("changes")),
        scope="changes",
        key="title",
        numbered=60,
        uploads=True,
        subs=(NOTES, TASKS, WORKLOGS, APPROVAL_LEVELS, _DOWNTIMES),
    ),
    Module(
        "releases",
        "release",
        (*fields(_RELEASE), additional("releases")),
        scope="releases",
        key="title",
        numbered=20,
        uploads=True,
        subs=(NOTES, STAGED_TASKS, WORKLOGS, APPROVAL_LEVELS),
    ),
    Module(
        "projects",
        "project",
        (*fields(_PROJECT), additional("projects")),
        scope="projects",
        key="title",
        numbered=10,
        uploads=True,
        subs=(_MILESTONES, TASKS, _MEMBERS, COMMENTS),
    ),
)
