# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_token
short_description: Log in and say how long it lasts
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that there is a token of the account, by logging in unless that has been done. All tasks of a run share one login, so
    this shows whether the credentials are right, and until when the run goes on without logging in again.
  - The token itself is never returned. With O(token_path) it is written to a file, for programs that need it.
options:
  token_path:
    description:
      - A file that shall hold the token and nothing else, an absolute path on the machine where the task runs, without C(..) in
        it. The folder must be there.
      - The file gets the mode 0600 and is replaced as a whole. In check mode it is not touched.
      - Each run logs in anew and gets another token, so a second run writes the file again. With O(token_cache) runs share their
        token, and the file is left alone as long as it is good.
      - Delete the file when it is not needed any more; the token is as good as the password until it expires.
    type: path
  items:
    description: Many files for the token. The options beside it are the defaults of each item.
    type: list
    elements: dict
    suboptions:
      token_path:
        description: See O(token_path).
        type: path
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.bulk
  - deskops.itsm.connection
attributes:
  check_mode:
    description: Can run in check mode and return the changed status without changing anything.
    support: full
    details: It logs in all the same, which changes nothing.
  diff_mode:
    description: Returns details on what has changed (or would change in check mode), when in diff mode.
    support: full
    details: Of the content of the file it is only told whether it is the token.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: partial
    details: The file of O(token_path) changes with each login, see there.
"""

EXAMPLES = r"""
- name: See whether the credentials are right
  deskops.itsm.access_token:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
  register: login

- name: Show until when
  ansible.builtin.debug:
    msg: "{{ login.results[0].account }} is logged in until {{ login.results[0].expires_at }}"

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: Keep the token for another program
  deskops.itsm.access_token:
    platform: bmc_dwp
    token_path: /srv/catalog/token
"""

RETURN = r"""
results:
  description: One entry for each item, in the order of the items.
  returned: unless an option was wrong or the login was refused
  type: list
  elements: dict
  contains:
    index:
      description: Position of the item, from 0.
      type: int
      returned: always
    account:
      description: Who is logged in.
      type: str
      returned: unless no file of the task can be written
    expires_at:
      description: Until when the token is good, as ISO 8601 in UTC, by the clock of the machine where the task runs.
      type: str
      returned: unless no file of the task can be written
    lifetime:
      description: How many seconds a token is good for from the login on.
      type: int
      returned: unless no file of the task can be written
    outcome:
      description:
        - What became of the file, V(created), V(updated), V(unchanged) (also without O(token_path)) or V(failed).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task wrote the file.
      type: bool
      returned: always
    before:
      description: The file as it was found, with C(token_path), C(mode), and C(is_current), whether it held this token.
      type: dict
      returned: always, but V(null) where there was none
    after:
      description: The file as it is now, in the form of RV(results[].before).
      type: dict
      returned: always, but V(null) without O(token_path)
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      account: svc_automation
      expires_at: "2026-09-18T10:30:00Z"
      lifetime: 1800
      outcome: unchanged
      changed: false
      before: null
      after: null
      error: null
counts:
  description: How many items came to each outcome.
  returned: with RV(results)
  type: dict
  sample: {unchanged: 1}
msg:
  description: The counts in words, or what went wrong with which item.
  returned: always
  type: str
  sample: 1 unchanged
error:
  description: The first error, with C(kind), C(message), C(code) and C(hint).
  returned: on failure
  type: dict
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.access_token import ACCESS_TOKEN


def main() -> None:
    run_module(ACCESS_TOKEN)


if __name__ == "__main__":
    main()
