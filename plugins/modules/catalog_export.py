# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: catalog_export
short_description: Export services of a catalog to a zip file
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that a zip file holds services of a catalog, with their questions, workflows and images, as they are now.
    M(deskops.itsm.catalog_import) brings them into another catalog.
  - The services are exported each time, and what comes is compared with the file, one by one what is in them. The file is
    written only if something differs. It is replaced as a whole, so that no half of it is ever seen.
  - A list of contents that an archive has of itself (C(manifest.json) for example) does not count, since it may tell the time of
    the export. Should a catalog put such times into other files too, the file is written each time.
  - Nothing in the catalog is changed, so check mode makes the export as well, and predicts exactly what would become of the file.
  - The account needs the right to export services, which the role of a service catalog administrator has.
options:
  services:
    description:
      - The services, by ids or exact names. For a bundle, the catalog may add its parts.
      - Names are looked up among the published services that the account can see. Ids are taken as they are, so that a service
        that is not published can be exported by its id.
      - What the platform wants is the id of a service with zeros in front, up to 15 digits. They are added where they are
        missing. With some catalogs this id is another one than that of the published version. What the catalog's administration
        shows is the right one then.
      - Required, here or in each of the O(items).
    type: list
    elements: str
  path:
    description:
      - The file, an absolute path on the machine where the task runs, without C(..) in it. The folder must be there.
      - Required, here or in each of the O(items).
    type: path
  mode:
    description:
      - Mode of the file as an octal number in quotes, such as V('0640').
      - When left out, that of a file that is there is kept, and a new one gets what the umask leaves.
    type: str
  items:
    description: Many files. The options beside it are the defaults of each item.
    type: list
    elements: dict
    suboptions:
      services:
        description: See O(services).
        type: list
        elements: str
      path:
        description: See O(path).
        type: path
      mode:
        description: See O(mode).
        type: str
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.write
  - deskops.itsm.bulk
  - deskops.itsm.connection
seealso:
  - module: deskops.itsm.catalog_import
  - module: deskops.itsm.catalog_info
"""

EXAMPLES = r"""
- name: Export two services
  deskops.itsm.catalog_export:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
    services: [Standard laptop, "2405"]
    path: /srv/catalog/devices.zip
    mode: '0640'

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: Export several sets of services
  deskops.itsm.catalog_export:
    platform: bmc_dwp
    items:
      - path: /srv/catalog/rooms.zip
        services: [Meeting room, Catering]
      - path: /srv/catalog/access.zip
        services: [VPN access, Database access]
  register: exported

- name: Show what is in each
  ansible.builtin.debug:
    msg: "{{ item.path }}: {{ item.services | map(attribute='name') | join(', ') }}"
  loop: "{{ exported.results }}"
  loop_control:
    label: "{{ item.path }}"
"""

RETURN = r"""
results:
  description: One entry for each item, in the order of the items.
  returned: unless an option was wrong or the catalog could not be read
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
        - The services that can be recognised in the export, with C(name), and with C(guid) and C(modified_at) where it tells
          them.
        - The layout of an export is not documented, so this may be empty although services are in it.
      type: list
      elements: dict
      returned: always
    members:
      description: Names of the files in the zip.
      type: list
      elements: str
      returned: always
    outcome:
      description:
        - What became of it, V(created), V(updated), V(unchanged), V(skipped) (not tried after an earlier failure) or V(failed).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task wrote the file.
      type: bool
      returned: always
    before:
      description: The file as it was found. C(members) has a SHA-256 for each file in it (it is empty if it was no zip), C(mode)
        is there when O(mode) is set.
      type: dict
      returned: always, but V(null) where there was none
    after:
      description: The file as it is now, in the form of RV(results[].before).
      type: dict
      returned: always
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      path: /srv/catalog/devices.zip
      services: [{name: Standard laptop, guid: 6f0c6f5e, modified_at: null}]
      members: [manifest.json, profiles/6f0c6f5e.json]
      outcome: created
      changed: true
      before: null
      after: {members: {profiles/6f0c6f5e.json: 9f86d081}, mode: '0640'}
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
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.catalog_export import CATALOG_EXPORT


def main() -> None:
    run_module(CATALOG_EXPORT)


if __name__ == "__main__":
    main()
