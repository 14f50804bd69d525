# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install pip from the wheel that comes with Python, then the versions that were asked for.

It stands in for the get-pip that ansible-test would download, so that sanity tests need nothing but a package index.
"""

from __future__ import annotations

import subprocess
import sys


def main() -> int:
    """Take the arguments of get-pip; setuptools and wheel are only installed when they are named."""
    subprocess.run([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL, check=True)
    wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
    return subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", *wanted])


if __name__ == "__main__":
    sys.exit(main())
