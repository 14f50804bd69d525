# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The setup of the example tenant. Rows with a number have the id that they have in every tenant."""

from __future__ import annotations

from typing import Any, NamedTuple

_RED, _AMBER, _GREEN, _GREY, _BLUE = "#ff0000", "#ff6600", "#00994d", "#666666", "#0066ff"


def _status(internal_name: str, color: str, in_progress: bool, stop_timer: bool) -> dict[str, Any]:
    return {"internal_name": internal_name, "color": color, "in_progress": in_progress, "stop_timer": stop_timer}


#: path -> rows: a name; or number of the id, name, further values (references by name)
LISTS: dict[str, tuple[str | tuple[int, str, dict[str, Any]], ...]] = {
    "sites": ("Aarhus", "Oslo", "Kraków", "Singapore"),
    "departments": ("IT Operations", "Sales", "Engineering", "Finance", "Marketing", "Design", "Logistics", "Legal"),
    "statuses": (
        (6657, "Open", _status("Open", _BLUE, True, False)),
        (6659, "On Hold", _status("Onhold", _RED, True, True)),
        (6661, "In Progress", _status("In Progress", _AMBER, True, False)),
        (6663, "Resolved", _status("Resolved", _GREEN, False, True)),
        (6664, "Closed", _status("Closed", _GREY, False, True)),
        (6666, "Cancelled", _status("Canceled", _GREY, False, True)),
    ),
    "modes": ((6665, "E-Mail", {}), (6667, "Web Form", {}), (6669, "Phone Call", {}), "API"),
    "levels": ((6671, "Tier 1", {}), (6673, "Tier 2", {}), "Tier 3", "Tier 4"),
    "support_groups": (
        "Service Desk",
        (6681, "Network", {"site": "Aarhus"}),
        "Hardware",
        "Applications",
        (0, "Typewriters", {"inactive": True, "deleted": True}),
    ),
    "priorities": (
        (6799, "Low", {"color": _GREY}),
        (6801, "Normal", {"color": _BLUE}),
        (6803, "Medium", {"color": _AMBER}),
        (6805, "High", {"color": _RED}),
    ),
    "urgencies": ((7923, "Low", {}), (7921, "Normal", {}), (7919, "High", {}), (7917, "Urgent", {})),
    "impacts": (
        (8042, "Affects User", {}),
        (8036, "Affects Group", {}),
        (8039, "Affects Department", {}),
        (8033, "Affects Business", {}),
    ),
    "request_types": ((8391, "Incident", {}), (8393, "Request", {}), "Request For Information"),
    "slas": (
        (0, "Gold", {"resolution_hours": 8, "first_response_hours": 1}),
        (0, "Standard", {"resolution_hours": 48, "first_response_hours": 8}),
    ),
    "group_roles": ("Group lead", "Group member"),
    "request_closure_codes": ("Success", "Failure", "Unable to Reproduce", "Cancelled by user"),
    "service_categories": (
        (0, "Hardware", {"sort_index": 1}),
        (0, "Software", {"sort_index": 2}),
        (0, "Access", {"sort_index": 3}),
        (0, "People", {"sort_index": 4}),
        (0, "Retired", {"sort_index": 5, "inactive": True}),
    ),
    "tags": ("printer", "remote", "onboarding"),
    "task_types": ("Implementation", "Verification", "Purchase"),
    "worklog_types": ("Remote support", "On site", "Research"),
    "currencies": (
        (0, "Euro", {"code": "EUR", "exchange_rate": 1}),
        (0, "Danish krone", {"code": "DKK", "exchange_rate": 0.134}),
    ),
    "approval_statuses": ("Pending Approval", "Approved", "Rejected", "To Be Sent", "Unapproved"),
    "change_types": ((0, "Standard", {"pre_approved": True}), "Minor", "Significant", "Major", "Emergency"),
    "change_stages": ("Submission", "Planning", "CAB Evaluation", "Implementation", "UAT", "Release", "Review", "Close"),
    "change_statuses": (
        (0, "Requested", {"stage": "Submission"}),
        (0, "Planning In Progress", {"stage": "Planning"}),
        (0, "CAB Approval Pending", {"stage": "CAB Evaluation"}),
        (0, "In Progress", {"stage": "Implementation"}),
        (0, "Review In Progress", {"stage": "Review"}),
        (0, "Completed", {"stage": "Close"}),
        (0, "Cancelled", {"stage": "Close"}),
    ),
    "change_roles": ("Change Manager", "Change Owner", "Change Approver", "Implementer"),
    "change_closure_codes": ("Successful", "Failed", "Rolled back"),
    "risks": ("Low", "Medium", "High"),
    "reasons_for_change": ("Upgrade", "Fix", "New requirement"),
    "release_types": ("Minor", "Major"),
    "release_stages": ("Submission", "Planning", "Development", "Testing", "Deployment", "Closure"),
    "release_statuses": (
        (0, "Requested", {"stage": "Submission"}),
        (0, "In Progress", {"stage": "Development"}),
        (0, "Completed", {"stage": "Closure"}),
    ),
    "project_types": ("Internal", "Customer"),
    "project_statuses": ("Open", "In Progress", "On Hold", "Closed"),
    "project_roles": ("Project manager", "Member"),
    "product_types": ("Workstation", "Server", "Printer", "Smart Phone"),
    "products": (
        (0, "ThinkPad T14", {"product_type": "Workstation", "manufacturer": "LENOVO"}),
        (0, "Latitude 7450", {"product_type": "Workstation", "manufacturer": "Dell Inc."}),
        (0, "MacBook Pro 14", {"product_type": "Workstation", "manufacturer": "Apple"}),
        (0, "PowerEdge R660", {"product_type": "Server", "manufacturer": "Dell Inc."}),
        (0, "Example LaserWriter 9", {"product_type": "Printer", "manufacturer": "Example Imaging Ltd"}),
        (0, "Atlas 10", {"product_type": "Smart Phone", "manufacturer": "Example Phones"}),
    ),
    "vendors": (
        (0, "Example Imaging Ltd", {"email_id": "sales@imaging.example"}),
        (0, "Nordic Hardware A/S", {"email_id": "orders@nordic-hardware.example"}),
        (0, "Cloudworks GmbH", {"email_id": "sales@cloudworks.example"}),
    ),
    "asset_states": ("In Store", "In Use", "In Repair", "Expired", "Disposed"),
    "ci_types": (
        (0, "IT Service", {"api_name": "cmdb_itservice"}),
        (0, "Business Service", {"api_name": "cmdb_businessservice"}),
        (0, "Server", {"api_name": "cmdb_server"}),
    ),
    "contract_types": ("Lease", "Maintenance", "Support"),
    "purchase_statuses": ("Draft", "Pending Approval", "Ordered", "Received", "Closed", "Cancelled"),
    "topics": ("General", "Hardware", "Software", "Network"),
}
#: category -> subcategory -> items; "Other" is below more than one category
CATEGORIES: dict[str, dict[str, tuple[str, ...]]] = {
    "Software": {"Browser": ("Crash", "Certificate"), "Office": ("Licence", "Add-in"), "CAD": ("Licence",), "Other": ()},
    "Hardware": {"Laptop": ("Battery", "Screen"), "Printer": ("Paper jam", "Toner"), "Phone": (), "Other": ()},
    "Network": {"VPN": ("Cannot connect",), "Wireless": ("Slow",), "Other": ()},
    "User Administration": {"Account": ("Locked", "New"), "Permissions": ()},
}
#: the id that this category has in every tenant
CATEGORY_IDS = {"Software": 6689}


