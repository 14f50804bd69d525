# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place that imports C(requests), so that its absence becomes a clear message. Private to the collection."""

from __future__ import annotations

import traceback
from importlib import import_module
from typing import Any

IMPORT_ERROR: str | None = None
requests: Any = None
urllib3: Any = None
urllib3_exceptions: Any = None
AuthBase: Any = object
CertificateError: Any = None
HTTPAdapter: Any = object
try:
    requests = import_module("requests")
    urllib3 = import_module("urllib3")
    urllib3_exceptions = import_module("urllib3.exceptions")
    AuthBase = import_module("requests.auth").AuthBase
    CertificateError = import_module("urllib3.util.ssl_match_hostname").CertificateError
    HTTPAdapter = import_module("requests.adapters").HTTPAdapter
except ImportError:
    IMPORT_ERROR = traceback.format_exc()
