# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation as a site: C(make docs) builds it into C(.build/docs/html). Warnings are errors, nothing is fetched.

The guides are the Markdown files of the repository, which GitHub shows as well; the reference comes from the plugins
themselves. Links are written as GitHub wants them, and translated here: to the page of the site if there is one, to
the reference for a file below C(plugins), and else to the repository.
"""

from __future__ import annotations

import fnmatch
import os
import pathlib
import posixpath
import re
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from .environments import Environment, ensure, main_interpreter
from .workspace import BUILD, ROOT, link_collection, say

COLLECTION = "deskops.itsm"
REPOSITORY = "https://github.com/deskops/itsm/blob/main/"
OUTPUT = BUILD / "docs"
START = "docs/README.md"

# The sections of the site, with the pages of each in their order; a pattern stands for what is there.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Start": ("docs/getting_started.md", "README.md"),
    "Platforms": ("docs/admin_by_request.md", "docs/bmc_dwp.md", "docs/sdp_cloud.md"),
    "How it behaves": ("docs/idempotency.md", "docs/bulk.md", "docs/check_mode.md", "docs/faults.md"),
    "Where it runs": ("docs/awx.md", "docs/eda.md", "docs/execution_environment.md"),
    "Roles": ("roles/*/README.md",),
    "Moving over": ("docs/migration_uri.md", "docs/migration_sdp_cloud.md"),
    "Reference": (
        "reference/index.rst",
        "reference/environment_variables.rst",
        "docs/bmc_dwp_endpoints.md",
        "docs/sdp_cloud_modules.md",
        "docs/openapi/README.md",
        "docs/fault_matrix.md",
        "docs/benchmarks.md",
    ),
    "The project": (
        "docs/writing_a_platform.md",
        "tests/sandbox/README.md",
        "docs/certification.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CODE_OF_CONDUCT.md",
        "CHANGELOG.md",
    ),
}
# Folders of docs/ whose Markdown belongs to an example, and is none of the pages.
NO_PAGES = ("docs/awx_project/*", "docs/docsite/*")
# Pages that are named otherwise in the site than their file. All others keep their name, without the folder.
NAMES = {
    START: "index.md",
    "README.md": "overview.md",
    "tests/sandbox/README.md": "sandbox.md",
    "docs/openapi/README.md": "openapi.md",
}
# What the contents call a page whose own title would not help there.
TITLES = {"README.md": "Overview <{}>"}
# Files that pages may link to before they exist: antsibull-changelog writes it with the first release.
WRITTEN_LATER = frozenset({"CHANGELOG.md"})
IMAGES = (".png", ".svg", ".jpg", ".gif")
# What Ansible's own documentation is asked for: label -> page and title.
ANSIBLE_LABELS = {
    "action_plugins": ("plugins/action.html", "Action plugins"),
    "ansible_configuration_settings": ("reference_appendices/config.html", "Ansible Configuration Settings"),
    "common_return_values": ("reference_appendices/common_return_values.html", "Return Values"),
}
# The settings of caches, named otherwise by some versions of ansible-core.
ANSIBLE_VARIABLES = (
    *(f"ANSIBLE_CACHE_PLUGIN{name}" for name in ("", "_CONNECTION", "_PREFIX", "_TIMEOUT")),
    *(f"ANSIBLE_INVENTORY_CACHE{name}" for name in ("", "_CONNECTION", "_PLUGIN", "_PLUGIN_PREFIX", "_TIMEOUT")),
)
KINDS = {
    "modules": "module",
    "filter": "filter",
    "inventory": "inventory",
    "lookup": "lookup",
    "callback": "callback",
    "test": "test",
}

CONTENTS = re.compile(r"^\.\. contents::\n(?: +:.*\n)*", re.MULTILINE)
FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
CODE = re.compile(r"(`+)(?:(?!\1).)+?\1")
LINK = re.compile(r"(!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\()([^()\s]+)((?:\s+\"[^\"]*\")?\))")
FQCN = re.compile(r"(?<!\[)`deskops\.itsm\.([a-z_]+)`(?!\])")
Note = Callable[[str], None]


class SiteProblem(Exception):
    """The site cannot be built, in words for the one who started it."""


class Site(NamedTuple):
    """Where things are: C(pages) by their file in the repository, C(reference) by the name of the module, role or plugin."""

    pages: Mapping[str, str]
    reference: Mapping[str, str]


def sections() -> dict[str, list[str]]:
    """The files of each section that are there, relative to the root."""
    return {title: [name for pattern in patterns for name in _existing(pattern)] for title, patterns in SECTIONS.items()}


def _existing(pattern: str) -> list[str]:
    if pattern.startswith("reference/"):
        return [pattern]
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern) if path.is_file())


def unplaced() -> list[str]:
    """Pages below docs/ that no section names: nobody would find them."""
    placed = {name for names in sections().values() for name in names} | {START}
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")}
    return sorted(name for name in found - placed if not any(fnmatch.fnmatch(name, pattern) for pattern in NO_PAGES))


def plan() -> Site:
    """Which page is where."""
    names = [START, *(name for names in sections().values() for name in names)]
    pages = {name: _name_in_site(name) for name in names}
    found = {path.stem: f"{path.stem}_{kind}.rst" for folder, kind in KINDS.items() for path in _plugins(folder)}
    # A role and a filter can have the same name; guides mean the role.
    found |= {path.parents[1].name: f"{path.parents[1].name}_role.rst" for path in ROOT.glob("roles/*/meta/argument_specs.yml")}
    reference = {name: f"reference/{page}" for name, page in found.items()}
    return Site(pages, reference)


def _plugins(folder: str) -> Iterator[pathlib.Path]:
    return (ROOT / "plugins" / folder).glob("*.py")


def _name_in_site(name: str) -> str:
    if name in NAMES:
        return NAMES[name]
    if name.startswith("reference/"):
        return name
    if name.startswith("roles/"):
        return f"roles/{name.split('/')[1]}.md"
    return name.rpartition("/")[2].lower()


def translate(text: str, source: str, site: Site, note: Note) -> str:
    """The Markdown of a file with its links as the site wants them; C(note) is told of those that lead nowhere."""
    here = site.pages[source]
    lines = []
    for line, in_code in _lines(text):
        lines.append(line if in_code else _translate_line(line, source, here, site, note))
    return "\n".join(lines) + "\n"


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines, each with whether it belongs to a block of code."""
    fence = ""
    for line in text.splitlines():
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
            yield line, True
        elif fence:
            yield line, True
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = ""
        else:
            yield line, False


