# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.deskops.itsm.plugins.plugin_utils import rules

RECORD: dict[str, Any] = {
    "id": "71204418",
    "display_id": "40218876",
    "platform": "admin_by_request",
    "state": "pending",
    "status": "Pending",
    "subject": "7-Zip Installer",
    "requested_for": "maja.lind@northwind.example",
    "requested_by": None,
    "created_at": "2026-11-18T09:41:27",
    "updated_at": None,
    "url": "https://www.example/71204418",
    "raw": {
        "id": 71204418,
        "type": "Run As Admin",
        "status": "from raw",
        "typeCode": 0,
        "application": {
            "name": "7-Zip Installer",
            "file": "7z2406-x64.exe",
            "version": "24.06",
            "vendor": "Igor Pavlov",
            "scanResult": "Clean",
            "threat": None,
            "size": 1572864,
            "ratio": 7.0,
        },
        "user": {"account": "NWIND\\mlind", "isAdmin": False},
        "tags": ["Packer", "Tool", 7, None],
        "engines": [],
        "reason": "Need the archiver",
    },
}


def decide_one(when: Any, record: dict[str, Any] | None = None, **rule: Any) -> dict[str, Any]:
    the_rule = {"name": "the rule", "when": when, "then": "approved", **rule}
    return rules.decide([RECORD if record is None else record], [the_rule])[0]


def matches(when: Any, record: dict[str, Any] | None = None) -> bool:
    return bool(decide_one(when, record)["rule"] == "the rule")


def error_of(given_rules: Any, records: Any = (), decisions: Any = None) -> str:
    with pytest.raises(rules.RuleError) as caught:
        rules.decide(list(records), given_rules, decisions)
    return str(caught.value)


# --- Conditions


