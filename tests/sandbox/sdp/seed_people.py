# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of the example tenant, and the clients and tokens that are known from the start. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .accounts import EVERYTHING, SERVICE, Accounts, Client

MAIL = "northwind.example"
#: the technician whose token automation uses
OWNER = f"automation@{MAIL}"


class Person(NamedTuple):
    """A user; those with a group are technicians."""

    name: str
    mail: str
    department: str
    job: str
    group: str | None = None
    vip: bool = False


# fmt: off
PEOPLE = (
    Person("Automation", "automation", "IT Operations", "Service account", "Service Desk"),
    Person("Hannah Falk", "hannah.falk", "IT Operations", "Service owner", "Service Desk"),
    Person("Ove Dahl", "ove.dahl", "IT Operations", "Service desk agent", "Service Desk"),
    Person("Ingrid Moe", "ingrid.moe", "IT Operations", "Network engineer", "Network"),
    Person("Jérôme Lefèvre", "jerome.lefevre", "IT Operations", "Application owner", "Applications"),
    Person("Henrik Svane", "henrik.svane", "IT Operations", "Hardware engineer", "Hardware"),
    Person("Maja Lind", "maja.lind", "Sales", "Account manager"),
    Person("Søren Kjær", "soren.kjaer", "Engineering", "Mechanical engineer"),
    Person("Łukasz Wójcik", "lukasz.wojcik", "Engineering", "Developer"),
    Person("Jürgen Müller", "juergen.mueller", "Finance", "Controller"),
    Person("Tobe Okafor", "tobe.okafor", "Marketing", "Campaign manager"),
    Person("Anjali Sharma", "anjali.sharma", "Engineering", "Developer"),
    Person("李娜", "na.li", "Design", "Designer"),
    Person("Guðrún Þórsdóttir", "gudrun.thorsdottir", "Logistics", "Warehouse manager"),
    Person("Paulo Costa", "paulo.costa", "Sales", "Sales representative"),
    Person("Deirdre O'Brien", "deirdre.obrien", "Legal", "Counsel", vip=True),
    Person("Els Bakker", "els.bakker", "Finance", "Accountant"),
)
# fmt: on

_SECRET = "5ab0c" * 8 + "5a"
SELF_CLIENT = Client("1000.SANDBOXSELFCLIENT0000000000000", _SECRET)
WEB_CLIENT = Client("1000.SANDBOXWEBCLIENT00000000000000", _SECRET[::-1], f"https://automation.{MAIL}/callback")
OTHER_CLIENT = Client("1000.SANDBOXOTHERCLIENT000000000000", _SECRET)


def _refresh_token(number: int) -> str:
    half = f"5ab0c{number:03}" * 4
    return f"1000.{half}.{half}"


@dataclass(frozen=True)
class Credentials:
    """The clients of a data centre, and its refresh tokens: token, account, scopes."""

    clients: tuple[Client, ...]
    tokens: tuple[tuple[str, str, frozenset[str]], ...]

    def grant(self, accounts: Accounts) -> None:
        for client in self.clients:
            accounts.clients[client.id] = client
        for token, mail, scopes in self.tokens:
            accounts.add_refresh_token(token, self.clients[0], f"{mail}@{MAIL}", scopes)


CREDENTIALS = {
    "sdp": Credentials(
        (SELF_CLIENT, WEB_CLIENT),
        (
            (_refresh_token(1), "automation", EVERYTHING),
            (_refresh_token(2), "automation", frozenset({f"{SERVICE}.requests.READ"})),
            (_refresh_token(3), "automation", frozenset({f"{SERVICE}.requests.ALL"})),
            (_refresh_token(4), "ove.dahl", EVERYTHING),
        ),
    ),
    "sdp2": Credentials((OTHER_CLIENT,), ((_refresh_token(9), "automation", EVERYTHING),)),
}
