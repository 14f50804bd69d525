# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Admin By Request: behaviour, sources and example values of each operation."""

from __future__ import annotations

from .notes import Note, Notes

_EXTERNAL = 'Admin By Request, "API External Download"'
_REQUESTS = 'Admin By Request, "Requests API"'
_AUDIT = 'Admin By Request, "Auditlog API"'
_EVENTS = 'Admin By Request, "Events API"'
_INVENTORY = 'Admin By Request, "Inventory API"'
_PIN = 'Admin By Request, "PIN code API"'
_NO_CONTENT = "status 204 was seen in another client"

_REQUEST = {"id": 65430930}
_ENTRY = {"id": 71204152}
_EVENT = {"id": 88120062}
_NAME = {"name": "NW-LT-0142"}
_COMPUTER = {"computer": "NW-LT-0142"}
_USER = {"user": "Maja Lind"}
_WINDOW = "Entries of the last 30 days, if no other time is given."

NOTES: Notes = {
    "GET /whoami": Note(
        "Whose key this is, and at which data centre it works. The cheapest way to check a key.",
        "not in the vendor's pages that we know; seen in another client",
    ),
    "GET /requests": Note(
        "The queue. At most 1000 rows in an answer: ask again from the highest id + 1. There is no filter by time.",
        f"{_EXTERNAL}; {_REQUESTS}; that `startid` is inclusive follows from the example there",
    ),
    "GET /requests/{id}": Note("An object, not a list.", f"{_REQUESTS}; what is answered to an unknown id is assumed", _REQUEST),
    "PUT /requests/{id}": Note(
        "The answer says nothing of the outcome: 204 also when the request was decided before.",
        f"{_EXTERNAL}; {_REQUESTS}; {_NO_CONTENT}",
        _REQUEST,
    ),
    "DELETE /requests/{id}": Note(
        "Deny a request that waits. The row stays, as denied.", f"{_EXTERNAL}; {_REQUESTS}; {_NO_CONTENT}", _REQUEST
    ),
    "GET /auditlog": Note(f"What was elevated. {_WINDOW}", _AUDIT),
    "GET /auditlog/delta": Note(
        "Give `timeNow` of one answer as `deltaTime` of the next call. Equal values mean that nothing has changed.",
        f"{_AUDIT}; the rows of a first call with filters were seen in another client",
    ),
    "GET /auditlog/{id}": Note("An object, not a list.", f"{_AUDIT}; what is answered to an unknown id is assumed", _ENTRY),
    "GET /computers/{name}/auditlog": Note(_WINDOW, _AUDIT, _NAME),
    "GET /users/{user}/auditlog": Note(f"By account or by full name. {_WINDOW}", _AUDIT, _USER),
    "GET /events": Note(f"What the clients report. {_WINDOW}", _EVENTS),
    "GET /events/{id}": Note("An object, not a list.", f"{_EVENTS}; what is answered to an unknown id is assumed", _EVENT),
    "GET /computers/{name}/events": Note(_WINDOW, _EVENTS, _NAME),
    "GET /users/{user}/events": Note(f"By account or by full name. {_WINDOW}", _EVENTS, _USER),
    "GET /inventory": Note(
        "Computers that never sent their inventory are rows too, with `inventoryAvailable: false` and without the rest.",
        f"{_INVENTORY}; which keys such rows have is assumed",
    ),
    "GET /inventory/{computer}": Note(
        "By id or by name.", f"{_INVENTORY}; what is answered to an unknown computer is assumed", _COMPUTER
    ),
    "DELETE /inventory/{computer}": Note(
        "A computer that still has the client registers itself again.", f"{_INVENTORY}; the status 204 is assumed", _COMPUTER
    ),
    "GET /inventory/{computer}/pin": Note(
        "The answer is a JSON string.", f"{_PIN}; how many digits it has is assumed", {**_COMPUTER, "pin1": "482913"}
    ),
}
