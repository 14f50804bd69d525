# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: record_info
short_description: Read records of a service desk
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Reads records of any module of ServiceDesk Plus Cloud by their ids, or those that fit. Lists are read to their end, a hundred
    records with each call, unless O(limit) is set.
options:
  module:
    description:
      - Kind of the records, such as V(problems), V(changes), V(assets), V(users), V(cm_loans), V(cmdb), V(udf_fields); see
        M(deskops.itsm.record). With O(parent) also V(notes), V(tasks), V(worklogs) and others.
      - Required unless O(path) is given.
    type: str
  path:
    description: Path of the module below the address of the API, for modules that the table does not have or has otherwise.
    type: str
  key:
    description: What one record is called in answers with O(path). By default it is the end of O(path) in the singular.
    type: str
  parent:
    description:
      - The record that they are below, as a dictionary with C(module) and C(id), or a list of such, the outermost first.
    type: raw
  record_ids:
    description: Only the records with these ids, with all their fields. Cannot be combined with the filters.
    type: list
    elements: str
  filters:
    description:
      - Only records with these values, by the name of a field; with dots for what is inside, such as C(udf_fields.txt_key).
      - A list means any of its values, V(null) an empty field. Other records and users are given as in the module
        M(deskops.itsm.record).
    type: dict
  query:
    description:
      - Search criteria in the words of the API, with C(field), C(condition), C(value) or C(values), C(logical_operator) and
        C(children); a dictionary or a list of such. They hold in addition to O(filters).
    type: raw
  fields:
    description: Only these fields. Without it lists have those that the API shows in them.
    type: list
    elements: str
  sort:
    description: The field to sort by; with a minus before it in descending order, C(-created_time). Without it the API decides.
    type: str
  limit:
    description: At most this many records. Without it, all are read.
    type: int
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.read
  - deskops.itsm.connection
seealso:
  - module: deskops.itsm.record
  - module: deskops.itsm.request_info
"""

EXAMPLES = r"""
- name: Read the open problems of high priority
  deskops.itsm.record_info:
    platform: sdp_cloud
    data_center: eu
    client_id: "{{ lookup('ansible.builtin.env', 'SDP_CLIENT_ID') }}"
    client_secret: "{{ lookup('ansible.builtin.env', 'SDP_CLIENT_SECRET') }}"
    refresh_token: "{{ lookup('ansible.builtin.env', 'SDP_REFRESH_TOKEN') }}"
    module: problems
    filters:
      status: [Open, In Progress]
      priority: High
    sort: -created_time
  register: problems

# From here on the connection comes from the environment: SDP_CLIENT_ID, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN, SDP_DATA_CENTER
- name: Read the tasks of each of them
  deskops.itsm.record_info:
    platform: sdp_cloud
    module: tasks
    parent: {module: problems, id: "{{ item.id }}"}
  loop: "{{ problems.records }}"
  loop_control:
    label: "{{ item.title }}"

- name: Read the assets whose warranty ends this year
  deskops.itsm.record_info:
    platform: sdp_cloud
    module: assets
    query:
      field: warranty_expiry
      condition: between
      values: ["1767225600000", "1798761599000"]
    fields: [name, serial_number, user, warranty_expiry]

- name: See which additional fields there are
  deskops.itsm.record_info:
    platform: sdp_cloud
    module: udf_fields
"""

RETURN = r"""
records:
  description: The records, in the order of the API, of O(sort), or of O(record_ids).
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the record, as text.
      type: str
      returned: always
    display_id:
      description: The number that people know it by, or the id where there is none.
      type: str
      returned: always
    module:
      description: Kind of the record.
      type: str
      returned: always
    title:
      description: The field that names it, such as its title or name.
      type: str
      returned: always, but V(null) where it was not read
    raw:
      description: The record as the API has it.
      type: dict
      returned: always
  sample:
    - id: "216826000000123456"
      display_id: PB-140
      module: problems
      title: VPN drops in the afternoon
      raw: {id: "216826000000123456", title: VPN drops in the afternoon, priority: {id: "216826000000006805", name: High}}
total:
  description: Number of records in this answer.
  returned: success
  type: int
truncated:
  description: Whether there are more records than the answer holds, because of O(limit).
  returned: success
  type: bool
missing:
  description: Those of O(record_ids) that do not exist.
  returned: success
  type: list
  elements: str
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record_info import RECORD_INFO


def main() -> None:
    run_module(RECORD_INFO)


if __name__ == "__main__":
    main()
