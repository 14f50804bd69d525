# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verb review against a catalog in memory that misbehaves in every way, without Ansible and without a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError, NotFound, OutcomeUnknown
from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import Clock
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.review import review
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Context, Item, ItemResult

Row = dict[str, Any]

SERVICES = {"1": "One", "2": "Two", "3": "Three"}
# What becomes of a write: it takes effect or not (or later), and the answer says so or is lost.
FATES = ("works", "works, answer lost", "lost", "refused", "ignored", "works late")


class Catalog:
    """Keeps the caller's reviews and ratings. C(fates) are those of the writes, in their order; then all goes well.

    C(unseen_for) is for how many seconds lists leave out what is new.
    """

    me = "ME"

    def __init__(
        self,
        fates: Sequence[str] = (),
        reviews: Sequence[Row] = (),
        ratings: Sequence[Row] = (),
        *,
        unseen_for: float = 0.0,
    ) -> None:
        self.memory: dict[str, Any] = {}
        self.time = 0.0
        self.unseen_for = unseen_for
        self.created: dict[str, float] = {}
        self.fates = list(fates)
        self.kept: dict[str, list[Row]] = {"reviews": list(reviews), "ratings": list(ratings)}
        self.late: list[Any] = []
        self.reads = 0
        self.writes: list[str] = []

    def find_services(self, *, service_ids: Any = (), title: Any = None, **others: Any) -> list[Row]:
        rows = [{"id": number, "name": name, "categories": []} for number, name in SERVICES.items()]
        return [row for row in rows if row["id"] in service_ids or row["name"] == title]

    def categories(self) -> list[Row]:
        return []

    def reviews(self, *, service_id: str | None, user_id: str) -> list[Row]:
        return self._read("reviews", service_id, user_id)

    def ratings(self, *, service_id: str | None, user_id: str) -> list[Row]:
        return self._read("ratings", service_id, user_id)

    def _read(self, kind: str, service_id: str | None, user_id: str) -> list[Row]:
        assert user_id == self.me
        self.reads += 1
        rows = (row for row in reversed(self.kept[kind]) if service_id in (None, row["service_id"]))
        return [dict(row) for row in rows if self.created.get(row["id"], -1e9) + self.unseen_for <= self.time]

    def create_review(self, service_id: str, *, title: str, content: str) -> None:
        self._create("reviews", {"service_id": service_id, "title": title, "content": content})

    def create_rating(self, service_id: str, *, rating: float) -> None:
        self._create("ratings", {"service_id": service_id, "rating": rating})

    def update_review(self, review_id: str, **texts: str) -> None:
        self._write("update review", lambda: self._one("reviews", review_id).update(texts))

    def update_rating(self, rating_id: str, *, rating: float) -> None:
        self._write("update rating", lambda: self._one("ratings", rating_id).update(rating=rating))

    def delete_review(self, review_id: str) -> None:
        self._write("delete", lambda: self.kept["reviews"].remove(self._one("reviews", review_id)))

    def _one(self, kind: str, number: str) -> Row:
        found = next((row for row in self.kept[kind] if row["id"] == number), None)
        if found is None:
            raise NotFound("ERROR (302)")
        return found

    def _create(self, kind: str, row: Row) -> None:
        number = str(len(self.writes) + 100)
        self.created[number] = self.time
        self._write(f"create {kind}", lambda: self.kept[kind].append({"id": number, **row}))

    def _write(self, name: str, work: Any) -> None:
        self.writes.append(name)
        fate = self.fates.pop(0) if self.fates else "works"
        if fate == "refused":
            raise ApiError("refused", status=400)
        if fate == "works late":
            self.late.append(work)
            raise OutcomeUnknown("no answer in time", may_still_come=True)
        if fate.startswith("works"):
            work()
        if fate.endswith("lost"):
            raise OutcomeUnknown("lost")

    def sleep(self, seconds: float) -> None:
        """Meanwhile, what is late comes true."""
        self.time += seconds
        for work in self.late:
            work()
        self.late.clear()

    def state(self) -> Row:
        """What is there, by service."""
        return {
            number: (
                [(row["title"], row["content"]) for row in self.kept["reviews"] if row["service_id"] == number],
                [row["rating"] for row in self.kept["ratings"] if row["service_id"] == number],
            )
            for number in SERVICES
        }


class Never(list[Any]):
    """What is late and does not come while anybody looks."""

    def append(self, work: Any) -> None:
        pass


def _item(index: int, **values: Any) -> Item:
    empty = {"title": None, "content": None, "rating": None, "state": "present", "settle_timeout": 10.0}
    return Item(index, {**empty, **values}, f"items[{index}].")


def _run(catalog: Catalog, *items: Row, **options: Any) -> list[ItemResult]:
    warnings: list[str] = []
    context = Context(
        catalog,
        {},
        [_item(index, **values) for index, values in enumerate(items)],
        clock=Clock(monotonic=lambda: catalog.time, sleep=catalog.sleep),
        warn=warnings.append,
        **{"concurrency": 1, **options},
    )
    return review(context)


def _opinion(number: str, service_id: str, title: str = "T") -> Row:
    return {"id": number, "service_id": service_id, "title": title, "content": "C"}


WANTED: Row = {"service": "1", "title": "Good", "content": "Fast", "rating": 0.8}

