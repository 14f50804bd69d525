# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: record
short_description: Ensure that records of a service desk are as wanted
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that records of ServiceDesk Plus Cloud are there with the given fields, or are gone. There are problems, changes,
    projects, releases, assets, configuration items, contracts, purchase orders, solutions, custom modules, the lists of the
    setup, and what is below them, such as notes, tasks and worklogs.
  - What is there is read first. Only what differs is written, and it is read again afterwards; fields that did not take are
    named.
  - Nothing is made twice. When the answer to a creation is lost, the record is looked for before it is made again.
  - For requests, M(deskops.itsm.service_request) does more.
options:
  module:
    description:
      - Kind of the record, the last part of its path in the API, such as V(problems), V(changes), V(projects), V(releases),
        V(assets), V(workstations), V(contracts), V(purchase_orders), V(solutions), V(users), V(sites), V(cm_loans) for a custom
        module, V(cmdb_servers) for a type of configuration items. With O(parent) also V(notes), V(tasks), V(worklogs) and others.
      - The table of them all is in the documentation of the collection. For one that is not in it, give O(path).
      - Required, here or in each of the O(items), unless O(path) is given.
    type: str
  path:
    description:
      - Path of the module below the address of the API, such as V(cmdb/cmdb_racks), for modules that the table does not have or
        has otherwise.
    type: str
  key:
    description: What one record is called in the body of a call with O(path). By default the end of O(path) in the singular.
    type: str
  parent:
    description:
      - The record that this one is below, as a dictionary with C(module) and C(id).
      - For one that is deeper below, a list of such, the outermost first.
    type: raw
  record_id:
    description: Id of the record. Without it the record is found by O(match_on).
    type: str
  match_on:
    description:
      - Names of those O(fields) that say which record is meant; with dots for what is inside, such as C(udf_fields.txt_key).
      - By default it is the field that names a record, such as C(title) or C(name).
      - When several records fit, that is an error that lists them. With an empty list a record is made each time.
    type: list
    elements: str
  fields:
    description:
      - The fields of the record, in the words of the API. Those that are not named stay as they are, and V(null) clears one.
      - Another record is given as C({name}) or C({id}), a user also as C({email_id}). For fields that are known to hold such, a
        plain text will do, C(priority=High).
      - A time is given as ISO 8601 with a zone, in milliseconds since 1970, or as C({value}) of these.
      - What the server has already, in any spelling, is not written. It does not matter whether names or ids are given, how an
        e-mail address is capitalised, whether a number is text, in which zone a time is told, or in which order lists are. In
        fields that hold texts, such as C(title) and C(udf_char1), 1.10 is not the same as 1.1.
      - Required with O(state=present); with O(state=absent) they say which record is meant.
    type: dict
  extra_fields:
    description:
      - Fields that are sent along when something is written, but are not compared, since the API does not show them.
      - The C(comment) that a new status of a change needs may stand in O(fields) too.
    type: dict
  state:
    description:
      - With V(present) the record is there with the given fields, with V(absent) it is not.
      - A login that is refused, or an error of the server, is never taken for an absent record.
    type: str
    choices: [present, absent]
    default: present
  settle_timeout:
    description:
      - How many seconds to look for a new record after the answer to its creation was lost. Only then it is made again, and not
        even then if the server may still be at work on it.
    type: float
    default: 10
  items:
    description:
      - Many records. The options beside it are the defaults of each item. Those of one module are found together.
      - A record may be named twice only with the same wishes.
    type: list
    elements: dict
    suboptions:
      module:
        description: See O(module).
        type: str
      path:
        description: See O(path).
        type: str
      key:
        description: See O(key).
        type: str
      parent:
        description: See O(parent).
        type: raw
      record_id:
        description: See O(record_id).
        type: str
      match_on:
        description: See O(match_on).
        type: list
        elements: str
      fields:
        description: See O(fields).
        type: dict
      extra_fields:
        description: See O(extra_fields).
        type: dict
      state:
        description: See O(state).
        type: str
        choices: [present, absent]
      settle_timeout:
        description: See O(settle_timeout).
        type: float
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.write
  - deskops.itsm.bulk
  - deskops.itsm.connection
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: partial
    details: With O(match_on=[]) a record is made each time.
