# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verb as an ordinary module. Private to the collection."""

from __future__ import annotations

import os
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ..transport._requests import IMPORT_ERROR
from ..verbs.spec import Verb
from .connect import Surroundings, secrets_of
from .execute import execute
from .masking import Mask, hide_results
from .options import argument_spec, endless_number


class _Module(AnsibleModule):  # type: ignore[misc, unused-ignore]
    """Knows its secrets before it checks its options: what is said about wrong ones repeats all of them."""

    def __init__(self, verb: Verb) -> None:
        self._verb = verb
        self._mask: Mask | None = None
        try:
            super().__init__(argument_spec=argument_spec(verb), supports_check_mode=True)
        except OverflowError as error:
            self.fail_json(endless_number(error))

    @property
    def mask(self) -> Mask:
        if self._mask is None:
            self._mask = Mask(secrets_of(self._verb.options, self.params, os.environ))
        return self._mask

    def exit_json(self, **result: Any) -> None:
        super().exit_json(**self._shown(result))

    def fail_json(self, msg: str, **result: Any) -> None:
        super().fail_json(self.mask(msg), **self._shown(result))

    def _shown(self, result: dict[str, Any]) -> dict[str, Any]:
        self.no_log_values.update(self.mask.forms)
        shown: dict[str, Any] = self.mask(result)
        if self.no_log:
            hide_results(shown)
        return shown


def run_module(verb: Verb) -> None:
    """The whole of a module's C(main)."""
    module = _Module(verb)
    if IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=IMPORT_ERROR)
    result = execute(
        verb,
        module.params,
        Surroundings(
            environ=dict(os.environ),
            check_mode=module.check_mode,
            diff=module._diff,
            warn=module.warn,
            hide=module.mask.hide,
        ),
    )
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
