# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: catalog_import
short_description: Import services from a zip file into a catalog
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that the services of a zip file that M(deskops.itsm.catalog_export) or the catalog's administration has made are in a
    catalog.
  - The file is checked before the first call. It has to be a zip that is not damaged, without absolute names, names that lead
    upwards with C(..), links, encrypted files or two files of the same name in it. It may hold up to 10000 files, and unpack to
    up to 1 GiB and to up to 200 times its own size.
  - Services that are there unchanged are not imported again, as far as the platform lets one see. The services that the file
    names are searched for in the catalog, and what the catalog itself exports of them is compared with the file. It is enough,
    too, if the file tells when each service was changed, and the catalog tells the same times.
  - What cannot be seen is this. The layout of such files is not documented. If no service can be recognised in a file, or
    the catalog does not export its own copy of them, the file is imported, and a warning says why. If the catalog writes ids or
    times of its own into its exports, the copies differ, and the file is imported each time. Draft revisions are not seen, nor
    services that are not published.
  - Importing updates a service that is there, and adds a revision to it; it does not make a second one.
  - After the import the services are searched for. A warning names those that are not among the published ones.
  - An import whose answer was lost is not sent again, since it may still be at work. It is looked for, and if it does not show,
    the task fails and says so.
  - A large import takes long. The file is sent piece by piece. O(timeout) is how long to wait for the answer, which comes only
    at the end, and O(deadline) is how long all of it may take.
options:
  path:
    description:
      - The file, an absolute path on the machine where the task runs, without C(..) in it.
      - In check mode it may be missing, since a task that would make it has not done so. A warning says so then.
      - Required, here or in each of the O(items).
    type: path
  force:
    description: Import also what is there unchanged already. Such a task always changes something.
    type: bool
    default: false
  items:
    description: Many files, imported one after the other. The options beside it are the defaults of each item.
    type: list
    elements: dict
    suboptions:
      path:
        description: See O(path).
        type: path
      force:
        description: See O(force).
        type: bool
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.bulk
  - deskops.itsm.connection
attributes:
  diff_mode:
    description: Returns details on what has changed (or would change in check mode), when in diff mode.
    support: full
    details: What differs is shown as the files in the zip with a SHA-256 each.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: partial
    details: As far as the catalog lets one see what it has, see the description. Not with O(force).
seealso:
  - module: deskops.itsm.catalog_export
"""

EXAMPLES = r"""
- name: Import services
  deskops.itsm.catalog_import:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
    path: /srv/catalog/devices.zip
    timeout: 600
    deadline: 900

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: Import two files, one after the other
  deskops.itsm.catalog_import:
    platform: bmc_dwp
    items:
      - path: /srv/catalog/access.zip
      - path: /srv/catalog/rooms.zip
  register: imported

- name: Show which services came along
  ansible.builtin.debug:
    msg: "{{ item.outcome }}: {{ item.services | map(attribute='name') | join(', ') }}"
  loop: "{{ imported.results }}"
  loop_control:
    label: "{{ item.path }}"
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
    path:
      description: The file.
      type: str
      returned: always
    services:
      description:
        - The services that can be recognised in the file, with C(name), and with C(guid) and C(modified_at) where it tells them.
          C(ids) are those of the published services of this name in the catalog, none if there is none.
      type: list
      elements: dict
      returned: always
    members:
      description: Names of the files in the zip.
      type: list
      elements: str
      returned: always
    can_be_compared:
      description: Whether it can be told if the catalog has the content of the file.
      type: bool
      returned: always
    outcome:
      description:
        - What became of it, V(created) (the catalog had none of the services), V(updated), V(unchanged), V(skipped) (not tried
          after an earlier failure) or V(failed).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task imported it.
      type: bool
      returned: always
    before:
      description: What the catalog had of it. C(members) has the SHA-256 of those files in the zip that the catalog's own export
        has too.
      type: dict
      returned: always, but V(null) where it had none of the services
    after:
      description: What was imported, or is there already, in the form of RV(results[].before).
      type: dict
      returned: always, but V(null) for a file that is missing in check mode
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      path: /srv/catalog/devices.zip
      services: [{name: Standard laptop, guid: 6f0c6f5e, modified_at: null, ids: ["7201"]}]
      members: [manifest.json, profiles/6f0c6f5e.json]
      can_be_compared: true
      outcome: created
      changed: true
      before: null
      after: {members: {profiles/6f0c6f5e.json: 9f86d081}}
      error: null
counts:
  description: How many items came to each outcome.
  returned: with RV(results)
  type: dict
  sample: {created: 1, unchanged: 1}
msg:
  description: The counts in words, or what went wrong with which item.
  returned: always
  type: str
  sample: 1 created, 1 unchanged
error:
  description: The first error, with C(kind), C(message), C(code) and C(hint).
  returned: on failure
  type: dict
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.catalog_import import CATALOG_IMPORT


def main() -> None:
    run_module(CATALOG_IMPORT)


if __name__ == "__main__":
    main()
