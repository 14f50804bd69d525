# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of Ansible Galaxy and Automation Hub pass."""

from __future__ import annotations

import json
import pathlib
import re

from .conftest import galaxy_environ, recent_environment, run

PASSED = "Importer processing completed successfully"
# The importer names the folder of the collections in a way in which its ansible-lint does not look into it for playbooks.
KNOWN = re.compile(r"Failed to find deskops\.itsm\.\w+ playbook")


def test_importer(tarball: pathlib.Path, tmp_path: pathlib.Path) -> None:
    environment = recent_environment("galaxy")
    environ = galaxy_environ(environment, tmp_path) | {
        # As strict as Automation Hub.
        "GALAXY_IMPORTER_CHECK_CHANGELOG": "true",
        "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
        "GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER": "true",
        "GALAXY_IMPORTER_RUN_ANSIBLE_DOC": "true",
        "GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "true",
        "GALAXY_IMPORTER_RUN_ANSIBLE_TEST": "false",
    }
    done = run([environment.python, "-m", "galaxy_importer.main", tarball], tmp_path, environ)
    lines = f"{done.stdout}\n{done.stderr}".splitlines()
    assert PASSED in "\n".join(lines)
    assert any("ansible-lint" in line for line in lines), "the linter did not run"
    complaints = [line for line in lines if re.search(r"ERROR|WARNING|Traceback", line) and not KNOWN.search(line)]
    assert not complaints
    result = json.loads((tmp_path / "importer_result.json").read_text())
    kinds = {content["content_type"] for content in result["contents"]}
    assert {"module", "inventory", "filter", "role", "playbook"} <= kinds
    documented = {one["content_name"] for one in result["docs_blob"]["contents"] if (one["doc_strings"] or {}).get("doc")}
    modules = {content["name"] for content in result["contents"] if content["content_type"] == "module"}
    assert modules <= documented, modules - documented
    assert {"computers", "decide"} <= documented
    assert result["requires_ansible"] == ">=2.16.0"
