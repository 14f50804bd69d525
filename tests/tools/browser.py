# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A headless browser: found or installed, and driven by the DevTools protocol over a pipe, which needs nothing but Python."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, NamedTuple

from .workspace import BUILD, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "chromium"
# How long the browser may take for one thing on a busy machine.
PATIENCE_SECONDS = 60.0
KEYS = {"Tab": 9, "Enter": 13, " ": 32}
TEXT_OF_KEYS = {"Enter": "\r", " ": " "}
COMPLAINTS = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening")


class BrowserProblem(Exception):
    """There is no browser, or it does not answer; in words for the one who started it."""


def find() -> str | None:
    """The path of an installed browser. C(BROWSER_PATH) names one."""
    wanted = os.environ.get("BROWSER_PATH")
    return wanted or next((path for path in map(shutil.which, NAMES) if path), None)


def ensure() -> str:
    """The path of a browser; installs Debian's if there is none and this is allowed to."""
    BUILD.mkdir(parents=True, exist_ok=True)
    # Parallel workers wait for the first of them.
    with (BUILD / "browser.lock").open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        found = find()
        if found:
            return found
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise BrowserProblem(
                f"These tests need a browser. Install Chromium (on Debian and Ubuntu: apt-get install {PACKAGE}) or Chrome, "
                "or set BROWSER_PATH to the program."
            )
        _install()
    found = find()
    if not found:
        raise BrowserProblem(f"The package {PACKAGE} was installed, but none of {', '.join(NAMES)} is on the PATH.")
    return found


def _install() -> None:
    say(f"Installing the Debian package {PACKAGE} ...")
    started = time.monotonic()
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    waiting = ["-o", "DPkg::Lock::Timeout=600"]
    install = ["apt-get", *waiting, "install", "-y", "-qq", "--no-install-recommends", PACKAGE, "fonts-dejavu-core"]
    for command in (["apt-get", *waiting, "update", "-qq"], install):
        done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise BrowserProblem(f"{done.stdout}\nThis failed with exit code {done.returncode}: {' '.join(command)}")
    say(f"Installed {PACKAGE} in {time.monotonic() - started:.0f} s")


class Event(NamedTuple):
    """Something that the browser told unasked."""

    method: str
    params: dict[str, Any]
    session: str


class Browser:
    """A browser of its own, with an empty profile; a context manager."""

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        self._arguments = list(arguments)
        self._serial = 0
        self._buffer = b""
        self.events: list[Event] = []

    def __enter__(self) -> Browser:
        program = ensure()
        self._profile = tempfile.mkdtemp(prefix="browser-")
        # Numbers that are out of the way of 3 and 4, where the browser expects its ends.
        (their_in, our_out), (our_in, their_out) = _pipe(), _pipe()
        self._in, self._out = our_in, our_out

        def place_pipes() -> None:
            os.dup2(their_in, 3)
            os.dup2(their_out, 4)

        self._process = subprocess.Popen(
            [program, *_flags(self._profile), *self._arguments, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=place_pipes,
        )
        os.close(their_in)
        os.close(their_out)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with contextlib.suppress(BrowserProblem, OSError):
            self.call("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._profile, ignore_errors=True)

    def page(self, *, width: int = 1280, height: int = 900, scheme: str = "light", media: str = "screen") -> Page:
        """A new tab with a window of this size; I(scheme) is light or dark, I(media) screen or print."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.resize(width, height)
        page.emulate(scheme=scheme, media=media)
        return page

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Call a method of the protocol, and wait for its answer."""
        self._serial += 1
        message = {"id": self._serial, "method": method, "params": params, **({"sessionId": session} if session else {})}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        for answer in self._messages():
            if answer.get("id") == self._serial:
                if "error" in answer:
                    raise BrowserProblem(f"{method}: {answer['error'].get('message')}")
                result: dict[str, Any] = answer["result"]
                return result
        raise BrowserProblem(f"The browser did not answer {method}.")

    def wait_for(self, method: str, session: str, since: int) -> None:
        """Until an event has come after the first I(since) ones."""
        messages = self._messages()
        while not any(event.method == method and event.session == session for event in self.events[since:]):
            if next(messages, None) is None:
                raise BrowserProblem(f"The browser did not tell of {method}.")

    def _messages(self) -> Iterator[dict[str, Any]]:
        """What the browser says; events are put aside as they pass."""
        end = time.monotonic() + PATIENCE_SECONDS
        while (left := end - time.monotonic()) > 0:
            while b"\0" in self._buffer:
                line, dummy, self._buffer = self._buffer.partition(b"\0")
                message: dict[str, Any] = json.loads(line)
                if "method" in message:
                    self.events.append(Event(message["method"], message.get("params", {}), message.get("sessionId", "")))
                yield message
            if select.select([self._in], [], [], left)[0]:
                piece = os.read(self._in, 1 << 20)
                if not piece:
                    raise BrowserProblem("The browser has ended. As root it needs --no-sandbox, and memory for its processes.")
                self._buffer += piece


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]


def _flags(profile: str) -> list[str]:
    flags = ["--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--hide-scrollbars", "--no-first-run"]
    flags += ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]
    flags += ["--disable-extensions", "--disable-sync", "--force-color-profile=srgb", "--lang=en"]
    return [*flags, "--no-sandbox"] if os.geteuid() == 0 else flags


