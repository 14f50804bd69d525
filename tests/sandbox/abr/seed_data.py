# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example tenant Northwind: people, computers, applications and its approval queue. All invented."""

from __future__ import annotations

from typing import NamedTuple

DOMAIN = "NWIND"
MAIL = "northwind.example"


class Person(NamedTuple):
    """A user; the e-mail follows from ``mail``."""

    login: str
    full_name: str
    mail: str
    unit: str


class Model(NamedTuple):
    """Hardware with its operating system."""

    platform: str
    platform_code: int
    system: str
    version: str
    release: int
    build: int
    update: int
    server: bool
    make: str
    model: str
    portable: bool
    cpu: str
    mhz: int
    cores: int
    disk: int
    memory: int
    resolution: str


class Place(NamedTuple):
    """Where a computer is, ``offset`` hours east of UTC."""

    city: str
    region: str
    country: str
    latitude: str
    longitude: str
    offset: int


class App(NamedTuple):
    """A file that users want to run; ``scan`` is 0 clean, 1 malicious, 2 suspicious."""

    name: str
    file: str
    version: str
    vendor: str | None
    scan: int = 0
    threat: str | None = None


class Asked(NamedTuple):
    """A request of the demo queue, ``minutes`` ago; ``app`` of None is a session."""

    id: int
    minutes: int
    login: str
    app: str | None
    status: str
    reason: str | None
    by: str | None = None
    denied_reason: str | None = None
    computer: str | None = None
    type_code: int = 0


PORTAL_USERS = (
    ("ove.dahl@northwind.example", "Ove Dahl"),
    ("helpdesk@northwind.example", "Northwind Help Desk"),
    ("ingrid.moe@northwind.example", "Ingrid Moe"),
    ("jerome.lefevre@northwind.example", "Jérôme Lefèvre"),
)


PEOPLE = {
    person.login: person
    for person in (
        Person("mlind", "Maja Lind", "maja.lind", "Sales"),
        Person("skjaer", "Søren Kjær", "soren.kjaer", "Engineering"),
        Person("lwojcik", "Łukasz Wójcik", "lukasz.wojcik", "Engineering"),
        Person("jmueller", "Jürgen Müller", "juergen.mueller", "Finance"),
        Person("tokafor", "Tobe Okafor", "tobe.okafor", "Marketing"),
        Person("asharma", "Anjali Sharma", "anjali.sharma", "Engineering"),
        Person("nli", "李娜", "na.li", "Design"),
        Person("gthorsd", "Guðrún Þórsdóttir", "gudrun.thorsdottir", "Logistics"),
        Person("pcosta", "Paulo Costa", "paulo.costa", "Sales"),
        Person("dobrien", "Deirdre O'Brien", "deirdre.obrien", "Legal"),
        Person("ebakker", "Els Bakker", "els.bakker", "Finance"),
        Person("hsvc", "Henrik Svane", "henrik.svane", "IT Operations"),
    )
}

MODELS = {
    "t14": Model(
        "Windows",
        0,
        "Windows 11 Enterprise",
        "23H2",
        2009,
        22631,
        4169,
        False,
        "LENOVO",
        "21HM002TMX",
        True,
        "13th Gen Intel Core i5-1345U",
        1600,
        10,
        476,
        16384,
        "1920x1200",
    ),
    "lat": Model(
        "Windows",
        0,
        "Windows 11 Enterprise",
        "24H2",
        2009,
        26100,
        2033,
        False,
        "Dell Inc.",
        "Latitude 7450",
        True,
        "Intel Core Ultra 7 165U",
        1700,
        12,
        954,
        32768,
        "1920x1200",
    ),
    "elt": Model(
        "Windows",
        0,
        "Windows 10 Enterprise",
        "22H2",
        2009,
        19045,
        4957,
        False,
        "HP",
        "EliteDesk 800 G6",
        False,
        "Intel Core i7-10700",
        2900,
        8,
        512,
        16384,
        "2560x1440",
    ),
    "mac": Model(
        "Mac",
        1,
        "macOS Sonoma",
        "14.6.1",
        0,
        0,
        0,
        False,
        "Apple",
        "MacBookPro18,3",
        True,
        "Apple M1 Pro",
        3228,
        10,
        994,
        32768,
        "3024x1964",
    ),
    "lnx": Model(
        "Linux",
        3,
        "Ubuntu",
        "24.04",
        0,
        0,
        0,
        False,
        "Framework",
        "Laptop 13",
        True,
        "AMD Ryzen 7 7840U",
        3300,
        8,
        1000,
        32768,
        "2256x1504",
    ),
    "srv": Model(
        "Server",
        2,
        "Windows Server 2022 Standard",
        "21H2",
        2009,
        20348,
        2655,
        True,
        "VMware, Inc.",
        "VMware20,1",
        False,
        "Intel Xeon Gold 6338",
        2000,
        4,
        240,
        32768,
        "1024x768",
    ),
}

