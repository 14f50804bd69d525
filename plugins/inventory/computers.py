# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: computers
short_description: Computers of a request desk as hosts
version_added: 1.0.0
author:
  - deskops.itsm contributors (!UNKNOWN)
description:
  - Makes a host of each computer in the inventory of Admin By Request, or of each asset of ServiceDesk Plus Cloud.
  - The variables of a host are the API's own keys, with C(id) as text. They are such as C(operatingSystem), C(hardware),
    C(network), C(user) of Admin By Request, and C(product), C(state), C(user), C(site) of ServiceDesk Plus Cloud.
  - The file must be named C(computers.yml) or C(computers.yaml), or end in C(.computers.yml), C(_computers.yml) or the like.
  - The connection is set by options or by the same environment variables as for the modules. String options may hold Jinja2
    templates.
  - Two computers of one name become two hosts; the one with the higher id gets the id appended to its name, and there is a
    warning.
  - Names of computers come from the machines of end users. One that is called C(localhost), C(127.0.0.1) or C(::1), or like a
    group, gets its id appended as well, with a warning. Groups are C(all) and C(ungrouped), those of O(groups) and
    O(keyed_groups), and those of inventory sources that were read before. So plays on these names never reach such a computer.
  - A computer whose name is that of a host of an inventory source that was read before adds its variables to that host.
options:
  plugin:
    description: Marks the file as one for this plugin.
    type: str
    required: true
    choices: [deskops.itsm.computers]
  only_inventoried:
    description:
      - Leave out computers for which no inventory data has been collected.
      - Admin By Request only; an asset of ServiceDesk Plus Cloud does not tell. Filter them with O(workstations), or by groups.
    type: bool
    default: false
  include:
    description:
      - What to read in addition, the installed software or the groups of user and computer. Admin By Request only.
    type: list
    elements: str
    choices: [software, groups]
    default: []
  workstations:
    description: Only workstations, not all assets. ServiceDesk Plus Cloud only.
    type: bool
    default: false
  fields:
    description:
      - The fields of an asset to read, such as V(ip_address), V(operating_system), V(udf_fields). Without it they are those
        that the API shows in its lists. ServiceDesk Plus Cloud only.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - deskops.itsm.connection
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
seealso:
  - module: deskops.itsm.computer_info
  - module: deskops.itsm.record_info
"""

EXAMPLES = r"""
# northwind.computers.yml
plugin: deskops.itsm.computers
platform: admin_by_request
only_inventoried: true
include: [groups]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/deskops
compose:
  ansible_host: network.privateIP
  disk_used_percent: 100 - (100 * hardware.diskFree / hardware.diskSize) | round | int
groups:
  laptops: hardware.type == 'Portable'
  without_disk_encryption: not hardware.bitlockerEnabled
keyed_groups:
  - key: operatingSystem.platform
    prefix: os
  - key: location.country
    prefix: country

