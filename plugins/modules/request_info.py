# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: request_info
short_description: Read requests
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Reads requests by their ids, or those that fit the filters. Lists are read to their end unless O(limit) is set.
  - Filters can be combined. What the platform cannot filter itself is filtered here.
options:
  request_ids:
    description: Only the requests with these ids. Cannot be combined with the filters.
    type: list
    elements: str
  status:
    description:
      - Only requests in one of these states, in any case.
      - The states are the same for all platforms. Admin By Request has V(pending), V(approved), V(denied), V(completed),
        V(expired), V(quarantined) and V(unknown). Digital Workplace Catalog has V(open), V(pending) (waits for an
        approval), V(completed), V(failed), V(denied), V(cancelled) and V(expired). ServiceDesk Plus has V(open), V(pending)
        (under way, and waits for an approval), V(completed) (resolved or closed), V(cancelled), V(denied) and V(unknown).
      - The platform's own words are understood too, such as V(Running) or V(Finished) of Admin By Request, V(ACTIVE) or
        V(NEW) of Digital Workplace Catalog, V(In Progress) of ServiceDesk Plus. V(open) is one of the words of the latter,
        so it gives also what is open and waits for an approval.
      - Admin By Request sends only what fits for V(pending), V(approved), V(denied) and V(quarantined). In all other cases all
        requests are read and filtered here.
    type: list
    elements: str
  requested_for:
    description:
      - Only requests for this user, in any case. Admin By Request knows users by account, full name or e-mail address, Digital
        Workplace Catalog by their login, ServiceDesk Plus by e-mail address, name or id.
    type: str
  requested_by:
    description:
      - Only requests that this user has made, for whomever; by login in Digital Workplace Catalog, in ServiceDesk Plus by
        e-mail address, name or id.
    type: str
  service:
    description:
      - Only requests of this service of Digital Workplace Catalog, by its id or its exact name. A number is taken for an id.
      - A service that is no longer published can be given by its id only.
      - In ServiceDesk Plus it is the request template. To find one by its name the token needs the scope
        C(SDPOnDemand.setup.READ).
    type: str
  mine:
    description:
      - With V(true), only requests that Digital Workplace Catalog lists as those of the user who logs in. It needs O(service).
    type: bool
  modified_since:
    description:
      - Only requests that were changed at this time or later, as ISO 8601 with a zone, such as C(2026-11-20T08:00:00Z) or
        C(2026-11-20T09:00:00.500+01:00). Forms without hyphens and colons, or without minutes, are refused.
      - It counts in seconds in Digital Workplace Catalog, in ServiceDesk Plus in milliseconds.
    type: str
  subject:
    description: Only requests of ServiceDesk Plus with exactly this subject, in any case.
    type: str
  query:
    description:
      - Search criteria of ServiceDesk Plus in the words of its API, with C(field), C(condition), C(value) or C(values),
        C(logical_operator) and C(children); a dictionary or a list of such. They hold in addition to the other filters.
      - It is for what the other filters cannot say. Times in it are milliseconds since 1970, as text.
    type: raw
  since_id:
    description:
      - Only requests with this id or a higher one.
      - ServiceDesk Plus cannot filter by it, so the list is read to its end. O(modified_since) is filtered there.
      - In Digital Workplace Catalog an answered request has its id since its draft was begun, and may come after others with
        higher ids. Use O(modified_since) there to miss none.
      - Give RV(next_since_id) of an answer here to get what came after it.
    type: str
  last:
    description:
      - Only this many of the newest requests, the newest first. At most 1000. Cannot be combined with O(since_id) or O(limit).
    type: int
  include:
    description:
      - What to read in addition. It comes in RV(records[].answers), RV(records[].approvals), RV(records[].attachments),
        RV(records[].comments), and with V(scan_details), the result of each malware scanner, in C(raw.scanResults).
      - Admin By Request has V(scan_details), Digital Workplace Catalog has V(answers), V(attachments) and V(comments),
        ServiceDesk Plus has V(approvals), V(attachments) and V(comments) (its notes).
      - V(answers) takes a call for each request, and so do V(attachments) and V(comments) together; in ServiceDesk Plus each of
        them does, and V(approvals) takes one more for each of its levels. Narrow the list first.
    type: list
    elements: str
    choices: [answers, approvals, attachments, comments, scan_details]
  fields:
    description:
      - Only these keys of RV(records[]), and C(id). A dotted path is a part, such as V(raw.user.account); in lists it is
        that of each entry. What a record lacks is V(null).
      - Whatever is left out need not be handed on by Ansible, which takes longer for large answers than reading them.
    type: list
    elements: str
  limit:
    description: At most this many requests, the oldest first. Without it, all are read.
    type: int
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.read
  - deskops.itsm.connection
