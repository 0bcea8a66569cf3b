"""A project of so many flags in its own interpreter: read, compile, change one flag, hold it in memory.

`python -m benchmarks.compiling_worker FLAGS` reads one command a line and answers with a number a line
(seconds are of processor time):
    read       seconds from files to models
    compile    seconds from models to ruleset
    change     seconds until a change of one flag is in the ruleset
    swap       seconds until the engine has taken it over
    memory     bytes per flag that flags and engine add to a fresh process
"""

from __future__ import annotations

import ctypes
import gc
import itertools
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import manifests
from flagd.compiler import compile_project
from flagd.manifest import Severity, load, read_text
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.snapshot import Snapshot
from flagd.sync.update import apply_update, make_update
from flagd.v1.ruleset_pb2 import Update

if TYPE_CHECKING:
    from collections.abc import Callable


class Project:
    """The flags of the benchmark, as far as they have got."""

    def __init__(self, flags: int) -> None:
        self._count = flags
        self._percents = itertools.cycle(range(1, 100))
        with tempfile.TemporaryDirectory() as directory:
            manifests.write(Path(directory), manifests.PLAN_FLAG, flags)
            self.read_seconds, loaded = _started(lambda: load([directory]))
        if loaded.diagnostics or len(loaded.resources) != flags + 1:
            raise RuntimeError(f"{len(loaded.resources)} resources, {loaded.diagnostics[:3]}")
        self._resources = loaded.resources
        self._compiled = self._compile()
        self._snapshot = Snapshot.make(self._compiled.ruleset, None, 0.0)
        self._check()
        # What stays need not be searched for garbage before every round.
        gc.freeze()

    def read(self) -> float:
        """Seconds that reading took, once, at the start."""
        return self.read_seconds

    def compile(self) -> float:
        """Seconds from models to ruleset."""
        return _started(self._compile)[0]

    def change(self) -> float:
        """Seconds until a changed flag is in the ruleset."""
        text = manifests.flag(manifests.PLAN_FLAG, self._count // 2, percent=next(self._percents))
        [changed] = read_text(text).resources
        seconds, compiled = _timed(lambda: self._compiled.update([changed], []))
        errors = [one for one in compiled.diagnostics if one.severity is Severity.ERROR]
        if compiled.revision == self._compiled.revision or errors:
            raise RuntimeError(f"the change did not arrive: {errors[:3]}")
        self._compiled = compiled
        return seconds

    def swap(self) -> float:
        """Seconds until a changed flag is answered by the engine, the ruleset being there."""
        self.change()
        ruleset = self._compiled.ruleset
        seconds, self._snapshot = _timed(lambda: Snapshot.make(ruleset, self._snapshot, 0.0))
        return seconds

    def memory(self) -> float:
        """Bytes per flag in a fresh process that takes the ruleset as flagd gets it and makes the engine."""
        update = make_update(None, self._compiled.ruleset).SerializeToString()
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(_held, (update,)) / self._count

    def _compile(self) -> Any:  # noqa: ANN401
        return compile_project(self._resources, project=manifests.NAMESPACE)

    def _check(self) -> None:
        user = {"user_id": "user-1", "country": "US", "user_properties": {"plan": "pro"}}
        variants = self._snapshot.engine.evaluate({"user": user})
        keys = {variant.key for variant in variants.values()}
        if len(variants) != self._count or keys != {"on", "control"}:
            raise RuntimeError(f"{len(variants)} variants: {keys}")


def _held(update: bytes) -> int:
    before = _resident()
    ruleset = apply_update(Update.FromString(update), HashedRuleset.empty(manifests.NAMESPACE)).ruleset
    engine = Snapshot.make(ruleset, None, 0.0).engine
    held = _resident() - before
    assert engine.variant({"user": {}}, next(iter(ruleset.flags))) is not None
    return held


def _resident() -> int:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _started(call: Callable[[], Any]) -> tuple[float, Any]:
    """Time `call` as flagd does it until it answers: nothing is searched for garbage meanwhile."""
    gc.disable()
    try:
        return _timed(call)
    finally:
        gc.enable()


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    started = time.process_time()
    result = call()
    return time.process_time() - started, result


def main() -> None:
    """Answer until standard input ends."""
    project = Project(int(sys.argv[1]))
    for line in sys.stdin:
        print(getattr(project, line.strip())(), flush=True)


if __name__ == "__main__":
    main()
