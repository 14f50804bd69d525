# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers against questionnaires of every kind: the right values come out, or an error that names the question."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.module_utils.platforms.dwp_shapes import Question, Questionnaire
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import OptionError
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.answers import Sheet, as_texts, is_answer, is_same_answer

TYPES = (
    "TextField",
    "TextArea",
    "YesNo",
    "Dropdown",
    "RadioButtons",
    "CheckBoxes",
    "DataTable",
    "MultiSelectDataTable",
    "DatePicker",
    "Whatever comes next",
)
# Few letters, so that labels and values clash; and whatever else there is.
WORDS = st.one_of(st.text(alphabet="aAß 1|", max_size=4), st.text(max_size=8), st.sampled_from(["true", "No", "YES", "0"]))
OPTIONS = st.lists(st.tuples(WORDS, WORDS), max_size=4).map(tuple)
ANSWERS = st.lists(WORDS, max_size=3).map(tuple)


def question(number: str = "1", label: str = "Colour", kind: str = "TextField", **more: Any) -> Question:
    values: dict[str, Any] = {
        "required": False,
        "visible": True,
        "hidden": False,
        "read_only": False,
        "default": (),
        "options": (),
        "max_length": None,
        "raw": {},
    }
    return Question(id=number, label=label, type=kind, **{**values, **more})


def sheet_of(*questions: Question, **given: Any) -> Sheet:
    return Sheet([Questionnaire("1", questions, None)], {name: as_texts(value) for name, value in given.items()})


QUESTIONS = st.builds(
    question,
    number=st.sampled_from("12345"),
    label=WORDS,
    kind=st.sampled_from(TYPES),
    required=st.booleans(),
    visible=st.booleans(),
    hidden=st.booleans(),
    read_only=st.booleans(),
    default=ANSWERS,
    options=OPTIONS,
    max_length=st.one_of(st.none(), st.integers(0, 5)),
    confidential=st.booleans(),
)
FORMS = st.lists(QUESTIONS, max_size=5, unique_by=lambda one: one.id).map(tuple)
CHANGES = st.dictionaries(
    st.sampled_from("123456"),
    st.fixed_dictionaries({}, optional={"visible": st.booleans(), "options": OPTIONS, "answers": ANSWERS}),
    max_size=4,
)


@given(form=FORMS, answers=st.dictionaries(st.one_of(WORDS, st.sampled_from("12345")), ANSWERS, max_size=5), changes=CHANGES)
def test_whatever_is_asked_and_answered_there_are_values_or_an_error_that_says_answers(
    form: tuple[Question, ...], answers: dict[str, tuple[str, ...]], changes: dict[str, dict[str, Any]]
) -> None:
    error = None
    try:
        sheet = Sheet([Questionnaire("1", form[:2], 1), Questionnaire("2", form[2:], None)], answers)
        for question_id in sheet.given_ids:
            values = sheet.values(question_id)
            _check_values(next(one for one in form if one.id == question_id), values)
            sheet.note(changes)
            sheet.note({})
        sheet.check_comparable(True)
        sheet.check_required()
        assert len(sheet.given_ids) == len(answers)
        assert sheet.missing == []
    except OptionError as raised:
        error = raised
    assert error is None or str(error).startswith("answers: ")


def _check_values(asked: Question, values: tuple[str, ...]) -> None:
    assert not asked.read_only
    assert all(isinstance(value, str) for value in values)
    if asked.type == "YesNo" and not asked.options:
        assert set(values) <= {"true", "false"}
    elif not asked.options:
        assert asked.max_length in (None, 0) or all(len(value) <= asked.max_length for value in values)


@given(form=FORMS)
def test_every_question_can_be_answered_by_its_id(form: tuple[Question, ...]) -> None:
    assert Sheet([Questionnaire("1", form, None)], {one.id: () for one in form}).given_ids == [one.id for one in form]


@given(
    options=st.lists(st.tuples(st.text(min_size=1, max_size=6), st.text(max_size=6)), min_size=1, unique_by=lambda one: one[0])
)
def test_every_choice_can_be_made_by_its_value(options: list[tuple[str, str]]) -> None:
    for value, _label in options:
        sheet = sheet_of(question(kind="Dropdown", options=tuple(options)), Colour=value)
        assert sheet.values("1") == (value,)


@given(value=st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()), st.lists, max_leaves=5))
def test_what_can_be_an_answer_becomes_texts(value: Any) -> None:
    if is_answer(value):
        assert all(isinstance(text, str) for text in as_texts(value))


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a", ("a",)),
        (7, ("7",)),
        (1.5, ("1.5",)),
        (True, ("true",)),
        ([False, "x", 2], ("false", "x", "2")),
        ([], ()),
        (["a", None], ("a",)),
    ],
)
def test_answers_are_texts(value: Any, texts: tuple[str, ...]) -> None:
    assert as_texts(value) == texts


