# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on their way to a server, piece by piece: a large one does not fill the memory. Private to the collection."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

CHUNK = 256 * 1024


@dataclass(frozen=True)
class FilePart:
    """A file as a part of a form. C(field_name) is what the server calls the part, C(name) what it shall call the file."""

    field_name: str
    path: str
    name: str
    content_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Form:
    """A multipart/form-data body with text fields and one file (RFC 7578)."""

    fields: Mapping[str, str]
    file: FilePart
    boundary: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self.boundary}"

    def body(self) -> Body:
        """The body, from its beginning: each attempt at a call needs a fresh one."""
        return Body(self)

    def head(self) -> bytes:
        """All that stands before the content of the file."""
        parts = [
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
            for name, value in self.fields.items()
        ]
        file = self.file
        disposition = f'form-data; name="{_quoted(file.field_name)}"; filename="{_quoted(file.name)}"'
        parts.append(
            f"--{self.boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {file.content_type}\r\n\r\n"
        )
        return "".join(parts).encode()

    def tail(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()


class Body:
    """A body of known length that is read while it is sent.

    The length is announced first, so no more than that is sent of a file that grows meanwhile. Of one that shrinks the rest
    is missing: that breaks off the call.
    """

    def __init__(self, form: Form) -> None:
        self._form = form
        self._head, self._tail = form.head(), form.tail()
        self._size_of_file = os.path.getsize(form.file.path)

    def __len__(self) -> int:
        return len(self._head) + self._size_of_file + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        left = self._size_of_file
        with open(self._form.file.path, "rb") as file:
            while left:
                piece = file.read(min(CHUNK, left))
                if not piece:
                    raise OSError(errno.EIO, "the file became shorter while it was sent", self._form.file.path)
                left -= len(piece)
                yield piece
        yield self._tail


def _quoted(text: str) -> str:
    """As browsers write names: what would end the header is escaped."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