@pytest.mark.parametrize(
    ("path", "condition", "expected"),
    [
        # equality
        ("application.vendor", "Igor Pavlov", True),
        ("application.vendor", "igor pavlov", False),
        ("application.vendor", {"eq": "Igor Pavlov"}, True),
        ("application.vendor", {"eq": "IGOR pavlov", "ignore_case": True}, True),
        ("application.vendor", {"eq": "IGOR pavlov", "ignore_case": False}, False),
        ("application.vendor", {"ne": "Igor Pavlov"}, False),
        ("application.vendor", {"ne": "igor pavlov"}, True),
        ("application.vendor", {"ne": "igor pavlov", "ignore_case": True}, False),
        ("application.threat", {"ne": "Trojan"}, True),
        ("nowhere", {"ne": "anything"}, False),
        # numbers and their text
        ("id", 71204418, True),
        ("raw.id", "71204418", True),
        ("application.size", "1572864", True),
        ("application.ratio", 7, True),
        ("application.ratio", "7.0", True),
        ("application.version", 24.06, True),
        ("application.version", 24.6, False),
        # booleans
        ("user.isAdmin", False, True),
        ("user.isAdmin", True, False),
        ("user.isAdmin", "false", False),
        ("user.isAdmin", 0, False),
        ("typeCode", False, False),
        ("typeCode", 0, True),
        # null
        ("application.threat", None, True),
        ("nowhere.at.all", None, True),
        ("application.vendor", None, False),
        ("application.threat", {"eq": None}, True),
        ("application.threat", {"not": None}, False),
        ("application.vendor", {"not": None}, True),
        ("tags", None, False),
        # any of
        ("application.vendor", ["Mozilla Foundation", "Igor Pavlov"], True),
        ("application.vendor", ["Mozilla Foundation"], False),
        ("application.vendor", [], False),
        ("application.vendor", ["x", {"glob": "Igor*"}], True),
        ("application.vendor", [{"glob": "Moz*"}, ["Igor Pavlov"]], True),
        ("application.threat", ["Trojan", None], True),
        ("application.vendor", {"in": ["a", "Igor Pavlov"]}, True),
        ("application.vendor", {"in": ["A", "igor pavlov"], "ignore_case": True}, True),
        ("application.vendor", {"in": []}, False),
        ("id", {"in": [1, 71204418]}, True),
        # glob: the whole value, exact, a backslash is a backslash
        ("user.account", {"glob": "NWIND\\*"}, True),
        ("user.account", {"glob": "nwind\\*"}, False),
        ("user.account", {"glob": "nwind\\*", "ignore_case": True}, True),
        ("user.account", {"glob": "NWIND"}, False),
        ("user.account", {"glob": ["OTHER\\*", "*lind"]}, True),
        ("user.account", {"glob": []}, False),
        ("application.file", {"glob": "7z????-x[63]4.exe"}, True),
        ("id", {"glob": "712*"}, True),
        ("application.size", {"glob": "157*"}, True),
        ("application.threat", {"glob": "*"}, False),
        ("user.isAdmin", {"glob": "*"}, False),
        ("nowhere", {"glob": "*"}, False),
        # regex: found anywhere
        ("application.file", {"regex": r"x64\.exe$"}, True),
        ("application.file", {"regex": r"^x64"}, False),
        ("application.file", {"regex": r"X64"}, False),
        ("application.file", {"regex": r"X64", "ignore_case": True}, True),
        ("application.file", {"regex": ["^setup", r"^7z\d+"]}, True),
        ("application.file", {"regex": []}, False),
        ("nowhere", {"regex": ""}, False),
        # contains
        ("application.name", {"contains": "Zip"}, True),
        ("application.name", {"contains": "zip"}, False),
        ("application.name", {"contains": "zip", "ignore_case": True}, True),
        ("application.size", {"contains": 57}, True),
        ("tags", {"contains": "Packer"}, True),
        ("tags", {"contains": "Pack"}, False),
        ("tags", {"contains": "packer", "ignore_case": True}, True),
        ("tags", {"contains": "7"}, True),
        ("tags", {"contains": True}, False),
        ("application.name", {"contains": True}, False),
        ("nowhere", {"contains": ""}, False),
        ("application", {"contains": "vendor"}, False),
        # order
        ("application.size", {"gt": 1572863, "le": "1572864"}, True),
        ("application.size", {"lt": 1572864}, False),
        ("application.version", {"ge": "24.06", "lt": 25}, True),
        ("id", {"gt": 71204417}, True),
        ("created_at", {"lt": "2026-11-19"}, True),
        ("created_at", {"ge": "2026-11-18", "lt": "2026-11-18T09:41:28Z"}, True),
        ("created_at", {"gt": "2026-11-18T10:41:26+01:00"}, True),
        ("created_at", {"gt": "2026-11-18T10:41:28+01:00"}, False),
        ("created_at", {"lt": datetime.date(2026, 11, 19)}, True),
        ("created_at", {"lt": datetime.datetime(2026, 11, 19, tzinfo=datetime.timezone.utc)}, True),
        ("created_at", {"gt": 5}, False),
        ("created_at", {"lt": 5}, False),
        ("application.vendor", {"gt": 5}, False),
        ("application.threat", {"lt": 5}, False),
        ("user.isAdmin", {"lt": 5}, False),
        ("application", {"lt": 5}, False),
        ("nowhere", {"lt": 5}, False),
        # existence: a null is there
        ("application.vendor", {"exists": True}, True),
        ("application.threat", {"exists": True}, True),
        ("nowhere", {"exists": True}, False),
        ("nowhere", {"exists": False}, True),
        ("application.vendor.deeper", {"exists": False}, True),
        # combinations
        ("application.vendor", {"not": "Igor Pavlov"}, False),
        ("application.vendor", {"not": ["a", "b"]}, True),
        ("nowhere", {"not": "Igor Pavlov"}, True),
        ("nowhere", {"not": {"exists": False}}, False),
        ("application.size", {"any": [{"lt": 5}, {"gt": 1000}]}, True),
        ("application.size", {"all": [{"lt": 5}, {"gt": 1000}]}, False),
        ("application.vendor", {"glob": "Igor*", "regex": "Pavlov$", "not": "Igor"}, True),
        ("application.vendor", {"glob": "Igor*", "regex": "Igor$"}, False),
        # any member of a list
        ("tags", "Tool", True),
        ("tags", ["x", 7], True),
        ("tags", {"glob": "Pack*"}, True),
        ("tags", {"regex": "^T"}, True),
        ("tags", {"ge": 7}, True),
        ("tags", {"gt": 7}, False),
        ("tags", {"ne": "Tool"}, False),
        ("engines", {"ne": "Tool"}, True),
        ("engines", "x", False),
        ("engines", {"glob": "*"}, False),
        # the record comes before its raw
        ("status", "Pending", True),
        ("raw.status", "from raw", True),
        ("reason", "Need the archiver", True),
    ],
)
def test_condition(path: str, condition: Any, expected: bool) -> None:
    assert matches({path: condition}) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, True),
        ({"platform": "admin_by_request", "state": "pending"}, True),
        ({"platform": "admin_by_request", "state": "denied"}, False),
        ({"all": [{"state": "pending"}, {"user.isAdmin": False}]}, True),
        ({"all": [{"state": "pending"}, {"user.isAdmin": True}]}, False),
        ({"any": [{"state": "denied"}, {"user.isAdmin": False}]}, True),
        ({"any": [{"state": "denied"}, {"user.isAdmin": True}]}, False),
        ({"not": {"state": "denied"}}, True),
        ({"not": {"state": "pending"}}, False),
        ({"not": {}}, False),
        ({"state": "pending", "not": {"any": [{"state": "denied"}, {"all": [{"user.isAdmin": False}]}]}}, False),
        ({"state": "denied", "any": [{}]}, False),
    ],
)
def test_when(when: Any, expected: bool) -> None:
    assert matches(when) is expected


