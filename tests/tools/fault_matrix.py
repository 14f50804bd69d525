# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a task when a call fails, by class of modules; C(make docs) writes it down.

The tests of tests/faults/matrix bring about every cell and compare it with the same declarations.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from .workspace import ROOT, say

# What the tests declare. Their types are no business of the tools.
_OUTCOMES: Any = importlib.import_module("faults.matrix.outcomes")
AT_LOGIN, EXCEPTIONS = _OUTCOMES.AT_LOGIN, _OUTCOMES.EXCEPTIONS
cells, expected = _OUTCOMES.cells, _OUTCOMES.expected
Place, Kind = _OUTCOMES.Place, _OUTCOMES.Kind

PAGE = ROOT / "docs" / "fault_matrix.md"
HEAD = """<!--
Copyright (c) 2026, deskops.itsm contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
Written by `make docs` from tests/faults/matrix: change it there.
-->
# What becomes of a task when a call fails

Every module on every platform is run against the sandbox with each of the faults below, {cells} cells in all. A test brings about
each of them and compares the result, the calls and what the server holds with this page. In no cell is anything done twice. What
is reported as done was done; the few cells in which only the server's word can be told are named at the end of this page.

- *Once* means that the fault hits one call and is over then, *each time* that it hits every attempt.
- *and all after it* means that from this call on nothing gets through any more, so that nothing can be looked up either.
- *reading back* means that the change was made, and the calls that look at it afterwards fail.
- *after* means that the server has done its work before the fault strikes. So it has where the answer is cut, truncated or slow.

After every error here the task can be run again as it is: it looks first, and does what is missing, once. Where that is not so,
the section says it.

| word | meaning |
|---|---|
| done | nothing had to be done about it |
| retried, done | the call was made again |
| waited, done | the call was made again after the pause that the server asked for, or a short one |
| new login, done | the token was renewed, once, and the call made again |
| found | the answer was lost; the change was found on the server and not made again |
| sent again, done | the answer was lost, and the change not on the server, or making it again does no harm: it was made again |
| `OutcomeUnknown` | it cannot be told whether it was done; the error says where to look, and nothing was sent again blindly |
| `OutcomeUnknown`, not done / done | the same; how it really was on the server |
| `AuthError` | credentials, token or rights; it is not tried again, since platforms lock out those who go on |
| `RateLimited` | the quota is used up; the error says for how long |
| `NotFound`, `Conflict`, `ApiError` | the platform refused, in its own words where it has some |
| `DeskError` | the platform said that it was done, but it is not to be seen |
"""
SECTIONS: tuple[tuple[Any, str, str], ...] = (
    (
        Kind.READS,
        "Reads",
        "A read gives the whole answer or an error, nothing between. An export leaves a whole file behind, or none.",
    ),
    (
        Kind.LOGS_IN,
        "Logins",
        "What is refused is not tried again. A code works once: if its answer is lost, a new one is needed.",
    ),
    (
        Kind.MAKES,
        "Making something that is found again",
        "What has no clear answer is looked for first. It is not sent again while the server may be at work on it.",
    ),
    (
        Kind.SETS,
        "Changing, deciding and removing",
        "A value is set: sending it again does no harm, but what differs is read before.",
    ),
    (
        Kind.MAKES_BLINDLY,
        "Making something without a key",
        "With `match_on: []` there is nothing to look for, so nothing is sent again. Look yourself before running it again.",
    ),
)
COLUMNS = {
    Place.ONCE: "once",
    Place.ALWAYS: "each time",
    Place.DARK: "and all after it",
    Place.BEFORE: "all calls from the first on",
    Place.BACK: "reading back",
    Place.LATER_ONCE: "a later call, once",
    Place.LATER_ALWAYS: "a later call, each time",
}
# The places that are told in the same table.
TABLES: dict[Any, tuple[tuple[Any, ...], ...]] = {
    Kind.READS: ((Place.ONCE, Place.ALWAYS),),
    Kind.LOGS_IN: ((Place.ONCE, Place.ALWAYS),),
    Kind.MAKES: ((Place.ONCE, Place.ALWAYS, Place.DARK), (Place.BEFORE, Place.BACK)),
    Kind.SETS: ((Place.ONCE, Place.ALWAYS, Place.DARK), (Place.BEFORE, Place.BACK)),
    Kind.MAKES_BLINDLY: ((Place.ONCE, Place.ALWAYS, Place.DARK), (Place.BACK,)),
}


def page() -> str:
    """The declarations as a page of the documentation."""
    everything = list(cells())
    parts = [HEAD.format(cells=f"{len(everything):,}"), "\n", _legend(everything)]
    for kind, title, text in SECTIONS:
        own = [cell for cell in everything if cell.scenario.kind is kind]
        parts.append(f"\n## {title}\n\n{text}\n\n{_names(cell.scenario for cell in own)}\n")
        for places in TABLES[kind]:
            parts += ["\n", _table([cell for cell in own if cell.place in places], places)]
        parts.append(_later(own))
    parts.append(_logins([cell for cell in everything if cell.place in AT_LOGIN]))
    parts.append(_reasons())
    return "".join(parts)


def _names(scenarios: Iterable[Any]) -> str:
    """The modules of a section, with their platforms."""
    platforms: dict[str, list[str]] = {}
    for scenario in dict.fromkeys(scenarios):
        told = f"{scenario.platform}{f' ({scenario.case})' if scenario.case else ''}"
        platforms.setdefault(scenario.verb, []).append(told)
    return "\n".join(f"- `{verb}`: {', '.join(told)}" for verb, told in platforms.items())


