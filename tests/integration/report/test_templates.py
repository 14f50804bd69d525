# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The templates of the page escape each value where they write it."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator

import jinja2
import pytest
from integration.support.sandbox import ROOT
from jinja2 import nodes

TEMPLATES = sorted((ROOT / "roles" / "desk_report" / "templates").glob("*.html.j2"))


def unescaped(text: str) -> Iterator[int]:
    """The lines of what is written neither by the filter e nor by a macro, which writes by the filter itself."""
    tree = jinja2.Environment().parse(text)
    macros = {f"ui.{macro.name}" for template in TEMPLATES for macro in _macros(template)}
    macros |= {name.removeprefix("ui.") for name in macros}
    for output in tree.find_all(nodes.Output):
        for node in output.nodes:
            is_escaped = isinstance(node, nodes.Filter) and node.name == "e"
            is_macro = isinstance(node, nodes.Call) and _name(node.node) in macros
            if not (is_escaped or is_macro or isinstance(node, nodes.TemplateData)):
                yield node.lineno


def _macros(template: pathlib.Path) -> Iterator[nodes.Macro]:
    yield from jinja2.Environment().parse(template.read_text(encoding="utf-8")).find_all(nodes.Macro)


def _name(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_name(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else ""


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_value_is_escaped(template: pathlib.Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert list(unescaped(text)) == []
    assert not re.search(r"\|\s*safe\b|autoescape", text)


def test_the_test_finds_what_is_not() -> None:
    assert list(unescaped("{{ a | e }}\n{{ a or b | e }}\n{{ a }}\n{{ a.b(1) }}\n{{ (a or b) | e }}{{ ui.badge(a) }}")) == [
        2,
        3,
        4,
    ]
    assert len(TEMPLATES) == 6