def test_a_condition_on_a_part_that_is_also_wanted_whole() -> None:
    assert matches({"application.vendor": "Igor Pavlov", "application": {"exists": True}, "raw": {"exists": True}})


# --- Decisions


def test_a_decision_carries_all_there_is_to_know() -> None:
    when = {"application.vendor": "Igor Pavlov", "application.threat": None, "nowhere": {"exists": False}}
    assert decide_one(when, reason="Trusted", decided_by="desk@northwind.example") == {
        "request_id": "71204418",
        "state": "approved",
        "reason": "Trusted",
        "decided_by": "desk@northwind.example",
        "rule": "the rule",
        "why": "application.vendor is Igor Pavlov; application.threat is null; nowhere is absent",
        "subject": "7-Zip Installer",
        "requested_for": "maja.lind@northwind.example",
        "created_at": "2026-11-18T09:41:27",
    }


def test_without_a_rule_a_request_stays_pending() -> None:
    assert rules.decide([{"id": 5}], []) == [
        {
            "request_id": "5",
            "state": "pending",
            "reason": None,
            "decided_by": None,
            "rule": None,
            "why": "no rule matched",
            "subject": None,
            "requested_for": None,
            "created_at": None,
        }
    ]


def test_the_first_rule_that_matches_decides() -> None:
    given_rules = [
        {"name": "one", "when": {"id": "2"}, "then": "denied"},
        {"name": "two", "when": {"id": ["1", "2"]}, "then": "approved"},
        {"name": "three", "when": {}, "then": "pending"},
    ]
    decided = rules.decide([{"id": "1"}, {"id": "2"}, {"id": "3"}], given_rules)
    assert [(one["request_id"], one["rule"], one["state"]) for one in decided] == [
        ("1", "two", "approved"),
        ("2", "one", "denied"),
        ("3", "three", "pending"),
    ]


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({}, "the rule applies to every request"),
        ({"user.isAdmin": False}, "user.isAdmin is false"),
        ({"application": {"exists": True}}, "application is present"),
        ({"tags": "Tool"}, "tags is Packer, Tool, 7, null"),
        ({"engines": {"not": "x"}}, "engines is empty"),
        ({"any": [{"state": "denied"}, {"typeCode": 0}, {"id": {"exists": True}}]}, "typeCode is 0"),
        ({"all": [{"typeCode": 0}, {"typeCode": {"lt": 1}}]}, "typeCode is 0"),
        ({"not": {"any": [{"state": "denied"}, {"typeCode": 5}]}}, "state is pending; typeCode is 0"),
    ],
)
def test_why_names_the_values_that_decided(when: Any, why: str) -> None:
    assert decide_one(when)["why"] == why


