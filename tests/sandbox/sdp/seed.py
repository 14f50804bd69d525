# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sows the example data: always the same ids and rows, with times relative to the sandbox's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from . import seed_setup as setup
from .additional import ADDITIONAL
from .approvals import add_approval, approvals, decide, levels, settle
from .desk import PORTAL, Caller, Desk
from .fields import Module
from .kinds import Ref
from .modules import BY_PATH
from .modules_requests import REQUESTS
from .questions import Question, Resource
from .records import Records
from .rules_requests import decided
from .seed_people import MAIL, OWNER, PEOPLE
from .seed_records import ASKED, BELOW, RECORDS, Hours
from .seed_requests import REQUESTS as ASKED_REQUESTS
from .seed_requests import Asked
from .store import Record
from .templates import HIDDEN, describe
from .times import to_ms

_TYPES = {"string": "Single Line", "long": "Numeric", "double": "Decimal", "boolean": "Boolean", "datetime": "Date/Time"}
_PLACES = ("category", "subcategory", "item")
_SETTINGS = ("sites", "departments")


def sow(records: Records, demo: bool) -> None:
    """Clear the desk; its people, setup and templates are there in any case."""
    desk = records.desk
    desk.clear()
    desk.standing = desk.now().replace(microsecond=0)
    for path in _SETTINGS:
        _sow_list(desk, path, setup.LISTS[path])
    _sow_people(desk)
    for path, rows in setup.LISTS.items():
        if path not in _SETTINGS:
            _sow_list(desk, path, rows)
    _sow_categories(desk)
    _sow_additional(desk)
    _sow_templates(desk)
    _put(desk, BY_PATH["portals"], {"name": PORTAL, "display_name": "IT Desk", "is_default": True})
    if demo:
        _sow_demo(records)
    desk.standing = None


def caller_of(desk: Desk, mail: str) -> Caller:
    """Somebody of the tenant, as if they called."""
    user = desk.user(mail if "@" in mail else f"{mail}@{MAIL}")
    assert user is not None
    return Caller(user, frozenset())


def _put(desk: Desk, module: Module, values: dict[str, Any], suffix: int = 0, parent: Record | None = None) -> Record:
    """A row, as it is kept."""
    record_id = desk.known_id(suffix) if suffix else desk.next_id()
    record = Record(record_id, module, values, desk.now(), parent)
    desk.store.add(record)
    return record


# --- setup


def _sow_list(desk: Desk, path: str, rows: tuple[str | tuple[int, str, dict[str, Any]], ...]) -> None:
    """References to other lists are given by name."""
    module = BY_PATH[path]
    for row in rows:
        suffix, name, more = (0, row, {}) if isinstance(row, str) else row
        values: dict[str, Any] = {"name": name, "_word": name}
        for key, value in more.items():
            kind = module.by_name[key].kind
            values[key] = desk.named(kind.table, value).id if isinstance(kind, Ref) else value
        _put(desk, module, values, suffix)


def _sow_people(desk: Desk) -> None:
    for number, person in enumerate(PEOPLE):
        first, _space, last = person.name.partition(" ")
        values = {
            "name": person.name,
            "first_name": first,
            "last_name": last,
            "email_id": f"{person.mail}@{MAIL}",
            "login_name": person.mail,
            "employee_id": f"NW{1000 + number}",
            "phone": f"+4555{100_100 + 37 * number}",
            "is_technician": person.group is not None,
            "is_vip_user": person.vip,
            "department": desk.named("departments", person.department).id,
            "site": desk.named("sites", "Aarhus").id,
            "job_title": person.job,
            "status": "ACTIVE",
            "created_time": to_ms(desk.now() - timedelta(days=400)),
        }
        _put(desk, BY_PATH["users"], values)