class Page:
    """A tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self._scheme, self._media = "light", "screen"

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def goto(self, url: str) -> None:
        """Load a page, and wait until all that belongs to it is there."""
        since = len(self._browser.events)
        answer = self.call("Page.navigate", url=url)
        if answer.get("errorText"):
            raise BrowserProblem(f"{url}: {answer['errorText']}")
        self._browser.wait_for("Page.loadEventFired", self._session, since)

    def open(self, path: pathlib.Path) -> None:
        """Load a file."""
        self.goto(path.resolve().as_uri())

    def evaluate(self, expression: str) -> Any:
        """The value of an expression of JavaScript, as JSON has it; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserProblem(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def emulate(self, *, scheme: str | None = None, media: str | None = None) -> None:
        """What the page asks the browser for."""
        self._scheme, self._media = scheme or self._scheme, media or self._media
        features = [
            {"name": "prefers-color-scheme", "value": self._scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.call("Emulation.setEmulatedMedia", media=self._media, features=features)

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        common: dict[str, Any] = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key]}
        text = {"text": TEXT_OF_KEYS[key]} if key in TEXT_OF_KEYS else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def screenshot(self, path: pathlib.Path, *, whole: bool = True, **clip: float) -> pathlib.Path:
        """A picture of the window, of the whole page, or of a piece of it: C(x), C(y), C(width), C(height)."""
        params: dict[str, Any] = {"format": "png", "captureBeyondViewport": whole or bool(clip)}
        if clip:
            params["clip"] = {"x": 0, "y": 0, "scale": 1, **clip}
        elif whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            params["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **params)["data"]))
        return path

    def pdf(self, path: pathlib.Path) -> pathlib.Path:
        """What the printer would get."""
        media = self._media
        self.emulate(media="print")
        data = self.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
        self.emulate(media=media)
        path.write_bytes(base64.b64decode(data))
        return path

    def _events(self, *methods: str) -> list[dict[str, Any]]:
        return [event.params for event in self._browser.events if event.session == self._session and event.method in methods]

    @property
    def complaints(self) -> list[dict[str, Any]]:
        """Everything on the console, exceptions, dialogs, and what the browser had to say about the page."""
        return self._events(*COMPLAINTS)

    @property
    def requests(self) -> list[str]:
        """The addresses that were asked for."""
        return [params["request"]["url"] for params in self._events("Network.requestWillBeSent")]


def main() -> int:
    """A picture of a page: C(PYTHONPATH=tests python -m tools.browser PAGE.html PICTURE.png [WIDTH HEIGHT [light|dark]])."""
    if len(sys.argv) not in (3, 5, 6):
        say(str(main.__doc__))
        return 2
    page_path, picture, *rest = sys.argv[1:]
    width, height = (int(rest[0]), int(rest[1])) if rest else (1280, 900)
    with Browser() as browser:
        page = browser.page(width=width, height=height, scheme=rest[2] if len(rest) > 2 else "light")
        page.open(pathlib.Path(page_path))
        page.screenshot(pathlib.Path(picture), whole=not rest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
