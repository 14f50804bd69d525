# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a long list: time beside a hand-written pager, and memory."""

from __future__ import annotations

import sys

from integration.support.programs import ROOT
from integration.support.sandbox import KEY

from . import hand_written, own_read
from .bench import START, Bench, Row, Tasks
from .decisions import printed

FIELDS = ("state", "requested_for")
# More in one control call would only be slow.
AT_ONCE = 10_000


def fill(bench: Bench, count: int) -> None:
    """So many requests, and nothing else."""
    bench.fresh()
    for start in range(0, count, AT_ONCE):
        bench.sandbox.add_requests(min(AT_ONCE, count - start))


def _task(fields: tuple[str, ...] = ()) -> Tasks:
    options = {"fields": list(fields)} if fields else {}
    return [{"name": "read", "deskops.itsm.request_info": options, "register": "queue"}]


def reading(bench: Bench) -> list[Row]:
    """The whole list."""
    many, few = bench.sizes.read, bench.sizes.read_few
    server = [bench.sandbox.abr_url, KEY, bench.sandbox.ca or ""]
    environ = bench.environ() | {"PYTHONPATH": str(ROOT / ".build" / "collections")}

    def own(*fields: str) -> float:
        return printed([sys.executable, own_read.__file__, *server, *fields], environ)

    fill(bench, few)
    peaks = {fields: bench.peak(_task(fields)) for fields in ((), FIELDS)}
    fill(bench, many)
    grown = {fields: (bench.peak(_task(fields)) - peak) / (many - few) for fields, peak in peaks.items()}
    seconds = bench.take_turns(
        start=lambda: bench.playbook(START),
        pager=lambda: printed([sys.executable, hand_written.__file__, "read", *server], environ),
        own=own,
        own_fields=lambda: own(*FIELDS),
        whole=lambda: bench.playbook(_task()),
        fields=lambda: bench.playbook(_task(FIELDS)),
    )
    work = f"read {many:,} requests"
    pager = f"pager: {seconds['pager']:.2f} s"
    ratio = seconds["own"] / seconds["pager"]
    whole, fields = seconds["whole"] - seconds["start"], seconds["fields"] - seconds["start"]
    short = f"`fields: [{', '.join(FIELDS)}]`"
    return [
        Row(
            f"{work}: the task's work",
            f"{seconds['own']:.2f} s",
            pager,
            f"{ratio:.2f} times its time",
            "≤ 1.3 times",
            ratio <= 1.3,
        ),
        Row(f"{work}, handed to Ansible", f"{whole:.2f} s", pager, f"{whole / seconds['pager']:.1f} times its time", "–", None),
        Row(
            f"{work}, handed to Ansible, {short}",
            f"{fields:.2f} s",
            f"whole records: {whole:.2f} s",
            f"{whole / fields:.1f} times faster",
            "faster",
            fields < whole,
        ),
        Row(f"{work}: peak memory", f"{grown[()]:.1f} KB a record", "–", f"{grown[()]:.1f} KB a record", "< 6 KB", grown[()] < 6),
        Row(
            f"{work}, {short}: peak memory",
            f"{grown[FIELDS]:.1f} KB a record",
            f"whole records: {grown[()]:.1f} KB",
            f"{grown[FIELDS]:.1f} KB a record",
            "less",
            grown[FIELDS] < grown[()],
        ),
    ]
