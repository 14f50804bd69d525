# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is recognised in a zip of services, whoever made it, and what is not let through."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import DeskError
from ansible_collections.deskops.itsm.plugins.module_utils.verbs import archive as module
from ansible_collections.deskops.itsm.plugins.module_utils.verbs.archive import Archive, moment, read_archive

LAPTOP = {"name": "Standard laptop", "guid": "g-1", "serviceType": "NATIVE", "modifiedDate": "2026-01-27T13:46:17.000+0000"}


def _zip(files: dict[str, Any]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return target.getvalue()


def _read(files: dict[str, Any]) -> Archive:
    return read_archive(_zip(files), "the file")


@pytest.mark.parametrize(
    "files",
    [
        {"profiles/g-1.json": LAPTOP},
        {"services.json": [LAPTOP]},
        {"deep/down/all.JSON": {"services": [{"name": "Standard laptop", "guid": "g-1"}]}},
        {"a.json": {"services": ["g-1", LAPTOP, 7, None, {"title": "no name"}]}},
        {"a.json": LAPTOP, "b.json": LAPTOP},
        {"manifest.json": {"services": ["g-1"]}, "a.json": LAPTOP, "b.json": b"{broken", "c.json": [[[]]], "d.json": 5},
    ],
)
def test_service_is_recognised_in_several_layouts(files: dict[str, Any]) -> None:
    (service,) = _read(files).services
    assert (service.name, service.guid) == ("Standard laptop", "g-1")


@pytest.mark.parametrize(
    "files",
    [
        {"a.json": {"name": "A questionnaire", "guid": "g-2", "pages": []}},
        {"a.json": {"services": ["g-1"]}},
        {"a.json": {"serviceType": "NATIVE", "name": ["a"]}},
        {"a.json": {"serviceType": "NATIVE", "name": " "}},
        {"a.txt": json.dumps(LAPTOP).encode()},
        {"a.xml": b"<service name='Standard laptop'/>"},
        {"a.json": b"[" * 100_000},
    ],
)
def test_what_is_none_is_not_taken_for_a_service(files: dict[str, Any]) -> None:
    assert _read(files).services == ()


def test_content_is_compared_member_by_member_without_the_manifest() -> None:
    one = _read({"manifest.json": {"made": 1}, "a.json": LAPTOP})
    other = _read({"a.json": LAPTOP, "x/Manifest.xml": b"?", "b.bin": b"more"})
    assert one.is_within(other)
    assert not other.is_within(one)
    assert not one.is_within(_read({"a.json": {**LAPTOP, "guid": "g-2"}}))
    assert not _read({"manifest.json": {}}).is_within(other)


def test_encrypted_files_are_refused() -> None:
    content = bytearray(_zip({"a.json": LAPTOP}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DeskError, match="is encrypted"):
        read_archive(bytes(content), "the file")


def test_two_files_of_the_same_name_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.json", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.json", b"2")
    with pytest.raises(DeskError, match="have the same name"):
        read_archive(target.getvalue(), "the file")


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    with pytest.raises(DeskError, match="unpacks to 1001 bytes, more than 1000"):
        _read({"a.bin": b"x" * 1001})


def test_size_that_is_told_wrong_is_found_out() -> None:
    """What unpacks to more than it says of itself is read to that point and no further."""
    content = bytearray(_zip({"a.bin": b"x" * 500_000}))
    where = content.index(b"PK\x01\x02") + 24
    content[where : where + 4] = (10).to_bytes(4, "little")
    with pytest.raises(DeskError, match="no usable zip file"):
        read_archive(bytes(content), "the file")


def test_file_that_cannot_be_read_is_told(tmp_path: Any) -> None:
    with pytest.raises(DeskError, match="cannot be read"):
        read_archive(str(tmp_path / "none.zip"), "the file")


@pytest.mark.parametrize(
    "text", ["2026-01-27T13:46:17.000+0000", "2026-01-27T13:46:17.000+00:00", "2026-01-27T13:46:17Z", "2026-01-27T14:46:17+0100"]
)
def test_times_in_all_spellings_are_the_same(text: str) -> None:
    known = moment("2026-01-27T13:46:17+00:00")
    assert known is not None
    assert moment(text) == known


@pytest.mark.parametrize("text", [None, "", "yesterday", "1453902377000"])
def test_what_is_no_time_is_none(text: str | None) -> None:
    assert moment(text) is None