notes:
  - O(requested_by), O(service) and O(modified_since) are for Digital Workplace Catalog and ServiceDesk Plus only, O(mine)
    for the first of them, O(subject) and O(query) for the second.
  - Lists of ServiceDesk Plus have some of the fields in C(raw). With O(request_ids) each request is read with all of them.
  - An account of Digital Workplace Catalog reads its own requests and those that are shared with it. Agents and
    administrators of the catalog read all. A request may show up some seconds after it was ordered.
seealso:
  - module: deskops.itsm.request_approve
  - module: deskops.itsm.request_attachment
  - module: deskops.itsm.request_comment
  - plugin: deskops.itsm.decide
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read what waits for a decision
  deskops.itsm.request_info:
    platform: admin_by_request
    data_center: eu
    api_key: "{{ lookup('ansible.builtin.env', 'ABR_API_KEY') }}"
    status: [pending]
  register: queue

- name: Show it
  ansible.builtin.debug:
    msg: "{{ item.requested_for }} wants {{ item.subject }}: {{ item.raw.reason }}"
  loop: "{{ queue.records }}"
  loop_control:
    label: "{{ item.id }}"

# From here on the connection comes from the environment: ABR_DATA_CENTER and ABR_API_KEY
- name: Read what has come since
  deskops.itsm.request_info:
    platform: admin_by_request
    status: [pending]
    since_id: "{{ queue.next_since_id }}"

- name: Read two requests with the result of each malware scanner
  deskops.itsm.request_info:
    platform: admin_by_request
    request_ids: ["65430930", "65430931"]
    include: [scan_details]

- name: Read the ten newest requests that were denied
  deskops.itsm.request_info:
    platform: admin_by_request
    status: [denied]
    last: 10

- name: Read who has asked for what, of all requests, without the rest
  deskops.itsm.request_info:
    platform: admin_by_request
    fields: [state, subject, requested_for, raw.user.email]

# Digital Workplace Catalog, with DWP_URL, DWP_USERNAME and DWP_PASSWORD in the environment
- name: Read what a user is waiting for
  deskops.itsm.request_info:
    platform: bmc_dwp
    requested_for: jmueller
    status: [open, pending]

- name: Read the requests of a service that have ended since the spring, with what was asked and what was said
  deskops.itsm.request_info:
    platform: bmc_dwp
    service: Desk move
    status: [completed, failed, denied, cancelled]
    modified_since: "2026-04-01T00:00:00Z"
    include: [answers, attachments, comments]
  register: ended

- name: Show the latest comment of each
  ansible.builtin.debug:
    msg: "{{ item.subject }} for {{ item.requested_for }}: {{ item.comments | map(attribute='text') | first | default('-') }}"
  loop: "{{ ended.records }}"
  loop_control:
    label: "{{ item.id }}"

# ServiceDesk Plus Cloud, with SDP_DATA_CENTER, SDP_CLIENT_ID, SDP_CLIENT_SECRET and SDP_REFRESH_TOKEN in the environment
- name: Read what waits for an approval, and whose
  deskops.itsm.request_info:
    platform: sdp_cloud
    status: [pending]
    include: [approvals]
  register: waiting

- name: Show the approvers
  ansible.builtin.debug:
    msg: "{{ item.approvals | selectattr('state', 'eq', 'pending') | map(attribute='approver') | join(', ') }}"
  loop: "{{ waiting.records }}"
  loop_control:
    label: "{{ item.display_id }} {{ item.subject }}"

- name: Read urgent requests of a group that have no technician
  deskops.itsm.request_info:
    platform: sdp_cloud
    status: [open]
    query:
      - {field: group.name, condition: is, value: Network}
      - {field: technician, condition: is, logical_operator: AND}
      - {field: priority.name, condition: is, values: [High, Urgent], logical_operator: AND}
