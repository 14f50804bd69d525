# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: request_attachment
short_description: Attach files to requests
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that files are attached to requests, each once.
  - In Digital Workplace Catalog a file hangs on a comment, which is written with it. In ServiceDesk Plus it is attached to the
    request itself, without a comment, so O(comment), O(visibility), O(notify) and O(author) cannot be set there.
  - The comments of a request are read first. A file with the same O(name) counts as the wanted one, whoever attached it. Where
    O(comment) is given, the text of its comment has to be the same too; HTML tags, and how much white space there is, do not
    count.
  - The platforms tell neither the content nor a digest of what is attached. So B(a file that has changed since is not
    attached again) as long as it has the same name. Give it another O(name) to attach it, for example with a date or a
    digest in it, or another O(comment).
  - What is attached cannot be removed, so there is no state for that.
  - When the answer to an upload is lost, the comments are read again, and the file is sent again only if it is surely not
    there.
  - Files are read while they are sent, so large ones take no memory.
options:
  request_id:
    description:
      - Id of the request. Quote it, since ids can be larger than what YAML tools take for a number.
      - Required, here or in each of the O(items).
    type: str
  path:
    description:
      - Where the file is, as an absolute path on the machine where the task runs. On the local connection that is the
        controller, with and without E(DESKOPS_IN_PROCESS); with any other connection it is the managed host.
      - It has to be a regular file that can be read and is not empty. This is checked for all items before the first call.
      - Required, here or in each of the O(items).
    type: path
  name:
    description:
      - What the file is called on the request. Without it, it is the last part of O(path).
      - Names with slashes, backslashes or control characters are refused.
    type: str
  comment:
    description:
      - Text of the comment that the file hangs on, in Digital Workplace Catalog. Without it, it is the name.
    type: str
  visibility:
    description:
      - Who can see it. V(public) is for all who can see the request, V(internal) for its author only.
      - It makes no difference for a file that is attached already.
    type: str
    choices: [public, internal]
    default: public
  notify:
    description:
      - Whether the platform tells those who take part in the request. It makes no difference for a file that is attached
        already.
    type: bool
    default: false
  author:
    description:
      - Login of the user to write as, in Digital Workplace Catalog. Without it, it is the user who logs in. Only agents and
        administrators may name others.
      - Cannot be combined with O(visibility=internal), unless it is the user who logs in, since that attachment could not
        be read back, nor found in the next run.
    type: str
  settle_timeout:
    description:
      - How many seconds to look for a file after the answer to it was lost, or that was accepted and does not show up. Only then
        it is sent again, and not even then if it was accepted, or if the server may still be at work on it.
    type: float
    default: 10
  items:
    description:
      - Many files. The options beside it are the defaults of each item.
      - Items that ask for the same file on the same request come to one attachment.
    type: list
    elements: dict
    suboptions:
      request_id:
        description: See O(request_id).
        type: str
      path:
        description: See O(path).
        type: path
      name:
        description: See O(name).
        type: str
      comment:
        description: See O(comment).
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
  - In check mode a file that is missing is warned about and taken for one that a task before this one would make.
  - A large file has to be sent within O(deadline), with the attempts before it.
seealso:
  - module: deskops.itsm.request_comment
  - module: deskops.itsm.request_info
    description: Its option O(deskops.itsm.request_info#module:include) reads the names of attachments.
"""

EXAMPLES = r"""
- name: Make a place for the report
  ansible.builtin.tempfile:
    suffix: .csv
  register: report

- name: Write the report
  ansible.builtin.copy:
    content: "desk;room\n2.14;R-204\n"
    dest: "{{ report.path }}"
    mode: "0600"

- name: Attach it
  deskops.itsm.request_attachment:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
    request_id: "40310"
    path: "{{ report.path }}"
    name: plan.csv
    comment: The plan of the move
    notify: true

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: Attach it again whenever it has changed, by a name that changes with it
  deskops.itsm.request_attachment:
    platform: bmc_dwp
    request_id: "40310"
    path: "{{ report.path }}"
    name: "plan-{{ lookup('ansible.builtin.file', report.path) | hash('sha256') | truncate(8, true, '') }}.csv"

- name: Attach it to several requests
  deskops.itsm.request_attachment:
    platform: bmc_dwp
    path: "{{ report.path }}"
    name: plan.csv
    items:
      - request_id: "40211"
      - request_id: "40244"
        comment: For your information

# ServiceDesk Plus Cloud, with SDP_DATA_CENTER, SDP_CLIENT_ID, SDP_CLIENT_SECRET and SDP_REFRESH_TOKEN in the environment
- name: Attach it to a request of the service desk
  deskops.itsm.request_attachment:
    platform: sdp_cloud
    request_id: "216826000000123456"
    path: "{{ report.path }}"
    name: plan.csv
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
    name:
      description: What the file is called on the request.
      type: str
      returned: always
    comment_id:
      description: Id of the comment that the file hangs on, in ServiceDesk Plus that of the file.
      type: str
      returned: always, but V(null) in check mode for a file that would be attached, and for one that could not be
    outcome:
      description:
        - What became of it, V(created), V(unchanged) (was there already, or an earlier item attached it), V(skipped) (not tried
          after an earlier failure) or V(failed).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task attached it.
      type: bool
      returned: always
    before:
      description: The comment with the file as it was found, see RV(results[].after).
      type: dict
      returned: always, but V(null) where there was none
    after:
      description:
        - The comment that the file hangs on, as it was read at the end, in the form of
          RV(deskops.itsm.request_comment#module:results[].after).
      type: dict
      returned: always, but V(null) where there is none
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      request_id: "40310"
      name: plan.csv
      comment_id: "601"
      outcome: created
      changed: true
      before: null
      after:
        id: "601"
        text: The plan of the move
        author: svc_automation
        visibility: public
        created_at: "2026-09-18T10:00:00.000+00:00"
        attachments: [plan.csv]
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
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_attachment import REQUEST_ATTACHMENT


def main() -> None:
    run_module(REQUEST_ATTACHMENT)


if __name__ == "__main__":
    main()
