# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the examples of the documentation need to run here, and why some of them do not."""

from __future__ import annotations

# Documents whose examples another test runs, which has to name the document.
ELSEWHERE = {
    "docs/awx.md": "tests/integration/awx",
    "docs/eda.md": "tests/integration/eda",
    "docs/execution_environment.md": "tests/integration/publication/test_execution_environment.py",
}

INSTALLED = "tests/integration/publication/test_tarball.py builds the collection, installs the file and runs the demo from there"
DEMO = "the demo is run by tests/integration/roles/test_playbooks.py; what `make` adds is an environment for it"
# Blocks that are not run, by a piece of their text, each with the reason.
NOT_RUN: dict[tuple[str, str], str] = {
    ("README.md", "make build"): INSTALLED,
    ("README.md", "make test "): DEMO,
    (
        "docs/benchmarks.md",
        "make bench",
    ): "it takes a quarter of an hour; tests/integration/test_benchmarks.py runs it with small numbers",
    ("CONTRIBUTING.md", "make test"): "`make test` is what runs this test",
    ("docs/getting_started.md", "make demo"): DEMO,
    ("docs/getting_started.md", "make build"): INSTALLED,
    ("docs/getting_started.md", "make sandbox"): "it runs until it is interrupted; each of these tests has a sandbox already",
    ("docs/migration_sdp_cloud.md", "manageengine.sdp_cloud."): "the vendor's collection, which is not installed here",
    ("roles/awx_content/README.md", "deskops.itsm.awx_content"): "tests/integration/awx/test_content.py runs role and playbook",
    (
        "roles/desk_report/README.md",
        "tools.browser",
    ): "it needs a browser; tests/integration/report/test_page.py looks at the page in one",
    ("tests/sandbox/README.md", "pip install"): "it runs until it is interrupted; tests/unit/sandbox/test_process.py starts it",
    ("tests/sandbox/README.md", "TOKEN=$(curl"): "it needs curl; tests/unit/sandbox/dwp makes the same calls",
}

# EXAMPLES whose purpose is to fail, and why they do so here.
FAILS = {
    (
        "desk_report",
        "Complain if an approval is overdue",
    ): "the example data are older than two days by the clock of this machine",
    ("roles/desk_report/README.md", "Complain if somebody has waited for two days"): "the same",
}

# Files that a reader has from elsewhere when a command names them.
FILES = {
    "roles/approval_queue/README.md": {
        "rules.yml": "approval_queue_platform: admin_by_request\n"
        "approval_queue_rules: [{name: clean, when: {application.scanResult: Clean}, then: approved}]\n"
    },
    "roles/provision_service/README.md": {
        "order.yml": "provision_service_requested_for: [mlind]\nprovision_service_items: [{service: VPN access}]\n"
    },
    "roles/catalog_promotion/README.md": {"services.yml": "catalog_promotion_services: [Guest network]\n"},
}

# Addresses of the examples, and what is asked in their place: a name of the sandbox's.
ADDRESSES = {
    "https://dc1api.adminbyrequest.com": "abr_url",
    "https://catalog-test.example.com:8008": "dwp_url",
    "https://catalog.example.com:8008": "dwp_url",
    "https://sdpondemand.manageengine.eu": "sdp_url",
    "https://accounts.zoho.eu": "sdp_accounts_url",
}
ADDRESSES_OF = {"roles/catalog_promotion/README.md": {"https://catalog.example.com:8008": "other_dwp_url"}}

# Names that a tenant gives its own fields and portals, and those of the sandbox.
NAMES = {"txt_alert": "udf_char1", "txt_key": "udf_char1", "txt_host": "txt_cost_centre", "ithelpdesk": "itdesk"}

# Variables that examples take from the reader's own inventory or vault.
VARIABLES = {
    "disk_is_full": True,
    "vault_password": "Sandbox-Password-1",
    "vault_test_password": "Sandbox-Password-1",
}
