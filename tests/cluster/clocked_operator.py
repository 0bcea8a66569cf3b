"""An operator whose rollouts go by a clock in a file: ``python clocked_operator.py FILE run …``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flagoperator.cli import main
from flagoperator.run import run as running

if TYPE_CHECKING:
    from flagd.process.deadline import Deadline
    from flagoperator.run.options import Options

FILE = Path(sys.argv.pop(1))
run = running.run


async def run_by_file(options: Options, deadline: Deadline) -> None:
    """Run with the seconds since 1970 that the file holds."""
    await run(options, deadline, lambda: float(FILE.read_text()))


if __name__ == "__main__":
    running.run = run_by_file  # type: ignore[assignment]
    main()