# service_desk.computers.yml
# plugin: deskops.itsm.computers
# platform: sdp_cloud
# data_center: eu
# workstations: true
# fields: [state, site, user, serial_number, ip_address, operating_system]
# compose:
#   ansible_host: ip_address
# groups:
#   in_use: state.name == 'In Use'
# keyed_groups:
#   - key: site.name
#     prefix: site
#   - key: operating_system.name
#     prefix: os
"""

import hashlib
import json
import os
from collections.abc import Iterator, Set
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils.surface.connect import Surroundings, connect, secrets_of
from ..module_utils.surface.masking import Mask
from ..module_utils.surface.options import (
    CONNECTION_OPTIONS,
    reject_foreign_options,
    require_platform,
    resolve_connection,
)
from ..module_utils.transport._requests import IMPORT_ERROR
from ..module_utils.transport.errors import DeskError
from ..module_utils.verbs.spec import Option
from ..plugin_utils.folders import token_folder
from ..plugin_utils.plain import plain

Computer = dict[str, Any]
PLATFORMS = ("admin_by_request", "sdp_cloud")
# What of the computers is wanted; the platforms take each as an argument of the same name.
WANTED = (
    Option("only_inventoried", platforms=("admin_by_request",)),
    Option("include", platforms=("admin_by_request",)),
    Option("workstations", platforms=("sdp_cloud",)),
    Option("fields", platforms=("sdp_cloud",)),
)
TENANT = ("platform", "url", "data_center", "api_key", "client_id", "client_secret", "refresh_token", "access_token", "portal")
# What Ansible keeps for itself and warns about.
RESERVED = frozenset({"name"})
# A host of such a name would be what Ansible takes for the machine that it runs on.
LOCALHOST = frozenset({"localhost", "127.0.0.1", "::1"})


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "deskops.itsm.computers"

    def verify_file(self, path: str) -> bool:
        """Only files that say by their name whose they are."""
        return super().verify_file(path) and path.endswith(("computers.yml", "computers.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        others = set(self.inventory.hosts)
        # What users wrote is text, whatever it looks like: ansible-core before 2.19 would evaluate templates in it.
        named = [(wrap_var(host), wrap_var(computer)) for host, computer in self._with_unique_names(self._computers(path, cache))]
        self._add_all(named)
        self._rename_those_named_like_groups(named, others)

    def _computers(self, path: str, may_use_cache: bool) -> list[Computer]:
        """From the cache if there is one and it may be used; else from the platform, and into the cache."""
        if IMPORT_ERROR:
            raise AnsibleParserError(missing_required_lib("requests"))
        options = {option.name: self._option(option.name) for option in CONNECTION_OPTIONS}
        environ = dict(os.environ)
        has_cache = self.get_option("cache")
        mask = Mask(secrets_of((), options, environ))
        try:
            connection = resolve_connection(options, environ)
            require_platform("the inventory of computers", PLATFORMS, connection["platform"])
            wanted = {option.name: plain(self.get_option(option.name)) or None for option in WANTED}
            reject_foreign_options(WANTED, wanted, connection["platform"])
            cache_key = self._cache_key(path, connection, wanted)
            if has_cache and may_use_cache and cache_key in self._cache:
                cached: list[Computer] = self._cache[cache_key]
                return cached
            computers: list[Computer] = mask(self._read(connection, wanted, environ, mask))
        except DeskError as error:
            raise AnsibleParserError(mask(str(error))) from None
        if has_cache:
            self._cache[cache_key] = computers
        return computers

    def _cache_key(self, path: str, connection: dict[str, Any], wanted: dict[str, Any]) -> str:
        """Another tenant, or other details of it, are another inventory, though the file may be the same."""
        tenant = [connection.get(name) for name in TENANT]
        digest = hashlib.sha256(json.dumps([tenant, wanted]).encode()).hexdigest()
        return f"{self.get_cache_key(path)}_{digest[:12]}"

    def _read(
        self, connection: dict[str, Any], wanted: dict[str, Any], environ: dict[str, str], mask: Mask
    ) -> list[Computer]:
        arguments = {name: value for name, value in wanted.items() if value is not None}
        details = dict.fromkeys(arguments.pop("include", ()), True)
        surroundings = Surroundings(environ, check_mode=True, hide=mask.hide, token_folder=token_folder())
        computers: list[Computer] = connect(connection, surroundings).find_computers(**arguments, **details).records
        return computers

    def _option(self, name: str) -> Any:
        value = self.get_option(name)
        return plain(self.templar.template(value)) if isinstance(value, str) else value

    def _with_unique_names(self, computers: list[Computer]) -> Iterator[tuple[str, Computer]]:
        """Each computer with a name that is no other's, and none that means something else to Ansible."""
        groups = {self._sanitize_group_name(str(name)) for name in self.get_option("groups") or ()}
        kept = LOCALHOST | groups | set(self.inventory.groups)
        seen: set[str] = set()
        for computer in computers:
            wanted = computer.get("name") or f"computer-{computer['id']}"
            host = _free_name(wanted, computer, kept, seen)
            if wanted in kept:
                self._warn_of_kept(wanted, host)
            elif wanted in seen:
                self.display.warning(f"There are several computers named {wanted}; one of them is the host {host}")
            seen.add(host)
            yield host, computer

    def _warn_of_kept(self, wanted: str, host: str) -> None:
        whose = "Ansible's own name for this machine" if wanted in LOCALHOST else "the name of a group"
        self.display.warning(f"There is a computer named {wanted}, which is {whose}; it is the host {host}")

    def _add_all(self, computers: list[tuple[str, Computer]]) -> None:
        """Hosts first: where a group of the same name is there already, Ansible takes the group for the host."""
        for host, computer in computers:
            self._add_host(host, computer)
        strict = self.get_option("strict")
        for host, computer in computers:
            self._add_host_to_composed_groups(self.get_option("groups"), computer, host, strict=strict)
        for host, computer in computers:
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), computer, host, strict=strict)

    def _rename_those_named_like_groups(self, computers: list[tuple[str, Computer]], others: set[str]) -> None:
        """What keyed_groups come to is known only now. Hosts of other sources keep their names."""
        groups = set(self.inventory.groups)
        taken = groups | set(self.inventory.hosts)
        renamed = []
        for wanted, computer in computers:
            if wanted not in groups or wanted in others:
                continue
            self.inventory.remove_host(self.inventory.hosts[wanted])
            host = _free_name(wanted, computer, taken)
            taken.add(host)
            self._warn_of_kept(wanted, host)
            renamed.append((wrap_var(host), computer))
        self._add_all(renamed)

    def _add_host(self, host: str, computer: Computer) -> None:
        self.inventory.add_host(host)
        for key, value in computer.items():
            if key not in RESERVED:
                self.inventory.set_variable(host, key, value)
        self._set_composite_vars(self.get_option("compose"), computer, host, strict=self.get_option("strict"))


def _free_name(name: str, computer: Computer, *taken: Set[str]) -> str:
    while any(name in names for names in taken):
        name = f"{name}-{computer['id']}"
    return name
