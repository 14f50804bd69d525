# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands behind C(make demo) and C(make sandbox): the collection at work, without a tenant."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from types import FrameType
from typing import Any, NoReturn

from .environments import Environment, EnvironmentProblem, ensure, main_interpreter
from .workspace import BUILD, ROOT, link_collection, say, stream

PLAYBOOK = "playbooks/demo.yml"
# Where the playbook keeps its files; empty at the start, like the sandbox.
DIRECTORY = BUILD / "demo"
API_KEY = "SANDBOX0-0000-4000-8000-ABRDEMO00001"
DWP_USER = "svc_automation"
DWP_PASSWORD = "Sandbox-Password-1"
SDP_CLIENT_ID = "1000.SANDBOXSELFCLIENT0000000000000"
SDP_CLIENT_SECRET = "5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5ab0c5a"
SDP_REFRESH_TOKEN = "1000.5ab0c0015ab0c0015ab0c0015ab0c001.5ab0c0015ab0c0015ab0c0015ab0c001"
# The catalog reads with POST too, and logins are no changes.
READS = re.compile(r"/users/login$|/search$|/services/export$|/oauth/v2/token$")
START_SECONDS = 30
STOP_SECONDS = 5
CHANGED = re.compile(r"\bchanged=(\d+)")


class DemoError(Exception):
    """Something that ends the demo, in words for the one who started it."""


@contextlib.contextmanager
def running_sandbox(environment: Environment) -> Iterator[str]:
    """Start a sandbox on a free port, yield its address, and stop it whatever happens."""
    BUILD.mkdir(exist_ok=True)
    ready = BUILD / f"sandbox-{os.getpid()}.json"
    log = BUILD / "sandbox.log"
    command = [environment.python, "-m", "sandbox", "--port", "0", "--ready-file", str(ready), "--seed", "demo"]
    command += ["--exit-with-parent", str(os.getpid())]
    with log.open("wb") as output:
        # A session of its own: Ctrl-C goes to the playbook, and the sandbox is stopped after it.
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_sandbox_environ(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _wait_until_ready(process, ready, log)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        ready.unlink(missing_ok=True)


def _wait_until_ready(process: subprocess.Popen[bytes], ready: pathlib.Path, log: pathlib.Path) -> str:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        # The file may be seen before it is filled.
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads(ready.read_text(encoding="utf-8"))["url"]).rstrip("/")
        time.sleep(0.05)
    state = f"did not answer within {START_SECONDS} s" if process.poll() is None else "stopped at once"
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
    raise DemoError(f"The sandbox {state}; its output is in {log.relative_to(ROOT)}:\n{tail}")


def _sandbox_environ(environment: Environment) -> dict[str, str]:
    return environment.environ({"PYTHONPATH": str(ROOT / "tests")})


def run_playbook(environment: Environment, url: str, arguments: list[str]) -> list[str]:
    """Run the demo playbook, show what it prints, and return its recap."""
    no_proxy = ",".join(filter(None, [os.environ.get("no_proxy"), "127.0.0.1", "localhost"]))
    environ = environment.environ(
        {
            "ABR_URL": f"{url}/abr",
            "ABR_API_KEY": API_KEY,
            "DWP_URL": f"{url}/dwp",
            "DWP_USERNAME": DWP_USER,
            "DWP_PASSWORD": DWP_PASSWORD,
            "SDP_URL": f"{url}/sdp",
            "SDP_ACCOUNTS_URL": f"{url}/sdp/accounts",
            "SDP_CLIENT_ID": SDP_CLIENT_ID,
            "SDP_CLIENT_SECRET": SDP_CLIENT_SECRET,
            "SDP_REFRESH_TOKEN": SDP_REFRESH_TOKEN,
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
            # The playbook runs on this machine, without an inventory; that deserves no warning.
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }
    )
    variables = ["--extra-vars", json.dumps({"demo_directory": str(DIRECTORY)})]
    code, lines = stream([str(environment.bin / "ansible-playbook"), PLAYBOOK, *variables, *arguments], environ)
    if code:
        raise DemoError(f"The playbook failed (exit code {code}).")
    recaps = [number for number, line in enumerate(lines) if line.startswith("PLAY RECAP")]
    return [line for line in lines[recaps[-1] + 1 :] if line.strip()] if recaps else []


def count_calls(url: str) -> tuple[int, int]:
    """How many calls the sandbox's platforms have seen so far: those that read, and those that could change something."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{url}/_sandbox/calls/summary", timeout=10) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["rows"]
    reads = sum(row["count"] for row in rows if row["method"] in ("GET", "HEAD", "OPTIONS") or READS.search(row["route"] or ""))
    return reads, sum(row["count"] for row in rows) - reads


def show_check(environment: Environment, url: str, arguments: list[str]) -> None:
    """One run in check mode, and the proof that it wrote nothing."""
    run_playbook(environment, url, arguments)
    reads, writes = count_calls(url)
    say(f"Check mode: the sandbox saw {reads} read calls (logins and searches among them) and {writes} write calls.")
    if writes:
        raise DemoError("Check mode must not write.")


def show_twice(environment: Environment, url: str, arguments: list[str]) -> None:
    """Two runs, of which the second finds nothing left to do."""
    recaps = []
    for title in ("first", "second"):
        say(f"The {title} run")
        recap = run_playbook(environment, url, arguments)
        if not recap:
            return  # nothing was run: --syntax-check, --list-tasks and the like
        recaps.append((title, recap))
    for title, recap in recaps:
        say("\n".join([f"PLAY RECAP of the {title} run", *recap]))
    changed = sum(int(number) for line in recaps[-1][1] for number in CHANGED.findall(line))
    if changed:
        raise DemoError(f"The second run was expected to change nothing, but reports changed={changed}.")


def wait_for_enter() -> None:
    """Until Enter is pressed; without a terminal, until a signal comes."""
    if sys.stdin.isatty():
        input("The sandbox is still running. Press Enter to stop it. ")
    else:
        say("The sandbox is still running. Ctrl-C stops it.")
        signal.pause()


def demo() -> None:
    """Run the demo playbook against a sandbox of its own."""
    link_collection()
    environment = ensure("demo", main_interpreter())
    arguments = shlex.split(os.environ.get("ARGS", ""))
    checking = any(argument in ("--check", "-C") for argument in arguments)
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    DIRECTORY.mkdir(parents=True)
    with running_sandbox(environment) as url:
        say(f"The sandbox is at {url}/ (watch it there: make demo KEEP=1)")
        (show_check if checking else show_twice)(environment, url, arguments)
        if os.environ.get("KEEP", "") not in ("", "0"):
            say(f"Look at {url}/")
            wait_for_enter()


def sandbox() -> NoReturn:
    """Become the sandbox."""
    environment = ensure("demo", main_interpreter())
    command = [environment.python, "-m", "sandbox", "--port", os.environ.get("PORT") or "8765", "--seed", "demo"]
    os.chdir(ROOT)
    os.execve(environment.python, command, _sandbox_environ(environment))


def _on_signal(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(description="Show the collection at work on the sandbox.")
    parser.add_argument("--sandbox", action="store_true", help="only run the sandbox")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    try:
        if parser.parse_args().sandbox:
            sandbox()
        demo()
    except (DemoError, EnvironmentProblem) as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
