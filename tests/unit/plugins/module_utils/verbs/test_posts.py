# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_comment against a desk in memory that misbehaves in every way, without Ansible and without a network."""

from __future__ import annotations

import html
import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.markup import plain_text, spellings
from ansible_collections.deskops.itsm.plugins.module_utils.platforms.records import Comment
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import (
    ApiError,
    AuthError,
    NotFound,
    OptionError,
    OutcomeUnknown,
)
from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import Clock
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.posts import ROUNDS
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.request_comment import REQUEST_COMMENT, check
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Context, Item, ItemResult

REQUESTS = ("1", "2", "3", "4")
TEXTS = ("a", "b", "c")
# What the desk does with a comment: it is there or not, now or later, and the answer says so or is lost.
FATES = ("works", "works, answer lost", "lost", "refused", "late", "slow", "seconds late, answer lost")
SECONDS_LATE = 5.0


class Desk:
    """Requests with comments. Each request has a list of fates for the comments that reach it; then all goes well."""

    writer = "me"
    as_shown = staticmethod(str.strip)
    spellings = staticmethod(spellings)

    def __init__(self, comments: dict[str, list[str]], fates: dict[str, list[str]] | None = None) -> None:
        self.comments_of = {number: [self._make(text) for text in texts] for number, texts in comments.items()}
        self.fates = {number: list(fates) for number, fates in (fates or {}).items()}
        self.pending: list[tuple[str, Comment]] = []
        self.behind: list[tuple[float, str, Comment]] = []
        self.time = 0.0
        self.reads: Counter[str] = Counter()
        self.writes: Counter[tuple[str, str]] = Counter()
        self.order: list[tuple[str, str]] = []
        self.lock = threading.Lock()

    def _make(self, text: str, visibility: str = "public", author: str = "me") -> Comment:
        self.made = getattr(self, "made", 0) + 1
        return Comment(str(self.made), text, author, visibility, "now", (), {"secret": 1})

    def is_user(self, one: str, other: str) -> bool:
        return one.lower() == other.lower()

    def comments(self, request_id: str) -> list[Comment]:
        with self.lock:
            self.reads[request_id] += 1
            if request_id not in self.comments_of:
                raise NotFound("there is no such record", status=404)
            for one in [one for one in self.behind if one[0] <= self.time]:
                self.comments_of[one[1]].append(one[2])
                self.behind.remove(one)
            found = list(reversed(self.comments_of[request_id]))
            for number, comment in [one for one in self.pending if one[0] == request_id]:
                self.comments_of[number].append(comment)
            self.pending = [one for one in self.pending if one[0] != request_id]
            return found

    def add_comment(self, request_id: str, *, text: str, visibility: str, notify: bool, author: str | None) -> Comment | None:
        with self.lock:
            self.writes[(request_id, text)] += 1
            self.order.append((request_id, text))
            fate = (self.fates.get(request_id) and self.fates[request_id].pop(0)) or "works"
            if fate == "refused":
                raise ApiError("refused", status=400)
            if fate == "lost":
                raise OutcomeUnknown("lost")
            made = self._make(text, visibility, author or self.writer)
            if fate == "seconds late, answer lost":
                self.behind.append((self.time + SECONDS_LATE, request_id, made))
                raise OutcomeUnknown("lost")
            if fate in ("late", "slow"):
                self.pending.append((request_id, made))
                if fate == "slow":
                    raise OutcomeUnknown("no answer in time", may_still_come=True)
                return made
            self.comments_of[request_id].append(made)
            if fate == "works, answer lost":
                raise OutcomeUnknown("lost")
            return made

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def texts(self, request_id: str) -> list[str]:
        pending = [comment for number, comment in self.pending if number == request_id]
        pending += [comment for _time, number, comment in self.behind if number == request_id]
        return [comment.text for comment in (*self.comments_of[request_id], *pending)]


def _items(*wanted: tuple[str, str], **options: Any) -> list[Item]:
    values = {"visibility": "public", "notify": False, "author": None, "settle_timeout": 10.0, **options}
    return [
        Item(index, {**values, "request_id": number, "text": text}, f"items[{index}].")
        for index, (number, text) in enumerate(wanted)
    ]


def _run(desk: Desk, items: list[Item], **options: Any) -> list[ItemResult]:
    clock = Clock(monotonic=lambda: desk.time, sleep=desk.sleep)
    return REQUEST_COMMENT.run(Context(platform=desk, params={}, items=items, concurrency=3, clock=clock, **options))


