# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The open questions about the API, each with a default and the other plausible answers.

Where the document, or a client that was seen to work, gives an answer, that is the default; elsewhere the stricter one.
"""

from __future__ import annotations

from ..switches import Switch

_STATUSES = (400, 422, 409, 404, 500)

ACCESS: tuple[Switch, ...] = (
    Switch("bundle_scope", "required", ("required", "ignored"), "header default-bundle-scope on every call"),
    Switch("requested_by", "required", ("required", "ignored"), "header X-Requested-By on every call but GET"),
    Switch("content_type", "required", ("required", "ignored"), "Content-Type application/json on JSON bodies"),
    Switch(
        "missing_requested_by_status",
        400,
        (400, 403, 404, 500),
        "status without X-Requested-By (attachments: always 404 with message 8790, as reported)",
    ),
    Switch("token_seconds", 1800, None, "life of a token; the document says about half an hour (0: it never ends)"),
    Switch(
        "login_answer",
        "text_and_cookie",
        ("text_and_cookie", "text_only", "cookie_only", "quoted"),
        "where a login's answer holds the token (quoted: the text in double quotes)",
    ),
    Switch("login_failure_status", 401, (401, 400, 403, 500), "status for a wrong password"),
    Switch(
        "auth_failure",
        "401_empty",
        ("401_empty", "401_object", "403_empty", "html_200", "redirect_302"),
        "answer without a valid token (the last two: a single sign-on in front)",
    ),
    Switch(
        "two_carriers",
        "refused",
        ("refused", "header", "cookie", "always_refused"),
        "which token counts if header and cookie differ (always_refused: not even twice the same)",
    ),
    Switch(
        "authorization_scheme",
        "ar_jwt",
        ("ar_jwt", "also_jwt", "also_bearer"),
        "schemes of the Authorization header beside AR-JWT",
    ),
    Switch(
        "error_shape",
        "by_area",
        ("by_area", "message", "message_data", "code_message", "platform", "platform_list", "empty"),
        "shape of error bodies; by_area: reviews and ratings {message}, login {message,data}, requests the platform's object, "
        "others {code,message}",
    ),
    Switch("validation_status", 400, _STATUSES, "status for a request that cannot be understood"),
    Switch("forbidden_status", 403, (403, 401, 404, 500), "status for what needs another role"),
)

SPELLING: tuple[Switch, ...] = (
    Switch(
        "key_family",
        "serviceversionId",
        ("serviceversionId", "serviceId"),
        "names of a service's id: the document's, or those of live clients",
    ),
    Switch("key_check", "strict", ("strict", "tolerant"), "whether the other family's names are refused in requests"),
    Switch("unknown_keys", "rejected", ("rejected", "ignored"), "keys in a body that are not documented"),
    Switch("query_names", "exact", ("exact", "any_case"), "requestedfor, but requestedFor in one place: as written, or any case"),
    Switch("user_ids", "exact", ("exact", "any_case"), "case of login ids"),
    Switch("prefill_list", "either", ("either", "repeated", "comma"), "several prefillRequestIds"),
    Switch("orders_items", "objects", ("objects", "either"), "POST /orders: the example's objects, or the table's strings too"),
    Switch("activity_params", "either", ("either", "body", "query"), "comment: the example's body or the table's query"),
    Switch("attachment_params", "either", ("either", "form", "query"), "attachment: form parts or the table's query"),
    Switch("answers_path", "service", ("service", "either"), "whether a request's id will do in the path of answers"),
    Switch("active_status", "ACTIVE", ("ACTIVE", "IN_PROGRESS"), "word for a request at work"),
    Switch(
        "waiting_status",
        "WAITING_APPROVAL",
        ("WAITING_APPROVAL", "WAITING_FOR_APPROVAL", "PENDING_APPROVAL", "Waiting Approval"),
        "word for a request that waits for its approval",
    ),
    Switch("cancelled_status", "CANCELLED", ("CANCELLED", "CANCELED"), "word for a cancelled request"),
    Switch("status_reason", "absent", ("absent", "present"), "statusReason in a request's status"),
    Switch(
        "extra_request_fields",
        "absent",
        ("absent", "present"),
        "summary, orderId, orderTitle, externalActivities in a request as read",
    ),
)

CATALOG: tuple[Switch, ...] = (
    Switch("full_catalog_view", "off", ("off", "on"), "on: services are listed also to those who may not order them"),
    Switch("service_not_entitled", "200", ("200", "403", "404"), "one service, not entitled (200: entitled is false)"),
    Switch(
        "unknown_requestedfor",
        "nobody",
        ("nobody", "404", "400", "current_user"),
        "requestedfor or requestedby names no user (nobody: entitled to nothing, and without requests)",
    ),
    Switch("unknown_group", "empty", ("empty", "404"), "categories of an unknown group"),
    Switch("bad_depth", "400", ("400", "clamp"), "depth other than 1, 2, 3"),
    Switch("search_none", "400", ("400", "all", "empty"), "search without a criterion"),
    Switch("search_several", "400", ("400", "first", "empty"), "search with several criteria (documented as not allowed)"),
    Switch(
        "title_match",
        "word",
        ("word", "whole", "prefix", "contains"),
        "what a title search compares: all its words, the whole name, its beginning, a part",
    ),
    Switch("category_search", "itself", ("itself", "below_too"), "services that a search by category finds"),
    Switch("title_tags", "yes", ("yes", "no"), "whether a title search also matches a whole tag"),
    Switch("title_case", "ignored", ("ignored", "exact"), "case in a title search"),
    Switch("page_size_omitted", "default", ("default", "total"), "pageSize in the answer when perPage was not sent: -1, or all"),
)

ORDERS: tuple[Switch, ...] = (
    Switch("initiate_status", 200, (200, 201), "status of POST /requests: the document's, or what a client expects"),
    Switch(
        "batch_errors",
        "200",
        ("200", "200_unless_all", "400"),
        "some of several fail: requestErrors (200), an error only if all fail, or an error and nothing is done",
    ),
    Switch(
        "not_entitled_order",
        "request_errors",
        ("request_errors", "403", "404", "400"),
        "a service is asked for a user who is not entitled to it: an entry of requestErrors, or the call fails",
    ),
    Switch("request_error_shape", "object", ("object", "message", "text"), "an entry of requestErrors"),
    Switch("order_errors_at", "top", ("top", "details"), "POST /orders/requests: requestErrors of the order or of its details"),
    Switch("order_details", "filled", ("filled", "empty"), "requestDetails of POST /orders/requests"),
    Switch("details_order", "input", ("input", "reversed"), "order of requestDetails"),
    Switch("orders_answer", "as_example", ("as_example", "with_details", "empty_body"), "answer of POST /orders"),
    Switch("bundle_details", "parent", ("parent", "parts"), "requestDetails of an ordered bundle: one, or one for each part"),
    Switch("bundle_parts_in_reads", "visible", ("visible", "hidden"), "whether the parts of a bundle show up in lists"),
    Switch(
        "double_order",
        "error",
        ("error", "same_order", "nothing", "second_request"),
        "a request is ordered again: an entry of requestErrors, the id of its order, a new order id with nothing in it, or it is "
        "fulfilled a second time, as a request of its own",
    ),
    Switch(
        "missing_answers",
        "request_errors",
        ("request_errors", "400", "accepted"),
        "POST /orders while required questions are not answered",
    ),
    Switch(
        "one_call_missing_answers",
        "request_errors",
        ("request_errors", "400", "accepted"),
        "POST /orders/requests for a service with required questions",
    ),
    Switch(
        "one_call_questions",
        "unknown_key",
        ("unknown_key", "accepted"),
        "questions in POST /orders/requests, where the document does not have them",
    ),
    Switch("no_questionnaire", "null", ("null", "no_pages", "404"), "questionnaire of a service that asks nothing"),
    Switch("check_boxes_type", "CheckBoxes", ("CheckBoxes", "Checkbox", "MultiSelect"), "type of questions with check boxes"),
    Switch("date_type", "DatePicker", ("DatePicker", "Date", "DateTime"), "type of questions for a date"),
    Switch(
        "date_answers",
        "date",
        ("date", "time", "epoch_ms", "any"),
        "answers to those: 2026-06-01, 2026-06-01T12:00:00.000+0000, milliseconds, or any of the three",
    ),
    Switch("hidden_required", "not_needed", ("not_needed", "needed"), "required questions that a condition hides"),
    Switch("user_limit", 20, None, "users of one request (0: any number)"),
    Switch("over_user_limit", "400", ("400", "request_errors"), "more users than that"),
    Switch("on_behalf", "anyone", ("anyone", "agents"), "who may order for others"),
    Switch(
        "changes_shape",
        "map",
        ("map", "lists", "options_only", "empty_object", "empty_body"),
        "answer to an answered question: by question id an object, a list of changes (all, or only those of options, "
        "which a client saw), or nothing",
    ),
    Switch("confidential_answers", "masked", ("masked", "plain", "omitted"), "confidential answers when read"),
    Switch("request_ids", "small", ("small", "big"), "big: above 2^53"),
    Switch("order_ids", "big", ("big", "small"), "big: above 2^53"),
)

READS: tuple[Switch, ...] = (
    Switch("drafts_in_reads", "hidden", ("hidden", "visible"), "requests that were not ordered yet, in reads"),
    Switch("new_in_lists", "visible", ("visible", "hidden"), "requests in status NEW under GET /services/requests"),
    Switch("late_visibility_ms", 0, None, "time from an order until reads show it"),
    Switch("late_visibility_reads", 0, None, "how many reads miss a new request before it shows up"),
    Switch("workflow_start_ms", 200, None, "time from NEW to ACTIVE or waiting for approval (0: by control call)"),
    Switch("workflow_work_ms", 1000, None, "time from ACTIVE to the end (0: by control call)"),
    Switch("myrequests_scope", "by", ("by", "for", "by_or_for"), "whose requests the current user's are"),
    Switch(
        "unfiltered_requests",
        "readable",
        ("readable", "own"),
        "GET /services/requests without a user: all that one may read, or those by or for oneself",
    ),
    Switch("list_order", "newest_first", ("newest_first", "oldest_first"), "order of GET /services/requests"),
    Switch("foreign_requests", "404", ("404", "403", "readable"), "requests of others, for who is neither admin nor agent"),
    Switch("activities_order", "newest_first", ("newest_first", "oldest_first"), "order of comments"),
    Switch("internal_comments", "creator", ("creator", "agents_too"), "who reads INTERNAL comments; the document: the creator"),
    Switch("comment_markup", "plain", ("plain", "html"), "html: comments are kept as a paragraph"),
    Switch("attachment_shape", "object", ("object", "name_only", "other_object"), "an entry of attachments"),
    Switch("max_attachment_bytes", 0, None, "largest file (0: any size); above it 413"),
    Switch(
        "attachment_types",
        "any",
        ("any", "documents"),
        "files: all, or by the end of their name (txt pdf png jpg csv docx xlsx zip)",
    ),
)

OPINIONS: tuple[Switch, ...] = (
    Switch("missing_entry_status", 404, (404, 500, 400, 200), 'status of "ERROR (302): Entry does not exist in database"'),
    Switch("not_owner_status", 403, (403, 400, 404, 500), "status for changing what another user wrote"),
    Switch("second_review", "added", ("added", "replaces", "409"), "a user's second review of a service"),
    Switch("second_rating", "added", ("added", "replaces", "409"), "a user's second rating of a service"),
    Switch("service_rating", "all", ("all", "latest_per_user"), "ratings that count for the rating of a service"),
    Switch("late_opinions_ms", 0, None, "time until lists show a new review or rating"),
    Switch("created_location", "absent", ("absent", "present"), "Location in the answer to a new review or rating"),
    Switch("put_review_omitted", "kept", ("kept", "reset"), "title or content that an update leaves out"),
)

TRANSFER: tuple[Switch, ...] = (
    Switch(
        "export_id_of",
        "version",
        ("version", "service"),
        "what the 15 digits are: the padded short id, or a number of their own (only /_sandbox/state knows it)",
    ),
    Switch("export_accepts", "either", ("either", "padded", "short"), "ids that an export takes"),
    Switch(
        "export_content_type",
        "application/zip",
        ("application/zip", "application/x-zip-compressed", "application/octet-stream"),
        "content type of an export",
    ),
    Switch("export_status", 200, (200, 201), "status of an export"),
    Switch("export_file_name", "present", ("present", "absent"), "Content-Disposition of an export"),
    Switch("import_content_type", "strict", ("strict", "any"), "content type of the uploaded part"),
    Switch("import_revision", "published", ("published", "draft"), "stage of what an import adds"),
    Switch("revision_ids", "kept", ("kept", "new"), "id of a service after a published import"),
    Switch("import_answer", "empty", ("empty", "summary"), "body of an import's answer"),
)

SWITCHES = (*ACCESS, *SPELLING, *CATALOG, *ORDERS, *READS, *OPINIONS, *TRANSFER)
