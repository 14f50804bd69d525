# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example catalog of Northwind: people, categories, services, questions, old requests. All invented."""

from __future__ import annotations

from typing import Any, NamedTuple

#: the password of every account of the example data
PASSWORD = "Sandbox-Password-1"
#: the account that automation logs in with
SERVICE_ACCOUNT = "svc_automation"
ADMIN = "hannah_admin"
MAIL = "northwind.example"


class Person(NamedTuple):
    """An account."""

    login: str
    uid: str
    full_name: str
    mail: str
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    collaborators: tuple[str, ...] = ()


class Item(NamedTuple):
    """A service; ``category`` names are those of CATEGORIES."""

    id: str
    name: str
    excerpt: str
    categories: tuple[str, ...]
    more: dict[str, Any]


class Asked(NamedTuple):
    """A request of the past, ``hours`` ago; ``took`` is hours until its end."""

    id: str
    hours: int
    service: str
    by: str
    for_user: str
    state: str
    took: int
    answers: dict[str, tuple[str, ...]]
    comments: tuple[tuple[str, str, str], ...]


# One row a line; the formatter would spread them.
# fmt: off
PEOPLE = (
    Person("hannah_admin", "2301", "Hannah Falk", "hannah.falk", ("service catalog admin", "agent"), ("finance",)),
    Person("svc_automation", "2302", "Automation", "automation", ("service catalog admin", "agent")),
    Person("mlind", "2311", "Maja Lind", "maja.lind", (), ("sales",), ("odahl", "skjaer")),
    Person("odahl", "2312", "Ove Dahl", "ove.dahl", ("agent",), ("it",), ("mlind",)),
    Person("skjaer", "2313", "Søren Kjær", "soren.kjaer", (), ("engineering",)),
    Person("jmueller", "2314", "Jürgen Müller", "juergen.mueller", (), ("finance",)),
    Person("nli", "2315", "李娜", "na.li", (), ("design",)),
    Person("gthorsd", "2316", "Guðrún Þórsdóttir", "gudrun.thorsdottir", (), ("logistics",)),
)

#: id, name, name of the category above
CATEGORIES = (
    ("3001", "Devices", None), ("3002", "Laptops", "Devices"), ("3003", "Laptop accessories", "Laptops"),
    ("3004", "Phones", "Devices"),
    ("3005", "Software", None), ("3006", "Design tools", "Software"), ("3007", "Developer tools", "Software"),
    ("3008", "Code hosting", "Developer tools"), ("3009", "Office tools", "Software"),
    ("3010", "Access", None), ("3011", "Accounts", "Access"), ("3012", "Privileged accounts", "Accounts"),
    ("3013", "Networks", "Access"),
    ("3014", "Buildings", None), ("3015", "Rooms", "Buildings"), ("3016", "Køkken & kaffe", "Buildings"),
    ("3017", "People", None), ("3018", "New colleagues", "People"),
    ("3019", "Retired forms", None), ("3020", "Paper forms", "Retired forms"),
)

_YES_NO_OPTIONS = (("YES", "Yes, please"), ("NO", "No, thank you"))
_PHONES = {
    "NORDIC": (("N1", "Nordic One"), ("N2", "Nordic Two Pro")),
    "ATLAS": (("A10", "Atlas 10"), ("A11", "Atlas 11 Compact")),
}
_ROOMS = (
    ("R-101", ("Aarhus", "1.01", "6 seats")), ("R-204", ("Aarhus", "2.04", "12 seats")), ("R-310", ("Kraków", "3.10", "8 seats")),
)
_MENUS = {
    "SMALL": (("CAKE", ("Cake and coffee", "9 EUR")), ("ROLLS", ("Open sandwiches", "14 EUR"))),
    "LARGE": (("ROLLS", ("Open sandwiches", "14 EUR")), ("BUFFET", ("Buffet", "27 EUR"))),
}
_MODULES = (("M-BASE", ("Base", "included")), ("M-3D", ("3D", "12 EUR")), ("M-CLOUD", ("Cloud", "4 EUR")))

