# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: event_info
short_description: Read events
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Reads events by their ids, or those that fit the filters.
  - Lists are read to their end unless O(limit) is set, but they begin 30 days ago unless O(days), O(start_date) or
    O(since_id) is set.
options:
  event_ids:
    description: Only the events with these ids. Cannot be combined with the filters.
    type: list
    elements: str
  code:
    description: Only events of this code, such as V(13) for a local user that was created. The vendor's documentation lists
      the codes.
    type: int
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.read
  - deskops.itsm.connection
  - deskops.itsm.log
seealso:
  - module: deskops.itsm.auditlog_info
"""

EXAMPLES = r"""
- name: Read the events of the last week
  deskops.itsm.event_info:
    platform: admin_by_request
    data_center: eu
    api_key: "{{ lookup('ansible.builtin.env', 'ABR_API_KEY') }}"
    days: 7

# From here on the connection comes from the environment: ABR_DATA_CENTER and ABR_API_KEY
- name: Read who got a local user created, ever
  deskops.itsm.event_info:
    platform: admin_by_request
    code: 13
    days: 3650

- name: Read the five newest events of a computer
  deskops.itsm.event_info:
    platform: admin_by_request
    computer: NW-LT-0142
    last: 5
"""

RETURN = r"""
records:
  description:
    - The events as the API has them, with C(id) as text, in ascending order of their ids. With O(last) the newest comes first.
  returned: success
  type: list
  elements: dict
  sample:
    - id: "88120551"
      eventCode: 13
      eventText: Local user created
      computerName: NW-LT-0142
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
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.event_info import EVENT_INFO


def main() -> None:
    run_module(EVENT_INFO)


if __name__ == "__main__":
    main()
