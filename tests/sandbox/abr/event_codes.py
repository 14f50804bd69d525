# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event codes with level (0 informational, 1 warning, 2 alert) and a short text of our own."""

from __future__ import annotations

_SINGLE: dict[int, tuple[int, str]] = {
    1: (1, "User added to local administrators"),
    2: (0, "User downgraded to standard user"),
    3: (0, "Group removed from local administrators"),
    5: (0, "Administrator logged on, audited"),
    6: (1, "Administrator logged on, not audited"),
    8: (0, "Support assist started"),
    10: (1, "Password of a local user changed"),
    11: (1, "Local user disabled"),
    12: (1, "Local user enabled"),
    13: (1, "Local user created"),
    14: (1, "Local user deleted"),
    20: (1, "Policy key changed"),
    21: (1, "Policy key added"),
    30: (2, "Uninstall of the client attempted"),
    31: (1, "Client uninstalled with a PIN"),
    32: (2, "Uninstall with a PIN failed"),
    40: (0, "Workstation client installed"),
    41: (1, "Workstation client uninstalled"),
    42: (0, "Server client installed"),
    43: (1, "Server client uninstalled"),
    50: (0, "Diagnostics sent"),
    60: (1, "User put back into local administrators"),
    61: (1, "Group put back into local administrators"),
    70: (0, "Break glass account created"),
    71: (0, "Break glass account removed"),
    72: (1, "Break glass account logged on"),
    73: (2, "Clock changed while a break glass account was in use"),
    80: (0, "Azure device administrator restored"),
    81: (0, "Azure company administrator restored"),
    90: (1, "Session denied by policy"),
    91: (2, "Clock changed during a session"),
    92: (1, "File blocked by policy"),
    93: (2, "Malware blocked"),
    94: (2, "Suspected malware blocked"),
    95: (0, "Session PIN used"),
    97: (0, "PIN for a blocked application used"),
    98: (0, "PIN for a blocked application used, elevated"),
    100: (0, "Challenge PIN issued for a blocked application"),
    101: (0, "Uninstall PIN issued"),
    102: (0, "Break glass account issued"),
    103: (0, "Challenge PIN issued for a session"),
    120: (0, "Owner set"),
    121: (0, "Owner released"),
    122: (0, "Owner set by an administrator"),
    123: (1, "Session denied: not the owner"),
    124: (1, "File blocked: not the owner"),
    130: (1, "Session denied: device not compliant"),
    131: (1, "File blocked: device not compliant"),
    150: (0, "User removed from remote desktop users"),
    151: (0, "Group removed from remote desktop users"),
    152: (0, "User put back into remote desktop users"),
    153: (0, "Group put back into remote desktop users"),
    180: (0, "Rotating administrator account created"),
    181: (0, "Rotating administrator account removed"),
    182: (1, "Rotating administrator account logged on"),
}

#: first code of a run -> what is ordered; each run: account issued, group issued, account cancelled, group cancelled
_ORDERS = {
    110: ("Revoke", "local administrator"),
    114: ("Restore", "local administrator"),
    140: ("Revoke", "remote desktop"),
    144: ("Restore", "remote desktop"),
    160: ("Addition", "local administrator"),
    170: ("Addition", "remote desktop"),
}
_RUN = (("account", "issued"), ("group", "issued"), ("account", "cancelled"), ("group", "cancelled"))

EVENT_CODES: dict[int, tuple[int, str]] = _SINGLE | {
    first + step: (0, f"{verb} of a {whose} {what} {outcome}")
    for first, (verb, whose) in _ORDERS.items()
    for step, (what, outcome) in enumerate(_RUN)
}
