# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  platform:
    description:
      - The system that is talked to.
      - When not set, the environment variable E(DESKOPS_PLATFORM) is used.
    type: str
    choices: [admin_by_request, bmc_dwp, sdp_cloud]
  url:
    description:
      - Address of the API. With O(platform=admin_by_request) it wins over O(data_center), and is seldom needed.
      - With O(platform=bmc_dwp) it is required and is the address of the catalog server, such as
        C(https://catalog.example.com:8008). C(/api/myit-sb) is added where it is missing.
      - With O(platform=sdp_cloud) it is needed for a custom domain only, such as C(https://desk.example.com).
      - When not set, the environment variable of the platform is used, E(ABR_URL), E(DWP_URL) or E(SDP_URL).
    type: str
  data_center:
    description:
      - The data centre of the tenant, from which the address of the API follows. A key or a token works in its own only.
      - Admin By Request has V(dc1) to V(dc6), V(eu) is V(dc1), V(us) is V(dc2). The portal shows it beside the API keys.
      - ServiceDesk Plus Cloud has V(us), V(eu), V(in), V(cn), V(au), V(jp), V(ca), V(uk), V(sa) and V(ae).
      - When not set, the environment variable of the platform is used, E(ABR_DATA_CENTER) or E(SDP_DATA_CENTER).
    type: str
    choices: [dc1, dc2, dc3, dc4, dc5, dc6, us, eu, in, cn, au, jp, ca, uk, sa, ae]
  api_key:
    description:
      - API key of an Admin By Request tenant.
      - When not set, the environment variable E(ABR_API_KEY) is used.
    type: str
  username:
    description:
      - Login of a user of Digital Workplace Catalog. With single sign-on in front of it, that has to be a local account of the
        catalog with a password of its own.
      - When not set, the environment variable E(DWP_USERNAME) is used.
    type: str
  password:
    description:
      - Password of O(username).
      - When not set, the environment variable E(DWP_PASSWORD) is used.
    type: str
  key_family:
    description:
      - What the catalog calls the id of a service. The vendor's document says V(serviceversionId); programs that are known to
        work with live servers say V(serviceId). Both are understood in answers; this is what is sent.
      - When not set, the environment variable E(DWP_KEY_FAMILY) is used, and without it V(serviceversionId).
    type: str
    choices: [serviceversionId, serviceId]
  client_id:
    description:
      - Client id of an application that is registered with Zoho, for ServiceDesk Plus Cloud.
      - When not set, the environment variable E(SDP_CLIENT_ID) is used.
    type: str
  client_secret:
    description:
      - Secret of that application.
      - When not set, the environment variable E(SDP_CLIENT_SECRET) is used.
    type: str
  refresh_token:
    description:
      - Refresh token, from which access tokens are made. A run makes one, and all its tasks share it.
      - The module M(deskops.itsm.access_token) gets it for a grant code.
      - When not set, the environment variable E(SDP_REFRESH_TOKEN) is used.
    type: str
  access_token:
    description:
      - An access token that you have already. It is used as it is, and cannot be renewed.
      - When not set, the environment variable E(SDP_ACCESS_TOKEN) is used.
    type: str
  accounts_url:
    description:
      - Address of the accounts server, such as C(https://accounts.zoho.eu). It wins over that of O(data_center).
      - When not set, the environment variable E(SDP_ACCOUNTS_URL) is used.
    type: str
  portal:
    description:
      - Name of the portal (service desk instance), such as V(itdesk). Without it, the default portal is addressed.
      - When not set, the environment variable E(SDP_PORTAL) is used.
    type: str
  validate_certs:
    description:
      - Whether the certificate of the server must be valid.
      - When not set, the environment variable E(DESKOPS_VALIDATE_CERTS) is used, and without it V(true).
    type: bool
  ca_path:
    description:
      - A file with the certificates of the authorities to trust, or a folder of such.
      - When not set, the environment variables E(DESKOPS_CA_PATH), E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) are used, in
        this order.
        Without them it is the list that comes with the Python library C(requests).
    type: path
  proxy:
    description:
      - Address of an HTTP proxy, such as C(http://proxy.example.com:3128).
      - When not set, the environment variable E(DESKOPS_PROXY) is used, and without it the usual ones
        (E(https_proxy), E(http_proxy), E(all_proxy), E(no_proxy)).
    type: str
  allow_http:
    description:
      - Allow credentials to be sent over an unencrypted connection to another machine.
      - Connections to the own machine are always allowed to be unencrypted.
      - When not set, the environment variable E(DESKOPS_ALLOW_HTTP) is used, and without it V(false).
    type: bool
  timeout:
    description:
      - How many seconds to wait for a connection, and for each piece of an answer.
      - When not set, the environment variable E(DESKOPS_TIMEOUT) is used, and without it V(30).
    type: float
  retries:
    description:
      - How often a call is repeated after a passing fault. A call that changes something is repeated only when it surely did not
        arrive or was refused for its frequency.
      - When not set, the environment variable E(DESKOPS_RETRIES) is used, and without it V(4).
    type: int
  deadline:
    description:
      - How many seconds a call may take, with all its repetitions and the pauses between them.
      - When not set, the environment variable E(DESKOPS_DEADLINE) is used, and without it V(120).
    type: float
  concurrency:
    description:
      - How many calls may be under way at the same time.
      - When not set, the environment variable E(DESKOPS_CONCURRENCY) is used, and without it V(8).
    type: int
  token_cache:
    description:
      - A folder in which tokens are kept, so that many short runs need not log in each time. It is made with mode 0700; the
        files in it have mode 0600.
      - All tasks of a run on the local connection share one login without it. They share a refusal, too; credentials that were
        refused are tried again after four minutes, or in the next run.
      - Tasks that write the same take turns, those of one run without it, those of several runs on one host where they share it.
      - When not set, the environment variable E(DESKOPS_TOKEN_CACHE) is used.
    type: path
requirements:
  - requests >= 2.25
"""