COMMENTS = st.fixed_dictionaries({}, optional={number: st.lists(st.sampled_from(TEXTS), max_size=3) for number in REQUESTS})
WISHES = st.lists(st.tuples(st.sampled_from(REQUESTS), st.sampled_from(TEXTS)), min_size=1, max_size=10)
TROUBLE = st.dictionaries(st.sampled_from(REQUESTS), st.lists(st.sampled_from(FATES), max_size=6), max_size=4)


@settings(deadline=None)
@given(comments=COMMENTS, wishes=WISHES, fates=TROUBLE)
def test_every_result_tells_the_truth_and_nothing_is_written_twice(
    comments: dict[str, list[str]], wishes: list[tuple[str, str]], fates: dict[str, list[str]]
) -> None:
    desk = Desk(comments, fates)
    before = {number: Counter(texts) for number, texts in comments.items()}
    results = _run(desk, _items(*wishes))
    assert [result.index for result in results] == list(range(len(wishes)))
    first_of: dict[tuple[str, str], ItemResult] = {}
    for (number, text), result in zip(wishes, results, strict=True):
        if number not in comments:
            assert isinstance(result.error, NotFound)
            continue
        there, was_there = Counter(desk.texts(number))[text], before[number][text]
        assert there <= max(1, was_there), (number, text, result)
        assert (result.error is None) == (there > 0) or isinstance(result.error, OutcomeUnknown)
        is_first = first_of.setdefault((number, text), result) is result
        assert result.changed == (is_first and result.error is None and was_there == 0)
        if was_there:
            assert desk.writes[(number, text)] == 0
            assert result.outcome == "unchanged"
        if result.error is None:
            assert result.after is not None
            assert "raw" not in result.after
            assert result.extra["comment_id"] == result.after["id"]
    assert all(count <= ROUNDS for count in desk.writes.values())


@settings(deadline=None)
@given(comments=COMMENTS, wishes=WISHES, fates=TROUBLE)
def test_second_run_is_still(comments: dict[str, list[str]], wishes: list[tuple[str, str]], fates: dict[str, list[str]]) -> None:
    desk = Desk(comments, fates)
    _run(desk, _items(*wishes))
    desk.time += SECONDS_LATE
    for number in desk.comments_of:
        desk.comments(number)  # What was late is there now.
    desk.fates = {}
    _run(desk, _items(*wishes))
    writes = dict(desk.writes)
    again = _run(desk, _items(*wishes))
    assert dict(desk.writes) == writes
    assert {result.outcome for result in again} <= {"unchanged", "failed"}


@settings(deadline=None)
@given(comments=COMMENTS, wishes=WISHES, on_error=st.sampled_from(["continue", "stop"]))
def test_check_mode_predicts_the_run(comments: dict[str, list[str]], wishes: list[tuple[str, str]], on_error: str) -> None:
    desk = Desk(comments)
    predicted = _run(desk, _items(*wishes), check_mode=True, on_error=on_error)
    assert not desk.writes
    real = _run(desk, _items(*wishes), on_error=on_error)

    def told(result: ItemResult) -> tuple[Any, ...]:
        records = [{**(record or {}), "id": "", "created_at": ""} for record in (result.before, result.after)]
        return result.outcome, result.changed, records, str(result.error)

    if on_error == "continue":
        assert [told(result) for result in predicted] == [told(result) for result in real]
    else:
        assert [result.outcome for result in predicted] == [result.outcome for result in real]


@settings(deadline=None)
@given(wishes=WISHES, fates=TROUBLE)
def test_comments_of_a_request_are_in_the_order_of_the_items(wishes: list[tuple[str, str]], fates: dict[str, list[str]]) -> None:
    clear = ("works", "works, answer lost", "lost")
    lossy = {number: [fate for fate in some if fate in clear][:2] for number, some in fates.items()}
    desk = Desk({number: [] for number in REQUESTS}, lossy)
    results = _run(desk, _items(*wishes))
    assert not [result.error for result in results if result.error]
    for number in REQUESTS:
        assert desk.texts(number) == list(dict.fromkeys(text for request_id, text in wishes if request_id == number))


