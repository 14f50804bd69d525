# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: request_comment
short_description: Write comments on requests
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that comments are on requests, each once.
  - The comments of a request are read first. One with the same text, author and visibility counts as the wanted one, whenever it
    was written. HTML tags such as C(<b>), and how much white space there is, do not count, since the platform may change both.
    What else stands in angle brackets is a part of the text.
  - A comment cannot be changed or removed, so there is no state for that.
  - In ServiceDesk Plus comments are the notes of a request. They are always by the owner of the token, whom the API does not
    tell, so a note of the same text and visibility counts whoever wrote it.
  - When the answer to a comment is lost, the comments are read again, and it is written again only if it is surely not there.
  - Comments on different requests are written side by side, those on the same request in the order of the items.
options:
  request_id:
    description:
      - Id of the request. Quote it, since ids can be larger than what YAML tools take for a number.
      - Required, here or in each of the O(items).
    type: str
  text:
    description:
      - What the comment says.
      - Required, here or in each of the O(items).
    type: str
  visibility:
    description:
      - Who can read it. V(public) is for all who can see the request, V(internal) for its author only.
      - In ServiceDesk Plus V(public) notes are shown to the requester, V(internal) ones to technicians only.
    type: str
    choices: [public, internal]
    default: public
  notify:
    description:
      - Whether the platform tells those who take part in the request, in ServiceDesk Plus its technician. It makes no difference
        for a comment that is there already.
    type: bool
    default: false
  author:
    description:
      - Login of the user to write as. Without it, it is the user who logs in. Only agents and administrators may name others.
      - Digital Workplace Catalog only.
      - Cannot be combined with O(visibility=internal), unless it is the user who logs in, since that comment could not be read
        back, nor found in the next run.
    type: str
  settle_timeout:
    description:
      - How many seconds to look for a comment after the answer to it was lost, or that was accepted and does not show up. Only
        then it is written again, and not even then if it was accepted, or if the server may still be at work on it.
    type: float
    default: 10
  items:
    description:
      - Many comments. The options beside it are the defaults of each item.
      - Items that ask for the same comment on the same request come to one comment.
    type: list
    elements: dict
    suboptions:
      request_id:
        description: See O(request_id).
        type: str
      text:
        description: See O(text).
        type: str
      visibility:
        description: See O(visibility).
        type: str
        choices: [public, internal]
      notify:
        description: See O(notify).
        type: bool
      author:
        description: See O(author).
        type: str
      settle_timeout:
        description: See O(settle_timeout).
        type: float
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.write
  - deskops.itsm.bulk
  - deskops.itsm.connection
notes:
  - In check mode the records in RV(results[].after) have neither an id nor a time, which only the platform knows.
seealso:
  - module: deskops.itsm.request_attachment
  - module: deskops.itsm.request_info
    description: Its option O(deskops.itsm.request_info#module:include) reads comments.
"""

EXAMPLES = r"""
- name: Tell the requester
  deskops.itsm.request_comment:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
    request_id: "40310"
    text: The movers come on Thursday at nine.
    notify: true

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: Note something for the next run of this playbook
  deskops.itsm.request_comment:
    platform: bmc_dwp
    request_id: "40310"
    text: "movers booked: 4711"
    visibility: internal

- name: Comment on several requests, on one of them in the name of a colleague
  deskops.itsm.request_comment:
    platform: bmc_dwp
    text: Done by automation.
    items:
      - request_id: "40211"
      - request_id: "40244"
      - request_id: "40310"
        text: I have talked to the movers.
        author: odahl

# ServiceDesk Plus Cloud, with SDP_DATA_CENTER, SDP_CLIENT_ID, SDP_CLIENT_SECRET and SDP_REFRESH_TOKEN in the environment
- name: Leave a note for the technicians
  deskops.itsm.request_comment:
    platform: sdp_cloud
    request_id: "216826000000123456"
    text: The new image is on the share.
    visibility: internal
    notify: true
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
    request_id:
      description: Id of the request.
      type: str
      returned: always
    comment_id:
      description: Id of the comment.
      type: str
      returned: always, but V(null) in check mode for a comment that would be written, and for one that could not be
    outcome:
      description:
        - What became of it, V(created), V(unchanged) (was there already, or an earlier item wrote it), V(skipped) (not tried
          after an earlier failure) or V(failed).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task wrote it.
      type: bool
      returned: always
    before:
      description: The comment as it was found, see RV(results[].after).
      type: dict
      returned: always, but V(null) where there was none
    after:
      description: The comment as it was read at the end.
      type: dict
      returned: always, but V(null) where there is none
      contains:
        id:
          description: Id of the comment.
          type: str
          returned: always
        text:
          description: What it says, without markup.
          type: str
          returned: always
        author:
          description: Login of its author, in ServiceDesk Plus the e-mail address.
          type: str
          returned: always
        visibility:
          description: V(public) or V(internal).
          type: str
          returned: always
        created_at:
          description: When it was written, as ISO 8601.
          type: str
          returned: always, but V(null) in check mode
        attachments:
          description: Names of the files that hang on it.
          type: list
          elements: str
          returned: always
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      request_id: "40310"
      comment_id: "601"
      outcome: created
      changed: true
      before: null
      after:
        id: "601"
        text: The movers come on Thursday at nine.
        author: svc_automation
        visibility: public
        created_at: "2026-09-18T10:00:00.000+00:00"
        attachments: []
      error: null
counts:
  description: How many items came to each outcome.
  returned: with RV(results)
  type: dict
  sample: {created: 1, unchanged: 2}
msg:
  description: The counts in words, or what went wrong with which item.
  returned: always
  type: str
  sample: 1 created, 2 unchanged
error:
  description: The first error, with C(kind), C(message), C(code) and C(hint).
  returned: on failure
  type: dict
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_comment import REQUEST_COMMENT


def main() -> None:
    run_module(REQUEST_COMMENT)


if __name__ == "__main__":
    main()
