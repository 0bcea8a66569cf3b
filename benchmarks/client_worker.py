"""One process that is measured: `… client_worker engine FLAGS` or `… client_worker client FLAGS PORT ROUNDS`.

Prints JSON: what it holds in memory, and of a client how long decisions take while a ruleset is swapped in, and before.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.engines import asked, flag_keys
from benchmarks.figure import percentile
from benchmarks.scenario import country_flag
from flagd.client import FlagClient, User
from flagd.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 120
_QUIET_SECONDS = 1.0


def main() -> None:
    kind, flags = sys.argv[1], int(sys.argv[2])
    print(json.dumps(_engine(flags) if kind == "engine" else _client(flags, int(sys.argv[3]), int(sys.argv[4]))))


def _engine(flags: int) -> dict[str, float]:
    text = json.dumps([country_flag(key) for key in flag_keys(flags)])
    before = _resident()
    engine = Engine(json.loads(text))
    made = _resident() - before
    return {"bytes": made, "flags": len(engine.order())}


def _client(flags: int, port: int, rounds: int) -> dict[str, object]:
    before = _resident()
    client = FlagClient(f"http://127.0.0.1:{port}", project="benchmark")
    assert client.wait_ready(SECONDS), client.health()
    made = _resident() - before
    return {"bytes": made, "rounds": [_round(client, asked(flags)) for _ in range(rounds)]}


def _round(client: FlagClient, key: str) -> dict[str, float]:
    ending = time.perf_counter() + _QUIET_SECONDS
    quiet = _decide(client, key, lambda: time.perf_counter() > ending)
    revision = client.health().revision
    print("swap", file=sys.stderr, flush=True)
    swap = _decide(client, key, lambda: client.health().revision != revision)
    return {
        "quiet_p99": percentile(quiet, 99),
        "quiet_max": max(quiet),
        "swap_p99": percentile(swap, 99),
        "swap_max": max(swap),
        "decisions": len(swap),
    }


def _decide(client: FlagClient, key: str, done: Callable[[], bool]) -> list[float]:
    """Decide again and again until `done`, at least once; return the seconds that each took.

    They are those of the process: while this thread waits for the interpreter, the one that has it takes them. Time in
    which the machine runs something else does not count.
    """
    user, clock, took = User("eve", country="US"), time.process_time, []
    while True:
        for _ in range(100):
            started = clock()
            client.variant(key, user)
            took.append(clock() - started)
        if done():
            return took


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