#: questions by service: page title, then questions; ``by``, ``visible_for`` and the like name a question by its label
QUESTIONS: dict[str, tuple[tuple[str, tuple[dict[str, Any], ...]], ...]] = {
    "Mobile phone": (("Your phone", (
        {"type": "Dropdown", "label": "Maker", "required": True, "options": (("NORDIC", "Nordic"), ("ATLAS", "Atlas"))},
        {"type": "Dropdown", "label": "Model", "required": True, "options_by": "Maker", "options_for": _PHONES},
        {"type": "YesNo", "label": "Keep your number?", "required": True},
        {"type": "TextField", "label": "Present number", "required": True, "max_length": 20,
            "visible_by": "Keep your number?", "visible_for": ("true",)},
    )),),
    "Database access": (("What you need", (
        {"type": "TextField", "label": "Database name", "required": True, "max_length": 30},
        {"type": "RadioButtons", "label": "Access level", "required": True,
            "options": (("READ", "Read only"), ("WRITE", "Read and write"))},
    )), ("Why", (
        {"type": "TextArea", "label": "Reason", "required": True},
        {"type": "TextField", "label": "Approver of the data", "required": True, "visible_by": "Access level",
            "visible_for": ("WRITE",)},
    ))),
    "Software licence": (("Product", (
        {"type": "Dropdown", "label": "Product", "required": True,
            "options": (("CAD", "Northwind CAD"), ("VECTOR", "Vector Studio"))},
        {"type": "MultiSelectDataTable", "label": "Modules", "required": True, "options": _MODULES},
        {"type": "TextField", "label": "Cost centre", "read_only": True, "answer_by": "Product",
            "answer_for": {"CAD": ("CC-4100",), "VECTOR": ("CC-4200",)}},
    )),),
    "Meeting room": (("Room", (
        {"type": "DataTable", "label": "Room", "required": True, "options": _ROOMS},
        {"type": "YesNo", "label": "Coffee?", "default": ("false",)},
    )),),
    "Building badge": (("Badge", (
        {"type": "TextField", "label": "Name on the badge", "required": True, "max_length": 40},
        {"type": "YesNo", "label": "Access at night?", "required": True, "default": ("false",)},
        {"type": "TextArea", "label": "Reason for access at night", "required": True,
            "visible_by": "Access at night?", "visible_for": ("true",)},
    )),),
    "Account recovery": (("Identity", (
        {"type": "TextField", "label": "Recovery code", "required": True, "confidential": True},
        {"type": "TextField", "label": "Channel", "hidden": True, "default": ("catalog",)},
    )),),
    "Desk move": (("From and to", (
        {"type": "TextField", "label": "From desk", "required": True},
        {"type": "TextArea", "label": "What goes along", "required": True},
        {"type": "RadioButtons", "label": "Packing help", "required": True, "options": _YES_NO_OPTIONS},
        {"type": "Dropdown", "label": "Week", "required": True, "options": (("W49", "Week 49"), ("W50", "Week 50"))},
        {"type": "YesNo", "label": "Phone moves too", "required": True},
        {"type": "DataTable", "label": "To room", "required": True, "options": _ROOMS},
        {"type": "MultiSelectDataTable", "label": "Extras", "required": True,
            "options": (("LAMP", ("Lamp", "2 kg")), ("PLANT", ("Plant", "4 kg")), ("SHELF", ("Shelf", "11 kg")))},
        {"type": "TextField", "label": "Note", "default": ("No hurry",)},
    )),),
    "Catering": (("Occasion", (
        {"type": "TextField", "label": "Occasion", "required": True, "max_length": 60},
        {"type": "Dropdown", "label": "Size", "required": True, "options": (("SMALL", "Up to 12"), ("LARGE", "More than 12"))},
        {"type": "TextField", "label": "Number of guests", "required": True, "visible_by": "Size", "visible_for": ("LARGE",)},
    )), ("Food", (
        {"type": "DataTable", "label": "Menu", "required": True, "options_by": "Size", "options_for": _MENUS},
        {"type": "CheckBoxes", "label": "Diets", "options": (("VEGAN", "Vegan"), ("GLUTEN", "No gluten"), ("NUTS", "No nuts"))},
        {"type": "DatePicker", "label": "Day"},
    ))),
}
#: how many users one set of answers may be for, where it is not 20
USER_LIMITS = {"Building badge": 1, "Account recovery": 1}

