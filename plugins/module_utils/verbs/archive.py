# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zip files with services: checked before they are believed, and compared by what they hold. Private to the collection.

What a catalog puts into such a file is not documented. Services are recognised in the JSON files of an archive, in the way in
which platforms write services elsewhere; an archive in which none is recognised is usable all the same.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..transport.errors import DeskError, shortened

MOST_MEMBERS = 10_000
MOST_BYTES = 1024**3
MOST_RATIO = 200
# Below this, the ratio does not matter.
HARMLESS_BYTES = 1024**2
MOST_JSON_BYTES = 16 * 1024**2
CHUNK = 256 * 1024

# It may tell when the archive was made: the same services would never be the same twice.
MANIFEST = re.compile(r"(.*/)?manifest\.[a-z]+", re.IGNORECASE)
DRIVE = re.compile(r"[A-Za-z]:")
OF_SERVICE = frozenset({"serviceType", "templateType", "versionGuid"})
DATES = ("modifiedDate", "lastModifiedDate", "modified")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)

Row = dict[str, Any]


@dataclass(frozen=True)
class Packed:
    """A service in an archive, as far as it is told."""

    name: str
    guid: str | None
    modified_at: str | None

    def as_dict(self) -> Row:
        """The service as users see it."""
        return {"name": self.name, "guid": self.guid, "modified_at": self.modified_at}


@dataclass(frozen=True)
class Archive:
    """What a zip holds: for each file in it the SHA-256 of its content, and the services that can be recognised."""

    size: int
    members: dict[str, str]
    services: tuple[Packed, ...]

    def content(self) -> dict[str, str]:
        """The files that make up the services; what an archive says about itself is not among them."""
        return {name: digest for name, digest in self.members.items() if not MANIFEST.fullmatch(name)}

    def is_within(self, other: Archive) -> bool:
        """Whether all that this archive holds is in the other one too."""
        theirs, ours = other.content(), self.content()
        return bool(ours) and all(theirs.get(name) == digest for name, digest in ours.items())


def read_archive(source: str | bytes, what: str) -> Archive:
    """The content of a zip, given as a path or as it is; C(what) names it in errors.

    Raises:
        DeskError: it is no zip, is damaged, or has in it what no archive of services has.
    """
    try:
        with open(source, "rb") if isinstance(source, str) else io.BytesIO(source) as file:
            size = file.seek(0, io.SEEK_END)
            with zipfile.ZipFile(file) as archive:
                entries = _checked(archive.infolist(), size, what)
                return _read(archive, entries, size)
    except OSError as error:
        raise DeskError(f"{what} cannot be read ({error.strerror or error})", hint="Check the file and its permissions") from None
    except BROKEN as error:
        raise DeskError(f"{what} is no usable zip file ({error})", hint="Export the services again") from None


def _checked(entries: list[zipfile.ZipInfo], size: int, what: str) -> list[zipfile.ZipInfo]:
    """The files of an archive that is harmless, going by what it says of itself; reading holds it to that."""
    files = [entry for entry in entries if not entry.is_dir()]
    total = sum(entry.file_size for entry in files)
    names = [entry.filename for entry in files]
    problem = next((text for entry in entries if (text := _problem_with(entry))), None)
    if len(entries) > MOST_MEMBERS:
        problem = f"it holds {len(entries)} files, more than {MOST_MEMBERS}"
    elif total > MOST_BYTES:
        problem = f"it unpacks to {total} bytes, more than {MOST_BYTES}"
    elif total > HARMLESS_BYTES and total > MOST_RATIO * size:
        problem = f"it unpacks to {total // max(size, 1)} times its size, more than {MOST_RATIO} times"
    elif len(set(names)) < len(names):
        problem = "two of the files in it have the same name"
    elif not files:
        problem = "it is empty"
    if problem:
        raise DeskError(f"{what} is refused: {problem}", hint="A catalog exports nothing of this kind; where does it come from?")
    return files


def _problem_with(entry: zipfile.ZipInfo) -> str | None:
    name = entry.orig_filename
    shown = shortened(name, 100)
    if name.startswith(("/", "\\")) or DRIVE.match(name):
        return f"the name {shown!r} in it is absolute"
    if ".." in re.split(r"[\\/]", name):
        return f"the name {shown!r} in it leads upwards"
    if not name or "\0" in name:
        return f"the name {shown!r} in it is none"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return f"{shown!r} in it is a link"
    if entry.flag_bits & 1:
        return f"{shown!r} in it is encrypted"
    return None


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> Archive:
    members: dict[str, str] = {}
    services: dict[tuple[str, str | None], Packed] = {}
    for entry in sorted(entries, key=lambda entry: entry.filename):
        is_json = entry.filename.lower().endswith(".json") and entry.file_size <= MOST_JSON_BYTES
        digest, pieces = hashlib.sha256(), []
        with archive.open(entry) as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
                if is_json:
                    pieces.append(piece)
        members[entry.filename] = digest.hexdigest()
        for service in _services_in(_parsed(b"".join(pieces))) if is_json else ():
            services.setdefault((service.name, service.guid), service)
    return Archive(size, members, tuple(services.values()))


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _services_in(document: Any) -> Iterator[Packed]:
    """A service by itself, a list of such, or a list under the name of services."""
    if isinstance(document, list):
        for entry in document:
            if isinstance(entry, dict):
                yield from _services_in(entry)
    elif isinstance(document, dict):
        listed = document.get("services")
        if OF_SERVICE & document.keys():
            yield from _packed(document)
        elif isinstance(listed, list):
            for entry in listed:
                if isinstance(entry, dict):
                    yield from _packed(entry)


def _packed(row: Row) -> Iterator[Packed]:
    name, guid = row.get("name"), row.get("guid")
    modified = next((row[key] for key in DATES if isinstance(row.get(key), str)), None)
    if isinstance(name, str) and name.strip():
        yield Packed(name, guid if isinstance(guid, str) else None, modified)


def moment(text: str | None) -> datetime | None:
    """A time as catalogs write it, with or without a colon in its zone."""
    try:
        return datetime.fromisoformat(re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", (text or "").replace("Z", "+00:00")))
    except ValueError:
        return None
