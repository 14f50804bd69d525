# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads, templates with their layouts, actions on solutions, views of lists: what the tables do not make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..reply import Reply
from .desk import PORTAL
from .endpoints import GET, POST, PUT, Answer, Endpoint, Handler, segment
from .errors import invalid_url, missing
from .fields import Module
from .files import File
from .incoming import Call, success
from .modules import BY_PATH, MODULES
from .modules_setup import TEMPLATES
from .views import LABELS, VIEWS

_SOLUTIONS = BY_PATH["solutions"]
_SOLUTION_ACTIONS: dict[str, dict[str, Any]] = {
    "_submit_for_approval": {"approval_status": {"name": "Pending Approval"}},
    "_approve": {"approval_status": {"name": "Approved"}},
    "_reject": {"approval_status": {"name": "Rejected"}, "is_published": False},
    "_publish": {"is_published": True},
}
_FILE_ID = "{file_id}"


def more_endpoints() -> Iterator[Endpoint]:
    for module in MODULES:
        if module.uploads:
            path = f"/{module.path}/{segment(module)}/_uploads"
            yield Endpoint(POST, path, module.scope, _uploader(module), "Upload a file", module.path, (module,))
            about = "Download a file"
            yield Endpoint(GET, f"{path}/{_FILE_ID}", module.scope, _download, about, module.path, (module,))
    solution = f"/{_SOLUTIONS.path}/{segment(_SOLUTIONS)}"
    for action, values in _SOLUTION_ACTIONS.items():
        about = f"{action.strip('_').replace('_', ' ').capitalize()} a solution"
        keys = ((_SOLUTIONS.one, _SOLUTIONS),) * 2
        run = _solution_mover(values)
        yield Endpoint(PUT, f"{solution}/{action}", _SOLUTIONS.scope, run, about, _SOLUTIONS.path, (_SOLUTIONS,), *keys)
    one, shown = f"/{TEMPLATES.path}/{segment(TEMPLATES)}", (TEMPLATES.one, TEMPLATES)
    about = "Layouts of a template"
    yield Endpoint(GET, f"{one}/layouts", "setup", _layouts, about, TEMPLATES.path, (TEMPLATES,), whole_list="layouts")
    about = "A template with its layouts and questions"
    yield Endpoint(GET, f"{one}/_get_template_with_layout", "setup", _layout, about, TEMPLATES.path, (TEMPLATES,), None, shown)
    views = "list_view_filters"
    yield Endpoint(GET, f"/{views}/show_all", "general", _views, "Named views of lists", views, whole_list=views)


# --- files


def _uploader(module: Module) -> Handler:
    def run(call: Call) -> Answer:
        """The part must be called ``filename``; with ``addtoattachment`` the file is attached at once."""
        record = call.found()[-1]
        parts = call.parts()
        sent = [part for part in parts if part.name == "filename" and part.file_name]
        if not sent:
            raise missing("filename")
        attach = any(part.name == "addtoattachment" and part.text == "true" for part in parts)
        files = []
        for part in sent:
            file_id = call.desk.next_id()
            path = f"/{module.path}/{record.id}/_uploads/{file_id}"
            file = File(file_id, str(part.file_name), part.content_type, part.data, path, PORTAL)
            call.desk.files[file_id] = file
            files.append(file)
        if attach:
            record.values["attachments"] = [*(record.values.get("attachments") or []), *(file.id for file in files)]
        call.commit()
        return success(call, _uploaded(call, [file.view(call.switches) for file in files]))

    return run


def _uploaded(call: Call, views: list[dict[str, Any]]) -> dict[str, Any]:
    """The keys of this answer are not known."""
    key = str(call.switches["upload_answer"])
    if key == "bare":
        return views[0]
    return {key: views[0] if key == "attachment" else views}


def _download(call: Call) -> Answer:
    record = call.found()[-1]
    file = call.desk.files.get(call.scope["path_params"]["file_id"])
    if file is None or f"/{record.id}/" not in file.path:
        raise invalid_url()
    name = file.name.encode("ascii", "replace").decode().replace('"', "'")
    return Reply.of(200, file.data, file.content_type, {"Content-Disposition": f'attachment; filename="{name}"'})


# --- solutions


def _solution_mover(values: dict[str, Any]) -> Handler:
    def run(call: Call) -> Answer:
        """What is sent along is not looked at."""
        record = call.found()[-1]
        call.records.change(_SOLUTIONS, record, values, call.caller, free=True)
        call.commit()
        return success(call, {_SOLUTIONS.one: call.records.whole(_SOLUTIONS, record)})

    return run


# --- templates and views


def _layouts(call: Call) -> Answer:
    return success(call, {"layouts": call.found()[-1].values["layouts"]}, in_list=True)


def _layout(call: Call) -> Answer:
    return success(call, {TEMPLATES.one: call.records.whole(TEMPLATES, call.found()[-1])})


def _views(call: Call) -> Answer:
    module = str((call.input.get("show_all") or {}).get("module", "request"))
    path = next((one.path for one in MODULES if one.one == module), "")
    names = enumerate(VIEWS.get(path, {}), 900)
    rows = [{"id": call.desk.known_id(number), "name": name, "display_name": LABELS[name]} for number, name in names]
    return success(call, {"list_view_filters": rows}, in_list=True)
