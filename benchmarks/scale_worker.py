"""So many flags in a process of its own, as flagd gets them: taken in, asked, one of them changed.

`python -m benchmarks.scale_worker FLAGS` reads one command a line and answers with a number a line
(seconds are of processor time):
    load       seconds from the bytes of the update to an engine that answers
    memory     resident bytes of the whole process then
    decide     seconds of one decision
    change     seconds from the bytes of an update of one flag to the engine that answers with it
"""

from __future__ import annotations

import ctypes
import gc
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import manifests
from flagd.compiler import compile_project
from flagd.manifest import read_text
from flagd.ruleset.change import Change
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.snapshot import Snapshot
from flagd.sync.update import apply_update, make_update
from flagd.v1.ruleset_pb2 import Update

if TYPE_CHECKING:
    from flagd.ruleset import EvaluationFlag

USERS = [
    {"user": {"user_id": f"user-{number}", "country": "US", "user_properties": {"plan": "pro"}}}
    for number in range(500)
]
ROUNDS = 40


class Served:
    """The flags as a flagd holds them."""

    def __init__(self, flags: int) -> None:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            update = pool.apply(_update, (flags,))
        gc.collect()
        gc.disable()  # as flagd does until it answers
        started = time.process_time()
        self._held = apply_update(Update.FromString(update), HashedRuleset.empty(manifests.NAMESPACE))
        self._snapshot = Snapshot.make(self._held.ruleset, None, 0.0)
        self._load_seconds = time.process_time() - started
        gc.freeze()
        gc.enable()
        self._key = manifests.name_of(flags // 2)
        if self._snapshot.engine.variant(USERS[0], self._key) is None:
            raise RuntimeError(f"{self._key} is not answered")

    def load(self) -> float:
        """Seconds that it took to take all of them in, once, at the start."""
        return self._load_seconds

    def memory(self) -> float:
        """Bytes."""
        ctypes.CDLL(None).malloc_trim(0)
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def decide(self) -> float:
        """Seconds."""
        variant, key = self._snapshot.engine.variant, self._key
        started = time.thread_time()
        for _ in range(ROUNDS):
            for user in USERS:
                variant(user, key)
        return (time.thread_time() - started) / (ROUNDS * len(USERS))

    def change(self) -> float:
        """Seconds until a changed flag is answered."""
        flag = self._held.ruleset.flags[self._key]
        metadata = {**flag["metadata"], "flagVersion": flag["metadata"]["flagVersion"] + 1}
        after = self._held.changed(_changed([{**flag, "metadata": metadata}]))  # type: ignore[list-item]
        update = make_update(self._held.ruleset, after.ruleset).SerializeToString()
        started = time.process_time()
        self._held = apply_update(Update.FromString(update), self._held)
        self._snapshot = Snapshot.make(self._held.ruleset, self._snapshot, 0.0)
        return time.process_time() - started


def _update(flags: int) -> bytes:
    """Return what flagd gets of so many flags, all of one form."""
    text = "---\n".join([manifests.SHARED_SEGMENT, manifests.flag(manifests.PLAN_FLAG, 0)])
    [flag] = compile_project(read_text(text).resources, project=manifests.NAMESPACE).flags
    form, name = json.dumps(flag), manifests.name_of(0)
    made = [json.loads(form.replace(name, manifests.name_of(number))) for number in range(flags)]
    ruleset = HashedRuleset.empty(manifests.NAMESPACE).changed(_changed(made)).ruleset
    return make_update(None, ruleset).SerializeToString()


def _changed(flags: list[EvaluationFlag]) -> Change:
    return Change({flag["key"]: flag for flag in flags}, {}, {}, {})


def main() -> None:
    """Answer until standard input ends."""
    served = Served(int(sys.argv[1]))
    for line in sys.stdin:
        print(getattr(served, line.strip())(), flush=True)


if __name__ == "__main__":
    main()
