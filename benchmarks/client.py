"""The client: imports, and with 10,000 flags memory, and decisions while a full ruleset is swapped in."""

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
IMPORT = Goal(150.0, least=False)
_IMPORT = """
import json, os, sys, time
sys.modules["orjson"] = None  # the base install has none
before = int(open("/proc/self/statm").read().split()[1])
started = time.process_time()
for name in sys.argv[1:]:
    __import__(name)
taken = time.process_time() - started
pages = int(open("/proc/self/statm").read().split()[1]) - before
print(json.dumps([1e3 * taken, pages * os.sysconf("SC_PAGE_SIZE") / 2**20]))
"""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent.

    Attributes:
        flags: in the ruleset.
        rounds: how often another ruleset is swapped in.
        imports: how often each module is imported, in a process of its own.
    """

    flags: int = 10_000
    rounds: int = 5
    imports: int = 15


FULL = Effort()
SMOKE = Effort(flags=20, rounds=1, imports=1)


def measure(effort: Effort = FULL) -> list[Figure]:
    """Memory in processes of their own; latency of decisions in one thread while another takes in the ruleset."""
    print(f"  {effort.flags} flags, {effort.rounds} swaps", file=sys.stderr)
    engine = json.loads(_worker("engine", effort.flags).communicate()[0])
    client = _swaps(effort)
    rounds = client["rounds"]
    p99 = ratios([each["swap_p99"] for each in rounds], [each["quiet_p99"] for each in rounds])
    longest = [1e3 * each["swap_max"] for each in rounds]
    return [
        *_imports(effort),
        figure("memory of a client", [client["bytes"] / engine["bytes"]], "×", base="the bare engine", goal=MEMORY),
        figure(
            "longest decision while a ruleset is swapped in, processor time",
            longest,
            "ms",
            goal=LONGEST,
        ),
        figure("longest decision without a swap, processor time", [1e3 * each["quiet_max"] for each in rounds], "ms"),
        figure("p99 of decisions while a ruleset is swapped in", p99, "×", base="without a swap", goal=TIMES),
    ]


def _imports(effort: Effort) -> list[Figure]:
    """What carries the stream, without grpcio and with it; nothing else of the two differs for who looks flags up."""
    rounds = [(_imported("flagd.client"), *map(_imported, CARRIERS)) for _ in range(effort.imports)]
    client, plain, grpc = ([each[kind] for each in rounds] for kind in range(3))
    return [
        figure("import of flagd.client, processor time", [taken for taken, _ in client], "ms", goal=IMPORT),
        figure("the same with the stream, by the standard library", [taken for taken, _ in plain], "ms"),
        figure("the same with the stream, by grpcio", ratios(_first(grpc), _first(plain)), "×", base="by the library"),
        figure("memory of the stream by grpcio", [g - p for (_, g), (_, p) in zip(grpc, plain, strict=True)], "MiB"),
    ]


CARRIERS = (("flagd.client", "http.client", "ssl"), ("flagd.client", "grpc"))


def _imported(names: str | tuple[str, ...]) -> tuple[float, float]:
    """Return the milliseconds of processor time that importing takes, and the MiB."""
    words = (names,) if isinstance(names, str) else names
    done = subprocess.run([sys.executable, "-c", _IMPORT, *words], stdout=subprocess.PIPE, check=True)
    milliseconds, mebibytes = json.loads(done.stdout)
    return milliseconds, mebibytes


def _first(pairs: list[tuple[float, float]]) -> list[float]:
    return [one for one, _ in pairs]


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
            complaints = ""
            for line in worker.stderr:
                if line == "swap\n":
                    print(file=publisher.stdin, flush=True)
                else:
                    complaints += line
            said = worker.stdout.read()
        publisher.stdin.close()
    if worker.returncode:
        raise RuntimeError(f"the client that is measured ended with {worker.returncode}: {complaints}")
    found: dict[str, Any] = json.loads(said)
    return found


def _worker(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.client_worker", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
