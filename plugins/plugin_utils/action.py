# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verb as an action plugin: the same work as the module, without the cost of starting one. Private to the collection."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils.surface.connect import Surroundings, load_ahead, secrets_of
from ..module_utils.surface.execute import execute
from ..module_utils.surface.masking import Mask, hide_results
from ..module_utils.surface.options import argument_spec, endless_number
from ..module_utils.transport._requests import IMPORT_ERROR
from ..module_utils.verbs.spec import Verb
from .folders import token_folder
from .plain import plain
from .progress import Progress, is_wanted

display = Display()

# Ansible compiles the code of collections at every import. What its main process has imported, each task's fork has for free.
load_ahead(os.environ)


class DeskAction(ActionBase):
    """Base of all action plugins of the collection.

    On the local connection the verb runs in the worker process. Everywhere else, with C(async), with C(become), or when
    the environment variable C(DESKOPS_IN_PROCESS) is C(0), the ordinary module does.
    """

    verb: Verb

    _supports_check_mode = True
    _supports_async = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        environ = self._environment()
        if self._runs_in_process(environ):
            result.update(self._run_verb(environ))
        else:
            result.update(self._run_as_module(task_vars, environ))
        if self._task.no_log:
            hide_results(result)
        return result

    def _environment(self) -> dict[str, str]:
        """The environment that a module would see: that of Ansible, and C(environment) of play, block and task over it."""
        of_task: dict[str, Any] = {}
        self._compute_environment_string(of_task)
        return {**os.environ, **{str(name): str(value) for name, value in of_task.items()}}

    def _runs_in_process(self, environ: Mapping[str, str]) -> bool:
        wanted = environ.get("DESKOPS_IN_PROCESS", "").strip().lower() not in ("0", "no", "false", "off")
        return wanted and self._is_at_home() and not self._task.async_val

    def _is_at_home(self) -> bool:
        """Whether the task runs on this machine, as this user."""
        return self._connection.transport == "local" and not self._connection.become

    def _run_as_module(self, task_vars: dict[str, Any] | None, environ: Mapping[str, str]) -> dict[str, Any]:
        wrap_async = bool(self._task.async_val and not self._connection.has_native_async)
        arguments = dict(self._task.args)
        if self._is_at_home() and not wrap_async and not environ.get("DESKOPS_TOKEN_CACHE"):
            arguments.setdefault("token_cache", token_folder())
        result: dict[str, Any] = self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=wrap_async)
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _progress(self, environ: Mapping[str, str]) -> Progress | None:
        return Progress(self._task.resolved_action or self._task.action, display.display) if is_wanted(environ) else None

    def _run_verb(self, environ: Mapping[str, str]) -> dict[str, Any]:
        if IMPORT_ERROR:
            raise AnsibleActionFail(missing_required_lib("requests"))
        arguments = plain(self._task.args)
        warnings: list[str] = []
        mask = Mask(secrets_of(self.verb.options, arguments, environ))
        progress = self._progress(environ)
        surroundings = Surroundings(
            environ=environ,
            check_mode=self._task.check_mode,
            diff=self._task.diff,
            warn=warnings.append,
            hide=mask.hide,
            progress=progress.counted if progress else lambda what, done, total: None,
            token_folder=token_folder(),
            trace=_trace(mask, progress),
        )
        result = _validation_failure(self.verb, self._task.resolved_action or self._task.action, arguments)
        if result is None:
            result = execute(self.verb, arguments, surroundings)
        if warnings:
            result["warnings"] = warnings
        masked: dict[str, Any] = mask(result)
        return masked


def _trace(mask: Mask, progress: Progress | None) -> Callable[[str], None] | None:
    """Takes a line for each call: it is shown at C(-vvv), and counted where progress is."""
    is_shown = display.verbosity >= 3
    if not is_shown and progress is None:
        return None

    def take(line: str) -> None:
        if is_shown:
            display.vvv(mask(line))
        if progress is not None:
            progress.called()

    return take


def _validation_failure(verb: Verb, action: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Check the options as a module does and fill in defaults, in place. The failed result, if there is something to say."""
    try:
        outcome = ArgumentSpecValidator(argument_spec(verb)).validate(arguments)
    except OverflowError as error:
        return {"failed": True, "changed": False, "msg": endless_number(error)}
    if not outcome.error_messages:
        arguments.clear()
        arguments.update(outcome.validated_parameters)
        return None
    message = outcome.errors.msg
    if isinstance(outcome.errors[0], UnsupportedError):
        message = f"Unsupported parameters for ({action}) module: {message}"
    return {"failed": True, "changed": False, "msg": message}
