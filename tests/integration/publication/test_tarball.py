# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in the tarball, and that it works where it is installed."""

from __future__ import annotations

import json
import pathlib
import re
import tarfile

import pytest
import yaml
from integration.support.sandbox import DWP_PASSWORD, DWP_USER, KEY, SDP_CLIENT_ID, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN, Sandbox

from tools.environments import Environment, ensure
from tools.interpreters import find_first
from tools.sanity import CORES

from .conftest import ROOT, galaxy_environ, run

# What people need who use the collection, or look at it on Galaxy.
EXPECTED = {
    *("CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md", "SECURITY.md"),
    *("changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "requirements.txt", "roles", "tests"),
}
AFTER_A_RELEASE = {"CHANGELOG.md"}
TEXT = {".cfg", ".css", ".html", ".j2", ".json", ".md", ".svg", ".py", ".rst", ".sh", ".txt", ".yaml", ".yml", ""}
PNG = b"\x89PNG\r\n\x1a\n"
MEGABYTE = 1024 * 1024
# Galaxy wants one of these, and twenty tags at most.
STANDARD_TAGS = {
    *("application", "cloud", "database", "eda", "infrastructure", "linux", "monitoring", "networking", "security", "storage"),
    *("tools", "windows"),
}


@pytest.fixture(scope="module")
def members(tarball: pathlib.Path) -> dict[str, bytes]:
    with tarfile.open(tarball) as archive:
        files = [member for member in archive.getmembers() if member.isfile()]
        assert all(member.isfile() or member.isdir() for member in archive.getmembers()), "links are not portable"
        return {member.name: (archive.extractfile(member) or pytest.fail(member.name)).read() for member in files}


def test_it_holds_what_belongs_in_it_and_no_more(members: dict[str, bytes]) -> None:
    top = {name.partition("/")[0] for name in members}
    assert top - AFTER_A_RELEASE == EXPECTED
    assert [name for name in members if name.startswith("tests/")] == ["tests/config.yml"]
    assert not [name for name in members if "/." in f"/{name}" or "__pycache__" in name]


def test_it_holds_all_of_the_content(members: dict[str, bytes]) -> None:
    for folder in ("plugins", "roles", "playbooks", "meta", "extensions"):
        kept = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {name for name in kept if "__pycache__" not in name} <= set(members)


def test_it_is_slim_and_all_text_but_pictures(members: dict[str, bytes], tarball: pathlib.Path) -> None:
    assert tarball.stat().st_size < MEGABYTE
    for name, content in members.items():
        if name.startswith("docs/images/") and name.endswith(".png"):
            assert content.startswith(PNG), name
            continue
        assert pathlib.PurePath(name).suffix in TEXT, name
        content.decode("utf-8")


def test_nothing_in_it_names_a_place_of_those_who_made_it(members: dict[str, bytes]) -> None:
    for name, content in members.items():
        assert str(ROOT).encode() not in content, name


def test_manifest(members: dict[str, bytes]) -> None:
    info = json.loads(members["MANIFEST.json"])["collection_info"]
    assert (info["namespace"], info["name"]) == ("deskops", "itsm")
    assert re.fullmatch(r"[1-9]\d*\.\d+\.\d+", info["version"])
    assert info["license"] == ["GPL-3.0-or-later"]
    assert len(info["tags"]) <= 20
    assert STANDARD_TAGS & set(info["tags"])
    assert info["dependencies"] == {}
    for name in ("repository", "documentation", "homepage", "issues"):
        assert info[name].startswith("https://"), name
    runtime = yaml.safe_load(members["meta/runtime.yml"])
    assert re.fullmatch(r">=\d+\.\d+\.\d+", runtime["requires_ansible"])


def test_every_module_is_found_where_it_is_installed(home: pathlib.Path, demo_environment: Environment) -> None:
    names = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
    command = [demo_environment.bin / "ansible-doc", "--json", *(f"deskops.itsm.{name}" for name in names)]
    found = json.loads(run(command, home, galaxy_environ(demo_environment, home)).stdout)
    assert sorted(found) == [f"deskops.itsm.{name}" for name in names]
    assert all(pathlib.Path(one["doc"]["filename"]).is_relative_to(home) for one in found.values())


def test_the_demo_runs_where_it_is_installed(home: pathlib.Path, demo_environment: Environment, sandbox: Sandbox) -> None:
    _run_demo_twice(home, demo_environment, sandbox)


@pytest.mark.long
def test_the_demo_runs_with_the_oldest_requirements(home: pathlib.Path, sandbox: Sandbox) -> None:
    """The lower bounds in the metadata are those that are installed here."""
    oldest = dict(line.split("==") for line in (ROOT / "requirements" / "oldest.txt").read_text().splitlines() if "==" in line)
    assert (ROOT / "requirements.txt").read_text().splitlines()[-1] == f"requests>={oldest['requests'].rpartition('.')[0]}.0"
    lowest = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["requires_ansible"]
    assert lowest == f">={oldest['ansible-core'].rpartition('.')[0]}.0"
    interpreter = find_first(CORES["2.16"])
    assert interpreter, "no Python for ansible-core 2.16"
    _run_demo_twice(home, ensure("oldest", interpreter), sandbox)


def _run_demo_twice(home: pathlib.Path, environment: Environment, sandbox: Sandbox) -> None:
    """The second run changes nothing."""
    kept = home / f"demo-{environment.path.name}"
    kept.mkdir()
    environ = galaxy_environ(environment, home) | {
        "ABR_URL": sandbox.abr_url,
        "ABR_API_KEY": KEY,
        "DWP_URL": sandbox.dwp_url,
        "DWP_USERNAME": DWP_USER,
        "DWP_PASSWORD": DWP_PASSWORD,
        "SDP_URL": sandbox.sdp_url,
        "SDP_ACCOUNTS_URL": sandbox.sdp_accounts_url,
        "SDP_CLIENT_ID": SDP_CLIENT_ID,
        "SDP_CLIENT_SECRET": SDP_CLIENT_SECRET,
        "SDP_REFRESH_TOKEN": SDP_REFRESH_TOKEN,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    command = [environment.bin / "ansible-playbook", "deskops.itsm.demo", "-e", json.dumps({"demo_directory": str(kept)})]
    recaps = [_recap(run(command, home, environ).stdout) for dummy in range(2)]
    assert recaps[0]["failed"] == recaps[1]["failed"] == 0
    assert recaps[0]["changed"] > 5
    assert recaps[1]["changed"] == 0
    assert recaps[1]["ok"] > 10


def _recap(output: str) -> dict[str, int]:
    line = output.rpartition("PLAY RECAP")[2]
    return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", line)}
