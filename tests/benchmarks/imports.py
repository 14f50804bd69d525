# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task has to load."""

from __future__ import annotations

import json
import subprocess
import sys

from integration.support.programs import ROOT

from .bench import Bench, Row

PACKAGE = "ansible_collections.deskops.itsm.plugins"
# The platform's modules begin with these.
PREFIXES = {"admin_by_request": ("admin_by_request",), "bmc_dwp": ("bmc_dwp", "dwp_"), "sdp_cloud": ("sdp_",)}
# For each: a module, and what its work on the platform consists of.
TASKS = (("request_info", "admin_by_request"), ("catalog_info", "bmc_dwp"), ("record_info", "sdp_cloud"))
CODE = """
import importlib, json, sys, time
started = time.perf_counter()
import ansible.module_utils.basic
basic = time.perf_counter()
module, platform = sys.argv[1:]
importlib.import_module(f"{PACKAGE}.modules.{module}")
connect = importlib.import_module(f"{PACKAGE}.module_utils.surface.connect")
connect._platform(platform)
ended = time.perf_counter()
loaded = [name.removeprefix("PACKAGE.module_utils.") for name in sys.modules if name.startswith("PACKAGE.module_utils.")]
print(json.dumps({"basic": basic - started, "ours": ended - basic, "loaded": loaded}))
""".replace("{PACKAGE}", PACKAGE).replace("PACKAGE", PACKAGE)


def _measure(module: str, platform: str) -> tuple[float, float, list[str]]:
    environ = {"PYTHONPATH": str(ROOT / ".build" / "collections"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", CODE, module, platform], env=environ, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    return answer["basic"], answer["ours"], answer["loaded"]


def foreign_modules(loaded: list[str], platform: str) -> list[str]:
    """What was loaded of other platforms."""
    others = tuple(prefix for name, prefixes in PREFIXES.items() if name != platform for prefix in prefixes)
    return [name for name in loaded if name.startswith("platforms.") and name.partition(".")[2].startswith(others)]


def imports(bench: Bench) -> list[Row]:
    """The time that an ordinary module needs beside Ansible's own, and what it loads."""
    rows = []
    for module, platform in TASKS:
        seconds = bench.take_turns(
            basic=lambda module=module, platform=platform: _measure(module, platform)[0],
            ours=lambda module=module, platform=platform: _measure(module, platform)[1],
        )
        loaded = _measure(module, platform)[2]
        foreign = foreign_modules(loaded, platform)
        rows.append(
            Row(
                f"imports of `{module}` as a module, {platform}",
                f"{seconds['ours'] * 1000:.0f} ms, {len(loaded)} files of ours",
                f"`ansible.module_utils.basic`: {seconds['basic'] * 1000:.0f} ms",
                f"{len(foreign)} of other platforms",
                "0",
                not foreign,
            )
        )
    return rows
