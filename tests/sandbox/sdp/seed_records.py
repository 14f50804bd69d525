# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of the other modules of the example tenant, as their API would be given them. All invented."""

from __future__ import annotations

from typing import Any

from .seed_people import MAIL


def _mail(login: str) -> dict[str, str]:
    return {"email_id": f"{login}@{MAIL}"}


def _named(name: str) -> dict[str, str]:
    return {"name": name}


class Hours(int):
    """So many hours from now (before now, if negative)."""


def _asset(name: str, product: str, login: str | None, state: str, serial: str, **more: Any) -> dict[str, Any]:
    user = {"user": _mail(login)} if login else {}
    return {
        "name": name,
        "product": _named(product),
        "state": _named(state),
        "serial_number": serial,
        "asset_tag": f"T-{serial[-4:]}",
        "site": _named("Aarhus"),
        **user,
        **more,
    }


_WINDOWS = {"operating_system": {"name": "Windows 11 Enterprise", "version": "24H2"}}
_MACOS = {"operating_system": {"name": "macOS Sonoma", "version": "14.6.1"}}
_LINUX = {"operating_system": {"name": "Ubuntu", "version": "24.04"}}
ASSETS = (
    _asset("NW-LT-0142", "ThinkPad T14", "maja.lind", "In Use", "SBX00142", ip_address="192.0.2.42", **_WINDOWS),
    _asset("NW-LT-0143", "Latitude 7450", "soren.kjaer", "In Use", "SBX00143", ip_address="192.0.2.43", **_WINDOWS),
    _asset("NW-LT-0147", "Latitude 7450", "lukasz.wojcik", "In Use", "SBX00147", ip_address="192.0.2.47", **_LINUX),
    _asset("NW-LT-0151", "ThinkPad T14", "juergen.mueller", "In Repair", "SBX00151", **_WINDOWS),
    _asset("NW-LT-0152", "ThinkPad T14", "tobe.okafor", "In Use", "SBX00152", ip_address="192.0.2.52", **_WINDOWS),
    _asset("NW-LT-0158", "Latitude 7450", "anjali.sharma", "In Use", "SBX00158", ip_address="192.0.2.58", **_WINDOWS),
    _asset("NW-MB-0021", "MacBook Pro 14", "na.li", "In Use", "SBX00021", ip_address="192.0.2.21", **_MACOS),
    _asset("NW-LT-0160", "ThinkPad T14", "gudrun.thorsdottir", "In Use", "SBX00160", **_WINDOWS),
    _asset("NW-LT-0190", "Latitude 7450", None, "In Store", "SBX00190"),
    _asset("NW-LT-0191", "ThinkPad T14", None, "In Store", "SBX00191"),
    _asset("NW-LT-0099", "ThinkPad T14", None, "Disposed", "SBX00099"),
    _asset("NW-SRV-APP01", "PowerEdge R660", "henrik.svane", "In Use", "SBX01001", ip_address="198.51.100.11", is_server=True),
    _asset("NW-SRV-SQL01", "PowerEdge R660", "henrik.svane", "In Use", "SBX01002", ip_address="198.51.100.12", is_server=True),
    _asset("NW-PRN-02", "Example LaserWriter 9", None, "In Use", "SBX02002", location="Second floor"),
    _asset("NW-PH-0031", "Atlas 10", "paulo.costa", "In Use", "SBX03031"),
)

PROBLEMS = (
    {
        "title": "VPN drops in the afternoon",
        "status": _named("In Progress"),
        "priority": _named("High"),
        "category": _named("Network"),
        "subcategory": _named("VPN"),
        "technician": _mail("ingrid.moe"),
        "reported_by": _mail("lukasz.wojcik"),
        "symptoms": {"symptoms_description": "All tunnels drop at 16:00"},
        "workaround_details": {"workaround_description": "Connect again"},
    },
    {
        "title": "Printers lose their driver after updates",
        "status": _named("Open"),
        "priority": _named("Medium"),
        "category": _named("Hardware"),
        "subcategory": _named("Printer"),
        "technician": _mail("henrik.svane"),
    },
    {
        "title": "Tax portal does not trust our certificate",
        "status": _named("Closed"),
        "priority": _named("Medium"),
        "root_cause": {"root_cause_description": "An intermediate certificate was missing"},
        "technician": _mail("jerome.lefevre"),
        "closed_time": Hours(-700),
        "close_details": {"closure_comments": "Chain completed"},
    },
    {
        "title": "Batteries of one series swell",
        "status": _named("On Hold"),
        "priority": _named("High"),
        "known_error_details": {"is_known_error": True, "known_error_comments": "Recall by the maker"},
    },
    {"title": "Rooms are booked twice", "status": _named("Open"), "priority": _named("Low"), "reported_by": _mail("hannah.falk")},
)