def _table(own: Sequence[Any], places: Sequence[Any]) -> str:
    """The usual outcome of each fault; faults that come to the same are told in one row, and what is unusual below."""
    rows: dict[tuple[str, ...], list[str]] = {}
    unusual: dict[tuple[Any, str, str], list[Any]] = {}
    for fault in dict.fromkeys(cell.fault for cell in own):
        usual = []
        for place in places:
            found = {cell.scenario: _words(expected(cell)) for cell in own if cell.fault == fault and cell.place is place}
            usual.append(Counter(found.values()).most_common(1)[0][0] if found else "–")
            for scenario, words in found.items():
                if words != usual[-1]:
                    unusual.setdefault((scenario, words, fault.name), []).append(place)
        rows.setdefault(tuple(usual), []).append(fault.name)
    head = ["fault", *(COLUMNS[place] for place in places)]
    lines = [_line(head), _line("---" for dummy in head)]
    lines += [_line([_listed(names), *words]) for words, names in rows.items()]
    if unusual:
        lines.append("\nOtherwise:\n\n")
        lines += _exceptions(unusual, places)
    return "".join(lines)


def _exceptions(unusual: dict[tuple[Any, str, str], list[Any]], places: Sequence[Any]) -> list[str]:
    """Cells that differ; those that differ in the same way are told together."""
    by_task: dict[tuple[Any, str, tuple[Any, ...]], list[str]] = {}
    for (scenario, words, name), where in unusual.items():
        by_task.setdefault((scenario, words, tuple(where)), []).append(name)
    by_faults: dict[tuple[str, tuple[Any, ...], tuple[str, ...]], list[str]] = {}
    for (scenario, words, hit), names in by_task.items():
        by_faults.setdefault((words, hit, tuple(names)), []).append(_task(scenario))
    return [
        f"- {', '.join(tasks)}: {'' if hit == tuple(places) else ', '.join(COLUMNS[one] for one in hit) + ': '}"
        f"{_listed(names)} → {words}\n"
        for (words, hit, names), tasks in by_faults.items()
    ]


def _task(scenario: Any) -> str:
    case = f" ({scenario.case})" if scenario.case else ""
    return f"`{scenario.verb}` on {scenario.platform}{case}"


def _listed(names: Sequence[str]) -> str:
    """The names of faults, those that strike after the work behind the others."""
    first = [name for name in names if not name.endswith(" after")]
    after = [name.removesuffix(" after") for name in names if name.endswith(" after")]
    return "; ".join([*([", ".join(first)] if first else []), *([f"after: {', '.join(after)}"] if after else [])])


def _later(own: Sequence[Any]) -> str:
    """That a later call makes no difference is said in a sentence, since it is so."""
    if not any(cell.place in (Place.LATER_ONCE, Place.LATER_ALWAYS) for cell in own):
        return ""
    return "\nThe same is true of a later call of a read that takes several, but for what is named at the end of this page.\n"


def _logins(own: Sequence[Any]) -> str:
    """The login comes before everything else, so nothing is done where it fails."""
    text = [
        "\n## The login of all other modules\n\nWhere it fails, nothing was read and nothing was done. All modules share it.\n"
    ]
    for platform in dict.fromkeys(cell.scenario.platform for cell in own):
        text.append(f"\n`{platform}`:\n\n")
        rows: dict[tuple[str, str], list[str]] = {}
        first = next(cell.scenario for cell in own if cell.scenario.platform == platform)
        for fault in dict.fromkeys(cell.fault for cell in own if cell.scenario is first):
            words = tuple(
                _words(expected(_OUTCOMES.Cell(first, place, fault))) for place in (Place.LOGIN_ONCE, Place.LOGIN_ALWAYS)
            )
            rows.setdefault((words[0], words[1]), []).append(fault.name)
        text += [_line(["fault", "once", "each time"]), _line(["---"] * 3)]
        text += [_line([_listed(names), *words]) for words, names in rows.items()]
    return "".join(text)


def _reasons() -> str:
    lines = ["\n## Why some are different\n\n"]
    for one in (one for one in EXCEPTIONS if one.reason):
        lines.append(f"- `{one.verb}` on {' and '.join(one.platforms)}, {_listed(one.faults)}: {one.reason}.\n")
    return "".join(lines)


def _legend(everything: Sequence[Any]) -> str:
    """What each fault is."""
    faults = [fault for fault in dict.fromkeys(cell.fault for cell in everything) if not fault.name.endswith(" after")]
    return "".join([_line(["fault", "what happens"]), _line(["---"] * 2), *(_line([one.name, one.title]) for one in faults)])


def _words(outcome: Any) -> str:
    """An outcome as users are told of it."""
    if outcome.is_ok:
        return str(outcome.how)
    (kind, *_others) = outcome.kinds
    if kind == "OutcomeUnknown":
        return f"`{kind}`, done" if outcome.done else f"`{kind}`, not done"
    return f"`{kind}`, done; says that it was sent" if outcome.done else f"`{kind}`"


def _line(cells_of_row: Iterable[str]) -> str:
    return f"| {' | '.join(cells_of_row)} |\n"


def write() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    say(f"wrote {PAGE.relative_to(ROOT)}")
    return 0
