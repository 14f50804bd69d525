# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option table, the argument specs made from it and the documentation say the same."""

from __future__ import annotations

import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.surface import options
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.spec import Option, Verb, WriteVerb

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
PACKAGE = "ansible_collections.deskops.itsm.plugins.module_utils"
# Variables that the documentation may name although no option has them.
USUAL = {"https_proxy", "http_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
OTHER_VARIABLES = {"DESKOPS_IN_PROCESS", *USUAL}
COMPARED = ("type", "elements", "choices", "default", "required", "options")

Documented = dict[str, Any]


def _collections_path() -> str:
    parts = pathlib.Path(options.__file__).parts
    return str(pathlib.Path(*parts[: parts.index("ansible_collections")]))


@pytest.fixture(scope="session")
def documentation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Documented]:
    """What ansible-doc shows of all modules and of the inventory plugin, fragments merged in."""
    folder = tmp_path_factory.mktemp("ansible-doc")
    (folder / "ansible.cfg").write_text("[defaults]\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environ |= {
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": _collections_path(),
        "ANSIBLE_HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }
    found: dict[str, Documented] = {}
    for kind, names in (("module", MODULES), ("inventory", ["computers"])):
        command = [str(pathlib.Path(sys.executable).parent / "ansible-doc"), "-t", kind, "-j"]
        command += [f"deskops.itsm.{name}" for name in names]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        found |= {name.rpartition(".")[2]: entry["doc"] for name, entry in json.loads(done.stdout).items()}
    return found


def verb_of(module: str) -> Verb:
    verb: Verb = getattr(importlib.import_module(f"{PACKAGE}.verbs.{module}"), module.upper())
    return verb


def _as_spec(documented: Documented) -> dict[str, Any]:
    """The documentation of options in the form of an argument spec."""
    spec: dict[str, Any] = {}
    for name, entry in documented.items():
        entry = {**entry, "options": entry.get("suboptions")}
        spec[name] = {key: entry[key] for key in COMPARED if entry.get(key)}
        if "options" in spec[name]:
            spec[name]["options"] = _as_spec(spec[name]["options"])
        if entry.get("default") is False:
            spec[name]["default"] = False
    return spec


def _comparable(spec: dict[str, Any]) -> dict[str, Any]:
    """The argument spec without what documentation does not have."""
    kept = {name: {key: value for key, value in entry.items() if key in COMPARED} for name, entry in spec.items()}
    for entry in kept.values():
        if "options" in entry:
            entry["options"] = _comparable(entry["options"])
    return kept


@pytest.mark.parametrize("module", MODULES)
def test_documentation_equals_the_argument_spec(documentation: dict[str, Documented], module: str) -> None:
    documented, spec = _as_spec(documentation[module]["options"]), _comparable(options.argument_spec(verb_of(module)))
    assert sorted(documented) == sorted(spec)
    for name in spec:
        assert documented[name] == spec[name], name


@pytest.mark.parametrize("module", MODULES)
def test_verb_bears_the_name_of_its_module(module: str) -> None:
    assert verb_of(module).name == module


@pytest.mark.parametrize("module", [*MODULES, "computers"])
def test_documented_variables_are_those_of_the_table(documentation: dict[str, Documented], module: str) -> None:
    documented = documentation[module]["options"]
    for option in options.CONNECTION_OPTIONS:
        named = _variables(documented[option.name]) - OTHER_VARIABLES
        assert named == _variables_of(option), option.name


@pytest.mark.parametrize("module", [*MODULES, "computers"])
def test_documentation_names_no_other_variable(documentation: dict[str, Documented], module: str) -> None:
    known = set.union(OTHER_VARIABLES, *(_variables_of(option) for option in options.CONNECTION_OPTIONS))
    assert _variables(documentation[module]) <= known


@pytest.mark.parametrize("option", options.CONNECTION_OPTIONS, ids=lambda option: str(option.name))
def test_documented_default_of_a_connection_option_is_that_of_the_table(
    documentation: dict[str, Documented], option: Option
) -> None:
    """It is told in words: in the argument spec it would win over the environment."""
    words = " ".join(documentation["request_info"]["options"][option.name]["description"])
    told = re.findall(r"without it V\(([^)]*)\)", words)
    assert told == ([] if option.default is None else [_in_words(option.default)])


def _in_words(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_inventory_documents_all_connection_options(documentation: dict[str, Documented]) -> None:
    documented = _as_spec(documentation["computers"]["options"])
    of_module = _as_spec(documentation["request_info"]["options"])
    for option in options.CONNECTION_OPTIONS:
        assert documented[option.name] == of_module[option.name]


def test_every_option_is_described_in_sentences(documentation: dict[str, Documented]) -> None:
    for module, entry in documentation.items():
        for name, option in entry["options"].items():
            sentences = option["description"] if isinstance(option["description"], list) else [option["description"]]
            assert sentences, f"{module}.{name}"
            if module != "computers" or name in {option.name for option in options.CONNECTION_OPTIONS}:
                assert all(text.rstrip(")").endswith((".", ":")) for text in sentences), f"{module}.{name}: {sentences}"


TITLES = {"admin_by_request": "Admin By Request", "bmc_dwp": "Digital Workplace", "sdp_cloud": "ServiceDesk Plus"}


@pytest.mark.parametrize("module", MODULES)
def test_an_option_of_one_platform_says_so(documentation: dict[str, Documented], module: str) -> None:
    verb = verb_of(module)
    for option in verb.options:
        if option.platforms and set(option.platforms) < set(verb.platforms):
            text = str(documentation[module]["options"][option.name]["description"])
            assert any(TITLES[name] in text for name in verb.platforms), f"{module}: {option.name}"


@pytest.mark.parametrize("module", MODULES)
def test_what_is_returned_is_documented_for_both_kinds_of_module(documentation: dict[str, Documented], module: str) -> None:
    verb = verb_of(module)
    returned = _returned(module)
    expected = {"results", "counts", "msg", "error"} if isinstance(verb, WriteVerb) else {"records", "total", "truncated"}
    assert expected <= returned


def test_secrets_are_masked_by_the_argument_spec() -> None:
    spec = options.argument_spec(verb_of("request_info"))
    assert {name for name, entry in spec.items() if entry.get("no_log")} >= {"api_key"}


def _returned(module: str) -> set[str]:
    text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z_]+):$", text.partition('RETURN = r"""')[2].partition('"""')[0], flags=re.MULTILINE))


def _variables(documented: Any) -> set[str]:
    """The environment variables that a part of the documentation names."""
    return set(re.findall(r"E\(([^)]+)\)", json.dumps(documented, ensure_ascii=False)))


def _variables_of(option: Option) -> set[str]:
    """The environment variables of an option, by the table: one, or one for each platform."""
    platforms = option.platforms or tuple(options.ENVIRONMENT_PREFIX)
    return {options.environment_variable(option, platform) for platform in platforms}