def _translate_line(line: str, source: str, here: str, site: Site, note: Note) -> str:
    def link(match: re.Match[str]) -> str:
        return f"{match[1]}{_target(match[2], source, here, site, note)}{match[3]}"

    def name(match: re.Match[str]) -> str:
        page = site.reference.get(match[1])
        return f"[{match[0]}]({_relative(page, here)})" if page else match[0]

    line = LINK.sub(link, line)
    return line if line.startswith("#") else FQCN.sub(name, line)


def _target(target: str, source: str, here: str, site: Site, note: Note) -> str:
    """Where a link of a file leads in the site."""
    if re.match(r"[a-z]+:|#", target):
        return target
    path, mark, anchor = target.partition("#")
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    folder = f"{wanted}/README.md"
    page = site.pages.get(wanted) or site.pages.get(folder) or _page_of_plugin(wanted, site)
    if page:
        return _relative(page, here) + mark + anchor
    if wanted.endswith(IMAGES) and (ROOT / wanted).is_file():
        return _relative(f"_images/{wanted}", here)
    if wanted not in WRITTEN_LATER and (wanted.startswith("..") or not (ROOT / wanted).exists()):
        note(f"{source}: {target} leads nowhere")
    return REPOSITORY + wanted + mark + anchor


def _page_of_plugin(wanted: str, site: Site) -> str | None:
    parts = pathlib.PurePosixPath(wanted)
    if parts.parts[:1] == ("plugins",) and len(parts.parts) == 3 and parts.parts[1] in KINDS and parts.suffix == ".py":
        return site.reference.get(parts.stem)
    return None


def _relative(page: str, here: str) -> str:
    return posixpath.relpath(page, posixpath.dirname(here) or ".")


def images(text: str, source: str) -> list[str]:
    """The images of the repository that a file shows."""
    targets = [match[2] for line, in_code in _lines(text) if not in_code for match in LINK.finditer(line)]
    paths = [posixpath.normpath(posixpath.join(posixpath.dirname(source), target)) for target in targets]
    return [path for path in paths if path.endswith(IMAGES) and (ROOT / path).is_file()]


def write_sources(folder: pathlib.Path) -> None:
    """The guides as Sphinx wants them, below the folder, with the settings of docs/site."""
    lost = unplaced()
    if lost:
        raise SiteProblem(f"No section of the site has {', '.join(lost)}: add them to SECTIONS in tests/tools/site.py.")
    site = plan()
    broken: list[str] = []
    for source, page in site.pages.items():
        if source.startswith("reference/"):
            continue
        text = (ROOT / source).read_text(encoding="utf-8")
        end = _contents(site) if source == START else ""
        _write(folder / page, translate(text, source, site, broken.append) + end)
        for image in images(text, source):
            copy = folder / "_images" / image
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / image, copy)
    if broken:
        raise SiteProblem("\n".join(broken))
    shutil.copyfile(ROOT / "docs" / "site" / "conf.py", folder / "conf.py")
    (folder / "_static").mkdir()
    shutil.copyfile(ROOT / "docs" / "site" / "site.css", folder / "_static" / "site.css")


