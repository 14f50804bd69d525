# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The open questions about the API, each with a default and the other plausible answers.

The vendor's documents say nothing (or contradict the clients) on every one of these points. Defaults are the stricter
or, where a public client shows one, the observed answer.
"""

from __future__ import annotations

from ..switches import Switch

_NOOP = ("204", "400", "409")

SWITCHES: tuple[Switch, ...] = (
    # --- words and fields of a row
    Switch(
        "approved_status_text",
        "Open",
        ("Open", "Approved"),
        "status of an approved request that has not been started (code 0)",
    ),
    Switch("pending_status_text", "Pending", ("Pending", "Pending approval"), "status of a request that waits (code 4)"),
    Switch(
        "link_key",
        "auditlogLink",
        ("auditlogLink", "auditLogLink"),
        "spelling of the link's key in requests and audit log",
    ),
    Switch("email_keys", "present", ("present", "absent"), "approvedByEmail and deniedByEmail, which older rows lack"),
    Switch(
        "preapproved_on_requests",
        "absent",
        ("absent", "present"),
        "application.preapproved on requests (it is always in the audit log)",
    ),
    Switch("anonymous_decider", "null", ("null", "API"), "approvedBy / deniedBy when no portal user was named"),
    Switch("auditlog_id", "own", ("own", "same_as_request"), "id of an audit log entry that comes from a request"),
    Switch(
        "uninventoried_fields",
        "null",
        ("null", "absent", "shells"),
        "parts of a computer without inventory data (shells: objects of nulls)",
    ),
    Switch("linux_platform_code", 3, (3, 4, 0), "platformCode of Linux"),
    # --- deciding
    Switch(
        "decide_approved",
        "204",
        _NOOP,
        "PUT/DELETE on an approved or running request: nothing happens, but with which code",
    ),
    Switch("decide_denied", "204", _NOOP, "PUT/DELETE on a denied request"),
    Switch("decide_finished", "204", _NOOP, "PUT/DELETE on a finished request"),
    Switch("decide_expired", "204", _NOOP, "PUT/DELETE on an expired request"),
    Switch("decide_quarantined", "204", (*_NOOP, "takes_effect"), "PUT/DELETE on a quarantined request"),
    Switch("decided_rows", "kept", ("kept", "removed"), "whether decided requests stay readable under /requests"),
    # --- errors
    Switch(
        "not_found",
        "404_message",
        ("404_message", "404_empty", "200_null", "500_message"),
        "answer for an unknown id or computer",
    ),
    Switch("unknown_subject", "empty", ("empty", "not_found"), "audit log or events of an unknown computer or user"),
    Switch("auth_failure_status", 500, (500, 401, 403), "status for a wrong key"),
    Switch("missing_key_status", 500, (500, 401, 403), "status when no key is sent"),
    Switch("bad_value", "400", ("400", "500", "ignore"), "a filter value that cannot be read (number, bit, date, ticks)"),
    Switch("trailing_slash", "404", ("404", "tolerated"), "a path that ends in a slash"),
    Switch("json_charset", "with", ("with", "without"), "charset in the content type of JSON answers"),
    # --- filters
    Switch("over_max_take", "clamp", ("clamp", "400"), "take or last above the maximum"),
    Switch("last_with_take", "400", ("400", "last_wins", "take_wins"), "last together with take or startid"),
    Switch("param_precedence", "query", ("query", "header"), "which counts when a filter comes as query and as header"),
    Switch("header_charset", "latin-1", ("latin-1", "utf-8"), "how text in headers is read"),
    Switch(
        "approved_filter",
        "open_running_finished",
        ("open_running_finished", "open_running", "open"),
        "what status=Approved includes",
    ),
    Switch(
        "unknown_status_filter",
        "400",
        ("400", "empty", "ignore", "match_status"),
        "status other than Pending, Approved, Denied, Quarantined",
    ),
    Switch(
        "session_filter",
        "all_sessions",
        ("all_sessions", "admin_sessions"),
        "whether type=session includes server sessions",
    ),
    Switch(
        "days_with_startid",
        "applies",
        ("applies", "lifted"),
        "the default window of 30 days when startid is given without dates",
    ),
    Switch("startdate", "inclusive", ("inclusive", "exclusive"), "whether entries of the start date itself are included"),
    Switch("date_zone", "utc", ("utc", "local"), "zone in which startdate and enddate are compared"),
    Switch("date_format", "date_only", ("date_only", "date_or_time"), "whether a date with time of day is accepted"),
    Switch(
        "delta_history",
        "when_filtered",
        ("when_filtered", "never"),
        "rows of /auditlog/delta without deltaTime, if other filters are given",
    ),
    Switch("user_path_domain", "accepted", ("accepted", "not_matched"), "DOMAIN\\user as the user of a path"),
    Switch(
        "digits_name",
        "id_then_name",
        ("id_then_name", "id_only", "name_then_id"),
        "an all-digit segment after /inventory",
    ),
    Switch("duplicate_name", "first", ("first", "newest"), "which of several computers of one name answers"),
    # --- other answers
    Switch("inventory_delete_status", 204, (204, 200), "status of DELETE on a computer"),
    Switch("pin_digits", 10, (6, 8, 10), "length of an issued PIN"),
    Switch("pin_error_status", 500, (500, 400), "status when a challenge PIN is asked for without a valid pin1"),
    # --- quota and brute force, all off by default
    Switch("calls_per_minute", 0, None, "calls accepted in a minute"),
    Switch("calls_per_day", 0, None, "calls accepted in a day of the sandbox's clock"),
    Switch(
        "quota_answer",
        "429_retry_after",
        ("429_retry_after", "429_reset_header", "429", "403"),
        "answer to a call over the quota",
    ),
    Switch("brute_force_limit", 0, None, "wrong keys in a row that lock the API for a minute"),
    Switch("brute_force_answer", "auth_failure", ("auth_failure", "429"), "answer while the API is locked"),
)
