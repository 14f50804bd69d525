# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter deskops.itsm.desk_report: the public face of the report in plugin_utils."""

from __future__ import annotations

DOCUMENTATION = r"""
name: desk_report
short_description: Work out what a report on requests shows
version_added: 1.0.0
author: deskops.itsm contributors (!UNKNOWN)
description:
  - Takes requests, what was decided about them, and catalogs, and returns the figures, charts and tables of a report.
  - It is what the role C(deskops.itsm.desk_report) is made with, for those who want a page, a mail or a message of their own.
  - All text in the result is on one line, without control characters and without marks that change the direction of writing.
    It is not escaped for HTML or anything else.
options:
  _input:
    description:
      - The requests, as RV(deskops.itsm.request_info#module:records) has them, of one platform or several.
      - Of several records with the same C(platform) and C(id), the last one counts.
    type: list
    elements: dict
    required: true
  now:
    description:
      - The time that ages are counted to, as ISO 8601.
    type: str
    required: true
  decisions:
    description:
      - What was decided, as C(decisions) of the variable C(approval_queue_result) of the role C(deskops.itsm.approval_queue),
        or what the filter P(deskops.itsm.decide#filter) returns. Several on the same request are in the order of time.
      - A decision can have a C(platform). Without one it belongs to the first request with its C(request_id).
    type: list
    elements: dict
    default: []
  catalogs:
    description:
      - Catalogs, each with C(platform), C(services) and C(categories) as M(deskops.itsm.catalog_info) returns them.
    type: list
    elements: dict
    default: []
  platforms:
    description:
      - Platforms that are reported on even if they have no request.
    type: list
    elements: str
    default: []
  since:
    description:
      - Requests that have ended and were not changed at this time or later are left out. Those that wait or are under way
        always count.
    type: str
  rows:
    description:
      - How many rows a table has at most. RV(_value.queue) and the others tell how many there are.
    type: int
    default: 100
  previous:
    description:
      - The RV(_value.marker) of an earlier report. If the data are still the same, the ages are counted to the time of that
        report, so that it need not be written again.
    type: str
    default: ''
  refresh:
    description:
      - For how many seconds O(previous) holds.
    type: int
    default: 3600
seealso:
  - module: deskops.itsm.request_info
  - module: deskops.itsm.catalog_info
  - plugin: deskops.itsm.decide
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all requests
  deskops.itsm.request_info:
    platform: bmc_dwp
  register: read

- name: Complain if an approval is overdue
  ansible.builtin.assert:
    that: (desk.figures.oldest_hours or 0) < 48
    fail_msg: "{{ desk.figures.pending }} requests wait for an approval, the oldest one for {{ desk.figures.oldest_hours }} hours"
  vars:
    desk: "{{ read.records | deskops.itsm.desk_report(now=now(utc=true).isoformat() ~ 'Z') }}"

- name: Write all requests and decisions as a table
  ansible.builtin.copy:
    content: "{{ (read.records | deskops.itsm.desk_report(now='2026-11-20T08:00:00Z')).csv }}"
    dest: /var/lib/desk/requests.csv
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    as_of:
      description: The time that ages are counted to, for people. C(as_of_iso) is the same as ISO 8601.
      type: str
      sample: 2026-11-20 08:00 UTC
    marker:
      description: The time and a digest of the data, to be given as O(previous).
      type: str
    figures:
      description:
        - The numbers C(requests), C(pending), C(quarantined), C(approved), C(denied), C(decisions_failed), C(orders_open),
          C(orders_completed) and C(orders_failed).
        - C(oldest_hours) is the age of the oldest request that waits, C(median_hours) what it took to fulfil an order,
          both in hours and V(null) if there is none.
      type: dict
      sample: {requests: 57, pending: 12, quarantined: 0, oldest_hours: 301.5, approved: 3, denied: 5, decisions_failed: 0,
        orders_open: 24, orders_completed: 20, orders_failed: 1, median_hours: 2.0}
    tiles:
      description: The figures for people, each with C(key), C(label), C(value) and C(note).
      type: list
      elements: dict
    platforms:
      description: The figures of each platform, with its C(name) and C(label).
      type: list
      elements: dict
    queue:
      description:
        - What waits for a decision, the oldest first, as C(rows), with C(total), C(shown) and C(hidden), how many there are, are
          in the rows, and are not.
        - C(ages) is a chart with C(columns), each with C(label), C(count) and C(share) of the fullest, and a C(summary).
      type: dict
    decisions:
      description: What was decided, the newest first, with the keys of RV(_value.queue), and C(rules), what each rule came to.
      type: dict
    orders:
      description: Orders and tickets by C(states) and C(services), C(durations) until they were fulfilled, and C(attention),
        those that are open or have failed.
      type: dict
    catalogs:
      description: Each catalog as a tree of C(branches), each with C(name), C(services), C(children) and C(count).
      type: list
      elements: dict
    notes:
      description: What a reader has to know about the data.
      type: list
      elements: str
    csv:
      description: All requests and decisions as comma-separated values, none of which a spreadsheet takes for a formula.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.deskops.itsm.plugins.plugin_utils import desk_report as engine


def desk_report(
    records: Any,
    now: Any,
    decisions: Any = (),
    catalogs: Any = (),
    platforms: Any = (),
    since: Any = None,
    rows: Any = 100,
    previous: Any = "",
    refresh: Any = 3600,
) -> dict[str, Any]:
    try:
        settings = engine.settings_of(now, since, rows, previous, refresh)
        return engine.report(records, decisions, catalogs, platforms, settings)
    except engine.ReportError as error:
        raise AnsibleFilterError(f"deskops.itsm.desk_report: {error}") from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"desk_report": desk_report}
