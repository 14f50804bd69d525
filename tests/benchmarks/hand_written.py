# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody would write who needs just this, once: the scripts that the collection is measured beside.

C(python hand_written.py decide URL KEY CA THREADS ID...) and C(python hand_written.py read URL KEY CA).
They print the seconds that the work took, the start of Python and the import of requests aside.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from requests.adapters import HTTPAdapter

PAGE = 1000


def session_of(key: str, ca: str, threads: int) -> requests.Session:
    """A session with connections for all threads."""
    session = requests.Session()
    session.trust_env = False
    session.headers["apikey"] = key
    session.verify = ca or True
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=threads))
    return session


def read_all(session: requests.Session, url: str, **filters: str) -> list[dict[str, Any]]:
    """All rows, page by page."""
    rows: list[dict[str, Any]] = []
    start = 0
    while True:
        answer = session.get(
            f"{url}/requests", params={"take": PAGE, **filters, **({"startid": start} if start else {})}, timeout=60
        )
        answer.raise_for_status()
        page = answer.json()
        rows += page
        if len(page) < PAGE:
            return rows
        start = page[-1]["id"] + 1


def decide(url: str, key: str, ca: str, threads: int, ids: list[str]) -> None:
    """Approve what is pending: read all, write each, read all again to see that it took."""
    session = session_of(key, ca, threads)
    pending = {str(row["id"]) for row in read_all(session, url, status="Pending")}

    def approve(number: str) -> None:
        session.put(f"{url}/requests/{number}", timeout=60).raise_for_status()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(approve, [number for number in ids if number in pending]))
    left = {str(row["id"]) for row in read_all(session, url) if row["status"] == "Pending"}
    if left & set(ids):
        raise SystemExit(f"not decided: {sorted(left & set(ids))}")


def main() -> None:
    work, url, key, ca, *rest = sys.argv[1:]
    started = time.perf_counter()
    if work == "decide":
        decide(url, key, ca, int(rest[0]), rest[1:])
    else:
        print(len(read_all(session_of(key, ca, 1), url)), "rows", file=sys.stderr)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