"""

RETURN = r"""
records:
  description:
    - The requests, in ascending order of their ids (in ServiceDesk Plus of their creation, unless O(since_id) is given). With
      O(last) the newest comes first, with O(request_ids) they are in the order of the option.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id, as text.
      type: str
      returned: always
    display_id:
      description: The number that the portal shows.
      type: str
      returned: always
    platform:
      description: Where the request lives.
      type: str
      returned: always
    state:
      description:
        - V(pending), V(approved), V(denied), V(open), V(completed), V(failed), V(cancelled), V(expired), V(quarantined) or
          V(unknown).
      type: str
      returned: always
    status:
      description: The platform's own word for it.
      type: str
      returned: always
    subject:
      description: What is asked for, such as the name of an application or of a service.
      type: str
      returned: always
    requested_for:
      description: Account of the user who gets it.
      type: str
      returned: always
    requested_by:
      description: Account of the user who asked for it.
      type: str
      returned: always
    created_at:
      description: When it was made, as ISO 8601. Admin By Request gives local time without a zone.
      type: str
      returned: always
    updated_at:
      description: When it was changed last, V(null) where the platform does not tell.
      type: str
      returned: always
    url:
      description: Where to see it in the portal, V(null) where the platform does not tell.
      type: str
      returned: always
    answers:
      description: The questions of the service that were answered, and how.
      type: list
      elements: dict
      returned: when O(include) has V(answers)
      contains:
        question_id:
          description: Id of the question.
          type: str
          returned: always
        label:
          description: The question as people see it.
          type: str
          returned: always
        type:
          description: The platform's word for the kind of question.
          type: str
          returned: always
        answers:
          description: The values of the answer, several for a question with several choices. Confidential ones may be masked.
          type: list
          elements: str
          returned: always
        options:
          description: The choices that the platform shows with the answer, each with C(value) and C(label).
          type: list
          elements: dict
          returned: always
    approvals:
      description: The approvals of all levels, the first level first.
      type: list
      elements: dict
      returned: when O(include) has V(approvals)
      contains:
        id:
          description: Id of the approval.
          type: str
          returned: always
        level:
          description: Number of its level.
          type: int
          returned: always
        level_id:
          description: Id of its level.
          type: str
          returned: always
        approver:
          description: E-mail address or name of the one who decides.
          type: str
          returned: always
        state:
          description: V(pending), V(approved), V(denied), or V(unknown) for one that was not sent yet.
          type: str
          returned: always
        status:
          description: The platform's own word for it.
          type: str
          returned: always
        comments:
          description: What the approver said.
          type: str
          returned: always
        raw:
          description: The object of the API, as it is.
          type: dict
          returned: always
    attachments:
      description: Names of the files that are attached.
      type: list
      elements: str
      returned: when O(include) has V(attachments)
    comments:
      description:
        - The comments, in the order of the platform, newest first in Digital Workplace Catalog and ServiceDesk Plus.
        - Internal ones are shown to their author only in the first, to technicians in the second.
      type: list
      elements: dict
      returned: when O(include) has V(comments)
      contains:
        id:
          description: Id of the comment.
          type: str
          returned: always
        text:
          description: What it says, without markup.
          type: str
          returned: always
        author:
          description: Login of its author, in ServiceDesk Plus the e-mail address.
          type: str
          returned: always
        visibility:
          description: V(public) or V(internal).
          type: str
          returned: always
        created_at:
          description: When it was written, as ISO 8601.
          type: str
          returned: always
        attachments:
          description: Names of the files that hang on it.
          type: list
          elements: str
          returned: always
        raw:
          description: The object of the API, as it is.
          type: dict
          returned: always
    raw:
      description: The object of the API, as it is.
      type: dict
      returned: always
  sample:
    - id: "65430930"
      display_id: "40218876"
      platform: admin_by_request
      state: pending
      status: Pending
      subject: 7-Zip Installer
      requested_for: NWIND\\mlind
      requested_by: NWIND\\mlind
      created_at: "2026-09-18T09:41:27"
      updated_at: null
      url: https://www.adminbyrequest.com/AuditLog?Page=AppElevations&ID=40218876&ShowFilter=false
      raw: {}
total:
  description: Number of records in this answer.
  returned: success
  type: int
truncated:
  description: Whether there are more records than the answer holds, because of O(limit) or O(last).
  returned: success
  type: bool
missing:
  description: Those of the ids asked for that do not exist, or that the account may not see.
  returned: success
  type: list
  elements: str
next_since_id:
  description:
    - The value to give as O(since_id) to get what comes after this answer.
    - In ServiceDesk Plus it is V(1) when O(limit) without O(since_id) has cut off the list. The list is by creation then, and
      imported requests come early with high ids, so the rest may have any id. Requests may come twice, and none is skipped.
    - It is what O(since_id) was when nothing came, and V(null) when records were asked for by id.
  returned: success
  type: str
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO


def main() -> None:
    run_module(REQUEST_INFO)


if __name__ == "__main__":
    main()