class Asks(NamedTuple):
    """A question of a template: kind, label, whether it must be answered, options."""

    kind: str
    label: str
    mandatory: bool
    options: tuple[str, ...] = ()


class Template(NamedTuple):
    """A request template; those with a service category are service templates.

    ``approvers`` are mails by level; ``questions`` by the heading that they stand under.
    """

    name: str
    category: str | None
    mandatory: tuple[str, ...]
    defaults: dict[str, str]
    approvers: tuple[tuple[str, ...], ...] = ()
    questions: dict[str, tuple[Asks, ...]] = {}
    comments: str = ""
    inactive: bool = False


_INCIDENT = ("subject", "mode", "urgency", "impact", "category")
TEMPLATES = (
    Template("Default Request", None, ("subject",), {"priority": "Normal", "mode": "Web Form"}),
    Template("Report an incident", None, _INCIDENT, {"request_type": "Incident", "level": "Tier 1", "group": "Service Desk"}),
    Template(
        "Standard laptop",
        "Hardware",
        ("subject", "requester"),
        {"request_type": "Request", "group": "Hardware"},
        (("automation",),),
        {
            "Laptop": (
                Asks("select", "Model", True, ("ThinkPad T14", "Latitude 7450", "MacBook Pro 14")),
                Asks("check", "Accessories", False, ("Monitor", "Docking station", "Headset", "Keyboard")),
                Asks("simple", "Replaces a device", True, ("Yes", "No")),
                Asks("text", "Serial number of the old device", False),
            )
        },
        "A laptop with the usual software",
    ),
    Template(
        "Software licence",
        "Software",
        ("subject", "udf_fields.txt_cost_centre"),
        {"request_type": "Request"},
        (("automation", "jerome.lefevre"), ("hannah.falk",)),
        {
            "Licence": (
                Asks("select", "Product", True, ("Northwind CAD", "Vector Studio", "Office suite")),
                Asks("text", "Why it is needed", True),
            )
        },
        "One seat of a licensed product",
    ),
    Template(
        "VPN access",
        "Access",
        ("subject",),
        {"request_type": "Request", "group": "Network"},
        (),
        {"Access": (Asks("simple", "Own device", True, ("Yes", "No")),)},
        "Reach the office network from elsewhere",
    ),
    Template(
        "Administrator rights",
        "Access",
        ("subject", "description"),
        {"request_type": "Request"},
        (("ove.dahl",), ("automation",)),
        {},
        "For one project; two levels of approval",
    ),
    Template(
        "New colleague",
        "People",
        ("subject", "udf_fields.ref_line_manager", "udf_fields.udf_date1"),
        {"request_type": "Request", "group": "Service Desk"},
        (),
        {
            "Person": (Asks("text", "Full name", True), Asks("text", "Room", False)),
            "Equipment": (Asks("check", "Devices", True, ("Laptop", "Phone", "Badge")),),
        },
        "Everything for the first day",
    ),
    Template("Fax line", "Retired", ("subject",), {}, (), {}, "Nobody knows how to connect one any more", True),
)
