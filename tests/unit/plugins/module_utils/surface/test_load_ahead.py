# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is loaded ahead of the tasks is what they will use."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.surface import connect

PACKAGE = "ansible_collections.deskops.itsm.plugins.module_utils"
ROOT = str(pathlib.Path(connect.__file__).parents[6])
CODE = f"""
import json, sys
sys.path.insert(0, {ROOT!r})
from {PACKAGE}.surface.connect import load_ahead
load_ahead(json.loads(sys.argv[1]))
print(json.dumps([name for name in sys.modules if name.startswith({PACKAGE!r})]))
"""
OF_PLATFORM = {
    "admin_by_request": {"platforms.admin_by_request"},
    "bmc_dwp": {"platforms.bmc_dwp", "verbs.orders"},
    "sdp_cloud": {"platforms.sdp_cloud", "verbs.tickets", "verbs.template_catalog"},
}


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, ["admin_by_request", "bmc_dwp", "sdp_cloud"]),
        ({"DESKOPS_PLATFORM": "bmc_dwp"}, ["bmc_dwp"]),
        ({"ABR_API_KEY": "x"}, ["admin_by_request"]),
        ({"SDP_DATA_CENTER": "eu", "DWP_URL": "https://example.com"}, ["bmc_dwp", "sdp_cloud"]),
        ({"ABR_API_KEY": "x", "DESKOPS_PLATFORM": "sdp_cloud"}, ["admin_by_request", "sdp_cloud"]),
        ({"DESKOPS_PLATFORM": "typo", "PATH": "/bin"}, ["admin_by_request", "bmc_dwp", "sdp_cloud"]),
    ],
)
def test_platforms_of_the_environment_are_loaded(environ: dict[str, str], wanted: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", CODE, json.dumps(environ)], capture_output=True, text=True, check=True)
    loaded = {name.removeprefix(f"{PACKAGE}.") for name in json.loads(done.stdout)}
    for platform, modules in OF_PLATFORM.items():
        assert (modules <= loaded) is (platform in wanted), platform
        assert bool(modules & loaded) is (platform in wanted), platform
