# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From an id or a name to a service, against a catalog in memory that counts what it is asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    Ambiguous,
    ApiError,
    AuthError,
    DeskError,
    NotFound,
)
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.catalog import (
    find_category,
    find_service,
    find_services,
    look_up_services,
)

Row = dict[str, Any]

NAMES = {
    "2401": "Standard laptop",
    "2402": "External monitor",
    "2411": "Shared mailbox",
    "2412": "Shared mailbox",
    "2415": "Kaffebønner til køkkenet ☕",
    "2416": "2402",  # the name of one is the id of another
    "2417": "1984",
    "2425": "Catering",
    "9007199254740993": "Archive storage",
}
CATEGORIES = {"1": "Devices", "2": "Accounts", "3": "Accounts"}


class Catalog:
    """Finds whole words of names in any case, as the platform does."""

    def __init__(self, failure: DeskError | None = None) -> None:
        self.memory: dict[str, Any] = {}
        self.calls: Counter[str] = Counter()
        self.failure = failure

    def categories(self) -> list[Row]:
        self.calls["categories"] += 1
        if self.failure:
            raise self.failure
        return [{"id": number, "name": name, "parent_id": None} for number, name in CATEGORIES.items()]

    def find_services(
        self,
        *,
        service_ids: Any = (),
        category_id: str | None = None,
        title: str | None = None,
        requested_for: str | None = None,
    ) -> list[Row]:
        assert sum(bool(one) for one in (service_ids, category_id, title)) == 1
        self.calls["ids" if service_ids else "category" if category_id else "title"] += 1
        if service_ids:
            return [_service(number) for number in NAMES if number in service_ids]
        if category_id:
            return [_service(number) for number in NAMES if int(number) % len(CATEGORIES) == int(category_id) - 1]
        words = set(str(title).casefold().split())
        return [_service(number) for number, name in NAMES.items() if words <= set(name.casefold().split())]


def _service(number: str) -> Row:
    return {"id": number, "name": NAMES[number], "categories": [CATEGORIES["1"]], "category_ids": ["1"]}


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("2401", "2401"),
        ("Standard laptop", "2401"),
        (" Standard laptop ", "2401"),
        ("Kaffebønner til køkkenet ☕", "2415"),
        ("9007199254740993", "9007199254740993"),
        ("2402", "2402"),
        ("1984", "2417"),
    ],
)
def test_service_is_found_by_its_id_or_its_whole_name(catalog: Catalog, wanted: str, number: str) -> None:
    assert find_service(catalog, wanted)["id"] == number
    assert not catalog.calls["category"]


def test_ids_cost_one_call_and_names_one_each(catalog: Catalog) -> None:
    wanted = ["2401", "External monitor", "2402", "Catering", "External monitor", "2425"]
    found = find_services(catalog, wanted)
    assert [found[one]["id"] for one in wanted] == ["2401", "2402", "2402", "2425", "2402", "2425"]
    assert catalog.calls == {"ids": 1, "title": 2}


def test_nothing_wanted_costs_nothing(catalog: Catalog) -> None:
    assert find_services(catalog, []) == {}
    assert not catalog.calls


def test_several_of_the_same_name_are_listed(catalog: Catalog) -> None:
    with pytest.raises(Ambiguous) as caught:
        find_service(catalog, "Shared mailbox")
    for words in ("2411 'Shared mailbox' in Devices", "2412", "Give the id of the service"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "suggested"),
    [
        ("laptop", "'Standard laptop' (2401)"),
        ("standard laptop", "'Standard laptop' (2401)"),
        ("Standart laptop", "'Standard laptop' (2401)"),
        ("Cattering", "'Catering' (2425)"),
        ("24011", None),
    ],
)
def test_name_that_is_none_is_explained_and_the_nearest_are_listed(catalog: Catalog, wanted: str, suggested: str | None) -> None:
    with pytest.raises(NotFound) as caught:
        find_service(catalog, wanted)
    message = str(caught.value)
    for words in (f"{wanted!r}", "unpublished", "not entitled", "misspelt"):
        assert words in message
    if suggested:
        assert suggested in message


def test_many_wrong_names_cost_the_list_of_all_services_once(catalog: Catalog) -> None:
    found = look_up_services(catalog, ["Cattering", "Standart laptop", "Nothing at all", "2401"])
    assert isinstance(found["2401"], dict)
    assert [type(found[name]) for name in ("Cattering", "Standart laptop", "Nothing at all")] == [NotFound] * 3
    assert "Nothing that can be seen is like it" in str(found["Nothing at all"])
    assert catalog.calls == {"ids": 1, "title": 3, "categories": 1, "category": len(CATEGORIES)}


def test_suggestions_are_no_reason_to_fail() -> None:
    with pytest.raises(NotFound, match="misspelt"):
        find_service(Catalog(ApiError("down")), "Cattering")


def test_credentials_are_not_tried_further() -> None:
    with pytest.raises(AuthError):
        find_service(Catalog(AuthError("no")), "Cattering")


@pytest.mark.parametrize("wanted", ["1", "Devices"])
def test_category_is_found_by_its_id_or_its_name(catalog: Catalog, wanted: str) -> None:
    assert find_category(catalog, wanted)["id"] == "1"
    assert catalog.calls == {"categories": 1}


def test_category_that_cannot_be_told_is_explained(catalog: Catalog) -> None:
    with pytest.raises(Ambiguous, match="2 'Accounts'; 3 'Accounts'"):
        find_category(catalog, "Accounts")
    with pytest.raises(NotFound, match="'Devices'"):
        find_category(catalog, "devices")