def test_why_fits_on_a_line_of_a_log() -> None:
    record = {"id": "1", "subject": "a\x1b[31m\r\nb\u202e" + "c" * 1000, "many": ["member"] * 100_000}
    why = decide_one({"subject": {"exists": True}, "many": {"exists": True}}, record)["why"]
    assert why.startswith("subject is a [31m  b ccc")
    assert why.isprintable()
    assert len(why) < 250


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("{application.vendor} is fine", "Igor Pavlov is fine"),
        ("{raw.status}, {status}, {application.size}", "from raw, Pending, 1572864"),
        ("{application.threat} {user.isAdmin} {tags}", "null false Packer, Tool, 7, null"),
        ("{nowhere} {} { id } {application}", "{nowhere} {} { id } {application}"),
        ("{id.__class__} {id!r} {id:>20} {0}", "{id.__class__} {id!r} {id:>20} {0}"),
        ("{{id}}", "{71204418}"),
        ("100 %", "100 %"),
        (2026, "2026"),
        (None, None),
    ],
)
def test_placeholders_of_a_reason(reason: Any, expected: str | None) -> None:
    assert decide_one({}, reason=reason)["reason"] == expected


# --- External decisions


def test_external_decisions_win_and_unknown_requests_come_last() -> None:
    external = [
        {"request_id": 9, "state": "approved"},
        {"request_id": 71204418, "state": "denied", "reason": "CAB {id}", "decided_by": "cab@northwind.example"},
        {"request_id": "9", "state": "approved", "reason": "again"},
        {"request_id": "8", "state": "pending"},
    ]
    decided = rules.decide([RECORD], [{"name": "all", "when": {}, "then": "approved"}], external)
    assert [one["request_id"] for one in decided] == ["71204418", "9", "8"]
    assert decided[0] == {
        "request_id": "71204418",
        "state": "denied",
        "reason": "CAB {id}",
        "decided_by": "cab@northwind.example",
        "rule": "external decision",
        "why": "decided by an external system",
        "subject": "7-Zip Installer",
        "requested_for": "maja.lind@northwind.example",
        "created_at": "2026-11-18T09:41:27",
    }
    assert decided[1]["reason"] is None
    assert decided[1].keys() == decided[0].keys()
    assert [decided[1][key] for key in rules.COPIED_KEYS] == [None, None, None]


# --- Bad input


def rule(**changes: Any) -> dict[str, Any]:
    return {"name": "vendors", "when": {}, "then": "approved", **changes}


