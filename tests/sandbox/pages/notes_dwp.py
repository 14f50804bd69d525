# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digital Workplace Catalog: behaviour, sources and example values of each operation."""

from __future__ import annotations

from ..dwp.seed_data import PASSWORD, SERVICE_ACCOUNT
from .notes import Note, Notes

_VENDOR = 'BMC, "Endpoints in the BMC Helix Digital Workplace Catalog REST API", 22.1'
_FRAME = f"{_VENDOR}; the status of failures is assumed"
_SERVICE = {"serviceversionId": "2401"}
_DATABASE = {"serviceversionId": "2404"}
_REQUEST = {"requestId": "40211"}
_OWN = "Only one's own, for administrators too: write one before, and find its id in the list."
#: The first request that is initiated after the sandbox was reset.
_INITIATED = "41201"
#: "Database name" of the service 2404
_DATABASE_NAME = "807c4df9-5dd4-5c1f-b50d-9897acceb7bd"
#: what one reviews and rates first after that
_NEW_REVIEW, _NEW_RATING = {"reviewId": "306"}, {"ratingId": "708"}
_INITIATE_FIRST = "Initiate a request before: its id is in that answer."

NOTES: Notes = {
    "POST /users/login": Note(
        "The token comes as text and as a cookie; either one goes with every further call, for about half an hour.",
        f"{_VENDOR}; that the answer is the bare token was seen in other clients",
        body={"id": SERVICE_ACCOUNT, "password": PASSWORD},
    ),
    "GET /categories": Note("A flat list of all levels: `parentId` says what is above.", _VENDOR),
    "GET /categories/{categoryId}/categories": Note(
        "Only categories with services that the user is entitled to. An unknown id has nothing below it: an empty list.",
        _VENDOR,
        {"categoryId": "3001"},
    ),
    "GET /categories/groups": Note("There is one group only, and it holds all categories.", _VENDOR),
    "GET /categories/groups/{categoryGroupId}/categories": Note(
        "Only categories with services that the user is entitled to.", _VENDOR, {"categoryGroupId": "1001"}
    ),
    "GET /services/{serviceversionId}": Note(
        "An object, although the text of the document calls it an array. The id is that of a version of the service.",
        _FRAME,
        _SERVICE,
    ),
    "POST /services/search": Note(
        "By `title`, or by `categoryId`, or by `serviceversionIds`. Only published services are found.",
        _FRAME,
        body={"title": "laptop"},
    ),
    "GET /services/fullcatalogview": Note("A bare `true` or `false`.", _VENDOR),
    "POST /requests": Note(
        "One request for each user, or for each part of a bundle. Nothing is ordered yet. The answer may be 200 and still hold "
        "`requestErrors`. Live systems were seen to take `serviceId` in the place of `serviceversionId`.",
        f"{_VENDOR}; the form of `requestErrors` is assumed",
        body={"serviceversionId": "2404", "requestForUserIds": ["skjaer"]},
    ),
    "GET /requests/{id}/questionnaire": Note(
        f"What a service asks, with the answers so far. {_INITIATE_FIRST}",
        f"{_VENDOR}; what a service that asks nothing answers is assumed",
        {"id": _INITIATED},
    ),
    "POST /services/{serviceversionId}/questionnaire/answers": Note(
        f"One question a call. The answer names questions that change with it. {_INITIATE_FIRST}",
        f"{_VENDOR}; its example is no valid JSON, so the form of the answer is assumed",
        _DATABASE,
        {"questionId": _DATABASE_NAME, "answers": ["orders_eu"], "serviceRequestId": _INITIATED},
    ),
    "POST /orders": Note(
        f"Order what was initiated and answered. A list of objects, although the text says strings. {_INITIATE_FIRST}",
        f"{_VENDOR}; what is answered when answers are missing is assumed",
        body={"requests": [{"id": _INITIATED}]},
    ),
    "POST /orders/requests": Note(
        "Initiate and order in one call; there is no place for answers. What cannot be ordered is named in `requestErrors`, "
        "with status 200.",
        f"{_VENDOR}; the form and place of `requestErrors` are assumed",
        body={
            "title": "For the new colleague",
            "serviceRequests": [{"serviceversionId": "2401", "requestForUserIds": ["mlind"]}],
        },
    ),
    "GET /services/{serviceversionId}/myrequests": Note("One's own requests of a service, ten a page.", _VENDOR, _SERVICE),
    "GET /services/requests": Note(
        "Newest first. Without a user, those of all users that one may read.", f"{_VENDOR}; which ones that are is assumed"
    ),
    "POST /services/requests/search": Note(
        "The body is a bare list of ids. The names of the filters have capitals here, and nowhere else.",
        f"{_VENDOR}; that unknown ids are left out is assumed",
        body=["40211", "40219"],
    ),
    "GET /services/requests/{requestId}": Note(
        "`status.status` is the platform's word: NEW, ACTIVE, COMPLETED, FAILED and others.", _FRAME, _REQUEST
    ),
    "GET /services/requests/{requestId}/answers": Note("What was answered, with labels.", _FRAME, {"requestId": "40219"}),
    "GET /services/requests/{requestId}/activities": Note("Newest first; all of them.", _FRAME, _REQUEST),
    "POST /services/requests/{requestId}/activities": Note(
        "The document calls these query parameters, its example shows a body; both are read. The text comes back as `message`.",
        _FRAME,
        _REQUEST,
        {"text": "Seen by the service desk", "visibility": "PUBLIC", "broadcast": False},
    ),
    "POST /services/requests/{requestId}/attachments": Note(
        "A comment with a file.",
        f"{_VENDOR}; that it is a multipart form, and what is answered, is assumed",
        _REQUEST,
        {
            "activityLog": "The quote",
            "visibility": "PUBLIC",
            "broadcast": "false",
            "attachmentNames": "quote.txt",
            "file": "1 laptop",
        },
    ),
    "GET /reviews": Note("By service, by user, or all. `userId` is a number that only reviews and ratings know.", _VENDOR),
    "POST /reviews": Note(
        "The answer does not say the id: look for it in the list.",
        f"{_VENDOR}; what a second review of the same service does is assumed",
        body={"serviceversionId": "2405", "title": "Good", "content": "It works."},
    ),
    "GET /reviews/{reviewId}": Note(
        "An unknown id is answered with a message of the server's database.", _VENDOR, {"reviewId": "301"}
    ),
    "PUT /reviews/{reviewId}": Note(
        f"What is left out stays. {_OWN}",
        f"{_VENDOR}; the status for those of others is assumed",
        _NEW_REVIEW,
        {"title": "Better", "content": "The webcam was replaced."},
    ),
    "DELETE /reviews/{reviewId}": Note(_OWN, f"{_VENDOR}; the status for those of others is assumed", _NEW_REVIEW),
    "GET /ratings": Note("The document speaks of a request body; a GET has none, so these are query parameters.", _VENDOR),
    "POST /ratings": Note(
        "From 0 to 1. The answer does not say the id: look for it in the list.",
        f"{_VENDOR}; what a second rating of the same service does is assumed",
        body={"serviceversionId": "2405", "rating": 0.8},
    ),
    "GET /ratings/{ratingId}": Note("There is no way to delete a rating.", _VENDOR, {"ratingId": "701"}),
    "PUT /ratings/{ratingId}": Note(_OWN, f"{_VENDOR}; the status for those of others is assumed", _NEW_RATING, {"rating": 0.6}),
    "POST /services/export": Note(
        "For administrators of the catalog. Ids are those of services, with zeros in front.",
        f"{_VENDOR}; what is in the zip is not documented, and the sandbox's is its own",
        body=["000000000002419"],
    ),
    "POST /services/import": Note(
        "For administrators of the catalog. The file comes from the export of the same or of another catalog.",
        f"{_VENDOR}; what becomes of services that are there already is assumed",
        body={"file": "services.zip"},
    ),
}
