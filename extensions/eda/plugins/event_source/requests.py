# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source deskops.itsm.requests: documentation and C(main). The work is done in the package C(polling)."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
---
short_description: Events for the requests of Admin By Request, Digital Workplace Catalog and ServiceDesk Plus Cloud
description:
  - Polls a request desk and makes an event of each request that comes, and of each that gets into another state.
  - It reads only. What is done about a request is for the actions of the rules.
  - At the start, and after each restart, everything that waits is an event. A request that waited when the rule engine
    was killed is therefore not lost, and an action can see the same request twice. The modules of this collection read a
    request before they decide it, so nothing is done twice.
  - Arguments of the connection are those of the modules, with the same environment variables.
options:
  platform:
    description: The system that is read. Without it, the environment variable DESKOPS_PLATFORM counts.
    type: str
    choices: [admin_by_request, bmc_dwp, sdp_cloud]
  url:
    description:
      - Address of the API. Required for bmc_dwp, such as https://catalog.example.com:8008; for the others it follows from
        data_center.
      - Without it, ABR_URL, DWP_URL or SDP_URL counts.
    type: str
  data_center:
    description: The data centre of the tenant. Without it, ABR_DATA_CENTER or SDP_DATA_CENTER counts.
    type: str
    choices: [dc1, dc2, dc3, dc4, dc5, dc6, us, eu, in, cn, au, jp, ca, uk, sa, ae]
  api_key:
    description: API key for admin_by_request. Without it, ABR_API_KEY counts.
    type: str
  username:
    description: Login for bmc_dwp. Without it, DWP_USERNAME counts.
    type: str
  password:
    description: Password for bmc_dwp. Without it, DWP_PASSWORD counts.
    type: str
  key_family:
    description: What the catalog calls the id of a service. Without it, DWP_KEY_FAMILY counts, else serviceversionId.
    type: str
    choices: [serviceversionId, serviceId]
  client_id:
    description: Client id for sdp_cloud. Without it, SDP_CLIENT_ID counts.
    type: str
  client_secret:
    description: Secret of that client. Without it, SDP_CLIENT_SECRET counts.
    type: str
  refresh_token:
    description: Refresh token for sdp_cloud. Without it, SDP_REFRESH_TOKEN counts.
    type: str
  access_token:
    description:
      - Access token for sdp_cloud. It cannot be renewed, so it is for trying things out.
      - Without it, SDP_ACCESS_TOKEN counts.
    type: str
  accounts_url:
    description: Address of the accounts server for sdp_cloud. Without it, SDP_ACCOUNTS_URL counts.
    type: str
  portal:
    description: Portal (service desk instance) for sdp_cloud. Without it, SDP_PORTAL counts.
    type: str
  validate_certs:
    description: Whether the certificate of the server must be valid. Without it, DESKOPS_VALIDATE_CERTS counts, else true.
    type: bool
  ca_path:
    description: File or folder with the authorities to trust. Without it, DESKOPS_CA_PATH counts.
    type: path
  proxy:
    description: Address of an HTTP proxy. Without it, DESKOPS_PROXY and the usual variables count.
    type: str
  allow_http:
    description: Allow an unencrypted connection to another machine. Without it, DESKOPS_ALLOW_HTTP counts, else false.
    type: bool
  timeout:
    description: Seconds to wait for a connection, and for each piece of an answer. Without it, DESKOPS_TIMEOUT counts, else 30.
    type: float
  retries:
    description: How often a call is repeated at once after a passing fault. Without it, DESKOPS_RETRIES counts, else 4.
    type: int
  deadline:
    description: Seconds for a call with all its repetitions. Without it, DESKOPS_DEADLINE counts, else 30.
    type: float
  concurrency:
    description: How many calls may be under way at the same time. Without it, DESKOPS_CONCURRENCY counts, else 8.
    type: int
  token_cache:
    description: A folder in which tokens are kept over restarts. Without it, DESKOPS_TOKEN_CACHE counts; without both, in memory.
    type: path
  status:
    description:
      - Only requests in these states. What a request of the platform never is, is refused; any stands for all.
      - In pending, open and quarantined something is still to be done. Such requests are events also if they were there
        before the source was first started. What is in another state at that time is no event, unless since_id or
        modified_since is given.
    type: list
    elements: str
    choices: [pending, approved, denied, completed, expired, quarantined, unknown, open, failed, cancelled, any]
    default: [pending]
  requested_for:
    description: Only requests for this user, as in deskops.itsm.request_info.
    type: str
  requested_by:
    description: Only requests that this user has made. For bmc_dwp and sdp_cloud.
    type: str
  service:
    description: Only requests of this service or template, by id or exact name. For bmc_dwp and sdp_cloud.
    type: str
  subject:
    description: Only requests with exactly this subject, in any case. For sdp_cloud.
    type: str
  query:
    description: Search criteria of ServiceDesk Plus, as in deskops.itsm.request_info. For sdp_cloud.
    type: raw
  include:
    description: What to read in addition for each request that becomes an event. It takes calls for each of them.
    type: list
    elements: str
    choices: [answers, approvals, attachments, comments, scan_details]
  since_id:
    description: Only requests with this id or a higher one. For admin_by_request.
    type: str
  modified_since:
    description: Only requests that were changed at this time or later, as ISO 8601 with a zone. For bmc_dwp and sdp_cloud.
    type: str
  limit:
    description: At most this many requests become events in a poll, the rest in the next ones. Without it, all do.
    type: int
  emit:
    description:
      - When a request is an event - once for each request; states for each state that it gets into; updates also when
        anything else about it changes (not for admin_by_request, which does not tell).
    type: str
    choices: [once, states, updates]
    default: states
  batch:
    description:
      - Up to this many requests are one event, which has them in event.requests. All of them are in the state event.state.
      - Without it, each request is an event, and is in event.request.
    type: int
  interval:
    description: Seconds from the beginning of a poll to that of the next. At least 1.
    type: float
    default: 60
  overlap:
    description:
      - How many seconds before the latest change that was seen each poll looks, for what shows up late. For bmc_dwp and
        sdp_cloud.
    type: float
    default: 300
  window:
    description:
      - How many of the newest requests each poll looks at again, for what shows up late or gets into another state; at most 1000.
        For admin_by_request, which cannot list by the time of a change.
    type: int
    default: 200
  sweep:
    description:
      - Seconds after which all that waits is listed, for what did not show up in the polls between. With 0, only at the start.
    type: float
    default: 3600
  repeat_after:
    description:
      - Seconds after which a request that still waits is an event again, with event.repeated true, for actions that failed.
        With 0, never.
    type: float
    default: 0
  remember:
    description:
      - How many requests are remembered that are not listed any more. Those that are listed are remembered in any case.
    type: int
    default: 10000
  replay:
    description:
      - What is an event again after a restart, with event.repeated true - waiting for what is still pending, open or
        quarantined; all also for what else the first poll looks at; none for nothing, so that what was on its way when the
        rule engine was killed is lost.
    type: str
    choices: [waiting, all, none]
    default: waiting
  state_path:
    description:
      - A file in which the source remembers over restarts what was handed over and how far it came; each source needs its own.
        Its folder must exist.
      - Without it, the source begins anew after a restart. Of what waits nothing is lost by that.
    type: path
  longest_pause:
    description:
      - The longest pause after an error, in seconds. Pauses double from interval up to this, and chance makes them up to a
        quarter longer. After refused credentials it is five minutes at least, after a used up quota one.
    type: float
    default: 900
  feedback:
    description:
      - A request counts as handed over only when the rule engine has confirmed that it took the event.
      - It needs an ansible-rulebook that gives feedback, and a name of its own for the source.
    type: bool
    default: false