@pytest.mark.parametrize(
    ("given_rules", "message"),
    [
        ({}, "rules: must be a list"),
        ("x", "rules: must be a list"),
        ([[]], "rule 1 of 1: must be a mapping"),
        ([{"when": {}, "then": "approved"}], "rule 1 of 1: needs a name"),
        ([rule(name=[])], "rule 1 of 1: name must be text"),
        ([{"nmae": "x", "when": {}, "then": "denied"}], "rule 1 of 1: unknown key 'nmae'. Did you mean 'name'?"),
        ([rule(), rule()], "rule 2 of 2 (vendors): rule 1 has the same name"),
        (
            [rule(resaon="x")],
            "rule 1 of 1 (vendors): unknown key 'resaon'. Did you mean 'reason'? Allowed: name, when, ",
        ),
        ([{"name": "a", "then": "denied"}], "rule 1 of 1 (a): needs 'when'; to match every request write when: {}"),
        ([rule(when=None)], "rule 1 of 1 (vendors): when: must be a mapping"),
        ([rule(when=[])], "when: must be a mapping"),
        ([{"name": "a", "when": {}}], "rule 1 of 1 (a): then is missing. Allowed: approved, denied, pending"),
        ([rule(then="Approve")], "then is 'Approve'. Did you mean 'approved'? Allowed: approved, denied, pending"),
        ([rule(then=[])], "then is []. Allowed"),
        ([rule(reason=["x"])], "reason must be text"),
        ([rule(decided_by=True)], "decided_by must be text"),
        ([rule(when={7: "x"})], "when: 7 is not a path"),
        ([rule(when={"a..b": "x"})], "when: 'a..b' is not a path"),
        ([rule(when={"": "x"})], "when: '' is not a path"),
        (
            [rule(when={"a.b": {"golb": "x"}})],
            "rule 1 of 1 (vendors): when: a.b: unknown operator 'golb'. Did you mean 'glob'? Allowed: eq, ",
        ),
        ([rule(when={"a": {}})], "when: a: needs an operator"),
        ([rule(when={"a": {"ignore_case": True}})], "when: a: needs an operator"),
        ([rule(when={"a": {"ignore_case": True, "gt": 5}})], "when: a: ignore_case is true or false, beside"),
        ([rule(when={"a": {"ignore_case": "yes", "eq": "x"}})], "when: a: ignore_case is true or false"),
        (
            [rule(when={"a": {"eq": ["x"]}})],
            "when: a: eq: takes one value, not a list; for any of several values use 'in'",
        ),
        ([rule(when={"a": {"ne": {}}})], "when: a: ne: takes one value, not a dict"),
        ([rule(when={"a": {"in": "x"}})], "when: a: in: takes a list"),
        (
            [rule(when={"a": {"in": [{"glob": "x"}]}})],
            "in: takes one value, not a dict; for a list of conditions use 'any'",
        ),
        ([rule(when={"a": {"glob": 7}})], "glob: takes text or a list of texts"),
        ([rule(when={"a": {"regex": ["a", None]}})], "regex: takes text or a list of texts"),
        ([rule(when={"a": {"regex": "(x"}})], "'(x' is not a valid regular expression: missing )"),
        ([rule(when={"a": {"contains": ["x"]}})], "contains: takes one value, not a list; for several use"),
        ([rule(when={"a": {"contains": None}})], "contains: takes text"),
        ([rule(when={"a": {"gt": "soon"}})], "gt: takes a number or an ISO 8601 date or time, not 'soon'"),
        ([rule(when={"a": {"lt": "2026-02-31"}})], "lt: takes a number or an ISO 8601 date or time"),
        ([rule(when={"a": {"le": True}})], "le: takes a number"),
        ([rule(when={"a": {"exists": "yes"}})], "exists: takes true or false"),
        ([rule(when={"a": {"any": []}})], "any: takes a list of conditions, at least one"),
        ([rule(when={"a": {"all": {}}})], "all: takes a list of conditions"),
        ([rule(when={"a": {"not": {"any": [{"eqq": 1}]}}})], "when: a: not: any: unknown operator 'eqq'"),
        ([rule(when={"all": {}})], "when: all: takes a list of mappings like 'when', at least one"),
        ([rule(when={"any": [{"all": ["x"]}]})], "when: any: all: must be a mapping"),
        ([rule(when={"not": []})], "when: not: must be a mapping"),
    ],
)
def test_bad_rules_are_named(given_rules: Any, message: str) -> None:
    assert message in error_of(given_rules)


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([RECORD, "x"], "record 2 of 2: must be a request"),
        ([{"subject": "x"}], "record 1 of 1: needs id"),
        ([{"id": None}], "record 1 of 1: needs id"),
        ([{"id": ""}], "record 1 of 1: needs id"),
        ([{"id": True}], "record 1 of 1: needs id"),
    ],
)
def test_bad_records_are_named(records: Any, message: str) -> None:
    assert message in error_of([], records)


