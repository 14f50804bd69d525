# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the page that tries an API logs in, so that nobody has to look for a key first."""

from __future__ import annotations

from typing import Any

from ..abr import AbrPlatform
from ..dwp import DwpPlatform
from ..dwp.guard import BASE, LOGIN
from ..dwp.seed_data import PASSWORD, SERVICE_ACCOUNT
from ..platforms import Platform
from ..sdp import SdpPlatform


def login_of(platform: Platform) -> dict[str, Any]:
    """C(scheme) is the document's security scheme, C(value) what goes there; with C(url) it is in the answer to a call."""
    if isinstance(platform, AbrPlatform):
        return {"scheme": "apikey", "value": platform.guard.default_key}
    if isinstance(platform, DwpPlatform):
        headers = {"Content-Type": "application/json", "default-bundle-scope": "myit-sb", "X-Requested-By": "XMLHttpRequest"}
        body = {"id": SERVICE_ACCOUNT, "password": PASSWORD}
        url = f"{platform.prefix}{BASE}{LOGIN}"
        return {"scheme": "header", "url": url, "headers": headers, "body": body, "key": "", "value": "AR-JWT {token}"}
    if isinstance(platform, SdpPlatform):
        headers = {"Content-Type": "application/json"}
        url = f"/_sandbox/{platform.name}/tokens"
        return {
            "scheme": "token",
            "url": url,
            "headers": headers,
            "body": {},
            "key": "access_token",
            "value": "Zoho-oauthtoken {token}",
        }
    return {}
