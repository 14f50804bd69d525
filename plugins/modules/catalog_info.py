# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: catalog_info
short_description: Read a service catalog
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Reads categories, services and the questions that services ask. Lists are read to their end unless O(limit) is set.
  - Digital Workplace Catalog searches by one criterion at a time, and finds published services only. What is asked for beyond
    that is applied here.
  - In ServiceDesk Plus the services are request templates, those of incidents too, and the categories are its service
    categories. The token needs the scope C(SDPOnDemand.setup.READ).
options:
  gather:
    description:
      - What to read. Each comes back under its own name. ServiceDesk Plus has V(services) and V(categories).
      - With V(questionnaires) O(title), O(service_ids), O(category) or O(request_id) is needed. The platform shows
        questions for a request only, so a draft of each service is made (that of O(request_id) is read instead, if it is
        given). Nothing is ordered by that, but the draft stays on the server; the platform has no call to remove it.
      - In check mode no draft is made. A warning says so, and RV(questionnaires) is empty.
    type: list
    elements: str
    choices: [categories, category_groups, services, questionnaires, full_catalog_view]
    default: [services]
  category:
    description:
      - Id or exact name of a category. Only services in it, and only categories below it (in ServiceDesk Plus, which has no
        levels of them, itself).
      - With O(depth), services of the categories below it count too, as many levels down.
    type: str
  title:
    description:
      - Exact name of a service. Blanks around it do not count, upper and lower case do (not in ServiceDesk Plus).
      - The platform's own search also finds parts of names and tags; those are not taken for the service.
      - It is an error if there is no such service, or if there are several. The message lists the nearest names, or the ids of
        the several. With O(category), only services in it count.
    type: str
  service_ids:
    description: Only the services with these ids. Cannot be combined with O(title).
    type: list
    elements: str
  depth:
    description:
      - How many levels of categories to read, from 1 to 3.
      - With O(category) these are the levels below it, and without O(depth) it is one.
      - Without O(category) these are the levels from the top, and without O(depth) all categories are read.
      - With O(depth), each of the RV(category_groups) comes with its categories.
      - Digital Workplace Catalog only.
    type: int
  requested_for:
    description:
      - Login of a user. Only what this user is entitled to, instead of what the account is entitled to that logs in.
      - Categories are read down to the third level then.
      - Digital Workplace Catalog only; the API of ServiceDesk Plus does not tell what a user may see.
    type: str
  details:
    description:
      - Also read each service by its id, for its description. That is one more call for each.
      - In ServiceDesk Plus that gives RV(services[].fields) and RV(services[].questions), so that it can be seen what
        M(deskops.itsm.service_request) has to be given.
    type: bool
    default: false
  request_id:
    description:
      - Id of a request of Digital Workplace Catalog. Its questionnaire is read, with the answers that it has, instead of
        one of a new draft.
    type: str
  limit:
    description: At most this many services, categories and groups each. Without it, all are read.
    type: int
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.read
  - deskops.itsm.connection
seealso:
  - module: deskops.itsm.service_request
  - module: deskops.itsm.review_info
"""

EXAMPLES = r"""
- name: Read all services that this account may order
  deskops.itsm.catalog_info:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
  register: catalog

- name: Show them
  ansible.builtin.debug:
    msg: "{{ item.id }} {{ item.name }}"
  loop: "{{ catalog.services }}"
  loop_control:
    label: "{{ item.id }}"

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: Read what a service asks for (a draft is made, nothing is ordered)
  deskops.itsm.catalog_info:
    platform: bmc_dwp
    title: Database access
    gather: [questionnaires]
  register: database

- name: Show its questions
  ansible.builtin.debug:
    msg: "{{ item.label }}{{ ' (required)' if item.required else '' }}: {{ item.options | map(attribute='label') | join(', ') }}"
  loop: "{{ database.questionnaires[0].questions }}"
  loop_control:
    label: "{{ item.label }}"

- name: Read the services in a category and the two levels below it, with their descriptions
  deskops.itsm.catalog_info:
    platform: bmc_dwp
    category: Devices
    depth: 2
    details: true

- name: Read what a user may order, and where it is found
  deskops.itsm.catalog_info:
    platform: bmc_dwp
    gather: [services, categories]
    requested_for: mlind

- name: Read all categories, and whether users see what they may not order
  deskops.itsm.catalog_info:
    platform: bmc_dwp
    gather: [categories, category_groups, full_catalog_view]

# ServiceDesk Plus Cloud, with SDP_DATA_CENTER, SDP_CLIENT_ID, SDP_CLIENT_SECRET and SDP_REFRESH_TOKEN in the environment
- name: Read what a template of ServiceDesk Plus asks for
  deskops.itsm.catalog_info:
    platform: sdp_cloud
    title: Standard laptop
    details: true
  register: laptop

- name: Show what has to be given
  ansible.builtin.debug:
    msg:
      fields: "{{ laptop.services[0].fields | selectattr('mandatory') | map(attribute='name') }}"
      answers: "{{ laptop.services[0].questions | selectattr('required') | map(attribute='label') }}"
"""

RETURN = r"""
records:
  description: The same as RV(services). Where services are not gathered, it is the first of RV(categories),
    RV(category_groups) and RV(questionnaires) that is.
  returned: success
  type: list
  elements: dict
total:
  description: Number of records in this answer.
  returned: success
  type: int
truncated:
  description: Whether there are more records than the answer holds, because of O(limit).
  returned: success
  type: bool
missing:
  description: Those of O(service_ids) that are not found. They do not exist, are not published, or the user is not entitled to
    them.
  returned: success
  type: list
  elements: str
