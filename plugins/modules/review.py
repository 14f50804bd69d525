# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: review
short_description: Review and rate services
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that the review and the rating that the account that logs in has given to a service are as described. Those of
    other users cannot be changed, by nobody.
  - What is there is read first. Only what differs is written, and it is read again afterwards.
  - When the answer to a review or a rating is lost, they are read again, and it is written again only if it is surely not there.
  - A user may have several reviews of a service; the newest is the one that counts.
options:
  service:
    description:
      - Id or exact name of the service. Only published services can be reviewed.
      - Required, here or in each of the O(items).
    type: str
  title:
    description:
      - Headline of the review. A new review needs O(title) and O(content).
      - When left out, that of the review that is there is kept.
    type: str
  content:
    description:
      - Text of the review. A new review needs O(title) and O(content).
      - When left out, that of the review that is there is kept.
    type: str
  rating:
    description:
      - The rating, from 0 (worst) to 1 (best). When left out, the rating that is there is kept.
      - The platform cannot delete a rating, so this cannot be combined with O(state=absent).
    type: float
  state:
    description:
      - With V(present) review and rating are as described.
      - With V(absent) all reviews of the account of this service are removed. Its rating stays, and a warning says so.
    type: str
    choices: [present, absent]
    default: present
  settle_timeout:
    description:
      - How many seconds to look for a review or a rating after the answer to it was lost, or that was accepted and does not show
        up. Only then it is written again, and not even then if it was accepted, or if the server may still be at work on it.
    type: float
    default: 10
  items:
    description:
      - Many services. The options beside it are the defaults of each item.
      - The same service may be named twice, for its review and for its rating, but not with two wishes that contradict each
        other.
    type: list
    elements: dict
    suboptions:
      service:
        description: See O(service).
        type: str
      title:
        description: See O(title).
        type: str
      content:
        description: See O(content).
        type: str
      rating:
        description: See O(rating).
        type: float
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
seealso:
  - module: deskops.itsm.review_info
"""

EXAMPLES = r"""
- name: Review and rate a service
  deskops.itsm.review:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
    service: Standard laptop
    title: Fast and quiet
    content: Came with everything that was promised.
    rating: 0.9

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: Think better of its rating, and leave the review as it is
  deskops.itsm.review:
    platform: bmc_dwp
    service: Standard laptop
    rating: 1

- name: Rate several services
  deskops.itsm.review:
    platform: bmc_dwp
    rating: 0.8
    items:
      - service: External monitor
      - service: "2405"
      - service: Mobile phone
        rating: 0.4

- name: Take a review of the past back
  deskops.itsm.review:
    platform: bmc_dwp
    service: Fax line
    state: absent
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
    service_id:
      description: Id of the service.
      type: str
      returned: always, but V(null) for a service that was not found
    review_id:
      description: Id of the review.
      type: str
      returned: always, but V(null) where there is none, and in check mode for one that would be made
    rating_id:
      description: Id of the rating.
      type: str
      returned: always, but V(null) where there is none, and in check mode for one that would be made
    outcome:
      description:
        - What became of it, V(created) (there was neither a review nor a rating before), V(updated), V(deleted), V(unchanged),
          V(skipped) (not tried after an earlier failure) or V(failed).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task changed it.
      type: bool
      returned: always
    before:
      description: What was there, with C(title), C(content) and C(rating).
      type: dict
      returned: always, but V(null) where there was neither a review nor a rating
    after:
      description: What is there now, in the form of RV(results[].before).
      type: dict
      returned: always, but V(null) where there is neither a review nor a rating
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      service_id: "2401"
      review_id: "305"
      rating_id: "708"
      outcome: created
      changed: true
      before: null
      after: {title: Fast and quiet, content: Came with everything that was promised., rating: 0.9}
      error: null
counts:
  description: How many items came to each outcome.
  returned: with RV(results)
  type: dict
  sample: {created: 2, updated: 1}
msg:
  description: The counts in words, or what went wrong with which item.
  returned: always
  type: str
  sample: 2 created, 1 updated
error:
  description: The first error, with C(kind), C(message), C(code) and C(hint).
  returned: on failure
  type: dict
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.review import REVIEW


def main() -> None:
    run_module(REVIEW)


if __name__ == "__main__":
    main()