def _sow_categories(desk: Desk) -> None:
    for name, subcategories in setup.CATEGORIES.items():
        category = _put(desk, BY_PATH["categories"], {"name": name}, setup.CATEGORY_IDS.get(name, 0))
        for sub_name, items in subcategories.items():
            values = {"name": sub_name, "category": category.id}
            subcategory = _put(desk, BY_PATH["subcategories"], values, parent=category)
            for item in items:
                _put(desk, BY_PATH["items"], {"name": item, "subcategory": subcategory.id}, parent=subcategory)


def _sow_additional(desk: Desk) -> None:
    for path, rows in ADDITIONAL.items():
        for label, field in rows:
            allowed = list(getattr(field.kind, "choices", ()))
            values = {
                "name": label,
                "field_key": field.name,
                "field_type": "Pick List" if allowed else _TYPES.get(field.kind.name, "Reference"),
                "module": BY_PATH[path].one,
                "allowed_values": allowed,
            }
            _put(desk, BY_PATH["udf_fields"], values)


def _sow_templates(desk: Desk) -> None:
    for template in setup.TEMPLATES:
        category = template.category
        values: dict[str, Any] = {
            **HIDDEN,
            "name": template.name,
            "comments": template.comments or None,
            "is_service_template": category is not None,
            "is_default": template.name == "Default Request",
            "inactive": template.inactive,
            "show_to_requester": True,
            "service_category": desk.named("service_categories", category).id if category else None,
            "_mandatory": template.mandatory,
            "_approvers": tuple(tuple(f"{mail}@{MAIL}" for mail in mails) for mails in template.approvers),
            "_defaults": {name: desk.named(_table(name), value).id for name, value in template.defaults.items()},
            "_resources": _resources(desk, template),
        }
        suffix = 6655 if values["is_default"] else 0
        describe(desk, _put(desk, BY_PATH["request_templates"], values, suffix))


def _table(name: str) -> str:
    """The table that a field of a request refers to."""
    kind = REQUESTS.by_name[name].kind
    assert isinstance(kind, Ref)
    return kind.table


def _resources(desk: Desk, template: setup.Template) -> tuple[Resource, ...]:
    return tuple(
        Resource(desk.next_id(), heading, tuple(_question(desk, asks) for asks in questions))
        for heading, questions in template.questions.items()
    )


def _question(desk: Desk, asks: setup.Asks) -> Question:
    options = tuple((desk.next_id(), one) for one in asks.options)
    return Question(desk.next_id(), asks.kind, asks.label, asks.mandatory, options)


# --- records


def _sow_demo(records: Records) -> None:
    owner = caller_of(records.desk, OWNER)
    for path, rows in RECORDS.items():
        for number, row in enumerate(rows):
            hours = 24 * 30 + 17 * (len(rows) - number)
            given = {"created_time": Hours(-hours), "last_updated_time": Hours(-hours + 1), **row}
            _add(records, BY_PATH[path], given, owner)
    for path, title, below, given in BELOW:
        record = records.desk.named(path, title)
        module = next(sub for sub in BY_PATH[path].subs if sub.path == below)
        _add(records, module, given, owner, record)
    for path, title in ASKED:
        add_approval(records.desk, records.desk.named(path, title), 1, owner.user, owner)
    for asked in ASKED_REQUESTS:
        sow_request(records, asked)


def _add(records: Records, module: Module, given: dict[str, Any], caller: Caller, parent: Record | None = None) -> Record:
    """A record by the API's own JSON."""
    known = {name: _timed(records.desk, value) for name, value in given.items() if name in module.by_name}
    record, _partial = records.add(module, known, caller, parent, free=True)
    return record


def _timed(desk: Desk, value: Any) -> Any:
    return {"value": to_ms(desk.now() + timedelta(hours=value))} if isinstance(value, Hours) else value