seealso:
  - module: deskops.itsm.record_info
  - module: deskops.itsm.service_request
"""

EXAMPLES = r"""
- name: Have a problem
  deskops.itsm.record:
    platform: sdp_cloud
    data_center: eu
    client_id: "{{ lookup('ansible.builtin.env', 'SDP_CLIENT_ID') }}"
    client_secret: "{{ lookup('ansible.builtin.env', 'SDP_CLIENT_SECRET') }}"
    refresh_token: "{{ lookup('ansible.builtin.env', 'SDP_REFRESH_TOKEN') }}"
    module: problems
    fields:
      title: Mail is delayed
      priority: High
      technician: ingrid.moe@northwind.example
      due_by_time: "2026-12-01T16:00:00Z"
      root_cause:
        root_cause_description: Unknown so far
  register: problem

# From here on the connection comes from the environment: SDP_CLIENT_ID, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN, SDP_DATA_CENTER
- name: Have tasks in it
  deskops.itsm.record:
    platform: sdp_cloud
    module: tasks
    parent: {module: problems, id: "{{ problem.results[0].record_id }}"}
    items:
      - fields: {title: Read the queue, owner: henrik.svane@northwind.example}
      - fields: {title: Ask the provider}

- name: Move a change on
  deskops.itsm.record:
    platform: sdp_cloud
    module: changes
    fields:
      title: Move the mail gateway
      stage: Implementation
      status: In Progress
      comment: The new machine is ready

- name: Register assets as they were delivered
  deskops.itsm.record:
    platform: sdp_cloud
    module: workstations
    match_on: [serial_number]
    items:
      - fields: {name: NW-LT-0201, serial_number: SBX00201, product: ThinkPad T14, site: Oslo}
      - fields: {name: NW-LT-0202, serial_number: SBX00202, product: ThinkPad T14, site: Oslo}

- name: Have a loan in a custom module
  deskops.itsm.record:
    platform: sdp_cloud
    module: cm_loans
    fields:
      name: Projector for the fair
      num_days: 7

- name: Have a site no more
  deskops.itsm.record:
    platform: sdp_cloud
    module: sites
    state: absent
    fields:
      name: Old harbour
"""

RETURN = r"""
results:
  description: One entry for each item, in the order of the items.
  returned: unless an option was wrong
  type: list
  elements: dict
  contains:
    index:
      description: Position of the item, from 0.
      type: int
      returned: always
    module:
      description: Kind of the record.
      type: str
      returned: always
    record_id:
      description: Id of the record. In check mode that of a new one is not known.
      type: str
      returned: always, but V(null) where there is none
    outcome:
      description:
        - What became of the record, V(created), V(updated), V(deleted), V(unchanged), V(failed) or V(skipped).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task changed the record.
      type: bool
      returned: always
    before:
      description: The fields that the item is about as they were found, and the title of the record.
      type: dict
      returned: always, but V(null) where there was none
    after:
      description: The same fields as they are now, read back.
      type: dict
      returned: always, but V(null) where there is none
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      module: problems
      record_id: "216826000000123456"
      outcome: updated
      changed: true
      before: {title: Mail is delayed, priority: Low}
      after: {title: Mail is delayed, priority: High}
      error: null
counts:
  description: How many items came to each outcome.
  returned: with RV(results)
  type: dict
  sample: {created: 1, unchanged: 3}
msg:
  description: The counts in words, or what went wrong with which item.
  returned: always
  type: str
  sample: 1 created, 3 unchanged
error:
  description: The first error, with C(kind), C(message), C(code) and C(hint).
  returned: on failure
  type: dict
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.record import RECORD


def main() -> None:
    run_module(RECORD)


if __name__ == "__main__":
    main()