@pytest.mark.parametrize("value", [None, {"a": 1}, [["a"]], [{"a": 1}]])
def test_what_cannot_be_an_answer(value: Any) -> None:
    assert not is_answer(value)


COLOURS = (("R", "Dark red"), ("G", "Green"), ("B", "Blue"))
ROOMS = (("R-1", "Aarhus | 1.01 | 6 seats"), ("R-2", "Aarhus | 2.04 | 12 seats"), ("R-3", "Oslo | 3.10 | 8 seats"))


@pytest.mark.parametrize(
    ("kind", "options", "given_", "values"),
    [
        ("Dropdown", COLOURS, "G", ("G",)),
        ("Dropdown", COLOURS, "Green", ("G",)),
        ("Dropdown", COLOURS, " dark RED ", ("R",)),
        ("Dropdown", COLOURS, "b", ("B",)),
        ("CheckBoxes", COLOURS, ["Green", "B"], ("G", "B")),
        ("a kind that nobody knows", COLOURS, ["Green", "B"], ("G", "B")),
        ("DataTable", ROOMS, "Oslo", ("R-3",)),
        ("DataTable", ROOMS, "aarhus | 2.04 | 12 seats", ("R-2",)),
        ("YesNo", (), True, ("true",)),
        ("YesNo", (), "no", ("false",)),
        ("YesNo", (), 1, ("true",)),
        ("YesNo", (("J", "yes"), ("N", "no")), "Yes", ("J",)),
        ("TextField", (), "Green", ("Green",)),
        ("DatePicker", (), "2026-06-01", ("2026-06-01",)),
    ],
)
def test_labels_become_values(kind: str, options: Any, given_: Any, values: tuple[str, ...]) -> None:
    assert sheet_of(question(kind=kind, options=options), Colour=given_).values("1") == values


@pytest.mark.parametrize(
    ("kind", "more", "given_", "said"),
    [
        (
            "Dropdown",
            {"options": COLOURS},
            "Pink",
            "'Colour': the answer is not among the choices. They are: 'Dark red', 'Green', 'Blue'",
        ),
        ("DataTable", {"options": ROOMS}, "Aarhus", "'Colour': several choices are called like the answer. Use the value: R-1"),
        ("Dropdown", {"options": COLOURS}, ["R", "G"], "'Colour': it takes one answer, not 2"),
        ("TextArea", {}, ["a", "b"], "'Colour': it takes one answer, not 2"),
        ("YesNo", {}, "perhaps", "'Colour': the answer is neither true nor false"),
        ("TextField", {"max_length": 3}, "four", "'Colour': the answer has 4 characters. At most 3 fit"),
        ("TextField", {"read_only": True}, "a", "'Colour': it cannot be answered: the catalog fills it in itself"),
        ("TextField", {"read_only": True, "label": ""}, "a", "'1': it cannot be answered"),
    ],
)
def test_what_does_not_fit_is_named(kind: str, more: dict[str, Any], given_: Any, said: str) -> None:
    asked = question(kind=kind, **more)
    with pytest.raises(OptionError) as caught:
        sheet_of(asked, **{asked.label or "1": given_}).values("1")
    assert f"answers: {said}" in str(caught.value)


SECRET = "813-664"


@pytest.mark.parametrize(
    ("kind", "more", "given_", "said"),
    [
        ("Dropdown", {"options": COLOURS}, SECRET, "the answer is not among the choices"),
        ("CheckBoxes", {"options": COLOURS}, ["R", SECRET], "answer 2 is not among the choices. They are: 'Dark red'"),
        ("DataTable", {"options": (("1", SECRET), ("2", SECRET))}, SECRET, "several choices are called like the answer"),
        ("YesNo", {}, SECRET, "the answer is neither true nor false"),
        ("TextField", {"max_length": 3}, SECRET, "the answer has 7 characters"),
        ("TextField", {"read_only": True}, SECRET, "it cannot be answered"),
        ("TextField", {}, [SECRET, SECRET], "it takes one answer"),
        ("Dropdown", {"options": COLOURS}, [SECRET, SECRET], "it takes one answer"),
    ],
)
def test_what_was_given_is_never_quoted(kind: str, more: dict[str, Any], given_: Any, said: str) -> None:
    with pytest.raises(OptionError, match=said) as caught:
        sheet_of(question(kind=kind, **more), Colour=given_).values("1")
    assert SECRET not in str(caught.value)