@pytest.mark.parametrize("records", [None, "x", {"records": []}, 7])
def test_records_have_to_be_a_list(records: Any) -> None:
    with pytest.raises(rules.RuleError, match="records: must be a list"):
        rules.decide(records, [])


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ({}, "decisions: must be a list"),
        (["x"], "decision 1 of 1: must be a mapping"),
        ([{"state": "denied"}], "decision 1 of 1: needs request_id"),
        ([{"request_id": 5}], "decision 1 of 1 (request 5): state is missing"),
        ([{"request_id": 5, "state": "maybe"}], "decision 1 of 1 (request 5): state is 'maybe'. Allowed: approved, "),
        ([{"request_id": 5, "state": "denied", "reson": ""}], "unknown key 'reson'. Did you mean 'reason'?"),
        ([{"request_id": 5, "state": "denied", "reason": []}], "(request 5): reason must be text"),
        (
            [{"request_id": 5, "state": "denied"}, {"request_id": "5", "state": "approved"}],
            "decision 2 of 2 (request 5): is approved, but an earlier decision on the same request is denied",
        ),
    ],
)
def test_bad_decisions_are_named(decisions: Any, message: str) -> None:
    assert message in error_of([], decisions=decisions)


# --- Warnings


def warnings_of(records: list[Any], *whens: Any) -> list[str]:
    warnings: list[str] = []
    given_rules = [{"name": f"rule {n}", "when": when, "then": "denied"} for n, when in enumerate(whens, 1)]
    rules.decide(records, given_rules, warn=warnings.append)
    return warnings


def test_a_path_that_no_record_has_is_warned_about_once() -> None:
    warnings = warnings_of(
        [RECORD, {"id": "1", "rare": 1}],
        {},
        {"application.scanresult": "Clean", "not": {"any": [{"vendor": "x"}]}},
        {"application.scanresult": "Malicious", "application.vendor": "y", "rare": 2, "zzz": {"exists": False}},
    )
    start = "No request of this batch has"
    assert warnings == [
        f"{start} 'application.scanresult', which rule 'rule 2' asks for. Did you mean 'application.scanResult'?",
        f"{start} 'vendor', which rule 'rule 2' asks for. Did you mean 'application.vendor'?",
        f"{start} 'zzz', which rule 'rule 3' asks for.",
    ]


def test_an_empty_batch_warns_about_nothing() -> None:
    assert warnings_of([], {"nowhere": 1}) == []


# --- Cost


class Counted(dict[str, Any]):
    """A mapping that counts how often its values are read, as each read of ansible-core's lazy ones costs."""

    reads = 0

    def __getitem__(self, key: str) -> Any:
        Counted.reads += 1
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        Counted.reads += 1
        return super().get(key, default)


def test_each_value_is_read_at_most_once_and_only_if_a_rule_asks_for_it() -> None:
    raw = Counted(application=Counted(vendor="x", name="y", file="z"), reason="r")
    records = [Counted(id=str(n), subject="s", url="u", raw=raw) for n in range(50)]
    given_rules = [
        {"name": str(n), "when": {"application.vendor": f"v{n}", "subject": {"glob": "t*"}}, "then": "denied"}
        for n in range(40)
    ]
    Counted.reads = 0
    assert len(rules.decide(records, given_rules, warn=pytest.fail)) == 50
    assert Counted.reads == 50 * len(["id", "subject", "raw", "application", "vendor"])


