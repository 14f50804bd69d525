# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start with ``PYTHONPATH=tests python -m sandbox --port 0 --ready-file F``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .platforms import SEEDS
from .server import Options, StartError, run


def parse(arguments: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="The request desks as local servers, to try and to test."
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="0 (default) takes a free port")
    parser.add_argument("--ready-file", type=Path, help="written when ready: JSON with url, pid and ca; else it is printed")
    parser.add_argument("--seed", choices=SEEDS, default="demo", help="what to start with (default %(default)s)")
    parser.add_argument("--tls", action="store_true", help="serve https with a CA made at start")
    parser.add_argument("--exit-with-parent", type=int, metavar="PID", help="stop when that process is gone")
    given = parser.parse_args(arguments)
    return Options(given.host, given.port, given.ready_file, given.seed, given.tls, given.exit_with_parent)


def main() -> int:
    try:
        run(parse())
    except (StartError, OSError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
