# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: request_approve
short_description: Approve or deny requests
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that requests are decided, one or thousands in a task.
  - The requests are read first. What is decided as wanted already is left alone, the others are decided side by side and
    read again, because a platform can accept a decision and ignore it.
  - In Admin By Request, deciding n requests takes n calls, and two or three more for each thousand.
  - In ServiceDesk Plus a request has approvals, one for each approver, on up to five levels. Only an approver can decide, so
    the approvals of the owner of the refresh token are decided here; those of others are left alone, and named. When a
    decision opens a level that waits for the same approver, that is decided too. Each request takes some calls for its
    approvals, before and after.
options:
  request_id:
    description:
      - Id of the request. Quote it, since ids can be larger than what YAML tools take for a number.
      - Required, here or in each of the O(items).
    type: str
  state:
    description:
      - What the request is to be.
      - A request that was approved counts as V(approved) also while it runs and when it has finished.
      - Required, here or in each of the O(items).
    type: str
    choices: [approved, denied]
  reason:
    description:
      - Why. Admin By Request shows the reason of a denial to the user, and does not record one for an approval. ServiceDesk Plus
        keeps it as the comments of the approval, at most 250 characters of it.
    type: str
  decided_by:
    description:
      - E-mail address of the one who decided. Admin By Request records it if it is that of a user of the portal; otherwise
        the decision is made without a name, and this task gives a warning.
      - With O(platform=sdp_cloud) it is the e-mail address of the approver whose approvals are decided, the owner of the refresh
        token. It is recommended, since the API does not tell whose token it is. Without it, each pending approval is taken for
        the own one until the server refuses it, so check mode cannot know it, and a second run asks again.
    type: str
  on_conflict:
    description:
      - What to do about a request that was decided the other way already, has expired, or has no approval that waits for this
        decision. None of this can be taken back.
      - With V(fail) the item fails. With V(warn) there is a warning, with V(ignore) there is none; the outcome is
        V(conflict) in all cases.
    type: str
    choices: [fail, warn, ignore]
    default: fail
  items:
    description:
      - Many requests. The options beside it are the defaults of each item.
      - The same request may be named twice, as long as it is not to be both approved and denied.
    type: list
    elements: dict
    suboptions:
      request_id:
        description: See O(request_id).
        type: str
      state:
        description: See O(state).
        type: str
        choices: [approved, denied]
      reason:
        description: See O(reason).
        type: str
      decided_by:
        description: See O(decided_by).
        type: str
      on_conflict:
        description: See O(on_conflict).
        type: str
        choices: [fail, warn, ignore]
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.write
  - deskops.itsm.bulk
  - deskops.itsm.connection
seealso:
  - module: deskops.itsm.request_info
  - plugin: deskops.itsm.decide
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Approve one request
  deskops.itsm.request_approve:
    platform: admin_by_request
    data_center: eu
    api_key: "{{ lookup('ansible.builtin.env', 'ABR_API_KEY') }}"
    request_id: "65430930"
    state: approved

# From here on the connection comes from the environment: ABR_DATA_CENTER and ABR_API_KEY
- name: Deny one request, in the name of a user of the portal
  deskops.itsm.request_approve:
    platform: admin_by_request
    request_id: "65430931"
    state: denied
    reason: This software is in the self-service catalog
    decided_by: helpdesk@northwind.example

- name: Approve some requests and deny another; one that was decided the other way is no failure
  deskops.itsm.request_approve:
    platform: admin_by_request
    state: approved
    on_conflict: warn
    items:
      - request_id: "65430930"
      - request_id: "65430933"
      - request_id: "65430931"
        state: denied
        reason: Blocked vendor
  register: decided

- name: Show what became of each
  ansible.builtin.debug:
    msg: "{{ item.request_id }}: {{ item.outcome }}"
  loop: "{{ decided.results }}"
  loop_control:
    label: "{{ item.request_id }}"

# ServiceDesk Plus Cloud, with SDP_DATA_CENTER, SDP_CLIENT_ID, SDP_CLIENT_SECRET and SDP_REFRESH_TOKEN in the environment
- name: Approve what waits for the owner of the refresh token
  deskops.itsm.request_approve:
    platform: sdp_cloud
    request_id: "216826000000123456"
    state: approved
    reason: CAB meeting 2026-11-20
    decided_by: automation@northwind.example
"""

RETURN = r"""
results:
  description: One entry for each item, in the order of the items.
  returned: unless an option was wrong or the requests could not be read
  type: list
  elements: dict
  contains:
    index:
      description: Position of the item, from 0.
      type: int
      returned: always
    request_id:
      description: Id of the request.
      type: str
      returned: always
    outcome:
      description:
        - What became of it, V(approved), V(denied), V(unchanged) (was decided so already), V(conflict) (was decided the
          other way, or cannot be decided), V(skipped) (not tried after an earlier failure) or V(failed).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task decided it.
      type: bool
      returned: always
    before:
      description: The request as it was found, see RV(results[].after).
      type: dict
      returned: always, but V(null) for a request that does not exist
    after:
      description: The request as it was read at the end, in the form of RV(deskops.itsm.request_info#module:records)
        without C(raw). In ServiceDesk Plus C(state) and C(status) are those of the approvals, with who else is waited for.
      type: dict
      returned: always, but V(null) for a request that could not be read
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      request_id: "65430930"
      outcome: approved
      changed: true
      error: null
counts:
  description: How many items came to each outcome.
  returned: with RV(results)
  type: dict
  sample: {approved: 998, denied: 2}
msg:
  description: The counts in words, or what went wrong with which item.
  returned: always
  type: str
  sample: 998 approved, 2 denied
error:
  description: The first error, with C(kind), C(message), C(code) and C(hint).
  returned: on failure
  type: dict
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_approve import REQUEST_APPROVE


def main() -> None:
    run_module(REQUEST_APPROVE)


if __name__ == "__main__":
    main()