"""

EXAMPLES = r"""
# What waits in Admin By Request, with ABR_DATA_CENTER and ABR_API_KEY in the environment
- deskops.itsm.requests:
    platform: admin_by_request
    status: [pending, quarantined]
    interval: 30
    state_path: /var/lib/eda/queue.json

# Requests of a service that were completed, with what was asked, fifty at a time
- deskops.itsm.requests:
    platform: bmc_dwp
    url: https://catalog.example.com:8008
    username: svc_automation
    password: "{{ dwp_password }}"
    service: Desk move
    status: [completed]
    include: [answers]
    batch: 50

# Urgent tickets that are open
- deskops.itsm.requests:
    platform: sdp_cloud
    status: [open]
    query: {field: priority.name, condition: is, values: [High, Urgent]}
"""

COLLECTION = "ansible_collections.deskops.itsm"
HERE = Path(__file__).absolute()


def _importable() -> None:
    """Let Python find this collection: ansible-rulebook knows where this file is, and does not know Ansible's import paths."""
    root = HERE.parents[7]
    if HERE.parents[4] != Path(root, *COLLECTION.split(".")):
        raise ImportError(f"{HERE} is not in a folder {'/'.join(COLLECTION.split('.'))}, where a collection has to be")
    package = sys.modules.get("ansible_collections")
    if package is not None and str(root / "ansible_collections") not in package.__path__:
        package.__path__ = [*package.__path__, str(root / "ansible_collections")]
    # Last, so that nothing of this folder is found in place of something else.
    if str(root) not in sys.path:
        sys.path.append(str(root))


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Put an event into the queue for each request, until cancelled.

    Args:
        queue: the queue of the rule engine.
        args: the arguments, as in DOCUMENTATION.
    """
    _importable()
    source = await asyncio.to_thread(import_module, f"{COLLECTION}.extensions.eda.plugins.polling.source")
    await source.run(queue, args)
