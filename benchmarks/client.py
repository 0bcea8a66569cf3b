"""The client with 10,000 flags: memory against the bare engine, and decisions while a full ruleset is swapped in."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from benchmarks.figure import Figure, Goal, figure, ratios

MEMORY = Goal(1.1, least=False)
LONGEST = Goal(10.0, least=False)
TIMES = Goal(5.0, least=False)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent.

    Attributes:
        flags: in the ruleset.
        rounds: how often another ruleset is swapped in.
    """

    flags: int = 10_000
    rounds: int = 5


FULL = Effort()
SMOKE = Effort(flags=20, rounds=1)


def measure(effort: Effort = FULL) -> list[Figure]:
    """Memory in processes of their own; latency of decisions in one thread while another takes in the ruleset."""
    print(f"  {effort.flags} flags, {effort.rounds} swaps", file=sys.stderr)
    engine = json.loads(_worker("engine", effort.flags).communicate()[0])
    client = _swaps(effort)
    rounds = client["rounds"]
    p99 = ratios([each["swap_p99"] for each in rounds], [each["quiet_p99"] for each in rounds])
    longest = [1e3 * each["swap_max"] for each in rounds]
    return [
        figure("memory of a client", [client["bytes"] / engine["bytes"]], "×", base="the bare engine", goal=MEMORY),
        figure(
            "longest decision while a ruleset is swapped in",
            longest,
            "ms",
            goal=LONGEST,
        ),
        figure("longest decision without a swap", [1e3 * each["quiet_max"] for each in rounds], "ms"),
        figure("p99 of decisions while a ruleset is swapped in", p99, "×", base="without a swap", goal=TIMES),
    ]


def _swaps(effort: Effort) -> dict[str, Any]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.client_publisher", str(effort.flags)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as publisher:
        assert publisher.stdin
        assert publisher.stdout
        port = publisher.stdout.readline().strip()
        with _worker("client", effort.flags, port, effort.rounds) as worker:
            assert worker.stderr
            assert worker.stdout
            for line in worker.stderr:
                if line == "swap\n":
                    print(file=publisher.stdin, flush=True)
            said = worker.stdout.read()
        publisher.stdin.close()
    found: dict[str, Any] = json.loads(said)
    return found


def _worker(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.client_worker", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
