# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents leave open about ServiceDesk Plus Cloud and its accounts server.

The first choice is the default: what the documents say where they say it, else what a client saw, else a plausible guess.
"""

from __future__ import annotations

from ..switches import Switch

TOKENS: tuple[Switch, ...] = (
    Switch("token_parameters", "body", ("body", "either"), "where the accounts server reads its parameters"),
    Switch("token_error_status", 200, (200, 400, 401), "status of an answer with an error in it"),
    Switch("throttle_status", 400, (400, 200, 429), "status of the answer to one access token too many"),
    Switch("throttle_language", "en", ("en", "de"), "language of that answer: it is localised"),
    Switch("throttle_recovery", "window", ("window", "inactivity"), "the block ends with its window, or after a pause"),
    Switch("throttle_seconds", 600, None, "length of that window"),
    Switch("tokens_per_window", 10, None, "access tokens of one refresh token in a window"),
    Switch("active_tokens", 10, None, "valid access tokens of one refresh token (other pages say 15, 30); the oldest goes"),
    Switch("refresh_tokens", 20, None, "refresh tokens of one account; the oldest goes"),
    Switch("refresh_tokens_per_minute", 5, None, "new refresh tokens of one account"),
    Switch("token_seconds", 3600, None, "life of an access token"),
    Switch("code_seconds", 60, None, "life of an authorization code"),
    Switch("expires_in", "true", ("true", "short", "absent"), "short: 360, as in the document's second sample"),
    Switch("token_scope", "present", ("present", "absent"), "scope in the answer"),
    Switch("token_api_domain", "present", ("present", "absent"), "api_domain in the answer; it is not the API's host"),
    Switch("revoke_unknown", "error", ("error", "success"), "revoking what is not a token"),
    Switch("users_scope", "invalid", ("invalid", "valid"), "scopes SDPOnDemand.users.*, which the document does not list"),
    Switch("consent", "accepted", ("accepted", "refused"), "what the user does with an authorization request"),
)

ACCESS: tuple[Switch, ...] = (
    Switch("authorization_scheme", "either", ("either", "zoho_oauthtoken"), "also Bearer, or Zoho-oauthtoken only"),
    Switch(
        "auth_failure",
        "unauthorised",
        ("unauthorised", "invalid_oauthtoken", "4022", "html"),
        "body of a 401: no, wrong or expired token",
    ),
    Switch("scope_failure", "401", ("401", "403"), "missing scope: the answer to a wrong token, or error 4002"),
    Switch("accept", "documented", ("documented", "seen", "any"), "Accept: as documented, those seen to work (also none), any"),
    Switch("accept_failure", "html", ("html", "invalid_url"), "another Accept: the login page with status 200, or error 4007"),
    Switch("no_portal", "default", ("default", "invalid_url"), "URLs without a portal"),
    Switch("unknown_url", "invalid_url", ("invalid_url", "html_401"), "a path that does not exist"),
    Switch("action_routes", "cloud", ("cloud", "either"), "_close and the like: also without the underscore, as on premises"),
    Switch("pickup_route", "either", ("either", "pickup", "_pickup"), "spelling of that action"),
    Switch("cmdb_paths", "either", ("either", "nested", "bare"), "/cmdb/<type>, or /<type> alone"),
    Switch("custom_module_paths", "either", ("either", "bare", "nested"), "/cm_<name>, or /custom_modules/cm_<name>"),
    Switch("calls_per_minute", 0, None, "calls of one operation in a minute (0: any number); the document gives no numbers"),
    Switch("rate_limit_status", 429, (429, 400), "status of error 4015: documented, or as seen"),
    Switch("rate_limit_seconds", 60, None, "how long an operation is blocked after that"),
    Switch("retry_after", "absent", ("absent", "present"), "Retry-After with it"),
)

INPUT: tuple[Switch, ...] = (
    Switch("input_place", "either", ("either", "documented"), "input_data: query or form; or query of GET, form of the rest"),
    Switch("input_json", "strict", ("strict", "lenient"), "lenient: also what Python prints of a dictionary"),
    Switch("extra_keys", "refused", ("refused", "ignored"), "keys that are not known"),
    Switch("reference_case", "exact", ("exact", "ignored"), "case of names of statuses, groups and the like; never of e-mails"),
    Switch("unknown_requester", "created", ("created", "refused"), "a requester's unknown name"),
    Switch("html", "kept", ("kept", "wrapped"), "what becomes of a description"),
)

ANSWERS: tuple[Switch, ...] = (
    Switch(
        "response_status",
        "documented",
        ("documented", "object", "array"),
        "an array in lists and an object elsewhere, or one of them everywhere",
    ),
    Switch("json_type", "vendor", ("vendor", "plain"), "content type: the one of the Accept header, or application/json"),
    Switch("created_status", 200, (200, 201), "status of an answer to POST"),
    Switch("partial_status", "failed", ("failed", "success", "partially_failed"), "the word beside code 3000"),
    Switch("null_times", "null", ("null", "text"), 'times without value; text: "null"'),
    Switch("note_list", "whole", ("whole", "no_description"), "notes in lists"),
    Switch("note_author", "added", ("added", "created"), "added_by and added_time, or created_by and created_time"),
    Switch("note_answer", "request_note", ("request_note", "note"), "key of a note in the answer to POST and PUT"),
    Switch(
        "upload_answer",
        "files",
        ("files", "attachment", "attachments", "bare"),
        "answer to an upload: a list or an object below that key, or its keys beside response_status",
    ),
    Switch("attachment_id", "id", ("id", "file_id"), "key of an attachment's id"),
    Switch("attachment_size", "text", ("text", "number"), "size of an attachment"),
    Switch("attachment_url", "portal", ("portal", "relative"), "content_url: with /app/<portal>/api/v3, or without"),
)

LISTS: tuple[Switch, ...] = (
    Switch("default_rows", 10, None, "rows of a list without row_count"),
    Switch("row_count_over_100", "refused", ("refused", "clamped"), "more rows than documented"),
    Switch("default_order", "newest_first", ("newest_first", "oldest_first"), "order of a list without sort_field"),
    Switch("string_case", "ignored", ("ignored", "exact"), "case in search criteria"),
    Switch("bad_criteria", "refused", ("refused", "ignored"), "fields and conditions that are not known"),
    Switch("one_criterion_array", "accepted", ("accepted", "refused"), "an array with one criterion only"),
    Switch("fields_required", "only", ("only", "with_id", "ignored"), "fields of the rows when fields_required is given"),
    Switch("filter_by", "either", ("either", "name", "object"), "filter_by: a name, or an object with id or name"),
    Switch("trashed_in_lists", "hidden", ("hidden", "visible"), "trashed requests in lists"),
    Switch("index_lag_ms", 0, None, "time until lists show a new record"),
)

REQUESTS: tuple[Switch, ...] = (
    Switch("request_delete", "trash", ("trash", "purge"), "DELETE of a request"),
    Switch("delete_twice", "4016", ("4016", "4007"), "DELETE of a trashed request"),
    Switch("trash_routes", "absent", ("absent", "present"), "_move_to_trash, _restore_from_trash of requests"),
    Switch("edit_closed", "allowed", ("allowed", "refused"), "PUT on a closed request"),
    Switch("closure_rules", "off", ("off", "on"), "on: a resolution and a closure code are needed to close (4003)"),
    Switch("priority_rule", "off", ("off", "refused", "partial"), "whether priority follows from impact and urgency"),
    Switch("status_change_comment", "required", ("required", "optional"), "a change's new status needs a comment"),
    Switch("change_mandatory", "title", ("title", "title_stage_status"), "mandatory fields of a change"),
)

APPROVALS: tuple[Switch, ...] = (
    Switch("new_approval", "Pending Approval", ("Pending Approval", "To Be Sent"), "status of an approval that was added"),
    Switch(
        "decided_again",
        "4001",
        ("4001", "4002", "unchanged", "takes_effect"),
        "deciding what is decided: an error, nothing, or the new decision",
    ),
    Switch("approval_rule", "everyone", ("everyone", "anyone", "first_response"), "when a level is decided"),
    Switch("rejected_request", "stays_open", ("stays_open", "closed"), "a request after its rejection"),
)

SWITCHES = (*TOKENS, *ACCESS, *INPUT, *ANSWERS, *LISTS, *REQUESTS, *APPROVALS)
