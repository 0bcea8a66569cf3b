"""Surroundings: what all tests of one process share. Each file of tests finds them as the first one did."""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
OF_PYTEST = "PYTEST_CURRENT_TEST"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The environment, the working directory, the garbage collector, the pace of threads, who handles signals."""

    environment: Mapping[str, str]
    folder: Path
    collects: bool
    thresholds: tuple[int, int, int]
    switch_seconds: float
    handlers: Mapping[int, Any]

    @classmethod
    def now(cls) -> Self:
        """Return what they are."""
        return cls(
            {name: text for name, text in os.environ.items() if name != OF_PYTEST},
            Path.cwd(),
            gc.isenabled(),
            gc.get_threshold(),
            sys.getswitchinterval(),
            {number: signal.getsignal(number) for number in SIGNALS},
        )

    def restore(self) -> None:
        """Make them so again; nothing is frozen afterwards."""
        for name in os.environ.keys() - self.environment.keys() - {OF_PYTEST}:
            del os.environ[name]
        os.environ.update(self.environment)
        os.chdir(self.folder)
        (gc.enable if self.collects else gc.disable)()
        if gc.get_freeze_count():
            gc.unfreeze()
            # What was left open among it would be told of some later test.
            with warnings.catch_warnings(action="ignore"):
                gc.collect()
        gc.set_threshold(*self.thresholds)
        sys.setswitchinterval(self.switch_seconds)
        for number, handler in self.handlers.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