PLACES = {
    "aar": Place("Aarhus", "Midtjylland", "Denmark", "56.16", "10.20", 2),
    "osl": Place("Oslo", "Oslo", "Norway", "59.91", "10.75", 2),
    "krk": Place("Kraków", "Małopolskie", "Poland", "50.06", "19.94", 2),
    "rey": Place("Reykjavík", "Höfuðborgarsvæðið", "Iceland", "64.15", "-21.94", 0),
    "lis": Place("Lisboa", "Lisboa", "Portugal", "38.72", "-9.14", 1),
    "sgp": Place("Singapore", "Singapore", "Singapore", "1.35", "103.82", 8),
}

#: name, login of its user, model, place, whether inventory data was ever sent
COMPUTERS = (
    ("NW-LT-0142", "mlind", "t14", "aar", True),
    ("NW-LT-0143", "skjaer", "lat", "aar", True),
    (
        "NW-LT-0147",
        "lwojcik",
        "lat",
        "krk",
        True,
    ),
    ("NW-LT-0151", "jmueller", "t14", "osl", True),
    ("NW-LT-0152", "tokafor", "t14", "osl", True),
    (
        "NW-LT-0158",
        "asharma",
        "lat",
        "sgp",
        True,
    ),
    ("NW-MB-0021", "nli", "mac", "sgp", True),
    ("NW-LT-0160", "gthorsd", "t14", "rey", True),
    (
        "NW-LT-0163",
        "pcosta",
        "t14",
        "lis",
        True,
    ),
    ("NW-DT-0307", "dobrien", "elt", "osl", True),
    ("NW-DT-0308", "ebakker", "elt", "aar", True),
    (
        "NW-LT-0170",
        "hsvc",
        "lat",
        "aar",
        True,
    ),
    ("NW-SRV-APP01", "hsvc", "srv", "aar", True),
    ("NW-SRV-SQL01", "hsvc", "srv", "aar", True),
    (
        "NW-SRV-PRN02",
        "hsvc",
        "srv",
        "osl",
        True,
    ),
    ("NW-MB-0022", "tokafor", "mac", "osl", True),
    ("NW-MB-0025", "asharma", "mac", "sgp", True),
    (
        "NW-LX-0003",
        "lwojcik",
        "lnx",
        "krk",
        True,
    ),
    ("NW-LX-0004", "skjaer", "lnx", "aar", False),
    ("NW-DT-0311", "pcosta", "elt", "lis", True),
    (
        "NW-DT-0312",
        "jmueller",
        "elt",
        "osl",
        False,
    ),
    ("NW-LT-0171", "ebakker", "t14", "aar", True),
    ("NW-LT-0172", "dobrien", "t14", "osl", True),
    (
        "NW-LT-0175",
        "gthorsd",
        "lat",
        "rey",
        False,
    ),
    ("NW-LT-0180", "mlind", "lat", "aar", True),
    ("NW-DT-0320", "nli", "elt", "sgp", True),
    (
        "NW-LT-0181",
        "tokafor",
        "lat",
        "osl",
        False,
    ),
    ("NW-SRV-FIL01", "hsvc", "srv", "krk", True),
    ("Lager PC 3", "gthorsd", "elt", "rey", True),
    (
        "NW-KIOSK-01",
        "pcosta",
        "elt",
        "lis",
        False,
    ),
)

APPS = {
    "7zip": App("7-Zip Installer", "7z2406-x64.exe", "24.06", "Igor Pavlov"),
    "vscode": App("Visual Studio Code Setup", "VSCodeSetup-x64-1.92.2.exe", "1.92.2", "Microsoft Corporation"),
    "powertoys": App("PowerToys (Preview) x64", "PowerToysSetup-0.83.0-x64.exe", "0.83.0", "Microsoft Corporation"),
    "firefox": App("Firefox Installer", "Firefox Setup 129.0.exe", "129.0", "Mozilla"),
    "thunderbird": App("Thunderbird Installer", "Thunderbird Setup 128.1.exe", "128.1.0", "Mozilla"),
    "notepad++": App("Notepad++ Installer", "npp.8.6.9.Installer.x64.exe", "8.6.9", "Notepad++"),
    "git": App("Git for Windows", "Git-2.46.0-64-bit.exe", "2.46.0", "The Git Development Community"),
    "docker": App("Docker Desktop Installer", "Docker Desktop Installer.exe", "4.33.1", "Docker Inc"),
    "scanner": App("Office Scanner Driver", "osd-setup.exe", "3.1.0.2", "Example Imaging Ltd"),
    "label": App("Label Designer", "LabelDesigner.msi", "11.4", "Etiketter A/S"),
    "toolbar": App("Free PDF Toolbar", "pdf_toolbar_setup.exe", "1.0.0.7", None, 1, "Adware.Sandbox.Toolbar"),
    "keygen": App("License Activator", "activator.exe", "0.9", "Unknown Publisher", 2, "Heur.Sandbox.Generic"),
    "gamebar": App("Speedy Games Launcher", "speedy-games.exe", "7.7.0", "Speedy Games"),
    "figma": App("Figma", "Figma.dmg", "124.3.2", "Figma, Inc."),
    "sqlpatch": App(
        "SQL Server Cumulative Update",
        "SQLServer2022-CU14-x64.exe",
        "16.0.4135.4",
        "Microsoft Corporation",
    ),
    "cad": App("Northwind CAD Viewer", "nwcad-viewer-5.2.exe", "5.2.0", "Example Engineering GmbH"),
}

