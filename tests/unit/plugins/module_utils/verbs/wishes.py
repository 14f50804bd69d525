# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wished of the catalogs in memory: services for users, and a bundle of two."""

from __future__ import annotations

from typing import Any

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import Wanted
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.ordering import Wish

KIT: dict[str, Any] = {"id": "9", "name": "Kit", "bundled_services": [{"id": "1", "name": "One"}, {"id": "2", "name": "Two"}]}
# Neither the bundle nor a part of it.
APART = "3"
SETTLE = 10.0
USERS = [f"user{number}" for number in range(8)]


def wish(user: str, service_id: str, *, quantity: int = 1, **more: Any) -> Wish:
    service = KIT if service_id == KIT["id"] else {"id": service_id, "name": f"Service {service_id}", "bundled_services": []}
    wanted = Wanted(service_id, (), quantity=quantity)
    return Wish(service=service, user=user, wanted=wanted, answers={}, settle_timeout=SETTLE, **more)
