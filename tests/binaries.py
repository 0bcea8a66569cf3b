"""Binaries: what tests run and nobody installs, built before them: ``python -m tests.binaries``. It takes minutes once.

A test that had to build it itself would be ended by its time-out.
"""

from __future__ import annotations

import shutil

from tests.chart.helm import helm
from tests.cluster.assets import AssetsUnavailableError, assets
from tests.wire.browser import BrowserUnavailableError, chromium


def main() -> None:
    """Build the control plane and helm and unpack a browser, or say why that cannot be."""
    try:
        assets()
    except AssetsUnavailableError as error:
        print(f"The tests on a real API server are skipped: {error}")
    try:
        chromium()
    except BrowserUnavailableError as error:
        print(f"The tests in a browser are skipped: {error}")
    if shutil.which("go") is not None:
        helm()


if __name__ == "__main__":
    main()
