# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What request_info does in a task, without Ansible around it: C(python own_read.py URL KEY CA [FIELD...]).

Options are checked, all pages read, records made, secrets masked. It prints the seconds, the imports aside.
"""

from __future__ import annotations

import os
import sys
import time

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.deskops.itsm.plugins.module_utils.surface.connect import Surroundings, load_ahead
from ansible_collections.deskops.itsm.plugins.module_utils.surface.execute import execute
from ansible_collections.deskops.itsm.plugins.module_utils.surface.masking import Mask
from ansible_collections.deskops.itsm.plugins.module_utils.surface.options import argument_spec
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_info import REQUEST_INFO


def main() -> None:
    url, key, ca, *fields = sys.argv[1:]
    load_ahead(os.environ)
    given = {"platform": "admin_by_request", "url": url, "api_key": key, "ca_path": ca or None, "fields": fields or None}
    started = time.perf_counter()
    mask = Mask([key])
    options = ArgumentSpecValidator(argument_spec(REQUEST_INFO)).validate(given).validated_parameters
    result = mask(execute(REQUEST_INFO, options, Surroundings(environ={}, check_mode=False)))
    print(result["total"], "rows", file=sys.stderr)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
