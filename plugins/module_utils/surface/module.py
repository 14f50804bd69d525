# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verb as an ordinary module. Private to the collection."""

from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ..transport._requests import IMPORT_ERROR
from ..transport.secrets import all_forms
from ..verbs.spec import Verb
from .connect import Surroundings, secret_forms
from .execute import execute
from .options import argument_spec


def run_module(verb: Verb) -> None:
    """The whole of a module's C(main)."""
    module = AnsibleModule(argument_spec=argument_spec(verb), supports_check_mode=True)
    if IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=IMPORT_ERROR)
    environ = dict(os.environ)
    module.no_log_values.update(secret_forms(module.params, environ))
    result = execute(
        verb,
        module.params,
        Surroundings(
            environ=environ,
            check_mode=module.check_mode,
            diff=module._diff,
            warn=module.warn,
            hide=lambda secret: module.no_log_values.update(all_forms([secret])),
        ),
    )
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
