# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The OpenAPI documents under C(docs/openapi), taken from the sandbox; C(make docs) writes them.

Every operation is called with the example values of its document, and what the sandbox answers becomes the example of the
answer: a document cannot show what does not work.
"""

from __future__ import annotations

import copy
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, NamedTuple

from .demo import API_KEY, DWP_PASSWORD, DWP_USER, running_sandbox
from .environments import ensure, main_interpreter
from .workspace import ROOT, say

FOLDER = ROOT / "docs" / "openapi"
# The moment at which all examples are made.
NOW = "2026-06-01T12:00:00Z"
# Where `make sandbox` listens.
ADDRESS = "http://127.0.0.1:8765"
SEED = {"seed": "demo", "now": NOW}
DWP_BASE = "/dwp/api/myit-sb"
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
SDP_TYPE = "application/vnd.manageengine.sdp.v3+json"
BOUNDARY = "deskops-example"
# Parts of forms that hold a file.
FILES = ("file", "filename")
# So many rows of a list are shown.
ROWS = 2
METHODS = ("get", "put", "post", "delete", "patch")
# Whether the vendor's server has these is not known: the sandbox has them only when a switch is on.
SWITCHED = {"_move_to_trash": {"trash_routes": "present"}, "_restore_from_trash": {"trash_routes": "present"}}
# Calls that read and leave a trace all the same.
EFFECTS = r"/pin\b|/oauth/"
# Calls that have to come before another one.
_MOVE = "/api/v3/requests/{request_id}/_move_to_trash"
_LINKS = "/api/v3/requests/{request_id}/_link_requests"
BEFORE = {
    "GET /requests/{id}/questionnaire": "POST /requests",
    "POST /services/{serviceversionId}/questionnaire/answers": "POST /requests",
    "POST /orders": "POST /requests",
    "PUT /reviews/{reviewId}": "POST /reviews",
    "DELETE /reviews/{reviewId}": "POST /reviews",
    "PUT /ratings/{ratingId}": "POST /ratings",
    "POST /services/import": "POST /services/export",
    "PUT /api/v3/requests/{request_id}/_restore_from_trash": f"DELETE {_MOVE}",
    f"DELETE {_LINKS}": f"POST {_LINKS}",
}
# Collections that are added to elsewhere.
MADE_BELOW = {"/api/v3/items": "/api/v3/categories/{category_id}/subcategories/{subcategory_id}/items"}
ABOUT = """\
This is not the vendor's document. It is how the contributors of the Ansible collection deskops.itsm read the vendor's public
pages and other clients, written down for the sandbox that the collection is tested against; each operation names its source.
No live tenant was asked. What no source tells is a switch of the sandbox, and the document describes the default.
Examples of answers are what the sandbox answered; long lists are cut.
"""

Document = dict[str, Any]
Operation = dict[str, Any]


class Product(NamedTuple):
    """A platform: its name in the sandbox, its file, and where the vendor serves it."""

    name: str
    file: str
    title: str
    servers: tuple[dict[str, Any], ...]


def _variable(default: str, about: str, choices: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"default": default, "description": about, **({"enum": list(choices)} if choices else {})}


_DATA_CENTERS = tuple(f"dc{number}" for number in range(1, 7))
_SDP_HOSTS = (
    *("sdpondemand.manageengine.com", "sdpondemand.manageengine.eu", "sdpondemand.manageengine.in", "servicedeskplus.cn"),
    *("servicedeskplus.net.au", "servicedeskplus.jp", "servicedeskplus.ca", "servicedeskplus.uk", "servicedeskplus.sa"),
    "servicedeskplus.ae",
)
_ACCOUNTS_HOSTS = (
    *("accounts.zoho.com", "accounts.zoho.eu", "accounts.zoho.in", "accounts.zoho.com.cn", "accounts.zoho.com.au"),
    *("accounts.zoho.jp", "accounts.zohocloud.ca", "accounts.zoho.uk", "accounts.zoho.sa", "accounts.zoho.ae"),
)
_SANDBOX_ADDRESS = {"address": _variable(ADDRESS.rpartition("/")[2], "where `make sandbox` listens")}
PRODUCTS = (
    Product(
        "abr",
        "admin_by_request.json",
        "Admin By Request, public API",
        (
            {
                "url": "https://{data_center}api.adminbyrequest.com",
                "description": "the vendor's",
                "variables": {"data_center": _variable("dc1", "dc1 is Europe, dc2 the United States", _DATA_CENTERS)},
            },
            {"url": "http://{address}/abr", "description": "the sandbox", "variables": _SANDBOX_ADDRESS},
        ),
    ),
    Product(
        "dwp",
        "bmc_dwp.json",
        "BMC Helix Digital Workplace Catalog, REST API",
        (
            {
                "url": "{catalog}/api/myit-sb",
                "description": "one's own server of the catalog",
                "variables": {"catalog": _variable("https://catalog.example.com:8008", "scheme, host and port")},
            },
            {"url": f"http://{{address}}{DWP_BASE}", "description": "the sandbox", "variables": _SANDBOX_ADDRESS},
        ),
    ),
    Product(
        "sdp",
        "sdp_cloud.json",
        "ManageEngine ServiceDesk Plus Cloud, API v3",
        (
            {
                "url": "https://{host}",
                "description": "the vendor's, the default portal",
                "variables": {"host": _variable(_SDP_HOSTS[0], "of the data center", _SDP_HOSTS)},
            },
            {
                "url": "https://{host}/app/{portal}",
                "description": "the vendor's, a named portal",
                "variables": {
                    "host": _variable(_SDP_HOSTS[0], "of the data center", _SDP_HOSTS),
                    "portal": _variable("itdesk", "the name of the portal"),
                },
            },
            {"url": "http://{address}/sdp", "description": "the sandbox", "variables": _SANDBOX_ADDRESS},
        ),
    ),
)
ACCOUNTS_SERVERS = [
    {
        "url": "https://{accounts}",
        "description": "the vendor's",
        "variables": {"accounts": _variable(_ACCOUNTS_HOSTS[0], "of the data center", _ACCOUNTS_HOSTS)},
    },
    {"url": "http://{address}/sdp/accounts", "description": "the sandbox", "variables": _SANDBOX_ADDRESS},
]


class Answer(NamedTuple):
    """What came back."""

    status: int
    content_type: str
    body: bytes
    location: str = ""

    @property
    def value(self) -> Any:
        """The body as an example shows it."""
        if "json" in self.content_type:
            return json.loads(self.body)
        return self.body.decode() if self.content_type.startswith("text/") else None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        return None


class Browser:
    """Calls one platform of a sandbox the way its document says."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
        self.login: dict[str, str] = {}
        self._is_as_at_the_start = False

    def document(self) -> Document:
        found: Document = self.send("GET", f"/{self.name}/openapi.json").value
        return found

    def restart(self, switches: dict[str, str] | None = None) -> None:
        """The example data as at the start, and a token. After calls that only read it is enough to set the clock."""
        if self._is_as_at_the_start and not switches:
            self.send("POST", "/_sandbox/clock", body=json.dumps({"now": NOW}).encode())
            self._is_as_at_the_start = True
            return
        self.send("POST", "/_sandbox/reset", body=json.dumps(SEED).encode())
        if switches:
            self.send("PATCH", f"/_sandbox/switches/{self.name}", body=json.dumps(switches).encode())
        self.login = getattr(self, f"_login_{self.name}")()
        self._is_as_at_the_start = not switches

    def _login_abr(self) -> dict[str, str]:
        return {"apikey": API_KEY}

    def _login_dwp(self) -> dict[str, str]:
        headers = {"default-bundle-scope": "myit-sb", "X-Requested-By": "XMLHttpRequest"}
        body = json.dumps({"id": DWP_USER, "password": DWP_PASSWORD}).encode()
        token = self.send("POST", f"{DWP_BASE}/users/login", headers, body).body.decode()
        return {**headers, "Authorization": f"AR-JWT {token}"}

    def _login_sdp(self) -> dict[str, str]:
        token = self.send("POST", "/_sandbox/sdp/tokens", body=b"{}").value["access_token"]
        return {"Authorization": f"Zoho-oauthtoken {token}", "Accept": SDP_TYPE}

    def send(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
        if method != "GET" or re.search(EFFECTS, target):
            self._is_as_at_the_start = False
        given = {"Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.url + target, data=body, headers=given, method=method)
        try:
            with self._opener.open(request, timeout=30) as reply:
                return Answer(reply.status, reply.headers.get_content_type(), reply.read())
        except urllib.error.HTTPError as error:
            location = error.headers.get("Location") or ""
            return Answer(error.code, error.headers.get_content_type(), error.read(), location)


class Recorder:
    """Fills one document with examples of answers."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        browser.restart()
        self.document = browser.document()
        self.problems: list[str] = []
        # What the last call that had to come first answered.
        self.archive = b""

    def record(self) -> Document:
        """The document with what the sandbox answers to each operation, and to what goes wrong."""
        failures = self._failures()
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    self._show(method.upper(), path, item[method], failures)
        return self.document

    def _show(self, method: str, path: str, operation: Operation, failures: dict[str, Any]) -> None:
        answer = self._call(method, path, operation)
        good = str(answer.status)
        if good not in operation["responses"] or not good.startswith(("2", "3")):
            self.problems.append(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
            return
        for media in operation["responses"][good].get("content", {}).values():
            if answer.value is not None:
                media["example"] = shorten(steady(answer.value))
        for status, response in operation["responses"].items():
            for media in response.get("content", {}).values():
                found = failures.get(f"{status} {json.dumps(media['schema'])}")
                if status != good and found is not None:
                    media["example"] = found

    def _call(self, method: str, path: str, operation: Operation) -> Answer:
        self.browser.restart(SWITCHED.get(path.rpartition("/")[2]))
        values = {one["name"]: one.get("example") for one in operation.get("parameters", ()) if one["in"] == "path"}
        self._prepare(method, path, values)
        for name in [name for name, value in values.items() if value is None]:
            values[name] = self._make(path[: path.index(f"/{{{name}}}")], values)
        for one in operation.get("parameters", ()):
            if one["in"] == "path":
                one["example"] = values[one["name"]]
        target = self._base(path) + _fill(path, values)
        query = {
            one["name"]: one["example"] for one in operation.get("parameters", ()) if one["in"] == "query" and "example" in one
        }
        target += f"?{urllib.parse.urlencode(query)}" if query else ""
        kind, body = self._body(operation)
        headers = {} if operation.get("security") == [] and self.browser.name == "sdp" else dict(self.browser.login)
        return self.browser.send(method, target, {**headers, **({"Content-Type": kind} if kind else {})}, body)

    def _base(self, path: str) -> str:
        server: str = self.document["paths"].get(path, {}).get("servers", self.document["servers"])[0]["url"]
        return server

    def _body(self, operation: Operation) -> tuple[str, bytes | None]:
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            if "encoding" in media:  # the zip that was exported before
                (name, encoding), *dummy = media["encoding"].items()
                return _form_data([_part(name, self.archive, encoding["contentType"])])
            if "example" in media:
                return _encode(kind, media["example"])
        return "", None

    def _prepare(self, method: str, path: str, values: dict[str, Any]) -> None:
        """What has to come first: a draft, a review, a link, something in the trash."""
        first = BEFORE.get(f"{method} {path}")
        if first is None:
            return
        made, _blank, at = first.partition(" ")
        operation = self.document["paths"][at][made.lower()]
        kind, body = self._body(operation)
        headers = {**self.browser.login, **({"Content-Type": kind} if kind else {})}
        self.archive = self.browser.send(made, self._base(at) + _fill(at, values), headers, body).body

    def _make(self, collection: str, values: dict[str, Any]) -> str:
        """A record where the example data has none; its id."""
        if collection in MADE_BELOW:
            collection = MADE_BELOW[collection]
            values = {one["name"]: one.get("example") for one in self.document["paths"][collection]["post"]["parameters"]}
        operation = self.document["paths"][collection]["post"]
        kind, body = self._body(operation)
        answer = self.browser.send(
            "POST", self._base(collection) + _fill(collection, values), {**self.browser.login, "Content-Type": kind}, body
        )
        return _first_id({name: value for name, value in answer.value.items() if name != "response_status"})

    # --- what goes wrong

    def _failures(self) -> dict[str, Any]:
        """An example of each failure by its status and the schema of its body."""
        found = {}
        for status, schema, method, target, headers, body in FAILURES[self.browser.name]:
            self.browser.restart()
            if status == 403 and self.browser.name == "sdp":
                self.browser.send("PUT", "/_sandbox/sdp/effects", body=json.dumps(REFUSED).encode())
                request = self.document["paths"]["/api/v3/requests/{request_id}"]["put"]["parameters"][0]["example"]
                target = target.format(request_id=request)
            given = {**self.browser.login, **headers}
            answer = self.browser.send(method, target, {name: value for name, value in given.items() if value}, body)
            if answer.status != status:
                self.problems.append(f"failure {method} {target}: {answer.status} {answer.body[:200]!r}, not {status}")
            found[f"{status} {json.dumps({'$ref': f'#/components/schemas/{schema}'})}"] = steady(answer.value)
        return found


_NO_TOKEN = {"Authorization": ""}
_AS_TEXT = {"Content-Type": "text/plain"}
_AS_FORM = {"Content-Type": FORM}
# A rule of the tenant, and a change that it does not allow.
REFUSED = {"module": "requests", "field": "priority", "effect": "refused"}
_PRIORITY = "input_data=" + urllib.parse.quote('{"request": {"priority": {"name": "High"}}}')
_NOBODY = json.dumps({"id": DWP_USER, "password": "wrong"}).encode()
# status, schema, and the call that is answered so
FAILURES: dict[str, tuple[tuple[int, str, str, str, dict[str, str], bytes | None], ...]] = {
    "abr": (
        (400, "Error", "GET", "/abr/requests?take=many", {}, None),
        (404, "Error", "GET", "/abr/requests/1", {}, None),
        (500, "Error", "GET", "/abr/requests", {"apikey": "not-a-key"}, None),
    ),
    "dwp": (
        (401, "LoginError", "POST", f"{DWP_BASE}/users/login", _NO_TOKEN, _NOBODY),
        (400, "LoginError", "POST", f"{DWP_BASE}/users/login", _NO_TOKEN, b"{"),
        (400, "CodeError", "POST", f"{DWP_BASE}/services/search", {}, b"{}"),
        (404, "CodeError", "GET", f"{DWP_BASE}/services/1", {}, None),
        (400, "PlatformError", "GET", f"{DWP_BASE}/services/requests?max=x", {}, None),
        (404, "PlatformError", "GET", f"{DWP_BASE}/services/requests/1", {}, None),
        (400, "MessageError", "POST", f"{DWP_BASE}/ratings", {}, b"{}"),
        (404, "MessageError", "GET", f"{DWP_BASE}/reviews/1", {}, None),
        (403, "MessageError", "PUT", f"{DWP_BASE}/reviews/301", {}, b'{"title": "x", "content": "y"}'),
        (415, "LoginError", "POST", f"{DWP_BASE}/users/login", {**_NO_TOKEN, **_AS_TEXT}, _NOBODY),
        (415, "CodeError", "POST", f"{DWP_BASE}/services/search", _AS_TEXT, b"{}"),
        (415, "PlatformError", "POST", f"{DWP_BASE}/services/requests/40211/activities", _AS_TEXT, b"{}"),
        (415, "MessageError", "POST", f"{DWP_BASE}/ratings", _AS_TEXT, b"{}"),
    ),
    "sdp": (
        (400, "Failure", "POST", "/sdp/api/v3/requests", _AS_FORM, b"input_data=%7B%22request%22%3A%7B%7D%7D"),
        (401, "Failure", "GET", "/sdp/api/v3/requests", _NO_TOKEN, None),
        (403, "Failure", "PUT", "/sdp/api/v3/requests/{request_id}", _AS_FORM, _PRIORITY.encode()),
        (404, "Failure", "GET", "/sdp/api/v3/requests/1", {}, None),
    ),
}


def _fill(path: str, values: dict[str, Any]) -> str:
    return re.sub(r"{(\w+)}", lambda found: urllib.parse.quote(str(values[found.group(1)]), safe=""), path)


def _encode(kind: str, value: Any) -> tuple[str, bytes]:
    if kind == FORM:
        return kind, urllib.parse.urlencode(value).encode()
    if kind == MULTIPART:
        return _form_data([_part(name, str(one).encode(), "text/plain" if name in FILES else "") for name, one in value.items()])
    return kind, json.dumps(value).encode()


def _form_data(parts: list[bytes]) -> tuple[str, bytes]:
    return f"{MULTIPART}; boundary={BOUNDARY}", b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def _part(name: str, content: bytes, kind: str) -> bytes:
    """A part of a form; with a content type it is a file."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
    head += f'; filename="example"\r\nContent-Type: {kind}' if kind else ""
    return f"{head}\r\n\r\n".encode() + content + b"\r\n"


def _first_id(value: Any) -> str:
    """The first id in an answer."""
    if isinstance(value, dict):
        if "id" in value:
            return str(value["id"])
        value = list(value.values())
    return next((found for found in map(_first_id, value) if found), "") if isinstance(value, list) else ""


# --- examples


# Milliseconds in the sandbox's answers: times since 1970 some years around now, and spans of days. Whole minutes are shown.
NEAR = range(100_000_000, 4_000_000_000_000)
_ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_SECRETS = (
    (re.compile(r"^1000\.[0-9a-f]{32}\.[0-9a-f]{32}$"), "1000.0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef"),
    (re.compile(r"^eyJ[\w-]+\.[\w-]+\.[\w-]+$"), "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJl"),
)


def steady(value: Any) -> Any:
    """The same example whenever it is made: neither tokens nor parts of seconds."""
    if isinstance(value, dict):
        return {name: steady(one) for name, one in value.items()}
    if isinstance(value, list):
        return [steady(one) for one in value]
    return _steady_text(value) if isinstance(value, str) else value


def _steady_text(text: str) -> str:
    for pattern, example in _SECRETS:
        if pattern.match(text):
            return example
    if text.isdecimal() and int(text) in NEAR:
        return str(int(text) // 60_000 * 60_000)
    if _ISO.match(text) and text[:16] in (NOW[:16], "2026-06-01T14:00"):
        return f"{text[:17]}00" + re.sub(r"\d", "0", text[19:23]) + text[23:]
    return text


def shorten(value: Any) -> Any:
    """Long lists and long maps cut."""
    if isinstance(value, list):
        return [shorten(one) for one in value[:ROWS]]
    if isinstance(value, dict):
        cut = dict(list(value.items())[:ROWS]) if len(value) > ROWS and all(map(_is_field, value.values())) else value
        return {name: shorten(one) for name, one in cut.items()}
    return value


def _is_field(value: Any) -> bool:
    """Of a description of fields."""
    return isinstance(value, dict) and "type" in value


# --- documents


def published(document: Document, product: Product) -> Document:
    """The document of a product as others read it: with the vendor's servers, and what occurs often written once."""
    document = copy.deepcopy(document)
    info = document["info"]
    info["title"] = product.title
    info["description"] = f"{ABOUT}\n{info['description']}"
    info["license"] = {"name": "GPL-3.0-or-later", "url": "https://www.gnu.org/licenses/gpl-3.0.html"}
    document["servers"] = list(product.servers)
    for item in document["paths"].values():
        if "servers" in item:
            item["servers"] = ACCOUNTS_SERVERS
    _share_failures(document)
    return document


def _share_failures(document: Document) -> None:
    """Failures of the same kind stand among the components, once."""
    shared: dict[str, Any] = {}
    for item in document["paths"].values():
        for method in METHODS:
            responses = item.get(method, {}).get("responses", {})
            for status in [status for status in responses if status >= "400"]:
                name = _name_of_failure(shared, status, responses[status])
                shared[name] = responses[status]
                responses[status] = {"$ref": f"#/components/responses/{name}"}
    document["components"]["responses"] = dict(sorted(shared.items()))


def _name_of_failure(shared: dict[str, Any], status: str, response: dict[str, Any]) -> str:
    """After the schema of its body, and the status; those of the same name that differ are counted."""
    schemas = [media["schema"].get("$ref", "") for media in response.get("content", {}).values()]
    base = f"{schemas[0].rpartition('/')[2] if schemas else 'Empty'}{status}"
    names = [base, *(f"{base}_{number}" for number in range(2, len(shared) + 2))]
    return next(name for name in names if shared.get(name, response) == response)


def build() -> tuple[dict[str, str], list[str]]:
    """The text of each file by its name, and what did not work."""
    texts, problems = {}, []
    with running_sandbox(ensure("demo", main_interpreter())) as url:
        for product in PRODUCTS:
            recorder = Recorder(Browser(url, product.name))
            document = published(recorder.record(), product)
            problems += recorder.problems
            text = json.dumps(document, indent=1, ensure_ascii=False).replace(url, ADDRESS)
            texts[product.file] = f"{text}\n"
    return texts, problems


def write() -> int:
    """Write the documents."""
    texts, problems = build()
    for problem in problems:
        say(problem)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = FOLDER / name
        path.write_text(text, encoding="utf-8")
        say(f"wrote {path.relative_to(ROOT)}")
    return 1 if problems else 0