REQUESTS = (
    Asked(
        65430871,
        64_100,
        "ebakker",
        "firefox",
        "Finished",
        "Browser for the tax portal",
        "ove.dahl@northwind.example",
    ),
    Asked(
        65430873,
        58_300,
        "pcosta",
        "gamebar",
        "Denied",
        "For lunch breaks",
        "ove.dahl@northwind.example",
        "Games are not allowed on company devices",
    ),
    Asked(
        65430880,
        41_000,
        "hsvc",
        None,
        "Finished",
        "Replace the print server's driver",
        "ingrid.moe@northwind.example",
        computer="NW-SRV-PRN02",
        type_code=2,
    ),
    Asked(
        65430884,
        30_500,
        "asharma",
        "docker",
        "Finished",
        "Containers for the build pipeline",
        "ove.dahl@northwind.example",
    ),
    Asked(65430889, 22_400, "dobrien", "scanner", "Expired", "New scanner in the archive room"),
    Asked(
        65430890,
        12_900,
        "tokafor",
        "toolbar",
        "Denied",
        None,
        "helpdesk@northwind.example",
        "Blocked: the scanner found adware",
    ),
    Asked(
        65430896,
        9_870,
        "lwojcik",
        "git",
        "Finished",
        "Potrzebne do pracy nad repozytorium",
        "jerome.lefevre@northwind.example",
    ),
    Asked(
        65430899,
        7_240,
        "gthorsd",
        "label",
        "Finished",
        "Merkimiðar fyrir vöruhúsið",
        "ove.dahl@northwind.example",
        computer="Lager PC 3",
    ),
    Asked(65430903, 2_980, "jmueller", "keygen", "Quarantined", "Lizenz für die Buchhaltung"),
    Asked(65430904, 1_510, "skjaer", None, "Expired", "Skift af netværkskort", type_code=1),
    Asked(65430908, 1_130, "mlind", "notepad++", "Finished", "Editor for price lists", "helpdesk@northwind.example"),
    Asked(65430911, 410, "nli", "figma", "Open", "设计评审需要", "ove.dahl@northwind.example"),
    Asked(
        65430912,
        245,
        "hsvc",
        None,
        "Running",
        "Ticket 4711: reset the local profile",
        "ingrid.moe@northwind.example",
        type_code=1,
    ),
    Asked(
        65430915,
        190,
        "asharma",
        "powertoys",
        "Open",
        "Window layouts on the wide screen",
        "helpdesk@northwind.example",
    ),
    Asked(65430919, 122, "tokafor", "vscode", "Pending", "Editing the campaign site"),
    Asked(65430921, 97, "hsvc", "sqlpatch", "Pending", "Cumulative update, change 2026-118", computer="NW-SRV-SQL01"),
    Asked(65430922, 81, "pcosta", "gamebar", "Pending", "Please!!"),
    Asked(65430924, 64, "jmueller", "firefox", "Pending", "Für das Steuerportal - dringend"),
    Asked(65430927, 52, "nli", None, "Pending", "Install the display calibration tool", type_code=1),
    Asked(65430930, 33, "mlind", "7zip", "Pending", "Need the archiver for supplier files"),
    Asked(65430931, 27, "dobrien", "toolbar", "Pending", "Converts PDF contracts"),
    Asked(65430932, 19, "skjaer", "cad", "Pending", "Åbne kundens tegninger <DWG & DXF>"),
    Asked(65430936, 8, "lwojcik", "keygen", "Pending", None),
    Asked(65430937, 3, "gthorsd", "thunderbird", "Pending", "Shared mailbox does not work in the web client"),
)

#: applications that ran without a request, and how often they show up in the history
HISTORY_APPS = ("7zip", "vscode", "firefox", "notepad++", "git", "thunderbird", "cad")
#: event codes of the history, the common ones several times
HISTORY_EVENTS = (
    5,
    5,
    5,
    2,
    3,
    13,
    10,
    12,
    8,
    40,
    40,
    41,
    42,
    50,
    60,
    92,
    92,
    93,
    94,
    95,
    97,
    100,
    101,
    103,
    20,
    30,
    72,
    90,
    120,
    123,
    150,
    180,
    182,
)

#: what is installed: name, version, vendor, size in MB
SOFTWARE = (
    ("7-Zip 24.06 (x64)", "24.06", "Igor Pavlov", 5),
    ("Mozilla Firefox (x64 en-US)", "129.0", "Mozilla", 236),
    ("Microsoft Edge", "128.0.2739.42", "Microsoft Corporation", 690),
    ("Microsoft 365 Apps for enterprise", "16.0.17830.20138", "Microsoft Corporation", 2910),
    ("Notepad++ (64-bit x64)", "8.6.9", "Notepad++ Team", 17),
    ("Git", "2.46.0", "The Git Development Community", 312),
    ("Northwind CAD Viewer", "5.2.0", "Example Engineering GmbH", 420),
    ("Docker Desktop", "4.33.1", "Docker Inc", 1800),
)