services:
  description:
    - The services, in ascending order of their ids (in ServiceDesk Plus of their names) or in the order of O(service_ids).
  returned: when gathered
  type: list
  elements: dict
  contains:
    id:
      description: The id, as text.
      type: str
      returned: always
    name:
      description: The name.
      type: str
      returned: always
    excerpt:
      description: What it is, in one sentence.
      type: str
      returned: always
    description:
      description: What it is, as HTML. V(null) without O(details).
      type: str
      returned: with O(platform=bmc_dwp)
    categories:
      description: Names of the categories that it is in.
      type: list
      elements: str
      returned: always
    category_ids:
      description: Ids of the categories that it is in.
      type: list
      elements: str
      returned: always
    is_service:
      description: Whether it is the template of a service, and not of an incident.
      type: bool
      returned: with O(platform=sdp_cloud)
    is_active:
      description: Whether it can be used.
      type: bool
      returned: with O(platform=sdp_cloud)
    fields:
      description: The fields of the form, with C(name), C(mandatory), C(default) and C(section).
      type: list
      elements: dict
      returned: with O(platform=sdp_cloud) and O(details)
    questions:
      description:
        - What the template asks for its resources, with C(id), C(label), C(type), C(required) and C(options), in the form of
          RV(questionnaires[].questions).
      type: list
      elements: dict
      returned: with O(platform=sdp_cloud) and O(details)
    bundled_services:
      description: The parts of a bundle, with C(id) and C(name).
      type: list
      elements: dict
      returned: with O(platform=bmc_dwp)
    price:
      description: How it is paid for, as the platform tells it.
      type: dict
      returned: with O(platform=bmc_dwp)
    rating:
      description: Average of the ratings, from 0 to 1.
      type: float
      returned: with O(platform=bmc_dwp)
    rating_count:
      description: Number of the ratings.
      type: int
      returned: with O(platform=bmc_dwp)
    entitled:
      description: Whether the user may order it. Where RV(full_catalog_view) is true, users also see what they may not order.
      type: bool
      returned: with O(platform=bmc_dwp)
    modified_at:
      description: When it was changed last, as ISO 8601.
      type: str
      returned: with O(platform=bmc_dwp)
    raw:
      description: The object of the API, as it is.
      type: dict
      returned: always
  sample:
    - id: "2401"
      name: Standard laptop
      excerpt: A 14 inch laptop with the usual software
      description: null
      categories: [Laptops]
      category_ids: ["3002"]
      bundled_services: []
      price: {paymentType: Once, currency: EUR}
      rating: 0.8
      rating_count: 3
      entitled: true
      modified_at: "2026-08-19T10:00:00.000+00:00"
      raw: {}
categories:
  description: The categories, parents before their children.
  returned: when gathered
  type: list
  elements: dict
  contains:
    id:
      description: The id, as text.
      type: str
      returned: always
    name:
      description: The name.
      type: str
      returned: always
    parent_id:
      description: Id of the category above it, V(null) at the top.
      type: str
      returned: always
    group_id:
      description: Id of its group.
      type: str
      returned: always
    child_count:
      description: Number of the categories below it.
      type: int
      returned: always
    raw:
      description: The object of the API, as it is.
      type: dict
      returned: always
category_groups:
  description: The groups of categories, with C(id), C(name), C(system_id), C(raw), and with O(depth) also C(categories) in the
    form of RV(categories).
  returned: when gathered
  type: list
  elements: dict
questionnaires:
  description: What the services ask, one entry for each service; for each of its parts for a bundle.
  returned: when gathered
  type: list
  elements: dict
  contains:
    service_id:
      description: Id of the service. V(null) where the platform does not tell whose request O(request_id) is.
      type: str
      returned: always
    request_id:
      description: The request that the questionnaire was read from, a draft unless O(request_id) was given.
      type: str
      returned: always
    id:
      description: The id of the questionnaire, V(null) where the service asks nothing.
      type: str
      returned: always
    user_limit:
      description: For how many users one set of answers may be, V(null) where it is not told.
      type: int
      returned: always
    questions:
      description: The questions in their order.
      type: list
      elements: dict
      returned: always
      contains:
        id:
          description: The id, by which an answer can be given.
          type: str
          returned: always
        label:
          description: The question, by which an answer can be given too.
          type: str
          returned: always
        type:
          description: The platform's word for the kind of question, such as V(TextField), V(Dropdown) or V(YesNo).
          type: str
          returned: always
        required:
          description: Whether an answer is needed, as long as the question is shown.
          type: bool
          returned: always
        visible:
          description: Whether it is shown before anything is answered. Answers to other questions may show or hide it.
          type: bool
          returned: always
        read_only:
          description: Whether it is filled in by the platform.
          type: bool
          returned: always
        default:
          description: The answers that are there already.
          type: list
          elements: str
          returned: always
        options:
          description: The choices, with C(value) and C(label). Those of some questions depend on the answers to others.
          type: list
          elements: dict
          returned: always
        max_length:
          description: How long the answer may be, V(null) where there is no limit.
          type: int
          returned: always
  sample:
    - service_id: "2404"
      request_id: "41201"
      id: "202"
      user_limit: 20
      questions:
        - id: 7f3a1c52-1f0e-5d0f-8a53-0d0f6f1f2b11
          label: Access level
          type: RadioButtons
          required: true
          visible: true
          read_only: false
          default: []
          options: [{value: READ, label: Read only}, {value: WRITE, label: Read and write}]
          max_length: null
full_catalog_view:
  description: Whether users see also what they may not order.
  returned: when gathered
  type: bool
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.catalog_info import CATALOG_INFO


def main() -> None:
    run_module(CATALOG_INFO)


if __name__ == "__main__":
    main()
