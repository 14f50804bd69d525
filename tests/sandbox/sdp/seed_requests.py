# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests of the example tenant, oldest first. All invented."""

from __future__ import annotations

from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A request of ``hours`` ago; people by their mail; ``where`` is category, subcategory and item."""

    hours: float
    subject: str
    requester: str
    status: str
    technician: str | None = None
    where: str = ""
    priority: str = "Normal"
    template: str = "Default Request"
    more: dict[str, Any] = {}


# One row a line; the formatter would spread them.
# fmt: off
_LAPTOP, _LICENCE, _VPN, _RIGHTS, _NEW = (
    "Standard laptop", "Software licence", "VPN access", "Administrator rights", "New colleague")
_INCIDENT = "Report an incident"
_FELL = {"urgency": "High", "impact": "Affects User", "mode": "Phone Call"}


def _laptop(model: str, *accessories: str) -> dict[str, Any]:
    return {"answers": {"Model": model, "Replaces a device": "No", "Accessories": accessories}}


def _licence(product: str, why: str, centre: str) -> dict[str, Any]:
    return {"answers": {"Product": product, "Why it is needed": why}, "udf_fields": {"txt_cost_centre": centre}}


REQUESTS = (
    Asked(2900, "Printer on the second floor jams", "els.bakker", "Closed", "henrik.svane", "Hardware/Printer/Paper jam", "Low",
        _INCIDENT, {**_FELL, "resolution": "Replaced the pick-up roller", "closure_code": "Success", "spent": (1, 30)}),
    Asked(2650, "Laptop for the new controller", "juergen.mueller", "Closed", "henrik.svane", "Hardware/Laptop", "Normal",
        _LAPTOP, {**_laptop("ThinkPad T14", "Monitor"), "decided": {"automation": "Approved"}, "resolution": "Handed over",
        "closure_code": "Success"}),
    Asked(2400, "Account locked after holiday", "maja.lind", "Closed", "ove.dahl", "User Administration/Account/Locked", "High",
        more={"resolution": "Unlocked", "closure_code": "Success"}),
    Asked(2210, "VPN from the summer house", "soren.kjaer", "Closed", "ingrid.moe", "Network/VPN", "Normal", _VPN,
        {"answers": {"Own device": "No"}, "resolution": "Granted", "closure_code": "Success"}),
    Asked(2003, "Games on the company laptop", "paulo.costa", "Closed", "ove.dahl", "Software/Other", "Low",
        more={"closure_code": "Cancelled by user"}),
    Asked(1900, "CAD licence for a trainee", "soren.kjaer", "Closed", "jerome.lefevre", "Software/CAD/Licence", "Normal",
        _LICENCE, {**_licence("Northwind CAD", "Trainee until August", "CC-4100"), "closure_code": "Success",
        "decided": {"automation": "Approved", "jerome.lefevre": "Approved", "hannah.falk": "Approved"}}),
    Asked(1720, "Merkimiðaprentari prentar ekki", "gudrun.thorsdottir", "Resolved", "henrik.svane", "Hardware/Printer", "Medium",
        _INCIDENT, {**_FELL, "resolution": "New driver installed"}),
    Asked(1500, "Administrator rights for the migration", "lukasz.wojcik", "Cancelled", None, "", "Normal", _RIGHTS,
        {"description": "Migration of the build server", "decided": {"ove.dahl": "Rejected"}}),
    Asked(1333, "Projector in room 2.04 has no picture", "deirdre.obrien", "Closed", "henrik.svane", "Hardware/Other", "Medium",
        more={"closure_code": "Unable to Reproduce"}),
    Asked(1280, "Shared mailbox for invoices", "els.bakker", "Closed", "jerome.lefevre", "Software/Office", "Low",
        more={"closure_code": "Success", "resolution": "invoices@ was set up"}),
    Asked(1100, "Vector Studio for the campaign", "tobe.okafor", "Closed", "jerome.lefevre", "", "Normal", _LICENCE,
        {**_licence("Vector Studio", "Spring campaign", "CC-4200"), "decided": {"automation": "Rejected"},
        "closure_code": "Failure"}),
    Asked(980, "Wireless is slow in Singapore", "na.li", "Resolved", "ingrid.moe", "Network/Wireless/Slow", "High", _INCIDENT,
        {**_FELL, "impact": "Affects Department", "resolution": "Channel changed", "spent": (3, 15)}),
    Asked(870, "Phone without contract", "paulo.costa", "Cancelled", None, "Hardware/Phone", "Low"),
    Asked(800, "Certificate warning in the tax portal", "juergen.mueller", "Closed", "jerome.lefevre",
        "Software/Browser/Certificate", "Medium", _INCIDENT, {**_FELL, "closure_code": "Success"}),
    Asked(700, "Laptop for Singapore", "anjali.sharma", "In Progress", "henrik.svane", "Hardware/Laptop", "Normal", _LAPTOP,
        {**_laptop("Latitude 7450", "Docking station", "Headset"), "decided": {"automation": "Approved"},
        "tasks": ("Order the device", "Install the image", "Ship to Singapore")}),
    Asked(640, "Add-in breaks the price list", "maja.lind", "On Hold", "jerome.lefevre", "Software/Office/Add-in", "Medium",
        _INCIDENT, {**_FELL, "notes": (("jerome.lefevre", "Waiting for the supplier", False),)}),
    Asked(580, "Battery lasts twenty minutes", "tobe.okafor", "In Progress", "henrik.svane", "Hardware/Laptop/Battery", "Medium",
        _INCIDENT, {**_FELL, "notes": (("henrik.svane", "Spare part ordered", True), ("tobe.okafor", "Thanks!", True))}),
    Asked(510, "New colleague in Logistics", "gudrun.thorsdottir", "In Progress", "ove.dahl", "", "Normal", _NEW,
        {"answers": {"Full name": "Birna Example", "Devices": ("Laptop", "Badge")},
        "udf_fields": {"ref_line_manager": {"email_id": "gudrun.thorsdottir@northwind.example"}}, "wanted_in": 96}),
    Asked(460, "Screen flickers", "els.bakker", "On Hold", "henrik.svane", "Hardware/Laptop/Screen", "Low"),
    Asked(420, "Access to the ledger archive", "juergen.mueller", "Open", "jerome.lefevre", "User Administration/Permissions",
        "Normal"),
    Asked(377, "Old toner cartridges to collect", "deirdre.obrien", "Open", None, "Hardware/Printer/Toner", "Low"),
    Asked(333, "VPN drops every hour", "lukasz.wojcik", "In Progress", "ingrid.moe", "Network/VPN/Cannot connect", "High",
        _INCIDENT, {**_FELL, "impact": "Affects Group", "spent": (2, 0)}),
    Asked(300, "Office suite for the front desk", "paulo.costa", "Open", "jerome.lefevre", "Software/Office/Licence", "Normal",
        _LICENCE, {**_licence("Office suite", "Front desk PC", "CC-1000"),
        "decided": {"automation": "Approved", "jerome.lefevre": "Approved"}}),
    Asked(260, "Question about working from abroad", "na.li", "Open", "hannah.falk", "", "Low",
        more={"request_type": "Request For Information"}),
    Asked(222, "Scanner writes empty files", "deirdre.obrien", "In Progress", "henrik.svane", "Hardware/Other", "Medium"),
    Asked(215, "Screens for the lobby", "paulo.costa", "Open", None, "Hardware/Other", "Low", _LAPTOP,
        {**_laptop("ThinkPad T14", "Monitor"), "decided": {"automation": "Rejected"}}),
    Asked(201, "Laptop for an intern", "maja.lind", "Open", None, "Hardware/Laptop", "Normal", _LAPTOP, _laptop("ThinkPad T14")),
    Asked(180, "Laptop for the design studio", "na.li", "Open", None, "Hardware/Laptop", "High", _LAPTOP,
        _laptop("MacBook Pro 14", "Monitor", "Keyboard")),
    Asked(150, "CAD licence, second seat", "soren.kjaer", "Open", None, "Software/CAD/Licence", "Normal", _LICENCE,
        {**_licence("Northwind CAD", "Zweiter Arbeitsplatz für die Prüfung", "CC-4100"),
        "decided": {"jerome.lefevre": "Approved"}}),
    Asked(131, "Vector Studio, one year", "tobe.okafor", "Open", None, "Software/Other", "Normal", _LICENCE,
        _licence("Vector Studio", "Product launch", "CC-4200")),
    Asked(120, "Administrator rights on NW-LX-0003", "lukasz.wojcik", "Open", None, "User Administration/Permissions", "High",
        _RIGHTS, {"description": "Kernel module for the test bench", "decided": {"ove.dahl": "Approved"}}),
    Asked(111, "Administrator rights for label printing", "gudrun.thorsdottir", "Open", None, "", "Normal", _RIGHTS,
        {"description": "<div>Driver update<br></div>"}),
    Asked(96, "Laptop after water damage", "paulo.costa", "Open", None, "Hardware/Laptop", "High", _LAPTOP,
        _laptop("Latitude 7450", "Docking station")),
    Asked(90, "Browser crashes on start", "juergen.mueller", "Open", None, "Software/Browser/Crash", "Medium", _INCIDENT, _FELL),
    Asked(77, "Meeting room booking shows the wrong week", "hannah.falk", "Open", "ove.dahl", "Software/Other", "Low"),
    Asked(70, "VPN for two weeks", "els.bakker", "Open", None, "Network/VPN", "Normal", _VPN, {"answers": {"Own device": "Yes"}}),
    Asked(60, "Printer & scanner: \"paper size\" wrong + slow", "maja.lind", "Open", None, "Hardware/Printer", "Low"),
    Asked(48, "[key-2041] Nightly export failed", "automation", "Open", "automation", "Software/Other", "Medium",
        more={"udf_fields": {"udf_char1": "key-2041"}, "mode": "API"}),
    Asked(47, "[key-2042] Nightly export failed", "automation", "Resolved", "automation", "Software/Other", "Medium",
        more={"udf_fields": {"udf_char1": "key-2042"}, "mode": "API"}),
    Asked(40, "New colleague in Design", "na.li", "Open", None, "", "Normal", _NEW,
        {"answers": {"Full name": "Ana Example", "Devices": ("Laptop", "Phone", "Badge"), "Room": "3.10"},
        "udf_fields": {"ref_line_manager": {"email_id": "na.li@northwind.example"}}, "wanted_in": 400}),
    Asked(30, "Wireless in the warehouse", "gudrun.thorsdottir", "Open", "ingrid.moe", "Network/Wireless", "High", _INCIDENT,
        {**_FELL, "impact": "Affects Business"}),
    Asked(22, "Office suite for the auditor", "deirdre.obrien", "Open", None, "Software/Office/Licence", "Normal", _LICENCE,
        _licence("Office suite", "Audit", "CC-1000")),
    Asked(12, "Account for a supplier", "paulo.costa", "Open", None, "User Administration/Account/New", "Normal"),
    Asked(6, "Cannot connect to VPN", "anjali.sharma", "Open", None, "Network/VPN/Cannot connect", "High", _INCIDENT, _FELL),
    Asked(2, "Laptop for the trade fair", "tobe.okafor", "Open", None, "Hardware/Laptop", "Normal", _LAPTOP,
        _laptop("Latitude 7450")),
    Asked(0.5, "Laptop does not start", "maja.lind", "Open", None, "Hardware/Laptop", "High", _INCIDENT, _FELL),
)
# fmt: on
