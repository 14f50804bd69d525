# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Additional fields (``udf_fields``) that the example tenant has, in the old and in the new spelling of their keys."""

from __future__ import annotations

from .fields import Field
from .kinds import Additional, Choice, Decimal, Flag, Number, Ref, Text, Texts, Time

#: by module: key, label, field
ADDITIONAL: dict[str, tuple[tuple[str, Field], ...]] = {
    "requests": (
        ("External reference", Field("udf_char1", Text(250))),
        ("Cost centre", Field("txt_cost_centre", Text(50))),
        ("Region", Field("txt_region", Choice(("Nordics", "Central Europe", "Asia Pacific")))),
        ("Parties told", Field("txt_parties_told", Texts(("Users", "Management", "Supplier")), empty=[])),
        ("Seats", Field("udf_long1", Number())),
        ("Estimated cost", Field("udf_double1", Decimal())),
        ("Wanted by", Field("udf_date1", Time())),
        ("Leaves the building", Field("bool_off_site", Flag(), empty=False)),
        ("Line manager", Field("ref_line_manager", Ref("users"))),
    ),
    "problems": (("External reference", Field("udf_char1", Text(250))),),
    "changes": (
        ("External reference", Field("udf_char1", Text(250))),
        ("Downtime in minutes", Field("num_downtime", Number())),
    ),
    "projects": (("External reference", Field("udf_char1", Text(250))),),
    "releases": (("External reference", Field("udf_char1", Text(250))),),
    "assets": (
        ("Inventory sticker", Field("txt_sticker", Text(50))),
        ("Leased until", Field("date_leased_until", Time())),
    ),
    "contracts": (("External reference", Field("udf_char1", Text(250))),),
    "purchase_orders": (("Cost centre", Field("txt_cost_centre", Text(50))),),
    "solutions": (("External reference", Field("udf_char1", Text(250))),),
}


def additional(module: str) -> Field:
    """The field ``udf_fields`` of a module."""
    return Field("udf_fields", Additional(tuple(field for _label, field in ADDITIONAL[module])), empty={})