_SQL = "Cumulative update of NW-SRV-SQL01"
CHANGES = (
    {
        "title": _SQL,
        "stage": _named("CAB Evaluation"),
        "status": _named("CAB Approval Pending"),
        "change_type": _named("Minor"),
        "risk": _named("Medium"),
        "change_requester": _mail("henrik.svane"),
        "change_owner": _mail("henrik.svane"),
        "scheduled_start_time": Hours(60),
        "scheduled_end_time": Hours(64),
        "assets": [_named("NW-SRV-SQL01")],
        "roll_out_plan": {"roll_out_plan_description": "Snapshot, update, test"},
        "reason_for_change": _named("Upgrade"),
    },
    {
        "title": "New wireless controller",
        "stage": _named("Implementation"),
        "status": _named("In Progress"),
        "change_type": _named("Significant"),
        "risk": _named("High"),
        "change_owner": _mail("ingrid.moe"),
        "scheduled_start_time": Hours(-4),
        "scheduled_end_time": Hours(4),
        "udf_fields": {"num_downtime": 30},
    },
    {
        "title": "Renew the certificate of the tax portal",
        "stage": _named("Close"),
        "status": _named("Completed"),
        "change_type": _named("Standard"),
        "risk": _named("Low"),
        "completed_time": Hours(-690),
    },
    {
        "title": "Move the mail gateway",
        "stage": _named("Planning"),
        "status": _named("Planning In Progress"),
        "change_type": _named("Major"),
        "change_requester": _mail("hannah.falk"),
    },
    {
        "title": "Emergency: block a sender",
        "stage": _named("Review"),
        "status": _named("Review In Progress"),
        "change_type": _named("Emergency"),
        "change_owner": _mail("jerome.lefevre"),
    },
    {"title": "Weekly restart of the print server", "change_type": _named("Standard"), "risk": _named("Low")},
)
RELEASES = (
    {
        "title": "Client image 2026.2",
        "stage": _named("Testing"),
        "status": _named("In Progress"),
        "release_type": _named("Major"),
        "release_engineer": _mail("henrik.svane"),
        "release_manager": _mail("hannah.falk"),
    },
    {
        "title": "Client image 2026.1",
        "stage": _named("Closure"),
        "status": _named("Completed"),
        "release_type": _named("Major"),
        "completed_time": Hours(-1500),
    },
    {"title": "Label printing 11.5", "release_type": _named("Minor"), "release_requester": _mail("gudrun.thorsdottir")},
)
PROJECTS = (
    {
        "title": "Office move Aarhus",
        "code": "MOVE",
        "status": _named("In Progress"),
        "owner": _mail("hannah.falk"),
        "project_type": _named("Internal"),
        "priority": _named("High"),
        "percentage_completion": 40,
        "estimated_hours": 320,
    },
    {"title": "Windows 10 retirement", "code": "W10", "status": _named("Open"), "owner": _mail("henrik.svane")},
    {
        "title": "Mail migration",
        "code": "MAIL",
        "status": _named("Closed"),
        "owner": _mail("jerome.lefevre"),
        "percentage_completion": 100,
    },
)
CONTRACTS = (
    {
        "name": "Printer maintenance",
        "vendor": _named("Example Imaging Ltd"),
        "contract_type": _named("Maintenance"),
        "status": "Active",
        "cost": 4800,
        "currency": _named("Euro"),
        "active_from": Hours(-6000),
        "active_till": Hours(2760),
        "assets": [_named("NW-PRN-02")],
        "owner": _mail("henrik.svane"),
    },
    {
        "name": "Server support",
        "vendor": _named("Nordic Hardware A/S"),
        "contract_type": _named("Support"),
        "status": "Active",
        "cost": 12000,
        "active_from": Hours(-8000),
        "active_till": Hours(500),
    },
    {
        "name": "Phone lease 2024",
        "vendor": _named("Nordic Hardware A/S"),
        "contract_type": _named("Lease"),
        "status": "Expired",
        "cost": 990.5,
        "active_from": Hours(-20000),
        "active_till": Hours(-2500),
    },
)
PURCHASE_ORDERS = (
    {
        "name": "Ten laptops for Q3",
        "vendor": _named("Nordic Hardware A/S"),
        "status": _named("Pending Approval"),
        "requester": _mail("henrik.svane"),
        "total_cost": 11000,
        "currency": _named("Euro"),
        "required_by_time": Hours(500),
        "items": [{"product": _named("ThinkPad T14"), "quantity": "10", "unit_price": "1100.00"}],
    },
    {
        "name": "Toner",
        "vendor": _named("Example Imaging Ltd"),
        "status": _named("Received"),
        "total_cost": 312.4,
        "requester": _mail("henrik.svane"),
    },
    {
        "name": "Docking stations",
        "vendor": _named("Nordic Hardware A/S"),
        "status": _named("Ordered"),
        "total_cost": 1740,
        "ordered_date": Hours(-200),
    },
)
SOLUTIONS = (
    {
        "title": "How to connect to VPN",
        "description": "<ol><li>Open the client</li><li>Sign in</li></ol>",
        "topic": _named("Network"),
        "keywords": "vpn,remote",
        "is_public": True,
        "is_published": True,
        "approval_status": _named("Approved"),
        "view_count": 812,
    },
    {
        "title": "Paper jam on the second floor",
        "description": "Open the rear flap.",
        "topic": _named("Hardware"),
        "keywords": "printer",
        "is_public": True,
        "is_published": True,
        "approval_status": _named("Approved"),
    },
    {"title": "Unlock an account", "description": "For agents only.", "topic": _named("General"), "is_public": False},
    {
        "title": "Install Northwind CAD",
        "description": "Ask for a licence first.",
        "topic": _named("Software"),
        "approval_status": _named("Pending Approval"),
    },
)
ANNOUNCEMENTS = (
    {
        "title": "Network maintenance on Saturday",
        "description": "From 8 to 12 there may be short breaks.",
        "is_public": True,
        "announcement_type": "Maintenance",
        "from_time": Hours(-20),
        "to_time": Hours(80),
    },
)
LOANS = (
    {
        "name": "Projector for the fair",
        "ref_borrower": _mail("paulo.costa"),
        "date_due": Hours(72),
        "num_days": 5,
        "bool_returned": False,
        "txt_purpose": "Trade fair",
    },
    {
        "name": "Spare laptop",
        "ref_borrower": _mail("juergen.mueller"),
        "ref_asset": _named("NW-LT-0191"),
        "date_due": Hours(-10),
        "num_days": 14,
        "bool_returned": False,
    },
    {"name": "Headset", "ref_borrower": _mail("els.bakker"), "num_days": 2, "bool_returned": True},
)
VISITORS = (
    {"name": "Auditor", "ref_host": _mail("deirdre.obrien"), "date_arrival": Hours(20), "txt_company": "Example Audit LLP"},
)
CIS: dict[str, tuple[dict[str, Any], ...]] = {
    "cmdb_itservices": (
        {"name": "VPN", "owner": _mail("ingrid.moe"), "impact": _named("Affects Business"), "status": "In production"},
        {"name": "E-mail", "owner": _mail("jerome.lefevre"), "status": "In production"},
    ),
    "cmdb_businessservices": ({"name": "Order handling", "owner": _mail("hannah.falk"), "status": "In production"},),
    "cmdb_servers": (
        {"name": "nw-srv-sql01", "managed_by": _mail("henrik.svane"), "assets": [_named("NW-SRV-SQL01")]},
        {"name": "nw-srv-app01", "managed_by": _mail("henrik.svane"), "assets": [_named("NW-SRV-APP01")]},
    ),
}
#: path of the module -> its rows, in an order in which they can refer to each other
RECORDS: dict[str, tuple[dict[str, Any], ...]] = {
    "assets": ASSETS,
    "problems": PROBLEMS,
    "changes": CHANGES,
    "releases": RELEASES,
    "projects": PROJECTS,
    "contracts": CONTRACTS,
    "purchase_orders": PURCHASE_ORDERS,
    "solutions": SOLUTIONS,
    "announcements": ANNOUNCEMENTS,
    "cm_loans": LOANS,
    "cm_visitors": VISITORS,
    **{f"cmdb/{path}": rows for path, rows in CIS.items()},
}
#: path, title or name of the record, path below it, what is there
BELOW: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("problems", "VPN drops in the afternoon", "notes", {"description": "The provider looks into it"}),
    ("problems", "VPN drops in the afternoon", "tasks", {"title": "Read the firewall's log", "owner": _mail("ingrid.moe")}),
    ("changes", _SQL, "tasks", {"title": "Take a snapshot", "owner": _mail("henrik.svane")}),
    ("changes", _SQL, "downtimes", {"scheduled_start_time": Hours(60), "scheduled_end_time": Hours(62)}),
    ("releases", "Client image 2026.2", "tasks", {"title": "Test on all models", "stage": "Testing"}),
    ("projects", "Office move Aarhus", "milestones", {"title": "Racks moved", "status": _named("Open")}),
    ("projects", "Office move Aarhus", "members", {"user": _mail("ingrid.moe"), "role": _named("Member")}),
    ("projects", "Office move Aarhus", "comments", {"content": "The lift is booked"}),
    ("projects", "Windows 10 retirement", "tasks", {"title": "List what is left"}),
)
#: what else the calling technician is asked to approve
ASKED = (("changes", _SQL), ("purchase_orders", "Ten laptops for Q3"))
