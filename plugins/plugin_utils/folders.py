# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the parts of a run of Ansible find what they share. Private to the collection."""

from __future__ import annotations

import os

from ansible import constants as C


def token_folder() -> str:
    """In the private folder of this run of Ansible, which all its tasks and forks see and which goes away with it."""
    return os.path.join(C.DEFAULT_LOCAL_TMP, "deskops.itsm")
