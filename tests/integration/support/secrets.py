# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks for secrets where none should be."""

from __future__ import annotations

import base64
import html
import json
import pathlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from .programs import Run

LOUD = ["-vvvv", "--diff"]
# So much of a secret is searched for by itself: what was cut off in the middle of one is a leak too.
PIECE = 6


def forms(secret: str) -> set[str]:
    """The secret, its two ends, and what it becomes in URLs, JSON, HTML, Python, shells and headers."""
    raw = secret.encode()
    in_url = {quote(secret), quote(secret, safe=""), quote_plus(secret), quote(secret, safe="!'()*")}
    in_url |= {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in in_url}
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    in_json |= {json.dumps(form)[1:-1] for form in in_json} | {form.replace("/", "\\/") for form in in_json}
    in_python = {repr(secret)[1:-1], ascii(secret)[1:-1], repr(repr(secret))[2:-2], raw.decode("latin-1")}
    in_python |= {secret.encode("unicode_escape").decode("ascii"), repr(raw)[2:-1]}
    in_shell = {secret.replace("'", "''"), secret.replace("'", "'\"'\"'")}
    in_html = {html.escape(secret), html.escape(secret, quote=False)}
    ends = {secret[:PIECE], secret[-PIECE:], raw.hex()}
    return {secret, *ends, *in_url, *in_json, *in_python, *in_shell, *in_html, *_in_base64(raw)}


def _in_base64(raw: bytes) -> Iterator[str]:
    """The characters that only the secret decides, wherever in the encoded text it begins: basic credentials are such a text."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")
        for before in range(3):
            first = -(-before * 4 // 3)
            last = (before + len(raw)) // 3 * 4
            yield encode(b"\0" * before + raw).decode()[first:last]


def leaks(run: Run, secret: str) -> list[str]:
    """The forms of the secret that can be found in what a run printed or returned."""
    everything = run.output + run.written_log()
    return [form for form in forms(secret) if form in everything]


@dataclass
class Search:
    """Searches for secrets, and counts how much was searched."""

    secrets: Mapping[str, str]
    searched: int = 0
    files: int = 0
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        by_form = {form: name for name, secret in self.secrets.items() for form in forms(secret)}
        # What contains one of the others is found with it.
        self._shortest = {
            form.encode(): name for form, name in by_form.items() if not any(one in form for one in by_form if one != form)
        }
        self.forms = len(by_form)

    def text(self, where: str, text: str | bytes, but: Iterable[str] = ()) -> None:
        """Look into a text; C(but) are the names of secrets that may be there."""
        content = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        self.searched += len(content)
        allowed = set(but)
        for form, name in self._shortest.items():
            at = content.find(form) if name not in allowed else -1
            if at >= 0:
                self.found.append(f"{name} in {where}: …{content[max(0, at - 150) : at + 80]!r}")

    def folder(self, folder: pathlib.Path, but: Mapping[str, Iterable[str]] | None = None) -> None:
        """Look into all files below a folder, and at their names; C(but) are secrets that may be in files of some name."""
        for path in sorted(folder.rglob("*")):
            self.text(f"the name of {path}", str(path.relative_to(folder)))
            if path.is_file() and not path.is_symlink():
                self.files += 1
                allowed = next((names for pattern, names in (but or {}).items() if path.match(pattern)), ())
                self.text(str(path), path.read_bytes(), allowed)

    def run(self, run: Run) -> None:
        """Look into what a run printed and returned."""
        self.text("stdout", run.stdout)
        self.text("stderr", run.stderr)
        self.text("the results", run.written_log())