_ONCE = {"paymentType": "Once", "currency": "EUR"}
_MONTHLY = {"paymentType": "Recurring", "currency": "EUR", "paymentSchedule": "Monthly"}
ITEMS = (
    Item(
        "2401", "Standard laptop", "A 14 inch laptop with the usual software", ("Laptops",),
        {"payment": _ONCE, "costs": (1100, 0, 0), "provisioning": (3, "DAY"), "max_quantity": 5, "tags": ("notebook", "hardware"),
            "fields": (("Memory", "32 GB"), ("Screen", "14 inch"))},
    ),
    Item(
        "2402", "External monitor", "27 inches, with stand and cable", ("Laptop accessories", "Devices"),
        {"payment": _ONCE, "costs": (240, 0, 0), "tags": ("screen", "hardware")},
    ),
    Item(
        "2403", "Mobile phone", "A phone of your choice, with contract", ("Phones",),
        {"payment": _MONTHLY, "costs": (0, 19.5, 234), "tags": ("hardware",)},
    ),
    Item("2404", "Database access", "Read or change a company database", ("Accounts", "Developer tools"), {}),
    Item("2405", "VPN access", "Reach the office network from elsewhere", ("Networks",), {"provisioning": (30, "MIN")}),
    Item(
        "2406", "Administrator rights", "For one project; your manager approves", ("Privileged accounts",),
        {"workflow": "approval"},
    ),
    Item(
        "2407", "Software licence", "Pick the product and its modules", ("Design tools",),
        {"payment": _MONTHLY, "costs": (0, 32.25, 387)},
    ),
    Item("2408", "Code repository", "A repository with a build pipeline", ("Code hosting",), {"tags": ("git",)}),
    Item("2409", "Meeting room", "For a day, with or without coffee", ("Rooms",), {}),
    Item("2410", "Fax line", "Nobody knows how to connect one any more", ("Phones",), {"workflow": "fail"}),
    Item("2411", "Shared mailbox", "For a team", ("Office tools",), {}),
    Item("2412", "Shared mailbox", "For a project, closed after a year", ("Accounts",), {}),
    Item("2413", "Building badge", "Opens the doors that you need", ("Rooms",), {"on_behalf": True}),
    Item(
        "2414", "New colleague kit", "Laptop, monitor, network and badge in one go", ("New colleagues",),
        {"parts": ("2401", "2402", "2405", "2413"), "payment": _ONCE, "costs": (1340, 0, 0)},
    ),
    Item(
        "2415", "Kaffebønner til køkkenet ☕", "Mørkristede, 1 kg – leveres om fredagen", ("Køkken & kaffe",),
        {"payment": _ONCE, "costs": (14.9, 0, 0), "tags": ("kaffe",), "max_quantity": 20},
    ),
    Item("2416", "设计软件许可证", "一年有效", ("Design tools",), {}),
    Item("2417", "Finance ledger access", "Only for the finance department", ("Accounts",), {"groups": frozenset({"finance"})}),
    Item("2418", "Robot arm hour", "Not published yet", ("Developer tools",), {"stage": "DRAFT"}),
    Item("2419", "Guest network", "A week of wireless network for visitors", ("Networks",), {"tags": ("wifi",)}),
    Item("2420", "Account recovery", "When nothing else helps", ("Accounts",), {}),
    Item("2421", "Desk move", "We carry it, you tell us where", ("Buildings",), {"workflow": "manual"}),
    Item("2422", "Training budget", "For yourself only", ("People",), {"on_behalf": False}),
    Item("9007199254740993", "Archive storage", "Its id is above 2^53", ("Office tools",), {"tags": ("storage",)}),
    Item("2424", "Paper timesheet", "Replaced by the time portal", ("Paper forms",), {"stage": "REJECTED"}),
    Item(
        "2425", "Catering", "Coffee, cake or a buffet for your guests", ("Køkken & kaffe", "Rooms"),
        {"tags": ("guests",), "provisioning": (2, "DAY")},
    ),
)

