# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: review_info
short_description: Read reviews and ratings of services
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Reads reviews and ratings by their ids, or those that fit the filters. Lists are read to their end unless O(limit) is set.
options:
  kind:
    description: What to read. Without it, both.
    type: list
    elements: str
    choices: [reviews, ratings]
  service:
    description: Only those of this service, by id or exact name.
    type: str
  user:
    description:
      - Only those of this user, V(me) for the account that logs in, else the id of a user.
      - It is the id that records show as C(user_id). With most catalogs it is not the login.
    type: str
  review_id:
    description: The review with this id. Cannot be combined with O(kind), O(service), O(user) and O(limit).
    type: str
  rating_id:
    description: The rating with this id. Cannot be combined with O(kind), O(service), O(user) and O(limit).
    type: str
  requested_for:
    description: Login of a user. Only what concerns services that this user is entitled to.
    type: str
  limit:
    description: At most this many, the newest. Without it, all are read.
    type: int
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.read
  - deskops.itsm.connection
seealso:
  - module: deskops.itsm.review
  - module: deskops.itsm.catalog_info
"""

EXAMPLES = r"""
- name: Read what users say about a service
  deskops.itsm.review_info:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
    service: Standard laptop
  register: said

- name: Show the reviews
  ansible.builtin.debug:
    msg: "{{ item.title }}: {{ item.content }}"
  loop: "{{ said.records | selectattr('kind', 'eq', 'review') }}"
  loop_control:
    label: "{{ item.id }}"

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: Read the ten newest reviews of all services
  deskops.itsm.review_info:
    platform: bmc_dwp
    kind: [reviews]
    limit: 10

- name: Read the own ratings
  deskops.itsm.review_info:
    platform: bmc_dwp
    kind: [ratings]
    user: me
"""

RETURN = r"""
records:
  description: The reviews and ratings, newest first.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: V(review) or V(rating).
      type: str
      returned: always
    id:
      description: The id, as text. A review and a rating may have the same.
      type: str
      returned: always
    service_id:
      description: Id of the service.
      type: str
      returned: always
    user_id:
      description: Id of the user whose it is.
      type: str
      returned: always
    updated_at:
      description: When it was changed last, as ISO 8601. V(null) where the platform does not tell, as for a single rating.
      type: str
      returned: always
    title:
      description: Headline of the review.
      type: str
      returned: for reviews
    content:
      description: Text of the review.
      type: str
      returned: for reviews
    rating:
      description: The rating, from 0 to 1.
      type: float
      returned: for ratings
    raw:
      description: The object of the API, as it is.
      type: dict
      returned: always
  sample:
    - kind: review
      id: "301"
      service_id: "2401"
      user_id: "2311"
      updated_at: "2026-07-09T14:00:00.000+00:00"
      title: Good and quiet
      content: Only the webcam could be better.
      raw: {}
    - kind: rating
      id: "701"
      service_id: "2401"
      user_id: "2311"
      updated_at: "2026-07-09T14:00:00.000+00:00"
      rating: 0.8
      raw: {}
total:
  description: Number of records in this answer.
  returned: success
  type: int
truncated:
  description: Whether there are more records than the answer holds, because of O(limit).
  returned: success
  type: bool
missing:
  description: O(review_id) and O(rating_id) as far as there is no such review or rating that can be seen.
  returned: success
  type: list
  elements: str
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.review_info import REVIEW_INFO


def main() -> None:
    run_module(REVIEW_INFO)


if __name__ == "__main__":
    main()