def sow_request(records: Records, asked: Asked) -> Record:
    desk, more = records.desk, dict(asked.more)
    asker = caller_of(desk, asked.requester)
    template = desk.named("request_templates", asked.template)
    born = desk.now() - timedelta(hours=asked.hours)
    given: dict[str, Any] = {
        "subject": asked.subject,
        "requester": {"id": asker.user.id},
        "status": {"name": asked.status},
        "priority": {"name": asked.priority},
        "template": {"id": template.id},
        "created_time": {"value": to_ms(born)},
        "resources": _answers(template, more.pop("answers", {})),
        "description": more.pop("description", f"<div>{asked.subject}<br></div>"),
        **{name: {"name": word} for name, word in zip(_PLACES, asked.where.split("/"), strict=False) if word},
        **({"technician": {"email_id": f"{asked.technician}@{MAIL}"}} if asked.technician else {}),
        **_ended(asked, more, to_ms(born)),
    }
    extras: dict[str, Any] = {name: more.pop(name) for name in ("notes", "tasks", "spent", "decided") if name in more}
    if "wanted_in" in more:
        wanted = {"value": to_ms(desk.now() + timedelta(hours=more.pop("wanted_in")))}
        more["udf_fields"] = {**more["udf_fields"], "udf_date1": wanted}
    given |= {name: {"name": value} if isinstance(value, str) else value for name, value in more.items()}
    record, _partial = records.add(REQUESTS, given, asker, free=True)
    record.born = born
    _sow_below(records, record, extras)
    return record


def _ended(asked: Asked, more: dict[str, Any], born: int) -> dict[str, Any]:
    """What ended requests have."""
    ended: dict[str, Any] = {"last_updated_time": {"value": born + 7_200_000}}
    if "resolution" in more:
        ended["resolution"] = {"content": more.pop("resolution")}
    if "closure_code" in more:
        ended["closure_info"] = {"closure_code": {"name": more.pop("closure_code")}}
    if asked.status in ("Closed", "Resolved"):
        ended["resolved_time"] = {"value": born + 7_000_000}
    if asked.status in ("Closed", "Cancelled"):
        ended |= {"completed_time": {"value": born + 7_200_000}, "time_elapsed": 7_200_000}
    return ended


def _answers(template: Record, given: dict[str, Any]) -> dict[str, Any]:
    """Answers by question label, in the form that the API takes."""
    answers: dict[str, Any] = {}
    for resource in template.values["_resources"]:
        for question in resource.questions:
            if question.label in given:
                answers.setdefault(resource.key, {})[question.key] = _answer(question, given[question.label])
    return answers


def _answer(question: Question, value: Any) -> Any:
    if question.kind == "check":
        return [{"name": one} for one in value]
    return {"value" if question.kind == "text" else "name": value}


def _sow_below(records: Records, record: Record, extras: dict[str, Any]) -> None:
    desk = records.desk
    subs = {sub.path: sub for sub in REQUESTS.subs}
    for mail, text, public in extras.get("notes", ()):
        note = {"description": text, "show_to_requester": public}
        records.add(subs["notes"], note, caller_of(desk, mail), record, free=True)
    owner = record.values.get("technician")
    for title in extras.get("tasks", ()):
        task = {"title": title, "status": {"name": "Open"}, **({"owner": {"id": owner}} if owner else {})}
        records.add(subs["tasks"], task, caller_of(desk, OWNER), record, free=True)
    if "spent" in extras:
        hours, minutes = extras["spent"]
        spent = {"description": "Looked into it", "owner": {"id": owner}, "time_spent": {"hours": hours, "minutes": minutes}}
        records.add(subs["worklogs"], spent, caller_of(desk, OWNER), record, free=True)
    for mail, word in extras.get("decided", {}).items():
        decide_for(desk, record, caller_of(desk, mail), word, None)


def decide_for(desk: Desk, record: Record, caller: Caller, word: str, comments: str | None) -> bool:
    """Let somebody decide what they are asked about a record; tells whether they were asked."""
    for level in levels(desk, record):
        for approval in approvals(desk, level):
            if approval.values["approver"] == caller.user.id:
                changed = decide(desk, approval, word, comments, caller)
                outcome = settle(desk, level)
                if outcome is not None:
                    decided(desk, record, outcome, caller)
                return changed
    return False
