# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that nobody expects: huge, odd, of the wrong type, and with evil intentions."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

ODD_TEXTS = (
    "",
    " ",
    "\0",
    "\r\nX-Evil: 1",
    "a\r\n\r\nGET / HTTP/1.1\r\nX-Evil: 1\r\n\r\n",
    "a\nX-Evil: 1",
    "\x7f\x1b[31m\b",
    "\u202egnp.exe\u202c",
    "مرحبا بالعالم",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "Z̸̢a̶l̷g̴o̵",
    "\ufeff\u200b\u2028",
    "\ud800",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "%2e%2e%2f%0d%0aX-Evil:%201",
    "a/b?c=d&e#f;g",
    "{{ 1 + 1 }}{% raw %}",
    "<script>alert(1)</script>&amp;",
    "' OR 1=1 --",
    '"}],"x":[{"',
    "null",
    "-1",
    "1e999",
    "９０",
    "²",
    "0x10",
    "00065430930",
    "NaN",
    "2026-02-30T25:61:61Z",
    "9" * 5000,
    "a" * 1_000_000,
    "é\r\n" * 1000,
)
texts = st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=30))
numbers = st.one_of(
    st.integers(min_value=-3, max_value=20),
    st.sampled_from([2**31, 2**53 + 1, 2**63, -(2**64), 10**400, 1e308, -0.0, float("nan"), float("inf"), -float("inf")]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
# Names that mean something to one of the platforms.
NAMES = (
    *(
        "id",
        "name",
        "status",
        "message",
        "Message",
        "data",
        "response_status",
        "status_code",
        "messages",
        "requests",
        "list_info",
    ),
    *("has_more_rows", "services", "requestErrors", "serviceRequests", "value", "user", "error", "access_token", "questions"),
)
names = st.one_of(st.sampled_from(NAMES), texts)
anything = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)), max_leaves=8
)

# So many examples are tried before what was drawn for them is forgotten: with megabytes among them, Hypothesis takes gigabytes.
AT_ONCE = 250


def try_often(test: Callable[..., None], examples: int, **strategies: st.SearchStrategy[Any]) -> None:
    """Try a test with so many examples: in each piece others, and in each run too, unless C(derandomize) says otherwise."""
    luck = 0 if settings().derandomize else random.getrandbits(32)
    for start in range(0, examples, AT_ONCE):
        how = settings(max_examples=min(AT_ONCE, examples - start), suppress_health_check=list(HealthCheck), database=None)
        how(seed(luck + start)(given(**strategies)(test)))()


def of_type(option: Any) -> st.SearchStrategy[Any]:
    """Values that fit the type of an option, as odd as that may be."""
    if option.choices:
        return st.sampled_from(option.choices)
    if option.type == "list":
        inner = st.dictionaries(names, scalars, max_size=3) if option.elements == "dict" else texts
        if option.options:
            inner = st.fixed_dictionaries({}, optional={one.name: of_type(one) for one in option.options})
        return st.lists(inner, max_size=3)
    by_type = {"bool": st.booleans(), "int": numbers, "float": numbers, "dict": st.dictionaries(names, anything, max_size=3)}
    return by_type.get(option.type, texts)