wishes = st.fixed_dictionaries(
    {"service": st.sampled_from(sorted(SERVICES))},
    optional={"rating": st.sampled_from([0.0, 0.5, 1.0]), "title": st.sampled_from("AB"), "content": st.just("C")},
)
items_of_tests = st.lists(st.one_of(wishes, st.builds(lambda one: {"service": one, "state": "absent"}, st.sampled_from("123"))))


@given(fates=st.lists(st.sampled_from(FATES), max_size=6), items=items_of_tests, concurrency=st.sampled_from([1, 4]))
def test_never_two_and_a_second_run_repairs(fates: list[str], items: list[Row], concurrency: int) -> None:
    items = [item for item in items if len(item) > 1]
    catalog = Catalog(fates, reviews=[_opinion("7", "2")])
    results = _run(catalog, *items, concurrency=concurrency)
    catalog.sleep(0)
    assert all(len(reviews) <= 1 and len(ratings) <= 1 for reviews, ratings in catalog.state().values())
    for result in results:
        assert (result.outcome == "failed") == (result.error is not None)
    catalog.fates = []
    for dummy in range(2):
        # An item may lack the review that a later one is about to write.
        _run(catalog, *items)
    writes = len(catalog.writes)
    third = _run(catalog, *items)
    assert len(catalog.writes) == writes
    assert not any(result.changed for result in third)


@given(items=items_of_tests)
def test_check_mode_predicts(items: list[Row]) -> None:
    items = [item for item in items if len(item) > 1]
    given_reviews = [_opinion("7", "2"), _opinion("8", "2", "B"), _opinion("9", "3")]
    predicted = _run(Catalog(reviews=given_reviews), *items, check_mode=True)
    real = _run(Catalog(reviews=given_reviews), *items)
    for one, other in zip(predicted, real, strict=True):
        assert (one.outcome, one.before, one.after) == (other.outcome, other.before, other.after)
        assert str(one.error) == str(other.error)


@pytest.mark.parametrize(
    ("fate", "outcome", "creations"),
    [
        ("works", "created", 1),
        ("works, answer lost", "created", 1),
        ("lost", "created", 2),
        ("works late", "created", 1),
        ("refused", "failed", 1),
        ("ignored", "failed", 1),
    ],
)
def test_how_often_a_review_is_sent(fate: str, outcome: str, creations: int) -> None:
    catalog = Catalog([fate])
    (result,) = _run(catalog, WANTED)
    assert result.outcome == outcome
    assert catalog.writes.count("create reviews") == creations
    assert len(catalog.state()["1"][0]) == (outcome == "created")


@pytest.mark.parametrize("lost", [[], ["works, answer lost"], ["works", "works, answer lost"]])
@pytest.mark.parametrize("unseen_for", [0.1, 3.0, 9.0])
def test_what_shows_up_late_is_waited_for_and_not_written_again(lost: list[str], unseen_for: float) -> None:
    catalog = Catalog(lost, unseen_for=unseen_for)
    (result,) = _run(catalog, WANTED)
    assert (result.outcome, result.error) == ("created", None)
    # The rating is sent once it is clear what became of the review.
    assert catalog.time <= 2 * 10 + 1
    catalog.unseen_for = 0
    assert [len(rows) for rows in catalog.state()["1"]] == [1, 1]


@pytest.mark.parametrize(
    ("fate", "creations", "least", "most"), [("lost", 2, 10, 11), ("works late", 1, 10, 11), ("ignored", 1, 10, 10)]
)
def test_write_has_the_whole_time_to_show_up(fate: str, creations: int, least: float, most: float) -> None:
    catalog = Catalog([fate])
    catalog.late = Never()
    _run(catalog, {"service": "1", "rating": 0.8})
    assert catalog.writes == ["create ratings"] * creations
    assert least <= catalog.time <= most


def test_what_may_still_come_is_told_as_such() -> None:
    catalog = Catalog(["works late"])
    catalog.late = Never()
    (result,) = _run(catalog, {"service": "1", "rating": 0.8})
    assert isinstance(result.error, OutcomeUnknown)
    assert "does not show as wanted" in result.error.message
    assert "may still be at work" in str(result.error.hint)


def test_refusal_is_told_at_once() -> None:
    catalog = Catalog(["refused"])
    _run(catalog, WANTED)
    assert catalog.time == 0


def test_each_item_says_how_long_it_is_waited_for() -> None:
    """The longest time counts for those that are written together."""
    catalog = Catalog(["ignored"] * 2)
    _run(catalog, {"service": "1", "rating": 1, "settle_timeout": 2.0}, {"service": "2", "rating": 1, "settle_timeout": 5.0})
    assert catalog.time == 5


def test_one_service_costs_two_lists_before_and_after() -> None:
    catalog = Catalog()
    _run(catalog, WANTED, {"service": "One", "rating": 0.8}, {"service": "1", "title": "Good"})
    assert catalog.reads == 4
    _run(catalog, WANTED, {"service": "2", "rating": 0.8}, {"service": "3", "rating": 1})
    assert catalog.reads == 8


def test_two_wishes_about_the_same_service_must_not_contradict_each_other() -> None:
    results = _run(
        Catalog(),
        {"service": "1", "title": "A", "content": "C"},
        {"service": "One", "title": "B"},
        {"service": "1", "state": "absent"},
        {"service": "1", "rating": 1},
        {"service": "2", "state": "absent"},
        {"service": "2", "rating": 1},
    )
    assert [result.outcome for result in results] == ["created", "failed", "failed", "updated", "unchanged", "created"]
    assert "wanted by items[0]" in str(results[1].error)
