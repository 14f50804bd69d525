# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""multipart/form-data, read as uploads need it: nothing of a file is changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class MultipartError(ValueError):
    """The body is not what its content type says."""


@dataclass(frozen=True)
class Part:
    """One part; ``file_name`` is None for a plain field."""

    name: str
    file_name: str | None
    content_type: str
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


def parse(content_type: str, body: bytes) -> list[Part]:
    """All parts, in their order."""
    found = _BOUNDARY.search(content_type)
    if not found:
        raise MultipartError("boundary")
    first, *rest = (b"\r\n" + body).split(b"\r\n--" + found[1].encode("latin-1"))
    if first or not rest or not rest[-1].startswith(b"--"):
        raise MultipartError("multipart body")
    return [_part(chunk) for chunk in rest[:-1]]


def _part(chunk: bytes) -> Part:
    head, blank, data = chunk.partition(b"\r\n\r\n")
    lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _colon, value in lines}
    disposition = headers.get("content-disposition", "")
    parameters = {key: re.sub(r"\\(.)", r"\1", value) for key, value in _PARAMETER.findall(disposition)}
    if not blank or not disposition.lower().startswith("form-data") or "name" not in parameters:
        raise MultipartError("part")
    return Part(parameters["name"], parameters.get("filename"), headers.get("content-type", "text/plain"), data)
