# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from urllib.parse import quote, quote_plus, urlencode

import pytest
import requests
import yaml

from ansible_collections.deskops.itsm.plugins.module_utils.transport.secrets import (
    all_forms,
    basic_credential,
    derived_forms,
    url_secrets,
)

NASTY = ["plain", "a@b/c+d=e&f%g\"h\\i'j k", "Grüße€~!*()", "line\nbreak\ttab", "<b>'x'</b>", "{{ jinja }}", "😀x"]


@pytest.mark.parametrize("secret", NASTY)
def test_every_encoder_is_covered(secret: str) -> None:
    forms = derived_forms(secret)
    raw = secret.encode()
    outputs = {
        "json": json.dumps({"key": secret}),
        "json as it is": json.dumps({"key": secret}, ensure_ascii=False),
        "json in json": json.dumps(json.dumps({"key": secret})),
        "json with slashes": json.dumps(secret).replace("/", "\\/"),
        "form": urlencode({"key": secret}),
        "path": quote(secret),
        "segment": quote(secret, safe=""),
        "JavaScript": quote(secret, safe="!'()*"),
        "lower case": re.sub("%..", lambda found: found[0].lower(), quote_plus(secret)),
        "requests": str(requests.Request("GET", "https://desk.example/", params={"key": secret}).prepare().url),
        "base64": base64.b64encode(raw).decode(),
        "base64 for URLs": base64.urlsafe_b64encode(raw).rstrip(b"=").decode(),
        "html": html.escape(secret),
        "repr": repr({"key": secret}),
        "ascii": ascii({"key": secret}),
        "bytes": repr(raw),
        "misread": raw.decode("latin-1"),
        "shell": shlex.quote(secret),
    }
    if "\n" not in secret:
        outputs["yaml"] = yaml.safe_dump({"key": secret}, allow_unicode=True, default_style='"', width=1000)
    missed = [name for name, output in outputs.items() if not any(form in output for form in forms)]
    assert not missed


@pytest.mark.parametrize("secret", ["x", "'", '"', "=", "%", "\udcff\udcfe", " "])
def test_nothing_empty_and_nothing_that_breaks(secret: str) -> None:
    """An empty form would mask everything."""
    assert all(derived_forms(secret))


def test_empty_secrets_are_left_out() -> None:
    assert all_forms(["", None]) == set()
    assert all_forms(["a", None, "b"]) == derived_forms("a") | derived_forms("b")


def test_basic_credential() -> None:
    assert base64.b64decode(basic_credential("user", "pass€")).decode() == "user:pass€"


@pytest.mark.parametrize("proxy", ["http://robot:p%40ss@proxy.example:3128", "robot:p%40ss@proxy.example:3128"])
def test_the_password_of_a_proxy(proxy: str) -> None:
    assert {"p%40ss", "p@ss", base64.b64encode(b"robot:p@ss").decode()} <= set(url_secrets(proxy))


def test_the_password_of_a_proxy_as_it_is_sent() -> None:
    url = "http://robot:gr%C3%BC%C3%9Fe@proxy.example"
    sent = requests.adapters.HTTPAdapter().proxy_headers(url)["Proxy-Authorization"].removeprefix("Basic ")
    assert sent in url_secrets(url)


@pytest.mark.parametrize(
    "url", [None, "", "http://proxy.example", "http://robot@proxy.example", "http://robot:@x", "http://[::"]
)
def test_no_password(url: str | None) -> None:
    assert url_secrets(url) == []