REQUESTS = (
    Asked(
        "40211", 1900, "2401", "mlind", "mlind", "COMPLETED", 70, {},
        (("odahl", "PUBLIC", "Ready at the front desk"), ("odahl", "INTERNAL", "Serial NW-LT-0142")),
    ),
    Asked(
        "40219", 1480, "2404", "skjaer", "skjaer", "COMPLETED", 5,
        {"Database name": ("orders_eu",), "Access level": ("READ",), "Reason": ("Årsrapport",)}, (),
    ),
    Asked("40230", 1200, "2410", "gthorsd", "gthorsd", "FAILED", 1, {}, (("gthorsd", "PUBLIC", "Hvað gerðist?"),)),
    Asked(
        "40244", 900, "2403", "mlind", "nli", "COMPLETED", 48,
        {"Maker": ("ATLAS",), "Model": ("A10",), "Keep your number?": ("false",)}, (),
    ),
    Asked("40252", 610, "2420", "jmueller", "jmueller", "COMPLETED", 1, {"Recovery code": ("813-664",)}, ()),
    Asked("40270", 400, "2402", "hannah_admin", "nli", "REJECTED", 30, {}, ()),
    Asked("40288", 240, "2405", "odahl", "gthorsd", "COMPLETED", 1, {}, ()),
    Asked(
        "9007199254740995", 130, "9007199254740993", "skjaer", "skjaer", "COMPLETED", 20, {},
        (("skjaer", "PUBLIC", "Thanks!"),),
    ),
    Asked("40301", 52, "2406", "skjaer", "skjaer", "WAITING", 1, {}, ()),
    Asked(
        "40310", 20, "2421", "jmueller", "jmueller", "ACTIVE", 1,
        {"From desk": ("2.14",), "What goes along": ("Zwei Monitore",), "Packing help": ("YES",), "Week": ("W50",),
            "Phone moves too": ("true",), "To room": ("R-204",), "Extras": ("LAMP", "PLANT")}, (),
    ),
    Asked("40311", 6, "2419", "mlind", "mlind", "CANCELLED", 2, {}, ()),
)

#: service, user, hours ago, rating, title and content of the review if there is one
OPINIONS = (
    ("2401", "mlind", 1700, 0.8, "Good and quiet", "Only the webcam could be better."),
    ("2401", "skjaer", 1650, 1.0, "Hurtig levering", "Kom på to dage."),
    ("2401", "odahl", 1600, 0.6, None, None),
    ("2410", "gthorsd", 1190, 0.0, "Did not work", "The line was never connected."),
    ("2404", "skjaer", 1400, 0.9, "Quick", "Access on the same day."),
    ("2415", "nli", 300, 1.0, "很好喝", "味道很好。"),
    ("2403", "nli", 820, 0.7, None, None),
)

#: the services of the other catalog: id there, id here, what differs
OTHER_ITEMS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("7101", "2419", {}),
    ("7102", "2401", {"excerpt": "A 13 inch laptop", "fields": (("Memory", "16 GB"),)}),
    ("7103", "2402", {"guid": "other", "excerpt": "24 inches"}),
    ("7104", "2409", {}),
)
# fmt: on
