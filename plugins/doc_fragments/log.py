# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options that the audit log and the events have in common.
    DOCUMENTATION = r"""
options:
  user:
    description: Only what concerns this user, by account or full name. Mutually exclusive with O(computer).
    type: str
  computer:
    description: Only what concerns this computer, by name. Mutually exclusive with O(user).
    type: str
  since_id:
    description:
      - Only records with this id or a higher one.
      - Give RV(next_since_id) of an answer here to get what came after it.
      - With this option the whole history from that id on is read, unless O(days) or O(start_date) narrows it.
    type: str
  last:
    description:
      - Only this many of the newest records, the newest first. At most 10000. Cannot be combined with O(since_id) or O(limit).
    type: int
  days:
    description:
      - Only records of this many past days. Mutually exclusive with O(start_date).
      - Without O(days), O(start_date), O(end_date) and O(since_id) it is the last 30 days, since the platform shows no more
        when it is not asked to.
        Set a larger number, such as V(3650), to open the window.
    type: int
  start_date:
    description: Only records from this day on, as C(YYYY-MM-DD).
    type: str
  end_date:
    description:
      - Only records up to and including this day, as C(YYYY-MM-DD).
      - With this option alone the whole history up to that day is read.
    type: str
  limit:
    description: At most this many records, the oldest first. Without it, all are read.
    type: int
"""
