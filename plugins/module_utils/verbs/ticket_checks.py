# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of what is asked for, where requests are made one by one. Private to the collection."""

from __future__ import annotations

from collections.abc import Sequence

from .answers import is_answer
from .checks import check_criteria, is_id
from .spec import Item

PRESENT, CLOSED, ABSENT = "present", "closed", "absent"
BY_DEFAULT = ("subject", "requested_for")
CRITERIA = ("subject", "requested_for", "service", "key")


def check_tickets(items: Sequence[Item]) -> None:
    """What is asked for is complete, and nothing contradicts itself."""
    for item in items:
        _check_what(item)
        _check_match(item)


def _check_what(item: Item) -> None:
    if item["request_id"] is not None and not is_id(item["request_id"]):
        raise item.error("request_id", f"{item['request_id']!r} is not an id", hint="Ids are whole numbers")
    if item["requested_for"] is not None and (len(item["requested_for"]) != 1 or not item["requested_for"][0].strip()):
        raise item.error("requested_for", "it takes one user", hint="A request has one requester: give each an item of its own")
    if item["answers"] and not item["service"]:
        raise item.error("answers", "they need service", hint="The questions are those of a template")
    for name, value in (item["answers"] or {}).items():
        if not is_answer(value):
            raise item.error("answers", f"{name!r} is no text, number, truth value, or list of such")
    if item["closure"] and item["state"] != CLOSED:
        raise item.error("closure", f"it is for state closed, not {item['state']}", hint="Set state to closed, or leave it out")


def _check_match(item: Item) -> None:
    if item["key"] is not None and not item["key"].strip():
        raise item.error("key", "it is empty")
    if (item["key"] is None) != (item["key_field"] is None):
        hint = "key is kept in the field that key_field names, such as udf_fields.txt_key"
        raise item.error("key_field", "key and key_field need each other", hint=hint)
    if item["request_id"] is not None:
        return
    match_on = item["match_on"]
    if match_on is None:
        match_on = ("key",) if item["key"] else BY_DEFAULT
    check_criteria(item, match_on, CRITERIA)
    for criterion in match_on:
        if criterion != "requested_for" and not item[criterion]:
            raise item.error(criterion, "it is missing, and requests are found by it", hint="Set it, or name others in match_on")
    if item["state"] == PRESENT and not item["subject"]:
        raise item.error("subject", "it is missing", hint="A request has to have one")
    if item["state"] != PRESENT and not match_on:
        raise item.error("match_on", "it is empty", hint=f"What is to be {item['state']} has to be found")