def test_what_the_platform_repeats_of_an_answer_is_hidden() -> None:
    sheet = sheet_of(question(), Colour=[SECRET, "", "is"])
    assert str(sheet.wrong("1", f"this '{SECRET}' is no date")) == "answers: 'Colour': this '***' *** no date"


def test_many_choices_are_not_all_listed() -> None:
    with pytest.raises(OptionError, match="'l11', …"):
        sheet_of(question(kind="Dropdown", options=tuple((f"v{n}", f"l{n}") for n in range(20))), Colour="x").values("1")


def test_unknown_question_is_named_with_the_nearest() -> None:
    with pytest.raises(OptionError, match=r"no question 'Color'. The questions are: 'Colour'"):
        sheet_of(question(), question("2", "Size"), Color="x")
    with pytest.raises(OptionError, match=r"no question 'Weight'. The questions are: 'Colour', 'Size'"):
        sheet_of(question(), question("2", "Size"), Weight="x")
    with pytest.raises(OptionError, match="The service asks nothing"):
        sheet_of(Weight="x")


def test_label_of_several_questions_asks_for_an_id() -> None:
    with pytest.raises(OptionError, match=r"2 questions are labelled 'colour'. Use their ids: 1, 2"):
        sheet_of(question(), question("2"), colour="x")
    assert sheet_of(question(), question("2"), **{"2": "x"}).given_ids == ["2"]


def test_question_is_answered_once() -> None:
    with pytest.raises(OptionError, match="'Colour': it is answered twice"):
        sheet_of(question(), Colour="red", **{"1": "green"})


def test_all_missing_answers_are_named() -> None:
    form = (
        question("1", "Blank", required=True),
        question("2", "Given", required=True),
        question("3", "Default", required=True, default=("x",)),
        question("4", "Not shown", required=True, visible=False),
        question("5", "Filled in", required=True, read_only=True),
        question("6", "", required=True),
        question("7", "Optional"),
    )
    with pytest.raises(OptionError, match=r"required questions are not answered: 'Blank', '6'. Add them to answers"):
        sheet_of(*form, Given="x", Blank="  ").check_required()


def test_answer_that_is_taken_back_is_missing() -> None:
    assert sheet_of(question(required=True, default=("x",)), Colour=[]).missing == ["Colour"]


def test_changes_show_and_hide_questions_and_bring_choices() -> None:
    sheet = sheet_of(question(kind="Dropdown"), question("2", "Why", required=True, visible=False), Colour="Green")
    assert not sheet.is_static
    assert sheet.lacks_choices("1")
    sheet.note({"1": {"options": COLOURS}, "2": {"visible": True}, "unknown": {"visible": True}})
    assert sheet.is_static
    assert sheet.values("1") == ("G",)
    assert sheet.missing == ["Why"]
    sheet.note({"2": {"answers": ("because",)}})
    assert sheet.missing == []
    sheet.refresh([Questionnaire("1", (question("2", "Why", required=True),), None)])
    assert sheet.missing == ["Why"]


def test_request_is_not_found_by_a_confidential_answer() -> None:
    sheet = sheet_of(question(confidential=True), Colour="x")
    sheet.check_comparable(False)
    with pytest.raises(OptionError, match=r"'Colour': it is confidential.* use key instead"):
        sheet.check_comparable(True)


def _row(answers: list[str], kind: str = "TextField", options: Any = ()) -> dict[str, Any]:
    return {"answers": answers, "type": kind, "options": [{"value": value, "label": label} for value, label in options]}


@pytest.mark.parametrize(
    ("given_", "row", "same"),
    [
        ("Report", _row(["Report"]), True),
        ("Report\nfor May ", _row(["Report\r\nfor May"]), True),
        ("Report", _row(["report"]), False),
        ("Report", _row([]), False),
        (["a", "b"], _row(["b", "a"], "CheckBoxes", [("a", "A"), ("b", "B")]), True),
        (["a"], _row(["b", "a"], "CheckBoxes", [("a", "A"), ("b", "B")]), False),
        ("green", _row(["G"], "Dropdown", [("G", "Green")]), True),
        ("green", _row(["G"], "a kind that nobody knows", [("G", "Green")]), True),
        ("small", _row(["SMALL"], "Dropdown", [("SMALL", "SMALL")]), True),
        ("oslo", _row(["R-3"], "DataTable", [("R-3", "Oslo | 3.10")]), True),
        (True, _row(["true"], "YesNo"), True),
        ("yes", _row(["true"], "YesNo"), True),
        ("no", _row(["true"], "YesNo"), False),
        ("yes", _row(["true"]), False),
        ("13", _row(["********"]), False),
    ],
)
def test_answers_of_a_request_are_compared_by_what_they_mean(given_: Any, row: dict[str, Any], same: bool) -> None:
    assert is_same_answer(as_texts(given_), row) is same
