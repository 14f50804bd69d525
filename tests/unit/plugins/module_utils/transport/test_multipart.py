# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Forms with a file: read by another implementation, and of any size."""

from __future__ import annotations

import email
import email.policy
import pathlib
import tracemalloc
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError
from ansible_collections.deskops.itsm.plugins.module_utils.transport.http import HttpClient
from ansible_collections.deskops.itsm.plugins.module_utils.transport.multipart import CHUNK, FilePart, Form
from ansible_collections.deskops.itsm.plugins.module_utils.transport.pool import Pool
from ansible_collections.deskops.itsm.plugins.module_utils.transport.settings import HttpSettings

NAMES = [
    "plain.txt",
    'say "hello".txt',
    "Ærinde – 见积 ☕.txt",
    "100 %22 done.txt",
    "two\r\nlines.txt",
    "semi; name=evil.txt",
    "back\\slash.txt",
]


def _form(folder: pathlib.Path, content: bytes = b"content", name: str = "a.txt", **fields: str) -> Form:
    path = folder / "source"
    path.write_bytes(content)
    return Form(fields, FilePart("file", str(path), name))


def _parts(form: Form) -> list[tuple[str, str | None, bytes]]:
    """Name, file name and content of each part, as Python's mail parser sees them."""
    head = f"Content-Type: {form.content_type}\r\n\r\n".encode()
    message: Any = email.message_from_bytes(head + b"".join(form.body()), policy=email.policy.HTTP)
    assert message.is_multipart()
    parts = []
    for part in message.iter_parts():
        given = part["Content-Disposition"].params
        parts.append((given["name"], given.get("filename"), part.get_payload(decode=True)))
    return parts


def test_fields_come_before_the_file(tmp_path: pathlib.Path) -> None:
    form = _form(tmp_path, b"\r\n--no boundary--\r\n\x00\xff", text="Så er den klar\r\n--x", flag="true")
    assert _parts(form) == [
        ("text", None, "Så er den klar\r\n--x".encode()),
        ("flag", None, b"true"),
        ("file", "a.txt", b"\r\n--no boundary--\r\n\x00\xff"),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_ends_its_header(tmp_path: pathlib.Path, name: str) -> None:
    form = _form(tmp_path, name=name, **{name: "value"})
    head = b"".join(form.body()).decode()
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    assert f'; filename="{escaped}"\r\n' in head
    assert f'form-data; name="{escaped}"\r\n\r\nvalue\r\n' in head
    assert len([line for line in head.split("\r\n") if line.startswith("Content-Disposition: ")]) == 2


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_length_is_that_of_the_body(tmp_path: pathlib.Path, size: int) -> None:
    form = _form(tmp_path, b"x" * size, text="é")
    assert len(form.body()) == len(b"".join(form.body()))
    assert _parts(form)[-1][2] == b"x" * size


def test_boundaries_differ(tmp_path: pathlib.Path) -> None:
    assert _form(tmp_path).boundary != _form(tmp_path).boundary


def test_file_that_grows_is_sent_as_long_as_was_announced(tmp_path: pathlib.Path) -> None:
    form = _form(tmp_path, b"12345")
    body = form.body()
    with open(form.file.path, "ab") as file:
        file.write(b"67890")
    assert len(b"".join(body)) == len(body)
    assert b"12345\r\n--" in b"".join(body)


def test_file_that_shrinks_breaks_off(tmp_path: pathlib.Path) -> None:
    form = _form(tmp_path, b"12345")
    body = form.body()
    (tmp_path / "source").write_bytes(b"123")
    with pytest.raises(OSError, match="became shorter"):
        b"".join(body)


def test_large_file_takes_no_memory(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.truncate(200 * 1024 * 1024)
    form = Form({}, FilePart("file", str(path), "large"))
    tracemalloc.start()
    try:
        sent = sum(len(piece) for piece in form.body())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent == len(form.body()) > 200 * 1024 * 1024
    assert most < 8 * CHUNK


def test_request_announces_the_length(tmp_path: pathlib.Path) -> None:
    form = _form(tmp_path, b"12345")
    request = Pool(HttpSettings("http://127.0.0.1")).prepare("POST", "http://127.0.0.1/", None, data=form.body())
    assert request.headers["Content-Length"] == str(len(form.body()))
    assert "Transfer-Encoding" not in request.headers


def test_file_that_is_gone_when_it_is_sent_is_an_error(tmp_path: pathlib.Path) -> None:
    form = _form(tmp_path)
    (tmp_path / "source").unlink()
    settings = HttpSettings("http://127.0.0.1:9", deadline=2)
    with pytest.raises(ApiError, match=r"source cannot be read \(No such file or directory\)"):
        HttpClient(settings, Pool(settings)).write("POST", "/x", body=form.body)
