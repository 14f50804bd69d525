# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: auditlog_info
short_description: Read the audit log
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Reads entries of the audit log by their ids, those that fit the filters, or those that have changed since the last time.
  - Lists are read to their end unless O(limit) is set, but they begin 30 days ago unless O(days), O(start_date) or
    O(since_id) is set.
options:
  entry_ids:
    description: Only the entries with these ids. Cannot be combined with the filters.
    type: list
    elements: str
  type:
    description: Only elevated applications (V(app)) or only admin sessions (V(session)).
    type: str
    choices: [app, session]
  status:
    description: Only entries that come from requests in this state.
    type: str
    choices: [pending, approved, denied, quarantined]
  delta_time:
    description:
      - Only entries created or changed since then. Give RV(next_delta_time) of the answer before; begin with V(now), which
        is answered
        with no entry and the time to give next.
      - Cannot be combined with the filters.
    type: str
  include:
    description: What to read in addition. V(scan_details) is the result of each malware scanner, found in C(scanResults).
    type: list
    elements: str
    choices: [scan_details]
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.read
  - deskops.itsm.connection
  - deskops.itsm.log
seealso:
  - module: deskops.itsm.event_info
"""

EXAMPLES = r"""
- name: Read what was done with elevated rights in the last 30 days
  deskops.itsm.auditlog_info:
    platform: admin_by_request
    data_center: eu
    api_key: "{{ lookup('ansible.builtin.env', 'ABR_API_KEY') }}"

# From here on the connection comes from the environment: ABR_DATA_CENTER and ABR_API_KEY
- name: Read the admin sessions of a computer, however old
  deskops.itsm.auditlog_info:
    platform: admin_by_request
    computer: NW-LT-0142
    type: session
    days: 3650

- name: Begin to follow changes
  deskops.itsm.auditlog_info:
    platform: admin_by_request
    delta_time: now
  register: position

- name: Read what has changed since
  deskops.itsm.auditlog_info:
    platform: admin_by_request
    delta_time: "{{ position.next_delta_time }}"
"""

RETURN = r"""
records:
  description:
    - The entries as the API has them, with C(id) as text, in ascending order of their ids. With O(last) the newest comes first.
  returned: success
  type: list
  elements: dict
  sample:
    - id: "71204418"
      type: Run As Admin
      status: Finished
      startTimeUTC: "2026-09-18T07:46:02"
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
next_delta_time:
  description: The value to give as O(delta_time) next time, V(null) if it was not set.
  returned: success
  type: str
  sample: "639257011205431230"
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.auditlog_info import AUDITLOG_INFO


def main() -> None:
    run_module(AUDITLOG_INFO)


if __name__ == "__main__":
    main()