def _contents(site: Site) -> str:
    """The table of contents behind the start page, which the theme shows at the side."""
    parts = []
    for title, names in sections().items():
        pages = "".join(f"{TITLES.get(name, '{}').format(site.pages[name].rpartition('.')[0])}\n" for name in names)
        if pages:
            parts.append(f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{pages}```\n")
    return "".join(parts)


def write_inventory(path: pathlib.Path) -> None:
    """What Sphinx has to know of Ansible's own documentation, in the form in which other sites publish it."""
    rows = [f"{name} std:label -1 {page}#{name.replace('_', '-')} {title}\n" for name, (page, title) in ANSIBLE_LABELS.items()]
    rows += [f"{name} std:envvar 1 reference_appendices/config.html#envvar-$ -\n" for name in ANSIBLE_VARIABLES]
    lines = (
        "Sphinx inventory version 2",
        "Project: Ansible",
        "Version: devel",
        "The remainder of this file is compressed using zlib.",
    )
    head = "".join(f"# {line}\n" for line in lines)
    path.write_bytes(head.encode() + zlib.compress("".join(rows).encode()))


def write_reference(environment: Environment, folder: pathlib.Path) -> None:
    """The pages of modules, plugins and roles."""
    folder.mkdir()
    command = ["antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    _run(environment, [*command, "--no-add-antsibull-docs-version", "--dest-dir", str(folder), COLLECTION])
    for path in folder.glob("*.rst"):
        text = path.read_text(encoding="utf-8")
        _write(path, _index(text) if path.name == "index.rst" else _of_reference(text))
    # It says where the guides are; here they are beside it.
    (folder / "docsite" / "guides.rst").unlink()


def _of_reference(text: str) -> str:
    """A page of the reference: in the contents, which shall be told if it is missing there, and without contents of its own."""
    text = text.replace(":orphan:\n", "", 1).replace("Index of all Collection Environment Variables", "Environment variables", 1)
    return CONTENTS.sub("", text, count=1)


def _index(text: str) -> str:
    """The index of the reference, whose entries at the side of the page are short."""
    text = CONTENTS.sub("", text, count=1)
    text = re.sub(
        r"\A(.*?\n\n)[^\n]+\n=+\n", r"\1Modules, plugins and roles\n==========================\n", text, count=1, flags=re.S
    )
    text = re.sub(r"^( +)(docsite/.*\n)", "", text, flags=re.M)
    text = re.sub(r"^(    )(\w+)_module$", r"\1\2 <\2_module>", text, flags=re.M)
    return re.sub(r"^(    )(\w+)_(role|filter|inventory|lookup|callback)$", r"\1\2 (\3) <\2_\3>", text, flags=re.M)


def _write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _run(environment: Environment, command: list[str], extra: Mapping[str, str] | None = None) -> None:
    """Run one of the programs of the environment; what it prints is shown only if it fails."""
    done = subprocess.run(
        [str(environment.bin / command[0]), *command[1:]],
        cwd=ROOT,
        env=environment.environ(extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SiteProblem(f"{done.stdout.rstrip()}\n{command[0]} failed (exit code {done.returncode}).")


def _version() -> str:
    galaxy = (ROOT / "galaxy.yml").read_text(encoding="utf-8")
    found = re.search(r"^version: *(\S+)", galaxy, re.MULTILINE)
    return found[1] if found else "unknown"


def build(output: pathlib.Path = OUTPUT) -> int:
    """Build the site into C(html) below the folder, from nothing. The exit code."""
    started = time.monotonic()
    link_collection()
    environment = ensure("docs", main_interpreter())
    source = output / "source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.rmtree(output / "html", ignore_errors=True)
    source.mkdir(parents=True)
    try:
        write_inventory(output / "ansible.inv")
        write_sources(source)
        write_reference(environment, source / "reference")
        command = ["sphinx-build", "--builder", "html", "--fail-on-warning", "--keep-going", "--quiet", "--color"]
        command += ["--jobs", str(min(4, os.cpu_count() or 1)), "--doctree-dir", str(output / "doctrees"), "--fresh-env"]
        _run(environment, [*command, str(source), str(output / "html")], {"SITE_BUILD": str(output), "SITE_VERSION": _version()})
    except SiteProblem as problem:
        say(str(problem))
        return 1
    say(f"built {os.path.relpath(output / 'html' / 'index.html', ROOT)} in {time.monotonic() - started:.0f} s")
    return 0


def lint() -> tuple[bool, str]:
    """Whether antsibull-docs finds the documentation of the collection in order, and what it says."""
    link_collection()
    environment = ensure("docs", main_interpreter())
    try:
        _run(environment, ["antsibull-docs", "lint-collection-docs", "--plugin-docs", "."])
    except SiteProblem as problem:
        return False, str(problem)
    return True, ""
