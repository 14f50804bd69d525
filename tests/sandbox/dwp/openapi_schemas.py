# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemas of the OpenAPI document: the JSON shapes of the API, with the document's key family."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$"


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def text(about: str = "", null: bool = False, **more: Any) -> Schema:
    described = {"description": about} if about else {}
    return {"type": "string", **({"nullable": True} if null else {}), **described, **more}


def number(about: str = "", **more: Any) -> Schema:
    return {**text(about), "type": "integer", **more}


def real(**more: Any) -> Schema:
    return {"type": "number", **more}


def flag(about: str = "") -> Schema:
    return {**text(about), "type": "boolean"}


def many(items: Schema, null: bool = False) -> Schema:
    return {"type": "array", "items": items, **({"nullable": True} if null else {})}


def record(properties: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """An object whose keys are all there, but the optional ones, and no others."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _id(about: str = "") -> Schema:
    return text(about, pattern=r"^\d+$")


def _time() -> Schema:
    return text(pattern=_TIME)


def _null() -> Schema:
    return {"nullable": True, "type": "object", "enum": [None]}


_CATEGORY_REST = {
    "name": text(),
    "categoryGroupId": _id(),
    "parentId": text("null at the top", null=True),
    "childCount": number("direct descendants"),
    "subCategories": _null(),
}
_COSTS = {"onceCost": real(), "monthlyCost": real(), "yearlyCost": real()}
_SERVICE = {
    "serviceType": text(),
    "templateType": text(),
    "id": _id(),
    "name": text(),
    "iconUrl": text(),
    "rating": real(minimum=0, maximum=1),
    "modifiedDate": _time(),
    "createdDate": _time(),
    "ratingCount": number(),
    "categories": many(ref("CategoryOfService")),
    "price": ref("Price"),
    **_COSTS,
    "bundledServices": many(ref("ServiceSummary")),
    "entitled": flag(),
}
_OPINION = {"id": _id(), "serviceversionId": _id(), "userId": text("not the login")}
_ORDER_ERRORS = many({}, null=False)

SCHEMAS: dict[str, Schema] = {
    "Login": record({"id": text("login id"), "password": text(format="password")}),
    "Category": record({"id": _id(), "guid": text("null but in the full list", null=True), **_CATEGORY_REST}),
    "CategoryOfService": record({"id": _id(), **_CATEGORY_REST}),
    "CategoryGroup": record(
        {
            "id": _id(),
            "guid": text(),
            "name": text(),
            "description": text(),
            "systemId": text(),
            "groupStatus": text(),
            "childCount": number(),
            "categories": _null(),
        }
    ),
    "Categories": record({"pageSize": number(), "page": number(), "categories": many(ref("Category")), "total": number()}),
    "Price": record(
        {
            "paymentType": text(enum=["Free", "Once", "Recurring"]),
            "currency": text(),
            "paymentSchedule": text(enum=["Monthly", "Yearly", ""]),
        },
        optional=("paymentSchedule",),
    ),
    "ProvisioningTime": record({"type": text(), "value": number(), "timeUnit": text()}),
    "ServiceSummary": record(
        {**_SERVICE, "excerpt": text(), "provisioningTime": ref("ProvisioningTime")}, optional=("provisioningTime",)
    ),
    "ServiceDetail": record(
        {
            **_SERVICE,
            "description": text("HTML"),
            "supplier": record({"id": _id(), "name": text()}),
            "dynamicFields": many(record({"title": text(), "content": text(), "documents": many({})})),
            "media": many(record({"type": text(), "url": text()})),
        }
    ),
    "Services": record({"services": many(ref("ServiceSummary")), "pageSize": number(), "page": number(), "total": number()}),
    "ServiceCriterion": record(
        {"serviceversionIds": many(_id()), "categoryId": _id(), "title": text("name or tag; no wildcards")},
        optional=("serviceversionIds", "categoryId", "title"),
    ),
    "QuestionAnswer": record({"questionId": text(), "answers": many(text())}),
    "Initiate": record(
        {
            "serviceversionId": _id(),
            "requestForUserIds": many(text()),
            "excludedServiceversionIds": many(_id()),
            "quantity": number(minimum=1, default=1),
            "dependencies": {"type": "object"},
            "referenceRequestId": text(),
            "myStuffItemId": text(),
            "onBehalfOfUserId": text(),
            "questions": many(ref("QuestionAnswer")),
        },
        optional=(
            *("requestForUserIds", "excludedServiceversionIds", "quantity", "dependencies", "referenceRequestId"),
            *("myStuffItemId", "onBehalfOfUserId", "questions"),
        ),
    ),
    "Initiated": record(
        {
            "serviceversionId": _id(),
            "bundleRequestId": text(null=True),
            "requests": many(
                record(
                    {
                        "requestId": _id(),
                        "externalId": _null(),
                        "dependencies": _null(),
                        "questionnaire": _null(),
                        "onStartChanges": {"type": "object"},
                        "serviceversionId": _id(),
                    }
                )
            ),
            "requestErrors": _ORDER_ERRORS,
        }
    ),
    "Option": record(
        {"dataValue": text(), "displayValue": {"description": "a text, or the columns of a row", "oneOf": [text(), many(text())]}}
    ),
    "PageItem": record(
        {
            "type": text(
                enum=[
                    *("TextField", "TextArea", "RadioButtons", "Dropdown", "YesNo", "DataTable", "MultiSelectDataTable"),
                    *("CheckBoxes", "DatePicker"),
                ]
            ),
            "id": text(),
            "externalId": _null(),
            "perUser": flag(),
            "visible": flag(),
            "useDefaultLocale": flag(),
            "label": text(),
            "description": text(),
            "required": flag(),
            "hidden": flag(),
            "readOnly": flag(),
            "answerSource": text(),
            "tags": many(text()),
            "defaultAnswer": text(null=True),
            "defaultAnswers": many(text()),
            "maxLength": {"type": "integer", "nullable": True},
            "options": many(ref("Option")),
            "confidential": flag(),
        },
        optional=("defaultAnswer", "defaultAnswers", "maxLength", "options"),
    ),
    "Questionnaire": record(
        {
            "id": _id(),
            **{
                name: _null()
                for name in (
                    "guid",
                    "createDate",
                    "modifiedDate",
                    "rxId",
                    "summary",
                    "workflowId",
                    "questionnaireGroupId",
                    "name",
                )
            },
            "bulkRequestedForUserLimit": number(),
            "pages": many(
                record(
                    {
                        "id": text(),
                        "externalId": _null(),
                        "perUser": flag(),
                        "title": text(),
                        "pageItems": many(ref("PageItem")),
                    }
                )
            ),
            "useDefaultLanguage": flag(),
        }
    )
    | {"nullable": True},
    "QuestionnaireOf": record({"questionnaire": ref("Questionnaire")}),
    "GiveAnswer": record(
        {"questionnaireId": text(), "questionId": text(), "answers": many(text()), "serviceRequestId": _id()},
        optional=("questionnaireId",),
    ),
    "Changes": {
        "type": "object",
        "description": "by question id",
        "additionalProperties": record({"answers": many(text()), "options": many(ref("Option")), "visible": flag()}),
    },
    "PlaceOrder": record({"requests": many(record({"id": _id()}))}),
    "ExternalActivity": record(
        {
            "externalActivityId": text(),
            "externalActivityDisplayId": text(),
            "externalActivityType": text(),
            "externalSubCatalogId": text(),
            "connectionName": text(),
            "connectionId": text(),
        },
        optional=(
            *("externalActivityDisplayId", "externalActivityType", "externalSubCatalogId", "connectionName"),
            "connectionId",
        ),
    ),
    "OrderEntry": record(
        {
            "serviceversionId": _id(),
            "requestForUserIds": many(text()),
            "excludedServiceversionIds": many(_id()),
            "dependencies": many(_id()),
            "quantity": number(minimum=1, default=1),
            "referenceRequestId": text(),
            "myStuffItemId": text(),
            "onBehalfOfUserId": text(),
            "requestedByUserId": text(),
            "summary": text(),
            "externalActivities": many(ref("ExternalActivity")),
        },
        optional=(
            *("requestForUserIds", "excludedServiceversionIds", "dependencies", "quantity", "referenceRequestId"),
            *("myStuffItemId", "onBehalfOfUserId", "requestedByUserId", "summary", "externalActivities"),
        ),
    ),
    "OrderInOneCall": record(
        {"title": text(), "collaboratorsEnabled": flag(), "serviceRequests": many(ref("OrderEntry"))},
        optional=("title", "collaboratorsEnabled"),
    ),
    "Ordered": record(
        {
            "id": text(null=True),
            "requestErrors": _ORDER_ERRORS,
            "requestDetails": many(
                record(
                    {
                        "id": text("the request", null=True),
                        "expectedDate": _null(),
                        "generatesSrmRequest": flag(),
                        "requestErrors": many({}, null=True),
                        "collaborators": many(text(), null=True),
                    }
                )
            ),
            "expectedDate": _null(),
        }
    ),
    "RequestStatus": record(
        {
            "id": _id(),
            "serviceversionId": _id(),
            "status": text(),
            "startTime": _time(),
            "lastModifiedTime": _time(),
            "completeTime": _time(),
        },
        optional=("completeTime",),
    ),
    "MyRequests": record({"totalSize": number(), "data": many(ref("RequestStatus"))}),
    "ServiceRequest": record(
        {
            "id": _id(),
            "requestingUserId": text(),
            "requestForUserId": text(),
            "name": text(),
            "description": text("HTML"),
            "excerpt": text(),
            "price": ref("Price"),
            "status": ref("RequestStatus"),
            "provisioningTime": ref("ProvisioningTime"),
            "quantity": number(),
            "logoUrl": text(),
            **_COSTS,
        },
        optional=("provisioningTime",),
    ),
    "Answer": record(
        {
            "questionnaireId": _id(),
            "questionId": text(),
            "questionType": text(),
            "label": text(),
            "options": many(ref("Option")),
            "answers": many(text()),
        }
    ),
    "Comment": record(
        {"text": text(), "visibility": text(enum=["PUBLIC", "INTERNAL"]), "broadcast": flag(), "authorLoginID": text()},
        optional=("authorLoginID",),
    ),
    "Upload": record(
        {
            "activityLog": text("comment"),
            "visibility": text(enum=["PUBLIC", "INTERNAL"]),
            "broadcast": flag(),
            "authorLoginID": text(),
            "attachmentNames": text("name of the file"),
            "file": text(format="binary"),
        },
        optional=("authorLoginID",),
    ),
    "Activity": record(
        {
            "id": _id(),
            "serviceRequestId": _id(),
            "message": text(),
            "activityLogType": _null(),
            "authorLoginId": text(),
            "authorFullName": text(null=True),
            "createDate": _time(),
            "modifiedDate": _time(),
            "visibility": text(enum=["PUBLIC", "INTERNAL"]),
            "attachments": many({"description": "not documented"}),
        }
    ),
    "Review": record({**_OPINION, "title": text(), "content": text(), "modifiedDate": _time()}),
    "Reviews": record({"reviews": many(ref("Review")), "pageSize": number(), "page": number(), "total": number()}),
    "NewReview": record({"serviceversionId": _id(), "title": text(), "content": text()}),
    "ChangedReview": record({"title": text(), "content": text()}, optional=("title", "content")),
    "Rating": record({**_OPINION, "rating": real(minimum=0, maximum=1), "modifiedDate": _time()}, optional=("modifiedDate",)),
    "Ratings": record({"ratings": many(ref("Rating")), "pageSize": number(), "page": number(), "total": number()}),
    "NewRating": record({"serviceversionId": _id(), "rating": real(minimum=0, maximum=1)}),
    "ChangedRating": record({"rating": real(minimum=0, maximum=1)}),
    "Archive": record({"file": text("a zip", format="binary")}),
    "MessageError": record({"message": text()}),
    "LoginError": record({"message": text("with the error's number"), "data": text("what it is about")}),
    "CodeError": record({"code": number(), "message": text()}),
    "PlatformError": record({"messageType": text(), "messageNumber": number(), "messageText": text(), "appendedText": text()}),
}
