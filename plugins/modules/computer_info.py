# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: computer_info
short_description: Read the inventory of computers
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Reads computers by id or name, or all of them. Lists are read to their end unless O(limit) is set.
options:
  computers:
    description:
      - Only these computers, by id or by name. Cannot be combined with O(since_id) and O(limit).
      - What consists of digits only is left to the platform to understand as an id or as a name.
    type: list
    elements: str
  only_inventoried:
    description: Leave out computers for which no inventory data has been collected. Not applied to O(computers).
    type: bool
    default: false
  since_id:
    description:
      - Only computers with this id or a higher one.
      - Give RV(next_since_id) of an answer here to get what came after it.
    type: str
  include:
    description: What to read in addition, the installed software or the groups of user and computer.
    type: list
    elements: str
    choices: [software, groups]
  limit:
    description: At most this many computers. Without it, all are read.
    type: int
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.read
  - deskops.itsm.connection
seealso:
  - plugin: deskops.itsm.computers
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Read all computers
  deskops.itsm.computer_info:
    platform: admin_by_request
    data_center: eu
    api_key: "{{ lookup('ansible.builtin.env', 'ABR_API_KEY') }}"

# From here on the connection comes from the environment: ABR_DATA_CENTER and ABR_API_KEY
- name: Read one computer with its software
  deskops.itsm.computer_info:
    platform: admin_by_request
    computers: [NW-LT-0142]
    include: [software]
"""

RETURN = r"""
records:
  description: The computers as the API has them, with C(id) as text, in ascending order of their ids or in the order of
    O(computers).
  returned: success
  type: list
  elements: dict
  sample:
    - id: "50233170"
      name: NW-LT-0142
      inventoryAvailable: true
      operatingSystem: {platform: Windows, name: Windows 11 Enterprise}
total:
  description: Number of records in this answer.
  returned: success
  type: int
truncated:
  description: Whether there are more records than the answer holds, because of O(limit).
  returned: success
  type: bool
missing:
  description: Those of O(computers) that do not exist.
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
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.computer_info import COMPUTER_INFO


def main() -> None:
    run_module(COMPUTER_INFO)


if __name__ == "__main__":
    main()