# --- Properties

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["7", "2026-11-20"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
paths = st.lists(st.sampled_from(["a", "b", "c", "raw"]), min_size=1, max_size=3).map(".".join)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
bounds = (
    st.integers()
    | st.floats()
    | st.sampled_from(["7", "1e3", "2026-11-20", "0001-01-01T00:00+14:00", "9999-12-31T23:59Z"])
)
conditions = st.recursive(
    st.one_of(
        scalars,
        st.lists(scalars, max_size=3),
        st.builds(lambda name, value: {name: value}, st.sampled_from(["eq", "ne"]), scalars),
        st.builds(lambda value, fold: {"in": value, "ignore_case": fold}, st.lists(scalars), st.booleans()),
        st.builds(lambda value, fold: {"glob": value, "ignore_case": fold}, st.text(max_size=5), st.booleans()),
        st.builds(lambda value: {"regex": value}, st.sampled_from(["", "^a", "[0-9]+"])),
        st.builds(lambda value, fold: {"contains": value, "ignore_case": fold}, st.text(max_size=2), st.booleans()),
        st.builds(lambda name, value: {name: value}, st.sampled_from(["gt", "lt", "ge", "le"]), bounds),
        st.builds(lambda value: {"exists": value}, st.booleans()),
    ),
    lambda inner: (
        st.builds(lambda value: {"not": value}, inner)
        | st.builds(
            lambda name, value: {name: value}, st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3)
        )
    ),
    max_leaves=4,
)
whens = st.recursive(
    st.dictionaries(paths, conditions, max_size=3),
    lambda inner: (
        st.builds(lambda value: {"not": value}, inner)
        | st.builds(
            lambda name, value: {name: value}, st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=2)
        )
    ),
    max_leaves=4,
)
batches = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "c", "raw", "subject"]), json_values, max_size=4), max_size=4
).map(lambda records: [{**record, "id": str(number)} for number, record in enumerate(records)])
rule_lists = st.lists(st.tuples(whens, st.sampled_from(rules.STATES)), max_size=4).map(
    lambda drawn: [
        {"name": str(number), "when": when, "then": state, "reason": "{a} {raw.b.c}"}
        for number, (when, state) in enumerate(drawn)
    ]
)


@given(batches, rule_lists)
def test_the_first_match_wins_whatever_the_values(
    batch: list[dict[str, Any]], given_rules: list[dict[str, Any]]
) -> None:
    before = copy.deepcopy((batch, given_rules))
    decided = rules.decide(batch, given_rules, warn=lambda _message: None)
    assert repr((batch, given_rules)) == repr(before), "the input is left alone"
    assert repr(rules.decide(batch, given_rules)) == repr(decided), "the same input has the same answer"
    json.dumps(decided)
    for record, decision in zip(batch, decided, strict=True):
        alone = [rules.decide([record], [one])[0]["rule"] for one in given_rules]
        assert decision["rule"] == next((name for name in alone if name), None)
        assert decision["why"].isprintable()


@given(batches, whens)
def test_not_is_the_opposite(batch: list[dict[str, Any]], when: dict[str, Any]) -> None:
    for record in batch:
        assert matches({"not": when}, record) is not matches(when, record)


@given(paths, conditions, batches)
def test_a_condition_and_its_negation_exclude_each_other(
    path: str, condition: Any, batch: list[dict[str, Any]]
) -> None:
    for record in batch:
        assert matches({path: {"not": condition}}, record) is not matches({path: condition}, record)


@given(st.text(), st.text())
def test_any_text_is_a_glob(pattern: str, value: str) -> None:
    matches({"subject": {"glob": pattern}}, {"id": "1", "subject": value})


@given(st.one_of(st.text(), st.integers(), st.floats(allow_nan=False)))
def test_a_value_equals_itself(value: Any) -> None:
    assert matches({"subject": value}, {"id": "1", "subject": value})
    assert matches({"subject": {"eq": value, "ignore_case": True}}, {"id": "1", "subject": value})


def test_an_integer_that_python_does_not_print() -> None:
    huge = 10**5000
    assert matches({"subject": {"gt": 5, "not": "x", "regex": "^0x"}}, {"id": "1", "subject": huge})
    assert not matches({"subject": {"gt": 5}}, {"id": "1", "subject": "9" * 5000})
