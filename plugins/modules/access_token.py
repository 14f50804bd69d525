# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_token
short_description: Log in and say how long it lasts, get and revoke tokens
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that there is a token of the account, by logging in unless that has been done. All tasks of a run share one
    login, so this shows whether the credentials are right, and until when the run goes on without logging in again.
  - The token itself is never returned. With O(token_path) it is written to a file, for programs that need it.
  - For ServiceDesk Plus Cloud it also exchanges a grant code for a refresh token, which goes to a file, and revokes refresh
    tokens.
  - Zoho gives out ten access tokens in ten minutes for a refresh token, then none for the rest of them, and answers that with
    the status of a success. That is told apart from a refusal, with the time to wait.
options:
  token_path:
    description:
      - A file that shall hold the token and nothing else, an absolute path on the machine where the task runs, without C(..) in
        it. The folder must be there.
      - The file gets the mode 0600 and is replaced as a whole. In check mode it is not touched.
      - Each run logs in anew and gets another token, so a second run writes the file again. With O(token_cache) runs share
        their token, and the file is left alone as long as it is good.
      - Delete the file when it is not needed any more; the token is as good as the password until it expires.
    type: path
  code:
    description:
      - A grant code of Zoho, for ServiceDesk Plus, from the API console (self client) or from the redirect of a login. It
        works once, and most live for a minute only.
      - It is exchanged only if O(refresh_token_path) holds no refresh token that works. In check mode it is left alone.
    type: str
  redirect_uri:
    description: For ServiceDesk Plus, the redirect URI of the login that gave the O(code). None for a self client.
    type: str
  refresh_token_path:
    description:
      - For ServiceDesk Plus, a file for the refresh token and nothing else, an absolute path as O(token_path), with mode 0600.
      - With O(code) the refresh token that comes of it is written there. Without, the file is read, and its refresh token used
        instead of O(refresh_token). With O(state=revoked) its refresh token is revoked and the file removed.
    type: path
  state:
    description:
      - With V(present) there are tokens that work.
      - With V(revoked) the refresh token of O(refresh_token_path), or else that of O(refresh_token), is void, and all access
        tokens that were made of it. That cannot be taken back. ServiceDesk Plus Cloud only.
      - Whether it was void before is found out by making an access token of it, which counts against the quota.
    type: str
    choices: [present, revoked]
    default: present
  items:
    description: Many files for tokens. The options beside it are the defaults of each item.
    type: list
    elements: dict
    suboptions:
      token_path:
        description: See O(token_path).
        type: path
      code:
        description: See O(code).
        type: str
      redirect_uri:
        description: See O(redirect_uri).
        type: str
      refresh_token_path:
        description: See O(refresh_token_path).
        type: path
      state:
        description: See O(state).
        type: str
        choices: [present, revoked]
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

# The client comes from the environment: SDP_CLIENT_ID, SDP_CLIENT_SECRET and SDP_DATA_CENTER
- name: Make a refresh token of a grant code, once
  deskops.itsm.access_token:
    platform: sdp_cloud
    code: "{{ grant_code }}"
    refresh_token_path: /srv/desk/refresh_token

- name: See with which scopes
  deskops.itsm.access_token:
    platform: sdp_cloud
    refresh_token_path: /srv/desk/refresh_token
  register: login

- name: Use it
  deskops.itsm.record_info:
    platform: sdp_cloud
    refresh_token: "{{ lookup('ansible.builtin.file', '/srv/desk/refresh_token') }}"
    module: problems
    limit: 10
  when: "'SDPOnDemand.problems.ALL' in login.results[0].scopes"

- name: Revoke it
  deskops.itsm.access_token:
    platform: sdp_cloud
    refresh_token_path: /srv/desk/refresh_token
    state: revoked
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
      description:
        - Who is logged in. For ServiceDesk Plus Cloud it is the client id, since the API does not tell whose token it is.
      type: str
      returned: unless no file of the task can be written
    expires_at:
      description:
        - Until when the access token is good, as ISO 8601 in UTC, by the clock of the machine where the task runs.
        - It is V(null) where that is not known, as for an O(access_token) that was given.
      type: str
      returned: unless no file of the task can be written
    lifetime:
      description: How many seconds an access token is good for from the login on, as the server says; V(null) as before.
      type: int
      returned: unless no file of the task can be written
    scopes:
      description: What the token may be used for.
      type: list
      elements: str
      returned: for ServiceDesk Plus Cloud, when the server tells
    outcome:
      description:
        - What became of the files, V(created), V(updated), V(unchanged) (also without a file) or V(failed); or of a token that
          was revoked, V(deleted) or V(unchanged).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether this task wrote the file.
      type: bool
      returned: always
    before:
      description:
        - The file of O(token_path) as it was found, with C(token_path), C(mode), and C(is_current), whether it held this token.
        - Of that of O(refresh_token_path) C(refresh_token_path), C(refresh_token_mode), and C(refresh_token_works).
      type: dict
      returned: always, but V(null) where there was none
    after:
      description: The file as it is now, in the form of RV(results[].before).
      type: dict
      returned: always, but V(null) without a file, and after a token was revoked
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
