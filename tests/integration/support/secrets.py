# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks for secrets where none should be."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

from .programs import Run

LOUD = ["-vvvv", "--diff"]


def forms(secret: str) -> set[str]:
    """The secret, and what it becomes in URLs, JSON, Python, shells and headers."""
    raw = secret.encode()
    return {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        repr(secret)[1:-1],
        secret.replace("'", "''"),
        secret.replace("'", "'\"'\"'"),
        base64.b64encode(raw).decode(),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode(),
        base64.b64encode(b":" + raw).decode(),
    }


def leaks(run: Run, secret: str) -> list[str]:
    """The forms of the secret that can be found in what a run printed or returned."""
    everything = run.output + run.written_log()
    return [form for form in forms(secret) if form in everything]
