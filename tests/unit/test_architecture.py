# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The floors of the house: each imports only what lies below it."""

from __future__ import annotations

import ast
import pathlib
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
FLOORS = ("transport", "platforms", "verbs", "surface")
COLLECTION = ("ansible_collections", "deskops", "itsm")
ASSIGNMENTS = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
MOST_STATEMENTS_OF_AN_ACTION = 3


def sources(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(folder.rglob("*.py"))


def imports(path: pathlib.Path) -> Iterator[tuple[str, ...]]:
    """The modules that a file imports, relative ones resolved to where they lie in the checkout."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            named = tuple((node.module or "").split(".")) if node.module else ()
            if node.level:
                named = package[: len(package) - node.level + 1] + named
            elif named[:3] == COLLECTION:
                named = named[3:]
            yield from ((*named, alias.name) for alias in node.names)


def _floor(module: tuple[str, ...]) -> str | None:
    """The floor of module_utils that a module belongs to."""
    return module[2] if module[:2] == ("plugins", "module_utils") and len(module) > 2 else None


def _name(path: pathlib.Path) -> str:
    return str(path.relative_to(PLUGINS))


@pytest.mark.parametrize("path", sources(PLUGINS / "module_utils"), ids=_name)
def test_floor_imports_only_what_lies_below(path: pathlib.Path) -> None:
    own = path.relative_to(PLUGINS / "module_utils").parts[0]
    if own == "__init__.py":
        return
    allowed = FLOORS[: FLOORS.index(own) + 1]
    for module in imports(path):
        assert _floor(module) in (None, *allowed), f"{path.name} imports {'.'.join(module)}"
        assert module[0] != "plugins" or module[1] == "module_utils", f"{path.name} imports {'.'.join(module)}"


@pytest.mark.parametrize("path", [path for floor in FLOORS[:3] for path in sources(PLUGINS / "module_utils" / floor)], ids=_name)
def test_nothing_below_the_surface_knows_ansible_or_the_environment(path: pathlib.Path) -> None:
    assert not [module for module in imports(path) if module[0] == "ansible"]
    text = path.read_text(encoding="utf-8")
    for forbidden in ("os.environ", "print(", "exit_json", "fail_json"):
        assert forbidden not in text


@pytest.mark.parametrize("path", sources(PLUGINS / "module_utils" / "verbs"), ids=_name)
def test_verbs_know_no_platform_by_name(path: pathlib.Path) -> None:
    """They get one; the shapes of records, what one may be asked for, and what a text says are common to all."""
    modules = [module for module in imports(path) if _floor(module) == "platforms"]
    assert all({"records", "markup"} & set(module) for module in modules)


def test_only_the_transport_knows_sockets() -> None:
    networking = {"requests", "urllib3", "socket", "ssl", "http"}
    for path in sources(PLUGINS):
        if "transport" not in path.parts:
            assert not [module for module in imports(path) if module[0] in networking], path.name


@pytest.mark.parametrize("path", sources(PLUGINS / "action"), ids=_name)
def test_action_is_nothing_but_its_verb(path: pathlib.Path) -> None:
    body = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if not _is_future(node)]
    assert len(body) <= MOST_STATEMENTS_OF_AN_ACTION
    (action,) = (node for node in body if isinstance(node, ast.ClassDef))
    (statement,) = action.body
    assert ast.unparse(statement) == f"verb = {path.stem.upper()}"


@pytest.mark.parametrize("path", sources(PLUGINS / "modules"), ids=_name)
def test_module_is_nothing_but_documentation_and_its_verb(path: pathlib.Path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            assert {ast.unparse(target) for target in node.targets} <= ASSIGNMENTS
        elif isinstance(node, ast.FunctionDef):
            assert node.name == "main"
            assert [ast.unparse(statement) for statement in node.body] == [f"run_module({path.stem.upper()})"]
        else:
            assert isinstance(node, (ast.ImportFrom, ast.If))


def test_sandbox_and_plugins_are_two_readings_of_the_documents() -> None:
    for path in sources(ROOT / "tests" / "sandbox"):
        assert not [module for module in imports(path) if "plugins" in module or "ansible_collections" in module], path.name
    for path in sources(PLUGINS):
        assert not [module for module in imports(path) if "sandbox" in module or "tests" in module], path.name


def test_every_verb_has_a_module_and_an_action() -> None:
    modules = {path.stem for path in sources(PLUGINS / "modules")}
    verbs = {path.stem for path in sources(PLUGINS / "module_utils" / "verbs") if _defines(path, path.stem.upper())}
    assert verbs == modules == {path.stem for path in sources(PLUGINS / "action")}


def _defines(path: pathlib.Path, name: str) -> bool:
    return any(
        isinstance(node, ast.Assign) and name in {ast.unparse(target) for target in node.targets}
        for node in ast.parse(path.read_text(encoding="utf-8")).body
    )


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
