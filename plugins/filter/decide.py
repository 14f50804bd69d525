# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter deskops.itsm.decide: the public face of the rule engine in plugin_utils."""

from __future__ import annotations

DOCUMENTATION = r"""
name: decide
short_description: Decide requests by rules
version_added: 1.0.0
author: deskops.itsm contributors (!UNKNOWN)
description:
  - Takes the requests of a queue and a list of rules, and returns one decision for each request, with the rule that
    made it and the values that it was made on. Decides only; M(deskops.itsm.request_approve) carries the decisions out.
  - The first rule that matches a request decides it. A request that no rule matches stays V(pending).
  - A path that no request of the batch has is warned about, as it is most likely misspelt.
positional: rules
options:
  _input:
    description:
      - The requests, as RV(deskops.itsm.request_info#module:records) has them.
      - Each is a mapping with an C(id); the other keys, and those of its C(raw), are what rules can ask for.
    type: list
    elements: dict
    required: true
  rules:
    description:
      - The rules, in the order in which they are tried.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The name that decisions and messages give the rule. It is unique.
        type: str
        required: true
      when:
        description:
          - A mapping of paths to conditions, all of which must hold. V({}) matches every request.
          - A path such as C(application.vendor) is looked up in the request and then in its C(raw).
          - Beside paths there can be C(all) and C(any) with a list of mappings like O(rules[].when), and C(not) with
            one such mapping, to any depth.
          - A condition that is a single value asks for just that value, and V(null) for a value that is null or absent.
            A condition that is a list asks for any of its members, which may themselves be conditions.
          - >-
            A condition that is a mapping consists of operators, all of which must hold:
            C(eq) and C(ne) (a value), C(in) (a list of values),
            C(glob) (a pattern or a list of patterns with C(*), C(?) and C([...]) for the whole value; a backslash is
            just a backslash), C(regex) (a Python regular expression or a list of them, found anywhere in the value),
            C(contains) (a part of a text or a member of a list),
            C(gt), C(lt), C(ge), C(le) (a number, or an ISO 8601 date or time),
            C(exists) (V(true) or V(false)),
            C(not) (a condition), C(any) and C(all) (a list of conditions).
          - Text is compared exactly. With C(ignore_case=true) beside them, C(eq), C(ne), C(in), C(glob), C(regex) and
            C(contains) do not tell upper from lower case.
          - A number equals its text, as ids are text in some places. A boolean equals only a boolean.
          - Of a list in the request, any member may satisfy the condition.
          - Values that cannot be compared do not match. A time without a zone is taken for UTC. Version numbers are not
            ordered as versions, V(24.10) is a number below V(24.9).
          - On a path that the request does not have, only V(null), C(exists=false) and C(not) match. C(exists) asks
            whether the request has the path, and a null counts; to ask for a value, use C(not) with V(null).
        type: dict
        required: true
      then:
        description:
          - The decision.
        type: str
        required: true
        choices: [approved, denied, pending]
      reason:
        description:
          - The reason of the decision. A path in braces, such as C({application.vendor}), is replaced by its value;
            if the request does not have the path, it stays as it is.
        type: str
      decided_by:
        description:
          - Who decides, as O(deskops.itsm.request_approve#module:decided_by) takes it.
        type: str
  decisions:
    description:
      - Decisions that were made in an external system. They win over the rules.
      - Decisions on requests that are not in the input are returned as well, after the others.
    type: list
    elements: dict
    default: []
    suboptions:
      request_id:
        description:
          - The C(id) of the request.
        type: str
        required: true
      state:
        description:
          - The decision.
        type: str
        required: true
        choices: [approved, denied, pending]
      reason:
        description:
          - The reason of the decision.
        type: str
      decided_by:
        description:
          - Who decided.
        type: str
seealso:
  - module: deskops.itsm.request_info
  - module: deskops.itsm.request_approve
"""

EXAMPLES = r"""
- name: Read the queue
  deskops.itsm.request_info:
    platform: admin_by_request
    status: [pending]
  register: queue

- name: Show what the rules make of it
  ansible.builtin.debug:
    msg: "{{ queue.records | deskops.itsm.decide(rules) }}"
  vars:
    rules:
      - name: malware
        when:
          application.scanResult: [Malicious, Suspicious]
        then: denied
        reason: The scanner calls {application.file} {application.scanResult}.
      - name: trusted vendors
        when:
          application.vendor: [Microsoft Corporation, Mozilla Foundation]
          application.scanResult: Clean
          user.account: {glob: 'NWIND\*', ignore_case: true}
          not:
            computer.name: {regex: '^SRV-[0-9]+$'}
        then: approved
        reason: Trusted vendor
        decided_by: desk@northwind.example
      - name: all the rest
        when: {}
        then: pending

- name: Let the decisions of an external system win over the rules
  ansible.builtin.set_fact:
    decided: "{{ queue.records | deskops.itsm.decide(rules, decisions=external) }}"
  vars:
    rules:
      - name: too old
        when:
          created_at: {lt: '2026-01-01'}
        then: denied
        reason: The request has expired
    external:
      - request_id: 65430930
        state: approved
        reason: CAB meeting 2026-11-20
        decided_by: cab@northwind.example

- name: Show each decision and why it was made
  ansible.builtin.debug:
    msg: "{{ item.request_id }} {{ item.state }} by {{ item.rule | default('no rule', true) }}: {{ item.why }}"
  loop: "{{ decided }}"
  loop_control:
    label: "{{ item.request_id }}"
"""

RETURN = r"""
_value:
  description:
    - One decision for each request, in the order of the input; then those of O(decisions) on other requests.
  type: list
  elements: dict
  contains:
    request_id:
      description: The C(id) of the request.
      type: str
      sample: "71204418"
    state:
      description: The decision, one of V(approved), V(denied) and V(pending).
      type: str
      sample: approved
    reason:
      description: The reason of the rule with its placeholders filled in, or V(null).
      type: str
      sample: Trusted vendor
    decided_by:
      description: Who decides, or V(null).
      type: str
      sample: desk@northwind.example
    rule:
      description: The name of the rule that matched, V(external decision), or V(null) if no rule matched.
      type: str
      sample: trusted vendors
    why:
      description: The values that the decision was made on. Long ones are shortened.
      type: str
      sample: application.vendor is Mozilla Foundation; application.scanResult is Clean
    subject:
      description: Copied from the request, V(null) where it is not known.
      type: str
      sample: Firefox Setup 132.0.exe
    requested_for:
      description: Copied from the request, V(null) where it is not known.
      type: str
      sample: maja.lind@northwind.example
    created_at:
      description: Copied from the request, V(null) where it is not known.
      type: str
      sample: "2026-11-20T09:41:27"
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ansible_collections.deskops.itsm.plugins.plugin_utils import rules as engine


def decide(records: Any, rules: Any, decisions: Any = None) -> list[dict[str, Any]]:
    try:
        return engine.decide(records, rules, decisions, warn=Display().warning)
    except engine.RuleError as error:
        raise AnsibleFilterError(f"deskops.itsm.decide: {error}") from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"decide": decide}
