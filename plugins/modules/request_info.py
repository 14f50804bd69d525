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
options:
  request_ids:
    description: Only the requests with these ids. Cannot be combined with the filters.
    type: list
    elements: str
  status:
    description:
      - Only requests in one of these states, in any case.
      - The states are V(pending), V(approved), V(denied), V(completed), V(expired), V(quarantined) and V(unknown), the same
        for all platforms.
        The platform's own words are understood too, such as V(Running) or V(Finished).
      - With V(pending), V(approved), V(denied) and V(quarantined) the platform sends only what fits. For other states all
        requests are read
        and filtered here.
    type: list
    elements: str
  requested_for:
    description: Only requests of this user, by account, full name or e-mail address, in any case.
    type: str
  since_id:
    description:
      - Only requests with this id or a higher one.
      - Give RV(next_since_id) of an answer here to get what came after it.
    type: str
  last:
    description: Only this many of the newest requests, the newest first. At most 1000.
    type: int
  include:
    description: What to read in addition. V(scan_details) is the result of each malware scanner, found in C(raw.scanResults).
    type: list
    elements: str
    choices: [scan_details]
  limit:
    description: At most this many requests, the oldest first. Without it, all are read.
    type: int
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.read
  - deskops.itsm.connection
seealso:
  - module: deskops.itsm.request_approve
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
"""

RETURN = r"""
records:
  description:
    - The requests, in ascending order of their ids. With O(last) the newest comes first, with O(request_ids) they are in
      the order of the option.
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
      description: V(pending), V(approved), V(denied), V(completed), V(expired), V(quarantined) or V(unknown).
      type: str
      returned: always
    status:
      description: The platform's own word for it.
      type: str
      returned: always
    subject:
      description: What is asked for, such as the name of an application.
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
      description: Where to see it in the portal.
      type: str
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
  description: Those of the ids asked for that do not exist.
  returned: success
  type: list
  elements: str
next_since_id:
  description:
    - The value to give as O(since_id) to get what comes after this answer.
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