def test_comments_of_a_request_are_read_once_if_nothing_is_missing_and_twice_else() -> None:
    desk = Desk({"1": ["a", "b"], "2": ["a"]})
    _run(desk, _items(("1", "a"), ("2", "a"), ("1", "b"), ("2", "b"), ("2", "c")))
    assert desk.reads == {"1": 1, "2": 2}


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("Hej", " Hej\n"),
        ("one two", "one\n\ntwo"),
        ("1 < 2 & 3", "1 < 2 & 3"),
        ("onetwo", "<p>one</p><p>two</p>"),
        ("a & b", "a &amp; b"),
        ("a &amp; b", "a &amp; b"),
        ("x\u00a0y", "x y"),
        ("Host <web01> is up", "Host <web01> is up"),
        ("Host is up", "Host <web01> is up"),
    ],
)
def test_texts_that_count_as_the_same(found: str, wanted: str) -> None:
    assert Comment("1", found, "me", "public", None, (), {}).says(*spellings(wanted))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ("Hej", "hej"),
        ("", "x"),
        ("", ""),
        ("", "<br>"),
        ("a", "a."),
        ("12", "1<2>3"),
        ("Host <web01> is up", "Host <web02> is up"),
        ("Node 1 12", "Node 11 2"),
        ("10.0.0.1 1", "10.0.0.11"),
    ],
)
def test_texts_that_differ(found: str, wanted: str) -> None:
    assert not Comment("1", found, "me", "public", None, (), {}).says(*spellings(wanted))


@given(st.text())
def test_text_is_recognised_when_it_comes_back_as_it_is_or_as_html(text: str) -> None:
    for stored in (text, f"<p>{html.escape(text)}</p>", f"<p>{html.escape(text, quote=False)}</p>".replace("\n", "<br/>")):
        comment = Comment("1", plain_text(stored), "me", "public", None, (), {})
        assert comment.says(*spellings(text)) or not plain_text(text).split()


def test_author_and_visibility_make_another_comment() -> None:
    desk = Desk({"1": ["a"]})
    items = [
        *_items(("1", "a"), author="ME"),
        *_items(("1", "a"), author="you"),
        *_items(("1", "a"), visibility="internal"),
        *_items(("1", "a"), visibility="internal", author="Me"),
    ]
    items = [Item(index, item.values, item.label) for index, item in enumerate(items)]
    assert [result.outcome for result in _run(desk, items)] == ["unchanged", "created", "created", "unchanged"]


def test_internal_comment_of_another_is_refused_before_the_first_call() -> None:
    desk = Desk({"1": []})
    with pytest.raises(OptionError, match=r"items\[0\]\.author: an internal comment of you is shown to you only"):
        _run(desk, _items(("1", "a"), visibility="internal", author="you"))
    assert not desk.reads


def test_refused_credentials_end_it() -> None:
    desk = Desk({number: [] for number in REQUESTS})

    def refuse(*args: Any, **options: Any) -> Comment:
        desk.writes[("", "")] += 1
        raise AuthError("no")

    desk.add_comment = refuse  # type: ignore[method-assign]
    wishes = [(number, text) for number in REQUESTS for text in TEXTS]
    results = _run(desk, _items(*wishes))
    assert desk.writes[("", "")] <= 3
    assert {result.outcome for result in results} == {"failed", "skipped"}
    assert not any(result.changed for result in results)


def test_slow_write_is_looked_for_and_never_repeated() -> None:
    desk = Desk({"1": []}, {"1": ["slow"]})
    (result,) = _run(desk, _items(("1", "a")))
    assert (result.outcome, desk.writes[("1", "a")], desk.reads["1"]) == ("created", 1, 3)


@pytest.mark.parametrize(("settle_timeout", "written"), [(10.0, 1), (1.0, 2)])
def test_write_whose_answer_was_lost_has_time_to_show_up(settle_timeout: float, written: int) -> None:
    desk = Desk({"1": []}, {"1": ["seconds late, answer lost"]})
    (result,) = _run(desk, _items(("1", "a"), settle_timeout=settle_timeout))
    assert (result.outcome, desk.writes[("1", "a")]) == ("created", written)


def test_write_that_is_never_seen_is_given_up() -> None:
    desk = Desk({"1": []}, {"1": ["lost"] * 9})
    (result,) = _run(desk, _items(("1", "a")))
    assert result.outcome == "failed"
    assert isinstance(result.error, OutcomeUnknown)
    assert "does not show up" in result.error.message
    assert desk.writes[("1", "a")] == ROUNDS


def test_nobody_loses_what_was_not_tried() -> None:
    """Behind a comment that is never clear, the next ones of the same request were not sent: they are not failed, nor lost."""
    desk = Desk({"1": []}, {"1": ["lost"] * 9})
    results = _run(desk, _items(("1", "a"), ("1", "b")))
    assert [result.outcome for result in results] == ["failed", "skipped"]
    assert desk.texts("1") == []


@pytest.mark.parametrize(
    ("request_id", "text", "words"),
    [
        (None, "a", "request_id: it is missing"),
        ("x", "a", "'x' is not an id"),
        ("1", None, "text: it is missing"),
        ("1", " ", "text: there is nothing in it"),
        ("1", "<p> </p>", "text: there is nothing in it"),
    ],
)
def test_bad_items(request_id: Any, text: Any, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        check(_items((request_id, text)))
