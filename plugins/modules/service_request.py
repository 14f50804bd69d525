# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_request
short_description: Request services, each once
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Ensures that a request for a service exists for each of its users, for one service or for many in a task.
  - What is there already is looked for first, and not ordered again. All that is missing goes out in as few calls as the
    platform allows, and is read back.
  - When the answer to an order is lost, the task looks for the request before it orders again. An order is never sent twice
    blindly.
  - In Digital Workplace Catalog, services without O(answers) are ordered in a single call. With O(answers) a draft is made for
    each set of them, its questions are answered, and all drafts are ordered together. A draft that turns out to be wrong stays
    on the server, where users do not see it; the platform has no call to remove one.
  - In ServiceDesk Plus a request is made, changed, closed and removed by a call of its own. What is there is compared with what
    is asked for in whatever spelling, names or ids, times as ISO 8601 or numbers, plain texts and what HTML says, and only
    fields that differ are written. Everything is read again afterwards; a field that did not take is an error that names it.
  - Items and users that cannot have a service do not keep others from getting it. The error names them.
options:
  request_id:
    description:
      - Id of a request that exists. Nothing is ordered then; use it to wait for the request, and in ServiceDesk Plus to change,
        close or remove it.
      - In Digital Workplace Catalog it is mutually exclusive with O(service).
    type: str
  service:
    description:
      - The service, by its id or by its exact name. Several services of one name, or none, are an error that lists the
        nearest.
      - It is enough that the first user of O(requested_for) may see it.
      - With O(platform=bmc_dwp) it is required unless O(request_id) is given, here or in each of the O(items).
      - With O(platform=sdp_cloud) it is the request template, of an incident or of a service, in any case. The token needs the
        scope C(SDPOnDemand.setup.READ) to find it. Without it, the default template is used.
    type: str
  requested_for:
    description:
      - Logins of the users who get the service. Each gets a request of their own. Two ways to write a login, such as with
        and without its domain, mean the same user.
      - Without it, the service is requested for the account that logs in.
      - With O(platform=sdp_cloud) it is one user, by e-mail address, name or id. Prefer the e-mail address. Of an unknown name
        ServiceDesk Plus makes a new requester; an unknown address it refuses.
    type: list
    elements: str
  on_behalf_of:
    description:
      - Login of the user on whose behalf the request is made. In ServiceDesk Plus e-mail address, name or id.
    type: str
  subject:
    description:
      - Subject of a request of ServiceDesk Plus, required there for a new one.
    type: str
  description:
    description:
      - What a request of ServiceDesk Plus is about. Line breaks are kept; HTML is taken as it is.
    type: str
  fields:
    description:
      - More fields of a request of ServiceDesk Plus, in the names of its API, such as V(priority), V(technician) or
        V(udf_fields).
      - A text for a field that names another record is a name, an id, or (for users) an e-mail address. Times are ISO 8601
        with a zone. Fields that are not named stay as they are; V(null) empties one.
      - Templates can demand fields. M(deskops.itsm.catalog_info) with O(deskops.itsm.catalog_info#module:details) shows which.
    type: dict
  quantity:
    description:
      - How many of it, in Digital Workplace Catalog. Without it, one.
    type: int
  excluded_services:
    description:
      - Parts of a bundle of Digital Workplace Catalog to be left out, by id or by exact name. All others are ordered with it.
    type: list
    elements: str
  answers:
    description:
      - Answers to the questions of the service. The keys are the labels of the questions, or their ids. The values are
        texts, numbers, truth values, or lists of such where several answers are allowed.
      - Choices may be given by their label, in any case, or by their value; rows of a table also by their first column.
      - Of a bundle the questions of all its parts are answered here.
      - The answers are checked before anything is ordered. Unknown questions, values that are not among the choices, and
        required questions without an answer are errors that name them, also where an answer has shown the question or
        brought its choices. The questionnaire of Digital Workplace Catalog can be read only from a draft, so check mode does
        not check answers there.
      - In ServiceDesk Plus these are the questions for the resources of a template. They count when the request is made. If one
        that is there was made with other answers, there is a warning, and they are left as they are.
    type: dict
  prefill_request_ids:
    description:
      - Ids of completed requests of Digital Workplace Catalog whose answers are taken over where O(answers) has none.
    type: list
    elements: str
  external_activities:
    description:
      - Activities of other systems, such as tickets, that belong to the request, in Digital Workplace Catalog. Cannot be
        combined with O(answers) or O(prefill_request_ids), like O(title), O(summary) and O(share), because only the call
        that takes no answers takes them.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of the activity, such as the instance id of a ticket.
        type: str
        required: true
      display_id:
        description:
          - Its number as people see it.
        type: str
      type:
        description:
          - Its type, such as V(HPD:Help Desk).
        type: str
      sub_catalog_id:
        description:
          - Subcatalog of the activity. One of O(external_activities[].sub_catalog_id),
            O(external_activities[].connection_name) and O(external_activities[].connection_id) is needed.
        type: str
      connection_name:
        description:
          - Name of the connection to the other system.
        type: str
      connection_id:
        description:
          - Id of the connection to the other system.
        type: str
  reference_request_id:
    description:
      - Id of an earlier request of Digital Workplace Catalog that this one is linked to.
    type: str
  title:
    description:
      - Title of an order of Digital Workplace Catalog, shown as its description. Cannot be combined with O(answers) or
        O(prefill_request_ids).
    type: str
  summary:
    description:
      - Summary of a request of Digital Workplace Catalog. Cannot be combined with O(answers) or O(prefill_request_ids).
    type: str
  share:
    description:
      - Whether to share a request of Digital Workplace Catalog with the default group of collaborators of the user. Cannot be
        combined with O(answers) or O(prefill_request_ids).
    type: bool
  state:
    description:
      - V(present) is that the request is there. Digital Workplace has no call that closes or cancels one, so there it is the
        only state.
      - V(closed) closes a request that is there, with O(fields) set before, and V(absent) removes it. Where there is a bin,
        that is where it goes. One that is closed or cancelled already stays as it is. Resolved is not closed.
      - A login that is refused, or an error of the server, is never taken for an absent request.
    type: str
    choices: [present, closed, absent]
    default: present
  closure:
    description:
      - How a request of ServiceDesk Plus is closed, with O(state=closed), in the names of the API, such as
        V(closure_comments), V(closure_code) and V(requester_ack_resolution).
    type: dict
  key:
    description:
      - A word of your own that names this order for good, such as the number of a ticket. It is kept on the request as an
        internal comment, which only the account itself can see, and found again there. In ServiceDesk Plus it is kept in the
        field that O(key_field) names, from the start.
      - The characters V(<), V(>) and V(&) are not allowed, because platforms change them in comments.
      - It is written right after the order. If the task is killed in between, the next one does not find the request by
        its key.
    type: str
  key_field:
    description:
      - The field of a request of ServiceDesk Plus that O(key) is kept in, such as V(udf_fields.txt_key). A field of your
        own with a key of your own is the surest way to find a request again.
    type: str
  match_on:
    description:
      - What makes a request that exists the one that is meant, so that it is not ordered again.
      - Without it, V(service) and V(requested_for) do, and also V(key) if O(key) is given. V(service) and
        V(requested_for) are always looked at.
      - In ServiceDesk Plus V(subject) and V(requested_for) do without it, or V(key) alone if O(key) is given. Only what is
        listed is looked at; V(service) can be listed too, V(answers) cannot. Without O(requested_for) the requests of all users
        count.
      - With V(answers) the request must have been made with the same O(answers); those that are not given are not looked
        at. Confidential answers, and those of bundles, cannot be read again, so they are an error here. Use a O(key) with
        them.
      - Who made the request does not matter. Where the platform shows the parts of a bundle as requests of their own, they
        count as requests for their services.
      - Several requests that fit are an error that lists them.
      - With an empty list, nothing is looked for and each run orders again. A lost answer of the platform then is an
        error.
    type: list
    elements: str
    choices: [service, requested_for, answers, subject, key]
  match_states:
    description:
      - States in which a request that exists makes another one superfluous, as normalised states or the platform's own
        words, in any case.
      - Without it these are V(pending), V(approved), V(open) and V(unknown), and with a O(key) also V(completed).
      - Several requests under way that fit are an error. Of several that have ended, the latest counts.
      - In ServiceDesk Plus, without it, whatever is not resolved, closed or cancelled counts, and what has the V(status) that
        O(fields) ask for; with a O(key), and to be closed, a request in any state. Several that fit are an error.
    type: list
    elements: str
  wait:
    description:
      - Whether to wait until the request is where O(wait_for) says. Check mode does not wait.
    type: bool
    default: false
  wait_for:
    description:
      - States that end the waiting well, as normalised states or the platform's own words, in any case.
      - A request that comes to another end, such as one that fails or is rejected, ends it at once with an error.
      - One that is completed is no end while it may still be closed, where that is waited for, as with V(Closed). V(completed) is
        reached by both.
    type: list
    elements: str
    default: [completed]
  wait_timeout:
    description:
      - How many seconds to wait at most. The request stays as it is afterwards, and another run goes on waiting for it.
      - All requests of the task are waited for at the same time.
    type: float
    default: 600
  settle_timeout:
    description:
      - How many seconds a new request may take to show up. It is waited for after an order, and before an order of
        which no answer came is made again.
      - A request that takes longer is warned about. Until it shows up, nobody can tell that it is there, and another run
        orders it again.
    type: float
    default: 10
  items:
    description: Many requests. The options beside it are the defaults of each item.
    type: list
    elements: dict
    suboptions:
      request_id:
        description: See O(request_id).
        type: str
      service:
        description: See O(service).
        type: str
      requested_for:
        description: See O(requested_for).
        type: list
        elements: str
      on_behalf_of:
        description: See O(on_behalf_of).
        type: str
      subject:
        description: See O(subject).
        type: str
      description:
        description: See O(description).
        type: str
      fields:
        description: See O(fields).
        type: dict
      quantity:
        description: See O(quantity).
        type: int
      excluded_services:
        description: See O(excluded_services).
        type: list
        elements: str
      answers:
        description: See O(answers).
        type: dict
      prefill_request_ids:
        description: See O(prefill_request_ids).
        type: list
        elements: str
      external_activities:
        description: See O(external_activities).
        type: list
        elements: dict
        suboptions:
          id:
            description:
              - Id of the activity, such as the instance id of a ticket.
            type: str
            required: true
          display_id:
            description:
              - Its number as people see it.
            type: str
          type:
            description:
              - Its type, such as V(HPD:Help Desk).
            type: str
          sub_catalog_id:
            description:
              - Subcatalog of the activity. One of O(items[].external_activities[].sub_catalog_id),
                O(items[].external_activities[].connection_name) and O(items[].external_activities[].connection_id) is
                needed.
            type: str
          connection_name:
            description:
              - Name of the connection to the other system.
            type: str
          connection_id:
            description:
              - Id of the connection to the other system.
            type: str
      reference_request_id:
        description: See O(reference_request_id).
        type: str
      title:
        description: See O(title).
        type: str
      summary:
        description: See O(summary).
        type: str
      share:
        description: See O(share).
        type: bool
      state:
        description: See O(state).
        type: str
        choices: [present, closed, absent]
      closure:
        description: See O(closure).
        type: dict
      key:
        description: See O(key).
        type: str
      key_field:
        description: See O(key_field).
        type: str
      match_on:
        description: See O(match_on).
        type: list
        elements: str
        choices: [service, requested_for, answers, subject, key]
      match_states:
        description: See O(match_states).
        type: list
        elements: str
      wait:
        description: See O(wait).
        type: bool
      wait_for:
        description: See O(wait_for).
        type: list
        elements: str
      wait_timeout:
        description: See O(wait_timeout).
        type: float
      settle_timeout:
        description: See O(settle_timeout).
        type: float
extends_documentation_fragment:
  - deskops.itsm.attributes
  - deskops.itsm.attributes.write
  - deskops.itsm.bulk
  - deskops.itsm.connection
seealso:
  - module: deskops.itsm.catalog_info
  - module: deskops.itsm.request_info
  - module: deskops.itsm.request_comment
"""

EXAMPLES = r"""
- name: A laptop for a user, unless one is under way
  deskops.itsm.service_request:
    platform: bmc_dwp
    url: "{{ lookup('ansible.builtin.env', 'DWP_URL') }}"
    username: "{{ lookup('ansible.builtin.env', 'DWP_USERNAME') }}"
    password: "{{ lookup('ansible.builtin.env', 'DWP_PASSWORD') }}"
    service: Standard laptop
    requested_for: mlind

# From here on the connection comes from the environment: DWP_URL, DWP_USERNAME and DWP_PASSWORD
- name: A service with questions, named by a ticket so that it is ordered once and for all
  deskops.itsm.service_request:
    platform: bmc_dwp
    service: Database access
    requested_for: mlind
    answers:
      Database name: orders_eu
      Access level: Read only
      Reason: Monthly report
    key: TICKET-1047
    wait: true
    wait_timeout: 120
  register: access

- name: Show its id
  ansible.builtin.debug:
    msg: "Request {{ access.results[0].request_id }} is {{ access.results[0].requests[0].state }}"

- name: Go on waiting for it, also after a task that ran out of time
  deskops.itsm.service_request:
    platform: bmc_dwp
    request_id: "{{ access.results[0].request_id }}"
    wait: true

- name: Two rooms for the same user, told apart by their answers
  deskops.itsm.service_request:
    platform: bmc_dwp
    service: Meeting room
    requested_for: mlind
    match_on: [service, requested_for, answers]
    items:
      - answers: {Room: R-101}
      - answers: {Room: R-204, "Coffee?": true}

- name: Several services for a new user, in one order
  deskops.itsm.service_request:
    platform: bmc_dwp
    requested_for: nli
    items:
      - service: External monitor
        quantity: 1
      - service: VPN access
      - service: Guest network

- name: A bundle without one of its parts, linked to a change
  deskops.itsm.service_request:
    platform: bmc_dwp
    service: New colleague kit
    requested_for: skjaer
    excluded_services: [Building badge]
    title: Kit for the new colleague
    external_activities:
      - id: IDGADG1AAT7X5AR7LUAUR7LUAUDC30
        display_id: CRQ000000001103
        type: CHG:Infrastructure Change
        connection_name: Remedy

# ServiceDesk Plus Cloud, with SDP_DATA_CENTER, SDP_CLIENT_ID, SDP_CLIENT_SECRET and SDP_REFRESH_TOKEN in the environment
- name: A laptop from a template of ServiceDesk Plus, known by a key in a field of its own
  deskops.itsm.service_request:
    platform: sdp_cloud
    service: Standard laptop
    requested_for: maja.lind@northwind.example
    subject: Laptop for the fair
    description: |
      It is for the booth.
      Back at the end of May.
    answers:
      Model: ThinkPad T14
      Replaces a device: "No"
      Accessories: [Monitor, Headset]
    fields:
      priority: High
      due_by_time: "2026-12-01T10:00:00+01:00"
      udf_fields:
        txt_cost_centre: CC-4100
    key: ONBOARDING-77
    key_field: udf_fields.udf_char1

- name: An incident for each host that is down, one while it is open
  deskops.itsm.service_request:
    platform: sdp_cloud
    requested_for: automation@northwind.example
    fields:
      urgency: High
      group: Network
    items:
      - subject: nw-lx-0003 does not answer
      - subject: nw-lx-0004 does not answer

- name: Close one of them
  deskops.itsm.service_request:
    platform: sdp_cloud
    requested_for: automation@northwind.example
    subject: nw-lx-0004 does not answer
    state: closed
    closure:
      closure_code: Success
      closure_comments: It answers again
"""

RETURN = r"""
results:
  description: One entry for each item, in the order of the items.
  returned: unless an option was wrong
  type: list
  elements: dict
  contains:
    index:
      description: Position of the item, from 0.
      type: int
      returned: always
    request_id:
      description: Id of the first of the item's requests; V(null) in check mode for one that would be ordered.
      type: str
      returned: when there is or would be a request
    service_id:
      description: Id of the service, in ServiceDesk Plus of the template.
      type: str
      returned: when the service was found
    requests:
      description:
        - The request of each user, with C(request_id), C(requested_for), C(outcome) (V(created) or V(unchanged)), C(state) and
          C(status).
      type: list
      elements: dict
      returned: when there is or would be a request
    outcome:
      description:
        - V(created) if at least one request was ordered, V(unchanged) if all were there, V(skipped) (not tried after an
          earlier failure) or V(failed). In ServiceDesk Plus also V(updated), V(closed) and V(deleted).
        - In check mode it is what would become of it.
      type: str
      returned: always
    changed:
      description: Whether something was ordered; also where the item failed afterwards, for example while it waited.
      type: bool
      returned: always
    before:
      description:
        - The request of each user as it was found, V(null) where there was none. In ServiceDesk Plus without O(requested_for)
          the user is V(me).
        - One that an item before it in the task has ordered counts as found.
      type: dict
      returned: when the service was found
    after:
      description:
        - The request of each user as it was read at the end, in the form of
          RV(deskops.itsm.request_info#module:records) without C(raw), with C(service_id) and C(quantity).
        - In ServiceDesk Plus it has C(fields) instead, those that the item is about, and with O(state=closed) C(is_closed).
      type: dict
      returned: when the service was found
    error:
      description: What went wrong, with C(kind), C(message), C(code) and C(hint).
      type: dict
      returned: always, but V(null) where nothing went wrong
  sample:
    - index: 0
      request_id: "41201"
      service_id: "2401"
      outcome: created
      changed: true
      requests:
        - request_id: "41201"
          requested_for: mlind
          outcome: created
          state: open
          status: NEW
      error: null
counts:
  description: How many items came to each outcome.
  returned: with RV(results)
  type: dict
  sample: {created: 2, unchanged: 48}
msg:
  description: The counts in words, or what went wrong with which item.
  returned: always
  type: str
  sample: 2 created, 48 unchanged
error:
  description: The first error, with C(kind), C(message), C(code) and C(hint).
  returned: on failure
  type: dict
"""

from ansible_collections.deskops.itsm.plugins.module_utils.surface.module import run_module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.service_request import SERVICE_REQUEST


def main() -> None:
    run_module(SERVICE_REQUEST)


if __name__ == "__main__":
    main()
