# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every form in which a secret could show up in an output. Private to the collection."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Iterable
from urllib.parse import quote_from_bytes, unquote

# Compiled here once: each task is a fork, which would do it again.
_PERCENT = re.compile("%[0-9A-F]{2}")
_BEYOND_16_BITS = re.compile("[^\0-\uffff]")
# What different encoders leave as it is in a URL: forms, paths, JavaScript, and C(requests) on what it takes for encoded.
URL_SAFE = ("", "/", "!'()*", "!#$&'()*+,/:;=?@[]~")
# So often text is quoted in text that is quoted: by the server, in a message, and in what shows the message.
QUOTED = 3


def as_bytes(text: str) -> bytes:
    """In UTF-8; what came from bytes that are none becomes those bytes again, and half a character a question mark."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def derived_forms(secret: str) -> set[str]:
    """The secret itself and what becomes of it in headers, URLs, forms, JSON, HTML, shells and Python's own notation."""
    # A variable of the environment may hold anything; what is no UTF-8 comes as surrogates.
    raw = as_bytes(secret)
    in_url = {quote_from_bytes(raw, safe=safe) for safe in URL_SAFE}
    in_url |= {form.replace("%20", "+") for form in in_url}
    in_url |= {_PERCENT.sub(lambda found: found[0].lower(), form) for form in in_url}
    in_base64 = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    in_html = {html.escape(secret), html.escape(secret, quote=False), html.escape(secret).replace("&#x27;", "&#39;")}
    in_shell = shlex.quote(secret)[1:-1] if "'" in secret else secret
    # What a page or a shell made of it may be quoted, too.
    in_json = set().union(*map(_quoted, {secret, in_shell, *in_html}))
    in_json |= {form.replace("/", "\\/") for form in in_json}
    in_json |= {_BEYOND_16_BITS.sub(lambda found: f"\\U{ord(found[0]):08X}", form) for form in in_json}  # YAML
    in_python = {repr(secret)[1:-1], ascii(secret)[1:-1], repr(raw)[2:-1], raw.decode("latin-1")}
    in_base64 |= {form.rstrip("=") for form in in_base64}
    return {secret, in_shell, *in_url, *in_json, *in_base64, *in_html, *in_python}


def _quoted(secret: str) -> set[str]:
    """As part of a text in JSON or in Python's notation, also if that text is part of another one and so on.

    Which quotation marks Python escapes depends on the rest of the text.
    """
    forms = new = {secret}
    for dummy in range(QUOTED):
        in_python = {repr(form)[1:-1] for form in new}
        in_python |= {repr(f"{form}'\"")[1:-4] for form in new}
        new = in_python | {json.dumps(form, ensure_ascii=ascii_only)[1:-1] for form in new for ascii_only in (True, False)}
        forms = forms | new
    return forms


def basic_credential(username: str, password: str) -> str:
    """What follows the word C(Basic) in an C(Authorization) header."""
    return base64.b64encode(as_bytes(f"{username}:{password}")).decode()


def url_secrets(url: str | None) -> list[str]:
    """The password in the address of a proxy, as it stands there and as it is sent; the scheme may be missing."""
    authority, _at, _host = (url or "").rpartition("@")
    username, _colon, password = authority.rpartition("//")[2].partition(":")
    if not password:
        return []
    username, plain = unquote(username), unquote(password)
    # C(requests) writes it in Latin-1 where it can.
    in_latin_1 = base64.b64encode(f"{username}:{plain}".encode("latin-1", "replace")).decode()
    return [password, plain, basic_credential(username, plain), in_latin_1]


def all_forms(secrets: Iterable[str | None]) -> set[str]:
    """All forms of all secrets; empty ones are left out, since they would mask everything."""
    return {form for secret in secrets if secret for form in derived_forms(secret)}
