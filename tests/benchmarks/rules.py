# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter decide over many requests and rules."""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.deskops.itsm.plugins.plugin_utils.rules import decide

from .bench import Bench, Row

# Of doubling the work: what the clock of a shared machine adds.
LINEAR = 2.6
MOST_SECONDS = 10
KINDS = 4


def requests_of(count: int) -> list[dict[str, Any]]:
    """Requests of which a few match each rule, and most none."""
    return [
        {
            "id": str(number),
            "state": "pending",
            "subject": f"Setup {number % 977}",
            "requested_for": f"NW\\user{number % 1009}",
            "created_at": f"2026-11-{number % 28 + 1:02}T09:00:00",
            "raw": {
                "application": {"vendor": f"Vendor {number % 991}", "scanResult": "Clean", "version": f"{number % 13}.1"},
                "user": {"account": f"NW\\user{number % 1009}", "email": f"user{number % 1009}@northwind.example"},
                "computer": {"name": f"NW-LT-{number % 4999:05}"},
            },
        }
        for number in range(count)
    ]


def rules_of(count: int) -> list[dict[str, Any]]:
    """Rules of all kinds; the last applies to what the others leave."""
    kinds: list[dict[str, Any]] = []
    for number in range(count - 1):
        conditions = (
            {"application.vendor": [f"Vendor {number}", f"Vendor {number + 100}"]},
            {"user.account": {"glob": f"NW\\\\user{number}?"}, "application.scanResult": "Clean"},
            {"computer.name": {"regex": f"^SRV-{number}"}},
            {"created_at": {"lt": "2026-01-01"}, "not": {"application.version": f"{number}.0"}},
        )
        kinds.append({"name": f"rule {number}", "when": conditions[number % KINDS], "then": "approved", "reason": "Rule"})
    return [*kinds, {"name": "the rest", "when": {}, "then": "pending"}]


def cpu_seconds(requests: int, rules: int) -> float:
    """The CPU time of one evaluation."""
    records, chosen = requests_of(requests), rules_of(rules)
    started = time.process_time()
    decisions = decide(records, chosen)
    seconds = time.process_time() - started
    if len(decisions) != requests:
        raise RuntimeError(f"{len(decisions)} decisions about {requests} requests")
    return seconds


def deciding(bench: Bench) -> list[Row]:
    """CPU time, and how it grows with the requests and with the rules."""
    many, rules = bench.sizes.read, bench.sizes.rules
    seconds = bench.take_turns(
        whole=lambda: cpu_seconds(many, rules),
        half_the_requests=lambda: cpu_seconds(many // 2, rules),
        half_the_rules=lambda: cpu_seconds(many, rules // 2),
    )
    whole = seconds["whole"]
    work = f"`decide`: {many:,} requests × {rules} rules"
    rows = [Row(work, f"{whole:.2f} s CPU", "–", f"{whole:.2f} s CPU", f"≤ {MOST_SECONDS} s", whole <= MOST_SECONDS)]
    for name, half in (("requests", seconds["half_the_requests"]), ("rules", seconds["half_the_rules"])):
        growth = whole / half
        beside = f"half the {name}: {half:.2f} s"
        rows.append(Row(work, f"{whole:.2f} s CPU", beside, f"{growth:.2f} times as much", "linear (about 2)", growth <= LINEAR))
    return rows
